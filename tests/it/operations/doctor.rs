//! `archipelago doctor`: the real binary, over a node behind a server that is really set up well or badly.

use std::fs::File;
use std::process::Output;

use archipelago::clock::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use rustix::process::{Resource, Rlimit, prlimit};
use serde_json::Value;

use crate::support::database::{Database, on_both_engines};
use crate::support::desk::{Desk, Served, stderr, stdout};
use crate::support::far_proxy::{self, Passes};
use crate::support::far_tls::Authority;
use crate::support::fediverse::{eventually, free_port};
use crate::support::node::config;
use crate::support::process::Process;
use crate::upgrades::past;

/// A node that was founded behind a server with TLS.
struct Behind {
    desk: Desk,
}

impl Behind {
    async fn start(until: DateTime<Utc>, passes: Passes) -> Self {
        let desk = Desk::new();
        let authority = Authority::new("known");
        let node = free_port();
        let front = far_proxy::start(&authority, "a.localhost", until, node, passes).await;
        authority.write(&desk.path().join("authority.pem"));
        desk.said(&format!(
            "init --domain https://a.localhost:{} --kind directory --name Annuaire --listen {node} \
             --allow-net 127.0.0.0/8",
            front.port()
        ));
        Self { desk }
    }

    /// The node, once it listens.
    async fn serve(&self) -> Served {
        let mut command = self
            .desk
            .command("serve --without crawler --allow-net 127.0.0.0/8");
        command
            .env("SSL_CERT_FILE", self.desk.path().join("authority.pem"))
            .stderr(File::create(self.desk.path().join("log")).unwrap());
        tokio::task::spawn_blocking(move || Served::of(command))
            .await
            .unwrap()
    }

    async fn doctor(&self, flags: &str) -> Output {
        let mut command = self
            .desk
            .command(&format!("doctor --allow-net 127.0.0.0/8 {flags}"));
        command.env("SSL_CERT_FILE", self.desk.path().join("authority.pem"));
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }

    /// What is not well, a word for each check, and how the command ended.
    async fn found(&self) -> (Vec<String>, Option<i32>) {
        let output = self.doctor("--json").await;
        let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
        let checks = report["checks"].as_array().unwrap().iter();
        let bad = checks.filter(|check| check["verdict"] != "ok");
        let words = bad.map(|check| {
            assert!(check["advice"].is_string(), "{check}");
            let [verdict, name] = ["verdict", "check"].map(|key| check[key].as_str().unwrap());
            format!("{verdict} {name}")
        });
        (words.collect(), output.status.code())
    }
}

fn in_two_months() -> DateTime<Utc> {
    Clock::system().now() + TimeDelta::days(60)
}

#[tokio::test]
async fn each_thing_that_the_server_in_front_does_wrong_is_named() {
    for (passes, expected, code) in [
        (Passes::Whole, &["warning network"][..], 0),
        (Passes::WithoutHost, &["warning network", "wrong host"], 1),
        (
            Passes::WithoutForwarded,
            &["warning network", "warning scheme", "warning client"],
            0,
        ),
        (
            Passes::WithoutWellKnown,
            &["warning network", "wrong webfinger"],
            1,
        ),
    ] {
        let behind = Behind::start(in_two_months(), passes).await;
        let _node = behind.serve().await;
        let (found, ended) = behind.found().await;
        assert_eq!(found, expected, "{passes:?}");
        assert_eq!(ended, Some(code), "{passes:?}");
    }
}

#[tokio::test]
async fn an_address_that_others_cannot_reach_is_named_with_the_reason() {
    let behind = Behind::start(in_two_months(), Passes::Nothing).await;
    let node = behind.serve().await;
    let (found, code) = behind.found().await;
    assert!(found.contains(&"wrong address".to_owned()), "{found:?}");
    assert_eq!(code, Some(1));
    drop(node);

    let over = Clock::system().now() - TimeDelta::days(9);
    let behind = Behind::start(over, Passes::Whole).await;
    let output = behind.doctor("").await;
    assert_eq!(output.status.code(), Some(1));
    let told = stdout(&output);
    assert!(told.contains("wrong    address"), "{told}");
    assert!(told.contains("expired"), "{told}");
    assert!(told.contains("→ have a certificate made"), "{told}");
    assert!(told.contains("warning  here"), "no node runs: {told}");
    assert!(told.contains("ok       database"), "{told}");
    let said = stderr(&output);
    assert!(
        said.ends_with("archipelago: one thing is wrong: see above\n"),
        "{said}"
    );
}

