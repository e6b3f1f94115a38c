//! The pages as a visitor gets them, from a real node, in both languages.

use reqwest::Method;

use crate::support::node::TestNode;

/// A page's path without its language, and what must stand in it.
const PAGES: &[(&str, &[&str])] = &[
    (
        "/",
        &[
            "name=\"what\"",
            "name=\"near\"",
            "/services?need=polls",
            "/leave/framasphere",
        ],
    ),
    (
        "/leave",
        &["/leave/framadate", "/leave/google-docs", "name=\"url\""],
    ),
    (
        "/leave/framadate?near=Lyon",
        &[
            "class=\"result\"",
            "class=\"reasons\"",
            "112\u{a0}km",
            "class=\"button go\"",
        ],
    ),
    (
        "/leave/framindmap",
        &["class=\"result\"", "Nextcloud", "CryptPad"],
    ),
    (
        "/leave/framatrad",
        &["Weblate", "/services.atom?need=translation"],
    ),
    ("/leave/google-docs", &["class=\"result\""]),
    (
        "/services",
        &[
            "name=\"registration\"",
            "name=\"country\"",
            "offset=12",
            "Etherpad",
        ],
    ),
    (
        "/services?need=pads&near=Nantes&registration=none",
        &["checked", "class=\"chip\"", "Nantes"],
    ),
    (
        "/services?q=sondage&near=Saint-Denis",
        &["Seine-Saint-Denis", "La Réunion"],
    ),
    (
        "/services/infini-pad-infini",
        &["Etherpad", "/hosters/infini", "<time datetime="],
    ),
    (
        "/hosters/infini",
        &["/services/infini-pad-infini", "CHATONS", "infini.fr"],
    ),
    ("/about", &["GeoNames", "AGPL-3.0", "Natural Earth"]),
];

#[actix_web::test]
async fn every_page_is_complete_in_both_languages() {
    let node = TestNode::start().await;
    for language in ["fr", "en"] {
        for (path, expected) in PAGES {
            let response = node.get(&format!("/{language}{path}")).await;
            assert_eq!(response.status(), 200, "{path}");
            let html = response.text().await.unwrap();
            assert!(
                html.contains(&format!("<html lang=\"{language}\">")),
                "{path}"
            );
            for text in *expected {
                assert!(html.contains(text), "/{language}{path} lacks {text}");
            }
            assert!(!html.contains(" style="), "{path} has an inline style");
            assert_eq!(
                html.matches("<script").count(),
                1,
                "{path} has one script, from here"
            );
        }
    }
}

#[actix_web::test]
async fn the_sentence_with_two_blanks_leads_to_what_is_meant() {
    let node = TestNode::start().await;
    for (asked, target) in [
        ("what=framadate&near=Lyon", "/fr/leave/framadate?near=Lyon"),
        ("what=Google+Docs", "/fr/leave/google-docs"),
        (
            "url=https%3A%2F%2Fframadate.org%2Fabc",
            "/fr/leave/framadate",
        ),
        (
            "what=sondage+de+dates&near=",
            "/fr/services?q=sondage+de+dates",
        ),
        ("near=Lyon", "/fr/services?near=Lyon"),
    ] {
        let response = node.get(&format!("/fr/leave?{asked}")).await;
        assert_eq!(response.status(), 303, "{asked}");
        assert_eq!(response.headers()["location"], target, "{asked}");
    }
}

#[actix_web::test]
async fn the_root_chooses_the_language_of_the_browser() {
    let node = TestNode::start().await;
    for (accepted, target) in [("en-GB,en;q=0.9", "/en/"), ("de", "/fr/"), ("", "/fr/")] {
        let response = node
            .ask(Method::GET, "/", &[("accept-language", accepted)])
            .await;
        assert_eq!(response.status(), 302);
        assert_eq!(response.headers()["location"], target);
        assert_eq!(response.headers()["vary"], "Accept-Language");
    }
}

#[actix_web::test]
async fn wrong_input_gets_a_page_that_helps_with_what_was_typed() {
    let node = TestNode::start().await;
    for (path, status, expected) in [
        (
            "/fr/services?limit=0&within=abc",
            400,
            "<code>within</code>",
        ),
        ("/fr/services?q=pad&near=Lyonn", 404, "value=\"Lyonn\""),
        ("/fr/services?page=0", 400, "<code>page</code>"),
        ("/fr/services?need=pols", 404, "Sondages de dates"),
        ("/fr/services?registration=yes", 400, "none, free, request"),
        ("/fr/leave/framadte", 404, "/fr/leave/framadate"),
        (
            "/fr/leave/framadate?near=Xyzzyville",
            404,
            "value=\"Xyzzyville\"",
        ),
        ("/fr/services/none-such", 404, "name=\"what\""),
        ("/en/hosters/none-such", 404, "name=\"what\""),
        ("/en/no/such/page", 404, "name=\"what\""),
        ("/nowhere", 404, "name=\"what\""),
        ("/fr/services?q=%FF%FE", 200, "<form"),
        ("/fr/hosters/%3Cscript%3E", 404, "&#60;script&#62;"),
    ] {
        let response = node.get(path).await;
        assert_eq!(response.status(), status, "{path}");
        assert!(
            response.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/html"),
            "{path}"
        );
        let html = response.text().await.unwrap();
        assert!(html.contains(expected), "{path} lacks {expected}");
        assert!(!html.contains("<script>"), "{path}");
    }
}

#[actix_web::test]
async fn every_answer_forbids_what_is_not_from_here_and_sets_no_cookie() {
    let node = TestNode::start().await;
    for path in [
        "/fr/",
        "/fr/leave/framadate",
        "/nowhere",
        "/assets/site.css",
        "/api/v1/needs",
    ] {
        let response = node.get(path).await;
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert!(!headers.contains_key("set-cookie"), "{path}");
    }
}

#[actix_web::test]
async fn assets_are_sent_once_and_then_known_by_their_tag() {
    let node = TestNode::start().await;
    for path in [
        "/assets/site.css",
        "/assets/site.js",
        "/assets/depth.svg",
        "/assets/favicon.svg",
        "/favicon.ico",
    ] {
        let response = node.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        let tag = response.headers()["etag"].to_str().unwrap().to_owned();
        let again = node
            .ask(Method::GET, path, &[("if-none-match", &tag)])
            .await;
        assert_eq!(again.status(), 304, "{path}");
    }
    assert_eq!(node.get("/assets/..%2Fsecret").await.status(), 404);
}

#[actix_web::test]
async fn a_question_can_be_followed_as_a_feed() {
    let node = TestNode::start().await;
    let response = node.get("/fr/services.atom?need=mindmaps").await;
    assert_eq!(
        response.headers()["content-type"],
        "application/atom+xml; charset=utf-8"
    );
    let xml = response.text().await.unwrap();
    assert!(xml.starts_with("<?xml version=\"1.0\""));
    assert!(xml.contains("<id>urn:archipelago:service:"));
    let empty = node
        .get("/en/services.atom?need=games")
        .await
        .text()
        .await
        .unwrap();
    assert!(
        empty.contains("<updated>2026-11-23T00:00:00Z</updated>") && !empty.contains("<entry>")
    );
    assert_eq!(node.get("/fr/services.atom?limit=x").await.status(), 400);
}
