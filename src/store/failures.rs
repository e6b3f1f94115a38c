//! How often a database failed this process: whoever met it may have gone on, and an operator still wants to know.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Error, dialect};

/// One count for all stores of a process: an error knows no store.
static BUSY: AtomicU64 = AtomicU64::new(0);
static OTHER: AtomicU64 = AtomicU64::new(0);

/// How often the database failed since this process began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// It was busy: the same may succeed in a moment.
    pub busy: u64,
    /// Anything else: it was away, its disk was full.
    pub other: u64,
}

/// How often the database failed since this process began.
pub fn failures() -> Failures {
    Failures {
        busy: BUSY.load(Ordering::Relaxed),
        other: OTHER.load(Ordering::Relaxed),
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if dialect::is_busy(&error) {
            BUSY.fetch_add(1, Ordering::Relaxed);
            Self::Busy(error)
        } else {
            OTHER.fetch_add(1, Ordering::Relaxed);
            Self::Other(error)
        }
    }
}
