use std::collections::BTreeMap;

use serde_json::json;
use url::Url;

use super::*;
use crate::domain::hoster::HosterStatus;
use crate::domain::provenance::SourceKind;
use crate::domain::service::ServiceId;
use crate::formats::activitypub::{actor, document, ids};
use crate::formats::archipelago;

fn ours() -> Addresses {
    Addresses::of(Url::parse("https://hosteur.example").unwrap())
}

fn moment() -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn today() -> chrono::NaiveDate {
    "2026-11-23".parse().unwrap()
}

/// Everything that can be said of a service.
pub(in crate::formats::activitypub) fn full_service() -> Service {
    serde_json::from_value(json!({
        "id": "cloud", "hoster": "hosteur", "name": "Nuage <b>", "need": "file-storage",
        "url": "https://cloud.hosteur.example/", "software": "nextcloud", "registration": "request",
        "price": { "kind": "membership", "text": { "fr": "12 € par an", "en": "€12 a year" } },
        "capacity": { "room": "open", "people": 200 },
        "closing": {
            "on": "2027-12", "announced": "2026-11-20", "new_accounts_until": "2027-01-31",
            "export_until": "2027-11-30", "successor": "https://autre.example/",
            "note": { "fr": "Plus assez de bénévoles." }, "source": "https://hosteur.example/fin",
        },
        "note": { "fr": "5 Go & plus.\n\nDeux paragraphes." },
        "source": { "kind": "own-file", "by": "a test" },
    }))
    .unwrap()
}

pub(in crate::formats::activitypub) fn full_hoster() -> Hoster {
    serde_json::from_value(json!({
        "id": "hosteur", "name": "Hosteur Exemple", "website": "https://www.hosteur.example/",
        "languages": ["br", "fr"], "legal_form": "association", "status": "active",
        "place": { "country": "FR", "city": "Nantes", "postcode": "44000",
                   "coordinates": { "lat": 47.2184, "lon": -1.5536 } },
        "description": { "fr": "Association d’hébergement\nà Nantes." },
        "source": { "kind": "own-file", "by": "a test" },
    }))
    .unwrap()
}

fn note() -> Value {
    write_service(
        &full_service(),
        Some(&full_hoster()),
        &ours(),
        moment(),
        moment(),
    )
}

fn read(note: &Value) -> Result<Service, NotAService> {
    read_service(note, &ours().actor(Local::Hoster), today())
}

/// As it travels: through text.
fn sent(document: &Value) -> Value {
    document::read(document.to_string().as_bytes()).unwrap()
}

/// A service as it must come back: what is not of the hoster's telling is replaced by the telling.
fn expected_back(service: &Service) -> Service {
    let ours = ours();
    let note = ours.service(service.id.as_str());
    Service {
        id: ids::service_id(&note).unwrap(),
        hoster: ids::hoster_id(&ours.actor(Local::Hoster)).unwrap(),
        source: told(&ours),
        facts: BTreeMap::new(),
        unsourced: Vec::new(),
        other: BTreeMap::new(),
        object: Some(link(&note)),
        ..service.clone()
    }
}

fn told(ours: &Addresses) -> crate::domain::provenance::Source {
    crate::domain::provenance::Source {
        kind: SourceKind::OwnNode,
        by: crate::domain::text::Name::parse(ours.actor(Local::Hoster).as_str()).unwrap(),
        seen: Some(today().into()),
    }
}

fn link(url: &Url) -> crate::domain::text::Link {
    crate::domain::text::Link::parse(url.as_str()).unwrap()
}

#[test]
fn a_services_note_is_that_of_the_contract() {
    insta::assert_json_snapshot!(note());
}

#[test]
fn a_summary_lists_the_services_for_people() {
    let (one, two) = (full_service(), full_service());
    let note = write_summary_note(7, &full_hoster(), &[&one, &two], &ours(), moment());
    insta::assert_json_snapshot!(note);
    let many = vec![&one; prose::MAX_LISTED + 5];
    let note = write_summary_note(7, &full_hoster(), &many, &ours(), moment());
    let content = note["content"].as_str().unwrap();
    assert!(content.contains("25 services"));
    assert_eq!(content.matches("<li>").count(), prose::MAX_LISTED);
}

#[test]
fn everything_that_can_be_said_of_a_service_travels() {
    let service = full_service();
    assert_eq!(read(&sent(&note())), Ok(expected_back(&service)));
}

