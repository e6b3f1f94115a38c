//! A file half written.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;

use super::Sub;
use crate::domain::taxonomy::Taxonomy;
use crate::formats::chatonsinfos::properties::Entry;
use crate::formats::chatonsinfos::record::path_of;
use crate::formats::chatonsinfos::{EXTENSION, PREFIX, read};
use crate::formats::{Document, Findings, Format};

/// The version of the ontology that is written.
const PROTOCOL: &str = "ChatonsInfos-0.5";
/// What made the file.
const GENERATOR: &str = concat!("archipelago ", env!("CARGO_PKG_VERSION"));

/// The lines of a file, and the paths they have, in lower case.
pub(super) struct Draft {
    text: String,
    written: HashSet<String>,
    /// How a record has paths from other files, by their lower case: nobody else's spelling stands beside it.
    spelled: HashMap<String, String>,
}

impl Draft {
    pub(super) fn of(class: &str, made: DateTime<Utc>, other: &Other) -> Self {
        let paths = other.0.keys();
        let mut draft = Self {
            spelled: paths
                .map(|path| (path.to_ascii_lowercase(), path.clone()))
                .collect(),
            text: "# https://framagit.org/chatons/chatonsinfos\n".to_owned(),
            written: HashSet::new(),
        };
        draft.section("File");
        draft.put("file.class", class);
        draft.put("file.protocol", PROTOCOL);
        draft.put(
            "file.datetime",
            &made.format("%Y-%m-%dT%H:%M:%S").to_string(),
        );
        draft.put("file.generator", GENERATOR);
        draft
    }

    /// Begins a section, with the anchor that scripts look for.
    pub(super) fn section(&mut self, name: &str) {
        self.text += &format!("\n# [{name}]\n");
    }

    /// Writes a path once, with its value on one line; an empty one is "not given".
    pub(super) fn put(&mut self, key: &str, value: &str) {
        let lower = key.to_ascii_lowercase();
        if !self.written.insert(lower.clone()) {
            return;
        }
        let value: String = value.split(['\n', '\r']).collect::<Vec<_>>().join(" ");
        let key = self
            .spelled
            .get(&lower)
            .map_or(key, String::as_str)
            .to_owned();
        self.line(&key, &quoted(value.trim()));
    }

    fn line(&mut self, key: &str, value: &str) {
        self.text += format!("{key} = {value}").trim_end();
        self.text.push('\n');
    }

    /// Writes a path, if there is a value.
    pub(super) fn put_if(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// Writes the paths below a section that a record keeps from other files.
    pub(super) fn rest(&mut self, other: &Other, section: &str) {
        for (key, value) in &other.0 {
            if key.split('.').next() == Some(section) {
                self.put(key, value);
            }
        }
    }

    /// Writes what is left of the paths that a record keeps from other files.
    pub(super) fn rest_of_all(&mut self, other: &Other) {
        for (key, value) in &other.0 {
            self.put(key, value);
        }
    }

    /// Names further files. A key holds letters and `_` only.
    pub(super) fn subs(&mut self, subs: &[Sub]) {
        self.section("Subs");
        for (name, address) in subs {
            let letter = |c: char| if c.is_ascii_alphabetic() { c } else { '_' };
            let mut key: String = name.chars().map(letter).collect();
            while self
                .written
                .contains(&format!("subs.{key}").to_ascii_lowercase())
            {
                key.push('_');
            }
            self.put(&format!("subs.{key}"), address.as_str());
        }
    }

    /// Writes a fact of our own as it is, which is not a path of the format.
    pub(super) fn own(&mut self, fact: &str, value: &str) {
        self.written.insert(format!("{EXTENSION}{fact}"));
        self.line(&format!("{EXTENSION}{fact}"), value);
    }

    /// Writes every fact of a record that the file does not say yet. `told` picks the record out of
    /// what the file says.
    pub(super) fn complete<T: Serialize>(
        &mut self,
        record: &T,
        taxonomy: &Taxonomy,
        today: NaiveDate,
        told: impl Fn(Findings) -> Option<T>,
    ) {
        let fields = |record: Option<&T>| match record.map(serde_json::to_value) {
            Some(Ok(Value::Object(fields))) => fields,
            _ => Map::new(),
        };
        let wanted = fields(Some(record));
        // A fact of our own may say what a path of the format then no longer says: look again.
        let said = loop {
            let said = fields(told(self.read_back(taxonomy, today)).as_ref());
            let more: Vec<_> = wanted
                .iter()
                .filter(|(fact, value)| *fact != "other" && said.get(*fact) != Some(value))
                .filter(|(fact, _)| !self.written.contains(&format!("{EXTENSION}{fact}")))
                .collect();
            if more.is_empty() {
                break said;
            }
            for (fact, value) in more {
                self.own(fact, &as_fact(value));
            }
        };
        let kept = |fields: &Map<String, Value>| match fields.get("other") {
            Some(Value::Object(other)) => other.clone(),
            _ => Map::new(),
        };
        let (wanted, said) = (kept(&wanted), kept(&said));
        let more: Map<String, Value> = wanted
            .into_iter()
            .filter(|(key, value)| said.get(key) != Some(value))
            .collect();
        if !more.is_empty() {
            self.own("other", &Value::Object(more).to_string());
        }
    }

    fn read_back(&self, taxonomy: &Taxonomy, seen: NaiveDate) -> Findings {
        let url = Url::parse("file:///file.properties").expect("an address");
        let document = Document {
            format: Format::ChatonsInfos,
            url: &url,
            bytes: self.text.as_bytes(),
            seen,
            of: None,
        };
        // One that is too large to be read back says nothing: then all is written as facts of our own.
        read(&document, taxonomy).unwrap_or_default()
    }

    pub(super) fn text(self) -> String {
        self.text
    }
}

/// What a record keeps of files of this format, by path.
pub(super) struct Other(BTreeMap<String, String>);

impl Other {
    pub(super) fn of(other: &BTreeMap<String, String>) -> Self {
        let paths = other.iter().filter_map(|(key, value)| {
            let path = path_of(key)?;
            let section = path.split('.').next()?.to_ascii_lowercase();
            let is_ours = ["file", "subs"].contains(&section.as_str());
            let is_one_line = !value.contains(['\n', '\r']) && !value.trim().is_empty();
            (is_one_line && !is_ours && !path.starts_with(EXTENSION))
                .then(|| (path.to_owned(), value.clone()))
        });
        Self(paths.collect())
    }

    /// What was written under a path, given in lower case.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let exact = self.0.get(key);
        let found = exact.or_else(|| {
            let mut all = self.0.iter();
            Some(all.find(|(path, _)| path.eq_ignore_ascii_case(key))?.1)
        });
        found.map(String::as_str)
    }

    /// What was written under a path if it still means what we say, else our word.
    pub(super) fn or<'s>(
        &'s self,
        key: &str,
        means_it: impl Fn(&str) -> bool,
        ours: &'s str,
    ) -> &'s str {
        self.get(key)
            .filter(|written| means_it(written))
            .unwrap_or(ours)
    }
}

/// A value whose own quotes would be taken for quotes round it gets another pair.
fn quoted(value: &str) -> String {
    let entry = Entry {
        key: PREFIX,
        written: value,
        line: 0,
    };
    match (entry.value() == value, value.starts_with('"')) {
        (true, _) => value.to_owned(),
        (false, true) => format!("'{value}'"),
        (false, false) => format!("\"{value}\""),
    }
}

/// A fact of our own: a plain word or JSON.
fn as_fact(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(word) if !word.is_empty() && !word.contains(['\n', '\r']) => word.clone(),
        value => value.to_string(),
    }
}
