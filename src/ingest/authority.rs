//! Whose word a document is: only what lies at a hoster's own place speaks as its own.

use std::collections::HashMap;

use url::Url;

use crate::domain::fingerprint::fingerprint;
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::identity::{is_own_file, is_own_node, is_same_party};
use crate::domain::merge::{HOSTER_FACTS, SERVICE_FACTS};
use crate::domain::provenance::{Source, SourceKind};
use crate::domain::service::Service;
use crate::domain::text::Name;
use crate::store::{Run, Speaker, Told};

/// What a document tells, each record as strong as the document's place makes it and by the document's
/// address. A file the operator chose names its records' sources itself: those stand. A list that the
/// crawler came upon is weaker than one the operator chose, whatever it says of itself.
pub(super) fn told(
    document: Url,
    mut hosters: Vec<Hoster>,
    mut services: Vec<Service>,
    leaves: bool,
    is_whole: bool,
    run: Run,
) -> Told {
    if document.scheme() == "file" {
        for hoster in &mut hosters {
            hoster
                .facts
                .retain(|fact, _| HOSTER_FACTS.contains(&fact.as_str()));
        }
        for service in &mut services {
            service
                .facts
                .retain(|fact, _| SERVICE_FACTS.contains(&fact.as_str()));
        }
        return Told {
            speaker: Speaker::Operator,
            hosters,
            services,
            leaves: false,
            all_of: None,
        };
    }
    let by = name_of(&document);
    let mut own: HashMap<HosterId, SourceKind> = HashMap::new();
    for hoster in &mut hosters {
        let kind = strength(&document, hoster, run);
        own.insert(hoster.id.clone(), kind);
        hoster.facts.clear();
        let node = hoster.actor.as_ref().map(|actor| actor.as_str());
        say(&mut hoster.source, kind, &by, node);
    }
    for service in &mut services {
        let said = service.source.kind;
        let kind = match own.get(&service.hoster) {
            // A hoster's own file may tell of services anywhere; what it says of others is a list's word.
            Some(kind) => said.min(*kind).max(observed(&document, service)),
            // Told elsewhere: whose it is, is for the store to find by the document's place.
            None => match said {
                SourceKind::OwnNode if is_own_object(&document, service) => said,
                SourceKind::OwnFile => said,
                SourceKind::Observation => observed(&document, service),
                _ => of_list(said, run),
            },
        };
        service.facts.clear();
        let node = service.source.by.to_string();
        say(&mut service.source, kind, &by, Some(&node));
    }
    Told {
        speaker: Speaker::Document(document),
        hosters,
        services,
        leaves,
        all_of: is_whole.then(|| by.to_string()),
    }
}

/// How strong a document's word of a hoster is at most: as strong as it says, if it lies where that
/// may be said.
fn strength(document: &Url, hoster: &Hoster, run: Run) -> SourceKind {
    match hoster.source.kind {
        SourceKind::OwnNode if is_own_node(document, hoster) => SourceKind::OwnNode,
        kind @ (SourceKind::OwnFile | SourceKind::Observation) if is_own_file(document, hoster) => {
            kind
        }
        said => of_list(said, run),
    }
}

/// How strong a list is that says this of itself: the operator knows whose list they chose.
fn of_list(said: SourceKind, run: Run) -> SourceKind {
    match (run, said) {
        (Run::Crawl, _) => SourceKind::FoundList,
        (_, SourceKind::CollectiveList) => SourceKind::CollectiveList,
        _ => SourceKind::ThirdPartyList,
    }
}

/// An observation is one of what answers there, whoever its hoster is.
fn observed(document: &Url, service: &Service) -> SourceKind {
    let is_there = |url: &crate::domain::text::Link| is_same_party(document, url.as_url());
    match service.source.kind {
        SourceKind::Observation if service.url.as_ref().is_some_and(is_there) => {
            SourceKind::Observation
        }
        _ => SourceKind::FoundList,
    }
}

fn is_own_object(document: &Url, service: &Service) -> bool {
    let at_home = |url: &Url| url.origin() == document.origin();
    let object = service
        .object
        .as_ref()
        .is_some_and(|object| at_home(object.as_url()));
    let actor = Url::parse(service.source.by.as_str());
    object && actor.is_ok_and(|actor| at_home(&actor))
}

/// A source of a kind, by the document; a node's word is by its actor, by whatever way it came.
fn say(source: &mut Source, kind: SourceKind, by: &Name, node: Option<&str>) {
    let node = node.filter(|_| kind == SourceKind::OwnNode);
    source.by = node
        .and_then(|node| Name::parse(node).ok())
        .unwrap_or_else(|| by.clone());
    source.kind = kind;
}

/// A document's address as the name of a source: of one that is too long its origin, and a fingerprint.
fn name_of(document: &Url) -> Name {
    Name::parse(document.as_str()).unwrap_or_else(|_| {
        let print = fingerprint(document.as_str().as_bytes());
        let short = format!("{}/#{print:016x}", document.origin().ascii_serialization());
        Name::parse(&short).unwrap_or_else(|_| {
            Name::parse(&format!("a document {print:016x}")).expect("a short plain text is a name")
        })
    })
}
