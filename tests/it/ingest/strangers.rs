//! Lists that nobody here chose, and what is merely seen or known: they fill gaps.

use archipelago::domain::provenance::SourceKind;

use super::*;
use crate::support::database::{Database, on_both_engines};

const SITE: &str = "https://one.example";

/// What a list says of the one hoster there is.
fn listed(list: &str, name: &str, facts: Value) -> Read {
    let mut record = hoster("third-party-list", "one", facts);
    record.name = name.to_owned().try_into().unwrap();
    record.website = Some(SITE.to_owned().try_into().unwrap());
    read(list, vec![record], Vec::new())
}

/// The operator imports what lies at an address.
async fn choose(store: &Store, read: Read) {
    ingest(
        store,
        &read.document,
        read.findings,
        &Taxonomy::embedded(),
        today(),
    )
    .await
    .unwrap();
}

on_both_engines! {
    async fn a_list_that_was_found_later_neither_renames_nor_takes_back(database: Database) {
        let store = database.store().await;
        let list = "https://list.example/all.json";
        choose(&store, listed(list, "Chosen", json!({ "legal_form": "association" }))).await;
        for found in ["https://stranger.example/list", list] {
            let facts = json!({ "legal_form": "company", "languages": ["eo"] });
            let ingested = crawl(&store, listed(found, "Renamed", facts)).await;
            assert_eq!(ingested.complaints.len(), 0);
            let one = hoster_in(&store, "one").await.unwrap();
            assert_eq!((one.name.as_str(), one.source.kind.word(), one.source.by.as_str()), ("Chosen", "third-party-list", list));
            assert_eq!(one.legal_form.unwrap().word(), "association");
            assert_eq!((one.languages.len(), one.source_of("languages").kind.word()), (1, "found-list"));
        }
        // The crawler does not take back what the operator chose; the operator does.
        crawl(&store, read(list, Vec::new(), Vec::new())).await;
        assert_eq!(hoster_in(&store, "one").await.unwrap().name.as_str(), "Chosen");
        choose(&store, read(list, Vec::new(), Vec::new())).await;
        assert_eq!(hoster_in(&store, "one").await.unwrap().name.as_str(), "Renamed");
    }

    async fn a_list_that_was_chosen_later_renames_whom_strangers_named(database: Database) {
        let store = database.store().await;
        crawl(&store, listed("https://stranger.example/list", "Found", json!({}))).await;
        let found = hoster_in(&store, "one").await.unwrap();
        assert_eq!((found.name.as_str(), found.source.kind.word()), ("Found", "found-list"));
        let mut record = hoster("third-party-list", "one", json!({ "website": SITE }));
        record.name = "Imported".to_owned().try_into().unwrap();
        record.source.seen = None;
        choose(&store, read("file:///list.json", vec![record], Vec::new())).await;
        let one = hoster_in(&store, "one").await.unwrap();
        assert_eq!(one.name.as_str(), "Found", "a list without a date counts no more");
        choose(&store, listed("https://list.example/", "Chosen", json!({}))).await;
        assert_eq!(hoster_in(&store, "one").await.unwrap().name.as_str(), "Chosen");
    }

    async fn a_list_that_was_found_is_no_collectives_whatever_it_says(database: Database) {
        let store = database.store().await;
        let mut said = listed("https://stranger.example/list", "Found", json!({}));
        said.findings.hosters[0].source.kind = SourceKind::CollectiveList;
        crawl(&store, said.clone()).await;
        assert_eq!(hoster_in(&store, "one").await.unwrap().source.kind, SourceKind::FoundList);
        choose(&store, said).await;
        assert_eq!(hoster_in(&store, "one").await.unwrap().source.kind, SourceKind::CollectiveList);
    }

    async fn a_country_that_was_seen_moves_nobody_who_is_said_to_be_elsewhere(database: Database) {
        let store = database.store().await;
        let seen = hoster("observation", "one", json!({ "website": SITE, "place": { "country": "DE" } }));
        crawl(&store, read(SITE, vec![seen], Vec::new())).await;
        let country = async || {
            let place = hoster_in(&store, "one").await.unwrap().place;
            place.country.unwrap().as_str().to_owned()
        };
        assert_eq!(country().await, "DE");
        crawl(&store, listed("https://stranger.example/list", "Found", json!({ "place": { "country": "FR" } }))).await;
        assert_eq!(country().await, "FR");
    }

    async fn a_name_that_no_source_gives_is_replaced_by_one_that_a_source_gives(database: Database) {
        let store = database.store().await;
        let guessed = hoster("own-file", "one", json!({ "website": SITE, "unsourced": ["name"] }));
        crawl(&store, read(SITE, vec![guessed], Vec::new())).await;
        crawl(&store, listed("https://stranger.example/list", "Its name", json!({}))).await;
        let one = hoster_in(&store, "one").await.unwrap();
        assert_eq!((one.name.as_str(), one.source.kind.word(), one.unsourced.len()), ("Its name", "own-file", 0));
    }
}
