//! Reads a snapshot record by record, strictly and within bounds: it is believed whole or not at all.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use chrono::NaiveDate;
use flate2::bufread::GzDecoder;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::bounded::{BUFFER, Bounded, TOO_LARGE, TOO_LARGE_A_RECORD};
use super::content::content;
use super::{Content, Kind, MAX_BYTES, MAX_RECORD_BYTES, MAX_RECORDS, NotASnapshot, Record, State};
use crate::domain::text::printable;
use crate::formats::activitypub::directory_state::{self, DirectoryState};
use crate::formats::activitypub::document;
use crate::formats::activitypub::proof::Claimed;
use crate::formats::archipelago::VERSION;

/// How a file begins that is packed by gzip (RFC 1952 §2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// How much of what is wrong is told, in characters.
const MAX_TOLD_CHARS: usize = 300;
/// What a snapshot says beside its records.
#[derive(Debug, Clone, PartialEq)]
pub struct Signed {
    /// The day it names.
    pub as_of: NaiveDate,
    /// The signed state.
    pub document: Value,
}

/// A snapshot whose records are those of its signed state. Whose signature that is was not looked at.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What is signed.
    pub signed: DirectoryState,
    /// What its proof says of itself.
    pub claimed: Claimed,
    /// What is signed, as a document.
    pub document: Value,
    /// The hashes of the records.
    pub state: State,
    /// How many records there are of each kind.
    pub counts: BTreeMap<Kind, u64>,
    /// How many services the hosters have.
    pub services: u64,
}

/// A document as it is, or unpacked where it is packed by gzip.
pub fn unpacked<'a>(document: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let mut document = BufReader::with_capacity(BUFFER, document);
    Ok(match document.fill_buf()?.starts_with(&GZIP) {
        true => Box::new(GzDecoder::new(document)),
        false => Box::new(document),
    })
}

/// Reads a snapshot, packed or not, and checks all that can be checked without a key.
pub fn check(document: impl Read) -> Result<Checked, NotASnapshot> {
    let (mut state, mut counts, mut services) = (State::default(), BTreeMap::new(), 0);
    let signed = read(document, |record, content| {
        state.put(&record);
        *counts.entry(record.kind).or_default() += 1;
        if let Content::Hoster(entry) = content {
            services += entry.services.len() as u64;
        }
        Ok(())
    })?;
    let document = signed.document;
    let (said, claimed) = directory_state::read(&document)?;
    if said.issued.date_naive() != signed.as_of {
        return Err(NotASnapshot::OtherDay);
    }
    if said.records != state.records() || said.state != state.digest() {
        return Err(NotASnapshot::OtherRecords);
    }
    Ok(Checked {
        signed: said,
        claimed,
        document,
        state,
        counts,
        services,
    })
}

/// Reads a snapshot, packed or not, and hands each record on with what it says. Whether the records are
/// those that were signed is not known before the end.
pub fn read(
    document: impl Read,
    mut take: impl FnMut(Record, Content) -> Result<(), NotASnapshot>,
) -> Result<Signed, NotASnapshot> {
    let cut_off = |error: io::Error| NotASnapshot::CutOff(told(&error));
    let within = Rc::new(Cell::new(0));
    let bounded = Bounded {
        inner: unpacked(document).map_err(cut_off)?,
        left: MAX_BYTES,
        within: Rc::clone(&within),
    };
    let problem = RefCell::new(None);
    let reading = Reading {
        within: &within,
        problem: &problem,
        take: RefCell::new(&mut take),
        records: Cell::new(0),
    };
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(BUFFER, bounded));
    let read = reading.deserialize(&mut json);
    let read = read.and_then(|signed| json.end().map(|()| signed));
    read.map_err(|error| match problem.take() {
        Some(problem) => problem,
        None if error.is_io() => of_io(&error),
        None if error.is_eof() => NotASnapshot::CutOff(told(&error)),
        None if error.is_data() => NotASnapshot::OtherShape(told(&error)),
        None => NotASnapshot::NotJson(told(&error)),
    })
}

fn told(error: &impl fmt::Display) -> String {
    printable(&error.to_string(), MAX_TOLD_CHARS)
}

