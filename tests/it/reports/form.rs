//! The form by which anybody reports an entry.

use archipelago::domain::report::{MAX_REPORT_CHARS, Reason};
use archipelago::store::{MAX_OF_ENTRY_PER_DAY, MAX_PER_HOUR};

use super::{pads, pads_over, waiting};
use crate::support::browser::Browser;
use crate::support::database::Database;
use crate::support::node::TestNode;

const OF_PADS: &str = "/fr/services/pads/report";

/// What the form of a report holds.
fn saying<'a>(reason: &'a str, words: &'a str) -> [(&'a str, &'a str); 2] {
    [("reason", reason), ("words", words)]
}

#[actix_web::test]
async fn anybody_reports_an_entry_without_an_account() {
    for database in [Database::sqlite().await, Database::postgres().await] {
        let founded = pads_over(database).await;
        let visitor = Browser::at(&founded.node);
        let hoster = founded.federation.own_hoster().await.unwrap().id;
        let page = visitor.page("/en/services/pads").await;
        assert!(page.contains("href=\"/en/services/pads/report\""));
        let page = visitor.page(&format!("/fr/hosters/{hoster}")).await;
        let of_hoster = format!("/fr/hosters/{hoster}/report");
        assert!(page.contains(&format!("href=\"{of_hoster}\"")));

        let form = visitor.page(OF_PADS).await;
        for reason in Reason::ALL {
            assert!(form.contains(&format!("value=\"{}\"", reason.word())));
        }
        let said = saying("broken", "Il répond\r\n<b>502</b>.");
        assert!(
            visitor
                .done(OF_PADS, &said)
                .await
                .contains("role=\"status\"")
        );
        visitor.done(&of_hoster, &saying("closed", "")).await;

        let reports = waiting(&founded).await;
        assert_eq!(reports.len(), 2);
        assert_eq!(reports[0].reason, Reason::Broken);
        assert_eq!(reports[0].entry.service.as_ref().unwrap().as_str(), "pads");
        let words = reports[0].words.as_ref().unwrap();
        assert_eq!(words.as_str(), "Il répond\n<b>502</b>.");
        assert_eq!(reports[1].entry.hoster, hoster);
        assert_eq!(
            (&reports[1].entry.service, &reports[1].words),
            (&None, &None)
        );
    }
}

#[actix_web::test]
async fn nothing_is_kept_of_who_said_it() {
    let database = Database::sqlite().await;
    let founded = pads_over(database.shared()).await;
    let visitor = Browser::at(&founded.node);
    let body = "reason=broken&words=x&name=Jeanne&email=jeanne%40example.org";
    let response = visitor
        .request(reqwest::Method::POST, OF_PADS)
        .header("origin", founded.node.url(""))
        .header("user-agent", "Jeanne's browser")
        .header("x-forwarded-for", "192.0.2.7")
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 303);
    assert!(response.headers().get("set-cookie").is_none());
    assert_eq!(waiting(&founded).await.len(), 1);
    let everything = format!("{:?}", database.everything().await["reports"]);
    for trace in ["anne", "192.0.2.7", "127.0.0.1"] {
        assert!(!everything.contains(trace), "{everything}");
    }
}

#[actix_web::test]
async fn the_same_words_twice_are_one_report_until_it_is_closed() {
    let founded = pads().await;
    let visitor = Browser::at(&founded.node);
    let kept = visitor
        .post(OF_PADS, &saying("broken", "Erreur 502 !"))
        .await;
    assert_eq!(kept.headers()["location"], format!("{OF_PADS}?sent=kept"));
    let known = visitor
        .post(OF_PADS, &saying("broken", " erreur 502"))
        .await;
    assert_eq!(known.headers()["location"], format!("{OF_PADS}?sent=known"));
    visitor.done(OF_PADS, &saying("other", "Erreur 502")).await;
    let reports = waiting(&founded).await;
    assert_eq!(reports.len(), 2, "another reason is another report");
    assert_eq!((reports[0].times, reports[1].times), (2, 1));

    let outcome = "Mended.".to_owned().try_into().unwrap();
    let (federation, closed) = (&founded.federation, [reports[0].seq]);
    let closed = federation.close_reports(&closed, &outcome).await;
    assert_eq!(closed.unwrap(), 1);
    let again = visitor.post(OF_PADS, &saying("broken", "Erreur 502")).await;
    assert_eq!(again.headers()["location"], format!("{OF_PADS}?sent=kept"));
}

