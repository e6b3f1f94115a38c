//! Many services at once, from a document in our exchange format.

use serde_json::{Value, json};

use super::{hoster, published};
use crate::support::desk::{stderr, stdout};

/// A document of one hoster with these services.
fn document(services: &[Value]) -> String {
    let source = json!({ "kind": "third-party-list", "by": "a list" });
    let with_source = services.iter().map(|service| {
        let mut service = service.clone();
        service["source"] = source.clone();
        service
    });
    let hoster = json!({
        "id": "other", "name": "Another name", "source": source,
        "services": with_source.collect::<Vec<_>>(),
    });
    json!({ "archipelago": 1, "hosters": [hoster] }).to_string()
}

#[tokio::test]
async fn all_services_of_a_document_become_ours_at_once() {
    let desk = hoster();
    let mut services: Vec<Value> = (1..=5)
        .map(|n| json!({ "id": format!("s{n}"), "name": format!("Service {n}"), "need": "pads" }))
        .collect();
    services[0]["unsourced"] = json!(["registration"]);
    services[1]["software"] = json!("nobody-knows-it");
    services[2]["registration"] = json!("maybe");
    services.push(json!({ "id": "s6", "name": "Six", "need": "nobody-needs-it" }));
    services.push(json!({ "id": "s7", "name": "\u{0}\u{1b}[31m", "need": "pads" }));
    desk.write("mine.json", &document(&services));
    let added = desk.run("service add --from mine.json");
    assert_eq!(
        stdout(&added),
        "5 services are published; nobody follows yet.\n"
    );
    let complaints = stderr(&added);
    for complaint in [
        "services[2].registration: is ignored",
        "service s2, software: is ignored: nobody knows the software nobody-knows-it",
        "service s6, need: is left out",
        "services[6]: is left out",
    ] {
        assert!(complaints.contains(complaint), "{complaints}");
    }
    assert!(!complaints.contains(['\u{0}', '\u{1b}']), "{complaints}");
    // Whoever reads records gets each, whoever reads a timeline one post about all.
    assert_eq!(published(&desk).await, ["Create"; 6]);
    let list = desk.json("service list");
    for service in list["results"].as_array().unwrap() {
        assert_eq!(service["hoster"], "hoster.example");
        assert_eq!(service["source"]["kind"], "own-node");
        assert_eq!(service["unsourced"], json!([]));
    }

    // Once more with one that is new.
    services.push(json!({ "id": "s8", "name": "Eight", "need": "polls" }));
    desk.write("mine.json", &document(&services));
    let again = desk.json("service add --from mine.json");
    assert_eq!(again["services"].as_array().unwrap().len(), 1);
    assert_eq!(again["services"][0]["id"], "s8");
    let complaints = again["complaints"].to_string();
    assert!(
        complaints.contains("service s1: is left as it is: it is ours already"),
        "{complaints}"
    );
    let nothing = desk.run("service add --from mine.json");
    assert_eq!(nothing.status.code(), Some(1));
    assert!(stderr(&nothing).contains("mine.json holds no service that could be added"));
    assert_eq!(desk.json("service list")["total"], 6);
}

#[test]
fn a_document_that_is_not_of_one_hoster_is_refused() {
    let desk = hoster();
    let hoster = json!({ "id": "a", "name": "A", "source": { "kind": "own-file", "by": "a" } });
    let mut other = hoster.clone();
    other["id"] = json!("b");
    let several = json!({ "archipelago": 1, "hosters": [hoster, other] }).to_string();
    for (text, problem) in [
        (several.as_str(), "holds 2 hosters"),
        (r#"{"archipelago":1,"hosters":[]}"#, "holds 0 hosters"),
        (&document(&[]), "holds no service that could be added"),
        ("<html>", "d.json cannot be read (the document is not JSON"),
        ("", "is empty"),
        ("\u{0}", "is not JSON"),
    ] {
        desk.write("d.json", text);
        let sentence = desk.refused(1, &["service", "add", "--from", "d.json"]);
        assert!(sentence.contains(problem), "{sentence}");
    }
    let sentence = desk.refused(1, &["service", "add", "--from", "nowhere.json"]);
    assert!(sentence.contains("cannot read nowhere.json"), "{sentence}");
    let sentence = desk.refused(2, &["service", "add", "--from", "https://a.example/"]);
    assert!(sentence.contains("download the document"), "{sentence}");
    assert_eq!(desk.json("service list")["total"], 0);
}
