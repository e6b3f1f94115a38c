//! Domains that lists of others would block, until a person takes or drops them. None of them blocks
//! anything.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Error, Store, Writing, blocks, time};
use crate::domain::block::{Blocks, Domain, Severity};
use crate::domain::proposal::Proposal;
use crate::domain::text::{Name, Prose};
use crate::domain::word::worded;

/// How many proposals may wait for a decision; what else a list says is passed over, and said so.
pub const MAX_PROPOSALS: u64 = 50_000;

/// What a person makes of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalVerdict {
    /// It is blocked.
    Taken,
    /// It is not, whatever lists say later.
    Dropped,
}

worded!(ProposalVerdict {
    Taken = "taken",
    Dropped = "dropped",
});

/// A proposal that waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// What is proposed.
    pub proposal: Proposal,
    /// The list that proposes it: its address, or the name of its file.
    pub source: Name,
    /// When it was read there.
    pub received_at: DateTime<Utc>,
}

/// What came of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReceivedProposals {
    /// Proposals that wait now and did not before, or say something else.
    pub new: u64,
    /// Those that waited just so.
    pub known: u64,
    /// Those that somebody decided on before.
    pub decided: u64,
    /// Those of domains that are blocked already.
    pub blocked: u64,
    /// Those that wait no longer, since the list takes them back.
    pub retracted: u64,
    /// Those that there was no room for.
    pub too_many: u64,
}

const TABLE: &str = "proposals";

impl Store {
    /// Keeps what a list proposes and no longer proposes. What somebody decided on stays decided, and what
    /// another list proposed before is that list's.
    pub async fn receive_proposals(
        &self,
        proposals: &[Proposal],
        retracted: &[Domain],
        source: &Name,
        now: DateTime<Utc>,
    ) -> Result<ReceivedProposals, Error> {
        let mut writing = self.begin_change().await?;
        let blocks = Blocks::of(blocks::read(&mut *writing).await?);
        let (waiting, mut last): (i64, i64) = {
            let row = sqlx::query(
                "select count(case when state = 'open' then 1 end) as waiting,
                   coalesce(max(seq), 0) as last from proposals",
            )
            .fetch_one(&mut *writing)
            .await?;
            (row.try_get("waiting")?, row.try_get("last")?)
        };
        let mut room = MAX_PROPOSALS.saturating_sub(u64::try_from(waiting).unwrap_or(0));
        let mut received = ReceivedProposals::default();
        for proposal in proposals {
            if blocks.covers(&proposal.domain, proposal.severity) {
                received.blocked += 1;
                continue;
            }
            match fate(&mut writing, proposal, source).await? {
                Fate::Decided => received.decided += 1,
                Fate::Known => received.known += 1,
                Fate::New if room == 0 => received.too_many += 1,
                fate => {
                    if fate == Fate::New {
                        room -= 1;
                    }
                    last += 1;
                    keep(&mut writing, proposal, source, last, now).await?;
                    received.new += 1;
                }
            }
        }
        for domain in retracted {
            received.retracted += sqlx::query(
                "delete from proposals where domain = $1 and source = $2 and state = 'open'",
            )
            .bind(domain.as_str())
            .bind(source.as_str())
            .execute(&mut *writing)
            .await?
            .rows_affected();
        }
        Self::end_change(writing, false).await?;
        Ok(received)
    }

