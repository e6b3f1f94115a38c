//! What search engines and link previews read of the site.

use std::collections::BTreeSet;

use crate::support::node::TestNode;

#[tokio::test]
async fn every_page_of_the_site_map_is_there_under_the_address_it_gives_itself() {
    let node = TestNode::start().await;
    let index = text(&node, "/sitemap.xml").await;
    let parts = locations(&index);
    assert!(parts.len() >= 2, "{index}");
    let mut all = BTreeSet::new();
    for part in &parts {
        let part = text(&node, path(part)).await;
        for address in locations(&part) {
            assert!(all.insert(address.to_owned()), "{address} is there twice");
        }
    }
    let of = |wanted: &str| {
        all.iter()
            .filter(|address| address.contains(wanted))
            .count()
    };
    assert!(of("/fr/") == of("/en/") && of("/fr/") > 400);
    assert!(of("/fr/hosters/") > 90 && of("/fr/services/") > 300 && of("/fr/leave/") > 100);
    for address in all.iter().filter(|address| !address.contains("/services/")) {
        let response = node.get(path(address)).await;
        assert_eq!(response.status(), 200, "{address}");
        let html = response.text().await.unwrap();
        let canonical = format!("<link rel=\"canonical\" href=\"{address}\">");
        assert!(
            html.contains(&canonical),
            "{address} calls itself otherwise"
        );
    }
    for missing in [
        "/sitemap/hosters-0.xml",
        "/sitemap/hosters-99.xml",
        "/sitemap/x.xml",
    ] {
        assert_eq!(node.get(missing).await.status(), 404, "{missing}");
    }
}

#[tokio::test]
async fn robots_are_led_to_the_site_map() {
    let node = TestNode::start().await;
    let robots = text(&node, "/robots.txt").await;
    let map = robots
        .lines()
        .find_map(|line| line.strip_prefix("Sitemap: "));
    assert_eq!(node.get(path(map.unwrap())).await.status(), 200);
}

#[tokio::test]
async fn places_filters_and_orders_are_views_of_one_page() {
    let node = TestNode::start().await;
    for (asked, canonical) in [
        (
            "/fr/services?need=pads&near=Lyon&sort=name",
            "/fr/services?need=pads",
        ),
        ("/en/services?q=pad&registration=none", "/en/services"),
        ("/fr/leave/framadate?near=Lyon", "/fr/leave/framadate"),
        ("/en/map?need=pads&at=45,4&zoom=3", "/en/map"),
    ] {
        let html = text(&node, asked).await;
        let there = format!("{canonical}\">\n<link rel=\"alternate\" hreflang");
        assert!(html.contains(&there), "{asked} is not {canonical}");
        let other = if asked.starts_with("/fr") {
            "/en"
        } else {
            "/fr"
        };
        let translated = format!("{other}{}\">", &canonical[3..]);
        assert!(html.contains(&translated), "{asked} has no {translated}");
    }
}

#[tokio::test]
async fn a_link_to_a_page_can_be_shown_with_title_words_and_picture() {
    let node = TestNode::start().await;
    for (path, title) in [
        ("/fr/leave/framadate", "Framadate"),
        ("/en/hosters/infini", "Infini"),
    ] {
        let html = text(&node, path).await;
        let content = |property: &str| {
            let (_, rest) = html.split_once(&format!("property=\"og:{property}\" content=\""))?;
            rest.split('"').next()
        };
        assert!(content("title").unwrap().contains(title), "{path}");
        assert!(content("description").unwrap().len() > 20, "{path}");
        assert!(content("url").unwrap().ends_with(path), "{path}");
        let image = content("image").unwrap().to_owned();
        assert!(image.starts_with("http"), "{image}");
        let picture = node.get(self::path(&image)).await;
        assert_eq!(picture.headers()["content-type"], "image/png");
    }
}

#[tokio::test]
async fn a_browser_learns_how_to_search_here() {
    let node = TestNode::start().await;
    for language in ["fr", "en"] {
        let home = text(&node, &format!("/{language}/")).await;
        let link = format!(
            "type=\"application/opensearchdescription+xml\" href=\"/{language}/opensearch.xml\""
        );
        assert!(home.contains(&link));
        let description = text(&node, &format!("/{language}/opensearch.xml")).await;
        let (_, rest) = description
            .split_once("type=\"text/html\" template=\"")
            .unwrap();
        let template = rest.split('"').next().unwrap();
        let found = text(&node, path(&template.replace("{searchTerms}", "sondage"))).await;
        assert!(found.contains("class=\"result\""), "{template}");
    }
}

/// What stands between `<loc>` and `</loc>`.
fn locations(xml: &str) -> Vec<&str> {
    let pieces = xml.split("<loc>").skip(1);
    pieces
        .map(|piece| piece.split("</loc>").next().unwrap())
        .collect()
}

/// The path of a whole address.
fn path(address: &str) -> &str {
    let host = address.find("://").map_or(0, |at| at + 3);
    &address[host + address[host..].find('/').unwrap()..]
}

async fn text(node: &TestNode, path: &str) -> String {
    let response = node.get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}
