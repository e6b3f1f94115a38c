//! From the bytes of a document to the directory: nobody's mistake loses anybody's data.

use std::sync::Arc;

use archipelago::domain::taxonomy::Taxonomy;
use archipelago::formats::{Complaint, MAX_COMPLAINTS, archipelago as format};
use archipelago::ingest::{Ingested, ingest};
use archipelago::store::Store;
use serde_json::json;

use crate::support::database::{Database, on_both_engines};
use crate::support::records::{hoster, service, some_day};

const SHIPPED: &str = include_str!("../../fixtures/data/hosters.json");

async fn import(store: &Store, document: &str) -> Ingested {
    let findings = format::read(document.as_bytes()).unwrap();
    let taxonomy = Taxonomy::embedded();
    let file = "file:///a.json".parse().unwrap();
    ingest(store, &file, findings, &taxonomy, some_day())
        .await
        .unwrap()
}

fn owned<T: Clone>(shared: &[Arc<T>]) -> Vec<T> {
    shared.iter().map(|one| T::clone(one)).collect()
}

fn said(ingested: &Ingested) -> Vec<String> {
    ingested
        .complaints
        .iter()
        .map(Complaint::to_string)
        .collect()
}

on_both_engines! {
    async fn the_shipped_directory_is_imported_whole_and_once(database: Database) {
        let store = database.store().await;
        let ingested = import(&store, SHIPPED).await;
        assert_eq!(said(&ingested), [""; 0]);
        let directory = store.directory().await.unwrap();
        let counts = (ingested.kept.hosters.added, ingested.kept.services.added);
        assert_eq!((directory.hosters.len() as u64, directory.services.len() as u64), counts);
        let again = import(&store, SHIPPED).await;
        assert!(!again.kept.is_change());
        assert_eq!(store.directory().await.unwrap(), directory);
    }

    async fn an_export_imported_elsewhere_is_the_same_directory(database: Database) {
        let store = database.store().await;
        import(&store, SHIPPED).await;
        let here = store.directory().await.unwrap();
        let (hosters, services) = (owned(&here.hosters), owned(&here.services));
        let document = format::write(&hosters, &services, some_day().date_naive());
        let elsewhere = Database::sqlite().await;
        let store = elsewhere.store().await;
        import(&store, &document).await;
        assert_eq!(store.directory().await.unwrap(), here);
    }

    async fn what_parses_is_kept_and_what_does_not_is_named_with_its_line(database: Database) {
        let store = database.store().await;
        let ingested = import(&store, r#"{ "archipelago": 1, "hosters": [
            { "id": "a", "name": "A", "website": "javascript:alert(1)", "source": { "kind": "own-file", "by": "a" },
              "services": [
                { "id": "s1", "name": "1", "need": "pads", "source": { "kind": "own-file", "by": "a" } },
                { "id": "s2", "name": "2", "need": "world-peace", "source": { "kind": "own-file", "by": "a" } },
                { "id": "s3", "name": "3", "need": "pads", "software": "pencil", "source": { "kind": "own-file", "by": "a" } },
                { "id": "S 4", "name": "4", "need": "pads", "source": { "kind": "own-file", "by": "a" } } ] },
            { "id": "b", "services": [] } ] }"#).await;
        assert_eq!(said(&ingested), [
            "line 2, hosters[0].website: is ignored: is not an http or https address with a host and without a password",
            "line 7, hosters[0].services[3].id: is ignored: an identifier has 1 to 300 of the characters a-z, 0-9, '-', '.' and '_' and begins with a letter or digit",
            "line 7, hosters[0].services[3]: is left out: missing field `id`",
            "line 8, hosters[1]: is left out: missing field `name`",
            "line 5, service s2, need: is left out: nobody knows the need world-peace",
            "line 6, service s3, software: is ignored: nobody knows the software pencil",
        ]);
        let directory = store.directory().await.unwrap();
        let ids: Vec<_> = directory.services.iter().map(|service| service.id.as_str()).collect();
        assert_eq!((directory.hosters.len(), ids), (1, vec!["s1", "s3"]));
        assert_eq!((ingested.kept.hosters.added, ingested.kept.services.added), (1, 2));
    }

    async fn a_list_leaves_alone_what_a_hoster_said_itself(database: Database) {
        let store = database.store().await;
        let own = |name| format!(
            r#"{{"archipelago":1,"hosters":[{{"id":"a","name":"{name}","source":{{"kind":"own-file","by":"a","seen":"2026-11"}}}}]}}"#
        );
        import(&store, &own("Its own")).await;
        let list = format::write(&[hoster("a")], &[service("a", "s")], some_day().date_naive());
        let ingested = import(&store, &list).await;
        assert_eq!((ingested.kept.hosters.changed, ingested.kept.services.added), (1, 1));
        let [hoster] = store.directory().await.unwrap().hosters.try_into().unwrap();
        assert_eq!(hoster.name.as_str(), "Its own");
        // What the hoster does not say, the list does, and is named for it.
        assert_eq!(hoster.facts.keys().collect::<Vec<_>>(), ["description", "languages", "website"]);
        let again = import(&store, &list).await;
        assert_eq!((again.kept.hosters.outranked, again.kept.services.unchanged), (1, 1));
    }

    async fn whatever_an_import_keeps_can_be_read_again(database: Database) {
        let store = database.store().await;
        let document = hostile_document();
        let ingested = import(&store, &document).await;
        let directory = store.directory().await.unwrap();
        let read = (directory.hosters.len() as u64, directory.services.len() as u64);
        assert_eq!(read, (ingested.kept.hosters.added, ingested.kept.services.added));
        assert!(read.0 > 100 && read.1 > 100, "{read:?}");
        let mut findings = format::read(document.as_bytes()).unwrap();
        for service in &mut findings.services {
            // No text of these is the name of one.
            service.software = None;
        }
        for hoster in &directory.hosters {
            assert!(findings.hosters.contains(hoster), "{hoster:?}");
        }
        for service in &directory.services {
            assert!(findings.services.contains(service), "{service:?}");
        }
        let again = import(&store, &document).await;
        assert!(!again.kept.is_change());
    }

    async fn complaints_of_the_reader_and_of_the_vocabulary_share_one_limit(database: Database) {
        let store = database.store().await;
        let wrong = vec!["5"; 400].join(",");
        let unknown: Vec<_> = (0..MAX_COMPLAINTS)
            .map(|n| format!(r#"{{"id":"s{n}","name":"S","need":"nope","source":{{"kind":"own-file","by":"a"}}}}"#))
            .collect();
        let ingested = import(&store, &format!(
            r#"{{"archipelago":1,"hosters":[{wrong},{{"id":"a","name":"A","source":{{"kind":"own-file","by":"a"}},"services":[{}]}}]}}"#,
            unknown.join(",")
        )).await;
        let said = said(&ingested);
        assert_eq!(said.len(), MAX_COMPLAINTS + 1);
        assert!(said[399].ends_with("not an object") && said[400].contains("nobody knows the need"));
        assert_eq!(said[MAX_COMPLAINTS], "the document: 400 more complaints are not listed");
    }
}

/// A hoster with a service for each text that somebody might try, in every field that takes one.
fn hostile_document() -> String {
    let mut texts: Vec<String> = [
        "",
        " ",
        "-999",
        "+999",
        "+12345-1-1",
        "-2024-01-1",
        "0000",
        "0001",
        "9999-12-31",
        "2024-02-30",
        "٢٠٢٤",
        "２０２４",
        "2024-0é",
        "https://bücher.example/é",
        "https://xn--bcher-kva/",
        "https://ß.example",
        "HTTPS://WWW.EXAMPLE.ORG:443/A",
        "https:\\\\a\\b",
        "https://a/\tb\nc",
        "https://a/%zz%00",
        "https://a/?q=é#é",
        "https://[::1]:1/",
        "https://0x7f.1/",
        "https://a/../../b",
        "https://a/\u{202e}",
        "\u{202e}evil",
        "a\u{2066}b",
        "a\u{ffff}b",
        "a\u{fdd0}b",
        "\u{200f}עברית",
        "a\u{0}b",
        "a\rb",
        "a\tb",
        "\u{feff}a",
        "\u{a0}a\u{2028}",
        "e\u{301}",
        "<b>&amp;'\"",
        "\\u0000",
        "a",
        "A",
        "-",
        ".",
        "..",
        "null",
        "FR",
        "fr",
        "free",
        "own-file",
        "pads",
        "1e999",
        "NaN",
    ]
    .map(str::to_owned)
    .to_vec();
    for (piece, times) in [
        ("é", 980),
        ("é", 330),
        ("é", 200),
        ("a", 2_000),
        ("a", 300),
        ("😀", 5_000),
        ("\t", 900),
    ] {
        texts.push(piece.repeat(times));
        texts.push(format!("https://a/{}", piece.repeat(times)));
        texts.push(format!("https://{}/", piece.repeat(times)));
        texts.push(format!("a{}b", piece.repeat(times)));
    }
    let mut hosters = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let source = json!({ "kind": "own-file", "by": text, "seen": text });
        let sound = json!({ "kind": "own-file", "by": "a", "seen": text });
        for (kind, id, name, source) in [
            ("a", text.clone(), "A", &sound),
            ("b", format!("b{number}"), text.as_str(), &sound),
            ("c", format!("c{number}"), "C", &source),
            ("d", format!("d{number}"), "D", &sound),
        ] {
            hosters.push(json!({
                "id": id, "name": name, "website": text, "description": { text: text, "fr": text },
                "legal_form": text, "status": text, "languages": [text, "fr"], "source": source,
                "place": { "country": text, "city": text, "postcode": text, "coordinates": { "lat": 89.999_999_999_999_99, "lon": -0.0 } },
                "memberships": [{ "collective": text, "source": text, "seen": text }, { "collective": "C", "seen": text }],
                "unsourced": [text, "a"], "sources": [text], text: text,
                "services": [{
                    "id": format!("{kind}{number}"), "name": name, "url": text, "need": "pads", "software": text,
                    "registration": text, "price": { "kind": "free", "text": { text: text } },
                    "capacity": { "room": text, "people": 4_294_967_295_u32 },
                    "closing": { "on": text, "note": { "fr": text }, "source": text }, "note": { "fr": text },
                    "source": source, "unsourced": [text],
                }],
            }));
        }
    }
    json!({ "archipelago": 1, "hosters": hosters }).to_string()
}

