//! What cannot be done with services, and where.

use serde_json::Value;

use super::{hoster, only, published, with_pads};
use crate::support::desk::Desk;

#[tokio::test]
async fn what_cannot_be_is_told_in_a_sentence_and_changes_nothing() {
    let desk = with_pads();
    let before = only(&desk);
    let long = "a".repeat(10_000);
    let new = ["service", "add", "new", "--name", "New", "--need", "pads"];
    for (code, flags, problem) in [
        (2, &["--url", "javascript:x"][..], "--url: is not an http"),
        (
            2,
            &["--url", &format!("https://{long}")],
            "--url: is longer",
        ),
        (2, &["--note", &long], "--note: is longer than 5000"),
        (
            2,
            &["--note", "a\u{1b}[31m"],
            "--note: holds a control character",
        ),
        (2, &["--price-text", "much"], "--price says it too"),
        (1, &["--software", "nextclou"], "perhaps nextcloud"),
        (1, &["--software", "zzzz"], "leave it out"),
        (1, &["--software", &long], "nobody knows the software"),
    ] {
        let sentence = desk.refused(code, &[&new[..], flags].concat());
        assert!(sentence.contains(problem), "{sentence}");
    }
    for (code, arguments, problem) in [
        (
            2,
            &["add", "Été", "--name", "E", "--need", "pads"][..],
            "a service cannot be called",
        ),
        (
            2,
            &["add", &long, "--name", "E", "--need", "pads"],
            "a service cannot be called",
        ),
        (
            2,
            &["add", "a/../b", "--name", "E", "--need", "pads"],
            "a service cannot be called",
        ),
        (
            2,
            &["add", "a\u{1b}[31m", "--name", "E", "--need", "pads"],
            "a service cannot be called",
        ),
        (
            2,
            &["add", "e", "--name", &long, "--need", "pads"],
            "--name: is longer than 200",
        ),
        (
            2,
            &["add", "e", "--name", "\u{9b}2J", "--need", "pads"],
            "--name: holds a control",
        ),
        (
            1,
            &["add", "e", "--name", "E", "--need", "pad"],
            "perhaps pads or",
        ),
        (
            1,
            &["add", "e", "--name", "E", "--need", "zzz"],
            "known are polls, ",
        ),
        (
            1,
            &["add", "e", "--name", "E", "--need", &long],
            "nobody knows the need",
        ),
        (
            1,
            &["add", "pads", "--name", "E", "--need", "pads"],
            "`archipelago service edit pads` changes it",
        ),
        (2, &["edit", "pads"], "nothing is to be changed"),
        (
            2,
            &["edit", "pads", "--full", "--clear", "room"],
            "--full: is also to be cleared",
        ),
        (2, &["edit", "pads", "--name", "\t"], "--name: is empty"),
        (1, &["edit", "nope", "--full"], "there is no service nope"),
        (1, &["remove", "nope"], "there is no service nope"),
        (2, &["remove", "../x"], "a service cannot be called"),
        (
            1,
            &["close", "nope", "--on", "2027"],
            "there is no service nope",
        ),
        (
            2,
            &["close", "pads", "--on", "yesterday"],
            "--on: is not a date such as",
        ),
        (
            2,
            &["close", "pads", "--on", "2027-02-30"],
            "--on: is not a date such as",
        ),
        (
            2,
            &["close", "pads", "--on", "2027", "--successor", "x"],
            "--successor: is not an http",
        ),
        (
            2,
            &[
                "close",
                "pads",
                "--on",
                "2027-01-31",
                "--new-accounts-until",
                "2027-02-01",
            ],
            "new accounts are taken longer than the service lasts",
        ),
        (
            2,
            &["close", "pads", "--on", "2027", "--announced", "2028"],
            "announced after it has come",
        ),
    ] {
        let sentence = desk.refused(code, &[&["service"], arguments].concat());
        assert!(sentence.contains(problem), "{sentence}");
    }
    // What clap itself refuses takes more than a line.
    for arguments in [
        "service add",
        "service add x",
        "service add x --name X",
        "service add x --from y",
        "service add x --name X --need pads --full --open",
        "service add x --name X --need pads --people 0",
        "service add x --name X --need pads --people many",
        "service add x --name X --need pads --registration maybe",
        "service add x --name X --need pads --price cheap",
        "service edit pads --clear name",
        "service close pads",
        "service",
        "peer",
        "key",
        "follow",
    ] {
        assert_eq!(desk.run(arguments).status.code(), Some(2), "{arguments}");
    }
    assert_eq!(only(&desk), before);
    assert_eq!(published(&desk).await, ["Create"]);
}

#[test]
fn a_node_without_a_hoster_has_no_services() {
    let desk = Desk::new();
    desk.said("init --domain directory.example --kind directory --name D");
    for arguments in [
        "service list",
        "service add x --name X --need pads",
        "service edit x --full",
        "service remove x",
        "service close x --on 2027",
        "service add --from d.json",
    ] {
        let words: Vec<&str> = arguments.split(' ').collect();
        let sentence = desk.refused(1, &words);
        assert!(sentence.contains("this node is no hoster's"), "{sentence}");
    }
}

#[test]
fn a_database_that_is_no_node_says_what_to_do() {
    let commands = [
        "service list",
        "service add x --name X --need pads",
        "service add --from nowhere.json",
        "service edit x --full",
        "service remove x",
        "service close x --on 2027",
        "follow https://hoster.example",
        "peer add https://directory.example",
        "key rotate",
    ];
    let (empty, directory) = (Desk::new(), Desk::with_directory());
    for arguments in commands {
        let words: Vec<&str> = arguments.split(' ').collect();
        let sentence = empty.refused(1, &words);
        assert!(
            sentence.contains("there is no database archipelago.db here, so this is no node yet: run `archipelago init`"),
            "{sentence}"
        );
        let sentence = directory.refused(1, &words);
        let expected = "archipelago: this database is no node yet: run `archipelago init`\n";
        assert_eq!(sentence, expected);
    }
    assert!(!empty.has("archipelago.db"));
    assert_eq!(directory.json("status")["node"], Value::Null);
    assert!(
        directory
            .said("status")
            .contains("`archipelago init` founds one")
    );
}

#[test]
fn settings_of_another_domain_are_refused() {
    let desk = hoster();
    desk.write("archipelago.toml", "domain = \"other.example\"\n");
    let sentence = desk.refused(1, &["service", "list"]);
    assert!(
        sentence.contains("https://hoster.example/") && sentence.contains("https://other.example/"),
        "{sentence}"
    );
}
