//! What the documents of nodes say to a directory: the actor of a hoster, its services, the members of a
//! collective, the peers of a directory and whom it lists.
//!
//! Whoever reads them has seen to it that they were served as ActivityPub. Here is seen to whose word they
//! are: a document's id is exactly its address, and a service is its owner's only where that owner lives.

use serde_json::Value;

use super::activity::Object;
use super::actor::{self, RemoteActor};
use super::collection::{self, Page};
use super::document;
use super::note::{NotAService, read_service};
use super::vocabulary::{integrity, property};
use crate::domain::vouch::is_site;
use crate::formats::{Document, Findings, Format, Lead};

/// Reads an actor: the hoster it stands for, if it may be listed, and where its collections are.
pub fn actor(found: &Document<'_>) -> Findings {
    let mut findings = Findings::default();
    let actor = document::read(found.bytes)
        .map_err(|error| error.to_string())
        .and_then(|json| {
            actor::read_actor(&json, found.url, found.seen).map_err(|error| error.to_string())
        });
    let RemoteActor {
        id,
        services,
        members,
        vouches,
        peers,
        hosters,
        discoverable,
        hoster,
        ..
    } = match actor {
        Ok(actor) => actor,
        Err(problem) => {
            findings.complaints.add(None, "the actor", &problem);
            return findings;
        }
    };
    findings.asks_to_be_left_out = !discoverable;
    if !discoverable {
        return findings;
    }
    findings.hosters.extend(hoster);
    findings.vouched = vouches.map(|_| id);
    for (collection, format) in [
        (services, Format::Services),
        (members, Format::Members),
        (peers, Format::Peers),
        (hosters, Format::Hosters),
    ] {
        findings.leads.extend(collection.map(|url| Lead {
            url,
            format,
            of: None,
        }));
    }
    findings
}

/// Reads a page of the services of an actor. Each names the actor it is attributed to, at the origin of the
/// page; notes that hold no record of a service are for people and are passed over.
pub fn services(found: &Document<'_>) -> Findings {
    page(found, |item, findings| {
        let Object::Embedded(note) = item else {
            return;
        };
        let owner = note
            .get(property::ATTRIBUTED_TO)
            .and_then(document::address);
        let Some(owner) = owner.filter(|owner| owner.origin() == found.url.origin()) else {
            complain(findings, note, "is another's, or says not whose it is");
            return;
        };
        match read_service(note, &owner, found.seen) {
            Ok(service) => findings.services.push(service),
            Err(NotAService::NoRecord) => {}
            Err(error) => complain(findings, note, &error.to_string()),
        }
    })
}

/// Reads a page of the members of a collective: each is named by its actor's id, or by a signed vouch for
/// it, which is handed on as it is.
pub fn members(found: &Document<'_>) -> Findings {
    let mut vouches = Vec::new();
    let mut findings = actors(found, |item| {
        vouches.extend(item.get(integrity::PROOF).map(|_| item.clone()));
    });
    findings.vouches = vouches;
    findings
}

/// Reads a page of the peers of a directory: ids of the actors of other nodes.
pub fn peers(found: &Document<'_>) -> Findings {
    actors(found, |_| {})
}

/// Reads a page of the hosters in a directory: ids of their actors, or the sites of those without a node.
/// It says nothing else of them: each is read where it is.
pub fn hosters(found: &Document<'_>) -> Findings {
    page(found, |item, findings| match item {
        Object::Id(site) if is_site(site) => findings.sites.push(site.clone()),
        Object::Id(actor) => findings.leads.push(Lead {
            url: actor.clone(),
            format: Format::Actor,
            of: None,
        }),
        Object::Embedded(_) | Object::Unread => {}
    })
}

fn actors(found: &Document<'_>, mut written_out: impl FnMut(&Value)) -> Findings {
    page(found, |item, findings| {
        if let Object::Embedded(item) = item {
            written_out(item);
        }
        let named = match item {
            Object::Id(id) => Some(id.clone()),
            // A vouch is about its object (ActivityStreams vocabulary, Relationship).
            Object::Embedded(vouch) => vouch.get(property::OBJECT).and_then(document::named),
            Object::Unread => None,
        };
        findings.leads.extend(named.map(|url| Lead {
            url,
            format: Format::Actor,
            of: None,
        }));
    })
}

/// Reads a page item by item, and where there are more.
fn page(found: &Document<'_>, mut read: impl FnMut(&Object, &mut Findings)) -> Findings {
    let mut findings = Findings::default();
    let page = document::read(found.bytes)
        .map_err(|error| error.to_string())
        .and_then(|json| collection::read(&json, found.url).map_err(|error| error.to_string()));
    let Page {
        items,
        left_out,
        next,
        ..
    } = match page {
        Ok(page) => page,
        Err(problem) => {
            findings.complaints.add(None, "the collection", &problem);
            return findings;
        }
    };
    for item in &items {
        read(item, &mut findings);
    }
    if left_out > 0 {
        let problem = format!("{left_out} more, or that are none, are left out");
        findings.complaints.add(None, "items", &problem);
    }
    let format = found.format;
    findings.leads.extend(next.map(|url| Lead {
        url,
        format,
        of: None,
    }));
    findings
}

fn complain(findings: &mut Findings, note: &Value, problem: &str) {
    let id = note.get(property::ID).and_then(Value::as_str);
    let place = format!("service {}", id.unwrap_or("without id"));
    findings.complaints.add(None, &place, problem);
}

#[cfg(test)]
mod tests;
