//! Gives vouches and takes them back: what becomes different, and what is published of it. Pure, for
//! whoever holds the key.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use url::Url;

use crate::domain::vouch::{Basis, CharterVersion, MAX_VOUCH_DAYS, Vouch};
use crate::formats::activitypub::activity::{self, Listing};
use crate::formats::activitypub::actor::RemoteActor;
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::formats::activitypub::proof::Signer;
use crate::formats::activitypub::vocabulary::property;
use crate::formats::activitypub::{document, revocation, vouch};
use crate::store::{Answer, Audience, Change, Effect, Publication, Revocation, Said, Verdict};

/// One of ours, about to vouch or to take a vouch back.
pub(super) struct Voucher<'a> {
    pub(super) addresses: &'a Addresses,
    /// Which of ours.
    pub(super) role: Local,
    /// Its key.
    pub(super) signer: &'a Signer,
    /// The number of the first activity; further ones follow it.
    pub(super) number: u64,
    pub(super) now: DateTime<Utc>,
}

/// What was asked of one of ours, and by whom.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    /// The activity that asks, as it came.
    pub(super) document: &'a Value,
    /// Its id.
    pub(super) id: &'a Url,
    /// Who asks.
    pub(super) asker: &'a RemoteActor,
}

impl Voucher<'_> {
    /// A new vouch for an actor or a site, for as long as any may count.
    pub(super) fn vouch(
        &self,
        object: &Url,
        basis: Basis,
        charter: Option<CharterVersion>,
    ) -> Vouch {
        Vouch {
            id: self.addresses.vouch(self.number),
            issuer: self.addresses.actor(self.role),
            object: object.clone(),
            basis,
            since: self.now,
            until: self.now + TimeDelta::days(MAX_VOUCH_DAYS),
            charter,
            evidence: None,
        }
    }

    /// The same vouch for another term: its beginning moves too, so that none counts longer than any may.
    pub(super) fn renewed(&self, vouch: &Vouch) -> Vouch {
        Vouch {
            since: self.now,
            until: self.now + TimeDelta::days(MAX_VOUCH_DAYS),
            ..vouch.clone()
        }
    }

    /// A vouch, signed.
    pub(super) fn signed(&self, vouch: &Vouch) -> Value {
        self.signer.sign(vouch::write(vouch), self.now)
    }

    /// Gives a vouch, and tells followers and whom it is for, if anybody reads for that.
    pub(super) fn give(&self, vouch: &Vouch, inbox: Option<&Url>) -> Change {
        let document = self.signed(vouch);
        let (id, actor) = (self.activity(0), self.actor());
        let followers = self.addresses.followers(self.role);
        let told = match vouch.basis {
            Basis::Membership => activity::add(&self.listing(&id, &vouch.object), document.clone()),
            Basis::Peer => activity::create_signed(
                &id,
                &actor,
                &followers,
                self.now,
                document.clone(),
                &vouch.object,
            ),
        };
        Change {
            effects: vec![self.said(document)],
            publications: vec![self.publication(id, told, audience(inbox))],
        }
    }

    /// Grants what was asked by giving a vouch: the asker hears that first.
    pub(super) fn grant(&self, asked: Question<'_>, vouch: &Vouch) -> Change {
        let inbox = asked.asker.delivery_inbox();
        let mut change = self.give(vouch, Some(inbox));
        let accepted = self.accept(asked, vouch, 1);
        change.publications.insert(0, accepted);
        change.effects.push(Effect::Answer(Box::new(Answer {
            asked: asked.id.clone(),
            by: self.actor(),
            decision: Verdict::Accepted,
            reason: None,
            vouch: Some(vouch.id.clone()),
        })));
        change
    }

    /// Tells somebody who asks again what it was granted.
    pub(super) fn remind(&self, asked: Question<'_>, vouch: &Vouch, document: Value) -> Change {
        let inbox = asked.asker.delivery_inbox().clone();
        let id = self.activity(0);
        let told = activity::add(&self.listing(&id, &vouch.object), document);
        Change {
            effects: vec![Effect::Answer(Box::new(Answer {
                asked: asked.id.clone(),
                by: self.actor(),
                decision: Verdict::Accepted,
                reason: None,
                vouch: Some(vouch.id.clone()),
            }))],
            publications: vec![
                self.accept(asked, vouch, 1),
                self.publication(id, told, Audience::Inbox(inbox)),
            ],
        }
    }

    /// Takes a vouch back for ever, by a signed revocation.
    pub(super) fn take_back(
        &self,
        vouch: &Vouch,
        inbox: Option<&Url>,
        reason: Option<&str>,
    ) -> Change {
        let revocation = revocation::write(&vouch.id, &vouch.issuer, self.now, reason);
        let document = self.signer.sign(revocation, self.now);
        let mut publications = Vec::new();
        if vouch.basis == Basis::Membership {
            let id = self.activity(0);
            let removed = activity::remove(&self.listing(&id, &vouch.object), &vouch.id);
            let removed = activity::because(removed, reason);
            publications.push(self.publication(id, removed, audience(inbox)));
        }
        let id = addressed(&document);
        publications.extend(id.map(|id| self.publication(id, document.clone(), audience(inbox))));
        Change {
            effects: vec![Effect::Revoke(Box::new(Revocation {
                vouch: vouch.id.clone(),
                issuer: vouch.issuer.clone(),
                at: self.now,
                document: Some(document),
                by_issuer: true,
            }))],
            publications,
        }
    }

    fn accept(&self, asked: Question<'_>, vouch: &Vouch, further: u64) -> Publication {
        let id = self.activity(further);
        let accept = activity::accept(&id, &self.actor(), asked.document, &asked.asker.id);
        let inbox = asked.asker.delivery_inbox().clone();
        self.publication(
            id,
            activity::resulting(accept, &vouch.id),
            Audience::Inbox(inbox),
        )
    }

    fn listing(&self, id: &Url, concerns: &Url) -> Listing {
        Listing {
            id: id.clone(),
            actor: self.actor(),
            followers: self.addresses.followers(self.role),
            published: self.now,
            target: self.addresses.members(self.role),
            concerns: concerns.clone(),
        }
    }

    fn said(&self, document: Value) -> Effect {
        Effect::Vouch(Box::new(Said {
            document,
            by_issuer: true,
        }))
    }

    fn actor(&self) -> Url {
        self.addresses.actor(self.role)
    }

    fn activity(&self, further: u64) -> Url {
        let number = self.number.wrapping_add(further);
        self.addresses.activity(self.role, number)
    }

    fn publication(&self, id: Url, document: Value, audience: Audience) -> Publication {
        Publication {
            role: self.role,
            id,
            object: None,
            document,
            audience,
            key: None,
        }
    }
}

fn audience(inbox: Option<&Url>) -> Audience {
    match inbox {
        Some(inbox) => Audience::FollowersAnd(inbox.clone()),
        None => Audience::Followers,
    }
}

/// The id of a document.
fn addressed(document: &Value) -> Option<Url> {
    document.get(property::ID).and_then(document::address)
}
