//! The JSON-LD contexts of what we write: a list of fixed addresses and one inline object, so that
//! nobody need ask us what a word means; and the document at `/ns` that explains ours alone.

use serde_json::{Map, Value, json};

use super::vocabulary::property::CONTEXT;
use super::vocabulary::{
    ACTIVITYSTREAMS, ARCHIPELAGO, CONTROLLED_IDENTIFIERS, DATA_INTEGRITY, SECURITY, added, archi,
};

/// The context of an activity or collection that holds none of our words.
pub fn plain() -> Value {
    json!([ACTIVITYSTREAMS])
}

/// The context of an actor.
pub fn of_actor() -> Value {
    let others = json!({
        "toot": "http://joinmastodon.org/ns#",
        (added::DISCOVERABLE): "toot:discoverable",
        (added::INDEXABLE): "toot:indexable",
        (added::FEATURED): { "@id": "toot:featured", "@type": "@id" },
        (added::MANUALLY_APPROVES_FOLLOWERS): "as:manuallyApprovesFollowers",
        // FEP-844e
        (added::IMPLEMENTS): {
            "@id": "https://w3id.org/fep/844e/implements", "@type": "@id", "@container": "@set",
        },
    });
    json!([
        ACTIVITYSTREAMS,
        SECURITY,
        CONTROLLED_IDENTIFIERS,
        inline(ours(&[OF_ACTORS]), others)
    ])
}

/// The context of a service's note, and of whatever embeds one.
pub fn of_service() -> Value {
    let others = json!({ (added::HASHTAG): "as:Hashtag" });
    json!([ACTIVITYSTREAMS, inline(ours(&[OF_SERVICES]), others)])
}

/// The context of a vouch and of its revocation, and of what tells of them. It holds our prefix alone: it
/// is part of what was signed, so it must not change when we learn a word.
pub fn of_vouch() -> Value {
    json!([ACTIVITYSTREAMS, DATA_INTEGRITY, ours(&[])])
}

/// The document at `/ns`: our words alone.
pub fn namespace() -> Value {
    json!({ (CONTEXT): ours(&[OF_ACTORS, OF_SERVICES]) })
}

/// Takes the context out of a document that is to be embedded: it goes on the outside. The plain one
/// where it has none.
pub(super) fn lifted(embedded: &mut Value) -> Value {
    embedded
        .as_object_mut()
        .and_then(|fields| fields.shift_remove(CONTEXT))
        .unwrap_or_else(plain)
}

/// What a word of ours holds, where that is not a text or number as it stands.
#[derive(Clone, Copy)]
enum Holds {
    Address,
    TextByLanguage,
}
use Holds::{Address, TextByLanguage};

const OF_ACTORS: &[(&str, Holds)] = &[
    (archi::SERVICES, Address),
    (archi::MEMBERS, Address),
    (archi::VOUCHES, Address),
    (archi::PEERS, Address),
    (archi::HOSTERS, Address),
    (archi::WEBSITE, Address),
    (archi::DESCRIPTION, TextByLanguage),
];

const OF_SERVICES: &[(&str, Holds)] = &[
    (archi::ENDPOINT, Address),
    (archi::SUCCESSOR, Address),
    (archi::NAME, TextByLanguage),
    (archi::NOTE, TextByLanguage),
    (archi::REASON, TextByLanguage),
];

/// Our prefix, and what these words of ours hold.
fn ours(words: &[&[(&str, Holds)]]) -> Map<String, Value> {
    let prefix = ("archi".to_owned(), Value::from(ARCHIPELAGO));
    let terms = words.iter().copied().flatten().map(|(word, holds)| {
        let term = match holds {
            Address => json!({ "@id": word, "@type": "@id" }),
            TextByLanguage => json!({ "@id": word, "@container": "@language" }),
        };
        ((*word).to_owned(), term)
    });
    std::iter::once(prefix).chain(terms).collect()
}

/// Words of ours and of others in one object.
fn inline(mut ours: Map<String, Value>, others: Value) -> Value {
    if let Value::Object(others) = others {
        ours.extend(others);
    }
    Value::Object(ours)
}
