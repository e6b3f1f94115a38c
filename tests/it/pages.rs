//! The pages as a visitor gets them, from a real node, in both languages.

use archipelago::clock::Clock;
use archipelago::domain::collective::Standing;
use archipelago::domain::tally::Tally;
use archipelago::node::fill_with_demo;
use reqwest::Method;
use serde_json::json;

use crate::support::database::Database;
use crate::support::fediverse::eventually;
use crate::support::node::TestNode;
use crate::support::records::some_day;

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
            "id=\"guide\"",
            "id=\"message\"",
            "services.atom?need=polls",
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
            "name=\"need\"",
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
    ("/closings", &["closings.ics", "closings.atom", "/leave"]),
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
            let data = html
                .matches("<script type=\"application/ld+json\">")
                .count();
            assert_eq!(
                html.matches("<script").count() - data,
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
        ("url=framadate.org%2Fabc", "/fr/leave/framadate"),
        (
            "what=framadate.org&near=Lyon",
            "/fr/leave/framadate?near=Lyon",
        ),
        (
            "url=https%3A%2F%2Fframadate.org.%2Fabc",
            "/fr/leave/framadate",
        ),
        (
            "what=docs.google.com%2Fspreadsheets%2Fd%2F1",
            "/fr/leave/google-sheets",
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
            "<code>within=abc</code>",
        ),
        ("/fr/services?q=pad&near=Lyonn", 404, "value=\"Lyonn\""),
        ("/fr/services?page=0", 400, "<code>page=0</code>"),
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
        "/assets/manage.js",
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
        for answer in [&response, &again] {
            assert_eq!(
                answer.headers()["cache-control"],
                "no-cache",
                "{path} must never be older than the page that uses it"
            );
        }
    }
    assert_eq!(node.get("/assets/..%2Fsecret").await.status(), 404);
}

#[actix_web::test]
async fn assets_come_compressed_to_whoever_reads_that_and_are_the_same() {
    let node = TestNode::start().await;
    for (path, most) in [("/assets/site.css", 12_000), ("/assets/land.svg", 27_000)] {
        let plain = node
            .ask(Method::GET, path, &[("accept-encoding", "identity")])
            .await;
        assert!(!plain.headers().contains_key("content-encoding"), "{path}");
        let plain = plain.bytes().await.unwrap();
        let small = node
            .ask(Method::GET, path, &[("accept-encoding", "gzip")])
            .await;
        assert_eq!(small.headers()["content-encoding"], "gzip", "{path}");
        assert_eq!(small.headers()["vary"], "Accept-Encoding", "{path}");
        let small = small.bytes().await.unwrap();
        assert!(small.len() < most, "{path} takes {} bytes", small.len());
        let mut read = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&small[..]), &mut read)
            .unwrap();
        assert!(read == plain, "{path} differs");
    }
    let picture = node
        .ask(
            Method::GET,
            "/assets/card.png",
            &[("accept-encoding", "gzip")],
        )
        .await;
    assert!(!picture.headers().contains_key("content-encoding"));
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

#[actix_web::test]
async fn a_feed_says_which_question_it_follows() {
    let node = TestNode::start().await;
    for (path, title) in [
        (
            "/fr/services.atom?need=pads&near=Lyon",
            "Textes à plusieurs, près de Lyon",
        ),
        ("/en/services.atom?near=Lyon", "Services near Lyon"),
        ("/en/services.atom?leave=framadate", "Instead of Framadate"),
    ] {
        let xml = node.get(path).await.text().await.unwrap();
        let said = xml
            .split_once("<title>")
            .unwrap()
            .1
            .split_once(" · ")
            .unwrap()
            .0;
        assert_eq!(said, title, "{path}");
    }
}

