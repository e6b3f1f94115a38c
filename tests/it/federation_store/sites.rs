//! Sites that vouches are for are asked again every day whether they name them.

use archipelago::store::{ASK_SITES_AFTER, MAX_SITES_ASKED, Store, Visit};

use super::*;
use crate::support::database::{Database, on_both_engines};

/// Keeps a vouch of that number for an object, as if its proof had been checked.
async fn vouch(database: &Database, number: u32, object: &str, proof: &str, ends_at: i64) {
    let sql = format!(
        "insert into vouches (id, issuer, object, document, made_at, proof, ends_at, kept_at)
         values ('https://c.example/ap/vouches/{number}', 'https://c.example/ap/group', '{object}',
                 '{{}}', 0, '{proof}', {ends_at}, 0)"
    );
    database.execute(&sql).await;
}

/// The sites that are to be asked at a moment, and are asked then.
async fn asked(store: &Store, now: DateTime<Utc>) -> Vec<String> {
    store.plan_questions(now).await.unwrap();
    let due = store.lease_visits(now, now, 1_000).await.unwrap();
    let sites = due.into_iter().filter(|due| due.kind == Visit::Member);
    let mut sites: Vec<Url> = sites.map(|due| due.url).collect();
    commit(store, sites.iter().cloned().map(Effect::Visited)).await;
    sites.sort();
    sites.iter().map(Url::to_string).collect()
}

on_both_engines! {
    async fn a_site_is_asked_every_day_as_long_as_a_vouch_for_it_is_in_force(database: Database) {
        let store = founded(&database).await;
        let ends_at = (some_day() + ASK_SITES_AFTER * 3).timestamp_millis();
        vouch(&database, 1, "https://member.example/", "holds", ends_at).await;
        vouch(&database, 2, "https://member.example/", "holds", ends_at).await;
        vouch(&database, 3, "http://b.localhost:4001/", "holds", ends_at).await;
        // Actors are asked by their own nodes' words; the others need not be asked.
        vouch(&database, 4, "https://actor.example/ap/org", "holds", ends_at).await;
        vouch(&database, 5, "https://query.example/?a", "holds", ends_at).await;
        vouch(&database, 6, "https://forged.example/", "bad-proof", ends_at).await;
        vouch(&database, 7, "https://over.example/", "holds", some_day().timestamp_millis()).await;
        vouch(&database, 8, "https://revoked.example/", "holds", ends_at).await;
        database
            .execute("insert into revocations (vouch, issuer, revoked_at)
                      values ('https://c.example/ap/vouches/8', 'https://c.example/ap/group', 0)")
            .await;
        let sites = ["http://b.localhost:4001/", "https://member.example/"];
        assert_eq!(asked(&store, some_day()).await, sites);
        let within_a_day = some_day() + ASK_SITES_AFTER - TimeDelta::milliseconds(1);
        assert!(asked(&store, within_a_day).await.is_empty());
        assert_eq!(asked(&store, some_day() + ASK_SITES_AFTER).await, sites);
        assert!(asked(&store, some_day() + ASK_SITES_AFTER * 3).await.is_empty());
    }

    async fn of_many_sites_so_many_are_asked_at_once_and_the_others_next(database: Database) {
        let store = founded(&database).await;
        let ends_at = (some_day() + ASK_SITES_AFTER).timestamp_millis();
        for number in 0..MAX_SITES_ASKED + 1 {
            let site = format!("https://m{number:03}.example/");
            vouch(&database, number, &site, "holds", ends_at).await;
        }
        let first = asked(&store, some_day()).await;
        assert_eq!(first.len(), MAX_SITES_ASKED as usize);
        let last = asked(&store, some_day()).await;
        assert_eq!(last, [format!("https://m{MAX_SITES_ASKED:03}.example/")]);
    }
}
