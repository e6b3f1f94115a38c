//! Reads rows of many keys by few statements.

use sqlx::Any;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;

use super::Error;
use super::pool::Connection;

/// How many keys one statement reads: the number of placeholders below.
pub(super) const BATCH: usize = 32;

/// A statement that ends with `in ($1, …, $32)`. `Any` knows no arrays.
macro_rules! of_batch {
    ($sql:expr) => {
        concat!(
            $sql,
            " in ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
              $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)"
        )
    };
}
pub(super) use of_batch;

/// The rows of any number of keys, by a statement [`of_batch`].
pub(super) async fn rows_of(
    connection: &mut Connection,
    sql: &'static str,
    keys: &[String],
) -> Result<Vec<AnyRow>, Error> {
    let mut rows = Vec::new();
    for batch in keys.chunks(BATCH) {
        rows.extend(of_keys(sql, batch).fetch_all(&mut *connection).await?);
    }
    Ok(rows)
}

/// A statement [`of_batch`] with its keys, at least one and [`BATCH`] at most.
pub(super) fn of_keys<'q>(
    sql: &'static str,
    batch: &'q [impl AsRef<str>],
) -> Query<'q, Any, AnyArguments> {
    // What is missing of a full batch is filled with its last key again.
    let last = batch.last().expect("a batch is not empty");
    let mut query = sqlx::query(sql);
    for place in 0..BATCH {
        query = query.bind(batch.get(place).unwrap_or(last).as_ref());
    }
    query
}
