//! From the bytes of a document to the directory: nobody's mistake loses anybody's data.

use archipelago::domain::taxonomy::Taxonomy;
use archipelago::formats::{Complaint, archipelago as format};
use archipelago::ingest::{Ingested, ingest};
use archipelago::store::Store;

use crate::support::database::{Database, on_both_engines};
use crate::support::records::{hoster, service, some_day};

const SHIPPED: &str = include_str!("../../fixtures/data/hosters.json");

async fn import(store: &Store, document: &str) -> Ingested {
    let findings = format::read(document.as_bytes()).unwrap();
    let taxonomy = Taxonomy::embedded();
    ingest(store, findings, &taxonomy, some_day())
        .await
        .unwrap()
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
        let document = format::write(&here.hosters, &here.services, some_day().date_naive());
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
            r#"{{"archipelago":1,"hosters":[{{"id":"a","name":"{name}","source":{{"kind":"own-file","by":"a"}}}}]}}"#
        );
        import(&store, &own("Its own")).await;
        let list = format::write(&[hoster("a")], &[service("a", "s")], some_day().date_naive());
        let ingested = import(&store, &list).await;
        assert_eq!((ingested.kept.hosters.outranked, ingested.kept.services.added), (1, 1));
        assert_eq!(store.directory().await.unwrap().hosters[0].name.as_str(), "Its own");
    }
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
            {{"id":"c","name":"\u202eC","unknown":{{}},"source":{{"kind":"own-file","by":"c","seen":"soon"}}}}]}}"#
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
