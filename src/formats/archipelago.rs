//! Our own exchange format: a directory as one JSON document.
//!
//! ```json
//! { "archipelago": 1, "as_of": "2026-11-23",
//!   "hosters": [ { "id": "a", "name": "A", "source": { … }, "services": [ { "id": "a-pads", … } ] } ] }
//! ```
//!
//! The fields of a hoster and of a service are those of [`Hoster`] and [`Service`]; a service stands
//! in its hoster and does not name it. Unknown keys are ignored, so that a later version may add some.

mod read;

pub use read::read;

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::service::Service;

/// The version of the format that is read and written.
pub const VERSION: u64 = 1;
/// The largest document that is read, in bytes.
pub const MAX_BYTES: usize = 128 * 1024 * 1024;
/// The most hosters and services together that one document may hold.
pub const MAX_RECORDS: usize = 300_000;
/// The largest hoster, without its services, or service, in bytes: some ten times what the longest
/// description takes in two languages, and little enough to be built as a value of JSON.
pub const MAX_RECORD_BYTES: usize = 256 * 1024;

/// Why a document as a whole was refused; nothing of it was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotArchipelago {
    /// No content but white space.
    #[error("the document is empty")]
    Empty,
    /// More than [`MAX_BYTES`].
    #[error("the document is larger than {} MiB", MAX_BYTES / 1024 / 1024)]
    TooLarge,
    /// More than [`MAX_RECORDS`].
    #[error("the document holds more than {MAX_RECORDS} hosters and services")]
    TooMany,
    /// A byte on this line belongs to no UTF-8 text.
    #[error("line {0}: the document is not UTF-8")]
    NotUtf8(usize),
    /// Not JSON: cut short, or something else altogether.
    #[error("the document is not JSON: {0}")]
    NotJson(String),
    /// JSON, but not of this format.
    #[error("{0}")]
    OtherShape(&'static str),
    /// A version of the format we do not know.
    #[error(
        "the document is of version {0} of the format; this archipelago reads version {VERSION}"
    )]
    OtherVersion(String),
}

