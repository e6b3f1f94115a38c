//! What the operator chooses, as visitors and programs see it: pages, API, settings.

use archipelago::clock::Clock;
use archipelago::config::Blocks;
use archipelago::domain::block::{Domain, Severity};
use archipelago::domain::policy::Rules;
use archipelago::domain::text::{Name, Prose};
use archipelago::node::fill_with_demo;
use archipelago::store::Store;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::database::{Database, on_both_engines};
use crate::support::fediverse::eventually;
use crate::support::node::{TestNode, config};
use crate::support::records::some_day;

const COLLECTIVE: &str = "https://chatons.example/ap/group";

fn prose(text: &str) -> Prose {
    Prose::parse(text).unwrap()
}

async fn block(store: &Store, domain: &str, severity: Severity, reason: &str) {
    let domain = Domain::parse(domain).unwrap();
    let added = store
        .add_block(&domain, severity, &prose(reason), None, some_day())
        .await;
    added.unwrap();
}

/// The demo's directory, in which these choices were made before the node started.
async fn chosen(database: &Database) -> Store {
    let store = database.store().await;
    let clock = Clock::fixed(some_day());
    fill_with_demo(&store, &clock).await.unwrap();
    let actor = COLLECTIVE.parse().unwrap();
    let name = Name::parse("CHATONS").unwrap();
    let before = some_day() - TimeDelta::days(400);
    let reason = prose("Its charter\nis ours");
    let added = store.add_anchor(&actor, Some(&name), &reason, before);
    added.await.unwrap();
    store
}

