//! What waits to be done, in figures.

use sqlx::Row;

use super::{Error, Store};
use crate::domain::health::DOWN_AFTER;

/// What waits, and what is in trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Activities that came in and wait to be applied.
    pub received: u64,
    /// Deliveries that are owed.
    pub owed: u64,
    /// Inboxes that do not take what is owed to them.
    pub failing: u64,
    /// Hosters and services of which the gate holds something.
    pub held: u64,
    /// Services that are looked at.
    pub watched: u64,
    /// Of these, those that are down.
    pub down: u64,
}

impl Store {
    /// Counts what waits.
    pub async fn load(&self) -> Result<Load, Error> {
        let row = sqlx::query(
            "select (select count(*) from owed) as owed,
               (select count(*) from delivery_targets where failing_since is not null and state <> 'gone') as failing,
               count(*) as watched,
               cast(coalesce(sum(case when fails >= $1 then 1 else 0 end), 0) as bigint) as down
             from health",
        )
        .bind(i64::from(DOWN_AFTER))
        .fetch_one(&self.pool)
        .await?;
        let number = |column| -> Result<u64, Error> {
            Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
        };
        Ok(Load {
            received: self.waiting().await?,
            owed: number("owed")?,
            failing: number("failing")?,
            held: self.held_count().await?,
            watched: number("watched")?,
            down: number("down")?,
        })
    }
}
