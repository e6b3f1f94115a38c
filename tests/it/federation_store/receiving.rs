//! What others tell us: kept once, applied once, each actor's in their order.

use std::collections::BTreeMap;

use archipelago::domain::provenance::SourceKind;
use archipelago::domain::text::MAX_LINK_BYTES;
use archipelago::store::{Audience, Change, Effect, Publication, Received, Store, Waiting};
use serde_json::json;
use tokio::task::JoinSet;
use url::Url;

use super::*;
use crate::support::database::{Database, on_both_engines};

/// Keeps activities none of which is refused.
async fn receive(store: &Store, batch: &[Received]) {
    let kept = store.receive(batch, some_day()).await.unwrap();
    assert_eq!(kept.len(), batch.len());
    for one in kept {
        one.unwrap();
    }
}

/// The ids of activities, by their bodies.
fn ids(waiting: &[Waiting]) -> Vec<Url> {
    let id = |waiting: &Waiting| {
        let body: serde_json::Value = serde_json::from_str(&waiting.body).unwrap();
        url(body["id"].as_str().unwrap())
    };
    waiting.iter().map(id).collect()
}

async fn settle(store: &Store, waiting: &Waiting, change: &Change, seconds: i64) -> bool {
    let settled = store.settle(waiting.seq, "done", change, after(seconds));
    settled.await.unwrap()
}

