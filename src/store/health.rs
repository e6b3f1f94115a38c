//! Whether services answer, by the address that people go to.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;
use url::Url;

use super::changes::Part;
use super::frontier::{self, Purpose, Sown};
use super::pool::Connection;
use super::{Error, Store, Writing, time};
use crate::domain::health::{Availability, DOWN_AFTER, Health, History, Probe, Span};
use crate::domain::service::Service;

impl Store {
    /// Plans to look at these addresses, and at no others: what is no longer among them is forgotten with
    /// all that was seen of it. Says how many are new.
    pub async fn watch(&self, services: &[Sown], now: DateTime<Utc>) -> Result<u64, Error> {
        // In the order of those who record visits: they too have the directory's turn first.
        let mut writing = self.begin_change().await?;
        let rows = sqlx::query("select url from targets where purpose = 'probe'")
            .fetch_all(&mut *writing)
            .await?;
        let known: HashSet<String> = rows
            .iter()
            .map(|row| row.try_get("url"))
            .collect::<Result<_, _>>()?;
        let wanted: HashSet<&str> = services.iter().map(|sown| sown.url.as_str()).collect();
        for url in known.iter().filter(|url| !wanted.contains(url.as_str())) {
            for sql in [
                "delete from targets where purpose = 'probe' and url = $1",
                "delete from health where url = $1",
            ] {
                sqlx::query(sql).bind(url).execute(&mut *writing).await?;
            }
            writing.changed(Part::Unwatched, url);
        }
        let mut new = 0;
        for sown in services {
            if sown.purpose == Purpose::Probe && !known.contains(sown.url.as_str()) {
                new += u64::from(frontier::plan(&mut writing, sown, now).await?);
            }
        }
        Self::end_change(writing, false).await?;
        Ok(new)
    }

    /// What is known of an address; `None` if nobody looked.
    pub async fn health(&self, url: &Url) -> Result<Option<Health>, Error> {
        let row = sqlx::query(
            "select probed_at, status, latency_ms, certificate_until, error, fails, failing_since,
                    asked, up, history
             from health where url = $1",
        )
        .bind(without_fragment(url))
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| health(&row, url.as_str())).transpose()
    }
}

/// A fragment is never sent, so no look knows it.
fn without_fragment(url: &Url) -> &str {
    url.as_str().split('#').next().unwrap_or_default()
}

/// The address at which a service is looked at.
pub(super) fn address(service: &Service) -> Option<&str> {
    service
        .url
        .as_ref()
        .map(|url| without_fragment(url.as_url()))
}

/// What the looks at each address come to.
pub(super) async fn availabilities(
    snapshot: &mut Connection,
) -> Result<HashMap<String, Availability>, Error> {
    let sql = "select url, fails, failing_since, asked, up from health";
    let rows = sqlx::query(sql).fetch_all(snapshot).await?;
    rows.iter().map(availability_at).collect()
}

/// What the looks come to at each address where that is another after a revision; `None` where nobody
/// looks any longer.
pub(super) async fn changed_after(
    snapshot: &mut Connection,
    revision: i64,
) -> Result<HashMap<String, Option<Availability>>, Error> {
    let mut changed = HashMap::new();
    let sql = "select id from changes where subject = 'unwatched' and revision > $1";
    let gone = sqlx::query(sql).bind(revision);
    for row in gone.fetch_all(&mut *snapshot).await? {
        changed.insert(row.try_get("id")?, None);
    }
    let sql = "select url, fails, failing_since, asked, up from health where revision > $1";
    let seen = sqlx::query(sql).bind(revision);
    for row in seen.fetch_all(snapshot).await? {
        let (address, is) = availability_at(&row)?;
        changed.insert(address, Some(is));
    }
    Ok(changed)
}

/// What the looks come to in a row, and where.
pub(super) fn availability_at(row: &AnyRow) -> Result<(String, Availability), Error> {
    Ok((row.try_get("url")?, availability(row)?))
}

