//! What our hoster asks of others, and takes back: membership, a vouch it would give.

use url::Url;

use super::{Among, NotDone, bounded, the_one, to_one};
use crate::domain::vouch::Basis;
use crate::federation::{Error, Federation};
use crate::formats::activitypub::activity;
use crate::formats::activitypub::actor::{ActorKind, RemoteActor};
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::vouch;
use crate::store::{Change, Effect, Relation, RelationKind};

impl Federation {
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
}
