//! The API, asked over a real connection.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use flate2::read::GzDecoder;
use insta::{assert_json_snapshot, assert_snapshot};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::node::TestNode;

/// Every address, with what it needs to answer.
const ADDRESSES: [&str; 13] = [
    "/api/v1/search?leave=framadate&near=Lyon",
    "/api/v1/services",
    "/api/v1/services/adminforge-send",
    "/api/v1/hosters",
    "/api/v1/hosters/adminforge",
    "/api/v1/needs",
    "/api/v1/departures",
    "/api/v1/departures/framadate",
    "/api/v1/closings",
    "/api/v1/places?q=Lyon",
    "/api/v1/suggest?q=framad",
    "/api/v1/instances/hosts",
    "/api/v1/xmpp/providers.json",
];

/// Every field of an answer with the types it has anywhere in it, a line each: what others rely on,
/// whatever the data are. Counts beside results have their own keys.
fn shape(answer: &Value) -> String {
    let mut types = BTreeMap::new();
    collect(answer, "", &mut types);
    let line = |(field, types): (String, BTreeSet<&str>)| {
        let types: Vec<_> = types.into_iter().collect();
        format!("{field}: {}", types.join(" or "))
    };
    types.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn collect(value: &Value, field: &str, types: &mut BTreeMap<String, BTreeSet<&'static str>>) {
    let name = match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = if field.starts_with("facets.") {
                    "*"
                } else {
                    name
                };
                let dot = if field.is_empty() { "" } else { "." };
                collect(value, &format!("{field}{dot}{name}"), types);
            }
            "object"
        }
        Value::Array(items) => {
            items
                .iter()
                .for_each(|item| collect(item, &format!("{field}[]"), types));
            "list"
        }
        Value::String(_) => "text",
        Value::Number(_) => "number",
        Value::Bool(_) => "yes or no",
        Value::Null => "null",
    };
    types.entry(field.to_owned()).or_default().insert(name);
}

/// A list with all its results, so that its shape does not depend on their order.
async fn whole(node: &TestNode, path: &str) -> Value {
    let page = async |offset| {
        node.json(&format!("{path}&limit=100&offset={offset}"))
            .await
    };
    let mut all = page(0).await;
    let total = all["total"].as_u64().unwrap() as usize;
    for offset in (100..total).step_by(100) {
        let results = page(offset).await["results"].take();
        let results = results.as_array().unwrap().clone();
        all["results"].as_array_mut().unwrap().extend(results);
    }
    all
}

#[tokio::test]
async fn the_shapes_are_those_of_the_contract() {
    let node = TestNode::start().await;
    for (name, path) in [
        ("search", "/api/v1/search?near=Lyon"),
        ("services", "/api/v1/services?"),
        ("hosters", "/api/v1/hosters?"),
    ] {
        assert_snapshot!(name, shape(&whole(&node, path).await));
    }
    assert_snapshot!("needs", shape(&node.json("/api/v1/needs").await));
    assert_snapshot!("departures", shape(&node.json("/api/v1/departures").await));
    assert_snapshot!("places", shape(&node.json("/api/v1/places?q=690").await));
    assert_snapshot!(
        "suggest",
        shape(&node.json("/api/v1/suggest?q=fra&limit=20").await)
    );
}

#[tokio::test]
async fn one_thing_is_told_with_all_its_facts() {
    let node = TestNode::start().await;
    assert_json_snapshot!(
        "one_service",
        node.json("/api/v1/services/adminforge-send?lang=en").await
    );
    assert_snapshot!(
        "one_hoster",
        shape(&node.json("/api/v1/hosters/adminforge").await)
    );
    assert_snapshot!(
        "one_departure",
        shape(&node.json("/api/v1/departures/framadate").await)
    );
}

#[tokio::test]
async fn whoever_leaves_framadate_near_lyon_is_understood_and_answered_with_reasons() {
    let node = TestNode::start().await;
    let answer = node
        .json("/api/v1/search?leave=framadate&near=Lyon&limit=5")
        .await;
    assert_eq!(answer["understood"]["need"], "polls");
    assert_eq!(answer["understood"]["departure"], "framadate");
    assert_eq!(answer["understood"]["place"]["name"], "Lyon");
    assert_eq!(
        (&answer["limit"], &answer["offset"]),
        (&json!(5), &json!(0))
    );
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), 5);
    for result in results {
        assert_ne!(
            result["id"], "framasoft-framadate",
            "what is left is no answer"
        );
        assert_eq!(result["need"], "polls");
        assert!(result["reasons"].as_array().unwrap().len() >= 3);
        let score = result["score"].as_f64().unwrap();
        assert!(score > 0.0 && score <= 1.0);
        assert_eq!((score * 1e4).round() / 1e4, score, "four places");
        if let Some(km) = result["distance_km"].as_f64() {
            assert_eq!((km * 10.0).round() / 10.0, km, "one place");
        }
    }
    let in_english = node
        .json("/api/v1/search?leave=framadate&near=Lyon&limit=5&lang=en")
        .await;
    assert_ne!(
        in_english["results"][0]["reasons"],
        answer["results"][0]["reasons"]
    );
    assert_eq!(in_english["total"], answer["total"]);
}

