//! What visitors say is wrong with entries, until somebody has looked into it. Nothing is kept of who
//! said it; so what bounds them counts entries and hours, never people.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use url::Url;

use super::{Error, Store, Writing, time, url_in};
use crate::domain::fold::fold;
use crate::domain::hoster::HosterId;
use crate::domain::report::{Entry, Reason, ReportState};
use crate::domain::service::ServiceId;
use crate::domain::text::Prose;
use crate::domain::word::worded;

/// How many reports of one entry are taken within a day: the tenth says no more than the first.
pub const MAX_OF_ENTRY_PER_DAY: u32 = 10;
/// How many reports a node takes within an hour, of whatever entry.
pub const MAX_PER_HOUR: u32 = 60;
/// How many reports wait for somebody to look into them, at most.
pub const MAX_WAITING: u32 = 1_000;

/// A report about to be filed.
#[derive(Debug, Clone)]
pub struct NewReport {
    /// What it is about.
    pub entry: Entry,
    /// Why.
    pub reason: Reason,
    /// What else was said.
    pub words: Option<Prose>,
}

/// What became of a report that somebody sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filed {
    /// It waits for somebody to look into it.
    Kept,
    /// The same was said before, and waits already.
    Known,
    /// This entry had enough reports for a day.
    TooManyOfEntry,
    /// The node had enough for now.
    TooMany,
}

worded!(Filed {
    Kept = "kept",
    Known = "known",
    TooManyOfEntry = "too-many-of-entry",
    TooMany = "too-many",
});

/// A report as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its number.
    pub seq: i64,
    /// What it is about.
    pub entry: Entry,
    /// Why.
    pub reason: Reason,
    /// What else was said.
    pub words: Option<Prose>,
    /// How often it was said.
    pub times: u64,
    /// When it was said first.
    pub received_at: DateTime<Utc>,
    /// How far it has come.
    pub state: ReportState,
    /// The question that its hoster was asked because of it.
    pub flag: Option<Url>,
    /// What came of it.
    pub outcome: Option<Prose>,
    /// When somebody closed it.
    pub closed_at: Option<DateTime<Utc>>,
}

const TABLE: &str = "reports";
/// All of a [`Report`], by name: PostgreSQL refuses a prepared `*` once a newer program has added a column.
const COLUMNS: &str =
    "seq, hoster, service, reason, words, times, received_at, state, flag, outcome, closed_at";

impl Store {
    /// Files a report, unless it is known or there were enough.
    pub async fn file_report(&self, new: &NewReport, now: DateTime<Utc>) -> Result<Filed, Error> {
        let mut writing = self.begin_change().await?;
        let filed = new.file(&mut writing, now).await?;
        Self::end_change(writing, false).await?;
        Ok(filed)
    }

    /// Up to `limit` reports that nobody has closed, the oldest first.
    pub async fn waiting_reports(&self, limit: u32) -> Result<Vec<Report>, Error> {
        self.reports("state <> 'closed' order by seq", limit).await
    }

    /// How many reports nobody has closed.
    pub async fn count_waiting_reports(&self) -> Result<u64, Error> {
        let sql = "select count(*) from reports where state <> 'closed'";
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&self.pool).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Up to `limit` reports that were closed, the latest first.
    pub async fn closed_reports(&self, limit: u32) -> Result<Vec<Report>, Error> {
        let latest = "state = 'closed' order by closed_at desc, seq desc";
        self.reports(latest, limit).await
    }

    async fn reports(&self, which: &str, limit: u32) -> Result<Vec<Report>, Error> {
        let sql = format!("select {COLUMNS} from reports where {which} limit $1");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(report).collect()
    }

    /// Closes reports, saying what came of them; says how many. What is closed already stays as it is.
    pub async fn close_reports(
        &self,
        reports: &[i64],
        outcome: &Prose,
        now: DateTime<Utc>,
    ) -> Result<u64, Error> {
        let mut writing = self.begin_change().await?;
        let mut closed = 0;
        for seq in reports {
            closed += sqlx::query(
                "update reports set state = 'closed', outcome = $1, closed_at = $2
                 where seq = $3 and state <> 'closed'",
            )
            .bind(outcome.as_str())
            .bind(now.timestamp_millis())
            .bind(*seq)
            .execute(&mut *writing)
            .await?
            .rows_affected();
        }
        Self::end_change(writing, false).await?;
        Ok(closed)
    }

