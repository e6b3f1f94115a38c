//! The documents this node serves: its actors, their collections, what they published.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::{Error, Federation};
use crate::domain::hoster::Hoster;
use crate::domain::text::Link;
use crate::domain::vouch::AssertionKey;
use crate::formats::activitypub::actor::{self, About, Charter, Profile, Subject};
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::{collection, note};
use crate::formats::nodeinfo::{self, Node, Role, Version};
use crate::formats::webfinger::{self, Resource};
use crate::store::{Circle, Known, LocalActor, NewKey, Published, Travelling};

/// How many items one page of a collection holds.
pub const PAGE_ITEMS: u32 = 50;

/// A document at one of our addresses.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The document.
    pub body: Value,
    /// When it last changed, if it says so.
    pub updated: Option<DateTime<Utc>>,
    /// Whether it only says that what was here is gone.
    pub is_tombstone: bool,
}

impl Document {
    pub(super) fn of(body: Value, updated: Option<DateTime<Utc>>) -> Self {
        Self {
            body,
            updated,
            is_tombstone: false,
        }
    }
}

/// The collections of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Collection {
    Outbox,
    Followers,
    Following,
    Featured,
    Services,
    Members,
    Vouches,
    Peers,
}

impl Federation {
    /// The document at a path of ours below `/ap/`, with the page that was asked for; `None` where
    /// there is none.
    pub async fn document(&self, path: &str, page: Option<u64>) -> Result<Option<Document>, Error> {
        let mut steps = path.trim_start_matches('/').split('/');
        let (Some("ap"), Some(first), second, third, None) = (
            steps.next(),
            steps.next(),
            steps.next(),
            steps.next(),
            steps.next(),
        ) else {
            return Ok(None);
        };
        if let ("services", Some(slug), None) = (first, second, third) {
            return self.service(&self.0.addresses.service(slug)).await;
        }
        if let ("vouches", Some(number), revocation) = (first, second, third) {
            return self.vouch_document(number, revocation).await;
        }
        let Some(ours) = self
            .0
            .local
            .iter()
            .find(|actor| actor.id.path() == format!("/ap/{first}"))
        else {
            return Ok(None);
        };
        match (second, third) {
            (None, None) => {
                let updated = self.actor_updated(ours).await?;
                Ok(Some(Document::of(
                    self.actor_document(ours.role, None, None).await?,
                    Some(updated),
                )))
            }
            (Some("activities" | "notes"), Some(_)) => self.published(path, second).await,
            (Some(name), None) => match collection_named(name, ours.role) {
                Some(collection) => self.collection(ours, collection, page).await,
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// The document of a page about a service or hoster of ours, by its path: both are at one place.
    pub async fn service_document(&self, id: &str) -> Result<Option<Document>, Error> {
        self.service(&self.0.addresses.service(id)).await
    }

    /// The actor that a page about this hoster is about.
    pub async fn hoster_document(&self, id: &str) -> Result<Option<Document>, Error> {
        match self
            .0
            .store
            .hoster_of(&self.0.addresses.actor(Local::Hoster))
            .await?
        {
            Some(hoster) if hoster.id.as_str() == id => {
                self.document(Local::Hoster.path(), None).await
            }
            _ => Ok(None),
        }
    }

    /// The actor whose node this is: its hoster or collective, else the node itself.
    pub async fn home_document(&self) -> Result<Option<Document>, Error> {
        let subject = self
            .0
            .local
            .last()
            .expect("a node that was founded has an actor");
        self.document(subject.id.path(), None).await
    }

    /// What WebFinger (RFC 7033) says of a resource: of one of ours by `acct:` or its id, of the node by
    /// its origin (FEP-d556).
    pub fn webfinger(&self, resource: &str) -> Option<Value> {
        let addresses = &self.0.addresses;
        let resource = Resource::parse(resource)?;
        let ours = match &resource {
            Resource::Address(address) if *address == addresses.home() => {
                return Some(webfinger::write_server(addresses));
            }
            Resource::Address(address) => self.0.local.iter().find(|actor| actor.id == *address)?,
            Resource::Account {
                username,
                authority,
            } => {
                let here = authority == addresses.authority();
                let mut local = self.0.local.iter();
                local.find(|actor| here && actor.username.eq_ignore_ascii_case(username))?
            }
        };
        Some(webfinger::write_account(
            &ours.username,
            ours.role,
            addresses,
        ))
    }

    /// Where our NodeInfo documents are.
    pub fn nodeinfo_links(&self) -> Value {
        nodeinfo::write_links(&self.0.addresses)
    }

    /// The NodeInfo document of a version.
    pub fn nodeinfo(&self, version: Version) -> Value {
        let subjects = self
            .0
            .local
            .iter()
            .filter(|actor| actor.role != Local::Node);
        let actors: Vec<Local> = subjects.map(|actor| actor.role).collect();
        let roles: &[Role] = match actors.first() {
            Some(Local::Hoster) => &[Role::Hoster],
            Some(Local::Collective) => &[Role::Collective],
            _ => &[Role::Directory],
        };
        let node = Node {
            version: env!("CARGO_PKG_VERSION"),
            name: self.0.local[0].name.as_str(),
            description: "",
            roles,
            actors: &actors,
        };
        nodeinfo::write(version, &node, &self.0.addresses)
    }

    /// A vouch of ours by its number, or its revocation; where it was taken back, that it is gone.
    async fn vouch_document(
        &self,
        number: &str,
        step: Option<&str>,
    ) -> Result<Option<Document>, Error> {
        let Ok(number) = number.parse() else {
            return Ok(None);
        };
        let id = self.0.addresses.vouch(number);
        let Some(known) = self.0.store.vouch(&id).await? else {
            return Ok(None);
        };
        let revocation = self.0.store.revocation_of(&id).await?;
        Ok(match (step, revocation) {
            (None, None) => Some(Document::of(known.document, Some(known.vouch.since))),
            (None, Some((at, _))) => Some(Document {
                body: collection::tombstone(&id, at),
                updated: Some(at),
                is_tombstone: true,
            }),
            (Some("revocation"), Some((at, Some(document)))) => {
                Some(Document::of(document, Some(at)))
            }
            _ => None,
        })
    }

    /// The document of an actor of ours, with the keys in use or others.
    pub(super) async fn actor_document(
        &self,
        role: Local,
        key: Option<&NewKey>,
        assertion_keys: Option<&[AssertionKey]>,
    ) -> Result<Value, Error> {
        let ours = self
            .0
            .local
            .iter()
            .find(|actor| actor.role == role)
            .ok_or(Error::NoKey(role))?;
        let (number, pem) = match key {
            Some(key) => (key.number, key.public_pem.clone()),
            None => {
                let keys = self.0.store.local_keys(role).await?;
                let key = keys.into_iter().next().ok_or(Error::NoKey(role))?;
                (key.number, key.public_pem)
            }
        };
        let listed = match assertion_keys {
            Some(keys) => keys.to_vec(),
            None => self.0.store.assertion_keys(role).await?,
        };
        let hoster = self.0.store.hoster_of(&ours.id).await?;
        let charter = match role {
            Local::Collective => self.charter_in_force().await?,
            _ => None,
        };
        let charter = charter.map(|version| Charter {
            url: Link::parse(self.0.addresses.charter(version.version.as_str()).as_str())
                .expect("our addresses are links"),
            version,
        });
        let about = About {
            name: &ours.name,
            description: None,
        };
        let subject = match (role, &hoster) {
            (Local::Hoster, Some(hoster)) => Subject::Hoster(hoster),
            (Local::Collective, _) => Subject::Collective(about, charter.as_ref()),
            _ => Subject::Node(about),
        };
        let profile = Profile {
            subject,
            username: &ours.username,
            key: number,
            public_key_pem: &pem,
            assertion_keys: &listed,
            published: ours.created_at,
            updated: self.actor_updated(ours).await?,
        };
        Ok(actor::write(&profile, &self.0.addresses))
    }

    /// When an actor of ours last changed: another process may have changed it since we started.
    pub(super) async fn actor_updated(&self, ours: &LocalActor) -> Result<DateTime<Utc>, Error> {
        let now = self.0.store.local_actors().await?;
        Ok(now
            .iter()
            .find(|actor| actor.role == ours.role)
            .unwrap_or(ours)
            .updated_at)
    }

    async fn service(&self, object: &Url) -> Result<Option<Document>, Error> {
        Ok(match self.0.store.object(object).await? {
            None => None,
            Some(Known::Gone(deleted)) => Some(Document {
                body: collection::tombstone(object, deleted),
                updated: Some(deleted),
                is_tombstone: true,
            }),
            Some(Known::Service(told)) => {
                let hoster = self.0.store.hoster_of(&told.owner).await?;
                Some(Document::of(
                    self.note(&told, hoster.as_ref()),
                    Some(told.updated_at),
                ))
            }
        })
    }

    /// A service of ours on the wire.
    pub(super) fn note(&self, told: &Travelling, hoster: Option<&Hoster>) -> Value {
        let addresses = &self.0.addresses;
        note::write_service(
            &told.service,
            hoster,
            addresses,
            told.published_at,
            told.updated_at,
        )
    }

    /// An activity, or the post it brought.
    async fn published(&self, path: &str, kind: Option<&str>) -> Result<Option<Document>, Error> {
        let Ok(id) = self.0.addresses.home().join(path) else {
            return Ok(None);
        };
        let Some(published) = self.0.store.published(&id).await? else {
            return Ok(None);
        };
        let document = parsed(&published)?;
        Ok(match kind {
            Some("notes") => document
                .get("object")
                .cloned()
                .map(|object| Document::of(object, None)),
            _ => Some(Document::of(document, None)),
        })
    }

    async fn collection(
        &self,
        ours: &LocalActor,
        collection: Collection,
        page: Option<u64>,
    ) -> Result<Option<Document>, Error> {
        let addresses = &self.0.addresses;
        let store = &self.0.store;
        let number = page.unwrap_or(1);
        let Some(before) = number.checked_sub(1) else {
            return Ok(None);
        };
        let offset = before.saturating_mul(u64::from(PAGE_ITEMS));
        let circle = |circle| store.circle(circle, ours.role, PAGE_ITEMS, offset);
        let of_urls = |(urls, total): (Vec<Url>, u64)| {
            (urls.into_iter().map(|url| json!(url)).collect(), total)
        };
        let (id, (items, total)): (Url, (Vec<Value>, u64)) = match collection {
            Collection::Outbox => {
                let (published, total) = store.outbox(ours.role, PAGE_ITEMS, offset).await?;
                let items = published.iter().map(parsed).collect::<Result<_, _>>()?;
                (addresses.outbox(ours.role), (items, total))
            }
            Collection::Followers => (
                addresses.followers(ours.role),
                of_urls(circle(Circle::Followers).await?),
            ),
            Collection::Following => (
                addresses.following(ours.role),
                of_urls(circle(Circle::Following).await?),
            ),
            Collection::Peers => (
                addresses.peers(ours.role),
                of_urls(circle(Circle::Peers).await?),
            ),
            Collection::Services => {
                let (services, total) = store.services_of(&ours.id, PAGE_ITEMS, offset).await?;
                let hoster = store.hoster_of(&ours.id).await?;
                let note = |told: &Travelling| self.note(told, hoster.as_ref());
                (
                    addresses.services(ours.role),
                    (services.iter().map(note).collect(), total),
                )
            }
            Collection::Featured => (addresses.featured(ours.role), (Vec::new(), 0)),
            Collection::Members => (
                addresses.members(ours.role),
                store
                    .vouches_given(&ours.id, self.now(), PAGE_ITEMS, offset)
                    .await?,
            ),
            Collection::Vouches => (
                addresses.vouches(ours.role),
                of_urls(store.acknowledged(&ours.id, PAGE_ITEMS, offset).await?),
            ),
        };
        if page.is_some() && items.is_empty() && number > 1 {
            return Ok(None);
        }
        let at = |number| addresses.page(&id, number);
        let body = match page {
            None => collection::write(&id, &ours.id, total, &at(1), None),
            Some(number) => {
                let prev = (number > 1).then(|| at(number - 1));
                let next = (offset + u64::from(PAGE_ITEMS) < total).then(|| at(number + 1));
                collection::write_page(&at(number), &id, total, prev.as_ref(), next.as_ref(), items)
            }
        };
        Ok(Some(Document::of(body, None)))
    }
}

fn collection_named(name: &str, role: Local) -> Option<Collection> {
    Some(match (name, role) {
        ("outbox", _) => Collection::Outbox,
        ("followers", _) => Collection::Followers,
        ("following", _) => Collection::Following,
        ("featured", _) => Collection::Featured,
        ("services", Local::Hoster) => Collection::Services,
        ("vouches", Local::Hoster | Local::Collective) => Collection::Vouches,
        ("members", Local::Collective) => Collection::Members,
        ("peers", Local::Node) => Collection::Peers,
        _ => return None,
    })
}

fn parsed(published: &Published) -> Result<Value, Error> {
    serde_json::from_str(&published.document).map_err(|error| Error::Unexpected {
        url: published.id.clone(),
        problem: error.to_string(),
    })
}
