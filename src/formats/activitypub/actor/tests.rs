use rsa::pkcs8::{EncodePublicKey, LineEnding};
use rsa::{BigUint, RsaPublicKey};
use url::Url;

use super::*;
use crate::formats::activitypub::key::NotAKey;

/// A key of 2048 bits that nobody can sign with.
pub(in crate::formats::activitypub) fn pem() -> String {
    let modulus = (BigUint::from(1u8) << 2047) + 15u8;
    RsaPublicKey::new(modulus, BigUint::from(65_537u32))
        .unwrap()
        .to_public_key_pem(LineEnding::LF)
        .unwrap()
}

pub(in crate::formats::activitypub) fn profile<'a>(
    subject: Subject<'a>,
    pem: &'a str,
) -> Profile<'a> {
    Profile {
        subject,
        username: "asso",
        key: 1,
        public_key_pem: pem,
        assertion_keys: &[],
        published: "2026-03-01T09:00:00Z".parse().unwrap(),
        updated: "2026-11-20T08:00:00Z".parse().unwrap(),
    }
}

/// A key that vouches were signed with until it ended.
pub(in crate::formats::activitypub) fn assertion_key() -> AssertionKey {
    AssertionKey {
        id: Url::parse("https://hosteur.example:8443/ap/group#ed25519-key").unwrap(),
        multibase: "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2".to_owned(),
        expires: Some("2026-11-20T08:00:00Z".parse().unwrap()),
        revoked: None,
    }
}

pub(in crate::formats::activitypub) fn charter() -> Charter {
    serde_json::from_value(json!({
        "version": { "version": "3", "sha256": "9f86d081884c7d659a2feaa0c55ad015".repeat(2) },
        "url": "https://hosteur.example:8443/charter/3",
    }))
    .unwrap()
}

fn ours() -> Addresses {
    Addresses::of(Url::parse("https://hosteur.example:8443").unwrap())
}

fn today() -> chrono::NaiveDate {
    "2026-11-23".parse().unwrap()
}

fn hoster() -> Hoster {
    serde_json::from_value(json!({
        "id": "hosteur", "name": "Hosteur Exemple", "website": "https://www.hosteur.example/",
        "languages": ["fr", "br"], "legal_form": "association",
        "place": { "country": "FR", "city": "Nantes", "coordinates": { "lat": 47.2184, "lon": -1.5536 } },
        "description": { "fr": "Association\nd’hébergement <libre>.", "en": "An association." },
        "source": { "kind": "own-file", "by": "a test" },
    }))
    .unwrap()
}

fn document() -> Value {
    write(&profile(Subject::Hoster(&hoster()), &pem()), &ours())
}

fn read(document: &Value) -> Result<RemoteActor, NotAnActor> {
    read_actor(document, &ours().actor(Local::Hoster), today())
}

/// What is read once one part of our own actor has been replaced.
fn with(path: &str, value: Value) -> Result<RemoteActor, NotAnActor> {
    let mut document = document();
    match document.pointer_mut(path) {
        Some(part) => *part = value,
        None => document[path.trim_start_matches('/')] = value,
    }
    read(&document)
}

#[test]
fn our_actors_are_those_of_the_contract() {
    let pem = pem();
    let name = Name::parse("Annuaire Exemple").unwrap();
    let about = About {
        name: &name,
        description: None,
    };
    let (charter, keys) = (charter(), [assertion_key()]);
    let collective = Profile {
        assertion_keys: &keys,
        ..profile(Subject::Collective(about, Some(&charter)), &pem)
    };
    let documents = [
        write(&profile(Subject::Node(about), &pem), &ours()),
        write(&collective, &ours()),
        document(),
    ];
    insta::assert_json_snapshot!(documents);
}

#[test]
fn our_actors_are_read_back() {
    let read = read(&document()).unwrap();
    let ours = ours();
    assert_eq!(read.id, ours.actor(Local::Hoster));
    assert_eq!(read.kind, ActorKind::Organization);
    assert_eq!(read.username.unwrap().as_str(), "asso");
    assert_eq!(read.inbox, ours.inbox(Local::Hoster));
    assert_eq!(read.shared_inbox, Some(ours.shared_inbox()));
    assert_eq!(read.services, Some(ours.services(Local::Hoster)));
    assert_eq!(read.vouches, Some(ours.vouches(Local::Hoster)));
    assert_eq!((read.members, read.peers), (None, None));
    assert_eq!(read.public_key.id, ours.key(Local::Hoster, 1));
    assert_eq!(read.public_key.pem, pem());
    assert!(read.discoverable && read.indexable);
    assert_eq!(read.hoster.unwrap().id.as_str(), "hosteur.example-8443");
}

