//! The owner's pages as a browser without script meets them: a real node, its token, plain forms.

mod access;
mod backup;
mod members;
mod trust;

use std::collections::BTreeMap;

use archipelago::federation::{Kind, MAX_WRONG_TOKENS};
use archipelago::store::FollowState;
use reqwest::header::SET_COOKIE;
use reqwest::{Method, Response};

use crate::support::browser::Browser;
use crate::support::database::Database;
use crate::support::fediverse::{Founded, eventually, offer};
use crate::support::node::TestNode;

/// What the form of a new service holds at least.
const PADS: [(&str, &str); 3] = [("id", "pads"), ("name", "Nos pads"), ("need", "pads")];

async fn hoster() -> Founded {
    Founded::start("a", Kind::Hoster, Database::sqlite().await).await
}

fn cookies(response: &Response) -> Vec<&str> {
    let cookies = response.headers().get_all(SET_COOKIE).iter();
    cookies.map(|cookie| cookie.to_str().unwrap()).collect()
}

/// The types of what the hoster published, the latest first.
async fn published(founded: &Founded) -> Vec<String> {
    let path = "/ap/org/outbox?page=1";
    let accept = [("accept", "application/activity+json")];
    let response = founded.node.ask(Method::GET, path, &accept).await;
    assert_eq!(response.status(), 200);
    let outbox: serde_json::Value =
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    let items = outbox["orderedItems"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["type"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn without_the_token_there_is_only_the_way_in() {
    let founded = hoster().await;
    let secret = vec![offer("pads", "Secret pads")];
    founded.federation.add_services(secret).await.unwrap();
    let mut stranger = Browser::at(&founded.node);
    for path in [
        "",
        "/add",
        "/services/pads",
        "/services/pads/close",
        "/services/pads/remove",
        "/services/nothing",
        "/deliveries",
        "/followers",
        "/trust",
        "/access",
        "/backup",
        "/access/0123456789abcdef/remove",
        "/members",
        "/members/remove",
    ] {
        let response = stranger.get(&format!("/fr/manage{path}")).await;
        let expected = if path.is_empty() { 200 } else { 403 };
        assert_eq!(response.status(), expected, "{path}");
        assert!(cookies(&response).is_empty());
        let html = response.text().await.unwrap();
        assert!(html.contains("name=\"token\""), "{path}");
        assert!(!html.contains("Secret pads"), "{path}");
        let then = format!("name=\"then\" value=\"/fr/manage{path}\"");
        assert_eq!(html.contains(&then), !path.is_empty(), "{path}");
    }
    for cookie in ["manage=0000", "manage=", "manage", "xmanage=1"] {
        stranger.cookie = Some(cookie.to_owned());
        let remove = "/fr/manage/services/pads/remove";
        let response = stranger.post(remove, &[]).await;
        assert_eq!(response.status(), 403, "{cookie}");
        let html = response.text().await.unwrap();
        assert!(html.contains("name=\"token\""), "{cookie}");
    }
    let left = founded.federation.own_services().await.unwrap();
    assert_eq!(left.len(), 1);
}

#[actix_web::test]
async fn the_token_opens_the_owners_pages_and_no_others() {
    let founded = hoster().await;
    let browser = Browser::at(&founded.node);
    let token = founded.token.expose();
    let typed = format!("  {token}\n");
    let response = browser.post("/fr/manage", &[("token", &typed)]).await;
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()["location"], "/fr/manage");
    let given = |path: &str| {
        format!("manage={token}; Path={path}; Max-Age=28800; HttpOnly; SameSite=Strict")
    };
    assert_eq!(
        cookies(&response),
        [given("/fr/manage"), given("/en/manage")]
    );

    let on = [("token", token), ("then", "/en/manage/deliveries")];
    let response = browser.post("/en/manage", &on).await;
    assert_eq!(response.headers()["location"], "/en/manage/deliveries");
    let away = [
        ("token", token),
        ("then", "https://evil.example/fr/manage/"),
    ];
    let response = browser.post("/en/manage", &away).await;
    assert_eq!(response.headers()["location"], "/en/manage");

    let owner = Browser::of_owner(&founded);
    assert!(owner.page("/fr/manage").await.contains("Hoster a"));
    let response = owner.post("/fr/manage/logout", &[]).await;
    assert_eq!(response.headers()["location"], "/fr/manage");
    let cookies = cookies(&response);
    assert_eq!(cookies.len(), 2);
    assert!(
        cookies
            .iter()
            .all(|cookie| cookie.starts_with("manage=; ") && cookie.contains("Max-Age=0"))
    );
}

#[actix_web::test]
async fn no_page_for_visitors_ever_sets_a_cookie() {
    let founded = hoster().await;
    founded
        .federation
        .add_services(vec![offer("pads", "Pads")])
        .await
        .unwrap();
    eventually("the service is listed", async || {
        let response = founded.node.get("/fr/services/pads").await;
        response.status().is_success().then_some(())
    })
    .await;
    let visitor = Browser::at(&founded.node);
    let owner = Browser::of_owner(&founded);
    for path in [
        "/",
        "/fr/",
        "/fr/leave",
        "/fr/leave/framadate",
        "/fr/services",
        "/fr/services/pads",
        "/fr/about",
        "/fr/nowhere",
        "/manage",
        "/assets/site.css",
        "/api/v1/search",
        "/ap/org",
        "/.well-known/nodeinfo",
    ] {
        for browser in [&visitor, &owner] {
            let response = browser.get(path).await;
            assert!(cookies(&response).is_empty(), "{path}");
        }
    }
}

#[actix_web::test]
async fn wrong_tokens_are_told_so_and_then_made_to_wait() {
    let founded = hoster().await;
    let stranger = Browser::at(&founded.node);
    let response = stranger.post("/fr/manage", &[("token", " ")]).await;
    assert_eq!(response.status(), 422);
    for _ in 0..MAX_WRONG_TOKENS {
        let response = stranger.post("/fr/manage", &[("token", "wrong")]).await;
        assert_eq!(response.status(), 403);
        let html = response.text().await.unwrap();
        assert!(html.contains("aria-invalid=\"true\"") && html.contains("id=\"token-error\""));
        assert!(
            !html.contains("value=\"wrong\""),
            "a token is not shown again"
        );
    }
    let response = stranger.post("/fr/manage", &[("token", "wrong")]).await;
    assert_eq!(response.status(), 429);
    let wait: u64 = response.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=61).contains(&wait), "{wait}");
    let mut guess = Browser::at(&founded.node);
    guess.cookie = Some("manage=another".to_owned());
    assert_eq!(
        guess.get("/fr/manage/deliveries").await.status(),
        429,
        "cookies are tries too"
    );
}

