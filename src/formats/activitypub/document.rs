//! Any document of the wire as a value, before anybody asks what it says.
//!
//! Read as plain JSON, so whatever could mean one thing to us and another to whoever signed it is
//! refused: keys that stand twice, and the words by which JSON-LD moves parts of a document around
//! (CVE-2026-46349 in Mastodon, GHSA-9rfg-v8g9-9367 in Fedify).

use chrono::{DateTime, SecondsFormat, Utc};
use mime::Mime;
use serde_json::Value;
use url::Url;

pub use super::strict::MAX_DEPTH;

use super::strict::{self, Wanted};
use super::vocabulary::property::{ID, TYPE};
use super::vocabulary::{ACTIVITYSTREAMS, MEDIA_TYPE};
use crate::domain::text::MAX_LINK_BYTES;
use crate::formats::complaint::printable;

/// The largest document that is read, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;

/// Why bytes are no document of the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotADocument {
    /// Longer than [`MAX_BYTES`].
    #[error("the document is larger than {} KiB", MAX_BYTES / 1024)]
    TooLarge,
    /// Not JSON; or a key stands twice, or it is nested deeper than [`MAX_DEPTH`].
    #[error("the document is not JSON as it is exchanged: {0}")]
    NotJson(String),
    /// A list or a single value.
    #[error("the document is not an object")]
    NotAnObject,
    /// It would mean something else as linked data.
    #[error("the document holds {0}, which moves its parts around")]
    Reshaped(&'static str),
}

/// Reads a document: an object of JSON without a key that stands twice, within the limits above.
pub fn read(bytes: &[u8]) -> Result<Value, NotADocument> {
    read_wanted(bytes, Wanted::All)
}

/// Reads what is wanted of a document, refusing what [`read`] refuses.
pub(super) fn read_wanted(bytes: &[u8], wanted: Wanted) -> Result<Value, NotADocument> {
    if bytes.len() > MAX_BYTES {
        return Err(NotADocument::TooLarge);
    }
    let (value, word) = strict::read(bytes, wanted)
        .map_err(|error| NotADocument::NotJson(printable(&error.to_string())))?;
    if !value.is_object() {
        return Err(NotADocument::NotAnObject);
    }
    match word {
        Some(word) => Err(NotADocument::Reshaped(word)),
        None => Ok(value),
    }
}

/// Refuses a document in which a word moves parts around, however deep.
pub(super) fn refuse_reshaping(value: &Value) -> Result<(), NotADocument> {
    match value {
        Value::Array(items) => items.iter().try_for_each(refuse_reshaping),
        Value::Object(fields) => {
            fields
                .iter()
                .try_for_each(|(key, value)| match strict::reshaping(key) {
                    Some(word) => Err(NotADocument::Reshaped(word)),
                    None => refuse_reshaping(value),
                })
        }
        _ => Ok(()),
    }
}

/// The one type of an object: a text, or a list of a single text.
pub fn type_of(object: &Value) -> Option<&str> {
    only(object.get(TYPE)?)?.as_str()
}

/// The value itself, or that of a list of one.
pub(super) fn only(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(items) => match items.as_slice() {
            [item] => Some(item),
            _ => None,
        },
        value => Some(value),
    }
}

/// An absolute http or https address of at most [`MAX_LINK_BYTES`], without a password.
pub fn address(value: &Value) -> Option<Url> {
    let text = value.as_str().filter(|text| text.len() <= MAX_LINK_BYTES)?;
    let address = Url::parse(text).ok()?;
    let is_plain = matches!(address.scheme(), "http" | "https")
        && address.username().is_empty()
        && address.password().is_none();
    (is_plain && address.as_str().len() <= MAX_LINK_BYTES).then_some(address)
}

/// The address of what a property names: an address, or an object with an id.
pub(super) fn named(value: &Value) -> Option<Url> {
    let value = only(value)?;
    address(value.get(ID).unwrap_or(value))
}

/// Whether a media type is one of ActivityPub's (§3.2): what somebody uploaded somewhere is never served
/// as such (CVE-2024-25623 in Mastodon). A profile is a list of addresses (RFC 6906).
pub fn is_activity(mime: &Mime) -> bool {
    match mime.essence_str() {
        MEDIA_TYPE => true,
        "application/ld+json" => mime.get_param("profile").is_some_and(|profile| {
            profile
                .as_str()
                .split(' ')
                .any(|one| one == ACTIVITYSTREAMS)
        }),
        _ => false,
    }
}

/// A moment as it is exchanged (RFC 3339, in UTC, to the second).
pub(super) fn time(moment: DateTime<Utc>) -> Value {
    Value::from(moment.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        read(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_document_is_read_as_serde_reads_it() {
        let text = r#"{"a":[1,-2,2.5,true,null,"é",{"b":{}}],"c":"\u00e9"}"#;
        let plain: Value = serde_json::from_str(text).unwrap();
        assert_eq!(read(text.as_bytes()), Ok(plain));
    }

    #[test]
    fn a_key_that_stands_twice_is_refused_however_deep_and_however_written() {
        for text in [
            r#"{"id":"a","id":"b"}"#,
            r#"{"a":[{"b":{"id":1,"\u0069d":1}}]}"#,
        ] {
            assert!(refusal(text).contains(r#"the key "id" stands twice"#));
        }
    }

    #[test]
    fn words_that_move_parts_around_are_refused() {
        for word in ["@graph", "@included", "@reverse"] {
            for text in [
                format!(r#"{{"{word}":[]}}"#),
                format!(r#"{{"object":[{{"x":{{"{word}":5}}}}]}}"#),
                format!(r#"{{"@context":[{{"x":{{"{word}":"y"}}}}]}}"#),
            ] {
                assert_eq!(read(text.as_bytes()), Err(NotADocument::Reshaped(word)));
            }
        }
        assert!(read(br#"{"content":"@graph"}"#).is_ok());
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let nested = |depth: usize| {
            format!(
                r#"{{"a":{}{}}}"#,
                "[".repeat(depth - 1),
                "]".repeat(depth - 1)
            )
        };
        assert!(read(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(refusal(&nested(MAX_DEPTH + 1)).contains("more than 64 lists and objects"));
        assert!(refusal(&nested(100_000)).contains("more than 64 lists and objects"));
        let long = |bytes: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(bytes - 8));
        assert!(read(long(MAX_BYTES).as_bytes()).is_ok());
        assert_eq!(
            refusal(&long(MAX_BYTES + 1)),
            "the document is larger than 256 KiB"
        );
    }

    #[test]
    fn what_is_no_object_of_json_is_refused_in_a_sentence() {
        assert_eq!(refusal("[]"), "the document is not an object");
        for text in [
            "",
            "{",
            "{}x",
            "{\"a\":\"\u{1}\"}",
            "<html>",
            "{'a':1}",
            "{\"a\":1e999}",
        ] {
            assert!(
                refusal(text).starts_with("the document is not JSON as it is exchanged: "),
                "{text}"
            );
        }
        assert!(read(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn only_web_addresses_are_addresses() {
        let long = format!("https://a/{}", "é".repeat(MAX_LINK_BYTES / 2));
        for text in [
            "",
            "/x",
            "mailto:a@b",
            "https://u:p@a/",
            "file:///etc",
            long.as_str(),
        ] {
            assert_eq!(address(&Value::from(text)), None, "{text}");
        }
        assert_eq!(address(&Value::from(5)), None);
        assert!(address(&Value::from("https://a/#x")).is_some());
    }
}
