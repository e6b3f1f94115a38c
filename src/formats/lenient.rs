//! Reads one JSON record so that a wrong part costs only that part.
//!
//! What does not fit is named, taken out, and the rest is tried again.

use std::collections::HashMap;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

/// How many parts of one record may be wrong before it is left out whole: this bounds the work a
/// hostile record can cause.
const MAX_REPAIRS: usize = 20;

/// Something wrong inside a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Where in the record's text the wrong value begins, in bytes.
    pub(super) offset: usize,
    /// The path inside the record, as in `.place.country`; empty for the record itself.
    pub(super) path: String,
    /// What is wrong, and what was done about it.
    pub(super) problem: String,
}

/// Reads a record from its text with the `given` fields laid over it; unknown fields are ignored, and
/// fields that are read `elsewhere` are passed over, however long they are. `None` where a required
/// field is missing: that fault comes last.
pub(super) fn read<T: DeserializeOwned>(
    text: &str,
    given: &[(&str, &str)],
    elsewhere: &[&str],
) -> (Option<T>, Vec<Fault>) {
    let mut faults = Vec::new();
    let fields = FieldsBut(elsewhere).deserialize(&mut serde_json::Deserializer::from_str(text));
    let Ok(mut record) = fields else {
        return (None, vec![Fault::of_record("is left out: not an object")]);
    };
    for (name, value) in given {
        record.insert((*name).to_owned(), Value::from(*value));
    }
    let mut record = Value::Object(record);
    let mut removed: Vec<Vec<Step>> = Vec::new();
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(&record) {
            Ok(value) => return (Some(value), faults),
            Err(error) => error,
        };
        let steps = steps(error.path());
        let problem = error.inner().to_string();
        let taken = (!steps.is_empty() && removed.len() < MAX_REPAIRS)
            .then(|| take_out(&mut record, &steps))
            .flatten();
        if taken.is_none() {
            faults.push(Fault::of_record(&format!("is left out: {problem}")));
            return (None, faults);
        }
        let original = as_written(&steps, &removed);
        // What lacks a part just taken out follows from it: one complaint is enough.
        if !removed.iter().any(|earlier| earlier.starts_with(&original)) {
            faults.push(Fault {
                offset: offset_of(text, &original).unwrap_or(0),
                path: original.iter().map(Step::to_string).collect(),
                problem: format!("is ignored: {problem}"),
            });
        }
        removed.push(original);
    }
}

impl Fault {
    fn of_record(problem: &str) -> Self {
        Self {
            offset: 0,
            path: String::new(),
            problem: problem.to_owned(),
        }
    }
}

/// Builds an object without the fields of these names.
struct FieldsBut<'a>(&'a [&'a str]);

impl<'de> DeserializeSeed<'de> for FieldsBut<'_> {
    type Value = Map<String, Value>;

    fn deserialize<D: Deserializer<'de>>(self, record: D) -> Result<Self::Value, D::Error> {
        record.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FieldsBut<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut record: A) -> Result<Self::Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = record.next_key::<String>()? {
            if self.0.contains(&name.as_str()) {
                record.next_value::<IgnoredAny>()?;
            } else {
                fields.insert(name, record.next_value()?);
            }
        }
        Ok(fields)
    }
}

/// The items of a list as they are written, at most so many; `None` where it is no list. Nothing of them
/// is built: a value takes many times its text.
pub(super) fn items(list: &RawValue, max: usize) -> Option<Vec<&RawValue>> {
    struct Items(usize);
    impl<'de> Visitor<'de> for Items {
        type Value = Vec<&'de RawValue>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut items = Vec::new();
            while items.len() < self.0 {
                match list.next_element()? {
                    Some(item) => items.push(item),
                    None => return Ok(items),
                }
            }
            while list.next_element::<IgnoredAny>()?.is_some() {}
            Ok(items)
        }
    }
    serde_json::Deserializer::from_str(list.get())
        .deserialize_seq(Items(max))
        .ok()
}

/// One step of a path into a JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(String),
    Item(usize),
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Step::Field(name) => write!(f, ".{name}"),
            Step::Item(index) => write!(f, "[{index}]"),
        }
    }
}

