//! The PostgreSQL servers that an address names, and which of them takes writes.
//!
//! `postgres://user:secret@one:5432,two:5432/archipelago` names several, as libpq writes it: one primary and
//! its standbys. Whichever takes writes is used, so that nothing has to be told when a standby is promoted.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection};
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use super::dialect::Engine;

/// How long a server may take to let us in and to say whether it takes writes, where others wait for that.
pub(super) const AT_ONCE: Duration = Duration::from_secs(2);
/// The same at the start, and once it is known to be away.
pub(super) const PATIENTLY: Duration = Duration::from_secs(10);
/// The parameter of libpq for what we always do.
const TARGET: &str = "target_session_attrs";

/// Whether a server takes writes: it is no standby, and not set to be read only.
const TAKES_WRITES: &str = "select cast(case when pg_is_in_recovery() \
     or current_setting('transaction_read_only') = 'on' then 0 else 1 end as bigint)";
/// How often a server or one it comes from was promoted, in hexadecimal digits of one length.
const TIMELINE: &str = "select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";

/// The servers of an address, in its order.
#[derive(Debug)]
pub(super) struct Servers(Vec<AnyConnectOptions>);

/// A server that takes writes.
#[derive(Debug)]
pub(super) struct Chosen {
    /// Its place among the servers.
    pub(super) server: usize,
    /// A connection to it.
    pub(super) connection: AnyConnection,
    /// What [`TIMELINE`] says; nothing where there is no other server.
    timeline: String,
}

impl Chosen {
    /// Whether this one was promoted after the other. A rival that was not has no more to tell than it.
    pub(super) fn is_later_than(&self, other: &Self) -> bool {
        self.timeline > other.timeline
    }
}

/// Every server answered, and none takes writes.
#[derive(Debug, thiserror::Error)]
#[error("only standbys answer, which take no writes")]
pub(super) struct OnlyStandbys;

impl Servers {
    /// Reads an address.
    pub(super) fn of(url: &str) -> Result<Self, sqlx::Error> {
        let options = each(url).into_iter().map(|url| {
            let mut options: AnyConnectOptions = url.parse()?;
            forget_target(&mut options.database_url);
            Ok(options)
        });
        options.collect::<Result<_, _>>().map(Self)
    }

    /// Connects to the server that takes writes. Where several say that they do, one was promoted while
    /// another went on: the one that was promoted later is chosen, and the log tells the operator, who has
    /// to stop the other. One that needs much longer than another is found when somebody looks around.
    ///
    /// An error is that of a server that could not be asked within `patience`, if there is one.
    pub(super) async fn choose(&self, patience: Duration) -> Result<Chosen, sqlx::Error> {
        let asking = (0..self.0.len()).map(|server| self.ask(server, patience));
        let mut asking: FuturesUnordered<_> = asking.collect();
        let mut failed = None;
        let mut writable = Vec::new();
        // Each says itself when it took too long.
        let mut until = Instant::now() + patience + AT_ONCE;
        // Who takes writes is not kept waiting for one that is gone.
        while let Ok(Some(answer)) = timeout_at(until, asking.next()).await {
            match answer {
                Ok(Some(chosen)) => {
                    writable.push(chosen);
                    until = until.min(Instant::now() + AT_ONCE);
                }
                Ok(None) => {}
                Err(error) => failed = Some(error),
            }
        }
        drop(asking);
        if writable.len() > 1 {
            // Equals are chosen from by their place, so that every replica chooses the same.
            writable.sort_unstable_by_key(|chosen| chosen.server);
            writable = vec![self.latest(writable)];
        }
        let none = || sqlx::Error::Configuration(OnlyStandbys.into());
        writable.pop().ok_or_else(|| failed.unwrap_or_else(none))
    }

    /// Connections to a server, made as they are needed.
    pub(super) fn connections(&self, server: usize) -> AnyPool {
        Engine::Postgres
            .pool()
            .connect_lazy_with(self.0[server].clone())
    }

