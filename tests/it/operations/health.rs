//! `/healthz` and `/readyz`.

use std::time::{Duration, Instant};

use archipelago::clock::Clock;
use archipelago::federation::Kind;
use archipelago::web::{Health, Whom};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{AnyConnection, Connection, Executor};

use crate::support::database::Database;
use crate::support::fediverse::{Founded, eventually};
use crate::support::node::{TestNode, config};
use crate::support::records::some_day;

/// How long answers may take that ask nobody: far more than on a slow machine, and less than the half minute for which
/// whoever asked would wait for a lock that lasts until the test ends it.
const FROM_MEMORY: Duration = Duration::from_secs(25);

async fn readiness(node: &TestNode) -> (u16, Value) {
    let answer = node.get("/readyz").await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let status = answer.status().as_u16();
    let body = answer.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_node_that_answers_says_which_it_is_and_what_arrived_of_the_question() {
    let node = Founded::start("a", Kind::Directory, Database::sqlite().await).await;
    let ask = async |headers: &[(&str, &str)]| {
        let answer = node.node.ask(Method::GET, "/healthz", headers).await;
        assert_eq!(answer.status(), 200);
        let body = answer.bytes().await.unwrap();
        serde_json::from_slice::<Health>(&body).unwrap()
    };
    let direct = ask(&[]).await;
    assert_eq!(direct.status, "answers");
    assert_eq!(direct.node, node.config.domain);
    assert_eq!(direct.asked.scheme, "http");
    assert_eq!(direct.asked.client, Whom::Untold);
    assert_eq!(direct.asked.host, node.listens_at().to_string());
    let behind = ask(&[
        ("host", "hoster.example"),
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-proto", "https"),
    ])
    .await;
    assert_eq!(behind.instance, direct.instance);
    assert_eq!(behind.asked.host, "hoster.example");
    assert_eq!(behind.asked.scheme, "https");
    assert_eq!(behind.asked.client, Whom::Told);
    let posted = node.node.ask(Method::POST, "/healthz", &[]).await;
    assert_eq!(posted.status(), 405);
}

#[tokio::test]
async fn without_its_database_a_node_stays_ready_and_says_since_when_it_is_away() {
    let database = Database::postgres().await;
    let clock = Clock::fixed(some_day());
    let settings = config(&database, ([127, 0, 0, 1], 0).into(), None);
    let node = TestNode::running(database.shared(), settings, clock.clone(), true);
    let ready = json!({ "status": "ready", "database": "answers" });
    assert_eq!(readiness(&node).await, (200, ready.clone()));
    // As long as nobody looks again, the clock's day is that of the last answer.
    database
        .execute("alter table revision rename to revision_away")
        .await;
    let away = json!({ "status": "ready", "database": "away since 2026-11-23T12:00:00Z" });
    eventually("the node notices", async || {
        (readiness(&node).await == (200, away.clone())).then_some(())
    })
    .await;
    assert_eq!(node.get("/fr/").await.status(), 200);
    let asked = node.get("/metrics").await.text().await.unwrap();
    assert!(asked.contains("archipelago_database_answers 0\n"));
    assert!(asked.contains("archipelago_ready 1\n"));
    assert!(asked.contains("archipelago_loop_in_trouble{loop=\"watch\"} 1\n"));
    clock.advance(TimeDelta::minutes(5));
    database
        .execute("alter table revision_away rename to revision")
        .await;
    eventually("the database is back", async || {
        (readiness(&node).await == (200, ready.clone())).then_some(())
    })
    .await;
    let asked = node.get("/metrics").await.text().await.unwrap();
    assert!(asked.contains("archipelago_loop_in_trouble{loop=\"watch\"} 0\n"));
    assert!(!asked.contains("archipelago_loop_failures_total{loop=\"watch\"} 0\n"));
}

#[tokio::test]
async fn probes_are_answered_at_once_while_the_database_says_nothing_at_all() {
    let database = Database::postgres().await;
    let settings = config(&database, ([127, 0, 0, 1], 0).into(), None);
    let clock = Clock::fixed(some_day());
    let node = TestNode::running(database.shared(), settings, clock, true);
    let mut connection = AnyConnection::connect(database.url()).await.unwrap();
    for held in [
        "begin",
        "lock table revision in access exclusive mode",
        "lock table delivery_targets in access exclusive mode",
    ] {
        connection.execute(held).await.unwrap();
    }
    let begun = Instant::now();
    for _ in 0..50 {
        let [alive, ready] = ["/healthz", "/readyz"].map(|path| node.get(path));
        assert_eq!(alive.await.status(), 200);
        assert_eq!(ready.await.status(), 200);
    }
    assert!(begun.elapsed() < FROM_MEMORY);
    eventually("its silence is noticed", async || {
        let (_, said) = readiness(&node).await;
        said["database"]
            .as_str()
            .unwrap()
            .starts_with("away")
            .then_some(())
    })
    .await;
    let begun = Instant::now();
    let text = node.get("/metrics").await.text().await.unwrap();
    assert!(text.contains("archipelago_database_answers 0\n"));
    assert!(begun.elapsed() < FROM_MEMORY);
    connection.execute("rollback").await.unwrap();
    eventually("it answers again", async || {
        (readiness(&node).await.1["database"] == "answers").then_some(())
    })
    .await;
}
