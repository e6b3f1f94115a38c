//! What directories exchange: addresses, each read where it is.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use archipelago::catalogue::{Catalogue, Did};
use archipelago::clock::Clock;
use archipelago::config::Network;
use archipelago::crawler::{Crawler, Stop};
use archipelago::domain::choices::Choices;
use archipelago::federation::{Kind, MAX_TOLD};
use archipelago::fetch::{Fetcher, Lookup};
use archipelago::formats::activitypub::activity::MAX_CHANGED;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::formats::activitypub::collection::MAX_PAGE_ITEMS;
use archipelago::store::Store;
use archipelago::store::frontier::MAX_NEW_PER_HOUR_OF_PEER;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::support::database::{Database, on_both_engines};
use crate::support::far_actor::Far;
use crate::support::far_hosts::FarHosts;
use crate::support::far_web::{Reply, Request};
use crate::support::fediverse::{Founded, eventually, offer};

/// Hosters without a node, each with a file on its site that says it is called so.
async fn sites(called: Arc<Mutex<String>>) -> FarHosts {
    FarHosts::start(move |name, path, request| match path {
        "/.well-known/chatonsinfos/organization.properties" => {
            let host = request.header("host").unwrap();
            let called = called.lock().unwrap();
            Reply::new(200)
                .header("Content-Type", "text/plain")
                .body(format!(
                    "file.class = organization\norganization.name = {called} {name}\n\
                 organization.website = http://{host}/\n"
                ))
        }
        _ => Reply::new(404),
    })
    .await
}

async fn crawl(store: &Store, seeds: &[url::Url]) {
    let network = Network {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
    };
    let fetcher = Fetcher::with(network, None, Lookup::system(), Duration::from_secs(30)).unwrap();
    let gap = Duration::from_millis(10);
    let crawler = Crawler::new(store.clone(), fetcher, Clock::system(), None, gap);
    crawler.seed(seeds).await.unwrap();
    let (_, asked) = watch::channel(false);
    crawler.run_due(None, Stop::on(asked)).await.unwrap();
}

/// The names of all that a directory lists.
async fn names(store: &Store) -> Vec<String> {
    let directory = store.directory().await.unwrap();
    let hosters = directory
        .hosters
        .iter()
        .map(|hoster| hoster.name.to_string());
    let services = directory
        .services
        .iter()
        .map(|service| service.name.to_string());
    hosters.chain(services).collect()
}

async fn tell(node: &Founded) -> Did {
    let now = Clock::system().now();
    let catalogue = Catalogue::open(&node.store, Choices::default(), now)
        .await
        .unwrap();
    node.federation
        .tell_peers(&catalogue.current())
        .await
        .unwrap()
}

/// Lets a node believe that a day has passed since it visited anybody.
async fn a_day_later(node: &Founded) {
    let pool = node.rows().await;
    for sql in [
        "update hosts set round_at = round_at - 86400000, next_request_at = next_request_at - 86400000,
           robots_at = robots_at - 86400000",
        "update targets set visited_at = visited_at - 86400000",
    ] {
        sqlx::query(sql).execute(&pool).await.unwrap();
    }
    pool.close().await;
}

/// Has a node read again what it has read, as if that had been a day before.
async fn read_again_a_day_later(node: &Founded) {
    let yesterday = Clock::system()
        .now()
        .date_naive()
        .pred_opt()
        .unwrap()
        .to_string();
    let today = Clock::system().now().date_naive().to_string();
    let pool = node.rows().await;
    for table in ["hosters", "statements"] {
        let sql =
            format!("update {table} set document = replace(document, '{today}', '{yesterday}')");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&pool)
            .await
            .unwrap();
    }
    for sql in [
        "update targets set due_at = 0, etag = null",
        "update hosts set due_at = 0",
    ] {
        sqlx::query(sql).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let before = node.store.revision().await.unwrap();
    a_day_later(node).await;
    crawl(&node.store, &[]).await;
    assert!(
        node.store.revision().await.unwrap() > before,
        "a newer date is a change"
    );
}

