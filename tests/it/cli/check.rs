//! `check`: what a directory sees of a site or a document, in a terminal.

use std::process::Output;

use crate::support::desk::{Desk, stderr, stdout};
use crate::support::far_hosts::FarHosts;
use crate::support::far_web::Reply;

const FILE: &str = "/.well-known/chatonsinfos/organization.properties";
const ORGANIZATION: &str = "file.class = organization
organization.name = An association
this line says nothing
";

async fn check(desk: &Desk, arguments: &str) -> Output {
    let mut command = desk.command(&format!("check --allow-net 127.0.0.0/8 {arguments}"));
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    output.await.unwrap()
}

#[tokio::test]
async fn a_site_is_visited_as_the_crawler_does_and_told_fact_by_fact() {
    let far = FarHosts::start(|_, path, _| match path {
        FILE => Reply::new(200).body(ORGANIZATION),
        _ => Reply::new(404),
    });
    let far = far.await;
    let desk = Desk::new();
    let output = check(&desk, far.url("a", "/").as_str()).await;
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stdout(&output);
    for part in [
        "chatonsinfos: read (200)",
        "hoster An association",
        "own-file",
        "  line 3, ",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(far.asked("a")[0], "/robots.txt");
    assert!(!desk.has("archipelago.db"));
    let gap = far.shortest_gap().unwrap();
    assert!(gap.as_millis() >= 1_000, "{gap:?}");
}

#[tokio::test]
async fn a_site_where_nothing_can_be_read_is_a_failure_with_the_report() {
    let far = FarHosts::start(|_, path, _| match path {
        "/robots.txt" => Reply::new(200).body("User-agent: *\nDisallow: /\n"),
        _ => Reply::new(404),
    });
    let far = far.await;
    let output = check(&Desk::new(), &format!("{} --json", far.url("a", "/"))).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("nothing that a directory reads"));
    let report: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(
        report["hosts"][0]["targets"][0]["error"],
        "robots.txt forbids it"
    );
}

#[test]
fn a_document_is_told_with_the_line_of_each_fault() {
    let desk = Desk::new();
    let site = "organization.website = https://a.example/\n";
    desk.write("a.properties", &format!("{ORGANIZATION}{site}"));
    let said = desk.said("check a.properties");
    assert!(said.starts_with("a.properties: chatonsinfos\n"), "{said}");
    assert!(said.contains("line 3, ") && said.contains("An association"));
    let told = desk.json("check a.properties");
    assert_eq!(told["faults"][0]["line"], 3);
    assert_eq!(told["hosters"][0]["name"], "An association");
    assert!(!desk.has("archipelago.db"));
}

#[test]
fn what_cannot_be_read_or_is_no_address_is_told_apart() {
    let desk = Desk::new();
    desk.write("broken.json", "{ broken");
    let said = desk.refused(1, &["check", "broken.json"]);
    assert!(said.contains("cannot be read as archipelago"), "{said}");
    let said = desk.refused(1, &["check", "broken.json", "--format", "nodeinfo"]);
    assert!(said.contains("cannot be read as nodeinfo"), "{said}");
    desk.refused(2, &["check", "no such file"]);
    desk.refused(2, &["check", "https://127.0.0.1/"]);
    desk.refused(2, &["check", "http://a.localhost:1/"]);
    desk.refused(2, &["check", "a.example", "--format", "librehost"]);
}
