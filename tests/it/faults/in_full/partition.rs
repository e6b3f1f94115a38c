//! PostgreSQL and two replicas in network namespaces of their own, and the line of one is cut.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::networks::{Networks, Replica};
use crate::faults::{ALONE, ANSWERED_WITHIN, AWAY, Scene};
use crate::support::database::Database;
use crate::support::fediverse::offer;
use crate::support::postgres::Server;

/// For how long the line is cut: long enough for TCP to wait for most of a minute between two tries.
const CUT_FOR: Duration = Duration::from_secs(60);
/// The longest until a replica that was cut off shows what was changed meanwhile.
const SHOWN_WITHIN: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "make partition"]
async fn a_partition_between_a_replica_and_the_database_ends_as_if_it_had_not_been() {
    super::needs_root();
    let networks = Networks::make(&["db", "a", "b"]);
    let at = SocketAddr::from(([10, 213, 7, 1], 5_432));
    let server = Server::start_in(&networks.name("db"), at);
    let scene = Scene::over(Database::at(&server.url_by_socket())).await;
    let mut config = scene.site.config.clone();
    config.database_url = server.url();
    let a = Replica::start(&networks, "a", &config, ALONE).await;
    let b = Replica::start(&networks, "b", &config, ALONE).await;
    let before = a.counts(AWAY);

    networks.ip("hub", "link set to-a down");
    let cut = Instant::now();
    a.process.logs("the database is away").await;
    println!("noticed after {:.1?}", cut.elapsed());
    let mut written = 0;
    while cut.elapsed() < CUT_FOR {
        let (status, after, _) = a.gets("/en/services/pads");
        assert_eq!(status, 200);
        assert!(after < Duration::from_secs(2), "{after:?}");
        let (status, after) = a.reports("cut+off");
        assert_eq!(status, 503);
        assert!(after < ANSWERED_WITHIN, "{after:?}");
        let (status, after) = b.reports(&format!("number+{written}"));
        // An entry is reported so often a day.
        assert!(matches!(status, 303 | 429), "{status}");
        assert!(after < ANSWERED_WITHIN, "{after:?}");
        written += usize::from(status == 303);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert!(a.counts(AWAY) > before);
    let update = offer("pads", "Told meanwhile");
    scene.site.federation.update_service(update).await.unwrap();
    b.shows("Told meanwhile").await;
    networks.ip("hub", "link set to-a up");
    let mended = Instant::now();
    a.shows("Told meanwhile").await;
    println!(
        "up to date {:.1?} after the end of {CUT_FOR:?}",
        mended.elapsed()
    );
    assert!(mended.elapsed() < SHOWN_WITHIN, "{:?}", mended.elapsed());
    let reports = "select cast(count(*) as text) from reports";
    assert_eq!(
        scene.count(reports).await,
        written,
        "nothing lost, nothing doubled"
    );
    let sessions = "select cast(count(*) as text) from pg_stat_activity
                    where state = 'idle in transaction' and now() - state_change > interval '15 seconds'";
    assert_eq!(
        scene.count(sessions).await,
        0,
        "no session holds what it held when it was cut off"
    );
}
