//! What an activity means for us: a pure function of it, its sender and what is between us.

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use crate::domain::taxonomy::Taxonomy;
use crate::federation::publish;
use crate::formats::activitypub::activity::{Activity, ActivityKind, Object};
use crate::formats::activitypub::actor::{ActorKind, RemoteActor, read_actor};
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::formats::activitypub::ids::{hoster_id, service_id};
use crate::formats::activitypub::note::read_service;
use crate::ingest::understood;
use crate::store::{
    Change, Effect, Follow, FollowState, LocalActor, Reader, Relation, RelationKind, Travelling,
    Visit,
};

/// What is known when an activity is read.
pub(super) struct Context<'a> {
    pub(super) addresses: &'a Addresses,
    pub(super) local: &'a [LocalActor],
    /// Our wish to follow the sender, if we have it.
    pub(super) follow: Option<Follow>,
    pub(super) sender: &'a RemoteActor,
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
            ActivityKind::Create | ActivityKind::Update => self.tell(activity),
            ActivityKind::Delete => self.delete(activity),
            ActivityKind::Announce => self.announce(activity),
            ActivityKind::Add => self.add(activity),
            ActivityKind::Remove => self.remove(activity),
            ActivityKind::Join => self.state(activity, RelationKind::Application),
            ActivityKind::Leave => self.leave(activity),
            ActivityKind::Offer => self.offer(activity),
            ActivityKind::Move => self.move_home(activity),
            ActivityKind::Block => self.block(activity),
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
        if let Some(services) = self.sender.services.clone() {
            let actor = self.actor();
            effects.push(Effect::Visit {
                url: services,
                kind: Visit::Services,
                actor,
            });
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

    fn tell(&self, activity: &Activity) -> Meaning {
        let object = match &activity.object {
            Object::Embedded(object) => object,
            Object::Id(id) if self.is_followed() => {
                let actor = self.actor();
                let visit = Effect::Visit {
                    url: id.clone(),
                    kind: Visit::Service,
                    actor,
                };
                return Meaning::effects("to be read at its own address", vec![visit]);
            }
            Object::Id(_) => return Meaning::ignored("we do not follow its actor"),
            Object::Unread => return Meaning::ignored("it tells nothing"),
        };
        if activity.object.id().as_ref() == Some(&self.sender.id) {
            return self.tell_of_itself(object);
        }
        if !self.is_followed() {
            return Meaning::ignored("we do not follow its actor");
        }
        match travelling(object, self.sender, self.taxonomy, self.now) {
            Ok(_) if !self.sender.discoverable => Meaning::effects(
                "its actor does not want to be found",
                self.hoster().into_iter().collect(),
            ),
            Ok(service) => {
                let mut effects: Vec<Effect> = self.hoster().into_iter().collect();
                effects.push(Effect::KeepService(Box::new(service)));
                Meaning::effects("a service is kept", effects)
            }
            Err(problem) => Meaning::ignored(&problem),
        }
    }

    fn tell_of_itself(&self, object: &Value) -> Meaning {
        let actor = match read_actor(object, &self.sender.id, self.now.date_naive()) {
            Ok(actor) => actor,
            Err(error) => return Meaning::ignored(&error.to_string()),
        };
        let told = Context {
            sender: &actor,
            follow: None,
            ..*self
        };
        // Only whom we follow is listed by its own word; anybody may leave.
        let hoster = told
            .hoster()
            .filter(|effect| self.is_followed() || matches!(effect, Effect::RemoveHoster(_)));
        let mut effects: Vec<Effect> = hoster.into_iter().collect();
        effects.push(Effect::KeepActor(Box::new(actor)));
        Meaning::effects("the actor is known anew", effects)
    }

    fn delete(&self, activity: &Activity) -> Meaning {
        let Some(object) = activity.object.id() else {
            return Meaning::ignored("nothing is deleted by it");
        };
        if object == self.sender.id {
            let mut effects = vec![Effect::RemoveActor(self.actor())];
            effects.extend(hoster_id(&object).map(Effect::RemoveHoster));
            return Meaning::effects("the actor is gone", effects);
        }
        let Some(service) =
            service_id(&object).filter(|_| object.origin() == self.sender.id.origin())
        else {
            return Meaning::ignored("it is not its actor's to delete");
        };
        let remove = Effect::Remove {
            object: object.clone(),
            owner: self.actor(),
            service,
        };
        let withdraw = Effect::Withdraw {
            id: object.clone(),
            actor: self.actor(),
        };
        Meaning::effects("removed", vec![remove, withdraw])
    }

    fn announce(&self, activity: &Activity) -> Meaning {
        match activity.object.id() {
            Some(id) if self.is_followed() => {
                let actor = self.actor();
                let visit = Effect::Visit {
                    url: id.clone(),
                    kind: Visit::Service,
                    actor,
                };
                Meaning::effects("to be read at its own address", vec![visit])
            }
            _ => Meaning::ignored("we do not follow its actor"),
        }
    }

    fn add(&self, activity: &Activity) -> Meaning {
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

    fn remove(&self, activity: &Activity) -> Meaning {
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

    fn state(&self, activity: &Activity, kind: RelationKind) -> Meaning {
        match self.ours(activity) {
            Some(role) => {
                let object = self.addresses.actor(role);
                self.relation(kind, activity.id.clone(), object, activity.raw.to_string())
            }
            None => Meaning::ignored("nobody here is meant by it"),
        }
    }

    fn offer(&self, activity: &Activity) -> Meaning {
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

    fn leave(&self, activity: &Activity) -> Meaning {
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

    fn block(&self, activity: &Activity) -> Meaning {
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

/// The service in a note of an actor, as it travels.
pub(in crate::federation) fn travelling(
    note: &Value,
    owner: &RemoteActor,
    taxonomy: &Taxonomy,
    now: DateTime<Utc>,
) -> Result<Travelling, String> {
    let service =
        read_service(note, &owner.id, now.date_naive()).map_err(|error| error.to_string())?;
    let mut problem = String::new();
    let service = understood(service, taxonomy, |field, what| {
        problem = format!("{field} {what}")
    });
    let service = service.ok_or(problem)?;
    let object = note
        .get("id")
        .and_then(address)
        .ok_or("the note has no id")?;
    // A date ahead of us would make every later word look old.
    let date = |key: &str| Some(time(note.get(key)?)?.min(now));
    let published_at = date("published").unwrap_or(now);
    let updated_at = date("updated").unwrap_or(published_at);
    Ok(Travelling {
        service,
        object,
        owner: owner.id.clone(),
        published_at,
        updated_at,
    })
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(value.as_str()?).ok()?.to_utc())
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
