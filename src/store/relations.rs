//! What one actor asks of another until it is answered: to become a member, to be allowed to vouch. Those
//! made to us wait for our people, those we made for others. And who wants nothing to do with us.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;
use url::Url;

use super::{Error, Store, Writing, time, url_in};
use crate::domain::word::worded;

/// How much may wait for an answer from one of ours: people read it, and strangers send it.
pub const MAX_ASKED: i64 = 1_000;

/// What kind of thing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationKind {
    /// It asks to become a member (Join).
    Application,
    /// It offers to vouch (Offer).
    Offer,
    /// It wants nothing to do with one of ours (Block).
    Block,
}

worded!(RelationKind {
    Application = "application",
    Offer = "offer",
    Block = "block",
});

/// What one actor says of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The activity that says it.
    pub id: Url,
    /// What kind of thing it is.
    pub kind: RelationKind,
    /// Who says it.
    pub actor: Url,
    /// Of whom.
    pub object: Url,
    /// The document that says it, as it came.
    pub document: String,
}

/// What became of something asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was granted.
    Accepted,
    /// It was not.
    Refused,
}

worded!(Verdict {
    Accepted = "accepted",
    Refused = "refused",
});

/// The answer to something asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What was asked, by its activity.
    pub asked: Url,
    /// Who answers: whom it was asked of.
    pub by: Url,
    /// What became of it.
    pub decision: Verdict,
    /// Why, in words.
    pub reason: Option<String>,
    /// The vouch that came of it.
    pub vouch: Option<Url>,
}

/// Something asked, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The activity that asks.
    pub id: Url,
    /// What is asked for.
    pub kind: RelationKind,
    /// Who asks.
    pub actor: Url,
    /// Whom.
    pub object: Url,
    /// The activity, as it came.
    pub document: Value,
    /// When.
    pub at: DateTime<Utc>,
    /// What became of it, and when.
    pub decision: Option<(Verdict, DateTime<Utc>)>,
    /// Why, in words.
    pub reason: Option<String>,
    /// The vouch that came of it.
    pub vouch: Option<Url>,
}

impl Relation {
    /// Keeps it in the place of what the same actor asked of the same before; what another said under
    /// this id stays, and what was withdrawn stays withdrawn. Where [`MAX_ASKED`] wait, nothing is kept.
    pub(super) async fn keep(
        &self,
        writing: &mut Writing,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        if self.kind != RelationKind::Block && self.before_it(writing).await? >= MAX_ASKED {
            return Ok(());
        }
        sqlx::query(
            "update relations set withdrawn_at = $1
             where kind = $2 and actor = $3 and object = $4 and id <> $5 and withdrawn_at is null",
        )
        .bind(now.timestamp_millis())
        .bind(self.kind.word())
        .bind(self.actor.as_str())
        .bind(self.object.as_str())
        .bind(self.id.as_str())
        .execute(&mut **writing)
        .await?;
        sqlx::query(
            "insert into relations (id, kind, actor, object, document, stated_at)
             values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing",
        )
        .bind(self.id.as_str())
        .bind(self.kind.word())
        .bind(self.actor.as_str())
        .bind(self.object.as_str())
        .bind(self.document.as_str())
        .bind(now.timestamp_millis())
        .execute(&mut **writing)
        .await?;
        Ok(())
    }
}

impl Relation {
    /// How many others wait for the same one's answer.
    async fn before_it(&self, writing: &mut Writing) -> Result<i64, Error> {
        let waiting = "select count(*) from relations
            where object = $1 and actor <> $2 and kind <> 'block' and decision is null
              and withdrawn_at is null";
        let waiting = sqlx::query_scalar(waiting)
            .bind(self.object.as_str())
            .bind(self.actor.as_str());
        Ok(waiting.fetch_one(&mut **writing).await?)
    }
}

