//! Two nodes over one database share the work, and neither does what the other did.

mod balanced;
mod reading;

use archipelago::clock::Clock;
use archipelago::federation::Kind;
use chrono::TimeDelta;

use crate::support::database::Database;
use crate::support::far_web::{FarWeb, Reply};
use crate::support::fediverse::{Founded, eventually, free_port, offer};
use crate::support::followers::{self, Inbox};
use crate::support::node::TestNode;

/// A second node over the database of the first, by the same clock.
fn beside(first: &Founded, database: Database, clock: Clock) -> TestNode {
    let mut config = first.config.clone();
    config.listen = free_port();
    TestNode::running(database, config, clock, false)
}

/// A clock by which no lease runs out: on a busy machine a node may get no turn for as long as one lasts, and the other
/// would rightly post again what that has in hand. What fails is not tried again by it.
fn standing() -> Clock {
    Clock::fixed(Clock::system().now())
}

#[tokio::test]
async fn two_replicas_deliver_each_activity_once_to_each_inbox_and_in_order() {
    const ACTIVITIES: usize = 200;
    const AT_ONCE: usize = 10;
    let database = Database::postgres().await;
    let shared = database.shared();
    let clock = standing();
    let first = Founded::start_by(clock.clone(), "hoster", Kind::Hoster, database).await;
    let _second = beside(&first, shared.shared(), clock.clone());
    let inboxes = [
        Inbox::start().await,
        Inbox::start().await,
        Inbox::start().await,
    ];
    let actors: Vec<_> = inboxes.iter().map(Inbox::actor).collect();
    followers::follow(&first.store, &actors, clock.now()).await;
    for batch in 0..ACTIVITIES / AT_ONCE {
        let slugs = (0..AT_ONCE).map(|number| format!("s{batch}-{number}"));
        let services = slugs.map(|slug| offer(&slug, &slug)).collect();
        first.federation.add_services(services).await.unwrap();
        // What is told at one moment has its numbers by chance: of so many two might be the same.
        clock.advance(TimeDelta::milliseconds(1));
    }
    eventually("all is delivered", async || {
        let owed = shared.rows("select cast(count(*) as text) from owed").await;
        (owed[0][0] == "0").then_some(())
    })
    .await;
    // Each batch ends with a post for people, who are not here.
    let told = shared
        .rows("select id from outbox where object is null order by seq")
        .await;
    let told: Vec<_> = told.into_iter().flatten().collect();
    assert_eq!(told.len(), ACTIVITIES);
    for inbox in inboxes {
        assert_eq!(inbox.ids(), told);
    }
}

#[tokio::test]
async fn two_replicas_apply_each_activity_once_and_in_order() {
    const ACTIVITIES: usize = 60;
    let database = Database::postgres().await;
    let shared = database.shared();
    let directory = Founded::start("directory", Kind::Directory, database).await;
    let _second = beside(&directory, shared.shared(), Clock::system());
    let hoster = Founded::start("hoster", Kind::Hoster, Database::sqlite().await).await;
    let home = hoster.federation.addresses().home();
    directory.federation.follow(home.as_str()).await.unwrap();
    eventually(
        "the follow is accepted and the services are read",
        async || {
            let sql = "select (select count(*) from inbox where applied_at is not null)
                   || ' ' || (select count(*) from visits)";
            (shared.rows(sql).await[0][0] == "1 0").then_some(())
        },
    )
    .await;
    let before = directory.store.revision().await.unwrap();
    for number in 0..ACTIVITIES {
        let service = offer("told", &format!("Told {number}"));
        let told = match number {
            0 => hoster.federation.add_services(vec![service]).await,
            _ => hoster.federation.update_service(service).await,
        };
        told.unwrap();
    }
    eventually("all is applied", async || {
        let sql = "select cast(count(*) as text) from inbox where applied_at is not null";
        (shared.rows(sql).await[0][0] == (ACTIVITIES + 1).to_string()).then_some(())
    })
    .await;
    let grown = directory.store.revision().await.unwrap() - before;
    assert_eq!(grown, ACTIVITIES as u64);
    let applied = "select cast(applied_at as text) from inbox order by seq";
    let applied = shared.rows(applied).await;
    let applied: Vec<i64> = applied.iter().map(|row| row[0].parse().unwrap()).collect();
    assert!(applied.is_sorted());
}

#[tokio::test]
async fn publishing_to_many_inboxes_succeeds_while_two_replicas_deliver_to_them() {
    const ACTIVITIES: usize = 8;
    const HOSTS: usize = 40;
    let database = Database::postgres().await;
    let shared = database.shared();
    let clock = standing();
    let first = Founded::start_by(clock.clone(), "hoster", Kind::Hoster, database).await;
    let _second = beside(&first, shared.shared(), clock.clone());
    let web = FarWeb::start(|_| Reply::new(202).header("Content-Length", "0")).await;
    let actors: Vec<_> = (0..HOSTS)
        .map(|host| {
            let at = |path| web.url(&format!("h{host}.localhost"), path);
            followers::actor(&at("/actor"), &at("/inbox"))
        })
        .collect();
    followers::follow(&first.store, &actors, clock.now()).await;
    for number in 0..ACTIVITIES {
        let slug = format!("s{number}");
        let service = offer(&slug, &slug);
        first.federation.add_services(vec![service]).await.unwrap();
    }
    eventually("all is delivered", async || {
        let owed = shared.rows("select cast(count(*) as text) from owed").await;
        (owed[0][0] == "0").then_some(())
    })
    .await;
    assert_eq!(web.requests().len(), HOSTS * ACTIVITIES);
}
