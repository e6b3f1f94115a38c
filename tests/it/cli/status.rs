//! `archipelago status`: what a node is and owes, and no secret of it.

use archipelago::formats::activitypub::actor::read_actor;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::{
    Change, Effect, Health, Postponed, Reader, Received, Scheme, Store, TargetState,
};
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::database::{Database, on_both_engines};
use crate::support::desk::{Desk, stderr, stdout};
use crate::support::records::some_day;

const PERSON: &str = include_str!("../../../fixtures/activitypub/mastodon/person.json");

/// A hoster's node that a person follows.
async fn followed(database: &Database) -> (Desk, Store) {
    let desk = Desk::new();
    let url = database.url();
    desk.said(&format!(
        "init --domain hoster.example --kind hoster --name Asso --database-url {url}"
    ));
    let store = database.store().await;
    let document: Value = serde_json::from_str(PERSON).unwrap();
    let id = document["id"].as_str().unwrap().parse().unwrap();
    let actor = read_actor(&document, &id, some_day().date_naive()).unwrap();
    let follow = "https://elsewhere.example/follows/1".parse().unwrap();
    let effects = vec![
        Effect::KeepActor(Box::new(actor)),
        Effect::AddFollower {
            role: Local::Hoster,
            actor: id,
            reader: Reader::Person,
            activity: follow,
        },
    ];
    let change = Change {
        effects,
        publications: Vec::new(),
    };
    store.commit(&change, some_day()).await.unwrap();
    (desk, store)
}

on_both_engines! {
    async fn what_is_owed_is_told_with_the_trouble_there_was(database: Database) {
        let (desk, store) = followed(&database).await;
        let added = desk.said("service add pads --name Pads --need pads");
        assert_eq!(added, "Pads (pads) is published; told 1 follower.\n");
        desk.said("service edit pads --full");
        let status = desk.json("status");
        assert_eq!(status["followers"], json!({ "node": 0, "hoster": 1 }));
        assert_eq!(status["following"], json!({ "asked": 0, "accepted": 0, "refused": 0 }));
        let delivery = &status["deliveries"][0];
        assert_eq!((&delivery["owed"], &delivery["fails"]), (&json!(2), &json!(0)));
        assert_eq!(delivery["state"], "awake");
        for unknown in ["failing_since", "last_status", "last_error", "last_success_at"] {
            assert_eq!(delivery[unknown], Value::Null, "{unknown}");
        }
        assert!(delivery["next_at"].is_string());

        #[expect(clippy::disallowed_methods, reason = "the command before asked the system's clock")]
        let now = Utc::now() + TimeDelta::seconds(1);
        let leased = store.lease_targets(Health::Well, now, now, 1).await.unwrap();
        let postponed = Postponed {
            due_at: some_day() + TimeDelta::hours(1),
            state: TargetState::Awake,
            failing_since: some_day(),
            status: Some(503),
            error: "answered 503 \u{1b}[31m\u{202e}".to_owned(),
            scheme: Scheme::Cavage,
        };
        store.postpone_delivery(&leased[0], &postponed).await.unwrap();
        let received = Received {
            id: "https://elsewhere.example/a/1".parse().unwrap(),
            actor: "https://elsewhere.example/a".parse().unwrap(),
            body: "{}".to_owned(),
            newly_read: None,
        };
        store.receive(&[received], some_day()).await.unwrap();

        let status = desk.json("status");
        assert_eq!(status["received_waiting"], 1);
        let delivery = &status["deliveries"][0];
        assert_eq!(delivery["inbox"], leased[0].inbox.as_str());
        assert_eq!((&delivery["owed"], &delivery["fails"]), (&json!(2), &json!(1)));
        assert_eq!(delivery["failing_since"], "2026-11-23T12:00:00Z");
        assert_eq!(delivery["next_at"], "2026-11-23T13:00:00Z");
        assert_eq!(delivery["last_status"], 503);
        let told = desk.said("status");
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "Asso, a hoster at https://hoster.example/ (@hoster@hoster.example)",
            "2 activities, to 1 inbox",
            "1 activity waits to be applied",
            leased[0].inbox.as_str(),
            "failed 1 time since 2026-11-23 12:00 UTC",
            "next try 2026-11-23 13:00 UTC",
            "answered 503",
        ] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told:?}");
    }
}

#[tokio::test]
async fn no_command_shows_a_private_key_or_a_token_again() {
    let database = Database::sqlite().await;
    let (desk, store) = followed(&database).await;
    let another = desk.json("init --new-token");
    let mut said = String::new();
    for arguments in [
        "status",
        "status --json",
        "service add pads --name Pads --need pads --json",
        "service list",
        "service list --json",
        "service remove nope",
        "key rotate",
        "key rotate --json",
        "follow http://nobody.localhost:1/",
        "peer add @a@nobody.invalid",
        "init",
        "status --database-url sqlite:nowhere/a.db",
    ] {
        // The most that can be logged, too.
        let output = desk
            .command(arguments)
            .env("ARCHIPELAGO_LOG", "trace")
            .output()
            .unwrap();
        said += &stdout(&output);
        said += &stderr(&output);
    }
    assert!(said.contains("hoster.example"));
    assert!(!said.contains("PRIVATE"), "no key is shown");
    assert!(!said.contains(another["token"].as_str().unwrap()));
    let mut keys = 0;
    for role in [Local::Node, Local::Hoster] {
        for key in store.local_keys(role).await.unwrap() {
            let lines = key.private_pem.expose().lines();
            for line in lines.filter(|line| line.len() == 64) {
                assert!(!said.contains(line), "a line of a private key is shown");
            }
            keys += 1;
        }
    }
    assert_eq!(keys, 6, "two rotations of two keys were watched");
}
