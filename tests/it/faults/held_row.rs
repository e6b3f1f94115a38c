//! Another process changes the directory for long, as an import does, and whoever else changes it waits.

use std::pin::pin;
use std::time::Duration;

use archipelago::clock::Clock;
use archipelago::federation::Kind;
use archipelago::store::frontier::{Priority, Sown};
use archipelago::store::{Change, Effect, Store, Visit};
use futures_util::future::join_all;
use sqlx::{AnyConnection, Connection, Executor};

use crate::support::database::{Database, on_both_engines};
use crate::support::far_actor::{ACTIVITY_JSON, Far};
use crate::support::far_web::Reply;
use crate::support::fediverse::{Site, eventually, free_port};

/// More than a store has connections to its database.
const WRITERS: usize = 10;

/// Another that changes the directory and does not come to an end.
async fn holder(database: &Database) -> AnyConnection {
    sqlx::any::install_default_drivers();
    let mut other = AnyConnection::connect(database.url()).await.unwrap();
    let begin = match other.backend_name() {
        "SQLite" => "begin immediate",
        _ => "begin",
    };
    other.execute(begin).await.unwrap();
    let taking = "update revision set number = number where name = 'directory'";
    other.execute(taking).await.unwrap();
    other
}

/// Has each of so many hosts visited, all at once; says how many were new by each.
async fn sow(store: &Store, named: &str) -> Vec<u64> {
    let now = Clock::system().now();
    let sowing = (0..WRITERS).map(|number| async move {
        let site = format!("https://{named}{number}.example/").parse().unwrap();
        let sown = [Sown::site(&site, Priority::Seed).unwrap()];
        store.sow(&sown, now).await.unwrap()
    });
    join_all(sowing).await
}

#[tokio::test]
async fn while_another_changes_the_directory_for_long_reads_go_on_and_then_all_is_kept() {
    let database = Database::postgres().await;
    let store = database.store().await;
    let mut other = holder(&database).await;
    // The server goes on waiting for those who go away: their turns last as long.
    let early = tokio::time::timeout(Duration::from_secs(1), sow(&store, "gone")).await;
    assert!(early.is_err(), "they wait for the row");
    let mut writers = pin!(sow(&store, "kept"));
    let early = tokio::time::timeout(Duration::from_secs(1), &mut writers).await;
    assert!(early.is_err(), "they wait for their turn");
    let looks = async {
        for _ in 0..10 {
            store.version().await.unwrap();
        }
    };
    // Well before their turns would be over.
    let looked = tokio::time::timeout(Duration::from_secs(10), looks).await;
    looked.expect("whoever reads waits for nobody");
    other.execute("rollback").await.unwrap();
    assert_eq!(writers.await, [1; WRITERS]);
    let hosts = "select cast(count(*) as text) from hosts";
    assert_eq!(database.rows(hosts).await, [["10"]]);
}

on_both_engines! {
    async fn what_was_read_elsewhere_while_another_writes_for_long_is_kept_at_the_first_try(database: Database) {
        // As many as are read at once.
        const ACTORS: usize = 8;
        let site = Site::found("directory", Kind::Directory, &database, free_port()).await;
        let far = Far::start().await;
        let hosters = (0..ACTORS).map(|number| far.hoster_at(far.at(&format!("h{number}"), "/ap/org")));
        let visits = hosters.map(|hoster| {
            let document = hoster.document.to_string();
            far.answer(&hoster.id, move || {
                let reply = Reply::new(200).header("Content-Type", ACTIVITY_JSON);
                reply.body(document.clone()).after(Duration::from_secs(4))
            });
            Effect::Visit { actor: hoster.id.clone(), url: hoster.id, kind: Visit::Actor }
        });
        let change = Change { effects: visits.collect(), publications: Vec::new() };
        site.store.commit(&change, Clock::system().now()).await.unwrap();
        let mut visiting = pin!(site.federation.visit_due());
        let all_asked = eventually("all are asked", async || (far.requests() == ACTORS).then_some(()));
        tokio::select! {
            biased;
            () = all_asked => {}
            _ = &mut visiting => panic!("nobody has answered yet"),
        }
        let mut other = holder(&database).await;
        // So long that leases are renewed meanwhile.
        let early = tokio::time::timeout(Duration::from_secs(8), &mut visiting).await;
        assert!(early.is_err(), "what was read waits to be kept");
        other.execute("rollback").await.unwrap();
        visiting.await.unwrap();
        let followed = "select cast(count(*) as text) from following union all select cast(count(*) as text) from visits";
        assert_eq!(database.rows(followed).await.concat(), [ACTORS.to_string(), "0".to_owned()]);
    }
}
