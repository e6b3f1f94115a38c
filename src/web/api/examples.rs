//! An example of each operation: what is asked for, and what a directory with the demo's data answers, in each
//! language. A test asks it, so the answers are true.

use serde_json::Value;

use crate::domain::localized::Language;

macro_rules! answers {
    ($language:literal: $($operation:literal)+) => {
        &[$((
            $operation,
            include_str!(concat!("../../../fixtures/api/", $language, "/", $operation, ".json")),
        )),+]
    };
}

const FRENCH: &[(&str, &str)] = answers!(
    "fr": "search" "suggest" "places" "go" "services" "service" "hosters" "hoster" "collectives" "needs" "departures"
    "departure" "closings" "policy" "decisions" "sent" "instances"
    "xmpp"
);
const ENGLISH: &[(&str, &str)] = answers!(
    "en": "search" "suggest" "places" "go" "services" "service" "hosters" "hoster" "collectives" "needs" "departures"
    "departure" "closings" "policy" "decisions" "sent" "instances"
    "xmpp"
);

/// What the examples of operations about one thing ask for.
const NAMED: [(&str, &str); 5] = [
    ("collective", "collective.example"),
    ("departure", "framadate"),
    ("go", "polls"),
    ("hoster", "adminforge"),
    ("service", "adminforge-send"),
];

/// The identifier that an operation's example asks for, if it is about one thing.
pub fn named(operation: &str) -> Option<&'static str> {
    let (_, id) = NAMED.iter().find(|(known, _)| *known == operation)?;
    Some(id)
}

/// The example answer of an operation, if there is one.
pub fn answer(operation: &str, language: Language) -> Option<Value> {
    let answers = match language {
        Language::French => FRENCH,
        Language::English => ENGLISH,
    };
    let (_, text) = answers.iter().find(|(known, _)| *known == operation)?;
    Some(serde_json::from_str(text).expect("a test reads every example"))
}