#[tokio::test]
async fn a_certificate_that_ends_soon_is_told_before_it_does() {
    let soon = Clock::system().now() + TimeDelta::days(9);
    let behind = Behind::start(soon, Passes::Whole).await;
    let _node = behind.serve().await;
    let (found, code) = behind.found().await;
    assert_eq!(found, ["warning network", "warning certificate"]);
    assert_eq!(code, Some(0));
}

#[tokio::test]
async fn a_node_that_starts_says_in_its_log_what_is_wrong_and_tells_when_its_certificate_ends() {
    let until = in_two_months();
    let behind = Behind::start(until, Passes::WithoutHost).await;
    let node = behind.serve().await;
    let line = eventually("it says so", async || {
        let log = behind.desk.read("log");
        let line = log.lines().find(|line| line.contains("heard 127.0.0.1"));
        line.map(str::to_owned)
    })
    .await;
    assert!(line.contains("WARN"), "{line}");
    assert!(line.contains("proxy_set_header Host $http_host"), "{line}");
    let metrics = reqwest::get(format!("{}/metrics", node.url)).await.unwrap();
    let metrics = metrics.text().await.unwrap();
    let end = until.date_naive().and_hms_opt(0, 0, 0).unwrap().and_utc();
    let told = format!(
        "archipelago_certificate_ends_timestamp_seconds {}.0\n",
        end.timestamp()
    );
    assert!(metrics.contains(&told), "{metrics}");
}

#[test]
fn where_there_is_no_node_the_way_to_one_is_told() {
    let desk = Desk::new();
    let output = desk.run("doctor");
    assert_eq!(output.status.code(), Some(1));
    let told = stdout(&output);
    assert!(told.contains("wrong    database"), "{told}");
    assert!(told.contains("archipelago init"), "{told}");
    assert!(!desk.has("archipelago.db"), "it makes no database");
}

#[tokio::test]
async fn the_files_that_the_node_may_open_count_and_not_those_of_the_shell() {
    let database = Database::sqlite().await;
    let settings = config(&database, free_port(), None);
    let node = Process::serve(&settings, &["--demo"]).await;
    let few = Rlimit {
        current: Some(777),
        maximum: Some(777),
    };
    prlimit(Some(node.id()), Resource::Nofile, few).unwrap();
    let desk = Desk::new();
    let doctor = ["doctor", "--json", "--database-url", database.url()];
    let files = || {
        let mut doctor = desk.command_of(&doctor);
        doctor.env("ARCHIPELAGO_LISTEN", settings.listen.to_string());
        let report: Value = serde_json::from_str(&stdout(&doctor.output().unwrap())).unwrap();
        let mut checks = report["checks"].as_array().unwrap().iter();
        checks
            .find(|check| check["check"] == "files")
            .unwrap()
            .clone()
    };
    let told = files();
    assert_eq!(told["seen"], "the node may open 777 files");
    assert_eq!(told["verdict"], "warning");
    drop(node);
    let told = files();
    let seen = told["seen"].as_str().unwrap();
    assert!(seen.starts_with("what is started from here"), "{seen}");
}

on_both_engines! {
    async fn whoever_looks_before_an_upgrade_changes_no_table(database: Database) {
        let directories = past::of("directory").await;
        directories[0].laid_into(&database).await;
        let desk = Desk::new();
        let doctor = ["doctor", "--allow-net", "127.0.0.0/8", "--database-url", database.url()];
        let before = database.rows("select version from _sqlx_migrations").await;
        let output = desk.run_of(&doctor);
        assert_eq!(database.rows("select version from _sqlx_migrations").await, before);
        let behind = past::migrations().await.len() - before.len();
        let told = stdout(&output);
        assert!(told.contains("warning  database"), "{told}");
        assert!(told.contains(&format!("changes to come: {behind}")), "{told}");
        assert!(!told.contains("never founded"), "{told}");
        drop(database.store().await);
        let told = stdout(&desk.run_of(&doctor));
        assert!(told.contains("ok       database"), "{told}");
    }

    async fn of_a_database_with_nothing_in_it_the_way_to_a_node_is_told(database: Database) {
        let desk = Desk::new();
        if let Some(file) = database.file() {
            std::fs::write(file, "").unwrap();
        }
        let output = desk.run_of(&["doctor", "--database-url", database.url()]);
        assert_eq!(output.status.code(), Some(1));
        let told = stdout(&output);
        assert!(told.contains("there is nothing in it yet"), "{told}");
        assert!(told.contains("archipelago init"), "{told}");
    }
}
