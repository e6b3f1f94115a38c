//! The queue of whoever manages a node.

use archipelago::domain::report::{Entry, MAX_REPORT_CHARS, Reason, ReportState};
use archipelago::store::NewReport;
use chrono::{DateTime, TimeDelta, Utc};

use super::{pads, pads_over, waiting};
use crate::support::browser::Browser;
use crate::support::database::Database;
use crate::support::fediverse::Founded;

const CLOSE: &str = "/en/manage/reports/close";

/// Files what somebody said of the pads, or of their hoster.
async fn said(founded: &Founded, of_pads: bool, reason: Reason, words: &str) {
    let hoster = founded.federation.own_hoster().await.unwrap().id;
    let service = of_pads.then(|| "pads".to_owned().try_into().unwrap());
    let report = NewReport {
        entry: Entry { hoster, service },
        reason,
        words: words.to_owned().try_into().ok(),
    };
    founded.federation.file_report(&report).await.unwrap();
}

#[actix_web::test]
async fn what_waits_is_shown_by_entry_and_closed_with_a_few_words() {
    for database in [Database::sqlite().await, Database::postgres().await] {
        let founded = pads_over(database).await;
        said(&founded, true, Reason::Broken, "Erreur <502>").await;
        said(&founded, false, Reason::Closed, "").await;
        said(&founded, true, Reason::WrongFacts, "It is not free").await;
        said(&founded, true, Reason::WrongFacts, "It is not free!").await;
        let owner = Browser::of_owner(&founded);
        let first = owner.page("/en/manage").await;
        assert!(first.contains("3 reports wait."), "{first}");
        let queue = owner.page("/en/manage/reports").await;
        let order: Vec<_> = [
            "Nos pads",
            "Erreur &#60;502&#62;",
            "It is not free",
            "Hoster a",
        ]
        .iter()
        .map(|text| queue.find(&format!(">{text}<")).expect(text))
        .collect();
        assert!(
            order.is_sorted(),
            "by entry, in the order in which they came"
        );
        assert!(queue.contains("said 2 times"));
        assert!(!queue.contains("/reports/ask"), "nobody asks themselves");

        let reports = waiting(&founded).await;
        let of_pads = format!(
            "{CLOSE}?report={}&report={}",
            reports[0].seq, reports[2].seq
        );
        let form = owner.page(&of_pads).await;
        assert!(form.contains("Erreur &#60;502&#62;") && form.contains("It is not free"));
        let numbers = [reports[0].seq.to_string(), reports[2].seq.to_string()];
        let closing = [
            ("report", numbers[0].as_str()),
            ("report", numbers[1].as_str()),
            ("words", "Mended on Sunday."),
        ];
        let after = owner.done(CLOSE, &closing).await;
        assert!(after.contains("role=\"status\"") && after.contains("Mended on Sunday."));
        let left = waiting(&founded).await;
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].reason, Reason::Closed);
        let closed = founded.federation.closed_reports().await.unwrap();
        assert_eq!(closed.len(), 2);
        assert!(
            closed
                .iter()
                .all(|report| report.state == ReportState::Closed)
        );

        // Once more, from another tab: what is closed keeps its words.
        let closing = [("report", numbers[0].as_str()), ("words", "Other words")];
        let again = owner.post(CLOSE, &closing).await;
        assert_eq!(again.headers()["location"], "/en/manage/reports");
        assert!(
            !owner
                .page("/en/manage/reports")
                .await
                .contains("Other words")
        );
    }
}

#[actix_web::test]
async fn without_the_token_nobody_reads_or_closes_reports() {
    let founded = pads().await;
    said(&founded, true, Reason::Broken, "A secret word").await;
    let seq = waiting(&founded).await[0].seq.to_string();
    let stranger = Browser::at(&founded.node);
    for path in [
        "/en/manage/reports".to_owned(),
        format!("{CLOSE}?report={seq}"),
        "/en/manage/reports/answer?flag=x".to_owned(),
    ] {
        let response = stranger.get(&path).await;
        assert_eq!(response.status(), 403, "{path}");
        assert!(!response.text().await.unwrap().contains("secret"), "{path}");
    }
    let closing = [("report", seq.as_str()), ("words", "Typed in vain")];
    let response = stranger.post(CLOSE, &closing).await;
    assert_eq!(response.status(), 403);
    let page = response.text().await.unwrap();
    assert!(
        page.contains("Typed in vain"),
        "nothing that was typed is lost"
    );
    assert!(page.contains(&format!("name=\"report\" value=\"{seq}\"")));
    assert!(!page.contains("secret"));
    let owner = Browser::of_owner(&founded);
    let foreign = owner.post_from("https://evil.example", CLOSE, &closing);
    assert_eq!(foreign.await.status(), 403);
    assert_eq!(waiting(&founded).await.len(), 1);
}

#[actix_web::test]
async fn a_report_is_not_closed_without_a_word() {
    let founded = pads().await;
    said(&founded, true, Reason::Broken, "x").await;
    let seq = waiting(&founded).await[0].seq.to_string();
    let owner = Browser::of_owner(&founded);
    let long = "x".repeat(MAX_REPORT_CHARS + 1);
    for words in ["", " \n", &long, "a\u{202e}b"] {
        let closing = [("report", seq.as_str()), ("words", words)];
        let response = owner.post(CLOSE, &closing).await;
        assert_eq!(response.status(), 422);
        let page = response.text().await.unwrap();
        assert!(page.contains("id=\"words-error\""));
        assert!(page.contains(&format!("name=\"report\" value=\"{seq}\"")));
    }
    for fields in [vec![("words", "x")], vec![("report", "x"), ("words", "x")]] {
        let response = owner.post(CLOSE, &fields).await;
        assert_eq!(response.headers()["location"], "/en/manage/reports");
    }
    assert_eq!(waiting(&founded).await.len(), 1);
}

#[actix_web::test]
async fn what_was_closed_is_forgotten_in_its_time_and_what_waits_never() {
    for database in [Database::sqlite().await, Database::postgres().await] {
        let store = database.store().await;
        let then: DateTime<Utc> = "2026-01-01T12:00:00Z".parse().unwrap();
        for hoster in ["a", "b"] {
            let report = NewReport {
                entry: Entry {
                    hoster: hoster.to_owned().try_into().unwrap(),
                    service: None,
                },
                reason: Reason::Closed,
                words: None,
            };
            store.file_report(&report, then).await.unwrap();
        }
        let first = store.waiting_reports(9).await.unwrap()[0].seq;
        let outcome = "x".to_owned().try_into().unwrap();
        store.close_reports(&[first], &outcome, then).await.unwrap();
        store.forget_reports(then).await.unwrap();
        assert_eq!(store.closed_reports(9).await.unwrap().len(), 1);
        let later = then + TimeDelta::milliseconds(1);
        store.forget_reports(later).await.unwrap();
        assert!(store.closed_reports(9).await.unwrap().is_empty());
        assert_eq!(store.waiting_reports(9).await.unwrap().len(), 1);
    }
}
