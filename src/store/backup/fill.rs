//! Writes the rows of a file into tables, some at a time.

use std::fmt::Write as _;
use std::io::Read;

use sqlx::any::AnyTypeInfoKind;
use sqlx::{AssertSqlSafe, Column, Executor, SqlSafeStr, Statement};

use super::read::{Line, Reader};
use super::{Cell, NotRestored, tables};
use crate::store::Error;
use crate::store::pool::Connection;

/// How many values one statement takes: SQLite allows 32,766, PostgreSQL 65,535.
const MAX_VALUES: usize = 1_000;
/// How much text waits to be written at most, in bytes, besides that of the latest row.
const MAX_WAITING_BYTES: usize = 1024 * 1024;

/// Writes what a file holds into tables that hold nothing.
pub(super) async fn fill(
    writing: &mut Connection,
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
    /// How much text they have, in bytes.
    bytes: usize,
}

impl Filling {
    /// `name` is a table of ours; columns are looked for among those that it has.
    async fn begin(
        writing: &mut Connection,
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
            bytes: 0,
        })
    }

    /// Adds a row; says whether it and those before it were written.
    async fn add(&mut self, writing: &mut Connection, row: Vec<Cell>) -> Result<bool, NotRestored> {
        let fits = |(cell, kind): (&Cell, &AnyTypeInfoKind)| match cell {
            Cell::Null => true,
            Cell::Number(_) => *kind == AnyTypeInfoKind::BigInt,
            Cell::Text(_) => *kind == AnyTypeInfoKind::Text,
        };
        if row.len() != self.kinds.len() || !row.iter().zip(&self.kinds).all(fits) {
            return Err(NotRestored::Changed);
        }
        let text = |cell: &Cell| match cell {
            Cell::Text(text) => text.len(),
            Cell::Null | Cell::Number(_) => 0,
        };
        self.bytes += row.iter().map(text).sum::<usize>();
        self.rows.push(row);
        let is_enough =
            (self.rows.len() + 1) * self.kinds.len() > MAX_VALUES || self.bytes > MAX_WAITING_BYTES;
        if is_enough {
            self.write(writing).await?;
        }
        Ok(is_enough)
    }

    async fn write(&mut self, writing: &mut Connection) -> Result<(), Error> {
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
        self.bytes = 0;
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
async fn finish(writing: &mut Connection, filling: Option<Filling>) -> Result<(), Error> {
    match filling {
        Some(mut filling) if !filling.rows.is_empty() => filling.write(writing).await,
        _ => Ok(()),
    }
}
