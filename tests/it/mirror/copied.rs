//! A real node copies another real node: what visitors see is the same, and what changes there is here
//! within seconds.

use std::time::{Duration, Instant};

use archipelago::clock::Clock;
use archipelago::config::Config;
use archipelago::domain::block::{Domain, Severity};
use archipelago::domain::collective::Standing;
use archipelago::domain::health::History;
use archipelago::domain::localized::{Language, Localized};
use archipelago::domain::policy::Rules;
use archipelago::domain::text::{Link, Prose};
use archipelago::domain::vouch::{AssertionKey, Basis, Vouch};
use archipelago::federation::Kind;
use archipelago::formats::activitypub::actor::ActorKind;
use archipelago::formats::activitypub::proof::{Signer, generate};
use archipelago::formats::activitypub::vouch;
use archipelago::formats::{archipelago as format, snapshot};
use archipelago::store::{Change, Effect, Said, Store};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::support::database::{Database, on_both_engines};
use crate::support::desk::SHIPPED;
use crate::support::fediverse::{Founded, eventually, free_port};
use crate::support::followers;
use crate::support::node::{TestNode, config};

/// How soon a change is at a mirror where the machine has nothing else to do, as `REPLICAS_ALONE` says it has.
const PUSHED_WITHIN: Duration = Duration::from_secs(5);
/// How soon elsewhere: without a push it would be when a wait at the origin ends, 25 s after it began.
const PUSHED_AT_LAST: Duration = Duration::from_secs(20);

/// Founds a directory and fills it with all that visitors may see.
async fn origin(name: &str, database: Database) -> Founded {
    let rows = database.shared();
    let origin = Founded::start(name, Kind::Directory, database).await;
    let (store, now) = (&origin.store, Clock::system().now());
    let mut found = format::read(SHIPPED.as_bytes()).unwrap();
    // Whom somebody vouches for is asked whether it knows of that: here nobody answers, and nobody on the internet
    // is asked.
    let site = format!("http://adminforge.localhost:{}/", free_port().port());
    let site: Url = site.parse().unwrap();
    let mut hosters = found.hosters.iter_mut();
    let hoster = hosters.find(|one| one.id.as_str() == "adminforge").unwrap();
    hoster.website = Some(Link::parse(site.as_str()).unwrap());
    store
        .keep(&found.hosters, &found.services, now)
        .await
        .unwrap();
    store
        .keep_least_standing(Standing::Reported, now)
        .await
        .unwrap();
    let reason = Prose::parse("Known to us.").unwrap();
    let blocked = Domain::parse("zaclys.com").unwrap();
    let source = None;
    let block = store.add_block(&blocked, Severity::Hide, &reason, source, now);
    block.await.unwrap();
    vouched(store, &site, &reason).await;
    let history = serde_json::to_string(&History::default()).unwrap();
    let looked = |url: &str, fails: u8, up: u16| {
        format!(
            "insert into health (url, probed_at, fails, failing_since, asked, up, history, revision)
             values ('{url}', 1, {fails}, 1790000000000, 720, {up}, '{history}', 1000000)"
        )
    };
    rows.execute(&looked("https://send.adminforge.de/", 0, 718))
        .await;
    rows.execute(&looked("https://mozhi.adminforge.de/", 2, 600))
        .await;
    // So that the node, which runs, reads the looks.
    store.keep_rules(&rules(), None, now).await.unwrap();
    origin
}

fn rules() -> Rules {
    Rules {
        hoster_quota: Some(5),
        ..Rules::default()
    }
}

/// Has a collective that is trusted from the start vouch for the hoster at a site.
async fn vouched(store: &Store, site: &Url, reason: &Prose) {
    let now = Clock::system().now();
    let id: Url = "https://collective.example/ap/group".parse().unwrap();
    store.add_anchor(&id, None, reason, now).await.unwrap();
    let inbox = "https://collective.example/inbox".parse().unwrap();
    let mut actor = followers::actor(&id, &inbox);
    let (private, multibase) = generate();
    let method: Url = format!("{id}#key").parse().unwrap();
    actor.kind = ActorKind::Group;
    actor.assertion_keys = vec![AssertionKey {
        id: method.clone(),
        multibase,
        expires: None,
        revoked: None,
    }];
    let given = Vouch {
        id: "https://collective.example/ap/vouches/1".parse().unwrap(),
        issuer: id,
        object: site.clone(),
        basis: Basis::Membership,
        since: now - TimeDelta::days(10),
        until: now + TimeDelta::days(300),
        charter: None,
        evidence: None,
    };
    let document = Signer::new(&private, method)
        .unwrap()
        .sign(vouch::write(&given), now);
    let effects = vec![
        Effect::KeepActor(Box::new(actor)),
        Effect::Vouch(Box::new(Said {
            document,
            by_issuer: true,
        })),
        Effect::Acknowledge {
            actor: site.clone(),
            vouch: given.id,
        },
    ];
    let change = Change {
        effects,
        ..Change::default()
    };
    store.commit(&change, now).await.unwrap();
}

