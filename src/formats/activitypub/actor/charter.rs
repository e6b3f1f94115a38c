//! The charter of a collective, as its actor shows it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::domain::text::Link;
use crate::domain::vouch::CharterVersion;
use crate::formats::activitypub::fields::Fields;
use crate::formats::activitypub::vocabulary::{SCHEMA, archi, property};
use crate::formats::activitypub::vouch::is_sha256;

/// What the members of a collective agree to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charter {
    /// Which version is in force.
    pub version: CharterVersion,
    /// Where people can read it.
    pub url: Link,
}

/// What is known of a collective and has no place in ActivityStreams.
pub(super) fn write_record(charter: Option<&Charter>) -> Value {
    let mut record = json!({
        (property::TYPE): archi::COLLECTIVE_RECORD,
        (archi::SCHEMA): SCHEMA,
    });
    if let Some(Charter { version, url }) = charter {
        let mut told = Map::new();
        told.insert(archi::URL.to_owned(), json!(url));
        told.insert(archi::VERSION.to_owned(), json!(version.version));
        if let Some(sha256) = &version.sha256 {
            told.insert(archi::SHA256.to_owned(), json!(sha256));
        }
        record[archi::CHARTER] = Value::Object(told);
    }
    record
}

/// The charter in a record of ours; one that is not certain is not known.
pub(super) fn read_record(record: &Value) -> Option<Charter> {
    let record = Fields::of(record, archi::COLLECTIVE).ok()?;
    if record.other_schema().is_some() {
        return None;
    }
    let charter = record.within(archi::CHARTER).ok()??;
    let sha256: Option<String> = charter.optional(archi::SHA256).ok()?;
    Some(Charter {
        version: CharterVersion {
            version: charter.required(archi::VERSION).ok()?,
            sha256: match sha256 {
                Some(sha256) => Some(is_sha256(&sha256).then_some(sha256)?),
                None => None,
            },
        },
        url: charter.required(archi::URL).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::Name;

    fn charter() -> Charter {
        Charter {
            version: CharterVersion {
                version: Name::parse("3").unwrap(),
                sha256: Some("9f86d081884c7d659a2feaa0c55ad015".repeat(2)),
            },
            url: Link::parse("https://collectif.example/charte").unwrap(),
        }
    }

    #[test]
    fn a_charter_is_read_as_it_was_written() {
        assert_eq!(
            read_record(&write_record(Some(&charter()))),
            Some(charter())
        );
        let mut unhashed = charter();
        unhashed.version.sha256 = None;
        assert_eq!(read_record(&write_record(Some(&unhashed))), Some(unhashed));
        assert_eq!(read_record(&write_record(None)), None);
    }

    #[test]
    fn a_charter_that_is_not_certain_is_not_known() {
        for (path, value) in [
            ("/archi:charter/archi:sha256", json!("9F86")),
            ("/archi:charter/archi:sha256", json!(5)),
            ("/archi:charter/archi:version", json!(3)),
            ("/archi:charter/archi:url", json!("javascript:x")),
            ("/archi:charter", json!("https://collectif.example/charte")),
            ("/archi:schema", json!(2)),
        ] {
            let mut record = write_record(Some(&charter()));
            *record.pointer_mut(path).unwrap() = value;
            assert_eq!(read_record(&record), None, "{path}");
        }
        assert_eq!(read_record(&json!(null)), None);
    }
}
