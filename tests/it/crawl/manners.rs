//! How hosts are asked, as properties of what they saw.

use std::collections::BTreeMap;
use std::time::Instant;

use archipelago::crawler::MAX_REQUESTS_PER_TURN;

use super::*;
use crate::support::database::on_both_engines;

on_both_engines! {
    async fn a_host_is_asked_for_one_thing_at_a_time_with_a_pause_between(database: Database) {
        // Each answer takes its time, so that a second request at once would be seen.
        let slow = Duration::from_millis(30);
        let crawl = Crawl::of(database, move |_, _, _| absent().after(slow)).await;
        let names: Vec<String> = (0..30).map(|number| format!("h{number}")).collect();
        let seeds: Vec<&str> = names.iter().map(String::as_str).collect();
        let summary = crawl.run(&seeds).await;
        assert_eq!(summary.hosts, 30);
        assert_eq!(summary.requests, 30 * 6, "robots.txt and five places");
        assert_eq!(crawl.far.log().len(), 30 * 6);
        let gap = crawl.far.shortest_gap().unwrap();
        assert!(gap >= slow + GAP, "{gap:?}");
        // Hosts do not wait for each other: all have been asked before the first has had its turn.
        let mut asked: BTreeMap<String, u32> = BTreeMap::new();
        for one in crawl.far.log() {
            let times = asked.entry(one.host).or_default();
            *times += 1;
            if *times == MAX_REQUESTS_PER_TURN {
                break;
            }
        }
        assert_eq!(asked.len(), 30, "{asked:?}");
    }

    async fn two_replicas_ask_no_host_twice_and_keep_the_pause_together(database: Database) {
        let slow = Duration::from_millis(10);
        let crawl = Crawl::of(database, move |_, _, _| absent().after(slow)).await;
        let seeds: Vec<Url> = (0..60).map(|number| crawl.far.url(&format!("h{number}"), "/")).collect();
        let other = crawl.database.store().await;
        let (one, two) = (crawl.crawler(), crawler(&other));
        one.seed(&seeds).await.unwrap();
        tokio::try_join!(one.run_due(None, never()), two.run_due(None, never())).unwrap();
        assert_eq!(crawl.far.log().len(), 60 * 6, "each address once");
        let gap = crawl.far.shortest_gap().unwrap();
        assert!(gap >= slow + GAP, "{gap:?}");
        // Who had the first of a host's turns need not have the second.
        let hosts = (one.summary().hosts, two.summary().hosts);
        assert!(hosts.0 <= 60 && hosts.1 <= 60 && hosts.0 + hosts.1 >= 60, "{hosts:?}");
    }

    async fn the_pause_is_kept_from_one_run_to_the_next(database: Database) {
        let crawl = Crawl::of(database, |_, _, _| absent()).await;
        crawl.run(&["a"]).await;
        crawl.database.execute("update targets set due_at = 0").await;
        crawl.database.execute("update hosts set due_at = 0, robots_at = null, robots = null").await;
        crawl.run(&[]).await;
        assert_eq!(crawl.far.asked("a").len(), 2 * 6);
        assert!(crawl.far.shortest_gap().unwrap() >= GAP);
    }

    async fn what_a_dead_worker_has_leased_is_left_alone_until_its_lease_ends(database: Database) {
        let crawl = Crawl::of(database, |_, _, _| absent()).await;
        crawl.crawler().seed(&[crawl.far.url("a", "/")]).await.unwrap();
        let begun = Instant::now();
        let now = Clock::system().now();
        let until = now + chrono::TimeDelta::milliseconds(500);
        let leased = crawl.store.lease_hosts(1, now, until, 10, None).await.unwrap();
        assert_eq!(leased.len(), 1);
        crawl.run(&[]).await;
        let waited = crawl.far.log()[0].at - begun;
        assert!(waited >= Duration::from_millis(400), "{waited:?}");
        assert_eq!(crawl.far.asked("a").len(), 6);
    }
}

#[tokio::test]
async fn a_host_that_asks_for_longer_pauses_gets_them() {
    let robots = "User-agent: *\nCrawl-delay: 0.15\n";
    let crawl = Crawl::of(Database::sqlite().await, move |_, path, _| match path {
        "/robots.txt" => text(robots),
        _ => absent(),
    });
    let crawl = crawl.await;
    crawl.run(&["a"]).await;
    let log = crawl.far.log();
    assert_eq!(log.len(), 6);
    for pair in log.windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(150));
    }
}

#[tokio::test]
async fn a_host_that_asks_to_come_later_is_left_alone_until_then() {
    for (status, header) in [(429, None), (429, Some("7200")), (503, Some("7200"))] {
        let crawl = Crawl::of(Database::sqlite().await, move |_, path, _| match path {
            "/robots.txt" => absent(),
            _ => {
                let reply = Reply::new(status);
                match header {
                    Some(seconds) => reply.header("Retry-After", seconds),
                    None => reply,
                }
            }
        });
        let crawl = crawl.await;
        let summary = crawl.run(&["a"]).await;
        assert_eq!(summary.put_off, 1);
        assert_eq!(
            crawl.far.asked("a"),
            ["/robots.txt", "/.well-known/nodeinfo"]
        );
        let wait = if header.is_some() {
            7_200_000
        } else {
            3_600_000
        };
        crawl.pass(wait - 60_000).await;
        assert_eq!(crawl.run(&[]).await.requests, 0, "{status}");
        crawl.pass(120_000).await;
        assert!(crawl.run(&[]).await.requests > 0, "{status}");
    }
}

#[tokio::test]
async fn who_asks_says_its_name_and_where_it_lives() {
    let crawl = Crawl::of(Database::sqlite().await, |_, _, _| absent()).await;
    let network = Network {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
    };
    let home = crawl.far.url("home", "/");
    let fetcher = Fetcher::new(network, Some(&home)).unwrap();
    let crawler = Crawler::new(
        crawl.store.clone(),
        fetcher,
        Clock::system(),
        Some(&home),
        GAP,
    );
    crawler
        .seed(&[crawl.far.url("a", "/"), home.clone()])
        .await
        .unwrap();
    crawler.run_due(None, never()).await.unwrap();
    assert_eq!(crawl.far.asked("home"), [""; 0], "it does not visit itself");
    for asked in crawl.far.log() {
        let agent = asked.request.header("user-agent").unwrap();
        assert!(
            agent.starts_with("archipelago/") && agent.contains(home.as_str()),
            "{agent}"
        );
    }
}
