//! `/metrics`, as Prometheus reads it.

use archipelago::clock::Clock;
use archipelago::federation::Kind;
use archipelago::store::frontier::{Priority, Purpose, Sown};
use chrono::TimeDelta;
use reqwest::Method;

use crate::support::database::Database;
use crate::support::fediverse::{Founded, eventually};
use crate::support::metrics::value;
use crate::support::node::{TestNode, config};
use crate::support::records::some_day;

async fn text(node: &TestNode) -> String {
    let answer = node.ask(Method::GET, "/metrics", &[]).await;
    assert_eq!(answer.status(), 200);
    let media_type = answer.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        media_type.starts_with("application/openmetrics-text; version=1.0.0"),
        "{media_type}"
    );
    answer.text().await.unwrap()
}

#[tokio::test]
async fn the_figures_are_those_of_the_directory_and_the_frontier() {
    let database = Database::postgres().await;
    let store = database.store().await;
    let sown = |host: &str| Sown {
        url: format!("https://{host}/librehost.json").parse().unwrap(),
        purpose: Purpose::Probe,
        priority: Priority::Heard,
        led_by: None,
        of: None,
        depth: 0,
        page: 0,
        redirected: false,
    };
    store
        .sow(&[sown("a.example"), sown("b.example")], some_day())
        .await
        .unwrap();
    let clock = Clock::fixed(some_day());
    let settings = config(&database, ([127, 0, 0, 1], 0).into(), None);
    let node = TestNode::running(database.shared(), settings, clock.clone(), true);
    let before = text(&node).await;
    for (metric, expected) in [
        ("archipelago_directory_revision", "2"),
        ("archipelago_listed_hosters", "99"),
        ("archipelago_hosters{standing=\"reported\"}", "106"),
        ("archipelago_hosters{standing=\"anchor\"}", "0"),
        ("archipelago_frontier_hosts", "2"),
        ("archipelago_frontier_hosts_due", "2"),
        ("archipelago_frontier_targets", "2"),
        ("archipelago_services_watched", "0"),
        ("archipelago_deliveries_owed", "0"),
        ("archipelago_records_held", "0"),
    ] {
        assert_eq!(value(&before, metric), expected, "{metric}");
    }
    assert!(before.contains("archipelago_build_info{version=\""));
    assert!(before.ends_with("# EOF\n"));
    assert!(
        !before.contains("archipelago_crawler"),
        "a demo does not crawl"
    );
    // Whoever asks again and again does not have the database counted again and again.
    store.sow(&[sown("c.example")], some_day()).await.unwrap();
    assert_eq!(value(&text(&node).await, "archipelago_frontier_hosts"), "2");
    clock.advance(TimeDelta::seconds(10));
    assert_eq!(value(&text(&node).await, "archipelago_frontier_hosts"), "3");
    let posted = node.ask(Method::POST, "/metrics", &[]).await;
    assert_eq!(posted.status(), 405);
}

#[actix_web::test]
async fn posts_that_are_refused_are_counted_by_reason() {
    let node = Founded::start("a", Kind::Directory, Database::sqlite().await).await;
    let posted = node.node.ask(Method::POST, "/ap/inbox", &[]).await;
    assert_eq!(posted.status(), 401);
    eventually("it is counted", async || {
        let told = text(&node.node).await;
        told.contains("archipelago_inbox_posts_total{end=\"unsigned\"} 1\n")
            .then_some(())
    })
    .await;
}
