//! The only way in: what a document says is checked against the vocabulary, and whether it may say it;
//! then it is kept.

mod authority;

use chrono::{DateTime, Utc};
use url::Url;

use crate::domain::service::Service;
use crate::domain::taxonomy::Taxonomy;
use crate::formats::activitypub::vouch;
use crate::formats::{Complaints, Findings};
use crate::store::frontier::{Faults, Outcome, Purpose, Recorded, Visited};
use crate::store::{self, Kept, MAX_SHARE_PERCENT, Run, Said, Store, Told};

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

/// Keeps what a document says, as far as the directory understands it, in one transaction: an import,
/// whose changes count together.
///
/// A service for a need nobody knows is left out, and so is one whose hoster nobody knows; a software
/// nobody knows is taken off its service. An error means that nothing was kept.
pub async fn ingest(
    store: &Store,
    document: &Url,
    findings: Findings,
    taxonomy: &Taxonomy,
    now: DateTime<Utc>,
) -> Result<Ingested, store::Error> {
    let read = Read {
        document: document.clone(),
        findings,
    };
    let mut ingested = keep(store, vec![read], taxonomy, Run::Import, now).await?;
    Ok(ingested.pop().expect("one for each document"))
}

/// Records visits and keeps what their documents say, all in one transaction: the crawler's way. What it
/// changes counts together for a day.
pub async fn ingest_visits(
    store: &Store,
    visits: Vec<(Visited, Option<Read>)>,
    taxonomy: &Taxonomy,
    now: DateTime<Utc>,
) -> Result<Recorded, store::Error> {
    let visits = visits.into_iter().map(|(mut visited, read)| {
        let Some(mut read) = read else {
            return visited;
        };
        visited.vouches = vouches(&mut read);
        visited.vouched = read.findings.vouched.take();
        let (told, faults) = told(read, taxonomy, Run::Crawl);
        visited.told = Some(told);
        let is_read = |outcome: &&mut Outcome| outcome.purpose != Purpose::Probe;
        if let Some(outcome) = visited.outcomes.iter_mut().find(is_read) {
            outcome.faults = Some(faults);
        }
        visited
    });
    let recorded = store.record_visits(visits.collect(), now).await?;
    warn_of_gate(recorded.gate_closed);
    Ok(recorded)
}

/// Keeps what several documents say, in one transaction and each as [`ingest`] does; what became of
/// each, in their order. The crawler's way: what it changes counts together for a day.
pub async fn ingest_all(
    store: &Store,
    read: Vec<Read>,
    taxonomy: &Taxonomy,
    now: DateTime<Utc>,
) -> Result<Vec<Ingested>, store::Error> {
    keep(store, read, taxonomy, Run::Crawl, now).await
}

async fn keep(
    store: &Store,
    read: Vec<Read>,
    taxonomy: &Taxonomy,
    run: Run,
    now: DateTime<Utc>,
) -> Result<Vec<Ingested>, store::Error> {
    let read = read.into_iter().map(|read| self::told(read, taxonomy, run));
    let (told, faults): (Vec<Told>, Vec<Faults>) = read.unzip();
    let outcome = store.keep_told(told, run, now).await?;
    warn_of_gate(outcome.gate_closed);
    let kept = outcome.kept.into_iter().zip(outcome.misplaced);
    Ok(kept
        .zip(faults)
        .map(|((kept, misplaced), faults)| Ingested {
            kept,
            complaints: faults.with(&misplaced),
        })
        .collect())
}

/// What a document tells as far as it is understood and may say it, and what is to be said of it.
fn told(read: Read, taxonomy: &Taxonomy, run: Run) -> (Told, Faults) {
    let Findings {
        hosters,
        services,
        lines,
        asks_to_be_left_out,
        complaints,
        ..
    } = understand(read.findings, taxonomy);
    let is_whole = complaints.is_empty();
    let told = authority::told(
        read.document,
        hosters,
        services,
        asks_to_be_left_out,
        is_whole,
        run,
    );
    (told, Faults { complaints, lines })
}

/// The vouches in a document: its issuer's own word where it lies at the issuer's origin.
fn vouches(read: &mut Read) -> Vec<Said> {
    let origin = read.document.origin();
    let documents = std::mem::take(&mut read.findings.vouches).into_iter();
    let said = documents.filter_map(|document| {
        let (vouch, _) = vouch::read(&document).ok()?;
        Some(Said {
            by_issuer: vouch.issuer.origin() == origin,
            document,
        })
    });
    said.collect()
}

fn warn_of_gate(closed: Option<u64>) {
    if let Some(changes) = closed {
        tracing::warn!(
            changes,
            "the gate closed: this run would change more than {MAX_SHARE_PERCENT} % of the directory, \
             so what it changes is held until `archipelago held` lets it pass or drops it"
        );
    }
}

/// What a document says without what the directory does not understand, which is complained about.
pub fn understand(mut findings: Findings, taxonomy: &Taxonomy) -> Findings {
    let complaints = &mut findings.complaints;
    let lines = &findings.lines;
    let services = std::mem::take(&mut findings.services).into_iter();
    findings.services = services
        .filter_map(|service| {
            let line = lines.get(&service.id).copied();
            let id = service.id.clone();
            understood(service, taxonomy, |field, problem| {
                complaints.add(line, &format!("service {id}, {field}"), problem);
            })
        })
        .collect();
    findings
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