#[tokio::test]
async fn words_alone_name_a_need_and_suggestions_begin_with_what_is_left() {
    let node = TestNode::start().await;
    assert_eq!(
        node.json("/api/v1/search?q=sondage").await["understood"]["need"],
        "polls"
    );
    let suggested = node.json("/api/v1/suggest?q=framad").await;
    let first = &suggested["results"][0];
    assert_eq!(
        (&first["kind"], &first["id"], &first["value"]),
        (
            &json!("departure"),
            &json!("framadate"),
            &json!("Framadate")
        )
    );
    let places = node.json("/api/v1/places?q=Lyon&limit=1").await;
    assert_eq!(places["results"][0]["name"], "Lyon");
    let label = places["results"][0]["label"].as_str().unwrap();
    let near: String = url::form_urlencoded::byte_serialize(label.as_bytes()).collect();
    assert_eq!(
        node.json(&format!("/api/v1/search?near={near}")).await["understood"]["place"]["label"],
        label
    );
    for (language, name) in [("fr", "Bruxelles"), ("en", "Brussels")] {
        let path = format!("/api/v1/search?near=Bruxelles&limit=1&lang={language}");
        assert_eq!(node.json(&path).await["understood"]["place"]["name"], name);
    }
    for empty in [
        "/api/v1/suggest?q=",
        "/api/v1/places?q=+",
        "/api/v1/suggest?q=%F0%9F%8F%9D",
    ] {
        assert_eq!(node.json(empty).await["total"], 0, "{empty}");
    }
}

#[tokio::test]
async fn a_place_among_the_suggestions_says_what_near_takes_and_what_is_left_of_the_words() {
    let node = TestNode::start().await;
    let suggested = node.json("/api/v1/suggest?q=pad+ly").await;
    let lyon = json!({
        "kind": "place",
        "id": "Lyon, Rhône, FR",
        "label": "Lyon",
        "detail": "un lieu, Rhône, FR",
        "value": "pad Lyon",
        "rest": "pad",
    });
    assert_eq!(suggested["results"][0], lyon);
    let near = "/api/v1/search?q=pad&near=Lyon,+Rh%C3%B4ne,+FR";
    let place = &node.json(near).await["understood"]["place"];
    assert_eq!(place["label"], lyon["id"]);
}

#[tokio::test]
async fn any_bytes_are_answered_with_suggestions_or_none() {
    let node = TestNode::start().await;
    let long = format!("/api/v1/suggest?q={}", "%C3%A9".repeat(300));
    for odd in [
        "%00%01%0A",
        "%FF%FE",
        "%F0%9F",
        "%",
        "+%20+",
        "%E2%80%AEpad",
    ] {
        let path = format!("/api/v1/suggest?q={odd}");
        assert_eq!(node.get(&path).await.status(), 200, "{odd}");
    }
    assert_eq!(node.json(&long).await["total"], 0);
}

#[tokio::test]
async fn lists_are_paged_and_say_how_much_there_is() {
    let node = TestNode::start().await;
    for list in ["services", "hosters", "needs", "departures"] {
        let all = node.json(&format!("/api/v1/{list}?limit=5")).await;
        let part = node.json(&format!("/api/v1/{list}?limit=2&offset=3")).await;
        assert_eq!(part["total"], all["total"], "{list}");
        assert_eq!(
            part["results"].as_array().unwrap()[..],
            all["results"].as_array().unwrap()[3..5],
            "{list}"
        );
        let beyond = node.json(&format!("/api/v1/{list}?offset=10000")).await;
        assert_eq!(beyond["results"], json!([]), "{list}");
    }
    let needs = node.json("/api/v1/needs").await;
    assert_eq!(
        needs["results"].as_array().unwrap().len(),
        needs["total"].as_u64().unwrap() as usize
    );
}