    /// One page of the proposals that wait for a decision, in the order in which they came, and how many
    /// there are.
    pub async fn proposals(&self, limit: u32, offset: u64) -> Result<(Vec<Proposed>, u64), Error> {
        let total: i64 = sqlx::query_scalar("select count(*) from proposals where state = 'open'")
            .fetch_one(&self.pool)
            .await?;
        let rows = sqlx::query(
            "select domain, severity, comment, source, received_at from proposals
             where state = 'open' order by seq limit $1 offset $2",
        )
        .bind(i64::from(limit))
        .bind(i64::try_from(offset).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        let page = rows.iter().map(proposed).collect::<Result<_, _>>()?;
        Ok((page, u64::try_from(total).unwrap_or(0)))
    }

    /// A proposal that waits for a decision.
    pub async fn proposal(&self, domain: &Domain) -> Result<Option<Proposed>, Error> {
        let row = sqlx::query(
            "select domain, severity, comment, source, received_at from proposals
             where domain = $1 and state = 'open'",
        )
        .bind(domain.as_str())
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(proposed).transpose()
    }

    /// Notes what a person made of proposals that wait; says of how many.
    pub async fn decide_proposals(
        &self,
        verdict: ProposalVerdict,
        domains: &[Domain],
        now: DateTime<Utc>,
    ) -> Result<u64, Error> {
        let mut writing = self.begin_change().await?;
        let mut decided = 0;
        for domain in domains {
            decided += sqlx::query(
                "update proposals set state = $1, decided_at = $2
                 where domain = $3 and state = 'open'",
            )
            .bind(verdict.word())
            .bind(now.timestamp_millis())
            .bind(domain.as_str())
            .execute(&mut *writing)
            .await?
            .rows_affected();
        }
        Self::end_change(writing, false).await?;
        Ok(decided)
    }
}

/// What becomes of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Nobody proposed it before.
    New,
    /// The list says something else of it now.
    Changed,
    /// It waits just so, or another list proposed it.
    Known,
    /// Somebody decided on it.
    Decided,
}

async fn fate(writing: &mut Writing, proposal: &Proposal, source: &Name) -> Result<Fate, Error> {
    let row =
        sqlx::query("select severity, comment, source, state from proposals where domain = $1")
            .bind(proposal.domain.as_str())
            .fetch_optional(&mut **writing)
            .await?;
    let Some(row) = row else { return Ok(Fate::New) };
    let is = |column, text: &str| {
        let value: String = row.try_get(column)?;
        Ok::<bool, sqlx::Error>(value == text)
    };
    if !is("state", "open")? {
        return Ok(Fate::Decided);
    }
    let comment = proposal.comment.as_ref().map_or("", Prose::as_str);
    let is_same = is("severity", proposal.severity.word())? && is("comment", comment)?;
    Ok(match is_same || !is("source", source.as_str())? {
        true => Fate::Known,
        false => Fate::Changed,
    })
}

async fn keep(
    writing: &mut Writing,
    proposal: &Proposal,
    source: &Name,
    seq: i64,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query(
        "insert into proposals (domain, seq, severity, comment, source, received_at, state)
         values ($1, $2, $3, $4, $5, $6, 'open')
         on conflict (domain) do update
         set severity = excluded.severity, comment = excluded.comment,
           received_at = excluded.received_at",
    )
    .bind(proposal.domain.as_str())
    .bind(seq)
    .bind(proposal.severity.word())
    .bind(proposal.comment.as_ref().map_or("", Prose::as_str))
    .bind(source.as_str())
    .bind(now.timestamp_millis())
    .execute(&mut **writing)
    .await?;
    Ok(())
}

fn proposed(row: &AnyRow) -> Result<Proposed, Error> {
    let key: String = row.try_get("domain")?;
    let corrupt = |column, problem: String| Error::Corrupt {
        table: TABLE,
        column,
        row: key.clone(),
        problem,
    };
    let text = |column| row.try_get::<String, _>(column);
    let (severity, source) = (text("severity")?, text("source")?);
    Ok(Proposed {
        proposal: Proposal {
            domain: Domain::parse(&key).map_err(|error| corrupt("domain", error.to_string()))?,
            severity: Severity::from_word(&severity)
                .ok_or_else(|| corrupt("severity", format!("{severity:?} is no severity")))?,
            comment: Prose::parse(&text("comment")?).ok(),
        },
        source: Name::parse(&source).map_err(|error| corrupt("source", error.to_string()))?,
        received_at: time(row.try_get("received_at")?),
    })
}
