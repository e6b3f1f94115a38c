//! What whoever manages this node wants to know of it.

use std::time::Instant;

use chrono::{DateTime, Utc};
use url::Url;

use super::{Error, Federation, Token};
use crate::domain::text::{Link, Name};
use crate::formats::activitypub::addresses::Local;
use crate::store::{Circle, Debt};

/// The most inboxes that are listed, those in trouble longest first.
pub const MAX_DEBTS: u32 = 200;
/// How many actors are on one page of a list of them.
pub const ACTORS_ON_A_PAGE: u32 = 50;

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// This node: it is one of its tokens.
    Granted,
    /// Nothing.
    Refused,
    /// Nobody looked: too many wrong ones came before it. It may be tried again in so many seconds.
    Later(u64),
}

/// An actor of this node, as its owner knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ours {
    /// Which of ours it is.
    pub role: Local,
    /// Its name.
    pub name: Name,
    /// Where people on other software find it: `@name@host`.
    pub handle: String,
}

/// An actor elsewhere, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acquaintance {
    /// Its id.
    pub id: Url,
    /// Its name for people.
    pub name: Option<Name>,
    /// Its page for people.
    pub page: Option<Link>,
    /// `@name@host`, if it has a name there.
    pub handle: Option<String>,
}

/// One page of a list of actors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acquaintances {
    /// Those on the page, in the order of their ids.
    pub actors: Vec<Acquaintance>,
    /// How many there are in all.
    pub total: u64,
}

impl Federation {
    /// Whether a token opens this node to whoever manages it.
    pub async fn admit(&self, token: &Token) -> Result<Admission, Error> {
        let hash = token.hash();
        let (gate, store) = (&self.0.gate, &self.0.store);
        gate.learn(&hash, Instant::now(), async || store.token_hashes().await)
            .await?;
        if let Err(seconds) = gate.try_token(&hash, self.now()) {
            return Ok(Admission::Later(seconds));
        }
        match store.token(&hash).await? {
            Some(known) => {
                gate.was_right(&hash);
                self.note_use(&known).await;
                Ok(Admission::Granted)
            }
            None => {
                gate.was_wrong(&hash);
                Ok(Admission::Refused)
            }
        }
    }

    /// The time now, as this node has it.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// The actors of this node: whose node it is first, the node's own last.
    pub fn own_actors(&self) -> Vec<Ours> {
        let ours = self.0.local.iter().rev();
        ours.map(|actor| Ours {
            role: actor.role,
            name: actor.name.clone(),
            handle: handle(&actor.username, self.0.addresses.authority()),
        })
        .collect()
    }

    /// The inboxes that are owed something or had trouble last: at most [`MAX_DEBTS`].
    pub async fn debts(&self) -> Result<Vec<Debt>, Error> {
        Ok(self.0.store.debts(MAX_DEBTS).await?)
    }

    /// Who follows one of ours: a page of the list, from 1.
    pub async fn followers(&self, role: Local, page: u64) -> Result<Acquaintances, Error> {
        self.acquaintances(Circle::Followers, role, page).await
    }

    /// Whom one of ours follows, as far as they accepted: a page of the list, from 1.
    pub async fn following(&self, role: Local, page: u64) -> Result<Acquaintances, Error> {
        self.acquaintances(Circle::Following, role, page).await
    }

    async fn acquaintances(
        &self,
        circle: Circle,
        role: Local,
        page: u64,
    ) -> Result<Acquaintances, Error> {
        let offset = page
            .saturating_sub(1)
            .saturating_mul(ACTORS_ON_A_PAGE.into());
        let store = &self.0.store;
        let (ids, total) = store.circle(circle, role, ACTORS_ON_A_PAGE, offset).await?;
        let mut actors = Vec::with_capacity(ids.len());
        for id in ids {
            actors.push(self.acquaintance(id).await?);
        }
        Ok(Acquaintances { actors, total })
    }

    /// An actor elsewhere, as far as it was read.
    pub async fn acquaintance(&self, id: Url) -> Result<Acquaintance, Error> {
        let read = self.0.store.remote_actor(&id).await?;
        let read = read.map(|(actor, _)| actor);
        let host = id.host_str().unwrap_or_default();
        let username = read.as_ref().and_then(|actor| actor.username.as_ref());
        Ok(Acquaintance {
            handle: username.map(|username| handle(username.as_str(), host)),
            name: read.as_ref().and_then(|actor| actor.name.clone()),
            page: read.and_then(|actor| actor.url),
            id,
        })
    }
}

fn handle(username: &str, authority: &str) -> String {
    format!("@{username}@{authority}")
}
