//! What a node serves in the formats of other directories, asked over a real connection and read back
//! with our own readers.

use archipelago::domain::taxonomy::Taxonomy;
use archipelago::federation::Kind;
use archipelago::formats::{self, Document, Findings, Format};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::support::database::Database;
use crate::support::fediverse::{Founded, offer};
use crate::support::node::TestNode;

/// Reads a document of ours as a stranger would, and finds nothing to complain about.
fn read(format: Format, text: &str) -> Findings {
    let url = Url::parse("https://hosteur.example/a-file").unwrap();
    let found = formats::read(
        &Document {
            format,
            url: &url,
            bytes: text.as_bytes(),
            seen: "2026-11-28".parse().unwrap(),
            of: None,
        },
        &Taxonomy::embedded(),
    );
    let found = found.unwrap();
    assert_eq!(found.complaints, []);
    found
}

#[actix_web::test]
async fn a_hosters_node_serves_its_files_with_a_tag() {
    let hoster = Founded::start("a", Kind::Hoster, Database::sqlite().await).await;
    let missing = hoster.node.get("/.well-known/xmpp-provider-v2.json").await;
    assert_eq!(missing.status(), 404, "it offers no such service yet");
    let mut xmpp = offer("chat", "Chat");
    xmpp.need = serde_json::from_value(json!("instant-messaging")).unwrap();
    xmpp.software = serde_json::from_value(json!("xmpp")).unwrap();
    hoster.federation.add_services(vec![xmpp]).await.unwrap();

    for path in ["/librehost.json", "/.well-known/xmpp-provider-v2.json"] {
        let first = hoster.node.get(path).await;
        assert_eq!(first.status(), 200, "{path}");
        assert_eq!(first.headers()["content-type"], "application/json");
        assert_eq!(first.headers()["access-control-allow-origin"], "*");
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        let known = [("if-none-match", tag.as_str())];
        let again = hoster.node.ask(Method::GET, path, &known).await;
        assert_eq!(again.status(), 304, "{path}");
        let posted = hoster.node.ask(Method::POST, path, &[]).await;
        assert_eq!(posted.status(), 405, "{path}");
        let text = first.text().await.unwrap();
        let found = match path {
            "/librehost.json" => read(Format::LibreHost, &text),
            _ => read(Format::XmppProvider, &text),
        };
        assert_eq!(found.hosters.len(), 1);
    }
    let file = hoster.node.json("/librehost.json").await;
    assert_eq!(file["isServiceProvider"], true);
    assert_eq!(file.as_object().unwrap().len(), 17);
    let file = hoster.node.json("/.well-known/xmpp-provider-v2.json").await;
    assert_eq!(file["freeOfCharge"], true);
}

#[actix_web::test]
async fn who_is_no_hoster_has_no_files() {
    let directory = Founded::start("directory", Kind::Directory, Database::sqlite().await).await;
    let nobody = TestNode::start().await;
    for path in ["/librehost.json", "/.well-known/xmpp-provider-v2.json"] {
        assert_eq!(directory.node.get(path).await.status(), 404, "{path}");
        assert_eq!(nobody.get(path).await.status(), 404, "{path}");
    }
}

#[actix_web::test]
async fn peertube_can_follow_this_directory_as_an_index() {
    let node = TestNode::start().await;
    let index = node.json("/api/v1/instances/hosts?count=1000").await;
    let total = index["total"].as_u64().unwrap() as usize;
    assert!(total > 1, "the demo lists several");
    let found = read(Format::PeerTubeIndex, &index.to_string());
    assert_eq!(found.leads.len(), total);

    let pages = ["start=0&count=1&sort=host", "start=1&count=1&sort=host"];
    let [first, second] = pages.map(|page| format!("/api/v1/instances/hosts?{page}"));
    let (first, second) = (node.json(&first).await, node.json(&second).await);
    assert_eq!(first["total"], index["total"]);
    assert!(first["data"][0]["host"].as_str() < second["data"][0]["host"].as_str());
    let none = node
        .json("/api/v1/instances/hosts?since=2030-01-01T00%3A00%3A00.000Z")
        .await;
    assert_eq!(none, json!({ "total": 0, "data": [] }));
    let wrong = node
        .get("/api/v1/instances/hosts?since=yesterday&lang=en")
        .await;
    assert_eq!(wrong.status(), 400);
}

/// The one data block of a page, as a search engine reads it.
fn linked_data(html: &str) -> Value {
    let (_, rest) = html
        .split_once("<script type=\"application/ld+json\">")
        .unwrap();
    let (block, rest) = rest.split_once("</script>").unwrap();
    assert!(!rest.contains("application/ld+json"));
    serde_json::from_str(block).unwrap()
}

#[actix_web::test]
async fn search_engines_read_what_a_page_says_in_both_languages() {
    let node = TestNode::start().await;
    for (language, need) in [
        ("fr", "Textes à plusieurs"),
        ("en", "Shared text documents"),
    ] {
        let path = format!("/{language}/services/infini-pad-infini");
        let page = node.get(&path).await;
        let policy = page.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(policy.contains("script-src 'self';"), "as strict as ever");
        let html = page.text().await.unwrap();
        let data = linked_data(&html);
        assert_eq!(data["@context"], "https://schema.org");
        assert_eq!(data["@type"], "Service");
        assert_eq!(data["@id"], path);
        assert_eq!(data["isRelatedTo"]["name"], "Etherpad");
        let spoken = data["serviceType"].as_str().unwrap();
        assert_eq!(spoken, need);
        let hoster_page = format!("/{language}/hosters/infini");
        assert_eq!(data["provider"]["@id"], hoster_page);
        assert_eq!(
            data["provider"]["location"]["address"]["addressCountry"],
            "FR"
        );

        let data = linked_data(&node.get(&hoster_page).await.text().await.unwrap());
        assert_eq!(data["@type"], "Organization");
        let offers = data["makesOffer"].as_array().unwrap();
        assert!(
            offers
                .iter()
                .any(|offer| offer["itemOffered"]["@id"] == path)
        );
    }
}
