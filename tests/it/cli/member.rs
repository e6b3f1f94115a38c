//! `archipelago member`: both sides of membership, by commands on nodes that run.

use archipelago::clock::Clock;
use archipelago::domain::vouch::MAX_VOUCH_DAYS;
use archipelago::federation::{Federation, Kind, MAX_CHARTER_BYTES, MAX_WORDS_CHARS};
use archipelago::formats::activitypub::addresses::Local;
use chrono::TimeDelta;
use serde_json::Value;

use crate::support::database::Database;
use crate::support::desk::{Desk, stderr, stdout};
use crate::support::fediverse::{Founded, eventually};

const CHARTER: &str = "Charte\n\n1. Sauvegarder\n2. Prévenir\n";

/// A node that runs, and the place where commands for it are run.
struct Hand {
    node: Founded,
    desk: Desk,
}

impl Hand {
    async fn of(name: &str, kind: Kind) -> Self {
        let node = Founded::start(name, kind, Database::sqlite().await).await;
        let desk = Desk::new();
        desk.write("charter.txt", CHARTER);
        Self { node, desk }
    }

    fn arguments<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        let here = ["--allow-net", "127.0.0.0/8", "--database-url"];
        let url = self.node.config.database_url.as_str();
        [arguments, &here, &[url]].concat()
    }

    fn said(&self, arguments: &[&str]) -> String {
        let mut command = self.desk.command_of(&self.arguments(arguments));
        // Wide, so that sentences are told on one line.
        let output = command.env("COLUMNS", "100").output().unwrap();
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            stderr(&output)
        );
        stdout(&output)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.said(&[arguments, &["--json"]].concat())).unwrap()
    }

    fn refused(&self, code: i32, arguments: &[&str]) -> String {
        self.desk.refused(code, &self.arguments(arguments))
    }

    /// Its host and port.
    fn authority(&self) -> String {
        self.node.federation.addresses().authority().to_owned()
    }

    fn home(&self) -> String {
        self.node.federation.addresses().home().to_string()
    }

    async fn sees(&self, what: &str) -> String {
        eventually(what, async || {
            Some(self.said(&["member", "list"])).filter(|list| list.contains(what))
        })
        .await
    }
}

async fn both() -> (Hand, Hand) {
    let collective = Hand::of("collective", Kind::Collective).await;
    collective.said(&["member", "charter", "set", "charter.txt", "--version", "3"]);
    (collective, Hand::of("hoster", Kind::Hoster).await)
}

fn today() -> String {
    Clock::system().today().to_string()
}

#[tokio::test]
async fn a_hoster_becomes_a_member_and_ceases_to_be_one_by_commands_alone() {
    let (collective, hoster) = both().await;
    let charter = format!("{}charter/3", collective.home());
    let hash = collective.json(&["member", "charter"])["versions"][0]["sha256"].clone();
    let hash = hash.as_str().unwrap().to_owned();
    let (group, org) = (
        collective.node.id(Local::Collective),
        hoster.node.id(Local::Hoster),
    );

    let applied = hoster.said(&[
        "member",
        "apply",
        &collective.home(),
        "--say",
        "We are three.\nWe make backups.",
        "--charter",
        "3",
    ]);
    assert_eq!(
        applied,
        format!(
            "Asked Hoster collective ({group}) to make this hoster a member.\n\n  \
             charter   version 3, {charter}\n  sha256    {hash}\n  \
             check it  curl -s {charter} | sha256sum\n\n\
             `archipelago serve` delivers the application. The collective's people decide; their answer \
             stands in\n`archipelago member list`, and if it is yes, this node lists their vouch by \
             itself.\n"
        )
    );
    assert!(
        hoster
            .said(&["member", "list"])
            .contains("under charter 3; no answer yet")
    );

    let waits = collective.sees("Waiting for an answer").await;
    for told in [
        format!("Hoster hoster ({org})"),
        format!("since {}, under charter 3, the one in force", today()),
        "    | We are three.\n    | We make backups.\n".to_owned(),
        format!("archipelago member accept {}", hoster.authority()),
    ] {
        assert!(waits.contains(&told), "{told}: {waits}");
    }
    let status = collective.said(&["status"]);
    assert!(
        status.contains("1 application waits for an answer"),
        "{status}"
    );

    let accepted = collective.said(&["member", "accept", &hoster.authority()]);
    let until = (Clock::system().today() + TimeDelta::days(MAX_VOUCH_DAYS)).to_string();
    assert_eq!(
        accepted,
        format!(
            "Hoster hoster ({org}) is a member until {until}; nobody follows yet.\n\
             It counts once the hoster lists it too, which its node does by itself.\n"
        )
    );
    let member = format!("member since {} until {until}, under charter 3; ", today());
    let listed = hoster.sees("listed here").await;
    assert!(
        listed.contains(&format!("accepted on {}", today())),
        "{listed}"
    );
    assert!(listed.contains(&member), "{listed}");
    let back = collective.sees("the hoster lists it too").await;
    assert!(back.contains(&member), "{back}");
    let report = collective.json(&["member", "list"]);
    assert_eq!(report["given"][0]["is_listed_back"], true);
    assert_eq!(report["given"][0]["term"], "in-force");
    assert_eq!(report["given"][0]["charter"]["sha256"], hash);
    assert_eq!(collective.json(&["status"])["membership"]["given"], 1);
    assert_eq!(hoster.json(&["status"])["membership"]["received"], 1);

    let renewed = collective.said(&["member", "renew", &hoster.authority()]);
    assert_eq!(
        renewed,
        format!(
            "The vouch for Hoster hoster ({org}) lasts until {until} now; nobody follows yet.\n"
        )
    );
    let all = collective.json(&["member", "renew", "--all"]);
    assert_eq!(
        (&all["done"], all["vouches"].as_array().unwrap().len()),
        (&"renewed".into(), 1)
    );
    let member = collective.refused(1, &["member", "refuse", &hoster.authority()]);
    assert!(
        member.contains("is a member already: `archipelago member remove`"),
        "{member}"
    );

    let removed = collective.said(&[
        "member",
        "remove",
        &hoster.authority(),
        "--reason",
        "No backups.",
    ]);
    assert_eq!(
        removed,
        format!(
            "Hoster hoster ({org}) is a member no longer: the vouch is taken back for good; nobody \
             follows yet.\n"
        )
    );
    collective.sees("taken back on").await;
    hoster.sees("taken back on").await;
    let left = hoster.said(&["member", "leave", &collective.authority()]);
    assert!(
        left.starts_with(&format!("Hoster collective ({group}) is left, ")),
        "{left}"
    );
}

