//! Looks at whether services are up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use archipelago::domain::health::{Health, Span};
use archipelago::domain::hoster::Hoster;
use archipelago::domain::service::Service;
use archipelago::domain::taxonomy::Taxonomy;
use archipelago::formats::Findings;
use archipelago::ingest::ingest;
use serde_json::json;

use super::*;
use crate::support::database::on_both_engines;
use crate::support::fediverse::free_port;
use crate::support::records::some_day;

const HOUR: i64 = 3_600_000;

/// A directory that lists one hoster, without a site, whose services are at these addresses.
async fn list(store: &Store, addresses: &[Url]) {
    list_of(store, None, addresses).await;
}

/// The same with a site.
async fn list_of(store: &Store, site: Option<&Url>, addresses: &[Url]) {
    let source = json!({ "kind": "third-party-list", "by": "a list", "seen": "2026-11" });
    let hoster = json!({ "id": "h", "name": "H", "website": site, "source": source });
    let services = addresses.iter().enumerate().map(|(number, url)| {
        let service = json!({
            "id": format!("h-{number}"), "hoster": "h", "name": "S", "need": "events", "url": url,
            "source": source,
        });
        serde_json::from_value::<Service>(service).unwrap()
    });
    let findings = Findings {
        hosters: vec![serde_json::from_value::<Hoster>(hoster).unwrap()],
        services: services.collect(),
        ..Findings::default()
    };
    let document: Url = "file:///list.json".parse().unwrap();
    let taxonomy = Taxonomy::embedded();
    ingest(store, &document, findings, &taxonomy, some_day())
        .await
        .unwrap();
}

/// Looks at what is due in a directory.
async fn look(crawl: &Crawl) -> Summary {
    let crawler = crawl.crawler();
    crawler.sow_known().await.unwrap();
    crawler.run_due(None, never()).await.unwrap();
    crawler.summary()
}

async fn health(crawl: &Crawl, url: &Url) -> Health {
    crawl.store.health(url).await.unwrap().unwrap()
}

/// The looks of the last thirty days: how many, and how many found it up.
fn looks(health: &Health) -> (u32, u32) {
    (health.availability.asked, health.availability.up)
}

/// Hosts at each of which but the site of a hoster a Mobilizon runs.
async fn mobilizon(database: Database) -> Crawl {
    Crawl::of(database, |host, path, request| match path {
        _ if host == "home" => absent(),
        "/.well-known/nodeinfo" => json(&format!(
            r#"{{"links":[{{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0",
                 "href":"http://{}/nodeinfo/2.0"}}]}}"#,
            request.header("host").unwrap()
        )),
        "/nodeinfo/2.0" => json(
            r#"{"version":"2.0","software":{"name":"mobilizon","version":"5.1.0"},"protocols":[],
                "services":{"inbound":[],"outbound":[]},"openRegistrations":true,
                "usage":{"users":{"total":900}},"metadata":{}}"#,
        ),
        "/" | "/calendar" => Reply::new(200),
        _ => absent(),
    })
    .await
}

