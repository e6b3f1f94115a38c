//! The sanity gate: a run that would change too much of the directory waits for people.
//!
//! What counts is what a run takes away: facts that become others, and records that go. Additions do
//! not count, or no directory could ever grow; and a newer date takes nothing away.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::Row;

use super::{Error, Writing};

/// How much of the directory one run may change, in percent of its hosters and services (product rule:
/// a run that would change more than 15 % stops before it publishes).
pub const MAX_SHARE_PERCENT: u64 = 15;
/// How many hosters and services one run may change in any directory: 15 % of a small one are a handful,
/// which one hoster that renames its services would exceed.
pub const MIN_CHANGES: u64 = 25;
/// How long the crawler's run lasts: each hoster is read once a day.
pub const WINDOW: TimeDelta = TimeDelta::hours(24);

/// What changes are counted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// Nothing: people or the owner of what changes said so.
    Ungated,
    /// Each other in one transaction.
    Import,
    /// Whatever else the crawler changed within [`WINDOW`].
    Crawl,
}

/// What the gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The changes may be seen.
    Open,
    /// They have to wait; `just_now` if these were the first of this run.
    Closed { just_now: bool },
}

/// Whether a run may change so many more records of a directory of `size`; counts them if it may.
pub(super) async fn judge(
    writing: &mut Writing,
    run: Run,
    changes: u64,
    size: u64,
    now: DateTime<Utc>,
) -> Result<Verdict, Error> {
    let most = MIN_CHANGES.max(size.saturating_mul(MAX_SHARE_PERCENT) / 100);
    match run {
        _ if changes == 0 => Ok(Verdict::Open),
        Run::Ungated => Ok(Verdict::Open),
        Run::Import if changes <= most => Ok(Verdict::Open),
        Run::Import => Ok(Verdict::Closed { just_now: true }),
        Run::Crawl => judge_crawl(writing, changes, most, now).await,
    }
}

async fn judge_crawl(
    writing: &mut Writing,
    changes: u64,
    most: u64,
    now: DateTime<Utc>,
) -> Result<Verdict, Error> {
    let now_millis = now.timestamp_millis();
    let row = sqlx::query("select began_at, changed, closed_at from runs where name = 'crawl'")
        .fetch_optional(&mut **writing)
        .await?;
    let mut run = (now_millis, 0, None);
    if let Some(row) = row {
        let began_at: i64 = row.try_get("began_at")?;
        // A clock that was set back begins a new run as well.
        if (0..WINDOW.num_milliseconds()).contains(&(now_millis - began_at)) {
            run = (began_at, row.try_get("changed")?, row.try_get("closed_at")?);
        }
    }
    let (began_at, changed, closed_at): (i64, i64, Option<i64>) = run;
    let total = changed.saturating_add(i64::try_from(changes).unwrap_or(i64::MAX));
    let is_open = closed_at.is_none() && u64::try_from(total).is_ok_and(|total| total <= most);
    let closed_at = match is_open {
        true => None,
        false => Some(closed_at.unwrap_or(now_millis)),
    };
    sqlx::query(
        "insert into runs (name, began_at, changed, closed_at) values ('crawl', $1, $2, $3)
         on conflict (name) do update set began_at = excluded.began_at,
         changed = excluded.changed, closed_at = excluded.closed_at",
    )
    .bind(began_at)
    .bind(if is_open { total } else { changed })
    .bind(closed_at)
    .execute(&mut **writing)
    .await?;
    Ok(match is_open {
        true => Verdict::Open,
        false => Verdict::Closed {
            just_now: run.2.is_none(),
        },
    })
}

/// How many hosters and services the directory has.
pub(super) async fn size(writing: &mut Writing) -> Result<u64, Error> {
    let count: i64 = sqlx::query_scalar(
        "select (select count(*) from hosters) + (select count(*) from services)",
    )
    .fetch_one(&mut **writing)
    .await?;
    Ok(u64::try_from(count).unwrap_or(0))
}