#[actix_web::test]
async fn an_owner_who_is_in_stays_in_while_strangers_guess() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    owner.page("/fr/manage").await;
    let stranger = Browser::at(&founded.node);
    for _ in 0..=MAX_WRONG_TOKENS {
        stranger.post("/fr/manage", &[("token", "wrong")]).await;
    }
    owner.page("/fr/manage").await;
    let again = stranger
        .post("/fr/manage", &[("token", founded.token.expose())])
        .await;
    assert_eq!(again.status(), 303);
}

#[actix_web::test]
async fn a_node_that_was_not_founded_says_how() {
    let node = TestNode::start().await;
    let browser = Browser::at(&node);
    for path in ["/fr/manage", "/en/manage/add", "/fr/manage/deliveries"] {
        let response = browser.get(path).await;
        assert_eq!(response.status(), 404, "{path}");
        assert!(
            response.text().await.unwrap().contains("archipelago init"),
            "{path}"
        );
    }
    let response = browser.post("/fr/manage", &[("token", "x")]).await;
    assert_eq!(response.status(), 404);
}

#[actix_web::test]
async fn the_short_address_leads_to_the_language_of_the_browser() {
    let founded = hoster().await;
    for (accepted, target) in [("en-GB,en;q=0.9", "/en/manage"), ("de", "/fr/manage")] {
        let headers = [("accept-language", accepted)];
        let response = founded.node.ask(Method::GET, "/manage", &headers).await;
        assert_eq!(response.status(), 303);
        assert_eq!(response.headers()["location"], target);
        assert_eq!(response.headers()["vary"], "Accept-Language");
    }
}

