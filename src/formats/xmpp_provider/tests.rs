use proptest::prelude::*;
use url::Url;

use super::*;
use crate::domain::hoster::Hoster;
use crate::domain::provenance::Source;
use crate::formats::foreign::fields::{MAX_KEPT_BYTES, MAX_KEPT_KEYS};
use crate::formats::{Format, anything};

const FULL: &str = include_str!("../../../fixtures/xmpp/xmpp-provider-v2.json");
const BY_HAND: &str = include_str!("../../../fixtures/xmpp/by-hand.json");

fn found(bytes: &[u8]) -> Result<Findings, NotOfFormat> {
    let url = Url::parse("https://wolke.example/.well-known/xmpp-provider-v2.json").unwrap();
    let document = anything::document(Format::XmppProvider, &url, bytes);
    read(&document, anything::taxonomy())
}

fn the_service(text: &str) -> (Hoster, Service, Vec<String>) {
    let mut found = found(text.as_bytes()).unwrap();
    let complaints = found.complaints.iter().map(ToString::to_string).collect();
    (
        found.hosters.remove(0),
        found.services.remove(0),
        complaints,
    )
}

#[test]
fn a_file_is_read_whole_and_written_back_without_loss() {
    let (hoster, service, complaints) = the_service(FULL);
    assert_eq!(complaints, [""; 0]);
    assert_eq!(service.id.as_str(), "wolke.example_xmpp");
    assert_eq!(service.need.as_str(), "instant-messaging");
    assert_eq!(service.source.kind, SourceKind::OwnFile);
    assert_eq!(service.price.as_ref().unwrap().kind, PriceKind::Free);
    assert_eq!(service.registration, None);
    let website = hoster.website.as_ref().unwrap();
    assert_eq!(website.as_str(), "https://wolke.example/en/xmpp");
    assert_eq!(hoster.place.country.unwrap().as_str(), "DE");
    assert_eq!(hoster.legal_form, None, "one of several");
    let original: Value = serde_json::from_str(FULL).unwrap();
    assert_eq!(write(&hoster, &service), original);
}

#[test]
fn a_list_has_each_server_by_its_address_with_who_says_what() {
    let (hoster, service, _) = the_service(FULL);
    let list = json!(write_list([(&hoster, &service)]));
    assert_eq!(list.as_object().unwrap().len(), 1);
    let provider = &list["wolke.example"];
    let source = "https://wolke.example/.well-known/xmpp-provider-v2.json";
    let expected = json!({ "content": true, "source": source });
    assert_eq!(provider["freeOfCharge"], expected);
    assert_eq!(
        provider["website"]["content"]["en"],
        "https://wolke.example/en/xmpp"
    );
    assert_eq!(provider.get("category"), None, "nobody here judged it");
}

#[test]
fn nobody_is_listed_at_an_address_that_is_only_claimed() {
    let (hoster, mut service, _) = the_service(FULL);
    let mut listed = |kind: SourceKind, by: &str| {
        service.source.kind = kind;
        service.source.by = by.to_owned().try_into().unwrap();
        service.url = Some(
            "https://victim.example/register"
                .to_owned()
                .try_into()
                .unwrap(),
        );
        let list = json!(write_list([(&hoster, &service)]));
        list.as_object().unwrap().keys().next().cloned()
    };
    let file = "https://wolke.example/.well-known/xmpp-provider-v2.json";
    assert_eq!(
        listed(SourceKind::OwnFile, file).as_deref(),
        Some("wolke.example")
    );
    let node = "https://node.example/ap/org";
    assert_eq!(
        listed(SourceKind::OwnNode, node).as_deref(),
        Some("node.example")
    );
    for (kind, by) in [
        (SourceKind::ThirdPartyList, file),
        (SourceKind::OwnFile, "https://wolke.example/librehost.json"),
        (SourceKind::OwnFile, "a file"),
    ] {
        assert_eq!(listed(kind, by), None, "{by}");
    }
}

