//! The only place that asks which engine it is.
//!
//! Everything else in `store` is one SQL text for both. What differs is how a database is opened,
//! how a transaction begins, and how an engine says that it is busy.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection, Executor};

use super::pool::{self, Pool, Transaction};
use super::servers;

/// How long a statement waits for another writer before the database is called busy.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait for a turn to write at most; the wait for another writer comes on top, and a server in
/// front gives up after a minute.
const TURN_WITHIN: Duration = Duration::from_secs(15);
/// How long to wait before asking again what SQLite does not let one wait for.
const PAUSE: Duration = Duration::from_millis(20);
/// Enough for a node: reads are short, and on SQLite one connection writes at a time.
const MAX_CONNECTIONS: u32 = 8;
/// How many of them may hold or wait for what one writer at a time has, SQLite's file or the row of the
/// revision: the rest is left to whoever reads.
pub(super) const MAX_WRITERS: usize = 4;

/// The engines a store runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    /// A file on this machine.
    Sqlite,
    /// A server, which several nodes may share.
    Postgres,
}

impl Engine {
    /// The engine of a database's address.
    pub(super) fn of(url: &str) -> Option<Self> {
        match url.split_once(':')?.0 {
            "sqlite" => Some(Self::Sqlite),
            "postgres" | "postgresql" => Some(Self::Postgres),
            _ => None,
        }
    }

    /// What is to be done about an address that cannot name a database that lasts.
    pub(super) fn objection(self, url: &str) -> Option<&'static str> {
        if self == Self::Postgres {
            return servers::objection(url);
        }
        // An address that sqlx refuses is left to it: it can tell what is wrong.
        let path = sqlite_path(url).ok()?;
        let path = path.to_string_lossy();
        if [url, &path].iter().any(|text| text.contains(":memory:")) || url.contains("mode=memory")
        {
            Some("a database in memory is another one for each connection; name a file")
        } else if path.is_empty() {
            // SQLite would take it for a file that goes with its connection.
            Some("it names no file, as sqlite:archipelago.db does")
        } else if path.starts_with("file:") {
            Some("SQLite would read the path as an address of its own; name the file without file:")
        } else {
            None
        }
    }

    /// Connections as each engine wants them.
    pub(super) fn pool(self) -> AnyPoolOptions {
        let pool = AnyPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(PATIENCE)
            // Only a server can have gone away.
            .test_before_acquire(self == Self::Postgres);
        pool.after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(self.settings()).await.map(drop) })
        })
        .after_release(|connection, _| Box::pin(has_ended(connection)))
    }

    /// What is set for each connection.
    fn settings(self) -> &'static str {
        match self {
            // 30000 ms = PATIENCE. A committed change survives a power cut. A connection holds up to 8 MB
            // of pages, four times the default.
            Self::Sqlite => {
                "pragma busy_timeout = 30000; pragma synchronous = full; pragma cache_size = -8000;"
            }
            // A replica that was cut off in a transaction must not keep the others waiting: the server ends
            // it after 10 s, and looks after as long whether somebody is there at all. There is no
            // statement_timeout: it would end a commit's wait for a synchronous standby, too, and the server
            // would say that the commit is done, though no standby has it.
            Self::Postgres => {
                "set lock_timeout = 30000; set idle_in_transaction_session_timeout = 10000; \
                 set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; \
                 set tcp_keepalives_count = 3; set tcp_user_timeout = 20000;"
            }
        }
    }

    /// Opens a file of SQLite and makes it if there is none.
    pub(super) async fn open_file(self, url: &str) -> Result<AnyPool, sqlx::Error> {
        let mut options: AnyConnectOptions = without_fragment(url).parse()?;
        let url = &mut options.database_url;
        if !url.query_pairs().any(|(key, _)| key == "mode") {
            url.query_pairs_mut().append_pair("mode", "rwc");
        }
        // A pool would try a wrong address again and again, and then only say that it took long.
        let mut first = AnyConnection::connect_with(&options).await?;
        write_ahead(&mut first).await?;
        first.close().await?;
        Ok(self.pool().connect_lazy_with(options))
    }

    /// Brings the tables up to date; several processes may do so at once.
    ///
    /// sqlx takes a lock for this on PostgreSQL and none on SQLite, where a writing transaction
    /// around all of it does as well.
    pub(super) async fn migrate(
        self,
        pool: &Pool,
        migrations: &Migrator,
    ) -> Result<(), MigrateError> {
        match self {
            Self::Sqlite => {
                let mut transaction = self.begin_writing(pool).await?;
                migrations
                    .run_direct(None, transaction.unbounded(), false)
                    .await?;
                Ok(transaction.commit().await?)
            }
            Self::Postgres => {
                let mut connection = pool.connections().acquire().await?;
                // Whoever comes while another changes large tables waits until that is done.
                connection.execute("set lock_timeout = 0").await?;
                migrations.run_direct(None, &mut *connection, false).await?;
                connection.execute(self.settings()).await?;
                Ok(())
            }
        }
    }

    /// Counts the tables in which migrations are noted: there is none before the first migration.
    pub(super) fn has_migrations(self) -> &'static str {
        match self {
            Self::Sqlite => "select count(*) from sqlite_master where name = '_sqlx_migrations'",
            Self::Postgres => {
                "select count(*) from pg_class where oid = to_regclass('_sqlx_migrations')"
            }
        }
    }

    /// Begins a transaction that will write. On SQLite it takes its turn at once: one that began by
    /// reading would fail, not wait, if another wrote meanwhile.
    pub(super) async fn begin_writing(self, pool: &Pool) -> Result<Transaction, sqlx::Error> {
        match self {
            Self::Sqlite => self.begin_in_turn(pool).await,
            Self::Postgres => pool.begin(None).await,
        }
    }

    /// The same where one writer at a time goes on, on either engine: few of those who wait have a connection.
    pub(super) async fn begin_in_turn(self, pool: &Pool) -> Result<Transaction, sqlx::Error> {
        let words = match self {
            Self::Sqlite => Some("begin immediate"),
            Self::Postgres => None,
        };
        pool.begin_in_turn(words, TURN_WITHIN).await
    }

    /// The end of a query that chooses rows to be leased: what another transaction holds is passed
    /// over. Whoever waited for such rows while that other waits for its own would wait for ever; on
    /// SQLite one writes at a time.
    pub(super) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "for update skip locked",
        }
    }

    /// Lets a transaction that writes what a file holds rest for two minutes: the file may come slowly.
    pub(super) async fn wait_for_a_file(
        self,
        writing: &mut pool::Connection,
    ) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite => Ok(()),
            Self::Postgres => {
                let words = "set local idle_in_transaction_session_timeout = 120000";
                sqlx::query(words).execute(writing).await.map(drop)
            }
        }
    }

    /// Begins a transaction whose every read sees the same state. It keeps nobody waiting, so it may rest
    /// for two minutes, and need not take what the server has already sent: whoever takes a backup may be slow.
    pub(super) async fn begin_reading(self, pool: &Pool) -> Result<Transaction, sqlx::Error> {
        match self {
            Self::Sqlite => pool.begin(None).await,
            Self::Postgres => {
                let words = "begin isolation level repeatable read read only; \
                             set local idle_in_transaction_session_timeout = 120000; \
                             set local tcp_user_timeout = 0";
                pool.begin(Some(words)).await
            }
        }
    }
}

