//! The name server of a node's machine says nothing.

use std::time::Duration;

use archipelago::clock::Clock;

use super::networks::{Networks, Replica};
use crate::faults::{Scene, UNREACHABLE};
use crate::support::database::Database;
use crate::support::fediverse::{eventually, offer};
use crate::support::followers;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "make faults"]
async fn a_node_whose_name_server_is_silent_answers_and_puts_off_what_goes_to_names() {
    super::needs_root();
    let networks = Networks::make(&["node"]);
    networks.silence_name_server("node");
    let scene = Scene::over(Database::sqlite().await).await;
    let node = Replica::start(&networks, "node", &scene.site.config).await;
    let before = node.counts(UNREACHABLE);
    let at = |path: &str| format!("https://far.example{path}").parse().unwrap();
    let follower = followers::actor(&at("/actor"), &at("/inbox"));
    let now = Clock::system().now();
    followers::follow(&scene.site.store, &[follower], now).await;
    let update = offer("pads", "Pads anew");
    scene.site.federation.update_service(update).await.unwrap();
    node.shows("Pads anew").await;
    let debt = eventually("it is put off", async || {
        let (status, after, _) = node.gets("/en/services/pads");
        assert_eq!(status, 200);
        assert!(after < Duration::from_secs(2), "{after:?}");
        let debts = scene.site.store.debts(10).await.unwrap();
        debts.into_iter().find(|debt| debt.target.fails == 1)
    })
    .await;
    let error = debt.last_error.unwrap();
    assert!(error.contains("far.example"), "{error}");
    assert!(error.contains("did not answer in time"), "{error}");
    assert_eq!(debt.owed, 1);
    node.process.logs("an inbox takes nothing").await;
    assert!(node.counts(UNREACHABLE) > before);
}