#[actix_web::test]
async fn a_form_that_comes_from_elsewhere_changes_nothing() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    for origin in ["https://evil.example", "null", "http://a.localhost:1"] {
        let response = owner.post_from(origin, "/fr/manage/add", &PADS).await;
        assert_eq!(response.status(), 403, "{origin}");
    }
    let silent = owner
        .request(Method::POST, "/fr/manage/add")
        .body("id=pads&name=x&need=pads");
    assert_eq!(
        silent.send().await.unwrap().status(),
        403,
        "neither Origin nor Referer"
    );
    assert!(founded.federation.own_services().await.unwrap().is_empty());
    let home = founded.federation.addresses().home();
    let own_name = home.as_str().trim_end_matches('/');
    let response = owner.post_from(own_name, "/fr/manage/add", &PADS).await;
    assert_eq!(
        response.status(),
        303,
        "its own name, behind a proxy that asks by another"
    );
}

#[actix_web::test]
async fn a_service_is_added_changed_closed_and_removed_and_each_is_published() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    let mut form = PADS.to_vec();
    form.extend([
        ("software", "etherpad"),
        ("url", "pad.example.org"),
        ("registration", "none"),
        ("room", "open"),
        ("people", "1 200"),
        ("price", "donation"),
        ("price_fr", "libre"),
        ("note_fr", "Un mot"),
        ("note_en", ""),
    ]);
    let html = owner.done("/fr/manage/add", &form).await;
    assert!(html.contains("«\u{a0}Nos pads\u{a0}» est ajouté"), "{html}");
    let own = founded
        .federation
        .own_services()
        .await
        .unwrap()
        .remove(0)
        .service;
    assert_eq!(
        own.url.as_ref().unwrap().as_str(),
        "https://pad.example.org/"
    );
    assert_eq!(own.capacity.unwrap().people, Some(1_200));

    let html = owner.page("/fr/manage/services/pads").await;
    assert!(html.contains("value=\"Nos pads\"") && html.contains("Un mot</textarea>"));
    assert!(html.contains("<option value=\"etherpad\" selected>"));
    assert!(
        !html.contains("name=\"id\""),
        "a short name does not change"
    );
    let html = owner
        .done(
            "/en/manage/services/pads",
            &[("name", "Other pads"), ("need", "pads")],
        )
        .await;
    assert!(html.contains("“Other pads” is changed"));

    let close = [
        ("on", "2031-06-30"),
        ("export_until", "2031-09-30"),
        ("successor", "https://b.example/"),
    ];
    let html = owner.done("/fr/manage/services/pads/close", &close).await;
    assert!(html.contains("Ferme le 30\u{a0}juin 2031"));
    let html = owner.page("/fr/manage/services/pads/close").await;
    assert!(html.contains("type=\"date\" id=\"on\"") && html.contains("value=\"2031-06-30\""));
    // What has a form of its own is not touched by the other.
    owner
        .done(
            "/fr/manage/services/pads",
            &[("name", "Pads"), ("need", "pads")],
        )
        .await;
    let own = founded
        .federation
        .own_services()
        .await
        .unwrap()
        .remove(0)
        .service;
    assert_eq!(own.closing.unwrap().on.to_string(), "2031-06-30");
    owner
        .done("/fr/manage/services/pads/close", &[("do", "stay")])
        .await;
    let own = founded
        .federation
        .own_services()
        .await
        .unwrap()
        .remove(0)
        .service;
    assert_eq!(own.closing, None);

    let html = owner.page("/fr/manage/services/pads/remove").await;
    assert!(html.contains("Retirer pour de bon"));
    assert_eq!(
        founded.federation.own_services().await.unwrap().len(),
        1,
        "asking removes nothing"
    );
    let html = owner.done("/fr/manage/services/pads/remove", &[]).await;
    assert!(html.contains("est retiré"));
    assert_eq!(owner.get("/fr/manage/services/pads").await.status(), 404);
    assert_eq!(
        published(&founded).await,
        ["Delete", "Update", "Update", "Update", "Update", "Create"]
    );
}

