//! What the store keeps for federation, on both engines: a file per subject, and here the words they share.

mod asking;
mod changes;
mod choosing;
mod columns;
mod delivering;
mod following;
mod founding;
mod objects;
mod publishing;
mod races;
mod receiving;
mod sites;
mod tokens;
mod visiting;

use archipelago::domain::secret::PrivatePem;
use archipelago::domain::text::Name;
use archipelago::formats::activitypub::actor::RemoteActor;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::{
    Audience, Change, Circle, Effect, Health, LocalActor, NewKey, Publication, Reader, Received,
    Scheme, Settled, Store, Target, Waiting,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use url::Url;

use crate::support::database::Database;
use crate::support::records::{hoster_by, some_day};

/// An address.
fn url(text: &str) -> Url {
    text.parse().unwrap()
}

/// A moment, that many seconds after [`some_day`].
fn after(seconds: i64) -> DateTime<Utc> {
    some_day() + TimeDelta::seconds(seconds)
}

/// One of ours, with its first key.
fn local(role: Local) -> (LocalActor, NewKey) {
    let actor = LocalActor {
        role,
        id: url(&format!("https://here.example{}", role.path())),
        username: role.word().to_owned(),
        name: Name::parse("A node").unwrap(),
        created_at: some_day(),
        updated_at: some_day(),
    };
    (actor, key(role, 1, "the first"))
}

/// A key of one of ours, which holds a word that stands nowhere else.
fn key(role: Local, number: u32, word: &str) -> NewKey {
    NewKey {
        id: url(&format!("https://here.example{}#key-{number}", role.path())),
        number,
        public_pem: format!("public half of {word}"),
        private_pem: PrivatePem::new(format!("private half of {word}")),
    }
}

/// A store whose node is a hoster's, and founded.
async fn founded(database: &Database) -> Store {
    let store = database.store().await;
    let actors = [local(Local::Node), local(Local::Hoster)];
    let hoster = hoster_by("own-node", "here.example", "A node");
    let founded = store.found(&actors, Some(&hoster), "a hash", some_day());
    assert!(founded.await.unwrap());
    store
}

/// A hoster's actor at a host, whose server has one inbox for all.
fn actor(host: &str) -> RemoteActor {
    let at = |path: &str| format!("https://{host}{path}");
    let record = json!({
        "id": at("/ap/org"), "kind": "Organization", "inbox": at("/ap/org/inbox"),
        "shared_inbox": at("/ap/inbox"), "discoverable": true, "indexable": true,
        "public_key": { "id": at("/ap/org#key"), "pem": "a key" }, "also_known_as": [],
    });
    serde_json::from_value(record).unwrap()
}

/// The id of the actor at a host.
fn actor_id(host: &str) -> Url {
    actor(host).id
}

/// An actor becomes known and follows one of ours.
fn follows(actor: RemoteActor, role: Local, reader: Reader) -> [Effect; 2] {
    let follower = Effect::AddFollower {
        role,
        activity: url(&format!("{}/follows/{}", actor.id, role.word())),
        actor: actor.id.clone(),
        reader,
    };
    [Effect::KeepActor(Box::new(actor)), follower]
}

/// Our activity of that number.
fn activity(number: i64) -> Url {
    url(&format!("https://here.example/ap/activities/{number}"))
}

/// The node says something.
fn publication(number: i64, audience: Audience) -> Publication {
    Publication {
        role: Local::Node,
        id: activity(number),
        object: None,
        document: json!({ "id": activity(number), "type": "Create" }),
        audience,
        key: None,
    }
}

/// The node answers the inbox of a host.
fn answer(number: i64, host: &str) -> Publication {
    publication(number, Audience::Inbox(inbox(host)))
}

/// Where the actor at a host is delivered to.
fn inbox(host: &str) -> Url {
    url(&format!("https://{host}/ap/inbox"))
}

async fn commit(store: &Store, effects: impl IntoIterator<Item = Effect>) {
    let effects = effects.into_iter().collect();
    let publications = Vec::new();
    let change = Change {
        effects,
        publications,
    };
    store.commit(&change, some_day()).await.unwrap();
}

async fn publish(store: &Store, publications: impl IntoIterator<Item = Publication>) {
    let change = published(publications);
    store.commit(&change, some_day()).await.unwrap();
}

fn published(publications: impl IntoIterator<Item = Publication>) -> Change {
    Change {
        effects: Vec::new(),
        publications: publications.into_iter().collect(),
    }
}

/// Leases every inbox in good health that is due at some second, for a minute.
async fn lease(store: &Store, seconds: i64) -> Vec<Target> {
    lease_of(store, Health::Well, seconds).await
}

async fn lease_of(store: &Store, health: Health, seconds: i64) -> Vec<Target> {
    let leased = store.lease_targets(health, after(seconds), after(seconds + 60), 10_000);
    leased.await.unwrap()
}

/// The inbox took it.
fn taken() -> Settled {
    Settled {
        status: 202,
        refusal: None,
        scheme: Scheme::Cavage,
    }
}

/// Delivers to an inbox until nothing is owed to it; the numbers it had, in order.
async fn deliver_to(store: &Store, target: Target, seconds: i64) -> Vec<i64> {
    let mut had = Vec::new();
    let mut next = Some(target);
    while let Some(target) = next {
        let Some(owed) = store.next_owed(&target).await.unwrap() else {
            store.release_target(&target).await.unwrap();
            break;
        };
        had.push(owed.seq);
        let (now, until) = (after(seconds), after(seconds + 60));
        next = store
            .settle_delivery(&target, owed.seq, &taken(), now, until)
            .await
            .unwrap();
    }
    had
}

/// An activity of the actor at a host.
fn received(host: &str, number: i64) -> Received {
    let id = url(&format!("https://{host}/activities/{number}"));
    Received {
        body: json!({ "id": id }).to_string(),
        id,
        actor: actor_id(host),
        newly_read: None,
    }
}

/// Leases what waits at some second, for a minute.
async fn lease_received(store: &Store, seconds: i64) -> Vec<Waiting> {
    let leased = store.lease_received(after(seconds), after(seconds + 60), 1_000);
    leased.await.unwrap()
}

/// The followers of one of ours, in the order of their ids.
async fn followers(store: &Store, role: Local) -> Vec<Url> {
    let page = store.circle(Circle::Followers, role, 1_000, 0);
    page.await.unwrap().0
}
