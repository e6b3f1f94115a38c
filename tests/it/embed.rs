//! The code for other sites, and the pages around it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use ring::digest::{SHA384, digest};

use crate::support::node::TestNode;

#[tokio::test]
async fn the_code_that_is_shown_is_the_code_that_is_copied_and_it_leads_to_a_hoster() {
    let node = TestNode::start().await;
    let html = text(
        &node,
        "/en/widget?kind=link&what=pads&near=Lyon&language=fr",
    )
    .await;
    let link = between(&html, "Preview</figcaption>", "</figure>").to_owned();
    assert!(link.starts_with("<a href=\"http") && link.contains("Trouver un hébergeur"));
    assert_eq!(code(&html), link);
    let href = between(&link, "href=\"", "\"").replace("&amp;", "&");
    let path = &href[href.find("/go/").unwrap()..];
    assert_eq!(path, "/go/pads?near=Lyon&lang=fr");
    assert_eq!(node.get(path).await.status(), 303);
    let html = text(&node, "/en/widget?kind=form&what=pads&near=Lyon").await;
    let form = between(&html, "Preview</figcaption>", "</figure>");
    assert_eq!(code(&html), form.replace("&#38;", "&"));
    assert!(form.contains("name=\"near\" value=\"Lyon\""));
}

#[tokio::test]
async fn the_builder_writes_each_kind_with_what_was_chosen_and_nothing_else() {
    let node = TestNode::start().await;
    let chosen = "what=framadate&near=Lyon&language=en&theme=dark&limit=2";
    let element = code(&text(&node, &format!("/fr/widget?{chosen}")).await);
    assert!(
        element.contains("/widget.js\" referrerpolicy=\"no-referrer\" defer></script>"),
        "{element}"
    );
    assert!(element.contains(
        "<find-a-hoster leave=\"framadate\" near=\"Lyon\" lang=\"en\" limit=\"2\" theme=\"dark\">"
    ));
    assert!(element.contains("/go/framadate?near=Lyon&amp;lang=en"));
    let banner = format!("/fr/widget?kind=banner&{chosen}&on=2099-03-31");
    let banner = code(&text(&node, &banner).await);
    assert!(banner.contains("<service-closing departure=\"framadate\" on=\"2099-03-31\""));
    let frame = code(&text(&node, &format!("/fr/widget?kind=iframe&{chosen}")).await);
    let address = "/embed?leave=framadate&amp;near=Lyon&amp;lang=en&amp;limit=2&amp;theme=dark";
    assert!(frame.contains(address), "{frame}");
    let badge = text(&node, "/fr/widget?kind=badge&hoster=adminforge").await;
    assert!(code(&badge).contains("/badge/adminforge.svg"));

    for (unfinished, missing) in [
        ("kind=banner&what=pads", "Un bandeau annonce"),
        ("kind=badge", "Pour l’écusson"),
    ] {
        let html = text(&node, &format!("/fr/widget?{unfinished}")).await;
        assert!(html.contains(missing) && !html.contains("<textarea"));
    }
}

#[tokio::test]
async fn what_somebody_types_stays_a_value_in_the_code() {
    let node = TestNode::start().await;
    let typed = "48.1,2.5%22%3E%3Cscript%3E";
    for field in ["what", "near", "hoster"] {
        let refused = node.get(&format!("/fr/widget?{field}={typed}")).await;
        assert_eq!(refused.status(), 404, "{field}");
        let html = refused.text().await.unwrap();
        assert!(!html.contains("\"><script>"), "{field}");
    }
    let html = text(
        &node,
        &format!("/fr/widget?theme={typed}&limit={typed}&kind={typed}&on={typed}"),
    )
    .await;
    assert!(!html.contains(">\"><script>"));
    assert!(code(&html).contains("limit=\"3\">"));
}

