//! Follow, Undo, Accept, Reject: who follows whom, and who may say so.

use archipelago::federation::signature::PublicKey;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::{Circle, FollowState};
use serde_json::{Value, json};

use super::{asked, directory, hoster, our_follow, state};
use crate::support::far_actor::{Far, FarActor};
use crate::support::far_web::Request;
use crate::support::fediverse::{Founded, eventually};

async fn followers(node: &Founded) -> u64 {
    let circle = node.store.circle(Circle::Followers, Local::Hoster, 10, 0);
    circle.await.unwrap().1
}

/// What a node delivered to an actor, once there is so much of it.
async fn delivered(far: &Far, actor: &FarActor, count: usize) -> Vec<Request> {
    eventually("it is delivered", async || {
        let posted = far.posted_to(&actor.inbox());
        (posted.len() >= count).then_some(posted)
    })
    .await
}

/// Whether a request is signed by an actor of ours, by what its document says.
async fn is_signed_by(node: &Founded, role: Local, request: &Request) -> bool {
    let id = node.id(role);
    let document = node.node.ask(
        reqwest::Method::GET,
        id.path(),
        &[("accept", "application/activity+json")],
    );
    let document: Value = serde_json::from_slice(&document.await.bytes().await.unwrap()).unwrap();
    let pem = document["publicKey"]["publicKeyPem"].as_str().unwrap();
    let signature = request.header("signature").unwrap();
    assert!(
        signature.contains(document["publicKey"]["id"].as_str().unwrap()),
        "{signature}"
    );
    assert!(PublicKey::parse(pem).is_ok());
    let mut headers = std::collections::BTreeMap::new();
    headers.extend(request.headers.iter().cloned());
    // What most others read it with: an implementation that is not ours.
    let config = http_signature_normalization::Config::new().require_digest();
    let unverified = config
        .begin_verify("POST", &request.target, headers)
        .unwrap();
    unverified.verify(|signature, text| {
        use base64::Engine;
        let signature = base64::engine::general_purpose::STANDARD
            .decode(signature)
            .unwrap();
        let key = PublicKey::parse(pem).unwrap();
        key.verify_pkcs1v15_sha256(text.as_bytes(), &signature)
            .is_ok()
    })
}

#[tokio::test]
async fn a_follow_gets_a_signed_accept_and_a_repeated_one_gets_it_again() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    for count in 1..=2 {
        let follow = alice.activity("Follow", ours.id(Local::Hoster).as_str());
        alice.is_heard(&ours, &follow).await;
        let posted = delivered(&far, &alice, count).await;
        let accept: Value = serde_json::from_slice(&posted[count - 1].body).unwrap();
        assert_eq!(accept["type"], "Accept");
        assert_eq!(accept["actor"], ours.id(Local::Hoster).as_str());
        assert_eq!(accept["object"]["id"], follow["id"]);
        assert!(is_signed_by(&ours, Local::Hoster, &posted[count - 1]).await);
        assert_eq!(followers(&ours).await, 1);
    }
}

#[tokio::test]
async fn a_follow_of_nobody_here_is_taken_and_means_nothing() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    for whom in [
        ours.id(Local::Collective).to_string(),
        format!("{}?x", ours.id(Local::Hoster)),
        ours.federation.addresses().home().to_string(),
        far.person("bob").id.to_string(),
    ] {
        alice
            .is_heard(&ours, &alice.activity("Follow", whom.as_str()))
            .await;
        assert_eq!(followers(&ours).await, 0, "{whom}");
    }
    assert!(far.posted_to(&alice.inbox()).is_empty());
}

#[tokio::test]
async fn a_follow_is_undone_by_its_id_or_written_out_and_only_by_its_own_actor() {
    let (ours, far) = (hoster().await, Far::start().await);
    let (alice, bob) = (far.person("alice"), far.person("bob"));
    let follow = alice.activity("Follow", ours.id(Local::Hoster).as_str());
    alice.is_heard(&ours, &follow).await;
    for object in [follow["id"].clone(), follow.clone()] {
        bob.is_heard(&ours, &bob.activity("Undo", object)).await;
        assert_eq!(followers(&ours).await, 1);
    }
    // What bob says of alice's Follow says nothing of his own.
    bob.is_heard(
        &ours,
        &bob.activity("Follow", ours.id(Local::Hoster).as_str()),
    )
    .await;
    bob.is_heard(&ours, &bob.activity("Undo", follow.clone()))
        .await;
    assert_eq!(followers(&ours).await, 2);
    let renamed = json!({ "id": alice.url("/other"), "type": "Follow", "actor": alice.id, "object": ours.id(Local::Hoster) });
    for object in [follow["id"].clone(), follow.clone(), renamed] {
        let mut again = follow.clone();
        again["id"] = alice.activity("Follow", "x")["id"].clone();
        alice.is_heard(&ours, &again).await;
        let undone = if object["type"].is_null() {
            again["id"].clone()
        } else {
            object
        };
        alice
            .is_heard(&ours, &alice.activity("Undo", undone.clone()))
            .await;
        assert_eq!(followers(&ours).await, 1, "{undone}");
    }
}

