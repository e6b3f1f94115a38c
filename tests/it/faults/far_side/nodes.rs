//! Real nodes, and others that answer slowly, wrongly, endlessly or with a certificate that has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use archipelago::clock::Clock;
use archipelago::federation::Kind;
use archipelago::store::frontier::{Priority, Sown};
use chrono::TimeDelta;
use tempfile::TempDir;
use url::Url;

use crate::faults::{ALONE, Scene, UNREACHABLE, shows};
use crate::support::database::Database;
use crate::support::far_hosts::FarHosts;
use crate::support::far_tls::Authority;
use crate::support::far_web::Reply;
use crate::support::fediverse::{Site, eventually, free_port, offer};
use crate::support::followers;
use crate::support::process::{self, Process};

/// What counts that an inbox answered, and took nothing.
const PUT_OFF: &str = "archipelago_deliveries_total{end=\"put_off\"}";

/// A server whose certificate has ended, by an authority that nodes here trust.
struct Expired {
    port: u16,
    desk: TempDir,
}

impl Expired {
    async fn start() -> Self {
        let authority = Authority::new("known");
        let until = Clock::system().now() - TimeDelta::days(2);
        let port = authority.server("old.localhost", until).await.port();
        let expired = Self {
            port,
            desk: tempfile::tempdir().unwrap(),
        };
        authority.write(&expired.desk.path().join("authority.pem"));
        expired
    }

    fn url(&self, path: &str) -> Url {
        let url = format!("https://old.localhost:{}{path}", self.port);
        url.parse().unwrap()
    }

    /// A node that trusts the authority.
    async fn node(&self, site: &Site, arguments: &[&str]) -> Process {
        let mut command = process::serve(&site.config, arguments);
        command.env("SSL_CERT_FILE", self.desk.path().join("authority.pem"));
        Process::run(command, site.config.listen).await
    }
}

/// Waits until a line of a node's log has some words and names a host.
async fn says(node: &Process, words: &str, host: &str) {
    eventually(&format!("it is logged of {host}: {words}"), async || {
        let log = node.log();
        let mut lines = log.lines();
        lines
            .any(|line| line.contains(words) && line.contains(host))
            .then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_counts_by_kind_what_is_wrong_with_hosts_and_answers_meanwhile() {
    let hosts = FarHosts::start(|host, path, _| match (host, path) {
        (_, "/robots.txt") => Reply::new(404),
        ("endless", _) => Reply::new(200)
            .body(vec![b' '; 64 * 1024])
            .for_ever(Duration::ZERO),
        _ => Reply::new(200)
            .body(" ")
            .for_ever(Duration::from_millis(20)),
    })
    .await;
    let expired = Expired::start().await;
    let nobody = free_port().port();
    let database = Database::sqlite().await;
    let site = Site::found("directory", Kind::Directory, &database, free_port()).await;
    let seeds = [
        hosts.url("endless", "/"),
        hosts.url("slow", "/"),
        expired.url("/"),
        format!("http://nobody.localhost:{nobody}/")
            .parse()
            .unwrap(),
    ];
    let sown = seeds
        .each_ref()
        .map(|url| Sown::site(url, Priority::Seed).unwrap());
    let now = Clock::system().now();
    site.store.sow(&sown, now).await.unwrap();
    let node = expired.node(&site, &[]).await;
    for kind in ["too_large", "timed_out", "certificate", "unreachable"] {
        let failures = format!("archipelago_crawler_failures_total{{kind=\"{kind}\"}}");
        node.counts_more(&failures, 0).await;
        assert_eq!(node.get("/en/").await.unwrap().status(), 200);
    }
    // One host that is not well is no news for whoever runs this node; its owner sees it at /check.
    let log = node.log();
    assert!(!log.contains("ERROR"), "it is others' fault: {log}");
    for host in seeds.iter().filter_map(|url| url.host_str()) {
        assert!(!log.contains(host), "{host}: {log}");
    }
}

#[tokio::test]
async fn an_inbox_with_a_wrong_certificate_is_told_nothing_and_owed_what_it_was() {
    let expired = Expired::start().await;
    let scene = Scene::over(Database::sqlite().await).await;
    let follower = followers::actor(&expired.url("/actor"), &expired.url("/inbox"));
    let now = Clock::system().now();
    followers::follow(&scene.site.store, &[follower], now).await;
    let node = expired.node(&scene.site, ALONE).await;
    let before = node.counts(UNREACHABLE).await;
    let update = offer("pads", "Pads anew");
    scene.site.federation.update_service(update).await.unwrap();
    let debt = eventually("it is put off", async || {
        let debts = scene.site.store.debts(10).await.unwrap();
        debts.into_iter().find(|debt| debt.target.fails == 1)
    })
    .await;
    let error = debt.last_error.unwrap();
    assert!(error.contains("a certificate that is not valid"), "{error}");
    assert!(error.contains("expired"), "{error}");
    assert_eq!(debt.owed, 1);
    says(&node, "an inbox takes nothing", "old.localhost").await;
    node.counts_more(UNREACHABLE, before).await;
    shows(&node, "Pads anew").await;
    let log = node.log();
    assert!(!log.contains("ERROR"), "it is another's fault: {log}");
}

#[tokio::test]
async fn the_log_names_the_host_of_an_inbox_that_takes_nothing_and_says_when_it_takes_again() {
    let is_well = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&is_well);
    let hosts = FarHosts::start(
        move |host, _, _| match (host, told.load(Ordering::Relaxed)) {
            ("wrong", false) => Reply::new(503),
            ("silent", false) => Reply::new(202).after(Duration::from_secs(60)),
            _ => Reply::new(202).header("Content-Length", "0"),
        },
    )
    .await;
    let scene = Scene::over(Database::sqlite().await).await;
    let far = ["wrong", "silent"];
    let actors = far.map(|host| {
        let inbox = hosts.url(host, "/jeanne/inbox");
        followers::actor(&hosts.url(host, "/jeanne"), &inbox)
    });
    let now = Clock::system().now();
    followers::follow(&scene.site.store, &actors, now).await;
    let node = scene.node().await;
    let (put_off, unreachable) = (node.counts(PUT_OFF).await, node.counts(UNREACHABLE).await);
    let update = offer("pads", "Pads anew");
    scene.site.federation.update_service(update).await.unwrap();
    eventually("both are put off", async || {
        let debts = scene.site.store.debts(10).await.unwrap();
        let failing = debts.iter().filter(|debt| debt.target.fails > 0);
        (failing.count() == far.len()).then_some(())
    })
    .await;
    node.counts_more(PUT_OFF, put_off).await;
    node.counts_more(UNREACHABLE, unreachable).await;
    for host in far {
        let host = format!("{host}.localhost");
        says(&node, "an inbox takes nothing", &host).await;
    }
    is_well.store(true, Ordering::Relaxed);
    let soon = "update delivery_targets set due_at = 0";
    scene.database.execute(soon).await;
    for host in far {
        let host = format!("{host}.localhost");
        says(&node, "an inbox takes again", &host).await;
    }
    eventually("nothing is owed any more", async || {
        let owed = "select cast(count(*) as text) from owed";
        (scene.count(owed).await == 0).then_some(())
    })
    .await;
    let log = node.log();
    assert!(!log.contains("jeanne"), "an inbox may name a person: {log}");
    assert!(!log.contains("ERROR"), "it is others' fault: {log}");
}
