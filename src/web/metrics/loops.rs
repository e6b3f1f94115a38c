//! How what a node does by itself fares: whether it fails, and how often it did.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How often this process panicked: of every thread, as the hook for panics is.
static PANICS: AtomicU64 = AtomicU64::new(0);

/// Counts a panic.
pub fn note_panic() {
    PANICS.fetch_add(1, Ordering::Relaxed);
}

/// How often this process panicked.
pub fn panics() -> u64 {
    PANICS.load(Ordering::Relaxed)
}

/// What a node does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loop {
    /// Looking whether the database answers.
    Watch,
    /// Renewing the edition.
    Refresh,
    /// Publishing it for mirrors.
    Publish,
    /// Counting what is listed.
    Tallies,
    /// Keeping whom people were sent to.
    Sent,
    /// Visiting hosts.
    Crawl,
    /// Delivering activities.
    Deliver,
    /// Applying what was received.
    Apply,
    /// Visiting what somebody's word led to.
    Visit,
    /// Telling peers.
    TellPeers,
    /// Forgetting and asking again.
    KeepHouse,
    /// Looking whether the clock was set.
    Clock,
}

impl Loop {
    /// Every one, in the order of declaration.
    pub const ALL: [Self; 12] = [
        Self::Watch,
        Self::Refresh,
        Self::Publish,
        Self::Tallies,
        Self::Sent,
        Self::Crawl,
        Self::Deliver,
        Self::Apply,
        Self::Visit,
        Self::TellPeers,
        Self::KeepHouse,
        Self::Clock,
    ];

    /// The word in metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Refresh => "refresh",
            Self::Publish => "publish",
            Self::Tallies => "tallies",
            Self::Sent => "sent",
            Self::Crawl => "crawl",
            Self::Deliver => "deliver",
            Self::Apply => "apply",
            Self::Visit => "visit",
            Self::TellPeers => "tell_peers",
            Self::KeepHouse => "keep_house",
            Self::Clock => "clock",
        }
    }

    /// What is said in the log when it fails.
    pub fn trouble(self) -> &'static str {
        match self {
            Self::Watch => "the database does not answer",
            Self::Refresh => "the directory cannot be read, visitors see the last edition",
            Self::Publish => "the directory cannot be published",
            Self::Tallies => "how much is listed cannot be kept",
            Self::Sent => "whom people were sent to cannot be kept",
            Self::Crawl => "hosts cannot be visited",
            Self::Deliver => "activities cannot be delivered",
            Self::Apply => "what was received cannot be applied",
            Self::Visit => "addresses cannot be visited",
            Self::TellPeers => "peers cannot be told what changed",
            Self::KeepHouse => "what is settled or lapses cannot be seen to",
            Self::Clock => "what a wrong clock put off cannot be looked for",
        }
    }
}

/// How they fare.
#[derive(Default)]
pub struct Loops([Fares; Loop::ALL.len()]);

#[derive(Default)]
struct Fares {
    is_in_trouble: AtomicBool,
    failures: AtomicU64,
}

impl Loops {
    /// A step went well; whether the one before had not.
    pub fn went_well(&self, of: Loop) -> bool {
        self.0[of as usize]
            .is_in_trouble
            .swap(false, Ordering::Relaxed)
    }

    /// A step failed; whether the one before had not.
    pub fn failed(&self, of: Loop) -> bool {
        let fares = &self.0[of as usize];
        fares.failures.fetch_add(1, Ordering::Relaxed);
        !fares.is_in_trouble.swap(true, Ordering::Relaxed)
    }

    /// Whether the last step failed.
    pub fn is_in_trouble(&self, of: Loop) -> bool {
        self.0[of as usize].is_in_trouble.load(Ordering::Relaxed)
    }

    /// How many steps failed.
    pub fn failures(&self, of: Loop) -> u64 {
        self.0[of as usize].failures.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_begins_and_ends_once_and_every_failure_counts() {
        let loops = Loops::default();
        assert!(!loops.went_well(Loop::Crawl));
        assert!(loops.failed(Loop::Crawl));
        assert!(!loops.failed(Loop::Crawl));
        assert!(loops.is_in_trouble(Loop::Crawl));
        assert!(!loops.is_in_trouble(Loop::Deliver));
        assert!(loops.went_well(Loop::Crawl));
        assert_eq!(loops.failures(Loop::Crawl), 2);
        assert!(!loops.is_in_trouble(Loop::Crawl));
    }

    #[test]
    fn each_loop_stands_in_its_own_place() {
        for (place, one) in Loop::ALL.iter().enumerate() {
            assert_eq!(*one as usize, place);
        }
    }
}
