//! Fills an empty database from a file: all of it, or nothing.

use std::collections::BTreeMap;
use std::io::{self, Read};

use sqlx::any::AnyRow;
use sqlx::migrate::MigrateError;
use sqlx::{AssertSqlSafe, Row};

use super::fill::fill;
use super::read::Reader;
use super::{Contents, MIGRATIONS_TABLE, newest, tables, tables_of_now};
use crate::store::open::migrations;
use crate::store::pool::Connection;
use crate::store::{Error, Store};

/// The tables that migrations and the first edition of a server put rows into, which therefore say nothing
/// of whether a database is in use.
const NEVER_EMPTY: [&str; 3] = ["revision", "change_log", "tallies"];

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum NotRestored {
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
    /// The tables could not be made.
    #[error("the tables cannot be made in this database")]
    NoTables(#[from] MigrateError),
    /// The database holds what this program knows nothing of.
    #[error("a newer archipelago has changed this database: restore the backup with that one")]
    NewerDatabase,
    /// There is something in the database already.
    #[error(
        "this database holds something already (table {0}), and a backup goes into an empty one only: \
         name another with --database-url, or move this one away"
    )]
    NotEmpty(String),
    /// It is something else.
    #[error("this is no backup of an archipelago")]
    NoBackup,
    /// It is written in a format of another time.
    #[error(
        "this backup is written in version {0} of the format, which this archipelago does not read: use a newer one"
    )]
    OtherVersion(u64),
    /// Its tables are those of a newer program.
    #[error(
        "this backup comes from a newer archipelago: restore it with that one, or a newer one still"
    )]
    NewerTables,
    /// Its end is missing.
    #[error(
        "this backup ends too early, as one does that was not copied whole: copy it again, or use another"
    )]
    CutOff,
    /// It is not as it was written.
    #[error(
        "this backup is not as it was written, so none of it can be believed: copy it again, or use another"
    )]
    Changed,
    /// The disk does not give it back.
    #[error("this backup cannot be read")]
    Unreadable(#[source] io::Error),
}

impl Store {
    /// Fills this database, which must be empty, from a file, and brings the tables up to date. Tells after
    /// some rows how many there were. Whatever is wrong, nothing of it stays.
    pub async fn restore(
        &self,
        file: impl Read,
        mut told: impl FnMut(u64),
    ) -> Result<Contents, NotRestored> {
        let mut reader = Reader::begin(file)?;
        let mut writing = self.begin_change().await?;
        self.engine.wait_for_a_file(&mut writing).await?;
        let counters = begin_anew(&mut writing, reader.contents.schema).await?;
        if let Err(error) = fill(&mut writing, &mut reader, &mut told).await {
            // A file that somebody changed breaks the rules of the tables as well: then that is why.
            while matches!(error, NotRestored::Store(_)) && reader.line()?.is_some() {}
            return Err(error);
        }
        let revision = counters_of(&mut writing).await?.remove("directory");
        if revision != Some(reader.contents.revision) {
            return Err(NotRestored::Changed);
        }
        migrations()
            .run_direct(None, writing.unbounded(), false)
            .await?;
        if !counters_of(&mut writing).await?.keys().eq(counters.keys()) {
            return Err(NotRestored::Changed);
        }
        Self::adopt(&mut writing).await?;
        Self::end_change(writing, false).await?;
        Ok(reader.contents)
    }
}

impl From<sqlx::Error> for NotRestored {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The numbers that say how far this database is, by their names. Without them nothing opens it, and only
/// migrations make them.
async fn counters_of(reading: &mut Connection) -> Result<BTreeMap<String, i64>, Error> {
    let all = sqlx::query("select name, number from revision");
    let rows = all.fetch_all(&mut *reading).await?;
    let counter = |row: &AnyRow| Ok((row.try_get("name")?, row.try_get("number")?));
    rows.iter().map(counter).collect()
}

/// Makes the tables of a schema anew, without the rows that migrations put into them. The file brings
/// those as they became, and what later migrations do with rows is then done to its own. Gives the
/// counters that there were, which are those that there have to be in the end.
async fn begin_anew(
    writing: &mut Connection,
    schema: i64,
) -> Result<BTreeMap<String, i64>, NotRestored> {
    let made_by = "select max(version) from _sqlx_migrations";
    let made_by: i64 = sqlx::query_scalar(made_by).fetch_one(&mut *writing).await?;
    if made_by > newest() {
        return Err(NotRestored::NewerDatabase);
    }
    let existing = tables_of_now();
    for table in &existing {
        let some = AssertSqlSafe(format!("select 1 from {table} limit 1"));
        let is_in_use = !NEVER_EMPTY.contains(&table.as_str())
            && sqlx::query(some)
                .fetch_optional(&mut *writing)
                .await?
                .is_some();
        if is_in_use {
            return Err(NotRestored::NotEmpty(table.clone()));
        }
    }
    let counters = counters_of(writing).await?;
    let existing = existing.iter().rev().map(String::as_str);
    for table in existing.chain([MIGRATIONS_TABLE]) {
        let drop = AssertSqlSafe(format!("drop table {table}"));
        sqlx::query(drop).execute(&mut *writing).await?;
    }
    let migrations = migrations();
    migrations
        .run_direct(Some(schema), writing.unbounded(), false)
        .await?;
    for table in tables(schema).iter().rev() {
        let delete = AssertSqlSafe(format!("delete from {table}"));
        sqlx::query(delete).execute(&mut *writing).await?;
    }
    Ok(counters)
}
