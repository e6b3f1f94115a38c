//! `archipelago init`: the settings, the keys, the token, once.

mod settings;

use archipelago::domain::hoster::Hoster;
use archipelago::federation::Token;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::Store;
use serde_json::{Value, json};

use crate::support::database::{Database, on_both_engines};
use crate::support::desk::{Desk, stderr, stdout};

pub const HOSTER: [&str; 7] = [
    "init",
    "--domain",
    "hoster.example",
    "--kind",
    "hoster",
    "--name",
    "L’hébergeur",
];

pub async fn store(desk: &Desk) -> Store {
    let path = desk.path().join("archipelago.db");
    Store::open(&format!("sqlite:{}", path.display()))
        .await
        .unwrap()
}

async fn founded_hoster(desk: &Desk, flags: &[&str]) -> Hoster {
    let output = desk.run_of(&[&HOSTER, flags].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let store = store(desk).await;
    let actor = "https://hoster.example/ap/org".parse().unwrap();
    store.hoster_of(&actor).await.unwrap().unwrap()
}

on_both_engines! {
    async fn a_node_is_founded_once_and_what_it_is_stays(database: Database) {
        let desk = Desk::new();
        let flags = ["--database-url", database.url(), "--listen", "127.0.0.1:9000", "--json"];
        let made = desk.run_of(&[&HOSTER[..], &flags].concat());
        assert!(made.status.success(), "{}", stderr(&made));
        let made: Value = serde_json::from_slice(&made.stdout).unwrap();
        assert_eq!(made["kind"], "hoster");
        assert_eq!(made["address"], "https://hoster.example/");
        assert_eq!(made["actors"][0], json!({
            "role": "hoster", "id": "https://hoster.example/ap/org",
            "handle": "@hoster@hoster.example",
        }));
        assert_eq!(made["settings"], "archipelago.toml");

        let store = database.store().await;
        let local = store.local_actors().await.unwrap();
        let settings = desk.read("archipelago.toml");
        assert!(settings.contains("domain = \"hoster.example\"\n"), "{settings}");
        assert!(settings.contains("\nlisten = \"127.0.0.1:9000\"\n"), "{settings}");
        assert!(settings.contains("\nleast_standing = \"claimed\"\n"), "{settings}");

        // The settings name the database now, so no flag is needed.
        for again in [&["init"][..], &HOSTER, &["init", "--json", "--domain", "other.example"]] {
            let sentence = desk.refused(1, again);
            assert!(sentence.contains("the node of L’hébergeur, a hoster at https://hoster.example/"), "{sentence}");
            assert!(sentence.contains("--new-token"), "{sentence}");
        }
        assert_eq!(store.local_actors().await.unwrap(), local);
        assert_eq!(desk.read("archipelago.toml"), settings);

        let another = desk.json("init --new-token");
        for token in [&made["token"], &another["token"]] {
            let token = token.as_str().unwrap();
            assert!(token.len() == 64 && token.bytes().all(|b| b.is_ascii_hexdigit()), "{token}");
            assert!(store.token(&Token::said(token).hash()).await.unwrap().is_some());
        }
        assert_ne!(made["token"], another["token"]);
        assert_eq!(store.local_actors().await.unwrap(), local);
    }
}

#[test]
fn what_was_made_and_what_comes_next_is_told() {
    let desk = Desk::new();
    let flags = ["--place", "69007 Lyon", "--username", "asso"];
    let output = desk.run_of(&[&HOSTER[..], &flags].concat());
    let told = stdout(&output);
    for part in [
        "L’hébergeur, a hoster at https://hoster.example/ (@asso@hoster.example)",
        "69007 Lyon, Rhône, FR",
        "archipelago.toml",
        "archipelago serve",
        "archipelago service add",
        "archipelago follow",
    ] {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(stderr(&output), "");
}

#[test]
fn a_flag_that_is_missing_is_named_and_nothing_is_made() {
    let desk = Desk::new();
    for (arguments, missing) in [
        (&["init"][..], "--domain, --kind and --name are missing"),
        (&HOSTER[..3], "--kind and --name are missing"),
        (&HOSTER[..5], "--name is missing"),
    ] {
        let sentence = desk.refused(2, arguments);
        assert!(sentence.contains(missing), "{sentence}");
    }
    let sentence = desk.refused(1, &["init", "--new-token"]);
    assert!(
        sentence.contains("no node yet: run `archipelago init`"),
        "{sentence}"
    );
    assert!(!desk.has("archipelago.toml") && !desk.has("archipelago.db"));
}

#[test]
fn what_cannot_be_used_is_told_in_a_sentence_and_nothing_is_made() {
    let desk = Desk::new();
    let long = "é".repeat(10_000);
    for (flag, value, problem) in [
        ("--domain", "http://hoster.example", "is not https"),
        ("--domain", "hoster.example:8443", "is not https"),
        ("--domain", "https://hoster.example:8443", "names a port"),
        ("--domain", "localhost", "is not https"),
        (
            "--domain",
            "https://a.localhost",
            "names this machine itself",
        ),
        (
            "--domain",
            "hoster",
            "no host name that is known everywhere",
        ),
        ("--domain", "127.0.0.1", "is not the name of a host"),
        (
            "--domain",
            "hoster.example/path",
            "is not the name of a host",
        ),
        ("--domain", "a\u{1b}[31m", "is not the name of a host"),
        ("--domain", &long, "is not the name of a host"),
        ("--domain", "a.example-4001", "host"),
        ("--name", "", "is empty"),
        ("--name", "a\u{1b}[31m", "holds a control character"),
        ("--name", "a\u{202e}b", "direction of writing"),
        ("--name", &long, "is longer than 200 characters"),
        ("--username", "a b", "letters a-z"),
        ("--username", "hoster.example", "choose another"),
        ("--username", &long, "letters a-z"),
        (
            "--place",
            "Saint-Denis",
            "\"Saint-Denis, Seine-Saint-Denis, FR\"",
        ),
        ("--place", "Lyom", "perhaps \"Lyon, Rhône, FR\""),
        ("--place", &long, "we know no such place"),
        ("--website", "javascript:alert(1)", "http or https"),
        ("--description", "\u{7}", "control character"),
        ("--description", &long, "is longer than 5000 characters"),
        ("--language", "fra", "two letters"),
    ] {
        let mut arguments = HOSTER.to_vec();
        match arguments.iter().position(|known| *known == flag) {
            Some(at) => arguments[at + 1] = value,
            None => arguments.extend([flag, value]),
        }
        let sentence = desk.refused(2, &arguments);
        assert!(
            sentence.starts_with(&format!("archipelago: {flag}: ")) && sentence.contains(problem),
            "{sentence}"
        );
    }
    for kind in ["directory", "collective"] {
        let mut arguments = HOSTER.to_vec();
        arguments[4] = kind;
        arguments.extend(["--place", "Lyon"]);
        let sentence = desk.refused(2, &arguments);
        assert!(
            sentence.contains("--place: is said of hosters"),
            "{sentence}"
        );
    }
    assert!(!desk.has("archipelago.toml") && !desk.has("archipelago.db"));
}

#[tokio::test]
async fn what_is_said_of_a_hoster_is_kept() {
    let desk = Desk::new();
    let flags = [
        "--place",
        "1000 Bruxelles, BE",
        "--website",
        "https://site.example",
        "--description",
        "Des services",
        "--language",
        "fr",
        "--language",
        "NL",
    ];
    let hoster = founded_hoster(&desk, &flags).await;
    let kept = serde_json::to_value(&hoster).unwrap();
    assert_eq!(kept["id"], "hoster.example");
    assert_eq!(kept["name"], "L’hébergeur");
    assert_eq!(kept["website"], "https://site.example/");
    assert_eq!(kept["description"], json!({ "fr": "Des services" }));
    assert_eq!(kept["languages"], json!(["fr", "nl"]));
    // The terminal is English, but the hoster says first that it is French.
    assert_eq!(kept["place"]["city"], "Bruxelles");
    assert_eq!(kept["place"]["country"], "BE");
    assert_eq!(kept["place"]["postcode"], "1000");
    assert!(kept["place"]["coordinates"]["lat"].as_f64().unwrap() > 50.0);
    assert_eq!(kept["source"]["kind"], "own-node");
    assert_eq!(kept["actor"], "https://hoster.example/ap/org");
}

#[tokio::test]
async fn each_kind_has_the_actors_it_needs() {
    for (kind, roles) in [
        ("hoster", &[Local::Node, Local::Hoster][..]),
        ("collective", &[Local::Node, Local::Collective]),
        ("directory", &[Local::Node]),
    ] {
        let desk = Desk::new();
        let made = desk.json(&format!(
            "init --domain www.a.example --kind {kind} --name A"
        ));
        assert_eq!(made["actors"][0]["handle"], "@a@www.a.example");
        let store = store(&desk).await;
        let local = store.local_actors().await.unwrap();
        let found: Vec<Local> = local.iter().map(|actor| actor.role).collect();
        assert_eq!(found, roles);
        let status = desk.json("status");
        assert_eq!(status["node"]["kind"], kind);
        assert_eq!(
            status["least_standing"], "reported",
            "the environment wins over the file"
        );
    }
}

#[tokio::test]
async fn where_settings_name_a_private_range_a_node_may_be_on_this_machine() {
    let desk = Desk::new();
    let init = "init --domain localhost:4001 --kind hoster --name A --allow-net 127.0.0.0/8";
    let made = desk.json(init);
    assert_eq!(made["address"], "http://localhost:4001/");
    // The first part of the host is all of it, and that is what the node itself is called.
    assert_eq!(made["actors"][0]["handle"], "@hoster@localhost:4001");
    let settings = desk.read("archipelago.toml");
    assert!(
        settings.contains("\nallow = [\"127.0.0.0/8\"]\n"),
        "{settings}"
    );
    assert_eq!(desk.said("service list").lines().count(), 1);
}
