//! A clock that is set back while the database fails.

use archipelago::clock::Clock;
use archipelago::store::frontier::{Priority, Sown};
use chrono::TimeDelta;

use crate::support::database::{Database, on_both_engines};
use crate::support::fediverse::eventually;
use crate::support::metrics;
use crate::support::node::{TestNode, config};
use crate::support::records::some_day;

on_both_engines! {
    async fn what_waits_is_brought_nearer_once_however_often_the_step_after_that_fails(database: Database) {
        let store = database.store().await;
        let site = "https://a.example/".parse().unwrap();
        let sown = [Sown::site(&site, Priority::Seed).unwrap()];
        store.sow(&sown, some_day()).await.unwrap();
        // A mark that is taken away once the node has looked at its clock.
        let mark = 200_000_000_000_000_i64;
        database.execute(&format!("update hosts set robots_at = {mark}")).await;
        let settings = config(&database, ([127, 0, 0, 1], 0).into(), None);
        let clock = Clock::fixed(some_day());
        let node = TestNode::running(database.shared(), settings, clock.clone(), false);
        eventually("it looks at its clock", async || {
            let marked = format!("select host from hosts where robots_at = {mark}");
            database.rows(&marked).await.is_empty().then_some(())
        })
        .await;

        let told = async |metric: &str| -> Option<u64> {
            let text = node.get("/metrics").await.text().await.unwrap();
            let metric = format!("archipelago_loop_{metric}{{loop=\"clock\"}}");
            metrics::find(&text, &metric)?.parse().ok()
        };
        let due = (some_day() + TimeDelta::days(1)).timestamp_millis();
        database.execute(&format!("update hosts set next_request_at = {due}")).await;
        database.execute("alter table vouches rename to vouches_away").await;
        let hour = TimeDelta::hours(1);
        clock.advance(-hour);
        eventually("it fails again and again", async || {
            (told("failures_total").await? >= 3).then_some(())
        })
        .await;
        database.execute("alter table vouches_away rename to vouches").await;
        eventually("it fails no longer", async || {
            (told("in_trouble").await? == 0).then_some(())
        })
        .await;
        let rows = database.rows("select cast(next_request_at as text) from hosts").await;
        let nearer = TimeDelta::milliseconds(due - rows[0][0].parse::<i64>().unwrap());
        assert!(nearer >= hour && nearer < hour * 2, "{nearer}");
    }
}
