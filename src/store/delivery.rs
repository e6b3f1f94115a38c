//! Inboxes we deliver to: what each is owed, how far it has come, when to try again.
//!
//! An inbox is leased by one worker at a time. Whoever moves its cursor compares it first, so that a
//! worker whose lease has ended cannot undo what another did since.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use url::Url;

use super::outbox::{Published, published};
use super::pool::Connection;
use super::{Error, Store, Writing, time, url_in};
use crate::domain::word::worded;

/// Whether an inbox is delivered to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetState {
    /// It is.
    Awake,
    /// It has been silent for long, and is tried now and then.
    Asleep,
    /// It said that it is gone.
    Gone,
}

worded!(TargetState {
    Awake = "awake",
    Asleep = "asleep",
    Gone = "gone",
});

/// How an inbox wants its requests signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// draft-cavage-http-signatures-12, which everyone understands.
    Cavage,
    /// RFC 9421, where the other was refused.
    Rfc9421,
}

worded!(Scheme {
    Cavage = "cavage",
    Rfc9421 = "rfc9421",
});

/// Which inboxes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Those that answered last time.
    Well,
    /// Those that did not: each may cost a deadline, so they get fewer hands.
    Failing,
}

/// An inbox that is owed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its address.
    pub inbox: Url,
    /// The last activity it has had, or has refused.
    pub cursor: i64,
    /// Whether it is delivered to.
    pub state: TargetState,
    /// How often in a row it could not be delivered to.
    pub fails: u32,
    /// Since when.
    pub failing_since: Option<DateTime<Utc>>,
    /// How it wants its requests signed.
    pub scheme: Scheme,
}

/// What is known of an inbox, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debt {
    /// The inbox.
    pub target: Target,
    /// How many activities it is owed.
    pub owed: u64,
    /// When it is tried next; `None` while nothing is owed.
    pub due_at: Option<DateTime<Utc>>,
    /// What it last answered (HTTP status).
    pub last_status: Option<u16>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it last took something.
    pub last_success_at: Option<DateTime<Utc>>,
}

/// How a delivery ended for good: the cursor moves on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The HTTP status.
    pub status: u16,
    /// What was wrong with the activity in the inbox's eyes, if it refused it.
    pub refusal: Option<String>,
    /// How the request was signed.
    pub scheme: Scheme,
}

/// How a delivery failed for now: it is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postponed {
    /// When to try again.
    pub due_at: DateTime<Utc>,
    /// Whether it is put to sleep.
    pub state: TargetState,
    /// Since when it fails.
    pub failing_since: DateTime<Utc>,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: String,
    /// How to sign the next request.
    pub scheme: Scheme,
}

