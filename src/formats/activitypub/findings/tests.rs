use std::sync::LazyLock;

use chrono::NaiveDate;
use serde_json::{Value, json};
use url::Url;

use crate::domain::service::{Service, ServiceId};
use crate::domain::taxonomy::Taxonomy;
use crate::formats::activitypub::actor::Subject;
use crate::formats::activitypub::addresses::Addresses;
use crate::formats::activitypub::{actor, collection, note};
use crate::formats::{Document, Findings, Format, Lead};

fn read(document: &Document<'_>) -> Findings {
    static TAXONOMY: LazyLock<Taxonomy> = LazyLock::new(Taxonomy::embedded);
    crate::formats::read(document, &TAXONOMY).unwrap()
}

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn lead(text: &str, format: Format) -> Lead {
    let url = url(text);
    Lead {
        url,
        format,
        of: None,
    }
}

fn read_at(address: &str, format: Format, document: &Value) -> Findings {
    let bytes = serde_json::to_vec(document).unwrap();
    read(&Document {
        format,
        url: &url(address),
        bytes: &bytes,
        seen: NaiveDate::from_ymd_opt(2026, 11, 28).unwrap(),
        of: None,
    })
}

const ACTOR: &str = "https://hosteur.example/ap/org";
const SERVICES: &str = "https://hosteur.example/ap/org/services";

fn hosters_actor() -> Value {
    let ours = Addresses::of(url("https://hosteur.example"));
    let hoster = note::tests::full_hoster();
    let pem = actor::tests::pem();
    actor::write(
        &actor::tests::profile(Subject::Hoster(&hoster), &pem),
        &ours,
    )
}

fn services_note(slug: &str) -> Value {
    let ours = Addresses::of(url("https://hosteur.example"));
    let service = Service {
        id: ServiceId::parse(slug).unwrap(),
        ..note::tests::full_service()
    };
    let moment = "2026-11-20T10:00:00Z".parse().unwrap();
    note::write_service(&service, None, &ours, moment, moment)
}

fn page(address: &str, next: Option<&str>, items: Vec<Value>) -> Value {
    let next = next.map(url);
    collection::write_page(&url(address), &url(SERVICES), 1, None, next.as_ref(), items)
}

fn complaints(findings: &Findings) -> String {
    let complaints = findings.complaints.iter().map(ToString::to_string);
    complaints.collect::<Vec<_>>().join("\n")
}

#[test]
fn an_actor_is_a_hoster_and_leads_to_its_collections() {
    let found = read_at(ACTOR, Format::Actor, &hosters_actor());
    assert_eq!(found.hosters.len(), 1, "{:?}", found.complaints);
    assert_eq!(found.hosters[0].id.as_str(), "hosteur.example");
    assert_eq!(found.leads, [lead(SERVICES, Format::Services)]);
    assert!(!found.asks_to_be_left_out);
    let elsewhere = read_at(
        "https://other.example/ap/org",
        Format::Actor,
        &hosters_actor(),
    );
    assert_eq!(elsewhere.hosters, []);
    assert!(complaints(&elsewhere).contains("its id is not exactly"));
}

#[test]
fn an_actor_that_does_not_say_it_may_be_found_asks_to_be_left_out() {
    for consent in [json!(false), json!(null), json!("true")] {
        let mut actor = hosters_actor();
        actor["discoverable"] = consent;
        let found = read_at(ACTOR, Format::Actor, &actor);
        assert!(found.asks_to_be_left_out);
        assert_eq!((found.hosters.len(), found.leads.len()), (0, 0));
    }
}

#[test]
fn a_page_of_services_leads_to_the_next() {
    let (first, next) = (
        "https://hosteur.example/ap/org/services?page=1",
        "https://hosteur.example/ap/org/services?page=2",
    );
    let items = vec![
        services_note("pads"),
        json!("https://hosteur.example/notes/1"),
    ];
    let found = read_at(first, Format::Services, &page(first, Some(next), items));
    let ids: Vec<_> = found
        .services
        .iter()
        .map(|service| service.id.as_str())
        .collect();
    assert_eq!(ids, ["hosteur.example_pads"], "{}", complaints(&found));
    assert_eq!(found.services[0].hoster.as_str(), "hosteur.example");
    assert_eq!(found.leads, [lead(next, Format::Services)]);
}

