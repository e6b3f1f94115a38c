//! Hosts that the operator blocks are asked nothing, whatever led there.

use std::sync::Arc;

use archipelago::domain::block::{Block, Blocks, Domain, Severity};
use archipelago::domain::decision::Via;
use archipelago::domain::text::Prose;
use archipelago::fetch::Refusals;

use super::*;

const NODEINFO: &str = "/.well-known/nodeinfo";

fn blocks(names: &[&str]) -> Blocks {
    let blocks = names.iter().map(|name| Block {
        domain: Domain::parse(name).unwrap(),
        severity: Severity::Suspend,
        reason: None,
        source: None,
        since: None,
        via: Via::Operator,
    });
    Blocks::of(blocks)
}

fn crawler_refusing(store: &Store, refusals: &Refusals) -> Crawler {
    let network = Network {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
    };
    let fetcher = Fetcher::with(network, None, Lookup::system(), DEADLINE).unwrap();
    let fetcher = fetcher.refusing(refusals.clone());
    Crawler::new(store.clone(), fetcher, Clock::system(), None, GAP)
}

#[tokio::test]
async fn a_blocked_host_is_visited_neither_by_its_own_name_nor_through_another() {
    let crawl = Crawl::of(Database::sqlite().await, |host, path, request| {
        let evil = request.header("host").unwrap().replace("good.", "x.evil.");
        match (host, path) {
            ("good", NODEINFO) => Reply::redirect(301, &format!("http://{evil}/nodeinfo")),
            _ => absent(),
        }
    });
    let crawl = crawl.await;
    let refusals = Refusals::default();
    let crawler = crawler_refusing(&crawl.store, &refusals);
    let seeds = ["evil", "x.evil", "good"].map(|host| crawl.far.url(host, "/"));
    // It was known before it was blocked.
    crawler.seed(&seeds).await.unwrap();
    assert_eq!(crawl.count("hosts").await, 3);
    refusals.replace(Arc::new(blocks(&["evil.localhost"])));
    crawler.run_due(None, never()).await.unwrap();
    assert_eq!(crawl.far.asked("evil"), [""; 0]);
    assert_eq!(crawl.far.asked("x.evil"), [""; 0]);
    assert!(crawl.far.asked("good").contains(&NODEINFO.to_owned()));
    // Nor is it planned to visit it again.
    assert_eq!(crawler.seed(&seeds).await.unwrap(), 0);
    // Once it is no longer blocked it has its turn like anybody.
    refusals.replace(Arc::default());
    crawl.next_day().await;
    crawler.run_due(None, never()).await.unwrap();
    assert!(!crawl.far.asked("evil").is_empty());
}

#[tokio::test]
async fn who_is_suspended_while_nobody_looks_has_left_the_frontier() {
    let crawl = Crawl::of(Database::sqlite().await, |_, _, _| absent()).await;
    let seeds = ["evil", "x.evil", "notevil"].map(|host| crawl.far.url(host, "/"));
    crawl.crawler().seed(&seeds).await.unwrap();
    let evil = Domain::parse("evil.localhost").unwrap();
    let reason = Prose::parse("Spam").unwrap();
    let now = Clock::system().now();
    let added = crawl
        .store
        .add_block(&evil, Severity::Suspend, &reason, None, now);
    added.await.unwrap();
    // A crawler that knows nothing of blocks finds nobody there to visit.
    crawl.crawler().run_due(None, never()).await.unwrap();
    assert_eq!(crawl.far.asked("evil"), [""; 0]);
    assert_eq!(crawl.far.asked("x.evil"), [""; 0]);
    assert!(!crawl.far.asked("notevil").is_empty());
}
