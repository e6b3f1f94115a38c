//! The code for other sites, and the pages around it.

use crate::support::node::TestNode;

#[tokio::test]
async fn the_code_that_is_shown_is_the_code_that_is_copied_and_it_leads_to_a_hoster() {
    let node = TestNode::start().await;
    let html = text(&node, "/en/widget?what=pads&near=Lyon&language=fr").await;
    let link = between(&html, "Preview</figcaption>", "</figure>").to_owned();
    assert!(link.starts_with("<a href=\"http") && link.contains("Trouver un hébergeur"));
    let copied = between(&html, "class=\"mono\">", "</textarea>");
    let unescaped = copied
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#38;", "&");
    assert_eq!(unescaped, link);
    let href = between(&link, "href=\"", "\"")
        .replace("&amp;", "&")
        .replace("&#38;", "&");
    let path = &href[href.find("/go/").unwrap()..];
    assert_eq!(path, "/go/pads?near=Lyon&lang=fr");
    assert_eq!(node.get(path).await.status(), 303);
    assert!(html.contains("<form action=\"http") && html.contains("name=\"near\" value=\"Lyon\""));
}

#[tokio::test]
async fn what_nobody_knows_is_not_embedded() {
    let node = TestNode::start().await;
    assert_eq!(node.get("/fr/widget?what=pols").await.status(), 404);
    assert_eq!(node.get("/fr/widget?near=Xyzzyville").await.status(), 404);
    let html = text(&node, "/fr/widget?what=framadate&language=xx").await;
    assert!(
        html.contains("/go/framadate?lang=fr"),
        "an unknown language is the page's own"
    );
}

#[tokio::test]
async fn whoever_hosts_finds_how_to_be_listed_and_how_to_leave_from_any_page() {
    let node = TestNode::start().await;
    for language in ["fr", "en"] {
        let home = text(&node, &format!("/{language}/")).await;
        for page in [
            "map",
            "closings",
            "collectives",
            "about",
            "join",
            "widget",
            "check",
        ] {
            let href = format!("href=\"/{language}/{page}\"");
            assert!(home.contains(&href), "the home page lacks {href}");
        }
        let join = text(&node, &format!("/{language}/join")).await;
        assert!(join.contains("User-agent: archipelago\nDisallow: /"));
        assert!(join.contains(&format!("action=\"/{language}/check\"")));
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before}"));
    rest.split_once(after).unwrap().0
}

async fn text(node: &TestNode, path: &str) -> String {
    let response = node.get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}
