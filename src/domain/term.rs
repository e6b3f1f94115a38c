//! How far along its term a vouch is: what people are to do about it.

use chrono::{DateTime, TimeDelta, Utc};

use super::vouch::Vouch;
use super::word::worded;

/// How many days before a vouch ends both sides are reminded that it has to be said again.
pub const REMINDER_DAYS: i64 = 30;

/// How far along its term a vouch is, in the order in which people want to hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// It ends within [`REMINDER_DAYS`].
    LapsesSoon,
    /// It lasts.
    InForce,
    /// It ended.
    Lapsed,
    /// Who gave it took it back.
    TakenBack,
}

worded!(Term {
    LapsesSoon = "lapses-soon",
    InForce = "in-force",
    Lapsed = "lapsed",
    TakenBack = "taken-back",
});

impl Term {
    /// That of a vouch, which was taken back at some time or not.
    pub fn of(vouch: &Vouch, revoked_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let left = vouch.until - now;
        match revoked_at {
            Some(_) => Self::TakenBack,
            None if left <= TimeDelta::zero() => Self::Lapsed,
            None if left <= TimeDelta::days(REMINDER_DAYS) => Self::LapsesSoon,
            None => Self::InForce,
        }
    }

    /// Whether the vouch is to be counted on: it neither ended nor was taken back.
    pub fn lasts(self) -> bool {
        matches!(self, Self::LapsesSoon | Self::InForce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::vouch::Basis;

    #[test]
    fn both_sides_are_reminded_from_thirty_days_before_the_end() {
        let until: DateTime<Utc> = "2027-06-30T12:00:00Z".parse().unwrap();
        let url = |text: &str| text.parse().unwrap();
        let vouch = Vouch {
            id: url("https://c.example/ap/vouches/1"),
            issuer: url("https://c.example/ap/group"),
            object: url("https://h.example/ap/org"),
            basis: Basis::Membership,
            since: until - TimeDelta::days(400),
            until,
            charter: None,
            evidence: None,
        };
        let days = TimeDelta::days;
        for (now, term) in [
            (until - days(REMINDER_DAYS + 1), Term::InForce),
            (until - days(REMINDER_DAYS), Term::LapsesSoon),
            (until - TimeDelta::seconds(1), Term::LapsesSoon),
            (until, Term::Lapsed),
        ] {
            assert_eq!(Term::of(&vouch, None, now), term, "{now}");
            assert_eq!(term.lasts(), now < until);
            assert_eq!(Term::of(&vouch, Some(now), now), Term::TakenBack);
        }
    }
}
