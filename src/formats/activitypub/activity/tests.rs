use serde_json::json;

use super::*;
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::formats::activitypub::collection;
use crate::formats::activitypub::vocabulary::ACTIVITYSTREAMS;

fn follow_document() -> Value {
    json!({
        "@context": ACTIVITYSTREAMS, "id": "https://a.example/follows/1", "type": "Follow",
        "actor": "https://a.example/users/bob", "object": "https://b.example/ap/org",
    })
}

/// What is read once a part of a Follow has been replaced.
fn with(key: &str, value: Value) -> Result<Activity, Unreadable> {
    let mut document = follow_document();
    document[key] = value;
    read(document.to_string().as_bytes())
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn an_activity_is_read_with_what_it_is_done_to() {
    let activity = read(follow_document().to_string().as_bytes()).unwrap();
    assert_eq!(activity.kind, ActivityKind::Follow);
    assert_eq!(activity.actor, url("https://a.example/users/bob"));
    assert_eq!(activity.object, Object::Id(url("https://b.example/ap/org")));
    assert_eq!((activity.target, activity.published), (None, None));
    assert_eq!(activity.raw, follow_document());

    let embedded = json!({ "id": "https://b.example/1", "type": "Note" });
    for object in [embedded.clone(), json!([embedded])] {
        let activity = with("object", object).unwrap();
        assert_eq!(activity.object.id(), Some(url("https://b.example/1")));
        assert_eq!(activity.object, Object::Embedded(embedded.clone()));
    }
    let activity = with("target", json!({ "id": "https://b.example/2" })).unwrap();
    assert_eq!(activity.target, Some(url("https://b.example/2")));
    let activity = with("published", json!("2026-11-20T10:00:00.123+01:00")).unwrap();
    assert_eq!(
        activity.published.unwrap().to_rfc3339(),
        "2026-11-20T09:00:00.123+00:00"
    );
    assert_eq!(
        with("published", json!("yesterday")).unwrap().published,
        None
    );
}

#[test]
fn every_kind_we_deal_with_is_told_from_others() {
    for word in [
        "Follow", "Undo", "Accept", "Reject", "Create", "Update", "Delete", "Announce", "Add",
        "Remove", "Join", "Leave", "Offer", "Move", "Block", "Flag",
    ] {
        let kind = with("type", json!([word])).unwrap().kind;
        assert_eq!(format!("{kind:?}"), word);
    }
    for word in [
        "Like",
        "follow",
        "https://www.w3.org/ns/activitystreams#Follow",
    ] {
        let kind = with("type", json!(word)).unwrap().kind;
        assert_eq!(kind, ActivityKind::Other(word.to_owned()));
    }
}

#[test]
fn an_activity_is_its_actors_by_origin() {
    for actor in [
        "https://b.example/users/bob",
        "http://a.example/users/bob",
        "https://a.example:8443/users/bob",
        "https://a.example.b.example/users/bob",
    ] {
        assert_eq!(
            with("actor", json!(actor)),
            Err(Unreadable::Origin),
            "{actor}"
        );
    }
    assert!(with("actor", json!({ "id": "https://a.example/users/bob" })).is_ok());
    assert!(with("actor", json!("https://A.example:443/users/bob")).is_ok());
    assert!(with("id", json!("https://a.example/users/bob#accepts/follows/1")).is_ok());
}

#[test]
fn what_an_activity_needs_is_named_when_it_is_missing() {
    for id in [
        json!(null),
        json!("/1"),
        json!("urn:x"),
        json!(["https://a.example/1", "https://a.example/2"]),
    ] {
        assert_eq!(with("id", id), Err(Unreadable::Id));
    }
    let two = json!(["https://a.example/users/bob", "https://a.example/users/eve"]);
    for actor in [json!(null), json!("bob"), json!({}), two.clone()] {
        assert_eq!(with("actor", actor), Err(Unreadable::Actor));
    }
    for object in [json!(null), json!("bob"), json!([]), json!(5), two] {
        assert_eq!(with("object", object), Err(Unreadable::Object));
    }
    for kind in [
        json!(null),
        json!(["Follow", "Undo"]),
        json!("x".repeat(MAX_TYPE_BYTES + 1)),
    ] {
        assert_eq!(with("type", kind), Err(Unreadable::Type));
    }
    assert!(with("type", json!("x".repeat(MAX_TYPE_BYTES))).is_ok());
}

#[test]
fn an_unknown_activity_and_a_flag_may_be_done_to_nothing_or_to_several() {
    let mut document = follow_document();
    for kind in ["Like", "Flag"] {
        document["type"] = json!(kind);
        for object in [
            json!(null),
            json!(["https://b.example/1", "https://b.example/2"]),
        ] {
            document["object"] = object;
            let activity = read(document.to_string().as_bytes()).unwrap();
            assert_eq!(activity.object, Object::Unread);
            assert_eq!(activity.object.id(), None);
        }
    }
}

#[test]
fn an_activity_with_a_key_that_stands_twice_is_refused() {
    let text = follow_document().to_string();
    let twice = text.replacen('{', r#"{"actor":"https://eve.example/","#, 1);
    assert!(matches!(
        read(twice.as_bytes()),
        Err(Unreadable::Document(_))
    ));
}

#[test]
fn what_we_send_is_that_of_the_contract_and_is_read_back() {
    let ours = Addresses::of(url("https://hosteur.example"));
    let (me, followers) = (ours.actor(Local::Hoster), ours.followers(Local::Hoster));
    let them = url("https://annuaire.example/ap/actor");
    let now = "2026-11-20T10:00:00Z".parse().unwrap();
    let id = |seq| ours.activity(Local::Hoster, seq);
    let theirs = follow(
        &url("https://annuaire.example/ap/actor/activities/9"),
        &them,
        &me,
    );
    let mine = follow(&id(1), &me, &them);
    let service = ours.service("cloud");
    let note = json!({ "@context": context_of_service(), "id": service, "type": "Note" });
    let sent = [
        mine.clone(),
        undo(&id(2), &me, &mine, &them),
        accept(&id(3), &me, &theirs, &them),
        reject(&id(4), &me, &theirs, &them),
        create(&id(5), &me, &followers, now, note.clone()),
        update(&id(6), &me, &followers, now, note),
        delete(
            &id(7),
            &me,
            &followers,
            now,
            collection::tombstone(&service, now),
        ),
        announce(&id(8), &me, &followers, now, &url("https://b.example/1")),
    ];
    for document in &sent {
        let activity = read(document.to_string().as_bytes()).unwrap();
        assert_eq!(activity.actor, me);
        assert!(!matches!(activity.kind, ActivityKind::Other(_)));
        assert!(activity.object.id().is_some());
    }
    insta::assert_json_snapshot!(sent);
}

fn context_of_service() -> Value {
    crate::formats::activitypub::context::of_service()
}

#[test]
fn an_activity_whose_names_no_index_holds_is_refused() {
    let long = |bytes: usize| format!("https://a.example/{}", "x".repeat(bytes - 18));
    let of = |id: usize, actor: usize| {
        let follow = json!({ "id": long(id), "type": "Follow", "actor": long(actor), "object": "https://b.example/u" });
        read(follow.to_string().as_bytes()).map(drop)
    };
    assert_eq!(of(1_300, MAX_NAMES_BYTES - 1_300), Ok(()));
    assert_eq!(of(1_300, MAX_NAMES_BYTES - 1_299), Err(Unreadable::Long));
}
