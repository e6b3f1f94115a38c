//! What directories exchange: whom each lists, and where something changed. Addresses only: whoever hears of
//! one reads it where it is and judges for itself.

use serde_json::json;
use url::Url;

use super::chance::number;
use super::documents::Document;
use super::{Error, Federation};
use crate::catalogue::{Did, Edition};
use crate::formats::activitypub::activity::{self, MAX_CHANGED};
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::collection::{self, MAX_PAGE_ITEMS};
use crate::store::{Audience, Publication};

/// At how many hosters something may have changed at once that peers are told of: of more they learn by
/// reading whom this directory lists, as they do each day.
pub const MAX_TOLD: u32 = 2_000;

impl Federation {
    /// Every hoster of an edition, by address, or a page of them; `None` where there is none.
    pub fn hosters(&self, edition: &Edition, page: Option<u64>) -> Option<Document> {
        let addresses = &self.0.addresses;
        let (owner, id) = (addresses.actor(Local::Node), addresses.hosters(Local::Node));
        let at = |number| addresses.page(&id, number);
        let total = edition.hosters.len();
        let Some(number) = page else {
            let body = collection::write(&id, &owner, total as u64, &at(1), None);
            return Some(Document::of(body, None));
        };
        let before = usize::try_from(number.checked_sub(1)?).ok()?;
        let first = before.checked_mul(MAX_PAGE_ITEMS)?;
        if first >= total && number > 1 {
            return None;
        }
        let upto = total.min(first + MAX_PAGE_ITEMS);
        let homes = edition.hosters[first..upto].iter();
        let items = homes
            .filter_map(|hoster| hoster.home())
            .map(|home| json!(home));
        let prev = (number > 1).then(|| at(number - 1));
        let next = (upto < total).then(|| at(number + 1));
        let body = collection::write_page(
            &at(number),
            &id,
            total as u64,
            prev.as_ref(),
            next.as_ref(),
            items.collect(),
        );
        Some(Document::of(body, None))
    }

    /// Tells the nodes that follow this directory of which hosters something new was said since they were last told.
    pub async fn tell_peers(&self, edition: &Edition) -> Result<Did, Error> {
        let store = &self.0.store;
        if !store.is_followed_by_nodes().await? {
            return Ok(Did::Nothing);
        }
        let known = store.peers_told().await?;
        // After a restore the revision may be a smaller one.
        if known == Some(edition.revision) {
            return Ok(Did::Nothing);
        }
        let upto = edition.revision;
        let news = match known {
            Some(known) => store.news(known, upto, MAX_TOLD + 1).await?,
            None => Vec::new(),
        };
        let changed: Vec<Url> = match news.len() > MAX_TOLD as usize {
            true => Vec::new(),
            false => news.iter().filter_map(|id| home(id, edition)).collect(),
        };
        let told: Vec<_> = (changed.chunks(MAX_CHANGED))
            .map(|hosters| self.told(hosters))
            .collect();
        let is_told = store.tell_peers(known, upto, &told, self.now()).await?;
        if told.is_empty() || !is_told {
            return Ok(Did::Nothing);
        }
        self.0.something_owed.notify_one();
        Ok(Did::Work)
    }

    fn told(&self, hosters: &[Url]) -> Publication {
        let addresses = &self.0.addresses;
        let now = self.now();
        let id = addresses.activity(Local::Node, number(now));
        let document = activity::announce_changed(
            &id,
            &addresses.actor(Local::Node),
            &addresses.followers(Local::Node),
            now,
            hosters,
        );
        Publication {
            role: Local::Node,
            id,
            object: None,
            document,
            audience: Audience::NodesForNow,
            key: None,
        }
    }
}

/// Where a hoster is read, if the edition has it: of who is no more, or is blocked, nothing is said.
fn home(hoster: &str, edition: &Edition) -> Option<Url> {
    edition.hosters[edition.hoster_position(hoster)?].home()
}
