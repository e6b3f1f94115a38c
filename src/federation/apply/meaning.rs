//! What an activity means for us: a pure function of it, its sender and what is between us.
//!
//! Here: who follows whom. Beside it: what is told of services and vouches, what actors ask of each other,
//! what directories tell their peers, and what is asked of a hoster.

mod flags;
mod peers;
mod relations;
mod services;
mod vouches;

pub(in crate::federation) use services::travelling;

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use crate::domain::taxonomy::Taxonomy;
use crate::federation::publish;
use crate::formats::activitypub::activity::{Activity, ActivityKind, Object};
use crate::formats::activitypub::actor::{ActorKind, RemoteActor};
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::formats::activitypub::ids::hoster_id;
use crate::formats::activitypub::proof::Signer;
use crate::formats::activitypub::vocabulary::types;
use crate::store::{
    Asked, Change, Effect, Follow, FollowState, KnownVouch, LocalActor, Reader, Visit,
};

/// What is known when an activity is read.
pub(super) struct Context<'a> {
    pub(super) addresses: &'a Addresses,
    pub(super) local: &'a [LocalActor],
    /// Our wish to follow the sender, if we have it.
    pub(super) follow: Option<Follow>,
    pub(super) sender: &'a RemoteActor,
    /// Whether the operator exchanges with the sender, a directory.
    pub(super) is_peer: bool,
    /// What the sender and whose node this is ask of each other.
    pub(super) asked: &'a [Asked],
    /// The vouches in force that whose node this is gave for the sender.
    pub(super) given: &'a [KnownVouch],
    /// Whose node this is and its key, if it can vouch.
    pub(super) signer: Option<(Local, &'a Signer)>,
    pub(super) taxonomy: &'a Taxonomy,
    /// The number of an answer of ours.
    pub(super) number: u64,
    pub(super) now: DateTime<Utc>,
}

/// What an activity means.
pub(super) struct Meaning {
    /// In a few words, for people.
    pub(super) outcome: String,
    /// What becomes different.
    pub(super) change: Change,
}

impl Meaning {
    fn ignored(why: &str) -> Self {
        Self {
            outcome: format!("ignored: {why}"),
            change: Change::default(),
        }
    }

    fn effects(outcome: &str, effects: Vec<Effect>) -> Self {
        let change = Change {
            effects,
            publications: Vec::new(),
        };
        Self {
            outcome: outcome.to_owned(),
            change,
        }
    }
}

