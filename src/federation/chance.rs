//! What has to differ from everything else, or merely from others.

use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom, SystemRandom};

/// Random bytes nobody can guess.
pub(super) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system gives random bytes");
    bytes
}

/// A number for an activity that no other has: its time in milliseconds, and 20 bits of chance for
/// those of one moment.
pub(super) fn number(now: DateTime<Utc>) -> u64 {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    (millis << 20) | u64::from(u32::from_le_bytes(bytes()) >> 12)
}

/// A number from 0 to 1.
pub(super) fn fraction() -> f64 {
    f64::from(u32::from_le_bytes(bytes())) / f64::from(u32::MAX)
}
