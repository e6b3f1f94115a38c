//! What a node is: once, with keys that nobody sees.

use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::{Audience, Change, Effect, Error, Publication};

use super::*;
use crate::support::database::{Database, on_both_engines};

fn rotation(number: u32, word: &str) -> Effect {
    Effect::RotateKey {
        role: Local::Node,
        key: key(Local::Node, number, word),
    }
}

on_both_engines! {
    async fn a_new_store_is_no_node_yet(database: Database) {
        let store = database.store().await;
        assert_eq!(store.local_actors().await.unwrap(), []);
        assert!(store.local_keys(Local::Node).await.unwrap().is_empty());
        assert!(store.token("a hash").await.unwrap().is_none());
    }

    async fn a_node_is_founded_once_and_stays_what_it_was(database: Database) {
        let store = founded(&database).await;
        assert_eq!(store.revision().await.unwrap(), 1);
        let (mut other, _) = local(Local::Node);
        other.username = "other".to_owned();
        let collective = (local(Local::Collective).0, key(Local::Collective, 1, "the second"));
        let actors = [(other, key(Local::Node, 2, "the second")), collective];
        let hoster = hoster_by("own-node", "b", "B");
        let again = store.found(&actors, Some(&hoster), "another hash", after(60));
        assert!(!again.await.unwrap());
        let known = database.store().await.local_actors().await.unwrap();
        assert_eq!(known, [local(Local::Node).0, local(Local::Hoster).0]);
        let [first] = store.local_keys(Local::Node).await.unwrap().try_into().unwrap();
        assert_eq!(first.private_pem.expose(), "private half of the first");
        assert!(store.token("another hash").await.unwrap().is_none());
        let directory = store.directory().await.unwrap();
        assert_eq!((directory.revision, directory.hosters.len()), (1, 1));
    }

    async fn of_many_who_found_a_node_at_once_one_does(database: Database) {
        let store = database.store().await;
        let founding = (0..8).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let word = format!("number {number}");
                let actors = [(local(Local::Node).0, key(Local::Node, 1, &word))];
                (word.clone(), store.found(&actors, None, &word, some_day()).await.unwrap())
            })
        });
        let mut founders = Vec::new();
        for ended in founding.collect::<Vec<_>>() {
            let (word, founded) = ended.await.unwrap();
            assert_eq!(store.token(&word).await.unwrap().is_some(), founded);
            founders.extend(founded.then_some(word));
        }
        let [founder] = founders.try_into().unwrap();
        let [key] = store.local_keys(Local::Node).await.unwrap().try_into().unwrap();
        assert_eq!(key.private_pem.expose(), format!("private half of {founder}"));
    }

    async fn a_new_key_takes_the_place_of_the_one_in_use_which_is_kept(database: Database) {
        let store = founded(&database).await;
        let change = Change { effects: vec![rotation(2, "the second")], publications: Vec::new() };
        store.commit(&change, after(60)).await.unwrap();
        let keys = store.local_keys(Local::Node).await.unwrap();
        let seen: Vec<_> = keys.iter().map(|key| (key.number, key.private_pem.expose(), key.retired_at)).collect();
        let expected =
            [(2, "private half of the second", None), (1, "private half of the first", Some(after(60)))];
        assert_eq!(seen, expected);
        assert_eq!(keys[0].public_pem, "public half of the second");
        let [node, hoster] = store.local_actors().await.unwrap().try_into().unwrap();
        assert_eq!((node.updated_at, hoster.updated_at), (after(60), some_day()), "its document names the key");
        assert_eq!(store.local_keys(Local::Hoster).await.unwrap().len(), 1);
        // A number is given once, so that a key's id means one key for ever.
        let again = store.commit(&change, after(120)).await.unwrap_err();
        assert!(matches!(again, Error::Other(_)), "{again:?}");
        assert_eq!(store.local_keys(Local::Node).await.unwrap()[0].retired_at, None);
    }

    async fn what_is_still_owed_goes_out_under_the_key_it_was_said_under(database: Database) {
        let store = founded(&database).await;
        let of_hoster = Publication { role: Local::Hoster, ..answer(2, "far.example") };
        publish(&store, [answer(1, "far.example"), of_hoster, publication(3, Audience::Followers)]).await;
        commit(&store, [rotation(2, "the second")]).await;
        publish(&store, [answer(4, "far.example")]).await;
        let first = Some(key(Local::Node, 1, "").id);
        // 2 is another actor's, 3 is owed to nobody, 4 was said since.
        for (number, expected) in [(1, first), (2, None), (3, None), (4, None)] {
            assert_eq!(store.published(&activity(number)).await.unwrap().unwrap().key, expected, "activity {number}");
        }
    }

    async fn a_private_key_stands_in_one_table_and_in_no_debug_text(database: Database) {
        let store = founded(&database).await;
        let follower = follows(actor("far.example"), Local::Node, Reader::Node);
        commit(&store, follower.into_iter().chain([rotation(2, "the second")])).await;
        let mut announced = publication(1, Audience::Followers);
        announced.key = Some(key(Local::Node, 1, "").id);
        publish(&store, [announced]).await;
        store.receive(&[received("far.example", 1)], some_day()).await.unwrap();
        let mut holders = Vec::new();
        for (table, rows) in database.everything().await {
            let holds = |row: &Vec<String>| row.iter().any(|text| text.contains("private half"));
            holders.extend(vec![table; rows.into_iter().filter(holds).count()]);
        }
        assert_eq!(holders, ["local_keys"; 3]);
        let shown = format!("{:?}", store.local_keys(Local::Node).await.unwrap());
        assert!(shown.contains("public half") && !shown.contains("private half"), "{shown}");
    }

    async fn an_actor_whose_document_is_another_now_says_since_when(database: Database) {
        let store = founded(&database).await;
        let change = Change { effects: vec![Effect::TouchActor(Local::Hoster)], publications: Vec::new() };
        store.commit(&change, after(60)).await.unwrap();
        let [node, hoster] = store.local_actors().await.unwrap().try_into().unwrap();
        assert_eq!((node.updated_at, hoster.updated_at), (some_day(), after(60)));
        assert_eq!(hoster.created_at, some_day());
    }
}
