//! What was announced to end: the page, the calendar and the feed, in both languages.

use archipelago::clock::Clock;
use archipelago::domain::service::Service;
use archipelago::node::fill_with_demo;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::support::database::{Database, on_both_engines};
use crate::support::node::{TestNode, config};
use crate::support::records::{hoster, some_day};

/// A service of the hoster `asso` with an announced end.
fn ending(id: &str, closing: Value) -> Service {
    let record = json!({
        "id": id, "hoster": "asso", "name": format!("Service {id}"), "need": "pads",
        "url": format!("https://{id}.example/"), "closing": closing,
        "source": { "kind": "own-file", "by": "https://asso.example/", "seen": "2026-11" },
    });
    serde_json::from_value(record).unwrap()
}

/// A node at some moment with the demo's data and some services of the hoster `asso`.
async fn node_with(database: Database, services: &[Service], at: DateTime<Utc>) -> TestNode {
    let store = database.store().await;
    fill_with_demo(&store, &Clock::fixed(at)).await.unwrap();
    store.keep(&[hoster("asso")], services, at).await.unwrap();
    drop(store);
    let config = config(&database, ([127, 0, 0, 1], 0).into(), None);
    TestNode::running(database, config, Clock::fixed(at), false)
}

async fn text(node: &TestNode, path: &str) -> String {
    let response = node.get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

/// Where some words begin, each after the one before.
fn in_order(text: &str, words: &[&str]) {
    let mut rest = text;
    for word in words {
        let (_, after) = rest
            .split_once(word)
            .unwrap_or_else(|| panic!("{word} is missing, or out of its place, in {text}"));
        rest = after;
    }
}

fn some_endings() -> [Service; 5] {
    [
        ending(
            "late",
            json!({
                "on": "2027-03-31", "new_accounts_until": "2027-01-31", "export_until": "2027-03-15",
                "successor": "https://autre.example/", "announced": "2026-11-20",
                "note": { "fr": "Merci, à toutes et tous", "en": "Thank you; all, \"all\" <3" },
            }),
        ),
        ending("soon", json!({ "on": "2026-12-05" })),
        ending("vague", json!({ "on": "2027" })),
        ending("gone", json!({ "on": "2026-10-31" })),
        ending("forgotten", json!({ "on": "2025-10-31" })),
    ]
}

on_both_engines! {
    async fn ends_stand_by_month_with_how_long_is_left_and_what_comes_next(database: Database) {
        let node = node_with(database, &some_endings(), some_day()).await;
        let french = text(&node, "/fr/closings").await;
        in_order(&french, &[
            "<h1>Fermetures annoncées</h1>",
            "<h2>Décembre 2026</h2>", "<time datetime=\"2026-12-05\">5\u{a0}décembre 2026</time>",
            "href=\"/fr/services/soon\"", "il reste 12\u{a0}jours",
            "<h2>Dans l’année 2027</h2>", "href=\"/fr/services/vague\"", "au moins 39\u{a0}jours",
            "<h2>Mars 2027</h2>", "href=\"/fr/services/late\"", "href=\"/fr/hosters/asso\"",
            "Merci, à toutes et tous", "31\u{a0}janvier 2027", "15\u{a0}mars 2027",
            "href=\"https://autre.example/\"",
            "<details><summary>Passée depuis moins d’un an\u{a0}: 1", "href=\"/fr/services/gone\"",
        ]);
        assert!(!french.contains("forgotten"), "an end of more than a year ago");
        let english = text(&node, "/en/closings").await;
        in_order(&english, &["December 2026", "12\u{a0}days left", "Some time in 2027", "Thank you; all, &#34;all&#34; &#60;3"]);
        for (html, code) in [(&french, "fr"), (&english, "en")] {
            for link in [
                "type=\"application/atom+xml\" title".to_owned(), "type=\"text/calendar\" title".to_owned(),
                format!("class=\"button\" href=\"/{code}/closings.ics\""),
                format!("{}/{code}/closings.ics</code>", node.url("")),
            ] {
                assert!(html.contains(&link), "{code}: {link}");
            }
        }
    }
}

#[actix_web::test]
async fn the_calendar_holds_last_days_as_whole_days_and_whole_addresses() {
    let node = node_with(Database::sqlite().await, &some_endings(), some_day()).await;
    let response = node.get("/en/closings.ics").await;
    let headers = response.headers();
    assert_eq!(headers["content-type"], "text/calendar; charset=utf-8");
    assert!(headers.contains_key("etag"));
    let folded = response.text().await.unwrap();
    assert!(folded.split("\r\n").all(|line| line.len() <= 75));
    assert!(!folded.replace("\r\n", "").contains(['\r', '\n']));
    let calendar = folded.replace("\r\n ", "");
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 5);
    let host = node.url("");
    let host = host.strip_prefix("http://").unwrap();
    in_order(
        &calendar,
        &[
            "DTSTART;VALUE=DATE:20261205",
            "DTSTART;VALUE=DATE:20270101",
            "SUMMARY;LANGUAGE=en:Closing: Service vague\\, at A hoster (2027)",
            &format!("UID:closing.service.late@{host}"),
            "DTSTAMP:20261120T000000Z",
            "DTSTART;VALUE=DATE:20270331",
            "Thank you\\; all\\, \"all\" <3",
            &format!("URL:http://{host}/en/services/late"),
            &format!("UID:export.service.late@{host}"),
            "DTSTART;VALUE=DATE:20270315",
            "DTSTART;VALUE=DATE:20261031",
            "END:VCALENDAR\r\n",
        ],
    );
}

