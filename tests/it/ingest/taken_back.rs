//! What a source takes back is as if it had never been said.

use archipelago::formats::archipelago::write;
use archipelago::store::{Change, Effect, MAX_STATEMENTS, Travelling};

use super::*;
use crate::support::database::{Database, on_both_engines};

fn list(facts: Value, services: &[&str]) -> Read {
    let services = services.iter().map(|id| {
        service(
            "third-party-list",
            "a",
            id,
            json!({ "url": format!("https://{id}.a.example") }),
        )
    });
    let mut all = json!({ "website": "https://a.example" });
    all.as_object_mut()
        .unwrap()
        .extend(facts.as_object().unwrap().clone());
    read(
        "https://list.example/",
        vec![hoster("third-party-list", "a", all)],
        services.collect(),
    )
}

on_both_engines! {
    async fn what_a_document_no_longer_says_is_gone_where_nobody_else_says_it(database: Database) {
        let store = database.store().await;
        crawl(&store, list(json!({}), &["pads", "polls"])).await;
        let before = store.directory().await.unwrap();
        let other = hoster("third-party-list", "a", json!({ "website": "https://a.example", "languages": ["fr"] }));
        let calls = service("third-party-list", "a", "calls", json!({}));
        let document = "https://other.example/";
        crawl(&store, read(document, vec![other], vec![calls])).await;
        assert_ne!(store.directory().await.unwrap().hosters, before.hosters);
        let ingested = crawl(&store, read(document, Vec::new(), Vec::new())).await;
        assert_eq!((ingested.kept.hosters.changed, ingested.kept.services.removed), (1, 1));
        let after = store.directory().await.unwrap();
        assert_eq!((after.hosters, after.services), (before.hosters, before.services));
        crawl(&store, read("https://list.example/", Vec::new(), Vec::new())).await;
        assert!(store.is_empty().await.unwrap());
        assert_eq!(database.rows("select id from statements").await.len(), 0);
    }

    async fn a_broken_document_takes_nothing_back(database: Database) {
        let store = database.store().await;
        crawl(&store, list(json!({}), &["pads", "polls"])).await;
        let mut broken = list(json!({}), &["pads"]);
        broken.findings.complaints.add(Some(3), "services[1]", "is left out: cut short");
        crawl(&store, broken).await;
        assert_eq!(store.directory().await.unwrap().services.len(), 2);
        crawl(&store, list(json!({}), &["pads"])).await;
        assert_eq!(store.directory().await.unwrap().services.len(), 1);
    }

    async fn a_service_that_its_own_node_deleted_is_not_brought_back(database: Database) {
        let store = database.store().await;
        let owner = url("https://a.example/ap/org");
        let object = url("https://a.example/ap/services/pads");
        let node = hoster("own-node", "a.example", json!({ "actor": owner, "website": "https://a.example" }));
        let pads = service("own-node", "a.example", "a.example_pads", json!({ "url": "https://pads.a.example", "object": object }));
        let travelling = Travelling { service: pads.clone(), object: object.clone(), owner: owner.clone(), published_at: today(), updated_at: today() };
        let commit = async |effects| {
            store.commit(&Change { effects, publications: Vec::new() }, today()).await.unwrap();
        };
        commit(vec![Effect::KeepHoster(Box::new(node.clone())), Effect::KeepService(Box::new(travelling))]).await;
        commit(vec![Effect::Remove { object, owner, service: pads.id.clone() }]).await;
        // By its id, by its address, and in a copy of a whole directory.
        let copy = write(&[node], std::slice::from_ref(&pads), today().date_naive());
        assert_eq!(import(&store, &copy).await.kept.services.left_out, 1);
        let ingested = crawl(&store, list(json!({}), &["pads"])).await;
        assert_eq!((ingested.kept.services.left_out, ingested.kept.hosters.added), (1, 0));
        assert_eq!(store.directory().await.unwrap().services, []);
    }

    async fn of_many_sources_the_weakest_are_forgotten(database: Database) {
        let store = database.store().await;
        let said = |kind, website| hoster(kind, "a", json!({ "website": website }));
        crawl(&store, read("https://a.example/", vec![said("own-file", "https://a.example")], Vec::new())).await;
        let lists = (0..MAX_STATEMENTS + 5).map(|n| read(&format!("https://list.example/{n}"), vec![said("third-party-list", "https://a.example")], Vec::new()));
        crawl_at(&store, lists.collect(), today()).await;
        let kinds = database.rows("select kind from statements where kind = 'own-file'").await;
        assert_eq!(kinds.len(), 1);
        assert_eq!(database.rows("select kind from statements").await.len(), MAX_STATEMENTS);
    }
}