#[tokio::test]
async fn a_refusal_comes_back_with_its_reason_and_one_may_ask_again() {
    let (collective, hoster) = both().await;
    hoster.desk.write("answers.txt", "Un : oui.\nDeux : non.\n");
    let apply = [
        "member",
        "apply",
        &collective.home(),
        "--answers",
        "answers.txt",
    ];
    hoster.said(&apply);
    collective.sees("Deux : non.").await;
    let refused = collective.said(&[
        "member",
        "refuse",
        &hoster.authority(),
        "--reason",
        "Come back with two admins.",
    ]);
    assert!(
        refused.ends_with("is refused. It is told so, with the reason.\n"),
        "{refused}"
    );
    hoster.sees(": Come back with two admins.").await;
    let waits = collective.said(&["member", "list"]);
    assert!(
        waits.starts_with("No member yet, and nobody waits: "),
        "{waits}"
    );
    hoster.said(&apply);
    collective.sees("Waiting for an answer").await;
    hoster.said(&["member", "leave", &collective.authority()]);
    eventually("nobody waits", async || {
        let list = collective.said(&["member", "list"]);
        (!list.contains("Waiting")).then_some(())
    })
    .await;
}

#[tokio::test]
async fn hosters_vouch_for_each_other_when_both_want_it() {
    let (one, other) = (
        Hand::of("one", Kind::Hoster).await,
        Hand::of("other", Kind::Hoster).await,
    );
    let offered = one.said(&["member", "vouch", &other.home()]);
    assert_eq!(
        offered,
        format!(
            "Offered Hoster other ({}) to vouch for it. The vouch is given once it accepts.\n",
            other.node.id(Local::Hoster)
        )
    );
    other.sees("offers to vouch for this hoster").await;
    let taken = other.said(&["member", "accept", &one.authority()]);
    assert!(taken.contains("is wanted, and listed here"), "{taken}");
    one.sees("the hoster lists it too").await;
    let again = one.refused(1, &["member", "vouch", &other.home()]);
    assert!(
        again.contains("already: `archipelago member renew`"),
        "{again}"
    );
    let removed = one.said(&["member", "remove", &other.authority()]);
    assert!(removed.contains("is vouched for no longer"), "{removed}");
}

