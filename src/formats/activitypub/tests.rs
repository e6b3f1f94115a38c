//! Recorded documents of other software, and our own against the vocabulary.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use url::Url;

use super::activity::{self, ActivityKind, Object, Unreadable};
use super::actor::{ActorKind, NotAnActor, read_actor};
use super::addresses::{Addresses, Local};
use super::note::{NotAService, read_service};
use super::vocabulary::{
    CONTROLLED_IDENTIFIERS, DATA_INTEGRITY, SECURITY, integrity, property, types,
};
use super::{actor, collection, document, flag, note, revocation, vouch};

fn recorded(path: &str) -> Vec<u8> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/activitypub");
    std::fs::read(format!("{root}/{path}.json")).unwrap()
}

fn value(path: &str) -> Value {
    document::read(&recorded(path)).unwrap()
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn today() -> chrono::NaiveDate {
    "2026-11-23".parse().unwrap()
}

#[test]
fn recorded_activities_are_read_as_what_they_are() {
    let other = |word: &str| ActivityKind::Other(word.to_owned());
    let toot = "https://mastodon.madrid/users/felix/statuses";
    let lemmy = "http://enterprise.lemmy.ml";
    for (path, kind, object) in [
        (
            "mastodon/follow",
            ActivityKind::Follow,
            "https://ds9.lemmy.ml/c/testcom",
        ),
        (
            "mastodon/undo_follow",
            ActivityKind::Undo,
            "https://masto.asonix.dog/1ea87517-63c5-4118-8831-460ee641b2cf",
        ),
        (
            "mastodon/create_note",
            ActivityKind::Create,
            &format!("{toot}/107224289116410645"),
        ),
        (
            "mastodon/delete_note",
            ActivityKind::Delete,
            &format!("{toot}/107773559874184870"),
        ),
        (
            "mastodon/delete_person",
            ActivityKind::Delete,
            "https://framapiaf.org/users/admin",
        ),
        (
            "mastodon/update_person",
            ActivityKind::Update,
            "https://framapiaf.org/users/framasoft",
        ),
        (
            "mastodon/announce",
            ActivityKind::Announce,
            "https://social.tcit.fr/@tcit/101188891162897047",
        ),
        (
            "mastodon/like",
            other("Like"),
            "http://localtesting.pleroma.lol/objects/eb92579d-3417-42a8-8652-2492c2d4f454",
        ),
        (
            "gotosocial/create_note",
            ActivityKind::Create,
            "https://example.org/users/whatever/statuses/01FJC1MKPVX2VMWP2ST93Q90K7",
        ),
        (
            "gotosocial/move",
            ActivityKind::Move,
            "https://example.org/users/1happyturtle",
        ),
        (
            "lemmy/accept_follow",
            ActivityKind::Accept,
            "http://ds9.lemmy.ml/activities/follow/6abcd50b-b8ca-4952-86b0-a6dd8cc12866",
        ),
        (
            "lemmy/undo_follow",
            ActivityKind::Undo,
            "http://ds9.lemmy.ml/activities/follow/dc2f1bc5-f3a0-4daa-a46b-428cbfbd023c",
        ),
        (
            "lemmy/announce_create_page",
            ActivityKind::Announce,
            &format!("{lemmy}/activities/create/2807c9ec-3ad8-4859-a9e0-28b59b6e499f"),
        ),
        (
            "lemmy/delete_person",
            ActivityKind::Delete,
            "http://ds9.lemmy.ml/u/lemmy_alpha",
        ),
        (
            "lemmy/block_user",
            ActivityKind::Block,
            "http://ds9.lemmy.ml/u/lemmy_alpha",
        ),
        (
            "lemmy/add_moderator",
            ActivityKind::Add,
            "http://ds9.lemmy.ml/u/lemmy_alpha",
        ),
        (
            "mobilizon/join",
            ActivityKind::Join,
            "http://mobilizon.test/events/some-uuid",
        ),
        (
            "mobilizon/leave",
            ActivityKind::Leave,
            "http://mobilizon.test/events/some-uuid",
        ),
        (
            "mobilizon/create_event",
            ActivityKind::Create,
            "https://test.mobilizon.org/events/39026210-0c69-4238-b3cc-986f33f98ed0",
        ),
        (
            "peertube/announce_video",
            ActivityKind::Announce,
            "https://tilvids.com/videos/watch/e7946124-7b72-4ad7-9d22-844a84bb2de1",
        ),
    ] {
        let activity = activity::read(&recorded(path)).unwrap();
        assert_eq!(activity.kind, kind, "{path}");
        assert_eq!(activity.object.id(), Some(url(object)), "{path}");
    }
    for path in ["mastodon/flag", "gotosocial/flag"] {
        let activity = activity::read(&recorded(path)).unwrap();
        let flag = flag::read_flag(&activity.raw);
        assert!(!flag.about.is_empty() && flag.words.is_some(), "{path}");
        assert_eq!(
            (activity.kind, activity.object),
            (ActivityKind::Flag, Object::Unread)
        );
    }
    let target = |path| activity::read(&recorded(path)).unwrap().target.unwrap();
    assert_eq!(
        target("gotosocial/move").as_str(),
        "https://another-server.com/users/my_new_account_hurray"
    );
    assert_eq!(target("lemmy/add_moderator").path(), "/c/main/moderators");
}

#[test]
fn recorded_objects_and_actors_are_no_activities() {
    for path in [
        "mastodon/person",
        "gotosocial/person",
        "lemmy/group",
        "mobilizon/group",
        "peertube/group",
        "peertube/video",
        "gotosocial/outbox",
    ] {
        assert_eq!(
            activity::read(&recorded(path)),
            Err(Unreadable::Actor),
            "{path}"
        );
    }
}

#[test]
fn recorded_actors_are_read_as_what_they_are() {
    for (path, id, kind, username, shared, discoverable) in [
        (
            "mastodon/person",
            "https://mastodon.madrid/users/felix",
            ActorKind::Person,
            "felix",
            true,
            false,
        ),
        (
            "mastodon/instance_actor",
            "https://activitypub.academy/actor",
            ActorKind::Application,
            "mastodon.internal",
            true,
            false,
        ),
        (
            "gotosocial/person",
            "http://example.org/users/1happyturtle",
            ActorKind::Person,
            "1happyturtle",
            false,
            false,
        ),
        (
            "lemmy/group",
            "https://enterprise.lemmy.ml/c/tenforward",
            ActorKind::Group,
            "tenforward",
            true,
            false,
        ),
        (
            "lemmy/instance",
            "https://enterprise.lemmy.ml/",
            ActorKind::Application,
            "enterprise.lemmy.ml",
            false,
            false,
        ),
        (
            "mobilizon/group",
            "https://mobilizon.fr/@contribateliers",
            ActorKind::Group,
            "contribateliers",
            true,
            true,
        ),
        (
            "peertube/group",
            "https://tilvids.com/video-channels/thelinuxexperiment_channel",
            ActorKind::Group,
            "thelinuxexperiment_channel",
            true,
            false,
        ),
        (
            "peertube/person",
            "https://tilvids.com/accounts/thelinuxexperiment",
            ActorKind::Person,
            "thelinuxexperiment",
            true,
            false,
        ),
    ] {
        let actor = read_actor(&value(path), &url(id), today()).unwrap();
        assert_eq!(actor.kind, kind, "{path}");
        assert_eq!(actor.username.unwrap().as_str(), username);
        assert_eq!(actor.shared_inbox.is_some(), shared, "{path}");
        assert_eq!(
            (actor.discoverable, actor.indexable),
            (discoverable, false),
            "{path}"
        );
        assert_eq!((actor.hoster, actor.services), (None, None), "{path}");
        assert!(
            actor
                .public_key
                .pem
                .starts_with("-----BEGIN PUBLIC KEY-----\n")
        );
        assert!(actor.outbox.is_some());

        let elsewhere = url(&format!("{id}?x"));
        assert_eq!(
            read_actor(&value(path), &elsewhere, today()),
            Err(NotAnActor::Id)
        );
    }
    let without_key = value("mastodon/update_person")["object"].clone();
    let id = url("https://framapiaf.org/users/framasoft");
    assert_eq!(
        read_actor(&without_key, &id, today()),
        Err(NotAnActor::NoKey)
    );
    let video = value("peertube/video");
    let id = url(video["id"].as_str().unwrap());
    assert_eq!(read_actor(&video, &id, today()), Err(NotAnActor::Type));
}

#[test]
fn what_others_post_is_no_service() {
    for (path, refusal) in [
        ("mastodon/create_note", NotAService::NoRecord),
        ("mastodon/delete_note", NotAService::Type),
        ("mobilizon/create_event", NotAService::Type),
    ] {
        let activity = activity::read(&recorded(path)).unwrap();
        let Object::Embedded(object) = &activity.object else {
            panic!("{path} embeds its object");
        };
        assert_eq!(
            read_service(object, &activity.actor, today()),
            Err(refusal),
            "{path}"
        );
    }
    let account = url("https://fediverse.tv/accounts/alquimidia");
    let mut video = value("peertube/video");
    assert_eq!(
        read_service(&video, &account, today()),
        Err(NotAService::Type)
    );
    video["type"] = json!("Note");
    assert_eq!(
        read_service(&video, &account, today()),
        Err(NotAService::Author)
    );
}

#[test]
fn a_recorded_collection_is_read_page_by_page() {
    let outbox = url("https://example.org/users/whatever/outbox");
    let first = collection::read(&value("gotosocial/outbox"), &outbox).unwrap();
    let page = first.next.unwrap();
    let page = collection::read(&value("gotosocial/outbox_page"), &page).unwrap();
    assert_eq!((page.items.len(), page.left_out), (1, 0));
    assert!(page.next.unwrap().as_str().contains("max_id="));
}

/// The words an object uses as properties and types, but those inside of texts by language.
fn words(value: &Value, properties: &mut BTreeSet<String>, kinds: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| words(item, properties, kinds)),
        Value::Object(fields) => {
            for (key, value) in fields {
                if key == property::CONTEXT {
                    continue;
                }
                properties.insert(key.clone());
                if key == property::TYPE {
                    kinds.insert(value.as_str().unwrap().to_owned());
                }
                if !holds_texts_by_language(key) {
                    words(value, properties, kinds);
                }
            }
        }
        _ => {}
    }
}

