//! What a node that stopped or died left is found by the next.

use archipelago::catalogue::Sent;
use archipelago::clock::Clock;
use archipelago::domain::hoster::HosterId;
use archipelago::federation::Kind;
use sqlx::{AnyConnection, Connection, Executor};

use crate::support::database::{Database, on_both_engines};
use crate::support::fediverse::{Site, free_port, offer};
use crate::support::followers::{self, Inbox};
use crate::support::process::Process;
use crate::support::records::some_day;

/// What the log says of work that was there already.
const WAITS: &str = "goes on with what waits";

#[tokio::test]
async fn a_node_says_what_waits_for_it_when_it_starts_and_nothing_where_nothing_does() {
    let database = Database::sqlite().await;
    let site = Site::found("hoster", Kind::Hoster, &database, free_port()).await;
    let idle = ["--without", "crawler,delivery"];
    let mut node = Process::serve(&site.config, &idle).await;
    let inbox = Inbox::start().await;
    let now = Clock::system().now();
    followers::follow(&site.store, &[inbox.actor()], now).await;
    let pads = offer("pads", "Pads");
    site.federation.add_services(vec![pads]).await.unwrap();
    node.kill();
    let log = node.log();
    assert!(!log.contains(WAITS), "{log}");

    let node = Process::serve(&site.config, &idle).await;
    node.logs(WAITS).await;
    let log = node.log();
    let line = log.lines().find(|line| line.contains(WAITS)).unwrap();
    assert!(line.contains("INFO"), "{line}");
    assert!(
        line.contains("received=0") && line.contains("owed=1"),
        "{line}"
    );
}

on_both_engines! {
    async fn counts_that_were_about_to_be_kept_when_a_node_was_told_to_stop_are_kept_once(database: Database) {
        let store = database.store().await;
        let sent = Sent::default();
        let hoster = HosterId::parse("a").unwrap();
        let today = some_day().date_naive();
        for _ in 0..3 {
            sent.count(&hoster, today);
        }
        let held = match database.file() {
            Some(_) => "begin immediate",
            None => "begin; lock table sent in access exclusive mode",
        };
        let mut holding = AnyConnection::connect(database.url()).await.unwrap();
        holding.execute(held).await.unwrap();
        // As the loop that keeps them ends when the node is told to stop.
        tokio::select! {
            biased;
            _ = sent.keep(&store, some_day()) => panic!("nothing can be written"),
            () = tokio::task::yield_now() => {}
        }
        sent.count(&hoster, today);
        holding.execute("rollback").await.unwrap();
        for _ in 0..2 {
            sent.keep(&store, some_day()).await.unwrap();
            let kept = store.sent_since(today).await.unwrap();
            assert_eq!(kept, [("a".to_owned(), 4)]);
        }
    }
}
