//! The JSON-LD contexts of what we write: a list of fixed addresses and one inline object, so that
//! nobody need ask us what a word means; and the document at `/ns` that explains ours alone.

use serde_json::{Map, Value, json};

use super::vocabulary::property::CONTEXT;
use super::vocabulary::{ACTIVITYSTREAMS, ARCHIPELAGO, SECURITY, added, archi};

/// The context of an activity or collection that holds none of our words.
pub fn plain() -> Value {
    json!([ACTIVITYSTREAMS])
}

/// The context of an actor.
pub fn of_actor() -> Value {
    let mut inline = ours();
    inline.extend(map(json!({
        "toot": "http://joinmastodon.org/ns#",
        (added::DISCOVERABLE): "toot:discoverable",
        (added::INDEXABLE): "toot:indexable",
        (added::FEATURED): { "@id": "toot:featured", "@type": "@id" },
        (added::MANUALLY_APPROVES_FOLLOWERS): "as:manuallyApprovesFollowers",
        // FEP-844e
        (added::IMPLEMENTS): {
            "@id": "https://w3id.org/fep/844e/implements", "@type": "@id", "@container": "@set",
        },
    })));
    json!([ACTIVITYSTREAMS, SECURITY, inline])
}

/// The context of a service's note, and of whatever embeds one.
pub fn of_service() -> Value {
    let mut inline = ours();
    inline.insert(added::HASHTAG.to_owned(), json!("as:Hashtag"));
    json!([ACTIVITYSTREAMS, inline])
}

/// The document at `/ns`: our words alone.
pub fn namespace() -> Value {
    json!({ (CONTEXT): ours() })
}

/// Takes the context out of a document that is to be embedded: it goes on the outside. The plain one
/// where it has none.
pub(super) fn lifted(embedded: &mut Value) -> Value {
    embedded
        .as_object_mut()
        .and_then(|fields| fields.shift_remove(CONTEXT))
        .unwrap_or_else(plain)
}

/// Our prefix, and those of our words whose values are addresses or texts by language.
fn ours() -> Map<String, Value> {
    let mut terms = Map::new();
    terms.insert("archi".to_owned(), Value::from(ARCHIPELAGO));
    for address in [
        archi::SERVICES,
        archi::MEMBERS,
        archi::VOUCHES,
        archi::PEERS,
        archi::ENDPOINT,
        archi::SUCCESSOR,
        archi::WEBSITE,
    ] {
        terms.insert(
            address.to_owned(),
            json!({ "@id": address, "@type": "@id" }),
        );
    }
    for text in [archi::DESCRIPTION, archi::NAME, archi::NOTE, archi::REASON] {
        let by_language = json!({ "@id": text, "@container": "@language" });
        terms.insert(text.to_owned(), by_language);
    }
    terms
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
