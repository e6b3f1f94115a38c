//! What a copy holds, record by record as it was signed.

use std::collections::HashMap;
use std::io;

use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{ORIGIN, corrupt};
use crate::formats::snapshot::{Kind, Record};
use crate::store::batch::{BATCH, of_batch, of_keys};
use crate::store::pool::Connection;
use crate::store::{Error, Store};

/// How many bytes of records are read at once; more only where a single one has more.
const MAX_READ_BYTES: i64 = 8 * 1024 * 1024;

/// A part of what a copy holds.
#[derive(Debug)]
pub enum HandedOn {
    /// What its origin signed; it comes first.
    Signed(Box<Value>),
    /// A record; they come in the order of kinds and ids.
    Record(Record),
}

impl Store {
    /// Hands on what a copy holds, at one moment. Nothing where there is none yet, or where whoever takes it
    /// wants no more.
    pub async fn hand_on(
        &self,
        mut take: impl AsyncFnMut(HandedOn) -> io::Result<()>,
    ) -> Result<io::Result<bool>, Error> {
        let mut snapshot = self.engine.begin_reading(&self.pool).await?;
        let signed: Option<String> =
            sqlx::query_scalar("select signed from mirror where name = $1 and signed is not null")
                .bind(ORIGIN)
                .fetch_optional(&mut *snapshot)
                .await?;
        let Some(signed) = signed else {
            return Ok(Ok(false));
        };
        let signed = serde_json::from_str(&signed);
        let signed = signed.map_err(|error| corrupt("mirror", "signed", ORIGIN, error))?;
        if let Err(error) = take(HandedOn::Signed(Box::new(signed))).await {
            return Ok(Err(error));
        }
        for kind in Kind::ALL {
            // Ordered here and not in SQL, where the order of texts is the server's choice.
            let mut ids = ids(&mut snapshot, *kind).await?;
            ids.sort_unstable_by(|a, b| a.id.cmp(&b.id));
            for batch in batches(&ids) {
                for record in records(&mut snapshot, *kind, batch).await? {
                    if let Err(error) = take(HandedOn::Record(record)).await {
                        return Ok(Err(error));
                    }
                }
            }
        }
        Ok(Ok(true))
    }
}

/// An id, and how many bytes its record has.
struct Listed {
    id: String,
    bytes: i64,
}

async fn ids(snapshot: &mut Connection, kind: Kind) -> Result<Vec<Listed>, Error> {
    let sql = "select id, cast(octet_length(document) as bigint) as bytes
         from mirrored where kind = $1";
    let rows = sqlx::query(sql).bind(kind.word()).fetch_all(snapshot);
    let listed = |row: &AnyRow| {
        Ok(Listed {
            id: row.try_get("id")?,
            bytes: row.try_get("bytes")?,
        })
    };
    rows.await?.iter().map(listed).collect()
}

/// The same in parts that one statement reads, none of more than [`MAX_READ_BYTES`] unless it is one record.
fn batches(mut ids: &[Listed]) -> impl Iterator<Item = &[Listed]> {
    std::iter::from_fn(move || {
        let mut bytes = 0i64;
        let fits = |one: &&Listed| {
            bytes = bytes.saturating_add(one.bytes);
            bytes <= MAX_READ_BYTES
        };
        let fitting = ids.iter().take(BATCH).take_while(fits).count();
        let (batch, rest) = ids.split_at(fitting.max(1).min(ids.len()));
        ids = rest;
        (!batch.is_empty()).then_some(batch)
    })
}

async fn records(
    snapshot: &mut Connection,
    kind: Kind,
    batch: &[Listed],
) -> Result<Vec<Record>, Error> {
    const ALL: &str = of_batch!("select id, document from mirrored where kind = $33 and id");
    let rows = of_keys(ALL, batch).bind(kind.word()).fetch_all(snapshot);
    let mut texts: HashMap<String, String> = HashMap::with_capacity(batch.len());
    for row in rows.await? {
        texts.insert(row.try_get("id")?, row.try_get("document")?);
    }
    let record = |Listed { id, .. }: &Listed| {
        Some(Record {
            kind,
            id: id.clone(),
            text: texts.remove(id)?,
        })
    };
    Ok(batch.iter().filter_map(record).collect())
}

impl AsRef<str> for Listed {
    fn as_ref(&self) -> &str {
        &self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(bytes: &[i64]) -> Vec<usize> {
        let listed = |bytes: &i64| Listed {
            id: String::new(),
            bytes: *bytes,
        };
        let ids: Vec<Listed> = bytes.iter().map(listed).collect();
        batches(&ids).map(<[Listed]>::len).collect()
    }

    #[test]
    fn so_many_bytes_are_read_at_once_and_a_larger_record_alone() {
        const ALL: i64 = MAX_READ_BYTES;
        assert_eq!(lengths(&[]), [0; 0]);
        assert_eq!(lengths(&[1; BATCH + 1]), [BATCH, 1]);
        assert_eq!(lengths(&[ALL / 2, ALL / 2, 1]), [2, 1]);
        assert_eq!(lengths(&[1, 2 * ALL, ALL, 1, i64::MAX]), [1, 1, 1, 1, 1]);
    }
}
