//! One question has one answer, wherever it is asked: on the page, over the API, which the widget asks,
//! and on the command line.

use serde_json::Value;

use crate::support::desk::Desk;

/// A question's parameters, and as the command line has them.
const QUESTIONS: [(&str, &[&str]); 6] = [
    ("need=pads&near=Lyon", &["--need", "pads", "--near", "Lyon"]),
    ("leave=framadate", &["--leave", "framadate"]),
    ("q=nextcloud", &["nextcloud"]),
    ("q=etherpda&near=Nantes", &["etherpda", "--near", "Nantes"]),
    (
        "need=pads&near=69007&within=700&registration=none",
        &[
            "--need",
            "pads",
            "--near",
            "69007",
            "--within",
            "700",
            "--registration",
            "none",
        ],
    ),
    ("standing=any", &["--standing", "any"]),
];

fn ids_of(answer: &Value) -> Vec<&str> {
    let results = answer["results"].as_array().unwrap().iter();
    results
        .map(|result| result["id"].as_str().unwrap())
        .collect()
}

/// The services a page lists, in its order.
fn ids_on(page: &str) -> Vec<&str> {
    let names = page.split("<h3 class=\"result-name\"><a href=\"/fr/services/");
    names
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(id, _)| id)
        .collect()
}

#[actix_web::test]
async fn page_api_and_command_line_give_the_same_order_at_the_same_revision() {
    let desk = Desk::with_directory();
    let node = desk.serve("");
    for (parameters, arguments) in QUESTIONS {
        let of_api = node
            .json(&format!("/api/v1/search?{parameters}&lang=fr"))
            .await;
        let page = reqwest::get(format!("{}/fr/services?{parameters}", node.url));
        let page = page.await.unwrap().text().await.unwrap();
        let arguments = [&["search", "--lang", "fr", "--json"], arguments].concat();
        let output = desk.run_of(&arguments);
        let of_command: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(of_api["revision"], of_command["revision"]);
        assert!(ids_of(&of_api).len() >= 3, "{parameters}");
        assert_eq!(ids_on(&page), ids_of(&of_api), "{parameters}");
        assert_eq!(ids_of(&of_command), ids_of(&of_api), "{parameters}");
        assert_eq!(of_command, of_api, "{parameters}");
    }
}