#[tokio::test]
async fn what_lapses_within_thirty_days_is_said_on_both_sides() {
    let (collective, hoster) = both().await;
    hoster.said(&["member", "apply", &collective.home()]);
    collective.sees("Waiting for an answer").await;
    // The collective's people said yes long ago.
    let then = Clock::system().now() - TimeDelta::days(MAX_VOUCH_DAYS - 20) + TimeDelta::hours(1);
    let node = &collective.node;
    let federation = Federation::open(node.store.clone(), &node.config, Clock::fixed(then)).await;
    let federation = federation.unwrap().unwrap();
    federation.accept(&hoster.authority()).await.unwrap();
    let renew = format!(
        "LAPSES in 20 days: `archipelago member renew {}`",
        hoster.authority()
    );
    collective.sees(&renew).await;
    hoster.sees("LAPSES in 20 days: ask them to renew it").await;
    let status = collective.said(&["status"]);
    assert!(
        status.contains("1 within 30 days; `archipelago member renew`"),
        "{status}"
    );
    let status = hoster.said(&["status"]);
    assert!(
        status.contains("1 within 30 days; ask those who gave them"),
        "{status}"
    );
    collective.said(&["member", "renew", "--all"]);
    hoster.sees("listed here").await;
    eventually("nothing lapses", async || {
        let lapsing = |hand: &Hand| hand.said(&["member", "list"]).contains("LAPSES");
        (!lapsing(&collective) && !lapsing(&hoster)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_version_of_the_charter_never_changes_and_is_served_as_it_was_set() {
    let collective = Hand::of("collective", Kind::Collective).await;
    let none = collective.said(&["member", "charter", "show"]);
    assert!(none.starts_with("No charter yet: "), "{none}");
    assert_eq!(collective.node.node.get("/fr/charter").await.status(), 404);
    let set = [
        "member",
        "charter",
        "set",
        "charter.txt",
        "--version",
        "2026-11",
    ];
    let said = collective.said(&set);
    assert!(
        said.starts_with("Version 2026-11 of the charter is in force since "),
        "{said}"
    );
    assert_eq!(collective.said(&set), said, "once more is the same");
    collective.desk.write("charter.txt", "Another\n");
    let other = collective.refused(1, &set);
    assert!(
        other.contains("version 2026-11 was set already, with another text"),
        "{other}"
    );
    collective.said(&[
        "member",
        "charter",
        "set",
        "charter.txt",
        "--version",
        "2027",
    ]);
    let shown = collective.said(&["member", "charter", "show"]);
    assert!(shown.starts_with("2027  in force, set on "), "{shown}");
    assert!(shown.contains("2026-11  earlier, set on "), "{shown}");

    let served = collective.node.node.get("/charter/2026-11").await;
    assert_eq!(served.status(), 200);
    assert_eq!(
        served.headers()["content-type"],
        "text/plain; charset=utf-8"
    );
    assert_eq!(served.text().await.unwrap(), CHARTER);
    assert_eq!(collective.node.node.get("/charter/3").await.status(), 404);
    let page = collective
        .node
        .node
        .get("/fr/charter")
        .await
        .text()
        .await
        .unwrap();
    let versions = collective.json(&["member", "charter"]);
    for told in [
        "Hoster collective\u{a0}: charte, version 2027",
        "<p class=\"lines\">Another</p>",
        versions["versions"][0]["sha256"].as_str().unwrap(),
        versions["versions"][1]["sha256"].as_str().unwrap(),
        &format!("archipelago member apply {}", collective.home()),
        "/charter/2026-11",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let hoster = Hand::of("hoster", Kind::Hoster).await;
    for path in ["/fr/charter", "/charter/1"] {
        assert_eq!(hoster.node.node.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn an_application_under_an_earlier_charter_is_said_to_be_so() {
    let (collective, hoster) = both().await;
    hoster.said(&["member", "apply", &collective.home(), "--charter", "3"]);
    collective.sees("the one in force").await;
    collective.desk.write("charter.txt", "Charte 4\n");
    collective.said(&["member", "charter", "set", "charter.txt", "--version", "4"]);
    collective
        .sees("under charter 3, which is no longer in force")
        .await;
    collective.said(&["member", "accept", &hoster.authority()]);
    let given = &collective.json(&["member", "list"])["given"][0];
    assert_eq!(
        given["charter"]["version"], "3",
        "what the member agreed to"
    );
    // Who applies again agrees to the new one, and a renewal says so.
    hoster.sees("listed here").await;
    hoster.said(&["member", "apply", &collective.home()]);
    eventually("the renewal names the new version", async || {
        let renewed = collective.json(&["member", "renew", &hoster.authority()]);
        (renewed["vouches"][0]["charter"]["version"] == "4").then_some(())
    })
    .await;
}

#[tokio::test]
async fn each_wrong_step_has_its_sentence() {
    let (collective, hoster) = both().await;
    let directory = Hand::of("directory", Kind::Directory).await;
    let (home, own) = (collective.home(), hoster.home());
    let long = "é".repeat(MAX_WORDS_CHARS + 1);
    hoster.desk.write("long.txt", &long);
    std::fs::write(hoster.desk.path().join("latin.txt"), b"caf\xe9").unwrap();
    std::fs::write(collective.desk.path().join("latin.txt"), b"caf\xe9").unwrap();
    collective.desk.write("empty.txt", "\n");
    collective
        .desk
        .write("huge.txt", &"a".repeat(MAX_CHARTER_BYTES + 1));
    let set = |file, version| vec!["member", "charter", "set", file, "--version", version];
    for (hand, code, arguments, told) in [
        (
            &directory,
            1,
            vec!["member", "list"],
            "this is a directory's node",
        ),
        (
            &directory,
            1,
            vec!["member", "apply", &home],
            "this is no hoster's node",
        ),
        (
            &collective,
            1,
            vec!["member", "apply", &own],
            "this is no hoster's node",
        ),
        (
            &collective,
            1,
            vec!["member", "vouch", &own],
            "this is no hoster's node",
        ),
        (
            &collective,
            1,
            vec!["member", "leave", &own],
            "this is no hoster's node",
        ),
        (
            &collective,
            1,
            vec!["member", "accept", "x.example"],
            "nobody who asks something of this node; there is nobody yet",
        ),
        (
            &collective,
            1,
            vec!["member", "refuse", "x.example"],
            "nobody who asks",
        ),
        (
            &collective,
            1,
            vec!["member", "remove", "x.example"],
            "nobody for whom this node vouches",
        ),
        (
            &collective,
            1,
            vec!["member", "renew", "x.example"],
            "nobody for whom this node vouches",
        ),
        (
            &collective,
            2,
            set("charter.txt", "a/b"),
            "--version: a version is called by letters",
        ),
        (
            &collective,
            1,
            set("nothing.txt", "4"),
            "cannot read nothing.txt",
        ),
        (
            &collective,
            1,
            set("empty.txt", "4"),
            "empty.txt: the charter is empty",
        ),
        (
            &collective,
            1,
            set("latin.txt", "4"),
            "latin.txt: the charter is no plain text in UTF-8",
        ),
        (
            &collective,
            1,
            set("huge.txt", "4"),
            "huge.txt: the charter is longer than 131072 bytes",
        ),
        (
            &hoster,
            1,
            set("charter.txt", "1"),
            "this is no collective's node",
        ),
        (
            &hoster,
            1,
            vec!["member", "charter"],
            "this is no collective's node",
        ),
        (
            &hoster,
            1,
            vec!["member", "apply", &own],
            "is this node itself",
        ),
        (
            &hoster,
            2,
            vec!["member", "apply", "no name"],
            "names nobody: an address",
        ),
        (
            &hoster,
            1,
            vec!["member", "apply", "http://127.0.0.1:1/"],
            "cannot apply to http://127.0.0.1:1/",
        ),
        (
            &hoster,
            1,
            vec!["member", "apply", &home, "--charter", "9"],
            "the charter in force is version 3",
        ),
        (
            &hoster,
            2,
            vec!["member", "apply", &home, "--say", &long],
            "at most 4000 are taken",
        ),
        (
            &hoster,
            2,
            vec!["member", "apply", &home, "--say", "a\u{1b}b"],
            "holds a control character",
        ),
        (
            &hoster,
            1,
            vec!["member", "apply", &home, "--answers", "long.txt"],
            "long.txt has 4001 characters",
        ),
        (
            &hoster,
            1,
            vec!["member", "apply", &home, "--answers", "latin.txt"],
            "latin.txt is no text in UTF-8",
        ),
        (
            &hoster,
            1,
            vec!["member", "apply", &home, "--answers", "none.txt"],
            "cannot read none.txt",
        ),
        (&hoster, 1, vec!["member", "vouch", &home], "is no hoster"),
        (
            &hoster,
            1,
            vec!["member", "leave", "x.example"],
            "nobody whom this node applied to",
        ),
    ] {
        let sentence = hand.refused(code, &arguments);
        assert!(sentence.contains(told), "{arguments:?}: {sentence}");
    }
    let other = Hand::of("other", Kind::Hoster).await;
    let no_collective = hoster.refused(1, &["member", "apply", &other.home()]);
    assert!(
        no_collective.contains("is no collective"),
        "{no_collective}"
    );
    let nobody = hoster.said(&["member", "list"]);
    assert!(
        nobody.starts_with("Nobody vouches for this node yet: "),
        "{nobody}"
    );
}
