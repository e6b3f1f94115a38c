//! Somebody sets the clock, forwards and back.

use archipelago::clock::Clock;
use archipelago::federation::{Federation, Kind};
use archipelago::store::frontier::{Priority, Sown};
use chrono::TimeDelta;

use super::{CLOCK_SETS, Scene};
use crate::support::database::{Database, on_both_engines};
use crate::support::far_hosts::FarHosts;
use crate::support::far_web::Reply;
use crate::support::fediverse::{Site, eventually, free_port, offer};
use crate::support::followers::{self, Inbox};
use crate::support::metrics;
use crate::support::node::TestNode;

/// A time of the year 8307: no clock that is right writes it.
const FAR_AHEAD: i64 = 200_000_000_000_000;

#[tokio::test]
async fn a_node_that_finds_times_of_a_clock_that_ran_ahead_says_that_it_brings_them_back() {
    let scene = Scene::over(Database::sqlite().await).await;
    let far = "https://far.example/".parse().unwrap();
    let host = Sown::site(&far, Priority::Seed).unwrap();
    let now = Clock::system().now();
    scene.site.store.sow(&[host], now).await.unwrap();
    let ahead = format!("update hosts set due_at = {FAR_AHEAD}");
    scene.database.execute(&ahead).await;
    let node = scene.node().await;
    node.logs("what a clock that ran ahead put off is done now")
        .await;
    let waits = format!("select cast(count(*) as text) from hosts where due_at = {FAR_AHEAD}");
    assert_eq!(scene.count(&waits).await, 0);
}

on_both_engines! {
    async fn what_was_put_off_while_the_clock_ran_ahead_is_done_once_it_is_right(database: Database) {
        let site = Site::found("hoster", Kind::Hoster, &database, free_port()).await;
        let clock = Clock::fixed(Clock::system().now());
        let federation = Federation::open(site.store.clone(), &site.config, clock.clone());
        let federation = federation.await.unwrap().unwrap();
        let inbox = Inbox::start().await;
        followers::follow(&site.store, &[inbox.actor()], clock.now()).await;
        let node = TestNode::running(database.shared(), site.config.clone(), clock.clone(), false);
        let host = Sown::site(&inbox.url(), Priority::Seed).unwrap();
        site.store.sow(&[host], clock.now()).await.unwrap();
        let due = async || {
            let rows = database.rows("select cast(due_at as text) from delivery_targets").await;
            rows[0][0].parse::<i64>().ok()
        };
        let sets = async || {
            let text = node.get("/metrics").await.text().await.unwrap();
            metrics::count(&text, CLOCK_SETS)
        };

        for (jump, slug) in [(TimeDelta::days(1), "day"), (TimeDelta::days(36_500), "century")] {
            // A mark that is taken away once the node has looked at its clock.
            let mark = format!("update hosts set robots_at = {FAR_AHEAD}");
            database.execute(&mark).await;
            let sets_before = sets().await;
            clock.advance(jump);
            eventually("it is noticed", async || {
                let marked = format!("select host from hosts where robots_at = {FAR_AHEAD}");
                database.rows(&marked).await.is_empty().then_some(())
            })
            .await;
            eventually("it is counted", async || (sets().await > sets_before).then_some(())).await;
            inbox.answer(&[503]);
            let before = inbox.requests().len();
            federation.add_services(vec![offer(slug, slug)]).await.unwrap();
            let start = clock.now().timestamp_millis();
            eventually("it is put off", async || (due().await? > start).then_some(())).await;
            clock.advance(-jump);
            let soon = (clock.now() + TimeDelta::minutes(1)).timestamp_millis();
            eventually("it waits no longer than it would have", async || {
                (due().await? < soon).then_some(())
            })
            .await;
            let sets_before = sets().await;
            clock.advance(TimeDelta::minutes(1));
            // Noted as well: a jump would end its lease, and it would be delivered once more.
            eventually("it is delivered", async || {
                (due().await.is_none() && inbox.requests().len() == before + 2).then_some(())
            })
            .await;
            // A minute is a jump, too: the next round is to see its own.
            eventually("that is counted, too", async || (sets().await > sets_before).then_some(())).await;
        }
        // Backwards: what was due stays due, and what is told is told once.
        let before = inbox.requests().len();
        clock.advance(-TimeDelta::hours(1));
        federation.add_services(vec![offer("hour", "hour")]).await.unwrap();
        eventually("it is delivered", async || {
            (due().await.is_none() && inbox.requests().len() > before).then_some(())
        })
        .await;
        assert_eq!(inbox.requests().len(), before + 1);
    }

    async fn a_host_that_was_leased_under_a_clock_that_ran_ahead_is_free_again(database: Database) {
        let store = database.store().await;
        let hosts = FarHosts::start(|_, _, _| Reply::new(404)).await;
        let now = Clock::system().now();
        let ahead = now + TimeDelta::days(400);
        let sown = [Sown::site(&hosts.url("a", "/"), Priority::Seed).unwrap()];
        store.sow(&sown, now).await.unwrap();
        let leased = store.lease_hosts(1, ahead, ahead + TimeDelta::seconds(90), 10, None).await.unwrap();
        assert_eq!(leased.len(), 1);
        let again = async || {
            let until = now + TimeDelta::seconds(90);
            store.lease_hosts(2, now, until, 10, None).await.unwrap().len()
        };
        assert_eq!(again().await, 0);
        // Its lease, and when its round began.
        assert_eq!(store.bring_back(now).await.unwrap(), 2);
        assert_eq!(again().await, 1);
        assert_eq!(store.bring_back(now).await.unwrap(), 0);
    }

    async fn a_host_that_was_visited_before_the_clock_was_set_back_rests_no_longer_than_it_would_have(database: Database) {
        let store = database.store().await;
        let hosts = FarHosts::start(|_, _, _| Reply::new(404)).await;
        let now = Clock::system().now();
        let day = TimeDelta::days(1);
        let sown = [Sown::site(&hosts.url("a", "/"), Priority::Seed).unwrap()];
        store.sow(&sown, now).await.unwrap();
        let later = (now + day + TimeDelta::seconds(1)).timestamp_millis();
        database.execute(&format!("update hosts set next_request_at = {later}")).await;
        store.set_back(day, now).await.unwrap();
        let soon = now + TimeDelta::seconds(2);
        let leased = store.lease_hosts(1, soon, soon + TimeDelta::seconds(90), 10, None).await.unwrap();
        assert_eq!(leased.len(), 1);
    }
}
