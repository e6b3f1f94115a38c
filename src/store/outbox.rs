//! Activities of ours, in their order, and to whom each is owed.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;
use url::Url;

use super::{Error, Store, Writing, actors, url_in};
use crate::formats::activitypub::addresses::Local;

/// An activity about to be published. Its document is sent byte for byte as it is kept, so that one
/// that is sent again is the same.
#[derive(Debug, Clone)]
pub struct Publication {
    /// Which of ours says it.
    pub role: Local,
    /// Its id.
    pub id: Url,
    /// The object it embeds that has no other place: a post of ours.
    pub object: Option<Url>,
    /// The document.
    pub document: Value,
    /// Who is told.
    pub audience: Audience,
    /// The key to sign it with, where that is not the one in use.
    pub key: Option<Url>,
}

/// Who is told of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Every follower.
    Followers,
    /// Every follower, and one inbox that need not be a follower's.
    FollowersAnd(Url),
    /// Followers that read records.
    Nodes,
    /// The same, of what is soon of no use to anybody: it is not part of the public outbox, and does not wait
    /// for who is out of reach.
    NodesForNow,
    /// Followers that are timelines.
    People,
    /// One inbox, and not the public outbox.
    Inbox(Url),
    /// One inbox alone: whoever asks for the activity at its address is not shown it.
    Confidential(Url),
}

/// An activity as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its place in the order.
    pub seq: i64,
    /// Its id.
    pub id: Url,
    /// Which of ours said it.
    pub role: Local,
    /// The document, as it is sent.
    pub document: String,
    /// The key to sign it with, where that is not the one in use.
    pub key: Option<Url>,
}

const COLUMNS_OF: &str = "outbox";

impl Store {
    /// The activity with this id, or the one that embeds the post with this id; not what was for one
    /// reader alone.
    pub async fn published(&self, id: &Url) -> Result<Option<Published>, Error> {
        let row = sqlx::query(
            "select seq, id, role, document, key_id from outbox
             where (id = $1 or object = $1) and confidential_at is null order by seq limit 1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(published).transpose()
    }

    /// One page of what one of ours published for everyone, the newest first, and how much there is.
    pub async fn outbox(
        &self,
        role: Local,
        limit: u32,
        offset: u64,
    ) -> Result<(Vec<Published>, u64), Error> {
        let total: i64 = sqlx::query_scalar(
            "select count(*) from outbox where role = $1 and listed_at is not null",
        )
        .bind(role.word())
        .fetch_one(&self.pool)
        .await?;
        let rows = sqlx::query(
            "select seq, id, role, document, key_id from outbox
             where role = $1 and listed_at is not null order by seq desc limit $2 offset $3",
        )
        .bind(role.word())
        .bind(i64::from(limit))
        .bind(i64::try_from(offset).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        let page = rows.iter().map(published).collect::<Result<_, _>>()?;
        Ok((page, u64::try_from(total).unwrap_or(0)))
    }
}

pub(super) fn published(row: &AnyRow) -> Result<Published, Error> {
    let key: Option<String> = row.try_get("key_id")?;
    Ok(Published {
        seq: row.try_get("seq")?,
        id: url_in(row, COLUMNS_OF, "id")?,
        role: actors::role_in(row, COLUMNS_OF)?,
        document: row.try_get("document")?,
        key: match key {
            Some(_) => Some(url_in(row, COLUMNS_OF, "key_id")?),
            None => None,
        },
    })
}

impl Publication {
    /// Appends it, and notes each inbox it is owed to: one for all who share it.
    pub(super) async fn keep(
        &self,
        writing: &mut Writing,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let now = now.timestamp_millis();
        // The row of the counter is held until the end, so the order of numbers is that of commits.
        let seq: i64 = sqlx::query_scalar(
            "update revision set number = number + 1 where name = 'outbox' returning number",
        )
        .fetch_one(&mut **writing)
        .await?;
        let (listed_at, confidential_at) = match self.audience {
            Audience::Inbox(_) | Audience::NodesForNow => (None, None),
            Audience::Confidential(_) => (None, Some(now)),
            Audience::Followers
            | Audience::FollowersAnd(_)
            | Audience::Nodes
            | Audience::People => (Some(now), None),
        };
        sqlx::query(
            "insert into outbox
               (seq, id, role, object, document, listed_at, confidential_at, key_id, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(seq)
        .bind(self.id.as_str())
        .bind(self.role.word())
        .bind(self.object.as_ref().map(Url::as_str))
        .bind(self.document.to_string())
        .bind(listed_at)
        .bind(confidential_at)
        .bind(self.key.as_ref().map(Url::as_str))
        .bind(now)
        .execute(&mut **writing)
        .await?;
        self.owe(writing, seq).await?;
        // Whoever sleeps is told when it wakes.
        sqlx::query(
            "insert into delivery_targets (inbox, cursor, state, fails, due_at, leased_until, scheme)
             select inbox, 0, 'awake', 0, $1, 0, 'cavage' from owed where seq = $2
             on conflict (inbox) do update
             set due_at = coalesce(delivery_targets.due_at, excluded.due_at)",
        )
        .bind(now)
        .bind(seq)
        .execute(&mut **writing)
        .await?;
        Ok(())
    }

    async fn owe(&self, writing: &mut Writing, seq: i64) -> Result<(), Error> {
        if let Audience::Inbox(inbox)
        | Audience::Confidential(inbox)
        | Audience::FollowersAnd(inbox) = &self.audience
        {
            sqlx::query("insert into owed (inbox, seq) values ($1, $2)")
                .bind(inbox.as_str())
                .bind(seq)
                .execute(&mut **writing)
                .await?;
        }
        let reader = match &self.audience {
            Audience::Inbox(_) | Audience::Confidential(_) => return Ok(()),
            Audience::Followers | Audience::FollowersAnd(_) => None,
            Audience::Nodes | Audience::NodesForNow => Some("node"),
            Audience::People => Some("person"),
        };
        sqlx::query(
            "insert into owed (inbox, seq)
             select distinct a.inbox, cast($1 as bigint)
             from followers f join remote_actors a on a.id = f.actor
             where f.role = $2 and (cast($3 as text) is null or f.reader = $3)
               and ($4 = 0 or not exists (
                 select 1 from delivery_targets t where t.inbox = a.inbox and t.fails > 0))
             on conflict (inbox, seq) do nothing",
        )
        .bind(seq)
        .bind(self.role.word())
        .bind(reader)
        .bind(i64::from(self.audience == Audience::NodesForNow))
        .execute(&mut **writing)
        .await?;
        Ok(())
    }
}
