//! Who manages a node: several people, each with a token.

use archipelago::store::{Error, MAX_TOKENS, TokenAdded, TokenTakenBack};
use chrono::NaiveDate;

use super::*;
use crate::support::database::{Database, on_both_engines};

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

on_both_engines! {
    async fn a_token_is_known_by_its_hash(database: Database) {
        let store = founded(&database).await;
        store.add_token("another hash", "for a person", some_day()).await.unwrap();
        for (hash, known) in [("a hash", true), ("another hash", true), ("A hash", false), ("", false)] {
            assert_eq!(store.token(hash).await.unwrap().is_some(), known, "{hash}");
        }
        let twice = store.add_token("a hash", "for another", some_day()).await;
        assert!(matches!(twice, Err(Error::Other(_))), "{twice:?}");
        assert_eq!(store.revision().await.unwrap(), 1);
    }

    async fn a_person_has_one_token_whatever_the_capitals(database: Database) {
        let store = founded(&database).await;
        let add = async |label: &str, hash: &str| {
            store.add_token_for(&name(label), hash, after(60)).await.unwrap()
        };
        assert_eq!(add("Zoé", "hash of zoé").await, TokenAdded::Done);
        assert_eq!(add("ZOE", "another hash").await, TokenAdded::NameTaken);
        let labels: Vec<_> = store.tokens().await.unwrap().into_iter().map(|token| token.label).collect();
        assert_eq!(labels, ["init", "Zoé"], "the oldest first");
        assert_eq!(store.token("another hash").await.unwrap(), None);
        for number in labels.len()..MAX_TOKENS {
            assert_eq!(add(&format!("person {number}"), &format!("hash {number}")).await, TokenAdded::Done);
        }
        assert_eq!(add("one more", "one more hash").await, TokenAdded::TooMany);
        assert_eq!(store.revision().await.unwrap(), 1, "visitors see nothing of it");
    }

    async fn two_who_take_back_each_others_token_leave_one(database: Database) {
        let store = founded(&database).await;
        assert_eq!(store.take_back_token("a hash").await.unwrap(), TokenTakenBack::Last);
        assert_eq!(store.take_back_token("no hash").await.unwrap(), TokenTakenBack::Unknown);
        store.add_token_for(&name("Zoé"), "hash of zoé", some_day()).await.unwrap();
        let take_back = |hash: &'static str| {
            let store = store.clone();
            tokio::spawn(async move { store.take_back_token(hash).await.unwrap() })
        };
        let (one, other) = (take_back("a hash"), take_back("hash of zoé"));
        let mut came = [one.await.unwrap(), other.await.unwrap()];
        came.sort_by_key(|came| *came == TokenTakenBack::Last);
        assert_eq!(came, [TokenTakenBack::Done, TokenTakenBack::Last]);
        assert_eq!(store.tokens().await.unwrap().len(), 1);
    }

    async fn a_use_is_noted_to_the_day_and_never_earlier(database: Database) {
        let store = founded(&database).await;
        let used_on = async || store.token("a hash").await.unwrap().unwrap().used_on;
        assert_eq!(used_on().await, None);
        store.note_use_of_token("a hash", day("2026-11-29")).await.unwrap();
        store.note_use_of_token("a hash", day("2026-11-28")).await.unwrap();
        assert_eq!(used_on().await, Some(day("2026-11-29")));
        store.note_use_of_token("nobody's", day("2026-11-29")).await.unwrap();
    }
}
