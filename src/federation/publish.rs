//! Changes of ours, and what the world is told of them, in one transaction each.

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use super::chance::number;
use super::{Error, Federation};
use crate::domain::hoster::Hoster;
use crate::domain::provenance::Source;
use crate::domain::service::{Service, ServiceId};
use crate::domain::text::Link;
use crate::formats::Format;
use crate::formats::activitypub::activity::{self, Activity};
use crate::formats::activitypub::actor::{ActorKind, RemoteActor};
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::formats::activitypub::{collection, note};
use crate::store::frontier::{Priority, Sown};
use crate::store::{Audience, Change, Effect, FollowState, Known, Publication, Travelling};

/// How many new services at once are a flood to whoever reads a timeline: nodes then get each, people
/// one post about all.
pub const FLOOD: usize = 3;

/// Writes an activity: its id, whose it is, who follows that, when, and what it is about.
type Write = fn(&Url, &Url, &Url, DateTime<Utc>, Value) -> Value;

/// Why a change of ours was not made.
#[derive(Debug, thiserror::Error)]
pub enum NotPublished {
    /// Something below.
    #[error(transparent)]
    Failed(#[from] Error),
    /// This node has no hoster, so nobody offers services here.
    #[error(
        "this node is no hoster's, so it has no services of its own: `archipelago init --kind hoster` makes one"
    )]
    NoHoster,
    /// A need nobody knows.
    #[error("nobody knows the need {0:?}")]
    UnknownNeed(String),
    /// A software nobody knows.
    #[error("nobody knows the software {0:?}")]
    UnknownSoftware(String),
    /// The identifier belongs to something else.
    #[error("there is a service {0} already")]
    Taken(ServiceId),
    /// The identifier was in use once; others may still remember it as gone.
    #[error(
        "the service {0} was removed, and others remember that: name the new one otherwise, {0}-2 say"
    )]
    WasRemoved(ServiceId),
    /// Nothing of ours has this identifier.
    #[error("there is no service {0} of ours")]
    Unknown(ServiceId),
}