#[tokio::test]
async fn hosters_are_listed_in_turn_and_not_by_name() {
    let node = TestNode::start().await;
    let hosters = node.json("/api/v1/hosters?limit=100").await;
    let ids = |results: &Value, field: &str| -> Vec<String> {
        let results = results["results"].as_array().unwrap().iter();
        let id = |one: &Value| one.pointer(field).unwrap().as_str().unwrap().to_owned();
        results.map(id).collect()
    };
    let in_turn = ids(&hosters, "/id");
    assert!(!in_turn.is_sorted());
    let services = node.json("/api/v1/services?limit=100").await;
    let mut offering = ids(&services, "/hoster/id");
    offering.dedup();
    assert_eq!(offering, in_turn[..offering.len()]);
}

#[tokio::test]
async fn only_listed_hosters_are_suggested() {
    let node = TestNode::start().await;
    let suggested = node.json("/api/v1/suggest?q=snopyta").await;
    let results = suggested["results"].as_array().unwrap();
    assert!(results.iter().all(|one| one["id"] != "snopyta"));
    let response = node.get("/api/v1/hosters/snopyt").await;
    let problem: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert!(!problem["detail"].as_str().unwrap().contains("snopyta"));
}

#[tokio::test]
async fn every_wrong_parameter_is_named_with_what_is_allowed() {
    let node = TestNode::start().await;
    let long = "a".repeat(301);
    let many: Vec<_> = (0..21).map(|number| format!("x{number}")).collect();
    let cases: &[(&str, u16, &str, &str)] = &[
        ("search?limit=0&lang=en", 400, "limit", "between 1 and 100"),
        (
            "search?limit=101&lang=en",
            400,
            "limit",
            "between 1 and 100",
        ),
        (
            "search?limit=many&lang=en",
            400,
            "limit",
            "between 1 and 100",
        ),
        (
            "search?limit=99999999999999999999&lang=en",
            400,
            "limit",
            "between 1 and 100",
        ),
        ("search?offset=-1&lang=en", 400, "offset", "between 0 and"),
        (
            "search?offset=10001&lang=en",
            400,
            "offset",
            "between 0 and",
        ),
        ("search?within=50&lang=en", 400, "within", "needs a town"),
        (
            "search?near=Lyon&within=0&lang=en",
            400,
            "within",
            "between 1 and",
        ),
        (
            "search?near=Lyon&within=NaN&lang=en",
            400,
            "within",
            "between 1 and",
        ),
        (
            "search?registration=yes&lang=en",
            400,
            "registration",
            "none, free",
        ),
        ("search?price=cheap&lang=en", 400, "price", "free, donation"),
        (
            "search?language=fra&lang=en",
            400,
            "language",
            "two letters",
        ),
        ("search?country=F1&lang=en", 400, "country", "two letters"),
        ("search?standing=high&lang=en", 400, "standing", "confirmed"),
        (
            "search?sort=best&lang=en",
            400,
            "sort",
            "relevance, distance",
        ),
        ("search?lang=de", 400, "lang", "fr, en"),
        ("search?need=poll&lang=en", 404, "need", "polls"),
        ("search?need=%00&lang=en", 404, "need", "do not know"),
        ("search?leave=framadat&lang=en", 404, "leave", "framadate"),
        (
            "search?software=nextclou&lang=en",
            404,
            "software",
            "nextcloud",
        ),
        ("search?near=Lyom&lang=en", 404, "near", "Lyon"),
        ("search?near=%FF%FE&lang=en", 404, "near", "cannot find"),
        ("search?near=91,0&lang=en", 404, "near", "cannot find"),
        (
            "services?limit=0&lang=en",
            400,
            "limit",
            "between 1 and 100",
        ),
        ("hosters?offset=x&lang=en", 400, "offset", "between 0 and"),
        ("needs?limit=x&lang=en", 400, "limit", "between 1 and 100"),
        ("departures?lang=xx", 400, "lang", "fr, en"),
        ("hosters/adminforge?lang=xx", 400, "lang", "fr, en"),
        ("places?lang=en", 400, "q", "missing"),
        ("suggest?lang=en", 400, "q", "missing"),
        (
            "places?q=a&limit=0&lang=en",
            400,
            "limit",
            "between 1 and 100",
        ),
    ];
    let long = format!("search?q={long}&lang=en");
    let many = format!("search?software={}&lang=en", many.join(","));
    let cases = cases.iter().copied().chain([
        (long.as_str(), 400, "q", "too long"),
        (many.as_str(), 400, "software", "too many"),
    ]);
    for (path, status, field, detail) in cases {
        let response = node.get(&format!("/api/v1/{path}")).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json",
            "{path}"
        );
        assert_eq!(
            response.headers()["access-control-allow-origin"],
            "*",
            "{path}"
        );
        let problem: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert_eq!(
            (&problem["field"], &problem["status"], &problem["type"]),
            (&json!(field), &json!(status), &json!("about:blank")),
            "{path}"
        );
        assert!(
            problem["detail"].as_str().unwrap().contains(detail),
            "{path}: {problem}"
        );
        assert!(
            !problem["title"].as_str().unwrap().contains('.'),
            "{path}: {problem}"
        );
    }
}

