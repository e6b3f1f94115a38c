//! Everything the store holds as one file, the same for both engines, and back.
//!
//! A file is zstd (RFC 8878) around JSON lines. The first says what it is. For each table that
//! holds anything there is a line with its name and columns, then a line for each row: a list of texts,
//! whole numbers and nulls, which is all that columns hold. The last line has the number of rows and the
//! SHA-256 of all lines before it, so that a file that was cut off or changed is told from a whole one.
//! Which tables there are is read from the migrations, so that none can be forgotten.

mod few;
mod fill;
mod read;
mod restore;
mod write;

pub use read::check;
pub use restore::NotRestored;
pub use write::NotWritten;

use chrono::{DateTime, Utc};
use ring::digest::Digest;
use serde::{Deserialize, Serialize};

use super::open::migrations;
use crate::formats::snapshot::MAX_RECORD_BYTES;
use few::Few;

/// What the first line calls the format.
const FORMAT: &str = "archipelago-backup";
/// The version of the format that is written and read.
const VERSION: u64 = 1;
/// The longest line that is written and read, in bytes. What a mirror holds is the longest: a record, which is
/// JSON and at most doubles as a text in JSON, and 1 MiB for what stands beside it.
const MAX_LINE_BYTES: usize = 2 * MAX_RECORD_BYTES + 1024 * 1024;
/// The table in which sqlx notes which migrations there were.
const MIGRATIONS_TABLE: &str = "_sqlx_migrations";

/// What a file says of itself in its first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Header {
    format: String,
    version: u64,
    /// The latest migration of the database that it was read from.
    schema: i64,
    /// The directory's revision.
    revision: i64,
    made_at: DateTime<Utc>,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contents {
    /// The latest migration of the database that it was read from.
    pub schema: i64,
    /// The directory's revision at that moment.
    pub revision: i64,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// How many tables hold anything.
    pub tables: u64,
    /// How many rows they have together.
    pub rows: u64,
}

impl Contents {
    fn none_yet(header: &Header) -> Self {
        Self {
            schema: header.schema,
            revision: header.revision,
            made_at: header.made_at,
            tables: 0,
            rows: 0,
        }
    }
}

/// A line that is no row: where a table begins, and the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Mark {
    Table { name: String, columns: Few<String> },
    End { rows: u64, sha256: String },
}

/// What stands in one column of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Cell {
    Null,
    Number(i64),
    Text(String),
}

/// The latest migration that this program knows.
pub(super) fn newest() -> i64 {
    let versions = migrations().iter().map(|migration| migration.version).max();
    versions.expect("there are migrations")
}

/// Every table of this program's schema, those first that others refer to.
pub fn tables_of_now() -> Vec<String> {
    tables(newest())
}

/// The tables that the migrations up to one make, in their order: those first that others refer to.
fn tables(schema: i64) -> Vec<String> {
    let migrations = migrations();
    let known = migrations.iter().filter(|known| known.version <= schema);
    let mut tables = Vec::new();
    for line in known.flat_map(|migration| migration.sql.as_str().lines()) {
        let names = |verb| line.strip_prefix(verb)?.split([' ', ';']).next();
        if let Some(made) = names("create table ") {
            tables.push(made.to_owned());
        } else if let Some(dropped) = names("drop table ") {
            tables.retain(|table| table != dropped);
        }
    }
    tables
}

fn hex(digest: &Digest) -> String {
    let bytes = digest.as_ref().iter();
    bytes.map(|byte| format!("{byte:02x}")).collect()
}
