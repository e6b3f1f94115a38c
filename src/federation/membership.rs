//! Both sides of a collective's membership, and vouches between peers: what people here decide.
//!
//! Each step is one change: what becomes different here and what others are told, in one transaction.
//! Each may be repeated: whoever was down hears it when it is back, and hears it once.

mod charter;
mod found;
mod roll;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use url::Url;

use super::own_list::OwnList;
use super::vouching::{Question, Voucher};
use super::{Error, Federation, chance};
use crate::domain::text::is_plain;
use crate::domain::vouch::{Basis, Vouch};
use crate::formats::activitypub::activity::{self, MAX_WORDS_CHARS};
use crate::formats::activitypub::actor::{ActorKind, RemoteActor};
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::proof::Signer;
use crate::formats::activitypub::vouch;
use crate::store::{
    self, Answer, Asked, Audience, Change, Effect, KnownVouch, Publication, Relation, RelationKind,
    Store, Verdict,
};

pub use charter::{MAX_CHARTER_BYTES, NotSet, Under};
pub use found::NotDone;
use found::{Among, the_one};
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

    /// Asks a collective, named by a person, to become a member: in words, under the charter it shows. If
    /// `charter` is given, that has to be the version in force.
    pub async fn apply_for_membership(
        &self,
        named: &str,
        words: &str,
        charter: Option<&str>,
    ) -> Result<RemoteActor, NotDone> {
        self.is(Local::Hoster)?;
        let words = bounded(words)?;
        let collective = self.collective(named).await?;
        let in_force = collective
            .charter
            .as_ref()
            .map(|charter| charter.version.clone());
        let named_version = in_force.as_ref().map(|charter| charter.version.as_str());
        if charter.is_some() && charter != named_version {
            return Err(NotDone::OtherCharter {
                in_force: named_version.unwrap_or("none").to_owned(),
            });
        }
        let ours = self.0.addresses.actor(Local::Hoster);
        let id = self.next_activity(Local::Hoster);
        let document = activity::join(&id, &ours, &collective.id, words, in_force.as_ref());
        let relation = Relation {
            id: id.clone(),
            kind: RelationKind::Application,
            actor: ours,
            object: collective.id.clone(),
            document: document.to_string(),
        };
        self.commit(&Change {
            effects: vec![
                Effect::KeepActor(Box::new(collective.clone())),
                Effect::State(Box::new(relation)),
            ],
            publications: vec![to_one(Local::Hoster, id, document, &collective)],
        })
        .await?;
        Ok(collective)
    }

    /// The collective that a person names, as it says it is today.
    pub async fn collective(&self, named: &str) -> Result<RemoteActor, NotDone> {
        self.is(Local::Hoster)?;
        let collective = self.discover(named).await?;
        if self.0.addresses.is_ours(&collective.id) {
            return Err(NotDone::Failed(Error::Ourselves(collective.id)));
        }
        if collective.kind != ActorKind::Group {
            return Err(NotDone::NoCollective(collective.id));
        }
        Ok(collective)
    }

    /// Offers a hoster, named by a person, to vouch for it.
    pub async fn offer_vouch(&self, named: &str) -> Result<RemoteActor, NotDone> {
        self.is(Local::Hoster)?;
        let peer = self.discover(named).await?;
        if self.0.addresses.is_ours(&peer.id) {
            return Err(NotDone::Failed(Error::Ourselves(peer.id)));
        }
        if peer.kind != ActorKind::Organization {
            return Err(NotDone::NoHoster(peer.id));
        }
        if let Some(known) = self.vouch_in_force(Local::Hoster, &peer.id).await? {
            return Err(NotDone::VouchedAlready(known.vouch.object));
        }
        let signer = self.signer(Local::Hoster).await?;
        let offered = self
            .voucher(Local::Hoster, &signer)
            .vouch(&peer.id, Basis::Peer, None);
        let ours = self.0.addresses.actor(Local::Hoster);
        let id = self.next_activity(Local::Hoster);
        let document = activity::offer(&id, &ours, vouch::write(&offered), &peer.id);
        let relation = Relation {
            id: id.clone(),
            kind: RelationKind::Offer,
            actor: ours,
            object: peer.id.clone(),
            document: document.to_string(),
        };
        self.commit(&Change {
            effects: vec![
                Effect::KeepActor(Box::new(peer.clone())),
                Effect::State(Box::new(relation)),
            ],
            publications: vec![to_one(Local::Hoster, id, document, &peer)],
        })
        .await?;
        Ok(peer)
    }

    /// Grants what somebody, named by a person, asked of us: a collective makes a member of a hoster, a
    /// hoster takes the vouch of a peer. Says which vouch came of it; one already there is told again.
    pub async fn accept(&self, named: &str) -> Result<Vouch, NotDone> {
        let (role, asked) = self.asked_of_us(named).await?;
        let asker = self.known_actor(&asked.actor).await?;
        let question = Question {
            document: &asked.document,
            id: &asked.id,
            asker: &asker,
        };
        let (vouch, change) = match asked.kind {
            RelationKind::Offer => self.take_offer(role, &asked, &asker)?,
            _ => {
                let signer = self.signer(role).await?;
                let voucher = self.voucher(role, &signer);
                match self.vouch_in_force(role, &asker.id).await? {
                    Some(known) => {
                        let change = voucher.remind(question, &known.vouch, known.document);
                        (known.vouch, change)
                    }
                    None => {
                        let agreed = self.agreed(&asked.document).await?;
                        let vouch = voucher.vouch(&asker.id, Basis::Membership, agreed);
                        let change = voucher.grant(question, &vouch);
                        (vouch, change)
                    }
                }
            }
        };
        self.commit(&change).await?;
        Ok(vouch)
    }

    /// Refuses what somebody, named by a person, asked of us; says why, if there is a reason.
    pub async fn refuse(&self, named: &str, reason: &str) -> Result<Asked, NotDone> {
        let reason = Some(bounded(reason)?).filter(|reason| !reason.is_empty());
        let (role, asked) = self.asked_of_us(named).await?;
        if asked.kind == RelationKind::Application
            && self.vouch_in_force(role, &asked.actor).await?.is_some()
        {
            return Err(NotDone::MemberAlready(asked.actor));
        }
        let asker = self.known_actor(&asked.actor).await?;
        let ours = self.0.addresses.actor(role);
        let id = self.next_activity(role);
        let refused = activity::reject(&id, &ours, &asked.document, &asker.id);
        let refused = activity::because(refused, reason);
        self.commit(&Change {
            effects: vec![Effect::Answer(Box::new(Answer {
                asked: asked.id.clone(),
                by: ours,
                decision: Verdict::Refused,
                reason: reason.map(str::to_owned),
                vouch: None,
            }))],
            publications: vec![to_one(role, id, refused, &asker)],
        })
        .await?;
        Ok(asked)
    }

    /// Takes back what we vouch of whom a person names; says why, if there is a reason.
    pub async fn take_back(&self, named: &str, reason: &str) -> Result<Vouch, NotDone> {
        let reason = Some(bounded(reason)?).filter(|reason| !reason.is_empty());
        let role = self.subject()?;
        let given = latest(self.given_in_force(role).await?);
        let known = the_one(named, given, Among::Vouched, |known| &known.vouch.object)?;
        let inbox = self.inbox_of(&known.vouch.object).await?;
        let signer = self.signer(role).await?;
        let (_, all) = self.between(role, &known.vouch.object).await?;
        for one in all {
            let voucher = self.voucher(role, &signer);
            let change = voucher.take_back(&one.vouch, inbox.as_ref(), reason);
            self.commit(&change).await?;
        }
        Ok(known.vouch)
    }

    /// Says the same of whom a person names for another term, also where the last one has ended. A vouch
    /// keeps its id, so nobody has to do anything.
    pub async fn renew(&self, named: &str) -> Result<Vouch, NotDone> {
        let role = self.subject()?;
        let given = self
            .0
            .store
            .vouches_by(&self.0.addresses.actor(role))
            .await?;
        let given = given.into_iter().filter(|known| known.revoked_at.is_none());
        let given = latest(given.collect());
        let known = the_one(named, given, Among::Vouched, |known| &known.vouch.object)?;
        self.renew_known(role, &known.vouch).await
    }

    /// Says all that we vouch now for another term.
    pub async fn renew_all(&self) -> Result<Vec<Vouch>, NotDone> {
        let role = self.subject()?;
        let mut renewed = Vec::new();
        for known in self.given_in_force(role).await? {
            renewed.push(self.renew_known(role, &known.vouch).await?);
        }
        Ok(renewed)
    }

    async fn renew_known(&self, role: Local, vouch: &Vouch) -> Result<Vouch, NotDone> {
        let inbox = self.inbox_of(&vouch.object).await?;
        let signer = self.signer(role).await?;
        let voucher = self.voucher(role, &signer);
        // A member that applied again may have agreed to a later version.
        let (asked, _) = self.between(role, &vouch.object).await?;
        let applied = asked
            .iter()
            .find(|asked| asked.kind == RelationKind::Application);
        let agreed = match applied {
            Some(asked) => self.agreed(&asked.document).await?,
            None => None,
        };
        let renewed = Vouch {
            charter: agreed.or_else(|| vouch.charter.clone()),
            ..voucher.renewed(vouch)
        };
        self.commit(&voucher.give(&renewed, inbox.as_ref())).await?;
        Ok(renewed)
    }

    /// Leaves a collective that a person names, or withdraws what was asked of it. Its vouches are listed
    /// no longer, whatever it does.
    pub async fn leave(&self, named: &str) -> Result<Url, NotDone> {
        self.is(Local::Hoster)?;
        let ours = self.0.addresses.actor(Local::Hoster);
        let asked = self.0.store.asked_around(&ours).await?.into_iter();
        let asked = asked
            .filter(|asked| asked.actor == ours)
            .map(|asked| asked.object);
        let received = self.0.store.vouches_for(&ours).await?;
        let vouchers = received.iter().map(|known| known.vouch.issuer.clone());
        let mut all: Vec<Url> = asked.chain(vouchers).collect();
        all.sort_unstable();
        all.dedup();
        let left = the_one(named, all, Among::Vouching, |url| url)?;
        let id = self.next_activity(Local::Hoster);
        let document = activity::leave(&id, &ours, &left);
        let mut change = Change {
            effects: vec![Effect::Leave {
                actor: ours.clone(),
                object: left.clone(),
            }],
            publications: Vec::new(),
        };
        if let Some((actor, _)) = self.0.store.remote_actor(&left).await? {
            let told = to_one(Local::Hoster, id, document, &actor);
            change.publications.push(told);
        }
        for (number, known) in (1..).zip(received.iter().filter(|known| known.vouch.issuer == left))
        {
            let own = self.own_list(number);
            change.add(own.disavow(&known.vouch.id, &left));
        }
        self.commit(&change).await?;
        Ok(left)
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

    async fn asked_of_us(&self, named: &str) -> Result<(Local, Asked), NotDone> {
        let role = self.subject()?;
        let ours = self.0.addresses.actor(role);
        let asked = self.0.store.asked_around(&ours).await?.into_iter();
        let of_us = asked.filter(|asked| asked.object == ours);
        let of_us = of_us.collect();
        Ok((
            role,
            the_one(named, of_us, Among::Asking, |asked| &asked.actor)?,
        ))
    }

    fn take_offer(
        &self,
        role: Local,
        asked: &Asked,
        asker: &RemoteActor,
    ) -> Result<(Vouch, Change), NotDone> {
        let offered = asked.document.get("object").map(vouch::offered);
        let offered = offered.ok_or(NotDone::NothingOffered)?;
        let offered = offered.map_err(|_| NotDone::NothingOffered)?;
        let ours = self.0.addresses.actor(role);
        let id = self.next_activity(role);
        let accept = activity::accept(&id, &ours, &asked.document, &asker.id);
        let mut change = Change {
            effects: vec![Effect::Answer(Box::new(Answer {
                asked: asked.id.clone(),
                by: ours,
                decision: Verdict::Accepted,
                reason: None,
                vouch: Some(offered.id.clone()),
            }))],
            publications: vec![to_one(role, id, accept, asker)],
        };
        let own = self.own_list(1);
        change.add(own.acknowledge(&offered.id, asker));
        Ok((offered, change))
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

/// Of several vouches for the same, the one that lasts longest.
fn latest(mut known: Vec<KnownVouch>) -> Vec<KnownVouch> {
    known.sort_by_key(|known| std::cmp::Reverse(known.vouch.until));
    let mut seen = std::collections::HashSet::new();
    known.retain(|known| seen.insert(known.vouch.object.clone()));
    known
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