#[test]
fn a_collective_is_read_back_with_its_charter_and_its_keys() {
    let (pem, charter, keys) = (pem(), charter(), [assertion_key()]);
    let name = Name::parse("Collectif Exemple").unwrap();
    let about = About {
        name: &name,
        description: None,
    };
    let profile = Profile {
        assertion_keys: &keys,
        ..profile(Subject::Collective(about, Some(&charter)), &pem)
    };
    let mut document = write(&profile, &ours());
    let id = ours().actor(Local::Collective);
    let actor = read_actor(&document, &id, today()).unwrap();
    assert_eq!(
        (actor.assertion_keys, actor.charter),
        (keys.to_vec(), Some(charter))
    );
    document["type"] = json!("Organization");
    assert_eq!(read_actor(&document, &id, today()).unwrap().charter, None);
}

#[test]
fn an_actor_is_kept_as_one_document() {
    let actor = read(&document()).unwrap();
    let mut kept = serde_json::to_value(&actor).unwrap();
    assert_eq!(
        serde_json::from_value::<RemoteActor>(kept.clone()).unwrap(),
        actor
    );
    // As rows were kept before keys and charters were read.
    for word in ["assertion_keys", "charter"] {
        kept.as_object_mut().unwrap().shift_remove(word);
    }
    assert_eq!(serde_json::from_value::<RemoteActor>(kept).unwrap(), actor);
}

#[test]
fn an_id_that_differs_from_the_url_in_anything_is_refused() {
    for id in [
        json!(null),
        json!(5),
        json!(["https://hosteur.example:8443/ap/org"]),
        json!("https://hosteur.example:8443/ap/Org"),
        json!("https://Hosteur.example:8443/ap/org"),
        json!("HTTPS://hosteur.example:8443/ap/org"),
        json!("https://hosteur.example/ap/org"),
        json!("https://hosteur.example:08443/ap/org"),
        json!("https://hosteur.example:8443/ap/org?"),
        json!("https://hosteur.example:8443/ap/org?x"),
        json!("https://hosteur.example:8443/ap/org#main-key"),
        json!("https://hosteur.example:8443/ap/./org"),
        json!("https://hosteur.example:8443/ap/org/"),
        json!(" https://hosteur.example:8443/ap/org"),
        json!("https://x@hosteur.example:8443/ap/org"),
        json!("https://autre.example/ap/org"),
    ] {
        assert_eq!(with("/id", id.clone()), Err(NotAnActor::Id), "{id}");
    }
}

#[test]
fn a_key_must_be_shown_as_the_actors_own() {
    for (path, value) in [
        ("/publicKey/owner", json!("https://autre.example/ap/org")),
        (
            "/publicKey/owner",
            json!("https://hosteur.example:8443/ap/actor"),
        ),
        (
            "/publicKey/owner",
            json!(["https://hosteur.example:8443/ap/org"]),
        ),
        ("/publicKey/owner", json!(null)),
        (
            "/publicKey/id",
            json!("https://autre.example/ap/org#main-key"),
        ),
        (
            "/publicKey/id",
            json!("https://hosteur.example/ap/org#main-key"),
        ),
        ("/publicKey/id", json!("#main-key")),
    ] {
        assert_eq!(
            with(path, value.clone()),
            Err(NotAnActor::ForeignKey),
            "{value}"
        );
    }
    for value in [
        json!(null),
        json!("https://hosteur.example:8443/key"),
        json!([]),
    ] {
        assert_eq!(with("/publicKey", value), Err(NotAnActor::NoKey));
    }
    assert_eq!(
        with("/publicKey/publicKeyPem", json!("x")),
        Err(NotAnActor::Key(NotAKey::NotRsa))
    );
    // GoToSocial's is no fragment.
    assert!(
        with(
            "/publicKey/id",
            json!("https://hosteur.example:8443/ap/org/main-key")
        )
        .is_ok()
    );
}

