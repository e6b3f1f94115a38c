//! Whoever is blocked is answered before anything is done about what it says (S8, S24).

use archipelago::domain::block::{Domain, Severity};
use archipelago::domain::text::Prose;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::Blocked;
use serde_json::json;

use super::{directory, followed, with};
use crate::support::far_actor::{Far, FarActor};
use crate::support::fediverse::{Founded, eventually};

/// Blocks a name, and waits until the running node knows: then it takes no activity of a kind that it
/// would forget at once.
async fn block(ours: &Founded, name: &str, of_it: &FarActor) {
    let domain = Domain::parse(name).unwrap();
    let reason = Prose::parse("It sends spam").unwrap();
    let added = ours
        .federation
        .add_block(&domain, Severity::Suspend, &reason);
    assert_eq!(added.await.unwrap(), Blocked::Done);
    let inbox = ours.federation.addresses().shared_inbox();
    eventually("the node knows of the block", async || {
        let nothing = of_it.activity("Listen", "https://example.org/");
        let answer = of_it.post(&inbox, &nothing).send(ours).await;
        (answer.status == 403).then_some(())
    })
    .await;
}

/// An actor of a host, whom nobody has read yet.
fn somebody(far: &Far, host: &str) -> FarActor {
    far.actor(far.at(host, "/ap/org"), "Organization")
}

#[tokio::test]
async fn a_blocked_hosts_post_is_answered_403_and_leaves_no_row_and_no_request() {
    let (ours, far) = (directory().await, Far::start().await);
    let evil = somebody(&far, "evil");
    let below = somebody(&far, "a.b.evil");
    let good = somebody(&far, "notevil");
    block(&ours, "EVIL.localhost.", &evil).await;
    ours.settled().await;
    let before = ours.dump().await;
    let requests = far.requests();
    let inbox = ours.federation.addresses().shared_inbox();
    for actor in [&evil, &below] {
        for (kind, object) in [
            ("Follow", ours.id(Local::Node).as_str()),
            ("Delete", actor.id.as_str()),
            ("Create", actor.id.as_str()),
        ] {
            let activity = actor.activity(kind, object);
            let answer = actor.post(&inbox, &activity).send(&ours).await;
            assert_eq!(answer.status, 403, "{kind}");
            assert!(answer.is_problem());
            let by_new_scheme = actor.post_by_rfc9421(&inbox, &activity);
            assert_eq!(by_new_scheme.send(&ours).await.status, 403, "{kind}");
        }
    }
    // However its name is written.
    let mut shouting = evil.activity("Follow", ours.id(Local::Node).as_str());
    shouting["actor"] = json!(evil.id.as_str().replace("evil.localhost", "EVIL.LocalHost"));
    assert_eq!(evil.post(&inbox, &shouting).send(&ours).await.status, 403);
    assert_eq!(ours.dump().await, before);
    assert_eq!(far.requests(), requests);
    good.is_heard(
        &ours,
        &good.activity("Follow", ours.id(Local::Node).as_str()),
    )
    .await;
}

#[tokio::test]
async fn nobody_is_led_to_a_blocked_host_by_another() {
    let (ours, far) = (directory().await, Far::start().await);
    let good = far.hoster("good");
    let evil = somebody(&far, "evil");
    followed(&ours, &good).await;
    block(&ours, "evil.localhost", &evil).await;
    let requests = far.requests_of("evil");
    let note = evil.note("pads", "Pads");
    good.is_heard(
        &ours,
        &good.activity("Announce", note["id"].as_str().unwrap()),
    )
    .await;
    let moved = good.activity("Move", good.id.as_str());
    let moved = with(moved, json!({ "target": evil.id }));
    good.is_heard(&ours, &moved).await;
    ours.settled().await;
    assert_eq!(far.requests_of("evil"), requests);
    let why = ours.federation.follow(evil.id.as_str()).await.unwrap_err();
    assert!(
        why.to_string().contains("is blocked by the operator"),
        "{why}"
    );
    assert_eq!(far.requests_of("evil"), requests);
}
