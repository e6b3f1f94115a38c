//! What changed is read, and nothing is missed: on both engines, directories made anew from what changed
//! are those that are read whole.

mod chance;
mod editions;
mod log;

use std::sync::Arc;

use archipelago::catalogue::{Catalogue, Edition};
use archipelago::domain::choices::Choices;
use archipelago::domain::hoster::Hoster;
use archipelago::domain::localized::Language;
use archipelago::domain::service::Service;
use archipelago::search::query::Query;
use archipelago::store::{Change, Directory, Effect, Renewal, Store};
use chrono::{DateTime, Utc};
use serde_json::json;
use url::Url;

/// A hoster at a site of its own.
fn hoster_at(id: &str, name: &str, source: &str) -> Hoster {
    let record = json!({
        "id": id, "name": name, "languages": ["fr"], "website": format!("https://{id}.example/"),
        "place": { "country": "FR", "city": "Lyon" }, "status": "active",
        "source": { "kind": source, "by": "a test", "seen": "2026-11" },
    });
    serde_json::from_value(record).unwrap()
}

/// A service at an address of its own.
fn service_at(hoster: &str, number: usize, name: &str) -> Service {
    let need = ["pads", "polls", "forms"][number % 3];
    let record = json!({
        "id": format!("{hoster}-{number}"), "hoster": hoster, "name": name, "need": need,
        "registration": "none",
        "url": format!("https://{hoster}.example/s{number}#top"),
        "source": { "kind": "third-party-list", "by": "a test", "seen": "2026-11" },
    });
    serde_json::from_value(record).unwrap()
}

async fn commit(store: &Store, effects: impl IntoIterator<Item = Effect>, now: DateTime<Utc>) {
    let change = Change {
        effects: effects.into_iter().collect(),
        ..Change::default()
    };
    store.commit(&change, now).await.unwrap();
}

/// The directory of now, made of an older one by reading what changed alone.
async fn by_changes(store: &Store, known: &Directory) -> Directory {
    let renewal = store.renewal(known).await.unwrap();
    assert!(
        matches!(renewal, Renewal::Changes(_)),
        "what changed after revision {} is known",
        known.revision
    );
    renewal.of(known)
}

async fn open(store: &Store, now: DateTime<Utc>) -> Catalogue {
    Catalogue::open(store, Choices::default(), now)
        .await
        .unwrap()
}

/// What an edition answers, place by place.
fn answers(edition: &Edition, question: &str) -> Vec<String> {
    let query = Query::from_query_string(question).unwrap();
    let (_, results) = edition.ask(&query, Language::French).unwrap();
    let hits = results.hits.iter();
    hits.map(|hit| format!("{} {hit:?}", edition.services[hit.service].id))
        .collect()
}

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn ids(services: &[Arc<Service>]) -> Vec<&str> {
    services.iter().map(|service| service.id.as_str()).collect()
}
