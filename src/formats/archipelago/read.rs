//! Reading leniently, and within bounds whatever the document.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{MAX_BYTES, MAX_RECORD_BYTES, MAX_RECORDS, NotArchipelago, VERSION};
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::service::Service;
use crate::formats::Findings;
use crate::formats::complaint::printable;
use crate::formats::lenient::{self, Fault};
use crate::formats::lines::{self, Lines};

/// Reads a document leniently: what fits is found, what does not is complained about, with its
/// line. A wrong field that may be missing is left out of its record; a record that lacks a required
/// field or is too large is left out, a hoster with its services. Where an id stands twice the first
/// wins; services of a repeated hoster are kept.
pub fn read(bytes: &[u8]) -> Result<Findings, NotArchipelago> {
    if bytes.len() > MAX_BYTES {
        return Err(NotArchipelago::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        NotArchipelago::NotUtf8(lines::ends_in(&bytes[..error.valid_up_to()]) + 1)
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let mut reading = Reading::of(text);
    for (position, record) in hosters(text)?.into_iter().enumerate() {
        reading.hoster(record, &format!("hosters[{position}]"))?;
    }
    Ok(reading.found)
}

/// The records of a document that is one of ours. Nothing of it is built yet: a value takes many
/// times its text.
fn hosters(text: &str) -> Result<Vec<&RawValue>, NotArchipelago> {
    #[derive(Deserialize)]
    struct Document<'a> {
        #[serde(borrow)]
        archipelago: Option<&'a RawValue>,
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
    let Some(version) = document.archipelago.map(RawValue::get) else {
        return Err(NotArchipelago::OtherShape(
            "the document does not say \"archipelago\": 1; is it of another format?",
        ));
    };
    if !serde_json::from_str(version).is_ok_and(|version: u64| version == VERSION) {
        return Err(NotArchipelago::OtherVersion(printable(version)));
    }
    document
        .hosters
        .and_then(records)
        .ok_or(NotArchipelago::OtherShape(
            "the document has no list of \"hosters\"",
        ))
}

/// The items of a list as they are written; only one more than [`MAX_RECORDS`] of a longer one, which
/// is refused when they are counted.
fn records(list: &RawValue) -> Option<Vec<&RawValue>> {
    lenient::items(list, MAX_RECORDS + 1)
}

/// A document half read.
struct Reading<'a> {
    lines: Lines<'a>,
    found: Findings,
    records: usize,
    hoster_ids: HashSet<HosterId>,
}

impl<'a> Reading<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            lines: Lines::of(text),
            found: Findings::default(),
            records: 0,
            hoster_ids: HashSet::new(),
        }
    }

    fn hoster(&mut self, record: &RawValue, place: &str) -> Result<(), NotArchipelago> {
        #[derive(Deserialize)]
        struct Services<'a> {
            #[serde(borrow, default)]
            services: Option<&'a RawValue>,
        }
        let services = serde_json::from_str::<Services>(record.get()).map(|record| record.services);
        // They are records of their own, each with the same limit.
        let of_services = services.as_ref().ok().copied().flatten();
        let own_bytes = record.get().len() - of_services.map_or(0, |list| list.get().len());
        let Some(hoster) = self.record::<Hoster>(record, own_bytes, place, &[], &["services"])?
        else {
            return Ok(());
        };
        let id = hoster.id.clone();
        if self.hoster_ids.insert(id.clone()) {
            self.found.hosters.push(hoster);
        } else {
            let problem = format!("is left out: the hoster {id} stands above already");
            self.complain(record.get(), place, &problem);
        }
        match services {
            Ok(None) => {}
            Ok(Some(list)) => match records(list) {
                Some(services) => {
                    for (position, service) in services.into_iter().enumerate() {
                        self.service(service, &id, &format!("{place}.services[{position}]"))?;
                    }
                }
                None => {
                    let place = format!("{place}.services");
                    self.complain(list.get(), &place, "is ignored: not a list");
                }
            },
            Err(_) => {
                let place = format!("{place}.services");
                self.complain(record.get(), &place, "is ignored: stands more than once");
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
        let given = [("hoster", hoster.as_str())];
        let bytes = record.get().len();
        let Some(service) = self.record::<Service>(record, bytes, place, &given, &[])? else {
            return Ok(());
        };
        if self.found.lines.contains_key(&service.id) {
            let problem = format!(
                "is left out: the service {} stands above already",
                service.id
            );
            self.complain(record.get(), place, &problem);
        } else {
            let line = self.lines.line_of(record.get());
            self.found.lines.insert(service.id.clone(), line);
            self.found.services.push(service);
        }
        Ok(())
    }

    /// One hoster or service of so many `bytes`, if it can be read; counted in any case.
    fn record<T: serde::de::DeserializeOwned>(
        &mut self,
        record: &RawValue,
        bytes: usize,
        place: &str,
        given: &[(&str, &str)],
        elsewhere: &[&str],
    ) -> Result<Option<T>, NotArchipelago> {
        self.records += 1;
        if self.records > MAX_RECORDS {
            return Err(NotArchipelago::TooMany);
        }
        if bytes > MAX_RECORD_BYTES {
            let problem = format!(
                "is left out: is larger than {} KiB",
                MAX_RECORD_BYTES / 1024
            );
            self.complain(record.get(), place, &problem);
            return Ok(None);
        }
        let (value, faults) = lenient::read(record.get(), given, elsewhere);
        for Fault {
            offset,
            path,
            problem,
        } in faults
        {
            self.complain(&record.get()[offset..], &format!("{place}{path}"), &problem);
        }
        Ok(value)
    }

    /// Complains about a part of the text.
    fn complain(&mut self, part: &str, place: &str, problem: &str) {
        let line = self.lines.line_of(part);
        self.found.complaints.add(Some(line), place, problem);
    }
}
