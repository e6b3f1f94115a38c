//! What is told of vouches: given, listed by whom they are for, taken back, handed on.

use serde_json::Value;
use url::Url;

use super::{Context, Meaning};
use crate::federation::own_list::OwnList;
use crate::formats::activitypub::activity::{Activity, Object};
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::{revocation, vouch};
use crate::store::{Asked, Effect, RelationKind, Revocation, Said, Verdict, Visit};

impl Context<'_> {
    /// Something is in a list of the sender's now: a vouch among those it gives, or among those for itself.
    pub(super) fn add(&self, activity: &Activity) -> Meaning {
        let target = activity.target.as_ref();
        if target.is_some() && target == self.sender.members.as_ref() {
            return self.vouched(&activity.object);
        }
        match activity.object.id() {
            Some(vouch) if target.is_some() && target == self.sender.vouches.as_ref() => {
                let mut given = self.given.iter();
                if !self.is_followed() && !given.any(|known| known.vouch.id == vouch) {
                    return Meaning::ignored("we neither follow its actor nor gave it that vouch");
                }
                let actor = self.actor();
                Meaning::effects(
                    "it lists a vouch for itself",
                    vec![Effect::Acknowledge { actor, vouch }],
                )
            }
            _ => Meaning::ignored("it adds to no list of vouches of its own"),
        }
    }

    /// Something is in a list of the sender's no longer.
    pub(super) fn remove(&self, activity: &Activity) -> Meaning {
        let target = activity.target.as_ref();
        let Some(vouch) = activity.object.id().filter(|_| target.is_some()) else {
            return Meaning::ignored("it removes from no list of vouches of its own");
        };
        if target == self.sender.members.as_ref() && vouch.origin() == self.sender.id.origin() {
            return self.taken_back(vouch, None);
        }
        if target == self.sender.vouches.as_ref() {
            let actor = self.actor();
            let effect = Effect::Disavow { actor, vouch };
            return Meaning::effects("it lists a vouch no longer", vec![effect]);
        }
        Meaning::ignored("it removes from no list of vouches of its own")
    }

    /// The sender vouches for somebody, or says it again for another term.
    pub(super) fn vouched(&self, said: &Object) -> Meaning {
        let document = match said {
            Object::Embedded(document) => document,
            Object::Id(id) if id.origin() == self.sender.id.origin() => {
                let visit = Effect::Visit {
                    url: id.clone(),
                    kind: Visit::Vouch,
                    actor: self.actor(),
                };
                return Meaning::effects("a vouch is to be read", vec![visit]);
            }
            _ => return Meaning::ignored("the vouch is not its actor's"),
        };
        let given = match vouch::read(document) {
            Ok((given, _)) if given.issuer == self.sender.id => given,
            Ok(_) => return Meaning::ignored("the vouch is not its actor's"),
            Err(error) => return Meaning::ignored(&format!("the vouch cannot be read: {error}")),
        };
        let is_wanted =
            self.is_our_hoster(&given.object) && self.asked.iter().any(|asked| self.wants(asked));
        if !self.is_followed() && !is_wanted {
            return Meaning::ignored("we neither follow its actor nor asked it for anything");
        }
        let mut meaning = Meaning::effects("it vouches", vec![vouch_effect(document, true)]);
        if is_wanted {
            let list = OwnList {
                addresses: self.addresses,
                number: self.number,
                now: self.now,
            };
            meaning.change.add(list.acknowledge(&given.id, self.sender));
        }
        meaning
    }

    /// Somebody we follow hands on a vouch that another gave: nothing counts before that other was asked.
    pub(super) fn handed_on(&self, document: &Value) -> Meaning {
        match vouch::read(document) {
            Ok((vouch, _)) => {
                let visit = Effect::Visit {
                    url: vouch.id,
                    kind: Visit::Vouch,
                    actor: self.actor(),
                };
                let effects = vec![vouch_effect(document, false), visit];
                Meaning::effects("its issuer is to be asked", effects)
            }
            Err(error) => Meaning::ignored(&format!("the vouch cannot be read: {error}")),
        }
    }

    /// A signed revocation of the sender's own; `None` if this undoes something else.
    pub(super) fn revoked(&self, activity: &Activity) -> Option<Meaning> {
        let (revocation, _) = revocation::read(&activity.raw).ok()?;
        if revocation.issuer != self.sender.id {
            return None;
        }
        Some(self.taken_back(revocation.vouch, Some(activity.raw.clone())))
    }

    fn taken_back(&self, vouch: Url, document: Option<Value>) -> Meaning {
        let mut effects = vec![Effect::Revoke(Box::new(Revocation {
            vouch: vouch.clone(),
            issuer: self.actor(),
            at: self.now,
            document,
            by_issuer: true,
        }))];
        if self.local.iter().any(|actor| actor.role == Local::Hoster) {
            effects.push(Effect::Disavow {
                actor: self.addresses.actor(Local::Hoster),
                vouch,
            });
        }
        Meaning::effects("it takes a vouch back", effects)
    }

    /// Whether we asked for what comes: an application that is not refused, or an offer that we took.
    fn wants(&self, asked: &Asked) -> bool {
        let decision = asked.decision.map(|(decision, _)| decision);
        match asked.kind {
            RelationKind::Application => {
                asked.object == self.sender.id && decision != Some(Verdict::Refused)
            }
            RelationKind::Offer => {
                asked.actor == self.sender.id && decision == Some(Verdict::Accepted)
            }
            RelationKind::Block => false,
        }
    }
}

fn vouch_effect(document: &Value, by_issuer: bool) -> Effect {
    Effect::Vouch(Box::new(Said {
        document: document.clone(),
        by_issuer,
    }))
}