    /// What a server is called: its host and port.
    pub(super) fn name(&self, server: usize) -> String {
        let url = &self.0[server].database_url;
        let host = url.host_str().unwrap_or("localhost");
        match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Whether there is another to look for.
    pub(super) fn are_several(&self) -> bool {
        self.0.len() > 1
    }

    /// A connection to a server, if it takes writes.
    async fn ask(&self, server: usize, patience: Duration) -> Result<Option<Chosen>, sqlx::Error> {
        let asking = async {
            let mut connection = self.0[server].connect().await?;
            let asked = sqlx::query_scalar(TAKES_WRITES).fetch_one(&mut connection);
            let takes_writes: i64 = asked.await?;
            if takes_writes == 0 {
                connection.close().await?;
                return Ok(None);
            }
            let mut timeline = String::new();
            if self.are_several() {
                let asked = sqlx::query_scalar(TIMELINE).fetch_one(&mut connection);
                timeline = asked.await?;
            }
            Ok(Some(Chosen {
                server,
                connection,
                timeline,
            }))
        };
        let late = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
        timeout(patience, asking).await.map_err(late)?
    }

    fn latest(&self, rivals: Vec<Chosen>) -> Chosen {
        let names: Vec<_> = rivals.iter().map(|rival| self.name(rival.server)).collect();
        let chosen =
            rivals
                .into_iter()
                .reduce(|latest, rival| match rival.is_later_than(&latest) {
                    true => rival,
                    false => latest,
                });
        let chosen = chosen.expect("there are several");
        tracing::error!(
            "the servers {} all take writes, and what is written to one the others lack: {} is used, which was \
             promoted last; stop the others",
            names.join(" and "),
            self.name(chosen.server)
        );
        chosen
    }
}

/// Whether the server behind a connection is there and takes writes, as far as it says so within `patience`.
pub(super) async fn takes_writes(connection: &mut AnyConnection, patience: Duration) -> bool {
    let asked = sqlx::query_scalar::<_, i64>(TAKES_WRITES).fetch_one(connection);
    matches!(timeout(patience, asked).await, Ok(Ok(1)))
}

/// An address for each server that an address names.
fn each(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return vec![url.to_owned()];
    };
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (user, hosts) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
    let hosts = hosts.split(',');
    hosts
        .map(|host| format!("{scheme}://{user}{host}{tail}"))
        .collect()
}

/// Takes out of an address what sqlx does not know and we always do.
fn forget_target(url: &mut Url) {
    if url.query_pairs().any(|(key, _)| key == TARGET) {
        let others = url.query_pairs().filter(|(key, _)| key != TARGET);
        let others: Vec<(String, String)> = others
            .map(|(key, value)| (key.into(), value.into()))
            .collect();
        url.query_pairs_mut().clear().extend_pairs(others);
    }
}

/// What is to be done about an address that asks for a server of another kind.
pub(super) fn objection(url: &str) -> Option<&'static str> {
    let first = each(url).into_iter().next()?;
    let url = Url::parse(&first).ok()?;
    let mut wanted = url.query_pairs().filter(|(key, _)| key == TARGET);
    if wanted.any(|(_, value)| value != "read-write" && value != "primary") {
        return Some("a node writes, so target_session_attrs can only be read-write");
    }
    let mut hosts = url.query_pairs().filter(|(key, _)| key == "host");
    let several = hosts.any(|(_, value)| value.contains(','));
    several.then_some("several servers are named as postgres://one:5432,two:5432/name")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(url: &str) -> Vec<String> {
        let servers = Servers::of(url).unwrap().0;
        let urls = servers
            .iter()
            .map(|options| options.database_url.to_string());
        urls.collect()
    }

    #[test]
    fn an_address_names_one_server_or_several() {
        sqlx::any::install_default_drivers();
        let one = "postgres://me:p,w@one:5433/archipelago?sslmode=disable";
        assert_eq!(urls(one), [one]);
        assert_eq!(
            urls("postgres://me:p,w@one,two:5433,[::1]:5434/a?sslmode=disable"),
            [
                "postgres://me:p,w@one/a?sslmode=disable",
                "postgres://me:p,w@two:5433/a?sslmode=disable",
                "postgres://me:p,w@[::1]:5434/a?sslmode=disable",
            ]
        );
        assert_eq!(urls("postgresql:///a"), ["postgresql:///a"]);
    }

    #[test]
    fn only_servers_that_take_writes_can_be_asked_for() {
        let url = "postgres://one,two/a?target_session_attrs=read-write&sslmode=disable";
        assert_eq!(urls(url)[1], "postgres://two/a?sslmode=disable");
        assert_eq!(objection(url), None);
        assert_eq!(objection("postgres://one,two/a"), None);
        assert!(objection("postgres://one,two/a?target_session_attrs=any").is_some());
        assert!(objection("postgres:///a?host=one,two").is_some());
    }
}