fn of_io(error: &serde_json::Error) -> NotASnapshot {
    // serde_json keeps the text of an error of I/O and not the error itself.
    let said = error.to_string();
    if said.starts_with(TOO_LARGE_A_RECORD) {
        let problem = format!("it is larger than {} MiB", MAX_RECORD_BYTES / 1024 / 1024);
        let place = "a record".to_owned();
        return NotASnapshot::BadRecord { place, problem };
    }
    match said.starts_with(TOO_LARGE) {
        true => NotASnapshot::TooLarge,
        false => NotASnapshot::CutOff(told(error)),
    }
}

type Take<'a> = &'a mut dyn FnMut(Record, Content) -> Result<(), NotASnapshot>;

/// A snapshot half read.
struct Reading<'a> {
    within: &'a Cell<usize>,
    /// What was wrong, where that is not the JSON.
    problem: &'a RefCell<Option<NotASnapshot>>,
    take: RefCell<Take<'a>>,
    records: Cell<u64>,
}

impl Reading<'_> {
    fn record(
        &self,
        kind: Kind,
        text: &str,
        before: &mut Option<String>,
    ) -> Result<(), NotASnapshot> {
        self.within.set(0);
        self.records.set(self.records.get() + 1);
        if self.records.get() > MAX_RECORDS {
            return Err(NotASnapshot::TooMany);
        }
        let bad = |which: &str, problem: &str| NotASnapshot::BadRecord {
            place: printable(&format!("{} {which}", kind.word()), MAX_TOLD_CHARS),
            problem: printable(problem, MAX_TOLD_CHARS),
        };
        let number = format!("number {}", self.records.get());
        let (record, value) =
            Record::received(kind, text).map_err(|problem| bad(&number, &problem))?;
        if before.as_ref().is_some_and(|before| *before >= record.id) {
            return Err(bad(
                &record.id,
                "it stands twice, or not in the order of ids",
            ));
        }
        *before = Some(record.id.clone());
        let content = content(kind, &record.id, value);
        let content = content.map_err(|problem| bad(&record.id, &problem))?;
        (self.take.borrow_mut())(record, content)
    }

    /// Notes what was wrong, and has the reading stop.
    fn stopped<E: Error>(&self, problem: NotASnapshot) -> E {
        *self.problem.borrow_mut() = Some(problem);
        E::custom("stopped")
    }
}

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = Signed;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Signed, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = Signed;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Signed, A::Error> {
        expect(&mut map, "archipelago")?;
        let version: u64 = map.next_value()?;
        if version != VERSION {
            let problem =
                format!("it is of version {version}, and this archipelago reads {VERSION}");
            return Err(A::Error::custom(problem));
        }
        expect(&mut map, "as_of")?;
        let as_of: NaiveDate = map.next_value()?;
        let mut signed = None;
        for kind in Kind::ALL {
            if *kind == Kind::Vouch {
                expect(&mut map, "signed")?;
                let text: Box<RawValue> = map.next_value()?;
                let read = document::read(text.get().as_bytes());
                signed = Some(read.map_err(A::Error::custom)?);
                self.within.set(0);
            }
            expect(&mut map, kind.word())?;
            match kind {
                Kind::Choices => {
                    let text: Box<RawValue> = map.next_value()?;
                    let record = self.record(*kind, text.get(), &mut None);
                    record.map_err(|problem| self.stopped(problem))?;
                }
                _ => map.next_value_seed(Listed(*kind, &self))?,
            }
        }
        match map.next_key::<String>()? {
            Some(key) => Err(A::Error::custom(format!("there is {key:?} after its end"))),
            None => Ok(Signed {
                as_of,
                document: signed.expect("what is signed stands before the last kind"),
            }),
        }
    }
}

/// Reads the next key, which has to be this one.
fn expect<'de, A: MapAccess<'de>>(map: &mut A, name: &str) -> Result<(), A::Error> {
    match map.next_key::<String>()? {
        Some(key) if key == name => Ok(()),
        Some(key) => Err(A::Error::custom(format!(
            "there is {key:?} instead of {name:?}"
        ))),
        None => Err(A::Error::custom(format!("there is no {name:?}"))),
    }
}

/// The records of one kind.
struct Listed<'a, 'b>(Kind, &'a Reading<'b>);

impl<'de> DeserializeSeed<'de> for Listed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Listed<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list of {}", self.0.word())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self(kind, reading) = self;
        let mut before = None;
        while let Some(text) = list.next_element::<Box<RawValue>>()? {
            let record = reading.record(kind, text.get(), &mut before);
            record.map_err(|problem| reading.stopped(problem))?;
        }
        Ok(())
    }
}
