//! What a new record takes away from the old one: what a careless source may do to a directory.
//!
//! A fact that was not known before is an addition and no contrast, and neither is a newer date or
//! another source. Two gains count, since they take a service away from those who look for one: an
//! announced end, and that a hoster has closed.

use serde::Serialize;
use serde_json::{Map, Value};

/// A fact that is another than it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contrast {
    /// Its name; a part of a place behind the place's: `place.city`.
    pub fact: String,
    /// What it was; null where nobody had said it.
    pub from: Value,
    /// What it is; null where nobody says it any more.
    pub to: Value,
}

/// Fields that tell of a record and not of its subject.
const NOT_FACTS: &[&str] = &["source", "facts", "unsourced", "sources", "other"];

/// The facts that are other than they were, between two hosters or two services.
pub fn between<T: Serialize>(old: &T, new: &T) -> Vec<Contrast> {
    let mut found = Vec::new();
    compare("", &fields(old), &fields(new), &mut found);
    found
}

/// Whether two records of one hoster or service say the same of it, whoever says it and when.
pub fn say_the_same<T: Serialize>(old: &T, new: &T) -> bool {
    let facts = |record| {
        let mut facts = fields(record);
        facts.retain(|name, _| !NOT_FACTS.contains(&name.as_str()));
        facts
    };
    facts(old) == facts(new)
}

fn fields<T: Serialize>(record: &T) -> Map<String, Value> {
    match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn compare(
    of: &str,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    found: &mut Vec<Contrast>,
) {
    for (name, to) in new
        .iter()
        .filter(|(name, _)| !NOT_FACTS.contains(&name.as_str()))
    {
        let from = old.get(name).unwrap_or(&Value::Null);
        if let (Value::Object(from), Value::Object(to), "place") = (from, to, name.as_str()) {
            compare("place.", from, to, found);
        } else if from != to && (is_told(from) || takes_away(name, to)) {
            found.push(Contrast {
                fact: format!("{of}{name}"),
                from: from.clone(),
                to: to.clone(),
            });
        }
    }
}

/// Whether anybody says it. An `unknown` status is none.
fn is_told(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::String(word) => word != "unknown",
        _ => true,
    }
}

fn takes_away(name: &str, to: &Value) -> bool {
    match name {
        "closing" => is_told(to),
        "status" => to == "closed",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hoster::Hoster;
    use crate::domain::service::Service;
    use serde_json::json;

    fn changed(old: Value, new: Value) -> Vec<String> {
        let hoster = |facts: Value| {
            let mut record = json!({ "id": "a", "name": "A" });
            let fields = record.as_object_mut().unwrap();
            fields.insert(
                "source".to_owned(),
                json!({ "kind": "own-file", "by": facts.to_string() }),
            );
            fields.extend(facts.as_object().unwrap().clone());
            serde_json::from_value::<Hoster>(record).unwrap()
        };
        let found = between(&hoster(old), &hoster(new));
        found.into_iter().map(|contrast| contrast.fact).collect()
    }

    #[test]
    fn gaps_that_are_filled_and_newer_dates_are_no_contrast() {
        let new = json!({ "languages": ["fr"], "website": "https://a.example", "status": "active",
            "place": { "city": "Lyon" }, "other": { "x:y": "z" }, "unsourced": ["city"] });
        assert_eq!(changed(json!({}), new), [""; 0]);
    }

    #[test]
    fn what_is_other_or_lost_is_named() {
        let old = json!({ "name": "A", "languages": ["fr"], "place": { "city": "Lyon", "country": "FR" } });
        let new = json!({ "name": "B", "place": { "city": "Paris", "country": "FR" } });
        assert_eq!(changed(old, new), ["name", "place.city", "languages"]);
    }

    #[test]
    fn an_end_counts_though_nobody_spoke_of_one_before() {
        assert_eq!(
            changed(json!({}), json!({ "status": "closed" })),
            ["status"]
        );
        let service = |closing: Value| {
            let record = json!({ "id": "s", "hoster": "a", "name": "S", "need": "pads", "closing": closing,
                "source": { "kind": "own-file", "by": "x" } });
            serde_json::from_value::<Service>(record).unwrap()
        };
        let [found] = between(&service(Value::Null), &service(json!({ "on": "2027" })))
            .try_into()
            .unwrap();
        assert_eq!((found.fact.as_str(), found.from), ("closing", Value::Null));
    }
}
