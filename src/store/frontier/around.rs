//! What is known of the hosts of one registered domain, for whoever runs them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::lease::small;
use super::record::NEVER;
use super::{Fault, LogEntry};
use crate::domain::host::Host;
use crate::store::{Error, Store, time};

/// How many hosts of one domain are shown: the one that was asked for first.
pub const MAX_HOSTS_SHOWN: u32 = 10;
/// How many addresses of one host are shown: those with faults first, then those visited last.
pub const MAX_TARGETS_SHOWN: u32 = 40;

/// A host as the crawler knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Its name, with its port if it has one.
    pub host: String,
    /// When something is asked there next; `None` if nothing will be.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether somebody is asking there just now.
    pub is_busy: bool,
    /// How many rounds in a row it was out of reach.
    pub fails: u32,
    /// Why, last; `None` if it answers.
    pub error: Option<String>,
    /// What its robots.txt says to us, as such a file; `None` if nobody read it yet.
    pub robots: Option<String>,
    /// When that was read.
    pub robots_at: Option<DateTime<Utc>>,
    /// Since when it asks to be left out.
    pub opted_out_at: Option<DateTime<Utc>>,
    /// What is asked of it.
    pub targets: Vec<SeenTarget>,
    /// How many addresses more there are.
    pub more: u64,
}

/// An address that is asked, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenTarget {
    /// Where.
    pub url: String,
    /// What is read there; `None` where it is only seen whether it is up.
    pub format: Option<String>,
    /// Which document led there.
    pub led_by: Option<String>,
    /// When it is asked next.
    pub due_at: DateTime<Utc>,
    /// When it was asked last.
    pub visited_at: Option<DateTime<Utc>>,
    /// The HTTP status then, if there was an answer.
    pub status: Option<u16>,
    /// What went wrong then.
    pub error: Option<String>,
    /// Its last visits, the last first.
    pub visits: Vec<LogEntry>,
    /// What is wrong with the document that was read there last.
    pub faults: Vec<Fault>,
}

impl Store {
    /// The hosts that were registered with `host`, itself first, up to [`MAX_HOSTS_SHOWN`]; and how many
    /// more there are.
    pub async fn seen_around(
        &self,
        host: &Host,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Seen>, u64), Error> {
        let mut snapshot = self.engine.begin_reading(&self.pool).await?;
        let rows = sqlx::query(
            "select host, due_at, leased_until, fails, last_error, robots, robots_at, opted_out_at,
               count(*) over () as number
             from hosts where domain = $1
             order by case when host = $2 then 0 else 1 end, priority, due_at limit $3",
        )
        .bind(host.domain())
        .bind(host.as_str())
        .bind(i64::from(MAX_HOSTS_SHOWN))
        .fetch_all(&mut *snapshot)
        .await?;
        let all = rows.first().map_or(Ok(0), |row| number(row, "number"))?;
        let mut hosts = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut host = seen(row, now)?;
            let rows = sqlx::query(
                "select url, format, led_by, due_at, visited_at, last_status, last_error, log, faults,
                   count(*) over () as number
                 from targets where host = $1
                 order by case when faults is null then 1 else 0 end,
                          case when format is null then 1 else 0 end,
                          coalesce(visited_at, 0) desc, due_at limit $2",
            )
            .bind(&host.host)
            .bind(i64::from(MAX_TARGETS_SHOWN))
            .fetch_all(&mut *snapshot)
            .await?;
            let all = rows.first().map_or(Ok(0), |row| number(row, "number"))?;
            host.targets = rows.iter().map(target).collect::<Result<_, _>>()?;
            host.more = all.saturating_sub(host.targets.len() as u64);
            hosts.push(host);
        }
        let more = all.saturating_sub(hosts.len() as u64);
        Ok((hosts, more))
    }
}

fn seen(row: &AnyRow, now: DateTime<Utc>) -> Result<Seen, Error> {
    let due_at: i64 = row.try_get("due_at")?;
    let optional = |column| row.try_get::<Option<i64>, _>(column);
    Ok(Seen {
        host: row.try_get("host")?,
        due_at: (due_at < NEVER).then(|| time(due_at)),
        is_busy: row.try_get::<i64, _>("leased_until")? > now.timestamp_millis(),
        fails: small(row, "fails")?,
        error: row.try_get("last_error")?,
        robots: row.try_get("robots")?,
        robots_at: optional("robots_at")?.map(time),
        opted_out_at: optional("opted_out_at")?.map(time),
        targets: Vec::new(),
        more: 0,
    })
}

fn target(row: &AnyRow) -> Result<SeenTarget, Error> {
    let optional = |column| row.try_get::<Option<i64>, _>(column);
    Ok(SeenTarget {
        url: row.try_get("url")?,
        format: row.try_get("format")?,
        led_by: row.try_get("led_by")?,
        due_at: time(row.try_get("due_at")?),
        visited_at: optional("visited_at")?.map(time),
        status: optional("last_status")?.and_then(|status| u16::try_from(status).ok()),
        error: row.try_get("last_error")?,
        visits: listed(row, "log")?,
        faults: listed(row, "faults")?,
    })
}

/// A list that is kept as JSON. One that cannot be read is none: it only helps people.
fn listed<T: serde::de::DeserializeOwned>(row: &AnyRow, column: &str) -> Result<Vec<T>, Error> {
    let text: Option<String> = row.try_get(column)?;
    Ok(text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

fn number(row: &AnyRow, column: &str) -> Result<u64, Error> {
    Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0))
}