#[tokio::test]
async fn all_wrong_parameters_are_told_at_once() {
    let node = TestNode::start().await;
    let response = node.get("/api/v1/search?limit=0&sort=best&lang=de").await;
    assert_eq!(response.status(), 400);
    let problem: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    let fields: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].clone())
        .collect();
    assert_eq!(fields, ["limit", "sort", "lang"]);
    let response = node.get("/api/v1/search?need=poll&near=Lyom").await;
    let problem: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    let similar = problem["errors"][0]["similar"].as_array().unwrap();
    assert!(similar.contains(&json!("polls")), "{problem}");
}

#[tokio::test]
async fn unknown_names_and_addresses_are_problems_with_status_404() {
    let node = TestNode::start().await;
    for (path, detail) in [
        ("/api/v1/services/nope", "nope"),
        ("/api/v1/services/", "/api/v1/services/"),
        ("/api/v1/services/%FF", "\u{fffd}"),
        ("/api/v1/services/a%2Fb", "a%2Fb"),
        ("/api/v1/hosters/adminforg", "adminforge"),
        ("/api/v1/hosters/..%2f..%2fetc", "etc"),
        ("/api/v1/departures/framadat", "framadate"),
        ("/api/v1/departures/%zz", "%zz"),
        ("/api/v1/nothing", "/api/v1/nothing"),
        ("/api/v1/", "/api/v1/"),
        ("/api/v1/search/", "/api/v1/search/"),
    ] {
        let response = node.get(path).await;
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json",
            "{path}"
        );
        let problem: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert_eq!(problem["field"], Value::Null, "{path}");
        assert!(
            problem["detail"].as_str().unwrap().contains(detail),
            "{path}: {problem}"
        );
    }
}

#[tokio::test]
async fn a_copy_that_is_still_good_is_not_sent_again() {
    let node = TestNode::start().await;
    for path in ADDRESSES {
        let first = node.get(path).await;
        assert_eq!(first.status(), 200, "{path}");
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        for known in [tag.as_str(), "*", &format!("\"other\", {tag}")] {
            let again = node
                .ask(Method::GET, path, &[("if-none-match", known)])
                .await;
            assert_eq!(again.status(), 304, "{path}");
            assert_eq!(again.headers()["etag"], tag, "{path}");
            assert_eq!(
                again.headers()["access-control-allow-origin"],
                "*",
                "{path}"
            );
            assert_eq!(again.bytes().await.unwrap().len(), 0, "{path}");
        }
        for unknown in ["\"other\"", "nonsense", ""] {
            let again = node
                .ask(Method::GET, path, &[("if-none-match", unknown)])
                .await;
            assert_eq!(again.status(), 200, "{path}");
        }
    }
    let french = node.get("/api/v1/needs").await;
    let english = node.get("/api/v1/needs?lang=en").await;
    assert_ne!(french.headers()["etag"], english.headers()["etag"]);
}

#[tokio::test]
async fn any_origin_may_read_and_nobody_may_write() {
    let node = TestNode::start().await;
    for path in ADDRESSES {
        let answer = node
            .ask(
                Method::GET,
                path,
                &[("origin", "https://elsewhere.example")],
            )
            .await;
        assert_eq!(
            answer.headers()["access-control-allow-origin"],
            "*",
            "{path}"
        );
        assert_eq!(
            answer.headers()["access-control-expose-headers"],
            "ETag, RateLimit, RateLimit-Policy, Retry-After",
            "{path}"
        );
        assert!(!answer.headers().contains_key("set-cookie"));
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let refused = node.ask(method.clone(), path, &[]).await;
            assert_eq!(refused.status(), 405, "{method} {path}");
            assert_eq!(refused.headers()["allow"], "GET, HEAD, OPTIONS");
            assert_eq!(refused.headers()["access-control-allow-origin"], "*");
            assert_eq!(
                refused.headers()["content-type"],
                "application/problem+json",
                "{method} {path}"
            );
        }
        let head = node.ask(Method::HEAD, path, &[]).await;
        assert_eq!(head.status(), 200, "{path}");
        assert_eq!(head.headers()["etag"], answer.headers()["etag"], "{path}");
        assert_eq!(head.bytes().await.unwrap().len(), 0, "{path}");
    }
}

