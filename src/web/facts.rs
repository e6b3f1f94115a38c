//! Facts with who says them and since when: ink while fresh, pencil when ageing, dotted when stale.

use chrono::NaiveDate;

use crate::domain::provenance::{Age, Source};
use crate::domain::text::{Link, Name};

use super::locale::Locale;

/// A source, in words.
pub struct Dated {
    /// `is-fresh`, `is-ageing` or `is-stale`.
    pub class: &'static str,
    /// The date for machines.
    pub machine: Option<String>,
    /// The date for people.
    pub date: Option<String>,
    /// The date in a sentence.
    pub on: Option<String>,
    /// Who says so.
    pub by: Cited,
}

/// A page that was read, as a link where it is one.
pub struct Cited {
    /// Its host, or its description.
    pub label: String,
    /// Its address.
    pub href: Option<String>,
}

/// One line of the table of facts.
pub struct Fact {
    /// What it is about.
    pub term: String,
    /// What is known; `None` where nothing is.
    pub value: Option<String>,
    /// What is shown where nothing is known.
    pub unsaid: String,
    /// Whether it is general knowledge that no source gives.
    pub unsourced: bool,
    /// Who says so.
    pub source: Dated,
}

/// Puts a source into words.
pub fn dated(source: &Source, today: NaiveDate, l: &Locale) -> Dated {
    Dated {
        class: match source.age(today) {
            Age::Fresh => "is-fresh",
            Age::Ageing => "is-ageing",
            Age::Stale => "is-stale",
        },
        machine: source.seen.map(|seen| seen.to_string()),
        date: source.seen.map(|seen| l.date(seen)),
        on: source.seen.map(|seen| l.on(seen)),
        by: cited(&source.by, l),
    }
}

/// Names what was read: the host of an address, or "a public list".
pub fn cited(name: &Name, l: &Locale) -> Cited {
    match Link::parse(name.as_str()) {
        Ok(link) => Cited {
            label: link.host().to_owned(),
            href: Some(link.to_string()),
        },
        Err(_) => Cited {
            label: l.t("source.list").to_owned(),
            href: None,
        },
    }
}
