//! What a founded node publishes for those who copy it, over a real connection.

use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use archipelago::catalogue::{Catalogue, Did};
use archipelago::clock::Clock;
use archipelago::domain::choices::Choices;
use archipelago::domain::collective::Standing;
use archipelago::federation::Kind;
use archipelago::formats::activitypub::actor::read_keys;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::formats::activitypub::proof;
use archipelago::formats::snapshot::{self, Changes, MAX_CHANGES_BYTES};
use archipelago::formats::{archipelago as format, snapshot::unpacked};
use archipelago::mirror::{MAX_TOLD, MAX_WAITING, Publisher, RESIGN_AFTER, Told};
use reqwest::Method;
use serde_json::Value;

use crate::support::database::{Database, on_both_engines};
use crate::support::fediverse::{Founded, eventually, offer};
use crate::support::node::TestNode;
use crate::support::records::{hoster, hoster_by, some_day};

/// The snapshot once it is there.
async fn snapshot_of(node: &Founded) -> (reqwest::header::HeaderMap, Vec<u8>) {
    eventually("there is a snapshot", async || {
        let answer = node.node.get("/api/v1/snapshot").await;
        if answer.status() == 503 {
            assert_eq!(answer.headers()["retry-after"], "60");
            return None;
        }
        assert_eq!(answer.status(), 200);
        let headers = answer.headers().clone();
        Some((headers, answer.bytes().await.unwrap().to_vec()))
    })
    .await
}

on_both_engines! {
    async fn a_snapshot_is_signed_by_the_nodes_own_actor_and_read_as_what_is_listed(database: Database) {
        let node = Founded::start("signs", Kind::Hoster, database).await;
        node.federation.add_services(vec![offer("pads", "Pads")]).await.unwrap();
        let (headers, packed) = snapshot_of(&node).await;
        assert_eq!(headers["content-type"], "application/gzip");
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert!(headers.get("content-encoding").is_none_or(|encoding| encoding == "identity"));
        assert_eq!(headers["content-length"], packed.len().to_string().as_str());
        let checked = snapshot::check(&packed[..]).unwrap();
        let actor = node.federation.addresses().actor(Local::Node);
        assert_eq!(checked.signed.origin, actor);

        // As anybody would check it: the key from the actor, at its own address.
        let accept = [("accept", "application/activity+json")];
        let document: Value = node.node.ask(Method::GET, "/ap/actor", &accept).await.json().await.unwrap();
        let keys = read_keys(&document, &actor);
        assert!(proof::verify(&checked.document, &keys[0].multibase).is_ok());

        let mut text = String::new();
        unpacked(&packed[..]).unwrap().read_to_string(&mut text).unwrap();
        let found = format::read(text.as_bytes()).unwrap();
        assert_eq!(found.complaints.iter().count(), 0);
        assert!(found.hosters.iter().any(|one| one.name.as_str() == "Hoster signs"));

        let tag = headers["etag"].to_str().unwrap();
        let known = node.node.ask(Method::GET, "/api/v1/snapshot", &[("if-none-match", tag)]).await;
        assert_eq!(known.status(), 304);
        assert_eq!(known.bytes().await.unwrap().len(), 0);
    }

    async fn changes_lead_from_what_was_to_what_is(database: Database) {
        let node = Founded::start("tells", Kind::Directory, database).await;
        let (_, packed) = snapshot_of(&node).await;
        let shown = snapshot::check(&packed[..]).unwrap();
        let (mut since, mut state) = (shown.signed.revision, shown.state);
        for (hosters, expected) in [
            (vec![hoster("a"), hoster("b")], vec!["a", "b"]),
            (vec![hoster_by("third-party-list", "b", "Renamed")], vec!["b"]),
        ] {
            let began = Instant::now();
            let path = format!("/api/v1/changes?since={since}&wait=20");
            let waiting = node.node.get(&path);
            let kept = node.store.keep(&hosters, &[], Clock::system().now());
            let (answer, kept) = tokio::join!(waiting, kept);
            kept.unwrap();
            // Far more than an edition takes, and less than the wait: it was answered because of the change.
            assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
            let changes = Changes::read(&answer.bytes().await.unwrap()).unwrap();
            let ids: Vec<&str> = changes.changed.iter().map(|one| one.id.as_str()).collect();
            assert_eq!((ids, changes.since), (expected, since));
            state = changes.over(&state).unwrap();
            since = changes.signed().unwrap().0.revision;
        }
    }
}

#[tokio::test]
async fn what_cannot_be_answered_is_said_in_both_languages() {
    let plain = TestNode::start().await;
    for (path, words) in [
        ("/api/v1/snapshot?lang=en", "never founded"),
        ("/api/v1/snapshot", "jamais été fondé"),
        ("/api/v1/changes?since=1&lang=en", "never founded"),
    ] {
        let answer = plain.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert!(answer.text().await.unwrap().contains(words), "{path}");
    }
    let node = Founded::start("asked", Kind::Directory, Database::sqlite().await).await;
    snapshot_of(&node).await;
    for (query, status, words) in [
        ("", 400, "since"),
        ("?since=x", 400, "since"),
        ("?since=-1", 400, "since"),
        ("?since=0&wait=31", 400, "wait"),
        ("?since=0&wait=soon", 400, "wait"),
        ("?since=99999&lang=en", 410, "take the snapshot"),
        ("?since=99999", 410, "prenez l’instantané"),
    ] {
        let answer = node.node.get(&format!("/api/v1/changes{query}")).await;
        assert_eq!(answer.status(), status, "{query}");
        assert!(answer.text().await.unwrap().contains(words), "{query}");
    }
    let posted = node.node.ask(Method::POST, "/api/v1/snapshot", &[]).await;
    assert_eq!(posted.status(), 405);
}

