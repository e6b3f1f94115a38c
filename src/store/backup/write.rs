//! Reads everything in one state and writes it, a piece at a time.

use std::io::{self, Write};
use std::mem;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use ring::digest::{Context, SHA256};
use serde::Serialize;
use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{AssertSqlSafe, Column, Row, TypeInfo, ValueRef};
use zstd::stream::write::Encoder;

use super::few::Few;
use super::{Cell, Contents, FORMAT, Header, MAX_LINE_BYTES, Mark, VERSION, hex, newest, tables};
use crate::store::{Error, Store};

/// How much is handed on at once, in bytes: all that is held of a file, besides what zstd looks back on.
const PIECE_BYTES: usize = 16 * 1024;
/// How hard zstd tries: its own default.
const LEVEL: i32 = 3;

/// Why no file was written.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    /// The database.
    #[error(transparent)]
    Store(#[from] Error),
    /// It holds what this program knows nothing of.
    #[error("a newer archipelago has changed this database: make the backup with that one")]
    NewerTables,
    /// A column holds neither text nor a whole number: somebody wrote to the database beside us.
    #[error("table {table}, column {column}: neither a text nor a whole number")]
    NotOurs {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A row takes a line that nobody would read.
    #[error(
        "table {table}: a row takes more than {} MiB, which no restore would read",
        MAX_LINE_BYTES / 1024 / 1024
    )]
    TooLong {
        /// The table.
        table: String,
    },
    /// Whoever takes the pieces takes no more.
    #[error("the file cannot be written")]
    NotTaken(#[from] io::Error),
}

impl Store {
    /// Reads everything as it is at one moment, whoever writes meanwhile, and hands the file on in pieces,
    /// each with the number of rows read so far. A file whose last piece is missing is not whole, and
    /// nobody restores it.
    pub async fn back_up(
        &self,
        made_at: DateTime<Utc>,
        mut take: impl AsyncFnMut(Bytes, u64) -> io::Result<()>,
    ) -> Result<Contents, NotWritten> {
        let mut reading = self.engine.begin_reading(&self.pool).await?;
        let schema = "select max(version) from _sqlx_migrations";
        let schema: i64 = sqlx::query_scalar(schema).fetch_one(&mut *reading).await?;
        if schema > newest() {
            return Err(NotWritten::NewerTables);
        }
        let revision = "select number from revision where name = 'directory'";
        let revision: i64 = sqlx::query_scalar(revision)
            .fetch_one(&mut *reading)
            .await?;
        let header = Header {
            format: FORMAT.to_owned(),
            version: VERSION,
            schema,
            revision,
            made_at,
        };
        let mut writer = Writer::new(&header)?;
        for table in tables(schema) {
            let all = AssertSqlSafe(format!("select * from {table}"));
            let mut rows = sqlx::query(all).fetch(&mut *reading);
            let mut is_first = true;
            while let Some(row) = rows.try_next().await? {
                if mem::take(&mut is_first) {
                    writer.begin_table(&table, &row)?;
                }
                writer.add(&table, &row)?;
                if let Some(piece) = writer.piece() {
                    take(piece, writer.contents.rows).await?;
                }
            }
        }
        let (piece, contents) = writer.end()?;
        take(piece, contents.rows).await?;
        Ok(contents)
    }
}

impl From<sqlx::Error> for NotWritten {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A file as it grows.
struct Writer {
    out: Encoder<'static, Vec<u8>>,
    line: Vec<u8>,
    hash: Context,
    contents: Contents,
}

impl Writer {
    fn new(header: &Header) -> io::Result<Self> {
        let mut writer = Self {
            out: Encoder::new(Vec::new(), LEVEL)?,
            line: Vec::new(),
            hash: Context::new(&SHA256),
            contents: Contents::none_yet(header),
        };
        writer.write(header)?;
        Ok(writer)
    }

    fn begin_table(&mut self, table: &str, row: &AnyRow) -> io::Result<()> {
        self.contents.tables += 1;
        let columns = row.columns().iter();
        self.write(&Mark::Table {
            name: table.to_owned(),
            columns: Few(columns.map(|column| column.name().to_owned()).collect()),
        })
    }

    fn add(&mut self, table: &str, row: &AnyRow) -> Result<(), NotWritten> {
        let columns = row.columns().iter().enumerate();
        let cells = columns.map(|(place, column)| {
            cell(row, place)?.ok_or_else(|| NotWritten::NotOurs {
                table: table.to_owned(),
                column: column.name().to_owned(),
            })
        });
        let cells: Vec<Cell> = cells.collect::<Result<_, _>>()?;
        self.add_cells(table, &cells)
    }

    fn add_cells(&mut self, table: &str, cells: &[Cell]) -> Result<(), NotWritten> {
        self.contents.rows += 1;
        self.write(&cells)?;
        match self.line.len() > MAX_LINE_BYTES {
            true => Err(NotWritten::TooLong {
                table: table.to_owned(),
            }),
            false => Ok(()),
        }
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        self.hash.update(&self.line);
        self.out.write_all(&self.line)
    }

    /// What is ready to be handed on, if it is enough.
    fn piece(&mut self) -> Option<Bytes> {
        let ready = self.out.get_mut();
        (ready.len() >= PIECE_BYTES).then(|| mem::take(ready).into())
    }

    /// The last piece.
    fn end(mut self) -> io::Result<(Bytes, Contents)> {
        let sha256 = hex(&self.hash.clone().finish());
        let rows = self.contents.rows;
        self.write(&Mark::End { rows, sha256 })?;
        Ok((self.out.finish()?.into(), self.contents))
    }
}

/// What stands in a column; `None` where it is of no kind of ours.
fn cell(row: &AnyRow, place: usize) -> Result<Option<Cell>, sqlx::Error> {
    let value = row.try_get_raw(place)?;
    let kind = value.type_info().kind();
    Ok(match kind {
        _ if value.is_null() || value.type_info().is_null() => Some(Cell::Null),
        AnyTypeInfoKind::Text => Some(Cell::Text(row.try_get(place)?)),
        AnyTypeInfoKind::BigInt => Some(Cell::Number(row.try_get(place)?)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::snapshot::MAX_RECORD_BYTES;
    use crate::store::backup::check;

    /// A file with one row of one column.
    fn file_with(text: String) -> Result<Bytes, NotWritten> {
        let header = Header {
            format: FORMAT.to_owned(),
            version: VERSION,
            schema: newest(),
            revision: 0,
            made_at: DateTime::UNIX_EPOCH,
        };
        let mut writer = Writer::new(&header)?;
        writer.add_cells("mirrored", &[Cell::Text(text)])?;
        Ok(writer.end()?.0)
    }

    #[test]
    fn what_is_written_is_read_however_long_and_what_would_not_be_is_named() {
        let record = file_with("\"".repeat(MAX_RECORD_BYTES)).unwrap();
        assert_eq!(check(&record[..]).unwrap().rows, 1);
        // A line has brackets, quotes and its end besides.
        let longest = "a".repeat(MAX_LINE_BYTES - 5);
        let file = file_with(longest.clone()).unwrap();
        assert_eq!(check(&file[..]).unwrap().rows, 1);
        let refused = file_with(longest + "a").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "table mirrored: a row takes more than 17 MiB, which no restore would read"
        );
    }
}
