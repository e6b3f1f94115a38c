//! Services people leave, with their way out.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::date::PartialDate;
use super::need::{NeedId, SoftwareId, Texts};
use super::slug::slug_type;
use super::text::{Link, Name};
use super::word::worded;

slug_type!(
    /// A departure's identifier: `framadate`, `google-docs`.
    DepartureSlug
);

/// A service people leave: one of Framasoft's, or a brand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Departure {
    /// Its identifier, as in `/fr/leave/framadate`.
    pub slug: DepartureSlug,
    /// Framasoft's own, or a proprietary brand.
    pub kind: DepartureKind,
    /// Its name.
    pub name: Name,
    /// Other names for it.
    pub aliases: Vec<Name>,
    /// Who runs it.
    pub vendor: Name,
    /// Where it is, or was.
    pub url: Option<Link>,
    /// Hosts that lead here, some with a path: `framadate.org`, `docs.google.com/spreadsheets`.
    pub hosts: Vec<Name>,
    /// What it is for, in a few words.
    pub purpose: Texts,
    /// What people need instead, the main need first; never empty.
    pub needs: Vec<NeedId>,
    /// What became of it.
    pub status: DepartureStatus,
    /// The date of the newest evidence for the status.
    pub as_of: Option<PartialDate>,
    /// How good that evidence is.
    pub confidence: Confidence,
    /// A sentence on the status.
    pub note: Option<Texts>,
    /// Whether it closes, limits new content, or had a closing day published.
    pub plan_to_leave: bool,
    /// A closing day that was published; no proof that it closed.
    pub announced_close: Option<NaiveDate>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// How to take the data out.
    pub export: Option<Way>,
    /// How to bring the data in elsewhere.
    pub import: Option<Way>,
    /// What it runs or ran.
    pub software: Vec<SoftwareId>,
    /// Framasoft's own page of alternatives.
    pub alt_page: Option<Link>,
    /// Brands it was meant to replace.
    pub replaces: Vec<Name>,
    /// Where all this was read.
    pub sources: Vec<Name>,
}

/// Whose service it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepartureKind {
    /// Run by Framasoft.
    Frama,
    /// A proprietary service.
    Brand,
}

worded!(DepartureKind {
    Frama = "frama",
    Brand = "brand",
});

/// What became of a departure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepartureStatus {
    /// Stopped.
    Closed,
    /// Runs, but new accounts or new content are limited.
    Restricted,
    /// Open.
    Maintained,
    /// Replaced at another address.
    Moved,
    /// No dated source.
    Unknown,
}

worded!(DepartureStatus {
    Closed = "closed",
    Restricted = "restricted",
    Maintained = "maintained",
    Moved = "moved",
    Unknown = "unknown",
});

/// How good the evidence for a status is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// A dated public page says so.
    Sourced,
    /// Said by users in a public issue.
    UserReport,
    /// Seen in a maintained public list.
    Listing,
    /// A plan or banner only.
    AnnouncedOnly,
    /// No source.
    None,
}

worded!(Confidence {
    Sourced = "sourced",
    UserReport = "user-report",
    Listing = "listing",
    AnnouncedOnly = "announced-only",
    None = "none",
});

/// Something that happened to a departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub date: PartialDate,
    /// In a word: `announced`, `closed`.
    pub what: Name,
    /// In a sentence.
    pub detail: Texts,
    /// Where it was read.
    pub sources: Vec<Name>,
}

/// How data leave a service, or enter another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// The steps.
    #[serde(flatten)]
    pub text: Texts,
    /// File formats, where known.
    #[serde(default)]
    pub formats: Vec<Name>,
    /// Where it was read.
    #[serde(default)]
    pub sources: Vec<Name>,
    /// General knowledge, read in no source.
    pub unsourced: bool,
}

impl Departure {
    /// Whether Framasoft runs it.
    pub fn is_frama(&self) -> bool {
        self.kind == DepartureKind::Frama
    }

    /// The day it is still to close on, if one was announced and it has not closed before.
    pub fn closes_on(&self, today: NaiveDate) -> Option<NaiveDate> {
        let day = self.announced_close?;
        (self.status != DepartureStatus::Closed && day >= today).then_some(day)
    }

    /// Whether an address belongs to this departure, and how exactly: the length of what matched.
    pub fn matches(&self, address: &Link) -> Option<usize> {
        let host = address.host();
        self.hosts
            .iter()
            .filter_map(|known| {
                let (known_host, known_path) = match known.as_str().split_once('/') {
                    Some((host, path)) => (host, path),
                    None => (known.as_str(), ""),
                };
                let on_host = host == known_host
                    || host
                        .strip_suffix(known_host)
                        .is_some_and(|sub| sub.ends_with('.'));
                (on_host && is_at_or_below(address.path(), known_path))
                    .then_some(known.as_str().len())
            })
            .max()
    }
}

/// Whether a path is `known` or goes on from it: whole parts, so that `spreadsheetsfoo` is not `spreadsheets`.
fn is_at_or_below(path: &str, known: &str) -> bool {
    let known = known.trim_end_matches('/');
    let rest = path.trim_start_matches('/').strip_prefix(known);
    rest.is_some_and(|rest| known.is_empty() || rest.is_empty() || rest.starts_with(['/', '?']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_a_departure_by_its_whole_parts() {
        for path in [
            "/spreadsheets",
            "/spreadsheets/",
            "/spreadsheets/d/1",
            "/spreadsheets?x",
        ] {
            assert!(is_at_or_below(path, "spreadsheets"), "{path}");
            assert!(is_at_or_below(path, "spreadsheets/"), "{path}");
            assert!(is_at_or_below(path, ""), "{path}");
        }
        for path in ["/spreadsheetsfoo", "/spreadsheet", "/d/spreadsheets", "/"] {
            assert!(!is_at_or_below(path, "spreadsheets"), "{path}");
        }
        assert!(is_at_or_below("/", ""));
    }
}
