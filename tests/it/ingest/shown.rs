//! Visitors see of each fact who says it and since when.

use archipelago::clock::Clock;
use archipelago::node::fill_with_demo;

use super::*;
use crate::support::database::Database;
use crate::support::node::TestNode;
use crate::support::records::some_day;

#[tokio::test]
async fn pages_and_api_name_the_source_of_each_fact() {
    let database = Database::sqlite().await;
    let store = database.store().await;
    fill_with_demo(&store, &Clock::fixed(some_day()))
        .await
        .unwrap();
    let mut own = hoster(
        "own-file",
        "x",
        json!({ "website": "https://adminforge.de", "place": { "city": "München" } }),
    );
    let mut send = service(
        "own-file",
        "x",
        "y",
        json!({
            "url": "https://send.adminforge.de", "need": "file-drop", "registration": "closed",
        }),
    );
    for source in [&mut own.source, &mut send.source] {
        source.seen = Some("2026-11-20".to_owned().try_into().unwrap());
    }
    crawl_at(
        &store,
        vec![read("https://adminforge.de/own", vec![own], vec![send])],
        some_day(),
    )
    .await;
    let node = TestNode::over(database.shared());
    let told = node.json("/api/v1/hosters/adminforge").await;
    assert_eq!(
        (&told["source"], &told["source_kind"]),
        (&json!("https://adminforge.de/own"), &json!("own-file"))
    );
    assert_eq!(
        told["facts"]["languages"],
        json!({
            "source": "https://github.com/timvisee/send-instances", "source_kind": "third-party-list",
            "seen_at": "2025-12-31", "age": "fresh",
        })
    );
    assert_eq!(told["facts"]["city"], Value::Null);
    let told = node.json("/api/v1/services/adminforge-send").await;
    assert_eq!(told["facts"]["price"]["source_kind"], "third-party-list");
    for (page, own_date, lists_date) in [
        ("/en/hosters/adminforge", "2026-11-20", "2025-12-31"),
        ("/fr/services/adminforge-send", "2026-11-20", "2025-12-31"),
    ] {
        let html = node.get(page).await.text().await.unwrap();
        let facts = html
            .split("class=\"facts\"")
            .nth(1)
            .unwrap()
            .split("</dl>")
            .next()
            .unwrap();
        assert!(
            facts.contains(own_date) && facts.contains(lists_date),
            "{page}: {facts}"
        );
    }
}
