//! The name server of a node's machine says nothing.

use std::time::{Duration, Instant};

use archipelago::clock::Clock;
use archipelago::store::frontier::{Priority, Sown};

use super::networks::{Networks, Replica};
use crate::faults::{Scene, UNREACHABLE};
use crate::support::database::Database;
use crate::support::fediverse::{eventually, offer};
use crate::support::followers;

/// More hosts than a node needs to tell that most of what it visits is out of reach.
const HOSTS: usize = 25;
/// The longest until it says so: it looks once a minute.
const SAID_WITHIN: Duration = Duration::from_secs(90);
/// What counts that a host did not answer in time.
const TIMED_OUT: &str = "archipelago_crawler_failures_total{kind=\"timed_out\"}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "make faults"]
async fn a_node_whose_name_server_is_silent_answers_and_puts_off_what_goes_to_names() {
    super::needs_root();
    let networks = Networks::make(&["node"]);
    networks.silence_name_server("node");
    let scene = Scene::over(Database::sqlite().await).await;
    let now = Clock::system().now();
    let hosts = (0..HOSTS).map(|number| {
        let site = format!("https://n{number}.example/").parse().unwrap();
        Sown::site(&site, Priority::Seed).unwrap()
    });
    let hosts: Vec<_> = hosts.collect();
    scene.site.store.sow(&hosts, now).await.unwrap();
    let begun = Instant::now();
    let node = Replica::start(&networks, "node", &scene.site.config, &[]).await;
    let before = node.counts(UNREACHABLE);
    let at = |path: &str| format!("https://far.example{path}").parse().unwrap();
    let follower = followers::actor(&at("/actor"), &at("/inbox"));
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
    while !node.process.log().contains("most visits meet nobody") {
        assert!(begun.elapsed() < SAID_WITHIN, "{:?}", begun.elapsed());
        let (status, after, _) = node.gets("/en/services/pads");
        assert_eq!(status, 200);
        assert!(after < Duration::from_secs(2), "{after:?}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(node.counts(TIMED_OUT) > 0);
}
