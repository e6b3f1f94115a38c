//! The fields of a foreign object, each of its own type; what is of another is complained about, what
//! nobody knows is kept.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::hoster::LanguageCode;
use crate::domain::text::{self, Link, Name, Prose, is_plain};
use crate::formats::Complaints;

/// The most keys of one record that are kept though our nouns have no place for them: some three times
/// what the richest of these formats has.
pub const MAX_KEPT_KEYS: usize = 50;
/// The longest value that is kept so, as JSON in bytes: a paragraph or a list of addresses.
pub const MAX_KEPT_BYTES: usize = 2_000;
/// The longest key that is kept so, in characters: longer ones are no names of fields.
const MAX_KEY_CHARS: usize = 100;

/// A foreign object that is read field by field.
pub struct Fields<'a> {
    /// Those that were not read yet.
    left: Map<String, Value>,
    /// What stands before a field's name in a complaint: `data[3].`
    place: String,
    /// What stands before its name where it is kept: `librehost`.
    format: &'static str,
    kept: BTreeMap<String, String>,
    complaints: &'a mut Complaints,
}

impl<'a> Fields<'a> {
    /// The fields of an object that stands at a place of a document, kept under the name of the format.
    pub fn of(
        fields: Map<String, Value>,
        place: String,
        format: &'static str,
        complaints: &'a mut Complaints,
    ) -> Self {
        Self {
            left: fields,
            place,
            format,
            kept: BTreeMap::new(),
            complaints,
        }
    }

    /// Complains about a field.
    pub fn complain(&mut self, key: &str, problem: impl Display) {
        let place = format!("{}{key}", self.place);
        self.complaints.add(None, &place, &problem.to_string());
    }

    /// Takes a field out; nothing where there is none or it says nothing: null, or an empty text.
    pub fn take(&mut self, key: &str) -> Option<Value> {
        let value = self.left.remove(key)?;
        let says_nothing = value.is_null() || value.as_str().is_some_and(|text| text.trim() == "");
        (!says_nothing).then_some(value)
    }

    /// Calls a field by another name, unless there is one of that name.
    pub fn rename(&mut self, from: &str, to: &str) {
        if !self.left.contains_key(to)
            && let Some(value) = self.left.remove(from)
        {
            self.left.insert(to.to_owned(), value);
        }
    }

    /// Reads a field, or complains.
    pub fn read<T, E: Display>(
        &mut self,
        key: &str,
        read: impl FnOnce(&Value) -> Result<T, E>,
    ) -> Option<T> {
        let value = self.take(key)?;
        match read(&value) {
            Ok(read) => Some(read),
            Err(error) => {
                self.complain(key, format_args!("is ignored: {error}"));
                None
            }
        }
    }

    /// Reads the items of a list, at most so many, and complains about each that does not fit.
    pub fn list<T, E: Display>(
        &mut self,
        key: &str,
        max: usize,
        read: impl Fn(&Value) -> Result<T, E>,
    ) -> Vec<T> {
        let items = match self.take(key) {
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.complain(key, "is ignored: is no list");
                return Vec::new();
            }
            None => return Vec::new(),
        };
        if items.len() > max {
            self.complain(key, format_args!("only the first {max} items are read"));
        }
        let mut read_items = Vec::new();
        for (position, item) in items.iter().take(max).enumerate() {
            match read(item) {
                Ok(item) => read_items.push(item),
                Err(error) => {
                    self.complain(
                        &format!("{key}[{position}]"),
                        format_args!("is ignored: {error}"),
                    );
                }
            }
        }
        read_items
    }

    /// Keeps a value that our nouns have no place for, as JSON; within limits, or complains.
    pub fn keep(&mut self, key: &str, value: &Value) {
        let json = plain(&value.to_string());
        let is_name = Name::parse(key).is_ok_and(|name| name.as_str() == key)
            && key.chars().count() <= MAX_KEY_CHARS;
        if !is_name {
            let shown = text::printable(key, MAX_KEY_CHARS);
            self.complain(&shown, "is not kept: its name is none");
        } else if json.len() > MAX_KEPT_BYTES {
            self.complain(
                key,
                format_args!("is not kept: is larger than {MAX_KEPT_BYTES} bytes"),
            );
        } else if self.kept.len() >= MAX_KEPT_KEYS {
            self.complain(
                key,
                format_args!("is not kept: there are {MAX_KEPT_KEYS} others"),
            );
        } else {
            self.kept.insert(format!("{}:{key}", self.format), json);
        }
    }

    /// Reads a field only to see that it is right, and keeps it as it is.
    pub fn keep_if<T, E: Display>(
        &mut self,
        key: &str,
        read: impl FnOnce(&Value) -> Result<T, E>,
    ) -> Option<T> {
        let value = self.left.get(key).cloned()?;
        let right = self.read(key, read)?;
        self.keep(key, &value);
        Some(right)
    }

    /// Keeps what is right of a list, if there is any.
    pub fn keep_list(&mut self, key: &str, items: &[impl Serialize]) {
        if let Ok(Value::Array(items)) = serde_json::to_value(items)
            && !items.is_empty()
        {
            self.keep(key, &Value::Array(items));
        }
    }

    /// Passes over a field.
    pub fn ignore(&mut self, key: &str) {
        self.left.remove(key);
    }

    /// All that was kept; what nobody asked for is passed over.
    pub fn kept(self) -> BTreeMap<String, String> {
        self.kept
    }

    /// All that was kept, and now every field that nobody asked for.
    pub fn finish(mut self) -> BTreeMap<String, String> {
        for (key, value) in std::mem::take(&mut self.left) {
            self.keep(&key, &value);
        }
        self.kept
    }
}

/// A text of JSON in which whatever may not be shown is escaped, so that files of other formats keep it as well.
fn plain(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match is_plain(c) {
            true => text.push(c),
            false => {
                let units = c.encode_utf16(&mut [0; 2]).to_vec();
                text.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    text
}

/// What was kept of a format under a key.
pub fn kept(other: &BTreeMap<String, String>, format: &str, key: &str) -> Option<Value> {
    serde_json::from_str(other.get(&format!("{format}:{key}"))?).ok()
}

/// What was kept of a format, by key.
pub fn all_kept<'a>(
    other: &'a BTreeMap<String, String>,
    format: &str,
) -> impl Iterator<Item = (&'a str, Value)> {
    let prefix = format!("{format}:");
    other.iter().filter_map(move |(key, json)| {
        let key = key.strip_prefix(&prefix)?;
        Some((key, serde_json::from_str(json).ok()?))
    })
}

/// A text.
pub fn as_text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| "is no text".to_owned())
}

/// A name.
pub fn as_name(value: &Value) -> Result<Name, String> {
    Name::parse(as_text(value)?).map_err(|error| error.to_string())
}

/// A text of several lines.
pub fn as_prose(value: &Value) -> Result<Prose, String> {
    Prose::parse(as_text(value)?).map_err(|error| error.to_string())
}

/// The address of a page.
pub fn as_link(value: &Value) -> Result<Link, String> {
    Link::parse(as_text(value)?).map_err(|error| error.to_string())
}

/// A language, by its code or one with a region behind it.
pub fn as_language(value: &Value) -> Result<LanguageCode, String> {
    let text = as_text(value)?;
    let language = text.split(['-', '_']).next().unwrap_or_default();
    LanguageCode::parse(language).map_err(|error| error.to_string())
}

/// Yes or no.
pub fn as_flag(value: &Value) -> Result<bool, &'static str> {
    value.as_bool().ok_or("is neither true nor false")
}

#[cfg(test)]
mod tests;
