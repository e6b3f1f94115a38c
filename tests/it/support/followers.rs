//! Followers that are nothing but an inbox: a small server that answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use archipelago::federation::signature::PrivateKey;
use archipelago::formats::activitypub::actor::{RemoteActor, read_actor};
use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::{Change, Effect, Reader, Store};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::far_web::{FarWeb, Reply, Request};

/// One key for all: nothing that they sign is looked at.
static PUBLIC_PEM: LazyLock<String> = LazyLock::new(|| PrivateKey::generate().1);

/// A status, and a header beside it.
pub type Told = (u16, Option<(&'static str, String)>);

/// The inbox of one follower.
pub struct Inbox {
    web: FarWeb,
    next: Arc<Mutex<VecDeque<Told>>>,
}

impl Inbox {
    /// One that answers 202 unless it is told otherwise.
    pub async fn start() -> Self {
        Self::slow(Duration::ZERO).await
    }

    /// One that takes its time for each answer.
    pub async fn slow(pause: Duration) -> Self {
        let next: Arc<Mutex<VecDeque<Told>>> = Arc::default();
        let told = next.clone();
        let web = FarWeb::start(move |_| {
            let (status, header) = told.lock().unwrap().pop_front().unwrap_or((202, None));
            let reply = Reply::new(status)
                .header("Content-Length", "0")
                .after(pause);
            match header {
                Some((name, value)) => reply.header(name, &value),
                None => reply,
            }
        });
        Self {
            web: web.await,
            next,
        }
    }

    /// Has the next requests answered with these statuses.
    pub fn answer(&self, statuses: &[u16]) {
        let told = statuses.iter().map(|status| (*status, None));
        self.next.lock().unwrap().extend(told);
    }

    /// Has the next request answered with a status and a header.
    pub fn answer_with(&self, status: u16, name: &'static str, value: &str) {
        let told = (status, Some((name, value.to_owned())));
        self.next.lock().unwrap().push_back(told);
    }

    /// Its address.
    pub fn url(&self) -> Url {
        self.web.url("far.localhost", "/inbox")
    }

    /// Who reads it.
    pub fn actor(&self) -> RemoteActor {
        actor(&self.web.url("far.localhost", "/actor"), &self.url())
    }

    /// All that was posted.
    pub fn requests(&self) -> Vec<Request> {
        self.web.requests()
    }

    /// What it was told, in order: the id of each activity, as often as it came.
    pub fn ids(&self) -> Vec<String> {
        self.requests().iter().map(id).collect()
    }
}

/// The id of the activity that was posted.
pub fn id(request: &Request) -> String {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    body["id"].as_str().unwrap().to_owned()
}

/// An actor with a shared inbox.
pub fn actor(id: &Url, shared_inbox: &Url) -> RemoteActor {
    let document = json!({
        "id": id, "type": "Person", "preferredUsername": "reader", "inbox": format!("{id}/inbox"),
        "endpoints": { "sharedInbox": shared_inbox },
        "publicKey": {
            "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": PUBLIC_PEM.as_str(),
        },
    });
    read_actor(&document, id, "2026-11-23".parse().unwrap()).unwrap()
}

/// Makes actors follow the hoster, as their Follow would.
pub async fn follow(store: &Store, actors: &[RemoteActor], now: DateTime<Utc>) {
    let mut change = Change::default();
    for actor in actors {
        change
            .effects
            .push(Effect::KeepActor(Box::new(actor.clone())));
        change.effects.push(Effect::AddFollower {
            role: Local::Hoster,
            actor: actor.id.clone(),
            reader: Reader::Node,
            activity: format!("{}/follow", actor.id).parse().unwrap(),
        });
    }
    store.commit(&change, now).await.unwrap();
}
