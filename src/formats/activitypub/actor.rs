//! Actors: what ours say of themselves, and what we keep of others'.

mod charter;
mod issuer;
mod keys;
mod read;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

pub use charter::Charter;
pub use issuer::Issuer;
pub use keys::{MAX_ASSERTION_KEYS, read_keys, write_keys};
pub use read::{ActorKind, NotAnActor, PublicKey, RemoteActor, read_actor};

use super::addresses::{Addresses, Local};
use super::context;
use super::document::time;
use super::vocabulary::{ARCHIPELAGO, SCHEMA, added, archi, integrity, property, types};
use super::{place, prose};
use crate::domain::hoster::{Hoster, HosterStatus};
use crate::domain::localized::Localized;
use crate::domain::text::Name;
use crate::domain::vouch::AssertionKey;

/// Whom an actor of ours stands for.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// The node itself.
    Node(About<'a>),
    /// The collective whose node it is, and what its members agree to.
    Collective(About<'a>, Option<&'a Charter>),
    /// The hoster whose node it is.
    Hoster(&'a Hoster),
}

/// What a node or a collective says of itself.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Its name.
    pub name: &'a Name,
    /// A few words about it.
    pub description: Option<&'a Localized>,
}

/// All that an actor of ours shows.
#[derive(Debug, Clone, Copy)]
pub struct Profile<'a> {
    /// Whom it stands for.
    pub subject: Subject<'a>,
    /// Its name in `acct:` addresses.
    pub username: &'a str,
    /// The number of its key, from 1; see [`Addresses::key`].
    pub key: u32,
    /// Its public key, in PEM.
    pub public_key_pem: &'a str,
    /// The keys it signs vouches with, and those it did.
    pub assertion_keys: &'a [AssertionKey],
    /// When it was made.
    pub published: DateTime<Utc>,
    /// When anything of this last changed.
    pub updated: DateTime<Utc>,
}

impl Subject<'_> {
    /// Which actor of the node it is.
    pub fn actor(&self) -> Local {
        match self {
            Subject::Node(_) => Local::Node,
            Subject::Collective(..) => Local::Collective,
            Subject::Hoster(_) => Local::Hoster,
        }
    }
}

/// The actor's document (ActivityPub §4). A hoster's holds its record too, which is all there is to
/// say about it.
pub fn write(profile: &Profile, addresses: &Addresses) -> Value {
    let actor = profile.subject.actor();
    let id = addresses.actor(actor);
    let (name, description, hoster) = match profile.subject {
        Subject::Node(about) | Subject::Collective(about, _) => {
            (about.name, about.description, None)
        }
        Subject::Hoster(hoster) => (&hoster.name, hoster.description.as_ref(), Some(hoster)),
    };
    let mut document = json!({
        (property::CONTEXT): context::of_actor(),
        (property::ID): id,
        (property::TYPE): match actor {
            Local::Node => ActorKind::Application,
            Local::Hoster => ActorKind::Organization,
            Local::Collective => ActorKind::Group,
        },
        (property::PREFERRED_USERNAME): profile.username,
        (property::NAME): name,
        (property::URL): addresses.home(),
        (property::INBOX): addresses.inbox(actor),
        (property::OUTBOX): addresses.outbox(actor),
        (property::FOLLOWERS): addresses.followers(actor),
        (property::FOLLOWING): addresses.following(actor),
        (added::FEATURED): addresses.featured(actor),
        (property::ENDPOINTS): { (property::SHARED_INBOX): addresses.shared_inbox() },
        (added::MANUALLY_APPROVES_FOLLOWERS): false,
        (added::DISCOVERABLE): true,
        (added::INDEXABLE): true,
        (property::PUBLISHED): time(profile.published),
        (property::UPDATED): time(profile.updated),
        (added::PUBLIC_KEY): {
            (property::ID): addresses.key(actor, profile.key),
            (added::OWNER): id,
            (added::PUBLIC_KEY_PEM): profile.public_key_pem,
        },
        (property::GENERATOR): generator(),
    });
    if !profile.assertion_keys.is_empty() {
        document[integrity::ASSERTION_METHOD] = write_keys(profile.assertion_keys, &id);
    }
    if let Some(description) = description {
        let language = prose::languages(hoster)[0];
        let summary = prose::paragraphs(description.get(language));
        document[property::SUMMARY] = json!(summary);
    }
    match actor {
        Local::Node => {
            document[archi::PEERS] = json!(addresses.peers(actor));
            document[archi::HOSTERS] = json!(addresses.hosters(actor));
        }
        Local::Collective => document[archi::MEMBERS] = json!(addresses.members(actor)),
        Local::Hoster => {
            document[archi::SERVICES] = json!(addresses.services(actor));
            document[archi::VOUCHES] = json!(addresses.vouches(actor));
        }
    }
    if let Subject::Collective(_, charter) = profile.subject {
        document[archi::COLLECTIVE] = charter::write_record(charter);
    }
    if let Some(hoster) = hoster {
        if let Some(place) = place::write(&hoster.place) {
            document[property::LOCATION] = place;
        }
        document[archi::ORGANISATION] = record(hoster);
    }
    document
}

/// What is known of a hoster and has no place in ActivityStreams.
fn record(hoster: &Hoster) -> Value {
    let status = Some(hoster.status).filter(|status| *status != HosterStatus::Unknown);
    let told = [
        (archi::LEGAL_FORM, hoster.legal_form.map(|form| json!(form))),
        (archi::STATUS, status.map(|status| json!(status))),
        (
            archi::WEBSITE,
            hoster.website.as_ref().map(|link| json!(link)),
        ),
        (
            archi::DESCRIPTION,
            hoster.description.as_ref().map(|text| json!(text)),
        ),
    ];
    let mut fields = Map::new();
    fields.insert(property::TYPE.to_owned(), json!(archi::ORGANISATION_RECORD));
    fields.insert(archi::SCHEMA.to_owned(), json!(SCHEMA));
    fields.insert(archi::LANGUAGES.to_owned(), json!(hoster.languages));
    for (key, value) in told {
        if let Some(value) = value {
            fields.insert(key.to_owned(), value);
        }
    }
    Value::Object(fields)
}

/// What this software can do (FEP-844e): nobody need guess it from a version.
fn generator() -> Value {
    let implemented = |href: &str, name: &str| json!({ (property::TYPE): types::LINK, (property::HREF): href, (property::NAME): name });
    json!({
        (property::TYPE): ActorKind::Application,
        (property::NAME): "archipelago",
        (added::IMPLEMENTS): [
            implemented(
                &format!("{ARCHIPELAGO}v{SCHEMA}"),
                "Archipelago service records, v1",
            ),
            implemented(
                "https://datatracker.ietf.org/doc/html/rfc9421",
                "RFC-9421: HTTP Message Signatures (accepted)",
            ),
            implemented(
                "https://w3id.org/fep/8b32",
                "FEP-8b32: Object Integrity Proofs",
            ),
        ],
    })
}

#[cfg(test)]
pub(super) mod tests;