#[test]
fn a_service_counts_only_where_its_owner_lives() {
    let elsewhere = "https://evil.example/ap/org/services?page=1";
    let found = read_at(
        elsewhere,
        Format::Services,
        &page(elsewhere, None, vec![services_note("pads")]),
    );
    assert_eq!(found.services, []);
    assert!(complaints(&found).contains("is another's"));

    let here = "https://hosteur.example/ap/org/services?page=1";
    for (field, value) in [
        ("attributedTo", json!("https://evil.example/ap/org")),
        (
            "attributedTo",
            json!([ACTOR, "https://evil.example/ap/org"]),
        ),
        ("attributedTo", json!(5)),
        ("id", json!("https://evil.example/ap/services/pads")),
        ("id", json!(null)),
    ] {
        let mut note = services_note("pads");
        note[field] = value;
        let found = read_at(here, Format::Services, &page(here, None, vec![note]));
        assert_eq!(found.services, [], "{field}");
        assert_eq!(found.complaints.len(), 1);
    }
    // A note for people is none of our business.
    let mut note = services_note("pads");
    note.as_object_mut().unwrap().remove("archi:service");
    let found = read_at(here, Format::Services, &page(here, None, vec![note]));
    assert!(found.services.is_empty() && found.complaints.is_empty());
}

#[test]
fn members_and_peers_are_actors_to_be_read() {
    let here = "https://collective.example/ap/group/members?page=1";
    let vouch = json!({ "type": "Relationship", "id": "https://collective.example/v/1",
        "subject": "https://collective.example/ap/group", "object": ACTOR });
    let items = vec![
        vouch,
        json!("https://two.example/ap/org"),
        json!({ "id": "x" }),
        json!(7),
    ];
    for format in [Format::Members, Format::Peers] {
        let found = read_at(here, format, &page(here, None, items.clone()));
        let leads = [
            lead(ACTOR, Format::Actor),
            lead("https://two.example/ap/org", Format::Actor),
        ];
        assert_eq!(found.leads, leads);
        assert_eq!(found.hosters, []);
    }
}

#[test]
fn the_hosters_of_a_directory_are_read_where_they_are() {
    let here = "https://directory.example/ap/actor/hosters?page=1";
    let items = vec![
        json!(ACTOR),
        json!("https://two.example/"),
        json!({ "type": "Note", "id": "https://three.example/" }),
    ];
    let found = read_at(here, Format::Hosters, &page(here, None, items));
    assert_eq!(found.leads, [lead(ACTOR, Format::Actor)]);
    assert_eq!(found.sites, [url("https://two.example/")]);
    assert_eq!(found.hosters, []);
}

#[test]
fn whatever_the_bytes_are_there_are_findings() {
    let whole = serde_json::to_vec(&hosters_actor()).unwrap();
    let at = url(ACTOR);
    let seen = NaiveDate::from_ymd_opt(2026, 11, 28).unwrap();
    for format in [
        Format::Actor,
        Format::Services,
        Format::Members,
        Format::Peers,
        Format::Hosters,
    ] {
        for length in (0..whole.len()).step_by(7) {
            let bytes = &whole[..length];
            let found = read(&Document {
                format,
                url: &at,
                bytes,
                seen,
                of: None,
            });
            assert_eq!(found.complaints.len(), 1, "{format:?} {length}");
        }
        for bytes in [
            &b"null"[..],
            b"[]",
            b"\xff\xfe",
            b"{\"id\":1,\"id\":2}",
            &[b'['; 100_000],
        ] {
            let found = read(&Document {
                format,
                url: &at,
                bytes,
                seen,
                of: None,
            });
            assert_eq!(found.complaints.len(), 1, "{format:?}");
        }
    }
}