impl Answer {
    /// Keeps it, if whoever answers was asked; a later answer replaces an earlier one.
    pub(super) async fn keep(
        &self,
        writing: &mut Writing,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        sqlx::query(
            "update relations set decision = $1, decided_at = $2, reason = $3, vouch = $4
             where id = $5 and object = $6 and withdrawn_at is null",
        )
        .bind(self.decision.word())
        .bind(now.timestamp_millis())
        .bind(self.reason.as_deref())
        .bind(self.vouch.as_ref().map(Url::as_str))
        .bind(self.asked.as_str())
        .bind(self.by.as_str())
        .execute(&mut **writing)
        .await?;
        Ok(())
    }
}

/// Withdraws what `actor` said under `id`.
pub(super) async fn withdraw(
    writing: &mut Writing,
    id: &Url,
    actor: &Url,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        "update relations set withdrawn_at = $1
         where id = $2 and actor = $3 and withdrawn_at is null",
    )
    .bind(now.timestamp_millis())
    .bind(id.as_str())
    .bind(actor.as_str())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

/// Withdraws what `actor` asked of `object`.
pub(super) async fn leave(
    writing: &mut Writing,
    actor: &Url,
    object: &Url,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        "update relations set withdrawn_at = $1
         where kind <> 'block' and actor = $2 and object = $3 and withdrawn_at is null",
    )
    .bind(now.timestamp_millis())
    .bind(actor.as_str())
    .bind(object.as_str())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

impl Store {
    /// What an actor asks of others, or others of it, and did not withdraw: the newest first.
    pub async fn asked_around(&self, actor: &Url) -> Result<Vec<Asked>, Error> {
        let rows = sqlx::query(
            "select id, kind, actor, object, document, stated_at, decision, decided_at, reason, vouch
             from relations
             where (actor = $1 or object = $1) and kind <> 'block' and withdrawn_at is null
             order by stated_at desc, id",
        )
        .bind(actor.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(asked).collect()
    }

    /// What two actors ask of each other and did not withdraw: the newest first.
    pub async fn asked_between(&self, one: &Url, other: &Url) -> Result<Vec<Asked>, Error> {
        let rows = sqlx::query(
            "select id, kind, actor, object, document, stated_at, decision, decided_at, reason, vouch
             from relations
             where ((actor = $1 and object = $2) or (actor = $2 and object = $1))
               and kind <> 'block' and withdrawn_at is null
             order by stated_at desc, id",
        )
        .bind(one.as_str())
        .bind(other.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(asked).collect()
    }
}

fn asked(row: &AnyRow) -> Result<Asked, Error> {
    let id = url_in(row, "relations", "id")?;
    let corrupt = |column, problem: String| Error::Corrupt {
        table: "relations",
        column,
        row: id.to_string(),
        problem,
    };
    let kind: String = row.try_get("kind")?;
    let kind = RelationKind::from_word(&kind)
        .ok_or_else(|| corrupt("kind", format!("{kind:?} is nothing that is said")))?;
    let document: String = row.try_get("document")?;
    let document =
        serde_json::from_str(&document).map_err(|error| corrupt("document", error.to_string()))?;
    let decision: Option<String> = row.try_get("decision")?;
    let decided_at: Option<i64> = row.try_get("decided_at")?;
    let decision = match (decision, decided_at) {
        (Some(word), Some(at)) => {
            let decision = Verdict::from_word(&word)
                .ok_or_else(|| corrupt("decision", format!("{word:?} is no decision")))?;
            Some((decision, time(at)))
        }
        _ => None,
    };
    let vouch: Option<String> = row.try_get("vouch")?;
    Ok(Asked {
        kind,
        actor: url_in(row, "relations", "actor")?,
        object: url_in(row, "relations", "object")?,
        document,
        at: time(row.try_get("stated_at")?),
        decision,
        reason: row.try_get("reason")?,
        vouch: vouch.and_then(|vouch| vouch.parse().ok()),
        id,
    })
}