#[actix_web::test]
async fn every_feed_stands_in_one_file_for_feed_readers() {
    let node = TestNode::start().await;
    let response = node.get("/en/feeds.opml").await;
    assert_eq!(
        response.headers()["content-type"],
        "text/x-opml; charset=utf-8"
    );
    let opml = response.text().await.unwrap();
    assert!(opml.starts_with("<?xml version=\"1.0\"") && opml.contains("<opml version=\"2.0\">"));
    let feeds = |opml: &str| -> Vec<String> {
        let named = opml.split("xmlUrl=\"").skip(1);
        named
            .map(|rest| rest.split_once('"').unwrap().0.to_owned())
            .collect()
    };
    let needs = node.json("/api/v1/needs?limit=100").await["total"]
        .as_u64()
        .unwrap();
    let all = feeds(&opml);
    assert_eq!(
        all.len() as u64,
        needs + 2,
        "the closings, everything, and each need"
    );
    let near = node
        .get("/fr/feeds.opml?near=Nantes")
        .await
        .text()
        .await
        .unwrap();
    let near = feeds(&near);
    assert_eq!(near.len() as u64, needs + 1);
    for feed in all.iter().take(3).chain(near.iter().take(3)) {
        let path = feed.replace("&#38;", "&");
        let path = path.strip_prefix(&node.url("")).unwrap();
        assert_eq!(node.get(path).await.status(), 200, "{path}");
    }
    assert!(near[1].ends_with("near=Nantes"), "{}", near[1]);
    assert_eq!(
        node.get("/fr/feeds.opml?near=Nowhereville").await.status(),
        404
    );
}

#[actix_web::test]
async fn a_page_behind_the_last_leads_to_the_last() {
    let node = TestNode::start().await;
    for (asked, target) in [
        ("need=pads&limit=100&page=2", "need=pads&limit=100"),
        ("need=pads&offset=9999&limit=100", "need=pads&limit=100"),
        ("need=pads&limit=100&page=9&offset=0", "need=pads&limit=100"),
    ] {
        let response = node.get(&format!("/en/services?{asked}")).await;
        assert_eq!(response.status(), 303, "{asked}");
        assert_eq!(
            response.headers()["location"].to_str().unwrap(),
            format!("/en/services?{target}"),
            "{asked}"
        );
    }
    let response = node.get("/en/services?page=800&near=Lyon").await;
    let last = response.headers()["location"].to_str().unwrap().to_owned();
    let html = node.get(&last).await.text().await.unwrap();
    assert!(html.contains("class=\"result\"") && html.contains("rel=\"prev\""));
    assert!(
        !html.contains("rel=\"next\""),
        "{last} is not the last page"
    );
    assert_eq!(
        node.get("/en/services?country=ZZ&page=2").await.status(),
        200,
        "nothing has no last page"
    );
}

#[actix_web::test]
async fn a_page_wins_over_an_offset() {
    let node = TestNode::start().await;
    let html = async |path: &str| node.get(path).await.text().await.unwrap();
    let current = "<b aria-current=\"page\">2</b>";
    assert!(
        html("/en/services?page=2&offset=60")
            .await
            .contains(current)
    );
    assert!(html("/en/services?offset=12").await.contains(current));
}

#[actix_web::test]
async fn what_is_chosen_stays_in_the_form_even_where_nothing_answers_to_it() {
    let node = TestNode::start().await;
    let path =
        "/en/services?country=ZZ&language=xx&software=croodle&standing=any&limit=5&sort=name";
    let html = node.get(path).await.text().await.unwrap();
    for (name, value) in [
        ("country", "ZZ"),
        ("language", "xx"),
        ("software", "croodle"),
        ("standing", "any"),
    ] {
        let field = format!("name=\"{name}\" value=\"{value}\" checked");
        assert!(html.contains(&field), "the form lacks {field}");
    }
    for (name, value) in [("limit", "5"), ("sort", "name")] {
        let field = format!("type=\"hidden\" name=\"{name}\" value=\"{value}\"");
        assert!(html.contains(&field), "the form lacks {field}");
    }
    let html = node.get("/en/services?standing=anchor").await.text().await;
    let field = "name=\"standing\" value=\"anchor\" checked";
    assert!(html.unwrap().contains(field), "the form lacks {field}");
    let html = node.get("/en/services").await.text().await.unwrap();
    assert!(!html.contains("value=\"any\"") && !html.contains("name=\"limit\""));
}