#[actix_web::test]
async fn a_wrong_form_comes_back_filled_in_with_a_word_for_each_field() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    let wrong = [
        ("id", "Mes Pads"),
        ("name", "<script>alert(1)</script>"),
        ("need", ""),
        ("url", "\"><b>"),
        ("people", "beaucoup"),
        ("note_fr", "</textarea><b>gras</b>"),
        ("registration", "free"),
        ("price", "paid"),
    ];
    let response = owner.post("/fr/manage/add", &wrong).await;
    assert_eq!(response.status(), 422);
    let html = response.text().await.unwrap();
    for field in ["id", "need", "url", "people"] {
        assert!(
            html.contains(&format!("href=\"#{field}\"")),
            "the summary leads to {field}"
        );
        assert!(html.contains(&format!("id=\"{field}-error\"")), "{field}");
        let at = html.find(&format!(" id=\"{field}\"")).unwrap();
        let element = &html[at..at + html[at..].find('>').unwrap()];
        assert!(element.contains("aria-invalid=\"true\""), "{element}");
        assert!(element.contains(&format!("{field}-error")), "{element}");
    }
    assert_eq!(html.matches("class=\"field-error\"").count(), 4);
    assert!(html.contains("value=\"Mes Pads\"") && html.contains("value=\"beaucoup\""));
    assert!(html.contains("<option value=\"free\" selected>"));
    assert!(html.contains("<option value=\"paid\" selected>"));
    assert!(
        !html.contains("<script>alert") && !html.contains("<b>gras"),
        "what is typed is text"
    );
    assert!(founded.federation.own_services().await.unwrap().is_empty());

    owner.done("/fr/manage/add", &PADS).await;
    let again = owner.post("/fr/manage/add", &PADS).await;
    assert_eq!(again.status(), 422);
    assert!(again.text().await.unwrap().contains("s’appelle déjà ainsi"));
    owner.done("/fr/manage/services/pads/remove", &[]).await;
    let again = owner.post("/fr/manage/add", &PADS).await;
    assert_eq!(again.status(), 422);
    assert!(again.text().await.unwrap().contains("pads-2"));
}

#[actix_web::test]
async fn a_date_known_to_the_month_is_shown_and_kept_so() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    owner.done("/fr/manage/add", &PADS).await;
    let close = "/fr/manage/services/pads/close";
    owner.done(close, &[("on", "2031-06")]).await;
    let html = owner.page(close).await;
    assert!(
        html.contains("<input type=\"text\" id=\"on\""),
        "a calendar would hide it"
    );
    assert!(html.contains("value=\"2031-06\""));
    let response = owner
        .post(close, &[("on", "bientôt"), ("announced", "2032")])
        .await;
    assert_eq!(response.status(), 422);
    assert!(response.text().await.unwrap().contains("value=\"bientôt\""));
    let response = owner
        .post(
            close,
            &[("on", "2031-06"), ("new_accounts_until", "2031-07-01")],
        )
        .await;
    assert_eq!(response.status(), 422);
    let own = founded
        .federation
        .own_services()
        .await
        .unwrap()
        .remove(0)
        .service;
    assert_eq!(own.closing.unwrap().on.to_string(), "2031-06");
}

