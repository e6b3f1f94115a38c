//! What a copy holds, record by record as it was signed.

use std::collections::HashMap;
use std::io;

use serde_json::Value;
use sqlx::{AnyConnection, Row};

use super::{ORIGIN, corrupt};
use crate::formats::snapshot::{Kind, Record};
use crate::store::batch::{of_batch, rows_of};
use crate::store::{Error, Store};

/// How many ids are read at once: some statements of a batch.
const AT_ONCE: usize = 1024;

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
            ids.sort_unstable();
            for ids in ids.chunks(AT_ONCE) {
                for record in records(&mut snapshot, *kind, ids).await? {
                    if let Err(error) = take(HandedOn::Record(record)).await {
                        return Ok(Err(error));
                    }
                }
            }
        }
        Ok(Ok(true))
    }
}

async fn ids(snapshot: &mut AnyConnection, kind: Kind) -> Result<Vec<String>, Error> {
    let sql = "select id from mirrored where kind = $1";
    let ids = sqlx::query_scalar(sql).bind(kind.word());
    Ok(ids.fetch_all(snapshot).await?)
}

async fn records(
    snapshot: &mut AnyConnection,
    kind: Kind,
    ids: &[String],
) -> Result<Vec<Record>, Error> {
    const ALL: &str = of_batch!("select kind, id, document from mirrored where id");
    let rows = rows_of(snapshot, ALL, ids).await?;
    let mut texts: HashMap<String, String> = HashMap::with_capacity(rows.len());
    for row in &rows {
        if row.try_get::<String, _>("kind")? == kind.word() {
            texts.insert(row.try_get("id")?, row.try_get("document")?);
        }
    }
    let record = |id: &String| {
        Some(Record {
            kind,
            id: id.clone(),
            text: texts.remove(id)?,
        })
    };
    Ok(ids.iter().filter_map(record).collect())
}
