//! How often a database failed this process: whoever met it may have gone on, and an operator still wants to know.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Error;
use super::dialect::{Fault, fault};

/// One count for all stores of a process: an error knows no store.
static BUSY: AtomicU64 = AtomicU64::new(0);
static AWAY: AtomicU64 = AtomicU64::new(0);
static FULL: AtomicU64 = AtomicU64::new(0);
static OTHER: AtomicU64 = AtomicU64::new(0);

/// How often the database failed since this process began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// It was busy: the same may succeed in a moment.
    pub busy: u64,
    /// It was out of reach, or took no writes.
    pub away: u64,
    /// Its disk was full.
    pub full: u64,
    /// Anything else.
    pub other: u64,
}

/// How often the database failed since this process began.
pub fn failures() -> Failures {
    let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
    Failures {
        busy: of(&BUSY),
        away: of(&AWAY),
        full: of(&FULL),
        other: of(&OTHER),
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let (count, meaning): (_, fn(sqlx::Error) -> Self) = match fault(&error) {
            Fault::Busy => (&BUSY, Self::Busy),
            Fault::Away => (&AWAY, Self::Away),
            Fault::Full => (&FULL, Self::Full),
            Fault::Other => (&OTHER, Self::Other),
        };
        count.fetch_add(1, Ordering::Relaxed);
        meaning(error)
    }
}
