//! Whose key it is that signed (S10), and what becomes of it when it changes.

use serde_json::{Value, json};

use super::signatures::{follow, known};
use super::{hoster, with, without};
use crate::support::far_actor::{Far, FarActor, KEY, OTHER_KEY, signing_key};

#[tokio::test]
async fn a_key_of_another_origin_speaks_for_nobody_here() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    let inbox = ours.federation.addresses().shared_inbox();
    for key in [
        far.at("other", "/users/alice#main-key").to_string(),
        alice.key.id.as_str().replace("http:", "https:"),
        "https://far.localhost/users/alice#main-key".to_owned(),
    ] {
        let stranger = FarActor {
            key: signing_key(&key, &KEY),
            ..alice.clone()
        };
        let answer = stranger
            .post(&inbox, &follow(&ours, &alice))
            .send(&ours)
            .await;
        assert_eq!(answer.status, 401, "{key}: {}", answer.body);
    }
    assert_eq!(far.requests(), 0, "nobody was asked");
}

#[tokio::test]
async fn an_actor_whose_key_is_not_its_own_or_no_good_is_refused() {
    let (ours, far) = (hoster().await, Far::start().await);
    let key = |name: &str, changes: Value| {
        let actor = far.person(name);
        let key = with(actor.document["publicKey"].clone(), changes);
        (
            name.to_owned(),
            with(actor.document.clone(), json!({ "publicKey": key })),
        )
    };
    let small = "-----BEGIN PUBLIC KEY-----\nMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3\n6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6\nZ4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw\noYi+1hqp1fIekaxsyQIDAQAB\n-----END PUBLIC KEY-----\n";
    ours.settled().await;
    let before = ours.dump().await;
    for (name, document) in [
        key("foreign-owner", json!({ "owner": far.url("/users/bob") })),
        key("no-owner", json!({ "owner": null })),
        key(
            "elsewhere",
            json!({ "id": far.at("other", "/users/elsewhere#main-key") }),
        ),
        key("small", json!({ "publicKeyPem": small })),
        key("no-pem", json!({ "publicKeyPem": "not a key" })),
        key("number", json!({ "publicKeyPem": 5 })),
        key("other", json!({ "publicKeyPem": OTHER_KEY.1 })),
        (
            "none".to_owned(),
            without(far.person("none").document, "publicKey"),
        ),
        (
            "linked".to_owned(),
            with(
                far.person("linked").document,
                json!({ "publicKey": far.url("/key") }),
            ),
        ),
    ] {
        let actor = far.person(&name);
        far.show(&actor.id, &document);
        let answer = actor.tell(&ours, &follow(&ours, &actor)).await;
        assert_eq!(answer.status, 401, "{name}: {}", answer.body);
        assert!(answer.is_problem(), "{name}");
    }
    assert_eq!(ours.dump().await, before);
}

#[tokio::test]
async fn a_new_key_counts_as_soon_as_something_is_signed_with_it() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    known(&ours, &alice).await;
    // Somebody forges before and after: that must not keep us from the new key.
    let forger = FarActor {
        key: signing_key(alice.key.id.as_str(), &OTHER_KEY),
        ..alice.clone()
    };
    let renewed = with(
        alice.document["publicKey"].clone(),
        json!({ "publicKeyPem": OTHER_KEY.1 }),
    );
    far.show(
        &alice.id,
        &with(alice.document.clone(), json!({ "publicKey": renewed })),
    );
    let inbox = ours.federation.addresses().shared_inbox();
    let forged = alice.post(&inbox, &follow(&ours, &alice)).replacing(
        "signature",
        "signature=\"",
        "signature=\"AAAA",
    );
    assert_eq!(forged.send(&ours).await.status, 401);
    forger.is_heard(&ours, &follow(&ours, &alice)).await;
    assert_eq!(
        alice.tell(&ours, &follow(&ours, &alice)).await.status,
        401,
        "the old key is no longer hers"
    );
}
