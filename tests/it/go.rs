//! `/go`: to one fit service, as a redirect and as data; what is counted, and what never is.

use archipelago::catalogue::Sent;
use archipelago::clock::Clock;
use archipelago::domain::hoster::HosterId;
use chrono::TimeDelta;
use reqwest::Method;
use reqwest::header::LOCATION;
use serde_json::Value;

use crate::support::database::{Database, on_both_engines};
use crate::support::node::{TestNode, config};
use crate::support::records::some_day;

fn location(response: &reqwest::Response) -> String {
    response.headers()[LOCATION].to_str().unwrap().to_owned()
}

async fn problem(node: &TestNode, path: &str, status: u16) -> Value {
    let response = node.get(path).await;
    assert_eq!(response.status(), status, "{path}");
    let headers = response.headers();
    assert_eq!(headers["content-type"], "application/problem+json");
    assert_eq!(headers["access-control-allow-origin"], "*");
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_need_or_a_departure_leads_to_the_address_of_a_service_for_it() {
    let node = TestNode::start().await;
    for path in [
        "/go/polls",
        "/go/framadate?near=Lyon&lang=fr",
        "/go/framapad?near=45.8,4.8&lang=en&seed=tuesday",
    ] {
        let response = node.get(path).await;
        assert_eq!(response.status(), 303, "{path}");
        let headers = response.headers();
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["x-robots-tag"], "noindex, nofollow");
        assert!(headers.get("set-cookie").is_none());
        assert!(location(&response).starts_with("http"), "{path}");
    }
}

#[tokio::test]
async fn the_seed_of_a_draw_is_told_and_repeats_it_in_both_forms() {
    let node = TestNode::start().await;
    let first = node.get("/go/pads?near=Nantes&lang=fr").await;
    let seed = first.headers()["archipelago-seed"].to_str().unwrap();
    let again = format!("pads?near=Nantes&lang=fr&seed={seed}");
    let repeated = node.get(&format!("/go/{again}")).await;
    assert_eq!(location(&repeated), location(&first));
    let told = node.json(&format!("/api/v1/go/{again}")).await;
    assert_eq!(told["url"], location(&first));
    assert_eq!(told["seed"], seed);
    assert!(told["reasons"].as_array().unwrap().len() >= 3);
    let id = told["service"].as_str().unwrap();
    let service = node.json(&format!("/api/v1/services/{id}")).await;
    assert_eq!(service["url"], told["url"]);
}

#[tokio::test]
async fn different_seeds_lead_to_different_hosters_and_the_near_ones_more_often() {
    let node = TestNode::start().await;
    let mut hosters = std::collections::BTreeMap::new();
    for seed in 0..60 {
        let told = node
            .json(&format!("/api/v1/go/pads?near=Lyon&seed={seed}"))
            .await;
        *hosters.entry(told["hoster"].to_string()).or_insert(0) += 1;
    }
    assert!(hosters.len() >= 5, "{hosters:?}");
    assert!(hosters.values().all(|times| *times < 40), "{hosters:?}");
}

#[tokio::test]
async fn what_is_being_left_is_never_the_answer() {
    let node = TestNode::start().await;
    for seed in 0..100 {
        let told = node
            .json(&format!("/api/v1/go/framadate?seed={seed}"))
            .await;
        assert_ne!(told["hoster"], "framasoft");
    }
}

#[tokio::test]
async fn where_nothing_fits_people_see_the_results_and_programs_a_problem() {
    let node = TestNode::start().await;
    let departure = node.get("/go/framatrad?near=Lyon&lang=en").await;
    assert_eq!(departure.status(), 303);
    assert_eq!(location(&departure), "/en/leave/framatrad?near=Lyon");
    let need = node.get("/go/translation?near=Lyon&lang=fr").await;
    assert_eq!(location(&need), "/fr/services?need=translation&near=Lyon");
    let problem = problem(&node, "/api/v1/go/translation?lang=en", 404).await;
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("takes newcomers"), "{detail}");
}

#[tokio::test]
async fn an_unknown_name_or_place_is_answered_with_a_page_that_helps() {
    let node = TestNode::start().await;
    for (path, language, helps) in [
        ("/go/framadat?lang=en", "en", "/en/leave/framadate"),
        (
            "/go/pads?near=Nantse&lang=fr",
            "fr",
            "/go/pads?lang=fr&#38;near=Nantes",
        ),
        (
            "/go/framadate?near=Xyzzyx&lang=en",
            "en",
            "value=\"framadate\"",
        ),
    ] {
        let response = node.get(path).await;
        assert_eq!(response.status(), 404, "{path}");
        let html = response.text().await.unwrap();
        assert!(
            html.contains(&format!("<html lang=\"{language}\">")),
            "{path}"
        );
        assert!(html.contains(helps), "{path} lacks {helps}: {html}");
    }
    let unknown = problem(&node, "/api/v1/go/framadat?lang=en", 404).await;
    assert!(unknown["detail"].as_str().unwrap().contains("framadate"));
    let place = problem(&node, "/api/v1/go/pads?near=Nantse&lang=en", 404).await;
    assert_eq!(place["field"], "near");
    assert!(
        place["errors"][0]["similar"][0]
            .as_str()
            .unwrap()
            .contains("Nantes")
    );
}

