//! What other directories and hosters publish, in every format that is imported or crawled.

use std::collections::{BTreeMap, HashSet};

use archipelago::domain::hoster::Hoster;
use archipelago::domain::service::Service;
use archipelago::domain::text::is_plain;
use archipelago::formats::archipelago::MAX_RECORD_BYTES;
use archipelago::formats::chatonsinfos::Writer;
use archipelago::formats::{
    Document, Findings, Format, MAX_COMPLAINTS, archipelago as exchange, guess, librehost,
    peertube_index, read, xmpp_provider,
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use url::Url;

use super::{Target, chosen, day, fixtures, lines, seed, taxonomy};

/// The first line is the format's word, or a name to guess by.
pub const TARGET: Target = Target {
    name: "documents",
    check,
    seeds,
};

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![
        seed("librehost", "librehost/librehost.json"),
        seed("librehosters", "librehost/directory.json"),
        seed("librehost", "librehost/draft.json"),
        seed("peertube-index", "peertube/hosts.json"),
        seed("peertube-index", "peertube/instances.json"),
        seed("peertube-index", "peertube/mobilizon.json"),
        seed("xmpp-provider", "xmpp/xmpp-provider-v2.json"),
        seed("xmpp-provider", "xmpp/by-hand.json"),
        seed("nodeinfo-links", "nodeinfo/links-mastodon.json"),
        seed("nodeinfo", "nodeinfo/mastodon.json"),
        seed("nodeinfo", "nodeinfo/peertube.json"),
        seed("nodeinfo", "nodeinfo/gnusocial.json"),
        seed("archipelago", "upgrades/hosters.json"),
        seed("x.json", "upgrades/hosters.json"),
    ];
    for folder in ["chatonsinfos", "chatonsinfos/old", "chatonsinfos/yunohost"] {
        let files = fixtures(folder, ".properties").into_iter();
        seeds.extend(files.map(|file| [b"chatonsinfos\n".as_slice(), &file].concat()));
    }
    for software in ["mastodon", "lemmy", "gotosocial", "mobilizon", "peertube"] {
        for word in ["actor", "services", "members", "peers", "hosters"] {
            let files = fixtures(&format!("activitypub/{software}"), ".json").into_iter();
            seeds.extend(files.map(|file| [word.as_bytes(), b"\n", &file].concat()));
        }
    }
    seeds
}

fn check(input: &[u8]) {
    let (choice, bytes) = chosen(input);
    let format = Format::from_word(choice).unwrap_or_else(|| guess(choice, bytes));
    let url = address(bytes);
    let document = Document {
        format,
        url: &url,
        bytes,
        seen: day(),
        of: None,
    };
    let Ok(found) = read(&document, taxonomy()) else {
        return;
    };
    let again = read(&document, taxonomy()).expect("it could be read before");
    assert_eq!(again, found, "reading is not chance");
    assert!(found.complaints.len() <= MAX_COMPLAINTS + 1);
    for complaint in found.complaints.iter() {
        let is_there = complaint
            .line
            .is_none_or(|line| (1..=lines(bytes)).contains(&line));
        assert!(is_there, "no such line: {complaint}");
    }
    let hosters: HashSet<_> = found.hosters.iter().map(|hoster| &hoster.id).collect();
    let services: HashSet<_> = found.services.iter().map(|service| &service.id).collect();
    assert_eq!(
        (hosters.len(), services.len()),
        (found.hosters.len(), found.services.len()),
        "each id once"
    );
    is_written_back(&found);
}

/// Where it lies: where it says that it does, as actors and collections have to.
fn address(bytes: &[u8]) -> Url {
    let json = serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    let said = json
        .get("id")
        .and_then(Value::as_str)
        .and_then(|id| id.parse().ok());
    said.unwrap_or_else(|| {
        "https://a.example/x/document"
            .parse()
            .expect("it is an address")
    })
}

/// What was read of any format is written in each of ours, and read back without loss where that is promised.
fn is_written_back(found: &Findings) {
    let made: DateTime<Utc> = day()
        .and_hms_opt(8, 0, 0)
        .expect("it is a moment")
        .and_utc();
    let text = exchange::write(&found.hosters, &found.services, day());
    let back = exchange::read(text.as_bytes()).expect("what we write we read");
    if text.len() <= MAX_RECORD_BYTES {
        let mut offered: Vec<&Service> = Vec::new();
        for hoster in &found.hosters {
            offered.extend(
                found
                    .services
                    .iter()
                    .filter(|service| service.hoster == hoster.id),
            );
        }
        assert_eq!(back.hosters, found.hosters);
        assert_eq!(back.services.iter().collect::<Vec<_>>(), offered);
        assert_eq!(back.complaints.len(), 0, "{:?}", back.complaints);
    }
    for hoster in found.hosters.iter().take(20) {
        let own = found
            .services
            .iter()
            .filter(|service| service.hoster == hoster.id);
        let own: Vec<&Service> = own.take(20).collect();
        is_written_for_others(hoster, &own, made);
    }
}

fn is_written_for_others(hoster: &Hoster, services: &[&Service], made: DateTime<Utc>) {
    // ChatonsInfos has no escapes of its own, and its readers pass over what may not be shown.
    let is_shown = |other: &BTreeMap<String, String>| {
        let mut texts = other.iter().flat_map(|(key, value)| [key, value]);
        texts.all(|text| text.chars().all(|c| is_plain(c) || c == '\n' || c == '\t'))
    };
    if !is_shown(&hoster.other) || !services.iter().all(|service| is_shown(&service.other)) {
        return;
    }
    let writer = Writer {
        taxonomy: taxonomy(),
        made,
    };
    let files = writer.hoster(hoster, services, None);
    let read_back = |text: &str| {
        let url = "file:///x.properties".parse().expect("it is an address");
        let bytes = text.as_bytes();
        let document = Document {
            format: Format::ChatonsInfos,
            url: &url,
            bytes,
            seen: day(),
            of: Some(&hoster.id),
        };
        read(&document, taxonomy()).unwrap_or_else(|error| panic!("{error}: {text}"))
    };
    assert_eq!(
        read_back(&files[0].text).hosters.first(),
        Some(hoster),
        "{}",
        files[0].text
    );
    for (file, service) in files[1..].iter().zip(services) {
        assert_eq!(
            read_back(&file.text).services.first(),
            Some(*service),
            "{}",
            file.text
        );
    }
    drop(librehost::write(hoster, true, made).to_string());
    for service in services {
        drop(peertube_index::host(service));
        if xmpp_provider::is_one(service) {
            drop(xmpp_provider::write(hoster, service).to_string());
        }
    }
}
