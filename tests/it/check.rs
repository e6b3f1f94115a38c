//! `/{lang}/check`: a hoster sees what this directory saw, over a real node.

use archipelago::federation::Kind;
use reqwest::header::{LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};

use crate::support::database::{Database, on_both_engines};
use crate::support::fediverse::Founded;
use crate::support::node::TestNode;

async fn page(node: &TestNode, path: &str, status: u16) -> String {
    let response = node.get(path).await;
    assert_eq!(response.status(), status, "{path}");
    assert!(!response.headers().contains_key(RETRY_AFTER));
    response.text().await.unwrap()
}

async fn post(node: &TestNode, path: &str, body: String) -> Response {
    let client = Client::builder().redirect(Policy::none());
    let client = client.pool_max_idle_per_host(0).build().unwrap();
    let post = client
        .post(node.url(path))
        .header("content-type", "application/x-www-form-urlencoded");
    post.body(body).send().await.unwrap()
}

#[tokio::test]
async fn a_hoster_that_lists_name_sees_each_fact_with_its_source() {
    let node = TestNode::start().await;
    let asked = "url=https://adminforge.de/";
    let french = page(&node, &format!("/fr/check?{asked}"), 200).await;
    for said in ["adminforge.de", "Liste publique", "Ce que nous en savons"] {
        assert!(french.contains(said), "{said}");
    }
    let english = page(&node, &format!("/en/check?{asked}"), 200).await;
    assert!(english.contains("What we know") && english.contains("does not visit sites itself"));
    let hoster = page(&node, "/en/hosters/adminforge", 200).await;
    assert!(hoster.contains("/en/check?url=https%3A%2F%2Fadminforge.de"));
}

#[tokio::test]
async fn a_wrong_address_gets_a_page_that_helps_with_what_was_typed() {
    let node = TestNode::start().await;
    page(&node, "/fr/check", 200).await;
    page(&node, "/fr/check?url=", 200).await;
    let wrong = page(
        &node,
        "/en/check?url=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        400,
    )
    .await;
    assert!(!wrong.contains("<script>alert") && wrong.contains("aria-invalid"));
    assert!(wrong.contains("alert(1)"));
    for url in ["https://127.0.0.1/", "ftp://a.example/", "localhost"] {
        page(&node, &format!("/fr/check?url={url}"), 400).await;
    }
    let unknown = page(&node, "/en/check?url=nobody.example", 404).await;
    assert!(unknown.contains("does not know this site yet"));
    let shown = page(&node, "/en/check?url=nobody.example&asked=%3Cb%3E", 404).await;
    assert!(!shown.contains("<b>\""));
}

#[tokio::test]
async fn a_node_that_was_not_founded_says_that_it_visits_nobody() {
    let node = TestNode::start().await;
    let answer = post(&node, "/en/check", "url=a.example".to_owned()).await;
    assert_eq!(answer.status(), 303);
    let back = answer.headers()[LOCATION].to_str().unwrap().to_owned();
    assert_eq!(
        back,
        "/en/check?url=https%3A%2F%2Fa.example%2F&asked=nobody"
    );
    let said = page(&node, &back, 200).await;
    assert!(said.contains("does not visit sites itself"));
}

#[tokio::test]
async fn a_post_that_is_no_address_or_too_long_is_refused() {
    let node = TestNode::start().await;
    for body in [String::new(), "url=a%20b".to_owned(), "x".repeat(100_000)] {
        let answer = post(&node, "/fr/check", body).await;
        assert_eq!(answer.status(), 400);
    }
}

on_both_engines! {
    async fn a_site_that_nobody_knows_is_looked_at_once_somebody_names_it(database: Database) {
        let known = database.shared();
        let founded = Founded::start("a", Kind::Directory, database).await;
        let answer = post(&founded.node, "/fr/check", "url=new.example".to_owned()).await;
        assert_eq!(answer.status(), 303);
        let back = answer.headers()[LOCATION].to_str().unwrap().to_owned();
        assert!(back.ends_with("&asked=new"), "{back}");
        let said = page(&founded.node, &back, 200).await;
        assert!(said.contains("dans la minute"), "{said}");
        let targets = known.rows("select url from targets where host = 'new.example'").await;
        assert_eq!(targets.len(), 5);
        let again = post(&founded.node, "/fr/check", "url=http://new.example/x".to_owned()).await;
        assert!(again.headers()[LOCATION].to_str().unwrap().ends_with("&asked=due"));
    }
}
