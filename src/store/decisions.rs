//! The public log of what the operator chose: added to, never changed.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Error, Store, Writing, time};
use crate::domain::decision::{Decision, Via, What};
use crate::domain::text::Prose;

/// A decision about to be noted.
#[derive(Debug, Clone, Copy)]
pub(super) struct New<'a> {
    /// What was decided.
    pub(super) what: What,
    /// About whom or what.
    pub(super) subject: &'a str,
    /// Why.
    pub(super) reason: Option<&'a Prose>,
    /// What it came to.
    pub(super) detail: Option<&'a str>,
    /// Where it was decided.
    pub(super) via: Via,
}

impl Store {
    /// One page of what was decided since then, the newest first, and how much there is.
    pub async fn decisions(
        &self,
        since: DateTime<Utc>,
        limit: u32,
        offset: u64,
    ) -> Result<(Vec<Decision>, u64), Error> {
        let since = since.timestamp_millis();
        let total: i64 = sqlx::query_scalar("select count(*) from decisions where at >= $1")
            .bind(since)
            .fetch_one(&self.pool)
            .await?;
        let rows = sqlx::query(
            "select seq, at, what, subject, reason, detail, via from decisions
             where at >= $1 order by seq desc limit $2 offset $3",
        )
        .bind(since)
        .bind(i64::from(limit))
        .bind(i64::try_from(offset).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        let page = rows.iter().map(decision).collect::<Result<_, _>>()?;
        Ok((page, u64::try_from(total).unwrap_or(0)))
    }
}

/// Notes a decision in the transaction that makes it.
pub(super) async fn note(
    writing: &mut Writing,
    new: New<'_>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    // The row of the counter is held until the end, so the order of numbers is that of commits.
    let seq: i64 = sqlx::query_scalar(
        "update revision set number = number + 1 where name = 'decisions' returning number",
    )
    .fetch_one(&mut **writing)
    .await?;
    sqlx::query(
        "insert into decisions (seq, at, what, subject, reason, detail, via)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(seq)
    .bind(now.timestamp_millis())
    .bind(new.what.word())
    .bind(new.subject)
    .bind(new.reason.map(Prose::as_str))
    .bind(new.detail)
    .bind(new.via.word())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

fn decision(row: &AnyRow) -> Result<Decision, Error> {
    let seq: i64 = row.try_get("seq")?;
    let corrupt = |column, problem: String| Error::Corrupt {
        table: "decisions",
        column,
        row: seq.to_string(),
        problem,
    };
    let word = |column| -> Result<String, Error> { Ok(row.try_get(column)?) };
    let (what, via) = (word("what")?, word("via")?);
    let reason: Option<String> = row.try_get("reason")?;
    let reason = reason.map(|reason| Prose::parse(&reason)).transpose();
    Ok(Decision {
        seq,
        at: time(row.try_get("at")?),
        what: What::from_word(&what)
            .ok_or_else(|| corrupt("what", format!("{what:?} is no decision")))?,
        subject: row.try_get("subject")?,
        reason: reason.map_err(|error| corrupt("reason", error.to_string()))?,
        detail: row.try_get("detail")?,
        via: Via::from_word(&via).ok_or_else(|| corrupt("via", format!("{via:?} is no way")))?,
    })
}
