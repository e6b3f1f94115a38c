//! Reads what somebody's word led to: services of a hoster we follow, what a collective announced, the
//! new home of one who moved.

mod sites;
mod vouches;

pub use sites::{Named, named_by};

use std::convert::Infallible;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::Value;
use url::Url;

use super::alone::alone;
use super::apply::travelling;
use super::{Error, Federation};
use crate::catalogue::Did;
use crate::domain::vouch::is_site;
use crate::formats::activitypub::activity::Object;
use crate::formats::activitypub::collection;
use crate::formats::activitypub::ids::hoster_id;
use crate::store::{self, Change, Due, Effect, Visit};

/// How many addresses are read at once.
const AT_ONCE: usize = 8;
/// How many of them have to be read before others are taken up: each taking writes.
const TAKEN_UP: usize = 4;
/// How long an address is one worker's, unless it says that it still reads: whoever was killed keeps it from others
/// no longer than that.
const LEASE: TimeDelta = TimeDelta::minutes(1);
/// How often it says so.
const RENEW_EVERY: Duration = Duration::from_secs(5);
/// How long to wait after the first failure; four times as long after each further one.
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(1);
/// The same where both sides of a vouch are about to speak: whom it is for hears of it as we do.
const FIRST_WAIT_FOR_MEMBERS: TimeDelta = TimeDelta::seconds(2);
/// How often an address is tried.
const MAX_ATTEMPTS: u32 = 6;
/// How many pages of one collection are read.
pub const MAX_PAGES: usize = 40;
/// How many items of one collection are read.
pub const MAX_ITEMS: usize = 2_000;

impl Federation {
    /// Reads the addresses that are due, some at once: whoever is slow keeps one place of them from others.
    pub async fn visit_due(&self) -> Result<Did, Error> {
        let mut under_way = FuturesUnordered::new();
        let (mut did, mut failed) = (Did::Nothing, None);
        loop {
            let free = AT_ONCE - under_way.len();
            // Where something failed no more is taken up; what was, ends: its lease would keep it from others.
            if failed.is_none() && free >= TAKEN_UP {
                match self.lease_visits(free).await {
                    Ok(due) => under_way.extend(due.into_iter().map(|due| self.visit(due))),
                    Err(error) => failed = Some(error),
                }
            }
            match under_way.next().await {
                Some(Ok(())) => did = Did::Work,
                Some(Err(error)) => failed = Some(error),
                None => return failed.map_or(Ok(did), Err),
            }
        }
    }

    async fn lease_visits(&self, most: usize) -> Result<Vec<Due>, Error> {
        let now = self.0.clock.now();
        let most = u32::try_from(most).expect("there are few places");
        Ok(self.0.store.lease_visits(now, now + LEASE, most).await?)
    }

