//! Connections to the database, and what is done on them: none of it waits without end.
//!
//! A server behind a cut line says nothing, and TCP takes a quarter of an hour to find out. So `watch` looks
//! every second whether it answers, and whatever waits for it is ended once it does not: what is asked then
//! fails at once, and works again as soon as a server is found. SQLite's file cannot go away like this; it
//! waits by itself.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use sqlx::any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, AnyConnection, AnyPool, Describe, Either, Execute, Executor, SqlStr};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;

use super::dialect::{Engine, MAX_WRITERS};
use super::servers::{PATIENTLY, Servers};
use super::watch::watch;

/// The longest that a server may keep silent about a statement, by row. Far more than any statement takes,
/// and more than it waits for others: what is as late as this comes over a connection that is dead while
/// others live, or waits for a standby that is gone.
const SILENCE: Duration = Duration::from_secs(60);

/// The connections of a store. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Pool(Arc<Shared>);

/// What the users of a pool and whoever watches it have in common.
#[derive(Debug)]
pub(super) struct Shared {
    connections: RwLock<AnyPool>,
    reach: watch::Sender<Reach>,
    /// `None` where nothing has to be bounded.
    silence: Option<Duration>,
    /// How many may begin to write, where they wait for each other with a connection in hand.
    turns: Arc<Semaphore>,
}

/// Which server is in use, and whether it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reach {
    /// Its place among those that the address names.
    pub(super) server: usize,
    /// Since when none answers that takes writes.
    pub(super) away_since: Option<Instant>,
}

impl Pool {
    /// Connects to the database at `url`; creates the file on SQLite. Whoever watches a server does so
    /// until the last clone is gone.
    pub(super) async fn open(engine: Engine, url: &str) -> Result<Self, sqlx::Error> {
        sqlx::any::install_default_drivers();
        match engine {
            Engine::Sqlite => {
                let connections = engine.open_file(url).await?;
                Ok(Self(Arc::new(Shared::new(connections, 0, None))))
            }
            Engine::Postgres => {
                let servers = Servers::of(url)?;
                let chosen = servers.choose(PATIENTLY).await?;
                let connections = servers.connections(chosen.server);
                let shared = Arc::new(Shared::new(connections, chosen.server, Some(SILENCE)));
                tokio::spawn(watch(servers, chosen, Arc::downgrade(&shared)));
                Ok(Self(shared))
            }
        }
    }

    /// Since when no server answers that takes writes; `None` while one does.
    pub(super) fn away_since(&self) -> Option<Instant> {
        self.0.reach.borrow().away_since
    }

    /// The connections in use now, for what sqlx does by itself and in its own time.
    pub(super) fn connections(&self) -> AnyPool {
        let connections = self.0.connections.read();
        connections.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins a transaction, by the engine's own words where they are given.
    pub(super) async fn begin(
        &self,
        words: Option<&'static str>,
    ) -> Result<Transaction, sqlx::Error> {
        let mut bound = self.bound();
        let connections = self.connections();
        let begun = async move {
            match words {
                Some(words) => connections.begin_with(words).await,
                None => connections.begin().await,
            }
        };
        let inner = match self.0.silence {
            None => begun.await?,
            // Whoever asked may be gone before the server has answered: sqlx would hand the connection on within
            // a transaction that it knows nothing of. A task of its own ends what it begins.
            Some(_) => {
                let begun = tokio::spawn(begun);
                let begun = async { begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed)) };
                bound.wait(begun).await?
            }
        };
        Ok(Transaction {
            connection: Connection { inner, bound },
            _turn: None,
        })
    }

    /// The same once few others wait to write: connections are left for those who read.
    pub(super) async fn begin_in_turn(
        &self,
        words: Option<&'static str>,
        patience: Duration,
    ) -> Result<Transaction, sqlx::Error> {
        let turn = Arc::clone(&self.0.turns).acquire_owned();
        let turn = timeout(patience, turn)
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)?;
        let pool = self.clone();
        // Whoever asked may be gone while the engine still waits: the turn is over when that is.
        let begun = tokio::spawn(async move {
            let mut transaction = pool.begin(words).await?;
            transaction._turn = Some(turn.expect("nobody ends the turns"));
            Ok(transaction)
        });
        begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    fn bound(&self) -> Bound {
        let reach = self.0.reach.subscribe();
        let server = reach.borrow().server;
        Bound {
            shared: Arc::clone(&self.0),
            reach,
            server,
        }
    }
}

