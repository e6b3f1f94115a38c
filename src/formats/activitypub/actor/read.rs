//! What is kept of an actor of another server, and why one is refused.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::charter::{self, Charter};
use super::keys::read_keys;
use crate::domain::hoster::{Hoster, HosterStatus};
use crate::domain::provenance::{Source, SourceKind};
use crate::domain::text::{Link, Name};
use crate::domain::vouch::AssertionKey;
use crate::domain::word::worded;
use crate::formats::activitypub::document::{self, NotADocument, address, named, type_of};
use crate::formats::activitypub::fields::{Fields, MAX_LANGUAGES};
use crate::formats::activitypub::key::{self, NotAKey};
use crate::formats::activitypub::vocabulary::{added, archi, property};
use crate::formats::activitypub::{ids, place};

/// The most other names an actor may give itself (`alsoKnownAs`); the rest is passed over.
pub const MAX_ALIASES: usize = 20;

/// An actor of another server: what we need to write to it and to know what it writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemoteActor {
    /// Its id, exactly as it is written.
    pub id: Url,
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// Its name in `acct:` addresses; some servers' own actors have none.
    pub username: Option<Name>,
    /// Its name for people.
    pub name: Option<Name>,
    /// Its page for people.
    pub url: Option<Link>,
    /// Where it takes activities.
    pub inbox: Url,
    /// Where its server takes activities for all of its actors.
    pub shared_inbox: Option<Url>,
    /// What it has published.
    pub outbox: Option<Url>,
    /// Who follows it.
    pub followers: Option<Url>,
    /// The services it offers, if it is a hoster's.
    pub services: Option<Url>,
    /// Its members, if it is a collective's.
    pub members: Option<Url>,
    /// The vouches for it that it acknowledges.
    pub vouches: Option<Url>,
    /// The nodes it knows, if it is a directory's.
    pub peers: Option<Url>,
    /// The hosters in it, if it is a directory's.
    pub hosters: Option<Url>,
    /// The key it signs with.
    pub public_key: PublicKey,
    /// The keys it signs vouches with, and those it did; none in what was kept before they were read.
    #[serde(default)]
    pub assertion_keys: Vec<AssertionKey>,
    /// What its members agree to, if it is a collective's.
    #[serde(default)]
    pub charter: Option<Charter>,
    /// Its other ids, by its own word only.
    pub also_known_as: Vec<Url>,
    /// Where it has moved to, by its own word only.
    pub moved_to: Option<Url>,
    /// Whether it may be listed. Missing means no (FEP-5feb).
    pub discoverable: bool,
    /// Whether what it writes may be searched. Missing means no (FEP-5feb).
    pub indexable: bool,
    /// The hoster it stands for, if it says that it is one.
    pub hoster: Option<Hoster>,
}

impl RemoteActor {
    /// Where everything for it is delivered, so that it comes in the order in which it was published:
    /// the inbox it shares with others of its server, if there is one.
    pub fn delivery_inbox(&self) -> &Url {
        self.shared_inbox.as_ref().unwrap_or(&self.inbox)
    }
}

/// A key of RSA, 2048 to 8192 bits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// Its id, at the origin of its actor.
    pub id: Url,
    /// The key in PEM, as `PUBLIC KEY` (RFC 5280).
    pub pem: String,
}

/// The kinds of actor (ActivityStreams vocabulary §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// A software, so a node.
    Application,
    /// A group, so a collective.
    Group,
    /// An organisation, so a hoster.
    Organization,
    /// A person.
    Person,
    /// A bot. (Never one of our services.)
    Service,
}

worded!(ActorKind {
    Application = "Application",
    Group = "Group",
    Organization = "Organization",
    Person = "Person",
    Service = "Service",
});

