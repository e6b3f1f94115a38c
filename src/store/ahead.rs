//! Times that lie further ahead than anything is ever put off: they were written while a clock ran ahead.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::AssertSqlSafe;

use super::frontier::NEVER;
use super::{Error, Store};

/// How far clocks of replicas may be apart without harm.
const APART: TimeDelta = TimeDelta::minutes(5);

/// Each table and column of a time to come or just gone, and how far ahead it may lie by a clock that is
/// right: the longest lease and the longest wait of each.
const FURTHEST: [(&str, &str, TimeDelta); 13] = [
    ("delivery_targets", "leased_until", TimeDelta::zero()),
    ("delivery_targets", "due_at", TimeDelta::hours(30)),
    ("inbox", "leased_until", TimeDelta::zero()),
    ("visits", "leased_until", TimeDelta::minutes(10)),
    ("visits", "due_at", TimeDelta::days(7)),
    ("hosts", "leased_until", TimeDelta::minutes(2)),
    ("hosts", "next_request_at", TimeDelta::days(7)),
    ("hosts", "due_at", TimeDelta::days(28)),
    ("hosts", "robots_at", TimeDelta::zero()),
    ("hosts", "round_at", TimeDelta::zero()),
    ("targets", "due_at", TimeDelta::days(28)),
    ("targets", "visited_at", TimeDelta::zero()),
    ("vouches", "asked_at", TimeDelta::zero()),
];

/// Those of them that something waits for.
const WAITED_FOR: [(&str, &str); 9] = [
    ("delivery_targets", "leased_until"),
    ("delivery_targets", "due_at"),
    ("inbox", "leased_until"),
    ("visits", "leased_until"),
    ("visits", "due_at"),
    ("hosts", "leased_until"),
    ("hosts", "next_request_at"),
    ("hosts", "due_at"),
    ("targets", "due_at"),
];

impl Store {
    /// Has what waits wait no longer than it would have, after the clock was set back: times that lay ahead
    /// of it before are as much nearer. What was put off for longer than that is done too early by as much,
    /// which is better than too late.
    pub async fn set_back(&self, by: TimeDelta, now: DateTime<Utc>) -> Result<(), Error> {
        let mut writing = self.begin_aside().await?;
        for (table, column) in WAITED_FOR {
            let sql = format!(
                "update {table} set {column} = {column} - $1 where {column} > $2 and {column} < $3"
            );
            sqlx::query(AssertSqlSafe(sql))
                .bind(by.num_milliseconds())
                .bind((now + by).timestamp_millis())
                .bind(NEVER)
                .execute(&mut *writing)
                .await?;
        }
        Self::end_change(writing, false).await
    }

    /// Has done now what would wait for a time that a wrong clock wrote, and ends what was leased until
    /// then. Says how many times were brought back; where clocks are right there are none.
    pub async fn bring_back(&self, now: DateTime<Utc>) -> Result<u64, Error> {
        let mut writing = self.begin_aside().await?;
        let mut brought_back = 0;
        for (table, column, most) in FURTHEST {
            let sql =
                format!("update {table} set {column} = $1 where {column} > $2 and {column} < $3");
            brought_back += sqlx::query(AssertSqlSafe(sql))
                .bind(now.timestamp_millis())
                .bind((now + most + APART).timestamp_millis())
                .bind(NEVER)
                .execute(&mut *writing)
                .await?
                .rows_affected();
        }
        Self::end_change(writing, false).await?;
        Ok(brought_back)
    }
}