fn steps(path: &Path) -> Vec<Step> {
    path.iter()
        .map_while(|segment| match segment {
            Segment::Seq { index } => Some(Step::Item(*index)),
            Segment::Map { key } => Some(Step::Field(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

fn take_out(record: &mut Value, steps: &[Step]) -> Option<Value> {
    let (last, parents) = steps.split_last()?;
    let mut parent = record;
    for step in parents {
        parent = match step {
            Step::Field(name) => parent.get_mut(name)?,
            Step::Item(index) => parent.get_mut(index)?,
        };
    }
    match (last, parent) {
        (Step::Field(name), Value::Object(fields)) => fields.remove(name),
        (Step::Item(index), Value::Array(items)) if *index < items.len() => {
            Some(items.remove(*index))
        }
        _ => None,
    }
}

/// The path as the document has it: items taken out of a list before have moved the later ones.
fn as_written(steps: &[Step], removed: &[Vec<Step>]) -> Vec<Step> {
    let mut original: Vec<Step> = Vec::with_capacity(steps.len());
    for step in steps {
        original.push(match step {
            Step::Field(_) => step.clone(),
            Step::Item(index) => {
                let mut gone: Vec<usize> = removed
                    .iter()
                    .filter_map(|path| match path.split_last()? {
                        (Step::Item(gone), list) if list == original => Some(*gone),
                        _ => None,
                    })
                    .collect();
                gone.sort_unstable();
                Step::Item(
                    gone.iter()
                        .fold(*index, |at, gone| at + usize::from(*gone <= at)),
                )
            }
        });
    }
    original
}

/// Where the value at a path begins in the record's text.
fn offset_of(text: &str, steps: &[Step]) -> Option<usize> {
    let mut value: &RawValue = serde_json::from_str(text).ok()?;
    for step in steps {
        value = match step {
            Step::Field(name) => {
                let fields: HashMap<String, &RawValue> = serde_json::from_str(value.get()).ok()?;
                *fields.get(name)?
            }
            Step::Item(index) => {
                let items: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
                *items.get(*index)?
            }
        };
    }
    offset_in(text, value.get())
}

/// Where a part of a text begins in it, in bytes.
pub(super) fn offset_in(whole: &str, part: &str) -> Option<usize> {
    let offset = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (offset <= whole.len()).then_some(offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hoster::Hoster;

    fn hoster(text: &str) -> (Option<Hoster>, Vec<String>) {
        let (hoster, faults) = read(text, &[("id", "a")], &["services"]);
        let faults = faults
            .iter()
            .map(|fault| format!("{}{} {}", fault.offset, fault.path, fault.problem))
            .collect();
        (hoster, faults)
    }

    const SOURCE: &str = r#""source":{"kind":"own-file","by":"x"}"#;

    #[test]
    fn a_wrong_part_costs_only_that_part() {
        let (hoster, faults) = hoster(&format!(
            r#"{{"name":"A","place":{{"country":"France","city":"Lyon"}},"languages":["fr","français",5,"de"],{SOURCE}}}"#
        ));
        let hoster = hoster.unwrap();
        assert_eq!(hoster.place.city.unwrap().as_str(), "Lyon");
        assert_eq!(hoster.place.country, None);
        assert_eq!(hoster.languages.len(), 2);
        assert_eq!(
            faults,
            [
                "31.place.country is ignored: is not a code of two letters such as FR",
                "73.languages[1] is ignored: is not a code of two letters such as fr",
                "85.languages[2] is ignored: invalid type: integer `5`, expected a string",
            ]
        );
    }

    #[test]
    fn what_follows_from_a_fault_is_no_second_one() {
        let (hoster, faults) = hoster(&format!(
            r#"{{"name":"A","memberships":[{{"collective":""}},{{"collective":"C"}}],{SOURCE}}}"#
        ));
        assert_eq!(hoster.unwrap().memberships.len(), 1);
        assert_eq!(
            faults,
            ["41.memberships[0].collective is ignored: is empty"]
        );
    }

    #[test]
    fn a_record_without_a_required_field_is_left_out() {
        let (none, faults) = hoster(&format!(r#"{{"name":" ",{SOURCE}}}"#));
        assert_eq!(none, None);
        assert_eq!(
            faults,
            [
                "8.name is ignored: is empty",
                "0 is left out: missing field `name`"
            ]
        );
        assert_eq!(hoster("5").1, ["0 is left out: not an object"]);
    }

    #[test]
    fn a_hostile_record_is_given_up_soon() {
        let wrong = "5,".repeat(10_000);
        let (none, faults) = hoster(&format!(
            r#"{{"name":"A","languages":[{wrong}5],{SOURCE}}}"#
        ));
        assert_eq!(none, None);
        assert_eq!(faults.len(), MAX_REPAIRS + 1);
    }
}
