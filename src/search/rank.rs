//! The formula: text × fit × nearness × availability × freshness, each 0..1.
//!
//! Trust is not among the factors (it filters), nor is popularity (it would rebuild the hypermarket).
//! What cannot be verified counts as not there.

use chrono::NaiveDate;

use crate::domain::health::Availability;
use crate::domain::provenance::Age;
use crate::domain::service::{Registration, Room, Service};

/// Kilometres after which nearness has halved.
pub const HALVING_KM: f64 = 100.0;
/// Kilometres from which nearness no longer halves but falls as distance grows: that far, distance
/// alone rules nobody out.
pub const FAR_KM: f64 = 500.0;
/// The nearness of a hoster whose place is not known: by so much less than that of the far side of the earth that
/// no other factor makes up for it.
pub const NEARNESS_UNKNOWN: f32 = 1e-7;
/// The factor for words where none matched, but the need does.
pub const NO_WORD_MATCHED: f32 = 0.1;
/// The availability of what nobody has measured.
pub const AVAILABILITY_UNMEASURED: f32 = 0.8;
/// The availability of what is down for now: of its kind it comes last, wherever it is.
pub const DOWN: f32 = NO_WAY_IN;
/// As many looks as this, a day's, count as much as what is expected without any.
const LOOKS_EXPECTED: f32 = 24.0;
/// The fit of a suite whose part may not be switched on, against software made for the need: of two alike the
/// suite is first a fifth as often.
const THROUGH_SUITE: f32 = 0.35;
/// The fit of what takes nobody new, or ends. Less than all other factors make of anything together, by so many
/// bands that nobody is shown what takes nobody before what takes them, however far that is and however well the
/// words match.
pub const NO_WAY_IN: f32 = 1e-17;
/// The fit of a service that does not say how to get in.
const ACCESS_UNKNOWN: f32 = 0.7;

/// The five factors of a score, each 0..1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// How well the words match; 1 where none were left to match.
    pub text: f32,
    /// Whether one gets in, and whether the software is made for the need.
    pub fit: f32,
    /// How near; 1 where no place was asked for.
    pub nearness: f32,
    /// How reliably it answers.
    pub availability: f32,
    /// How fresh the facts are.
    pub freshness: f32,
}

impl Score {
    /// The product of the factors.
    pub fn total(&self) -> f32 {
        self.text * self.fit * self.nearness * self.availability * self.freshness
    }
}

/// How a service answers the need that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It is offered for this need.
    Directly,
    /// Its software serves this need besides.
    ThroughSuite,
}

/// How old the facts of a service are, each by its own source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// What its own source says of it.
    pub record: Age,
    /// How to get in.
    pub registration: Age,
    /// Whether there is room.
    pub room: Age,
}

impl Ages {
    /// On a day.
    pub fn of(service: &Service, today: NaiveDate) -> Self {
        Self {
            record: service.source.age(today),
            registration: service.source_of("registration").age(today),
            room: service.source_of("capacity").age(today),
        }
    }
}

impl Answer {
    /// The factor for how the need is answered.
    pub fn fit(self) -> f32 {
        match self {
            Self::Directly => 1.0,
            Self::ThroughSuite => THROUGH_SUITE,
        }
    }
}

/// The factor for getting in. A stale fact no longer counts, for good or ill.
pub fn access(service: &Service, ages: Ages) -> f32 {
    let registration = service
        .registration
        .filter(|_| ages.registration != Age::Stale);
    let room = service.capacity.and_then(|capacity| capacity.room);
    let room = room.filter(|_| ages.room != Age::Stale);
    match registration {
        _ if room == Some(Room::Full) || service.closing.is_some() => NO_WAY_IN,
        Some(Registration::None | Registration::Free) => 1.0,
        Some(Registration::Request | Registration::Paid) => 0.9,
        Some(Registration::Members) => 0.75,
        Some(Registration::Closed) => NO_WAY_IN,
        None => ACCESS_UNKNOWN,
    }
}

/// The factor for distance: halves every [`HALVING_KM`] up to [`FAR_KM`], then falls slowly.
pub fn nearness(km: f64) -> f32 {
    let near_km = km.min(FAR_KM);
    ((-near_km / HALVING_KM).exp2() * near_km.max(1.0) / km.max(1.0)) as f32
}

/// The factor for the age of the facts.
pub fn freshness(age: Age) -> f32 {
    match age {
        Age::Fresh => 1.0,
        Age::Ageing => 0.8,
        Age::Stale => 0.6,
    }
}