/// Notes a look; says whether visitors can see a difference: whether it was the first, or the service
/// went down or came back by it.
pub(super) async fn note(writing: &mut Writing, url: &Url, probe: &Probe) -> Result<bool, Error> {
    let row = sqlx::query("select fails, failing_since, history from health where url = $1")
        .bind(url.as_str())
        .fetch_optional(&mut **writing)
        .await?;
    let known = row.map(|row| before(&row, url.as_str())).transpose()?;
    let is_first = known.is_none();
    let (was, mut history) = known.unwrap_or_default();
    let is_up = probe.is_up();
    history.add(probe.at, is_up, probe.latency_ms.unwrap_or_default());
    let month = history.total(Span::Month, probe.at);
    let is = match is_up {
        true => Failing::default(),
        false => Failing {
            times: was.times.saturating_add(1),
            since: was.since.or(Some(probe.at)),
        },
    };
    sqlx::query(
        "insert into health (url, probed_at, status, latency_ms, certificate_until, error, fails,
                             failing_since, asked, up, history, revision)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
                 (select number + 1 from revision where name = 'directory'))
         on conflict (url) do update set probed_at = excluded.probed_at, status = excluded.status,
           latency_ms = excluded.latency_ms,
           certificate_until = coalesce(excluded.certificate_until, health.certificate_until),
           error = excluded.error, fails = excluded.fails, failing_since = excluded.failing_since,
           asked = excluded.asked, up = excluded.up, history = excluded.history,
           revision = excluded.revision",
    )
    .bind(url.as_str())
    .bind(probe.at.timestamp_millis())
    .bind(probe.status.map(i64::from))
    .bind(probe.latency_ms.map(i64::from))
    .bind(probe.certificate_until.map(|end| end.timestamp_millis()))
    .bind(probe.error.as_deref())
    .bind(i64::from(is.times))
    .bind(is.since.map(|since| since.timestamp_millis()))
    .bind(i64::from(month.asked))
    .bind(i64::from(month.up))
    .bind(serde_json::to_string(&history).expect("a history is JSON"))
    .execute(&mut **writing)
    .await?;
    Ok(is_first || was.is_down() != is.is_down())
}

/// How often in a row looks failed.
#[derive(Debug, Clone, Copy, Default)]
struct Failing {
    times: u32,
    since: Option<DateTime<Utc>>,
}

impl Failing {
    fn of(row: &AnyRow) -> Result<Self, Error> {
        Ok(Self {
            times: number(row, "fails")?,
            since: row.try_get::<Option<i64>, _>("failing_since")?.map(time),
        })
    }

    fn is_down(self) -> bool {
        self.times >= DOWN_AFTER
    }
}

fn before(row: &AnyRow, url: &str) -> Result<(Failing, History), Error> {
    Ok((Failing::of(row)?, history(row, url)?))
}

fn history(row: &AnyRow, url: &str) -> Result<History, Error> {
    let text: String = row.try_get("history")?;
    serde_json::from_str(&text).map_err(|error| Error::Corrupt {
        table: "health",
        column: "history",
        row: url.to_owned(),
        problem: error.to_string(),
    })
}

fn health(row: &AnyRow, url: &str) -> Result<Health, Error> {
    let optional = |column| row.try_get::<Option<i64>, _>(column);
    Ok(Health {
        last: Probe {
            at: time(row.try_get("probed_at")?),
            status: optional("status")?.and_then(|status| u16::try_from(status).ok()),
            latency_ms: optional("latency_ms")?.and_then(|millis| u32::try_from(millis).ok()),
            certificate_until: optional("certificate_until")?.map(time),
            error: row.try_get("error")?,
        },
        availability: availability(row)?,
        history: history(row, url)?,
    })
}

fn availability(row: &AnyRow) -> Result<Availability, Error> {
    let failing = Failing::of(row)?;
    Ok(Availability {
        asked: number(row, "asked")?,
        up: number(row, "up")?,
        down_since: failing.since.filter(|_| failing.is_down()),
    })
}

fn number(row: &AnyRow, column: &str) -> Result<u32, Error> {
    Ok(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or(u32::MAX))
}
