use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::anchor::Anchor;
use crate::domain::block::{Block, Domain, Severity};
use crate::domain::decision::Via;
use crate::domain::health::Availability;
use crate::domain::policy::Rules;
use crate::domain::text::Prose;
use crate::formats::activitypub::directory_state::{self, DirectoryState};
use crate::formats::activitypub::proof::{Signer, generate};
use crate::formats::archipelago;

/// The shipped directory, as records.
fn records() -> Vec<Record> {
    let shipped = include_bytes!("../../../fixtures/data/hosters.json");
    let found = archipelago::read(shipped).unwrap();
    let mut records: Vec<Record> = (found.hosters.iter())
        .map(|hoster| {
            let offered = found.services.iter().filter(|one| one.hoster == hoster.id);
            Record::of_hoster(hoster, offered.map(|service| (service, None)))
        })
        .collect();
    records.push(Chosen::default().record());
    records.sort_by_key(Record::key);
    records
}

/// A document of records, signed by somebody.
fn document(records: &[Record]) -> String {
    let mut state = State::default();
    for record in records {
        state.put(record);
    }
    let said = DirectoryState {
        origin: "https://a.example/ap/actor".parse().unwrap(),
        revision: 7,
        issued: "2026-11-30T08:00:00Z".parse().unwrap(),
        records: state.records(),
        state: state.digest(),
    };
    let method = format!("{}#key", said.origin).parse().unwrap();
    let signer = Signer::new(&generate().0, method).unwrap();
    let signed = signer.sign(directory_state::write(&said), said.issued);
    let mut writer = Writer::begin(Vec::new(), said.issued.date_naive(), &signed).unwrap();
    records
        .iter()
        .for_each(|record| writer.add(record).unwrap());
    String::from_utf8(writer.end().unwrap()).unwrap()
}

#[test]
fn the_shipped_directory_is_written_and_read_back_without_loss() {
    let records = records();
    let text = document(&records);
    let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
    packing.write_all(text.as_bytes()).unwrap();
    let packed = packing.finish().unwrap();
    for bytes in [text.as_bytes(), &packed] {
        let mut again = Vec::new();
        read(bytes, |record, content| {
            assert_eq!(record.content().as_ref(), Ok(&content));
            again.push(record);
            Ok(())
        })
        .unwrap();
        assert_eq!(again, records);
        let checked = check(bytes).unwrap();
        assert_eq!((checked.signed.revision, checked.services), (7, 333));
    }
    let shipped = include_bytes!("../../../fixtures/data/hosters.json");
    let shipped = archipelago::read(shipped).unwrap();
    let imported = archipelago::read(text.as_bytes()).unwrap();
    assert_eq!(imported.complaints.iter().count(), 0);
    assert_eq!(imported.hosters.len(), shipped.hosters.len());
    for hoster in &shipped.hosters {
        assert!(imported.hosters.contains(hoster), "{}", hoster.id);
    }
    for service in &shipped.services {
        assert!(imported.services.contains(service), "{}", service.id);
    }
}

#[test]
fn what_the_operator_chose_and_what_was_seen_is_read_as_it_was() {
    let since = "2026-11-01T10:00:00.123Z".parse().unwrap();
    let reason = Prose::parse("Parce que.").unwrap();
    let chosen = Chosen {
        own: Some(serde_json::from_value(json!("a")).unwrap()),
        ours: vec!["https://a.example/ap/org".parse().unwrap()],
        anchors: vec![Anchor {
            actor: "https://b.example/ap/group".parse().unwrap(),
            name: None,
            reason: Some(reason.clone()),
            since: Some(since),
            via: Via::Operator,
        }],
        blocks: vec![Block {
            domain: Domain::parse("c.example").unwrap(),
            severity: Severity::Hide,
            reason: Some(reason),
            source: None,
            since: None,
            via: Via::Settings,
        }],
        rules: Rules::USUAL,
    };
    let read = chosen.record().content();
    assert_eq!(read, Ok(Content::Choices(Box::new(chosen))));
    let shipped = archipelago::read(include_bytes!("../../../fixtures/data/hosters.json"));
    let shipped = shipped.unwrap();
    let seen = Availability {
        asked: 720,
        up: 700,
        down_since: Some(since),
    };
    let service = &shipped.services[0];
    let hoster = shipped.hosters.iter().find(|one| one.id == service.hoster);
    let record = Record::of_hoster(hoster.unwrap(), [(service, Some(seen))]);
    let Ok(Content::Hoster(entry)) = record.content() else {
        panic!("a hoster is read as one");
    };
    assert_eq!(entry.services, [(service.clone(), Some(seen))]);
}

#[test]
fn changes_are_written_and_read_back_and_have_a_bound() {
    let records = records();
    let signed = check(document(&records).as_bytes()).unwrap().document;
    let changes = Changes {
        since: 3,
        changed: records[..3].to_vec(),
        gone: vec![(Kind::Hoster, "gone".to_owned())],
        signed,
    };
    let text = changes.write();
    assert_eq!(Changes::read(text.as_bytes()), Ok(changes));
    let many = " ".repeat(MAX_CHANGES_BYTES) + &text;
    assert_eq!(Changes::read(many.as_bytes()), Err(NotChanges::TooLarge));
    for (from, to) in [
        ("\"since\":\"3\"", "\"since\":\"x\""),
        ("\"archipelago\":1", "\"archipelago\":2"),
        ("\"gone\":{", "\"gone\":{},\"gone\":{"),
        ("\"since\"", "\"other\":1,\"since\""),
        ("\"hosters\":[{", "\"hosters\":[{ "),
    ] {
        assert!(text.contains(from), "{from}");
        let wrong = text.replacen(from, to, 1);
        let refused = Changes::read(wrong.as_bytes());
        assert!(matches!(refused, Err(NotChanges::OtherShape(_))), "{to}");
    }
}

proptest! {
    #[test]
    fn a_snapshot_of_which_any_byte_was_changed_is_refused(
        at in any::<prop::sample::Index>(), byte: u8
    ) {
        let records = &records()[..4];
        let text = document(records);
        let mut bytes = text.clone().into_bytes();
        // What is signed has its own key and its own tests.
        let signed = text.find(r#""signed":"#).unwrap();
        let place = at.index(signed);
        bytes[place] = byte;
        prop_assert_eq!(check(&bytes[..]).is_ok(), bytes == text.as_bytes());
    }

    #[test]
    fn whatever_bytes_come_are_answered(bytes: Vec<u8>, packed: bool) {
        let beginning: &[u8] = if packed { &[0x1f, 0x8b, 8, 0] } else { b"{\"archipelago\":1," };
        let bytes = [beginning, &bytes].concat();
        prop_assert!(check(&bytes[..]).is_err());
        prop_assert!(Changes::read(&bytes).is_err());
    }
}