impl Shared {
    fn new(connections: AnyPool, server: usize, silence: Option<Duration>) -> Self {
        let (reach, _) = watch::channel(Reach {
            server,
            away_since: None,
        });
        Self {
            connections: RwLock::new(connections),
            reach,
            silence,
            turns: Arc::new(Semaphore::new(MAX_WRITERS)),
        }
    }

    /// Ends what waits for the server; says whether it was there until now.
    pub(super) fn lost(&self) -> bool {
        self.reach.send_if_modified(|reach| {
            let was_there = reach.away_since.is_none();
            reach.away_since.get_or_insert_with(Instant::now);
            was_there
        })
    }

    /// Has a server used from now on, over new connections: those of before may be dead without knowing.
    /// Says what was before.
    pub(super) fn found(&self, server: usize, connections: AnyPool) -> Reach {
        let mut in_use = self.connections.write();
        **in_use
            .as_mut()
            .unwrap_or_else(|poisoned| poisoned.get_mut()) = connections;
        drop(in_use);
        self.reach.send_replace(Reach {
            server,
            away_since: None,
        })
    }
}

/// What a call waits for at most: an answer, the loss of the server it was made to, or [`SILENCE`].
#[derive(Debug, Clone)]
struct Bound {
    /// Also keeps the other end of `reach` there.
    shared: Arc<Shared>,
    reach: watch::Receiver<Reach>,
    server: usize,
}

impl Bound {
    async fn wait<T>(
        &mut self,
        call: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        let Some(silence) = self.shared.silence else {
            return call.await;
        };
        let server = self.server;
        let is_lost = |reach: &Reach| reach.away_since.is_some() || reach.server != server;
        let late =
            |words: &str| sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, words));
        tokio::select! {
            biased;
            done = call => done,
            _ = self.reach.wait_for(is_lost) => Err(late("no server answers that takes writes")),
            () = tokio::time::sleep(silence) => Err(late("the server says nothing for long")),
        }
    }

    /// The same for each row.
    fn wait_for_rows<'e, T: Send + 'e>(
        self,
        rows: BoxStream<'e, Result<T, sqlx::Error>>,
    ) -> BoxStream<'e, Result<T, sqlx::Error>> {
        if self.shared.silence.is_none() {
            return rows;
        }
        Box::pin(stream::try_unfold(
            (self, rows),
            async |(mut bound, mut rows)| {
                let row = bound.wait(rows.try_next()).await?;
                Ok(row.map(|row| (row, (bound, rows))))
            },
        ))
    }
}

/// A transaction: undone unless it is committed.
#[derive(Debug)]
pub(super) struct Transaction {
    connection: Connection,
    /// Given back with the connection.
    _turn: Option<OwnedSemaphorePermit>,
}

/// A connection within a transaction.
#[derive(Debug)]
pub(super) struct Connection {
    inner: sqlx::Transaction<'static, Any>,
    bound: Bound,
}

impl Transaction {
    /// Keeps what was done. After an error of a server that went away, it may be kept or not.
    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        let Connection { inner, mut bound } = self.connection;
        bound.wait(inner.commit()).await
    }
}

impl Connection {
    /// The connection itself, for what sqlx does by itself and in its own time.
    pub(super) fn unbounded(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }
}

impl Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

type Step = Either<AnyQueryResult, AnyRow>;

impl<'p> Executor<'p> for &'_ Pool {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Step, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let bound = self.bound();
        bound.wait_for_rows(self.connections().fetch_many(query))
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<AnyRow>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let mut bound = self.bound();
        let row = self.connections().fetch_optional(query);
        Box::pin(async move { bound.wait(row).await })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement, sqlx::Error>>
    where
        'p: 'e,
    {
        let mut bound = self.bound();
        let prepared = self.connections().prepare_with(sql, parameters);
        Box::pin(async move { bound.wait(prepared).await })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Any>, sqlx::Error>>
    where
        'p: 'e,
    {
        let mut bound = self.bound();
        let described = self.connections().describe(sql);
        Box::pin(async move { bound.wait(described).await })
    }
}

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Step, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let rows = self.inner.fetch_many(query);
        self.bound.clone().wait_for_rows(rows)
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<AnyRow>, sqlx::Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let row = self.inner.fetch_optional(query);
        Box::pin(self.bound.wait(row))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement, sqlx::Error>>
    where
        'c: 'e,
    {
        let prepared = self.inner.prepare_with(sql, parameters);
        Box::pin(self.bound.wait(prepared))
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Any>, sqlx::Error>>
    where
        'c: 'e,
    {
        let described = self.inner.describe(sql);
        Box::pin(self.bound.wait(described))
    }
}
