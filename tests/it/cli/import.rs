//! `archipelago import` of what other directories publish: librehosters, PeerTube, XMPP.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::desk::{Desk, stderr, stdout};
use crate::support::far_web::{FarWeb, Reply};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");

/// The directory's one hoster with its services, after an import.
fn the_hoster(desk: &Desk) -> Value {
    let all: Value = serde_json::from_str(&desk.said("export archipelago")).unwrap();
    let [hoster] = all["hosters"].as_array().unwrap().as_slice() else {
        panic!("{all}");
    };
    hoster.clone()
}

#[test]
fn a_hosters_file_of_librehost_is_imported_with_its_faults_named() {
    let desk = Desk::new();
    let said = desk.said(&format!(
        "import librehost {FIXTURES}/librehost/librehost.json"
    ));
    assert!(said.starts_with("hosters: 1 added"), "{said}");
    let hoster = the_hoster(&desk);
    assert_eq!(hoster["id"], "nuages.example");
    assert_eq!(hoster["name"], "Les Nuages Libres");
    assert_eq!(hoster["languages"], json!(["fr", "en"]));
    assert_eq!(hoster["source"]["kind"], "own-file");

    let draft = desk.run(&format!("import librehost {FIXTURES}/librehost/draft.json"));
    assert!(
        stdout(&draft).starts_with("hosters: 1 added"),
        "{}",
        stdout(&draft)
    );
    let faults = stderr(&draft);
    assert!(faults.contains("contactUrl: is ignored"), "{faults}");
}

#[test]
fn a_directory_of_librehosters_names_documents_and_holds_nobody() {
    let desk = Desk::new();
    let directory = format!("import librehosters {FIXTURES}/librehost/directory.json");
    let imported = desk.run(&directory);
    assert_eq!(imported.status.code(), Some(0), "{}", stderr(&imported));
    let said = stdout(&imported);
    assert!(said.starts_with("hosters: 0 added"), "{said}");
    assert!(
        said.contains("\n2 further documents named there and not read: "),
        "{said}"
    );
    assert!(
        stderr(&imported).contains("by-hand: is ignored"),
        "{}",
        stderr(&imported)
    );
    let again = desk.json(&directory);
    assert_eq!(
        (&again["further"], &again["hosters"]["added"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(again["complaints"].as_array().unwrap().len(), 2);
}

#[test]
fn an_index_of_peertube_is_a_third_partys_word() {
    let desk = Desk::new();
    let imported = desk.run(&format!(
        "import peertube-index {FIXTURES}/peertube/instances.json"
    ));
    let said = stdout(&imported);
    assert!(said.starts_with("hosters: 2 added"), "{said}");
    assert!(said.contains("services: 2 added"), "{said}");
    assert!(said.contains("3 further documents"), "{said}");
    assert!(stderr(&imported).contains("data[4]: is left out: its host is none"));
    let found = desk.json("search NuagesTube");
    assert_eq!(
        found["results"][0]["id"], "tube.nuages.example_peertube",
        "{found}"
    );
    assert_eq!(found["results"][0]["registration"], "request");
    assert_eq!(found["results"][0]["source_kind"], "third-party-list");

    let said = desk.said(&format!(
        "import peertube-index {FIXTURES}/peertube/mobilizon.json"
    ));
    assert!(said.contains("services: 1 added"), "{said}");
    let said = desk.said(&format!(
        "import peertube-index {FIXTURES}/peertube/hosts.json"
    ));
    assert!(
        said.starts_with("hosters: 0 added") && said.contains("3 further documents"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_of_xmpp_is_imported_from_its_address() {
    let file = Path::new(FIXTURES).join("xmpp/xmpp-provider-v2.json");
    let text = fs::read(file).unwrap();
    let far = FarWeb::start(move |_| Reply::new(200).body(text.clone())).await;
    let url = far.url("wolke.localhost", "/.well-known/xmpp-provider-v2.json");
    let desk = Desk::new();
    tokio::task::block_in_place(|| {
        let said = desk.said(&format!(
            "import xmpp-provider {url} --allow-net 127.0.0.0/8"
        ));
        assert!(said.starts_with("hosters: 1 added"), "{said}");
        assert!(said.contains("services: 1 added"), "{said}");
        let hoster = the_hoster(&desk);
        let service = &hoster["services"][0];
        assert_eq!(service["need"], "instant-messaging", "{hoster}");
        assert_eq!(service["price"]["kind"], "free");
        assert_eq!(hoster["place"]["country"], "DE");
    });
}

#[test]
fn a_document_of_another_format_is_refused_in_a_sentence_and_makes_no_database() {
    let desk = Desk::new();
    desk.write("other.json", r#"{"error":"not found"}"#);
    for format in [
        "librehost",
        "librehosters",
        "peertube-index",
        "xmpp-provider",
    ] {
        let sentence = desk.refused(1, &["import", format, "other.json"]);
        assert!(
            sentence.contains("other.json cannot be imported"),
            "{format}: {sentence}"
        );
    }
    assert!(!desk.has("archipelago.db"));
}