/// Runs a copy of a directory over a database.
pub async fn mirror(origin: &Founded, database: &Database) -> TestNode {
    let store = database.store().await;
    let home = origin.federation.addresses().home();
    let now = Clock::system().now();
    store.begin_mirror(&home, now).await.unwrap();
    let listen = "127.0.0.1:0".parse().unwrap();
    let config = Config {
        domain: None,
        ..config(database, listen, Some(home))
    };
    TestNode::running(database.shared(), config, Clock::system(), false)
}

async fn revision_of(node: &TestNode) -> u64 {
    node.json("/api/v1/policy").await["revision"]
        .as_u64()
        .unwrap()
}

/// Waits until a copy shows what its origin does; says how long that took.
pub async fn caught_up(origin: &Founded, mirror: &TestNode) -> Duration {
    let began = Instant::now();
    let wanted = origin.store.revision().await.unwrap();
    eventually("the mirror has the origin's revision", async || {
        (revision_of(mirror).await == wanted).then_some(())
    })
    .await;
    eventually("the origin shows it itself", async || {
        (revision_of(&origin.node).await == wanted).then_some(())
    })
    .await;
    began.elapsed()
}

/// A page without what a copy says of itself, and without its own address.
async fn page(node: &TestNode, path: &str, home: &str) -> String {
    let answer = node.get(path).await;
    assert_eq!(answer.status(), 200, "{path}");
    let text = answer.text().await.unwrap();
    let text = text.replace(node.url("").as_str(), home.trim_end_matches('/'));
    let lines = text
        .lines()
        .filter(|line| !line.contains("class=\"copied "));
    lines
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

on_both_engines! {
    async fn visitors_of_a_mirror_see_what_visitors_of_its_origin_see(database: Database) {
        let origin = origin("seen", database).await;
        let copy = Database::sqlite().await;
        let mirror = mirror(&origin, &copy).await;
        caught_up(&origin, &mirror).await;
        for path in [
            "/api/v1/search?near=Lyon&limit=50",
            "/api/v1/search?leave=framadate&lang=en",
            "/api/v1/search?standing=any&limit=100",
            "/api/v1/hosters?limit=100",
            "/api/v1/hosters/adminforge",
            "/api/v1/services?limit=100&offset=100",
            "/api/v1/collectives",
            "/api/v1/policy",
        ] {
            assert_eq!(mirror.json(path).await, origin.node.json(path).await, "{path}");
        }
        let adminforge = mirror.json("/api/v1/hosters/adminforge").await;
        assert_eq!(adminforge["standing"], "confirmed");
        let send = mirror.json("/api/v1/services/adminforge-send").await;
        assert!(send["availability"].as_f64().unwrap() > 0.99, "{send}");
        let down = mirror.json("/api/v1/services/adminforge-mozhi").await;
        assert!(down["down_since"].is_string(), "{down}");
        let policy = mirror.json("/api/v1/policy").await;
        assert_eq!(policy["blocks"][0]["domain"], "zaclys.com");
        assert_eq!(mirror.get("/api/v1/hosters/zaclys").await.status(), 404);
        let home = origin.federation.addresses().home().to_string();
        for path in ["/en/closings", "/fr/collectives", "/en/hosters/adminforge", "/fr/leave/framadate"] {
            let there = page(&origin.node, path, &home).await;
            assert_eq!(page(&mirror, path, &home).await, there, "{path}");
        }
    }

    async fn a_changed_description_is_at_a_mirror_within_seconds(database: Database) {
        let origin = origin("pushed", database).await;
        let copy = Database::postgres().await;
        let mirror = mirror(&origin, &copy).await;
        caught_up(&origin, &mirror).await;
        for number in 0..3 {
            let found = origin.store.directory().await.unwrap().hosters;
            let known = found.iter().find(|one| one.id.as_str() == "adminforge").unwrap();
            let mut hoster = (**known).clone();
            let words = format!("Told anew {number}.");
            hoster.description = Some(Localized::of(Language::French, Prose::parse(&words).unwrap()));
            origin.store.keep(&[hoster], &[], Clock::system().now()).await.unwrap();
            let began = Instant::now();
            eventually("the mirror shows the change", async || {
                let shown = mirror.json("/api/v1/hosters/adminforge").await;
                (shown["description"] == words.as_str()).then_some(())
            })
            .await;
            let took = began.elapsed();
            println!("a change was at the mirror after {took:?}");
            let within = match std::env::var_os("REPLICAS_ALONE") {
                Some(_) => PUSHED_WITHIN,
                None => PUSHED_AT_LAST,
            };
            assert!(took < within, "{took:?}");
        }
        // It came by changes: the snapshot was taken once.
        let state = copy.rows("select count(*) from changes").await;
        assert_ne!(state[0][0], "0");
    }

    async fn a_mirror_survives_its_restart_and_goes_on_from_where_it_was(database: Database) {
        let origin = origin("again", database).await;
        let copy = Database::sqlite().await;
        let first = mirror(&origin, &copy).await;
        caught_up(&origin, &first).await;
        drop(first);
        let removed = origin.store.revision().await.unwrap();
        origin.store.keep_least_standing(Standing::Confirmed, Clock::system().now()).await.unwrap();
        assert_eq!(copy.store().await.revision().await.unwrap(), removed);
        let second = mirror(&origin, &copy).await;
        caught_up(&origin, &second).await;
        let policy = second.json("/api/v1/policy").await;
        assert_eq!(policy["least_standing"], "confirmed");
    }
}

#[tokio::test]
async fn a_mirror_says_whose_it_is_and_leads_there_for_what_it_cannot_do() {
    let origin = origin("whose", Database::sqlite().await).await;
    let copy = Database::sqlite().await;
    let mirror = mirror(&origin, &copy).await;
    caught_up(&origin, &mirror).await;
    let home = origin.federation.addresses().home();
    let at_home = |path: &str| home.join(path).unwrap().to_string();
    for (path, words) in [
        ("/fr/", "Miroir de"),
        ("/en/services?need=pads", "Mirror of"),
    ] {
        let page = mirror.get(path).await.text().await.unwrap();
        assert!(page.contains(words), "{path}");
        let canonical = format!("<link rel=\"canonical\" href=\"{}", at_home("/"));
        assert!(page.contains(canonical.trim_end_matches('/')), "{path}");
    }
    let about = mirror.get("/fr/about").await.text().await.unwrap();
    assert!(about.contains("Ce site est une copie") && about.contains(&at_home("/fr/about")));
    for path in [
        "/fr/check?url=https%3A%2F%2Fa.example",
        "/en/join",
        "/fr/hosters/adminforge/report",
        "/manage",
        "/en/manage/trust",
    ] {
        let answer = mirror.get(path).await;
        assert_eq!(answer.status(), 303, "{path}");
        assert_eq!(answer.headers()["location"], at_home(path), "{path}");
    }
    assert_eq!(mirror.get("/ap/actor").await.status(), 404);
    let changes = mirror.get("/api/v1/changes?since=0&lang=en").await;
    assert_eq!(changes.status(), 404);
    let problem: Value = changes.json().await.unwrap();
    assert!(problem["detail"].as_str().unwrap().contains(home.as_str()));
    // What it hands on is what its origin signed.
    let bytes = mirror.get("/api/v1/snapshot").await.bytes().await.unwrap();
    let checked = snapshot::check(&bytes[..]).unwrap();
    assert_eq!(checked.signed.origin.origin(), home.origin());
    let revision = checked.signed.revision;
    assert_eq!(revision, origin.store.revision().await.unwrap());
    let theirs = origin
        .node
        .get(&format!("/api/v1/changes?since={revision}"))
        .await;
    let theirs = snapshot::Changes::read(&theirs.bytes().await.unwrap()).unwrap();
    assert!(theirs.changed.is_empty() && theirs.gone.is_empty());
    assert_eq!(checked.document, theirs.signed);
}

#[tokio::test]
async fn a_mirrors_own_settings_change_nothing_but_what_they_block() {
    let origin = origin("heed", Database::sqlite().await).await;
    let copy = Database::sqlite().await;
    drop(mirror(&origin, &copy).await);
    let home = origin.federation.addresses().home();
    let listen = "127.0.0.1:0".parse().unwrap();
    let mut config = Config {
        domain: None,
        ..config(&copy, listen, Some(home))
    };
    config.directory.least_standing = Some(Standing::Anchor);
    config.blocks.domains = vec![Domain::parse("adminforge.localhost").unwrap()];
    let mirror = TestNode::running(copy.shared(), config, Clock::system(), false);
    caught_up(&origin, &mirror).await;
    let policy = mirror.json("/api/v1/policy").await;
    assert_eq!(policy["least_standing"], "reported");
    let answer = mirror
        .ask(Method::GET, "/api/v1/hosters/adminforge", &[])
        .await;
    assert_eq!(answer.status(), 404);
}
