//! Keeps what documents tell of hosters and services: settles who is meant, hears each source, and
//! writes what comes of all that is said.

mod fates;
mod grouped;
mod naming;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::gate::{self, Run, Verdict};
use super::identities::Speaker;
use super::{Error, Store, Writing, left_out};
use crate::domain::hoster::Hoster;
use crate::domain::service::{Service, ServiceId};
use fates::Fates;
pub(super) use fates::{Fate, publish};

/// What one document tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Whose word it is.
    pub speaker: Speaker,
    /// The hosters, each id once.
    pub hosters: Vec<Hoster>,
    /// The services, each id once.
    pub services: Vec<Service>,
    /// Whether whoever wrote it asks to be left out.
    pub leaves: bool,
    /// The name of the source, if this is all it says: what it said before and no longer says is taken
    /// back. Of a node it never is: what a node takes back, it deletes.
    pub all_of: Option<String>,
}

/// What became of several documents.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// What became of each, in their order.
    pub kept: Vec<Kept>,
    /// What each names that is another's, or nobody's.
    pub misplaced: Vec<Vec<Misplaced>>,
    /// How many hosters and services the gate kept from changing, if that closed it just now.
    pub gate_closed: Option<u64>,
}

/// A record that has no place in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misplaced {
    /// The hoster's id is that of one at another host.
    Hoster(String),
    /// The service's hoster is neither told of nor known.
    Service(ServiceId),
}

/// What became of the hosters and services that were to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Kept {
    /// Of the hosters.
    pub hosters: Counts,
    /// Of the services.
    pub services: Counts,
}

/// How many records met which fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Not known before.
    pub added: u64,
    /// Known, and different now.
    pub changed: u64,
    /// Known exactly so.
    pub unchanged: u64,
    /// Known from stronger sources, and left as those have it.
    pub outranked: u64,
    /// No longer said by anybody, and gone.
    pub removed: u64,
    /// Would be different or gone, but too much was in this run: people decide.
    pub held: u64,
    /// Asked to be left out, or were deleted by their own node.
    pub left_out: u64,
}

impl Kept {
    /// Counts what became of others, too.
    pub fn add(&mut self, other: Self) {
        for (sum, counts) in [
            (&mut self.hosters, other.hosters),
            (&mut self.services, other.services),
        ] {
            sum.added += counts.added;
            sum.changed += counts.changed;
            sum.unchanged += counts.unchanged;
            sum.outranked += counts.outranked;
            sum.removed += counts.removed;
            sum.held += counts.held;
            sum.left_out += counts.left_out;
        }
    }

    /// Whether anything was written that visitors can see.
    pub fn is_change(&self) -> bool {
        [self.hosters, self.services]
            .iter()
            .any(|counts| counts.added + counts.changed + counts.removed > 0)
    }
}

impl Store {
    /// Keeps records as they are, in one transaction, all or none; the revision grows by one if visitors
    /// can see anything of it. Each id stands once in its list. What a stronger source says stays, one
    /// from the same source replaces what that said before.
    ///
    /// A service whose hoster is neither in `hosters` nor known is an error, and nothing is kept.
    pub async fn keep(
        &self,
        hosters: &[Hoster],
        services: &[Service],
        now: DateTime<Utc>,
    ) -> Result<Kept, Error> {
        let told = Told::ours(hosters.to_vec(), services.to_vec());
        let outcome = self.keep_told(vec![told], Run::Ungated, now).await?;
        Ok(outcome.kept[0])
    }

    /// Keeps what documents tell, one after another, in one transaction, all or none; the revision grows
    /// by one if visitors can see anything of it.
    pub async fn keep_told(
        &self,
        told: Vec<Told>,
        run: Run,
        now: DateTime<Utc>,
    ) -> Result<Outcome, Error> {
        let mut writing = self.begin_change().await?;
        let (outcome, is_visible) = keep_told(&mut writing, told, run, now).await?;
        Self::end_change(writing, is_visible).await?;
        Ok(outcome)
    }
}

impl Told {
    /// What is said as it is to be kept.
    fn ours(hosters: Vec<Hoster>, services: Vec<Service>) -> Self {
        Self {
            speaker: Speaker::Ourselves,
            hosters,
            services,
            leaves: false,
            all_of: None,
        }
    }
}

/// Keeps one hoster inside a change; says whether visitors can see it.
pub(super) async fn keep_hoster(
    writing: &mut Writing,
    hoster: &Hoster,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let told = Told::ours(vec![hoster.clone()], Vec::new());
    Ok(keep_told(writing, vec![told], Run::Ungated, now).await?.1)
}

/// Keeps one service, whose hoster is known, inside a change; says whether visitors can see it.
pub(super) async fn keep_service(
    writing: &mut Writing,
    service: &Service,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let told = Told::ours(Vec::new(), vec![service.clone()]);
    Ok(keep_told(writing, vec![told], Run::Ungated, now).await?.1)
}

/// Whether a service's id is taken by another hoster's, or its own hoster is not known (any more).
pub(super) async fn is_out_of_place(
    writing: &mut Writing,
    service: &Service,
) -> Result<bool, Error> {
    let hoster = sqlx::query("select id from hosters where id = $1")
        .bind(service.hoster.as_str())
        .fetch_optional(&mut **writing)
        .await?;
    let other = sqlx::query("select id from services where id = $1 and hoster <> $2")
        .bind(service.id.as_str())
        .bind(service.hoster.as_str())
        .fetch_optional(&mut **writing)
        .await?;
    Ok(hoster.is_none() || other.is_some())
}

/// Keeps what documents tell, inside a change; says also whether visitors can see it.
pub(super) async fn keep_told(
    writing: &mut Writing,
    told: Vec<Told>,
    run: Run,
    now: DateTime<Utc>,
) -> Result<(Outcome, bool), Error> {
    let mut fates = Fates::of(told.len(), now);
    for (number, told) in told.iter().enumerate().filter(|(_, told)| told.leaves) {
        if let Speaker::Document(document) = &told.speaker
            && let Some(hoster) = left_out::ask(writing, document, now).await?
            && left_out::take_out(writing, &hoster, document.as_str(), now).await?
        {
            fates.took_out(number);
        }
    }
    let named = naming::settle(writing, told, run, &mut fates.kept).await?;
    let hosters = fates.hear(writing, named.hosters.words()).await?;
    let services = fates.hear(writing, named.services.words()).await?;
    let changes = fates.changes();
    let size = match changes {
        0 => 0,
        _ => gate::size(writing).await?,
    };
    let verdict = gate::judge(writing, run, changes, size, now).await?;
    let is_open = verdict == Verdict::Open;
    fates.end(writing, services, is_open).await?;
    fates.end(writing, hosters, is_open).await?;
    let outcome = Outcome {
        gate_closed: (verdict == Verdict::Closed { just_now: true }).then_some(changes),
        kept: fates.kept,
        misplaced: named.misplaced,
    };
    Ok((outcome, fates.is_visible))
}
