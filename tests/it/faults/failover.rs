//! The primary server of the database dies, and a standby takes its place.

use std::time::{Duration, Instant};

use archipelago::store::Store;

use super::{ALONE, AWAY, Scene, shows};
use crate::support::database::Database;
use crate::support::fediverse::{eventually, free_port, offer};
use crate::support::postgres::Server;
use crate::support::process::Process;

/// The longest until nodes use a standby that was promoted.
const FOUND_WITHIN: Duration = Duration::from_secs(20);

/// A database on a primary and a standby that has all that is acknowledged.
struct Pair {
    primary: Server,
    standby: Server,
}

impl Pair {
    async fn start() -> Self {
        let primary = Server::start_at(free_port());
        let standby = Server::standby_of(&primary, free_port());
        let at_primary = Database::at(&primary.url());
        for sql in [
            "alter system set synchronous_standby_names = 'standby'",
            "select cast(pg_reload_conf() as text)",
        ] {
            at_primary.execute(sql).await;
        }
        eventually("the standby is waited for", async || {
            let sql =
                "select cast(count(*) as text) from pg_stat_replication where sync_state = 'sync'";
            (at_primary.rows(sql).await[0][0] == "1").then_some(())
        })
        .await;
        Self { primary, standby }
    }

    /// The address that names both.
    fn url(&self) -> String {
        let (one, two) = (self.primary.address(), self.standby.address());
        format!("postgres://archipelago@{one},{two}/postgres?target_session_attrs=read-write")
    }
}

#[tokio::test]
async fn when_the_primary_dies_replicas_go_on_with_the_standby_and_nothing_acknowledged_is_lost() {
    let pair = Pair::start().await;
    let mut scene = Scene::over(Database::at(&pair.url())).await;
    scene.database = Database::at(&pair.standby.url());
    let one = scene.node().await;
    let two = scene.node_of(&scene.site.replica()).await;

    let federation = scene.site.federation.clone();
    let writer = tokio::spawn(async move {
        let mut acknowledged = Vec::new();
        for number in 0.. {
            let slug = format!("s{number}");
            match federation.add_services(vec![offer(&slug, &slug)]).await {
                Ok(()) => acknowledged.push(slug),
                Err(_) => break,
            }
        }
        acknowledged
    });
    eventually("much is written", async || {
        let sql = "select cast(count(*) as text) from services";
        (scene.count(sql).await > 20).then_some(())
    })
    .await;
    pair.primary.kill();
    let acknowledged = writer.await.unwrap();
    assert!(acknowledged.len() >= 20, "{}", acknowledged.len());
    for node in [&one, &two] {
        node.logs("the database is away").await;
        scene.reads_go_on_and_writes_do_not(node).await;
        node.counts_more(AWAY, 0).await;
    }
    pair.standby.promote();
    let promoted = Instant::now();
    for node in [&one, &two] {
        node.logs("the database is back").await;
    }
    assert!(
        promoted.elapsed() < FOUND_WITHIN,
        "{:?}",
        promoted.elapsed()
    );
    let kept = scene
        .database
        .rows("select id from services")
        .await
        .concat();
    for slug in &acknowledged {
        let id = format!("_{slug}");
        let times = kept
            .iter()
            .filter(|kept| **kept == *slug || kept.ends_with(&id));
        assert_eq!(times.count(), 1, "{slug}");
    }
    // Of what was not acknowledged, one at most was under way.
    assert!(kept.len() <= acknowledged.len() + 2, "{}", kept.len());
    scene.writes_work_again(&one).await;
    shows(&two, "Pads anew").await;

    // The old primary comes back and takes writes, as it should not: nobody uses it.
    pair.primary.start_again();
    let new = Process::serve(&scene.site.replica(), ALONE).await;
    new.logs("all take writes").await;
    shows(&new, "Pads anew").await;
    let store = Store::open(&pair.url()).await.unwrap();
    let directory = store.directory().await.unwrap();
    let names = directory
        .services
        .iter()
        .map(|service| service.name.to_string());
    assert!(names.into_iter().any(|name| name == "Pads anew"));
}

#[tokio::test]
async fn a_standby_alone_is_refused_with_what_to_do() {
    let pair = Pair::start().await;
    let refused = Store::open(&pair.standby.url()).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("does the address lead to a primary server?"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_server_that_says_nothing_keeps_nobody_waiting_who_can_ask_another() {
    let there = Server::start_at(free_port());
    // So that its tables are there: making them may take a busy machine longer than what is measured.
    Store::open(&there.url()).await.unwrap();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (silent_one, one) = (silent.local_addr().unwrap(), there.address());
    let begun = Instant::now();
    let url = format!("postgres://archipelago@{silent_one},{one}/postgres");
    let store = Store::open(&url).await.unwrap();
    // Two for the silent one, and it would be ten for one that is waited for.
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(store.away_for(), None);
}
