//! The actors of this node, and their keys: the only table that holds a private one.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;
use url::Url;

use super::{Error, Store, Writing, keep, time, url_in};
use crate::domain::hoster::Hoster;
use crate::domain::secret::PrivatePem;
use crate::domain::text::Name;
use crate::formats::activitypub::addresses::Local;

/// An actor of this node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalActor {
    /// Which of ours it is.
    pub role: Local,
    /// Its id.
    pub id: Url,
    /// The name before the `@`.
    pub username: String,
    /// The name people read.
    pub name: Name,
    /// Since when it is.
    pub created_at: DateTime<Utc>,
    /// When its document last changed.
    pub updated_at: DateTime<Utc>,
}

/// A key of one of ours.
#[derive(Debug, Clone)]
pub struct LocalKey {
    /// Its id.
    pub id: Url,
    /// Which it is among its actor's, from 1.
    pub number: u32,
    /// The public half (PEM, SPKI).
    pub public_pem: String,
    /// The private half.
    pub private_pem: PrivatePem,
    /// Since when another is in its place.
    pub retired_at: Option<DateTime<Utc>>,
}

/// A key that is about to be kept; the store numbers it.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its id.
    pub id: Url,
    /// Which it is among its actor's, from 1.
    pub number: u32,
    /// The public half (PEM, SPKI).
    pub public_pem: String,
    /// The private half.
    pub private_pem: PrivatePem,
}

impl Store {
    /// Makes this node what it is on ActivityPub: its actors, each with its first key, the hoster
    /// it belongs to, and the hash of the token of whoever manages it. `false` if it is something already, which stays as it was.
    pub async fn found(
        &self,
        actors: &[(LocalActor, NewKey)],
        hoster: Option<&Hoster>,
        token_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let mut writing = self.begin_change().await?;
        let taken = sqlx::query("select role from local_actors limit 1")
            .fetch_optional(&mut *writing)
            .await?;
        if taken.is_some() {
            return Ok(false);
        }
        for (actor, key) in actors {
            sqlx::query(
                "insert into local_actors (role, id, username, name, created_at, updated_at)
                 values ($1, $2, $3, $4, $5, $5)",
            )
            .bind(actor.role.word())
            .bind(actor.id.as_str())
            .bind(actor.username.as_str())
            .bind(actor.name.as_str())
            .bind(now.timestamp_millis())
            .execute(&mut *writing)
            .await?;
            keep_key(&mut writing, actor.role, key, now).await?;
        }
        if let Some(hoster) = hoster {
            keep::keep_hoster(&mut writing, hoster, now).await?;
        }
        writing.issuers_changed();
        super::tokens::keep(&mut writing, token_hash, "init", now).await?;
        Self::end_change(writing, true).await?;
        Ok(true)
    }

    /// The actors of this node, the node's own first; none before it was founded.
    pub async fn local_actors(&self) -> Result<Vec<LocalActor>, Error> {
        let rows = sqlx::query(
            "select role, id, username, name, created_at, updated_at from local_actors",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut actors = rows.iter().map(actor).collect::<Result<Vec<_>, _>>()?;
        actors.sort_by_key(|actor| actor.role);
        Ok(actors)
    }

    /// The keys of one of ours, the newest first: that one is in use.
    pub async fn local_keys(&self, role: Local) -> Result<Vec<LocalKey>, Error> {
        let rows = sqlx::query(
            "select id, number, private_pem, public_pem, retired_at from local_keys
             where role = $1 order by number desc",
        )
        .bind(role.word())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(LocalKey {
                    id: url_in(row, "local_keys", "id")?,
                    number: u32::try_from(row.try_get::<i64, _>("number")?).unwrap_or(u32::MAX),
                    public_pem: row.try_get("public_pem")?,
                    private_pem: PrivatePem::new(row.try_get::<String, _>("private_pem")?),
                    retired_at: row.try_get::<Option<i64>, _>("retired_at")?.map(time),
                })
            })
            .collect()
    }
}

/// The actor of ours in a row.
pub(super) fn actor(row: &AnyRow) -> Result<LocalActor, Error> {
    let id = url_in(row, "local_actors", "id")?;
    let name: String = row.try_get("name")?;
    Ok(LocalActor {
        role: role_in(row, "local_actors")?,
        username: row.try_get("username")?,
        name: Name::parse(&name).map_err(|error| Error::Corrupt {
            table: "local_actors",
            column: "name",
            row: id.to_string(),
            problem: error.to_string(),
        })?,
        id,
        created_at: time(row.try_get("created_at")?),
        updated_at: time(row.try_get("updated_at")?),
    })
}

/// The role in a row of `table`.
pub(super) fn role_in(row: &AnyRow, table: &'static str) -> Result<Local, Error> {
    let word: String = row.try_get("role")?;
    Local::from_word(&word).ok_or_else(|| Error::Corrupt {
        table,
        column: "role",
        row: word.clone(),
        problem: "is none of ours".to_owned(),
    })
}

async fn keep_key(
    writing: &mut Writing,
    role: Local,
    key: &NewKey,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        "insert into local_keys (id, role, number, private_pem, public_pem, created_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(key.id.as_str())
    .bind(role.word())
    .bind(i64::from(key.number))
    .bind(key.private_pem.expose())
    .bind(key.public_pem.as_str())
    .bind(now.timestamp_millis())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// The id of one of ours.
pub(super) async fn id_of(writing: &mut Writing, role: Local) -> Result<Url, Error> {
    let row = sqlx::query("select id from local_actors where role = $1")
        .bind(role.word())
        .fetch_one(&mut **writing)
        .await?;
    url_in(&row, "local_actors", "id")
}

/// Retires the key in use and puts another in its place.
pub(super) async fn rotate(
    writing: &mut Writing,
    role: Local,
    key: &NewKey,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    // What is still owed goes out before the new key is announced, so it is signed as it would have been.
    sqlx::query(
        "update outbox set key_id = (
           select id from local_keys where role = $1 and retired_at is null)
         where role = $1 and key_id is null and seq in (select seq from owed)",
    )
    .bind(role.word())
    .execute(&mut **writing)
    .await?;
    sqlx::query("update local_keys set retired_at = $1 where role = $2 and retired_at is null")
        .bind(now.timestamp_millis())
        .bind(role.word())
        .execute(&mut **writing)
        .await?;
    keep_key(writing, role, key, now).await?;
    touch(writing, role, now).await
}

/// Notes that the document of one of ours is another now.
pub(super) async fn touch(
    writing: &mut Writing,
    role: Local,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query("update local_actors set updated_at = $1 where role = $2")
        .bind(now.timestamp_millis())
        .bind(role.word())
        .execute(&mut **writing)
        .await?;
    Ok(())
}