#[test]
fn a_list_says_of_each_property_who_says_it() {
    let (mut hoster, mut service, _) = the_service(FULL);
    let named = |by: &str| Source {
        by: by.to_owned().try_into().unwrap(),
        ..service.source.clone()
    };
    let (website, price) = (named("a list"), named("a collective"));
    service.other.remove("xmpp:website");
    hoster.facts.insert("website".to_owned(), website);
    service.facts.insert("price".to_owned(), price);
    let list = json!(write_list([(&hoster, &service)]));
    let said = |property: &str| list["wolke.example"][property]["source"].clone();
    assert_eq!(said("website"), "a list");
    assert_eq!(said("freeOfCharge"), "a collective");
    assert_eq!(said("busFactor"), service.source.by.as_str());
}

#[test]
fn what_is_wrong_is_named_and_the_rest_is_read() {
    let (hoster, service, complaints) = the_service(BY_HAND);
    assert_eq!(
        complaints,
        [
            "website.en: is ignored: does not begin with https://",
            "website.english: is ignored: is not a code of two letters such as fr",
            "organization: is ignored: is none of company, commercial person, private person, governmental, non-governmental",
            "busFactor: is ignored: is no whole number from -1",
            "maximumHttpFileUploadTotalSize: is ignored: is no whole number from -1",
            "maximumHttpFileUploadStorageTime: is ignored: is no whole number from -1",
            "serverTesting: is ignored: is neither true nor false",
            "since: is ignored: is not a date such as 2024-03-05, 2024-03 or 2024",
            "serverLocations[0]: is ignored: is not a code of two letters such as FR",
        ]
    );
    assert_eq!(
        hoster.website.as_ref().unwrap().as_str(),
        "https://jabber.example/fr"
    );
    assert_eq!(hoster.place.country, None, "servers in two countries");
    assert_eq!(service.registration, Some(Registration::Free));
    let written = write(&hoster, &service);
    assert_eq!(written["serverLocations"], json!(["fr", "ch"]));
    assert_eq!(
        written["greenHosting"],
        json!({ "proof": "https://jabber.example/green" })
    );
    assert_eq!(written.get("busFactor"), None);
}

#[test]
fn a_file_says_what_is_known_now() {
    let (mut hoster, mut service, _) = the_service(FULL);
    hoster.website = Some(Link::parse("https://neu.example/").unwrap());
    hoster.legal_form = Some(LegalForm::Company);
    service.price = Some(Price {
        kind: PriceKind::Membership,
        text: None,
    });
    let written = write(&hoster, &service);
    assert_eq!(written["website"], json!({ "de": "https://neu.example/" }));
    assert_eq!(written["organization"], "company");
    assert_eq!(written["freeOfCharge"], false);
    assert_eq!(written["since"], "2015-06-01");
}

#[test]
fn a_document_of_another_format_is_refused() {
    for text in ["", "{}", "[]", "{", r#"{"error":"not found"}"#] {
        assert!(found(text.as_bytes()).is_err(), "{text}");
    }
    assert_eq!(
        found(&vec![b' '; MAX_BYTES + 1]),
        Err(NotOfFormat::TooLarge(MAX_BYTES))
    );
}

proptest! {
    #[test]
    fn whatever_comes_in_is_read_or_refused(bytes in anything::bytes()) {
        drop(found(&bytes));
    }

    #[test]
    fn any_value_under_any_known_key_gives_bounded_findings(
        document in anything::object(&[
            "website", "passwordReset", "alternativeJids", "busFactor", "organization", "since",
            "serverTesting", "freeOfCharge", "serverLocations", "inBandRegistration",
        ]),
    ) {
        if let Ok(found) = found(document.to_string().as_bytes()) {
            let service = &found.services[0];
            prop_assert!(service.other.len() <= MAX_KEPT_KEYS);
            prop_assert!(service.other.values().all(|json| json.len() <= MAX_KEPT_BYTES));
            let (_, again, complaints) = the_service(&{
                let mut file = write(&found.hosters[0], service);
                file["busFactor"] = json!(1);
                file.to_string()
            });
            let none: [String; 0] = [];
            prop_assert_eq!(complaints, none, "what we write is read without a complaint");
            prop_assert_eq!(&again.price, &service.price);
        }
    }

    #[test]
    fn keys_that_nobody_knows_survive(value in anything::small_value()) {
        let file = json!({ "busFactor": 1, "somethingNew": value });
        let (hoster, service, _) = the_service(&file.to_string());
        prop_assert_eq!(&write(&hoster, &service)["somethingNew"], &file["somethingNew"]);
    }
}
