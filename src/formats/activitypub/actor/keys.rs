//! The keys that an actor signs vouches with, as it lists them (FEP-521a, Controlled Identifiers 1.0
//! §2.2.2). Those that ended stay listed, for what they signed before.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use crate::domain::vouch::AssertionKey;
use crate::formats::activitypub::document::{address, time, type_of};
use crate::formats::activitypub::proof;
use crate::formats::activitypub::vocabulary::{integrity, property};

/// The most keys that are read of one actor, the first ones it lists.
pub const MAX_ASSERTION_KEYS: usize = 20;

/// The keys of `actor` as it lists them, the value of `assertionMethod`.
pub fn write_keys(keys: &[AssertionKey], actor: &Url) -> Value {
    let listed = |key: &AssertionKey| {
        let mut listed = json!({
            (property::ID): key.id,
            (property::TYPE): integrity::MULTIKEY,
            (integrity::CONTROLLER): actor,
            (integrity::PUBLIC_KEY_MULTIBASE): key.multibase,
        });
        for (word, moment) in [
            (integrity::EXPIRES, key.expires),
            (integrity::REVOKED, key.revoked),
        ] {
            if let Some(moment) = moment {
                listed[word] = time(moment);
            }
        }
        listed
    };
    keys.iter().map(listed).collect()
}

/// The keys that `actor` lists as its own in its document, or in a part of it. What is only an address,
/// another's or of another kind is passed over, and so is a key of which it is not certain when it ended.
pub fn read_keys(document: &Value, actor: &Url) -> Vec<AssertionKey> {
    let listed = match document.get(integrity::ASSERTION_METHOD) {
        Some(Value::Array(items)) => items.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    };
    let mut keys: Vec<AssertionKey> = Vec::new();
    for key in listed.iter().filter_map(|value| read_key(value, actor)) {
        if keys.len() < MAX_ASSERTION_KEYS && keys.iter().all(|known| known.id != key.id) {
            keys.push(key);
        }
    }
    keys
}

fn read_key(value: &Value, actor: &Url) -> Option<AssertionKey> {
    let text = |key| value.get(key).and_then(Value::as_str);
    let is_its_own = text(integrity::CONTROLLER) == Some(actor.as_str());
    if type_of(value) != Some(integrity::MULTIKEY) || !is_its_own {
        return None;
    }
    let id = value.get(property::ID).and_then(address);
    let multibase = text(integrity::PUBLIC_KEY_MULTIBASE);
    Some(AssertionKey {
        id: id.filter(|id| id.origin() == actor.origin())?,
        multibase: multibase.filter(|text| proof::is_key(text))?.to_owned(),
        expires: moment(value, integrity::EXPIRES)?,
        revoked: moment(value, integrity::REVOKED)?,
    })
}

/// A moment that may be missing; `None` where there is something else.
fn moment(value: &Value, key: &str) -> Option<Option<DateTime<Utc>>> {
    match value.get(key) {
        None | Some(Value::Null) => Some(None),
        Some(moment) => moment.as_str()?.parse().ok().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

    fn actor() -> Url {
        "https://collectif.example/ap/group".parse().unwrap()
    }

    fn key(number: usize) -> AssertionKey {
        let id = format!("{}#key-{number}", actor());
        AssertionKey {
            id: id.parse().unwrap(),
            multibase: KEY.to_owned(),
            expires: None,
            revoked: None,
        }
    }

    fn ended() -> AssertionKey {
        AssertionKey {
            expires: Some("2026-11-20T10:00:00Z".parse().unwrap()),
            revoked: Some("2026-11-21T10:00:00Z".parse().unwrap()),
            ..key(2)
        }
    }

    /// How many keys are read once a part of one has been replaced.
    fn with(word: &str, value: Value) -> usize {
        let mut keys = write_keys(&[ended()], &actor());
        keys[0][word] = value;
        read_keys(&json!({ "assertionMethod": keys }), &actor()).len()
    }

    #[test]
    fn keys_are_read_as_they_were_written_alone_or_in_a_list() {
        let keys = [key(1), ended()];
        let written = write_keys(&keys, &actor());
        let alone = json!({ "assertionMethod": written[0] });
        assert_eq!(
            read_keys(&json!({ "assertionMethod": written }), &actor()),
            keys
        );
        assert_eq!(read_keys(&alone, &actor()), keys[..1]);
        assert_eq!(read_keys(&json!({}), &actor()), []);
    }

    #[test]
    fn a_key_that_is_anothers_or_none_is_passed_over() {
        assert_eq!(with("x", json!("y")), 1);
        assert_eq!(
            with("controller", json!("https://autre.example/ap/group")),
            0
        );
        assert_eq!(with("controller", json!(null)), 0);
        assert_eq!(with("id", json!("https://autre.example/ap/group#key")), 0);
        assert_eq!(with("id", json!("#key")), 0);
        assert_eq!(with("type", json!("JsonWebKey")), 0);
        assert_eq!(with("type", json!(["Multikey", "x"])), 0);
        assert_eq!(
            with(
                "publicKeyMultibase",
                json!("zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP")
            ),
            0
        );
        assert_eq!(with("publicKeyMultibase", json!(null)), 0);
        let address = json!({ "assertionMethod": [format!("{}#key", actor()), 5, null] });
        assert_eq!(read_keys(&address, &actor()), []);
    }

    #[test]
    fn a_key_of_which_it_is_not_certain_when_it_ended_is_passed_over() {
        for word in ["expires", "revoked"] {
            assert_eq!(with(word, json!("soon")), 0);
            assert_eq!(with(word, json!(true)), 0);
            assert_eq!(with(word, json!(null)), 1);
        }
    }

    #[test]
    fn keys_are_bounded_and_the_first_of_a_name_counts() {
        let keys: Vec<_> = (0..=MAX_ASSERTION_KEYS).map(key).collect();
        let written = json!({ "assertionMethod": write_keys(&keys, &actor()) });
        assert_eq!(read_keys(&written, &actor()), keys[..MAX_ASSERTION_KEYS]);
        let twice = json!({ "assertionMethod": write_keys(&[ended(), key(2)], &actor()) });
        assert_eq!(read_keys(&twice, &actor()), [ended()]);
    }
}