#[actix_web::test]
async fn a_form_that_is_wrong_comes_back_filled_in() {
    let founded = pads().await;
    let visitor = Browser::at(&founded.node);
    let long = "é".repeat(MAX_REPORT_CHARS + 1);
    for (reason, words, wrong) in [
        ("", "Rien ne va", "reason-error"),
        ("spam", "Rien ne va", "reason-error"),
        ("other", " ", "words-error"),
        ("broken", &long, "words-error"),
        ("broken", "a\u{202e}b", "words-error"),
    ] {
        let response = visitor.post(OF_PADS, &saying(reason, words)).await;
        assert_eq!(response.status(), 422, "{reason} {words}");
        let page = response.text().await.unwrap();
        assert!(
            page.contains(&format!("id=\"{wrong}\"")),
            "{reason} {words}"
        );
        assert!(page.contains(words.trim()), "{reason}");
    }
    let huge = "x".repeat(100_000);
    let response = visitor.post(OF_PADS, &saying("broken", &huge)).await;
    assert_eq!(response.status(), 413);
    assert!(waiting(&founded).await.is_empty());
}

#[actix_web::test]
async fn a_report_that_comes_from_elsewhere_changes_nothing() {
    let founded = pads().await;
    let visitor = Browser::at(&founded.node);
    for origin in ["https://evil.example", "null"] {
        let said = saying("broken", "x");
        let response = visitor.post_from(origin, OF_PADS, &said).await;
        assert_eq!(response.status(), 403, "{origin}");
    }
    // Without this header browsers would not say where the form was.
    let response = visitor.get(OF_PADS).await;
    assert_eq!(response.headers()["referrer-policy"], "same-origin");
    assert_eq!(response.headers()["x-robots-tag"], "noindex, nofollow");
    assert!(waiting(&founded).await.is_empty());
}

#[actix_web::test]
async fn an_entry_is_reported_so_often_a_day_and_a_node_so_often_an_hour() {
    let founded = pads().await;
    let visitor = Browser::at(&founded.node);
    for n in 0..MAX_OF_ENTRY_PER_DAY {
        let words = format!("report {n}");
        visitor.done(OF_PADS, &saying("broken", &words)).await;
    }
    let said = saying("broken", "one more");
    let response = visitor.post(OF_PADS, &said).await;
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "3600");
    assert!(response.text().await.unwrap().contains("one more"));
    // What was said before is counted all the same.
    let known = visitor.post(OF_PADS, &saying("broken", "report 1")).await;
    assert_eq!(known.status(), 303);

    let mut kept = MAX_OF_ENTRY_PER_DAY;
    for entry in 0.. {
        let new = |n| archipelago::store::NewReport {
            entry: archipelago::domain::report::Entry {
                hoster: format!("hoster-{entry}").try_into().unwrap(),
                service: None,
            },
            reason: Reason::Other,
            words: format!("report {n}").try_into().ok(),
        };
        let filed = founded.federation.file_report(&new(0)).await.unwrap();
        if filed.word() == "too-many" {
            break;
        }
        kept += 1;
    }
    assert_eq!(kept, MAX_PER_HOUR);
    let hoster = founded.federation.own_hoster().await.unwrap().id;
    let of_hoster = format!("/fr/hosters/{hoster}/report");
    let response = visitor.post(&of_hoster, &saying("closed", "")).await;
    assert_eq!(response.status(), 429);
}

#[actix_web::test]
async fn where_nobody_reads_reports_the_page_says_so_and_what_to_do_instead() {
    let node = TestNode::start().await;
    let visitor = Browser::at(&node);
    for path in ["/fr/hosters/zaclys/report", "/en/hosters/zaclys/report"] {
        let page = visitor.page(path).await;
        assert!(!page.contains("<textarea"), "{path}");
        assert!(page.contains("/check?url="), "{path}");
        let response = visitor.post(path, &saying("broken", "x")).await;
        assert_eq!(response.status(), 404, "{path}");
    }
}

#[actix_web::test]
async fn what_nobody_lists_cannot_be_reported() {
    let founded = pads().await;
    let visitor = Browser::at(&founded.node);
    for path in [
        "/fr/services/nothing/report",
        "/fr/hosters/nobody/report",
        "/fr/services/%3Cscript%3E/report",
        "/fr/collectives/x/report",
    ] {
        assert_eq!(visitor.get(path).await.status(), 404, "{path}");
    }
    let response = visitor.post("/fr/services/nothing/report", &[]).await;
    assert_eq!(response.status(), 404);
    assert!(waiting(&founded).await.is_empty());
}