on_both_engines! {
    async fn a_service_is_looked_at_each_hour_and_visitors_learn_when_it_goes_and_comes_back(database: Database) {
        let status = Arc::new(AtomicU16::new(200));
        let told = status.clone();
        let crawl = Crawl::of(database, move |_, path, _| match path {
            "/pad" => Reply::new(told.load(Ordering::Relaxed)).body("a long page"),
            _ => absent(),
        }).await;
        let url = crawl.far.url("pads", "/pad");
        list(&crawl.store, std::slice::from_ref(&url)).await;
        assert_eq!(crawl.store.health(&url).await.unwrap(), None);
        assert_eq!(look(&crawl).await.probed, 1);
        assert_eq!(crawl.far.asked("pads"), ["/robots.txt", "/pad", "/.well-known/nodeinfo"]);
        let seen = health(&crawl, &url).await;
        assert_eq!((looks(&seen), seen.last.status, seen.last.error), ((1, 1), Some(200), None));
        assert!(u128::from(seen.last.latency_ms.unwrap()) < DEADLINE.as_millis());
        assert_eq!(seen.last.certificate_until, None, "there is none without TLS");
        assert_eq!(seen.availability.down_since, None);
        let slots = seen.history.slots(Span::Day, Clock::system().now());
        assert_eq!(slots.iter().map(|slot| slot.asked).sum::<u32>(), 1);

        // What it comes to, and whether the directory has another revision by it.
        let mut revision = crawl.store.revision().await.unwrap();
        for (answer, expected, is_down, is_news) in [
            (200, (2, 2), false, false),
            (503, (3, 2), false, false),
            (404, (4, 2), true, true),
            (500, (5, 2), true, false),
            (403, (6, 3), false, true),
        ] {
            assert_eq!(look(&crawl).await.probed, 0, "it is not due");
            status.store(answer, Ordering::Relaxed);
            crawl.pass(HOUR).await;
            assert_eq!(look(&crawl).await.probed, 1);
            let seen = health(&crawl, &url).await;
            assert_eq!(looks(&seen), expected, "{answer}");
            assert_eq!(seen.availability.down_since.is_some(), is_down, "{answer}");
            let known = std::mem::replace(&mut revision, crawl.store.revision().await.unwrap());
            assert_eq!(revision - known, u64::from(is_news), "{answer}");
        }
        let directory = crawl.store.directory().await.unwrap();
        let is_it = |service: &Arc<Service>| service.url.as_ref().unwrap().as_str() == url.as_str();
        let position = directory.services.iter().position(is_it).unwrap();
        assert_eq!(directory.availability[position].unwrap().up, 3);
    }

    async fn services_of_a_host_that_does_not_answer_are_down_and_looked_at_each_hour_all_the_same(database: Database) {
        let crawl = Crawl::of(database, |_, _, _| absent()).await;
        let port = free_port().port();
        let urls: Vec<Url> = ["/a", "/b"]
            .map(|path| format!("http://gone.localhost:{port}{path}").parse().unwrap())
            .into();
        list(&crawl.store, &urls).await;
        for round in 1..=5 {
            assert_eq!(look(&crawl).await.down, 2, "{round}");
            for url in &urls {
                let seen = health(&crawl, url).await;
                assert_eq!((looks(&seen), seen.last.status), ((round, 0), None));
                assert_eq!(seen.availability.down_since.is_some(), round > 1);
            }
            crawl.pass(HOUR).await;
        }
        // To look each hour makes nobody dead sooner: what is to be read there was asked for once.
        let trouble = crawl.store.hosts_in_trouble(10).await.unwrap();
        assert_eq!(trouble.iter().map(|host| host.fails).collect::<Vec<_>>(), [1]);
        // Such a host is looked at ever more seldom.
        crawl.database.execute("update targets set fails = 24 where purpose = 'probe'").await;
        look(&crawl).await;
        crawl.pass(6 * HOUR).await;
        assert_eq!(look(&crawl).await.probed, 0);
    }

    async fn what_is_no_longer_offered_is_looked_at_no_more_and_forgotten(database: Database) {
        let crawl = Crawl::of(database, |_, _, _| Reply::new(200)).await;
        let [kept, gone] = ["/kept", "/gone"].map(|path| crawl.far.url("a", path));
        list(&crawl.store, &[kept.clone(), gone.clone()]).await;
        assert_eq!(look(&crawl).await.probed, 2);
        crawl.database.execute("delete from services where id = 'h-1'").await;
        crawl.database.execute("update revision set number = number + 1 where name = 'directory'").await;
        crawl.pass(HOUR).await;
        assert_eq!(look(&crawl).await.probed, 1);
        assert_eq!(looks(&health(&crawl, &kept).await), (2, 2));
        assert_eq!(crawl.store.health(&gone).await.unwrap(), None);
    }

    async fn what_robots_txt_forbids_is_not_looked_at_either(database: Database) {
        let crawl = Crawl::of(database, |_, path, _| match path {
            "/robots.txt" => text("User-agent: *\nDisallow: /private\n"),
            _ => Reply::new(200),
        }).await;
        let urls = ["/private/pad", "/pad"].map(|path| crawl.far.url("a", path));
        list(&crawl.store, &urls).await;
        assert_eq!(look(&crawl).await.probed, 1);
        assert_eq!(crawl.store.health(&urls[0]).await.unwrap(), None);
        assert!(!crawl.far.asked("a").iter().any(|path| path.starts_with("/private")));
    }

    async fn what_runs_at_a_service_and_its_version_are_asked_of_its_own_host(database: Database) {
        let crawl = mobilizon(database).await;
        let url = crawl.far.url("events", "/");
        list(&crawl.store, std::slice::from_ref(&url)).await;
        look(&crawl).await;
        let directory = crawl.store.directory().await.unwrap();
        let [service] = &directory.services[..] else {
            panic!("it is the service that is known: {:?}", directory.services);
        };
        assert_eq!((service.id.as_str(), service.hoster.as_str()), ("h-0", "h"));
        assert_eq!(service.version().unwrap().as_str(), "5.1.0");
        assert_eq!(service.software.as_ref().unwrap().as_str(), "mobilizon");
    }

    async fn what_else_runs_at_a_services_host_is_the_hosters_on_its_own_domain_alone(database: Database) {
        let crawl = mobilizon(database).await;
        let site = crawl.far.url("home", "/");
        let [own, away] = ["events.home", "away"].map(|host| crawl.far.url(host, "/calendar"));
        list_of(&crawl.store, Some(&site), &[own, away]).await;
        look(&crawl).await;
        let directory = crawl.store.directory().await.unwrap();
        let seen = directory.services.iter().filter(|service| service.version().is_some());
        let seen: Vec<_> = seen
            .map(|service| (service.hoster.as_str(), service.url.as_ref().unwrap().host()))
            .collect();
        assert_eq!(seen, [("h", "events.home.localhost")]);
        assert_eq!(directory.hosters.len(), 1);
        // Nobody is told to mend what is no fault.
        assert_eq!(crawl.count("targets where faults is not null").await, 0);
    }

    async fn a_fragment_of_an_address_is_neither_asked_for_nor_missed(database: Database) {
        let crawl = Crawl::of(database, |_, _, _| Reply::new(200)).await;
        let url = crawl.far.url("a", "/app#/start");
        list(&crawl.store, std::slice::from_ref(&url)).await;
        look(&crawl).await;
        assert_eq!(looks(&health(&crawl, &url).await), (1, 1));
    }
}
