//! Actors of another server, who sign what they post, rightly or wrongly, and take what we deliver.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use archipelago::clock::Clock;
use archipelago::domain::secret::PrivatePem;
use archipelago::federation::signature::{PrivateKey, SigningKey, cavage, rfc9421};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::far_post::{Answer, Post};
use super::far_web::{FarWeb, Reply, Request};
use super::fediverse::Founded;

pub const ACTIVITY_JSON: &str = "application/activity+json";

/// A key pair.
pub type Pair = (PrivatePem, String);
/// Made once, since that takes long: every far actor has this one.
pub static KEY: LazyLock<Pair> = LazyLock::new(PrivateKey::generate);
/// A key that no far actor has, until it says so.
pub static OTHER_KEY: LazyLock<Pair> = LazyLock::new(PrivateKey::generate);

type Served = HashMap<String, Box<dyn Fn() -> Reply + Send>>;

/// A web server on loopback that is known by every name below `localhost`: documents at some of its
/// addresses, and behind every other an inbox.
pub struct Far {
    web: FarWeb,
    served: Arc<Mutex<Served>>,
    inbox_answers: Arc<AtomicU16>,
}

impl Far {
    /// Starts one; it ends with the test's runtime.
    pub async fn start() -> Self {
        let served = Arc::new(Mutex::new(Served::default()));
        let inbox_answers = Arc::new(AtomicU16::new(202));
        let (known, status) = (served.clone(), inbox_answers.clone());
        let web = FarWeb::start(move |request| {
            if request.method == "POST" {
                return Reply::new(status.load(Ordering::Relaxed));
            }
            let host = request.header("host").unwrap_or_default();
            let reply = known.lock().unwrap();
            match reply.get(&format!("http://{host}{}", request.target)) {
                Some(reply) => reply(),
                None => Reply::new(404),
            }
        })
        .await;
        Self {
            web,
            served,
            inbox_answers,
        }
    }

    /// The address of a path on `far.localhost`.
    pub fn url(&self, path: &str) -> Url {
        self.at("far", path)
    }

    /// The address of a path on another name below `localhost`.
    pub fn at(&self, name: &str, path: &str) -> Url {
        self.web.url(&format!("{name}.localhost"), path)
    }

    /// Shows a document of ActivityPub.
    pub fn show(&self, url: &Url, document: &Value) {
        self.show_as(url, ACTIVITY_JSON, document.to_string());
    }

    /// Shows anything.
    pub fn show_as(&self, url: &Url, media_type: &str, body: impl Into<Vec<u8>>) {
        let (media_type, body) = (media_type.to_owned(), body.into());
        self.answer(url, move || {
            Reply::new(200)
                .header("Content-Type", &media_type)
                .body(body.clone())
        });
    }

    /// Answers at an address.
    pub fn answer(&self, url: &Url, reply: impl Fn() -> Reply + Send + 'static) {
        let mut served = self.served.lock().unwrap();
        served.insert(url.to_string(), Box::new(reply));
    }

    /// What every post is answered from now on.
    pub fn answer_posts_with(&self, status: u16) {
        self.inbox_answers.store(status, Ordering::Relaxed);
    }

    /// The port it listens at.
    pub fn port(&self) -> u16 {
        self.web.address().port()
    }

    /// How many connections came so far, even those on which nothing was asked.
    pub fn connections(&self) -> usize {
        self.web.connections()
    }

    /// How many requests came so far, of whatever method.
    pub fn requests(&self) -> usize {
        self.web.requests().len()
    }

    /// How many of them were for a name below `localhost`, whatever was asked there.
    pub fn requests_of(&self, name: &str) -> usize {
        let host = format!("{name}.localhost:{}", self.port());
        let asked = self.web.requests();
        let for_it = asked
            .iter()
            .filter(|asked| asked.header("host").as_deref() == Some(&host));
        for_it.count()
    }

    /// How often an address was read.
    pub fn reads_of(&self, url: &Url) -> usize {
        let asked = self.web.requests();
        asked.iter().filter(|asked| is_read_of(asked, url)).count()
    }

    /// What was posted to an inbox, in order.
    pub fn posted_to(&self, inbox: &Url) -> Vec<Request> {
        let mut asked = self.web.requests();
        asked.retain(|asked| asked.method == "POST" && asked.target == inbox.path());
        asked
    }

    /// An actor with a document at `/users/{name}` that any software could have written.
    pub fn person(&self, name: &str) -> FarActor {
        self.actor(self.url(&format!("/users/{name}")), "Person")
    }

