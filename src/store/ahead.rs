//! Times that lie further ahead than anything is ever put off: they were written while a clock ran ahead.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::AssertSqlSafe;

use super::frontier::NEVER;
use super::{Error, Store};

/// How far clocks of replicas may be apart before one takes the work of another for that of a wrong clock.
const APART: TimeDelta = TimeDelta::hours(1);
/// No clock that is right says an earlier time than that of this writing: a machine without a battery may, until
/// it hears of the true one.
const WRITTEN: i64 = 1_793_491_200_000; // 2026-11-01T00:00:00Z

/// Each table and column of a time to come or just gone, and how far ahead it may lie by a clock that is
/// right: the longest lease and the longest wait of each.
const FURTHEST: [(&str, &str, TimeDelta); 13] = [
    ("delivery_targets", "leased_until", TimeDelta::zero()),
    ("delivery_targets", "due_at", TimeDelta::hours(30)),
    ("inbox", "leased_until", TimeDelta::zero()),
    ("visits", "leased_until", TimeDelta::minutes(1)),
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

/// Those of them that something waits for. A lease may be in use.
const WAITED_FOR: [(&str, &str); 5] = [
    ("delivery_targets", "due_at"),
    ("visits", "due_at"),
    ("hosts", "due_at"),
    ("hosts", "next_request_at"),
    ("targets", "due_at"),
];

impl Store {
    /// Has what waits wait no longer than it would have, after the clock was set back: times that lay ahead
    /// of it before are as much nearer. What was put off for longer than that is done too early by as much, once
    /// for each replica whose clock was set, which is better than too late.
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
        if now.timestamp_millis() < WRITTEN {
            return Ok(0);
        }
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
