//! The keys that sign vouches: ours, and where those of others are found.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;
use url::Url;

use super::actors::role_in;
use super::pool::Connection;
use super::{Error, Store, Writing, actors, time, url_in};
use crate::domain::secret::PrivatePem;
use crate::domain::vouch::AssertionKey;
use crate::formats::activitypub::actor::RemoteActor;
use crate::formats::activitypub::addresses::Local;

/// A key of ours that is about to be kept.
#[derive(Debug, Clone)]
pub struct NewAssertionKey {
    /// Its id.
    pub id: Url,
    /// Which it is among its actor's, from 1.
    pub number: u32,
    /// The private half.
    pub private_pem: PrivatePem,
    /// The public half, as a Multikey.
    pub multibase: String,
}

/// What becomes of the key that a new one replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// It ends: what it signed counts on.
    Ended,
    /// Somebody else may have it: what it signed from now on is not to be believed.
    Lost,
}

const COLUMNS: &str = "select id, multibase, expired_at, revoked_at from assertion_keys
    where role = $1 order by number desc";

impl Store {
    /// The keys of one of ours as its actor lists them, the newest first.
    pub async fn assertion_keys(&self, role: Local) -> Result<Vec<AssertionKey>, Error> {
        let rows = sqlx::query(COLUMNS)
            .bind(role.word())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(key).collect()
    }

    /// The key in use of one of ours, with its private half.
    pub async fn signing_key(&self, role: Local) -> Result<Option<(Url, PrivatePem)>, Error> {
        let row = sqlx::query(
            "select id, private_pem from assertion_keys
             where role = $1 and expired_at is null and revoked_at is null
             order by number desc limit 1",
        )
        .bind(role.word())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id = url_in(&row, "assertion_keys", "id")?;
        let pem: String = row.try_get("private_pem")?;
        Ok(Some((id, PrivatePem::new(pem))))
    }

    /// Gives one of ours its first key, unless it has one: nodes founded by an earlier version have none.
    pub async fn keep_first_assertion_key(
        &self,
        role: Local,
        new: &NewAssertionKey,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut writing = self.begin_change().await?;
        if insert(&mut writing, role, new, now).await? {
            actors::touch(&mut writing, role, now).await?;
        }
        Self::end_change(writing, false).await
    }
}

async fn insert(
    writing: &mut Writing,
    role: Local,
    new: &NewAssertionKey,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let rows = sqlx::query(
        "insert into assertion_keys (id, role, number, private_pem, multibase, created_at)
         values ($1, $2, $3, $4, $5, $6) on conflict (role, number) do nothing",
    )
    .bind(new.id.as_str())
    .bind(role.word())
    .bind(i64::from(new.number))
    .bind(new.private_pem.expose())
    .bind(new.multibase.as_str())
    .bind(now.timestamp_millis())
    .execute(&mut **writing)
    .await?
    .rows_affected();
    if rows > 0 {
        writing.issuers_changed();
    }
    Ok(rows > 0)
}

/// Puts a new key of one of ours in the place of the one in use.
pub(super) async fn replace(
    writing: &mut Writing,
    role: Local,
    new: &NewAssertionKey,
    replaced: Replaced,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let end = match replaced {
        Replaced::Ended => {
            "update assertion_keys set expired_at = $1
             where role = $2 and expired_at is null and revoked_at is null"
        }
        Replaced::Lost => {
            "update assertion_keys set revoked_at = $1
             where role = $2 and expired_at is null and revoked_at is null"
        }
    };
    sqlx::query(end)
        .bind(now.timestamp_millis())
        .bind(role.word())
        .execute(&mut **writing)
        .await?;
    writing.issuers_changed();
    insert(writing, role, new, now).await?;
    actors::touch(writing, role, now).await
}

/// The keys an issuer lists, ours or as it was last read; `None` for one that was never read.
pub(super) async fn of_issuer(
    writing: &mut Writing,
    issuer: &Url,
) -> Result<Option<Vec<AssertionKey>>, Error> {
    let ours = sqlx::query("select role from local_actors where id = $1")
        .bind(issuer.as_str())
        .fetch_optional(&mut **writing)
        .await?;
    if let Some(ours) = ours {
        let role = role_in(&ours, "local_actors")?;
        return Ok(Some(listed(writing, role).await?));
    }
    Ok(remote(writing, issuer)
        .await?
        .map(|actor| actor.assertion_keys))
}

/// The keys of one of ours, the newest first.
pub(super) async fn listed(
    reading: &mut Connection,
    role: Local,
) -> Result<Vec<AssertionKey>, Error> {
    let rows = sqlx::query(COLUMNS)
        .bind(role.word())
        .fetch_all(reading)
        .await?;
    rows.iter().map(key).collect()
}

/// An actor elsewhere, as it was last read.
pub(super) async fn remote(writing: &mut Writing, id: &Url) -> Result<Option<RemoteActor>, Error> {
    let row = sqlx::query("select document from remote_actors where id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut **writing)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let document: String = row.try_get("document")?;
    // A row that cannot be read is told of where it is read for itself.
    Ok(serde_json::from_str(&document).ok())
}

fn key(row: &AnyRow) -> Result<AssertionKey, Error> {
    let moment = |column| Ok::<_, Error>(row.try_get::<Option<i64>, _>(column)?.map(time));
    Ok(AssertionKey {
        id: url_in(row, "assertion_keys", "id")?,
        multibase: row.try_get("multibase")?,
        expires: moment("expired_at")?,
        revoked: moment("revoked_at")?,
    })
}
