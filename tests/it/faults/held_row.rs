//! Another process changes the directory for long, as an import does, and whoever else changes it waits.

use std::pin::pin;
use std::time::Duration;

use archipelago::clock::Clock;
use archipelago::store::Store;
use archipelago::store::frontier::{Priority, Sown};
use futures_util::future::join_all;
use sqlx::{AnyConnection, Connection, Executor};

use crate::support::database::Database;

/// More than a store has connections to its database.
const WRITERS: usize = 10;

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
    sqlx::any::install_default_drivers();
    let mut other = AnyConnection::connect(database.url()).await.unwrap();
    other.execute("begin").await.unwrap();
    let taking = "update revision set number = number where name = 'directory'";
    other.execute(taking).await.unwrap();
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