#[test]
fn bad_files_of_every_kind_are_refused_in_a_sentence() {
    let deep = "[".repeat(100_000);
    let cases: [(&[u8], &str); 17] = [
        (b"", "is empty"),
        (b"\n\t ", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\x00\x01\x02", "is not JSON"),
        (b"\x1f\x8b\x08gzip", "line 1: the document is not UTF-8"),
        (b"{\n\xff}", "line 2: the document is not UTF-8"),
        (b"<!doctype html><p>404", "is not JSON"),
        (b"[service]\nname=x", "is not JSON"),
        (
            b"{\n\"archipelago\":1,\"hosters\":[{\"id\":\"a\"",
            "is not JSON: EOF while parsing an object at line 2",
        ),
        (b"{\"archipelago\":1,\"hosters\":[]} more", "is not JSON"),
        (b"\"archipelago\"", "is no object"),
        (b"{\"hosters\":[]}", "is it of another format?"),
        (b"{\"archipelago\":1}", "has no list of \"hosters\""),
        (
            b"{\"archipelago\":1,\"hosters\":{}}",
            "has no list of \"hosters\"",
        ),
        (
            b"{\"archipelago\":\"1\",\"hosters\":[]}",
            "is of version \"1\"",
        ),
        (
            b"{\"archipelago\":2,\"hosters\":[]}",
            "is of version 2 of the format; this archipelago reads version 1",
        ),
        (deep.as_bytes(), "is no"),
    ];
    for (bytes, problem) in cases {
        let refusal = format::read(bytes).unwrap_err().to_string();
        assert!(refusal.contains(problem), "{refusal}");
        assert!(refusal.len() < 200, "{refusal}");
    }
    let large = vec![b' '; format::MAX_BYTES + 1];
    assert_eq!(
        format::read(&large).unwrap_err().to_string(),
        "the document is larger than 128 MiB"
    );
    let many = format!(
        r#"{{"archipelago":1,"hosters":[{}5]}}"#,
        "5,".repeat(format::MAX_RECORDS)
    );
    assert_eq!(
        format::read(many.as_bytes()),
        Err(format::NotArchipelago::TooMany)
    );
}

#[test]
fn a_hostile_record_costs_only_itself() {
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    let document = format!(
        r#"{{"archipelago":1,"hosters":[{{"id":"a","name":{deep},"source":{{}}}},
            {{"id":"b","name":"\u0000","source":{{"kind":"own-file","by":"b"}}}},
            {{"id":"c","name":"C","city":"\u202e","unknown":{{}},"source":{{"kind":"own-file","by":"c","seen":"soon"}}}}]}}"#
    );
    let found = format::read(document.as_bytes()).unwrap();
    let ids: Vec<_> = found
        .hosters
        .iter()
        .map(|hoster| hoster.id.as_str())
        .collect();
    assert_eq!(ids, ["c"]);
    assert_eq!(found.hosters[0].source.seen, None);
    let lines: Vec<_> = found
        .complaints
        .iter()
        .map(|complaint| complaint.line.unwrap())
        .collect();
    assert_eq!(lines, [1, 2, 2, 3]);
}
