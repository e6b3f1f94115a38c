//! How each fact of a record came about: whose word counts, and why the others' does not.
//!
//! The rules are those of `merge`, said of what it chose. Pure.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use super::hoster::Hoster;
use super::merge::{HOSTER_FACTS, SERVICE_FACTS};
use super::provenance::{Age, Source, SourceKind};
use super::service::Service;
use super::word::worded;

/// A fact, and who says what of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Derivation {
    /// The fact's name: `city`, `registration`.
    pub fact: &'static str,
    /// What visitors see; null where nobody says anything that counts.
    pub value: Value,
    /// Whose word that is; none if it is general knowledge, or nothing.
    pub source: Option<Source>,
    /// How old that word is.
    pub age: Option<Age>,
    /// What else is said of it, the strongest first.
    pub others: Vec<Other>,
}

/// What another source says of a fact.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Other {
    /// Which source.
    pub source: Source,
    /// What it says; null where it no longer says anything.
    pub value: Value,
    /// Why that is not what visitors see.
    pub why: Why,
}

/// Why a source's word is not what visitors see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It says the same.
    Agrees,
    /// A stronger kind of source speaks.
    Outranked,
    /// A source as strong was read later.
    Older,
    /// It is past its time.
    Stale,
    /// An observation sees that something runs, not what it is called or for, nor where its people are.
    OnlySeen,
    /// It is general knowledge there, which gives way to what a source gives.
    Unsourced,
    /// It does not go with what the stronger source says: another town, a software for another need.
    DoesNotFit,
    /// It changes too much at once, so people look at it first.
    Held,
}

worded!(Why {
    Agrees = "agrees",
    Outranked = "outranked",
    Older = "older",
    Stale = "stale",
    OnlySeen = "only-seen",
    Unsourced = "unsourced",
    DoesNotFit = "does-not-fit",
    Held = "held",
});

/// Facts that nobody sees who only looks.
const SPOKEN: &[&str] = &["name", "need", "country", "city", "postcode", "coordinates"];

/// What is held of a source's word: who it is, and what it says, if it still says anything.
pub type HeldWord<T> = (SourceKind, String, Option<T>);

/// How the facts of a hoster came about.
pub fn of_hoster(
    record: &Hoster,
    said: &[Hoster],
    held: &[HeldWord<Hoster>],
    today: NaiveDate,
) -> Vec<Derivation> {
    derive(HOSTER_FACTS, record, said, held, today)
}

/// How the facts of a service came about.
pub fn of_service(
    record: &Service,
    said: &[Service],
    held: &[HeldWord<Service>],
    today: NaiveDate,
) -> Vec<Derivation> {
    derive(SERVICE_FACTS, record, said, held, today)
}

/// What a hoster and a service have in common here.
trait Sourced: Serialize {
    fn source(&self) -> &Source;
    fn source_of(&self, fact: &str) -> &Source;
    fn is_unsourced(&self, fact: &str) -> bool;
}

impl Sourced for Hoster {
    fn source(&self) -> &Source {
        &self.source
    }

    fn source_of(&self, fact: &str) -> &Source {
        Hoster::source_of(self, fact)
    }

    fn is_unsourced(&self, fact: &str) -> bool {
        self.unsourced.iter().any(|name| name.as_str() == fact)
    }
}

impl Sourced for Service {
    fn source(&self) -> &Source {
        &self.source
    }

    fn source_of(&self, fact: &str) -> &Source {
        Service::source_of(self, fact)
    }

    fn is_unsourced(&self, fact: &str) -> bool {
        Service::is_unsourced(self, fact)
    }
}

fn derive<T: Sourced>(
    facts: &'static [&'static str],
    record: &T,
    said: &[T],
    held: &[HeldWord<T>],
    today: NaiveDate,
) -> Vec<Derivation> {
    let fields = |told: &T| serde_json::to_value(told).unwrap_or_default();
    let seen = fields(record);
    let said: Vec<(&T, Value)> = said.iter().map(|told| (told, fields(told))).collect();
    let held: Vec<(Source, Option<Value>)> = held
        .iter()
        .filter_map(|(kind, by, told)| match told {
            Some(told) => Some((told.source().clone(), Some(fields(told)))),
            None => Some((taking_back(*kind, by)?, None)),
        })
        .collect();
    let derivation = |fact: &&'static str| {
        let value = value(&seen, fact);
        let source = record.source_of(fact);
        let is_told = !value.is_null();
        let mut others: Vec<Other> = Vec::new();
        for (told, fields) in &said {
            let its = told.source_of(fact);
            let says = self::value(fields, fact);
            if says.is_null() || (is_told && its == source && says == value) {
                continue;
            }
            others.push(Other {
                why: match told.is_unsourced(fact) && is_told && says != value {
                    true => Why::Unsourced,
                    false => why(fact, (&value, source), (&says, its), today),
                },
                source: its.clone(),
                value: says,
            });
        }
        others.sort_by(|a, b| {
            let strength = |other: &Other| (other.source.kind, other.source.seen);
            strength(b).cmp(&strength(a))
        });
        for (source, fields) in &held {
            let says = fields.as_ref().map(|fields| self::value(fields, fact));
            let says = says.unwrap_or_default();
            if says != value {
                others.push(Other {
                    source: source.clone(),
                    value: says,
                    why: Why::Held,
                });
            }
        }
        let is_sourced = is_told && !record.is_unsourced(fact);
        Derivation {
            fact,
            source: is_sourced.then(|| source.clone()),
            age: is_sourced.then(|| source.age(today)),
            value,
            others,
        }
    };
    facts.iter().map(derivation).collect()
}

