//! Lists of what others block: read, shown, and taken or dropped by a person; never by themselves.

use archipelago::domain::block::{Block, Domain, Severity};
use archipelago::federation::Kind;
use archipelago::formats::block_list::{self, BlockList};
use archipelago::store::{Blocked, ReceivedProposals, Store};
use chrono::{DateTime, Utc};

use crate::support::browser::Browser;
use crate::support::database::Database;
use crate::support::desk::Desk;
use crate::support::fediverse::Founded;

const WORST: &str = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
    evil.example,suspend,false,false,\"Spam <b>, mostly\",false\n\
    loud.example,silence,false,false,,false\n\
    ev**.example,suspend,false,false,Hidden,true\n";
const PROPOSALS: &str = "/en/manage/proposals";

fn now() -> DateTime<Utc> {
    "2026-11-28T12:00:00Z".parse().unwrap()
}

fn list(text: &str) -> BlockList {
    block_list::read(text.as_bytes()).unwrap()
}

/// Reads a list as the command does.
async fn receive(store: &Store, text: &str, source: &str) -> ReceivedProposals {
    let list = list(text);
    let source = source.to_owned().try_into().unwrap();
    let received = store.receive_proposals(&list.proposals, &list.retracted, &source, now());
    received.await.unwrap()
}

async fn directory() -> Founded {
    let directory = Founded::start("d", Kind::Directory, Database::sqlite().await).await;
    receive(&directory.store, WORST, "worst.csv").await;
    directory
}

async fn blocked(founded: &Founded) -> Vec<Block> {
    founded.store.blocks().await.unwrap()
}

#[tokio::test]
async fn a_list_is_received_once_and_blocks_nothing() {
    for database in [Database::sqlite().await, Database::postgres().await] {
        let store = database.store().await;
        let first = receive(&store, WORST, "a").await;
        assert_eq!((first.new, first.known), (2, 0));
        let again = receive(&store, WORST, "a").await;
        assert_eq!((again.new, again.known), (0, 2));
        assert!(store.blocks().await.unwrap().is_empty());
        // Another list's word about the same domain changes nothing; the list's own does.
        let other = receive(&store, "evil.example,silence\nnew.example\n", "b").await;
        assert_eq!((other.new, other.known), (1, 1));
        let own = receive(&store, "evil.example,silence\n", "a").await;
        assert_eq!((own.new, own.known), (1, 0));
        let (waiting, total) = store.proposals(9, 0).await.unwrap();
        let shown: Vec<String> = (waiting.iter())
            .map(|one| {
                let severity = one.proposal.severity.word();
                format!("{} {severity} {}", one.proposal.domain, one.source)
            })
            .collect();
        let expected = [
            "evil.example hide a",
            "loud.example hide a",
            "new.example suspend b",
        ];
        assert_eq!((shown, total), (expected.map(str::to_owned).to_vec(), 3));
    }
}

#[tokio::test]
async fn what_is_blocked_is_not_proposed_and_what_a_list_takes_back_is_gone() {
    for database in [Database::sqlite().await, Database::postgres().await] {
        let store = database.store().await;
        let domain = Domain::parse("evil.example").unwrap();
        let reason = "x".to_owned().try_into().unwrap();
        let block = store.add_block(&domain, Severity::Suspend, &reason, None, now());
        assert_eq!(block.await.unwrap(), Blocked::Done);
        let received = receive(&store, "a.evil.example\nevil.example\nbad.example\n", "a").await;
        assert_eq!((received.new, received.blocked), (1, 2));
        let retraction = r#"{"type":"OrderedCollection","orderedItems":[
            {"type":"Retraction","entityKind":"domain","entityKey":"bad.example"},
            {"type":"Retraction","entityKind":"domain","entityKey":"evil.example"}]}"#;
        assert_eq!(receive(&store, retraction, "b").await.retracted, 0);
        assert_eq!(receive(&store, retraction, "a").await.retracted, 1);
        assert_eq!(store.proposals(9, 0).await.unwrap().1, 0);
        assert_eq!(store.blocks().await.unwrap().len(), 1, "a person took that");
    }
}

#[actix_web::test]
async fn a_person_takes_what_they_choose_and_the_list_is_its_source() {
    let directory = directory().await;
    let owner = Browser::of_owner(&directory);
    assert!(owner.page("/en/manage/trust").await.contains(PROPOSALS));
    let page = owner.page(PROPOSALS).await;
    assert!(page.contains("Spam &#60;b&#62;, mostly") && page.contains("worst.csv"));
    assert!(!page.contains("checked"), "nothing is chosen beforehand");

    let chosen = [("proposed", "evil.example"), ("do", "take")];
    let after = owner.done(PROPOSALS, &chosen).await;
    assert!(after.contains("1 domain is blocked.") && !after.contains("evil.example"));
    let blocks = blocked(&directory).await;
    assert_eq!(blocks.len(), 1);
    assert_eq!(blocks[0].severity, Severity::Suspend);
    assert_eq!(blocks[0].source.as_ref().unwrap().as_str(), "worst.csv");
    let reason = blocks[0].reason.as_ref().unwrap();
    assert_eq!(reason.as_str(), "Spam <b>, mostly");

    // The list gives no reason for the other: whoever blocks it has to.
    let chosen = [("proposed", "loud.example"), ("do", "take"), ("words", " ")];
    let response = owner.post(PROPOSALS, &chosen).await;
    assert_eq!(response.status(), 422);
    let page = response.text().await.unwrap();
    assert!(page.contains("id=\"words-error\"") && page.contains("checked"));
    let chosen = [
        ("proposed", "loud.example"),
        ("do", "take"),
        ("words", "So loud"),
    ];
    owner.done(PROPOSALS, &chosen).await;
    let blocks = blocked(&directory).await;
    assert_eq!(blocks[1].reason.as_ref().unwrap().as_str(), "So loud");
    assert_eq!(blocks[1].severity, Severity::Hide);
    // Read again, it proposes neither.
    let again = receive(&directory.store, WORST, "worst.csv").await;
    assert_eq!((again.new, again.blocked), (0, 2));
}