impl From<crate::store::Error> for NotPublished {
    fn from(error: crate::store::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Federation {
    /// The hoster whose node this is.
    pub async fn own_hoster(&self) -> Result<Hoster, NotPublished> {
        let id = self.0.addresses.actor(Local::Hoster);
        let is_ours = self.0.local.iter().any(|actor| actor.role == Local::Hoster);
        match self.0.store.hoster_of(&id).await? {
            Some(hoster) if is_ours => Ok(hoster),
            _ => Err(NotPublished::NoHoster),
        }
    }

    /// Every service of ours, the oldest first.
    pub async fn own_services(&self) -> Result<Vec<Travelling>, NotPublished> {
        self.own_hoster().await?;
        let owner = self.0.addresses.actor(Local::Hoster);
        Ok(self.0.store.services_of(&owner, u32::MAX, 0).await?.0)
    }

    /// A service of ours.
    pub async fn own_service(&self, id: &ServiceId) -> Result<Travelling, NotPublished> {
        match self
            .0
            .store
            .object(&self.0.addresses.service(id.as_str()))
            .await?
        {
            Some(Known::Service(service)) => Ok(*service),
            _ => Err(NotPublished::Unknown(id.clone())),
        }
    }

    /// Begins to offer services, and tells every follower: people with one post if there are many.
    pub async fn add_services(&self, services: Vec<Service>) -> Result<(), NotPublished> {
        let hoster = self.own_hoster().await?;
        let now = self.0.clock.now();
        let many = services.len() > FLOOD;
        let mut change = Change::default();
        for service in &services {
            let travelling = self.ours(service.clone(), &hoster, now)?;
            self.check_free(&service.id).await?;
            let audience = if many {
                Audience::Nodes
            } else {
                Audience::Followers
            };
            let told = self.tell(activity::create, &travelling, &hoster, audience, now);
            change.publications.push(told);
            change
                .effects
                .push(Effect::KeepService(Box::new(travelling)));
        }
        if many {
            let offered: Vec<&Service> = services.iter().collect();
            let number = number(now);
            let post = note::write_summary_note(number, &hoster, &offered, &self.0.addresses, now);
            let mut told = self.say(Local::Hoster, activity::create, number, post, now);
            told.object = Some(self.0.addresses.note(Local::Hoster, number));
            told.audience = Audience::People;
            change.publications.push(told);
        }
        self.make(&change, now).await
    }

    /// Refuses an identifier that is in use, or was.
    pub async fn check_free(&self, id: &ServiceId) -> Result<(), NotPublished> {
        let object = self.0.addresses.service(id.as_str());
        match self.0.store.object(&object).await? {
            None => {}
            Some(Known::Service(_)) => return Err(NotPublished::Taken(id.clone())),
            Some(Known::Gone(_)) => return Err(NotPublished::WasRemoved(id.clone())),
        }
        match self.0.store.has_service(id).await? {
            true => Err(NotPublished::Taken(id.clone())),
            false => Ok(()),
        }
    }

    /// Describes a service of ours anew, and tells every follower.
    pub async fn update_service(&self, service: Service) -> Result<(), NotPublished> {
        let hoster = self.own_hoster().await?;
        let known = self.own_service(&service.id).await?;
        let now = self.0.clock.now();
        let told = Travelling {
            published_at: known.published_at,
            ..self.ours(service, &hoster, now)?
        };
        let publication = self.tell(activity::update, &told, &hoster, Audience::Followers, now);
        let effects = vec![Effect::KeepService(Box::new(told))];
        self.make(
            &Change {
                effects,
                publications: vec![publication],
            },
            now,
        )
        .await
    }

    /// Ceases to offer a service, for good, and tells every follower.
    pub async fn remove_service(&self, id: &ServiceId) -> Result<(), NotPublished> {
        let known = self.own_service(id).await?;
        let now = self.0.clock.now();
        let tombstone = collection::tombstone(&known.object, now);
        let publication = self.say(Local::Hoster, activity::delete, number(now), tombstone, now);
        let effect = Effect::Remove {
            object: known.object,
            owner: known.owner,
            service: known.service.id,
        };
        self.make(
            &Change {
                effects: vec![effect],
                publications: vec![publication],
            },
            now,
        )
        .await
    }

    /// Follows whoever a person names; returns whom that is.
    pub async fn follow(&self, named: &str) -> Result<RemoteActor, Error> {
        let actor = self.discover_another(named).await?;
        let change = self.follow_change(&actor).await?;
        self.commit(&change).await?;
        Ok(actor)
    }

    /// Makes a directory a peer: follows it, and has the crawler read whom it lists; returns which that is.
    pub async fn add_peer(&self, named: &str) -> Result<RemoteActor, Error> {
        let actor = self.discover_another(named).await?;
        if actor.kind != ActorKind::Application {
            return Err(Error::NoDirectory(actor.id));
        }
        let mut change = self.follow_change(&actor).await?;
        let whole = Sown::read(actor.id.clone(), Format::Actor, Priority::Seed);
        change.effects.push(Effect::AddPeer(actor.id.clone()));
        change.effects.push(Effect::Sow(Box::new(whole)));
        self.commit(&change).await?;
        Ok(actor)
    }

    /// Whom a person names, who is not this node itself.
    pub(super) async fn discover_another(&self, named: &str) -> Result<RemoteActor, Error> {
        let actor = self.discover(named).await?;
        match self.0.addresses.is_ours(&actor.id) {
            false => Ok(actor),
            true => Err(Error::Ourselves(actor.id)),
        }
    }

    /// What following an actor changes: no more than that it was read, where we follow it already.
    /// Whoever has not answered yet is asked again: it may have lost what we asked.
    pub(super) async fn follow_change(&self, actor: &RemoteActor) -> Result<Change, Error> {
        let known = self.0.store.follow_of(&actor.id).await?;
        if known.is_some_and(|follow| follow.state == FollowState::Accepted) {
            return Ok(Change {
                effects: vec![Effect::KeepActor(Box::new(actor.clone()))],
                publications: Vec::new(),
            });
        }
        let now = self.0.clock.now();
        let number = number(now);
        let id = self.0.addresses.activity(Local::Node, number);
        let document = activity::follow(&id, &self.0.addresses.actor(Local::Node), &actor.id);
        Ok(Change {
            effects: vec![
                Effect::KeepActor(Box::new(actor.clone())),
                Effect::AskToFollow {
                    role: Local::Node,
                    actor: actor.id.clone(),
                    activity: id.clone(),
                },
            ],
            publications: vec![Publication {
                role: Local::Node,
                id,
                object: None,
                document,
                audience: Audience::Inbox(actor.delivery_inbox().clone()),
                key: None,
            }],
        })
    }

    /// A service as ours: whose it is, who says so, and where it is on the wire.
    pub(super) fn ours(
        &self,
        mut service: Service,
        hoster: &Hoster,
        now: DateTime<Utc>,
    ) -> Result<Travelling, NotPublished> {
        let taxonomy = &self.0.taxonomy;
        if taxonomy.need(service.need.as_str()).is_none() {
            return Err(NotPublished::UnknownNeed(service.need.to_string()));
        }
        if let Some(software) = &service.software
            && taxonomy.software_by_id(software.as_str()).is_none()
        {
            return Err(NotPublished::UnknownSoftware(software.to_string()));
        }
        let object = self.0.addresses.service(service.id.as_str());
        service.hoster = hoster.id.clone();
        service.source = Source {
            seen: Some(now.date_naive().into()),
            ..hoster.source.clone()
        };
        service.object = Link::parse(object.as_str()).ok();
        let owner = self.0.addresses.actor(Local::Hoster);
        Ok(Travelling {
            service,
            object,
            owner,
            published_at: now,
            updated_at: now,
        })
    }

    /// An activity about a service of ours.
    fn tell(
        &self,
        write: Write,
        told: &Travelling,
        hoster: &Hoster,
        audience: Audience,
        now: DateTime<Utc>,
    ) -> Publication {
        let note = self.note(told, Some(hoster));
        let publication = self.say(Local::Hoster, write, number(now), note, now);
        Publication {
            audience,
            ..publication
        }
    }

    /// An activity for every follower of one of ours.
    pub(super) fn say(
        &self,
        role: Local,
        write: Write,
        number: u64,
        object: Value,
        now: DateTime<Utc>,
    ) -> Publication {
        let addresses = &self.0.addresses;
        let id = addresses.activity(role, number);
        let document = write(
            &id,
            &addresses.actor(role),
            &addresses.followers(role),
            now,
            object,
        );
        Publication {
            role,
            id,
            object: None,
            document,
            audience: Audience::Followers,
            key: None,
        }
    }

    async fn make(&self, change: &Change, now: DateTime<Utc>) -> Result<(), NotPublished> {
        self.0.store.commit(change, now).await?;
        self.0.something_owed.notify_one();
        Ok(())
    }

    pub(super) async fn commit(&self, change: &Change) -> Result<(), Error> {
        self.0.store.commit(change, self.0.clock.now()).await?;
        self.0.something_owed.notify_one();
        Ok(())
    }
}

/// The Accept of a Follow of one of ours.
pub(super) fn accept(
    addresses: &Addresses,
    role: Local,
    number: u64,
    follow: &Activity,
    follower: &RemoteActor,
) -> Publication {
    let id = addresses.activity(role, number);
    Publication {
        role,
        document: activity::accept(&id, &addresses.actor(role), &follow.raw, &follower.id),
        id,
        object: None,
        audience: Audience::Inbox(follower.delivery_inbox().clone()),
        key: None,
    }
}
