//! How much of the API one client may ask for, and who counts as one.

use std::num::NonZeroU32;

use archipelago::clock::Clock;
use archipelago::config::Limits;
use reqwest::{Method, Response};
use serde_json::Value;

use crate::support::database::Database;
use crate::support::node::{TestNode, config};
use crate::support::records::some_day;

/// Three requests at once, and one more a minute.
const BURST: u32 = 3;
const ASKED: &str = "/api/v1/needs";

async fn node(limits: Limits) -> TestNode {
    let database = Database::sqlite().await;
    let mut config = config(&database, ([127, 0, 0, 1], 0).into(), None);
    config.limits = limits;
    TestNode::running(database, config, Clock::fixed(some_day()), true)
}

fn few() -> Limits {
    Limits {
        per_minute: NonZeroU32::new(1),
        burst: NonZeroU32::new(BURST).unwrap(),
        ..Limits::default()
    }
}

/// Asks as a proxy on this machine does for somebody.
async fn ask_for(node: &TestNode, client: &str, path: &str) -> Response {
    let header = [("x-forwarded-for", client)];
    node.ask(Method::GET, path, &header).await
}

async fn exhaust(node: &TestNode, client: &str) {
    for _ in 0..BURST {
        assert_eq!(ask_for(node, client, ASKED).await.status(), 200);
    }
}

#[tokio::test]
async fn who_asks_too_much_is_told_when_to_come_again_and_nobody_else_waits() {
    let node = node(few()).await;
    exhaust(&node, "203.0.113.7").await;
    for (path, title) in [
        (ASKED, "Trop de demandes"),
        ("/api/v1/search?lang=en", "Too many requests"),
    ] {
        let refused = ask_for(&node, "203.0.113.7", path).await;
        assert_eq!(refused.status(), 429);
        let headers = refused.headers().clone();
        assert_eq!(headers["content-type"], "application/problem+json");
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["ratelimit"], "\"api\";r=0;t=180");
        assert_eq!(headers["ratelimit-policy"], "\"api\";q=3;w=180");
        let seconds: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
        let problem: Value = serde_json::from_slice(&refused.bytes().await.unwrap()).unwrap();
        assert_eq!(
            (&problem["title"], &problem["status"]),
            (&title.into(), &429.into())
        );
        assert_eq!(problem["field"], Value::Null);
    }
    for other in ["203.0.113.8", "2001:db8::1", "203.0.113.7, 203.0.113.9"] {
        assert_eq!(ask_for(&node, other, ASKED).await.status(), 200, "{other}");
    }
}

#[tokio::test]
async fn each_answer_says_what_is_left_whatever_it_is() {
    let node = node(few()).await;
    let first = ask_for(&node, "203.0.113.7", ASKED).await;
    assert_eq!(first.headers()["ratelimit"], "\"api\";r=2;t=60");
    let tag = first.headers()["etag"].to_str().unwrap();
    let known = [("x-forwarded-for", "203.0.113.7"), ("if-none-match", tag)];
    let unchanged = node.ask(Method::GET, ASKED, &known).await;
    assert_eq!(unchanged.status(), 304);
    assert_eq!(unchanged.headers()["ratelimit"], "\"api\";r=1;t=120");
    let nothing = ask_for(&node, "203.0.113.7", "/api/v1/nothing").await;
    assert_eq!(nothing.status(), 404);
    assert_eq!(nothing.headers()["ratelimit"], "\"api\";r=0;t=180");
}

#[tokio::test]
async fn preflights_and_pages_cost_nothing() {
    let node = node(few()).await;
    let client = [
        ("x-forwarded-for", "203.0.113.7"),
        ("origin", "https://a.example"),
    ];
    for _ in 0..10 {
        let preflight = node.ask(Method::OPTIONS, ASKED, &client).await;
        assert_eq!(preflight.status(), 204);
        assert_eq!(
            ask_for(&node, "203.0.113.7", "/fr/join").await.status(),
            200
        );
        assert_eq!(
            ask_for(&node, "203.0.113.7", "/go/polls?seed=1")
                .await
                .status(),
            303
        );
    }
    exhaust(&node, "203.0.113.7").await;
    assert_eq!(ask_for(&node, "203.0.113.7", ASKED).await.status(), 429);
    assert_eq!(
        ask_for(&node, "203.0.113.7", "/fr/services?q=pad")
            .await
            .status(),
        200
    );
}

#[tokio::test]
async fn a_network_of_ipv6_is_one_client() {
    let node = node(few()).await;
    for host in 1..=BURST {
        let client = format!("2001:db8:1:2::{host}");
        assert_eq!(ask_for(&node, &client, ASKED).await.status(), 200);
    }
    assert_eq!(
        ask_for(&node, "2001:db8:1:2:f::1", ASKED).await.status(),
        429
    );
    assert_eq!(ask_for(&node, "2001:db8:1:3::1", ASKED).await.status(), 200);
}

#[tokio::test]
async fn whoever_is_no_trusted_proxy_is_not_believed_for_whom_it_asks() {
    let limits = Limits {
        trusted_proxies: Vec::new(),
        ..few()
    };
    let node = node(limits).await;
    for host in 1..=BURST {
        let forged = format!("203.0.113.{host}");
        assert_eq!(ask_for(&node, &forged, ASKED).await.status(), 200);
    }
    assert_eq!(ask_for(&node, "203.0.113.99", ASKED).await.status(), 429);
    assert_eq!(node.get(ASKED).await.status(), 429);
}

#[tokio::test]
async fn where_nobody_says_who_asks_and_where_nothing_is_limited_all_are_answered() {
    let limited = node(few()).await;
    for _ in 0..=BURST {
        let answer = limited.get(ASKED).await;
        assert_eq!(answer.status(), 200);
        assert!(!answer.headers().contains_key("ratelimit"));
    }
    let unlimited = node(Limits {
        per_minute: None,
        ..few()
    })
    .await;
    for _ in 0..=BURST {
        assert_eq!(
            ask_for(&unlimited, "203.0.113.7", ASKED).await.status(),
            200
        );
    }
}