#[tokio::test]
async fn only_whom_we_asked_answers_and_only_what_we_asked() {
    let (ours, far) = (directory().await, Far::start().await);
    let (alice, bob) = (far.person("alice"), far.person("bob"));
    let follow = asked(&ours, &alice).await;
    let asked_of = our_follow(&follow, &ours, &alice);
    for kind in ["Accept", "Reject"] {
        // Bob answers for alice; alice answers what we never said.
        for (sender, object) in [
            (&bob, json!(follow)),
            (&bob, asked_of.clone()),
            (
                &alice,
                json!(ours.federation.addresses().activity(Local::Node, 5)),
            ),
            (
                &alice,
                json!({ "id": alice.url("/x"), "type": "Follow", "actor": bob.id, "object": alice.id }),
            ),
            (
                &alice,
                json!({ "id": alice.url("/x"), "type": "Follow", "actor": ours.id(Local::Node), "object": bob.id }),
            ),
            (
                &alice,
                json!({ "id": alice.url("/x"), "type": "Join", "actor": ours.id(Local::Node), "object": alice.id }),
            ),
        ] {
            sender
                .is_heard(&ours, &sender.activity(kind, object.clone()))
                .await;
            assert_eq!(
                state(&ours, &alice).await,
                Some(FollowState::Asked),
                "{kind} {object}"
            );
            assert_eq!(state(&ours, &bob).await, None);
        }
    }
    alice
        .is_heard(&ours, &alice.activity("Accept", asked_of))
        .await;
    assert_eq!(state(&ours, &alice).await, Some(FollowState::Accepted));
    alice
        .is_heard(&ours, &alice.activity("Reject", follow.as_str()))
        .await;
    assert_eq!(state(&ours, &alice).await, Some(FollowState::Refused));
}

#[tokio::test]
async fn kinds_we_do_not_know_are_answered_politely_and_leave_nothing() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    alice
        .is_heard(
            &ours,
            &alice.activity("Follow", ours.id(Local::Hoster).as_str()),
        )
        .await;
    delivered(&far, &alice, 1).await;
    eventually("the delivery is settled", async || {
        ours.store.debts(1).await.unwrap().is_empty().then_some(())
    })
    .await;
    ours.settled().await;
    let before = ours.dump().await;
    for kind in [
        "Like",
        "Listen",
        "EmojiReact",
        "Dislike",
        "follow",
        "https://www.w3.org/ns/activitystreams#Follow",
    ] {
        let activity = alice.activity(kind, ours.id(Local::Hoster).as_str());
        assert_eq!(alice.tell(&ours, &activity).await.status, 202, "{kind}");
    }
    assert_eq!(ours.dump().await, before);
    let unsigned = alice.activity("Like", "https://a.example/");
    let inbox = ours.federation.addresses().shared_inbox();
    let unsigned = alice
        .post(&inbox, &unsigned)
        .without("signature")
        .send(&ours)
        .await;
    assert_eq!(unsigned.status, 401);
}

#[tokio::test]
async fn a_follower_whose_inbox_says_that_it_is_gone_is_forgotten() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    far.answer_posts_with(410);
    alice
        .is_heard(
            &ours,
            &alice.activity("Follow", ours.id(Local::Hoster).as_str()),
        )
        .await;
    eventually("she is forgotten", async || {
        (followers(&ours).await == 0).then_some(())
    })
    .await;
    far.answer_posts_with(202);
    alice
        .is_heard(
            &ours,
            &alice.activity("Follow", ours.id(Local::Hoster).as_str()),
        )
        .await;
    delivered(&far, &alice, 2).await;
    assert_eq!(followers(&ours).await, 1);
}
