//! The only place that asks what time it is; everywhere else the time is an argument.

use std::sync::{Arc, Mutex};
use std::time::Instant;

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

/// Notices when somebody sets the clock, or the machine slept.
#[derive(Debug)]
pub struct Pace {
    at: DateTime<Utc>,
    here: Instant,
}

impl Pace {
    /// How much a clock may gain or lose between two looks: what keeps it right moves it by far less.
    pub const MAX_DRIFT: TimeDelta = TimeDelta::seconds(10);

    /// What the clock says at a moment of this machine, which no one sets.
    pub fn new(at: DateTime<Utc>, here: Instant) -> Self {
        Self { at, here }
    }

    /// By how much the clock was set since the last look, if it was.
    pub fn was_set_by(&mut self, at: DateTime<Utc>, here: Instant) -> Option<TimeDelta> {
        let passed = here.saturating_duration_since(self.here);
        let passed = TimeDelta::from_std(passed).unwrap_or(TimeDelta::MAX);
        let gained = at.signed_duration_since(self.at) - passed;
        *self = Self::new(at, here);
        (gained.abs() > Self::MAX_DRIFT).then_some(gained)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_that_is_set_is_noticed_and_one_that_goes_is_not() {
        let (at, here) = ("2026-11-23T00:00:00Z".parse().unwrap(), Instant::now());
        let mut pace = Pace::new(at, here);
        let mut look = |at, seconds| pace.was_set_by(at, here + Duration::from_secs(seconds));
        assert_eq!(look(at + TimeDelta::seconds(61), 60), None);
        let tomorrow = at + TimeDelta::days(1);
        assert_eq!(
            look(tomorrow, 61),
            Some(TimeDelta::days(1) - TimeDelta::seconds(62))
        );
        assert_eq!(look(tomorrow, 62), None);
        let back = look(at, 62);
        assert_eq!(back, Some(TimeDelta::days(-1)));
    }

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
