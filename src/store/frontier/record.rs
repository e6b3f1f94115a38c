//! What became of visits, with what was learnt, many in one transaction.

use chrono::{DateTime, Utc};
use url::Url;

use super::{Outcome, Rules, Sown, Spent, Target, sow};
use crate::domain::host::Host;
use crate::store::{Error, Kept, Misplaced, Run, Said, Store, Told, Visit, Writing, keep, visits};

/// How many hosts of one registered domain are known: whoever owns a domain can name as many as they like.
pub const MAX_HOSTS_PER_DOMAIN: u32 = 100;
/// How many targets of one host are known.
pub const MAX_TARGETS_PER_HOST: u32 = 500;
/// When a host at which nothing will be due again is due: never, as far as the tables can tell.
pub(in crate::store) const NEVER: i64 = 253_370_764_800_000; // the year 9999

/// One request to a host, and what becomes different by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Visited {
    /// The host.
    pub host: Host,
    /// The lease under which it was asked. Of a lease that has ended nothing is recorded: who has the host
    /// now asks again.
    pub lease: i64,
    /// What became of the target that was asked for, and of those that need not be asked after it; none if
    /// it was robots.txt.
    pub outcomes: Vec<Outcome>,
    /// What robots.txt says, if it was read.
    pub rules: Option<Rules>,
    /// What its document tells, if it was read.
    pub told: Option<Told>,
    /// The vouches in its document.
    pub vouches: Vec<Said>,
    /// Whose list of vouches for itself is to be read.
    pub vouched: Option<Url>,
    /// What is to be visited next.
    pub sown: Vec<Sown>,
    /// What was read of the host in its round so far.
    pub spent: Spent,
    /// What the worker does then.
    pub then: Then,
}

/// What a worker does after a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// It has more to ask of the host.
    GoOn,
    /// It asks for what is new there, and leaves if nothing is.
    GoOnIfNew(Left),
    /// It leaves.
    Leave(Left),
}

/// How a host is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// When it has rested.
    pub next_request_at: DateTime<Utc>,
    /// Before when nothing is due there, whatever its targets say.
    pub not_before: Option<DateTime<Utc>>,
    /// Before when nothing is read there; whether its services are up may be asked sooner.
    pub not_read_before: Option<DateTime<Utc>>,
    /// How many rounds in a row it was out of reach.
    pub fails: u32,
    /// Whether it asks to be left out.
    pub is_opted_out: bool,
    /// Why it was out of reach.
    pub error: Option<String>,
}

/// What became of visits that were recorded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recorded {
    /// What became of the hosters and services.
    pub kept: Kept,
    /// How many hosters and services the gate kept from changing, if that closed it just now.
    pub gate_closed: Option<u64>,
    /// How many addresses were new.
    pub found: u64,
    /// Of each visit what is new at its host, if its worker has it still; `None` if not.
    pub each: Vec<Option<Vec<Target>>>,
}