#[actix_web::test]
async fn what_was_typed_is_still_there_when_one_was_logged_out() {
    let founded = hoster().await;
    Browser::of_owner(&founded)
        .done("/fr/manage/add", &PADS)
        .await;
    let stranger = Browser::at(&founded.node);
    let typed = [
        ("name", "Un long travail"),
        ("need", "pads"),
        ("on", "2031-01-01"),
    ];
    for path in ["/add", "/services/pads", "/services/pads/close"] {
        let response = stranger.post(&format!("/fr/manage{path}"), &typed).await;
        assert_eq!(response.status(), 403, "{path}");
        let html = response.text().await.unwrap();
        assert!(
            html.contains("Un long travail") || html.contains("2031-01-01"),
            "{path}"
        );
        assert!(html.contains("Entrer dans un autre onglet"), "{path}");
        assert!(
            !html.contains("Nos pads"),
            "what is kept is not shown: {path}"
        );
    }
    assert_eq!(published(&founded).await, ["Create"]);
}

#[actix_web::test]
async fn what_was_typed_is_still_there_when_the_database_fails() {
    let database = Database::sqlite().await;
    let url = database.url().to_owned();
    let founded = Founded::start("a", Kind::Hoster, database).await;
    let owner = Browser::of_owner(&founded);
    owner.done("/fr/manage/add", &PADS).await;
    let operator = sqlx::AnyPool::connect(&url).await.unwrap();
    sqlx::query("alter table outbox rename to outbox_away")
        .execute(&operator)
        .await
        .unwrap();
    let change = [
        ("name", "Un long travail"),
        ("need", "pads"),
        ("on", "2031-01-01"),
    ];
    for path in ["/services/pads", "/services/pads/close"] {
        let response = owner.post(&format!("/fr/manage{path}"), &change).await;
        assert_eq!(response.status(), 503, "{path}");
        assert_eq!(response.headers()["retry-after"], "60");
        let html = response.text().await.unwrap();
        assert!(
            html.contains("Un long travail") || html.contains("2031-01-01"),
            "{path}"
        );
    }
    let own = founded
        .federation
        .own_services()
        .await
        .unwrap()
        .remove(0)
        .service;
    assert_eq!(
        (own.name.as_str(), own.closing),
        ("Nos pads", None),
        "nothing half-written"
    );
    sqlx::query("alter table tokens rename to tokens_away")
        .execute(&operator)
        .await
        .unwrap();
    assert_eq!(owner.get("/fr/manage").await.status(), 503);
    operator.close().await;
}

#[actix_web::test]
async fn a_form_is_bounded() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    let greatest = "\u{1f9ed}".repeat(5_000);
    let mut form = PADS.to_vec();
    form.extend(
        ["note_fr", "note_en", "price_fr", "price_en"].map(|field| (field, greatest.as_str())),
    );
    form.push(("price", "paid"));
    owner.done("/fr/manage/add", &form).await;
    let too_much = "a".repeat(256 * 1024);
    let response = owner
        .post("/fr/manage/add", &[("note_fr", &too_much)])
        .await;
    assert_eq!(response.status(), 413);
    assert!(response.text().await.unwrap().contains("256"));
}

#[actix_web::test]
async fn a_preview_shows_what_visitors_and_followers_would_see_and_publishes_nothing() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    let mut form = PADS.to_vec();
    form.extend([
        ("note_fr", "Pour <b>tous</b>"),
        ("registration", "none"),
        ("url", "pads.example.org"),
        ("do", "preview"),
    ]);
    let response = owner.post("/fr/manage/add", &form).await;
    assert_eq!(response.status(), 200);
    let html = response.text().await.unwrap();
    let between = |begin: &str, end: &str| {
        let rest = html.split(begin).nth(1).unwrap();
        rest.split(end).next().unwrap().to_owned()
    };
    let post = between("<blockquote lang=\"fr\">", "</blockquote>");
    assert!(post.contains("<strong>Nos pads</strong>"), "{post}");
    assert!(post.contains("Pour &lt;b&gt;tous&lt;/b&gt;") && post.contains("sans compte"));
    let host = founded.federation.addresses().authority().to_owned();
    assert!(html.contains(&format!("@a@{host}")), "{html}");

    let line = between("<ol class=\"pilot\">", "</ol>");
    for told in ["Nos pads", "Hoster a", "sans compte", "Y aller"] {
        assert!(line.contains(told), "{told}: {line}");
    }
    assert!(!line.contains("href"), "no link leaves the form: {line}");
    assert_eq!(line.matches("<li class=\"result\">").count(), 1);
    assert!(html.find("id=\"preview\"") < html.find("<form class=\"sheet\""));
    assert!(
        html.contains("value=\"Nos pads\""),
        "the form is still filled in"
    );
    assert!(published(&founded).await.is_empty());
}

