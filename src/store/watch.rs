//! Looks whether the server in use answers, and for another where it does not.
//!
//! This is the one part of the store that nobody calls, so it logs by itself.

use std::sync::Weak;
use std::time::Duration;

use super::pool::Shared;
use super::servers::{AT_ONCE, Chosen, PATIENTLY, Servers, takes_writes};

/// How often to look.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often to look, where there are several servers, whether another has been promoted: this one may go on
/// as if nothing had happened.
const LOOK_AROUND_EVERY: u32 = 60;
/// How long a server that is there may take to say so, however busy it is. If it takes longer, it is asked
/// once more over a new connection before it counts as gone.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// Watches over a connection of its own for as long as there are others.
pub(super) async fn watch(servers: Servers, mut chosen: Chosen, shared: Weak<Shared>) {
    let mut looks: u32 = 0;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if shared.strong_count() == 0 {
            return;
        }
        looks = looks.wrapping_add(1);
        let found = if !takes_writes(&mut chosen.connection, ANSWER_WITHIN).await {
            find(&servers, &shared).await
        } else if servers.are_several() && looks.is_multiple_of(LOOK_AROUND_EVERY) {
            match servers.choose(AT_ONCE).await {
                Ok(other) if other.is_later_than(&chosen) => use_it(other, &servers, &shared),
                _ => continue,
            }
        } else {
            continue;
        };
        match found {
            Some(found) => chosen = found,
            None => return,
        }
    }
}

/// Has a server used from now on; `None` if there is nobody who would.
fn use_it(chosen: Chosen, servers: &Servers, shared: &Weak<Shared>) -> Option<Chosen> {
    let shared = shared.upgrade()?;
    let before = shared.found(chosen.server, servers.connections(chosen.server));
    let name = servers.name(chosen.server);
    if let Some(since) = before.away_since {
        let seconds = since.elapsed().as_secs();
        tracing::info!(server = name, seconds, "the database is back");
    } else if before.server != chosen.server {
        tracing::info!(server = name, "another server of the database is used");
    }
    Some(chosen)
}

/// Looks for a server that takes writes until there is one, or nobody who would use it.
async fn find(servers: &Servers, shared: &Weak<Shared>) -> Option<Chosen> {
    let mut patience = AT_ONCE;
    loop {
        match servers.choose(patience).await {
            Ok(chosen) => return use_it(chosen, servers, shared),
            Err(error) => {
                if shared.upgrade()?.lost() {
                    tracing::error!("the database is away: {error}");
                }
            }
        }
        patience = PATIENTLY;
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
