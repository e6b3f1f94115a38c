//! What a node does for visitors and other nodes while its database takes nothing.

use archipelago::federation::Kind;
use reqwest::{Method, Response};

use crate::support::database::Database;
use crate::support::fediverse::{Founded, eventually, offer};

async fn post(node: &Founded, path: &str, body: &str) -> Response {
    let origin = node.node.url("");
    let client = reqwest::Client::new();
    let request = client.request(Method::POST, node.node.url(path));
    let request = request.header("origin", origin);
    let form = "application/x-www-form-urlencoded";
    let request = request
        .header("content-type", form)
        .header("connection", "close");
    request.body(body.to_owned()).send().await.unwrap()
}

#[actix_web::test]
async fn without_its_database_a_node_is_read_as_ever_and_says_when_to_write_again() {
    let database = Database::postgres().await;
    let shared = database.shared();
    let node = Founded::start("a", Kind::Hoster, database).await;
    let pads = offer("pads", "Pads");
    node.federation.add_services(vec![pads]).await.unwrap();
    let id = eventually("the service is listed", async || {
        let listed = node.node.json("/api/v1/services").await;
        Some(listed["results"][0]["id"].as_str()?.to_owned())
    })
    .await;
    let report = format!("/fr/services/{id}/report");
    for table in ["revision", "tokens", "reports", "hosts", "inbox"] {
        let away = format!("alter table {table} rename to {table}_away");
        shared.execute(&away).await;
    }
    eventually("it notices", async || {
        let said = node.node.json("/readyz").await;
        let database = said["database"].as_str()?;
        database.starts_with("away since").then_some(())
    })
    .await;
    for path in [
        "/fr/",
        "/en/services?q=pad",
        "/api/v1/search?q=pad",
        "/embed?need=pads",
        &format!("/fr/services/{id}"),
    ] {
        assert_eq!(node.node.get(path).await.status(), 200, "{path}");
    }
    assert_eq!(node.node.get("/go/pads").await.status(), 303);
    for (path, body) in [
        ("/ap/inbox", "{}"),
        ("/ap/actor/inbox", "{}"),
        (&report, "reason=other&words=closed"),
        ("/fr/check", "url=https://hoster.example/"),
        ("/fr/manage", "token=abcdefghijklmnopqrstuvwxyz"),
    ] {
        let answer = post(&node, path, body).await;
        assert_eq!(answer.status(), 503, "{path}");
        assert_eq!(answer.headers()["retry-after"], "60", "{path}");
    }
    for table in ["revision", "tokens", "reports", "hosts", "inbox"] {
        let back = format!("alter table {table}_away rename to {table}");
        shared.execute(&back).await;
    }
    eventually("it is taken again", async || {
        let answer = post(&node, &report, "reason=other&words=closed").await;
        (answer.status() == 200).then_some(())
    })
    .await;
    let unsigned = eventually("posts are looked at again", async || {
        let answer = post(&node, "/ap/inbox", "{}").await;
        (answer.status() != 503).then_some(answer.status())
    })
    .await;
    assert_eq!(unsigned, 401);
}
