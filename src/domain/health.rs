//! Whether services answer: single looks, what they come to, and their history for charts.

mod history;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub use history::{History, Slot, Span};

/// How many looks in a row must fail until something counts as down: one may be our own trouble.
pub const DOWN_AFTER: u32 = 2;
/// How long before its end a certificate should have been renewed: those that renew themselves do so a
/// month ahead.
pub const CERTIFICATE_SOON: TimeDelta = TimeDelta::days(14);

/// One look at whether an address answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// When.
    pub at: DateTime<Utc>,
    /// Its HTTP status, if it answered.
    pub status: Option<u16>,
    /// How long it took until its answer began, in milliseconds; connecting included.
    pub latency_ms: Option<u32>,
    /// When the certificate ends that it showed.
    pub certificate_until: Option<DateTime<Utc>>,
    /// Why it counts as not working, if it does.
    pub error: Option<String>,
}

impl Probe {
    /// Whether people who go there get something.
    pub fn is_up(&self) -> bool {
        self.error.is_none()
    }
}

/// What the looks of the last thirty days come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    /// How often it was asked.
    pub asked: u32,
    /// How often it was up.
    pub up: u32,
    /// Since when it is down, if it is.
    pub down_since: Option<DateTime<Utc>>,
}

impl Availability {
    /// The part of the looks at which it was up, 0 to 1.
    pub fn share(self) -> f32 {
        match self.asked {
            0 => 0.0,
            asked => self.up as f32 / asked as f32,
        }
    }
}

/// All that is known of one address.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// The last look.
    pub last: Probe,
    /// What the looks come to.
    pub availability: Availability,
    /// The looks of a year.
    pub history: History,
}

impl Health {
    /// Whether the certificate that was last seen ends soon, or has ended.
    pub fn certificate_ends_soon(&self, now: DateTime<Utc>) -> bool {
        self.last
            .certificate_until
            .is_some_and(|end| end - now < CERTIFICATE_SOON)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-28T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_share_is_that_of_the_looks_that_found_it_up() {
        let of = |asked, up| {
            let availability = Availability {
                asked,
                up,
                down_since: None,
            };
            availability.share()
        };
        assert_eq!((of(0, 0), of(4, 3), of(720, 720)), (0.0, 0.75, 1.0));
    }

    #[test]
    fn a_certificate_ends_soon_two_weeks_ahead() {
        let ends_in = |days| {
            let health = Health {
                last: Probe {
                    at: now(),
                    status: Some(200),
                    latency_ms: Some(80),
                    certificate_until: Some(now() + TimeDelta::days(days)),
                    error: None,
                },
                availability: Availability {
                    asked: 1,
                    up: 1,
                    down_since: None,
                },
                history: History::default(),
            };
            health.certificate_ends_soon(now())
        };
        assert!(ends_in(13) && ends_in(-1) && !ends_in(14));
    }
}
