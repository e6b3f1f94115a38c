//! Who asks what of whom, and who wants nothing to do with us.

use url::Url;

use super::{Context, Meaning, address, embedded};
use crate::federation::vouching::{Question, Voucher};
use crate::formats::activitypub::activity::{Activity, words};
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::vocabulary::{property, types};
use crate::formats::activitypub::vouch;
use crate::store::{Answer, Asked, Change, Effect, Relation, RelationKind, Verdict, Visit};

impl Context<'_> {
    /// Somebody asks to become a member. Who is one already is told so again: it may have lost the answer.
    pub(super) fn join(&self, activity: &Activity) -> Meaning {
        if self.ours(activity) != Some(Local::Collective) {
            return Meaning::ignored("nobody here can be joined by it");
        }
        let stated = self.stated(activity, RelationKind::Application, Local::Collective);
        match (self.given.first(), self.voucher()) {
            (Some(known), Some(voucher)) => {
                let asked = Question {
                    document: &activity.raw,
                    id: &activity.id,
                    asker: self.sender,
                };
                let mut change = Change {
                    effects: vec![stated],
                    publications: Vec::new(),
                };
                change.add(voucher.remind(asked, &known.vouch, known.document.clone()));
                Meaning {
                    outcome: "a member already".to_owned(),
                    change,
                }
            }
            _ => Meaning::effects("kept for people to decide", vec![stated]),
        }
    }

    /// Somebody offers our hoster a vouch.
    pub(super) fn offer(&self, activity: &Activity) -> Meaning {
        let offered = embedded(&activity.object, types::RELATIONSHIP).map(vouch::offered);
        match offered {
            Some(Ok(offered))
                if offered.issuer == self.sender.id && self.is_our_hoster(&offered.object) =>
            {
                let stated = self.stated(activity, RelationKind::Offer, Local::Hoster);
                Meaning::effects("kept for people to decide", vec![stated])
            }
            _ => Meaning::ignored("it offers nobody here anything of its own"),
        }
    }

    /// Somebody leaves our collective, or withdraws what it asked: what we said of it is taken back.
    pub(super) fn leave(&self, activity: &Activity) -> Meaning {
        let Some(role) = self.ours(activity) else {
            return Meaning::ignored("nobody here is left by it");
        };
        let mut change = Change {
            effects: vec![Effect::Leave {
                actor: self.actor(),
                object: self.addresses.actor(role),
            }],
            publications: Vec::new(),
        };
        if let Some(voucher) = self.voucher() {
            let inbox = self.sender.delivery_inbox();
            for known in self.given {
                change.add(voucher.take_back(&known.vouch, Some(inbox), None));
            }
        }
        Meaning {
            outcome: "it leaves".to_owned(),
            change,
        }
    }

    pub(super) fn block(&self, activity: &Activity) -> Meaning {
        let Some(role) = self.ours(activity) else {
            return Meaning::ignored("nobody here is meant by it");
        };
        let effects = vec![
            self.stated(activity, RelationKind::Block, role),
            Effect::RemoveFollower {
                role,
                actor: self.actor(),
            },
            Effect::Unfollow(self.actor()),
        ];
        Meaning::effects("it wants nothing to do with us", effects)
    }

    /// Whom we asked answers; `None` if we asked nothing that this answers.
    pub(super) fn decision(&self, activity: &Activity, accepted: bool) -> Option<Meaning> {
        let asked = activity.object.id()?;
        let asked = self.asked.iter().find(|one| one.id == asked)?;
        if asked.object != self.sender.id {
            return None;
        }
        let result = activity.raw.get(property::RESULT).and_then(address);
        let vouch = result.filter(|vouch| vouch.origin() == self.sender.id.origin());
        let mut change = Change {
            effects: vec![Effect::Answer(Box::new(Answer {
                asked: asked.id.clone(),
                by: self.actor(),
                decision: match accepted {
                    true => Verdict::Accepted,
                    false => Verdict::Refused,
                },
                reason: words(&activity.raw),
                vouch: vouch.clone().filter(|_| accepted),
            }))],
            publications: Vec::new(),
        };
        if accepted && asked.kind == RelationKind::Offer {
            change.add(self.give_what_was_offered(asked));
        }
        // The vouch itself may have been lost on the way, or come later.
        if let Some(url) = vouch.filter(|_| accepted) {
            change.effects.push(Effect::Visit {
                url,
                kind: Visit::Vouch,
                actor: self.actor(),
            });
        }
        let outcome = match accepted {
            true => "it grants what we asked",
            false => "it refuses what we asked",
        };
        Some(Meaning {
            outcome: outcome.to_owned(),
            change,
        })
    }

    /// The vouch we offered, signed now that it is wanted.
    fn give_what_was_offered(&self, asked: &Asked) -> Change {
        let offered = asked.document.get(property::OBJECT).map(vouch::offered);
        match (offered, self.voucher()) {
            (Some(Ok(offered)), Some(voucher)) => {
                voucher.give(&offered, Some(self.sender.delivery_inbox()))
            }
            _ => Change::default(),
        }
    }

    /// Ours, with its key, if this node stands for somebody who can vouch.
    fn voucher(&self) -> Option<Voucher<'_>> {
        let (role, signer) = self.signer?;
        Some(Voucher {
            addresses: self.addresses,
            role,
            signer,
            number: self.number,
            now: self.now,
        })
    }

    fn stated(&self, activity: &Activity, kind: RelationKind, role: Local) -> Effect {
        Effect::State(Box::new(Relation {
            id: activity.id.clone(),
            kind,
            actor: self.actor(),
            object: self.addresses.actor(role),
            document: activity.raw.to_string(),
        }))
    }

    pub(super) fn is_our_hoster(&self, actor: &Url) -> bool {
        let is_one = |role| self.local.iter().any(|actor| actor.role == role);
        self.addresses.local_of(actor) == Some(Local::Hoster) && is_one(Local::Hoster)
    }
}
