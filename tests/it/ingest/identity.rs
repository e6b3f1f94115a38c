//! Whom a document means, and that nobody speaks for another.

use archipelago::store::{Change, Effect, Travelling};

use super::*;
use crate::support::database::{Database, on_both_engines};

const FILE: &str = "https://adminforge.de/.well-known/chatonsinfos/organization.properties";

on_both_engines! {
    async fn a_hosters_own_file_lands_on_the_lists_entry_and_outranks_it_fact_by_fact(database: Database) {
        let store = demo(&database).await;
        let (hosters, services) = {
            let directory = store.directory().await.unwrap();
            (directory.hosters.len(), directory.services.len())
        };
        let own = hoster("own-file", "adminforge.de", json!({
            "name": "adminForge e.V.", "website": "https://www.adminforge.de/", "place": { "country": "DE", "city": "München" },
        }));
        let send = service("own-file", "adminforge.de", "adminforge.de_send", json!({
            "name": "Our Send", "url": "http://send.adminforge.de/", "need": "file-drop", "registration": "free",
        }));
        let new = service("own-file", "adminforge.de", "adminforge.de_pads", json!({ "url": "https://pads.adminforge.de" }));
        let ingested = crawl(&store, read(FILE, vec![own], vec![send, new])).await;
        assert_eq!((ingested.kept.hosters.changed, ingested.kept.services.changed, ingested.kept.services.added), (1, 1, 1));
        let directory = store.directory().await.unwrap();
        assert_eq!((directory.hosters.len(), directory.services.len()), (hosters, services + 1));
        let found = hoster_in(&store, "adminforge").await.unwrap();
        assert_eq!((found.name.as_str(), found.source.kind.word(), found.source.by.as_str()), ("adminForge e.V.", "own-file", FILE));
        assert_eq!(found.languages.len(), 2);
        assert_eq!(found.source_of("languages").kind.word(), "third-party-list");
        assert_eq!(found.source_of("city").kind.word(), "own-file");
        let send = service_in(&store, "adminforge-send").await.unwrap();
        assert_eq!((send.name.as_str(), send.registration.unwrap().word(), send.unsourced.len()), ("Our Send", "free", 0));
        assert_eq!(send.source_of("price").kind.word(), "third-party-list");
        assert_eq!(service_in(&store, "adminforge.de_pads").await.unwrap().hoster.as_str(), "adminforge");
        // The list once more: it changes nothing.
        assert!(!import(&store, SHIPPED).await.kept.is_change());
    }

    async fn another_domain_does_not_become_adminforge_by_its_id(database: Database) {
        let store = demo(&database).await;
        let before = hoster_in(&store, "adminforge").await;
        let facts = json!({ "website": "https://evil.example" });
        crawl(&store, read("https://evil.example/a", vec![hoster("own-file", "adminforge", facts)], Vec::new())).await;
        assert_eq!(hoster_in(&store, "adminforge").await, before);
        assert_eq!(hoster_in(&store, "evil.example").await.unwrap().source.kind.word(), "own-file");
        // Without a site it is whoever is at that host.
        crawl(&store, read("https://bad.example/a", vec![hoster("own-file", "adminforge", json!({}))], Vec::new())).await;
        assert_eq!(hoster_in(&store, "adminforge").await, before);
        assert!(hoster_in(&store, "bad.example").await.is_some());
    }

    async fn another_domain_that_claims_adminforges_site_is_a_third_party(database: Database) {
        let store = demo(&database).await;
        let before = hoster_in(&store, "adminforge").await.unwrap();
        for (kind, document) in [
            ("own-file", "https://evil.example/a"),
            ("own-node", "https://evil.example/b"),
            ("observation", "https://evil.example/c"),
            ("own-file", "https://adminforge.de.evil.example/d"),
            ("own-file", "https://adminforge.com/e"),
            // Another port of the same machine may be anybody's.
            ("own-file", "https://adminforge.de:8443/f"),
            ("own-node", "https://adminforge.de:8443/g"),
            // Cyrillic letters.
            ("own-file", "https://аdminforge.de/h"),
        ] {
            let facts = json!({ "name": "Evil", "website": "https://adminforge.de", "actor": "https://adminforge.de/ap/org" });
            let said = hoster(kind, "x", facts);
            crawl(&store, read(document, vec![said], Vec::new())).await;
            let found = hoster_in(&store, "adminforge").await.unwrap();
            assert!(found.source.kind.word() == "third-party-list", "{document}");
            assert_eq!(found.languages, before.languages);
        }
        let rows = database.rows("select kind from statements where id = 'adminforge' and kind not in ('third-party-list', 'found-list')").await;
        assert_eq!(rows.len(), 0);
        assert!(hoster_in(&store, "x").await.is_none());
    }

    async fn neighbours_under_a_public_suffix_are_strangers(database: Database) {
        let store = database.store().await;
        let of = |name: &str| hoster("own-file", name, json!({ "website": "https://a.github.io" }));
        crawl(&store, read("https://a.github.io/x", vec![of("a-own")], Vec::new())).await;
        crawl(&store, read("https://b.github.io/x", vec![of("b-own")], Vec::new())).await;
        let [found] = store.directory().await.unwrap().hosters.try_into().unwrap();
        assert_eq!((found.id.as_str(), found.name.as_str()), ("a-own", "a-own"));
        let mine = hoster("own-file", "a-own", json!({ "website": "https://b.github.io" }));
        crawl(&store, read("https://b.github.io/y", vec![mine], Vec::new())).await;
        assert_eq!(ids(&store).await, ["a-own", "b.github.io"]);
    }

    async fn an_internationalised_name_is_one_however_it_is_written(database: Database) {
        let store = database.store().await;
        for (document, website) in [
            ("https://bücher.example/a", "https://xn--bcher-kva.example"),
            ("https://cloud.xn--bcher-kva.example/b", "https://www.BÜCHER.example/"),
        ] {
            crawl(&store, read(document, vec![hoster("own-file", "b", json!({ "website": website }))], Vec::new())).await;
        }
        let [found] = store.directory().await.unwrap().hosters.try_into().unwrap();
        assert_eq!(found.source.kind.word(), "own-file");
    }

    async fn ports_tell_hosters_apart(database: Database) {
        let store = database.store().await;
        for port in [4001, 4002, 4001] {
            let site = format!("http://a.localhost:{port}");
            let own = hoster("own-file", &format!("h{port}"), json!({ "website": site }));
            crawl(&store, read(&format!("{site}/x"), vec![own], Vec::new())).await;
        }
        assert_eq!(ids(&store).await, ["h4001", "h4002"]);
    }

    async fn nobody_takes_the_id_of_a_node_before_it_speaks(database: Database) {
        let store = database.store().await;
        let squatter = hoster("own-file", "good.example", json!({ "website": "https://evil.example" }));
        let pads = service("own-file", "good.example", "good.example_pads", json!({ "url": "https://evil.example/p" }));
        crawl(&store, read("https://evil.example/x", vec![squatter], vec![pads])).await;
        let directory = store.directory().await.unwrap();
        assert_eq!(directory.hosters[0].id.as_str(), "evil.example");
        assert_eq!(directory.services[0].id.as_str(), "evil.example_good.example_pads");
        let own = hoster("own-node", "good.example", json!({ "actor": "https://good.example/ap/org" }));
        crawl(&store, read("https://good.example/ap/org", vec![own], Vec::new())).await;
        let found = hoster_in(&store, "good.example").await.unwrap();
        assert_eq!((found.source.kind.word(), found.source.by.as_str()), ("own-node", "https://good.example/ap/org"));
    }

    async fn nobody_ties_a_node_to_an_entry_of_another_site(database: Database) {
        let store = database.store().await;
        let tied = hoster("own-file", "evil", json!({ "website": "https://evil.example", "actor": "https://good.example/ap/org" }));
        crawl(&store, read("https://evil.example/x", vec![tied], Vec::new())).await;
        let own = hoster("own-node", "good.example", json!({
            "actor": "https://good.example/ap/org", "website": "https://evil.example",
        }));
        crawl(&store, read("https://good.example/ap/org", vec![own], Vec::new())).await;
        assert_eq!(ids(&store).await, ["evil", "good.example"]);
    }

    async fn a_service_is_known_by_its_address_or_else_by_need_and_software(database: Database) {
        let store = database.store().await;
        let list = |services| read("https://list.example/", vec![hoster("third-party-list", "a", json!({ "website": "https://a.example" }))], services);
        crawl(&store, list(vec![
            service("third-party-list", "a", "pads", json!({ "url": "http://pads.a.example" })),
            service("third-party-list", "a", "cloud", json!({ "need": "file-storage", "software": "nextcloud" })),
        ])).await;
        let own = hoster("own-file", "other", json!({ "website": "https://a.example" }));
        crawl(&store, read("https://a.example/x", vec![own], vec![
            service("own-file", "other", "one", json!({ "url": "https://pads.a.example/" })),
            service("own-file", "other", "two", json!({ "url": "https://cloud.a.example", "need": "file-storage", "software": "nextcloud" })),
            service("own-file", "other", "three", json!({ "url": "https://cloud3.a.example", "need": "file-storage", "software": "nextcloud" })),
        ])).await;
        let services = store.directory().await.unwrap().services;
        let found: Vec<_> = services.iter().map(|service| (service.id.as_str(), service.name.as_str())).collect();
        assert_eq!(found, [("cloud", "two"), ("pads", "one"), ("three", "three")]);
    }

    async fn what_was_seen_on_a_hosters_domain_is_its_service(database: Database) {
        let store = demo(&database).await;
        let seen = service("observation", "nobody", "seen", json!({ "url": "https://pad.adminforge.de/", "software": "etherpad" }));
        crawl(&store, read("https://pad.adminforge.de/nodeinfo/2.1", Vec::new(), vec![seen])).await;
        let found = service_in(&store, "seen").await.unwrap();
        assert_eq!((found.hoster.as_str(), found.source.kind.word()), ("adminforge", "observation"));
        let stray = service("observation", "nobody", "stray", json!({}));
        let ingested = crawl(&store, read("https://nobody.example/nodeinfo/2.1", Vec::new(), vec![stray])).await;
        assert_eq!(ingested.complaints.len(), 1);
        assert!(service_in(&store, "stray").await.is_none());
    }

    async fn a_node_lands_on_the_lists_entries_and_takes_them_back(database: Database) {
        let store = demo(&database).await;
        let (owner, object) = (url("https://adminforge.de/ap/org"), url("https://adminforge.de/ap/services/send"));
        let node = hoster("own-node", "adminforge.de", json!({ "name": "The node", "actor": owner }));
        let send = service("own-node", "adminforge.de", "adminforge.de_send", json!({
            "name": "Its own", "url": "https://send.adminforge.de/", "need": "file-drop", "object": object,
        }));
        let travelling = |name: &str, second| Travelling {
            service: Service { name: name.to_owned().try_into().unwrap(), ..send.clone() },
            object: object.clone(), owner: owner.clone(), published_at: today(), updated_at: today() + chrono::TimeDelta::seconds(second),
        };
        let commit = async |effects| {
            store.commit(&Change { effects, publications: Vec::new() }, today()).await.unwrap();
        };
        commit(vec![Effect::KeepHoster(Box::new(node.clone())), Effect::KeepService(Box::new(travelling("First", 0)))]).await;
        commit(vec![Effect::KeepService(Box::new(travelling("Second", 1)))]).await;
        let directory = store.directory().await.unwrap();
        assert_eq!((directory.hosters.len(), directory.services.len()), (106, 333));
        assert_eq!(store.hoster_of(&owner).await.unwrap().unwrap().id.as_str(), "adminforge");
        let found = service_in(&store, "adminforge-send").await.unwrap();
        assert_eq!((found.name.as_str(), found.source_of("price").kind.word()), ("Second", "third-party-list"));
        // What it says on the wire is its own word, without the list's price.
        let (services, _) = store.services_of(&owner, 10, 0).await.unwrap();
        assert_eq!((services.len(), services[0].service.price.is_none()), (1, true));
        let remove = Effect::Remove { object: object.clone(), owner: owner.clone(), service: send.id.clone() };
        commit(vec![remove]).await;
        assert_eq!(service_in(&store, "adminforge-send").await, None);
        assert_eq!(import(&store, SHIPPED).await.kept.services.left_out, 1);
        commit(vec![Effect::RemoveHoster(node.id)]).await;
        assert_eq!(import(&store, SHIPPED).await.kept.hosters.left_out, 1);
        assert_eq!(hoster_in(&store, "adminforge").await, None);
    }

    async fn a_database_of_before_is_known_again(database: Database) {
        let store = demo(&database).await;
        let before = store.directory().await.unwrap();
        for sql in [
            "delete from statements", "delete from identities",
            "update revision set number = 0 where name = 'statements'",
        ] {
            database.execute(sql).await;
        }
        let store = database.store().await;
        assert_eq!(store.directory().await.unwrap(), before);
        assert_eq!(database.rows("select id from statements").await.len(), before.hosters.len() + before.services.len());
        let own = hoster("own-file", "x", json!({ "name": "Own", "website": "https://adminforge.de" }));
        crawl(&store, read(FILE, vec![own], Vec::new())).await;
        let found = hoster_in(&store, "adminforge").await.unwrap();
        assert_eq!((found.name.as_str(), found.languages.len()), ("Own", 2));
        // What an older program writes beside us is its source's word as well.
        database.execute("delete from statements where id = 'allmende'").await;
        let own = hoster("own-file", "x", json!({ "name": "Own", "website": "https://allmende.io" }));
        crawl(&store, read("https://allmende.io/x", vec![own], Vec::new())).await;
        let (old, new) = (before.hosters.iter().find(|hoster| hoster.id.as_str() == "allmende"), hoster_in(&store, "allmende").await.unwrap());
        assert_eq!((new.name.as_str(), &new.description), ("Own", &old.unwrap().description));
    }
}