    /// A hoster's actor at the place where ours have theirs, with its record.
    pub fn hoster(&self, name: &str) -> FarActor {
        self.hoster_at(self.at(name, "/ap/org"))
    }

    /// A hoster's actor at an address, with its record.
    pub fn hoster_at(&self, id: Url) -> FarActor {
        let mut actor = self.actor(id, "Organization");
        actor.document["archi:organisation"] = json!({
            "type": "archi:OrganisationRecord", "archi:schema": 1, "archi:languages": ["fr"],
        });
        self.show(&actor.id, &actor.document);
        actor
    }

    /// An actor of a type, with its document.
    pub fn actor(&self, id: Url, kind: &str) -> FarActor {
        let below = |name: &str| format!("{id}/{name}");
        let key_id = format!("{id}#main-key");
        let document = json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": id, "type": kind, "name": format!("A {kind}"),
            "preferredUsername": id.path().rsplit('/').next().unwrap(),
            "inbox": below("inbox"), "outbox": below("outbox"), "followers": below("followers"),
            "discoverable": true, "indexable": true,
            "publicKey": { "id": key_id, "owner": id, "publicKeyPem": KEY.1 },
        });
        self.show(&id, &document);
        FarActor {
            id,
            document,
            key: signing_key(&key_id, &KEY),
        }
    }
}

/// An actor of another server.
#[derive(Clone)]
pub struct FarActor {
    pub id: Url,
    /// What it says of itself.
    pub document: Value,
    /// What it signs with.
    pub key: SigningKey,
}

impl FarActor {
    /// Its inbox.
    pub fn inbox(&self) -> Url {
        self.document["inbox"].as_str().unwrap().parse().unwrap()
    }

    /// An address of its server.
    pub fn url(&self, path: &str) -> Url {
        self.id.join(path).unwrap()
    }

    /// An activity of it, with an id that no other has.
    pub fn activity(&self, kind: &str, object: impl Into<Value>) -> Value {
        static NUMBER: AtomicU16 = AtomicU16::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}/activities/{number}", self.id),
            "type": kind, "actor": self.id, "object": object.into(),
        })
    }

    /// A note of it that describes a service, with what it is called.
    pub fn note(&self, slug: &str, name: &str) -> Value {
        json!({
            "id": self.url(&format!("/ap/services/{slug}")), "type": "Note",
            "attributedTo": self.id, "name": name, "content": name,
            "published": "2026-11-01T00:00:00Z",
            "archi:service": {
                "type": "archi:ServiceRecord", "archi:schema": 1, "archi:needs": ["pads"],
                "archi:endpoint": "https://pads.example.org/", "archi:registration": "none",
            },
        })
    }

    /// A post of a body to one of the node's addresses, signed as most software does.
    pub fn post(&self, to: &Url, body: &Value) -> Post {
        self.post_at(to, body, Clock::system().now())
    }

    /// The same, signed at another time.
    pub fn post_at(&self, to: &Url, body: &Value, now: DateTime<Utc>) -> Post {
        let body = body.to_string();
        let headers = cavage::sign_post(&self.key, to, body.as_bytes(), now);
        Post::new(to, &headers, body)
    }

    /// The same, signed by RFC 9421.
    pub fn post_by_rfc9421(&self, to: &Url, body: &Value) -> Post {
        let body = body.to_string();
        let now = Clock::system().now();
        let headers = rfc9421::sign_post(&self.key, to, body.as_bytes(), now);
        Post::new(to, &headers, body)
    }

    /// Posts an activity to the inbox that a node's actors share.
    pub async fn tell(&self, node: &Founded, activity: &Value) -> Answer {
        let inbox = node.federation.addresses().shared_inbox();
        self.post(&inbox, activity).send(node).await
    }

    /// Posts an activity that must be taken, and waits until it is applied and all it led to was read.
    pub async fn is_heard(&self, node: &Founded, activity: &Value) {
        let answer = self.tell(node, activity).await;
        assert_eq!(answer.status, 202, "{activity}: {}", answer.body);
        node.settled().await;
    }
}

/// A key by its name.
pub fn signing_key(id: &str, pair: &Pair) -> SigningKey {
    SigningKey {
        id: id.parse().unwrap(),
        private: PrivateKey::from_pem(&pair.0).unwrap(),
    }
}

fn is_read_of(request: &Request, url: &Url) -> bool {
    let host = request.header("host").unwrap_or_default();
    request.method == "GET" && format!("http://{host}{}", request.target) == url.as_str()
}
