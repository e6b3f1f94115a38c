//! A database that is a copy of another directory: whose, how far, and what went wrong last.
//!
//! Such a database lists what its origin signed and nothing else, so every other change of the directory
//! is refused (`begin_change`).

mod hand_on;
mod keep;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;
use url::Url;

use super::pool::Connection;
use super::writing::Writing;
use super::{Error, Store, time, url_in};
use crate::domain::vouch::AssertionKey;
use crate::formats::activitypub::directory_state::{self, DirectoryState};
use crate::formats::snapshot::{Chosen, Kind};

pub use hand_on::HandedOn;
pub use keep::{Copied, Copying};

/// The name of the one row.
const ORIGIN: &str = "origin";

/// Whose copy a database is, and how it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Mirror {
    /// The address of the directory that is copied.
    pub origin: Url,
    /// Whose signature is believed, once it was read.
    pub pinned: Option<Pinned>,
    /// The signed state of what is held, once there is any.
    pub signed: Option<Value>,
    /// When the origin last said that this is how it stands.
    pub heard_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed, if it did, and when.
    pub trouble: Option<(String, DateTime<Utc>)>,
}

/// An actor whose signature is believed.
#[derive(Debug, Clone, PartialEq)]
pub struct Pinned {
    /// Its id.
    pub actor: Url,
    /// Its keys as it listed them.
    pub keys: Vec<AssertionKey>,
    /// When that was read.
    pub read_at: DateTime<Utc>,
}

/// What came of the wish to make a database a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is one from now on.
    Now,
    /// It was one of this directory already.
    Already,
    /// It is a copy of another.
    OfAnother(Url),
    /// It holds a directory of its own, or is a node's.
    InUse,
}

impl Store {
    /// Whose copy this database is, if it is one.
    pub async fn mirror(&self) -> Result<Option<Mirror>, Error> {
        let sql = "select origin, actor, keys, keys_read_at, signed, heard_at, error, error_at
             from mirror where name = $1";
        let row = sqlx::query(sql).bind(ORIGIN).fetch_optional(&self.pool);
        row.await?.as_ref().map(mirror).transpose()
    }

    /// Makes an empty database a copy of the directory at an address, or says why not.
    pub async fn begin_mirror(&self, origin: &Url, now: DateTime<Utc>) -> Result<Begun, Error> {
        let mut writing = self.begin_mirroring().await?;
        let known = sqlx::query("select origin from mirror where name = $1")
            .bind(ORIGIN)
            .fetch_optional(&mut *writing)
            .await?;
        if let Some(row) = known {
            let known = url_in(&row, "mirror", "origin")?;
            return Ok(match known == *origin {
                true => Begun::Already,
                false => Begun::OfAnother(known),
            });
        }
        for taken in [
            "select id from hosters limit 1",
            "select role from local_actors limit 1",
            "select actor from anchors limit 1",
            "select domain from blocks limit 1",
        ] {
            let row = sqlx::query(taken).fetch_optional(&mut *writing).await?;
            if row.is_some() {
                return Ok(Begun::InUse);
            }
        }
        sqlx::query("insert into mirror (name, origin, began_at) values ($1, $2, $3)")
            .bind(ORIGIN)
            .bind(origin.as_str())
            .bind(now.timestamp_millis())
            .execute(&mut *writing)
            .await?;
        Self::end_change(writing, false).await?;
        Ok(Begun::Now)
    }