/// The factor for how reliably it answers. What is down for now comes last of its kind; the share of a few
/// looks counts little against what is to be expected of a service that nobody has looked at.
pub fn availability(seen: Option<Availability>) -> f32 {
    match seen {
        None => AVAILABILITY_UNMEASURED,
        Some(Availability {
            down_since: Some(_),
            ..
        }) => DOWN,
        Some(Availability { asked, up, .. }) => {
            let expected = AVAILABILITY_UNMEASURED * LOOKS_EXPECTED;
            (up as f32 + expected) / (asked as f32 + LOOKS_EXPECTED)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fair::band;

    #[test]
    fn nearness_halves_every_hundred_kilometres_and_never_reaches_that_of_an_unknown_place() {
        assert_eq!(nearness(0.0), 1.0);
        assert!((nearness(100.0) - 0.5).abs() < 1e-6);
        assert!((nearness(500.0) - 1.0 / 32.0).abs() < 1e-6);
        assert!((nearness(1_000.0) - 1.0 / 64.0).abs() < 1e-6);
        assert!(nearness(700.0) > nearness(8_000.0));
        assert!(nearness(20_040.0) > NEARNESS_UNKNOWN);
    }

    #[test]
    fn who_answers_comes_before_who_was_never_looked_at_and_what_is_down_comes_last() {
        let seen = |asked, up| {
            availability(Some(Availability {
                asked,
                up,
                down_since: None,
            }))
        };
        assert_eq!(availability(None), AVAILABILITY_UNMEASURED);
        assert!(seen(720, 720) > 0.99 && seen(720, 360) < 0.55);
        // One look says little, whatever it found.
        assert!((seen(1, 1) - AVAILABILITY_UNMEASURED).abs() < 0.05);
        assert!((seen(1, 0) - AVAILABILITY_UNMEASURED).abs() < 0.05);
        let down = availability(Some(Availability {
            asked: 720,
            up: 718,
            down_since: Some(chrono::DateTime::UNIX_EPOCH),
        }));
        assert!(down == DOWN && seen(720, 0) > 0.0);
    }

    /// A service of which so much is known, all of it from one source.
    fn service(seen: &str, facts: serde_json::Value) -> Service {
        let mut service = serde_json::json!({
            "id": "s", "hoster": "a", "name": "S", "need": "pads",
            "source": { "kind": "own-file", "by": "f", "seen": seen },
        });
        let known = service.as_object_mut().unwrap();
        known.extend(facts.as_object().unwrap().clone());
        serde_json::from_value(service).unwrap()
    }

    fn access_of(service: &Service) -> f32 {
        access(service, Ages::of(service, "2026-11-28".parse().unwrap()))
    }

    #[test]
    fn closed_full_and_closing_come_after_open_and_a_suite_after_software_made_for_the_need() {
        let of = |facts| access_of(&service("2026-11", facts));
        let free = of(serde_json::json!({ "registration": "free" }));
        let members = of(serde_json::json!({ "registration": "members" }));
        let unknown = of(serde_json::json!({}));
        assert!(free > members && members > unknown);
        for no_way_in in [
            serde_json::json!({ "registration": "closed" }),
            serde_json::json!({ "registration": "free", "capacity": { "room": "full" } }),
            serde_json::json!({ "registration": "free", "closing": { "on": "2027-01-01" } }),
        ] {
            assert_eq!(of(no_way_in), NO_WAY_IN);
        }
        assert!(Answer::ThroughSuite.fit() * free < unknown);
    }

    #[test]
    fn what_takes_nobody_is_bands_behind_all_that_does_and_what_has_no_place_behind_all_that_has() {
        let never_up = availability(Some(Availability {
            asked: 4_000,
            up: 0,
            down_since: None,
        }));
        let worst = ACCESS_UNKNOWN * freshness(Age::Stale) * never_up;
        assert!(band(1.0, worst * nearness(20_040.0)) > band(1.0, NEARNESS_UNKNOWN));
        let nowhere = band(NO_WORD_MATCHED, worst * NEARNESS_UNKNOWN);
        assert!(nowhere > band(1.0, NO_WAY_IN) && nowhere > band(1.0, DOWN));
    }

    #[test]
    fn a_stale_way_in_counts_as_not_known() {
        for facts in [
            serde_json::json!({ "registration": "none" }),
            serde_json::json!({ "registration": "closed" }),
            serde_json::json!({ "capacity": { "room": "full" } }),
        ] {
            assert_eq!(access_of(&service("2020", facts)), ACCESS_UNKNOWN);
        }
    }

    #[test]
    fn each_fact_is_as_old_as_its_own_source() {
        let by_list = |facts: serde_json::Value| {
            let mut facts = facts;
            facts["facts"] = serde_json::json!({
                "registration": { "kind": "third-party-list", "by": "l", "seen": "2020" },
            });
            service("2026-11", facts)
        };
        let closed = by_list(serde_json::json!({ "registration": "closed" }));
        let ages = Ages::of(&closed, "2026-11-28".parse().unwrap());
        assert_eq!((ages.record, ages.registration), (Age::Fresh, Age::Stale));
        assert_eq!(access_of(&closed), ACCESS_UNKNOWN);
        let full = serde_json::json!({ "registration": "closed", "capacity": { "room": "full" } });
        assert_eq!(access_of(&by_list(full)), NO_WAY_IN);
    }
}