async fn ids(node: &TestNode, path: &str) -> Vec<String> {
    let list = node.json(path).await;
    let results = list["results"].as_array().unwrap();
    results
        .iter()
        .map(|found| found["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn page(node: &TestNode, path: &str) -> (u16, String) {
    let response = node.get(path).await;
    (response.status().as_u16(), response.text().await.unwrap())
}

on_both_engines! {
    async fn what_is_blocked_is_in_no_list_and_its_pages_say_by_whose_choice(database: Database) {
        let store = chosen(&database).await;
        let open = TestNode::running(
            database.shared(),
            config(&database, ([127, 0, 0, 1], 0).into(), None),
            Clock::fixed(some_day()),
            false,
        );
        let everything = "/api/v1/search?standing=any&limit=100&q=infini";
        let before = ids(&open, everything).await;
        assert!(before.iter().any(|id| id.starts_with("infini-")), "{before:?}");
        let hosters = open.json("/api/v1/hosters").await["total"].as_u64().unwrap();

        block(&store, "infini.fr", Severity::Hide, "A <b>reason</b> of ours").await;
        eventually("it is not listed any more", async || {
            let found = ids(&open, everything).await;
            found.iter().all(|id| !id.starts_with("infini-")).then_some(())
        })
        .await;
        assert_eq!(open.json("/api/v1/hosters").await["total"], hosters - 1);
        for path in ["/api/v1/suggest?q=infini", "/api/v1/instances/hosts?limit=100"] {
            let told = open.json(path).await.to_string();
            assert!(!told.contains("infini.fr") && !told.contains("\"infini\""), "{told}");
        }
        for (path, sentence) in [
            ("/en/hosters/infini", "By the choice of whoever runs this directory"),
            ("/fr/hosters/infini", "Par choix de qui tient cet annuaire"),
            ("/en/services/infini-pad-infini", "infini.fr"),
        ] {
            let (status, html) = page(&open, path).await;
            assert_eq!(status, 404, "{path}");
            assert!(html.contains(sentence), "{html}");
            assert!(html.contains("A &#60;b&#62;reason&#60;/b&#62; of ours"), "{html}");
        }
        for path in ["/api/v1/hosters/infini", "/api/v1/services/infini-pad-infini"] {
            let (status, problem) = page(&open, &format!("{path}?lang=en")).await;
            let problem: Value = serde_json::from_str(&problem).unwrap();
            assert_eq!(status, 404);
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains("infini.fr is blocked") && detail.ends_with("of ours"), "{detail}");
        }
        let domain = Domain::parse("infini.fr").unwrap();
        assert!(store.remove_block(&domain, None, some_day()).await.unwrap());
        eventually("it is listed again", async || {
            let hosters = open.json("/api/v1/hosters").await["total"] == hosters;
            hosters.then_some(())
        })
        .await;
        assert_eq!(ids(&open, everything).await, before);
    }

    async fn everybody_reads_what_is_chosen_and_why(database: Database) {
        let store = chosen(&database).await;
        block(&store, "evil.example", Severity::Suspend, "It sends spam").await;
        let rules = Rules { max_depth: Some(2), ..Rules::default() };
        store.keep_rules(&rules, Some(&prose("We begin small")), some_day()).await.unwrap();
        let node = TestNode::over(database);
        let policy = node.json("/api/v1/policy").await;
        assert_eq!(policy["max_depth"], 2);
        assert_eq!((&policy["collective_quota"], &policy["hoster_quota"]), (&json!(300), &json!(3)));
        assert_eq!(policy["least_standing"], "reported");
        assert_eq!(policy["anchors"], json!([{
            "actor": COLLECTIVE, "name": "CHATONS", "reason": "Its charter\nis ours",
            "since": "2025-10-19T12:00:00Z", "via": "operator",
        }]));
        assert_eq!(policy["blocks"], json!([{
            "domain": "evil.example", "severity": "suspend", "reason": "It sends spam", "source": null,
            "since": "2026-11-23T12:00:00Z", "via": "operator",
        }]));
        let log = node.json("/api/v1/decisions?limit=2&offset=1").await;
        assert_eq!((&log["total"], &log["offset"], &log["limit"]), (&json!(4), &json!(1), &json!(2)));
        assert_eq!(log["results"], json!([
            { "seq": 3, "at": "2026-11-23T12:00:00Z", "what": "block-added", "subject": "evil.example",
              "reason": "It sends spam", "detail": "suspend", "via": "operator" },
            { "seq": 2, "at": "2025-10-19T12:00:00Z", "what": "anchor-added", "subject": COLLECTIVE,
              "reason": "Its charter\nis ours", "detail": "CHATONS", "via": "operator" },
        ]));
        for (path, sentences) in [
            ("/en/about", ["in 2 steps", "CHATONS", "evil.example", "It sends spam", "We begin small"]),
            ("/fr/about", ["à 2 pas", "CHATONS", "evil.example", "It sends spam", "We begin small"]),
        ] {
            let (status, html) = page(&node, path).await;
            assert_eq!(status, 200);
            for sentence in sentences {
                assert!(html.contains(sentence), "{sentence}: {html}");
            }
        }
        // What was decided more than a year ago stays in the log and is not news.
        let (_, html) = page(&node, "/en/about").await;
        assert!(!html.contains("CHATONS is trusted"), "{html}");
    }

    async fn the_log_on_the_page_is_turned_over_in_both_directions(database: Database) {
        let store = database.store().await;
        for number in 1..=21 {
            block(&store, &format!("h{number}.example"), Severity::Hide, "Spam").await;
        }
        let node = TestNode::over(database);
        let (_, first) = page(&node, "/en/about").await;
        let decided = |html: &str, number: u8| html.contains(&format!("h{number}.example is blocked"));
        assert!(decided(&first, 21) && decided(&first, 3) && !decided(&first, 1));
        assert!(first.contains("/en/about?page=2#log") && !first.contains("rel=\"prev\""));
        let (_, second) = page(&node, "/en/about?page=2").await;
        assert!(decided(&second, 1) && !decided(&second, 21));
        assert!(second.contains("/en/about#log") && !second.contains("rel=\"next\""));
        for wrong in ["0", "-1", "x", "99999999999", "4294967295"] {
            assert_eq!(page(&node, &format!("/en/about?page={wrong}")).await.0, 200);
        }
    }

    async fn what_the_settings_choose_holds_and_is_logged_once_over_two_starts(database: Database) {
        let mut config = config(&database, ([127, 0, 0, 1], 0).into(), None);
        config.trust.anchors = vec![COLLECTIVE.parse().unwrap()];
        config.trust.max_depth = Some(1);
        config.blocks = Blocks { domains: vec![Domain::parse("infini.fr").unwrap()] };
        let clock = || Clock::fixed(some_day());
        for demo in [true, false] {
            let node = TestNode::running(database.shared(), config.clone(), clock(), demo);
            let policy = node.json("/api/v1/policy").await;
            assert_eq!(policy["max_depth"], 1);
            assert_eq!(policy["anchors"][0]["via"], "settings");
            assert_eq!(policy["blocks"][0]["domain"], "infini.fr");
            assert_eq!(page(&node, "/en/hosters/infini").await.0, 404);
            let log = node.json("/api/v1/decisions").await;
            // The first is the demo's own.
            assert_eq!(log["total"], 4, "{log}");
            assert!(page(&node, "/en/about").await.1.contains("by the settings of this node"));
        }
        config.blocks.domains.clear();
        let node = TestNode::running(database.shared(), config, clock(), false);
        assert_eq!(page(&node, "/en/hosters/infini").await.0, 200);
        let log = node.json("/api/v1/decisions?limit=1").await;
        assert_eq!((&log["total"], &log["results"][0]["what"]), (&json!(5), &json!("block-removed")));
    }
}
