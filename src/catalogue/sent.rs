//! How many people `/go` sent to each hoster: counted in memory, kept by hoster and day, and nothing else.
//!
//! A process that dies without warning loses what it has counted since it last kept: at most
//! [`KEEP_EVERY`](Sent::KEEP_EVERY).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Did, Observations};
use crate::domain::hoster::HosterId;
use crate::store::{self, Store};

/// How long the shares that visitors read are given out again: to add them up takes time in proportion to
/// hosters and days.
const ADD_UP_EVERY: TimeDelta = TimeDelta::seconds(60);

/// How many times, by hoster and day.
type Counts = HashMap<HosterId, HashMap<NaiveDate, u64>>;

/// What this process counted and did not keep yet.
#[derive(Default)]
pub struct Sent {
    counted: Mutex<Counts>,
}

/// Counts on their way to the store: put back when this is dropped, unless they were kept.
struct Taken<'a> {
    from: &'a Sent,
    counts: Counts,
}

/// Where people were sent within [`Shares::DAYS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    /// When this was added up.
    pub at: DateTime<Utc>,
    /// How many times in all.
    pub total: u64,
    /// Hosters and how many times each, the most first, equals by name.
    pub hosters: Vec<(String, u64)>,
}

impl Sent {
    /// How often a process keeps what it has counted.
    pub const KEEP_EVERY: Duration = Duration::from_secs(10);
    /// How long the counts of a day are kept: a year, with some days for whoever looks late.
    pub const KEPT_FOR: TimeDelta = TimeDelta::days(400);

    /// Counts that somebody was sent to a hoster.
    pub fn count(&self, hoster: &HosterId, day: NaiveDate) {
        let mut counted = self.lock();
        let days = match counted.get_mut(hoster) {
            Some(days) => days,
            None => counted.entry(hoster.clone()).or_default(),
        };
        *days.entry(day).or_default() += 1;
    }

    /// Keeps what was counted since last time. What cannot be kept now is kept next time, and so is what is
    /// being kept when the future of this is dropped. What was kept though nobody heard of it, since the
    /// database went away or the future was dropped before it could say so, is counted twice.
    pub async fn keep(&self, store: &Store, now: DateTime<Utc>) -> Result<Did, store::Error> {
        let mut taken = Taken {
            from: self,
            counts: std::mem::take(&mut *self.lock()),
        };
        if taken.counts.is_empty() {
            return Ok(Did::Nothing);
        }
        let mut counts: Vec<(NaiveDate, &HosterId, u64)> = taken
            .counts
            .iter()
            .flat_map(|(hoster, days)| days.iter().map(move |(day, times)| (*day, hoster, *times)))
            .collect();
        // Replicas take rows in one order, so that none waits for another that waits for it.
        counts.sort_unstable();
        let oldest = (now - Self::KEPT_FOR).date_naive();
        store.add_sent(&counts, oldest).await?;
        taken.counts.clear();
        Ok(Did::Work)
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counted
            .lock()
            .expect("nobody panics while holding counts")
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if self.counts.is_empty() {
            return;
        }
        let mut counted = self.from.lock();
        for (hoster, days) in self.counts.drain() {
            let known = counted.entry(hoster).or_default();
            for (day, times) in days {
                *known.entry(day).or_default() += times;
            }
        }
    }
}

impl Shares {
    /// How many days shares are told of, today among them.
    pub const DAYS: i64 = 30;
    /// What happened fewer times is told as "fewer": from a small number one could guess who it was.
    pub const LEAST_TOLD: u64 = 10;

    /// A hoster's part of all, in whole per cent; `None` where it is too little to be told.
    pub fn percent(&self, times: u64) -> Option<u64> {
        (times >= Self::LEAST_TOLD).then(|| (times * 100 + self.total / 2) / self.total.max(1))
    }

    /// All of them, rounded down so that no small number follows from it.
    pub fn rounded_total(&self) -> u64 {
        self.total / Self::LEAST_TOLD * Self::LEAST_TOLD
    }
}

impl Observations {
    /// Where people were sent, as of now or of at most a minute ago.
    pub async fn shares(&self) -> Result<Arc<Shares>, store::Error> {
        let mut added = self.shares.lock().await;
        let now = self.now();
        if let Some(shares) = added.as_ref().filter(|known| now - known.at < ADD_UP_EVERY) {
            return Ok(Arc::clone(shares));
        }
        let since = (now - TimeDelta::days(Shares::DAYS - 1)).date_naive();
        let mut hosters = self.store.sent_since(since).await?;
        hosters.sort_by(|(one, times), (other, other_times)| {
            other_times.cmp(times).then_with(|| one.cmp(other))
        });
        let shares = Arc::new(Shares {
            at: now,
            total: hosters.iter().map(|(_, times)| times).sum(),
            hosters,
        });
        *added = Some(Arc::clone(&shares));
        Ok(shares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_not_told_and_do_not_follow_from_the_rest() {
        let shares = Shares {
            at: DateTime::UNIX_EPOCH,
            total: 1_009,
            hosters: vec![("a".to_owned(), 1_000), ("b".to_owned(), 9)],
        };
        assert_eq!(shares.percent(1_000), Some(99));
        assert_eq!(shares.percent(9), None);
        assert_eq!(shares.rounded_total(), 1_000);
        assert!(shares.percent(Shares::LEAST_TOLD).is_some());
    }
}
