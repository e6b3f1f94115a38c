//! The way out of a departure, step by step, and the message for a group, in both languages.

use crate::support::node::TestNode;

/// What the page's textarea holds.
fn message(html: &str) -> &str {
    let (_, after) = html.split_once("<textarea").unwrap();
    let (_, after) = after.split_once('>').unwrap();
    after.split_once("</textarea>").unwrap().0
}

/// The services that the message may name.
fn choices(html: &str) -> Vec<&str> {
    let (_, list) = html.split_once("<select id=\"to\"").unwrap();
    let (list, _) = list.split_once("</select>").unwrap();
    let options = list.split("<option value=\"").skip(1);
    options
        .map(|option| option.split('"').next().unwrap())
        .collect()
}

#[actix_web::test]
async fn a_departure_has_six_steps_to_tick_that_nothing_keeps() {
    let node = TestNode::start().await;
    for (language, known, unknown) in [
        (
            "fr",
            "Résultats d’un sondage en CSV",
            "Nous ne savons pas comment Google Docs",
        ),
        (
            "en",
            "Results of one poll as a CSV file",
            "We do not know how Google Docs",
        ),
    ] {
        let html = async |slug: &str| {
            let path = format!("/{language}/leave/{slug}");
            node.get(&path).await.text().await.unwrap()
        };
        let framadate = html("framadate?near=Lyon").await;
        assert!(framadate.contains(known) && framadate.contains("csv. "));
        let docs = html("google-docs").await;
        assert!(docs.contains(unknown) && docs.contains("Google"));
        for page in [&framadate, &docs] {
            let (_, guide) = page.split_once("id=\"guide\"").unwrap();
            let boxes = guide.matches("<input type=\"checkbox\" autocomplete=\"off\">");
            assert_eq!(boxes.count(), 6, "none has a name, so no form sends it");
            assert!(page.find("class=\"result\"").unwrap() < page.find("id=\"guide\"").unwrap());
        }
    }
}

#[actix_web::test]
async fn the_message_names_the_first_hoster_or_the_one_that_was_chosen_and_the_page() {
    let node = TestNode::start().await;
    let html = async |query: &str| {
        let path = format!("/fr/leave/framadate?near=Lyon{query}");
        node.get(&path).await.text().await.unwrap()
    };
    let page = html("").await;
    let offered = choices(&page);
    assert!(offered.len() > 1);
    let way_in = |position: usize| {
        let (_, go) = page
            .split("class=\"button go\" href=\"")
            .enumerate()
            .nth(position + 1)?;
        go.split('"').next()
    };
    let first = message(&page);
    assert!(first.starts_with("Bonjour,") && first.contains("Nous quittons Framadate."));
    assert!(first.contains(way_in(0).unwrap()), "{first}");
    assert!(
        first.contains(&node.url("/fr/leave/framadate?near=Lyon\n")),
        "{first}"
    );

    let other = html(&format!("&to={}", offered[1])).await;
    assert!(message(&other).contains(way_in(1).unwrap()));
    assert!(message(&other).contains(&node.url("/fr/leave/framadate?near=Lyon\n")));
    assert!(other.contains(&format!("<option value=\"{}\" selected>", offered[1])));
    let unknown = html("&to=nobody").await;
    assert_eq!(message(&unknown), first);
}

#[actix_web::test]
async fn without_a_hoster_the_message_leaves_a_place_for_one() {
    let node = TestNode::start().await;
    for (language, blank) in [
        ("fr", "Nous allons chez … (nom et adresse"),
        ("en", "We are going to … (name and address"),
    ] {
        let path = format!("/{language}/leave/framatrad");
        let html = node.get(&path).await.text().await.unwrap();
        assert!(message(&html).contains(blank));
        assert!(!html.contains("<select id=\"to\""));
        assert!(message(&html).contains(&node.url(&path)));
    }
}

#[actix_web::test]
async fn a_question_that_is_answered_can_be_followed_with_its_need_and_place() {
    let node = TestNode::start().await;
    for (path, feed) in [
        (
            "/leave/framadate?near=Lyon",
            "/services.atom?need=polls&#38;near=Lyon",
        ),
        ("/leave/framadate", "/services.atom?need=polls"),
        (
            "/services?need=pads&near=Nantes&page=2",
            "/services.atom?need=pads&#38;near=Nantes",
        ),
        (
            "/services?need=translation&near=Nantes",
            "/services.atom?need=translation&#38;near=Nantes",
        ),
        ("/services", "/services.atom"),
    ] {
        for language in ["fr", "en"] {
            let html = node
                .get(&format!("/{language}{path}"))
                .await
                .text()
                .await
                .unwrap();
            let link = format!("href=\"/{language}{feed}\"");
            let (head, body) = html.split_once("<body>").unwrap();
            let in_head = "rel=\"alternate\" type=\"application/atom+xml\" title=";
            assert!(
                head.contains(in_head) && head.contains(&link),
                "{path} lacks {link}"
            );
            assert!(body.contains(&link), "{path} shows no {link}");
        }
        let asked = feed.replace("&#38;", "&");
        assert_eq!(
            node.get(&format!("/fr{asked}")).await.status(),
            200,
            "{asked}"
        );
    }
}