#[actix_web::test]
async fn nobody_is_sent_to_a_hoster_that_has_closed() {
    let node = TestNode::start().await;
    for (path, closed, go) in [
        (
            "/en/services/snopyta-jitsi",
            "This hoster has closed",
            "Go there",
        ),
        (
            "/fr/services/snopyta-jitsi",
            "Cet hébergeur a fermé",
            "Y aller",
        ),
    ] {
        let html = node.get(path).await.text().await.unwrap();
        assert!(html.contains(closed), "{path}");
        assert!(!html.contains(go), "{path}");
    }
    let html = node
        .get("/en/services/infini-pad-infini")
        .await
        .text()
        .await;
    assert!(html.unwrap().contains("Go there"));
}

#[actix_web::test]
async fn a_service_whose_hoster_is_not_listed_says_so() {
    let database = Database::sqlite().await;
    let store = database.store().await;
    let clock = Clock::fixed(some_day());
    fill_with_demo(&store, &clock).await.unwrap();
    store
        .keep_least_standing(Standing::Confirmed, clock.now())
        .await
        .unwrap();
    let demanding = TestNode::over(database);
    let demo = TestNode::start().await;
    for (language, sentence) in [
        ("en", "This hoster is not listed here"),
        ("fr", "Cet hébergeur n’est pas listé ici"),
    ] {
        let path = format!("/{language}/services/infini-pad-infini");
        let says_so = |html: String| html.contains(sentence);
        assert!(
            says_so(demanding.get(&path).await.text().await.unwrap()),
            "{path}"
        );
        assert!(
            !says_so(demo.get(&path).await.text().await.unwrap()),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn who_says_a_fact_is_named_even_without_an_address() {
    let node = TestNode::start().await;
    for path in ["/en/services/aposti-pad", "/fr/services/aposti-pad"] {
        let html = node.get(path).await.text().await.unwrap();
        assert!(
            html.contains("Framapad home page: list of other pad hosts"),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn an_address_outside_a_language_is_answered_in_the_browsers_and_kept_apart_by_it() {
    let node = TestNode::start().await;
    for (accepted, language, other) in [("en; q=0.9, fr; q=0.1", "en", "fr"), ("de", "fr", "en")] {
        for path in ["/xyz-long-path/abc", "/enz-long-path/abc", "/é/"] {
            let response = node
                .ask(Method::GET, path, &[("accept-language", accepted)])
                .await;
            assert_eq!(response.status(), 404, "{path}");
            assert_eq!(response.headers()["vary"], "Accept-Language", "{path}");
            let html = response.text().await.unwrap();
            assert!(
                html.contains(&format!("<html lang=\"{language}\">")),
                "{path}"
            );
            assert!(
                html.contains(&format!("<a href=\"/{other}/\" hreflang=\"{other}\"")),
                "{path} leads home in the other language"
            );
            assert!(!html.contains("-long-path"), "{path}");
        }
    }
    let response = node.get("/en/no/such/page").await;
    assert!(!response.headers().contains_key("vary"));
}

#[actix_web::test]
async fn near_matches_are_hosters_that_are_listed() {
    let node = TestNode::start().await;
    for (path, near, is_near) in [
        ("/en/hosters/snopyt", "/hosters/snopyta", false),
        ("/en/hosters/adminforg", "/hosters/adminforge", true),
    ] {
        let html = node.get(path).await.text().await.unwrap();
        assert_eq!(html.contains(near), is_near, "{path}");
    }
}

#[actix_web::test]
async fn a_page_can_only_be_read_and_says_so() {
    let node = TestNode::start().await;
    for (path, sentence) in [
        ("/en/services", "GET"),
        ("/fr/", "Ici, on ne fait que lire"),
        ("/assets/site.css", "Ici, on ne fait que lire"),
    ] {
        let response = node.ask(Method::POST, path, &[]).await;
        assert_eq!(response.status(), 405, "{path}");
        assert_eq!(response.headers()["allow"], "GET, HEAD", "{path}");
        assert_eq!(
            response.headers()["content-type"],
            "text/plain; charset=utf-8",
            "{path}"
        );
        assert!(response.text().await.unwrap().contains(sentence), "{path}");
    }
}

#[actix_web::test]
async fn one_question_is_one_feed_however_it_is_written() {
    let node = TestNode::start().await;
    let feed = async |query: &str| {
        let path = format!("/en/services.atom?{query}");
        node.get(&path).await.text().await.unwrap()
    };
    let plain = feed("need=pads&near=Lyon").await;
    assert!(plain.contains("<id>urn:archipelago:en:services?need=pads&#38;near=Lyon</id>"));
    assert!(plain.contains("href=\"/en/services.atom?need=pads&#38;near=Lyon\""));
    for other in [
        "near=Lyon&need=pads",
        "need=pads&near=+Lyon&utm_source=x&q=",
        "need=pads&near=Lyon&sort=name&limit=3&offset=1",
    ] {
        assert_eq!(feed(other).await, plain, "{other}");
    }
    assert!(
        feed("")
            .await
            .contains("<id>urn:archipelago:en:services</id>")
    );
}

#[actix_web::test]
async fn a_feed_is_as_new_as_its_newest_entry_and_sent_once() {
    let node = TestNode::start().await;
    let path = "/fr/services.atom?need=mindmaps";
    let response = node.get(path).await;
    let tag = response.headers()["etag"].to_str().unwrap().to_owned();
    let xml = response.text().await.unwrap();
    let dates: Vec<&str> = xml
        .split("<updated>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap())
        .collect();
    assert_eq!(Some(&dates[0]), dates[1..].iter().max());
    assert!(dates[0] < "2026-11-23");
    let again = node
        .ask(Method::GET, path, &[("if-none-match", &tag)])
        .await;
    assert_eq!(again.status(), 304);
    assert_eq!(again.headers()["etag"], tag);
}

/// The services a page shows, by identifier.
fn shown(html: &str) -> Vec<&str> {
    let names = html
        .split("class=\"result-name\"><a href=\"/fr/services/")
        .skip(1);
    names.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[actix_web::test]
async fn page_and_api_give_the_same_services_in_the_same_order() {
    let node = TestNode::start().await;
    for question in [
        "leave=framadate&near=Lyon",
        "q=visio&near=Nantes",
        "need=pads&sort=recent",
    ] {
        let answer = node.json(&format!("/api/v1/search?{question}")).await;
        let results = answer["results"].as_array().unwrap();
        let by_api: Vec<&str> = results
            .iter()
            .map(|result| result["id"].as_str().unwrap())
            .collect();
        let page = node.get(&format!("/fr/services?{question}")).await;
        assert_eq!(shown(&page.text().await.unwrap()), by_api, "{question}");
    }
}

#[actix_web::test]
async fn a_departures_page_shows_the_first_hosters_of_the_same_answer() {
    let node = TestNode::start().await;
    let answer = node
        .json("/api/v1/search?leave=framadate&near=Lyon&limit=60")
        .await;
    let mut first_of_each_hoster: Vec<(&str, &str)> = Vec::new();
    for result in answer["results"].as_array().unwrap() {
        let hoster = result["hoster"]["id"].as_str().unwrap();
        if first_of_each_hoster
            .iter()
            .all(|(known, _)| *known != hoster)
        {
            first_of_each_hoster.push((hoster, result["id"].as_str().unwrap()));
        }
    }
    let expected: Vec<&str> = first_of_each_hoster
        .iter()
        .map(|(_, id)| *id)
        .take(5)
        .collect();
    let page = node.get("/fr/leave/framadate?near=Lyon").await;
    assert_eq!(shown(&page.text().await.unwrap()), expected);
}

#[tokio::test]
async fn a_services_page_shows_whether_it_answered() {
    let database = Database::sqlite().await;
    let node = TestNode::over(database.shared());
    let page = |language: &str| format!("/{language}/services/aposti-pad");
    let before = node.get(&page("en")).await.text().await.unwrap();
    assert!(before.contains("Not yet observed.") && !before.contains("class=\"tides\""));
    // The clock stands still at noon on the 23rd: looks of two hours, the second in vain.
    let hour = some_day().timestamp() / 3_600;
    let rings: Vec<_> = [1, 6, 24, 168]
        .iter()
        .map(|hours| match hours {
            1 => json!({ "last": hour, "slots": [[1, 1, 1_500], [1, 0, 0]] }),
            hours => json!({ "last": hour / hours, "slots": [[2, 1, 1_500]] }),
        })
        .collect();
    let at = some_day().timestamp_millis();
    database
        .execute(&format!(
            "insert into health (url, probed_at, status, error, fails, failing_since, asked, up, history)
             values ('https://pad.aposti.net/', {at}, 503, 'answered 503', 1, {at}, 2, 1, '{}')",
            json!(rings)
        ))
        .await;
    let english = node.get(&page("en")).await.text().await.unwrap();
    let rows = "<th scope=\"row\">23\u{a0}November 2026</th><td>1 of 2</td><td>50%</td><td>1,500\u{a0}ms</td>";
    for part in [
        "It answered 50% of the time in the last thirty days.",
        "The last look found it down (23\u{a0}November 2026, 12:00 UTC).",
        "<dt>24 hours</dt><dd>50% <small>1,500\u{a0}ms</small></dd>",
        "<path class=\"well\" d=\"M220 20v-20h8v20z\"/><path class=\"down\" d=\"M230 20v-6h8v6z\"/>",
        rows,
    ] {
        assert!(english.contains(part), "{part} is missing in {english}");
    }
    let french = node.get(&page("fr")).await.text().await.unwrap();
    assert!(french.contains("A répondu 50\u{202f}% du temps ces trente derniers jours."));
}

#[tokio::test]
async fn about_shows_how_the_directory_grew_once_there_are_two_days() {
    let database = Database::sqlite().await;
    let node = TestNode::over(database.shared());
    let about = async |language: &str| {
        let page = node.get(&format!("/{language}/about")).await;
        let html = page.text().await.unwrap();
        let section = html.split("id=\"growth\"").nth(1).unwrap();
        section.split("</section>").next().unwrap().to_owned()
    };
    let first = eventually("the node counted", async || {
        let html = about("en").await;
        html.contains("Counting began on").then_some(html)
    })
    .await;
    assert!(first.contains("<time datetime=\"2026-11-23\">23\u{a0}November 2026</time>"));
    assert!(
        !first.contains("<svg") && !first.contains("<table"),
        "{first}"
    );

    let store = database.store().await;
    for (day, hosters) in [
        ("2025-11-22", 7_777),
        ("2025-11-23", 40),
        ("2026-03-05", 2_000),
    ] {
        let tally = Tally {
            day: day.parse().unwrap(),
            hosters,
            trusted: 4,
            services: 90,
        };
        store.keep_tally(tally, 400).await.unwrap();
    }
    let english = about("en").await;
    for part in [
        "<svg viewBox=\"0 0 366 64\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
        "<path class=\"land t0\" d=\"M0 60H0V58H102V4H365V",
        "<time datetime=\"2025-11-23\">23\u{a0}November 2025</time>",
        "<th scope=\"row\">March 2026</th><td class=\"n num\">2,000</td><td class=\"n num\">4</td>",
        "<details><summary>Month by month, in figures",
    ] {
        assert!(english.contains(part), "{part} is missing in {english}");
    }
    assert!(!english.contains("7,777"), "a year is shown, and no more");
    assert!(!english.contains("style="), "classes only");
    assert!(
        about("fr")
            .await
            .contains("<th scope=\"row\">mars 2026</th>")
    );
}
