//! Actors elsewhere, as last read.

use chrono::{DateTime, Utc};
use sqlx::Row;
use url::Url;

use super::{Error, Store, Writing, assertion_keys, vouches};
use crate::formats::activitypub::actor::RemoteActor;

impl Store {
    /// An actor elsewhere, and when it was last read.
    pub async fn remote_actor(
        &self,
        id: &Url,
    ) -> Result<Option<(RemoteActor, DateTime<Utc>)>, Error> {
        let row = sqlx::query("select document, fetched_at from remote_actors where id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let document: String = row.try_get("document")?;
        let actor = serde_json::from_str(&document).map_err(|error| Error::Corrupt {
            table: "remote_actors",
            column: "document",
            row: id.to_string(),
            problem: error.to_string(),
        })?;
        Ok(Some((actor, super::time(row.try_get("fetched_at")?))))
    }
}

/// Keeps an actor as it was just read. Where it moved its inbox, what is owed to it moves along
/// with the next activity only: what was owed before was owed to the old address. Says whether visitors
/// can see a difference: its vouches may count now, or no longer.
pub(super) async fn keep(
    writing: &mut Writing,
    actor: &RemoteActor,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let before = assertion_keys::remote(writing, &actor.id).await?;
    let listed = before.as_ref().map(|before| &before.assertion_keys);
    let visible = match listed == Some(&actor.assertion_keys) {
        true => false,
        false => vouches::recheck(writing, &actor.id, &actor.assertion_keys).await?,
    };
    let document = serde_json::to_string(actor).expect("an actor has only text keys");
    sqlx::query(
        "insert into remote_actors (id, document, inbox, fetched_at) values ($1, $2, $3, $4)
         on conflict (id) do update
         set document = excluded.document, inbox = excluded.inbox, fetched_at = excluded.fetched_at",
    )
    .bind(actor.id.as_str())
    .bind(document)
    .bind(actor.delivery_inbox().as_str())
    .bind(now.timestamp_millis())
    .execute(&mut **writing)
    .await?;
    if before.as_ref() != Some(actor) {
        writing.issuers_changed();
    }
    Ok(visible)
}

/// Forgets an actor, whom it follows and who follows it.
pub(super) async fn remove(writing: &mut Writing, id: &str) -> Result<(), Error> {
    let removed = sqlx::query("delete from remote_actors where id = $1")
        .bind(id)
        .execute(&mut **writing)
        .await?
        .rows_affected();
    if removed == 0 {
        return Ok(());
    }
    writing.issuers_changed();
    // Whatever it vouched for is by somebody of whom no key is known.
    vouches::changed_all_of(writing, id).await
}