impl Store {
    /// Records visits and what was learnt in one transaction; the directory's revision grows by one if
    /// visitors can see a difference. If the database refuses one of them for what it is, the others are
    /// recorded without it, and of it only that its host was asked.
    ///
    /// An error is one of the database itself. Some may be recorded then; all may be given again.
    pub async fn record_visits(
        &self,
        batch: Vec<Visited>,
        now: DateTime<Utc>,
    ) -> Result<Recorded, Error> {
        let mut all = Recorded::default();
        let mut parts = vec![&batch[..]];
        while let Some(part) = parts.pop() {
            match self.record_whole(part, now).await {
                Ok(recorded) => all.add(recorded),
                Err(Error::Other(sqlx::Error::Database(_))) if part.len() > 1 => {
                    // Halved until it is found, the first half first.
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
                Err(Error::Other(error @ sqlx::Error::Database(_))) => {
                    let bare: Vec<Visited> = part.iter().map(|part| part.bare(&error)).collect();
                    all.add(self.record_whole(&bare, now).await?);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    async fn record_whole(&self, batch: &[Visited], now: DateTime<Utc>) -> Result<Recorded, Error> {
        let mut writing = self.begin_change().await?;
        let mut recorded = Recorded::default();
        let mut mine = Vec::with_capacity(batch.len());
        for visited in batch {
            if visited.is_mine(&mut writing).await? {
                mine.push(visited);
                recorded.each.push(Some(Vec::new()));
            } else {
                recorded.each.push(None);
            }
        }
        let told: Vec<Told> = mine
            .iter()
            .filter_map(|visited| visited.told.clone())
            .collect();
        let mut is_visible = false;
        let mut misplaced = Vec::new();
        if !told.is_empty() {
            let (outcome, visible) = keep::keep_told(&mut writing, told, Run::Crawl, now).await?;
            is_visible = visible;
            outcome
                .kept
                .into_iter()
                .for_each(|kept| recorded.kept.add(kept));
            recorded.gate_closed = outcome.gate_closed;
            misplaced = outcome.misplaced;
        }
        let mut misplaced = misplaced.into_iter();
        let mut mine = mine.into_iter();
        for each in &mut recorded.each {
            if each.is_some() {
                let visited = mine.next().expect("one for each that is mine");
                let found = &mut recorded.found;
                let misplaced = match visited.told {
                    Some(_) => misplaced.next().unwrap_or_default(),
                    None => Vec::new(),
                };
                *each = visited
                    .record(&mut writing, &misplaced, found, &mut is_visible, now)
                    .await?;
            }
        }
        Self::end_change(writing, is_visible).await?;
        Ok(recorded)
    }
}

impl Recorded {
    fn add(&mut self, other: Self) {
        self.kept.add(other.kept);
        self.gate_closed = self.gate_closed.or(other.gate_closed);
        self.found += other.found;
        self.each.extend(other.each);
    }
}

impl Visited {
    /// The visit without anything that its host said.
    fn bare(&self, error: &sqlx::Error) -> Self {
        let outcomes = self.outcomes.iter().cloned().map(|outcome| Outcome {
            etag: None,
            last_modified: None,
            error: Some(format!("what it says cannot be kept: {error}")),
            faults: None,
            ..outcome
        });
        Self {
            outcomes: outcomes.collect(),
            rules: None,
            told: None,
            vouches: Vec::new(),
            vouched: None,
            sown: Vec::new(),
            ..self.clone()
        }
    }

    async fn record(
        &self,
        writing: &mut Writing,
        misplaced: &[Misplaced],
        found: &mut u64,
        is_visible: &mut bool,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<Target>>, Error> {
        for outcome in &self.outcomes {
            *is_visible |= outcome.record(writing, misplaced, now).await?;
        }
        for said in &self.vouches {
            *is_visible |= said.keep(writing, now).await?;
        }
        if let Some(actor) = &self.vouched {
            visits::plan(writing, actor, Visit::Member, actor, now).await?;
        }
        let mut new = Vec::new();
        for sown in &self.sown {
            let is_new = sow::plan(writing, sown, now).await?;
            *found += u64::from(is_new);
            if is_new && Host::of(&sown.url).as_ref() == Some(&self.host) {
                new.push(sown.as_target());
            }
        }
        match &self.then {
            Then::GoOn => Ok(Some(new)),
            Then::GoOnIfNew(_) if !new.is_empty() => Ok(Some(new)),
            Then::GoOnIfNew(left) | Then::Leave(left) => {
                self.leave(writing, left, now).await?;
                Ok(None)
            }
        }
    }

    /// Writes what was spent, and with it takes the row, if the lease is still this one.
    async fn is_mine(&self, writing: &mut Writing) -> Result<bool, Error> {
        let rules = self.rules.as_ref();
        let mine = sqlx::query(
            "update hosts set pages = $1, items = $2, bytes = $3,
               robots = coalesce($4, robots), robots_at = coalesce($5, robots_at)
             where host = $6 and lease = $7 and leased_until > 0",
        )
        .bind(i64::from(self.spent.pages))
        .bind(i64::from(self.spent.items))
        .bind(i64::try_from(self.spent.bytes).unwrap_or(i64::MAX))
        .bind(rules.map(|rules| rules.text.as_str()))
        .bind(rules.map(|rules| rules.read_at.timestamp_millis()))
        .bind(self.host.as_str())
        .bind(self.lease)
        .execute(&mut **writing)
        .await?
        .rows_affected();
        Ok(mine > 0)
    }

    async fn leave(
        &self,
        writing: &mut Writing,
        left: &Left,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        if let Some(time) = left.not_read_before {
            sqlx::query(
                "update targets set due_at = $1 where host = $2 and purpose = 'read' and due_at < $1",
            )
            .bind(time.timestamp_millis())
            .bind(self.host.as_str())
            .execute(&mut **writing)
            .await?;
        }
        sqlx::query(
            "update hosts set leased_until = 0, next_request_at = $1, fails = $2, last_error = $3,
               opted_out_at = case when $4 = 0 then null else coalesce(opted_out_at, $5) end,
               due_at = (select case when min(due_at) is null then $6
                                     when min(due_at) < $7 then $7 else min(due_at) end
                         from targets where host = $8)
             where host = $8",
        )
        .bind(left.next_request_at.timestamp_millis())
        .bind(i64::from(left.fails))
        .bind(left.error.as_deref())
        .bind(i64::from(left.is_opted_out))
        .bind(now.timestamp_millis())
        .bind(NEVER)
        .bind(left.not_before.map_or(0, |time| time.timestamp_millis()))
        .bind(self.host.as_str())
        .execute(&mut **writing)
        .await?;
        Ok(())
    }
}
