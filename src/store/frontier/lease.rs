//! Hands out hosts, each to one worker.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

use super::{
    MAX_LEASED_PER_DOMAIN, MAX_TARGETS_PER_LEASE, Priority, Purpose, ROUND, Rules, Spent, Target,
    Turn,
};
use crate::domain::host::Host;
use crate::domain::hoster::HosterId;
use crate::formats::Format;
use crate::store::pool::Connection;
use crate::store::{Error, Store, time, url_in};

/// How many more hosts than are wanted are looked at, so that many of one domain do not hide the others.
const BESIDE: i64 = 1_000;

impl Store {
    /// Takes up to `limit` hosts at which something is due, for this caller alone until `until`; only
    /// `only`, if one is named. `lease` is a number that no other lease has.
    ///
    /// Those named by the operator come first, then those listed, and of each what waits longest. Of one
    /// registered domain no more than [`MAX_LEASED_PER_DOMAIN`] are taken at once, whoever takes them.
    pub async fn lease_hosts(
        &self,
        lease: i64,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: u32,
        only: Option<&Host>,
    ) -> Result<Vec<Turn>, Error> {
        // Where nothing is due, which is most of the time, nothing is written.
        match self.next_lease_at(now, only).await? {
            Some(next) if next <= now => {}
            _ => return Ok(Vec::new()),
        }
        let skip_locked = self.engine.skip_locked();
        let mut writing = self.engine.begin_writing(&self.pool).await?;
        // Callers take turns: two at once would each count what a domain has without the other's.
        sqlx::query("update revision set number = number where name = 'frontier'")
            .execute(&mut *writing)
            .await?;
        let sql = format!(
            "with busy as (
               select domain, count(*) as number from hosts where leased_until > $2 group by domain),
             due as (
               select host, domain, priority, due_at from hosts
               where due_at <= $2 and leased_until <= $2 and next_request_at <= $2
                 and ($4 is null or host = $4)
               order by priority, due_at limit $5),
             ranked as (
               select due.host, due.priority, due.due_at,
                      row_number() over (
                        partition by due.domain order by due.priority, due.due_at)
                      + coalesce(busy.number, 0) as place
               from due left join busy on busy.domain = due.domain),
             wanted as (
               select host from ranked where place <= $6 order by priority, due_at limit $3),
             chosen as (
               select host from hosts where host in (select host from wanted) {skip_locked})
             update hosts set leased_until = $1, lease = $7,
               pages = case when round_at <= $8 then 0 else pages end,
               items = case when round_at <= $8 then 0 else items end,
               bytes = case when round_at <= $8 then 0 else bytes end,
               round_at = case when round_at <= $8 then $2 else round_at end
             where leased_until <= $2 and host in (select host from chosen)
             returning host, priority, fails, robots, robots_at, opted_out_at,
                       round_at, pages, items, bytes"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(until.timestamp_millis())
            .bind(now.timestamp_millis())
            .bind(i64::from(limit))
            .bind(only.map(Host::as_str))
            .bind(i64::from(limit) + BESIDE)
            .bind(i64::from(MAX_LEASED_PER_DOMAIN))
            .bind(lease)
            .bind((now - ROUND).timestamp_millis())
            .fetch_all(&mut *writing)
            .await?;
        let mut turns = Vec::with_capacity(rows.len());
        if !rows.is_empty() {
            let mut due = due(&mut writing, lease, until, now).await?;
            for row in &rows {
                let mut turn = turn(row, lease, until)?;
                turn.targets = due.remove(turn.host.as_str()).unwrap_or_default();
                turns.push(turn);
            }
        }
        writing.commit().await?;
        Ok(turns)
    }

