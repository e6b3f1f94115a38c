//! What a directory knows and does not tell: marked, it is looked for in all that is published.

use std::io::Read;

use archipelago::clock::Clock;
use archipelago::domain::block::{Domain, Severity};
use archipelago::domain::text::{Link, Name, Prose};
use archipelago::federation::Kind;
use archipelago::formats::snapshot::unpacked;

use super::copied::{caught_up, mirror};
use crate::support::database::{Database, on_both_engines};
use crate::support::fediverse::{Founded, eventually};
use crate::support::node::TestNode;
use crate::support::records::{hoster, hoster_by, service};

/// What is told to nobody holds this.
const MARK: &str = "canary";
/// A count of visitors that nothing else comes to.
const MARKED_COUNT: &str = "918273645";
/// What is told to everybody.
const SHOWN: &str = "Shown to all";

/// Rows beside the directory, each with a mark.
const MARKED: [&str; 8] = [
    "insert into reports (seq, hoster, reason, words, folded, times, received_at, state)
     values (1, 'shown', 'wrong', 'canary-report', 'canary-report', 1, 1, 'open')",
    "insert into proposals (domain, seq, severity, comment, source, received_at, state)
     values ('canary-proposal.example', 1, 'hide', 'canary-proposal', 'canary-list', 1, 'open')",
    "insert into relations (id, kind, actor, object, document, stated_at)
     values ('https://canary-asked.example/1', 'application', 'https://canary-asked.example/',
             'https://shown.example/', '{\"content\":\"canary-words\"}', 1)",
    "insert into flags (id, asker, asked, words, sent_at)
     values ('https://canary-flag.example/1', 'https://canary-flag.example/', 'https://b.example/',
             'canary-flag', 1)",
    "insert into left_out (key, document, noted_at)
     values ('host:canary-left-out.example', 'https://canary-left-out.example/', 1)",
    "insert into tokens (hash, label, created_at) values ('canary-hash', 'canary-token', 1)",
    "insert into sent (day, hoster, times) values (1, 'canary-sent', 918273645)",
    "insert into settings (name, value) values ('canary-setting', 'canary-setting')",
];

/// Fills a directory with what it tells and what it does not.
async fn fill(node: &Founded, rows: &Database) {
    let now = Clock::system().now();
    for sql in MARKED {
        rows.execute(sql).await;
    }
    let held = hoster_by("third-party-list", "shown", "canary-held");
    let held = serde_json::to_string(&held).unwrap();
    rows.execute(&format!(
        "insert into statements (subject, id, kind, source, held, seen_at)
         values ('hoster', 'shown', 'third-party-list', 'canary-source', '{held}', 1)"
    ))
    .await;
    let mut shown = hoster_by("third-party-list", "shown", SHOWN);
    let contact = "chatonsinfos:organization.contact.email".to_owned();
    (shown.other).insert(contact, "canary-hoster@shown.example".to_owned());
    let mut pads = service("shown", "shown-pads");
    let contact = "chatonsinfos:service.contact.email".to_owned();
    (pads.other).insert(contact, "canary-service@shown.example".to_owned());
    let version = "chatonsinfos:software.version".to_owned();
    pads.other.insert(version, "9.8.7".to_owned());
    let mut blocked = hoster("canary-blocked");
    blocked.name = Name::parse("A canary-blocked hoster").unwrap();
    blocked.website = Some(Link::parse("https://blocked.example/").unwrap());
    let reason = Prose::parse("Known to us.").unwrap();
    let domain = Domain::parse("blocked.example").unwrap();
    let block = (node.store).add_block(&domain, Severity::Hide, &reason, None, now);
    block.await.unwrap();
    let (hosters, services) = ([shown, blocked], [pads]);
    let kept = node.store.keep(&hosters, &services, now);
    kept.await.unwrap();
}

/// The text of a node's snapshot.
async fn snapshot_of(node: &TestNode) -> String {
    let packed = eventually("there is a snapshot", async || {
        let answer = node.get("/api/v1/snapshot").await;
        match answer.status().is_success() {
            true => Some(answer.bytes().await.unwrap()),
            false => None,
        }
    })
    .await;
    let mut text = String::new();
    let mut unpacked = unpacked(&packed[..]).unwrap();
    unpacked.read_to_string(&mut text).unwrap();
    text
}

on_both_engines! {
    async fn what_is_told_to_nobody_is_in_nothing_that_is_published(database: Database) {
        let rows = database.shared();
        let node = Founded::start("discreet", Kind::Directory, database).await;
        let since = node.store.revision().await.unwrap();
        let path = format!("/api/v1/changes?since={since}");
        eventually("changes are told", async || {
            (node.node.get(&path).await.status() == 200).then_some(())
        })
        .await;
        fill(&node, &rows).await;
        let changes = eventually("what is shown to all is told", async || {
            let text = node.node.get(&path).await.text().await.unwrap();
            text.contains(SHOWN).then_some(text)
        })
        .await;
        let copy = Database::sqlite().await;
        let mirror = mirror(&node, &copy).await;
        caught_up(&node, &mirror).await;
        let keys = rows.rows("select private_pem from local_keys").await.concat();
        let lines = keys.iter().flat_map(|key| key.lines());
        let secrets: Vec<&str> = lines.filter(|line| line.len() > 40).collect();
        assert!(!secrets.is_empty());
        for (what, text) in [
            ("the changes", changes),
            ("the snapshot", snapshot_of(&node.node).await),
            ("what a mirror hands on", snapshot_of(&mirror).await),
        ] {
            assert!(text.contains(SHOWN) && text.contains("9.8.7"), "{what}");
            let told = text.to_lowercase().find(MARK);
            let told = told.map(|at| &text[at..(at + 40).min(text.len())]);
            assert_eq!(told, None, "{what}");
            assert!(!text.contains(MARKED_COUNT) && !text.contains("PRIVATE"), "{what}");
            assert!(!secrets.iter().any(|secret| text.contains(secret)), "{what}");
        }
        let service = mirror.json("/api/v1/services/shown-pads").await;
        assert_eq!(service, node.node.json("/api/v1/services/shown-pads").await);
    }
}
