//! Nothing counts that is not signed whole, just now, by its actor (S9, S12).

use archipelago::clock::Clock;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::Circle;
use chrono::TimeDelta;
use serde_json::{Value, json};
use url::Url;

use super::{hoster, with};
use crate::support::far_actor::{Far, FarActor, KEY, OTHER_KEY};
use crate::support::far_post::Post;
use crate::support::fediverse::Founded;

const ALL: &str = "(request-target) host date digest";

/// Every inbox of a hoster's node.
fn inboxes(ours: &Founded) -> [Url; 3] {
    let addresses = ours.federation.addresses();
    [
        addresses.shared_inbox(),
        addresses.inbox(Local::Hoster),
        addresses.inbox(Local::Node),
    ]
}

/// A Follow of ours by alice.
pub(super) fn follow(ours: &Founded, alice: &FarActor) -> Value {
    alice.activity("Follow", ours.id(Local::Hoster).as_str())
}

/// Makes alice known, so that nothing has to be asked about her any more.
pub(super) async fn known(ours: &Founded, alice: &FarActor) {
    alice
        .is_heard(
            ours,
            &alice.activity("Undo", alice.url("/nothing").as_str()),
        )
        .await;
}

#[tokio::test]
async fn every_inbox_takes_a_good_signature_of_either_scheme() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    for inbox in inboxes(&ours) {
        let answer = alice.post(&inbox, &follow(&ours, &alice)).send(&ours).await;
        assert_eq!((answer.status, answer.body.as_str()), (202, ""), "{inbox}");
        let answer = alice
            .post_by_rfc9421(&inbox, &follow(&ours, &alice))
            .send(&ours)
            .await;
        assert_eq!(answer.status, 202, "{inbox}: {}", answer.body);
    }
    ours.settled().await;
    let circle = ours
        .store
        .circle(Circle::Followers, Local::Hoster, 10, 0)
        .await
        .unwrap();
    assert_eq!(circle.0, [alice.id]);
}

#[tokio::test]
async fn every_inbox_refuses_every_spoilt_signature_with_401_and_keeps_nothing() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    known(&ours, &alice).await;
    ours.settled().await;
    let (before, asked) = (ours.dump().await, far.requests());
    for inbox in inboxes(&ours) {
        let body = follow(&ours, &alice);
        let good = || alice.post(&inbox, &body);
        let over = |covered: &str| good().signed_over(&KEY, alice.key.id.as_str(), covered);
        let at = |offset| alice.post_at(&inbox, &body, Clock::system().now() + offset);
        let date = |value: &str| {
            good()
                .with("date", value)
                .signed_over(&KEY, alice.key.id.as_str(), ALL)
        };
        let signature = good().header("signature").to_owned();
        let modern = || alice.post_by_rfc9421(&inbox, &body);
        let spoilt: &[(&str, Post)] = &[
            ("no signature", good().without("signature")),
            ("an empty one", good().with("signature", "")),
            ("two signatures", good().and("signature", &signature)),
            (
                "a bad one behind a good one",
                good().and("signature", "keyId=\"x\""),
            ),
            (
                "a signature in Authorization",
                good()
                    .without("signature")
                    .and("authorization", &format!("Signature {signature}")),
            ),
            (
                "one there and one here",
                good().and("authorization", &format!("Signature {signature}")),
            ),
            ("only the digest signed", over("digest")),
            ("the path not signed", over("host date digest")),
            ("the host not signed", over("(request-target) date digest")),
            ("the date not signed", over("(request-target) host digest")),
            ("the digest not signed", over("(request-target) host date")),
            ("no digest", good().without("digest")),
            (
                "the digest of another body",
                alice.post(&inbox, &json!({})).carrying(body.to_string()),
            ),
            (
                "a weak digest",
                good()
                    .with("digest", "MD5=abc")
                    .signed_over(&KEY, alice.key.id.as_str(), ALL),
            ),
            ("another body", good().carrying(body.to_string() + " ")),
            ("no body", good().carrying("")),
            ("no date", good().without("date")),
            ("two hours ago", at(TimeDelta::hours(-2))),
            ("in two hours", at(TimeDelta::hours(2))),
            ("a date that is none", date("yesterday")),
            ("an empty date", date("")),
            ("another path", good().aimed_at("/ap/org/inbox?x")),
            ("another host", good().with("host", "other.localhost")),
            (
                "signed for another host",
                good().with("host", "other.localhost").signed_over(
                    &KEY,
                    alice.key.id.as_str(),
                    ALL,
                ),
            ),
            (
                "another key",
                good().signed_over(&OTHER_KEY, alice.key.id.as_str(), ALL),
            ),
            ("no key", good().replacing("signature", "keyId", "key")),
            (
                "9421: another body",
                modern().carrying(body.to_string() + " "),
            ),
            ("9421: no digest", modern().without("content-digest")),
            ("9421: another path", modern().aimed_at("/ap/inbox?x")),
            (
                "9421: another time",
                modern().replacing("signature-input", "created=1", "created=2"),
            ),
            ("9421: no signature", modern().without("signature")),
            (
                "9421: mixed with the other",
                modern().with("signature", &signature),
            ),
        ];
        for (what, post) in spoilt {
            let answer = post.send(&ours).await;
            assert_eq!(answer.status, 401, "{inbox}, {what}: {}", answer.body);
            assert!(answer.is_problem(), "{what}: {answer:?}");
        }
    }
    assert_eq!(ours.dump().await, before);
    // One reading of alice at most: her key could have changed.
    assert!(far.requests() <= asked + 1);
}

#[tokio::test]
async fn the_same_request_twice_has_one_effect() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    let inbox = ours.federation.addresses().shared_inbox();
    let post = alice.post(&inbox, &follow(&ours, &alice));
    assert_eq!(post.send(&ours).await.status, 202);
    let undo = alice.activity("Undo", serde_json::from_slice::<Value>(&post.body).unwrap());
    alice.is_heard(&ours, &undo).await;
    assert_eq!(post.send(&ours).await.status, 202);
    ours.settled().await;
    let circle = ours
        .store
        .circle(Circle::Followers, Local::Hoster, 10, 0)
        .await
        .unwrap();
    assert_eq!(circle.1, 0, "a replay does not bring the follower back");
}

#[tokio::test]
async fn an_activity_is_not_lost_because_another_actor_of_its_host_used_its_id_first() {
    let (ours, far) = (hoster().await, Far::start().await);
    let (alice, bob) = (far.person("alice"), far.person("bob"));
    let follow = follow(&ours, &alice);
    let squatted = with(
        bob.activity("Undo", bob.url("/nothing").as_str()),
        json!({ "id": follow["id"] }),
    );
    bob.is_heard(&ours, &squatted).await;
    alice.is_heard(&ours, &follow).await;
    let circle = ours
        .store
        .circle(Circle::Followers, Local::Hoster, 10, 0)
        .await
        .unwrap();
    assert_eq!(circle.0, [alice.id]);
}
