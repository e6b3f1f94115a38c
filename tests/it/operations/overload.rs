//! More requests at once than are answered soon: the rest is told to come again, at once, and nobody else waits.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use archipelago::clock::Clock;
use archipelago::config::Server;
use reqwest::Method;
use serde_json::Value;

use crate::support::database::Database;
use crate::support::fediverse::eventually;
use crate::support::metrics;
use crate::support::node::{TestNode, config};
use crate::support::records::some_day;

const AT_ONCE: u32 = 3;
/// How long a connection that says nothing is kept at least: five seconds, by a clock that is looked at twice a second.
const QUIET_FOR: Duration = Duration::from_secs(4);

async fn node(server: Server) -> TestNode {
    let database = Database::sqlite().await;
    let mut config = config(&database, ([127, 0, 0, 1], 0).into(), None);
    config.server = server;
    TestNode::running(database, config, Clock::fixed(some_day()), true)
}

async fn with_few_requests() -> TestNode {
    node(Server {
        requests_at_once: NonZeroU32::new(AT_ONCE).unwrap(),
        ..Server::default()
    })
    .await
}

fn connect(node: &TestNode) -> TcpStream {
    let url = node.url("");
    TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap()
}

/// A form whose last byte is not sent yet.
fn slow_form(node: &TestNode) -> TcpStream {
    let mut stream = connect(node);
    let head = "POST /fr/check HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\
                Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                Content-Length: 5\r\n\r\nurl=";
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

async fn figure(node: &TestNode, metric: &str) -> u64 {
    let answer = node.get("/metrics").await;
    assert_eq!(answer.status(), 200);
    metrics::count(&answer.text().await.unwrap(), metric)
}

#[tokio::test]
async fn one_request_too_many_is_told_at_once_to_come_again_and_other_classes_are_answered() {
    let node = with_few_requests().await;
    let mut slow: Vec<_> = (0..AT_ONCE).map(|_| slow_form(&node)).collect();
    let under_way = "archipelago_http_requests_in_flight{class=\"forms\"}";
    eventually("all are under way", async || {
        (figure(&node, under_way).await == u64::from(AT_ONCE)).then_some(())
    })
    .await;
    for (path, language, title) in [
        ("/fr/check", "fr", "Un instant, s’il vous plaît"),
        ("/en/check", "en", "One moment, please"),
    ] {
        let refused = node.ask(Method::POST, path, &[]).await;
        assert_eq!(refused.status(), 503, "{path}");
        let headers = refused.headers().clone();
        assert_eq!(headers["retry-after"], "5");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert!(headers.contains_key("content-security-policy"));
        let page = refused.text().await.unwrap();
        assert!(page.contains(&format!("<html lang=\"{language}\">")));
        assert!(page.contains(title), "{page}");
    }
    let still = figure(&node, under_way).await;
    assert_eq!(still, u64::from(AT_ONCE), "nobody waits for the slow ones");
    for path in [
        "/fr/services",
        "/api/v1/needs",
        "/healthz",
        "/readyz",
        "/metrics",
    ] {
        assert_eq!(node.get(path).await.status(), 200, "{path}");
    }
    assert_eq!(node.get("/go/polls?seed=1").await.status(), 303);
    assert_ne!(node.get("/fr/manage").await.status(), 503);
    let shed = figure(
        &node,
        "archipelago_http_requests_shed_total{class=\"forms\"}",
    );
    assert_eq!(shed.await, 2);
    for stream in &mut slow {
        stream.write_all(b"a").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 4"), "answered: {answer}");
    }
    for _ in 0..10 {
        assert_ne!(node.ask(Method::POST, "/fr/check", &[]).await.status(), 503);
    }
    assert_eq!(figure(&node, under_way).await, 0);
    // However it is written, it is what its route is.
    assert_eq!(node.get("/api/v1/change%73?since=0").await.status(), 404);
    let changes = "archipelago_http_requests_total{class=\"changes\",status=\"4xx\"}";
    assert_eq!(figure(&node, changes).await, 1);
}

/// What a thread works on waits for nobody's eyes: requests that came together are seen together.
#[tokio::test]
async fn a_flood_of_requests_that_wait_for_nothing_but_the_processor_is_shed_too() {
    const FLOOD: usize = 100;
    let node = with_few_requests().await;
    let mut asked = 0;
    let mut flood = || {
        let begun = Instant::now();
        let greet = |_| {
            let mut stream = connect(&node);
            let greeting = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
            stream.write_all(greeting).unwrap();
            stream
        };
        let mut streams: Vec<_> = (0..FLOOD).map(greet).collect();
        for stream in &mut streams {
            // Taken up by a thread, and not in the system's own queue.
            let mut answer = [0; 4_096];
            assert!(stream.read(&mut answer).unwrap() > 0);
        }
        for stream in &mut streams {
            // Each another question, so that none is answered from memory.
            asked += 1;
            let request = format!(
                "GET /api/v1/search?q=pad+{asked}&near=Lyon&limit=100 HTTP/1.1\r\nHost: localhost\r\n\
                 Accept-Language: en\r\nConnection: close\r\n\r\n"
            );
            // Whether it was taken is seen by the answer.
            let _ = stream.write_all(request.as_bytes());
        }
        let (mut answered, mut shed) = (0, 0);
        for mut stream in streams {
            let mut answer = String::new();
            let read = stream.read_to_string(&mut answer);
            // On a slow machine some may have come too late, and the next flood has to show it.
            let Some((head, body)) = answer.split_once("\r\n\r\n") else {
                assert!(begun.elapsed() > QUIET_FOR, "cut: {read:?}");
                continue;
            };
            match &head[..12] {
                "HTTP/1.1 200" => answered += 1,
                "HTTP/1.1 503" => {
                    shed += 1;
                    let head = head.to_ascii_lowercase();
                    assert!(head.contains("retry-after: 5"), "{head}");
                    assert!(head.contains("content-type: application/problem+json"));
                    assert!(head.contains("access-control-allow-origin: *"));
                    let problem: Value = serde_json::from_str(body).unwrap();
                    assert_eq!(problem["status"], 503);
                    assert_eq!(problem["title"], "Not now");
                }
                "HTTP/1.1 408" if begun.elapsed() > QUIET_FOR => {}
                other => panic!("{other}"),
            }
        }
        (answered, shed)
    };
    let (answered, _) = eventually("some are shed", async || {
        Some(flood()).filter(|(_, shed)| *shed > 0)
    })
    .await;
    assert!(answered > 0, "some are answered");
    for _ in 0..10 {
        let asked = node.get("/api/v1/search?q=pad&near=Lyon").await;
        assert_eq!(asked.status(), 200);
    }
}

#[tokio::test]
async fn whoever_dribbles_a_head_is_sent_away_and_makes_room_for_others() {
    const CONNECTIONS: u32 = 8;
    let node = node(Server {
        connections: NonZeroU32::new(CONNECTIONS).unwrap(),
        ..Server::default()
    })
    .await;
    let begun = Instant::now();
    // Twice as many as there may be, so that each thread that answers has its fill.
    let dribbling: Vec<_> = (0..2 * CONNECTIONS)
        .map(|_| {
            let mut stream = connect(&node);
            stream.write_all(b"GET /fr/ HTTP/1.1\r\nHos").unwrap();
            stream
        })
        .collect();
    let asking = node.ask(Method::GET, "/healthz", &[]);
    let answer = tokio::time::timeout(Duration::from_secs(60), asking).await;
    assert_eq!(answer.expect("there is room again").status(), 200);
    let waited = begun.elapsed();
    assert!(
        waited > Duration::from_secs(3),
        "there was no room: {waited:?}"
    );
    for mut stream in dribbling {
        let mut answer = Vec::new();
        // Sent away with a word, or without one.
        if stream.read_to_end(&mut answer).is_ok() && !answer.is_empty() {
            let answer = String::from_utf8(answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        }
    }
}
