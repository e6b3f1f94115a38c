//! The activities we send. Each has an id, an actor and a readership; what is public goes to everybody
//! and, in copy, to whoever follows.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use crate::domain::vouch::CharterVersion;
use crate::formats::activitypub::context;
use crate::formats::activitypub::document::time;
use crate::formats::activitypub::vocabulary::{PUBLIC, archi, property, types};

/// `actor` asks to be told what `object`, another actor, publishes.
pub fn follow(id: &Url, actor: &Url, object: &Url) -> Value {
    to_one(types::FOLLOW, id, actor, json!(object), object)
}

/// `actor` takes back an activity of its own, which is written out for those who did not keep it. It goes
/// to whom that was done to.
pub fn undo(id: &Url, actor: &Url, undone: &Value, to: &Url) -> Value {
    to_one(types::UNDO, id, actor, in_short(undone), to)
}

/// `actor` grants what `asker` asked for by the activity `asked`.
pub fn accept(id: &Url, actor: &Url, asked: &Value, asker: &Url) -> Value {
    to_one(types::ACCEPT, id, actor, in_short(asked), asker)
}

/// `actor` refuses what `asker` asked for by the activity `asked`, or no longer grants it.
pub fn reject(id: &Url, actor: &Url, asked: &Value, asker: &Url) -> Value {
    to_one(types::REJECT, id, actor, in_short(asked), asker)
}

/// `hoster` asks `collective` to become a member: in its own words, under a version of the charter.
pub fn join(
    id: &Url,
    hoster: &Url,
    collective: &Url,
    words: &str,
    charter: Option<&CharterVersion>,
) -> Value {
    let mut join = to_one(types::JOIN, id, hoster, json!(collective), collective);
    join[property::CONTEXT] = context::of_vouch();
    if !words.is_empty() {
        join[property::CONTENT] = json!(words);
    }
    if let Some(CharterVersion { version, sha256 }) = charter {
        join[archi::CHARTER_VERSION] = json!(version);
        if let Some(sha256) = sha256 {
            join[archi::CHARTER_SHA256] = json!(sha256);
        }
    }
    join
}

/// `hoster` no longer belongs to `collective`.
pub fn leave(id: &Url, hoster: &Url, collective: &Url) -> Value {
    to_one(types::LEAVE, id, hoster, json!(collective), collective)
}

/// `actor` would give another a vouch, if it wants one.
pub fn offer(id: &Url, actor: &Url, mut vouch: Value, to: &Url) -> Value {
    let context = context::lifted(&mut vouch);
    let mut offer = to_one(types::OFFER, id, actor, vouch, to);
    offer[property::CONTEXT] = context;
    offer
}

/// Why something was decided so, in words, on the activity that says so.
pub fn because(mut activity: Value, reason: Option<&str>) -> Value {
    if let Some(reason) = reason.filter(|reason| !reason.is_empty()) {
        activity[property::CONTENT] = json!(reason);
    }
    activity
}

/// What came of what was asked, on the activity that grants it.
pub fn resulting(mut accept: Value, result: &Url) -> Value {
    accept[property::RESULT] = json!(result);
    accept
}

/// A change of one of an actor's collections: which, whose, what, and whom it concerns beside followers.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The activity's id.
    pub id: Url,
    /// Whose collection it is.
    pub actor: Url,
    /// Who follows that.
    pub followers: Url,
    /// When.
    pub published: DateTime<Utc>,
    /// The collection.
    pub target: Url,
    /// Whom it concerns.
    pub concerns: Url,
}

/// Something is in a collection now: a signed vouch, as it is, or by its id.
pub fn add(listing: &Listing, object: Value) -> Value {
    listed(types::ADD, listing, object)
}

/// Something is in a collection no longer.
pub fn remove(listing: &Listing, object: &Url) -> Value {
    listed(types::REMOVE, listing, json!(object))
}

/// What is signed keeps its context: it is part of what was signed.
fn listed(kind: &str, listing: &Listing, object: Value) -> Value {
    json!({
        (property::CONTEXT): context::of_vouch(),
        (property::ID): listing.id,
        (property::TYPE): kind,
        (property::ACTOR): listing.actor,
        (property::OBJECT): object,
        (property::TARGET): listing.target,
        (property::PUBLISHED): time(listing.published),
        (property::TO): [PUBLIC],
        (property::CC): [&listing.followers, &listing.concerns],
    })
}

/// `actor` publishes a vouch it signed, which keeps its context.
pub fn create_signed(
    id: &Url,
    actor: &Url,
    followers: &Url,
    published: DateTime<Utc>,
    vouch: Value,
    concerns: &Url,
) -> Value {
    json!({
        (property::CONTEXT): context::of_vouch(),
        (property::ID): id,
        (property::TYPE): types::CREATE,
        (property::ACTOR): actor,
        (property::TO): [PUBLIC],
        (property::CC): [followers, concerns],
        (property::PUBLISHED): time(published),
        (property::OBJECT): vouch,
    })
}

/// `actor` publishes an object.
pub fn create(
    id: &Url,
    actor: &Url,
    followers: &Url,
    published: DateTime<Utc>,
    object: Value,
) -> Value {
    public(types::CREATE, id, actor, followers, published, object)
}

/// `actor` has changed an object that it published, or itself.
pub fn update(
    id: &Url,
    actor: &Url,
    followers: &Url,
    published: DateTime<Utc>,
    object: Value,
) -> Value {
    public(types::UPDATE, id, actor, followers, published, object)
}

/// `actor` has removed what the tombstone stands for; or itself, by its id alone.
pub fn delete(
    id: &Url,
    actor: &Url,
    followers: &Url,
    published: DateTime<Utc>,
    tombstone: Value,
) -> Value {
    public(types::DELETE, id, actor, followers, published, tombstone)
}

/// `actor` passes on to its followers what somebody else published.
pub fn announce(
    id: &Url,
    actor: &Url,
    followers: &Url,
    published: DateTime<Utc>,
    object: &Url,
) -> Value {
    public(
        types::ANNOUNCE,
        id,
        actor,
        followers,
        published,
        json!(object),
    )
}

/// An activity as far as another refers to it: nothing else of what somebody sent us is sent on.
fn in_short(activity: &Value) -> Value {
    let id = |key| {
        let named: &Value = activity.get(key)?;
        Some(named.get(property::ID).unwrap_or(named))
    };
    json!({
        (property::ID): id(property::ID),
        (property::TYPE): id(property::TYPE),
        (property::ACTOR): id(property::ACTOR),
        (property::OBJECT): id(property::OBJECT),
    })
}

fn to_one(kind: &str, id: &Url, actor: &Url, object: Value, to: &Url) -> Value {
    json!({
        (property::CONTEXT): context::plain(),
        (property::ID): id,
        (property::TYPE): kind,
        (property::ACTOR): actor,
        (property::OBJECT): object,
        (property::TO): [to],
    })
}

pub(super) fn public(
    kind: &str,
    id: &Url,
    actor: &Url,
    followers: &Url,
    published: DateTime<Utc>,
    mut object: Value,
) -> Value {
    json!({
        (property::CONTEXT): context::lifted(&mut object),
        (property::ID): id,
        (property::TYPE): kind,
        (property::ACTOR): actor,
        (property::TO): [PUBLIC],
        (property::CC): [followers],
        (property::PUBLISHED): time(published),
        (property::OBJECT): object,
    })
}
