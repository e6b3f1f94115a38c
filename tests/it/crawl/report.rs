//! What the directory saw of a site, told to whoever runs it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use archipelago::catalogue::{Observations, Report, Wish};
use archipelago::domain::derivation::Why;
use archipelago::domain::host::Host;
use archipelago::domain::provenance::SourceKind;
use archipelago::store::frontier::{
    MAX_LOG, MAX_NEW_PER_HOUR, Priority, Purpose, SeenTarget, Sown,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::*;
use crate::support::database::on_both_engines;

const FILE: &str = "/.well-known/chatonsinfos/organization.properties";
const LINE_TO_MEND: &str = "this line says nothing\n";
const MINUTE: i64 = 60_000;

fn observations(store: &Store, now: DateTime<Utc>) -> Observations {
    Observations::new(store.clone(), Clock::fixed(now), true)
}

async fn report(crawl: &Crawl, host: &str) -> Report {
    let seen = observations(&crawl.store, Clock::system().now());
    let url = crawl.far.url(host, "/");
    seen.check(&url).await.unwrap().unwrap()
}

fn file_of(report: &Report) -> &SeenTarget {
    let mut documents = report.documents();
    documents.find(|target| target.url.ends_with(FILE)).unwrap()
}

fn sown(url: Url) -> Sown {
    Sown {
        url,
        purpose: Purpose::Read(archipelago::formats::Format::NodeInfoLinks),
        priority: Priority::Heard,
        led_by: None,
        of: None,
        depth: 0,
        page: 0,
        redirected: false,
    }
}

on_both_engines! {
    async fn a_fault_stays_with_its_line_until_it_is_mended(database: Database) {
        let version = Arc::new(AtomicUsize::new(1));
        let served = version.clone();
        let crawl = Crawl::of(database, move |_, path, request| {
            if path != FILE {
                return absent();
            }
            let version = served.load(Ordering::Relaxed);
            let tag = format!("\"{version}\"");
            match version {
                _ if request.header("if-none-match") == Some(tag.clone()) => Reply::new(304),
                1 => text(&format!("{ORGANIZATION}{LINE_TO_MEND}")).header("ETag", &tag),
                _ => text(ORGANIZATION).header("ETag", &tag),
            }
        })
        .await;
        crawl.run(&["a"]).await;
        let first = report(&crawl, "a").await;
        let fault = &file_of(&first).faults[0];
        assert_eq!(fault.line, Some(3), "{fault:?}");
        crawl.next_day().await;
        crawl.run(&[]).await;
        let second = report(&crawl, "a").await;
        let file = file_of(&second);
        assert_eq!((file.status, file.faults.len()), (Some(304), 1));
        version.store(2, Ordering::Relaxed);
        crawl.next_day().await;
        crawl.run(&[]).await;
        let third = report(&crawl, "a").await;
        let file = file_of(&third);
        assert_eq!((file.status, file.faults.len()), (Some(200), 0));
        let visits: Vec<_> = file.visits.iter().map(|visit| visit.status).collect();
        assert_eq!(visits, [Some(200), Some(304), Some(200)]);
        for _ in 0..MAX_LOG {
            crawl.next_day().await;
            crawl.run(&[]).await;
        }
        assert_eq!(file_of(&report(&crawl, "a").await).visits.len(), MAX_LOG);
    }

    async fn a_fact_is_told_with_whose_word_counts_and_whose_does_not(database: Database) {
        let crawl = Crawl::of(database, |_, path, _| match path {
            FILE => text(ORGANIZATION),
            _ => absent(),
        })
        .await;
        let site = crawl.far.url("a", "/");
        let source = |by: &str, seen: &str| json!({ "kind": "third-party-list", "by": by, "seen": seen });
        let lists = [("A list", "list one", "2026-11-01"), ("Old", "list two", "2019-01-01")];
        for (name, by, seen) in lists {
            let said = json!({ "id": "h", "name": name, "website": site, "source": source(by, seen) });
            let hoster = serde_json::from_value(said).unwrap();
            crawl.store.keep(&[hoster], &[], Clock::system().now()).await.unwrap();
        }
        crawl.run(&["a"]).await;
        let report = report(&crawl, "a").await;
        let [hoster] = &report.hosters[..] else {
            panic!("{report:?}");
        };
        assert_eq!(hoster.id, "h");
        let name = hoster.facts.iter().find(|fact| fact.fact == "name").unwrap();
        assert_eq!(name.value, "An association");
        assert_eq!(name.source.as_ref().unwrap().kind, SourceKind::OwnFile);
        let others: Vec<_> = name.others.iter().map(|other| other.why).collect();
        assert_eq!(others, [Why::Outranked, Why::Stale]);
    }

    async fn a_host_that_asks_to_be_left_out_is_told_so(database: Database) {
        let crawl = Crawl::of(database, |_, path, _| match path {
            "/robots.txt" => text("User-agent: archipelago\nDisallow: /\n"),
            _ => absent(),
        })
        .await;
        crawl.run(&["a"]).await;
        let report = report(&crawl, "a").await;
        assert!(report.hosts[0].opted_out_at.is_some());
        assert!(report.left_out.unwrap().document.ends_with("/robots.txt"));
    }

    async fn a_host_is_looked_at_again_once_ten_minutes_have_passed(database: Database) {
        let crawl = Crawl::of(database, |_, path, _| match path {
            FILE => text(ORGANIZATION),
            _ => absent(),
        })
        .await;
        crawl.run(&["a"]).await;
        let host = Host::of(&crawl.far.url("a", "/")).unwrap();
        let wish = async |minutes| {
            let then = Clock::system().now() + TimeDelta::minutes(minutes);
            let seen = observations(&crawl.store, then);
            seen.look_again(&host, &[]).await.unwrap().unwrap()
        };
        assert_eq!(wish(0).await, Wish::TooSoon);
        assert_eq!(wish(9).await, Wish::TooSoon);
        assert_eq!(wish(11).await, Wish::Due);
        crawl.far.forget();
        crawl.pass(12 * MINUTE).await;
        crawl.run(&[]).await;
        assert!(crawl.far.asked("a").contains(&FILE.to_owned()));
        crawl.database.execute("update hosts set pages = 100").await;
        assert_eq!(wish(60).await, Wish::TooSoon);
    }

    async fn a_host_that_asked_us_to_wait_is_not_hurried(database: Database) {
        let crawl = Crawl::of(database, |_, path, _| match path {
            "/robots.txt" => absent(),
            _ => Reply::new(429).header("Retry-After", "7200"),
        })
        .await;
        crawl.run(&["a"]).await;
        let host = Host::of(&crawl.far.url("a", "/")).unwrap();
        let seen = observations(&crawl.store, Clock::system().now() + TimeDelta::hours(1));
        assert_eq!(seen.look_again(&host, &[]).await.unwrap(), Some(Wish::PutOff));
    }

    async fn strangers_begin_only_so_many_visits_within_an_hour(database: Database) {
        let store = database.store().await;
        let now = Clock::system().now();
        let named = async |number: u32, now| {
            let url: Url = format!("https://a.number{number}.example/x").parse().unwrap();
            let host = Host::of(&url).unwrap();
            observations(&store, now).look_again(&host, &[sown(url)]).await.unwrap().unwrap()
        };
        for number in 0..MAX_NEW_PER_HOUR {
            assert_eq!(named(number, now).await, Wish::New);
        }
        assert_eq!(named(1_000, now).await, Wish::TooMany);
        assert_eq!(named(0, now).await, Wish::Due);
        assert_eq!(named(1_000, now + TimeDelta::minutes(59)).await, Wish::TooMany);
        assert_eq!(named(1_000, now + TimeDelta::minutes(60)).await, Wish::New);
    }
}

#[tokio::test]
async fn a_node_that_visits_nobody_says_so() {
    let database = Database::sqlite().await;
    let seen = Observations::new(database.store().await, Clock::system(), false);
    let url: Url = "https://a.example/".parse().unwrap();
    let wish = seen.look_again(&Host::of(&url).unwrap(), &[]).await;
    assert_eq!(wish.unwrap(), None);
    assert!(seen.check(&url).await.unwrap().unwrap().is_empty());
}