impl Store {
    /// Takes up to `limit` inboxes that are due, for this caller alone until `until`.
    pub async fn lease_targets(
        &self,
        health: Health,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Target>, Error> {
        let fails = match health {
            Health::Well => "fails = 0",
            Health::Failing => "fails > 0",
        };
        let skip_locked = self.engine.skip_locked();
        // The condition is repeated outside: two callers may have chosen the same rows.
        let sql = format!(
            "with chosen as (
               select inbox from delivery_targets
               where due_at <= $2 and leased_until <= $2 and {fails}
               order by due_at limit $3 {skip_locked})
             update delivery_targets set leased_until = $1
             where leased_until <= $2 and inbox in (select inbox from chosen)
             returning inbox, cursor, state, fails, failing_since, scheme"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(until.timestamp_millis())
            .bind(now.timestamp_millis())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(target).collect()
    }

    /// The next activity that is owed to an inbox.
    pub async fn next_owed(&self, target: &Target) -> Result<Option<Published>, Error> {
        let row = sqlx::query(
            "select b.seq, b.id, b.role, b.document, b.key_id
             from owed o join outbox b on b.seq = o.seq
             where o.inbox = $1 and o.seq > $2 order by o.seq limit 1",
        )
        .bind(target.inbox.as_str())
        .bind(target.cursor)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(published).transpose()
    }

    /// Moves the cursor of an inbox past `seq`, unless it was moved meanwhile. `Some` if more is owed:
    /// the lease then lasts until `until`, else it ends.
    pub async fn settle_delivery(
        &self,
        target: &Target,
        seq: i64,
        settled: &Settled,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<Target>, Error> {
        let mut writing = self.engine.begin_writing(&self.pool).await?;
        // The row is taken first: a publication that comes meanwhile waits, and then sees `due_at`.
        let moved = sqlx::query(
            "update delivery_targets
             set cursor = $1, state = 'awake', fails = 0, failing_since = null, leased_until = $2,
                 scheme = $3, last_status = $4, last_error = $5, last_success_at = $6
             where inbox = $7 and cursor = $8
             returning inbox, cursor, state, fails, failing_since, scheme",
        )
        .bind(seq)
        .bind(until.timestamp_millis())
        .bind(settled.scheme.word())
        .bind(i64::from(settled.status))
        .bind(settled.refusal.as_deref())
        .bind(now.timestamp_millis())
        .bind(target.inbox.as_str())
        .bind(target.cursor)
        .fetch_optional(&mut *writing)
        .await?;
        let Some(moved) = moved else { return Ok(None) };
        sqlx::query("delete from owed where inbox = $1 and seq <= $2")
            .bind(target.inbox.as_str())
            .bind(seq)
            .execute(&mut *writing)
            .await?;
        let more = release_if_settled(&mut writing, &target.inbox).await?;
        writing.commit().await?;
        match more {
            true => Ok(Some(self::target(&moved)?)),
            false => Ok(None),
        }
    }

    /// Puts an inbox off and ends its lease, unless its cursor was moved meanwhile.
    pub async fn postpone_delivery(
        &self,
        target: &Target,
        postponed: &Postponed,
    ) -> Result<(), Error> {
        sqlx::query(
            "update delivery_targets
             set state = $1, fails = fails + 1, failing_since = $2, due_at = $3, leased_until = 0,
                 scheme = $4, last_status = $5, last_error = $6
             where inbox = $7 and cursor = $8",
        )
        .bind(postponed.state.word())
        .bind(postponed.failing_since.timestamp_millis())
        .bind(postponed.due_at.timestamp_millis())
        .bind(postponed.scheme.word())
        .bind(postponed.status.map(i64::from))
        .bind(postponed.error.as_str())
        .bind(target.inbox.as_str())
        .bind(target.cursor)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Has an inbox for this caller alone until `until`, while a request to it takes its time.
    pub async fn renew_target(&self, target: &Target, until: DateTime<Utc>) -> Result<(), Error> {
        let mut writing = self.engine.begin_writing(&self.pool).await?;
        sqlx::query(
            "update delivery_targets set leased_until = $1
             where inbox = $2 and cursor = $3 and leased_until > 0",
        )
        .bind(until.timestamp_millis())
        .bind(target.inbox.as_str())
        .bind(target.cursor)
        .execute(&mut *writing)
        .await?;
        Ok(writing.commit().await?)
    }

    /// Ends the lease of an inbox that turned out to be owed nothing, unless its cursor was moved
    /// meanwhile.
    pub async fn release_target(&self, target: &Target) -> Result<(), Error> {
        let mut writing = self.engine.begin_writing(&self.pool).await?;
        let mine = sqlx::query(
            "update delivery_targets set leased_until = 0 where inbox = $1 and cursor = $2",
        )
        .bind(target.inbox.as_str())
        .bind(target.cursor)
        .execute(&mut *writing)
        .await?
        .rows_affected();
        if mine > 0 {
            release_if_settled(&mut writing, &target.inbox).await?;
        }
        Ok(writing.commit().await?)
    }

    /// Gives an inbox up for good, and with it every follower behind it, unless its cursor was moved
    /// meanwhile: it took something, so it is there.
    pub async fn give_up_target(&self, target: &Target, error: &str) -> Result<(), Error> {
        let mut writing = self.begin_change().await?;
        let mine = sqlx::query(
            "update delivery_targets
             set state = 'gone', due_at = null, leased_until = 0, last_error = $1
             where inbox = $2 and cursor = $3",
        )
        .bind(error)
        .bind(target.inbox.as_str())
        .bind(target.cursor)
        .execute(&mut *writing)
        .await?
        .rows_affected();
        if mine == 0 {
            return Ok(());
        }
        for sql in [
            "delete from owed where inbox = $1",
            "delete from followers
             where actor in (select id from remote_actors where inbox = $1)",
        ] {
            sqlx::query(sql)
                .bind(target.inbox.as_str())
                .execute(&mut *writing)
                .await?;
        }
        Self::end_change(writing, false).await
    }

    /// The inboxes that are owed something or had trouble last, those in trouble longest first.
    pub async fn debts(&self, limit: u32) -> Result<Vec<Debt>, Error> {
        let rows = sqlx::query(
            "select inbox, cursor, state, fails, failing_since, scheme, due_at, last_status,
                    last_error, last_success_at,
                    (select count(*) from owed o where o.inbox = t.inbox) as owed
             from delivery_targets t where due_at is not null or last_error is not null
             order by fails desc, inbox limit $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(debt).collect()
    }
}

/// Ends the lease of an inbox whose row we hold if nothing is owed to it; says whether more is.
async fn release_if_settled(writing: &mut Connection, inbox: &Url) -> Result<bool, Error> {
    let more = sqlx::query("select seq from owed where inbox = $1 limit 1")
        .bind(inbox.as_str())
        .fetch_optional(&mut *writing)
        .await?
        .is_some();
    if !more {
        sqlx::query("update delivery_targets set due_at = null, leased_until = 0 where inbox = $1")
            .bind(inbox.as_str())
            .execute(&mut *writing)
            .await?;
    }
    Ok(more)
}

/// Tries an actor's inbox now if it is asleep.
pub(super) async fn wake(
    writing: &mut Writing,
    actor: &Url,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        "update delivery_targets
         set state = 'awake', due_at = $1, fails = 0, failing_since = null
         where state = 'asleep' and inbox in (select inbox from remote_actors where id = $2)",
    )
    .bind(now.timestamp_millis())
    .bind(actor.as_str())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

fn target(row: &AnyRow) -> Result<Target, Error> {
    let inbox = url_in(row, "delivery_targets", "inbox")?;
    let state: String = row.try_get("state")?;
    let scheme: String = row.try_get("scheme")?;
    let corrupt = |column, word: &str| Error::Corrupt {
        table: "delivery_targets",
        column,
        row: inbox.to_string(),
        problem: format!("{word:?} is none we know"),
    };
    Ok(Target {
        cursor: row.try_get("cursor")?,
        state: TargetState::from_word(&state).ok_or_else(|| corrupt("state", &state))?,
        fails: u32::try_from(row.try_get::<i64, _>("fails")?).unwrap_or(u32::MAX),
        failing_since: row.try_get::<Option<i64>, _>("failing_since")?.map(time),
        scheme: Scheme::from_word(&scheme).ok_or_else(|| corrupt("scheme", &scheme))?,
        inbox,
    })
}

fn debt(row: &AnyRow) -> Result<Debt, Error> {
    let status: Option<i64> = row.try_get("last_status")?;
    Ok(Debt {
        target: target(row)?,
        owed: u64::try_from(row.try_get::<i64, _>("owed")?).unwrap_or(0),
        due_at: row.try_get::<Option<i64>, _>("due_at")?.map(time),
        last_status: status.and_then(|status| u16::try_from(status).ok()),
        last_error: row.try_get("last_error")?,
        last_success_at: row.try_get::<Option<i64>, _>("last_success_at")?.map(time),
    })
}