    /// Forgets reports and questions that were settled before.
    pub async fn forget_reports(&self, before: DateTime<Utc>) -> Result<(), Error> {
        for sql in [
            "delete from reports where state = 'closed' and closed_at < $1",
            "delete from flags where sent_at < $1
               and (withdrawn_at is not null or answered_at is not null
                 or id not in (select flag from reports where flag is not null))",
        ] {
            sqlx::query(sql)
                .bind(before.timestamp_millis())
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }
}

impl NewReport {
    async fn file(&self, writing: &mut Writing, now: DateTime<Utc>) -> Result<Filed, Error> {
        let (hoster, service) = (
            self.entry.hoster.as_str(),
            self.entry.service.as_ref().map(ServiceId::as_str),
        );
        let words = self.words.as_ref().map_or("", Prose::as_str);
        let said_before = sqlx::query(
            "update reports set times = times + 1
             where hoster = $1 and coalesce(service, '') = $2 and reason = $3 and folded = $4
               and state <> 'closed'",
        )
        .bind(hoster)
        .bind(service.unwrap_or_default())
        .bind(self.reason.word())
        .bind(fold(words))
        .execute(&mut **writing)
        .await?
        .rows_affected();
        if said_before > 0 {
            return Ok(Filed::Known);
        }
        if let Some(enough) = enough(writing, &self.entry, now).await? {
            return Ok(enough);
        }
        sqlx::query(
            "insert into reports (seq, hoster, service, reason, words, folded, times, received_at, state)
             select coalesce(max(seq), 0) + 1, $1, $2, $3, $4, $5, 1, cast($6 as bigint), 'open'
             from reports",
        )
        .bind(hoster)
        .bind(service)
        .bind(self.reason.word())
        .bind(words)
        .bind(fold(words))
        .bind(now.timestamp_millis())
        .execute(&mut **writing)
        .await?;
        Ok(Filed::Kept)
    }
}

/// Why no further report is taken now, if none is.
async fn enough(
    writing: &mut Writing,
    entry: &Entry,
    now: DateTime<Utc>,
) -> Result<Option<Filed>, Error> {
    let row = sqlx::query(
        "select (select count(*) from reports where state <> 'closed') as waiting,
           (select count(*) from reports where received_at > $1) as within_hour,
           (select count(*) from reports
            where hoster = $2 and coalesce(service, '') = $3 and received_at > $4) as of_entry",
    )
    .bind((now - TimeDelta::hours(1)).timestamp_millis())
    .bind(entry.hoster.as_str())
    .bind(entry.service.as_ref().map_or("", ServiceId::as_str))
    .bind((now - TimeDelta::hours(24)).timestamp_millis())
    .fetch_one(&mut **writing)
    .await?;
    let is_reached = |column: &str, most: u32| {
        let count: i64 = row.try_get(column)?;
        Ok::<bool, sqlx::Error>(count >= i64::from(most))
    };
    if is_reached("of_entry", MAX_OF_ENTRY_PER_DAY)? {
        return Ok(Some(Filed::TooManyOfEntry));
    }
    let is_full = is_reached("waiting", MAX_WAITING)? || is_reached("within_hour", MAX_PER_HOUR)?;
    Ok(is_full.then_some(Filed::TooMany))
}

fn report(row: &AnyRow) -> Result<Report, Error> {
    let seq: i64 = row.try_get("seq")?;
    let corrupt = |column, problem: String| Error::Corrupt {
        table: TABLE,
        column,
        row: seq.to_string(),
        problem,
    };
    let text = |column| row.try_get::<Option<String>, _>(column);
    let hoster: String = row.try_get("hoster")?;
    let hoster = HosterId::parse(&hoster).map_err(|error| corrupt("hoster", error.to_string()))?;
    let service = text("service")?.map(|id| ServiceId::parse(&id)).transpose();
    let (reason, state): (String, String) = (row.try_get("reason")?, row.try_get("state")?);
    let unknown = |column, word: &str| corrupt(column, format!("{word:?} is none we know"));
    let flag = match text("flag")? {
        Some(_) => Some(url_in(row, TABLE, "flag")?),
        None => None,
    };
    Ok(Report {
        entry: Entry {
            hoster,
            service: service.map_err(|error| corrupt("service", error.to_string()))?,
        },
        reason: Reason::from_word(&reason).ok_or_else(|| unknown("reason", &reason))?,
        words: text("words")?.and_then(|words| Prose::parse(&words).ok()),
        times: u64::try_from(row.try_get::<i64, _>("times")?).unwrap_or(0),
        received_at: time(row.try_get("received_at")?),
        state: ReportState::from_word(&state).ok_or_else(|| unknown("state", &state))?,
        flag,
        outcome: text("outcome")?.and_then(|words| Prose::parse(&words).ok()),
        closed_at: row.try_get::<Option<i64>, _>("closed_at")?.map(time),
        seq,
    })
}
