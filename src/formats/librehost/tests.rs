use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, json};
use url::Url;

use super::*;
use crate::domain::hoster::Hoster;
use crate::formats::anything;
use crate::formats::foreign::fields::{MAX_KEPT_BYTES, MAX_KEPT_KEYS, kept};

const FULL: &str = include_str!("../../../fixtures/librehost/librehost.json");
const DRAFT: &str = include_str!("../../../fixtures/librehost/draft.json");
const DIRECTORY: &str = include_str!("../../../fixtures/librehost/directory.json");

fn found(bytes: &[u8]) -> Result<Findings, NotOfFormat> {
    let url = Url::parse("https://nuages.example/librehost.json").unwrap();
    read(
        &anything::document(Format::LibreHost, &url, bytes),
        anything::taxonomy(),
    )
}

fn directory(bytes: &[u8]) -> Result<Findings, NotOfFormat> {
    let url = Url::parse("https://libreho.st/directory.json").unwrap();
    let document = anything::document(Format::LibreHosters, &url, bytes);
    read_directory(&document, anything::taxonomy())
}

fn the_hoster(text: &str) -> (Hoster, Vec<String>) {
    let mut found = found(text.as_bytes()).unwrap();
    let complaints = found.complaints.iter().map(ToString::to_string).collect();
    (found.hosters.remove(0), complaints)
}

fn modified() -> chrono::DateTime<chrono::Utc> {
    "2020-02-01T09:30:00Z".parse().unwrap()
}

#[test]
fn a_file_is_read_whole_and_written_back_without_loss() {
    let (hoster, complaints) = the_hoster(FULL);
    assert_eq!(complaints, [""; 0]);
    assert_eq!(hoster.id.as_str(), "nuages.example");
    assert_eq!(hoster.source.kind, SourceKind::OwnFile);
    assert_eq!(hoster.legal_form, Some(LegalForm::Informal));
    assert_eq!(hoster.languages.len(), 2);
    let written = write(&hoster, true, modified());
    assert_eq!(written, serde_json::from_str::<Value>(FULL).unwrap());
}

#[test]
fn exactly_the_seventeen_keys_are_written_whatever_is_known() {
    let keys = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    let standard = keys(&serde_json::from_str(FULL).unwrap());
    assert_eq!(standard.len(), 17);
    for text in [r#"{"name":"A"}"#, r#"{"name":"A","more":[1]}"#, DRAFT] {
        let written = write(&the_hoster(text).0, false, modified());
        assert_eq!(keys(&written), standard);
        let again = the_hoster(&written.to_string());
        assert_eq!(
            again.1, [""; 0],
            "what we write is read without a complaint"
        );
    }
}

#[test]
fn the_names_of_drafts_are_read_and_what_is_wrong_is_named() {
    let (hoster, complaints) = the_hoster(DRAFT);
    assert_eq!(
        complaints,
        [
            "version: is \"0.0.0\"; the file is read as one of 0.0.1",
            "communicationLanguages[2]: is ignored: is not a code of two letters such as fr",
            "contactUrl: is ignored: is not an http or https address with a host and without a password",
        ]
    );
    let languages: Vec<_> = hoster.languages.iter().map(|code| code.as_str()).collect();
    assert_eq!(languages, ["de", "en"]);
    for (key, value) in [
        ("logo", json!("https://wolke.example/logo.png")),
        ("termsOfServiceUrl", json!("https://wolke.example/agb")),
        ("foundingDate", json!(2015)),
        ("admins", json!(["ada", "bert"])),
        (
            "meta",
            json!({ "source": "https://git.wolke.example/librehost" }),
        ),
    ] {
        assert_eq!(kept(&hoster.other, FORMAT, key), Some(value), "{key}");
    }
}

#[test]
fn what_turns_the_direction_of_writing_is_kept_and_shown_to_nobody() {
    let text = FULL.replace(
        "https://nuages.example/cgu",
        "https://wolke.example/\u{202e}gba\u{10ffff}",
    );
    let (hoster, _) = the_hoster(&text);
    let read = kept(&hoster.other, FORMAT, "termsOfServiceUrl").unwrap();
    assert_eq!(read, "https://wolke.example/\u{202e}gba\u{10ffff}");
    let shown = &hoster.other["librehost:termsOfServiceUrl"];
    assert!(shown.contains(r"\u202egba\udbff\udfff"), "{shown}");
}

