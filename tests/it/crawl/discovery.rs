//! What leads to what: from one address to all that a node and those it knows publish.

use archipelago::crawler::MAX_PAGES;
use archipelago::federation::Kind;

use super::*;
use crate::support::database::on_both_engines;
use crate::support::far_actor::Far;
use crate::support::fediverse::{Founded, offer};

/// A crawler over an empty database of its own, beside the far side.
async fn alone() -> (Database, Store, Crawler) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let database = Database::sqlite().await;
    let store = database.store().await;
    let crawler = crawler(&store);
    (database, store, crawler)
}

async fn run(crawler: &Crawler, seed: &Url) -> Summary {
    crawler.seed(std::slice::from_ref(seed)).await.unwrap();
    crawler.run_due(None, never()).await.unwrap();
    crawler.summary()
}

on_both_engines! {
    async fn a_site_leads_to_its_nodes_hoster_and_its_services(database: Database) {
        let far = Founded::start("far", Kind::Hoster, Database::sqlite().await).await;
        let offers = (0..60).map(|number| offer(&format!("s{number}"), &format!("Service {number}")));
        far.federation.add_services(offers.collect()).await.unwrap();
        drop(rustls::crypto::ring::default_provider().install_default());
        let store = database.store().await;
        let crawler = crawler(&store);
        let summary = run(&crawler, &far.federation.addresses().home()).await;
        let directory = store.directory().await.unwrap();
        assert_eq!(directory.hosters.len(), 1, "{summary:?}");
        assert_eq!(directory.hosters[0].name.as_str(), "Hoster far");
        assert_eq!(directory.services.len(), 60, "over two pages");
        assert_eq!(summary.learnt.services.added, 60);
        // Once more: nothing is new, and nothing is due.
        let again = self::crawler(&store);
        assert_eq!(run(&again, &far.federation.addresses().home()).await.requests, 0);
    }
}

#[tokio::test]
async fn a_collective_leads_to_its_members_and_a_directory_to_its_peers() {
    let far = Far::start().await;
    let member = far.hoster("member");
    let (group, members) = (
        far.at("collective", "/ap/group"),
        far.at("collective", "/ap/group/members"),
    );
    let mut collective = far.actor(group.clone(), "Group");
    collective.document["archi:members"] = serde_json::json!(members);
    far.show(&group, &collective.document);
    let vouch =
        serde_json::json!({ "type": "Relationship", "subject": group, "object": member.id });
    far.show(
        &members,
        &serde_json::json!({
            "id": members, "type": "OrderedCollection", "orderedItems": [vouch],
        }),
    );
    let (node, peers) = (
        far.at("directory", "/ap/actor"),
        far.at("directory", "/ap/actor/peers"),
    );
    let mut directory = far.actor(node.clone(), "Application");
    directory.document["archi:peers"] = serde_json::json!(peers);
    far.show(&node, &directory.document);
    far.show(&peers, &serde_json::json!({
        "id": peers, "type": "OrderedCollection", "orderedItems": [group, "http://169.254.1.1/actor"],
    }));
    let application = "https://www.w3.org/ns/activitystreams#Application";
    let links = serde_json::json!({ "links": [{ "rel": application, "href": node }] });
    far.show_as(
        &far.at("directory", "/.well-known/nodeinfo"),
        "application/json",
        links.to_string(),
    );

    let (_database, store, crawler) = alone().await;
    let summary = run(&crawler, &far.at("directory", "/")).await;
    let found = store.directory().await.unwrap();
    assert_eq!(found.hosters.len(), 1, "{summary:?}");
    assert_eq!(
        found.hosters[0].actor.as_ref().unwrap().as_url(),
        &member.id
    );
    let now = Clock::system().now() + chrono::TimeDelta::days(1);
    let turns = store.lease_hosts(7, now, now, 10, None).await.unwrap();
    let mut hosts: Vec<_> = turns
        .iter()
        .map(|turn| {
            (
                turn.host.as_str().split('.').next().unwrap().to_owned(),
                turn.priority,
            )
        })
        .collect();
    hosts.sort();
    let expected = [
        ("collective", Priority::Heard),
        ("directory", Priority::Seed),
        ("member", Priority::Heard),
    ];
    assert_eq!(
        hosts,
        expected.map(|(host, priority)| (host.to_owned(), priority))
    );
}

/// A collection whose every page names the next, served as `media_type`.
async fn endless(media_type: &'static str) -> FarHosts {
    FarHosts::start(move |_, path, request| {
        let at = |path: &str| format!("http://{}{path}", request.header("host").unwrap());
        let number = path.strip_prefix("/ap/peers?page=");
        let Some(number) = number.and_then(|number| number.parse::<u32>().ok()) else {
            return absent();
        };
        let page = serde_json::json!({
            "id": at(path), "type": "OrderedCollectionPage", "orderedItems": [],
            "next": at(&format!("/ap/peers?page={}", number + 1)),
        });
        Reply::new(200)
            .header("Content-Type", media_type)
            .body(page.to_string())
    })
    .await
}

#[tokio::test]
async fn a_collection_that_never_ends_is_read_as_far_as_forty_pages() {
    let far = endless("application/activity+json").await;
    let (_database, store, crawler) = alone().await;
    let first = to_read(far.url("a", "/ap/peers?page=1"), Format::Peers);
    store.sow(&[first], Clock::system().now()).await.unwrap();
    crawler.run_due(None, never()).await.unwrap();
    assert_eq!(crawler.summary().read, u64::from(MAX_PAGES));
    let pages = (1..=MAX_PAGES).map(|number| format!("/ap/peers?page={number}"));
    let asked: Vec<String> = ["/robots.txt".to_owned()]
        .into_iter()
        .chain(pages)
        .collect();
    assert_eq!(far.asked("a"), asked);
}

#[tokio::test]
async fn a_collection_of_another_media_type_leads_nowhere() {
    let far = endless("application/json").await;
    let (_database, store, crawler) = alone().await;
    let first = to_read(far.url("a", "/ap/peers?page=1"), Format::Peers);
    store.sow(&[first], Clock::system().now()).await.unwrap();
    crawler.run_due(None, never()).await.unwrap();
    let failed = crawler.summary().failed;
    assert_eq!(failed["not the media type of ActivityPub"], 1);
    assert_eq!(far.asked("a").len(), 2);
}