#[tokio::test]
async fn what_nobody_knows_comes_back_in_its_field_with_what_was_perhaps_meant_and_no_code() {
    let node = TestNode::start().await;
    let typed = "what=pols&near=Lyonn&hoster=adminforg&limit=2&theme=dark&on=2099-03-31";
    let refused = node.get(&format!("/en/widget?{typed}")).await;
    assert_eq!(refused.status(), 404);
    let html = refused.text().await.unwrap();
    let form = between(&html, "<form class=\"sheet builder\"", "</form>");
    for kept in [
        "<option value=\"pols\" selected>pols</option>",
        "value=\"Lyonn\"",
        "value=\"adminforg\"",
        "<option value=\"2\" selected>",
        "<option value=\"dark\" selected>",
        "value=\"2099-03-31\"",
    ] {
        assert!(form.contains(kept), "{kept}");
    }
    for (field, sentence, meant) in [
        (
            "what",
            "We know no need and no service of this name.",
            "what=polls",
        ),
        (
            "near",
            "We cannot find this place.",
            "near=Lyon%2C+Rh%C3%B4ne%2C+FR\"",
        ),
        (
            "hoster",
            "Copy the end of its page’s address here",
            "hoster=adminforge",
        ),
    ] {
        let error = between(form, &format!("<div id=\"{field}-error\">"), "</div>");
        assert!(error.contains(sentence) && error.contains(meant), "{error}");
        let (input, _) = form
            .split_once(&format!("<div id=\"{field}-error\">"))
            .unwrap();
        let (_, input) = input.rsplit_once(&format!("name=\"{field}\"")).unwrap();
        assert!(
            input.contains(&format!("{field}-error\" aria-invalid=\"true\"")),
            "{input}"
        );
    }
    assert_eq!(
        form.matches(" autofocus").count(),
        1,
        "the first wrong field"
    );
    assert!(html.contains("No code yet: 3 fields need another look."));
    assert!(!html.contains("<textarea"));
}

#[tokio::test]
async fn each_field_of_the_builder_is_refused_by_itself_and_what_is_too_long_is_no_name() {
    let node = TestNode::start().await;
    let long = "a".repeat(301);
    for (field, unknown) in [
        ("what", "xyzzy"),
        ("near", "Xyzzyville"),
        ("hoster", "xyzzy"),
    ] {
        for (typed, status) in [(unknown, 404), (&long, 400)] {
            let refused = node.get(&format!("/fr/widget?{field}={typed}")).await;
            assert_eq!(refused.status(), status, "{field}");
            let html = refused.text().await.unwrap();
            assert_eq!(html.matches("class=\"field-error\"").count(), 1, "{field}");
            assert!(html.contains("Pas encore de code\u{a0}: un champ est à revoir."));
        }
    }
    let html = text(&node, "/fr/widget?what=framadate&language=xx").await;
    assert!(
        html.contains("/go/framadate?lang=fr"),
        "an unknown language is the page's own"
    );
}

#[tokio::test]
async fn the_script_may_be_loaded_by_any_page_and_each_address_is_kept_as_long_as_it_is_true() {
    let node = TestNode::start().await;
    let pinned = code(&text(&node, "/fr/widget?pinned=1").await);
    let path = between(&pinned, "src=\"", "\"");
    let pinned_path = &path[path.rfind("/widget-").unwrap()..];
    let mut contents = Vec::new();
    for (path, kept) in [
        ("/widget.js", "public, max-age=3600"),
        ("/widget-1.js", "public, max-age=3600"),
        (pinned_path, "public, max-age=31536000, immutable"),
    ] {
        let response = node.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(headers["cache-control"], kept, "{path}");
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert_eq!(headers["cross-origin-resource-policy"], "cross-origin");
        let known = [("if-none-match", headers["etag"].to_str().unwrap())];
        let again = node.ask(Method::GET, path, &known).await;
        assert_eq!(again.status(), 304, "{path}");
        assert_eq!(again.headers()["cache-control"], kept);
        contents.push(response.bytes().await.unwrap());
    }
    assert!(contents.iter().all(|content| *content == contents[0]));
    let hash = STANDARD.encode(digest(&SHA384, &contents[0]));
    assert!(pinned.contains(&format!(
        "integrity=\"sha384-{hash}\" crossorigin=\"anonymous\" referrerpolicy=\"no-referrer\" defer>"
    )));
    for unknown in ["/widget-2.js", "/widget-1.0.0-000000000000.js"] {
        let response = node.get(unknown).await;
        assert_eq!(response.status(), 404, "{unknown}");
        assert_eq!(response.headers()["access-control-allow-origin"], "*");
    }
}