    /// Notes whose signature is believed from now on.
    pub async fn pin(&self, pinned: &Pinned) -> Result<(), Error> {
        let keys = serde_json::to_string(&pinned.keys).expect("keys have only text keys");
        let sql = "update mirror set actor = $1, keys = $2, keys_read_at = $3 where name = $4";
        sqlx::query(sql)
            .bind(pinned.actor.as_str())
            .bind(keys)
            .bind(pinned.read_at.timestamp_millis())
            .bind(ORIGIN)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Notes that the origin was heard, and its signature if that is a newer one of the state that is held:
    /// another replica may have kept another state meanwhile.
    pub async fn note_heard(&self, signed: &Value, now: DateTime<Utc>) -> Result<(), Error> {
        let mut writing = self.begin_mirroring().await?;
        let held = held_state(&mut writing).await?;
        let said = directory_state::read(signed).ok().map(|(said, _)| said);
        let is_of_it = held.zip(said).is_some_and(|(held, said)| {
            (held.revision, &held.state) == (said.revision, &said.state)
                && held.issued <= said.issued
        });
        if is_of_it {
            sqlx::query("update mirror set signed = $1 where name = $2")
                .bind(signed.to_string())
                .bind(ORIGIN)
                .execute(&mut *writing)
                .await?;
        }
        sqlx::query(
            "update mirror set heard_at = $1, error = null, error_at = null where name = $2",
        )
        .bind(now.timestamp_millis())
        .bind(ORIGIN)
        .execute(&mut *writing)
        .await?;
        Self::end_change(writing, false).await
    }

    /// Notes why an attempt failed; what is held stays.
    pub async fn note_not_copied(&self, why: &str, now: DateTime<Utc>) -> Result<(), Error> {
        sqlx::query("update mirror set error = $1, error_at = $2 where name = $3")
            .bind(why)
            .bind(now.timestamp_millis())
            .bind(ORIGIN)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Begins a transaction that changes what a copy holds, in its turn.
    async fn begin_mirroring(&self) -> Result<Writing, Error> {
        let taking = "update revision set number = number where name = 'directory'";
        let (writing, _) = self.begin_taking(taking).await?;
        Ok(writing)
    }
}

/// What is signed of what is held, as a connection sees it; `None` where nothing is, or nothing readable.
async fn held_state(connection: &mut Connection) -> Result<Option<DirectoryState>, Error> {
    let sql = "select signed from mirror where name = $1 and signed is not null";
    let signed: Option<String> = sqlx::query_scalar(sql)
        .bind(ORIGIN)
        .fetch_optional(connection)
        .await?;
    let signed = signed.and_then(|text| serde_json::from_str(&text).ok());
    let read = signed.and_then(|signed: Value| directory_state::read(&signed).ok());
    Ok(read.map(|(said, _)| said))
}

/// What the operator of the origin chose, where the database is a copy.
pub(super) async fn chosen(snapshot: &mut Connection) -> Result<Option<Chosen>, Error> {
    let sql = "select document from mirrored where kind = $1";
    let row = sqlx::query(sql).bind(Kind::Choices.word());
    let Some(row) = row.fetch_optional(snapshot).await? else {
        return Ok(None);
    };
    let document: String = row.try_get("document")?;
    let chosen = serde_json::from_str(&document);
    let chosen = chosen.map_err(|error| corrupt("mirrored", "document", "choices", error))?;
    Ok(Some(chosen))
}

fn mirror(row: &AnyRow) -> Result<Mirror, Error> {
    let moment = |column| Ok::<_, Error>(row.try_get::<Option<i64>, _>(column)?.map(time));
    let text = |column| Ok::<_, Error>(row.try_get::<Option<String>, _>(column)?);
    let read = |column, text: String| {
        serde_json::from_str(&text).map_err(|error| corrupt("mirror", column, ORIGIN, error))
    };
    let pinned = match (text("actor")?, text("keys")?, moment("keys_read_at")?) {
        (Some(_), Some(keys), Some(read_at)) => Some(Pinned {
            actor: url_in(row, "mirror", "actor")?,
            keys: serde_json::from_str(&keys)
                .map_err(|error| corrupt("mirror", "keys", ORIGIN, error))?,
            read_at,
        }),
        _ => None,
    };
    Ok(Mirror {
        origin: url_in(row, "mirror", "origin")?,
        pinned,
        signed: text("signed")?
            .map(|text| read("signed", text))
            .transpose()?,
        heard_at: moment("heard_at")?,
        trouble: text("error")?.zip(moment("error_at")?),
    })
}

fn corrupt(
    table: &'static str,
    column: &'static str,
    row: &str,
    problem: impl std::fmt::Display,
) -> Error {
    Error::Corrupt {
        table,
        column,
        row: row.to_owned(),
        problem: problem.to_string(),
    }
}
