//! The far side is silent, endless or cannot be found.

mod nodes;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use archipelago::clock::Clock;
use archipelago::config::Network;
use archipelago::crawler::{Crawler, Stop};
use archipelago::fetch::header::HeaderMap;
use archipelago::fetch::{Error, Fetcher, Lookup, MAX_LOOKUPS, Most};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::support::database::Database;
use crate::support::far_hosts::FarHosts;
use crate::support::far_web::{FarWeb, Reply};
use crate::support::fediverse::eventually;

/// More than a process has threads for what blocks.
const NAMES: usize = 600;
/// How long a request may take that is to be answered: far longer than a busy machine needs for it.
const PATIENCE: Duration = Duration::from_secs(30);

fn fetcher(lookup: Lookup, deadline: Duration) -> Fetcher {
    drop(rustls::crypto::ring::default_provider().install_default());
    let network = Network {
        allow: vec!["127.0.0.0/8".parse().unwrap()],
    };
    Fetcher::with(network, None, lookup, deadline).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_name_servers_are_silent_nothing_else_waits() {
    let web = FarWeb::start(|_| Reply::new(200).body("there")).await;
    let is_answered = Arc::new((Mutex::new(false), Condvar::new()));
    let looking = Arc::new(AtomicUsize::new(0));
    let (waits, looks) = (is_answered.clone(), looking.clone());
    let lookup = Lookup::told(move |_| {
        looks.fetch_add(1, Ordering::Relaxed);
        let mut is_answered = waits.0.lock().unwrap();
        while !*is_answered {
            is_answered = waits.1.wait(is_answered).unwrap();
        }
        Err(std::io::ErrorKind::NotFound.into())
    });
    let patient = fetcher(lookup.clone(), PATIENCE);
    let fetcher = fetcher(lookup, Duration::from_secs(1));
    let mut asking = JoinSet::new();
    for number in 0..NAMES {
        let fetcher = fetcher.clone();
        let url = format!("https://n{number}.example/").parse().unwrap();
        asking.spawn(async move { fetcher.get(&url, "*/*", |_| HeaderMap::new()).await });
    }
    eventually("as many are looked up as may be at once", async || {
        (looking.load(Ordering::Relaxed) == MAX_LOOKUPS).then_some(())
    })
    .await;
    // No name is answered before this is over: who waited for one would wait for ever.
    tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(|| ()))
        .await
        .expect("what blocks for a moment finds a thread")
        .unwrap();
    let url = web.url("a.localhost", "/");
    let there = patient.get(&url, "*/*", |_| HeaderMap::new());
    assert_eq!(there.await.unwrap().body, "there");
    for asked in asking.join_all().await {
        assert!(matches!(asked, Err(Error::TimedOut { .. })), "{asked:?}");
    }
    *is_answered.0.lock().unwrap() = true;
    is_answered.1.notify_all();
    // Once they answer, so do we.
    let url = "https://again.example/".parse().unwrap();
    let again = patient.get(&url, "*/*", |_| HeaderMap::new()).await;
    assert!(matches!(again, Err(Error::Unreachable { .. })), "{again:?}");
}

#[tokio::test]
async fn what_is_taken_in_pieces_ends_with_its_bytes_or_its_time() {
    let web = FarWeb::start(|request| match request.target.as_str() {
        "/endless" => Reply::new(200)
            .body(vec![0; 64 * 1024])
            .for_ever(Duration::ZERO),
        "/drip" => Reply::new(200)
            .body("x")
            .for_ever(Duration::from_millis(20)),
        _ => Reply::new(200).after(Duration::from_secs(60)),
    })
    .await;
    // The deadline of other requests does not count here.
    let fetcher = fetcher(Lookup::system(), Duration::from_secs(60));
    for path in ["/endless", "/drip", "/silent"] {
        let most = Most {
            bytes: 1024 * 1024,
            // So many bytes may take a busy machine longer than half a second.
            time: match path {
                "/endless" => PATIENCE,
                _ => Duration::from_millis(500),
            },
        };
        let url = web.url("a.localhost", path);
        let (mut taken, none) = (0, HeaderMap::new());
        let asked = Instant::now();
        let answer = fetcher.download(&url, &none, most, |piece| {
            taken += piece.len() as u64;
            Ok(())
        });
        let error = answer.await.unwrap_err();
        match path {
            "/endless" => assert!(matches!(error, Error::TooLarge { .. }), "{error:?}"),
            _ => assert!(matches!(error, Error::TimedOut { .. }), "{path}: {error:?}"),
        }
        assert!(taken <= most.bytes, "{path}: {taken}");
        // Far less than that deadline, or than the silent one takes to answer.
        assert!(asked.elapsed() < Duration::from_secs(20), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_whose_names_are_not_found_stay_and_are_tried_later_and_others_do_not_wait() {
    const NOWHERE: usize = 12;
    // Far longer than a busy machine needs for one that is there.
    const DEADLINE: Duration = Duration::from_secs(5);
    let database = Database::sqlite().await;
    let store = database.store().await;
    let hosts = FarHosts::start(|_, _, _| Reply::new(404)).await;
    let slow = Lookup::told(|name| {
        if name != "gone.example" {
            std::thread::sleep(DEADLINE + Duration::from_secs(1));
        }
        Err(std::io::ErrorKind::NotFound.into())
    });
    let fetcher = fetcher(slow, DEADLINE);
    let crawler = Crawler::new(
        store,
        fetcher,
        Clock::system(),
        None,
        Duration::from_millis(20),
    );
    let mut seeds: Vec<_> = (0..NOWHERE)
        .map(|number| format!("https://n{number}.example/").parse().unwrap())
        .collect();
    seeds.push("https://gone.example/".parse().unwrap());
    seeds.push(hosts.url("a", "/"));
    let begun = Instant::now();
    crawler.seed(&seeds).await.unwrap();
    let (_ask, asked) = watch::channel(false);
    crawler.run_due(None, Stop::on(asked)).await.unwrap();
    let there = hosts.log();
    assert!(!there.is_empty());
    for asked in there {
        // Before the first of those that time out can have ended.
        assert!(asked.at - begun < DEADLINE, "{asked:?}");
    }
    let now = Clock::system().now().timestamp_millis();
    let put_off = format!(
        "select host from hosts where fails = 1 and due_at > {now} and due_at < {now} + 172800000
         and host like '%.example' and last_error is not null"
    );
    assert_eq!(
        database.rows(&put_off).await.len(),
        NOWHERE + 1,
        "each comes again within two days"
    );
    let failed: HashMap<_, _> = crawler.summary().failures().collect();
    assert_eq!(failed["timed_out"], NOWHERE as u64);
    assert_eq!(failed["unknown_name"], 1);
}
