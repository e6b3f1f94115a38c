//! The fields of one of our records: what is known must be right, what is not is passed over.

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::vocabulary::{SCHEMA, archi};
use crate::domain::date::PartialDate;
use crate::domain::localized::Localized;
use crate::formats::complaint::printable;

/// The most languages one text is read in, and the most languages a hoster is said to answer in.
pub const MAX_LANGUAGES: usize = 20;
/// The longest name of a language, in bytes (BCP 47 §4.4.1).
const MAX_LANGUAGE_BYTES: usize = 35;
/// The language of a text that comes without one (ISO 639-2: undetermined).
const UNDETERMINED: &str = "und";

/// A field of a record that is missing or not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct WrongField {
    /// Where it stands in the record: `archi:closing.archi:ends`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

/// A record, and where it stands.
pub(super) struct Fields<'a> {
    record: &'a Value,
    path: String,
}

impl<'a> Fields<'a> {
    /// The fields of an object that stands at `path`, which is empty for the outermost.
    pub(super) fn of(record: &'a Value, path: &str) -> Result<Self, WrongField> {
        if record.is_object() {
            return Ok(Self {
                record,
                path: path.to_owned(),
            });
        }
        Err(WrongField {
            field: path.to_owned(),
            problem: "is not an object".to_owned(),
        })
    }

    /// The schema of the record where it is one we do not know; a version behind the point changes
    /// nothing for us.
    pub(super) fn other_schema(&self) -> Option<String> {
        let schema = self.record.get(archi::SCHEMA).unwrap_or(&Value::Null);
        let version = schema.as_str().map(str::to_owned);
        let version = version.unwrap_or_else(|| schema.to_string());
        let major = version.split('.').next().and_then(|it| it.parse().ok());
        (major != Some(SCHEMA)).then(|| printable(&version))
    }

    /// A field that may be missing or null.
    pub(super) fn optional<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, WrongField> {
        self.get(key)
            .map(|value| T::deserialize(value).map_err(|error| self.wrong(key, &error.to_string())))
            .transpose()
    }

    /// A field that must be there.
    pub(super) fn required<T: DeserializeOwned>(&self, key: &str) -> Result<T, WrongField> {
        self.optional(key)?
            .ok_or_else(|| self.wrong(key, "is missing"))
    }

    /// The first of a list, or the only one outside of a list.
    pub(super) fn first(&self, key: &str) -> Option<&'a Value> {
        match self.get(key)? {
            Value::Array(items) => items.first(),
            value => Some(value),
        }
    }

    /// A record inside this one.
    pub(super) fn within(&self, key: &str) -> Result<Option<Fields<'a>>, WrongField> {
        self.first(key)
            .map(|record| Fields::of(record, &self.path_of(key)))
            .transpose()
    }

    /// A date; a moment is read as its day.
    pub(super) fn date(&self, key: &str) -> Result<Option<PartialDate>, WrongField> {
        let day = self.get(key).and_then(Value::as_str).and_then(|text| {
            let (day, _) = text.split_once('T')?;
            day.parse::<NaiveDate>().ok()
        });
        match day {
            Some(day) => Ok(Some(PartialDate::from(day))),
            None => self.optional(key),
        }
    }

    /// A text by language, or one in nobody says which.
    pub(super) fn text(&self, key: &str) -> Result<Option<Localized>, WrongField> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let text = match value {
            Value::Object(texts) => {
                if texts.len() > MAX_LANGUAGES {
                    return Err(self.wrong(key, "is given in more than 20 languages"));
                }
                if !texts.keys().all(|language| is_language(language)) {
                    return Err(self.wrong(key, "is given in what is no language"));
                }
                Localized::deserialize(value)
            }
            text => Localized::deserialize(serde_json::json!({ UNDETERMINED: text })),
        };
        text.map(Some)
            .map_err(|error| self.wrong(key, &error.to_string()))
    }

    /// That a field is wrong, and how.
    pub(super) fn wrong(&self, key: &str, problem: &str) -> WrongField {
        WrongField {
            field: self.path_of(key),
            problem: printable(problem),
        }
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        self.record.get(key).filter(|value| !value.is_null())
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }
}

fn is_language(text: &str) -> bool {
    (2..=MAX_LANGUAGE_BYTES).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_read_by_language_or_without_one() {
        let record = json!({ "a": { "fr": "Un", "pt-BR": "Um" }, "b": "Un", "c": null });
        let fields = Fields::of(&record, "").unwrap();
        let text = fields.text("a").unwrap().unwrap();
        assert_eq!(serde_json::to_value(text).unwrap(), record["a"]);
        let text = fields.text("b").unwrap().unwrap();
        assert_eq!(serde_json::to_value(text).unwrap(), json!({ "und": "Un" }));
        assert_eq!(fields.text("c"), Ok(None));
    }

    #[test]
    fn languages_are_bounded_and_named_as_languages_are() {
        let many = |number: usize| -> Value {
            let texts = (0..number).map(|n| (format!("l{n}"), json!("x")));
            json!({ "a": Value::Object(texts.collect()) })
        };
        let text = |record: &Value| Fields::of(record, "").unwrap().text("a");
        assert!(text(&many(MAX_LANGUAGES)).is_ok());
        let refusal = text(&many(MAX_LANGUAGES + 1)).unwrap_err();
        assert_eq!(refusal.to_string(), "a: is given in more than 20 languages");
        for language in ["", "f", "@value", "fr fr", &"x".repeat(36)] {
            let refusal = text(&json!({ "a": { (language): "x" } })).unwrap_err();
            assert_eq!(refusal.to_string(), "a: is given in what is no language");
        }
    }

    #[test]
    fn a_wrong_field_is_named_with_its_path() {
        let record = json!({ "a": [{ "b": "2027-13" }] });
        let inner = Fields::of(&record, "").unwrap().within("a").unwrap();
        assert_eq!(
            inner.unwrap().date("b").unwrap_err().to_string(),
            "a.b: is not a date such as 2024-03-05, 2024-03 or 2024"
        );
        assert_eq!(
            Fields::of(&json!({ "a": 5 }), "")
                .unwrap()
                .within("a")
                .err(),
            Some(WrongField {
                field: "a".to_owned(),
                problem: "is not an object".to_owned()
            })
        );
    }

    #[test]
    fn a_moment_is_read_as_its_day() {
        let record = json!({ "a": "2027-05-20T23:00:00Z", "b": "2027" });
        let fields = Fields::of(&record, "").unwrap();
        let date = |key| fields.date(key).unwrap().unwrap().to_string();
        assert_eq!(
            (date("a").as_str(), date("b").as_str()),
            ("2027-05-20", "2027")
        );
    }

    #[test]
    fn only_the_major_version_of_a_schema_counts() {
        for (schema, known) in [
            (json!(1), true),
            (json!(1.5), true),
            (json!("1.5"), true),
            (json!(2), false),
            (json!(11), false),
            (json!(-1), false),
            (json!([1]), false),
            (json!(null), false),
        ] {
            let record = json!({ "archi:schema": schema });
            let other = Fields::of(&record, "").unwrap().other_schema();
            assert_eq!(other.is_none(), known, "{record}");
        }
    }
}
