//! Both sides of a collective's membership, and vouches between peers: what people here decide.
//!
//! Each step is one change: what becomes different here and what others are told, in one transaction.
//! Each may be repeated: whoever was down hears it when it is back, and hears it once.

mod asking;
mod charter;
mod deciding;
mod found;
mod import;
mod roll;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use url::Url;

use super::own_list::OwnList;
use super::vouching::Voucher;
use super::{Error, Federation, chance};
use crate::domain::text::is_plain;
use crate::formats::activitypub::activity::MAX_WORDS_CHARS;
use crate::formats::activitypub::actor::RemoteActor;
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::proof::Signer;
use crate::store::{self, Asked, Audience, KnownVouch, Publication, Store};

pub use charter::{MAX_CHARTER_BYTES, NotSet, Under};
pub use found::NotDone;
use found::{Among, the_one};
pub use import::{Candidate, Fate, MAX_IMPORTED, NotImported};
pub use roll::{OurWish, Pending, Roll, Standing, Waiting};

/// All that was asked of one of ours and by it, all it vouches for and is vouched for by.
#[derive(Debug, Clone, PartialEq)]
pub struct Memberships {
    /// Which of ours.
    pub role: Local,
    /// Its id.
    pub actor: Url,
    /// What is asked of it and by it, the newest first.
    pub asked: Vec<Asked>,
    /// The vouches it gave, the newest first.
    pub given: Vec<KnownVouch>,
    /// The vouches given for it, the newest first.
    pub received: Vec<KnownVouch>,
}

impl Memberships {
    /// Those of an actor of ours.
    pub async fn read(store: &Store, role: Local, actor: Url) -> Result<Self, store::Error> {
        Ok(Self {
            role,
            asked: store.asked_around(&actor).await?,
            given: store.vouches_by(&actor).await?,
            received: store.vouches_for(&actor).await?,
            actor,
        })
    }
}

impl Federation {
    /// The actor whose node this is and its memberships, as a collective or as a hoster.
    pub async fn memberships(&self) -> Result<Memberships, NotDone> {
        let role = self.subject()?;
        let actor = self.0.addresses.actor(role);
        Ok(Memberships::read(&self.0.store, role, actor).await?)
    }

    /// The vouch of ours for an actor that is neither taken back nor ended.
    async fn vouch_in_force(
        &self,
        role: Local,
        object: &Url,
    ) -> Result<Option<KnownVouch>, NotDone> {
        let (_, given) = self.between(role, object).await?;
        Ok(given.into_iter().next())
    }

    /// What one of ours and another ask of each other, and the vouches in force of ours for it.
    pub(super) async fn between(
        &self,
        role: Local,
        other: &Url,
    ) -> Result<(Vec<Asked>, Vec<KnownVouch>), store::Error> {
        let ours = self.0.addresses.actor(role);
        let asked = self.0.store.asked_between(&ours, other).await?;
        let mut given = self.0.store.vouches_for(other).await?;
        let now = self.now();
        given.retain(|known| known.vouch.issuer == ours && is_in_force(known, now));
        Ok((asked, given))
    }

    /// The vouches in force of one of ours.
    pub(super) async fn given_in_force(
        &self,
        role: Local,
    ) -> Result<Vec<KnownVouch>, store::Error> {
        let given = self
            .0
            .store
            .vouches_by(&self.0.addresses.actor(role))
            .await?;
        let now = self.now();
        let given = given.into_iter();
        Ok(given.filter(|known| is_in_force(known, now)).collect())
    }

    async fn known_actor(&self, id: &Url) -> Result<RemoteActor, NotDone> {
        match self.0.store.remote_actor(id).await? {
            Some((actor, _)) => Ok(actor),
            None => Ok(self.read_actor(id).await?),
        }
    }

    async fn inbox_of(&self, actor: &Url) -> Result<Option<Url>, NotDone> {
        let known = self.0.store.remote_actor(actor).await?;
        Ok(known.map(|(actor, _)| actor.delivery_inbox().clone()))
    }

    /// The actor whose node this is, as far as it can vouch.
    pub(super) fn subject(&self) -> Result<Local, NotDone> {
        match self.0.local.last().map(|actor| actor.role) {
            Some(role @ (Local::Hoster | Local::Collective)) => Ok(role),
            _ => Err(NotDone::Directory),
        }
    }

    fn is(&self, wanted: Local) -> Result<(), NotDone> {
        match self.0.local.iter().any(|actor| actor.role == wanted) {
            true => Ok(()),
            false => Err(NotDone::NotOurs(wanted)),
        }
    }

    fn next_activity(&self, role: Local) -> Url {
        let number = chance::number(self.now());
        self.0.addresses.activity(role, number)
    }

    /// The key in use that signs documents for one of ours.
    pub(super) async fn signer(&self, role: Local) -> Result<Arc<Signer>, Error> {
        self.0.keyring.signer(&self.0.store, role).await
    }

    fn own_list(&self, further: u64) -> OwnList<'_> {
        OwnList {
            addresses: &self.0.addresses,
            number: chance::number(self.now()).wrapping_add(further),
            now: self.now(),
        }
    }

    pub(super) fn voucher<'a>(&'a self, role: Local, signer: &'a Signer) -> Voucher<'a> {
        Voucher {
            addresses: &self.0.addresses,
            role,
            signer,
            number: chance::number(self.now()),
            now: self.now(),
        }
    }
}

/// Whether a vouch was neither taken back nor ended.
fn is_in_force(known: &KnownVouch, now: DateTime<Utc>) -> bool {
    known.revoked_at.is_none() && known.vouch.until > now
}

fn bounded(words: &str) -> Result<&str, NotDone> {
    let words = words.trim();
    let is_text = |c: char| is_plain(c) || matches!(c, '\n' | '\r' | '\t');
    match words.chars().count() {
        count if count > MAX_WORDS_CHARS => Err(NotDone::TooLong(count)),
        _ if !words.chars().all(is_text) => Err(NotDone::NotText),
        _ => Ok(words),
    }
}

fn to_one(role: Local, id: Url, document: serde_json::Value, to: &RemoteActor) -> Publication {
    Publication {
        role,
        id,
        object: None,
        document,
        audience: Audience::Confidential(to.delivery_inbox().clone()),
        key: None,
    }
}
