//! A node that is told to stop takes leave: it says so first, and cuts nobody off.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::desk::{Desk, Served};

/// How many connections ask without a pause.
const CLIENTS: usize = 24;
/// How long it goes on answering, in seconds: long enough for a slow machine to see that, where every client has a
/// request before ours.
const LEAVE: u32 = 15;
/// How long something may take that happens by itself.
const PATIENCE: Duration = Duration::from_secs(120);

/// One connection, kept alive as a balancer keeps it.
struct Line(BufReader<TcpStream>);

/// What came back: a status, and whether it is the last on its connection.
struct Heard {
    status: u16,
    is_last: bool,
    body: Vec<u8>,
}

impl Line {
    fn to(node: &str) -> Option<Self> {
        let address = node.strip_prefix("http://").unwrap();
        TcpStream::connect(address)
            .ok()
            .map(|stream| Self(BufReader::new(stream)))
    }

    fn say(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    fn ask(&mut self, path: &str) -> Result<Heard, String> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let written = self.0.get_mut().write_all(request.as_bytes());
        written.map_err(|error| format!("{path} could not be asked for: {error}"))?;
        self.hear()
    }

    fn hear(&mut self) -> Result<Heard, String> {
        let mut heard = Heard {
            status: 0,
            is_last: false,
            body: Vec::new(),
        };
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line);
            read.map_err(|error| format!("the answer was cut: {error}"))?;
            if line.is_empty() {
                return Err("the connection ended before the answer".to_owned());
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(status) = line.strip_prefix("http/1.1 ") {
                heard.status = status[..3].parse().unwrap();
            } else if let Some(length) = line.strip_prefix("content-length: ") {
                heard.body = vec![0; length.parse().unwrap()];
            } else if line == "connection: close" {
                heard.is_last = true;
            } else if line.is_empty() {
                break;
            }
        }
        let body = self.0.read_exact(&mut heard.body);
        body.map_err(|error| format!("the answer was cut: {error}"))?;
        Ok(heard)
    }
}

fn served(desk: &Desk, leave: u32) -> Served {
    desk.write(
        "archipelago.toml",
        &format!("[server]\nleave_seconds = {leave}\n"),
    );
    desk.serve("--demo")
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn under_load_a_node_says_that_it_leaves_and_answers_whatever_it_is_asked_until_then() {
    let desk = Desk::new();
    let node = served(&desk, LEAVE);
    let url = node.url.clone();
    let leaves = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicUsize::new(0));
    let ask_on = {
        let (url, leaves, answered) = (url.clone(), leaves.clone(), answered.clone());
        move |client: usize| -> Result<(), String> {
            let mut kept = None;
            for number in 0.. {
                // What a balancer does: nothing more to whoever leaves.
                if leaves.load(Ordering::SeqCst) {
                    return Ok(());
                }
                let mut line = kept
                    .take()
                    .or_else(|| Line::to(&url))
                    .ok_or("refused while it still takes leave")?;
                let path = format!("/fr/services?q=pad&near=Lyon&page={}", 1 + number % 3);
                let heard = line
                    .ask(&path)
                    .map_err(|error| format!("client {client}, request {number}: {error}"))?;
                if heard.status != 200 {
                    return Err(format!("{path}: {}", heard.status));
                }
                answered.fetch_add(1, Ordering::SeqCst);
                if !heard.is_last {
                    kept = Some(line);
                }
            }
            Ok(())
        }
    };
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let ask_on = ask_on.clone();
            std::thread::spawn(move || ask_on(client))
        })
        .collect();
    until("the load is on", || {
        answered.load(Ordering::SeqCst) > CLIENTS
    });
    let mut balancer = Line::to(&url).unwrap();
    let ready = balancer.ask("/readyz").unwrap();
    assert_eq!((ready.status, ready.is_last), (200, false));

    let stopping = std::thread::spawn(move || node.stop("-TERM"));
    let mut said = String::new();
    until("it says that it leaves", || {
        let heard = balancer.ask("/readyz").unwrap();
        said = String::from_utf8(heard.body).unwrap();
        if heard.is_last {
            balancer = Line::to(&url).unwrap();
        }
        heard.status == 503
    });
    assert!(said.contains("\"status\":\"stopping\""), "{said}");
    let before = answered.load(Ordering::SeqCst);
    until("it goes on answering meanwhile", || {
        answered.load(Ordering::SeqCst) > before
    });
    leaves.store(true, Ordering::SeqCst);
    for client in clients {
        assert_eq!(client.join().unwrap(), Ok(()));
    }
    let (code, took) = stopping.join().unwrap();
    assert_eq!(code, Some(0));
    assert!(took >= Duration::from_secs(LEAVE.into()), "{took:?}");
    assert!(Line::to(&url).is_none(), "it listens no more");
}

#[test]
fn a_request_that_is_under_way_is_answered_and_quiet_connections_keep_nobody() {
    let desk = Desk::new();
    let node = served(&desk, 0);
    let url = node.url.clone();
    let mut quiet = Line::to(&url).unwrap();
    assert_eq!(quiet.ask("/fr/join").unwrap().status, 200);
    let mut slow = Line::to(&url).unwrap();
    let head = "POST /fr/check HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\
                Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 23\r\n\r\n";
    slow.say(head);
    let mut operator = Line::to(&url).unwrap();
    until("the post is under way", || {
        let metrics = operator.ask("/metrics").unwrap().body;
        let metrics = String::from_utf8(metrics).unwrap();
        metrics.contains("archipelago_http_requests_in_flight{class=\"forms\"} 1\n")
    });
    let stopping = std::thread::spawn(move || node.stop("-TERM"));
    until("it listens no more", || Line::to(&url).is_none());
    slow.say("url=https://hoster.tld/");
    let heard = slow.hear().unwrap();
    assert!(heard.status < 500, "{}", heard.status);
    assert!(heard.is_last);
    let (code, took) = stopping.join().unwrap();
    assert_eq!(code, Some(0));
    // A connection that keeps it is waited for 15 s.
    assert!(took < Duration::from_secs(14), "{took:?}");
    let mut rest = Vec::new();
    let ended = quiet.0.read_to_end(&mut rest);
    assert_eq!(ended.unwrap(), 0, "closed, not cut");
}
