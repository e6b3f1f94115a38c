//! How often somebody may be wrong about the token that manages this node.
//!
//! A token holds 256 bits of chance, so nobody guesses one however often they try; this only bounds what
//! trying costs. No address is looked at or kept: all strangers share one measure, and whoever has shown
//! a right token since the start passes whatever strangers do meanwhile.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard};

use chrono::{DateTime, TimeDelta, Utc};

/// How many wrong tokens are looked up in one minute.
pub const MAX_WRONG_TOKENS: u32 = 10;
/// The span they are counted in.
const SPAN: TimeDelta = TimeDelta::seconds(60);

/// Counts wrong tokens, and knows the right ones again by their hashes.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<Tries>);

#[derive(Debug, Default)]
struct Tries {
    /// When the span began.
    since: DateTime<Utc>,
    /// How many were wrong in it, those that are being looked up among them.
    wrong: u32,
    /// Hashes of tokens that were right.
    right: HashSet<String>,
}

impl Gate {
    /// Lets a token be looked up, or says how many seconds to wait.
    pub(super) fn try_token(&self, hash: &str, now: DateTime<Utc>) -> Result<(), u64> {
        let mut tries = self.tries();
        if tries.right.contains(hash) {
            return Ok(());
        }
        let passed = now - tries.since;
        if passed >= SPAN || passed < TimeDelta::zero() {
            tries.since = now;
            tries.wrong = 0;
        }
        if tries.wrong >= MAX_WRONG_TOKENS {
            let left = tries.since + SPAN - now;
            return Err(u64::try_from(left.num_seconds()).unwrap_or(0) + 1);
        }
        // Counted before it is looked up: many tries at once are many tries.
        tries.wrong += 1;
        Ok(())
    }

    /// Notes that a token which was let through is right.
    pub(super) fn was_right(&self, hash: &str) {
        let mut tries = self.tries();
        if tries.right.insert(hash.to_owned()) {
            tries.wrong = tries.wrong.saturating_sub(1);
        }
    }

    /// Notes that a token is wrong, if it was right before.
    pub(super) fn was_wrong(&self, hash: &str) {
        self.tries().right.remove(hash);
    }

    fn tries(&self) -> MutexGuard<'_, Tries> {
        self.0
            .lock()
            .expect("nobody panics while holding the tries")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn after_so_many_wrong_tokens_one_waits_for_the_rest_of_the_minute() {
        let gate = Gate::default();
        for number in 0..MAX_WRONG_TOKENS {
            assert_eq!(gate.try_token(&number.to_string(), noon()), Ok(()));
        }
        assert_eq!(gate.try_token("x", noon()), Err(61));
        let later = noon() + TimeDelta::seconds(45);
        assert_eq!(gate.try_token("x", later), Err(16));
        assert_eq!(gate.try_token("x", noon() + SPAN), Ok(()));
    }

    #[test]
    fn whoever_was_right_once_is_not_kept_out_by_strangers() {
        let gate = Gate::default();
        assert_eq!(gate.try_token("right", noon()), Ok(()));
        gate.was_right("right");
        for number in 0..MAX_WRONG_TOKENS {
            assert_eq!(gate.try_token(&number.to_string(), noon()), Ok(()));
        }
        assert!(gate.try_token("another", noon()).is_err());
        assert_eq!(gate.try_token("right", noon()), Ok(()));
        gate.was_wrong("right");
        assert!(gate.try_token("right", noon()).is_err());
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out() {
        let gate = Gate::default();
        for number in 0..MAX_WRONG_TOKENS {
            assert_eq!(gate.try_token(&number.to_string(), noon()), Ok(()));
        }
        let before = noon() - TimeDelta::days(1);
        assert_eq!(gate.try_token("x", before), Ok(()));
    }
}
