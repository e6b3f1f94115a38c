//! How much of one host is read in one turn and in one round, and what becomes of the rest.

use archipelago::crawler::{
    MAX_BYTES_PER_ROUND, MAX_ITEMS_PER_ROUND, MAX_PAGES_PER_ROUND, MAX_REQUESTS_PER_TURN,
};
use archipelago::store::frontier::ROUND;
use chrono::TimeDelta;

use super::*;
use crate::support::database::on_both_engines;

/// So many documents at one host, each of which says the same.
async fn host_of(
    database: Database,
    documents: u32,
    format: Format,
    says: impl Fn() -> Reply + Send + Sync + 'static,
) -> Crawl {
    let crawl = Crawl::of(database, move |_, path, _| match path {
        "/robots.txt" => absent(),
        _ => says(),
    })
    .await;
    let sown: Vec<Sown> = (0..documents)
        .map(|number| to_read(crawl.far.url("a", &format!("/{number}")), format))
        .collect();
    crawl.store.sow(&sown, Clock::system().now()).await.unwrap();
    crawl
}

/// Lets the host have spent this much of its round already.
async fn spend(crawl: &Crawl, what: &str) {
    crawl
        .database
        .execute(&format!("update hosts set {what}"))
        .await;
}

/// Lets the frontier believe that the round is over.
async fn next_round(crawl: &Crawl) {
    crawl
        .pass((ROUND + TimeDelta::hours(1)).num_milliseconds())
        .await;
}

/// Whether each of so many documents was asked for.
fn asked_for_all(crawl: &Crawl, documents: u32) -> bool {
    let asked = crawl.far.asked("a");
    (0..documents).all(|number| asked.contains(&format!("/{number}")))
}

on_both_engines! {
    async fn a_host_has_so_many_requests_in_a_round_and_the_rest_in_the_next(database: Database) {
        let crawl = host_of(database, 30, Format::LibreHost, absent).await;
        spend(&crawl, &format!("pages = {}", MAX_PAGES_PER_ROUND - 10)).await;
        assert_eq!(crawl.run(&[]).await.requests, 10, "robots.txt and nine documents");
        assert_eq!(crawl.run(&[]).await.requests, 0, "until the round is over");
        next_round(&crawl).await;
        assert_eq!(crawl.run(&[]).await.requests, 1 + 21, "robots.txt is read anew");
        assert_eq!(crawl.far.asked("a").len(), 10 + 22);
    }
}

#[tokio::test]
async fn a_host_that_says_too_much_is_asked_no_more_in_its_round() {
    // Each leads to five thousand addresses where we never go.
    let entries: serde_json::Map<_, _> = (0..MAX_ITEMS_PER_ROUND / 2)
        .map(|n| (n.to_string(), format!("http://169.254.1.1/{n}").into()))
        .collect();
    let directory = serde_json::Value::Object(entries).to_string();
    let says = move || json(&directory);
    let crawl = host_of(Database::sqlite().await, 3, Format::LibreHosters, says).await;
    let summary = crawl.run(&[]).await;
    assert_eq!((summary.requests, summary.read, summary.found), (3, 2, 0));
    assert_eq!(crawl.run(&[]).await.requests, 0);
    assert!(!asked_for_all(&crawl, 3));
    next_round(&crawl).await;
    crawl.run(&[]).await;
    assert!(asked_for_all(&crawl, 3));
}

#[tokio::test]
async fn a_host_that_sends_too_much_is_asked_no_more_in_its_round() {
    const DOCUMENT: u64 = 100 * 1024;
    let filled = format!("{ORGANIZATION}# {}", "x".repeat(DOCUMENT as usize));
    let says = move || text(&filled);
    let crawl = host_of(Database::sqlite().await, 4, Format::ChatonsInfos, says).await;
    spend(
        &crawl,
        &format!("bytes = {}", MAX_BYTES_PER_ROUND - 2 * DOCUMENT),
    )
    .await;
    let summary = crawl.run(&[]).await;
    assert_eq!((summary.requests, summary.read), (3, 2));
    assert!(summary.bytes >= 2 * DOCUMENT, "{}", summary.bytes);
    assert_eq!(crawl.run(&[]).await.requests, 0);
    next_round(&crawl).await;
    crawl.run(&[]).await;
    assert!(asked_for_all(&crawl, 4));
}

#[tokio::test]
async fn who_has_much_to_say_lets_others_have_their_turn() {
    let crawl = host_of(Database::sqlite().await, 9, Format::LibreHost, absent).await;
    // The database notes each lease, and how much had been asked by then: who looks now and then may miss one.
    for sql in [
        "create table turns (asked bigint not null)",
        "create trigger note after update of leased_until on hosts when new.leased_until > 0
         begin insert into turns (asked) values (new.pages); end",
    ] {
        crawl.database.execute(sql).await;
    }
    let now = Clock::system().now();
    let summary = crawl.run(&[]).await;
    // The next turn comes once the host has rested: then another worker has it.
    let noted = "select asked from turns order by rowid";
    let expected = [0, 1, 2].map(|turn| (turn * MAX_REQUESTS_PER_TURN).to_string());
    assert_eq!(crawl.database.rows(noted).await.concat(), expected);
    assert_eq!((crawl.far.asked("a").len(), summary.hosts), (10, 1));
    assert!(crawl.far.shortest_gap().unwrap() >= GAP);
    assert_eq!(crawl.store.next_lease_at(now, None).await.unwrap(), None);
}
