//! A change is made wholly or not at all.

use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::{Audience, Change, Effect, Error, Relation, RelationKind, Visit};

use super::objects::travelling;
use super::*;
use crate::support::database::{Database, on_both_engines};

/// One of each that can be made twice and leaves something to be seen.
fn one_of_each() -> Vec<Effect> {
    let far = || actor_id("far.example");
    let relation = Relation {
        id: url("https://far.example/joins/1"),
        kind: RelationKind::Application,
        actor: far(),
        object: url("https://here.example/ap/group"),
        document: "{}".to_owned(),
    };
    let [known, follower] = follows(actor("far.example"), Local::Node, Reader::Node);
    let activity = activity(77);
    vec![
        known,
        follower,
        Effect::KeepHoster(Box::new(hoster_by("own-node", "far.example", "Far"))),
        Effect::KeepService(Box::new(travelling("far.example", "pads", "Pads", 0))),
        Effect::AskToFollow {
            role: Local::Node,
            actor: far(),
            activity: activity.clone(),
        },
        Effect::FollowAnswered {
            actor: far(),
            activity,
            accepted: true,
        },
        Effect::AddPeer(far()),
        Effect::Visit {
            url: url("https://far.example/services"),
            kind: Visit::Services,
            actor: far(),
        },
        Effect::State(Box::new(relation)),
        Effect::TouchActor(Local::Node),
        Effect::Wake(far()),
    ]
}

/// Every row of every table, but for the times of migrations.
async fn all_rows(database: &Database) -> Vec<(String, Vec<Vec<String>>)> {
    let mut all = Vec::new();
    for table in database.tables().await {
        let mut rows = database.rows(&format!("select * from {table}")).await;
        rows.sort();
        all.push((table, rows));
    }
    all.sort();
    all
}

on_both_engines! {
    async fn a_change_is_made_wholly_or_not_at_all(database: Database) {
        let store = founded(&database).await;
        publish(&store, [answer(1, "far.example")]).await;
        let before = all_rows(&database).await;
        let unknown = || Effect::AddPeer(actor_id("nowhere.example"));
        let said_before = || publication(1, Audience::Followers);
        for (effects, publications) in [
            (vec![], vec![publication(2, Audience::Followers), said_before()]),
            (vec![], vec![publication(2, Audience::Followers), publication(2, Audience::Nodes)]),
            (vec![unknown()], vec![publication(2, Audience::Followers)]),
            (vec![Effect::RotateKey { role: Local::Node, key: key(Local::Node, 1, "x") }], vec![]),
        ] {
            let effects = one_of_each().into_iter().chain(effects).collect();
            let error = store.commit(&Change { effects, publications }, after(60)).await.unwrap_err();
            assert!(matches!(error, Error::Other(_)), "{error:?}");
            assert_eq!(all_rows(&database).await, before);
        }
        // The failed transactions have let go of the database, and of their numbers.
        publish(&store, [publication(2, Audience::Followers)]).await;
        assert_eq!(store.published(&activity(2)).await.unwrap().unwrap().seq, 2);
    }

    async fn what_visitors_can_see_is_one_revision_and_what_they_cannot_is_none(database: Database) {
        let store = founded(&database).await;
        assert_eq!(store.revision().await.unwrap(), 1);
        commit(&store, one_of_each()).await;
        assert_eq!(store.revision().await.unwrap(), 2, "a hoster and a service in one change");
        publish(&store, [publication(1, Audience::Followers)]).await;
        let seen = |effect: &Effect| matches!(effect, Effect::KeepHoster(_) | Effect::KeepService(_));
        let unseen: Vec<_> = one_of_each().into_iter().filter(|effect| !seen(effect)).collect();
        commit(&store, unseen).await;
        commit(&store, [Effect::RemoveHoster("nobody".to_owned().try_into().unwrap())]).await;
        commit(&store, []).await;
        assert_eq!(store.revision().await.unwrap(), 2);
        commit(&store, [Effect::RemoveHoster("far.example".to_owned().try_into().unwrap())]).await;
        assert_eq!(store.revision().await.unwrap(), 3);
    }

    async fn what_is_made_twice_is_made_once(database: Database) {
        let store = founded(&database).await;
        commit(&store, one_of_each()).await;
        let once = all_rows(&database).await;
        let rows_of = |name: &str| once.iter().find(|(table, _)| table == name).unwrap().1.len();
        for table in ["followers", "following", "peers", "visits", "relations", "objects", "services"] {
            assert_eq!(rows_of(table), 1, "{table}");
        }
        commit(&store, one_of_each()).await;
        assert_eq!(all_rows(&database).await, once);
    }
}