    /// Reads an address, in a task of its own: a fault of ours costs this visit, and no other. What the
    /// database could not take a note of either is read again when its lease has run out.
    async fn visit(&self, due: Due) -> Result<(), Error> {
        let (federation, wanted) = (self.clone(), due.clone());
        match alone(async move { federation.visit_under_lease(&wanted).await }).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Error::Store(error))) if passes(&error) => Err(Error::Store(error)),
            Ok(Err(Error::Store(error))) => {
                self.put_off(&due, &error.to_string()).await?;
                Err(Error::Store(error))
            }
            Ok(Err(error)) => self.put_off(&due, &error.to_string()).await,
            Err(fault) => {
                tracing::error!("a visit ended by a fault of ours");
                self.put_off(&due, &fault.to_string()).await
            }
        }
    }

    /// Both go on at once: a visit that stood still while its lease is renewed would hold what the renewal waits for.
    async fn visit_under_lease(&self, due: &Due) -> Result<(), Error> {
        tokio::select! {
            visited = self.visit_now(due) => visited,
            never = self.keep_lease(due) => match never {},
        }
    }

    async fn keep_lease(&self, due: &Due) -> Infallible {
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            let until = self.0.clock.now() + LEASE;
            if let Err(error) = self.0.store.renew_visit(&due.url, until).await {
                // The lease lasts for many more tries.
                tracing::debug!(%error, "a visit's lease is not renewed");
            }
        }
    }

    async fn visit_now(&self, due: &Due) -> Result<(), Error> {
        let change = match due.kind {
            Visit::Services => self.visit_services(&due.url, &due.actor).await,
            Visit::Service => self.visit_service(&due.url).await,
            Visit::NewHome => self.visit_new_home(&due.url, &due.actor).await,
            Visit::Actor => self.visit_actor(&due.url).await,
            Visit::Vouch => self.visit_vouch(&due.url).await,
            Visit::Issuer => self.visit_issuer(&due.url).await,
            Visit::Member if is_site(&due.url) => self.visit_site(&due.url).await,
            Visit::Member => self.visit_member(&due.url).await,
            Visit::Members => self.visit_members(&due.url).await,
        };
        self.end_visit(due, change?).await
    }

    /// Has an address read later, or gives it up.
    async fn put_off(&self, due: &Due, why: &str) -> Result<(), Error> {
        tracing::debug!(url = %due.url, "is not read: {why}");
        if due.attempts + 1 < MAX_ATTEMPTS {
            let first = match due.kind {
                // At a site a person has to write it down.
                Visit::Member if !is_site(&due.url) => FIRST_WAIT_FOR_MEMBERS,
                _ => FIRST_WAIT,
            };
            let due_at = self.0.clock.now() + first * 4_i32.pow(due.attempts);
            return Ok(self.0.store.postpone_visit(&due.url, due_at, why).await?);
        }
        let (kind, host) = (due.kind.word(), due.url.host_str().unwrap_or_default());
        tracing::info!(kind, host, "an address is given up");
        self.end_visit(due, Change::default()).await
    }

    /// Keeps what a visit led to, and that it is over.
    async fn end_visit(&self, due: &Due, mut change: Change) -> Result<(), Error> {
        change.effects.push(Effect::Visited(due.url.clone()));
        self.commit(&change).await
    }

    /// The services of a hoster we follow, page by page.
    async fn visit_services(&self, collection: &Url, actor: &Url) -> Result<Change, Error> {
        let Some((owner, _)) = self.0.store.remote_actor(actor).await? else {
            return Ok(Change::default());
        };
        let now = self.0.clock.now();
        let items = self.read_collection(collection).await?;
        // Notes of others and posts for people are passed over.
        let services = items.iter().filter_map(|item| match item {
            Object::Embedded(note) => travelling(note, &owner, &self.0.taxonomy, now).ok(),
            _ => None,
        });
        Ok(Change {
            effects: services
                .map(|service| Effect::KeepService(Box::new(service)))
                .collect(),
            publications: Vec::new(),
        })
    }

    /// The items of a collection, page by page as long as they lie at its origin.
    async fn read_collection(&self, collection: &Url) -> Result<Vec<Object>, Error> {
        let mut items = Vec::new();
        let mut next = Some(collection.clone());
        let mut seen = Vec::new();
        while let Some(page) = next.filter(|page| seen.len() < MAX_PAGES && !seen.contains(page)) {
            let (url, document) = self.read_document(&page).await?;
            if url.origin() != collection.origin() {
                let problem = "the pages of a collection lie at its own origin".to_owned();
                return Err(Error::Unexpected { url, problem });
            }
            let read = collection::read(&document, &url).map_err(|error| Error::Unexpected {
                url: url.clone(),
                problem: error.to_string(),
            })?;
            items.extend(read.items);
            items.truncate(MAX_ITEMS);
            if items.len() == MAX_ITEMS {
                break;
            }
            seen.push(page);
            next = read.next;
        }
        Ok(items)
    }

    /// A service at its own address, whoever told of it: its owner's word counts.
    async fn visit_service(&self, url: &Url) -> Result<Change, Error> {
        if self.0.addresses.is_ours(url) {
            return Ok(Change::default());
        }
        let (url, note) = self.read_document(url).await?;
        let unexpected = |problem: &str| Error::Unexpected {
            url: url.clone(),
            problem: problem.to_owned(),
        };
        if note.get("id").and_then(Value::as_str) != Some(url.as_str()) {
            return Err(unexpected("its id is another address"));
        }
        let owner = note.get("attributedTo").and_then(Value::as_str);
        let owner: Url = owner
            .and_then(|owner| owner.parse().ok())
            .filter(|owner: &Url| owner.origin() == url.origin())
            .ok_or_else(|| unexpected("it says not whose it is, or is another origin's"))?;
        let owner = self.read_actor(&owner).await?;
        let service = travelling(&note, &owner, &self.0.taxonomy, self.0.clock.now())
            .map_err(|problem| unexpected(&problem))?;
        let mut effects = Vec::new();
        if let Some(hoster) = owner.hoster.clone().filter(|_| owner.discoverable) {
            effects.push(Effect::KeepHoster(Box::new(hoster)));
            effects.push(Effect::KeepActor(Box::new(owner)));
            effects.push(Effect::KeepService(Box::new(service)));
        }
        Ok(Change {
            effects,
            publications: Vec::new(),
        })
    }

    /// The actor that one we follow says it moved to: followed in its place, if it says so too.
    async fn visit_new_home(&self, url: &Url, old: &Url) -> Result<Change, Error> {
        let new = self.read_actor(url).await?;
        if !new.also_known_as.contains(old) {
            let problem = format!("it does not say that it was {old}");
            return Err(Error::Unexpected {
                url: url.clone(),
                problem,
            });
        }
        let mut change = self.follow_change(&new).await?;
        change.effects.push(Effect::Unfollow(old.clone()));
        change
            .effects
            .extend(hoster_id(old).map(Effect::RemoveHoster));
        Ok(change)
    }

    /// An actor the directory lists: followed, so that we learn what changes.
    async fn visit_actor(&self, url: &Url) -> Result<Change, Error> {
        if self.0.addresses.is_ours(url) || self.0.store.follow_of(url).await?.is_some() {
            return Ok(Change::default());
        }
        let actor = self.read_actor(url).await?;
        self.follow_change(&actor).await
    }
}

/// Whether the database will do again, a moment later, what it could not do now.
fn passes(error: &store::Error) -> bool {
    use store::Error::{Away, Busy, Full};
    matches!(error, Busy(_) | Away(_) | Full(_))
}
