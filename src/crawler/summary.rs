//! What a run did, in numbers.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use serde::Serialize;

use super::visit::Why;
use crate::domain::host::Host;
use crate::store::Kept;

/// What a run did so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Hosts that had a turn.
    pub hosts: u64,
    /// Requests that were made, for robots.txt too.
    pub requests: u64,
    /// Bytes of the documents that were read.
    pub bytes: u64,
    /// Documents that were read.
    pub read: u64,
    /// Documents that were as we knew them (304).
    pub unchanged: u64,
    /// Addresses where nothing was (404, 410).
    pub absent: u64,
    /// Addresses that led to another one.
    pub moved: u64,
    /// Addresses that robots.txt keeps us from: no request was made.
    pub forbidden: u64,
    /// Hosts and documents that ask to be left out.
    pub left_out: u64,
    /// Hosts that asked us to come again later.
    pub put_off: u64,
    /// Addresses that were probed.
    pub probed: u64,
    /// Of these, those that were down.
    pub down: u64,
    /// Visits that failed, by reason.
    pub failed: BTreeMap<&'static str, u64>,
    /// Addresses that were new.
    pub found: u64,
    /// What the documents taught the directory.
    pub learnt: Kept,
}

impl Summary {
    /// How many requests met nobody, by the words of each reason.
    pub fn unmet(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let reasons = [Why::UnknownName, Why::Unreachable, Why::TimedOut];
        reasons.into_iter().map(|why| {
            let failed = self.failed.get(why.words());
            (why.words(), failed.copied().unwrap_or_default())
        })
    }

    /// How many visits failed, by the word of each reason, even if none did for it.
    pub fn failures(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Why::ALL.into_iter().map(|why| {
            let failed = self.failed.get(why.words());
            (why.word(), failed.copied().unwrap_or_default())
        })
    }

    /// Counts a failure.
    pub(super) fn fail(&mut self, why: Why) {
        *self.failed.entry(why.words()).or_default() += 1;
    }
}

/// A summary that many write to.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally(Arc<Mutex<Counted>>);

#[derive(Debug, Default)]
struct Counted {
    summary: Summary,
    /// The hosts in it, each of which may have several turns.
    hosts: HashSet<Host>,
}

impl Tally {
    /// Changes the summary.
    pub(super) fn count(&self, change: impl FnOnce(&mut Summary)) {
        change(&mut self.counted().summary);
    }

    /// A host has a turn.
    pub(super) fn visit(&self, host: &Host) {
        let mut counted = self.counted();
        counted.hosts.insert(host.clone());
        counted.summary.hosts = counted.hosts.len() as u64;
    }

    /// The summary as it is now.
    pub(super) fn summary(&self) -> Summary {
        self.counted().summary.clone()
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().expect("nobody panics while counting")
    }
}
