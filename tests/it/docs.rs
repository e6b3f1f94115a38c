//! `/{lang}/api`: the API for people.

use std::fs;
use std::path::Path;

use reqwest::Method;
use serde_json::Value;

use crate::support::node::TestNode;

/// The text of a stretch of HTML that holds no elements.
fn text(html: &str) -> String {
    let mut text = html.to_owned();
    for (written, meant) in [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ] {
        text = text.replace(written, meant);
    }
    text
}

/// What stands between two texts, wherever both do.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Vec<&'a str> {
    let parts = text.split(begin).skip(1);
    parts.map(|rest| rest.split(end).next().unwrap()).collect()
}

#[tokio::test]
async fn the_address_leads_to_the_language_asked_for() {
    let node = TestNode::start().await;
    for (path, accepted, led) in [
        ("/api/docs", "en;q=0.9, de", "/en/api"),
        ("/api/docs", "", "/fr/api"),
        ("/api/docs?lang=en", "fr", "/en/api"),
        ("/api/docs?lang=xx", "fr", "/fr/api"),
    ] {
        let answer = node
            .ask(Method::GET, path, &[("accept-language", accepted)])
            .await;
        assert_eq!(answer.status(), 302, "{path}");
        assert_eq!(answer.headers()["location"], led, "{path}");
        let vary = answer.headers().get_all("vary").iter();
        assert!(vary.into_iter().any(|vary| vary == "Accept-Language"));
    }
}

#[tokio::test]
async fn every_example_on_the_page_is_answered_as_the_page_says() {
    let node = TestNode::start().await;
    for language in ["fr", "en"] {
        let html = node
            .get(&format!("/{language}/api"))
            .await
            .text()
            .await
            .unwrap();
        assert!(!html.contains(">api."), "a key without a sentence");
        let sections = between(&html, "<section class=\"operation\"", "</section>");
        assert_eq!(sections.len(), 21, "{language}");
        let mut answered = 0;
        for section in sections {
            let asked = text(between(section, "curl '", "'</code>")[0]);
            let address = asked.strip_prefix(&node.url("")).unwrap();
            let shown = between(section, "answer\" tabindex=\"0\"><code>", "</code>");
            // What needs a collective has no answer where there is none.
            let Some(shown) = shown.first() else {
                continue;
            };
            let answer = node.json(address).await;
            let shown: Value = serde_json::from_str(&text(shown)).unwrap();
            assert_eq!(answer, shown, "{asked}");
            answered += 1;
        }
        assert_eq!(answered, 18);
    }
}

#[tokio::test]
async fn every_address_of_the_api_in_the_guides_is_answered() {
    let node = TestNode::start().await;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut addresses = Vec::new();
    for guide in [
        "README.md",
        "docs/hoster.md",
        "docs/embedding.md",
        "docs/developing.md",
        "frontend/widget/README.md",
    ] {
        let guide = fs::read_to_string(root.join(guide)).unwrap();
        let named = guide.split("/api/").skip(1);
        let named = named.map(|rest| rest.split(['`', '\'', ' ']).next().unwrap());
        let named = named.filter(|rest| !rest.is_empty());
        addresses.extend(named.map(|rest| format!("/api/{rest}")));
    }
    assert!(addresses.len() >= 9, "{addresses:?}");
    for address in addresses {
        let status = node.get(&address).await.status();
        // Nobody signs on a node that was never founded.
        let is_signed = address == "/api/v1/snapshot" || address.starts_with("/api/v1/changes");
        assert!(
            status.is_success() || status.is_redirection() || (is_signed && status == 404),
            "{address}: {status}"
        );
    }
}
