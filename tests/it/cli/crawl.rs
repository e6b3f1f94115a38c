//! `crawl`: what it takes, what it says.

use std::time::Duration;

use crate::support::desk::{Desk, stderr, stdout};
use crate::support::far_hosts::FarHosts;
use crate::support::far_web::Reply;
use crate::support::fediverse::eventually;

const ALLOWED: &str = "--allow-net 127.0.0.0/8";

#[test]
fn what_is_no_site_or_host_is_refused() {
    let desk = Desk::new();
    for (arguments, problem) in [
        (
            &["crawl", "--once", "--seed", "ftp://a.example/"][..],
            "--seed: ",
        ),
        (&["crawl", "--once", "--seed", "a b"], "--seed: "),
        (
            &["crawl", "--once", "--seed", "https://127.0.0.1/"],
            "IP address",
        ),
        (
            &["crawl", "--once", "--seed", "http://a.example/"],
            "not https",
        ),
        (
            &["crawl", "--once", "--seed", "http://a.localhost:1/"],
            "not https",
        ),
        (&["crawl", "--once", "--host", "a.example/x"], "--host: "),
    ] {
        let sentence = desk.refused(2, arguments);
        assert!(sentence.contains(problem), "{sentence}");
    }
}

#[test]
fn where_nothing_is_due_nothing_is_done() {
    let desk = Desk::new();
    let said = desk.said("crawl --once");
    assert!(
        said.starts_with("visited    0 hosts with 0 requests\n"),
        "{said}"
    );
    assert_eq!(desk.json("crawl --once")["requests"], 0);
    assert!(
        desk.said("status")
            .contains("visits          no host is known yet\n")
    );
}

#[tokio::test]
async fn a_run_says_what_came_of_it_and_status_what_is_known() {
    let far = FarHosts::start(|host, path, _| match (host, path) {
        (_, "/robots.txt") if host == "hidden" => {
            Reply::new(200).body("User-agent: *\nDisallow: /\n")
        }
        ("broken", _) => Reply::new(500),
        _ => Reply::new(404),
    });
    let far = far.await;
    let desk = Desk::new();
    let seeds = ["empty", "hidden", "broken"].map(|host| format!("--seed {}", far.url(host, "/")));
    let crawl = format!("crawl --once {ALLOWED} {}", seeds.join(" "));
    let mut command = desk.command(&format!("{crawl} --json"));
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    let output = output.await.unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("no address yet"),
        "{}",
        stderr(&output)
    );
    let summary: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    for (name, number) in [
        ("hosts", 3),
        ("requests", 8),
        ("absent", 5),
        ("forbidden", 1),
    ] {
        assert_eq!(summary[name], number, "{name}: {summary}");
    }
    assert_eq!(summary["failed"]["broken (5xx)"], 1);
    let status = desk.said("status");
    assert!(
        status.contains("visits          3 hosts with 7 addresses\n"),
        "{status}"
    );
    let flowing: Vec<&str> = status.split_whitespace().collect();
    let flowing = flowing.join(" ");
    assert!(
        flowing.contains("broken.localhost") && flowing.contains("robots.txt answered 500"),
        "{status}"
    );
    let frontier = &desk.json("status")["frontier"];
    assert_eq!(
        (&frontier["hosts"], &frontier["due"]),
        (&3.into(), &0.into()),
        "{frontier}"
    );
    let mut again = desk.command(&crawl);
    let again = tokio::task::spawn_blocking(move || again.output().unwrap())
        .await
        .unwrap();
    assert!(
        stdout(&again).starts_with("visited    0 hosts"),
        "{}",
        stdout(&again)
    );
}

#[tokio::test]
async fn asked_to_stop_it_ends_what_is_under_way_and_says_so_far() {
    let far = FarHosts::start(|_, _, _| Reply::new(404).after(Duration::from_millis(200))).await;
    let desk = Desk::new();
    let mut crawl = desk
        .command(&format!(
            "crawl --json {ALLOWED} --seed {}",
            far.url("a", "/")
        ))
        .spawn()
        .unwrap();
    eventually("it has begun to ask", async || {
        (!far.asked("a").is_empty()).then_some(())
    })
    .await;
    let pid = crawl.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let ended = tokio::task::spawn_blocking(move || {
        let status = crawl.wait().unwrap();
        let output = std::io::read_to_string(crawl.stdout.take().unwrap()).unwrap();
        (status, output)
    });
    let (status, output) = ended.await.unwrap();
    assert!(status.success());
    let summary: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!(summary["requests"], far.log().len());
    let frontier = &desk.json("status")["frontier"];
    assert_eq!(
        (&frontier["hosts"], &frontier["due"]),
        (&1.into(), &1.into()),
        "{frontier}"
    );
}
