//! What others ask of us until our people answer.

use archipelago::store::{Change, Effect, MAX_ASKED, Relation, RelationKind, Store};
use url::Url;

use super::*;
use crate::support::database::{Database, on_both_engines};

fn asked(number: i64, kind: RelationKind, object: &Url) -> Effect {
    let actor = url(&format!("https://h{number}.example/ap/org"));
    Effect::State(Box::new(Relation {
        id: actor.join("/1").unwrap(),
        kind,
        actor,
        object: object.clone(),
        document: "{}".to_owned(),
    }))
}

async fn commit(store: &Store, effects: Vec<Effect>) {
    let change = Change {
        effects,
        publications: Vec::new(),
    };
    store.commit(&change, some_day()).await.unwrap();
}

on_both_engines! {
    async fn no_more_wait_for_an_answer_than_people_can_read(database: Database) {
        let store = founded(&database).await;
        let ours = url("https://collective.example/ap/group");
        let many = (0..=MAX_ASKED).map(|n| asked(n, RelationKind::Application, &ours));
        commit(&store, many.collect()).await;
        let waiting = store.asked_around(&ours).await.unwrap();
        assert_eq!(waiting.len() as i64, MAX_ASKED);
        // Whoever waits may ask again, and once one withdraws there is room.
        commit(&store, vec![asked(0, RelationKind::Application, &ours)]).await;
        let leaves = Effect::Leave { actor: url("https://h0.example/ap/org"), object: ours.clone() };
        commit(&store, vec![leaves, asked(MAX_ASKED, RelationKind::Application, &ours)]).await;
        let waiting = store.asked_around(&ours).await.unwrap();
        assert_eq!(waiting.len() as i64, MAX_ASKED);
        assert!(waiting.iter().any(|asked| asked.actor.as_str() == format!("https://h{MAX_ASKED}.example/ap/org")));
    }

    async fn whoever_leaves_withdraws_an_offer_too(database: Database) {
        let store = founded(&database).await;
        let ours = url("https://hoster.example/ap/org");
        let leaves = Effect::Leave { actor: url("https://h1.example/ap/org"), object: ours.clone() };
        commit(&store, vec![asked(1, RelationKind::Offer, &ours), leaves]).await;
        assert!(store.asked_around(&ours).await.unwrap().is_empty());
    }
}
