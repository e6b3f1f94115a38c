//! The database is gone, and comes back.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::join_all;
use sqlx::{AnyConnection, Connection, Executor};

use super::{AWAY, Scene, shows};
use crate::support::database::Database;
use crate::support::fediverse::{eventually, free_port, offer};
use crate::support::postgres::Server;

/// More than the node has connections to its database.
const WRITERS: usize = 10;

#[tokio::test]
async fn while_postgresql_is_stopped_reads_go_on_and_afterwards_all_goes_on_by_itself() {
    let server = Server::start_at(free_port());
    let scene = Scene::over(Database::at(&server.url())).await;
    let node = scene.node().await;
    let before = node.counts(AWAY).await;
    server.stop_at_once();
    node.logs("the database is away").await;
    scene.reads_go_on_and_writes_do_not(&node).await;
    node.counts_more(AWAY, before).await;
    server.start_again();
    node.logs("the database is back").await;
    scene.writes_work_again(&node).await;
}

#[tokio::test]
async fn a_file_that_another_process_holds_for_long_is_busy_and_then_is_not() {
    let database = Database::sqlite().await;
    let scene = Scene::over(database.shared()).await;
    let node = scene.node().await;
    sqlx::any::install_default_drivers();
    let mut other = AnyConnection::connect(database.url()).await.unwrap();
    other.execute("begin exclusive").await.unwrap();
    let writers = (0..WRITERS).map(|_| scene.report(&node, "It is up again"));
    let mut writers = pin!(join_all(writers));
    let early = tokio::time::timeout(Duration::from_secs(2), &mut writers).await;
    assert!(early.is_err(), "they wait for their turn");
    // Nor do those make room who go away.
    let gone = join_all((0..WRITERS).map(|_| scene.report(&node, "It is up again")));
    let early = tokio::time::timeout(Duration::from_secs(1), gone).await;
    assert!(early.is_err(), "they wait for their turn, too");
    // Visitors do not wait for whoever writes, though this page asks the database.
    for _ in 0..10 {
        let answer = node.get("/en/services/pads");
        let answer = tokio::time::timeout(Duration::from_secs(5), answer).await;
        assert_eq!(answer.unwrap().unwrap().status(), 200);
    }
    other.execute("rollback").await.unwrap();
    for answer in writers.await {
        assert_eq!(answer.status(), 303);
    }
    scene.writes_work_again(&node).await;
}

#[tokio::test]
async fn a_file_that_is_moved_away_and_back_loses_nothing() {
    let database = Database::sqlite().await;
    let scene = Scene::over(database.shared()).await;
    let node = scene.node().await;
    let file = archipelago::store::sqlite_file(database.url()).unwrap();
    let away = file.with_extension("away");
    std::fs::rename(&file, &away).unwrap();
    // Connections that are open still lead to the file, wherever it is: nothing is lost.
    let update = offer("pads", "Pads anew");
    assert_eq!(node.get("/en/services/pads").await.unwrap().status(), 200);
    std::fs::rename(&away, &file).unwrap();
    scene.site.federation.update_service(update).await.unwrap();
    shows(&node, "Pads anew").await;
    eventually("a report is taken", async || {
        (scene.report(&node, "It is up").await.status() == 303).then_some(())
    })
    .await;
}
