//! Activities: what others tell us, read with care; and what we tell them.

mod changed;
mod words;
mod write;

use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

pub use changed::{MAX_CHANGED, announce_changed, changed};
pub use words::{MAX_WORDS_CHARS, charter_named, words};
pub use write::{
    Listing, accept, add, announce, because, create, create_signed, delete, follow, join, leave,
    offer, reject, remove, resulting, undo, update,
};

use super::document::{self, NotADocument, address, named, only, type_of};
use super::strict::Wanted;
use super::vocabulary::{property, types};

/// An activity as it came, and the parts of it that decide what becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// Its id, by which it is known again when it comes twice.
    pub id: Url,
    /// What is done.
    pub kind: ActivityKind,
    /// Who does it, of the same origin as the id. That they sent it is for the signature to show.
    pub actor: Url,
    /// What it is done to.
    pub object: Object,
    /// Where to or where from, for those that say so (Add, Remove, Move).
    pub target: Option<Url>,
    /// When, as the sender has it.
    pub published: Option<DateTime<Utc>>,
    /// The whole document.
    pub raw: Value,
}

/// What an activity is done to.
#[derive(Debug, Clone, PartialEq)]
pub enum Object {
    /// Something by its id alone.
    Id(Url),
    /// Something written out. Whose it is must be looked at: anybody can embed anything.
    Embedded(Value),
    /// Nothing, or several things. Only activities of a kind that we pass over have this, and a Flag, which
    /// [`flag`](super::flag) reads.
    Unread,
}

impl Object {
    /// Its id, whether it is written out or not.
    pub fn id(&self) -> Option<Url> {
        match self {
            Object::Id(id) => Some(id.clone()),
            Object::Embedded(value) => value.get(property::ID).and_then(address),
            Object::Unread => None,
        }
    }
}

/// What is done, by the types of activity that mean something to us.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "named as in the vocabulary")]
pub enum ActivityKind {
    Follow,
    Undo,
    Accept,
    Reject,
    Create,
    Update,
    Delete,
    Announce,
    Add,
    Remove,
    Join,
    Leave,
    Offer,
    Move,
    Block,
    Flag,
    /// Anything else, which is answered politely and passed over.
    Other(String),
}

/// The longest type that is kept of an activity we do not know, in bytes.
pub const MAX_TYPE_BYTES: usize = 200;

/// The longest id of an activity and of its actor together, in bytes: both are one key of the inbox, and
/// PostgreSQL indexes none above 2,704.
pub const MAX_NAMES_BYTES: usize = 2_600;

impl ActivityKind {
    fn of(word: &str) -> Self {
        match word {
            types::FOLLOW => Self::Follow,
            types::UNDO => Self::Undo,
            types::ACCEPT => Self::Accept,
            types::REJECT => Self::Reject,
            types::CREATE => Self::Create,
            types::UPDATE => Self::Update,
            types::DELETE => Self::Delete,
            types::ANNOUNCE => Self::Announce,
            types::ADD => Self::Add,
            types::REMOVE => Self::Remove,
            types::JOIN => Self::Join,
            types::LEAVE => Self::Leave,
            types::OFFER => Self::Offer,
            types::MOVE => Self::Move,
            types::BLOCK => Self::Block,
            types::FLAG => Self::Flag,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// Why bytes are no activity. Each is the sender's fault and stays so however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No document at all.
    #[error(transparent)]
    Document(#[from] NotADocument),
    /// No single type.
    #[error("the activity has no single type")]
    Type,
    /// No id that is a web address.
    #[error("the activity has no id")]
    Id,
    /// Nobody, or several, did it.
    #[error("the activity has no single actor")]
    Actor,
    /// Somebody at another place did it.
    #[error("the id of the activity does not lie at the origin of its actor")]
    Origin,
    /// Two addresses that together are longer than [`MAX_NAMES_BYTES`].
    #[error(
        "the id of the activity and that of its actor have more than {MAX_NAMES_BYTES} bytes together"
    )]
    Long,
    /// Nothing, or several things, it is done to.
    #[error("the activity has no single object")]
    Object,
}

/// What an activity is known and judged by before anybody asks what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Its id, by which it is known again when it comes twice.
    pub id: Url,
    /// What is done.
    pub kind: ActivityKind,
    /// Who does it, of the same origin as the id.
    pub actor: Url,
    /// The id of what it is done to, where that has one.
    pub object: Option<Url>,
}

/// Reads an activity. Its id may have a fragment (Mastodon's Accept); its actor and object may be ids
/// or written out.
pub fn read(bytes: &[u8]) -> Result<Activity, Unreadable> {
    let raw = document::read(bytes)?;
    let Envelope {
        id, kind, actor, ..
    } = envelope(&raw)?;
    let object = raw.get(property::OBJECT).and_then(object);
    let published = raw.get(property::PUBLISHED).and_then(Value::as_str);
    Ok(Activity {
        id,
        kind,
        actor,
        object: object.unwrap_or(Object::Unread),
        target: raw.get(property::TARGET).and_then(named),
        published: published.and_then(|text| text.parse().ok()),
        raw,
    })
}

/// Reads the envelope of an activity, which has one whenever [`read`] reads it.
pub fn read_envelope(bytes: &[u8]) -> Result<Envelope, Unreadable> {
    envelope(&document::read_wanted(bytes, Wanted::Envelope)?)
}

fn envelope(raw: &Value) -> Result<Envelope, Unreadable> {
    let kind = type_of(raw)
        .filter(|word| word.len() <= MAX_TYPE_BYTES)
        .map(ActivityKind::of)
        .ok_or(Unreadable::Type)?;
    let id = raw.get(property::ID).and_then(address);
    let id = id.ok_or(Unreadable::Id)?;
    let actor = raw.get(property::ACTOR).and_then(named);
    let actor = actor.ok_or(Unreadable::Actor)?;
    if id.origin() != actor.origin() {
        return Err(Unreadable::Origin);
    }
    if id.as_str().len() + actor.as_str().len() > MAX_NAMES_BYTES {
        return Err(Unreadable::Long);
    }
    let object = raw.get(property::OBJECT).and_then(only);
    let object_id = object.and_then(named);
    let is_something = object.is_some_and(Value::is_object) || object_id.is_some();
    if !is_something && !matches!(kind, ActivityKind::Flag | ActivityKind::Other(_)) {
        return Err(Unreadable::Object);
    }
    Ok(Envelope {
        id,
        kind,
        actor,
        object: object_id,
    })
}

/// A single thing: its address, or what is written out of it.
pub(super) fn object(value: &Value) -> Option<Object> {
    match only(value)? {
        embedded @ Value::Object(_) => Some(Object::Embedded(embedded.clone())),
        id => address(id).map(Object::Id),
    }
}

#[cfg(test)]
mod tests;
