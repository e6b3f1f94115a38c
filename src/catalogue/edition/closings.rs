//! What was announced to end, listed once per edition.

use chrono::{NaiveDate, TimeDelta};

use crate::domain::date::PartialDate;
use crate::domain::hoster::HosterStatus;

use super::Edition;

/// How many ends that are to come are listed, the soonest first.
const UPCOMING_LISTED: usize = 200;
/// How many ends that have come are listed, the latest first.
const PAST_LISTED: usize = 50;
/// For how many days an end that has come is still listed.
const PAST_DAYS: i64 = 365;

/// The announced ends of departures, and of services that are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closings {
    /// Those to come, the soonest first; 200 at most.
    pub upcoming: Vec<Ending>,
    /// How many more are to come after these.
    pub further: usize,
    /// Those that came within a year, the latest first; 50 at most.
    pub past: Vec<Ending>,
}

/// An announced end. Ordered by its day, as early as it may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ending {
    /// The last day, or the one a closing was announced for.
    pub on: PartialDate,
    /// What ends.
    pub of: Ends,
}

/// What ends, by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ends {
    /// In the taxonomy's departures.
    Departure(usize),
    /// In the edition's services.
    Service(usize),
}

impl Closings {
    /// Of an edition.
    pub(super) fn of(edition: &Edition) -> Self {
        let departures = edition.taxonomy().departures().iter().enumerate();
        let today = edition.day();
        let departures = departures.filter_map(|(position, departure)| {
            let is_past = |day: &NaiveDate| *day < today;
            let past = || departure.announced_close.filter(is_past);
            Some(Ending {
                on: departure.closes_on(today).or_else(past)?.into(),
                of: Ends::Departure(position),
            })
        });
        let services = edition.services.iter().enumerate();
        let services = services.filter_map(|(position, service)| {
            let closing = service.closing.as_ref()?;
            let (hoster, facts) = edition.hoster_of(service);
            let is_shown = edition.standings[hoster] >= edition.least_standing
                && facts.status != HosterStatus::Closed;
            is_shown.then_some(Ending {
                on: closing.on,
                of: Ends::Service(position),
            })
        });
        Self::as_of(departures.chain(services), today)
    }

    fn as_of(endings: impl Iterator<Item = Ending>, today: NaiveDate) -> Self {
        let long_ago = today - TimeDelta::days(PAST_DAYS);
        let (mut past, mut upcoming): (Vec<Ending>, Vec<Ending>) = endings
            .filter(|ending| !ending.on.is_over_by(long_ago))
            .partition(|ending| ending.on.is_over_by(today));
        upcoming.sort_unstable();
        past.sort_unstable_by(|a, b| b.cmp(a));
        let further = upcoming.len().saturating_sub(UPCOMING_LISTED);
        upcoming.truncate(UPCOMING_LISTED);
        past.truncate(PAST_LISTED);
        Self {
            upcoming,
            further,
            past,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closings(days: &[&str], today: &str) -> Closings {
        let endings = days.iter().enumerate().map(|(position, day)| Ending {
            on: PartialDate::parse(day).unwrap(),
            of: Ends::Service(position),
        });
        Closings::as_of(endings, today.parse().unwrap())
    }

    fn days(endings: &[Ending]) -> Vec<String> {
        endings.iter().map(|ending| ending.on.to_string()).collect()
    }

    #[test]
    fn ends_to_come_stand_apart_from_those_of_the_past_year() {
        let given = [
            "2027-03-31",
            "2026-11-23",
            "2026-11-22",
            "2027",
            "2026",
            "2025-11-23",
            "2025-11-22",
            "2025",
            "2024",
            "2026-11",
            "2026-10",
        ];
        let closings = closings(&given, "2026-11-23");
        assert_eq!(
            days(&closings.upcoming),
            ["2026", "2026-11", "2026-11-23", "2027", "2027-03-31"]
        );
        assert_eq!(
            days(&closings.past),
            ["2026-11-22", "2026-10", "2025-11-23", "2025"]
        );
        assert_eq!(closings.further, 0);
    }

    #[test]
    fn so_many_ends_are_listed_and_the_rest_is_counted() {
        let upcoming = closings(&["2027-01-01"; UPCOMING_LISTED + 3], "2026-11-23");
        assert_eq!(upcoming.upcoming.len(), UPCOMING_LISTED);
        assert_eq!(upcoming.further, 3);
        let past = closings(&["2026-10-01"; PAST_LISTED + 3], "2026-11-23");
        assert_eq!(past.past.len(), PAST_LISTED);
    }
}
