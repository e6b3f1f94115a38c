//! Who says a fact, since when, and how long it keeps (product rule: an old fact greys, then stops counting).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::date::PartialDate;
use super::text::Name;
use super::word::worded;

/// Where a fact came from, the weakest first: a weaker source fills gaps and never overwrites a stronger one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// Somebody's list that the crawler came upon: nobody here chose it.
    FoundList,
    /// Somebody else's list, which the operator chose.
    ThirdPartyList,
    /// The list of a collective the hoster belongs to.
    CollectiveList,
    /// Seen by a probe of ours.
    Observation,
    /// A file on the hoster's own domain.
    OwnFile,
    /// The hoster's own node.
    OwnNode,
}

worded!(SourceKind {
    FoundList = "found-list",
    ThirdPartyList = "third-party-list",
    CollectiveList = "collective-list",
    Observation = "observation",
    OwnFile = "own-file",
    OwnNode = "own-node",
});

impl SourceKind {
    /// Days a fact of this kind stays fresh: a year for lists, 90 days for own words, 30 for observations.
    pub fn shelf_life_days(self) -> i64 {
        match self {
            SourceKind::FoundList | SourceKind::ThirdPartyList | SourceKind::CollectiveList => 365,
            SourceKind::Observation => 30,
            SourceKind::OwnFile | SourceKind::OwnNode => 90,
        }
    }
}

/// Who said it and when it was last seen said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The kind of source, which decides what it may overwrite and how long it keeps.
    pub kind: SourceKind,
    /// The page, the file or the node, as an address where there is one.
    pub by: Name,
    /// The day it was seen said; `None` where nobody wrote it down.
    #[serde(default)]
    pub seen: Option<PartialDate>,
}

/// How far a fact can still be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Age {
    /// Within its shelf life: drawn in ink.
    Fresh,
    /// Up to twice its shelf life: drawn in pencil, still counts.
    Ageing,
    /// Older, without a date, or dated in the future: drawn dotted, no longer counts.
    Stale,
}

worded!(Age {
    Fresh = "fresh",
    Ageing = "ageing",
    Stale = "stale",
});

/// How far ahead of us a date may be and still count: clocks differ by up to a day, since it is
/// tomorrow already east of here. What is further ahead was not seen yet, or is a slip of the pen.
const MAX_DAYS_AHEAD: i64 = 1;

impl Source {
    /// How old the fact is on `today`, by the earliest day its date can mean; one from the future is no
    /// evidence, or whoever writes 9999 would be fresh for ever.
    pub fn age(&self, today: NaiveDate) -> Age {
        let shelf_life = self.kind.shelf_life_days();
        match self.seen.map(|seen| (today - seen.first_day()).num_days()) {
            Some(days) if days < -MAX_DAYS_AHEAD => Age::Stale,
            Some(days) if days <= shelf_life => Age::Fresh,
            Some(days) if days <= 2 * shelf_life => Age::Ageing,
            _ => Age::Stale,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list_of(seen: Option<&str>) -> Source {
        Source {
            kind: SourceKind::ThirdPartyList,
            by: Name::parse("a list").unwrap(),
            seen: seen.map(|text| PartialDate::parse(text).unwrap()),
        }
    }

    #[test]
    fn a_fact_greys_after_its_shelf_life_and_stops_counting_after_twice_that() {
        let today = "2026-11-23".parse().unwrap();
        assert_eq!(list_of(Some("2025-11-23")).age(today), Age::Fresh);
        assert_eq!(list_of(Some("2025-11-22")).age(today), Age::Ageing);
        assert_eq!(list_of(Some("2024-11-23")).age(today), Age::Ageing);
        assert_eq!(list_of(Some("2024-11-22")).age(today), Age::Stale);
        assert_eq!(list_of(None).age(today), Age::Stale);
    }

    #[test]
    fn a_fact_from_the_future_is_no_evidence() {
        let today = "2026-11-23".parse().unwrap();
        for seen in ["2026-11-25", "2026-12", "2027", "9999-12-31"] {
            assert_eq!(list_of(Some(seen)).age(today), Age::Stale, "{seen}");
        }
        for seen in ["2026-11-24", "2026-11-23", "2026-11", "2026"] {
            assert_eq!(list_of(Some(seen)).age(today), Age::Fresh, "{seen}");
        }
        let eve = "2026-11-30".parse().unwrap();
        assert_eq!(list_of(Some("2026-12")).age(eve), Age::Fresh);
    }

    #[test]
    fn a_hosters_own_word_is_stronger_than_any_list() {
        assert!(SourceKind::OwnNode > SourceKind::OwnFile);
        assert!(SourceKind::OwnFile > SourceKind::Observation);
        assert!(SourceKind::Observation > SourceKind::CollectiveList);
        assert!(SourceKind::CollectiveList > SourceKind::ThirdPartyList);
        assert!(SourceKind::ThirdPartyList > SourceKind::FoundList);
    }
}
