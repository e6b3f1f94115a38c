//! A database of its own for each test, on either engine.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use archipelago::store::Store;
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::{AnyConnection, AnyPool, Connection, Executor, Row};
use tempfile::TempDir;

use super::postgres;

/// An empty database, gone after the test.
pub struct Database {
    url: String,
    _directory: Option<TempDir>,
}

impl Database {
    /// A file of its own.
    pub async fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("archipelago.db");
        Self {
            url: format!("sqlite:{}", path.display()),
            _directory: Some(directory),
        }
    }

    /// A schema of its own, on the one server of this test binary, which goes with all of them.
    pub async fn postgres() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let schema = format!("t_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let server = postgres::url();
        let made = Self {
            url: format!("{server}&options[search_path]={schema}"),
            _directory: None,
        };
        made.execute(&format!("create schema {schema}")).await;
        made
    }

    /// The same database once more, for a second node over it; it goes with the first.
    pub fn shared(&self) -> Self {
        Self::at(&self.url)
    }

    /// A database that somebody else keeps.
    pub fn at(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            _directory: None,
        }
    }

    /// An empty database of the same engine.
    pub async fn another(&self) -> Self {
        match self.file() {
            Some(_) => Self::sqlite().await,
            None => Self::postgres().await,
        }
    }

    /// Its file, on SQLite.
    pub fn file(&self) -> Option<&str> {
        self.url.strip_prefix("sqlite:")
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens a store on it, as a node does.
    pub async fn store(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }

    /// Runs SQL beside every store, as a careless operator might.
    pub async fn execute(&self, sql: &str) {
        self.rows(sql).await;
    }

    /// Looks at rows beside every store: each column as a text, `-` for null.
    pub async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let mut connection = self.connection().await;
        let rows = rows(&mut connection, sql).await;
        connection.close().await.unwrap();
        rows
    }

    /// Every row of every table, but for the one that says which migrations there were.
    pub async fn everything(&self) -> BTreeMap<String, Vec<Vec<String>>> {
        let tables = match self.url.starts_with("sqlite:") {
            true => "select name from sqlite_master where type = 'table'",
            false => {
                "select cast(table_name as text) from information_schema.tables
                 where table_schema = current_schema()"
            }
        };
        let mut connection = self.connection().await;
        let mut everything = BTreeMap::new();
        for name in rows(&mut connection, tables).await.concat() {
            if name != "_sqlx_migrations" {
                let mut found = rows(&mut connection, &format!("select * from {name}")).await;
                found.sort();
                everything.insert(name, found);
            }
        }
        connection.close().await.unwrap();
        everything
    }

    async fn connection(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        be_patient(&mut connection).await.unwrap();
        connection
    }
}

/// Connections to a database beside every store.
pub async fn pool(url: &str) -> AnyPool {
    sqlx::any::install_default_drivers();
    let pool = AnyPoolOptions::new();
    let pool = pool.after_connect(|connection, _| Box::pin(be_patient(connection)));
    pool.connect(url).await.unwrap()
}

/// Has a connection to SQLite wait for whoever writes as long as those of a store do, 30 s: the five of sqlx are few
/// on a busy machine.
async fn be_patient(connection: &mut AnyConnection) -> sqlx::Result<()> {
    if connection.backend_name() == "SQLite" {
        connection.execute("pragma busy_timeout = 30000").await?;
    }
    Ok(())
}

async fn rows(connection: &mut AnyConnection, sql: &str) -> Vec<Vec<String>> {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    let rows = sqlx::query(sql).fetch_all(connection).await.unwrap();
    let text = |row: &AnyRow, column: usize| match row.try_get::<Option<i64>, _>(column) {
        Ok(number) => number.map(|number| number.to_string()),
        Err(_) => row.get::<Option<String>, _>(column),
    };
    let column = |row, column| text(row, column).unwrap_or_else(|| "-".to_owned());
    rows.iter()
        .map(|row| (0..row.len()).map(|place| column(row, place)).collect())
        .collect()
}

/// Makes two tests of each function that takes a [`Database`]: one per engine.
macro_rules! on_both_engines {
    ($(async fn $name:ident($database:ident: Database) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn check($database: Database) $body

            #[tokio::test]
            async fn sqlite() {
                check(Database::sqlite().await).await;
            }

            #[tokio::test]
            async fn postgres() {
                check(Database::postgres().await).await;
            }
        }
    )+};
}
pub(crate) use on_both_engines;
