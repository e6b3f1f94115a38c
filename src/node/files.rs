//! How many files this process may have open, since each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::config::Server;

/// Files beside those of connections from visitors: the database, hosts that are visited or delivered to.
const BESIDE: u64 = 4_608;
/// The least of them that a node does with.
const LEAST_BESIDE: u64 = 512;

/// Asks for as many files as are needed; says how many are granted.
pub(super) fn ask_for_files(server: &Server) -> u64 {
    let wanted = BESIDE + u64::from(server.connections.get());
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let granted = current.unwrap_or(u64::MAX);
    let more = maximum.unwrap_or(u64::MAX).min(wanted);
    let raised = Rlimit {
        current: Some(more),
        maximum,
    };
    match granted < more && setrlimit(Resource::Nofile, raised).is_ok() {
        true => more,
        false => granted,
    }
}

/// What an operator has to know of so many files, if they are too few.
pub fn too_few_files(granted: u64, server: &Server) -> Option<String> {
    let connections = u64::from(server.connections.get());
    (granted < connections + LEAST_BESIDE).then(|| {
        format!(
            "only {granted} files may be open, and [server] connections allows {connections}: raise the limit \
             (LimitNOFILE= of systemd, ulimit -n) or allow fewer connections"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_need_as_many_files_and_some_beside() {
        let server = Server::default();
        assert!(too_few_files(1_024, &server).is_some());
        assert!(too_few_files(4_096 + LEAST_BESIDE - 1, &server).is_some());
        assert_eq!(too_few_files(4_096 + LEAST_BESIDE, &server), None);
    }
}
