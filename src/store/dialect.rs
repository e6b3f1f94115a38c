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
use sqlx::{Any, AnyConnection, AnyPool, ConnectOptions, Connection, Executor, Transaction};

/// How long a statement waits for another writer before the database is called busy.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait before asking again what SQLite does not let one wait for.
const PAUSE: Duration = Duration::from_millis(20);
/// Enough for a node: reads are short, and on SQLite one connection writes at a time.
const MAX_CONNECTIONS: u32 = 8;

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
            return None;
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

    /// Opens a pool of connections; creates the file on SQLite.
    pub(super) async fn connect(self, url: &str) -> Result<AnyPool, sqlx::Error> {
        sqlx::any::install_default_drivers();
        let mut options: AnyConnectOptions = match self {
            Self::Sqlite => without_fragment(url).parse()?,
            Self::Postgres => url.parse()?,
        };
        let pool = AnyPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(PATIENCE);
        let pool = match self {
            Self::Sqlite => {
                let url = &mut options.database_url;
                if !url.query_pairs().any(|(key, _)| key == "mode") {
                    url.query_pairs_mut().append_pair("mode", "rwc");
                }
                // Only a server can have gone away.
                let pool = pool.test_before_acquire(false);
                pool.after_connect(|connection, _| {
                    Box::pin(async move {
                        // 30000 ms = PATIENCE. A committed change survives a power cut. A connection
                        // holds up to 8 MB of pages, four times the default.
                        let settings = "pragma busy_timeout = 30000; pragma synchronous = full; \
                            pragma cache_size = -8000;";
                        connection.execute(settings).await.map(drop)
                    })
                })
            }
            Self::Postgres => pool,
        };
        // A pool would try a wrong address again and again, and then only say that it took long.
        let mut first = AnyConnection::connect_with(&options).await?;
        if self == Self::Sqlite {
            write_ahead(&mut first).await?;
        }
        first.close().await?;
        pool.connect_with(options).await
    }

    /// Brings the tables up to date; several processes may do so at once.
    ///
    /// sqlx takes a lock for this on PostgreSQL and none on SQLite, where a writing transaction
    /// around all of it does as well.
    pub(super) async fn migrate(
        self,
        pool: &AnyPool,
        migrations: &Migrator,
    ) -> Result<(), MigrateError> {
        match self {
            Self::Sqlite => {
                let mut transaction = self.begin_writing(pool).await?;
                migrations
                    .run_direct(None, &mut *transaction, false)
                    .await?;
                Ok(transaction.commit().await?)
            }
            Self::Postgres => {
                let mut connection = pool.acquire().await?;
                migrations.run_direct(None, &mut *connection, false).await
            }
        }
    }

    /// Begins a transaction that will write. On SQLite it takes its turn at once: one that began by
    /// reading would fail, not wait, if another wrote meanwhile.
    pub(super) async fn begin_writing(
        self,
        pool: &AnyPool,
    ) -> Result<Transaction<'static, Any>, sqlx::Error> {
        match self {
            Self::Sqlite => pool.begin_with("begin immediate").await,
            Self::Postgres => pool.begin().await,
        }
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

    /// Begins a transaction whose every read sees the same state.
    pub(super) async fn begin_reading(
        self,
        pool: &AnyPool,
    ) -> Result<Transaction<'static, Any>, sqlx::Error> {
        match self {
            Self::Sqlite => pool.begin().await,
            Self::Postgres => {
                pool.begin_with("begin isolation level repeatable read read only")
                    .await
            }
        }
    }
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

/// Whether the same call may succeed a moment later.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut => true,
        sqlx::Error::Database(error) => match error.code().as_deref() {
            // PostgreSQL: serialization failure, deadlock, lock not available, too many
            // connections, starting up or shutting down.
            Some("40001" | "40P01" | "55P03" | "53300" | "57P03") => true,
            // SQLite: the low byte is the error (5 busy, 6 locked), the rest its circumstances.
            // It has at most four digits, and a code of PostgreSQL always five characters.
            Some(code) if code.len() < 5 => code
                .parse::<u32>()
                .is_ok_and(|code| matches!(code & 0xff, 5 | 6)),
            _ => false,
        },
        _ => false,
    }
}

/// Sets the write-ahead log, which the file then keeps: readers no longer wait for a writer.
/// The switch needs the file for itself, and SQLite does not wait for that.
async fn write_ahead(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let mut waited = Duration::ZERO;
    loop {
        match connection.execute("pragma journal_mode = wal").await {
            Err(error) if is_busy(&error) && waited < PATIENCE => {
                tokio::time::sleep(PAUSE).await;
                waited += PAUSE;
            }
            result => return result.map(drop),
        }
    }
}
