//! The line between a replica and the database is cut, and nobody is told.

use std::time::{Duration, Instant};

use archipelago::clock::Clock;
use archipelago::domain::collective::Standing;
use archipelago::store::Store;

use super::{AWAY, Scene, shows};
use crate::support::database::Database;
use crate::support::fediverse::{eventually, free_port, offer};
use crate::support::followers::{self, Inbox};
use crate::support::postgres::Server;
use crate::support::relay::Relay;

/// How many activities are delivered while the line is cut.
const ACTIVITIES: usize = 12;

fn over(relay: &Relay) -> String {
    format!("postgres://archipelago@{}/postgres", relay.address())
}

#[tokio::test]
async fn a_replica_that_is_cut_off_answers_leaves_its_work_to_others_and_comes_back() {
    let server = Server::start_at(free_port());
    let scene = Scene::over(Database::at(&server.url())).await;
    let relay = Relay::to(server.address());
    let mut config = scene.site.config.clone();
    config.database_url = over(&relay);
    let cut_off = scene.node_of(&config).await;
    // Slow, so that it is cut off in the middle of a delivery.
    let inbox = Inbox::slow(Duration::from_millis(300)).await;
    let now = Clock::system().now();
    followers::follow(&scene.site.store, &[inbox.actor()], now).await;
    for number in 0..ACTIVITIES {
        let slug = format!("s{number}");
        let service = vec![offer(&slug, &slug)];
        scene.site.federation.add_services(service).await.unwrap();
    }
    eventually("a delivery is under way", async || {
        (!inbox.requests().is_empty()).then_some(())
    })
    .await;
    let before = cut_off.counts(AWAY).await;
    relay.cut();
    let other = scene.node_of(&scene.site.replica()).await;
    cut_off.logs("the database is away").await;
    scene.reads_go_on_and_writes_do_not(&cut_off).await;
    cut_off.counts_more(AWAY, before).await;
    eventually("the other delivers what was leased", async || {
        let owed = "select cast(count(*) as text) from owed";
        (scene.count(owed).await == 0).then_some(())
    })
    .await;
    let update = offer("pads", "Told meanwhile");
    scene.site.federation.update_service(update).await.unwrap();
    shows(&other, "Told meanwhile").await;
    relay.mend();
    let mended = Instant::now();
    cut_off.logs("the database is back").await;
    shows(&cut_off, "Told meanwhile").await;
    assert!(
        mended.elapsed() < super::SHOWN_WITHIN + Duration::from_secs(3),
        "{:?}",
        mended.elapsed()
    );
    eventually("the update is delivered", async || {
        let owed = "select cast(count(*) as text) from owed";
        (scene.count(owed).await == 0).then_some(())
    })
    .await;
    let told = "select id from outbox where listed_at is not null order by seq";
    let told: Vec<_> = scene.database.rows(told).await.concat();
    // The first told of the pads, before anybody followed.
    let mut seen = inbox.ids();
    seen.dedup();
    assert_eq!(
        seen,
        told[1..],
        "each in order, and twice at most what was under way"
    );
    assert!(inbox.ids().len() <= seen.len() + 1, "{:?}", inbox.ids());
}

#[tokio::test]
async fn whoever_is_cut_off_in_the_middle_of_a_change_keeps_nobody_waiting_for_long() {
    let server = Server::start_at(free_port());
    let database = Database::at(&server.url());
    let here = database.store().await;
    let relay = Relay::to(server.address());
    let far = Store::open(&over(&relay)).await.unwrap();
    let now = Clock::system().now();
    eventually("it is cut off in the middle of a change", async || {
        let changing = far.clone();
        let changing = tokio::spawn(async move {
            loop {
                for standing in [Standing::Claimed, Standing::Reported] {
                    changing.keep_least_standing(standing, now).await?;
                }
            }
            #[expect(unreachable_code, reason = "it says what the loop fails with")]
            Ok::<(), archipelago::store::Error>(())
        });
        tokio::time::sleep(Duration::from_millis(7)).await;
        relay.cut();
        let idle = "select cast(count(*) as text) from pg_stat_activity where state = 'idle in transaction'";
        tokio::time::sleep(Duration::from_millis(50)).await;
        if database.rows(idle).await[0][0] != "0" {
            let failed = changing.await.unwrap().unwrap_err();
            assert!(matches!(failed, archipelago::store::Error::Away(_)), "{failed:?}");
            return Some(());
        }
        relay.mend();
        changing.abort();
        None
    })
    .await;
    assert!(far.away_for().is_some());
    let asked = Instant::now();
    here.keep_least_standing(Standing::Confirmed, now)
        .await
        .unwrap();
    assert!(
        asked.elapsed() < Duration::from_secs(15),
        "{:?}",
        asked.elapsed()
    );
    assert!(here.away_for().is_none());
    relay.mend();
    eventually("it is back", async || far.revision().await.ok()).await;
    assert!(far.away_for().is_none());
    assert_eq!(
        here.choices().await.unwrap().rules.least_standing,
        far.choices().await.unwrap().rules.least_standing
    );
}