#[test]
fn addresses_at_another_origin_are_not_believed() {
    for elsewhere in [
        "https://autre.example/inbox",
        "http://hosteur.example:8443/inbox",
        "https://hosteur.example/inbox",
        "https://hosteur.example.autre.example:8443/inbox",
        "https://a@hosteur.example:8443/inbox",
        "/inbox",
    ] {
        assert_eq!(
            with("/inbox", json!(elsewhere)),
            Err(NotAnActor::Inbox),
            "{elsewhere}"
        );
        let actor = with("/endpoints/sharedInbox", json!(elsewhere)).unwrap();
        assert_eq!(actor.shared_inbox, None, "{elsewhere}");
        assert_eq!(with("/outbox", json!(elsewhere)).unwrap().outbox, None);
        assert_eq!(
            with("/archi:services", json!(elsewhere)).unwrap().services,
            None
        );
    }
    assert_eq!(with("/inbox", json!(null)), Err(NotAnActor::Inbox));
}

#[test]
fn a_type_is_one_of_five_alone_or_in_a_list_of_one() {
    assert!(with("/type", json!(["Organization"])).is_ok());
    for kind in [
        json!("Note"),
        json!(["Organization", "Group"]),
        json!([]),
        json!(null),
    ] {
        assert_eq!(with("/type", kind), Err(NotAnActor::Type));
    }
}

#[test]
fn consent_that_is_not_given_is_refused() {
    for value in [
        json!(null),
        json!(false),
        json!("true"),
        json!(1),
        json!([true]),
    ] {
        assert!(!with("/discoverable", value.clone()).unwrap().discoverable);
        assert!(!with("/indexable", value).unwrap().indexable);
    }
}

#[test]
fn an_actor_that_would_be_reshaped_is_refused() {
    for word in ["@graph", "@included", "@reverse"] {
        let refused = with("/generator", json!([{ (word): [] }]));
        assert!(matches!(refused, Err(NotAnActor::Document(_))));
    }
}

#[test]
fn only_an_organisation_with_our_record_is_a_hoster() {
    assert_eq!(with("/type", json!("Person")).unwrap().hoster, None);
    assert_eq!(
        with("/archi:organisation", json!(null)).unwrap().hoster,
        None
    );
    assert_eq!(
        with("/archi:organisation/archi:schema", json!(2))
            .unwrap()
            .hoster,
        None
    );
}

#[test]
fn what_does_not_fit_in_a_hoster_is_not_known() {
    let hoster = |path: &str, value: Value| with(path, value).unwrap().hoster.unwrap();
    let record = "/archi:organisation/archi:";
    assert_eq!(
        hoster(&format!("{record}legalForm"), json!("guild")).legal_form,
        None
    );
    let languages = json!(["fr", 5, "français", "de"]);
    assert_eq!(
        hoster(&format!("{record}languages"), languages)
            .languages
            .len(),
        2
    );
    let many = vec!["fr"; 10_000];
    assert_eq!(
        hoster(&format!("{record}languages"), json!(many))
            .languages
            .len(),
        20
    );
    assert_eq!(
        hoster(&format!("{record}description"), json!({ "fr": "\u{0}" })).description,
        None
    );
    let site = hoster(&format!("{record}website"), json!("javascript:x")).website;
    assert_eq!(site.unwrap().as_str(), "https://hosteur.example:8443/");
    assert_eq!(
        hoster("/location/latitude", json!(91)).place.coordinates,
        None
    );
    assert_eq!(hoster("/location", json!(["x"])).place, Default::default());
    assert_eq!(hoster("/name", json!("")).name.as_str(), "asso");
}

#[test]
fn other_names_are_bounded() {
    let many: Vec<String> = (0..50).map(|n| format!("https://a.example/{n}")).collect();
    let actor = with("/alsoKnownAs", json!(many)).unwrap();
    assert_eq!(actor.also_known_as.len(), read::MAX_ALIASES);
    let actor = with("/alsoKnownAs", json!("https://a.example/")).unwrap();
    assert_eq!(actor.also_known_as.len(), 1);
    let actor = with("/movedTo", json!("https://a.example/")).unwrap();
    assert_eq!(actor.moved_to.unwrap().as_str(), "https://a.example/");
}