#[tokio::test]
async fn a_seed_that_is_too_long_is_refused() {
    let node = TestNode::start().await;
    let long = "x".repeat(65);
    let response = node.get(&format!("/go/pads?seed={long}")).await;
    assert_eq!(response.status(), 400);
    let problem = problem(&node, &format!("/api/v1/go/pads?seed={long}"), 400).await;
    assert_eq!(problem["field"], "seed");
}

#[tokio::test]
async fn search_engines_are_told_to_leave_draws_alone() {
    let node = TestNode::start().await;
    let robots = node.get("/robots.txt").await;
    assert_eq!(robots.status(), 200);
    let text = robots.text().await.unwrap();
    assert!(text.contains("Disallow: /go/") && text.contains("Disallow: /api/v1/go/"));
}

#[tokio::test]
async fn pages_offer_the_draw_where_there_is_something_to_draw() {
    let node = TestNode::start().await;
    for (path, link) in [
        (
            "/en/leave/framadate?near=Lyon",
            "href=\"/go/framadate?near=Lyon&#38;lang=en\"",
        ),
        ("/fr/services?need=pads", "href=\"/go/pads?lang=fr\""),
    ] {
        let html = node.get(path).await.text().await.unwrap();
        assert!(html.contains(link), "{path} lacks {link}");
    }
    for path in [
        "/en/leave/framatrad",
        "/en/services?need=pads&registration=none",
        "/en/services?q=pads",
    ] {
        let html = node.get(path).await.text().await.unwrap();
        assert!(!html.contains("href=\"/go/"), "{path}");
    }
}

on_both_engines! {
    async fn who_was_sent_is_counted_by_hoster_and_day_and_kept_at_the_end(database: Database) {
        let clock = Clock::fixed(some_day());
        let settings = config(&database, ([127, 0, 0, 1], 0).into(), None);
        let node = TestNode::running(database.shared(), settings, clock, true);
        let told = node.json("/api/v1/go/polls?seed=1").await;
        for _ in 0..12 {
            assert_eq!(node.get("/go/polls?seed=1&near=").await.status(), 303);
        }
        // Nobody goes there: a head, what a browser fetches ahead, a draw as data, what nothing fits.
        assert_eq!(node.ask(Method::HEAD, "/go/polls?seed=1", &[]).await.status(), 303);
        for header in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch")] {
            assert_eq!(node.ask(Method::GET, "/go/polls?seed=1", &[header]).await.status(), 303);
        }
        node.get("/go/translation").await;
        drop(node);
        let day = some_day().date_naive().and_hms_opt(0, 0, 0).unwrap().and_utc();
        let hoster = told["hoster"].as_str().unwrap().to_owned();
        let rows = database.rows("select * from sent").await;
        assert_eq!(rows, [[day.timestamp_millis().to_string(), hoster, "12".to_owned()]]);
    }

    async fn replicas_add_up_and_old_days_are_forgotten(database: Database) {
        let (one, other) = (Sent::default(), Sent::default());
        let store = database.store().await;
        let hoster = |id| HosterId::parse(id).unwrap();
        let long_ago = some_day() - Sent::KEPT_FOR - TimeDelta::days(2);
        one.count(&hoster("a"), long_ago.date_naive());
        one.keep(&store, long_ago).await.unwrap();
        let today = some_day().date_naive();
        for (replica, times) in [(&one, 3), (&other, 4)] {
            for _ in 0..times {
                replica.count(&hoster("a"), today);
            }
            replica.count(&hoster("b"), today);
            replica.keep(&store, some_day()).await.unwrap();
            // What was kept is not kept twice.
            replica.keep(&store, some_day()).await.unwrap();
        }
        let mut sent = store.sent_since(long_ago.date_naive()).await.unwrap();
        sent.sort();
        assert_eq!(sent, [("a".to_owned(), 7), ("b".to_owned(), 2)]);
    }
}

#[tokio::test]
async fn about_says_where_people_were_sent_but_no_small_number() {
    let database = Database::sqlite().await;
    let store = database.store().await;
    let sent = Sent::default();
    let many = HosterId::parse("infini").unwrap();
    let few = HosterId::parse("adminforge").unwrap();
    for _ in 0..95 {
        sent.count(&many, some_day().date_naive());
    }
    for _ in 0..7 {
        sent.count(&few, some_day().date_naive());
    }
    sent.keep(&store, some_day()).await.unwrap();
    let settings = config(&database, ([127, 0, 0, 1], 0).into(), None);
    let node = TestNode::running(database.shared(), settings, Clock::fixed(some_day()), true);
    let html = node.get("/en/about").await.text().await.unwrap();
    let shares = html.split("id=\"sent\"").nth(1).unwrap();
    let shares = shares.split("</section>").next().unwrap();
    assert!(
        shares.contains("At least 100 people were sent."),
        "{shares}"
    );
    assert!(shares.contains("93%"), "{shares}");
    assert!(shares.contains("fewer than 10 people"), "{shares}");
    assert!(
        !shares.contains(">7") && !shares.contains("102"),
        "{shares}"
    );
    let told = node.json("/api/v1/sent").await;
    assert_eq!(told["total"], 2);
    assert_eq!(told["results"][0]["id"], "infini");
    assert_eq!(told["results"][0]["percent"], 93);
    assert_eq!(told["results"][1]["percent"], Value::Null);
}
