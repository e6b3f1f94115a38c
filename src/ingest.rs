//! The only way in: what a document says is checked against the vocabulary, then kept.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use url::Url;

use crate::domain::hoster::HosterId;
use crate::domain::service::Service;
use crate::domain::taxonomy::Taxonomy;
use crate::formats::{Complaints, Findings};
use crate::store::{self, Kept, Store};

/// What became of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Ingested {
    /// What was kept.
    pub kept: Kept,
    /// What was left out, and why: the document's own faults first.
    pub complaints: Complaints,
}

/// A document that was read, where it lies, and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Its address: whose word it is depends on it. A `file:` was chosen by the operator, who answers
    /// for it: its records name their sources themselves.
    pub document: Url,
    /// What it says.
    pub findings: Findings,
}

/// Keeps what a document says, as far as the directory understands it, in one transaction: an import.
///
/// A service for a need nobody knows is left out, and so is one whose hoster the document does not
/// hold; a software nobody knows is taken off its service. An error means that nothing was kept.
pub async fn ingest(
    store: &Store,
    document: &Url,
    findings: Findings,
    taxonomy: &Taxonomy,
    now: DateTime<Utc>,
) -> Result<Ingested, store::Error> {
    let _ = document;
    let Findings {
        hosters,
        services,
        complaints,
        ..
    } = understand(findings, taxonomy);
    let kept = store.keep(&hosters, &services, now).await?;
    Ok(Ingested { kept, complaints })
}

/// Keeps what several documents say, in one transaction and each as [`ingest`] does; what became of
/// each, in their order. The crawler's way: it reads many, and their changes count together.
pub async fn ingest_all(
    store: &Store,
    read: Vec<Read>,
    taxonomy: &Taxonomy,
    now: DateTime<Utc>,
) -> Result<Vec<Ingested>, store::Error> {
    let mut all = Vec::new();
    for Read { document, findings } in read {
        all.push(ingest(store, &document, findings, taxonomy, now).await?);
    }
    Ok(all)
}

/// What a document says without what the directory does not understand, which is complained about.
pub fn understand(findings: Findings, taxonomy: &Taxonomy) -> Findings {
    let Findings {
        hosters,
        services,
        lines,
        leads,
        asks_to_be_left_out,
        mut complaints,
    } = findings;
    let known: HashSet<&HosterId> = hosters.iter().map(|hoster| &hoster.id).collect();
    let services: Vec<Service> = services
        .into_iter()
        .filter_map(|service| {
            let line = lines.get(&service.id).copied();
            let mut complain = |field: &str, problem: &str| {
                complaints.add(line, &format!("service {}, {field}", service.id), problem);
            };
            if !known.contains(&service.hoster) {
                let problem = format!("is left out: the document has no hoster {}", service.hoster);
                complain("hoster", &problem);
                return None;
            }
            understood(service.clone(), taxonomy, complain)
        })
        .collect();
    Findings {
        hosters,
        services,
        lines,
        leads,
        asks_to_be_left_out,
        complaints,
    }
}

/// The service without what the directory does not understand, or nothing. Whoever said it is told of
/// each field, by name, what became of it.
pub fn understood(
    mut service: Service,
    taxonomy: &Taxonomy,
    mut complain: impl FnMut(&str, &str),
) -> Option<Service> {
    if taxonomy.need(service.need.as_str()).is_none() {
        let problem = format!("is left out: nobody knows the need {}", service.need);
        complain("need", &problem);
        return None;
    }
    if let Some(software) = &service.software
        && taxonomy.software_by_id(software.as_str()).is_none()
    {
        let problem = format!("is ignored: nobody knows the software {software}");
        complain("software", &problem);
        service.software = None;
    }
    Some(service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_vocabulary_knows_is_understood() {
        let taxonomy = Taxonomy::embedded();
        let need = taxonomy.needs()[0].id.as_str();
        let software = taxonomy.software()[0].id.as_str();
        let check = |need: &str, software: &str| {
            let service = serde_json::json!({
                "id": "s", "hoster": "a", "name": "S", "need": need, "software": software,
                "source": { "kind": "own-file", "by": "x" },
            });
            let service = serde_json::from_value(service).unwrap();
            let mut complaints = Vec::new();
            let understood = understood(service, &taxonomy, |field, problem| {
                complaints.push(format!("{field} {problem}"));
            });
            let software = understood.map(|service| service.software.is_some());
            (software, complaints.join("; "))
        };
        assert_eq!(check(need, software), (Some(true), String::new()));
        for (case, software_left, complaint) in [
            (
                check(need, "nope"),
                Some(false),
                "software is ignored: nobody knows the software nope",
            ),
            (
                check("nope", software),
                None,
                "need is left out: nobody knows the need nope",
            ),
        ] {
            assert_eq!(case, (software_left, complaint.to_owned()));
        }
    }
}
