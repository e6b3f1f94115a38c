//! The map as a visitor without script gets it: drawn whole, each step an address.

use crate::support::node::TestNode;

#[tokio::test]
async fn every_island_on_the_map_leads_to_its_row() {
    let node = TestNode::start().await;
    for path in [
        "/fr/map",
        "/en/map?need=pads&near=Lyon",
        "/fr/map?need=pads",
    ] {
        let html = text(&node, path).await;
        let dots = all(&html, "class=\"port\" id=\"m-");
        assert!(dots.len() >= 4, "{path} has {} islands", dots.len());
        for id in dots {
            for needed in [
                format!("href=\"#h-{id}\""),
                format!("<li id=\"h-{id}\""),
                format!("<g id=\"i-{id}\">"),
                format!("href=\"#m-{id}\""),
            ] {
                assert!(html.contains(&needed), "{path} lacks {needed}");
            }
        }
        assert!(html.contains("<image href=\"/assets/land.svg\""));
        assert!(!html.contains(" style="));
    }
}

#[tokio::test]
async fn the_list_beside_the_map_holds_whoever_has_no_place() {
    let node = TestNode::start().await;
    let html = text(&node, "/en/map").await;
    let rows = all(&html, "<li id=\"h-").len();
    let placed = html.matches("data-lat=").count();
    assert!(placed > 40 && rows > placed, "{placed} of {rows}");
    let said = format!("{} hosters do not say where they are", rows - placed);
    assert!(html.contains(&said), "{said}");
}

#[tokio::test]
async fn a_number_leads_nearer_until_each_hoster_stands_for_itself() {
    let node = TestNode::start().await;
    let mut path = "/fr/map".to_owned();
    for _ in 0..9 {
        let html = text(&node, &path).await;
        let Some(nearer) = all(&html, "<a class=\"many\" href=\"").first().cloned() else {
            assert!(html.contains("class=\"port\""), "{path} shows nobody");
            return;
        };
        path = nearer.replace("&amp;", "&");
    }
    panic!("{path} still holds a number");
}

#[tokio::test]
async fn a_step_keeps_the_question_and_changes_the_view() {
    let node = TestNode::start().await;
    let html = text(&node, "/en/map?need=pads&near=Lyon&zoom=6").await;
    for way in ["in", "out", "whole", "north", "south", "west", "east"] {
        let mark = format!("data-way=\"{way}\" href=\"");
        let href = all(&html, &mark).first().cloned().unwrap_or_default();
        assert!(href.starts_with("/en/map?need=pads"), "{way}: {href}");
        let stepped = text(&node, &href.replace("&#38;", "&")).await;
        assert!(stepped.contains("value=\"Lyon\""), "{way} forgot the place");
    }
    assert!(html.contains("class=\"buoy\""));
    let end = text(&node, "/en/map?zoom=8").await;
    assert!(!end.contains("data-way=\"in\" href"));
}

#[tokio::test]
async fn a_view_that_is_none_is_explained() {
    let node = TestNode::start().await;
    for (asked, status, said) in [
        ("zoom=9", 400, "zoom=9"),
        ("zoom=-1", 400, "zoom=-1"),
        ("zoom=near", 400, "zoom=near"),
        ("at=Xyzzyville", 404, "at=Xyzzyville"),
        ("need=pols", 404, "polls"),
    ] {
        let response = node.get(&format!("/en/map?{asked}")).await;
        assert_eq!(response.status(), status, "{asked}");
        let html = response.text().await.unwrap();
        assert!(html.contains(said), "{asked} lacks {said}");
    }
    let nothing = text(&node, "/fr/map?q=xyzzy").await;
    assert!(nothing.contains("/fr/services?q=xyzzy"));
}

#[tokio::test]
async fn a_list_leads_to_its_map_and_back() {
    let node = TestNode::start().await;
    let list = text(&node, "/fr/services?need=pads&near=Lyon&page=2").await;
    assert!(list.contains("href=\"/fr/map?need=pads&#38;near=Lyon\""));
    let map = text(&node, "/fr/map?need=pads&near=Lyon&zoom=3").await;
    assert!(map.contains("href=\"/fr/services?need=pads&#38;near=Lyon\""));
}

/// What follows each occurrence of a text, up to the next quote.
fn all(html: &str, before: &str) -> Vec<String> {
    let pieces = html.split(before).skip(1);
    pieces
        .map(|piece| piece.split('"').next().unwrap().to_owned())
        .collect()
}

async fn text(node: &TestNode, path: &str) -> String {
    let response = node.get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}
