//! One actor's word about another's things counts for nothing, even from the same host (S13, S14).

use archipelago::formats::activitypub::addresses::Local;
use serde_json::{Value, json};

use super::{directory, followed, hoster, id_of, name_of, with, without};
use crate::support::far_actor::{Far, FarActor};
use crate::support::fediverse::{Founded, offer};

/// Two hosters of one host, both followed, and a service of the first.
async fn neighbours(ours: &Founded, far: &Far) -> (FarActor, FarActor, Value) {
    let alice = far.hoster("shared");
    let bob = far.hoster_at(far.at("shared", "/users/bob"));
    for hoster in [&alice, &bob] {
        followed(ours, hoster).await;
    }
    let note = alice.note("pads", "Pads");
    alice
        .is_heard(ours, &alice.activity("Create", note.clone()))
        .await;
    assert_eq!(name_of(ours, &note).await.as_deref(), Some("Pads"));
    (alice, bob, note)
}

#[tokio::test]
async fn a_neighbour_changes_and_ends_nothing_that_is_not_its_own() {
    let (ours, far) = (directory().await, Far::start().await);
    let (alice, bob, note) = neighbours(&ours, &far).await;
    let newer = with(
        note.clone(),
        json!({ "name": "Bob's", "updated": "2026-11-03T00:00:00Z" }),
    );
    let taken = with(newer.clone(), json!({ "attributedTo": bob.id }));
    let tombstone = json!({ "id": note["id"], "type": "Tombstone" });
    for (kind, object) in [
        ("Create", newer.clone()),
        ("Update", newer.clone()),
        ("Create", taken.clone()),
        ("Update", taken),
        ("Delete", note["id"].clone()),
        ("Delete", tombstone.clone()),
        ("Undo", note["id"].clone()),
        ("Delete", json!(alice.id)),
        (
            "Update",
            with(alice.document.clone(), json!({ "discoverable": false })),
        ),
        ("Move", json!(alice.id)),
    ] {
        bob.is_heard(&ours, &bob.activity(kind, object.clone()))
            .await;
        assert_eq!(
            name_of(&ours, &note).await.as_deref(),
            Some("Pads"),
            "{kind} {object}"
        );
    }
    // Nor does an activity in alice's name that bob signs, or one that he only passes on.
    for activity in [
        with(
            alice.activity("Delete", tombstone.clone()),
            json!({ "actor": bob.id }),
        ),
        bob.activity("Announce", alice.activity("Delete", tombstone)),
    ] {
        bob.is_heard(&ours, &activity).await;
        assert_eq!(
            name_of(&ours, &note).await.as_deref(),
            Some("Pads"),
            "{activity}"
        );
    }
}

#[tokio::test]
async fn a_strangers_delete_keeps_nobody_from_telling_of_a_service_later() {
    let (ours, far) = (directory().await, Far::start().await);
    let alice = far.hoster("shared");
    followed(&ours, &alice).await;
    let stranger = far.actor(far.at("shared", "/users/mallory"), "Person");
    let note = alice.note("pads", "Pads");
    stranger
        .is_heard(&ours, &stranger.activity("Delete", note["id"].clone()))
        .await;
    alice
        .is_heard(&ours, &alice.activity("Create", note.clone()))
        .await;
    assert_eq!(name_of(&ours, &note).await.as_deref(), Some("Pads"));
}

#[tokio::test]
async fn a_service_is_attributed_to_its_sender_alone_and_lies_at_its_origin() {
    let (ours, far) = (directory().await, Far::start().await);
    let (alice, bob, _) = neighbours(&ours, &far).await;
    let local = ours.id(Local::Node);
    for author in [
        json!(5),
        json!(null),
        json!(""),
        json!("/ap/org"),
        json!([alice.id]),
        json!([alice.id, bob.id]),
        json!({ "id": alice.id }),
        json!(bob.id),
        json!(local),
        json!(format!("{}#x", alice.id)),
        json!(alice.id.as_str().replace("shared", "SHARED")),
    ] {
        let note = with(
            alice.note("other", "Other"),
            json!({ "attributedTo": author }),
        );
        alice
            .is_heard(&ours, &alice.activity("Create", note.clone()))
            .await;
        assert_eq!(name_of(&ours, &note).await, None, "{author}");
    }
    let elsewhere = far.at("other", "/ap/services/x");
    let own = ours.federation.addresses().service("x");
    for id in [
        json!(elsewhere),
        json!(own),
        json!("/ap/services/x"),
        json!(5),
        json!(null),
    ] {
        let note = with(alice.note("x", "X"), json!({ "id": id }));
        let before = objects(&ours).await;
        alice.is_heard(&ours, &alice.activity("Create", note)).await;
        assert_eq!(objects(&ours).await, before, "{id}");
    }
    let note = without(alice.note("y", "Y"), "attributedTo");
    alice
        .is_heard(&ours, &alice.activity("Create", note.clone()))
        .await;
    assert_eq!(ours.store.object(&id_of(&note)).await.unwrap(), None);
}

async fn objects(node: &Founded) -> Vec<String> {
    let mut dump = node.dump().await;
    dump.retain(|row| row.starts_with("objects") || row.starts_with("services"));
    dump
}

#[tokio::test]
async fn nobody_speaks_for_our_own_actors_or_about_our_own_services() {
    let (ours, far) = (hoster().await, Far::start().await);
    ours.federation
        .add_services(vec![offer("pads", "Pads")])
        .await
        .unwrap();
    let alice = far.hoster("a");
    followed(&ours, &alice).await;
    let object = ours.federation.addresses().service("pads");
    let before = objects(&ours).await;
    let note = with(
        alice.note("pads", "Forged"),
        json!({ "id": object, "updated": "2027-01-01T00:00:00Z" }),
    );
    let as_ours = with(
        note.clone(),
        json!({ "attributedTo": ours.id(Local::Hoster) }),
    );
    for (kind, object) in [
        ("Create", note.clone()),
        ("Update", note),
        ("Update", as_ours),
        ("Delete", json!(object)),
        ("Announce", json!(object)),
        ("Delete", json!(ours.id(Local::Hoster))),
    ] {
        alice.is_heard(&ours, &alice.activity(kind, object)).await;
        assert_eq!(objects(&ours).await, before, "{kind}");
    }
    // An activity of one of ours that comes from outside, whoever signs it.
    let inbox = ours.federation.addresses().shared_inbox();
    let mut forged = with(
        alice.activity("Delete", object.as_str()),
        json!({ "actor": ours.id(Local::Hoster) }),
    );
    assert_eq!(
        alice.post(&inbox, &forged).send(&ours).await.status,
        400,
        "not of one origin"
    );
    forged["id"] = json!(ours.federation.addresses().activity(Local::Hoster, 7));
    assert_eq!(
        alice.post(&inbox, &forged).send(&ours).await.status,
        400,
        "one of ours"
    );
    assert_eq!(objects(&ours).await, before);
}