#[test]
fn a_hoster_that_changed_its_form_is_not_written_with_its_old_words() {
    let (mut hoster, _) = the_hoster(FULL);
    hoster.legal_form = Some(LegalForm::Association);
    let written = write(&hoster, true, modified());
    assert_eq!(written["organizationType"], "Association");
}

#[test]
fn a_document_of_another_format_is_refused_in_a_sentence() {
    for (text, problem) in [
        ("", "the document is empty"),
        ("{", "the document is not JSON"),
        ("[]", "neither a name nor a homeUrl"),
        (r#"{"error":"not found"}"#, "neither a name nor a homeUrl"),
    ] {
        let refused = found(text.as_bytes()).unwrap_err().to_string();
        assert!(refused.contains(problem), "{refused}");
    }
    assert_eq!(
        found(&vec![b' '; MAX_BYTES + 1]),
        Err(NotOfFormat::TooLarge(MAX_BYTES))
    );
    assert_eq!(found(b"{\n\xff"), Err(NotOfFormat::NotUtf8(2)));
}

#[test]
fn a_file_that_somebody_handed_over_is_of_the_site_it_names() {
    let url = Url::parse("file:///home/somebody/librehost.json").unwrap();
    let read = |text: &str| {
        let document = anything::document(Format::LibreHost, &url, text.as_bytes());
        read(&document, anything::taxonomy())
    };
    let hoster = &read(FULL).unwrap().hosters[0];
    assert_eq!(hoster.id.as_str(), "nuages.example");
    assert_eq!(hoster.source.by.as_str(), "librehost.json");
    assert!(matches!(
        read(r#"{"name":"A"}"#),
        Err(NotOfFormat::NoHost(_))
    ));
}

#[test]
fn a_directory_leads_to_each_hosters_file() {
    let found = directory(DIRECTORY.as_bytes()).unwrap();
    let leads: Vec<_> = found.leads.iter().map(|lead| lead.url.as_str()).collect();
    assert_eq!(
        leads,
        [
            "https://nuages.example/librehost.json",
            "https://wolke.example/librehost.json",
        ]
    );
    assert!(
        found
            .leads
            .iter()
            .all(|lead| lead.format == Format::LibreHost)
    );
    assert_eq!(found.complaints.len(), 2);
    assert_eq!(found.complaints[1].place, "by-hand");
}

#[test]
fn a_directory_without_end_is_read_to_its_limit() {
    let entries: Map<String, Value> = (0..=MAX_HOSTERS)
        .map(|number| (number.to_string(), json!("https://a.example/")))
        .collect();
    let found = directory(Value::Object(entries).to_string().as_bytes()).unwrap();
    assert_eq!(found.leads.len(), MAX_HOSTERS);
    assert_eq!(found.complaints.len(), 1);
}

proptest! {
    #[test]
    fn whatever_comes_in_is_read_or_refused(bytes in anything::bytes()) {
        drop(found(&bytes));
        drop(directory(&bytes));
    }

    #[test]
    fn any_value_under_any_known_key_gives_bounded_findings(
        document in anything::object(&[
            "name", "homeUrl", "tagLine", "description", "organizationType", "logo", "version",
            "communicationLanguages", "isServiceProvider", "foundingDate", "dateCreated", "languages",
        ]),
    ) {
        if let Ok(found) = found(document.to_string().as_bytes()) {
            prop_assert_eq!(found.hosters.len(), 1);
            let other = &found.hosters[0].other;
            prop_assert!(other.len() <= MAX_KEPT_KEYS);
            prop_assert!(other.values().all(|json| json.len() <= MAX_KEPT_BYTES));
            let written = write(&found.hosters[0], true, modified());
            prop_assert_eq!(written.as_object().unwrap().len(), 17);
        }
        drop(directory(document.to_string().as_bytes()));
    }

    #[test]
    fn keys_that_nobody_knows_survive(value in anything::small_value()) {
        let document = json!({ "name": "A", "somethingNew": value });
        let (hoster, _) = the_hoster(&document.to_string());
        let survived = kept(&hoster.other, FORMAT, "somethingNew");
        prop_assert_eq!(survived, Some(value));
    }
}