impl Context<'_> {
    /// What an activity of the sender means.
    pub(super) fn meaning(&self, activity: &Activity) -> Meaning {
        match activity.kind {
            ActivityKind::Follow => self.follow(activity),
            ActivityKind::Undo => self.undo(activity),
            ActivityKind::Accept => self.answer(activity, true),
            ActivityKind::Reject => self.answer(activity, false),
            ActivityKind::Create | ActivityKind::Update => match self.reply(activity) {
                Some(reply) => self.be_answered(reply),
                None => self.tell(activity),
            },
            ActivityKind::Delete => self.delete(activity),
            ActivityKind::Announce => self.announce(activity),
            ActivityKind::Add => self.add(activity),
            ActivityKind::Remove => self.remove(activity),
            ActivityKind::Join => self.join(activity),
            ActivityKind::Leave => self.leave(activity),
            ActivityKind::Offer => self.offer(activity),
            ActivityKind::Move => self.move_home(activity),
            ActivityKind::Block => self.block(activity),
            ActivityKind::Flag => self.be_asked(activity),
            ActivityKind::Other(_) => Meaning::ignored("a kind we do not know"),
        }
    }

    fn actor(&self) -> Url {
        self.sender.id.clone()
    }

    /// Which of ours an activity is about.
    fn ours(&self, activity: &Activity) -> Option<Local> {
        let role = self.addresses.local_of(&activity.object.id()?)?;
        self.local
            .iter()
            .any(|actor| actor.role == role)
            .then_some(role)
    }

    /// Whether the sender accepted that we follow it.
    fn is_followed(&self) -> bool {
        self.follow
            .as_ref()
            .is_some_and(|follow| follow.state == FollowState::Accepted)
    }

    fn follow(&self, activity: &Activity) -> Meaning {
        let Some(role) = self.ours(activity) else {
            return Meaning::ignored("nobody here is followed by it");
        };
        let reader = match self.sender.kind {
            ActorKind::Application => Reader::Node,
            _ => Reader::Person,
        };
        let follower = Effect::AddFollower {
            role,
            actor: self.actor(),
            reader,
            activity: activity.id.clone(),
        };
        let accept = publish::accept(self.addresses, role, self.number, activity, self.sender);
        Meaning {
            outcome: "a follower".to_owned(),
            change: Change {
                effects: vec![follower],
                publications: vec![accept],
            },
        }
    }

    fn undo(&self, activity: &Activity) -> Meaning {
        if let Some(meaning) = self.revoked(activity) {
            return meaning;
        }
        let Some(id) = activity.object.id() else {
            return Meaning::ignored("nothing is undone by it");
        };
        let mut effects = vec![
            Effect::UndoFollow {
                actor: self.actor(),
                activity: id.clone(),
            },
            Effect::Withdraw {
                id: id.clone(),
                actor: self.actor(),
            },
        ];
        // Some name their Follow anew when they undo it; whom it followed stays the same.
        let own = embedded(&activity.object, "Follow")
            .filter(|follow| follow.get("actor").and_then(address) == Some(self.actor()));
        if let Some(followed) = own.and_then(|follow| address(follow.get("object")?))
            && let Some(role) = self.addresses.local_of(&followed)
        {
            effects.push(Effect::RemoveFollower {
                role,
                actor: self.actor(),
            });
        }
        Meaning::effects("taken back", effects)
    }

    fn answer(&self, activity: &Activity, accepted: bool) -> Meaning {
        if let Some(meaning) = self.decision(activity, accepted) {
            return meaning;
        }
        let Some(follow) = &self.follow else {
            return Meaning::ignored("we did not ask");
        };
        let by_name = activity.object.id().as_ref() == Some(&follow.activity);
        let by_content = embedded(&activity.object, "Follow").is_some_and(|asked| {
            let actor = asked.get("actor").and_then(address);
            let object = asked.get("object").and_then(address);
            object == Some(self.actor())
                && actor.is_some_and(|actor| self.addresses.is_ours(&actor))
        });
        if !by_name && !by_content {
            return Meaning::ignored("it answers what we did not ask");
        }
        let answered = Effect::FollowAnswered {
            actor: self.actor(),
            activity: follow.activity.clone(),
            accepted,
        };
        if !accepted {
            return Meaning::effects("it refuses that we follow", vec![answered]);
        }
        let mut effects = vec![answered];
        effects.extend(self.hoster());
        let vouched = self.sender.vouches.as_ref().map(|_| self.actor());
        for (url, kind) in [
            (self.sender.services.clone(), Visit::Services),
            (self.sender.members.clone(), Visit::Members),
            (vouched, Visit::Member),
        ] {
            let actor = self.actor();
            effects.extend(url.map(|url| Effect::Visit { url, kind, actor }));
        }
        Meaning::effects("it accepts that we follow", effects)
    }

    /// The hoster the sender is, kept; or let go, if it does not want to be found or is none any more.
    fn hoster(&self) -> Option<Effect> {
        match &self.sender.hoster {
            Some(hoster) if self.sender.discoverable => {
                Some(Effect::KeepHoster(Box::new(hoster.clone())))
            }
            _ => hoster_id(&self.sender.id).map(Effect::RemoveHoster),
        }
    }

    fn move_home(&self, activity: &Activity) -> Meaning {
        let of_itself = activity.object.id().as_ref() == Some(&self.sender.id);
        match &activity.target {
            Some(target) if of_itself && self.follow.is_some() => {
                let actor = self.actor();
                let visit = Effect::Visit {
                    url: target.clone(),
                    kind: Visit::NewHome,
                    actor,
                };
                Meaning::effects("its new home is to be read", vec![visit])
            }
            _ => Meaning::ignored("nobody we follow moves"),
        }
    }
}

/// Whether what is between us and the sender matters for what an activity means.
pub(super) fn is_of_membership(activity: &Activity) -> bool {
    match activity.kind {
        ActivityKind::Join
        | ActivityKind::Leave
        | ActivityKind::Accept
        | ActivityKind::Reject
        | ActivityKind::Add => true,
        ActivityKind::Create | ActivityKind::Update => {
            embedded(&activity.object, types::RELATIONSHIP).is_some()
        }
        _ => false,
    }
}

fn address(value: &Value) -> Option<Url> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Object(object) => object.get("id")?.as_str()?.parse().ok(),
        _ => None,
    }
}

/// The object that is embedded, if it is of a type.
fn embedded<'a>(object: &'a Object, kind: &str) -> Option<&'a Value> {
    match object {
        Object::Embedded(value) if value.get("type").and_then(Value::as_str) == Some(kind) => {
            Some(value)
        }
        _ => None,
    }
}
