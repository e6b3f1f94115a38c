//! One file on its way into a record of ours: what is read of it, what is not, and what it keeps.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::properties::{Entry, Properties, is_key};
use super::{EXTENSION, MAX_OTHER, MAX_OTHER_CHARS, PREFIX};
use crate::domain::text::{MAX_PROSE_CHARS, is_plain};
use crate::formats::{Complaints, Document};

/// Facts that only the operator may say, in a file of theirs: who a record is and whose word it is. What
/// lies on the web is judged by where it lies.
const OPERATORS_WORD: &[&str] = &["id", "hoster", "source", "facts"];
/// The most facts of our own that are laid over a record: twice what a record has.
const MAX_EXTENSIONS: usize = 50;

/// A file half read.
pub(super) struct Reading<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) properties: Properties<'a>,
    pub(super) complaints: Complaints,
    /// The lines that have become part of a record.
    taken: HashSet<usize>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(text: &'a str, document: &'a Document<'a>) -> Self {
        let mut complaints = Complaints::default();
        let properties = Properties::of(text, &mut complaints);
        Self {
            document,
            properties,
            complaints,
            taken: HashSet::new(),
        }
    }

    /// What a path says, read; what cannot be read is complained about, and kept as it is written.
    pub(super) fn parsed<T, E: Display>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let entry = self.properties.get(key)?;
        match parse(entry.value()) {
            Ok(value) => {
                self.take(entry);
                Some(value)
            }
            Err(error) => {
                self.complain(entry, &format!("is ignored: {error}"));
                None
            }
        }
    }

    /// Notes that an entry has become part of a record.
    pub(super) fn take(&mut self, entry: Entry<'_>) {
        self.taken.insert(entry.line);
    }

    /// That an entry is to be kept as it is written, though it was understood: our words say less.
    pub(super) fn keep_as_written(&mut self, key: &str) {
        if let Some(entry) = self.properties.get(key) {
            self.taken.remove(&entry.line);
        }
    }

    pub(super) fn complain(&mut self, entry: Entry<'_>, problem: &str) {
        self.complaints.add(Some(entry.line), entry.key, problem);
    }

    /// Complains about the whole file.
    pub(super) fn complain_of_all(&mut self, what: &str, problem: &str) {
        self.complaints.add(None, what, problem);
    }

    /// The entry of a fact of our own, if this file may say it.
    pub(super) fn extension(&self, fact: &str) -> Option<Entry<'a>> {
        let entry = self.properties.get(&format!("{EXTENSION}{fact}"))?;
        self.may_say(fact).then_some(entry)
    }

    fn may_say(&self, fact: &str) -> bool {
        self.document.url.scheme() == "file" || !OPERATORS_WORD.contains(&fact)
    }

    /// A fact of our own that must be a plain word, such as an identifier.
    pub(super) fn said<T, E: Display>(
        &mut self,
        fact: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.extension(fact)?;
        self.parsed(&format!("{EXTENSION}{fact}"), parse)
    }

    /// The record of these fields, with the facts of our own laid over them; `None` where the fields
    /// themselves are no record, which is complained about.
    pub(super) fn record<T: Serialize + DeserializeOwned>(
        &mut self,
        mut fields: Map<String, Value>,
    ) -> Option<T> {
        let mut record: T = match serde_json::from_value(Value::Object(fields.clone())) {
            Ok(record) => record,
            Err(error) => {
                self.complain_of_all("the file", &format!("is left out: {error}"));
                return None;
            }
        };
        let own = self.properties.entries().iter().filter_map(|entry| {
            let fact = entry.key.strip_prefix(EXTENSION)?;
            Some((fact, *entry))
        });
        let own: Vec<(&str, Entry)> = own.take(MAX_EXTENSIONS).collect();
        for (fact, entry) in own {
            if fact == "other" || !self.may_say(fact) {
                continue;
            }
            match laid_over(&fields, fact, entry.written) {
                Some((with, told)) => {
                    self.take(entry);
                    (fields, record) = (with, told);
                }
                None if names_a_field(&record, fact) => {
                    self.complain(entry, "is ignored: is not what this fact may be");
                }
                None => {}
            }
        }
        Some(record)
    }

    /// What the file says that has become part of no record, to be written back; bounded.
    pub(super) fn other(&mut self) -> BTreeMap<String, String> {
        let mut kept = Kept::default();
        for entry in self.properties.entries().to_vec() {
            let section = entry.key.split('.').next().unwrap_or_default();
            let of_the_file = ["file", "subs"].contains(&section.to_ascii_lowercase().as_str());
            let value = entry.value();
            let is_told = of_the_file || value.is_empty() || self.taken.contains(&entry.line);
            if is_told || entry.key.starts_with(EXTENSION) && self.is_ours(entry.key) {
                continue;
            }
            if !kept.add(format!("{PREFIX}{}", entry.key), value) {
                self.complain(
                    entry,
                    "is left out: there is no room for more of what has no meaning here",
                );
            }
        }
        if let Some(entry) = self.extension("other") {
            self.take(entry);
            match serde_json::from_str::<BTreeMap<String, String>>(entry.written) {
                Ok(more) => {
                    if !more.iter().all(|(key, value)| kept.add(key.clone(), value)) {
                        self.complain(entry, "is left out in part: there is no room for all of it");
                    }
                }
                Err(_) => self.complain(entry, "is ignored: is no object of texts"),
            }
        }
        kept.all
    }

    /// Whether a path of ours is one that this file may not say, or that is kept elsewhere.
    fn is_ours(&self, key: &str) -> bool {
        let fact = &key[EXTENSION.len()..];
        fact == "other" || OPERATORS_WORD.contains(&fact)
    }
}

