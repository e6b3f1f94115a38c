//! `archipelago service`: what a hoster offers, published as it changes.

mod document;
mod refused;

use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::Store;
use serde_json::{Value, json};

use crate::support::desk::{Desk, stdout};

/// A hoster's node that does not run.
pub fn hoster() -> Desk {
    let desk = Desk::new();
    desk.said("init --domain hoster.example --kind hoster --name Asso --language fr");
    desk
}

/// One that offers pads.
pub fn with_pads() -> Desk {
    let desk = hoster();
    let added = desk.run_of(&[
        "service",
        "add",
        "pads",
        "--name",
        "Les pads",
        "--need",
        "pads",
        "--url",
        "https://pads.example",
        "--software",
        "etherpad",
        "--registration",
        "none",
        "--price",
        "free",
        "--open",
        "--people",
        "500",
        "--note",
        "Des pads",
    ]);
    assert_eq!(
        stdout(&added),
        "Les pads (pads) is published; nobody follows yet.\n"
    );
    desk
}

/// What a node says of its only service.
pub fn only(desk: &Desk) -> Value {
    let list = desk.json("service list");
    assert_eq!(list["total"], 1);
    list["results"][0].clone()
}

/// The types of what was published for all, the newest first.
pub async fn published(desk: &Desk) -> Vec<String> {
    let url = format!("sqlite:{}", desk.path().join("archipelago.db").display());
    let store = Store::open(&url).await.unwrap();
    let (published, _) = store.outbox(Local::Hoster, 100, 0).await.unwrap();
    let kind = |document: &str| {
        let document: Value = serde_json::from_str(document).unwrap();
        document["type"].as_str().unwrap().to_owned()
    };
    published.iter().map(|told| kind(&told.document)).collect()
}

#[tokio::test]
async fn a_service_is_added_changed_closed_reopened_and_removed() {
    let desk = with_pads();
    let added = only(&desk);
    for (field, value) in [
        ("id", json!("pads")),
        ("name", json!("Les pads")),
        ("need", json!("pads")),
        ("url", json!("https://pads.example/")),
        ("software", json!("etherpad")),
        ("registration", json!("none")),
        ("price", json!({ "kind": "free", "text": null })),
        ("capacity", json!({ "room": "open", "people": 500 })),
        ("note", json!({ "fr": "Des pads" })),
        ("object", json!("https://hoster.example/ap/services/pads")),
    ] {
        assert_eq!(added[field], value, "{field}");
    }
    assert_eq!(added["source"]["kind"], "own-node");

    let close = "service close pads --on 2027-01-31 --announced 2026-11 --new-accounts-until 2027-01-31 \
        --export-until 2027-03 --successor https://other.example --reason Adieu";
    let closed = desk.said(close);
    assert_eq!(
        closed,
        "Les pads (pads) is announced to close on 2027-01-31; nobody follows yet.\n"
    );
    // A second time, only what is named changes.
    desk.said("service close pads --on 2027-02");
    assert_eq!(
        only(&desk)["closing"],
        json!({
            "on": "2027-02", "announced": "2026-11", "new_accounts_until": "2027-01-31",
            "export_until": "2027-03", "successor": "https://other.example/",
            "note": { "fr": "Adieu" }, "source": null,
        })
    );
    assert!(desk.said("service list").contains("closes on 2027-02"));
    desk.said("service edit pads --clear closing");
    assert_eq!(only(&desk)["closing"], Value::Null);

    let removed = desk.json("service remove pads");
    assert_eq!(removed["published"], "Delete");
    assert_eq!(removed["services"][0]["id"], "pads");
    assert_eq!(
        desk.json("service list"),
        json!({ "total": 0, "results": [] })
    );
    assert_eq!(
        published(&desk).await,
        ["Delete", "Update", "Update", "Update", "Create"]
    );
    let again = desk.refused(
        1,
        &["service", "add", "pads", "--name", "P", "--need", "pads"],
    );
    assert!(
        again.contains("pads was removed") && again.contains("pads-2"),
        "{again}"
    );
}

#[tokio::test]
async fn an_edit_changes_what_is_given_and_publishes_only_a_change() {
    let desk = with_pads();
    let before = only(&desk);
    let unchanged = desk.json("service edit pads --open --people 500 --need pads");
    assert_eq!(unchanged["published"], Value::Null);
    assert_eq!(published(&desk).await, ["Create"]);

    let changed = desk.run_of(&[
        "service",
        "edit",
        "pads",
        "--full",
        "--note",
        "Pads",
        "--lang",
        "en",
        "--price-text",
        "Ce que vous voulez",
    ]);
    assert_eq!(
        stdout(&changed),
        "Les pads (pads) is changed; nobody follows yet.\n"
    );
    let after = only(&desk);
    assert_eq!(after["capacity"], json!({ "room": "full", "people": 500 }));
    assert_eq!(after["note"], json!({ "en": "Pads", "fr": "Des pads" }));
    assert_eq!(
        after["price"]["text"],
        json!({ "en": "Ce que vous voulez" })
    );
    for field in [
        "name",
        "need",
        "url",
        "software",
        "registration",
        "published_at",
    ] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!(published(&desk).await, ["Update", "Create"]);

    for (field, left) in [
        ("room", json!({ "room": null, "people": 500 })),
        ("people", Value::Null),
    ] {
        desk.said(&format!("service edit pads --clear {field}"));
        assert_eq!(only(&desk)["capacity"], left, "{field}");
    }
    desk.said("service edit pads --clear price-text");
    assert_eq!(
        only(&desk)["price"],
        json!({ "kind": "free", "text": null })
    );
    desk.said(
        "service edit pads --clear url --clear software --clear registration --clear price --clear note",
    );
    let cleared = only(&desk);
    for field in ["url", "software", "registration", "price", "note"] {
        assert_eq!(cleared[field], Value::Null, "{field}");
    }
    // Other words for the same price, once there is one.
    desk.said("service edit pads --price donation --price-text Libre");
    assert_eq!(
        only(&desk)["price"],
        json!({ "kind": "donation", "text": { "fr": "Libre" } })
    );
}
