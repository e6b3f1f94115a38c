//! Fills an empty database from a file: all of it, or nothing.

use std::fmt::Write as _;
use std::io::{self, Read};

use sqlx::any::AnyTypeInfoKind;
use sqlx::migrate::MigrateError;
use sqlx::{AnyConnection, AssertSqlSafe, Column, Executor, SqlSafeStr, Statement};

use super::read::{Line, Reader};
use super::{Cell, Contents, MIGRATIONS_TABLE, tables, tables_of_now};
use crate::store::{Error, Store, migrations};

/// How many values one statement takes: SQLite allows 32,766, PostgreSQL 65,535.
const MAX_VALUES: usize = 1_000;
/// The tables that migrations put rows into, which therefore say nothing of whether a database is in use.
const NEVER_EMPTY: [&str; 2] = ["revision", "change_log"];

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum NotRestored {
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
    /// The tables could not be made.
    #[error("the tables cannot be made in this database")]
    NoTables(#[from] MigrateError),
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
        begin_anew(&mut writing, reader.contents.schema).await?;
        if let Err(error) = fill(&mut writing, &mut reader, &mut told).await {
            // A file that somebody changed breaks the rules of the tables as well: then that is why.
            while matches!(error, NotRestored::Store(_)) && reader.line()?.is_some() {}
            return Err(error);
        }
        migrations().run_direct(None, &mut *writing, false).await?;
        Self::end_change(writing, false).await?;
        self.adopt_what_is_known().await?;
        Ok(reader.contents)
    }
}

impl From<sqlx::Error> for NotRestored {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Makes the tables of a schema anew, without the rows that migrations put into them. The file brings
/// those as they became, and what later migrations do with rows is then done to its own.
async fn begin_anew(writing: &mut AnyConnection, schema: i64) -> Result<(), NotRestored> {
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
    let existing = existing.iter().rev().map(String::as_str);
    for table in existing.chain([MIGRATIONS_TABLE]) {
        let drop = AssertSqlSafe(format!("drop table {table}"));
        sqlx::query(drop).execute(&mut *writing).await?;
    }
    let migrations = migrations();
    migrations
        .run_direct(Some(schema), &mut *writing, false)
        .await?;
    for table in tables(schema).iter().rev() {
        let delete = AssertSqlSafe(format!("delete from {table}"));
        sqlx::query(delete).execute(&mut *writing).await?;
    }
    Ok(())
}

/// Writes what a file holds into tables that hold nothing.
async fn fill(
    writing: &mut AnyConnection,
    reader: &mut Reader<'_, impl Read>,
    told: &mut impl FnMut(u64),
) -> Result<(), NotRestored> {
    let known = tables(reader.contents.schema);
    let mut filling: Option<Filling> = None;
    while let Some(line) = reader.line()? {
        match line {
            Line::Table { name, columns } => {
                finish(writing, filling.take()).await?;
                if !known.contains(&name) {
                    return Err(NotRestored::Changed);
                }
                filling = Some(Filling::begin(writing, name, columns).await?);
            }
            Line::Row(row) => {
                let filling = filling.as_mut().ok_or(NotRestored::Changed)?;
                if filling.add(writing, row).await? {
                    told(reader.contents.rows);
                }
            }
        }
    }
    Ok(finish(writing, filling).await?)
}

/// A table on its way in.
struct Filling {
    /// The statement as far as the values.
    insert: String,
    kinds: Vec<AnyTypeInfoKind>,
    /// Rows that are not yet written.
    rows: Vec<Vec<Cell>>,
}

impl Filling {
    /// `name` is a table of ours; columns are looked for among those that it has.
    async fn begin(
        writing: &mut AnyConnection,
        name: String,
        columns: Vec<String>,
    ) -> Result<Self, NotRestored> {
        let all = AssertSqlSafe(format!("select * from {name}")).into_sql_str();
        let statement = writing.prepare(all).await?;
        let kinds = columns.iter().map(|column| {
            let mut known = statement.columns().iter();
            let known = known.find(|known| known.name() == column);
            known.map(|known| known.type_info().kind())
        });
        let kinds: Option<Vec<_>> = kinds.collect();
        let kinds = kinds.filter(|kinds| !kinds.is_empty());
        Ok(Self {
            insert: format!("insert into {name} ({}) values ", columns.join(", ")),
            kinds: kinds.ok_or(NotRestored::Changed)?,
            rows: Vec::new(),
        })
    }

    /// Adds a row; says whether it and those before it were written.
    async fn add(
        &mut self,
        writing: &mut AnyConnection,
        row: Vec<Cell>,
    ) -> Result<bool, NotRestored> {
        let fits = |(cell, kind): (&Cell, &AnyTypeInfoKind)| match cell {
            Cell::Null => true,
            Cell::Number(_) => *kind == AnyTypeInfoKind::BigInt,
            Cell::Text(_) => *kind == AnyTypeInfoKind::Text,
        };
        if row.len() != self.kinds.len() || !row.iter().zip(&self.kinds).all(fits) {
            return Err(NotRestored::Changed);
        }
        self.rows.push(row);
        let is_enough = (self.rows.len() + 1) * self.kinds.len() > MAX_VALUES;
        if is_enough {
            self.write(writing).await?;
        }
        Ok(is_enough)
    }

    async fn write(&mut self, writing: &mut AnyConnection) -> Result<(), Error> {
        let mut sql = self.insert.clone();
        for row in 0..self.rows.len() {
            for column in 0..self.kinds.len() {
                let before = match (row, column) {
                    (0, 0) => "(",
                    (_, 0) => "), (",
                    _ => ", ",
                };
                let number = row * self.kinds.len() + column + 1;
                write!(sql, "{before}${number}").expect("a String takes everything");
            }
        }
        sql.push(')');
        let mut insert = sqlx::query(AssertSqlSafe(sql));
        for row in self.rows.drain(..) {
            for (cell, kind) in row.into_iter().zip(&self.kinds) {
                insert = match (cell, kind) {
                    (Cell::Text(text), _) => insert.bind(text),
                    (Cell::Number(number), _) => insert.bind(number),
                    // PostgreSQL wants to know what is missing.
                    (Cell::Null, AnyTypeInfoKind::BigInt) => insert.bind(None::<i64>),
                    (Cell::Null, _) => insert.bind(None::<String>),
                };
            }
        }
        insert.execute(writing).await?;
        Ok(())
    }
}

/// Writes what is left of a table.
async fn finish(writing: &mut AnyConnection, filling: Option<Filling>) -> Result<(), Error> {
    match filling {
        Some(mut filling) if !filling.rows.is_empty() => filling.write(writing).await,
        _ => Ok(()),
    }
}
