//! A directory as somebody else's server shows it, rightly or wrongly, and a database that copies it.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use archipelago::clock::Clock;
use archipelago::config::Network;
use archipelago::domain::vouch::AssertionKey;
use archipelago::fetch::Fetcher;
use archipelago::formats::activitypub::actor::write_keys;
use archipelago::formats::activitypub::directory_state::{self, DirectoryState};
use archipelago::formats::activitypub::proof::{Signer, generate};
use archipelago::formats::snapshot::{Changes, Chosen, Kind, Record, State, Writer};
use archipelago::mirror::{Follower, Held, NotCopied, Synced};
use archipelago::store::Store;
use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use url::Url;

use crate::support::database::Database;
use crate::support::far_actor::Far;
use crate::support::far_web::Reply;
use crate::support::records::{hoster, service, some_day};

/// A key that signs, with what its actor says of it.
pub struct Key {
    pub signer: Signer,
    pub listed: AssertionKey,
}

/// A directory's records, and the revision they are of.
#[derive(Clone)]
pub struct Shown {
    pub revision: u64,
    pub issued: DateTime<Utc>,
    pub records: Vec<Record>,
}

/// A far directory, and a copy of it.
pub struct Scene {
    pub far: Far,
    pub actor: Url,
    pub key: Key,
    pub store: Store,
    pub clock: Clock,
}

impl Key {
    pub fn of(actor: &Url, name: &str) -> Self {
        let (private, multibase) = generate();
        let id: Url = format!("{actor}#{name}").parse().unwrap();
        let listed = AssertionKey {
            id: id.clone(),
            multibase,
            expires: None,
            revoked: None,
        };
        Self {
            signer: Signer::new(&private, id).unwrap(),
            listed,
        }
    }
}

impl Shown {
    /// Two hosters with a service each, at a revision.
    pub fn at(revision: u64) -> Self {
        let mut shown = Self {
            revision,
            issued: some_day(),
            records: vec![Chosen::default().record()],
        };
        for id in ["a", "b"] {
            shown.records.push(entry(id, "A hoster"));
        }
        shown
    }

    pub fn state(&self) -> State {
        let mut state = State::default();
        for record in &self.records {
            state.put(record);
        }
        state
    }

    /// What is said of it.
    pub fn said(&self, actor: &Url) -> DirectoryState {
        let state = self.state();
        DirectoryState {
            origin: actor.clone(),
            revision: self.revision,
            issued: self.issued,
            records: state.records(),
            state: state.digest(),
        }
    }

    pub fn signed(&self, actor: &Url, key: &Key) -> Value {
        let said = directory_state::write(&self.said(actor));
        key.signer.sign(said, self.issued)
    }

    /// The document, under what somebody signed.
    pub fn text(&self, signed: &Value) -> String {
        let mut writer = Writer::begin(Vec::new(), self.issued.date_naive(), signed).unwrap();
        for record in &self.records {
            writer.add(record).unwrap();
        }
        String::from_utf8(writer.end().unwrap()).unwrap()
    }
}

/// A hoster with a service, by a name.
pub fn entry(id: &str, name: &str) -> Record {
    let mut of = hoster(id);
    of.name = archipelago::domain::text::Name::parse(name).unwrap();
    let service = service(id, &format!("{id}-pads"));
    Record::of_hoster(&of, [(&service, None)])
}

pub fn packed(text: impl AsRef<[u8]>) -> Vec<u8> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
    packing.write_all(text.as_ref()).unwrap();
    packing.finish().unwrap()
}

impl Scene {
    pub async fn new(database: &Database) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let far = Far::start().await;
        let actor = far.at("origin", "/ap/actor");
        let key = Key::of(&actor, "ed25519-key");
        let scene = Self {
            store: database.store().await,
            clock: Clock::fixed(some_day()),
            far,
            actor,
            key,
        };
        let now = scene.clock.now();
        scene.store.begin_mirror(&scene.home(), now).await.unwrap();
        scene.list(&[&scene.key]);
        scene
    }

    pub fn home(&self) -> Url {
        self.actor.join("/").unwrap()
    }

    /// Shows the actor with these keys.
    pub fn list(&self, keys: &[&Key]) {
        let keys: Vec<AssertionKey> = keys.iter().map(|key| key.listed.clone()).collect();
        self.list_keys(&keys);
    }

    pub fn list_keys(&self, keys: &[AssertionKey]) {
        let actor = self.far.actor(self.actor.clone(), "Application");
        let mut document = actor.document;
        document["assertionMethod"] = write_keys(keys, &self.actor);
        self.far.show(&self.actor, &document);
    }

    pub fn snapshot_url(&self) -> Url {
        self.actor.join("/api/v1/snapshot").unwrap()
    }

    /// Shows bytes as a snapshot.
    pub fn show(&self, bytes: impl Into<Vec<u8>>) {
        self.far
            .show_as(&self.snapshot_url(), "application/gzip", bytes);
    }

    /// Shows a directory as it should be.
    pub fn show_good(&self, shown: &Shown) {
        let signed = shown.signed(&self.actor, &self.key);
        self.show(packed(shown.text(&signed)));
    }

    /// Tells changes since a revision.
    pub fn tell(&self, since: u64, changes: &Changes) {
        let path = format!("/api/v1/changes?since={since}&wait=0");
        let url = self.actor.join(&path).unwrap();
        self.far.show_as(&url, "application/json", changes.write());
    }

    pub fn answer(&self, reply: impl Fn() -> Reply + Send + 'static) {
        self.far.answer(&self.snapshot_url(), reply);
    }

    /// A follower that knows nothing but the database.
    pub async fn follower(&self) -> Follower {
        let mirror = self.store.mirror().await.unwrap().unwrap();
        let network = Network {
            allow: vec!["127.0.0.0/8".parse().unwrap()],
        };
        Follower::new(
            self.store.clone(),
            Fetcher::new(network, None).unwrap(),
            Arc::new(Held::new(self.store.clone(), &mirror)),
            self.clock.clone(),
        )
    }

    pub async fn sync(&self) -> Result<Synced, NotCopied> {
        self.follower().await.sync(Duration::ZERO).await
    }

    /// The names of the hosters that are held.
    pub async fn names(&self) -> Vec<String> {
        let directory = self.store.directory().await.unwrap();
        let names = directory
            .hosters
            .iter()
            .map(|hoster| hoster.name.to_string());
        names.collect()
    }
}

/// A later day.
pub fn days(days: i64) -> TimeDelta {
    TimeDelta::days(days)
}

/// A record of a kind with any text.
pub fn raw(kind: Kind, id: &str, text: impl Into<String>) -> Record {
    Record {
        kind,
        id: id.to_owned(),
        text: text.into(),
    }
}

/// An object as a record writes it.
pub fn object(id: &str) -> Value {
    json!({ "id": id, "name": "A hoster", "services": [], "source": { "by": "x", "kind": "own-file" } })
}
