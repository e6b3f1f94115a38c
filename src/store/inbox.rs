//! Activities received: kept before they are answered, applied once, each actor's in their order.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Row};
use url::Url;

use super::{Error, Store, remote, url_in};
use crate::formats::activitypub::actor::RemoteActor;

/// An activity that was verified and is to be kept.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its id.
    pub id: Url,
    /// Who sent it.
    pub actor: Url,
    /// The document, as it came.
    pub body: String,
    /// The actor, where it was read just now.
    pub newly_read: Option<Box<RemoteActor>>,
}

/// An activity that waits to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its place in the order.
    pub seq: i64,
    /// Who sent it.
    pub actor: Url,
    /// The document, as it came.
    pub body: String,
}

/// How many activities a statement may keep, the most first: each statement costs as much as several
/// rows, and few different ones stay prepared.
const ROWS: [usize; 8] = [128, 64, 32, 16, 8, 4, 2, 1];
/// The statement for each of [`ROWS`].
static KEEP: LazyLock<[String; ROWS.len()]> = LazyLock::new(|| ROWS.map(keep));

/// The statement that keeps `rows` activities.
fn keep(rows: usize) -> String {
    let values: Vec<_> = (0..rows)
        .map(|row| {
            let [seq, id, actor, body] = [2, 3, 4, 5].map(|place| place + 4 * row);
            format!("(${seq}, ${id}, ${actor}, ${body}, $1, 0)")
        })
        .collect();
    format!(
        "insert into inbox (seq, id, actor, body, received_at, leased_until) values {}
         on conflict do nothing",
        values.join(", ")
    )
}

impl Store {
    /// Keeps activities in their order, and says of each what became of it; one that was kept before
    /// is left as it is. Each actor has its own ids, so that nobody can use up another's. All are kept
    /// in one transaction, unless the database refuses one of them for what it is: then the others are
    /// kept without it.
    ///
    /// An error is one of the database itself. Some may be kept then; all may be given again.
    pub async fn receive(
        &self,
        batch: &[Received],
        now: DateTime<Utc>,
    ) -> Result<Vec<Result<(), Error>>, Error> {
        let mut kept = Vec::with_capacity(batch.len());
        let mut parts = vec![batch];
        while let Some(part) = parts.pop() {
            match self.receive_whole(part, now).await {
                Ok(()) => kept.extend(part.iter().map(|_| Ok(()))),
                Err(Error::Other(error @ sqlx::Error::Database(_))) => match part {
                    [] => {}
                    [_] => kept.push(Err(Error::Other(error))),
                    // Halved until it is found, the first half first.
                    _ => {
                        let (first, second) = part.split_at(part.len() / 2);
                        parts.extend([second, first]);
                    }
                },
                Err(error) => return Err(error),
            }
        }
        Ok(kept)
    }

    async fn receive_whole(&self, batch: &[Received], now: DateTime<Utc>) -> Result<(), Error> {
        // An actor with other keys makes vouches count, or no longer.
        let has_actors = batch.iter().any(|received| received.newly_read.is_some());
        let mut writing = match has_actors {
            true => self.begin_change().await?,
            false => self.begin_aside().await?,
        };
        let mut is_visible = false;
        let count = i64::try_from(batch.len()).expect("a batch is small");
        // The row of the counter is held until the end, so the order of numbers is that of commits.
        let last: i64 = sqlx::query_scalar(
            "update revision set number = number + $1 where name = 'inbox' returning number",
        )
        .bind(count)
        .fetch_one(&mut *writing)
        .await?;
        let numbered: Vec<_> = (last - count + 1..).zip(batch).collect();
        for (_, received) in &numbered {
            if let Some(actor) = &received.newly_read {
                is_visible |= remote::keep(&mut writing, actor, now).await?;
            }
        }
        let mut left = numbered.as_slice();
        for (rows, statement) in ROWS.into_iter().zip(&*KEEP) {
            while let Some((first, others)) = left.split_at_checked(rows) {
                let mut query = sqlx::query(statement.as_str()).bind(now.timestamp_millis());
                for (seq, received) in first {
                    query = query
                        .bind(seq)
                        .bind(received.id.as_str())
                        .bind(received.actor.as_str())
                        .bind(received.body.as_str());
                }
                query.execute(&mut *writing).await?;
                left = others;
            }
        }
        Self::end_change(writing, is_visible).await
    }

    /// Takes up to `limit` activities, each the first that waits of its actor, for this caller alone
    /// until `until`.
    pub async fn lease_received(
        &self,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Waiting>, Error> {
        let skip_locked = self.engine.skip_locked();
        // The first of each actor, by one pass over what waits: to look for an earlier one of each
        // took PostgreSQL eleven seconds where one actor had sent ten thousand.
        let sql = format!(
            "with chosen as (
               select seq from inbox
               where applied_at is null and leased_until <= $2 and seq in (
                 select min(seq) from inbox where applied_at is null group by actor)
               order by seq limit $3 {skip_locked})
             update inbox set leased_until = $1
             where leased_until <= $2 and applied_at is null and seq in (select seq from chosen)
             returning seq, actor, body"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(until.timestamp_millis())
            .bind(now.timestamp_millis())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        let mut waiting = rows
            .iter()
            .map(|row| {
                Ok(Waiting {
                    seq: row.try_get("seq")?,
                    actor: url_in(row, "inbox", "actor")?,
                    body: row.try_get("body")?,
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        waiting.sort_unstable_by_key(|waiting| waiting.seq);
        Ok(waiting)
    }

    /// How many activities wait to be applied.
    pub async fn waiting(&self) -> Result<u64, Error> {
        let sql = "select count(*) from inbox where applied_at is null";
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&self.pool).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Forgets what nobody will ask about any more: activities applied before `before`, and answers
    /// to single actors that were delivered before then.
    pub async fn forget_settled(&self, before: DateTime<Utc>) -> Result<(), Error> {
        for sql in [
            "delete from inbox where applied_at < $1",
            "delete from outbox where listed_at is null and created_at < $1
             and not exists (select 1 from owed where owed.seq = outbox.seq)",
        ] {
            sqlx::query(sql)
                .bind(before.timestamp_millis())
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }
}
