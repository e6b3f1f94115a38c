//! Who follows whom: actors elsewhere one of ours, and the other way round.

use chrono::{DateTime, Utc};
use sqlx::Row;
use url::Url;

use super::actors::role_in;
use super::{Error, Store, Writing, url_in};
use crate::domain::word::worded;
use crate::formats::activitypub::addresses::Local;

/// How a follower reads us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// A node or another server's own actor: it wants every record.
    Node,
    /// A timeline that people read: it wants no flood.
    Person,
}

worded!(Reader {
    Node = "node",
    Person = "person",
});

/// How far our wish to follow an actor has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FollowState {
    /// Asked, and not answered yet.
    Asked,
    /// We are told what it publishes.
    Accepted,
    /// It does not want us.
    Refused,
}

worded!(FollowState {
    Asked = "asked",
    Accepted = "accepted",
    Refused = "refused",
});

/// Our wish to follow an actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// Which of ours follows.
    pub role: Local,
    /// Our Follow.
    pub activity: Url,
    /// How far it has come.
    pub state: FollowState,
}

/// Which list of actors is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circle {
    /// Who follows one of ours.
    Followers,
    /// Whom one of ours follows, as far as they accepted.
    Following,
    /// Directories the node exchanges with.
    Peers,
}

impl Store {
    /// One page of a list of actors, in the order of their ids, and how many there are in all.
    pub async fn circle(
        &self,
        circle: Circle,
        role: Local,
        limit: u32,
        offset: u64,
    ) -> Result<(Vec<Url>, u64), Error> {
        let (count, page) = match circle {
            Circle::Followers => (
                "select count(*) from followers where role = $1",
                "select actor from followers where role = $1 order by actor limit $2 offset $3",
            ),
            Circle::Following => (
                "select count(*) from following where role = $1 and state = 'accepted'",
                "select actor from following where role = $1 and state = 'accepted'
                 order by actor limit $2 offset $3",
            ),
            Circle::Peers => (
                "select count(*) from peers where $1 = 'node'",
                "select actor from peers where $1 = 'node' order by actor limit $2 offset $3",
            ),
        };
        let total: i64 = sqlx::query_scalar(count)
            .bind(role.word())
            .fetch_one(&self.pool)
            .await?;
        let rows = sqlx::query(page)
            .bind(role.word())
            .bind(i64::from(limit))
            .bind(i64::try_from(offset).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
        let actors = rows.iter().map(|row| url_in(row, "actors", "actor"));
        Ok((
            actors.collect::<Result<_, _>>()?,
            u64::try_from(total).unwrap_or(0),
        ))
    }

    /// How many actors ours have asked to follow, by how far that has come, in that order.
    pub async fn follows_by_state(&self) -> Result<Vec<(FollowState, u64)>, Error> {
        let mut counted = Vec::new();
        for state in FollowState::ALL {
            let count: i64 = sqlx::query_scalar("select count(*) from following where state = $1")
                .bind(state.word())
                .fetch_one(&self.pool)
                .await?;
            counted.push((*state, u64::try_from(count).unwrap_or(0)));
        }
        Ok(counted)
    }

    /// Our wish to follow an actor; `None` where there is none.
    pub async fn follow_of(&self, actor: &Url) -> Result<Option<Follow>, Error> {
        let row = sqlx::query("select role, activity, state from following where actor = $1")
            .bind(actor.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let word: String = row.try_get("state")?;
        let state = FollowState::from_word(&word).ok_or_else(|| Error::Corrupt {
            table: "following",
            column: "state",
            row: actor.to_string(),
            problem: format!("{word:?} is no state"),
        })?;
        Ok(Some(Follow {
            role: role_in(&row, "following")?,
            activity: url_in(&row, "following", "activity")?,
            state,
        }))
    }
}

pub(super) async fn add(
    writing: &mut Writing,
    role: Local,
    actor: &Url,
    reader: Reader,
    activity: &Url,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        // An actor that went meanwhile cannot follow.
        "insert into followers (role, actor, reader, activity, since)
         select cast($1 as text), id, cast($3 as text), cast($4 as text), cast($5 as bigint)
         from remote_actors where id = $2
         on conflict (role, actor) do update
         set reader = excluded.reader, activity = excluded.activity",
    )
    .bind(role.word())
    .bind(actor.as_str())
    .bind(reader.word())
    .bind(activity.as_str())
    .bind(now.timestamp_millis())
    .execute(&mut **writing)
    .await?;
    // An inbox that was gone has come back: it asks.
    sqlx::query(
        "update delivery_targets set state = 'awake', fails = 0, failing_since = null
         where state = 'gone' and inbox in (select inbox from remote_actors where id = $1)",
    )
    .bind(actor.as_str())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

pub(super) async fn undo(writing: &mut Writing, actor: &Url, activity: &Url) -> Result<(), Error> {
    sqlx::query("delete from followers where actor = $1 and activity = $2")
        .bind(actor.as_str())
        .bind(activity.as_str())
        .execute(&mut **writing)
        .await?;
    Ok(())
}

pub(super) async fn remove(writing: &mut Writing, role: Local, actor: &Url) -> Result<(), Error> {
    sqlx::query("delete from followers where role = $1 and actor = $2")
        .bind(role.word())
        .bind(actor.as_str())
        .execute(&mut **writing)
        .await?;
    Ok(())
}

pub(super) async fn ask(
    writing: &mut Writing,
    role: Local,
    actor: &Url,
    activity: &Url,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        "insert into following (role, actor, activity, state, changed_at)
         values ($1, $2, $3, 'asked', $4)
         on conflict (role, actor) do update
         set activity = excluded.activity, state = 'asked', changed_at = excluded.changed_at",
    )
    .bind(role.word())
    .bind(actor.as_str())
    .bind(activity.as_str())
    .bind(now.timestamp_millis())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

pub(super) async fn answered(
    writing: &mut Writing,
    actor: &Url,
    activity: &Url,
    accepted: bool,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let state = match accepted {
        true => FollowState::Accepted,
        false => FollowState::Refused,
    };
    sqlx::query(
        "update following set state = $1, changed_at = $2 where actor = $3 and activity = $4",
    )
    .bind(state.word())
    .bind(now.timestamp_millis())
    .bind(actor.as_str())
    .bind(activity.as_str())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

pub(super) async fn unfollow(writing: &mut Writing, actor: &Url) -> Result<(), Error> {
    sqlx::query("delete from following where actor = $1")
        .bind(actor.as_str())
        .execute(&mut **writing)
        .await?;
    Ok(())
}
