//! What actors say of each other: kept for people to decide, or taken back.

use url::Url;

use super::{Context, Meaning, address, embedded};
use crate::formats::activitypub::activity::{Activity, Object};
use crate::store::{Effect, Relation, RelationKind};

impl Context<'_> {
    pub(super) fn add(&self, activity: &Activity) -> Meaning {
        let is_members = activity.target.is_some() && activity.target == self.sender.members;
        match &activity.object {
            Object::Embedded(vouch) if is_members => {
                let (Some(id), Some(member)) =
                    (activity.object.id(), vouch.get("object").and_then(address))
                else {
                    return Meaning::ignored("the vouch names nobody");
                };
                if id.origin() != self.sender.id.origin() {
                    return Meaning::ignored("the vouch is not its actor's");
                }
                self.relation(RelationKind::Member, id.clone(), member, vouch.to_string())
            }
            _ => Meaning::ignored("it adds to no list of members of its own"),
        }
    }

    pub(super) fn remove(&self, activity: &Activity) -> Meaning {
        match activity.object.id() {
            Some(id) if activity.target.is_some() && activity.target == self.sender.members => {
                let withdraw = Effect::Withdraw {
                    id: id.clone(),
                    actor: self.actor(),
                };
                Meaning::effects("taken back", vec![withdraw])
            }
            _ => Meaning::ignored("it removes from no list of members of its own"),
        }
    }

    pub(super) fn state(&self, activity: &Activity, kind: RelationKind) -> Meaning {
        match self.ours(activity) {
            Some(role) => {
                let object = self.addresses.actor(role);
                self.relation(kind, activity.id.clone(), object, activity.raw.to_string())
            }
            None => Meaning::ignored("nobody here is meant by it"),
        }
    }

    pub(super) fn offer(&self, activity: &Activity) -> Meaning {
        let offered = embedded(&activity.object, "Relationship");
        let object = offered.and_then(|offered| address(offered.get("object")?));
        let subject = offered.and_then(|offered| address(offered.get("subject")?));
        match object.and_then(|object| self.addresses.local_of(&object)) {
            Some(role) if subject == Some(self.actor()) => {
                let object = self.addresses.actor(role);
                let document = activity.raw.to_string();
                self.relation(RelationKind::Offer, activity.id.clone(), object, document)
            }
            _ => Meaning::ignored("it offers nobody here anything of its own"),
        }
    }

    pub(super) fn leave(&self, activity: &Activity) -> Meaning {
        match self.ours(activity) {
            Some(role) => {
                let object = self.addresses.actor(role);
                Meaning::effects(
                    "it leaves",
                    vec![Effect::Leave {
                        actor: self.actor(),
                        object,
                    }],
                )
            }
            None => Meaning::ignored("nobody here is left by it"),
        }
    }

    pub(super) fn block(&self, activity: &Activity) -> Meaning {
        let Some(role) = self.ours(activity) else {
            return Meaning::ignored("nobody here is meant by it");
        };
        let mut meaning = self.state(activity, RelationKind::Block);
        meaning.change.effects.extend([
            Effect::RemoveFollower {
                role,
                actor: self.actor(),
            },
            Effect::Unfollow(self.actor()),
        ]);
        meaning
    }

    fn relation(&self, kind: RelationKind, id: Url, object: Url, document: String) -> Meaning {
        let actor = self.actor();
        let relation = Relation {
            id,
            kind,
            actor,
            object,
            document,
        };
        Meaning::effects(
            "kept for people to decide",
            vec![Effect::State(Box::new(relation))],
        )
    }
}