#[tokio::test]
async fn a_browser_that_asks_first_may_ask_with_whatever_header() {
    let node = TestNode::start().await;
    let headers = [
        ("origin", "https://elsewhere.example"),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "if-none-match"),
    ];
    for path in ADDRESSES
        .into_iter()
        .chain(["/api/openapi.json", "/api/v1/nothing"])
    {
        let answer = node.ask(Method::OPTIONS, path, &headers).await;
        assert_eq!(answer.status(), 204, "{path}");
        for (name, value) in [
            ("access-control-allow-origin", "*"),
            ("access-control-allow-methods", "GET, HEAD"),
            ("access-control-allow-headers", "*"),
            ("access-control-max-age", "86400"),
            ("allow", "GET, HEAD, OPTIONS"),
        ] {
            assert_eq!(answer.headers()[name], value, "{path}");
        }
        assert_eq!(answer.bytes().await.unwrap().len(), 0, "{path}");
    }
}

#[tokio::test]
async fn answers_are_compressed_for_whoever_takes_that_and_may_be_kept_for_a_minute() {
    let node = TestNode::start().await;
    for path in ADDRESSES {
        let plain = node.get(path).await;
        assert_eq!(
            plain.headers()["cache-control"],
            "public, max-age=60, must-revalidate"
        );
        assert_eq!(plain.headers()["vary"], "Accept-Encoding", "{path}");
        let plain = plain.bytes().await.unwrap();
        let gzip = [("accept-encoding", "gzip")];
        let packed = node.ask(Method::GET, path, &gzip).await;
        assert_eq!(packed.headers()["content-encoding"], "gzip", "{path}");
        let vary = packed.headers().get_all("vary").iter();
        assert!(vary.into_iter().any(|vary| vary == "Accept-Encoding"));
        let packed = packed.bytes().await.unwrap();
        let mut unpacked = Vec::new();
        GzDecoder::new(&packed[..])
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, plain, "{path}");
    }
    let missing = node.get("/api/v1/nothing").await;
    assert_eq!(missing.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn what_no_client_would_send_does_not_trouble_the_node() {
    let node = TestNode::start().await;
    let get = |target: &str| {
        let answer = node.raw(
            format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes(),
        );
        answer.lines().next().unwrap_or_default().to_owned()
    };
    for (target, statuses) in [
        ("/api/v1/search?q=%", &["200"][..]),
        ("/api/v1/search?q=%ZZ&q=%FF", &["200"]),
        ("/api/v1/search?&&&===&q", &["200"]),
        ("/api/v1/search?q=a%00b", &["200"]),
        (
            &format!("/api/v1/search?q={}", "é".repeat(100)),
            &["200", "400"],
        ),
        (
            &format!("/api/v1/search?q={}", "a".repeat(30_000)),
            &["400"],
        ),
        (
            &format!("/api/v1/search?{}", "registration=none&".repeat(2_000)),
            &["400"],
        ),
        (
            &format!("/api/v1/search?{}", "x=1&".repeat(100_000)),
            &["400", "414", "431", ""],
        ),
        (
            &format!("/api/v1/services/{}", "a".repeat(30_000)),
            &["404"],
        ),
    ] {
        let line = get(target);
        let status = line.split(' ').nth(1).unwrap_or_default();
        assert!(
            statuses.contains(&status),
            "{line}: {}",
            &target[..target.len().min(60)]
        );
    }
    node.raw(b"\x00\xff\r\n\r\n");
    assert_eq!(node.get("/api/v1/needs").await.status(), 200);
}

#[actix_web::test]
async fn a_node_answers_alike_over_either_engine() {
    let nodes = [Database::sqlite().await, Database::postgres().await].map(TestNode::over);
    for path in [
        "/api/v1/search?leave=framadate&near=Lyon",
        "/api/v1/hosters?limit=100",
        "/api/v1/services/infini-pad-infini",
    ] {
        let [sqlite, postgres] = [nodes[0].json(path).await, nodes[1].json(path).await];
        assert_eq!(sqlite, postgres, "{path}");
    }
}