#[test]
fn the_shipped_directory_travels_without_loss() {
    let shipped = include_bytes!("../../../../fixtures/data/hosters.json");
    let found = archipelago::read(shipped).unwrap();
    assert!(found.services.len() > 300 && found.hosters.len() > 100);
    let ours = ours();
    for service in &found.services {
        let hoster = found.hosters.iter().find(|it| it.id == service.hoster);
        let note = write_service(service, hoster, &ours, moment(), moment());
        assert_eq!(read(&sent(&note)), Ok(expected_back(service)));
    }
    let pem = actor::tests::pem();
    for hoster in &found.hosters {
        let profile = actor::tests::profile(actor::Subject::Hoster(hoster), &pem);
        let document = sent(&actor::write(&profile, &ours));
        let id = ours.actor(Local::Hoster);
        let read = actor::read_actor(&document, &id, today()).unwrap();
        let expected = Hoster {
            id: ids::hoster_id(&id).unwrap(),
            source: told(&ours),
            memberships: Vec::new(),
            sources: Vec::new(),
            facts: BTreeMap::new(),
            unsourced: Vec::new(),
            other: BTreeMap::new(),
            actor: Some(link(&id)),
            ..hoster.clone()
        };
        assert_eq!(read.hoster, Some(expected));
    }
}

#[test]
fn a_hoster_without_a_site_is_at_home_on_its_node() {
    let hoster = Hoster {
        website: None,
        status: HosterStatus::Unknown,
        ..full_hoster()
    };
    let pem = actor::tests::pem();
    let profile = actor::tests::profile(actor::Subject::Hoster(&hoster), &pem);
    let document = actor::write(&profile, &ours());
    let read = actor::read_actor(&document, &ours().actor(Local::Hoster), today());
    let read = read.unwrap().hoster.unwrap();
    assert_eq!(read.website.unwrap().as_str(), "https://hosteur.example/");
    assert_eq!(read.status, HosterStatus::Unknown);
}

#[test]
fn a_note_is_in_the_languages_its_hoster_answers_in() {
    let of = |languages: Value| {
        let mut hoster = serde_json::to_value(full_hoster()).unwrap();
        hoster["languages"] = languages;
        let hoster: Hoster = serde_json::from_value(hoster).unwrap();
        let note = write_service(&full_service(), Some(&hoster), &ours(), moment(), moment());
        let map = note["contentMap"].as_object().unwrap().clone();
        let codes: Vec<String> = map.keys().cloned().collect();
        assert_eq!(note["content"], map[&codes[0]]);
        codes.join(" ")
    };
    assert_eq!(of(json!(["br", "fr"])), "fr");
    assert_eq!(of(json!(["en", "fr"])), "en fr");
    assert_eq!(of(json!(["de"])), "fr en");
}

#[test]
fn what_people_are_shown_is_escaped() {
    let note = note();
    let content = note["content"].as_str().unwrap();
    assert!(content.contains("Nuage &lt;b&gt;") && content.contains("5 Go &amp; plus."));
    assert!(!content.contains("<b>"));
}

#[test]
fn only_a_note_attributed_to_its_actor_alone_is_believed() {
    let actor = ours().actor(Local::Hoster);
    for author in [
        json!(5),
        json!(null),
        json!([actor]),
        json!([actor, "https://autre.example/ap/org"]),
        json!({ "id": actor }),
        json!("https://autre.example/ap/org"),
        json!("https://hosteur.example/ap/actor"),
        json!("https://hosteur.example/ap/org/"),
        json!("https://HOSTEUR.example/ap/org"),
        json!("/ap/org"),
    ] {
        let mut note = note();
        note["attributedTo"] = author.clone();
        assert_eq!(read(&note), Err(NotAService::Author), "{author}");
    }
}

#[test]
fn a_note_that_lies_elsewhere_is_refused() {
    for id in [
        json!(null),
        json!(5),
        json!("https://autre.example/ap/services/cloud"),
        json!("http://hosteur.example/ap/services/cloud"),
        json!("https://hosteur.example:8443/ap/services/cloud"),
        json!("https://hosteur.example.autre.example/ap/services/cloud"),
    ] {
        let mut note = note();
        note["id"] = id.clone();
        assert_eq!(read(&note), Err(NotAService::Id), "{id}");
    }
}