/// A source that no longer says anything.
fn taking_back(kind: SourceKind, by: &str) -> Option<Source> {
    Some(Source {
        kind,
        by: super::text::Name::parse(by).ok()?,
        seen: None,
    })
}

fn why(
    fact: &str,
    (value, source): (&Value, &Source),
    (says, its): (&Value, &Source),
    today: NaiveDate,
) -> Why {
    let is_told = !value.is_null();
    if is_told && says == value {
        return Why::Agrees;
    }
    let is_stale = |source: &Source| source.age(today) == Age::Stale;
    match its.kind {
        SourceKind::Observation if SPOKEN.contains(&fact) => Why::OnlySeen,
        _ if is_stale(its) && !(is_told && is_stale(source)) => Why::Stale,
        kind if is_told && kind < source.kind => Why::Outranked,
        kind if is_told && kind == source.kind && its.seen <= source.seen => Why::Older,
        _ => Why::DoesNotFit,
    }
}

/// What a record says of a fact; null where it says nothing. A place's parts are facts for themselves.
fn value(fields: &Value, fact: &str) -> Value {
    let value = match fact {
        "country" | "city" | "postcode" | "coordinates" => &fields["place"][fact],
        _ => &fields[fact],
    };
    match value {
        Value::Array(items) if items.is_empty() => Value::Null,
        Value::String(word) if fact == "status" && word == "unknown" => Value::Null,
        value => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::merge;
    use serde_json::json;

    fn today() -> NaiveDate {
        "2026-11-28".parse().unwrap()
    }

    fn hoster(kind: &str, by: &str, seen: &str, facts: Value) -> Hoster {
        let mut record = json!({
            "id": "a", "name": "A", "source": { "kind": kind, "by": by, "seen": seen },
        });
        let fields = record.as_object_mut().unwrap();
        fields.extend(facts.as_object().unwrap().clone());
        serde_json::from_value(record).unwrap()
    }

    fn of(said: &[Hoster], held: &[HeldWord<Hoster>], fact: &str) -> Derivation {
        let record = merge::hoster(said, today()).unwrap();
        let mut all = of_hoster(&record, said, held, today());
        let position = all.iter().position(|derived| derived.fact == fact);
        all.remove(position.unwrap())
    }

    #[test]
    fn each_word_that_does_not_count_is_told_with_the_reason() {
        let said = [
            hoster(
                "own-file",
                "https://a.example/x",
                "2026-11-20",
                json!({ "legal_form": "association" }),
            ),
            hoster(
                "third-party-list",
                "list one",
                "2026-11-20",
                json!({ "legal_form": "company" }),
            ),
            hoster(
                "third-party-list",
                "list two",
                "2026-11-20",
                json!({ "legal_form": "association" }),
            ),
            hoster(
                "own-file",
                "https://a.example/y",
                "2026-11-10",
                json!({ "legal_form": "informal" }),
            ),
            hoster(
                "own-file",
                "https://a.example/z",
                "2020-01-01",
                json!({ "legal_form": "foundation" }),
            ),
        ];
        let form = of(&said, &[], "legal_form");
        assert_eq!(form.value, "association");
        assert_eq!(form.source.unwrap().by.as_str(), "https://a.example/x");
        let mut others: Vec<_> = form
            .others
            .iter()
            .map(|o| (o.source.by.as_str(), o.why))
            .collect();
        others.sort();
        assert_eq!(
            others,
            [
                ("https://a.example/y", Why::Older),
                ("https://a.example/z", Why::Stale),
                ("list one", Why::Outranked),
                ("list two", Why::Agrees),
            ]
        );
    }

    #[test]
    fn a_town_that_contradicts_is_said_not_to_fit() {
        let said = [
            hoster(
                "own-file",
                "https://a.example/x",
                "2026-11-20",
                json!({ "place": { "city": "Lyon" } }),
            ),
            hoster(
                "own-node",
                "https://a.example/",
                "2026-11-20",
                json!({ "place": { "country": "FR" } }),
            ),
            hoster(
                "third-party-list",
                "l",
                "2026-11-20",
                json!({ "place": { "postcode": "44000", "city": "Nantes" } }),
            ),
        ];
        assert_eq!(of(&said, &[], "country").value, "FR");
        assert_eq!(of(&said, &[], "city").others[0].why, Why::Outranked);
        let postcode = of(&said, &[], "postcode");
        assert_eq!((postcode.value, postcode.source), (Value::Null, None));
        assert_eq!(postcode.others[0].why, Why::DoesNotFit);
    }

    #[test]
    fn what_is_held_is_told_and_so_is_what_was_only_seen() {
        let said = [
            hoster("third-party-list", "list", "2026-11-20", json!({})),
            hoster(
                "observation",
                "https://a.example/n",
                "2026-11-20",
                json!({ "name": "nginx" }),
            ),
        ];
        let later = hoster(
            "third-party-list",
            "list",
            "2026-11-27",
            json!({ "name": "Another" }),
        );
        let held = [(SourceKind::ThirdPartyList, "list".to_owned(), Some(later))];
        let name = of(&said, &held, "name");
        assert_eq!(name.value, "A");
        let others: Vec<_> = name
            .others
            .iter()
            .map(|o| (o.value.clone(), o.why))
            .collect();
        assert_eq!(
            others,
            [
                (json!("nginx"), Why::OnlySeen),
                (json!("Another"), Why::Held)
            ]
        );
        let gone = [(SourceKind::ThirdPartyList, "list".to_owned(), None)];
        assert_eq!(of(&said, &gone, "name").others[1].value, Value::Null);
    }
}