/// Whether the transaction that a connection comes back from has ended. Where a disk was full SQLite ends it by
/// itself; sqlx takes that for a failed rollback, and whoever had the connection next would write within a
/// transaction that nobody ends.
async fn has_ended(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A rollback may be under way still.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// The file that [`Store::open`](super::Store::open) opens or makes for an address: `a b.db` for
/// `sqlite:a%20b.db`. `None` if the address is not of SQLite, or would be refused.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let engine = Engine::of(url).filter(|engine| *engine == Engine::Sqlite)?;
    if engine.objection(url).is_some() {
        return None;
    }
    sqlite_path(url).ok()
}

/// The path in an address of SQLite, read by sqlx itself, so that it is the one it opens.
fn sqlite_path(url: &str) -> Result<PathBuf, sqlx::Error> {
    let address: AnyConnectOptions = without_fragment(url).parse()?;
    let options = SqliteConnectOptions::from_url(&address.database_url)?;
    Ok(options.get_filename().to_owned())
}

/// An address of SQLite whose `#` belongs to the path: parameters would else come to stand before it.
fn without_fragment(url: &str) -> Cow<'_, str> {
    match url.contains('#') {
        true => url.replace('#', "%23").into(),
        false => url.into(),
    }
}

/// What an error of an engine means to whoever made the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The same call may succeed a moment later.
    Busy,
    /// There is no database, or none that takes writes.
    Away,
    /// Its disk is full.
    Full,
    /// Something else.
    Other,
}

/// What an error means.
pub(super) fn fault(error: &sqlx::Error) -> Fault {
    match error {
        sqlx::Error::PoolTimedOut => Fault::Busy,
        sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Fault::Away,
        sqlx::Error::Database(error) => error.code().map_or(Fault::Other, |code| fault_of(&code)),
        _ => Fault::Other,
    }
}

/// What an engine's code of an error means. SQLite's have at most four digits, and PostgreSQL's always
/// five characters.
fn fault_of(code: &str) -> Fault {
    match code {
        // Serialization failure, deadlock, lock not available, too many connections, starting up or
        // shutting down.
        "40001" | "40P01" | "55P03" | "53300" | "57P03" => Fault::Busy,
        // Ended by an operator or in a crash, ended as one that says nothing, in recovery or read only.
        "57P01" | "57P02" | "25P03" | "25006" => Fault::Away,
        "53100" => Fault::Full,
        code if code.len() == 5 => match code.starts_with("08") {
            true => Fault::Away,
            false => Fault::Other,
        },
        // The low byte is the error, the rest its circumstances.
        code => match code.parse::<u32>().map(|code| code & 0xff) {
            // Busy, locked.
            Ok(5 | 6) => Fault::Busy,
            // The file may only be read, has errors of the disk, cannot be opened.
            Ok(8 | 10 | 14) => Fault::Away,
            Ok(13) => Fault::Full,
            _ => Fault::Other,
        },
    }
}

/// Sets the write-ahead log, which the file then keeps: readers no longer wait for a writer.
/// The switch needs the file for itself, and SQLite does not wait for that.
async fn write_ahead(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let mut waited = Duration::ZERO;
    loop {
        match connection.execute("pragma journal_mode = wal").await {
            Err(error) if fault(&error) == Fault::Busy && waited < PATIENCE => {
                tokio::time::sleep(PAUSE).await;
                waited += PAUSE;
            }
            result => return result.map(drop),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_by_its_code_as_each_engine_writes_it() {
        for (fault, codes) in [
            (Fault::Busy, ["5", "517", "40001", "57P03"]),
            (Fault::Away, ["14", "778", "25006", "08006"]),
            (Fault::Full, ["13", "13", "53100", "53100"]),
            (Fault::Other, ["19", "2067", "23505", "42601"]),
        ] {
            for code in codes {
                assert_eq!(fault_of(code), fault, "{code}");
            }
        }
    }
}
