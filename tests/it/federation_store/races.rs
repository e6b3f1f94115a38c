//! What many workers do at once: nothing twice, nothing out of order, nothing forgotten.

use std::collections::BTreeSet;

use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::{
    Audience, Change, Effect, Health, Postponed, Reader, Scheme, Store, TargetState, Visit,
};
use tokio::task::JoinSet;
use url::Url;

use super::*;
use crate::support::database::{Database, on_both_engines};

/// A node with that many followers, each with an inbox of its own.
async fn followed_by(store: &Store, count: u32) {
    let hosts = (0..count).map(|number| format!("h{number}.example"));
    commit(
        store,
        hosts.flat_map(|host| follows(actor(&host), Local::Node, Reader::Node)),
    )
    .await;
}

/// What workers of their own connections return, all together.
async fn at_once<T: Send + 'static, F>(
    database: &Database,
    count: usize,
    work: impl Fn(usize, Store) -> F,
) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
{
    let mut workers = JoinSet::new();
    for number in 0..count {
        workers.spawn(work(number, database.store().await));
    }
    workers.join_all().await
}

on_both_engines! {
    async fn no_inbox_is_leased_by_two_workers(database: Database) {
        let store = founded(&database).await;
        followed_by(&store, 1_000).await;
        publish(&store, [publication(1, Audience::Followers)]).await;
        for round in 0..3 {
            let leased: Vec<Url> = at_once(&database, 8, move |_, store| async move {
                let mut mine = Vec::new();
                loop {
                    let (now, until) = (after(round * 60), after(round * 60 + 60));
                    let more = store.lease_targets(Health::Well, now, until, 32).await.unwrap();
                    if more.is_empty() { return mine }
                    mine.extend(more.into_iter().map(|target| target.inbox));
                }
            }).await.concat();
            let different: BTreeSet<_> = leased.iter().collect();
            assert_eq!((leased.len(), different.len()), (1_000, 1_000), "round {round}");
        }
    }

    async fn no_address_is_visited_by_two_workers(database: Database) {
        let store = founded(&database).await;
        let visit = |number| Effect::Visit {
            url: url(&format!("https://far.example/{number}")), kind: Visit::Service, actor: actor_id("far.example"),
        };
        commit(&store, (0..300).map(visit)).await;
        let leased: Vec<Url> = at_once(&database, 8, |_, store| async move {
            let mut mine = Vec::new();
            loop {
                let more = store.lease_visits(some_day(), after(60), 8).await.unwrap();
                if more.is_empty() { return mine }
                mine.extend(more.into_iter().map(|due| due.url));
            }
        }).await.concat();
        let different: BTreeSet<_> = leased.iter().collect();
        assert_eq!((leased.len(), different.len()), (300, 300));
    }

    async fn each_inbox_gets_everything_in_order_while_more_is_published_and_workers_are_slow(database: Database) {
        const INBOXES: u32 = 100;
        const ACTIVITIES: i64 = 12;
        let store = founded(&database).await;
        followed_by(&store, INBOXES).await;
        // Every second worker has no time at all: what it leases is leased by others too.
        let had: Vec<(Url, i64)> = at_once(&database, 5, |worker, store| async move {
            let mut had = Vec::new();
            if worker == 0 {
                for number in 1..=ACTIVITIES {
                    publish(&store, [publication(number, Audience::Followers)]).await;
                }
                return had;
            }
            let until = after(60 * i64::try_from(worker % 2).unwrap());
            loop {
                let leased = store.lease_targets(Health::Well, some_day(), until, 16).await.unwrap();
                let (listed, _) = store.outbox(Local::Node, 1, 0).await.unwrap();
                let all_said = listed.first().is_some_and(|last| last.seq == ACTIVITIES);
                if leased.is_empty() && all_said && store.debts(1).await.unwrap().is_empty() { return had }
                tokio::task::yield_now().await;
                for target in leased {
                    let Some(owed) = store.next_owed(&target).await.unwrap() else {
                        store.release_target(&target).await.unwrap();
                        continue;
                    };
                    // The row is the judge of who settled it: only its winner has moved the cursor.
                    had.push((target.inbox.clone(), owed.seq));
                    let mut next = store.settle_delivery(&target, owed.seq, &taken(), some_day(), until).await.unwrap();
                    while let Some(target) = next {
                        let Some(owed) = store.next_owed(&target).await.unwrap() else {
                            store.release_target(&target).await.unwrap();
                            break;
                        };
                        had.push((target.inbox.clone(), owed.seq));
                        next = store.settle_delivery(&target, owed.seq, &taken(), some_day(), until).await.unwrap();
                    }
                }
            }
        }).await.concat();
        let different: BTreeSet<_> = had.into_iter().collect();
        assert_eq!(different.len(), usize::try_from(i64::from(INBOXES) * ACTIVITIES).unwrap(), "each had all");
        let cursors = database.rows("select distinct cursor, due_at, leased_until from delivery_targets").await;
        assert_eq!(cursors, [["12", "-", "0"]]);
        assert_eq!(database.rows("select count(*) from owed").await, [["0"]]);
    }

    async fn an_inbox_that_is_owed_something_is_always_due(database: Database) {
        let store = founded(&database).await;
        let mut next = 1;
        publish(&store, [answer(next, "far.example")]).await;
        for round in 0..60 {
            let [target] = lease(&store, round * 60).await.try_into().unwrap();
            let owed = store.next_owed(&target).await.unwrap().unwrap();
            next += 1;
            let change = published([answer(next, "far.example")]);
            let taken = taken();
            let (settled, said) = tokio::join!(
                // The last that is owed is delivered while the next is published.
                store.settle_delivery(&target, owed.seq, &taken, after(round * 60), after(round * 60 + 60)),
                store.commit(&change, after(round * 60)),
            );
            said.unwrap();
            // Whoever came first: the lease goes on, or has ended and the inbox is due.
            match settled.unwrap() {
                Some(more) => assert_eq!(store.next_owed(&more).await.unwrap().unwrap().seq, next),
                None => {
                    let debts = store.debts(10).await.unwrap();
                    assert_eq!((debts.len(), debts[0].owed), (1, 1), "round {round}");
                    assert!(debts[0].due_at.is_some(), "round {round}");
                }
            }
        }
    }

    async fn putting_off_and_waking_and_publishing_at_once_lose_nothing(database: Database) {
        let store = founded(&database).await;
        followed_by(&store, 20).await;
        publish(&store, [publication(1, Audience::Followers)]).await;
        at_once(&database, 4, |worker, store| async move {
            for round in 0..10 {
                if worker == 0 {
                    let effects = (0..20).map(|n| Effect::Wake(actor_id(&format!("h{n}.example")))).collect();
                    let publications = vec![publication(2 + round, Audience::Followers)];
                    store.commit(&Change { effects, publications }, some_day()).await.unwrap();
                    continue;
                }
                for health in [Health::Well, Health::Failing] {
                    for target in store.lease_targets(health, some_day(), after(60), 8).await.unwrap() {
                        let postponed = Postponed {
                            due_at: some_day(), state: TargetState::Asleep, failing_since: some_day(),
                            status: None, error: "no answer".to_owned(), scheme: Scheme::Cavage,
                        };
                        store.postpone_delivery(&target, &postponed).await.unwrap();
                    }
                }
            }
        }).await;
        for health in [Health::Well, Health::Failing] {
            for target in lease_of(&store, health, 60).await {
                assert_eq!(deliver_to(&store, target, 60).await, Vec::from_iter(1..=11));
            }
        }
        assert_eq!(database.rows("select count(*) from owed").await, [["0"]]);
    }
}
