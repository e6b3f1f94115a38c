use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::formats::anything;
use crate::formats::foreign::fields::kept;

const PEERTUBE: &str = include_str!("../../../fixtures/peertube/instances.json");
const HOSTS: &str = include_str!("../../../fixtures/peertube/hosts.json");
const MOBILIZON: &str = include_str!("../../../fixtures/peertube/mobilizon.json");

fn found(bytes: &[u8]) -> Result<Findings, NotOfFormat> {
    let url = Url::parse("https://instances.joinpeertube.org/api/v1/instances").unwrap();
    let document = anything::document(Format::PeerTubeIndex, &url, bytes);
    read(&document, anything::taxonomy())
}

fn leads(found: &Findings) -> Vec<&str> {
    found.leads.iter().map(|lead| lead.url.as_str()).collect()
}

#[test]
fn every_host_leads_to_its_nodeinfo_and_what_the_index_tells_is_a_third_partys_word() {
    let found = found(PEERTUBE.as_bytes()).unwrap();
    assert_eq!(
        leads(&found),
        [
            "https://tube.nuages.example/.well-known/nodeinfo",
            "https://video.wolke.example:9443/.well-known/nodeinfo",
            "https://tube.silent.example/.well-known/nodeinfo",
        ]
    );
    let complaints: Vec<String> = found.complaints.iter().map(ToString::to_string).collect();
    assert_eq!(
        complaints,
        [
            "data[3]: is left out: the host stands above already",
            "data[4]: is left out: its host is none",
            "data[5]: is left out: names no host",
        ]
    );
    let [first, second] = &found.services[..] else {
        panic!("who has no name is not listed");
    };
    assert_eq!(first.id.as_str(), "tube.nuages.example_peertube");
    assert_eq!(first.need.as_str(), "video-hosting");
    assert_eq!(first.registration, Some(Registration::Request));
    assert_eq!(first.source.kind, SourceKind::ThirdPartyList);
    assert_eq!(kept(&first.other, FORMAT, "version"), Some(json!("7.3.0")));
    assert_eq!(kept(&first.other, FORMAT, "totalUsers"), None);
    assert_eq!(second.hoster.as_str(), "video.wolke.example-9443");
    assert_eq!(second.registration, None, "members may get in");
    assert_eq!(found.hosters[0].name.as_str(), "NuagesTube");
    assert_eq!(
        found.hosters[0].place.country, None,
        "a guess by its address"
    );
}

#[test]
fn an_index_of_mobilizon_lists_places_for_events() {
    let found = found(MOBILIZON.as_bytes()).unwrap();
    assert_eq!(found.complaints, []);
    assert_eq!(
        found.services[0].software.as_ref().unwrap().as_str(),
        "mobilizon"
    );
    assert_eq!(found.services[0].registration, Some(Registration::Free));
}

#[test]
fn hosts_alone_are_leads_and_what_we_write_is_read_back() {
    let read = found(HOSTS.as_bytes()).unwrap();
    assert_eq!((read.leads.len(), read.services.len()), (3, 0));
    let hosts = [
        "tube.nuages.example",
        "video.wolke.example:9443",
        "tube.silent.example",
    ];
    let written = write(3, hosts);
    assert_eq!(written, serde_json::from_str::<Value>(HOSTS).unwrap());
}

#[test]
fn an_index_without_end_is_read_to_its_limit() {
    let hosts: Vec<String> = (0..=MAX_HOSTS)
        .map(|number| format!("h{number}.example"))
        .collect();
    let index = write(hosts.len(), hosts.iter().map(String::as_str)).to_string();
    let read = found(index.as_bytes()).unwrap();
    assert_eq!(read.leads.len(), MAX_HOSTS);
    assert_eq!(
        read.complaints[0].problem,
        "only the first 5000 hosts are read"
    );
    assert_eq!(
        found(&vec![b' '; MAX_BYTES + 1]),
        Err(NotOfFormat::TooLarge(MAX_BYTES))
    );
    let long = format!(
        r#"{{"data":[{{"host":"a.example","x":"{}"}}]}}"#,
        "x".repeat(MAX_ENTRY_BYTES)
    );
    assert_eq!(found(long.as_bytes()).unwrap().leads, []);
}

#[test]
fn what_is_no_host_is_not_asked() {
    for host in [
        "",
        "a/b",
        "u:p@a.example",
        "a.example?x",
        "a b",
        "a_b.example",
        "a.example#",
        "%61.example",
    ] {
        let read = found(write(1, [host]).to_string().as_bytes()).unwrap();
        assert_eq!(read.leads, [], "{host}");
        assert_eq!(read.complaints.len(), 1, "{host}");
    }
}

#[test]
fn a_document_of_another_format_is_refused() {
    for text in ["", "[", "[]", "5", r#"{"data":{}}"#, r#"{"total":5}"#] {
        assert!(found(text.as_bytes()).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_comes_in_is_read_or_refused(bytes in anything::bytes()) {
        drop(found(&bytes));
    }

    #[test]
    fn any_entry_gives_bounded_findings(entries in proptest::collection::vec(
        anything::object(&["host", "name", "shortDescription", "languages", "signupAllowed", "totalVideos", "createdAt"]),
        0..5,
    )) {
        let index = json!({ "total": 1, "data": entries }).to_string();
        let found = found(index.as_bytes()).unwrap();
        prop_assert!(found.leads.len() <= entries.len());
        prop_assert!(found.services.len() <= found.leads.len());
    }
}
