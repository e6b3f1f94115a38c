//! How many hosts can have their turn at once, by the files this process may have open.
//!
//! Each host has a connection, and those just left have one that waits a moment for more. Many systems
//! begin with 1,024 open files and allow far more to who asks, as the Go runtime does for its programs.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::AT_ONCE;

/// Files beside those of hosts: the database, the server and its visitors.
const BESIDE: u64 = 256;
/// Files for each host that has its turn: its connection, those of two that were just left, one being looked
/// up. (Measured with ten thousand hosts, a thousand at once: see BENCHMARKS.md.)
const PER_HOST: u64 = 4;

/// Asks for as many files as are needed, and says how many hosts can have their turn with what is granted:
/// never more than [`AT_ONCE`], and at least one.
pub(super) fn hosts_at_once() -> usize {
    let wanted = BESIDE + PER_HOST * AT_ONCE as u64;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let mut granted = current.unwrap_or(u64::MAX);
    if granted < wanted {
        let more = maximum.unwrap_or(u64::MAX).min(wanted);
        let raised = Rlimit {
            current: Some(more),
            maximum,
        };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            granted = more;
        }
    }
    hosts_with(granted)
}

fn hosts_with(files: u64) -> usize {
    let hosts = files.saturating_sub(BESIDE) / PER_HOST;
    usize::try_from(hosts).unwrap_or(AT_ONCE).clamp(1, AT_ONCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_files_are_for_few_hosts() {
        for (files, hosts) in [
            (0, 1),
            (BESIDE + 40, 10),
            (1_024, 192),
            (BESIDE + PER_HOST * 1_000, AT_ONCE),
            (u64::MAX, AT_ONCE),
        ] {
            assert_eq!(hosts_with(files), hosts, "{files}");
        }
        assert!((1..=AT_ONCE).contains(&hosts_at_once()));
    }
}
