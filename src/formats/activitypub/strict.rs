//! JSON without a key that stands twice and not nested without end, built as far as it is wanted.
//!
//! serde's own reader keeps the last of two keys, where others keep the first. All of a document is
//! looked at whatever is wanted of it; what is not wanted takes no memory, which is most of the time
//! that reading takes.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Error, Map, Number, Value};

use super::vocabulary::property::{ACTOR, ID, OBJECT, TYPE};

/// How many lists and objects may stand inside each other. Real documents need fewer than ten.
pub const MAX_DEPTH: usize = 64;

/// The words by which JSON-LD moves parts of a document around.
const WORDS: [&str; 3] = ["@graph", "@included", "@reverse"];

/// How much of a value is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The whole.
    All,
    /// Of an activity its type, its id, and what its actor and its object are named.
    Envelope,
    /// What something is named: its id, or the value itself where it is no object.
    Name,
    /// Nothing.
    Nothing,
}

impl Wanted {
    /// What is wanted of the value under a key.
    fn under(self, key: &str) -> Self {
        match self {
            Self::All => Self::All,
            Self::Envelope if matches!(key, ID | TYPE | ACTOR | OBJECT) => Self::Name,
            Self::Name if key == ID => Self::Name,
            _ => Self::Nothing,
        }
    }
}

/// The word a key is, if it moves parts of a document around.
pub(super) fn reshaping(key: &str) -> Option<&'static str> {
    WORDS.into_iter().find(|word| *word == key)
}

/// Reads a value, and a word that moves its parts around if there is one, however deep.
pub(super) fn read(bytes: &[u8], wanted: Wanted) -> Result<(Value, Option<&'static str>), Error> {
    let word = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let strict = Strict {
        depth: 0,
        wanted,
        word: &word,
    };
    let value = strict.deserialize(&mut reader)?;
    reader.end()?;
    Ok((value, word.get()))
}

struct Strict<'a> {
    depth: usize,
    wanted: Wanted,
    word: &'a Cell<Option<&'static str>>,
}

impl Strict<'_> {
    fn deeper<E: serde::de::Error>(&self, wanted: Wanted) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format_args!(
                "more than {MAX_DEPTH} lists and objects stand inside each other"
            )));
        }
        Ok(Self {
            depth: self.depth + 1,
            wanted,
            word: self.word,
        })
    }

    fn is_wanted(&self) -> bool {
        self.wanted != Wanted::Nothing
    }
}

/// The key of a field, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Value, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(match self.is_wanted() {
            true => Value::from(value),
            false => Value::Null,
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self.deeper(self.wanted)?)? {
            if self.is_wanted() {
                items.push(item);
            }
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        let mut passed = BTreeSet::new();
        while let Some(Key(key)) = object.next_key()? {
            if fields.contains_key(&*key) || passed.contains(&key) {
                return Err(A::Error::custom(format_args!(
                    "the key {key:?} stands twice"
                )));
            }
            self.word.set(self.word.get().or(reshaping(&key)));
            let wanted = self.wanted.under(&key);
            let value = object.next_value_seed(self.deeper(wanted)?)?;
            match wanted {
                Wanted::Nothing => drop(passed.insert(key)),
                _ => drop(fields.insert(key.into_owned(), value)),
            }
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_wanted_is_built() {
        let document = json!({
            "@context": ["x", { "y": "z" }], "id": "a", "type": ["Create"], "to": ["b"],
            "actor": { "id": "c", "name": "d", "endpoints": { "id": "e" } },
            "object": [{ "id": { "id": "f", "x": 1 }, "actor": "g" }, "h"],
        });
        let envelope = json!({
            "id": "a", "type": ["Create"], "actor": { "id": "c" },
            "object": [{ "id": { "id": "f" } }, "h"],
        });
        let text = document.to_string();
        let read = |wanted| read(text.as_bytes(), wanted).unwrap();
        assert_eq!(read(Wanted::All), (document.clone(), None));
        assert_eq!(read(Wanted::Envelope), (envelope, None));
        assert_eq!(read(Wanted::Nothing), (json!({}), None));
    }

    proptest! {
        #[test]
        fn what_is_refused_does_not_depend_on_what_is_wanted(
            text in r#"(\{("id"|"a"|"\\u0061"|"@graph"|"\\u0040graph"):|\[|[\]},]|1|-1\.5|"x"|null|"[\xff]"|\{\}){0,12}"#
        ) {
            let (all, envelope) = (
                read(text.as_bytes(), Wanted::All).map(|(_, word)| word),
                read(text.as_bytes(), Wanted::Envelope).map(|(_, word)| word),
            );
            prop_assert_eq!(
                all.map_err(|error| error.to_string()),
                envelope.map_err(|error| error.to_string())
            );
        }
    }
}
