//! What whoever gave a vouch and whom it is for say today, at their own addresses.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::Value;
use url::Url;

use crate::domain::vouch::{AssertionKey, Vouch, is_site};
use crate::federation::named_by;
use crate::fetch::{Answer, Fetcher, StatusCode};
use crate::formats::activitypub::activity::Object;
use crate::formats::activitypub::actor::{RemoteActor, read_actor};
use crate::formats::activitypub::document::{self, is_activity};
use crate::formats::activitypub::vocabulary::ACCEPTED;
use crate::formats::activitypub::{collection, revocation, vouch};

/// The most pages that are read of a hoster's list of vouches.
const MAX_PAGES: usize = 10;

/// What was heard about a vouch.
pub(super) struct Heard {
    /// The keys its issuer lists.
    pub(super) keys: Result<Vec<AssertionKey>, String>,
    /// What is at the vouch's own address.
    pub(super) own: Own,
    /// What is at its revocation's address, where the vouch is not to be found.
    pub(super) revocation: Option<Value>,
    /// Whether whom it is for lists it.
    pub(super) is_listed_back: Result<bool, String>,
}

/// What an issuer's server has at an address of its own.
pub(super) enum Own {
    Shows(Value),
    /// 410.
    Gone,
    /// 404.
    Unknown,
    /// It could not be asked, or answered otherwise.
    Unheard(String),
}

/// Asks each actor once.
pub(super) struct Online<'a> {
    fetcher: &'a Fetcher,
    today: NaiveDate,
    actors: HashMap<Url, Result<RemoteActor, String>>,
    lists: HashMap<Url, Result<Vec<Url>, String>>,
}

impl<'a> Online<'a> {
    pub(super) fn new(fetcher: &'a Fetcher, today: NaiveDate) -> Self {
        Self {
            fetcher,
            today,
            actors: HashMap::new(),
            lists: HashMap::new(),
        }
    }

    /// All that is to be heard about a vouch; what cannot be read as one is asked nothing about.
    pub(super) async fn ask(&mut self, document: &Value) -> Heard {
        let Ok((vouch, _)) = vouch::read(document) else {
            let nobody = || "it is no vouch".to_owned();
            return Heard {
                keys: Err(nobody()),
                own: Own::Unheard(nobody()),
                revocation: None,
                is_listed_back: Err(nobody()),
            };
        };
        let keys = self.actor(&vouch.issuer).await;
        let own = self.own(&vouch.id).await;
        let revocation = match own {
            Own::Gone | Own::Unknown => match self.own(&revocation::id(&vouch.id)).await {
                Own::Shows(revocation) => Some(revocation),
                _ => None,
            },
            _ => None,
        };
        let is_listed_back = match is_site(&vouch.object) {
            true => self.is_named_by_site(&vouch).await,
            false => {
                let list = self.list(&vouch.object).await;
                list.map(|list| list.contains(&vouch.id))
            }
        };
        Heard {
            keys: keys.map(|actor| actor.assertion_keys),
            own,
            revocation,
            is_listed_back,
        }
    }

    /// The keys that whoever signed a revocation lists; `None` for what is no revocation.
    pub(super) async fn issuer_of(
        &mut self,
        document: &Value,
    ) -> Option<Result<Vec<AssertionKey>, String>> {
        let (revocation, _) = revocation::read(document).ok()?;
        let actor = self.actor(&revocation.issuer).await;
        Some(actor.map(|actor| actor.assertion_keys))
    }

    /// The keys that an actor lists.
    pub(super) async fn keys_of(&mut self, actor: &Url) -> Result<Vec<AssertionKey>, String> {
        self.actor(actor).await.map(|actor| actor.assertion_keys)
    }

    /// A document at its address, of whatever media type: it is checked by its own proof.
    pub(super) async fn read(&self, url: &Url) -> Result<Value, String> {
        let answer = self.get(url).await?;
        succeeded(&answer)?;
        document::read(&answer.body).map_err(|error| error.to_string())
    }

    async fn actor(&mut self, id: &Url) -> Result<RemoteActor, String> {
        if let Some(known) = self.actors.get(id) {
            return known.clone();
        }
        let read = match self.word(id).await {
            Ok(document) => {
                read_actor(&document, id, self.today).map_err(|error| error.to_string())
            }
            Err(problem) => Err(problem),
        };
        self.actors.insert(id.clone(), read.clone());
        read
    }

    /// Whether the site of a hoster without node names a vouch for it.
    async fn is_named_by_site(&self, vouch: &Vouch) -> Result<bool, String> {
        let wanted = std::slice::from_ref(&vouch.id);
        let named = named_by(self.fetcher, &vouch.object, wanted).await;
        match named.failure.filter(|_| named.vouches.is_empty()) {
            Some(failure) => Err(failure.to_string()),
            None => Ok(!named.vouches.is_empty()),
        }
    }

    /// The vouches that an actor lists for itself.
    async fn list(&mut self, actor: &Url) -> Result<Vec<Url>, String> {
        if let Some(known) = self.lists.get(actor) {
            return known.clone();
        }
        let read = match self.actor(actor).await {
            Ok(actor) => self.pages(actor.vouches).await,
            Err(problem) => Err(problem),
        };
        self.lists.insert(actor.clone(), read.clone());
        read
    }

    async fn pages(&self, mut next: Option<Url>) -> Result<Vec<Url>, String> {
        let mut listed = Vec::new();
        for _ in 0..MAX_PAGES {
            let Some(url) = next else { break };
            let document = self.word(&url).await?;
            let page = collection::read(&document, &url).map_err(|error| error.to_string())?;
            listed.extend(page.items.iter().filter_map(Object::id));
            next = page.next;
        }
        Ok(listed)
    }

    async fn own(&self, url: &Url) -> Own {
        let answer = match self.get(url).await {
            Ok(answer) => answer,
            Err(problem) => return Own::Unheard(problem),
        };
        match answer.status {
            StatusCode::GONE => Own::Gone,
            StatusCode::NOT_FOUND => Own::Unknown,
            _ => match said(url, &answer) {
                Ok(document) => Own::Shows(document),
                Err(problem) => Own::Unheard(problem),
            },
        }
    }

    /// What the server of an address says there.
    async fn word(&self, url: &Url) -> Result<Value, String> {
        said(url, &self.get(url).await?)
    }

    async fn get(&self, url: &Url) -> Result<Answer, String> {
        let answer = self
            .fetcher
            .get(url, ACCEPTED, |_| Default::default())
            .await;
        answer.map_err(|error| error.to_string())
    }
}

/// The document in an answer, if it is the word of the server that was asked.
fn said(url: &Url, answer: &Answer) -> Result<Value, String> {
    succeeded(answer)?;
    if answer.url.origin() != url.origin() {
        return Err("it leads to another server".to_owned());
    }
    if !answer.media_type().is_some_and(|mime| is_activity(&mime)) {
        return Err("it is no ActivityPub document by its media type".to_owned());
    }
    document::read(&answer.body).map_err(|error| error.to_string())
}

fn succeeded(answer: &Answer) -> Result<(), String> {
    match answer.status {
        StatusCode::GONE => Err("it answered 410: what was there was taken back".to_owned()),
        status if !status.is_success() => Err(format!("it answered {}", status.as_u16())),
        _ => Ok(()),
    }
}