#[actix_web::test]
async fn the_feed_says_when_each_end_was_announced() {
    let node = node_with(Database::sqlite().await, &some_endings(), some_day()).await;
    let response = node.get("/fr/closings.atom").await;
    assert_eq!(
        response.headers()["content-type"],
        "application/atom+xml; charset=utf-8"
    );
    let feed = response.text().await.unwrap();
    in_order(
        &feed,
        &[
            "<?xml version=\"1.0\"",
            "<updated>2026-11-20T00:00:00Z</updated>",
            "<id>urn:archipelago:closing:service.soon</id><updated>2026-11-01T00:00:00Z</updated>",
            "<title>Fermeture\u{a0}: Service late, chez A hoster</title>",
            "href=\"/fr/services/late\"",
            "La suite\u{a0}: https://autre.example/</summary>",
        ],
    );
}

#[actix_web::test]
async fn departures_stand_there_until_their_day_and_for_a_year_after_it() {
    let at = |day: &str| format!("{day}T12:00:00Z").parse().unwrap();
    let node = node_with(Database::sqlite().await, &[], at("2021-06-24")).await;
    let html = text(&node, "/fr/closings").await;
    in_order(
        &html,
        &[
            "<h2>Juillet 2021</h2>",
            "il reste 12\u{a0}jours",
            "Framasoft",
            "<h2>Novembre 2021</h2>",
            "href=\"/fr/leave/framaslides\"",
            "<details>",
            "href=\"/fr/leave/myframa\"",
            "href=\"/fr/leave/framanews\"",
        ],
    );
    assert!(!html.contains("framabee"), "an end of more than a year ago");
    assert!(
        !html.contains("Janvier 2022"),
        "what has closed already is not still to close"
    );
    let guide = text(&node, "/fr/leave/framaboard").await;
    in_order(
        &guide,
        &[
            "Il reste 12\u{a0}jours\u{a0}: la fermeture est annoncée pour le 6\u{a0}juillet 2021.",
            "À faire avant le 6\u{a0}juillet 2021",
            "sa fermeture est annoncée pour le 6\u{a0}juillet 2021.\n",
        ],
    );
}

#[actix_web::test]
async fn where_nothing_ends_the_page_invites_to_be_told() {
    let node = TestNode::start().await;
    for (language, nothing) in [
        ("fr", "Aucune fin n’est annoncée"),
        ("en", "No end is announced"),
    ] {
        let html = text(&node, &format!("/{language}/closings")).await;
        in_order(
            &html,
            &[nothing, "/leave\"", "/closings.ics\"", "/closings.atom\""],
        );
        assert!(!html.contains("<details>"));
        let calendar = text(&node, &format!("/{language}/closings.ics")).await;
        assert!(calendar.contains("METHOD:PUBLISH") && !calendar.contains("VEVENT"));
        let feed = text(&node, &format!("/{language}/closings.atom")).await;
        assert!(feed.contains("<updated>2026-11-23T00:00:00Z</updated>"));
        let home = text(&node, &format!("/{language}/")).await;
        let link = format!("href=\"/{language}/closings\"");
        assert_eq!(
            home.matches(&link).count(),
            2,
            "from the section and the footer"
        );
    }
}

#[actix_web::test]
async fn programs_are_told_the_same_ends_with_how_long_is_left() {
    let node = node_with(Database::sqlite().await, &some_endings(), some_day()).await;
    let answer = node.json("/api/v1/closings?limit=100&lang=en").await;
    let results = answer["results"].as_array().unwrap();
    assert_eq!(answer["total"].as_u64(), Some(results.len() as u64));
    let of_asso = results.iter().filter(|one| one["hoster"]["id"] == "asso");
    let told: Vec<_> = of_asso
        .clone()
        .map(|one| (one["id"].as_str().unwrap(), one["days_left"].as_u64()))
        .collect();
    assert_eq!(
        told,
        [
            ("soon", Some(12)),
            ("vague", Some(39)),
            ("late", Some(128)),
            ("gone", None)
        ]
    );
    let late = of_asso.clone().find(|one| one["id"] == "late").unwrap();
    assert_eq!(
        *late,
        json!({
            "kind": "service", "id": "late", "name": "Service late", "url": "https://late.example/",
            "page": "/en/services/late", "needs": ["pads"], "by": "A hoster", "status": null,
            "hoster": { "id": "asso", "name": "A hoster", "standing": "reported" },
            "on": "2027-03-31", "new_accounts_until": "2027-01-31", "export_until": "2027-03-15",
            "successor": "https://autre.example/", "announced": "2026-11-20", "source": null,
            "note": "Thank you; all, \"all\" <3", "days_left": 128, "left": "128\u{a0}days left",
            "seen_at": "2026-11",
        })
    );
}
