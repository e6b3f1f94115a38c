//! What changed at which revision: a log, so that whoever knows the directory at one revision reads only
//! what is another since.
//!
//! Writers take turns (`begin_change`), so changes are seen in the order of their revisions: whoever saw
//! one has seen all before it. What is too much for the log is read whole.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use sqlx::Row;

use super::batch::BATCH;
use super::pool::Connection;
use super::{Error, known_revision};
use crate::domain::word::worded;

/// How many changes are known: of more, the older half is forgotten.
pub const MAX_LOGGED: i64 = 200_000;
/// How many changes of one transaction are known: reading the directory whole is quicker than reading
/// more.
pub const MAX_LOGGED_AT_ONCE: usize = 10_000;

/// What of the directory may be another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Part {
    /// A hoster, by its id.
    Hoster,
    /// A service, by its id.
    Service,
    /// A vouch or what is known of it, by its id.
    Vouch,
    /// Who vouches, as far as it was read; all of them, under no id.
    Issuers,
    /// An address that was looked at and is no longer.
    Unwatched,
}

worded!(Part {
    Hoster = "hoster",
    Service = "service",
    Vouch = "vouch",
    Issuers = "issuers",
    Unwatched = "unwatched",
});

/// Adds [`BATCH`] rows of one revision, or the same row more than once.
static ADD: LazyLock<String> = LazyLock::new(|| {
    let row = |place: usize| format!("($1, ${}, ${})", 2 * place + 2, 2 * place + 3);
    let rows: Vec<String> = (0..BATCH).map(row).collect();
    format!(
        "insert into changes (revision, subject, id) values {} on conflict do nothing",
        rows.join(", ")
    )
});

/// Notes what changes at a revision.
pub(super) async fn log(
    writing: &mut Connection,
    revision: i64,
    changed: &BTreeSet<(Part, String)>,
) -> Result<(), Error> {
    if changed.len() > MAX_LOGGED_AT_ONCE {
        return forget(writing, revision).await;
    }
    let mut added = 0;
    let changed: Vec<_> = changed.iter().collect();
    for rows in changed.chunks(BATCH) {
        let last = rows.last().expect("a chunk is not empty");
        let mut query = sqlx::query(ADD.as_str()).bind(revision);
        for place in 0..BATCH {
            let (part, id) = rows.get(place).unwrap_or(last);
            query = query.bind(part.word()).bind(id.as_str());
        }
        added += query.execute(&mut *writing).await?.rows_affected();
    }
    let added = i64::try_from(added).unwrap_or(i64::MAX);
    let sql = "update change_log set kept = kept + $1 where name = 'directory' returning kept";
    let kept: i64 = sqlx::query_scalar(sql)
        .bind(added)
        .fetch_one(&mut *writing)
        .await?;
    if kept > MAX_LOGGED {
        let sql = "select revision from changes order by revision desc limit 1 offset $1";
        let middle = sqlx::query_scalar(sql)
            .bind(MAX_LOGGED / 2)
            .fetch_optional(&mut *writing)
            .await?;
        forget(writing, middle.unwrap_or(revision)).await?;
    }
    Ok(())
}

/// Forgets what changed up to a revision.
async fn forget(writing: &mut Connection, revision: i64) -> Result<(), Error> {
    let forgotten = sqlx::query("delete from changes where revision <= $1")
        .bind(revision)
        .execute(&mut *writing)
        .await?
        .rows_affected();
    sqlx::query(
        "update change_log set kept = kept - $1, since = case when since < $2 then $2 else since end
         where name = 'directory'",
    )
    .bind(i64::try_from(forgotten).unwrap_or(i64::MAX))
    .bind(revision)
    .execute(&mut *writing)
    .await?;
    Ok(())
}

/// Notes that all is logged that changed at a revision. Where a program that keeps no log moved the one
/// before, the log begins anew.
pub(super) async fn reach(writing: &mut Connection, revision: i64) -> Result<(), Error> {
    sqlx::query(
        "update change_log set until = $1,
           since = case when until = $1 - 1 or since > $1 - 1 then since else $1 - 1 end
         where name = 'directory'",
    )
    .bind(revision)
    .execute(&mut *writing)
    .await?;
    Ok(())
}

/// Notes that all is logged that changed up to a revision, however far the one before was.
pub(super) async fn leap(writing: &mut Connection, revision: i64) -> Result<(), Error> {
    sqlx::query("update change_log set until = $1 where name = 'directory'")
        .bind(revision)
        .execute(&mut *writing)
        .await?;
    Ok(())
}

/// Notes that nobody knows what changed before a revision, whichever it is.
pub(super) async fn begin_anew(writing: &mut Connection, revision: i64) -> Result<(), Error> {
    sqlx::query("delete from changes")
        .execute(&mut *writing)
        .await?;
    sqlx::query("update change_log set since = $1, until = $1, kept = 0 where name = 'directory'")
        .bind(revision)
        .execute(&mut *writing)
        .await?;
    Ok(())
}

/// The revision that is read, and whether all is known that changed after another.
pub(super) async fn known_after(
    snapshot: &mut Connection,
    revision: u64,
) -> Result<(u64, bool), Error> {
    let row = sqlx::query(
        "select r.number, l.since, l.until from revision r join change_log l on l.name = r.name
         where r.name = 'directory'",
    )
    .fetch_one(snapshot)
    .await?;
    let now = known_revision(row.try_get("number")?)?;
    let (since, until) = (row.try_get("since")?, row.try_get("until")?);
    let is_whole = known_revision(until)? == now && known_revision(since)? <= revision;
    Ok((now, is_whole && revision <= now))
}

/// Whether anything of who vouches for whom is another after a revision.
pub(super) async fn vouching_differs(
    snapshot: &mut Connection,
    revision: i64,
) -> Result<bool, Error> {
    let sql =
        "select id from changes where revision > $1 and subject in ('vouch', 'issuers') limit 1";
    let row = sqlx::query(sql)
        .bind(revision)
        .fetch_optional(snapshot)
        .await?;
    Ok(row.is_some())
}
