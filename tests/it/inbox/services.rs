//! Services of a hoster we follow: told, told anew, ended; and read at their own place if another
//! tells of them (S5).

use archipelago::store::Known;
use serde_json::{Value, json};

use super::{asked, directory, followed, id_of, name_of, with, without};
use crate::support::database::{Database, on_both_engines};
use crate::support::far_actor::Far;
use crate::support::fediverse::Founded;

on_both_engines! {
    async fn a_followed_hoster_tells_of_its_service_changes_and_ends_it(database: Database) {
        let kind = archipelago::federation::Kind::Directory;
        let (ours, far) = (Founded::start("directory", kind, database).await, Far::start().await);
        let hoster = far.hoster("a");
        followed(&ours, &hoster).await;
        let note = hoster.note("pads", "Pads");
        hoster.is_heard(&ours, &hoster.activity("Create", note.clone())).await;
        assert_eq!(name_of(&ours, &note).await.as_deref(), Some("Pads"));
        let newer = with(note.clone(), json!({ "name": "New pads", "updated": "2026-11-02T00:00:00Z" }));
        hoster.is_heard(&ours, &hoster.activity("Update", newer)).await;
        assert_eq!(name_of(&ours, &note).await.as_deref(), Some("New pads"));
        // The old word comes late, under another id.
        hoster.is_heard(&ours, &hoster.activity("Update", note.clone())).await;
        assert_eq!(name_of(&ours, &note).await.as_deref(), Some("New pads"));
        let tombstone = json!({ "id": note["id"], "type": "Tombstone" });
        hoster.is_heard(&ours, &hoster.activity("Delete", tombstone)).await;
        assert_eq!(name_of(&ours, &note).await, None);
        hoster.is_heard(&ours, &hoster.activity("Create", note.clone())).await;
        assert_eq!(name_of(&ours, &note).await, None, "what is gone stays gone");
    }
}

#[tokio::test]
async fn whom_we_do_not_follow_tells_us_nothing() {
    let (ours, far) = (directory().await, Far::start().await);
    let (stranger, unanswered) = (far.hoster("stranger"), far.hoster("unanswered"));
    asked(&ours, &unanswered).await;
    for hoster in [&stranger, &unanswered] {
        let note = hoster.note("pads", "Pads");
        let reads = far.reads_of(&id_of(&note));
        for kind in ["Create", "Update", "Announce"] {
            for object in [note.clone(), note["id"].clone()] {
                hoster.is_heard(&ours, &hoster.activity(kind, object)).await;
            }
        }
        hoster
            .is_heard(
                &ours,
                &hoster.activity("Delete", hoster.url("/ap/services/other").as_str()),
            )
            .await;
        assert_eq!(ours.store.object(&id_of(&note)).await.unwrap(), None);
        assert_eq!(
            ours.store
                .object(&hoster.url("/ap/services/other"))
                .await
                .unwrap(),
            None
        );
        assert_eq!(far.reads_of(&id_of(&note)), reads, "nor is it read");
    }
}

#[tokio::test]
async fn a_service_told_by_its_address_alone_is_read_there() {
    let (ours, far) = (directory().await, Far::start().await);
    let hoster = far.hoster("a");
    followed(&ours, &hoster).await;
    let note = hoster.note("pads", "Pads");
    far.show(&id_of(&note), &note);
    hoster
        .is_heard(&ours, &hoster.activity("Create", note["id"].clone()))
        .await;
    assert_eq!(name_of(&ours, &note).await.as_deref(), Some("Pads"));
}

#[tokio::test]
async fn what_a_collective_announces_is_read_at_its_own_place_and_believed_from_there_alone() {
    let (ours, far) = (directory().await, Far::start().await);
    let collective = far.actor(far.at("collective", "/ap/group"), "Group");
    followed(&ours, &collective).await;
    let hoster = far.hoster("a");
    let note = hoster.note("pads", "Pads");
    let forged = with(note.clone(), json!({ "name": "Forged pads" }));
    // What is embedded is not believed, whatever its own place says or does not say.
    for object in [
        forged.clone(),
        with(
            hoster.activity("Create", forged.clone()),
            json!({ "id": note["id"] }),
        ),
    ] {
        collective
            .is_heard(&ours, &collective.activity("Announce", object))
            .await;
        assert_eq!(name_of(&ours, &note).await, None);
    }
    let other = hoster.note("cloud", "Cloud");
    far.show(&id_of(&other), &other);
    let forged = with(other.clone(), json!({ "name": "Forged cloud" }));
    collective
        .is_heard(&ours, &collective.activity("Announce", forged.clone()))
        .await;
    assert_eq!(name_of(&ours, &other).await.as_deref(), Some("Cloud"));
    collective
        .is_heard(&ours, &collective.activity("Create", forged))
        .await;
    assert_eq!(name_of(&ours, &other).await.as_deref(), Some("Cloud"));
}

#[tokio::test]
async fn an_announced_document_that_is_anothers_or_says_it_is_elsewhere_is_not_believed() {
    let (ours, far) = (directory().await, Far::start().await);
    let collective = far.actor(far.at("collective", "/ap/group"), "Group");
    followed(&ours, &collective).await;
    let (victim, liar) = (far.hoster("victim"), far.hoster("liar"));
    let lies: Vec<(&str, Value)> = vec![
        ("victims-id", victim.note("victims-id", "Lie")),
        (
            "victims-name",
            with(
                liar.note("victims-name", "Lie"),
                json!({ "attributedTo": victim.id }),
            ),
        ),
        (
            "nobodys",
            without(liar.note("nobodys", "Lie"), "attributedTo"),
        ),
        (
            "two",
            with(
                liar.note("two", "Lie"),
                json!({ "attributedTo": [liar.id, victim.id] }),
            ),
        ),
    ];
    let read = far.reads_of(&victim.id);
    for (slug, lie) in &lies {
        let place = liar.url(&format!("/ap/services/{slug}"));
        far.show(&place, lie);
        collective
            .is_heard(&ours, &collective.activity("Announce", place.as_str()))
            .await;
        for id in [id_of(lie), place] {
            assert_eq!(ours.store.object(&id).await.unwrap(), None, "{slug}");
        }
    }
    assert_eq!(
        far.reads_of(&victim.id),
        read,
        "nobody is asked because of a lie about it"
    );
    // A redirect to where it says it is, is the truth; one to elsewhere is not.
    let note = victim.note("pads", "Pads");
    let (here, there) = (liar.url("/redirects"), id_of(&note));
    far.show(&there, &note);
    let target = there.to_string();
    far.answer(&here, move || {
        crate::support::far_web::Reply::redirect(302, &target)
    });
    collective
        .is_heard(&ours, &collective.activity("Announce", here.as_str()))
        .await;
    assert!(matches!(
        ours.store.object(&there).await.unwrap(),
        Some(Known::Service(_))
    ));
}