#[actix_web::test]
async fn a_previewed_line_is_the_one_that_results_show_once_it_is_published() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    let line = |html: &str| {
        let line = html.split("<li class=\"result\">").nth(1)?;
        let words = line.split("</li>\n</ol>").next()?.split('<').skip(1);
        let words = words.filter_map(|part| part.split('>').nth(1));
        Some(words.flat_map(str::split_whitespace).collect::<String>())
    };
    let mut form = PADS.to_vec();
    form.extend([("price", "donation"), ("url", "pads.example.org")]);
    let asked = |what| [form.clone(), vec![("do", what)]].concat();
    let response = owner.post("/fr/manage/add", &asked("preview")).await;
    let previewed = line(&response.text().await.unwrap()).unwrap();
    let response = owner.post("/fr/manage/add", &asked("save")).await;
    assert_eq!(response.status(), 303);
    let published = eventually("the service is found", async || {
        let response = founded.node.get("/fr/services?need=pads").await;
        line(&response.text().await.unwrap())
    })
    .await;
    assert_eq!(previewed, published);
}

#[actix_web::test]
async fn a_preview_says_what_is_wrong_as_saving_does() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    let kept = vec![offer("pads", "Pads")];
    founded.federation.add_services(kept).await.unwrap();
    for what in ["preview", "save"] {
        let form = [PADS.to_vec(), vec![("people", "many"), ("do", what)]].concat();
        let response = owner.post("/en/manage/add", &form).await;
        assert_eq!(response.status(), 422, "{what}");
        let html = response.text().await.unwrap();
        for field in ["id", "people"] {
            let error = format!("id=\"{field}-error\"");
            assert!(html.contains(&error), "{what}, {field}: {html}");
        }
        assert!(!html.contains("id=\"preview\""), "{what}");
    }
    let over = [("name", "Pads"), ("need", "pads"), ("do", "preview")];
    let end = [("on", "2001-01-01")];
    let response = owner.post("/en/manage/services/pads/close", &end).await;
    assert_eq!(response.status(), 303);
    let response = owner.post("/en/manage/services/pads", &over).await;
    let html = response.text().await.unwrap();
    assert!(html.contains("Results will not show it"), "{html}");
    assert!(html.contains("takes the place of the post"), "{html}");
}