#[tokio::test]
async fn one_page_may_be_framed_and_no_other() {
    let node = TestNode::start().await;
    for framable in ["/embed?need=pads", "/embed?need=pols", "/embed"] {
        let response = node.get(framable).await;
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(policy.ends_with("frame-ancestors *"), "{framable}");
        assert!(!policy.contains("script-src"));
        assert!(response.headers().get("x-frame-options").is_none());
        assert_eq!(response.headers()["x-robots-tag"], "noindex");
    }
    for other in [
        "/fr/",
        "/fr/widget",
        "/widget.js",
        "/api/v1/needs",
        "/nowhere",
        "/go/pads",
    ] {
        let response = node.get(other).await;
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(policy.ends_with("frame-ancestors 'none'"), "{other}");
        assert_eq!(response.headers()["x-frame-options"], "DENY", "{other}");
        assert_eq!(
            policy.contains("frame-src"),
            other == "/fr/widget",
            "only the builder shows a frame: {other}"
        );
    }
}

#[tokio::test]
async fn a_frame_speaks_the_language_it_is_told_else_that_of_the_browser() {
    let node = TestNode::start().await;
    let english = [("accept-language", "en-GB")];
    let response = node.ask(Method::GET, "/embed?need=pads", &english).await;
    assert!(
        response.headers()["vary"]
            .to_str()
            .unwrap()
            .contains("Accept-Language")
    );
    assert!(
        response
            .text()
            .await
            .unwrap()
            .contains("<html lang=\"en\">")
    );
    let response = node
        .ask(Method::GET, "/embed?need=pads&lang=fr", &english)
        .await;
    assert!(
        response
            .text()
            .await
            .unwrap()
            .contains("<html lang=\"fr\">")
    );
}

#[tokio::test]
async fn a_frame_shows_as_many_hosters_as_are_wanted_each_once_and_keeps_the_question_in_its_form()
{
    let node = TestNode::start().await;
    for (limit, shown) in [("1", 1), ("5", 5), ("0", 1), ("many", 3), ("99", 12)] {
        let html = text(
            &node,
            &format!("/embed?need=pads&lang=en&limit={limit}&theme=dark"),
        )
        .await;
        assert_eq!(html.matches("class=\"result\"").count(), shown, "{limit}");
        let form = between(&html, "<form action=\"/embed\"", "</form>");
        for (name, value) in [
            ("need", "pads"),
            ("lang", "en"),
            ("limit", limit),
            ("theme", "dark"),
        ] {
            let field = format!("name=\"{name}\" value=\"{value}\"");
            assert!(form.contains(&field), "{field}");
        }
        assert!(html.contains("/assets/night.css") && html.contains("<base target=\"_blank\">"));
        let hosters = html.matches("/en/hosters/").count();
        assert_eq!(hosters, shown, "{limit}");
    }
    assert!(
        !text(&node, "/embed?need=pads&theme=pink")
            .await
            .contains(".css\">\n<link")
    );
}

#[tokio::test]
async fn a_frame_says_what_is_wrong_and_offers_what_was_perhaps_meant() {
    let node = TestNode::start().await;
    let response = node
        .get("/embed?need=pads&near=Lyonn&lang=en&theme=dark")
        .await;
    assert_eq!(response.status(), 404);
    let html = response.text().await.unwrap();
    assert!(html.contains("aria-invalid=\"true\"") && html.contains("value=\"Lyonn\""));
    assert!(html.contains("/embed?need=pads&#38;lang=en&#38;theme=dark&#38;near=Lyon"));
    for (address, status) in [
        ("/embed?need=pols&lang=en", 404),
        (
            &*format!("/embed?need=pads&lang=en&near={}", "a".repeat(301)),
            400,
        ),
    ] {
        assert_eq!(node.get(address).await.status(), status, "{address}");
    }
}

#[tokio::test]
async fn a_frame_without_a_question_tells_whose_site_it_is_how_to_ask_one_and_others_where_to_go() {
    let node = TestNode::start().await;
    for address in ["/embed?lang=en", "/embed?lang=en&need=&near=Lyon"] {
        let response = node.get(address).await;
        assert_eq!(response.status(), 400, "{address}");
        let html = response.text().await.unwrap();
        assert!(html.contains("<h1>Find a hoster</h1>"), "nothing to mend");
        assert!(html.contains("add need=… or leave=… to its address"));
        assert!(html.contains("“On your site: find a hoster”"));
        assert!(html.contains("<a href=\"/en/\">") && !html.contains("<form"));
    }
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

/// The code to copy, as a browser reads it.
fn code(html: &str) -> String {
    let copied = between(html, "class=\"mono\">", "</textarea>");
    [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ]
    .iter()
    .fold(copied.to_owned(), |text, (mark, letter)| {
        text.replace(mark, letter)
    })
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
