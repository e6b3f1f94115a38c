//! The settings file, and an `init` that is stopped half way.

use std::fs;

use super::{HOSTER, store};
use crate::support::desk::{Desk, stderr, stdout};

#[test]
fn settings_that_say_otherwise_are_not_overwritten() {
    for (file, key) in [
        (
            "domain = \"other.example\"\nlisten = \"127.0.0.1:2\"\n",
            "domain",
        ),
        ("listen = \"127.0.0.1:1\"\n", "domain, listen"),
        (
            "domain = \"hoster.example\"\nlisten = \"127.0.0.1:1\"\n",
            "listen",
        ),
        (
            "domain = \"hoster.example\"\n[network]\nallow = []\n",
            "listen, [network] allow",
        ),
    ] {
        let desk = Desk::new();
        desk.write("archipelago.toml", file);
        let flags = ["--listen", "127.0.0.1:2", "--allow-net", "127.0.0.0/8"];
        let flags = match key.contains("network") {
            true => &flags[..],
            false => &flags[..2],
        };
        let sentence = desk.refused(1, &[&HOSTER[..], flags].concat());
        assert!(
            sentence.contains(&format!("does not say the same of {key}: mend it")),
            "{sentence}"
        );
        assert_eq!(desk.read("archipelago.toml"), file);
        let status = desk.refused(1, &["service", "list"]);
        assert!(status.contains("no node yet"), "{status}");
    }
}

#[test]
fn a_password_in_the_settings_is_not_told_when_they_differ() {
    let desk = Desk::new();
    desk.write(
        "archipelago.toml",
        "domain = \"hoster.example\"\ndatabase_url = \"postgres://u:secret@h/a\"\n",
    );
    let flags = ["--database-url", "sqlite:other.db"];
    let sentence = desk.refused(1, &[&HOSTER[..], &flags].concat());
    assert!(
        sentence.contains("database_url") && !sentence.contains("secret"),
        "{sentence}"
    );
}

#[tokio::test]
async fn an_init_that_was_stopped_is_finished_by_the_next() {
    // Stopped after the settings were written: the database is there, without a node.
    let desk = Desk::new();
    let first = desk.run_of(&HOSTER);
    assert!(first.status.success());
    let settings = desk.read("archipelago.toml");
    let token = stdout(&first);
    for left in ["settings alone", "an empty database", "an empty file"] {
        for file in ["archipelago.db", "archipelago.db-wal", "archipelago.db-shm"] {
            let _ = fs::remove_file(desk.path().join(file));
        }
        match left {
            "an empty database" => drop(store(&desk).await),
            "an empty file" => desk.write("archipelago.toml", ""),
            _ => {}
        }
        let second = desk.run_of(&HOSTER);
        assert!(second.status.success(), "{left}: {}", stderr(&second));
        assert!(stdout(&second).contains("shown this once") && stdout(&second) != token);
        assert_eq!(desk.read("archipelago.toml"), settings, "{left}");
    }
}

#[test]
fn a_database_that_does_not_open_leaves_no_settings_that_name_it() {
    let desk = Desk::new();
    let flags = ["--database-url", "sqlite:nowhere/a.db"];
    let sentence = desk.refused(1, &[&HOSTER[..], &flags].concat());
    assert!(sentence.contains("cannot open the database"), "{sentence}");
    assert!(!desk.has("archipelago.toml"));
    let flags = ["--config", "nowhere/a.toml"];
    let sentence = desk.refused(1, &[&HOSTER[..], &flags].concat());
    assert!(
        sentence.contains("cannot write nowhere/a.toml"),
        "{sentence}"
    );
    // What was not founded can be founded still.
    assert!(desk.run_of(&HOSTER).status.success());
}

#[test]
fn settings_are_written_where_they_are_to_be() {
    let desk = Desk::new();
    let flags = ["--config", "etc.toml"];
    let made = desk.run_of(&[&HOSTER[..], &flags].concat());
    assert!(
        stdout(&made).contains("archipelago serve --config etc.toml"),
        "{}",
        stdout(&made)
    );
    assert!(desk.has("etc.toml") && !desk.has("archipelago.toml"));
    assert_eq!(
        desk.json("status --config etc.toml")["node"]["kind"],
        "hoster"
    );
}
