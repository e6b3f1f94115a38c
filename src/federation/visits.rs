//! Reads what somebody's word led to: services of a hoster we follow, what a collective announced, the
//! new home of one who moved.

mod due;
mod sites;
mod vouches;

pub use sites::{Named, named_by};

use serde_json::Value;
use url::Url;

use super::apply::travelling;
use super::{Error, Federation};
use crate::domain::vouch::is_site;
use crate::formats::activitypub::activity::Object;
use crate::formats::activitypub::collection;
use crate::formats::activitypub::ids::hoster_id;
use crate::store::{Change, Due, Effect, Visit};

/// How many pages of one collection are read.
pub const MAX_PAGES: usize = 40;
/// How many items of one collection are read.
pub const MAX_ITEMS: usize = 2_000;

impl Federation {
    /// What an address leads to.
    async fn read_visited(&self, due: &Due) -> Result<Change, Error> {
        match due.kind {
            Visit::Services => self.visit_services(&due.url, &due.actor).await,
            Visit::Service => self.visit_service(&due.url).await,
            Visit::NewHome => self.visit_new_home(&due.url, &due.actor).await,
            Visit::Actor => self.visit_actor(&due.url).await,
            Visit::Vouch => self.visit_vouch(&due.url).await,
            Visit::Issuer => self.visit_issuer(&due.url).await,
            Visit::Member if is_site(&due.url) => self.visit_site(&due.url).await,
            Visit::Member => self.visit_member(&due.url).await,
            Visit::Members => self.visit_members(&due.url).await,
        }
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
