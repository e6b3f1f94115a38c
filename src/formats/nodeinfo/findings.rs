//! Where the NodeInfo of a server leads a directory: to its document, and to the actors of a node like ours.

use serde_json::Value;

use super::{Links, NodeInfo, read, read_links};
use crate::formats::activitypub::document;
use crate::formats::{Document, Findings, Format, Lead};

/// Reads the links at the well-known place: to the document of a server, and to its own actor.
pub fn links(found: &Document<'_>) -> Findings {
    leading(found, |json| {
        let Links {
            document,
            application,
        } = read_links(json, found.url);
        let leads = [(document, Format::NodeInfo), (application, Format::Actor)];
        Some(lead(leads))
    })
}

/// Reads the document: the actors of a node like ours.
pub fn actors(found: &Document<'_>) -> Findings {
    leading(found, |json| {
        let NodeInfo { actors, .. } = read(json, found.url)?;
        let actors = actors.into_iter().map(|actor| (Some(actor), Format::Actor));
        Some(lead(actors))
    })
}

fn leading(found: &Document<'_>, leads: impl Fn(&Value) -> Option<Vec<Lead>>) -> Findings {
    let mut findings = Findings::default();
    let problem = match document::read(found.bytes) {
        Ok(json) => match leads(&json) {
            Some(leads) => {
                findings.leads = leads;
                return findings;
            }
            None => "names no software".to_owned(),
        },
        Err(error) => error.to_string(),
    };
    findings.complaints.add(None, "the document", &problem);
    findings
}

fn lead(leads: impl IntoIterator<Item = (Option<url::Url>, Format)>) -> Vec<Lead> {
    let leads = leads.into_iter();
    let leads = leads.filter_map(|(url, format)| {
        Some(Lead {
            url: url?,
            format,
            of: None,
        })
    });
    leads.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use url::Url;

    use super::*;
    use crate::formats;

    fn read_at(format: Format, json: &Value) -> Vec<(String, Format)> {
        let bytes = serde_json::to_vec(json).unwrap();
        let url: Url = "https://a.example/.well-known/nodeinfo".parse().unwrap();
        let found = formats::read(
            &Document {
                format,
                url: &url,
                bytes: &bytes,
                seen: "2026-11-28".parse().unwrap(),
                of: None,
            },
            &crate::domain::taxonomy::Taxonomy::embedded(),
        );
        let leads = found.unwrap().leads.into_iter();
        leads
            .map(|lead| (lead.url.to_string(), lead.format))
            .collect()
    }

    #[test]
    fn links_lead_to_the_newest_document_and_the_nodes_own_actor() {
        let schema = "http://nodeinfo.diaspora.software/ns/schema/";
        let found = read_at(
            Format::NodeInfoLinks,
            &json!({ "links": [
                { "rel": format!("{schema}2.0"), "href": "https://a.example/nodeinfo/2.0" },
                { "rel": format!("{schema}2.1"), "href": "https://a.example/nodeinfo/2.1" },
                { "rel": "https://www.w3.org/ns/activitystreams#Application", "href": "https://a.example/actor" },
                { "rel": format!("{schema}2.1"), "href": "https://b.example/nodeinfo/2.1" },
            ]}),
        );
        let expected = [
            (
                "https://a.example/nodeinfo/2.1".to_owned(),
                Format::NodeInfo,
            ),
            ("https://a.example/actor".to_owned(), Format::Actor),
        ];
        assert_eq!(found, expected);
        assert_eq!(read_at(Format::NodeInfoLinks, &json!({ "links": 5 })), []);
    }

    #[test]
    fn a_document_leads_to_the_actors_of_a_node_like_ours() {
        let found = read_at(
            Format::NodeInfo,
            &json!({
                "software": { "name": "archipelago" },
                "metadata": { "archipelago": { "actors": ["https://a.example/ap/org", "https://b.example/ap/org"] } },
            }),
        );
        assert_eq!(
            found,
            [("https://a.example/ap/org".to_owned(), Format::Actor)]
        );
        assert_eq!(
            read_at(
                Format::NodeInfo,
                &json!({ "software": { "name": "mastodon" } })
            ),
            []
        );
    }
}
