//! What this directory will have nothing to do with, by domain.

use chrono::{DateTime, Utc};
use sqlx::any::AnyRow;
use sqlx::{Any, Executor, Row};
use url::Url;

use super::decisions::{self, New};
use super::{Error, Store, Writing, cut, time};
use crate::domain::block::{Block, Domain, Severity};
use crate::domain::decision::{Via, What};
use crate::domain::text::{Name, Prose};

const ALL: &str = "select domain, severity, reason, source, since from blocks";

/// What came of the wish to block a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocked {
    /// It is blocked now, or otherwise than before.
    Done,
    /// It was blocked just so.
    Already,
    /// This node itself is there.
    Ourselves,
}

impl Store {
    /// Everything that was blocked here, in the order of domains.
    pub async fn blocks(&self) -> Result<Vec<Block>, Error> {
        read(&self.pool).await
    }

    /// Blocks a domain for a reason; one that is blocked keeps its time. What is suspended has nothing to
    /// do with this node from that moment: it follows nobody here, is followed by nobody, is owed nothing,
    /// and what it said and nobody applied yet, or led to and nobody visited yet, is dropped.
    pub async fn add_block(
        &self,
        domain: &Domain,
        severity: Severity,
        reason: &Prose,
        source: Option<&Name>,
        now: DateTime<Utc>,
    ) -> Result<Blocked, Error> {
        let mut writing = self.begin_change().await?;
        if covers_us(&mut writing, domain).await? {
            return Ok(Blocked::Ourselves);
        }
        let known = sqlx::query("select severity, reason, source from blocks where domain = $1")
            .bind(domain.as_str())
            .fetch_optional(&mut *writing)
            .await?;
        if let Some(row) = &known {
            let text = |column| row.try_get::<Option<String>, _>(column);
            let is_same = text("severity")?.as_deref() == Some(severity.word())
                && text("reason")?.as_deref() == Some(reason.as_str())
                && text("source")?.as_deref() == source.map(Name::as_str);
            if is_same {
                return Ok(Blocked::Already);
            }
        }
        sqlx::query(
            "insert into blocks (domain, severity, reason, source, since)
             values ($1, $2, $3, $4, $5)
             on conflict (domain) do update
             set severity = excluded.severity, reason = excluded.reason, source = excluded.source",
        )
        .bind(domain.as_str())
        .bind(severity.word())
        .bind(reason.as_str())
        .bind(source.map(Name::as_str))
        .bind(now.timestamp_millis())
        .execute(&mut *writing)
        .await?;
        if severity == Severity::Suspend {
            cut::off(&mut writing, domain, now).await?;
        }
        let new = New {
            what: match known {
                Some(_) => What::BlockChanged,
                None => What::BlockAdded,
            },
            subject: domain.as_str(),
            reason: Some(reason),
            detail: Some(severity.word()),
            via: Via::Operator,
        };
        decisions::note(&mut writing, new, now).await?;
        Self::end_change(writing, true).await?;
        Ok(Blocked::Done)
    }

    /// No longer blocks a domain. Says whether it did.
    pub async fn remove_block(
        &self,
        domain: &Domain,
        reason: Option<&Prose>,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let mut writing = self.begin_change().await?;
        let removed = sqlx::query("delete from blocks where domain = $1 returning severity")
            .bind(domain.as_str())
            .fetch_optional(&mut *writing)
            .await?;
        let Some(row) = removed else { return Ok(false) };
        let severity: String = row.try_get("severity")?;
        let new = New {
            what: What::BlockRemoved,
            subject: domain.as_str(),
            reason,
            detail: Some(&severity),
            via: Via::Operator,
        };
        decisions::note(&mut writing, new, now).await?;
        Self::end_change(writing, true).await?;
        Ok(true)
    }
}

/// Whether this node itself is at a domain.
pub(super) async fn covers_us(writing: &mut Writing, domain: &Domain) -> Result<bool, Error> {
    let id: Option<String> = sqlx::query_scalar("select id from local_actors where role = 'node'")
        .fetch_optional(&mut **writing)
        .await?;
    let home = id.and_then(|id| Url::parse(&id).ok());
    Ok(home.is_some_and(|home| domain.covers(&home)))
}

/// What is blocked as it stands in a connection's eyes.
pub(super) async fn read<'c>(
    connection: impl Executor<'c, Database = Any>,
) -> Result<Vec<Block>, Error> {
    let rows = sqlx::query(ALL).fetch_all(connection).await?;
    let mut blocks: Vec<Block> = rows.iter().map(block).collect::<Result<_, _>>()?;
    blocks.sort_unstable_by(|a, b| a.domain.cmp(&b.domain));
    Ok(blocks)
}

fn block(row: &AnyRow) -> Result<Block, Error> {
    let key: String = row.try_get("domain")?;
    let corrupt = |column, problem: String| Error::Corrupt {
        table: "blocks",
        column,
        row: key.clone(),
        problem,
    };
    let word: String = row.try_get("severity")?;
    let reason: Option<String> = row.try_get("reason")?;
    let reason = reason.map(|reason| Prose::parse(&reason)).transpose();
    let source: Option<String> = row.try_get("source")?;
    let source = source.map(|source| Name::parse(&source)).transpose();
    let domain = Domain::parse(&key).ok();
    Ok(Block {
        domain: domain
            .filter(|domain| domain.as_str() == key)
            .ok_or_else(|| corrupt("domain", "it is no domain as it is kept".to_owned()))?,
        severity: Severity::from_word(&word)
            .ok_or_else(|| corrupt("severity", format!("{word:?} is no severity")))?,
        reason: reason.map_err(|error| corrupt("reason", error.to_string()))?,
        source: source.map_err(|error| corrupt("source", error.to_string()))?,
        since: Some(time(row.try_get("since")?)),
        via: Via::Operator,
    })
}
