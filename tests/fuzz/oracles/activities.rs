//! What comes by ActivityPub: activities, actors, collections, notes, questions, and what servers say of themselves.

use archipelago::formats::activitypub::activity::{
    self, MAX_CHANGED, MAX_NAMES_BYTES, MAX_TYPE_BYTES, MAX_WORDS_CHARS,
};
use archipelago::formats::activitypub::actor::{RemoteActor, read_actor};
use archipelago::formats::activitypub::collection::{self, MAX_PAGE_ITEMS};
use archipelago::formats::activitypub::note::read_service;
use archipelago::formats::activitypub::{document, findings, flag, ids};
use archipelago::formats::nodeinfo::{Links, MAX_ACTORS, NodeInfo};
use archipelago::formats::{Document, Format, webfinger};
use serde_json::Value;
use url::Url;

use super::{Target, day, fixtures};

/// A document as it comes.
pub const TARGET: Target = Target {
    name: "activities",
    check,
    seeds,
};

fn seeds() -> Vec<Vec<u8>> {
    let folders = [
        "mastodon",
        "lemmy",
        "gotosocial",
        "mobilizon",
        "peertube",
        "proof",
    ];
    let folders = folders.map(|software| format!("activitypub/{software}"));
    let folders = folders.iter().map(String::as_str).chain(["nodeinfo"]);
    let mut seeds: Vec<_> = folders
        .flat_map(|folder| fixtures(folder, ".json"))
        .collect();
    seeds.push(SERVICE.as_bytes().to_vec());
    seeds.push(CHANGED.as_bytes().to_vec());
    seeds
}

/// A note as our nodes write it, inside the activity that tells of it.
const SERVICE: &str = r##"{"@context":["https://www.w3.org/ns/activitystreams",{"archi":"https://a.example/ns#"}],
"id":"https://a.example/ap/hoster/outbox/7","type":"Create","actor":"https://a.example/ap/hoster",
"published":"2026-11-30T08:00:00Z","to":["https://www.w3.org/ns/activitystreams#Public"],
"object":{"id":"https://a.example/ap/services/pads","type":"Note","attributedTo":"https://a.example/ap/hoster",
"name":"Pads","content":"<p>Pads</p>","archi:service":{"archi:schema":"1","archi:name":"Pads","archi:needs":["pads"],
"archi:url":"https://pads.a.example/","archi:software":"etherpad","archi:registration":"none",
"archi:price":{"archi:model":"free"},"archi:capacity":{"archi:room":"open","archi:people":"200"},
"archi:closing":{"archi:on":"2027-03-31"}}}}"##;

/// What a directory tells its peers.
const CHANGED: &str = r##"{"@context":"https://www.w3.org/ns/activitystreams","id":"https://b.example/ap/outbox/1",
"type":"Announce","actor":"https://b.example/ap/actor","object":{"type":"Collection",
"items":["https://a.example/","https://c.example/"]}}"##;

fn check(input: &[u8]) {
    is_read_alike(input);
    let Ok(json) = document::read(input) else {
        return;
    };
    let id = json.get("id").and_then(document::address);
    if let Some(id) = &id {
        is_actor(&json, id);
        is_page(&json, id);
        is_found(input, id);
    }
    is_service(&json);
    drop(flag::read_flag(&json));
    drop(flag::read_reply(&json));
    drop((
        webfinger::read_account(&json),
        webfinger::read_server(&json),
    ));
    let server: Url = "https://a.example/".parse().expect("it is an address");
    drop(Links::read(&json, &server));
    if let Some(info) = NodeInfo::read(&json, &server) {
        assert!(info.actors.len() <= MAX_ACTORS);
        assert!(
            info.actors
                .iter()
                .all(|actor| actor.origin() == server.origin())
        );
    }
}

/// The envelope, which the inbox judges by, is that of what is applied.
fn is_read_alike(input: &[u8]) {
    let (whole, envelope) = (activity::read(input), activity::read_envelope(input));
    let (whole, envelope) = match (whole, envelope) {
        (Ok(whole), Ok(envelope)) => (whole, envelope),
        (Err(one), Err(other)) => {
            // Which of several faults is told may differ.
            drop((one.to_string(), other.to_string()));
            return;
        }
        (whole, envelope) => panic!("{whole:?} and {envelope:?}"),
    };
    assert_eq!(
        (&whole.id, &whole.kind, &whole.actor),
        (&envelope.id, &envelope.kind, &envelope.actor)
    );
    assert_eq!(whole.id.origin(), whole.actor.origin());
    assert!(whole.id.as_str().len() + whole.actor.as_str().len() <= MAX_NAMES_BYTES);
    if let activity::ActivityKind::Other(word) = &whole.kind {
        assert!(word.len() <= MAX_TYPE_BYTES);
    }
    if let Some(object) = &envelope.object {
        assert_eq!(whole.object.id().as_ref(), Some(object));
    }
    let words = activity::words(&whole.raw);
    assert!(words.is_none_or(|words| words.chars().count() <= MAX_WORDS_CHARS));
    drop(activity::charter_named(&whole.raw));
    let changed = activity::changed(&whole.object);
    assert!(changed.is_none_or(|changed| changed.len() <= MAX_CHANGED));
}

/// An actor that is kept is read from the store as it was.
fn is_actor(json: &Value, id: &Url) {
    let Ok(actor) = read_actor(json, id, day()) else {
        return;
    };
    assert_eq!(actor.id, *id);
    assert_eq!(actor.inbox.origin(), id.origin());
    assert_eq!(actor.public_key.id.origin(), id.origin());
    let kept = serde_json::to_string(&actor).expect("an actor can be kept");
    let again: RemoteActor =
        serde_json::from_str(&kept).unwrap_or_else(|error| panic!("{error}: {kept}"));
    assert_eq!(again, actor);
    drop((ids::hoster_id(id), ids::collective_id(id)));
}

/// A page leads on to its own origin, and never to itself.
fn is_page(json: &Value, id: &Url) {
    let Ok(page) = collection::read(json, id) else {
        return;
    };
    assert!(page.items.len() <= MAX_PAGE_ITEMS);
    assert!(
        page.next
            .is_none_or(|next| next.origin() == id.origin() && next != *id)
    );
}

/// Findings of a crawl are of the origin that was asked.
fn is_found(bytes: &[u8], url: &Url) {
    let document = Document {
        format: Format::Services,
        url,
        bytes,
        seen: day(),
        of: None,
    };
    for found in [findings::actor(&document), findings::services(&document)] {
        let hosters = found
            .hosters
            .iter()
            .filter_map(|hoster| hoster.actor.as_ref());
        assert!(
            hosters
                .into_iter()
                .all(|actor| actor.as_url().origin() == url.origin())
        );
    }
    drop((
        findings::members(&document),
        findings::peers(&document),
        findings::hosters(&document),
    ));
}

/// A service in a note is its author's, and is kept as it was read.
fn is_service(json: &Value) {
    let note = json
        .get("object")
        .filter(|object| object.is_object())
        .unwrap_or(json);
    let Some(actor) = note.get("attributedTo").and_then(document::address) else {
        return;
    };
    if let Ok(service) = read_service(note, &actor, day()) {
        let kept = serde_json::to_string(&service).expect("a service can be kept");
        let again = serde_json::from_str(&kept).unwrap_or_else(|error| panic!("{error}: {kept}"));
        assert_eq!(service, again);
    }
}
