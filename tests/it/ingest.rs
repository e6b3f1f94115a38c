//! Who may say what of whom: from a document at an address to the directory.

mod gate;
mod identity;
mod left_out;
mod shown;
mod strangers;
mod taken_back;

use std::sync::Arc;

use archipelago::domain::hoster::Hoster;
use archipelago::domain::service::Service;
use archipelago::domain::taxonomy::Taxonomy;
use archipelago::formats::{Findings, archipelago as format};
use archipelago::ingest::{Ingested, Read, ingest, ingest_all};
use archipelago::store::Store;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use crate::support::desk::SHIPPED;

/// The day on which all of this happens.
fn today() -> DateTime<Utc> {
    "2026-11-28T12:00:00Z".parse().unwrap()
}

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

/// A hoster as some document gives it, with these facts besides.
fn hoster(kind: &str, id: &str, facts: Value) -> Hoster {
    let mut record = json!({
        "id": id, "name": id, "source": { "kind": kind, "by": "the reader", "seen": "2026-11-28" },
    });
    record
        .as_object_mut()
        .unwrap()
        .extend(facts.as_object().unwrap().clone());
    serde_json::from_value(record).unwrap()
}

/// A service as some document gives it, with these facts besides.
fn service(kind: &str, hoster: &str, id: &str, facts: Value) -> Service {
    let mut record = json!({
        "id": id, "hoster": hoster, "name": id, "need": "pads",
        "source": { "kind": kind, "by": "the reader", "seen": "2026-11-28" },
    });
    record
        .as_object_mut()
        .unwrap()
        .extend(facts.as_object().unwrap().clone());
    serde_json::from_value(record).unwrap()
}

/// A document that was read.
fn read(document: &str, hosters: Vec<Hoster>, services: Vec<Service>) -> Read {
    let findings = Findings {
        hosters,
        services,
        ..Findings::default()
    };
    Read {
        document: url(document),
        findings,
    }
}

/// The crawler reads documents on some day.
async fn crawl_at(store: &Store, read: Vec<Read>, now: DateTime<Utc>) -> Vec<Ingested> {
    ingest_all(store, read, &Taxonomy::embedded(), now)
        .await
        .unwrap()
}

/// The crawler reads a document.
async fn crawl(store: &Store, read: Read) -> Ingested {
    crawl_at(store, vec![read], today()).await.pop().unwrap()
}

/// The operator imports a file in our own format.
async fn import(store: &Store, document: &str) -> Ingested {
    let findings = format::read(document.as_bytes()).unwrap();
    let file = url("file:///a.json");
    ingest(store, &file, findings, &Taxonomy::embedded(), today())
        .await
        .unwrap()
}

/// A store that holds the demo's directory.
async fn demo(database: &crate::support::database::Database) -> Store {
    let store = database.store().await;
    import(&store, SHIPPED).await;
    store
}

async fn hoster_in(store: &Store, id: &str) -> Option<Hoster> {
    let hosters = store.directory().await.unwrap().hosters;
    let mut hosters = hosters.into_iter().map(Arc::unwrap_or_clone);
    hosters.find(|hoster| hoster.id.as_str() == id)
}

async fn service_in(store: &Store, id: &str) -> Option<Service> {
    let services = store.directory().await.unwrap().services;
    let mut services = services.into_iter().map(Arc::unwrap_or_clone);
    services.find(|service| service.id.as_str() == id)
}

async fn ids(store: &Store) -> Vec<String> {
    let hosters = store.directory().await.unwrap().hosters;
    hosters
        .into_iter()
        .map(|hoster| hoster.id.to_string())
        .collect()
}
