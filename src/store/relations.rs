//! What one actor says of another and people have yet to decide: kept as it was said.

use chrono::{DateTime, Utc};
use url::Url;

use super::{Error, Writing};
use crate::domain::word::worded;

/// What kind of thing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationKind {
    /// It asks to become a member (Join).
    Application,
    /// It offers to vouch (Offer).
    Offer,
    /// It counts another among its members (Add).
    Member,
    /// It wants nothing to do with one of ours (Block).
    Block,
}

worded!(RelationKind {
    Application = "application",
    Offer = "offer",
    Member = "member",
    Block = "block",
});

/// What one actor says of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The activity or object that says it.
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

impl Relation {
    /// Keeps it; what another said under this id stays, and what was withdrawn stays withdrawn.
    pub(super) async fn keep(
        &self,
        writing: &mut Writing,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
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
         where kind = 'application' and actor = $2 and object = $3 and withdrawn_at is null",
    )
    .bind(now.timestamp_millis())
    .bind(actor.as_str())
    .bind(object.as_str())
    .execute(&mut **writing)
    .await?;
    Ok(())
}
