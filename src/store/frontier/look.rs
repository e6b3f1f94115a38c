//! What is known of the frontier, for people.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::Row;

use super::DEAD_AFTER;
use super::lease::small;
use crate::store::{Error, Store, time};

/// The frontier in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Frontier {
    /// Hosts that are known.
    pub hosts: u64,
    /// Of these, those at which something is due.
    pub due: u64,
    /// Those that were out of reach for so long that they are asked once a week.
    pub dead: u64,
    /// Those that ask to be left out.
    pub opted_out: u64,
    /// Addresses that are visited.
    pub targets: u64,
}

/// A host that was out of reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// The host.
    pub host: String,
    /// How many rounds in a row.
    pub fails: u32,
    /// Why, last.
    pub error: String,
    /// When it is asked next.
    pub due_at: DateTime<Utc>,
}

impl Store {
    /// The frontier in numbers.
    pub async fn frontier(&self, now: DateTime<Utc>) -> Result<Frontier, Error> {
        let row = sqlx::query(
            "select count(*) as hosts,
               cast(coalesce(sum(case when due_at <= $1 then 1 else 0 end), 0) as bigint) as due,
               cast(coalesce(sum(case when fails >= $2 then 1 else 0 end), 0) as bigint) as dead,
               count(opted_out_at) as opted_out,
               (select count(*) from targets) as targets
             from hosts",
        )
        .bind(now.timestamp_millis())
        .bind(i64::from(DEAD_AFTER))
        .fetch_one(&self.pool)
        .await?;
        let number = |column| -> Result<u64, Error> {
            Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
        };
        Ok(Frontier {
            hosts: number("hosts")?,
            due: number("due")?,
            dead: number("dead")?,
            opted_out: number("opted_out")?,
            targets: number("targets")?,
        })
    }

    /// The hosts that are out of reach, the longest first.
    pub async fn hosts_in_trouble(&self, limit: u32) -> Result<Vec<Trouble>, Error> {
        let rows = sqlx::query(
            "select host, fails, last_error, due_at from hosts where last_error is not null
             order by fails desc, due_at limit $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Trouble {
                    host: row.try_get("host")?,
                    fails: small(row, "fails")?,
                    error: row.try_get("last_error")?,
                    due_at: time(row.try_get("due_at")?),
                })
            })
            .collect()
    }
}