/// Writes a document that [`read`] reads back without loss, each hoster with its services in their
/// order, as long as no record is written in more than [`MAX_RECORD_BYTES`]. Services of hosters that are not among `hosters` have no place in it and are left out.
pub fn write(hosters: &[Hoster], services: &[Service], as_of: NaiveDate) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        archipelago: u64,
        as_of: NaiveDate,
        hosters: Vec<Entry<'a>>,
    }
    #[derive(Serialize)]
    struct Entry<'a> {
        #[serde(flatten)]
        hoster: &'a Hoster,
        services: Vec<Value>,
    }
    let mut offered: HashMap<&HosterId, Vec<Value>> = HashMap::new();
    for service in services {
        let mut record = serde_json::to_value(service).expect("a service has only text keys");
        // It stands in its hoster, and need not name it.
        record
            .as_object_mut()
            .and_then(|fields| fields.shift_remove("hoster"));
        offered.entry(&service.hoster).or_default().push(record);
    }
    let document = Document {
        archipelago: VERSION,
        as_of,
        hosters: hosters
            .iter()
            .map(|hoster| Entry {
                hoster,
                services: offered.remove(&hoster.id).unwrap_or_default(),
            })
            .collect(),
    };
    serde_json::to_string_pretty(&document).expect("our nouns have only text keys")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Complaint, Findings, MAX_COMPLAINTS};

    fn complaints(text: &str) -> (Findings, Vec<String>) {
        let found = read(text.as_bytes()).unwrap();
        let complaints = found.complaints.iter().map(Complaint::to_string).collect();
        (found, complaints)
    }

    #[test]
    fn the_shipped_directory_is_read_without_a_complaint_and_written_back_without_loss() {
        let shipped = include_bytes!("../../fixtures/data/hosters.json");
        let found = read(shipped).unwrap();
        assert_eq!(found.complaints, []);
        assert!(found.hosters.len() > 100 && found.services.len() > 300);
        let day = "2026-11-23".parse().unwrap();
        let again = read(write(&found.hosters, &found.services, day).as_bytes()).unwrap();
        assert_eq!(again.hosters, found.hosters);
        assert_eq!(again.services, found.services);
    }

    #[test]
    fn a_complaint_tells_the_line_and_the_path() {
        let (found, complaints) = complaints(
            r#"{ "archipelago": 1, "hosters": [
                { "id": "a", "name": "A", "source": { "kind": "own-file", "by": "a" },
                  "services": [
                    { "id": "a-pads", "name": "Pads", "need": "pads",
                      "source": { "kind": "own-file", "by": "a" },
                      "registration": "maybe" },
                    { "id": "a-pads", "name": "Again", "need": "pads",
                      "source": { "kind": "own-file", "by": "a" } },
                    { "id": "a-polls", "name": "Polls" } ] },
                { "id": "a", "name": "B", "source": { "kind": "own-file", "by": "b" }, "services": 5 },
                null ] }"#,
        );
        assert_eq!((found.hosters.len(), found.services.len()), (1, 1));
        assert_eq!(found.services[0].name.as_str(), "Pads");
        assert_eq!(
            complaints,
            [
                "line 6, hosters[0].services[0].registration: is ignored: unknown variant `maybe`, expected one of `none`, `free`, `request`, `members`, `paid`, `closed`",
                "line 7, hosters[0].services[1]: is left out: the service a-pads stands above already",
                "line 9, hosters[0].services[2]: is left out: missing field `need`",
                "line 10, hosters[1]: is left out: the hoster a stands above already",
                "line 10, hosters[1].services: is ignored: not a list",
                "line 11, hosters[2]: is left out: not an object",
            ]
        );
    }

    #[test]
    fn complaints_are_bounded_and_the_rest_is_counted() {
        let wrong = vec!["5"; MAX_COMPLAINTS + 7].join(",");
        let (_, complaints) = complaints(&format!(r#"{{"archipelago":1,"hosters":[{wrong}]}}"#));
        assert_eq!(complaints.len(), MAX_COMPLAINTS + 1);
        assert_eq!(
            complaints[MAX_COMPLAINTS],
            "the document: 7 more complaints are not listed"
        );
    }

    const SOURCE: &str = r#""source":{"kind":"own-file","by":"x"}"#;

    /// A hoster of so many bytes, in front of one that is as it should be.
    fn beside_one_of(bytes: usize) -> String {
        let start = format!(r#"{{"id":"a","name":"A",{SOURCE},"x":["#);
        let filled = format!("{start}{}5]", "5,".repeat((bytes - start.len() - 3) / 2));
        let large = format!("{filled}{}}}", " ".repeat(bytes - filled.len() - 1));
        assert_eq!(large.len(), bytes);
        format!(r#"{{"archipelago":1,"hosters":[{large},{{"id":"b","name":"B",{SOURCE}}}]}}"#)
    }

    #[test]
    fn a_record_above_the_limit_is_left_out_and_costs_no_other() {
        let (found, none) = complaints(&beside_one_of(MAX_RECORD_BYTES));
        assert_eq!((found.hosters.len(), none.len()), (2, 0));
        for bytes in [MAX_RECORD_BYTES + 1, 4_000_000] {
            let (found, complaints) = complaints(&beside_one_of(bytes));
            assert_eq!(found.hosters[0].id.as_str(), "b");
            assert_eq!(
                complaints,
                ["line 1, hosters[0]: is left out: is larger than 256 KiB"]
            );
        }
    }

    #[test]
    fn a_hosters_services_are_measured_one_by_one() {
        let service = |id: &str, note: &str| {
            format!(r#"{{"id":"{id}","name":"S","need":"pads",{SOURCE},"note":{{"fr":"{note}"}}}}"#)
        };
        let note = "a".repeat(4_000);
        let mut services: Vec<_> = (0..100).map(|n| service(&format!("s{n}"), &note)).collect();
        services.push(service("long", &"a".repeat(MAX_RECORD_BYTES)));
        let services = services.join(",\n");
        assert!(services.len() > 2 * MAX_RECORD_BYTES);
        let (found, complaints) = complaints(&format!(
            r#"{{"archipelago":1,"hosters":[{{"id":"a","name":"A",{SOURCE},"services":[{services}]}}]}}"#
        ));
        assert_eq!((found.hosters.len(), found.services.len()), (1, 100));
        assert_eq!(
            complaints,
            ["line 101, hosters[0].services[100]: is left out: is larger than 256 KiB"]
        );
    }

    #[test]
    fn services_that_stand_twice_are_named() {
        let (found, complaints) = complaints(&format!(
            r#"{{"archipelago":1,"hosters":[{{"id":"a","name":"A",{SOURCE},"services":[],"services":[]}}]}}"#
        ));
        assert_eq!(found.hosters.len(), 1);
        assert_eq!(
            complaints,
            ["line 1, hosters[0].services: is ignored: stands more than once"]
        );
    }

    #[test]
    fn a_version_of_any_size_is_refused_in_a_sentence() {
        let version = format!("[{}5]", "5,".repeat(100_000));
        let document = format!(r#"{{"archipelago":{version},"hosters":[]}}"#);
        let refusal = read(document.as_bytes()).unwrap_err().to_string();
        assert!(refusal.starts_with("the document is of version [5,5,"));
        assert!(refusal.len() < 500);
    }

    #[test]
    fn a_byte_order_mark_and_unknown_keys_do_no_harm() {
        let (found, complaints) = complaints("\u{feff}{\"archipelago\":1,\"hosters\":[],\"x\":1}");
        assert_eq!((found.hosters.len(), complaints.len()), (0, 0));
    }
}