/// What has no place in our nouns, within [`MAX_OTHER`] and [`MAX_OTHER_CHARS`].
#[derive(Default)]
struct Kept {
    all: BTreeMap<String, String>,
    chars: usize,
}

impl Kept {
    /// Keeps a text of others, or says that there is no room.
    fn add(&mut self, key: String, value: &str) -> bool {
        let plain = |c: char| is_plain(c) || matches!(c, '\n' | '\t');
        let value: String = value.chars().filter(|c| plain(*c)).collect();
        let key: String = key.chars().filter(|c| is_plain(*c)).collect();
        let chars = key.chars().count() + value.chars().count();
        let has_room = self.all.len() < MAX_OTHER
            && chars <= MAX_PROSE_CHARS
            && self.chars + chars <= MAX_OTHER_CHARS;
        if has_room {
            self.chars += chars;
            self.all.insert(key, value);
        }
        has_room
    }
}

/// The fields with one more, and the record they make: a fact is a plain word if it may be one, else
/// JSON, and nothing where nothing is written. `None` where the record has no such field or it does not
/// fit.
fn laid_over<T: Serialize + DeserializeOwned>(
    fields: &Map<String, Value>,
    fact: &str,
    written: &str,
) -> Option<(Map<String, Value>, T)> {
    let nothing = written.is_empty().then_some(Value::Null);
    let word = (!written.is_empty()).then(|| Value::from(written));
    let json = serde_json::from_str(written).ok();
    [nothing, word, json]
        .into_iter()
        .flatten()
        .find_map(|value| {
            let mut fields = fields.clone();
            fields.insert(fact.to_owned(), value);
            let record: T = serde_json::from_value(Value::Object(fields.clone())).ok()?;
            names_a_field(&record, fact).then_some((fields, record))
        })
}

/// Whether a record has a field of this name.
fn names_a_field<T: Serialize>(record: &T, name: &str) -> bool {
    serde_json::to_value(record).is_ok_and(|record| record.get(name).is_some())
}

/// The path under which a key of `other` is written in a file of this format, if it is one.
pub(super) fn path_of(other: &str) -> Option<&str> {
    other.strip_prefix(PREFIX).filter(|key| is_key(key))
}