fn holds_texts_by_language(key: &str) -> bool {
    let namespace = super::context::namespace();
    key == property::CONTENT_MAP || namespace[property::CONTEXT][key]["@container"] == "@language"
}

#[test]
fn every_word_we_write_is_in_a_vocabulary_that_its_document_names() {
    let known = value("vocabulary");
    let listed = |list: &str, word: &str| known[list].as_array().unwrap().contains(&json!(word));
    let documents = our_documents();
    let mut seen = BTreeSet::new();
    for document in &documents {
        let contexts = document[property::CONTEXT].as_array().unwrap();
        assert_eq!(contexts[0], "https://www.w3.org/ns/activitystreams");
        let inline = contexts.iter().find(|context| context.is_object());
        let has_prefix = inline.is_some_and(|inline| inline.get("archi").is_some());
        let vocabularies = ["security", "controlled-identifiers", "data-integrity"]
            .into_iter()
            .zip([SECURITY, CONTROLLED_IDENTIFIERS, DATA_INTEGRITY])
            .filter(|(_, context)| contexts.contains(&json!(context)));
        let vocabularies: Vec<&str> = vocabularies.map(|(list, _)| list).collect();
        let (mut properties, mut kinds) = (BTreeSet::new(), BTreeSet::new());
        words(document, &mut properties, &mut kinds);
        for (list, word) in properties
            .iter()
            .map(|word| ("properties", word))
            .chain(kinds.iter().map(|word| ("types", word)))
        {
            let is_declared = inline.is_some_and(|inline| inline.get(word).is_some());
            let is_ours = has_prefix && super::vocabulary::archi::ALL.contains(&word.as_str());
            let is_of_another = vocabularies.iter().any(|list| listed(list, word));
            assert!(
                listed(list, word) || is_declared || is_ours || is_of_another,
                "{word} in {}",
                document[property::TYPE]
            );
        }
        seen.extend(kinds);
    }
    for kind in [
        "Application",
        "Organization",
        "Group",
        "Note",
        "Create",
        "Tombstone",
        "Multikey",
        "DataIntegrityProof",
    ] {
        assert!(seen.contains(kind), "{kind} is among what is checked");
    }
}

