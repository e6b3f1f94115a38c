//! A whole directory as one signed document, and what changed of it, as a mirror takes them.

use std::io::Write;

use archipelago::formats::activitypub::directory_state::{self, DirectoryState};
use archipelago::formats::activitypub::proof::{Signer, generate};
use archipelago::formats::snapshot::{self, Changes, Chosen, Record, State, Writer};
use archipelago::formats::{archipelago as exchange, canonical};
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::{Target, day, fixture};

/// A document, packed or not.
pub const TARGET: Target = Target {
    name: "snapshots",
    check,
    seeds,
};

fn seeds() -> Vec<Vec<u8>> {
    let found = exchange::read(&fixture("upgrades/hosters.json")).expect("the fixture can be read");
    let hosters = found.hosters.iter().map(|hoster| {
        let own = found
            .services
            .iter()
            .filter(|service| service.hoster == hoster.id);
        Record::of_hoster(hoster, own.map(|service| (service, None)))
    });
    let mut records: Vec<Record> = hosters.chain([Chosen::default().record()]).collect();
    records.sort_by_key(Record::key);
    let mut state = State::default();
    for record in &records {
        state.put(record);
    }
    let said = DirectoryState {
        origin: "https://a.example/ap/actor"
            .parse()
            .expect("it is an address"),
        revision: 7,
        issued: moment(),
        records: state.records(),
        state: state.digest(),
    };
    let method = format!("{}#key", said.origin)
        .parse()
        .expect("it is an address");
    let signer = Signer::new(&generate().0, method).expect("the key was just made");
    let signed = signer.sign(directory_state::write(&said), said.issued);
    let whole = written(&signed, &records).into_bytes();
    let gone = vec![(snapshot::Kind::Hoster, "gone".to_owned())];
    let changes = Changes {
        since: 6,
        changed: records,
        gone,
        signed,
    };
    let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
    packing.write_all(&whole).expect("memory takes it");
    vec![
        whole,
        packing.finish().expect("memory takes it"),
        changes.write().into_bytes(),
    ]
}

fn moment() -> DateTime<Utc> {
    day()
        .and_hms_opt(8, 0, 0)
        .expect("it is a moment")
        .and_utc()
}

fn written(signed: &Value, records: &[Record]) -> String {
    let day = directory_state::read(signed).map_or(day(), |(said, _)| said.issued.date_naive());
    let mut writer = Writer::begin(Vec::new(), day, signed).expect("memory takes it");
    for record in records {
        writer.add(record).expect("memory takes it");
    }
    String::from_utf8(writer.end().expect("memory takes it")).expect("it is text")
}

fn check(input: &[u8]) {
    let mut records = Vec::new();
    let read = snapshot::read(input, |record, content| {
        assert_eq!(record.content().as_ref(), Ok(&content));
        records.push(record);
        Ok(())
    });
    let checked = snapshot::check(input);
    match (read, &checked) {
        (Err(_), Ok(_)) => panic!("what cannot be read was believed"),
        (Ok(read), Ok(checked)) => {
            assert_eq!(read.document, checked.document);
            assert_eq!(checked.state.records(), records.len() as u64);
            let again = written(&checked.document, &records);
            let back = snapshot::check(again.as_bytes())
                .unwrap_or_else(|error| panic!("{error}: {again}"));
            assert_eq!(
                (&back.signed, &back.state),
                (&checked.signed, &checked.state)
            );
            // Packed or spaced otherwise, it is the same text once it is the one text.
            if let Ok(json) = serde_json::from_slice::<Value>(input) {
                assert_eq!(canonical::of(&json), again);
            }
        }
        _ => {}
    }
    if let Ok(changes) = Changes::read(input) {
        let text = changes.write();
        let again =
            Changes::read(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
        // What is signed may be written otherwise, as numbers are; its one text is one.
        assert_eq!(again.write(), text);
        assert_eq!(
            (again.changed, again.gone),
            (changes.changed.clone(), changes.gone.clone())
        );
        drop(changes.over(&State::default()));
    }
}
