//! What came in and what went out since this process began, by how it ended.

use std::sync::atomic::{AtomicU64, Ordering};

use super::inbox::Refused;

/// How a post to an inbox ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// It is on disk, or asked nothing of us.
    Taken,
    /// Nothing shows who sent it, or that it is whole.
    Unsigned,
    /// Another key signed it.
    WrongKey,
    /// Its actor cannot be read.
    UnknownActor,
    /// The operator takes nothing from there.
    Blocked,
    /// It is no activity.
    NotAnActivity,
    /// Too much came at once.
    Overloaded,
    /// It could not be kept.
    Failed,
}

/// How a delivery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Went {
    /// It was taken.
    Delivered,
    /// It was refused for good.
    Refused,
    /// The inbox answered that it has to wait.
    PutOff,
    /// Nobody answered.
    Unreachable,
    /// The inbox is given up.
    GivenUp,
}

/// Counts, by how it ended.
#[derive(Default)]
pub struct Counted {
    came: [AtomicU64; Came::ALL.len()],
    went: [AtomicU64; Went::ALL.len()],
}

impl Came {
    /// Every end, in the order of declaration.
    pub const ALL: [Self; 8] = [
        Self::Taken,
        Self::Unsigned,
        Self::WrongKey,
        Self::UnknownActor,
        Self::Blocked,
        Self::NotAnActivity,
        Self::Overloaded,
        Self::Failed,
    ];

    /// The word in metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Unsigned => "unsigned",
            Self::WrongKey => "wrong_key",
            Self::UnknownActor => "unknown_actor",
            Self::Blocked => "blocked",
            Self::NotAnActivity => "not_an_activity",
            Self::Overloaded => "overloaded",
            Self::Failed => "failed",
        }
    }

    pub(super) fn of(received: &Result<(), Refused>) -> Self {
        match received {
            Ok(()) => Self::Taken,
            Err(Refused::Unsigned(_)) => Self::Unsigned,
            Err(Refused::WrongKey) => Self::WrongKey,
            Err(Refused::UnknownActor) => Self::UnknownActor,
            Err(Refused::Blocked) => Self::Blocked,
            Err(Refused::NotAnActivity(_)) => Self::NotAnActivity,
            Err(Refused::Overloaded) => Self::Overloaded,
            Err(Refused::Failed) => Self::Failed,
        }
    }
}

impl Went {
    /// Every end, in the order of declaration.
    pub const ALL: [Self; 5] = [
        Self::Delivered,
        Self::Refused,
        Self::PutOff,
        Self::Unreachable,
        Self::GivenUp,
    ];

    /// The word in metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::PutOff => "put_off",
            Self::Unreachable => "unreachable",
            Self::GivenUp => "given_up",
        }
    }
}

impl Counted {
    pub(super) fn came(&self, how: Came) {
        self.came[how as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn went(&self, how: Went) {
        self.went[how as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// How many posts ended so.
    pub fn that_came(&self, how: Came) -> u64 {
        self.came[how as usize].load(Ordering::Relaxed)
    }

    /// How many deliveries ended so.
    pub fn that_went(&self, how: Went) -> u64 {
        self.went[how as usize].load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_stands_in_its_own_place() {
        for (place, end) in Came::ALL.iter().enumerate() {
            assert_eq!(*end as usize, place);
        }
        for (place, end) in Went::ALL.iter().enumerate() {
            assert_eq!(*end as usize, place);
        }
    }
}