#[test]
fn every_word_we_know_is_in_the_vocabulary() {
    let known = value("vocabulary");
    let listed = |list: &str, word: &str| known[list].as_array().unwrap().contains(&json!(word));
    let actors = ActorKind::ALL.iter().map(|kind| kind.word());
    for word in types::ALL.iter().copied().chain(actors) {
        assert!(listed("types", word), "{word}");
    }
    for word in property::ALL {
        // Read only: Mastodon's, in the ActivityStreams namespace since.
        let is_extension = [property::CONTEXT, property::ALSO_KNOWN_AS].contains(word);
        assert!(listed("properties", word) || is_extension, "{word}");
    }
    for word in integrity::ALL {
        let is_known = listed("data-integrity", word) || listed("controlled-identifiers", word);
        assert!(is_known, "{word}");
    }
}

/// One of each document that we serve or send, as full as it can be.
fn our_documents() -> Vec<Value> {
    let ours = Addresses::of(url("https://hosteur.example"));
    let now = "2026-11-20T10:00:00Z".parse().unwrap();
    let (hoster, service) = (note::tests::full_hoster(), note::tests::full_service());
    let pem = actor::tests::pem();
    let about = actor::About {
        name: &hoster.name,
        description: hoster.description.as_ref(),
    };
    let (me, followers) = (ours.actor(Local::Hoster), ours.followers(Local::Hoster));
    let id = ours.activity(Local::Hoster, 1);
    let them = url("https://annuaire.example/ap/actor");
    let follow = activity::follow(&id, &me, &them);
    let note = note::write_service(&service, Some(&hoster), &ours, now, now);
    let summary = note::write_summary_note(7, &hoster, &[&service], &ours, now);
    let tombstone = collection::tombstone(&ours.service("cloud"), now);
    let services = ours.services(Local::Hoster);
    let page = ours.page(&services, 1);
    let given = vouch::tests::vouch();
    let taken_back = revocation::write(&given.id, &given.issuer, now, Some("Closed."));
    let signed = |document| vouch::tests::signer().sign(document, now);
    let (charter, keys) = (actor::tests::charter(), [actor::tests::assertion_key()]);
    let collective = actor::Profile {
        assertion_keys: &keys,
        ..actor::tests::profile(actor::Subject::Collective(about, Some(&charter)), &pem)
    };
    let write_actor = |subject| actor::write(&actor::tests::profile(subject, &pem), &ours);
    vec![
        write_actor(actor::Subject::Node(about)),
        actor::write(&collective, &ours),
        write_actor(actor::Subject::Hoster(&hoster)),
        activity::undo(&id, &me, &follow, &them),
        activity::accept(&id, &me, &follow, &them),
        activity::reject(&id, &me, &follow, &them),
        activity::create(&id, &me, &followers, now, note.clone()),
        activity::create(&id, &me, &followers, now, summary.clone()),
        activity::update(
            &id,
            &me,
            &followers,
            now,
            write_actor(actor::Subject::Hoster(&hoster)),
        ),
        activity::delete(&id, &me, &followers, now, tombstone.clone()),
        activity::announce(&id, &me, &followers, now, &them),
        collection::write(&services, &me, 1, &page, Some(now)),
        collection::write_page(
            &page,
            &services,
            1,
            Some(&page),
            Some(&page),
            vec![note.clone()],
        ),
        collection::write_whole(&services, &me, vec![json!(them)]),
        follow,
        note,
        summary,
        tombstone,
        signed(vouch::write(&given)),
        signed(taken_back),
    ]
}
