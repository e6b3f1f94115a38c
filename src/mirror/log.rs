//! Which records changed at which revision, as far back as is remembered.

use std::collections::VecDeque;

use crate::formats::snapshot::Key;

/// How many changes are remembered; whoever was away for longer takes the snapshot.
pub const MAX_LOGGED: usize = 50_000;

/// Which records changed at which revision.
#[derive(Clone, Default)]
pub(super) struct Log {
    /// Every change after this revision is known.
    pub(super) since: u64,
    pub(super) changed: VecDeque<(u64, Key)>,
}

impl Log {
    /// Notes what changed at a revision.
    pub(super) fn add(&mut self, revision: u64, changed: Vec<Key>) {
        self.changed
            .extend(changed.into_iter().map(|key| (revision, key)));
        // What happened at one revision is known whole or not at all.
        while self.changed.len() > MAX_LOGGED {
            let Some((oldest, _)) = self.changed.pop_front() else {
                break;
            };
            self.since = oldest;
            while self.changed.front().is_some_and(|(at, _)| *at == oldest) {
                self.changed.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::snapshot::Kind;

    #[test]
    fn the_oldest_changes_are_forgotten_a_revision_at_a_time() {
        let keys = |count: usize| -> Vec<Key> {
            let key = |number| (Kind::Hoster, format!("h{number}"));
            (0..count).map(key).collect()
        };
        let mut log = Log::default();
        log.add(1, keys(2));
        log.add(2, keys(MAX_LOGGED - 2));
        assert_eq!((log.since, log.changed.len()), (0, MAX_LOGGED));
        log.add(3, keys(1));
        assert_eq!((log.since, log.changed.len()), (1, MAX_LOGGED - 1));
        log.add(4, keys(2));
        assert_eq!((log.since, log.changed.len()), (2, 3));
        log.add(5, keys(MAX_LOGGED + 1));
        assert_eq!((log.since, log.changed.len()), (5, 0));
    }
}
