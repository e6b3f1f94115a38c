//! The only place that asks what time it is; everywhere else the time is an argument.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// Tells the time: the system's, or a test's that is moved by hand. Clones share the same hands.
#[derive(Debug, Clone)]
pub struct Clock(Hands);

#[derive(Debug, Clone)]
enum Hands {
    System,
    Moved(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Hands::System)
    }

    /// A clock that stands still at `at` until it is [advanced](Self::advance).
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self(Hands::Moved(Arc::new(Mutex::new(at))))
    }

    /// The time now.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that may ask")]
            Hands::System => Utc::now(),
            Hands::Moved(at) => *at.lock().expect("nobody panics while holding the hands"),
        }
    }

    /// The day now, in UTC: every node of a directory then agrees on it.
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }

    /// Moves a fixed clock, and every clone of it, by `time`.
    ///
    /// # Panics
    ///
    /// On the system's clock, which nobody can move: that is a mistake in the calling test.
    pub fn advance(&self, time: TimeDelta) {
        match &self.0 {
            Hands::System => panic!("the system's clock cannot be moved"),
            Hands::Moved(at) => *at.lock().expect("nobody panics while holding the hands") += time,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_by_hand_and_with_its_clones() {
        let midnight = "2026-11-23T00:00:00Z".parse().unwrap();
        let clock = Clock::fixed(midnight);
        let clone = clock.clone();
        assert_eq!(clock.now(), midnight);
        clone.advance(TimeDelta::hours(25));
        assert_eq!(clock.now(), midnight + TimeDelta::hours(25));
        assert_eq!(clock.today(), "2026-11-24".parse().unwrap());
    }

    #[test]
    fn the_systems_clock_goes_on() {
        let clock = Clock::system();
        assert!(clock.now() <= clock.now());
    }
}
