//! A run that would change too much waits for people.

use archipelago::store::{Decision, MAX_SHARE_PERCENT, MIN_CHANGES, WINDOW};
use chrono::TimeDelta;

use super::*;
use crate::support::database::{Database, on_both_engines};
use crate::support::desk::{Desk, stderr};

/// A list of so many hosters, all called `name` as of a day.
fn list(count: u64, name: &str, seen: &str) -> Read {
    let hosters = (0..count).map(|n| {
        let mut told = hoster(
            "third-party-list",
            &format!("h{n:03}"),
            json!({ "name": name, "website": format!("https://h{n}.example") }),
        );
        told.source.seen = Some(seen.to_owned().try_into().unwrap());
        told
    });
    read("https://list.example/", hosters.collect(), Vec::new())
}

async fn named(store: &Store, name: &str) -> usize {
    let hosters = store.directory().await.unwrap().hosters;
    hosters
        .iter()
        .filter(|hoster| hoster.name.as_str() == name)
        .count()
}

/// The demo's document with another name for the first so many hosters.
fn renamed(count: usize) -> String {
    let mut document: Value = serde_json::from_str(SHIPPED).unwrap();
    for hoster in document["hosters"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .take(count)
    {
        hoster["name"] = json!("Renamed");
    }
    document.to_string()
}

on_both_engines! {
    async fn a_first_fill_and_additions_are_not_gated(database: Database) {
        let store = database.store().await;
        for count in [100, 300] {
            let [ingested] = crawl_at(&store, vec![list(count, "A", "2026-11-28")], today()).await.try_into().unwrap();
            assert_eq!(ingested.kept.hosters.held, 0);
        }
        assert_eq!(named(&store, "A").await, 300);
        // Newer dates and facts that were not known are no change either.
        let mut more = list(300, "A", "2026-11-29");
        for hoster in &mut more.findings.hosters {
            hoster.languages = serde_json::from_value(json!(["fr"])).unwrap();
        }
        let [ingested] = crawl_at(&store, vec![more], today()).await.try_into().unwrap();
        assert_eq!((ingested.kept.hosters.changed, ingested.kept.hosters.held), (300, 0));
    }

    async fn an_import_that_changes_too_much_is_held_whole_until_people_let_it_pass(database: Database) {
        let store = demo(&database).await;
        let before = store.directory().await.unwrap();
        let most = (439 * MAX_SHARE_PERCENT / 100) as usize;
        assert_eq!(import(&store, &renamed(most)).await.kept.hosters.changed, most as u64);
        import(&store, SHIPPED).await;
        assert_eq!(store.directory().await.unwrap().hosters, before.hosters);
        let revision = store.revision().await.unwrap();
        for _ in 0..2 {
            let ingested = import(&store, &renamed(most + 1)).await;
            assert_eq!((ingested.kept.hosters.held, ingested.kept.hosters.changed), (most as u64 + 1, 0));
        }
        assert_eq!((store.directory().await.unwrap().hosters, store.revision().await.unwrap()), (before.hosters.clone(), revision));
        let held = store.held(today()).await.unwrap();
        assert_eq!((held.len(), store.held_count().await.unwrap()), (most + 1, most as u64 + 1));
        assert_eq!((held[0].id.as_str(), held[0].changes[0].fact.as_str(), &held[0].changes[0].to), ("adminforge", "name", &json!("Renamed")));
        let one = ["adminforge".to_owned()];
        assert_eq!(store.decide(Decision::Pass, &one, today()).await.unwrap(), 1);
        assert_eq!(named(&store, "Renamed").await, 1);
        assert_eq!(store.decide(Decision::Drop, &["allmende".to_owned()], today()).await.unwrap(), 1);
        assert_eq!(store.decide(Decision::Pass, &[], today()).await.unwrap(), most as u64 - 1);
        assert_eq!(store.decide(Decision::Pass, &[], today()).await.unwrap(), 0);
        assert_eq!((named(&store, "Renamed").await, store.held_count().await.unwrap()), (most, 0));
        assert_eq!(hoster_in(&store, "allmende").await, before.hosters.into_iter().map(Arc::unwrap_or_clone).find(|hoster| hoster.id.as_str() == "allmende"));
    }

    async fn what_the_crawler_changes_counts_together_for_a_day(database: Database) {
        let store = database.store().await;
        crawl(&store, list(100, "A", "2026-11-28")).await;
        let most = MIN_CHANGES as usize;
        let renamed = |from: usize, to: usize, name: &str| {
            let mut read = list(100, "A", "2026-11-28");
            for hoster in &mut read.findings.hosters[from..to] {
                hoster.name = name.to_owned().try_into().unwrap();
            }
            read.document = url("https://list.example/");
            read
        };
        crawl(&store, renamed(0, most - 5, "B")).await;
        assert_eq!(named(&store, "B").await, most - 5);
        // The next would be too much, and once closed the gate is closed for the rest of the day.
        crawl(&store, renamed(0, most + 1, "B")).await;
        assert_eq!((named(&store, "B").await, store.held_count().await.unwrap()), (most - 5, 6));
        crawl_at(&store, vec![renamed(0, most - 4, "B")], today() + TimeDelta::hours(23)).await;
        assert_eq!(named(&store, "B").await, most - 5);
        // Whoever says again what it said before is believed at once; what is still said waits for people.
        assert_eq!(store.held_count().await.unwrap(), 1);
        crawl_at(&store, vec![renamed(0, most - 4, "B")], today() + WINDOW).await;
        assert_eq!((named(&store, "B").await, store.held_count().await.unwrap()), (most - 5, 1));
        crawl_at(&store, vec![renamed(0, most - 5, "B")], today() + WINDOW).await;
        crawl_at(&store, vec![renamed(0, most - 4, "B")], today() + WINDOW).await;
        assert_eq!((named(&store, "B").await, store.held_count().await.unwrap()), (most - 4, 0));
    }

    async fn what_would_go_is_held_as_well_and_dropped_as_if_never_said(database: Database) {
        let store = database.store().await;
        crawl(&store, list(100, "A", "2026-11-28")).await;
        let before = database.rows("select id, document, held from statements order by id").await;
        crawl(&store, list(50, "A", "2026-11-28")).await;
        assert_eq!((named(&store, "A").await, store.held_count().await.unwrap()), (100, 50));
        assert!(store.held(today()).await.unwrap().iter().all(|held| held.goes));
        assert_eq!(store.decide(Decision::Drop, &[], today()).await.unwrap(), 50);
        assert_eq!(database.rows("select id, document, held from statements order by id").await, before);
        crawl(&store, list(50, "A", "2026-11-28")).await;
        assert_eq!(store.decide(Decision::Pass, &[], today()).await.unwrap(), 50);
        assert_eq!(named(&store, "A").await, 50);
        assert_eq!(database.rows("select id from statements").await.len(), 50);
    }

    async fn two_at_once_share_one_gate(database: Database) {
        let stores = [database.store().await, database.store().await];
        crawl(&stores[0], list(100, "A", "2026-11-28")).await;
        let crawls = (0..10).map(|part| {
            let store = stores[part % 2].clone();
            let mut read = list(100, "B", "2026-11-28");
            read.findings.hosters = read.findings.hosters.drain(part * 10..part * 10 + 10).collect();
            // Each is one page of the list; what the page does not name is not taken back.
            read.findings.complaints.add(None, "the page", "is one of ten");
            tokio::spawn(async move { crawl(&store, read).await })
        });
        for crawl in crawls.collect::<Vec<_>>() {
            crawl.await.unwrap();
        }
        let changed = named(&stores[0], "B").await;
        assert_eq!((changed, stores[1].held_count().await.unwrap()), (20, 80));
        let decisions = [0, 1].map(|n| {
            let store = stores[n].clone();
            tokio::spawn(async move { store.decide(Decision::Pass, &[], today()).await.unwrap() })
        });
        let mut passed = 0;
        for decision in decisions {
            passed += decision.await.unwrap();
        }
        assert_eq!((passed, named(&stores[0], "B").await), (80, 100));
    }
}

#[test]
fn the_operator_sees_what_is_held_and_decides() {
    let desk = Desk::with_directory();
    assert_eq!(desk.said("held"), "Nothing is held.\n");
    std::fs::write(desk.path().join("renamed.json"), renamed(106)).unwrap();
    let imported = desk.run("import archipelago renamed.json");
    assert!(imported.status.success());
    let said = stderr(&imported);
    assert!(
        said.contains("the gate closed") && said.contains("archipelago held"),
        "{said}"
    );
    assert_eq!(desk.json("status")["held"], 106);
    assert!(
        desk.said("status")
            .contains("`archipelago held` shows what would change")
    );
    let list = desk.json("held adminforge");
    assert_eq!(
        list["held"][0]["changes"],
        json!([{ "fact": "name", "from": "adminForge", "to": "Renamed" }])
    );
    let words = desk.said("held adminforge");
    assert!(words.starts_with("hoster adminforge\n  name: adminForge → Renamed\n  said by https://github.com/timvisee/send-instances (third-party-list)\n"), "{words}");
    assert_eq!(
        desk.json("held --pass adminforge"),
        json!({ "decision": "pass", "records": 1 })
    );
    assert_eq!(
        desk.said("held --drop"),
        "Dropped what was held of 105 hosters and services.\n"
    );
    assert_eq!(desk.said("held"), "Nothing is held.\n");
    assert_eq!(desk.run("held --pass --drop").status.code(), Some(2));
}
