//! To each inbox what it is owed: in order, by one worker, until it is taken or given up.

use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::{
    Audience, Debt, Effect, Health, Postponed, Reader, Scheme, Settled, Store, Target, TargetState,
};

use super::*;
use crate::support::database::{Database, on_both_engines};

/// It did not answer, since [`some_day`].
fn put_off(until: i64, state: TargetState) -> Postponed {
    Postponed {
        due_at: after(until),
        state,
        failing_since: some_day(),
        status: Some(503),
        error: "answered 503".to_owned(),
        scheme: Scheme::Rfc9421,
    }
}

async fn settle(store: &Store, target: &Target, seq: i64) -> Option<Target> {
    let taken = taken();
    let settled = store.settle_delivery(target, seq, &taken, some_day(), after(60));
    settled.await.unwrap()
}

async fn debt(store: &Store) -> Option<Debt> {
    let mut debts = store.debts(10).await.unwrap();
    assert!(debts.len() < 2);
    debts.pop()
}

/// The one inbox, leased, that is owed the answers 1 to `count`.
async fn owed_answers(store: &Store, count: i64) -> Target {
    publish(
        store,
        (1..=count).map(|number| answer(number, "far.example")),
    )
    .await;
    let [target] = lease(store, 0).await.try_into().unwrap();
    target
}