on_both_engines! {
    async fn a_new_directory_with_one_peer_is_complete_within_one_crawl(database: Database) {
        let far = sites(Arc::new(Mutex::new("Site".to_owned()))).await;
        let hoster = Founded::start("hoster", Kind::Hoster, Database::sqlite().await).await;
        let offers = (0..3).map(|number| offer(&format!("s{number}"), &format!("Service {number}")));
        hoster.federation.add_services(offers.collect()).await.unwrap();
        let old = Founded::start("old", Kind::Directory, Database::sqlite().await).await;
        let mut seeds: Vec<_> = ["a", "b", "c"].map(|name| far.url(name, "/")).into();
        seeds.push(hoster.federation.addresses().home());
        crawl(&old.store, &seeds).await;
        let known = names(&old.store).await;
        assert_eq!(known.len(), 7, "{known:?}");
        shown(&old, 4).await;

        let new = Founded::start("new", Kind::Directory, database).await;
        new.federation.add_peer(old.federation.addresses().home().as_str()).await.unwrap();
        crawl(&new.store, &[]).await;
        assert_eq!(names(&new.store).await, known);
    }

    async fn what_changed_is_read_where_it_is_by_every_peer(database: Database) {
        let called = Arc::new(Mutex::new("Before".to_owned()));
        let far = sites(called.clone()).await;
        let old = Founded::start("old", Kind::Directory, Database::sqlite().await).await;
        let new = Founded::start("new", Kind::Directory, database).await;
        crawl(&old.store, &[far.url("a", "/"), far.url("b", "/")]).await;
        shown(&old, 2).await;
        assert_eq!(tell(&old).await, Did::Nothing, "nobody listens");
        new.federation.add_peer(old.federation.addresses().home().as_str()).await.unwrap();
        eventually("somebody listens", async || {
            old.store.is_followed_by_nodes().await.unwrap().then_some(())
        })
        .await;
        crawl(&new.store, &[]).await;
        assert_eq!(names(&new.store).await, ["Before a", "Before b"]);
        assert_eq!(tell(&old).await, Did::Nothing, "from now on");

        *called.lock().unwrap() = "After".to_owned();
        a_day_later(&old).await;
        a_day_later(&new).await;
        crawl(&new.store, &[]).await;
        assert_eq!(names(&new.store).await, ["Before a", "Before b"], "nothing is due");
        let pool = old.rows().await;
        sqlx::query("update targets set due_at = 0 where url like '%//a.%'").execute(&pool).await.unwrap();
        sqlx::query("update hosts set due_at = 0 where host like 'a.%'").execute(&pool).await.unwrap();
        pool.close().await;
        crawl(&old.store, &[]).await;
        assert_eq!(names(&old.store).await, ["After a", "Before b"]);
        assert_eq!(tell(&old).await, Did::Work);
        assert_eq!(tell(&old).await, Did::Nothing, "once");
        read_again_a_day_later(&old).await;
        assert_eq!(tell(&old).await, Did::Work, "the other site");
        read_again_a_day_later(&old).await;
        assert_eq!(tell(&old).await, Did::Nothing, "a newer date is no news");
        eventually("it is heard", async || {
            crawl(&new.store, &[]).await;
            (names(&new.store).await == ["After a", "After b"]).then_some(())
        })
        .await;
        // What is of use for a moment is not what a directory has published.
        let outbox = old.federation.document("/ap/actor/outbox", None).await.unwrap().unwrap();
        assert_eq!(outbox.body["totalItems"], 0);
    }
}

/// Waits until a node shows so many hosters.
async fn shown(node: &Founded, count: usize) {
    eventually("the edition has them", async || {
        (hosters(node, "").await["totalItems"] == count).then_some(())
    })
    .await;
}

