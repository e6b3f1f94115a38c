//! The log: for people or for programs, and never about who asks.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpStream;

use serde_json::Value;

use crate::support::database::Database;
use crate::support::desk::{Desk, Served};
use crate::support::fediverse::free_port;
use crate::support::node::config;
use crate::support::process::Process;

/// What a visitor sends; none of it may come to stand in a log.
const TELLTALES: [&str; 7] = [
    "tellquery",
    "203.0.113.77",
    "2001:db8:7e11::7e11",
    "telltoken",
    "tellcookie",
    "tellbody",
    "tellagent",
];

/// A founded node whose log goes to a file.
fn served(desk: &Desk, level: &str, format: &str) -> Served {
    let port = free_port().port();
    desk.said(&format!(
        "init --domain http://a.localhost:{port} --kind directory --name Annuaire --listen 127.0.0.1:{port} \
         --allow-net 127.0.0.0/8"
    ));
    let mut command = desk.command("serve --without crawler --allow-net 127.0.0.0/8");
    command
        .env("ARCHIPELAGO_LOG", level)
        .env("ARCHIPELAGO_LOG_FORMAT", format)
        .stderr(File::create(desk.path().join("log")).unwrap());
    Served::of(command)
}

/// Sends a request with everything in it that tells of a person.
fn send(node: &Served, method: &str, path: &str, body: &str) {
    let address = node.url.strip_prefix("http://").unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nOrigin: {}\r\n\
         X-Forwarded-For: 203.0.113.77, 2001:db8:7e11::7e11\r\nForwarded: for=203.0.113.77\r\n\
         Cookie: archipelago=tellcookie; session=telltoken\r\nAuthorization: Bearer telltoken\r\n\
         User-Agent: tellagent/1\r\nReferer: http://{address}/?tellquery\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        node.url,
        body.len()
    );
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
}

fn visit_everything(node: &Served) {
    for path in [
        "/?q=tellquery",
        "/fr/?what=tellquery&near=tellquery",
        "/en/leave?what=tellquery&near=tellquery",
        "/fr/leave/tellquery?near=tellquery",
        "/en/services?q=tellquery&near=tellquery&page=tellquery",
        "/fr/map?q=tellquery",
        "/fr/services/tellquery",
        "/fr/check?url=https://tellquery.example/",
        "/embed?need=polls&near=tellquery",
        "/go/polls?near=tellquery&seed=tellquery",
        "/api/v1/search?q=tellquery&near=tellquery&standing=tellquery",
        "/api/v1/places?q=tellquery",
        "/api/v1/changes?since=tellquery",
        "/.well-known/webfinger?resource=acct:tellquery@tellquery.example",
        "/ap/tellquery?page=tellquery",
        "/fr/manage?token=telltoken",
        "/healthz?tellquery",
        "/readyz?tellquery",
        "/metrics?tellquery",
        "/%ff%fetellquery",
        "/fr/services?q=%00tellquery%ff",
    ] {
        send(node, "GET", path, "");
    }
    for (path, body) in [
        ("/ap/inbox", "{\"id\":\"tellbody\"}"),
        ("/ap/actor/inbox", "tellbody"),
        ("/fr/check", "url=https://tellbody.example/"),
        ("/fr/manage/login", "token=telltoken"),
        (
            "/fr/hosters/tellquery/report",
            "reason=other&words=tellbody",
        ),
        ("/api/v1/search", "tellbody"),
    ] {
        send(node, "POST", path, body);
    }
    send(node, "DELETE", "/fr/?tellquery", "tellbody");
    send(node, "tellquery", "/fr/?tellquery", "tellbody");
}

#[test]
fn no_line_tells_of_whoever_asks_even_where_everything_is_told() {
    for level in ["info", "debug", "info,archipelago=trace"] {
        let desk = Desk::new();
        let node = served(&desk, level, "text");
        visit_everything(&node);
        node.stop("-TERM");
        let log = desk.read("log");
        for telltale in TELLTALES {
            let told = log.lines().find(|line| line.contains(telltale));
            assert_eq!(told, None, "at {level}");
        }
    }
}

#[test]
fn each_line_is_an_object_where_programs_read_it() {
    let desk = Desk::new();
    let node = served(&desk, "info", "json");
    let (code, _) = node.stop("-TERM");
    assert_eq!(code, Some(0));
    let log = fs::read_to_string(desk.path().join("log")).unwrap();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for line in &lines {
        for field in ["timestamp", "level", "target", "message"] {
            assert!(line[field].is_string(), "{line}");
        }
    }
    let stopped = lines.iter().find(|line| line["message"] == "asked to stop");
    assert_eq!(stopped.unwrap()["level"], "INFO");
}

#[test]
fn a_format_nobody_knows_is_refused_with_those_there_are() {
    let desk = Desk::new();
    let mut command = desk.command("status");
    let output = command.env("ARCHIPELAGO_LOG_FORMAT", "xml").output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("\"xml\" is none of text, json"), "{said}");
}

#[test]
fn what_strangers_send_is_no_error_of_ours() {
    let desk = Desk::new();
    let node = served(&desk, "info", "text");
    send(&node, "GE T", "/fr/", "");
    node.stop("-TERM");
    let log = desk.read("log");
    assert!(!log.contains("ERROR"), "{log}");
}

#[tokio::test]
async fn a_second_start_says_nothing_of_tables_that_are_there() {
    let database = Database::postgres().await;
    drop(database.store().await);
    let settings = config(&database, free_port(), None);
    let node = Process::serve(&settings, &["--demo"]).await;
    let log = node.log();
    assert!(!log.contains("already exists"), "{log}");
}
