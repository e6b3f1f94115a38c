//! The database is gone, and comes back.

use std::time::Duration;

use sqlx::{AnyConnection, Connection, Executor};

use super::{Scene, shows};
use crate::support::database::Database;
use crate::support::fediverse::{eventually, free_port, offer};
use crate::support::postgres::Server;

#[tokio::test]
async fn while_postgresql_is_stopped_reads_go_on_and_afterwards_all_goes_on_by_itself() {
    let server = Server::start_at(free_port());
    let scene = Scene::over(Database::at(&server.url())).await;
    let node = scene.node().await;
    server.stop_at_once();
    node.logs("the database is away").await;
    scene.reads_go_on_and_writes_do_not(&node).await;
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
    // Visitors do not wait for whoever writes.
    for _ in 0..10 {
        let answer = node.get("/en/services/pads").await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    let waits = scene.report(&node, "It is up again");
    let early = tokio::time::timeout(Duration::from_secs(2), waits).await;
    assert!(early.is_err(), "it waits for its turn");
    other.execute("rollback").await.unwrap();
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
