//! Actors that move, change and go; and with them their services (S25).

use archipelago::store::FollowState;
use serde_json::{Value, json};

use super::{directory, followed, name_of, state, with, without};
use crate::support::far_actor::{Far, FarActor, OTHER_KEY, signing_key};
use crate::support::fediverse::Founded;

/// A hoster that is followed and listed, and its service.
async fn listed(ours: &Founded, far: &Far) -> (FarActor, Value) {
    let hoster = far.hoster("a");
    followed(ours, &hoster).await;
    let note = hoster.note("pads", "Pads");
    hoster
        .is_heard(ours, &hoster.activity("Create", note.clone()))
        .await;
    assert!(is_listed(ours, &hoster).await);
    (hoster, note)
}

async fn is_listed(ours: &Founded, hoster: &FarActor) -> bool {
    ours.store.hoster_of(&hoster.id).await.unwrap().is_some()
}

#[tokio::test]
async fn who_moves_is_followed_at_its_new_home_if_that_says_so_too() {
    let (ours, far) = (directory().await, Far::start().await);
    let (old, _) = listed(&ours, &far).await;
    let mut new = far.hoster("b");
    let to_new = || {
        with(
            old.activity("Move", old.id.as_str()),
            json!({ "target": new.id }),
        )
    };
    old.is_heard(&ours, &to_new()).await;
    assert_eq!(
        state(&ours, &new).await,
        None,
        "the new home does not know of it"
    );
    assert_eq!(state(&ours, &old).await, Some(FollowState::Accepted));
    // The address waits to be read again; another one is read at once.
    let third = far.hoster("c");
    let by_another = with(
        third.activity("Move", old.id.as_str()),
        json!({ "target": third.id }),
    );
    third.is_heard(&ours, &by_another).await;
    assert_eq!(state(&ours, &third).await, None);
    new = far.hoster("d");
    new.document["alsoKnownAs"] = json!([old.id]);
    far.show(&new.id, &new.document);
    let to_new = with(
        old.activity("Move", old.id.as_str()),
        json!({ "target": new.id }),
    );
    old.is_heard(&ours, &to_new).await;
    assert_eq!(state(&ours, &new).await, Some(FollowState::Asked));
    assert_eq!(state(&ours, &old).await, None);
    assert!(!is_listed(&ours, &old).await);
}

#[tokio::test]
async fn an_actor_may_announce_a_new_key_under_its_old_one() {
    let (ours, far) = (directory().await, Far::start().await);
    let (mut hoster, note) = listed(&ours, &far).await;
    let key_id = format!("{}#key-2", hoster.id);
    let key = json!({ "id": key_id, "owner": hoster.id, "publicKeyPem": OTHER_KEY.1 });
    let renewed = with(hoster.document.clone(), json!({ "publicKey": key }));
    hoster
        .is_heard(&ours, &hoster.activity("Update", renewed))
        .await;
    let old = hoster.clone();
    hoster.key = signing_key(&key_id, &OTHER_KEY);
    hoster
        .is_heard(&ours, &hoster.activity("Delete", note["id"].clone()))
        .await;
    assert_eq!(name_of(&ours, &note).await, None);
    // Its document was not even changed: it is not read for the new key. For the old one it is.
    assert_eq!(
        old.tell(&ours, &old.activity("Undo", note["id"].clone()))
            .await
            .status,
        202
    );
}

#[tokio::test]
async fn who_no_longer_wants_to_be_found_leaves_the_directory_with_its_services() {
    for change in [
        "undiscoverable",
        "undiscoverable and no hoster",
        "undiscoverable while we are not followers",
        "gone",
    ] {
        let (ours, far) = (directory().await, Far::start().await);
        let (hoster, note) = listed(&ours, &far).await;
        let hidden = with(hoster.document.clone(), json!({ "discoverable": false }));
        let word = match change {
            "undiscoverable" => hoster.activity("Update", hidden),
            "undiscoverable and no hoster" => {
                hoster.activity("Update", without(hidden, "archi:organisation"))
            }
            "gone" => hoster.activity("Delete", hoster.id.as_str()),
            _ => {
                let follow = ours.store.follow_of(&hoster.id).await.unwrap().unwrap();
                hoster
                    .is_heard(&ours, &hoster.activity("Reject", follow.activity.as_str()))
                    .await;
                hoster.activity("Update", hidden)
            }
        };
        hoster.is_heard(&ours, &word).await;
        assert!(!is_listed(&ours, &hoster).await, "{change}");
        assert_eq!(name_of(&ours, &note).await, None, "{change}");
        assert!(
            !ours
                .dump()
                .await
                .iter()
                .any(|row| row.starts_with("services")),
            "{change}"
        );
    }
}

#[tokio::test]
async fn who_is_no_hoster_any_more_is_listed_as_none() {
    let (ours, far) = (directory().await, Far::start().await);
    let (hoster, _) = listed(&ours, &far).await;
    let word = hoster.activity(
        "Update",
        without(hoster.document.clone(), "archi:organisation"),
    );
    hoster.is_heard(&ours, &word).await;
    assert!(!is_listed(&ours, &hoster).await);
}

#[tokio::test]
async fn what_an_actor_says_of_itself_is_believed_only_where_it_fits_itself() {
    let (ours, far) = (directory().await, Far::start().await);
    let (hoster, _) = listed(&ours, &far).await;
    let actors = async || {
        let mut rows = ours.dump().await;
        rows.retain(|row| row.starts_with("remote_actors"));
        rows
    };
    let before = actors().await;
    for wrong in [
        json!({ "inbox": far.at("b", "/inbox") }),
        json!({ "type": "Note" }),
        json!({ "publicKey": null }),
        json!({ "publicKey": { "id": format!("{}#main-key", hoster.id), "owner": far.url("/bob"), "publicKeyPem": OTHER_KEY.1 } }),
    ] {
        let word = hoster.activity("Update", with(hoster.document.clone(), wrong.clone()));
        hoster.is_heard(&ours, &word).await;
        assert_eq!(actors().await, before, "{wrong}");
    }
}
