//! What others post and what we read because of it: taken, refused and bounded as FEDERATION.md says.
//! The numbers S1 to S25 are those of the list of known faults that these tests go through.

mod answers;
mod blocked;
mod bodies;
mod collections;
mod documents;
mod fetches;
mod flood;
mod keys;
mod library;
mod membership;
mod moves;
mod ownership;
mod reach;
mod secrets;
mod services;
mod signatures;

use archipelago::federation::Kind;
use archipelago::store::{FollowState, Known};
use serde_json::{Value, json};
use url::Url;

use crate::support::database::Database;
use crate::support::far_actor::FarActor;
use crate::support::fediverse::Founded;

/// A directory without anything.
async fn directory() -> Founded {
    Founded::start("directory", Kind::Directory, Database::sqlite().await).await
}

/// A hoster's node without services.
async fn hoster() -> Founded {
    Founded::start("ours", Kind::Hoster, Database::sqlite().await).await
}

/// Asks to follow an actor; returns our Follow.
async fn asked(node: &Founded, actor: &FarActor) -> Url {
    node.federation.follow(actor.id.as_str()).await.unwrap();
    node.store
        .follow_of(&actor.id)
        .await
        .unwrap()
        .unwrap()
        .activity
}

/// Follows an actor, which accepts.
async fn followed(node: &Founded, actor: &FarActor) {
    let follow = asked(node, actor).await;
    let accept = actor.activity("Accept", follow.as_str());
    actor.is_heard(node, &accept).await;
    assert_eq!(state(node, actor).await, Some(FollowState::Accepted));
}

/// How far our wish to follow an actor has come.
async fn state(node: &Founded, actor: &FarActor) -> Option<FollowState> {
    let follow = node.store.follow_of(&actor.id).await.unwrap();
    follow.map(|follow| follow.state)
}

/// What a service is called here, if there is one.
async fn name_of(node: &Founded, note: &Value) -> Option<String> {
    match node.store.object(&id_of(note)).await.unwrap() {
        Some(Known::Service(known)) => Some(known.service.name.to_string()),
        _ => None,
    }
}

fn id_of(object: &Value) -> Url {
    object["id"].as_str().unwrap().parse().unwrap()
}

/// An object with other fields.
fn with(mut object: Value, fields: Value) -> Value {
    for (key, value) in fields.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

/// Without a field.
fn without(mut object: Value, field: &str) -> Value {
    object.as_object_mut().unwrap().remove(field).unwrap();
    object
}

/// A Follow of ours, written out as another might repeat it.
fn our_follow(id: &Url, node: &Founded, actor: &FarActor) -> Value {
    let ours = node.federation.addresses();
    let role = archipelago::formats::activitypub::addresses::Local::Node;
    json!({ "id": id, "type": "Follow", "actor": ours.actor(role), "object": actor.id })
}