/// Why a document is no actor we deal with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnActor {
    /// It would mean something else as linked data.
    #[error(transparent)]
    Document(#[from] NotADocument),
    /// It says that it is another than was asked for, or nothing of the kind.
    #[error("its id is not exactly the address it is kept at")]
    Id,
    /// No single type, or one that is no actor's.
    #[error("it is not of one of the five types of actor")]
    Type,
    /// Without an inbox nobody can answer it.
    #[error("it has no inbox at its own origin")]
    Inbox,
    /// Without a key nothing it sends can be checked.
    #[error("it has no public key")]
    NoKey,
    /// The key is somebody else's.
    #[error("its public key is not its own: owner and id must be its own")]
    ForeignKey,
    /// The key cannot be used.
    #[error("its public key {0}")]
    Key(#[from] NotAKey),
}

/// Reads the actor that was found at `url`, on the day `today`. Of what it may leave out, what does not
/// fit is left out; so are collections and a shared inbox that lie at another origin.
pub fn read_actor(json: &Value, url: &Url, today: NaiveDate) -> Result<RemoteActor, NotAnActor> {
    document::refuse_reshaping(json)?;
    if text(json, property::ID) != Some(url.as_str())
        || json.get(property::ID).and_then(address).is_none()
    {
        return Err(NotAnActor::Id);
    }
    let kind = type_of(json)
        .and_then(ActorKind::from_word)
        .ok_or(NotAnActor::Type)?;
    let own = |value: Option<&Value>| {
        let address = named(value?)?;
        (address.origin() == url.origin()).then_some(address)
    };
    let endpoint = |key| own(json.get(key));
    let shared_inbox = json
        .get(property::ENDPOINTS)
        .and_then(|endpoints| own(endpoints.get(property::SHARED_INBOX)));
    let addresses = |key| match json.get(key) {
        Some(Value::Array(items)) => items.iter().filter_map(address).take(MAX_ALIASES).collect(),
        value => value.and_then(address).into_iter().collect::<Vec<Url>>(),
    };
    let flag = |key| json.get(key) == Some(&Value::Bool(true));
    Ok(RemoteActor {
        id: url.clone(),
        kind,
        username: name(json, property::PREFERRED_USERNAME),
        name: name(json, property::NAME),
        url: page(json),
        inbox: endpoint(property::INBOX).ok_or(NotAnActor::Inbox)?,
        shared_inbox,
        outbox: endpoint(property::OUTBOX),
        followers: endpoint(property::FOLLOWERS),
        services: endpoint(archi::SERVICES),
        members: endpoint(archi::MEMBERS),
        vouches: endpoint(archi::VOUCHES),
        peers: endpoint(archi::PEERS),
        hosters: endpoint(archi::HOSTERS),
        public_key: public_key(json, url)?,
        assertion_keys: read_keys(json, url),
        charter: (kind == ActorKind::Group)
            .then(|| charter::read_record(json.get(archi::COLLECTIVE)?))
            .flatten(),
        also_known_as: addresses(property::ALSO_KNOWN_AS),
        moved_to: addresses(added::MOVED_TO).pop(),
        discoverable: flag(added::DISCOVERABLE),
        indexable: flag(added::INDEXABLE),
        hoster: (kind == ActorKind::Organization)
            .then(|| hoster(json, url, today))
            .flatten(),
    })
}

/// A key that the actor shows as its own and that lies where only its server can put it.
fn public_key(json: &Value, url: &Url) -> Result<PublicKey, NotAnActor> {
    let key = json
        .get(added::PUBLIC_KEY)
        .and_then(document::only)
        .filter(|key| key.is_object())
        .ok_or(NotAnActor::NoKey)?;
    let id = key.get(property::ID).and_then(address);
    let id = id.filter(|id| id.origin() == url.origin());
    match id {
        Some(id) if text(key, added::OWNER) == Some(url.as_str()) => Ok(PublicKey {
            id,
            pem: key::read(text(key, added::PUBLIC_KEY_PEM).unwrap_or_default())?,
        }),
        _ => Err(NotAnActor::ForeignKey),
    }
}

/// The hoster of an organisation that says with a record of ours that it is one. Its site is the page
/// it names, or else the actor's; a fact that does not fit is not known.
fn hoster(json: &Value, url: &Url, today: NaiveDate) -> Option<Hoster> {
    let record = Fields::of(json.get(archi::ORGANISATION)?, archi::ORGANISATION).ok()?;
    if record.other_schema().is_some() {
        return None;
    }
    let name = name(json, property::NAME).or_else(|| name(json, property::PREFERRED_USERNAME))?;
    let website = record.optional(archi::WEBSITE).ok().flatten();
    let languages = record.optional::<Vec<Value>>(archi::LANGUAGES);
    let languages = languages.ok().flatten().unwrap_or_default();
    let status = record.optional(archi::STATUS).ok().flatten();
    Some(Hoster {
        id: ids::hoster_id(url)?,
        name,
        website: website.or_else(|| page(json)),
        description: record.text(archi::DESCRIPTION).ok().flatten(),
        legal_form: record.optional(archi::LEGAL_FORM).ok().flatten(),
        status: status.unwrap_or(HosterStatus::Unknown),
        place: json
            .get(property::LOCATION)
            .map(place::read)
            .unwrap_or_default(),
        languages: languages
            .into_iter()
            .filter_map(|code| serde_json::from_value(code).ok())
            .take(MAX_LANGUAGES)
            .collect(),
        memberships: Vec::new(),
        source: Source {
            kind: SourceKind::OwnNode,
            by: Name::parse(url.as_str()).ok()?,
            seen: Some(today.into()),
        },
        facts: BTreeMap::new(),
        unsourced: Vec::new(),
        other: BTreeMap::new(),
        sources: Vec::new(),
        actor: Some(Link::parse(url.as_str()).ok()?),
    })
}

fn text<'a>(json: &'a Value, key: &str) -> Option<&'a str> {
    json.get(key)?.as_str()
}

fn name(json: &Value, key: &str) -> Option<Name> {
    Name::parse(text(json, key)?).ok()
}

/// The first page among the addresses and links of `url` (PeerTube lists several).
fn page(json: &Value) -> Option<Link> {
    let listed = match json.get(property::URL)? {
        Value::Array(items) => items.as_slice(),
        value => std::slice::from_ref(value),
    };
    listed.iter().find_map(|value| {
        let address = value.get(property::HREF).unwrap_or(value);
        Link::parse(address.as_str()?).ok()
    })
}
