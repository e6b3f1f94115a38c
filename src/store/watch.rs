//! Looks whether the server in use answers, and for another where it does not.
//!
//! This is the one part of the store that nobody calls, so it logs by itself.

use std::sync::Weak;
use std::time::Duration;

use super::pool::Shared;
use super::servers::{Chosen, Servers, takes_writes};

/// How often to look.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a server that is there may take to say so, however busy it is. If it takes longer, it is asked
/// once more over a new connection before it counts as gone.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// Watches over a connection of its own for as long as there are others.
pub(super) async fn watch(servers: Servers, mut chosen: Chosen, shared: Weak<Shared>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if shared.strong_count() == 0 {
            return;
        }
        if takes_writes(&mut chosen.connection, ANSWER_WITHIN).await {
            continue;
        }
        match find(&servers, &shared).await {
            Some(found) => chosen = found,
            None => return,
        }
    }
}

/// Looks for a server that takes writes until there is one, or nobody who would use it.
async fn find(servers: &Servers, shared: &Weak<Shared>) -> Option<Chosen> {
    loop {
        let found = servers.choose().await;
        let shared_now = shared.upgrade()?;
        match found {
            Ok(chosen) => {
                let before = shared_now.found(chosen.server, servers.connections(chosen.server));
                let name = servers.name(chosen.server);
                if let Some(since) = before.away_since {
                    let seconds = since.elapsed().as_secs();
                    tracing::info!(server = name, seconds, "the database is back");
                } else if before.server != chosen.server {
                    tracing::info!(server = name, "another server of the database is used");
                }
                return Some(chosen);
            }
            Err(error) => {
                if shared_now.lost() {
                    tracing::error!("the database is away: {error}");
                }
            }
        }
        drop(shared_now);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
