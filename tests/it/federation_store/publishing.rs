//! What ours publish: in one order, to those it is meant for, as it was written.

use std::collections::BTreeSet;

use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::{Audience, Publication, Reader, Store};
use serde_json::json;
use url::Url;

use super::*;
use crate::support::database::{Database, on_both_engines};

/// The hosts whose inboxes are owed the activity of that number.
async fn owed_to(database: &Database, number: i64) -> BTreeSet<String> {
    let sql = format!(
        "select o.inbox from owed o join outbox b on b.seq = o.seq where b.id = '{}'",
        activity(number)
    );
    let rows = database.rows(&sql).await;
    let count = rows.len();
    let hosts = rows
        .iter()
        .map(|row| url(&row[0]).host_str().unwrap().to_owned());
    let hosts: BTreeSet<_> = hosts.collect();
    assert_eq!(hosts.len(), count, "an inbox is owed an activity once");
    hosts
}

fn of(role: Local, publication: Publication) -> Publication {
    Publication {
        role,
        ..publication
    }
}

async fn ids(store: &Store, role: Local, limit: u32, offset: u64) -> (Vec<Url>, u64) {
    let (page, total) = store.outbox(role, limit, offset).await.unwrap();
    (
        page.into_iter().map(|published| published.id).collect(),
        total,
    )
}

on_both_engines! {
    async fn followers_that_share_an_inbox_are_owed_one_copy(database: Database) {
        let store = founded(&database).await;
        for name in ["ana", "bob", "eve"] {
            let mut person = actor("social.example");
            person.id = url(&format!("https://social.example/users/{name}"));
            commit(&store, follows(person, Local::Node, Reader::Person)).await;
        }
        commit(&store, follows(actor("far.example"), Local::Node, Reader::Node)).await;
        publish(&store, [publication(1, Audience::Followers)]).await;
        assert_eq!(owed_to(&database, 1).await, ["far.example", "social.example"].map(String::from).into());
        assert_eq!(database.rows("select count(*) from owed").await, [["2"]]);
    }

    async fn an_activity_is_owed_to_those_it_is_meant_for(database: Database) {
        let store = founded(&database).await;
        commit(&store, follows(actor("node.example"), Local::Node, Reader::Node)).await;
        commit(&store, follows(actor("person.example"), Local::Node, Reader::Person)).await;
        commit(&store, follows(actor("hoster.example"), Local::Hoster, Reader::Node)).await;
        let audiences = [Audience::Followers, Audience::Nodes, Audience::People, Audience::Inbox(inbox("x.example"))];
        publish(&store, (1..).zip(audiences).map(|(number, audience)| publication(number, audience))).await;
        publish(&store, [of(Local::Hoster, publication(5, Audience::Followers))]).await;
        publish(&store, [of(Local::Hoster, publication(6, Audience::People))]).await;
        for (number, hosts) in [
            (1, vec!["node.example", "person.example"]),
            (2, vec!["node.example"]),
            (3, vec!["person.example"]),
            (4, vec!["x.example"]),
            (5, vec!["hoster.example"]),
            (6, vec![]),
        ] {
            let expected = hosts.into_iter().map(String::from).collect();
            assert_eq!(owed_to(&database, number).await, expected, "activity {number}");
        }
        // Who comes later is owed what comes later.
        commit(&store, follows(actor("late.example"), Local::Node, Reader::Node)).await;
        assert!(!owed_to(&database, 1).await.contains("late.example"));
    }

    async fn the_outbox_lists_what_is_for_everyone_the_newest_first(database: Database) {
        let store = founded(&database).await;
        publish(&store, (1..=5).map(|number| publication(number, Audience::Followers))).await;
        publish(&store, [answer(6, "far.example"), of(Local::Hoster, publication(7, Audience::Nodes))]).await;
        publish(&store, [publication(8, Audience::People)]).await;
        let numbers = |numbers: &[i64]| numbers.iter().copied().map(activity).collect::<Vec<_>>();
        assert_eq!(ids(&store, Local::Node, 10, 0).await, (numbers(&[8, 5, 4, 3, 2, 1]), 6));
        assert_eq!(ids(&store, Local::Node, 2, 2).await, (numbers(&[4, 3]), 6));
        assert_eq!(ids(&store, Local::Node, 2, 6).await, (vec![], 6));
        assert_eq!(ids(&store, Local::Node, 2, u64::MAX).await, (vec![], 6));
        assert_eq!(ids(&store, Local::Hoster, 10, 0).await, (numbers(&[7]), 1));
        assert_eq!(ids(&store, Local::Collective, 10, 0).await, (vec![], 0));
        assert!(store.published(&activity(6)).await.unwrap().is_some(), "what is not listed is still read by its id");
        assert!(store.published(&activity(9)).await.unwrap().is_none());
    }

    async fn an_activity_is_sent_as_it_was_written(database: Database) {
        let store = founded(&database).await;
        let post = url("https://here.example/ap/org/notes/1");
        let mut said = answer(1, "far.example");
        said.document = json!({
            "z": 1, "a": { "y": [null, true, 1.50, 18_446_744_073_709_551_615_u64], "b": "\u{0}\"é\u{2028}𝄞" },
        });
        said.object = Some(post.clone());
        said.key = Some(url("https://here.example/ap/actor#key-1"));
        publish(&store, [said.clone()]).await;
        let [target] = lease(&store, 0).await.try_into().unwrap();
        let owed = store.next_owed(&target).await.unwrap().unwrap();
        assert_eq!(owed.document, said.document.to_string());
        assert_eq!((&owed.id, owed.role, &owed.key), (&said.id, Local::Node, &said.key));
        for id in [&said.id, &post] {
            assert_eq!(store.published(id).await.unwrap().as_ref(), Some(&owed));
        }
    }

    async fn the_order_of_numbers_is_the_order_in_which_activities_are_seen(database: Database) {
        const EACH: i64 = 10;
        let store = founded(&database).await;
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let store = store.clone();
                tokio::spawn(async move {
                    for number in 0..EACH / 2 {
                        let number = writer * EACH + 2 * number;
                        publish(&store, [number, number + 1].map(|n| publication(n, Audience::Followers))).await;
                    }
                })
            })
            .collect();
        loop {
            let over = writers.iter().all(|writer| writer.is_finished());
            let (page, _) = store.outbox(Local::Node, 1_000, 0).await.unwrap();
            let mut seen: Vec<_> = page.iter().map(|published| published.seq).collect();
            seen.reverse();
            // Whoever sees a number sees all before it: a cursor never passes over one to come.
            assert_eq!(seen, Vec::from_iter((1..).take(seen.len())));
            if over {
                assert_eq!(seen.len(), 80);
                break;
            }
        }
        for writer in writers {
            writer.await.unwrap();
        }
    }
}
