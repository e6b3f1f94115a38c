//! What the gate held: looked at by people, who let it pass or drop it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::Row;

use super::keep::{Fate, publish};
use super::noun::Noun;
use super::pool::Connection;
use super::statements::{self, Subject, Word};
use super::{Error, Store, Writing};
use crate::domain::contrast::{self, Contrast};
use crate::domain::hoster::Hoster;
use crate::domain::provenance::SourceKind;
use crate::domain::service::Service;
use crate::domain::word::worded;

/// A hoster or a service of which something is held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held {
    /// `hoster` or `service`.
    pub subject: &'static str,
    /// Its id.
    pub id: String,
    /// Whether it would go altogether.
    pub goes: bool,
    /// What would be another than it is.
    pub changes: Vec<Contrast>,
    /// Whose words are held.
    pub sources: Vec<HeldSource>,
}

/// A source whose word is held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldSource {
    /// Its kind.
    pub kind: SourceKind,
    /// Who it is.
    pub by: String,
    /// Whether it no longer says anything.
    pub takes_back: bool,
}

/// What becomes of what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It counts from now on.
    Pass,
    /// It is as if it had never been said.
    Drop,
}

worded!(Decision {
    Pass = "pass",
    Drop = "drop",
});

impl Store {
    /// How many hosters and services are held.
    pub async fn held_count(&self) -> Result<u64, Error> {
        let sql = "select count(*) from
            (select distinct subject, id from statements where held is not null) as held";
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&self.pool).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// All that is held and what would come of it, hosters first, in the order of ids.
    pub async fn held(&self, now: DateTime<Utc>) -> Result<Vec<Held>, Error> {
        let mut reading = self.engine.begin_reading(&self.pool).await?;
        let mut all = held_of::<Hoster>(&mut reading, now).await?;
        all.extend(held_of::<Service>(&mut reading, now).await?);
        Ok(all)
    }

    /// Decides on what is held of these ids, or of all if none is named; says of how many hosters and
    /// services. What was decided meanwhile is not decided again.
    pub async fn decide(
        &self,
        decision: Decision,
        ids: &[String],
        now: DateTime<Utc>,
    ) -> Result<u64, Error> {
        let mut writing = self.begin_change().await?;
        let mut is_visible = false;
        // Services first: a hoster that goes takes them along.
        let services = decide::<Service>(&mut writing, decision, ids, now, &mut is_visible).await?;
        let hosters = decide::<Hoster>(&mut writing, decision, ids, now, &mut is_visible).await?;
        Self::end_change(writing, is_visible).await?;
        Ok(hosters + services)
    }
}

async fn held_ids<T: Noun>(connection: &mut Connection) -> Result<Vec<String>, Error> {
    let sql = "select distinct id from statements where subject = $1 and held is not null";
    let rows = sqlx::query(sql)
        .bind(T::SUBJECT)
        .fetch_all(connection)
        .await?;
    let mut ids = rows
        .iter()
        .map(|row| row.try_get("id"))
        .collect::<Result<Vec<String>, _>>()?;
    ids.sort_unstable();
    Ok(ids)
}

async fn held_of<T: Noun>(
    reading: &mut Connection,
    now: DateTime<Utc>,
) -> Result<Vec<Held>, Error> {
    let ids = held_ids::<T>(&mut *reading).await?;
    let mut known = statements::load::<T>(reading, &ids).await?;
    let described = ids.into_iter().filter_map(|id| {
        let subject = known.remove(&id)?;
        Some(describe(id, &subject, now))
    });
    Ok(described.collect())
}

fn describe<T: Noun>(id: String, subject: &Subject<T>, now: DateTime<Utc>) -> Held {
    let merged = subject.merged(true, now.date_naive());
    let changes = match (&subject.record, &merged) {
        (Some((_, record)), Some(merged)) => contrast::between(record, merged),
        _ => Vec::new(),
    };
    let held = subject.said.iter().filter(|said| said.is_held);
    Held {
        subject: T::SUBJECT,
        id,
        goes: merged.is_none(),
        changes,
        sources: held
            .map(|said| HeldSource {
                kind: said.kind,
                by: said.source.clone(),
                takes_back: said.later == Some(Word::TakenBack),
            })
            .collect(),
    }
}

async fn decide<T: Noun>(
    writing: &mut Writing,
    decision: Decision,
    wanted: &[String],
    now: DateTime<Utc>,
    is_visible: &mut bool,
) -> Result<u64, Error> {
    let mut ids = held_ids::<T>(writing).await?;
    ids.retain(|id| wanted.is_empty() || wanted.contains(id));
    let mut known = statements::load::<T>(writing, &ids).await?;
    for id in &ids {
        let mut subject = known.remove(id).unwrap_or_else(Subject::unknown);
        if decision == Decision::Drop {
            subject.drop_held();
        }
        let is_passed = decision == Decision::Pass;
        let fate = publish(writing, id, &mut subject, is_passed, now).await?;
        *is_visible |= fate != Fate::Same;
    }
    Ok(ids.len() as u64)
}
