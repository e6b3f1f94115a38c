//! The activities we send. Each has an id, an actor and a readership; what is public goes to everybody
//! and, in copy, to whoever follows.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use crate::formats::activitypub::context;
use crate::formats::activitypub::document::time;
use crate::formats::activitypub::vocabulary::{PUBLIC, property, types};

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

fn public(
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