on_both_engines! {
    async fn an_activity_that_comes_twice_is_kept_once_as_it_first_came(database: Database) {
        let store = founded(&database).await;
        let first = received("far.example", 1);
        let again = Received { body: "{}".to_owned(), ..first.clone() };
        receive(&store, &[]).await;
        receive(&store, &[first.clone(), again.clone(), received("far.example", 2)]).await;
        receive(&store, &[again.clone(), first.clone()]).await;
        assert_eq!(store.waiting().await.unwrap(), 2);
        let [waiting] = lease_received(&store, 0).await.try_into().unwrap();
        assert_eq!((&waiting.actor, &waiting.body), (&first.actor, &first.body));
        assert!(settle(&store, &waiting, &Change::default(), 0).await);
        // That it was applied is remembered as well.
        receive(&store, &[first, again]).await;
        assert_eq!(store.waiting().await.unwrap(), 1);
    }

    async fn nobody_uses_up_anothers_ids(database: Database) {
        let store = founded(&database).await;
        let own = received("far.example", 1);
        let squatter = Received { actor: url("https://far.example/users/eve"), body: "{}".to_owned(), ..own.clone() };
        receive(&store, &[squatter.clone(), own.clone()]).await;
        let waiting = lease_received(&store, 0).await;
        let seen: Vec<_> = waiting.iter().map(|waiting| (&waiting.actor, &waiting.body)).collect();
        assert_eq!(seen, [(&squatter.actor, &squatter.body), (&own.actor, &own.body)]);
    }

    async fn an_actor_who_was_read_just_now_is_known_with_what_it_sent(database: Database) {
        let store = founded(&database).await;
        let far = actor("far.example");
        let with_actor = Received { newly_read: Some(Box::new(far.clone())), ..received("far.example", 1) };
        assert_eq!(store.remote_actor(&far.id).await.unwrap(), None);
        let kept = store.receive(&[with_actor], after(5)).await.unwrap();
        assert!(kept[0].is_ok());
        assert_eq!(store.remote_actor(&far.id).await.unwrap(), Some((far, after(5))));
    }

    async fn an_actors_second_activity_waits_for_its_first_while_others_go_on(database: Database) {
        let store = founded(&database).await;
        let batch = [("a.example", 1), ("a.example", 2), ("b.example", 1), ("a.example", 3)];
        let batch = batch.map(|(host, number)| received(host, number));
        receive(&store, &batch).await;
        let [of_a, of_b] = lease_received(&store, 0).await.try_into().unwrap();
        assert_eq!(ids(&[of_a.clone(), of_b.clone()]), [&batch[0], &batch[2]].map(|received| received.id.clone()));
        receive(&store, &[received("b.example", 2)]).await;
        assert_eq!(lease_received(&store, 59).await, [], "both actors' first are under way");
        assert!(settle(&store, &of_b, &Change::default(), 0).await);
        assert_eq!(ids(&lease_received(&store, 59).await), [received("b.example", 2).id]);
        assert!(settle(&store, &of_a, &Change::default(), 0).await);
        assert_eq!(ids(&lease_received(&store, 59).await), [batch[1].id.clone()]);
    }

    async fn no_more_are_leased_than_were_asked_for_those_that_came_first_first(database: Database) {
        let store = founded(&database).await;
        receive(&store, &["c.example", "a.example", "b.example"].map(|host| received(host, 1))).await;
        let leased = store.lease_received(some_day(), after(60), 2).await.unwrap();
        assert_eq!(ids(&leased), ["c.example", "a.example"].map(|host| received(host, 1).id));
        assert_eq!(ids(&lease_received(&store, 0).await), [received("b.example", 1).id]);
    }

    async fn what_is_settled_twice_has_its_effect_once(database: Database) {
        let store = founded(&database).await;
        receive(&store, &[received("far.example", 1)]).await;
        let [waiting] = lease_received(&store, 0).await.try_into().unwrap();
        let change = |name: &str| Change {
            effects: vec![Effect::KeepHoster(Box::new(hoster_by("own-node", "far.example", name)))],
            publications: vec![answer(1, "far.example")],
        };
        assert!(settle(&store, &waiting, &change("Far"), 0).await);
        assert_eq!(store.revision().await.unwrap(), 2);
        assert!(!settle(&store, &waiting, &change("Another"), 1).await);
        assert_eq!((store.revision().await.unwrap(), store.waiting().await.unwrap()), (2, 0));
        let hosters = store.directory().await.unwrap().hosters;
        let far = hosters.iter().find(|hoster| hoster.source.kind == SourceKind::OwnNode && hoster.name.as_str() == "Far");
        assert!(far.is_some());
        assert_eq!(lease_received(&store, 1_000).await, []);
    }

    async fn what_a_worker_leaves_undone_is_taken_up_when_its_lease_has_ended(database: Database) {
        let store = founded(&database).await;
        receive(&store, &[received("far.example", 1)]).await;
        let left = lease_received(&store, 0).await;
        // Its change cannot be made: that leaves the activity as it was.
        let impossible = Change {
            effects: vec![
                Effect::KeepHoster(Box::new(hoster_by("own-node", "far.example", "Far"))),
                Effect::AddPeer(actor_id("nobody.example")),
            ],
            publications: Vec::new(),
        };
        store.settle(left[0].seq, "done", &impossible, some_day()).await.unwrap_err();
        assert_eq!((store.revision().await.unwrap(), store.waiting().await.unwrap()), (1, 1));
        assert_eq!(lease_received(&store, 59).await, []);
        assert_eq!(lease_received(&store, 60).await, left);
        assert!(settle(&store, &left[0], &Change::default(), 60).await);
    }

    async fn many_workers_apply_each_activity_once_and_each_actors_in_order(database: Database) {
        const ACTORS: i64 = 20;
        const EACH: i64 = 25;
        let store = founded(&database).await;
        let batch: Vec<_> = (0..ACTORS * EACH)
            .map(|number| received(&format!("h{}.example", number % ACTORS), number))
            .collect();
        for part in batch.chunks(128) {
            receive(&store, part).await;
        }
        let mut workers = JoinSet::new();
        for worker in 0..8 {
            let store = database.store().await;
            workers.spawn(async move {
                // Every second worker has no time at all: what it leases is leased by others too.
                let until = after(60 * (worker % 2));
                while store.waiting().await.unwrap() > 0 {
                    for waiting in store.lease_received(some_day(), until, 4).await.unwrap() {
                        // Says what it has applied: the order of numbers is that of commits.
                        let id = ids(std::slice::from_ref(&waiting)).remove(0);
                        let publications = vec![Publication { id, ..publication(0, Audience::Followers) }];
                        let change = Change { effects: Vec::new(), publications };
                        store.settle(waiting.seq, "done", &change, some_day()).await.unwrap();
                    }
                }
            });
        }
        workers.join_all().await;
        let mut applied: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for row in database.rows("select id from outbox order by seq").await {
            let id = url(&row[0]);
            let number = id.path_segments().unwrap().next_back().unwrap().parse().unwrap();
            applied.entry(id.host_str().unwrap().to_owned()).or_default().push(number);
        }
        assert_eq!(applied.len(), 20);
        for (host, numbers) in applied {
            let first: i64 = host[1..].split('.').next().unwrap().parse().unwrap();
            assert_eq!(numbers, Vec::from_iter((0..EACH).map(|number| first + ACTORS * number)), "{host}");
        }
    }

    async fn a_batch_of_any_size_is_kept_in_its_order(database: Database) {
        let store = founded(&database).await;
        let mut sent = Vec::new();
        for size in [1, 7, 128, 255, 300] {
            let first = sent.len();
            let batch = Vec::from_iter((first..first + size).map(|number| received(&format!("h{number}.example"), 1)));
            receive(&store, &batch).await;
            sent.extend(batch.into_iter().map(|received| received.id.to_string()));
        }
        assert_eq!(database.rows("select id from inbox order by seq").await.concat(), sent);
    }

    async fn one_that_the_database_refuses_takes_no_other_along(database: Database) {
        let store = founded(&database).await;
        let mut batch: Vec<_> = (0..11).map(|number| received(&format!("h{number}.example"), 1)).collect();
        // A NUL that is escaped, as JSON demands, is a text like any other.
        batch[3].body = json!({ "id": batch[3].id, "content": "a\u{0}b" }).to_string();
        batch[4].body = "a raw \0, which no JSON holds and PostgreSQL refuses".to_owned();
        // Each as long as an address may be, and together longer than an entry of its indexes (2,704 bytes).
        let mut long = (0..).map(|n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).map(|n| format!("{n:016x}"));
        batch[9].actor = url(&format!("https://h9.example/{}", long.by_ref().take(120).collect::<String>()));
        batch[9].id = url(&format!("https://h9.example/{}", long.take(120).collect::<String>()));
        assert!(batch[9].id.as_str().len() < MAX_LINK_BYTES);
        let kept = store.receive(&batch, some_day()).await.unwrap();
        let refused: Vec<_> = (0..).zip(&kept).filter(|(_, kept)| kept.is_err()).map(|(place, _)| place).collect();
        let expected: &[usize] = if database.url().starts_with("sqlite:") { &[] } else { &[4, 9] };
        assert_eq!((kept.len(), refused.as_slice()), (11, expected));
        let waiting = lease_received(&store, 0).await;
        let bodies: Vec<_> = waiting.iter().map(|waiting| &waiting.body).collect();
        let sent = (0..).zip(&batch).filter(|(place, _)| !expected.contains(place));
        assert_eq!(bodies, Vec::from_iter(sent.map(|(_, received)| &received.body)), "as they came, in their order");
        assert!(waiting.iter().any(|waiting| waiting.body.contains(r"a\u0000b")));
    }

    async fn only_what_nobody_will_ask_about_is_forgotten(database: Database) {
        let store = founded(&database).await;
        receive(&store, &["a.example", "b.example", "c.example"].map(|host| received(host, 1))).await;
        let [old, new, _] = lease_received(&store, 0).await.try_into().unwrap();
        assert!(settle(&store, &old, &Change::default(), 99).await);
        assert!(settle(&store, &new, &Change::default(), 100).await);
        publish(&store, [answer(1, "far.example"), answer(2, "owed.example"), publication(3, Audience::Followers)]).await;
        store.commit(&published([answer(4, "late.example")]), after(100)).await.unwrap();
        for target in lease(&store, 100).await {
            if target.inbox != inbox("owed.example") {
                deliver_to(&store, target, 100).await;
            }
        }
        store.forget_settled(after(100)).await.unwrap();
        let left = database.rows("select id from inbox order by seq").await.concat();
        assert_eq!(left, ["b.example", "c.example"].map(|host| received(host, 1).id.to_string()));
        let left = database.rows("select id from outbox order by seq").await.concat();
        assert_eq!(left, [2, 3, 4].map(|number| activity(number).to_string()));
        let [target] = lease(&store, 200).await.try_into().unwrap();
        assert_eq!(deliver_to(&store, target, 200).await, [2]);
    }
}
