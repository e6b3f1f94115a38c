//! Real processes are killed in the middle of a crawl, again and again: what was recorded is not asked for
//! again, nothing is lost, nothing comes twice, and no host sees less of a pause.
//!
//! What would only be waiting (the rest of a dead process's lease) is cut short in the tables; the pause of a
//! second, which the lease would have covered, is waited for.

use std::collections::HashMap;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use super::*;
use crate::support::database::on_both_engines;
use crate::support::far_actor::KEY;

/// How many hosts are crawled: each five requests, a second apart.
const HOSTS: usize = 24;
/// How often a process is killed.
const KILLS: usize = 6;

/// What a hoster's node says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Everything.
    All,
    /// That we may see nothing.
    Robots,
    /// That its actor is not to be found.
    NotDiscoverable,
    /// That its actor is no more.
    Gone,
}

/// A hoster's node that says the same whenever it is asked.
pub(super) fn node(path: &str, request: &Request, says: Says) -> Reply {
    let host = request.header("host").unwrap();
    let at = |path: &str| format!("http://{host}{path}");
    let activity = |document: serde_json::Value| {
        Reply::new(200)
            .header("Content-Type", "application/activity+json")
            .body(document.to_string())
    };
    match path {
        "/robots.txt" if says == Says::Robots => {
            super::text("User-agent: archipelago\nDisallow: /\n")
        }
        "/ap/org" if says == Says::Gone => Reply::new(410),
        "/.well-known/nodeinfo" => super::json(
            &json!({ "links": [{
                "rel": "https://www.w3.org/ns/activitystreams#Application", "href": at("/ap/org"),
            }] })
            .to_string(),
        ),
        "/ap/org" => activity(json!({
            "id": at("/ap/org"), "type": "Organization", "name": host, "preferredUsername": "org",
            "inbox": at("/ap/inbox"), "discoverable": says != Says::NotDiscoverable, "archi:services": at("/ap/services"),
            "publicKey": { "id": at("/ap/org#key"), "owner": at("/ap/org"), "publicKeyPem": KEY.1 },
            "archi:organisation": {
                "type": "archi:OrganisationRecord", "archi:schema": 1, "archi:languages": ["fr"],
            },
        })),
        "/ap/services" => activity(json!({
            "id": at("/ap/services"), "type": "OrderedCollection",
            "orderedItems": [{
                "id": at("/ap/services/pads"), "type": "Note", "attributedTo": at("/ap/org"),
                "name": "Pads", "content": "Pads", "published": "2026-11-01T00:00:00Z",
                "archi:service": {
                    "type": "archi:ServiceRecord", "archi:schema": 1, "archi:needs": ["pads"],
                    "archi:registration": "none",
                },
            }],
        })),
        _ => absent(),
    }
    // Slow, so that a process may die between a request and its answer.
    .after(Duration::from_millis(50))
}

fn process(crawl: &Crawl, seeds: &[String]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_archipelago"));
    command
        .args(["crawl", "--once", "--json", "--allow-net", "127.0.0.0/8"])
        .args(["--database-url", crawl.database.url()])
        .args(seeds.iter().flat_map(|seed| ["--seed", seed]))
        .env("ARCHIPELAGO_LOG", "error")
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command.spawn().unwrap()
}

/// What is recorded as visited.
async fn recorded(crawl: &Crawl) -> Vec<String> {
    let rows = crawl
        .database
        .rows("select url from targets where visited_at is not null")
        .await;
    rows.concat()
}

async fn crawl_and_kill(database: Database, replicas: usize) {
    let crawl = Crawl::of(database, |_, path, request| node(path, request, Says::All)).await;
    let seeds: Vec<String> = (0..HOSTS)
        .map(|number| crawl.far.url(&format!("h{number}"), "/").to_string())
        .collect();
    let mut children: Vec<Child> = (0..replicas).map(|_| process(&crawl, &seeds)).collect();
    for kill in 0..KILLS {
        // Moments that differ from run to run are the point here.
        tokio::time::sleep(Duration::from_millis(900 + 170 * kill as u64)).await;
        let victim = kill % replicas;
        children[victim].kill().unwrap();
        children[victim].wait().unwrap();
        // What others have leased they keep: their requests are under way.
        if replicas == 1 {
            crawl
                .database
                .execute("update hosts set leased_until = 0")
                .await;
            let before = recorded(&crawl).await;
            tokio::time::sleep(Duration::from_millis(1_100)).await;
            let asked = crawl.far.log().len();
            children[victim] = process(&crawl, &[]);
            tokio::time::sleep(Duration::from_millis(800)).await;
            for asked in &crawl.far.log()[asked..] {
                let url = format!(
                    "http://{}{}",
                    asked.request.header("host").unwrap(),
                    asked.target
                );
                assert!(
                    !before.contains(&url),
                    "{url} was recorded and is asked for again"
                );
            }
        } else {
            children[victim] = process(&crawl, &[]);
        }
    }
    if replicas > 1 {
        // The leases of the dead end as if their time had passed, with the pause they covered.
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        crawl
            .database
            .execute("update hosts set leased_until = 0")
            .await;
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        children = (0..replicas).map(|_| process(&crawl, &[])).collect();
    }
    for mut child in children {
        let ended = tokio::task::spawn_blocking(move || child.wait().unwrap());
        assert!(ended.await.unwrap().success());
    }

    let gap = crawl.far.shortest_gap().unwrap();
    assert!(gap >= Duration::from_secs(1), "{gap:?}");
    let mut times: HashMap<(String, String), usize> = HashMap::new();
    for asked in crawl.far.log() {
        *times.entry((asked.host, asked.target)).or_default() += 1;
    }
    assert_eq!(
        times.len(),
        HOSTS * 4,
        "all that there is, and nothing else"
    );
    let repeated: usize = times.values().map(|times| times - 1).sum();
    let most = (KILLS + replicas) * HOSTS;
    assert!(
        repeated < most,
        "{repeated}: only what was under way is repeated"
    );
    let directory = crawl.store.directory().await.unwrap();
    assert_eq!(directory.hosters.len(), HOSTS);
    assert_eq!(directory.services.len(), HOSTS);
    let asked = crawl.far.log().len();
    assert!(process(&crawl, &[]).wait().unwrap().success());
    assert_eq!(crawl.far.log().len(), asked, "nothing is due any more");
    println!("{asked} requests, {repeated} repeated, shortest gap {gap:?}");
}

on_both_engines! {
    async fn whatever_is_killed_nothing_is_lost_or_asked_for_twice(database: Database) {
        crawl_and_kill(database, 1).await;
    }
}

#[tokio::test]
async fn two_replicas_that_are_killed_in_turn_end_with_the_whole() {
    crawl_and_kill(Database::postgres().await, 2).await;
}
