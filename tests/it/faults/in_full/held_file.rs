//! Another process holds the file of the database for longer than anybody waits.

use futures_util::future::join_all;
use sqlx::{AnyConnection, Connection, Executor};

use crate::faults::Scene;
use crate::support::database::Database;

/// What counts that the database was busy.
const BUSY: &str = "archipelago_database_failures_total{kind=\"busy\"}";
/// More than may wait with a connection in hand: some give up as nobody lets them, the others as the file is held.
const WRITERS: usize = 6;

#[tokio::test]
#[ignore = "make faults"]
async fn who_waits_too_long_to_write_is_told_that_the_database_is_busy_and_to_come_again() {
    let database = Database::sqlite().await;
    let scene = Scene::over(database.shared()).await;
    let node = scene.node().await;
    let before = node.counts(BUSY).await;
    sqlx::any::install_default_drivers();
    let mut other = AnyConnection::connect(database.url()).await.unwrap();
    other.execute("begin exclusive").await.unwrap();
    let writers = (0..WRITERS).map(|_| scene.report(&node, "It is down"));
    for answer in join_all(writers).await {
        assert_eq!(answer.status(), 503);
        assert!(answer.headers().contains_key("retry-after"));
    }
    node.logs("a report cannot be kept: the database is busy")
        .await;
    node.counts_more(BUSY, before).await;
    let page = node.get("/en/services/pads").await.unwrap();
    assert_eq!(page.status(), 200);
    other.execute("rollback").await.unwrap();
    scene.writes_work_again(&node).await;
}