    /// When the next host can be leased of those at which something is due by `now`: when its lease ends
    /// or it has rested. `None` if nothing is due.
    pub async fn next_lease_at(
        &self,
        now: DateTime<Utc>,
        only: Option<&Host>,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let next: Option<i64> = sqlx::query_scalar(
            "select min(case when leased_until > next_request_at then leased_until
                             else next_request_at end)
             from hosts where due_at <= $1 and ($2 is null or host = $2)",
        )
        .bind(now.timestamp_millis())
        .bind(only.map(Host::as_str))
        .fetch_one(&self.pool)
        .await?;
        Ok(next.map(time))
    }
}

/// What is due at the hosts of a lease, by host, what waits longest first.
async fn due(
    connection: &mut Connection,
    lease: i64,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<HashMap<String, Vec<Target>>, Error> {
    let rows = sqlx::query(
        "select * from (
           select t.host, t.url, t.purpose, t.format, t.hoster, t.depth, t.page, t.redirected, t.etag,
                  t.last_modified, t.fails, t.log, t.due_at,
                  row_number() over (partition by t.host order by t.due_at) as place
           from targets t join hosts h on h.host = t.host
           where h.leased_until = $4 and h.lease = $1 and t.due_at <= $2) as ranked
         where place <= $3 order by due_at",
    )
    .bind(lease)
    .bind(now.timestamp_millis())
    .bind(i64::from(MAX_TARGETS_PER_LEASE))
    .bind(until.timestamp_millis())
    .fetch_all(connection)
    .await?;
    let mut due: HashMap<String, Vec<Target>> = HashMap::new();
    for row in &rows {
        due.entry(row.try_get("host")?)
            .or_default()
            .push(target(row)?);
    }
    Ok(due)
}

fn turn(row: &AnyRow, lease: i64, until: DateTime<Utc>) -> Result<Turn, Error> {
    let text: String = row.try_get("host")?;
    let host = Host::parse(&text).ok_or_else(|| Error::Corrupt {
        table: "hosts",
        column: "host",
        row: text.clone(),
        problem: "is no host".to_owned(),
    })?;
    let robots: Option<String> = row.try_get("robots")?;
    let robots_at: Option<i64> = row.try_get("robots_at")?;
    let rules = robots.zip(robots_at).map(|(text, read_at)| Rules {
        text,
        read_at: time(read_at),
    });
    Ok(Turn {
        host,
        lease,
        until,
        priority: Priority::of(row.try_get("priority")?),
        fails: small(row, "fails")?,
        rules,
        is_opted_out: row.try_get::<Option<i64>, _>("opted_out_at")?.is_some(),
        round_at: time(row.try_get("round_at")?),
        spent: Spent {
            pages: small(row, "pages")?,
            items: small(row, "items")?,
            bytes: u64::try_from(row.try_get::<i64, _>("bytes")?).unwrap_or(0),
        },
        targets: Vec::new(),
    })
}

pub(super) fn target(row: &AnyRow) -> Result<Target, Error> {
    let url = url_in(row, "targets", "url")?;
    let purpose = match row.try_get::<Option<String>, _>("format")? {
        None => Purpose::Probe,
        Some(word) => Purpose::Read(Format::from_word(&word).ok_or_else(|| Error::Corrupt {
            table: "targets",
            column: "format",
            row: url.to_string(),
            problem: format!("{word:?} is no format"),
        })?),
    };
    Ok(Target {
        url,
        purpose,
        of: row
            .try_get::<Option<String>, _>("hoster")?
            .and_then(|id| HosterId::parse(&id).ok()),
        depth: small(row, "depth")?,
        page: small(row, "page")?,
        redirected: row.try_get::<i64, _>("redirected")? != 0,
        etag: row.try_get("etag")?,
        last_modified: row.try_get("last_modified")?,
        fails: small(row, "fails")?,
        // A log that cannot be read is none: it only helps people.
        log: row
            .try_get::<Option<String>, _>("log")?
            .and_then(|log| serde_json::from_str(&log).ok())
            .unwrap_or_default(),
    })
}

pub(super) fn small(row: &AnyRow, column: &str) -> Result<u32, Error> {
    Ok(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or(u32::MAX))
}