on_both_engines! {
    async fn an_inbox_has_what_it_is_owed_in_order_and_then_rests_until_more_is_said(database: Database) {
        let store = founded(&database).await;
        assert_eq!(lease(&store, 0).await, []);
        let target = owed_answers(&store, 3).await;
        assert_eq!((target.inbox.clone(), target.cursor, target.fails), (inbox("far.example"), 0, 0));
        assert_eq!((target.state, target.scheme), (TargetState::Awake, Scheme::Cavage));
        assert_eq!(deliver_to(&store, target, 10).await, [1, 2, 3]);
        assert_eq!(debt(&store).await, None);
        assert_eq!(database.rows("select due_at, leased_until from delivery_targets").await, [["-", "0"]]);
        assert_eq!(lease(&store, 1_000_000).await, [], "nothing is owed to it");
        publish(&store, [answer(4, "far.example")]).await;
        let [target] = lease(&store, 10).await.try_into().unwrap();
        assert_eq!(target.cursor, 3);
        assert_eq!(deliver_to(&store, target, 10).await, [4]);
    }

    async fn a_lease_is_one_workers_until_it_ends(database: Database) {
        let store = founded(&database).await;
        let target = owed_answers(&store, 2).await;
        for (second, free) in [(0, 0), (59, 0), (60, 1), (119, 0), (120, 1)] {
            assert_eq!(lease(&store, second).await.len(), free, "second {second}");
        }
        // Each delivery lengthens the lease, until nothing is owed.
        let target = settle(&store, &target, 1).await.unwrap();
        assert_eq!((target.cursor, lease(&store, 59).await.len()), (1, 0));
        assert_eq!(settle(&store, &target, 2).await, None);
    }

    async fn a_lease_is_renewed_by_whoever_has_it_and_by_nobody_else(database: Database) {
        let store = founded(&database).await;
        let target = owed_answers(&store, 2).await;
        store.renew_target(&target, after(100)).await.unwrap();
        assert_eq!((lease(&store, 99).await.len(), lease(&store, 100).await.len()), (0, 1));
        // Neither a worker that was overtaken nor one that gave it back has it still.
        assert!(settle(&store, &target, 1).await.is_some());
        store.renew_target(&target, after(10_000)).await.unwrap();
        let [next] = lease(&store, 60).await.try_into().unwrap();
        store.postpone_delivery(&next, &put_off(200, TargetState::Awake)).await.unwrap();
        store.renew_target(&next, after(10_000)).await.unwrap();
        assert_eq!(lease_of(&store, Health::Failing, 200).await.len(), 1);
    }

    async fn no_more_are_leased_than_were_asked_for_those_that_wait_longest_first(database: Database) {
        let store = founded(&database).await;
        for number in [3, 1, 2] {
            let change = published([answer(number, &format!("h{number}.example"))]);
            store.commit(&change, after(number)).await.unwrap();
        }
        let mut leased = Vec::new();
        for _ in 0..3 {
            let [target] = store.lease_targets(Health::Well, after(9), after(60), 1).await.unwrap().try_into().unwrap();
            leased.push(target.inbox);
        }
        assert_eq!(leased, ["h1.example", "h2.example", "h3.example"].map(inbox));
    }

    async fn an_inbox_that_is_put_off_is_tried_again_in_its_time_by_other_hands(database: Database) {
        let store = founded(&database).await;
        let target = owed_answers(&store, 2).await;
        store.postpone_delivery(&target, &put_off(100, TargetState::Awake)).await.unwrap();
        assert_eq!(lease_of(&store, Health::Failing, 99).await, []);
        assert_eq!(lease_of(&store, Health::Well, 1_000).await, [], "it is not well");
        // What is said meanwhile changes nothing about that.
        publish(&store, [answer(3, "far.example")]).await;
        assert_eq!(lease_of(&store, Health::Failing, 99).await, []);
        let [failing] = lease_of(&store, Health::Failing, 100).await.try_into().unwrap();
        let expected = Target { fails: 1, failing_since: Some(some_day()), scheme: Scheme::Rfc9421, ..target };
        assert_eq!(failing, expected);
        let told = debt(&store).await.unwrap();
        assert_eq!((told.owed, told.last_status, told.last_error.as_deref()), (3, Some(503), Some("answered 503")));
        assert_eq!((told.due_at, told.last_success_at), (Some(after(100)), None));
        let refused = Settled { status: 422, refusal: Some("answered 422".to_owned()), scheme: Scheme::Rfc9421 };
        let next = store.settle_delivery(&failing, 1, &refused, after(100), after(160)).await.unwrap().unwrap();
        assert_eq!((next.fails, next.failing_since, next.scheme), (0, None, Scheme::Rfc9421), "it is well again");
        let told = debt(&store).await.unwrap();
        assert_eq!((told.owed, told.last_status, told.last_error.as_deref()), (2, Some(422), Some("answered 422")));
        assert_eq!(deliver_to(&store, next, 100).await, [2, 3]);
        assert_eq!(debt(&store).await, None);
    }

    async fn a_failure_without_an_answer_has_no_status(database: Database) {
        let store = founded(&database).await;
        let target = owed_answers(&store, 1).await;
        let silent = Postponed { status: None, ..put_off(100, TargetState::Awake) };
        store.postpone_delivery(&target, &silent).await.unwrap();
        assert_eq!(debt(&store).await.unwrap().last_status, None);
    }

    async fn a_worker_whose_lease_has_ended_moves_nothing(database: Database) {
        let store = founded(&database).await;
        commit(&store, follows(actor("far.example"), Local::Node, Reader::Node)).await;
        let stale = owed_answers(&store, 3).await;
        let [target] = lease(&store, 60).await.try_into().unwrap();
        let target = store.settle_delivery(&target, 1, &taken(), after(60), after(120)).await.unwrap().unwrap();
        let before = database.rows("select * from delivery_targets").await;
        assert_eq!(settle(&store, &stale, 1).await, None);
        assert_eq!(settle(&store, &stale, 3).await, None);
        store.postpone_delivery(&stale, &put_off(0, TargetState::Asleep)).await.unwrap();
        store.release_target(&stale).await.unwrap();
        store.give_up_target(&stale, "answered 410").await.unwrap();
        assert_eq!(database.rows("select * from delivery_targets").await, before);
        assert_eq!(followers(&store, Local::Node).await, [actor_id("far.example")]);
        assert_eq!(deliver_to(&store, target, 60).await, [2, 3]);
    }

    async fn who_sleeps_is_woken_by_a_sign_of_life_and_by_nothing_else(database: Database) {
        let store = founded(&database).await;
        commit(&store, follows(actor("far.example"), Local::Node, Reader::Node)).await;
        commit(&store, follows(actor("other.example"), Local::Node, Reader::Node)).await;
        publish(&store, [publication(1, Audience::Followers)]).await;
        let states = [("far.example", TargetState::Asleep), ("other.example", TargetState::Awake)];
        for target in lease(&store, 0).await {
            let (_, state) = states.into_iter().find(|(host, _)| target.inbox == inbox(host)).unwrap();
            store.postpone_delivery(&target, &put_off(86_400, state)).await.unwrap();
        }
        publish(&store, [publication(2, Audience::Followers)]).await;
        commit(&store, [Effect::Wake(actor_id("other.example")), Effect::Wake(actor_id("nobody.example"))]).await;
        assert_eq!(lease_of(&store, Health::Failing, 86_399).await, []);
        assert_eq!(lease(&store, 86_399).await, []);
        commit(&store, [Effect::Wake(actor_id("far.example"))]).await;
        let [woken] = lease(&store, 0).await.try_into().unwrap();
        assert_eq!((woken.inbox.clone(), woken.state), (inbox("far.example"), TargetState::Awake));
        assert_eq!((woken.fails, woken.failing_since), (0, None));
        assert_eq!(deliver_to(&store, woken, 0).await, [1, 2]);
        let [sleeper] = lease_of(&store, Health::Failing, 86_400).await.try_into().unwrap();
        assert_eq!((sleeper.inbox, sleeper.fails), (inbox("other.example"), 1));
    }

    async fn an_inbox_that_is_given_up_loses_its_followers_until_one_comes_back(database: Database) {
        let store = founded(&database).await;
        for (host, role) in [("far.example", Local::Node), ("far.example", Local::Hoster), ("other.example", Local::Node)] {
            commit(&store, follows(actor(host), role, Reader::Node)).await;
        }
        publish(&store, [publication(1, Audience::Followers), answer(2, "far.example")]).await;
        let [gone, other] = lease(&store, 0).await.try_into().unwrap();
        let (gone, other) = if gone.inbox == inbox("far.example") { (gone, other) } else { (other, gone) };
        let revision = store.revision().await.unwrap();
        store.give_up_target(&gone, "answered 410").await.unwrap();
        assert_eq!(store.revision().await.unwrap(), revision);
        assert_eq!(followers(&store, Local::Node).await, [actor_id("other.example")]);
        assert_eq!(followers(&store, Local::Hoster).await, []);
        assert!(store.remote_actor(&actor_id("far.example")).await.unwrap().is_some(), "we still know who it was");
        let debts = store.debts(10).await.unwrap();
        let told = debts.iter().find(|debt| debt.target.inbox == gone.inbox).unwrap();
        assert_eq!((told.target.state, told.owed, told.due_at), (TargetState::Gone, 0, None));
        assert_eq!(told.last_error.as_deref(), Some("answered 410"));
        assert_eq!(lease(&store, 59).await, []);
        assert_eq!(deliver_to(&store, other, 0).await, [1]);
        commit(&store, follows(actor("far.example"), Local::Node, Reader::Node)).await;
        publish(&store, [publication(3, Audience::Followers)]).await;
        let back = lease(&store, 60).await.into_iter().find(|target| target.inbox == gone.inbox).unwrap();
        assert_eq!((back.state, back.fails), (TargetState::Awake, 0));
        assert_eq!(deliver_to(&store, back, 60).await, [3]);
    }

    async fn debts_tell_of_those_in_trouble_first_and_of_no_more_than_asked(database: Database) {
        let store = founded(&database).await;
        publish(&store, ["a.example", "b.example", "c.example", "d.example"].iter().zip(1..).map(|(host, n)| answer(n, host))).await;
        for target in lease(&store, 0).await {
            match target.inbox.host_str().unwrap() {
                "c.example" => store.postpone_delivery(&target, &put_off(9, TargetState::Awake)).await.unwrap(),
                "d.example" => assert_eq!(deliver_to(&store, target, 0).await, [4]),
                _ => {}
            }
        }
        let debts = store.debts(10).await.unwrap();
        let inboxes: Vec<_> = debts.into_iter().map(|debt| debt.target.inbox).collect();
        assert_eq!(inboxes, ["c.example", "a.example", "b.example"].map(inbox));
        assert_eq!(store.debts(1).await.unwrap().len(), 1);
    }
}
