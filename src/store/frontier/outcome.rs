//! What became of one target, and what its last visits came to.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Faults, Purpose, Target};
use crate::domain::health::Probe;
use crate::store::{Error, Misplaced, Writing, health};

/// How many of its last visits are kept of a target.
pub const MAX_LOG: usize = 5;

/// A visit of a target that lies behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
}

/// What became of a target.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Where it is.
    pub url: Url,
    /// Why it was asked.
    pub purpose: Purpose,
    /// When it is asked next.
    pub due_at: DateTime<Utc>,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The tag of what was read.
    pub etag: Option<String>,
    /// When that changed, as its server wrote it.
    pub last_modified: Option<String>,
    /// How often in a row it was asked in vain.
    pub fails: u32,
    /// What went wrong.
    pub error: Option<String>,
    /// Its visits before this one, the last first.
    pub log: Vec<LogEntry>,
    /// What is wrong with the document that is there now; `None` if it is the one that was read before.
    pub faults: Option<Faults>,
    /// What was seen, if it was asked whether it is up.
    pub probe: Option<Probe>,
}

impl Outcome {
    /// What becomes of a target of which nothing is learnt: it is as it was, and due at a time.
    pub fn of(target: &Target, due_at: DateTime<Utc>) -> Self {
        Self {
            url: target.url.clone(),
            purpose: target.purpose,
            due_at,
            status: None,
            etag: target.etag.clone(),
            last_modified: target.last_modified.clone(),
            fails: 0,
            error: None,
            log: target.log.clone(),
            faults: None,
            probe: None,
        }
    }

    /// Writes it, with those records of its document that have no place in the directory; says whether
    /// visitors can see a difference by it.
    pub(super) async fn record(
        &self,
        writing: &mut Writing,
        misplaced: &[Misplaced],
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let faults = self.faults.as_ref();
        let faults = faults.and_then(|faults| faults.written(misplaced));
        sqlx::query(
            "update targets set due_at = $1, last_status = $2, etag = $3, last_modified = $4,
               fails = $5, last_error = $6, visited_at = $7, log = $8,
               faults = case when $9 = 0 then faults else $10 end
             where url = $11 and purpose = $12",
        )
        .bind(self.due_at.timestamp_millis())
        .bind(self.status.map(i64::from))
        .bind(self.etag.as_deref())
        .bind(self.last_modified.as_deref())
        .bind(i64::from(self.fails))
        .bind(self.error.as_deref())
        .bind(now.timestamp_millis())
        .bind(self.log_with(now))
        .bind(i64::from(self.faults.is_some()))
        .bind(faults)
        .bind(self.url.as_str())
        .bind(self.purpose.word())
        .execute(&mut **writing)
        .await?;
        match &self.probe {
            Some(probe) => health::note(writing, &self.url, probe).await,
            None => Ok(false),
        }
    }

    /// The last visits with this one, as JSON. Looks at whether something is up have a history instead.
    fn log_with(&self, now: DateTime<Utc>) -> Option<String> {
        self.purpose.format()?;
        let this = LogEntry {
            at: now,
            status: self.status,
            error: self.error.clone(),
        };
        let log: Vec<&LogEntry> = [&this].into_iter().chain(&self.log).take(MAX_LOG).collect();
        Some(serde_json::to_string(&log).expect("a log is JSON"))
    }
}