#[actix_web::test]
async fn what_is_dropped_is_not_shown_again_whatever_lists_say() {
    let directory = directory().await;
    let owner = Browser::of_owner(&directory);
    let chosen = [
        ("proposed", "evil.example"),
        ("proposed", "loud.example"),
        ("do", "drop"),
    ];
    let after = owner.done(PROPOSALS, &chosen).await;
    assert!(after.contains("2 proposals are dropped"));
    assert!(blocked(&directory).await.is_empty());
    let again = receive(&directory.store, "evil.example,suspend\n", "another").await;
    assert_eq!((again.new, again.decided), (0, 1));
    assert!(!owner.page(PROPOSALS).await.contains("evil.example"));
    // Taken from an old page in another tab, it stays as it is.
    let stale = [("proposed", "evil.example"), ("do", "take"), ("words", "x")];
    owner.done(PROPOSALS, &stale).await;
    assert!(blocked(&directory).await.is_empty());
}

#[actix_web::test]
async fn nobody_but_the_owner_decides_and_nothing_is_decided_without_a_choice() {
    let directory = directory().await;
    let stranger = Browser::at(&directory.node);
    assert_eq!(stranger.get(PROPOSALS).await.status(), 403);
    let chosen = [
        ("proposed", "evil.example"),
        ("do", "take"),
        ("words", "Typed"),
    ];
    let response = stranger.post(PROPOSALS, &chosen).await;
    assert_eq!(response.status(), 403);
    let page = response.text().await.unwrap();
    assert!(page.contains("value=\"evil.example\"") && page.contains("Typed"));
    assert!(!page.contains("loud.example"));
    let owner = Browser::of_owner(&directory);
    let foreign = owner.post_from("https://evil.example", PROPOSALS, &chosen);
    assert_eq!(foreign.await.status(), 403);
    for fields in [
        vec![("do", "take")],
        vec![("do", "drop"), ("proposed", "<script>")],
        vec![],
    ] {
        let response = owner.post(PROPOSALS, &fields).await;
        assert_eq!(response.status(), 422);
        assert!(
            response
                .text()
                .await
                .unwrap()
                .contains("Tick at least one.")
        );
    }
    assert!(blocked(&directory).await.is_empty());
}

#[actix_web::test]
async fn a_list_that_names_this_node_itself_does_not_block_it() {
    let directory = directory().await;
    receive(
        &directory.store,
        "d.localhost,suspend,,,Ours\n",
        "spite.csv",
    )
    .await;
    let owner = Browser::of_owner(&directory);
    let chosen = [("proposed", "d.localhost"), ("do", "take")];
    let response = owner.post(PROPOSALS, &chosen).await;
    assert_eq!(response.status(), 422);
    assert!(blocked(&directory).await.is_empty());
}

#[actix_web::test]
async fn a_long_list_is_decided_on_page_by_page() {
    let directory = directory().await;
    let many: String = (10..90)
        .map(|n| format!("h{n}.example,suspend,,,x\n"))
        .collect();
    receive(&directory.store, &many, "many.csv").await;
    let owner = Browser::of_owner(&directory);
    let first = owner.page(PROPOSALS).await;
    assert!(first.contains("82 proposals wait") && first.contains("page=2"));
    let second = owner.page(&format!("{PROPOSALS}?page=2")).await;
    assert!(second.contains("h89.example") && !second.contains("evil.example"));
    for page in [
        "0",
        "-1",
        "x",
        "99999999999999999999",
        "18446744073709551615",
    ] {
        let response = owner.get(&format!("{PROPOSALS}?page={page}")).await;
        assert_eq!(response.status(), 200, "{page}");
    }
}

#[test]
fn the_command_reads_a_list_and_says_what_came_of_it() {
    let desk = Desk::with_directory();
    desk.write("worst.csv", WORST);
    let output = desk.run("block import worst.csv");
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.starts_with("proposals: 2 new, 0 known\nNothing is blocked"),
        "{said}"
    );
    let complaints = String::from_utf8(output.stderr).unwrap();
    assert!(complaints.contains("line 4, ev**.example"), "{complaints}");
    assert!(desk.said("block list").contains("Nothing is blocked."));
    let told = desk.json("block import worst.csv --source Worst");
    assert_eq!(
        (&told["known"], &told["source"]),
        (&2.into(), &"Worst".into())
    );
    assert_eq!(told["complaints"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_no_list_is_refused_by_the_command_in_a_sentence() {
    let desk = Desk::with_directory();
    for (name, text) in [
        ("empty", ""),
        ("page", "<html><body>Not found</body></html>"),
        (
            "dataset",
            r#"{"type":"Dataset","endpoints":{"snapshot":"https://x.example/"}}"#,
        ),
        ("cut", r#"{"type":"OrderedCollection","orderedItems":["#),
    ] {
        desk.write(name, text);
        let refused = desk.refused(1, &["block", "import", name]);
        assert!(refused.contains("cannot be imported"), "{refused}");
    }
    desk.refused(1, &["block", "import", "nothing.csv"]);
    desk.refused(1, &["block", "import", "https://192.0.2.1/list.csv"]);
}