#[actix_web::test]
async fn a_form_that_is_only_checked_is_answered_what_is_wrong_and_keeps_nothing() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    let kept = vec![offer("pads", "Pads")];
    founded.federation.add_services(kept).await.unwrap();
    let before = published(&founded).await;
    let checked = async |path: &str, form: &[(&str, &str)]| {
        let form = [form, &[("check", "1")]].concat();
        let response = owner.post(&format!("/en/manage{path}"), &form).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(response.headers()["cache-control"], "no-store");
        let text = response.text().await.unwrap();
        let wrong: BTreeMap<String, String> = serde_json::from_str(&text).unwrap();
        wrong.into_keys().collect::<Vec<_>>().join(" ")
    };
    let people = [("id", "pads"), ("people", "many"), ("do", "save")];
    assert_eq!(checked("/add", &people).await, "id name need people");
    let right = [
        ("id", "new"),
        ("name", "New"),
        ("need", "pads"),
        ("do", "save"),
    ];
    assert_eq!(checked("/add", &right).await, "");
    let renamed = [("name", "Other"), ("need", "pads"), ("do", "save")];
    assert_eq!(checked("/services/pads", &renamed).await, "");
    let close = "/services/pads/close";
    let late = [
        ("on", "2031-01-01"),
        ("announced", "2032-01-01"),
        ("do", "close"),
    ];
    assert_eq!(checked(close, &late).await, "announced");
    for what in ["close", "stay"] {
        assert_eq!(
            checked(close, &[("on", "2031-01-01"), ("do", what)]).await,
            ""
        );
    }
    let long = "x".repeat(2_001);
    for (form, wrong) in [
        (vec![("do", "add-anchor")], "anchor_reason whom"),
        (
            vec![
                ("do", "add-anchor"),
                ("whom", &long),
                ("anchor_reason", "x"),
            ],
            "whom",
        ),
        (
            vec![("do", "rules"), ("max_depth", "99")],
            "collective_quota hoster_quota least_standing max_depth",
        ),
        (
            vec![("do", "add-block"), ("domain", "org"), ("severity", "hide")],
            "block_reason domain",
        ),
        (
            vec![
                ("do", "add-block"),
                ("domain", "evil.example"),
                ("severity", "hide"),
                ("block_reason", "x"),
            ],
            "",
        ),
        (
            vec![("do", "remove-block"), ("blocked", "evil.example")],
            "",
        ),
    ] {
        assert_eq!(checked("/trust", &form).await, wrong, "{form:?}");
    }
    assert_eq!(published(&founded).await, before);
    let service = founded.federation.own_services().await.unwrap();
    assert_eq!(service.len(), 1);
    let service = &service[0].service;
    assert_eq!((service.name.as_str(), &service.closing), ("Pads", &None));
    assert!(
        founded
            .federation
            .choices()
            .await
            .unwrap()
            .blocks
            .is_empty()
    );
}

#[actix_web::test]
async fn a_form_is_checked_for_its_owner_on_a_page_of_this_node_only() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    let form = [("check", "1"), ("people", "many")];
    let response = Browser::at(&founded.node)
        .post("/en/manage/add", &form)
        .await;
    assert_eq!(response.status(), 403);
    let evil = "https://evil.example";
    let response = owner.post_from(evil, "/en/manage/add", &form).await;
    assert_eq!(response.status(), 403);
}

#[actix_web::test]
async fn the_script_of_the_owners_pages_is_loaded_by_no_other() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    assert!(
        owner
            .page("/fr/manage/add")
            .await
            .contains("/assets/manage.js")
    );
    for path in ["/fr/", "/fr/services", "/fr/about"] {
        assert!(!owner.page(path).await.contains("manage.js"), "{path}");
    }
}

#[actix_web::test]
async fn what_cannot_be_delivered_is_shown_with_its_reason() {
    let hoster = hoster().await;
    let owner = Browser::of_owner(&hoster);
    assert!(
        owner
            .page("/fr/manage/deliveries")
            .await
            .contains("Tout est arrivé.")
    );

    let directory = Founded::start("directory", Kind::Directory, Database::sqlite().await).await;
    let home = hoster.federation.addresses().home();
    let found = directory.federation.follow(home.as_str()).await.unwrap();
    eventually("the hoster accepts", async || {
        let follow = directory.store.follow_of(&found.id).await.unwrap()?;
        (follow.state == FollowState::Accepted).then_some(())
    })
    .await;
    let html = owner.page("/fr/manage/followers").await;
    let host = directory.federation.addresses().authority().to_owned();
    assert!(html.contains(&host) && html.contains("1 compte"), "{html}");
    let watcher = Browser::of_owner(&directory);
    assert!(
        watcher
            .page("/en/manage/followers")
            .await
            .contains("Hoster a"),
        "whom it follows"
    );

    drop(directory);
    hoster
        .federation
        .add_services(vec![offer("pads", "Pads")])
        .await
        .unwrap();
    let html = eventually("a delivery fails", async || {
        let html = owner.page("/fr/manage/deliveries").await;
        html.contains("En échec, 1 essai").then_some(html)
    })
    .await;
    assert!(html.contains(&format!("<b>{host}</b>")), "{html}");
    assert!(
        html.contains("<time datetime=") && html.contains("dans "),
        "{html}"
    );
    assert!(html.contains("class=\"said\" lang=\"en\""), "{html}");
    assert!(
        owner
            .page("/fr/manage")
            .await
            .contains("1 serveur attend encore un envoi.")
    );
}

