//! How long things took: so many within each bound, as Prometheus counts them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The bounds, in seconds. Half of a page is made within the first; the last is longer than anybody waits.
pub const BOUNDS: [f64; 9] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// How many things took how long.
#[derive(Default)]
pub struct Spread {
    /// By the least bound that they were within; the last is of those within none.
    within: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

impl Spread {
    /// Counts one that took so long.
    pub fn add(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let place = BOUNDS.partition_point(|bound| *bound < seconds);
        self.within[place].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// How many there were by the least bound that they were within, the last of them infinite.
    pub fn buckets(&self) -> [(f64, u64); BOUNDS.len() + 1] {
        std::array::from_fn(|place| {
            // OpenMetrics' encoder takes the largest number for +Inf.
            let bound = BOUNDS.get(place).copied().unwrap_or(f64::MAX);
            (bound, self.within[place].load(Ordering::Relaxed))
        })
    }

    /// How long all took together, in seconds.
    pub fn seconds(&self) -> f64 {
        Duration::from_micros(self.micros.load(Ordering::Relaxed)).as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_counted_within_the_least_bound_that_holds_it() {
        let spread = Spread::default();
        for millis in [0, 1, 2, 10, 11, 60_000] {
            spread.add(Duration::from_millis(millis));
        }
        let counts = spread.buckets().map(|(_, count)| count);
        assert_eq!(counts, [2, 1, 1, 1, 0, 0, 0, 0, 0, 1]);
        assert!((spread.seconds() - 60.024).abs() < 1e-9);
    }
}
