//! Whoever asks to be left out is, and nobody else brings them back.

use archipelago::store::{Change, Effect};

use super::*;
use crate::support::database::{Database, on_both_engines};

/// A document that asks for it.
fn leave(document: &str) -> Read {
    let findings = Findings {
        asks_to_be_left_out: true,
        ..Findings::default()
    };
    Read {
        document: url(document),
        findings,
    }
}

fn adminforge(kind: &str) -> Hoster {
    hoster(
        kind,
        "adminforge",
        json!({ "website": "https://adminforge.de" }),
    )
}

on_both_engines! {
    async fn who_asks_to_be_left_out_is_at_once_with_all_its_services(database: Database) {
        let store = demo(&database).await;
        let ingested = crawl(&store, leave("https://www.adminforge.de/robots.txt")).await;
        assert_eq!(ingested.kept.hosters.removed, 1);
        let directory = store.directory().await.unwrap();
        assert_eq!(directory.hosters.len(), 105);
        assert!(directory.services.iter().all(|service| service.hoster.as_str() != "adminforge"));
        for table in ["statements", "identities"] {
            assert_eq!(database.rows(&format!("select id from {table} where id like 'adminforge%'")).await.len(), 0);
        }
        // Asked again, and by somebody we do not know.
        crawl(&store, leave("https://adminforge.de/robots.txt")).await;
        crawl(&store, leave("https://unknown.example/robots.txt")).await;
        assert_eq!(store.revision().await.unwrap(), directory.revision);
    }

    async fn neither_a_list_nor_a_peers_copy_brings_them_back(database: Database) {
        let store = demo(&database).await;
        crawl(&store, leave("https://adminforge.de/robots.txt")).await;
        let again = import(&store, SHIPPED).await;
        assert_eq!((again.kept.hosters.left_out, again.kept.services.left_out), (1, 4));
        assert!(!again.kept.is_change());
        for (document, kind) in [
            ("https://peer.example/snapshot", "own-file"),
            ("https://peer.example/list", "third-party-list"),
            // A neighbour under the same domain is not itself.
            ("https://shop.adminforge.de/file", "own-file"),
        ] {
            let pads = service(kind, "adminforge", "p", json!({}));
            let ingested = crawl(&store, read(document, vec![adminforge(kind)], vec![pads])).await;
            assert_eq!((ingested.kept.hosters.left_out, ingested.kept.services.left_out), (1, 1), "{document}");
        }
        // Nor does a list that only names it.
        let named = hoster("third-party-list", "adminforge", json!({}));
        crawl(&store, read("https://peer.example/names", vec![named], Vec::new())).await;
        assert_eq!(hoster_in(&store, "adminforge").await, None);
    }

    async fn its_own_domain_brings_it_back(database: Database) {
        let store = demo(&database).await;
        crawl(&store, leave("https://adminforge.de/robots.txt")).await;
        crawl(&store, read("https://adminforge.de/file", vec![adminforge("own-file")], Vec::new())).await;
        assert!(hoster_in(&store, "adminforge").await.is_some());
        let again = import(&store, SHIPPED).await;
        assert_eq!((again.kept.hosters.left_out, again.kept.services.added), (0, 4));
    }

    async fn who_was_not_known_yet_is_left_out_all_the_same(database: Database) {
        let store = database.store().await;
        crawl(&store, leave("https://adminforge.de/robots.txt")).await;
        import(&store, SHIPPED).await;
        assert_eq!(hoster_in(&store, "adminforge").await, None);
    }

    async fn a_node_that_is_gone_is_not_brought_back_by_a_list_but_by_itself(database: Database) {
        let store = demo(&database).await;
        let node = hoster("own-node", "node.example", json!({ "actor": "https://node.example/ap/org", "website": "https://node.example" }));
        let commit = async |effect| {
            let change = Change { effects: vec![effect], publications: Vec::new() };
            store.commit(&change, today()).await.unwrap();
        };
        commit(Effect::KeepHoster(Box::new(node.clone()))).await;
        assert!(hoster_in(&store, "node.example").await.is_some());
        commit(Effect::RemoveHoster(node.id.clone())).await;
        let listed = hoster("third-party-list", "n", json!({ "website": "https://www.node.example/" }));
        crawl(&store, read("https://list.example/", vec![listed.clone()], Vec::new())).await;
        assert_eq!(ids(&store).await.len(), 106);
        commit(Effect::KeepHoster(Box::new(node))).await;
        crawl(&store, read("https://list.example/", vec![listed], Vec::new())).await;
        assert_eq!(ids(&store).await.len(), 107);
    }
}