#[actix_web::test]
async fn a_directorys_node_has_deliveries_and_followers_but_no_services() {
    let founded = Founded::start("d", Kind::Directory, Database::sqlite().await).await;
    let owner = Browser::of_owner(&founded);
    let html = owner.page("/en/manage").await;
    assert!(html.contains("it has no services of its own") && !html.contains("/manage/add"));
    assert_eq!(owner.get("/en/manage/add").await.status(), 404);
    assert_eq!(owner.post("/en/manage/add", &PADS).await.status(), 404);
    owner.page("/en/manage/followers").await;
}

#[actix_web::test]
async fn every_page_of_the_owner_is_complete_private_and_as_strict_as_the_others() {
    let founded = hoster().await;
    let owner = Browser::of_owner(&founded);
    owner.done("/fr/manage/add", &PADS).await;
    owner
        .done("/fr/manage/services/pads/close", &[("on", "2031")])
        .await;
    let visitors = founded.node.get("/fr/").await;
    for language in ["fr", "en"] {
        for (path, status) in [
            ("", 200),
            ("?done=added&service=pads", 200),
            ("?done=<b>&service=<b>", 200),
            ("/add", 200),
            ("/services/pads", 200),
            ("/services/pads/close", 200),
            ("/services/pads/remove", 200),
            ("/deliveries", 200),
            ("/followers", 200),
            ("/trust", 200),
            ("/access", 200),
            ("/backup", 200),
            ("/access?done=removed", 200),
            ("/access/0123456789abcdef/remove", 404),
            ("/followers?list=node&page=7", 200),
            ("/services/none", 404),
            ("/services/N%20o", 404),
            ("/nowhere", 404),
        ] {
            let path = format!("/{language}/manage{path}");
            let response = owner.get(&path).await;
            assert_eq!(response.status(), status, "{path}");
            let headers = response.headers();
            assert_eq!(headers["cache-control"], "no-store", "{path}");
            assert!(
                headers["x-robots-tag"]
                    .to_str()
                    .unwrap()
                    .contains("noindex"),
                "{path}"
            );
            assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
            for strict in [
                "content-security-policy",
                "x-frame-options",
                "x-content-type-options",
            ] {
                assert_eq!(headers[strict], visitors.headers()[strict], "{path}");
            }
            let html = response.text().await.unwrap();
            assert!(
                html.contains(&format!("<html lang=\"{language}\">")),
                "{path}"
            );
            assert!(!html.contains(" style="), "{path}");
            let ours = html.matches("<script src=\"/assets/").count();
            assert_eq!(html.matches("<script").count(), ours, "{path}");
            assert!(!html.contains(">manage."), "{path} shows a key");
            assert!(
                !html.contains(founded.token.expose()),
                "{path} shows the token"
            );
        }
        for path in ["/logout", "/"] {
            let response = owner.get(&format!("/{language}/manage{path}")).await;
            assert_eq!(
                response.headers()["location"],
                format!("/{language}/manage").as_str()
            );
        }
    }
    let other = owner
        .request(Method::DELETE, "/fr/manage/services/pads")
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), 405);
    assert_eq!(other.headers()["allow"], "GET, HEAD, POST");
}
