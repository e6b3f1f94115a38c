//! Our own exchange format: a directory as one JSON document.
//!
//! ```json
//! { "archipelago": 1, "as_of": "2026-11-23",
//!   "hosters": [ { "id": "a", "name": "A", "source": { … }, "services": [ { "id": "a-pads", … } ] } ] }
//! ```
//!
//! The fields of a hoster and of a service are those of [`Hoster`] and [`Service`]; a service stands
//! in its hoster and does not name it. Unknown keys are ignored, so that a later version may add some.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::lenient::{self, Fault, offset_in};
use super::{Complaint, Findings};
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::service::Service;

/// The version of the format that is read and written.
pub const VERSION: u64 = 1;
/// The largest document that is read, in bytes.
pub const MAX_BYTES: usize = 128 * 1024 * 1024;
/// The most hosters and services together that one document may hold.
pub const MAX_RECORDS: usize = 300_000;
/// The most complaints about one document; the rest is only counted.
pub const MAX_COMPLAINTS: usize = 1_000;

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

/// Reads a document leniently: what fits is found, what does not is complained about, with its
/// line. A wrong field that may be missing is left out of its record; a record that lacks a required
/// field is left out, a hoster with its services. Where an id stands twice the first wins; services
/// of a repeated hoster are kept.
pub fn read(bytes: &[u8]) -> Result<Findings, NotArchipelago> {
    if bytes.len() > MAX_BYTES {
        return Err(NotArchipelago::TooLarge);
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| NotArchipelago::NotUtf8(line_at(bytes, error.valid_up_to())))?;
    let text = text.trim_start_matches('\u{feff}');
    let mut reading = Reading::of(text);
    for (position, record) in hosters(text)?.into_iter().enumerate() {
        reading.hoster(record, &format!("hosters[{position}]"))?;
    }
    Ok(reading.finish())
}

/// The records of a document that is one of ours.
fn hosters(text: &str) -> Result<Vec<&RawValue>, NotArchipelago> {
    #[derive(Deserialize)]
    struct Document<'a> {
        archipelago: Option<Value>,
        #[serde(borrow)]
        hosters: Option<&'a RawValue>,
    }
    if text.trim().is_empty() {
        return Err(NotArchipelago::Empty);
    }
    let document: Document = serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            NotArchipelago::OtherShape(
                "the document is no object with \"archipelago\": 1 and \"hosters\"",
            )
        } else {
            NotArchipelago::NotJson(error.to_string())
        }
    })?;
    match document.archipelago {
        Some(version) if version.as_u64() == Some(VERSION) => {}
        Some(version) => {
            let shown = Complaint::new(None, &version.to_string(), "").place;
            return Err(NotArchipelago::OtherVersion(shown));
        }
        None => {
            return Err(NotArchipelago::OtherShape(
                "the document does not say \"archipelago\": 1; is it of another format?",
            ));
        }
    }
    document
        .hosters
        .and_then(|list| serde_json::from_str(list.get()).ok())
        .ok_or(NotArchipelago::OtherShape(
            "the document has no list of \"hosters\"",
        ))
}

fn line_at(bytes: &[u8], offset: usize) -> usize {
    bytes[..offset]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

/// A document half read.
struct Reading<'a> {
    text: &'a str,
    /// Where each line begins, in bytes.
    line_starts: Vec<usize>,
    found: Findings,
    records: usize,
    hoster_ids: HashSet<HosterId>,
    unlisted: usize,
}

impl<'a> Reading<'a> {
    fn of(text: &'a str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(offset, _)| offset + 1);
        Self {
            text,
            line_starts: std::iter::once(0).chain(after_breaks).collect(),
            found: Findings::default(),
            records: 0,
            hoster_ids: HashSet::new(),
            unlisted: 0,
        }
    }

    fn hoster(&mut self, record: &RawValue, place: &str) -> Result<(), NotArchipelago> {
        #[derive(Deserialize)]
        struct Services<'a> {
            #[serde(borrow, default)]
            services: Option<&'a RawValue>,
        }
        self.count()?;
        let (hoster, faults) = lenient::read::<Hoster>(record.get(), &[]);
        self.complain_of(record, place, faults);
        let Some(hoster) = hoster else { return Ok(()) };
        let id = hoster.id.clone();
        if self.hoster_ids.insert(id.clone()) {
            self.found.hosters.push(hoster);
        } else {
            let problem = format!("is left out: the hoster {id} stands above already");
            self.complain(self.line_of(record.get()), place, &problem);
        }
        let services = serde_json::from_str::<Services>(record.get());
        let Some(list) = services.ok().and_then(|record| record.services) else {
            return Ok(());
        };
        match serde_json::from_str::<Vec<&RawValue>>(list.get()) {
            Ok(services) => {
                for (position, service) in services.into_iter().enumerate() {
                    self.service(service, &id, &format!("{place}.services[{position}]"))?;
                }
            }
            Err(_) => {
                let place = format!("{place}.services");
                self.complain(self.line_of(list.get()), &place, "is ignored: not a list");
            }
        }
        Ok(())
    }

    fn service(
        &mut self,
        record: &RawValue,
        hoster: &HosterId,
        place: &str,
    ) -> Result<(), NotArchipelago> {
        self.count()?;
        let given = [("hoster", hoster.as_str())];
        let (service, faults) = lenient::read::<Service>(record.get(), &given);
        self.complain_of(record, place, faults);
        let Some(service) = service else {
            return Ok(());
        };
        let line = self.line_of(record.get());
        if self.found.lines.contains_key(&service.id) {
            let problem = format!(
                "is left out: the service {} stands above already",
                service.id
            );
            self.complain(line, place, &problem);
        } else {
            self.found.lines.insert(service.id.clone(), line);
            self.found.services.push(service);
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), NotArchipelago> {
        self.records += 1;
        if self.records > MAX_RECORDS {
            return Err(NotArchipelago::TooMany);
        }
        Ok(())
    }

    fn complain_of(&mut self, record: &RawValue, place: &str, faults: Vec<Fault>) {
        for fault in faults {
            let line = self.line_of(&record.get()[fault.offset..]);
            self.complain(line, &format!("{place}{}", fault.path), &fault.problem);
        }
    }

    fn complain(&mut self, line: usize, place: &str, problem: &str) {
        if self.found.complaints.len() < MAX_COMPLAINTS {
            let complaint = Complaint::new(Some(line), place, problem);
            self.found.complaints.push(complaint);
        } else {
            self.unlisted += 1;
        }
    }

    /// The line, from 1, on which a part of the text begins.
    fn line_of(&self, part: &str) -> usize {
        let offset = offset_in(self.text, part).unwrap_or(0);
        self.line_starts.partition_point(|start| *start <= offset)
    }

    fn finish(mut self) -> Findings {
        if self.unlisted > 0 {
            let problem = format!("{} more complaints are not listed", self.unlisted);
            let complaint = Complaint::new(None, "the document", &problem);
            self.found.complaints.push(complaint);
        }
        self.found
    }
}

/// Writes a document that [`read`] reads back without loss, each hoster with its services in their
/// order. Services of hosters that are not among `hosters` have no place in it and are left out.
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

    #[test]
    fn a_byte_order_mark_and_unknown_keys_do_no_harm() {
        let (found, complaints) = complaints("\u{feff}{\"archipelago\":1,\"hosters\":[],\"x\":1}");
        assert_eq!((found.hosters.len(), complaints.len()), (0, 0));
    }
}
