//! How a host is asked: one request at a time, with a pause after each, and only while its lease is ours.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{Instant, sleep_until};

use crate::fetch::DEADLINE;

/// The pause between two requests to a host: from the end of one to the beginning of the next, so that
/// their beginnings are at least as far apart.
pub const GAP: Duration = Duration::from_secs(1);
/// How long a host is leased: enough for dozens of requests, and short enough that what a killed worker
/// left is taken up soon.
pub const LEASE: TimeDelta = TimeDelta::seconds(90);
/// How much of a lease must be left for a request: its deadline, its pause, and as long again until what
/// came of it is recorded.
pub const SPARE: Duration = Duration::from_secs(15 + DEADLINE.as_secs());

/// The way to one host, for the one worker that has its lease.
#[derive(Debug)]
pub struct Gate {
    gap: Duration,
    /// When the last request ended; none was made yet.
    ended_at: Option<Instant>,
    opened_at: Instant,
    closes_at: Instant,
}

impl Gate {
    /// A gate that opens at once, for a lease that ends at `until`.
    pub fn new(gap: Duration, until: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let left = (until - now).to_std().unwrap_or_default();
        let here = Instant::now();
        Self {
            gap,
            ended_at: None,
            opened_at: here,
            closes_at: here + left.saturating_sub(SPARE),
        }
    }

    /// Waits for longer from now on, if the host asks for that.
    pub fn slow_down(&mut self, crawl_delay: Option<TimeDelta>) {
        let delay = crawl_delay.and_then(|delay| delay.to_std().ok());
        self.gap = self.gap.max(delay.unwrap_or_default());
    }

    /// The pause that is kept.
    pub fn gap(&self) -> Duration {
        self.gap
    }

    /// Returns once the next request may begin; `false` if the lease would not last for it.
    pub async fn opens(&self) -> bool {
        let free_at = self
            .ended_at
            .map_or(self.opened_at, |ended_at| ended_at + self.gap);
        if free_at > self.closes_at {
            return false;
        }
        sleep_until(free_at).await;
        true
    }

    /// A request has ended, whatever came of it.
    pub fn passed(&mut self) {
        self.ended_at = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    fn now() -> DateTime<Utc> {
        "2026-11-28T12:00:00Z".parse().unwrap()
    }

    #[tokio::test]
    async fn the_next_request_begins_a_pause_after_the_last_has_ended() {
        let mut gate = Gate::new(SHORT, now() + LEASE, now());
        assert!(gate.opens().await);
        let ended = Instant::now();
        gate.passed();
        assert!(gate.opens().await);
        assert!(ended.elapsed() >= SHORT);
        let ended = Instant::now();
        gate.passed();
        gate.slow_down(Some(TimeDelta::milliseconds(40)));
        gate.slow_down(Some(TimeDelta::milliseconds(1)));
        gate.slow_down(None);
        assert!(gate.opens().await);
        assert!(ended.elapsed() >= 2 * SHORT);
    }

    #[tokio::test]
    async fn no_request_begins_that_may_outlast_the_lease() {
        let spare = TimeDelta::from_std(SPARE).unwrap();
        let mut gate = Gate::new(SHORT, now() + spare + TimeDelta::milliseconds(50), now());
        let mut requests = 0;
        while gate.opens().await {
            requests += 1;
            gate.passed();
        }
        assert!((1..=3).contains(&requests), "{requests}");
        assert!(SPARE > DEADLINE + GAP && LEASE > spare * 3);
    }
}
