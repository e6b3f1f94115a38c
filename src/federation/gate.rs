//! How often somebody may be wrong about the token that manages this node.
//!
//! A token holds 256 bits of chance, so nobody guesses one however often they try; this only bounds what
//! trying costs. No address is looked at or kept: all strangers share one measure, and whoever has a right
//! token passes whatever strangers do meanwhile, since the hashes of all tokens are known here. They are
//! few, and read again for a token that is not among them, so that those of other processes are known
//! soon, too.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

/// How many wrong tokens are looked up in one minute.
pub const MAX_WRONG_TOKENS: u32 = 10;
/// The span they are counted in.
const SPAN: TimeDelta = TimeDelta::seconds(60);

/// How old what is known of all tokens may be when another is asked for: however many strangers try, the
/// database is asked once in this time, and a token that is older opens.
pub const TOKENS_READ_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Counts wrong tokens, and knows the right ones by their hashes.
#[derive(Debug, Default)]
pub(super) struct Gate {
    tries: Mutex<Tries>,
    /// When all tokens were read last.
    read_at: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Debug, Default)]
struct Tries {
    /// When the span began.
    since: DateTime<Utc>,
    /// How many were wrong in it, those that are being looked up among them.
    wrong: u32,
    /// Hashes of tokens that are right, as far as is known.
    right: HashSet<String>,
}

impl Gate {
    /// Has the hashes of all tokens read, unless this one is among those that are known or they were read
    /// just now. Whoever comes while they are read waits for that.
    pub(super) async fn learn<E>(
        &self,
        hash: &str,
        now: Instant,
        read: impl AsyncFnOnce() -> Result<Vec<String>, E>,
    ) -> Result<(), E> {
        if self.tries().right.contains(hash) {
            return Ok(());
        }
        let mut read_at = self.read_at.lock().await;
        let is_recent = |at| now.saturating_duration_since(at) < TOKENS_READ_AGAIN_AFTER;
        if !read_at.is_some_and(is_recent) {
            let right = read().await?;
            // One that is taken back meanwhile may come in here: it is found out when it is looked up.
            self.tries().right.extend(right);
            *read_at = Some(now);
        }
        Ok(())
    }

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

    /// Notes that there is a token which nobody has tried yet.
    pub(super) fn was_made(&self, hash: &str) {
        self.tries().right.insert(hash.to_owned());
    }

    /// Notes that a token is wrong, if it was right before.
    pub(super) fn was_wrong(&self, hash: &str) {
        self.tries().right.remove(hash);
    }

    fn tries(&self) -> MutexGuard<'_, Tries> {
        self.tries
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

    #[tokio::test]
    async fn all_tokens_are_read_for_an_unknown_one_and_once_a_second_at_most() {
        let gate = Gate::default();
        let start = Instant::now();
        let reads = std::cell::Cell::new(0);
        let learn = async |hash, after| {
            let read = async || -> Result<Vec<String>, ()> {
                reads.set(reads.get() + 1);
                Ok(vec![format!("read {}", reads.get())])
            };
            gate.learn(hash, start + after, read).await.unwrap();
            reads.get()
        };
        let second = TOKENS_READ_AGAIN_AFTER;
        assert_eq!(learn("wrong", Duration::ZERO).await, 1);
        assert_eq!(learn("wrong", second / 2).await, 1);
        assert_eq!(learn("read 1", second).await, 1, "it is known");
        assert_eq!(learn("wrong", second).await, 2);
        for number in 0..MAX_WRONG_TOKENS {
            assert_eq!(gate.try_token(&number.to_string(), noon()), Ok(()));
        }
        gate.was_made("new");
        for right in ["read 1", "read 2", "new"] {
            assert_eq!(gate.try_token(right, noon()), Ok(()));
        }
        assert!(gate.try_token("wrong", noon()).is_err());
        let failed = gate
            .learn("x", start + second * 2, async || Err("away"))
            .await;
        assert_eq!(failed, Err("away"));
        assert_eq!(
            learn("x", second * 2).await,
            3,
            "what failed is tried again"
        );
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
