//! Who follows whom.

use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::{Audience, Circle, Effect, Follow, FollowState, Reader, Store};
use url::Url;

use super::*;
use crate::support::database::{Database, on_both_engines};

async fn page(store: &Store, circle: Circle, limit: u32, offset: u64) -> (Vec<Url>, u64) {
    store
        .circle(circle, Local::Node, limit, offset)
        .await
        .unwrap()
}

fn known(host: &str) -> Effect {
    Effect::KeepActor(Box::new(actor(host)))
}

fn asked(host: &str, number: i64) -> Effect {
    Effect::AskToFollow {
        role: Local::Node,
        actor: actor_id(host),
        activity: activity(number),
    }
}

fn answered(host: &str, number: i64, accepted: bool) -> Effect {
    Effect::FollowAnswered {
        actor: actor_id(host),
        activity: activity(number),
        accepted,
    }
}

async fn state(store: &Store, host: &str) -> Option<FollowState> {
    store
        .follow_of(&actor_id(host))
        .await
        .unwrap()
        .map(|follow| follow.state)
}

on_both_engines! {
    async fn an_actor_is_known_as_it_was_last_read(database: Database) {
        let store = founded(&database).await;
        let mut far = actor("far.example");
        commit(&store, [known("far.example")]).await;
        assert_eq!(store.remote_actor(&far.id).await.unwrap(), Some((far.clone(), some_day())));
        commit(&store, follows(far.clone(), Local::Node, Reader::Node)).await;
        // It moves its inbox: what is said from then on is owed to the new one.
        publish(&store, [publication(1, Audience::Followers)]).await;
        far.shared_inbox = None;
        commit(&store, [Effect::KeepActor(Box::new(far.clone()))]).await;
        publish(&store, [publication(2, Audience::Followers)]).await;
        let owed = database.rows("select inbox from owed order by seq").await.concat();
        assert_eq!(owed, ["https://far.example/ap/inbox", "https://far.example/ap/org/inbox"]);
        assert_eq!(store.remote_actor(&far.id).await.unwrap().unwrap().0, far);
    }

    async fn an_actor_that_follows_again_is_one_follower_as_it_last_said(database: Database) {
        let store = founded(&database).await;
        commit(&store, follows(actor("far.example"), Local::Node, Reader::Node)).await;
        let [_, first] = follows(actor("far.example"), Local::Node, Reader::Node);
        let Effect::AddFollower { activity: old, .. } = first else { panic!() };
        let new = url("https://far.example/follows/again");
        commit(&store, [Effect::AddFollower {
            role: Local::Node, actor: actor_id("far.example"), reader: Reader::Person, activity: new.clone(),
        }]).await;
        assert_eq!(page(&store, Circle::Followers, 10, 0).await, (vec![actor_id("far.example")], 1));
        publish(&store, [publication(1, Audience::Nodes)]).await;
        assert_eq!(lease(&store, 0).await, [], "it reads as a person now");
        // Only who followed takes it back, by what it last said.
        let undo = |host: &str, activity: &Url| Effect::UndoFollow { actor: actor_id(host), activity: activity.clone() };
        commit(&store, [undo("far.example", &old), undo("evil.example", &new)]).await;
        assert_eq!(followers(&store, Local::Node).await.len(), 1);
        commit(&store, [undo("far.example", &new)]).await;
        assert_eq!(followers(&store, Local::Node).await, []);
    }

    async fn an_actor_that_follows_two_of_ours_may_leave_one(database: Database) {
        let store = founded(&database).await;
        for role in [Local::Node, Local::Hoster] {
            commit(&store, follows(actor("far.example"), role, Reader::Node)).await;
        }
        let removed = |host: &str| Effect::RemoveFollower { role: Local::Node, actor: actor_id(host) };
        commit(&store, [removed("far.example"), removed("nobody.example")]).await;
        assert_eq!(followers(&store, Local::Node).await, []);
        assert_eq!(followers(&store, Local::Hoster).await, [actor_id("far.example")]);
    }

    async fn an_actor_that_is_not_known_any_more_follows_nobody(database: Database) {
        let store = founded(&database).await;
        let [_, follower] = follows(actor("far.example"), Local::Node, Reader::Node);
        commit(&store, [follower]).await;
        assert_eq!(followers(&store, Local::Node).await, []);
    }

    async fn an_actor_that_is_no_more_leaves_every_circle(database: Database) {
        let store = founded(&database).await;
        for host in ["far.example", "other.example"] {
            commit(&store, follows(actor(host), Local::Node, Reader::Node)).await;
            let number = host.len().try_into().unwrap();
            commit(&store, [asked(host, number), answered(host, number, true), Effect::AddPeer(actor_id(host))]).await;
        }
        commit(&store, [Effect::RemoveActor(actor_id("far.example")), Effect::RemoveActor(actor_id("nobody.example"))]).await;
        for circle in [Circle::Followers, Circle::Following, Circle::Peers] {
            assert_eq!(page(&store, circle, 10, 0).await, (vec![actor_id("other.example")], 1), "{circle:?}");
        }
        assert_eq!(store.remote_actor(&actor_id("far.example")).await.unwrap(), None);
        assert_eq!(state(&store, "far.example").await, None);
    }

    async fn a_circle_is_paged_in_the_order_of_ids_with_how_many_there_are(database: Database) {
        let store = founded(&database).await;
        for number in [3, 1, 4, 2, 5] {
            commit(&store, follows(actor(&format!("h{number}.example")), Local::Node, Reader::Node)).await;
        }
        let ids = |numbers: &[u8]| numbers.iter().map(|n| actor_id(&format!("h{n}.example"))).collect::<Vec<_>>();
        for (limit, offset, expected) in [(2, 0, &[1, 2][..]), (2, 2, &[3, 4]), (2, 4, &[5]), (2, 6, &[]), (2, u64::MAX, &[])] {
            assert_eq!(page(&store, Circle::Followers, limit, offset).await, (ids(expected), 5));
        }
        assert_eq!(store.circle(Circle::Followers, Local::Hoster, 10, 0).await.unwrap(), (vec![], 0));
        commit(&store, [Effect::AddPeer(actor_id("h1.example"))]).await;
        assert_eq!(store.circle(Circle::Peers, Local::Hoster, 10, 0).await.unwrap(), (vec![], 0), "peers are the node's");
    }

    async fn who_accepts_that_we_follow_is_followed(database: Database) {
        let store = founded(&database).await;
        commit(&store, [known("far.example"), known("shy.example"), asked("far.example", 1), asked("shy.example", 2)]).await;
        let follow = store.follow_of(&actor_id("far.example")).await.unwrap().unwrap();
        assert_eq!(follow, Follow { role: Local::Node, activity: activity(1), state: FollowState::Asked });
        assert_eq!(page(&store, Circle::Following, 10, 0).await, (vec![], 0));
        // Nobody answers for another, or what was not asked.
        commit(&store, [answered("shy.example", 1, true), answered("far.example", 3, true)]).await;
        assert_eq!((state(&store, "far.example").await, state(&store, "shy.example").await), (Some(FollowState::Asked), Some(FollowState::Asked)));
        commit(&store, [answered("far.example", 1, true), answered("shy.example", 2, false)]).await;
        assert_eq!(page(&store, Circle::Following, 10, 0).await, (vec![actor_id("far.example")], 1));
        assert_eq!(state(&store, "shy.example").await, Some(FollowState::Refused));
        // Who accepted may think better of it, and who is asked again answers again.
        commit(&store, [answered("far.example", 1, false), asked("shy.example", 4), answered("shy.example", 2, true)]).await;
        assert_eq!((state(&store, "far.example").await, state(&store, "shy.example").await), (Some(FollowState::Refused), Some(FollowState::Asked)));
        commit(&store, [Effect::Unfollow(actor_id("far.example")), Effect::Unfollow(actor_id("nobody.example"))]).await;
        assert_eq!(state(&store, "far.example").await, None);
    }
}