/// A publisher beside a node that does not run, and what it publishes.
async fn publisher(clock: &Clock) -> (Founded, Publisher, Catalogue) {
    let node = Founded::start("beside", Kind::Directory, Database::sqlite().await).await;
    let origin = node.federation.addresses().actor(Local::Node);
    let publisher = Publisher::new(node.store.clone(), origin, clock.clone());
    let catalogue = Catalogue::open(&node.store, Choices::default(), clock.now())
        .await
        .unwrap();
    let did = publisher.publish(&catalogue.current()).await.unwrap();
    assert_eq!(did, Did::Work);
    (node, publisher, catalogue)
}

#[tokio::test]
async fn only_so_many_wait_and_all_are_answered_when_the_node_stops() {
    let clock = Clock::fixed(some_day());
    let (_node, publisher, _) = publisher(&clock).await;
    let since = publisher.issue().unwrap().said.revision;
    let wait = Duration::from_secs(30);
    let mut asking: Vec<_> = (0..=MAX_WAITING)
        .map(|_| {
            let publisher = publisher.clone();
            tokio::spawn(async move { publisher.changes(since, wait).await })
        })
        .collect();
    let turned_away = eventually("one of them may not wait", async || {
        let ended = asking.iter().position(|one| one.is_finished());
        ended.map(|one| asking.swap_remove(one))
    });
    let at_once = turned_away.await.await.unwrap();
    assert!(matches!(at_once, Told::Changes(_)), "{at_once:?}");
    // Whoever does not wait is answered all the same.
    let answer = publisher.changes(since, Duration::ZERO).await;
    assert!(matches!(answer, Told::Changes(_)));
    // What another replica published already comes here, too, or is unknown in the end.
    let ahead = publisher.changes(since + 1, Duration::from_millis(1)).await;
    assert_eq!(ahead, Told::Forgotten);
    publisher.end();
    for one in asking {
        assert!(matches!(one.await.unwrap(), Told::Changes(_)));
    }
}

#[tokio::test]
async fn what_is_published_is_signed_anew_each_day_and_with_each_revision_only() {
    let clock = Clock::fixed(some_day());
    let (node, publisher, catalogue) = publisher(&clock).await;
    let first = publisher.issue().unwrap();
    assert_eq!(
        publisher.publish(&catalogue.current()).await.unwrap(),
        Did::Nothing
    );
    clock.advance(RESIGN_AFTER);
    catalogue.refresh(&node.store, clock.now()).await.unwrap();
    assert_eq!(
        publisher.publish(&catalogue.current()).await.unwrap(),
        Did::Work
    );
    let second = publisher.issue().unwrap();
    assert_eq!(second.said.state, first.said.state);
    assert_eq!(second.said.issued, first.said.issued + RESIGN_AFTER);
    // What another day makes of an edition is no other snapshot.
    catalogue.refresh(&node.store, clock.now()).await.unwrap();
    assert_eq!(
        publisher.publish(&catalogue.current()).await.unwrap(),
        Did::Nothing
    );
}

#[tokio::test]
async fn what_is_too_much_for_changes_is_a_snapshots_matter() {
    let clock = Clock::fixed(some_day());
    let (node, publisher, catalogue) = publisher(&clock).await;
    let since = publisher.issue().unwrap().said.revision;
    let step = async |ids: std::ops::Range<usize>| {
        let hosters: Vec<_> = ids.map(|id| hoster(&format!("h{id}"))).collect();
        node.store.keep(&hosters, &[], clock.now()).await.unwrap();
        catalogue.refresh(&node.store, clock.now()).await.unwrap();
        publisher.publish(&catalogue.current()).await.unwrap();
    };
    step(0..MAX_TOLD).await;
    let Told::Changes(changes) = publisher.changes(since, Duration::ZERO).await else {
        panic!("so many are told");
    };
    assert!(changes.len() < MAX_CHANGES_BYTES);
    assert_eq!(Changes::read(&changes).unwrap().changed.len(), MAX_TOLD);
    step(MAX_TOLD..MAX_TOLD + 1).await;
    assert_eq!(
        publisher.changes(since, Duration::ZERO).await,
        Told::Forgotten
    );
    let last = publisher.issue().unwrap().said.revision - 1;
    assert!(matches!(
        publisher.changes(last, Duration::ZERO).await,
        Told::Changes(_)
    ));
}

#[tokio::test]
async fn a_snapshot_is_written_once_whoever_asks_and_not_for_each_revision() {
    let clock = Clock::fixed(some_day());
    let (node, publisher, catalogue) = publisher(&clock).await;
    let asked: Vec<_> = (0..20)
        .map(|_| {
            let publisher = publisher.clone();
            tokio::spawn(async move { publisher.snapshot().await.unwrap().unwrap() })
        })
        .collect();
    let mut all = Vec::new();
    for one in asked {
        all.push(one.await.unwrap());
    }
    assert!(all.iter().all(|one| Arc::ptr_eq(one, &all[0])));
    let standing = node
        .store
        .keep_least_standing(Standing::Anchor, clock.now());
    standing.await.unwrap();
    catalogue.refresh(&node.store, clock.now()).await.unwrap();
    assert_eq!(
        publisher.publish(&catalogue.current()).await.unwrap(),
        Did::Work
    );
    let young = publisher.snapshot().await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&young, &all[0]));
}