async fn hosters(node: &Founded, query: &str) -> Value {
    let accept = [("accept", "application/activity+json")];
    let path = format!("/ap/actor/hosters{query}");
    let answer = node.node.ask(reqwest::Method::GET, &path, &accept).await;
    assert_eq!(answer.status(), 200, "{path}");
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

#[tokio::test]
async fn whom_a_directory_lists_stands_on_pages_of_addresses() {
    let node = Founded::start("old", Kind::Directory, Database::sqlite().await).await;
    let count = MAX_PAGE_ITEMS + 3;
    let all = (0..count).map(|number| {
        let site = match number {
            7 => Value::Null,
            _ => json!(format!("https://h{number:04}.example/about/us")),
        };
        json!({ "id": format!("h{number:04}"), "name": "H", "website": site,
                "source": { "kind": "own-file", "by": "a test" } })
    });
    let document = json!({ "archipelago": 1, "hosters": all.collect::<Vec<_>>() });
    let findings =
        archipelago::formats::archipelago::read(document.to_string().as_bytes()).unwrap();
    let from = "file:///all.json".parse().unwrap();
    let taxonomy = archipelago::domain::taxonomy::Taxonomy::embedded();
    let now = Clock::system().now();
    archipelago::ingest::ingest(&node.store, &from, findings, &taxonomy, now)
        .await
        .unwrap();
    shown(&node, count).await;
    let first = hosters(&node, "?page=1").await;
    let items = first["orderedItems"].as_array().unwrap();
    assert_eq!(
        (items.len(), &items[0]),
        (MAX_PAGE_ITEMS - 1, &json!("https://h0000.example/"))
    );
    let next = first["next"].as_str().unwrap();
    assert!(next.ends_with("/ap/actor/hosters?page=2"), "{next}");
    let second = hosters(&node, "?page=2").await;
    assert_eq!(second["orderedItems"].as_array().unwrap().len(), 3);
    assert_eq!(second.get("next"), None);
    for page in ["0", "3", "18446744073709551615"] {
        let path = format!("/ap/actor/hosters?page={page}");
        assert_eq!(node.node.get(&path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn only_a_peer_names_whom_the_crawler_visits_and_not_too_many() {
    let node = Founded::start("new", Kind::Directory, Database::sqlite().await).await;
    let far = Far::start().await;
    let id = far.at("directory", "/ap/actor");
    let mut directory = far.actor(id.clone(), "Application");
    let inbox = json!({ "sharedInbox": directory.url("/ap/inbox") });
    directory.document["endpoints"] = inbox;
    far.show(&id, &directory.document);
    let named = |items: &[String]| {
        directory.activity("Announce", json!({ "type": "Collection", "items": items }))
    };
    let planned = async || {
        let pool = node.rows().await;
        let sql = "select url from targets where url not like '%//directory.%' order by url";
        let urls: Vec<String> = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
        pool.close().await;
        urls
    };
    let ours = node.federation.addresses().actor(Local::Node).to_string();
    let home = node.federation.addresses().home().to_string();
    let items = [
        "https://one.example/".to_owned(),
        "https://two.example/ap/org#fragment".to_owned(),
        "https://two.example/ap/org".to_owned(),
        "ftp://three.example/".to_owned(),
        ours,
        home,
    ];
    directory.is_heard(&node, &named(&items)).await;
    assert_eq!(planned().await, [""; 0], "it is no peer");

    node.federation.add_peer(id.as_str()).await.unwrap();
    directory.is_heard(&node, &named(&items)).await;
    let expected = [
        "https://one.example/.well-known/nodeinfo",
        "https://two.example/ap/org",
    ];
    assert_eq!(planned().await, expected);

    // What is new of a host that is known for something else is read as well.
    let more = ["https://one.example/ap/org".to_owned()];
    directory.is_heard(&node, &named(&more)).await;
    assert_eq!(planned().await.len(), 3);

    let most = MAX_NEW_PER_HOUR_OF_PEER as usize;
    let many: Vec<String> = (0..most)
        .map(|number| format!("https://h{number}.example/"))
        .collect();
    for some in many.chunks(MAX_CHANGED) {
        directory.is_heard(&node, &named(some)).await;
    }
    assert_eq!(
        planned().await.len(),
        most + 1,
        "two hosts were named before"
    );
}

#[tokio::test]
async fn of_too_much_at_once_peers_learn_by_reading_the_list() {
    let node = Founded::start("old", Kind::Directory, Database::sqlite().await).await;
    let far = Far::start().await;
    let follower = far.actor(far.at("new", "/ap/actor"), "Application");
    let us = node.federation.addresses().actor(Local::Node);
    follower
        .is_heard(&node, &follower.activity("Follow", us.as_str()))
        .await;
    assert_eq!(tell(&node).await, Did::Nothing);
    for (count, expected) in [(MAX_TOLD + 1, Did::Nothing), (MAX_TOLD, Did::Work)] {
        let all = (0..count).map(|number| {
            json!({ "id": format!("h{number}-of-{count}"), "name": "H",
                    "website": format!("https://h{number}-of-{count}.example/"),
                    "source": { "kind": "own-file", "by": "a test" } })
        });
        let document = json!({ "archipelago": 1, "hosters": all.collect::<Vec<_>>() });
        let findings =
            archipelago::formats::archipelago::read(document.to_string().as_bytes()).unwrap();
        let from = format!("file:///{count}.json").parse().unwrap();
        let taxonomy = archipelago::domain::taxonomy::Taxonomy::embedded();
        let now = Clock::system().now();
        archipelago::ingest::ingest(&node.store, &from, findings, &taxonomy, now)
            .await
            .unwrap();
        assert_eq!(tell(&node).await, expected, "{count}");
    }
    eventually("all are told", async || {
        let posted = far.posted_to(&follower.inbox());
        let read = |post: &Request| serde_json::from_slice::<Value>(&post.body).unwrap();
        let told = posted.iter().map(read);
        let told = told.filter(|post| post["type"] == "Announce");
        // What was posted may be posted again where the answer was late.
        let told: BTreeSet<_> = told.map(|post| post["id"].to_string()).collect();
        (told.len() == MAX_TOLD as usize / MAX_CHANGED).then_some(())
    })
    .await;
}