#[test]
fn other_notes_and_later_records_are_told_apart() {
    let mut other = note();
    other["type"] = json!(["Note"]);
    assert!(read(&other).is_ok());
    for kind in [json!("Page"), json!(["Note", "archi:Service"]), json!(null)] {
        other["type"] = kind;
        assert_eq!(read(&other), Err(NotAService::Type));
    }
    let mut plain = note();
    plain.as_object_mut().unwrap().remove("archi:service");
    assert_eq!(read(&plain), Err(NotAService::NoRecord));
    let mut later = note();
    later["archi:service"]["archi:schema"] = json!(2);
    assert_eq!(read(&later), Err(NotAService::OtherSchema("2".to_owned())));
    let mut reshaped = note();
    reshaped["archi:service"]["@included"] = json!([]);
    assert!(matches!(read(&reshaped), Err(NotAService::Document(_))));
}

#[test]
fn a_wrong_field_is_named() {
    let with = |path: &str, value: Value| {
        let mut note = note();
        *note.pointer_mut(path).unwrap() = value;
        read(&note).unwrap_err().to_string()
    };
    assert_eq!(
        with("/archi:service/archi:registration", json!("maybe")),
        "archi:service.archi:registration: unknown variant `maybe`, expected one of `none`, `free`, `request`, `members`, `paid`, `closed`"
    );
    assert_eq!(
        with(
            "/archi:service/archi:endpoint",
            json!("javascript:alert(1)")
        ),
        "archi:service.archi:endpoint: is not an http or https address with a host and without a password"
    );
    assert_eq!(
        with("/archi:service/archi:needs", json!([])),
        "archi:service.archi:needs: is missing"
    );
    assert!(
        with("/archi:service/archi:needs", json!(["../etc"]))
            .starts_with("archi:service.archi:needs: an identifier has")
    );
    assert_eq!(
        with("/archi:service/archi:closing/archi:ends", json!("soon")),
        "archi:service.archi:closing.archi:ends: is not a date such as 2024-03-05, 2024-03 or 2024"
    );
    assert_eq!(
        with(
            "/archi:service/archi:offers/0/archi:priceModel",
            json!("auction")
        ),
        "archi:service.archi:offers.archi:priceModel: is no model we know"
    );
    assert!(
        with("/archi:service/archi:room/archi:people", json!(-1))
            .starts_with("archi:service.archi:room.archi:people: invalid value")
    );
    assert_eq!(
        with("/archi:service/archi:note/fr", json!("\u{1b}")),
        "archi:service.archi:note: holds a control character"
    );
    assert_eq!(with("/name", json!("")), "name: is empty");
    assert_eq!(
        with("/archi:service", json!([])),
        "archi:service: is not an object"
    );
}

#[test]
fn the_contracts_own_example_is_read() {
    // More than we write: several needs and offers, numbers, quotas, guarantees.
    let example = json!({
        "id": "https://hosteur.example/ap/services/nextcloud", "type": "Note",
        "attributedTo": "https://hosteur.example/ap/org", "name": "Nextcloud – fichiers",
        "archi:service": {
            "type": "archi:ServiceRecord", "archi:schema": 1, "archi:software": "nextcloud",
            "archi:softwareVersionSeries": "32", "archi:needs": ["nextcloud-suite", "file-storage"],
            "archi:endpoint": "https://cloud.hosteur.example/", "archi:registration": "request",
            "archi:room": { "archi:state": "open", "archi:people": 200 },
            "archi:quota": [{ "archi:what": "storage", "archi:amount": 5, "archi:unit": "GB" }],
            "archi:offers": [
                { "archi:name": "Adhésion", "archi:price": "12.00", "archi:currency": "EUR",
                  "archi:per": "year", "archi:priceModel": "fixed" },
                { "archi:name": "Prix libre", "archi:priceModel": "pay-what-you-want" }],
            "archi:validUntil": "2027-05-20T00:00:00Z",
        },
    });
    let service = read(&example).unwrap();
    assert_eq!(
        service.id,
        ServiceId::parse("hosteur.example_nextcloud").unwrap()
    );
    assert_eq!(service.need.as_str(), "nextcloud-suite");
    let price = service.price.unwrap();
    assert_eq!(price.kind, PriceKind::Paid);
    assert_eq!(price.text.unwrap().get(Language::French), "Adhésion");
    assert_eq!(service.capacity.unwrap().people, Some(200));
}
