//! The body of a post: one plain document, whole and not too large (S15, S17).

use archipelago::clock::Clock;
use archipelago::federation::signature::cavage;
use archipelago::formats::activitypub::addresses::Local;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{hoster, with};
use crate::support::far_actor::{Far, FarActor};
use crate::support::far_post::Post;
use crate::support::fediverse::Founded;

#[tokio::test]
async fn a_signed_body_that_is_no_plain_document_is_refused_with_400_and_leaves_nothing() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    ours.settled().await;
    let (before, asked) = (ours.dump().await, far.requests());
    let good = alice.activity("Follow", ours.id(Local::Hoster).as_str());
    let text = good.to_string();
    let id = &good["id"];
    let inside = |more: &str| text.replacen('{', &format!("{{{more},"), 1);
    let many = format!("{{\"x\":{}1{},", "[".repeat(200), "]".repeat(200));
    for body in [
        inside("\"@graph\":[]"),
        inside("\"@included\":{}"),
        inside("\"x\":[{\"y\":{\"@reverse\":1}}]"),
        inside(&format!("\"id\":{id}")),
        inside("\"actor\":\"https://other.example/\""),
        inside("\"\\u0061ctor\":1"),
        text.replacen('{', &many, 1),
        text.clone() + "x",
        text[..text.len() - 1].to_owned(),
        "[]".to_owned(),
        "null".to_owned(),
        "<html></html>".to_owned(),
        "\u{feff}".to_owned() + &text,
    ] {
        let answer = signed(&ours, &alice, body.as_bytes()).send(&ours).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert!(answer.is_problem(), "{body}");
    }
    let latin = [&text.as_bytes()[..text.len() - 1], b",\"x\":\"\xe9\"}"].concat();
    assert_eq!(signed(&ours, &alice, &latin).send(&ours).await.status, 400);
    for field in ["id", "type", "actor", "object"] {
        for value in [
            json!(null),
            json!(5),
            json!([]),
            json!(["https://a.example/", "https://b.example/"]),
        ] {
            let answer = alice
                .tell(&ours, &with(good.clone(), json!({ field: value })))
                .await;
            assert_eq!(answer.status, 400, "{field} {value}: {}", answer.body);
        }
    }
    assert_eq!(ours.dump().await, before);
    assert_eq!(far.requests(), asked, "nobody is asked for it");
}

#[tokio::test]
async fn an_actor_may_be_written_out_in_its_activity() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    for actor in [
        json!({ "id": alice.id, "type": "Person" }),
        json!([alice.id]),
    ] {
        let follow = with(
            alice.activity("Follow", ours.id(Local::Hoster).as_str()),
            json!({ "actor": actor }),
        );
        alice.is_heard(&ours, &follow).await;
    }
}

/// A body as it is, rightly signed.
fn signed(ours: &Founded, alice: &FarActor, body: &[u8]) -> Post {
    let inbox = ours.federation.addresses().shared_inbox();
    let headers = cavage::sign_post(&alice.key, &inbox, body, Clock::system().now());
    Post::new(&inbox, &headers, body)
}

#[tokio::test]
async fn a_body_of_300_kb_is_refused_as_too_large_however_its_length_is_told() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    ours.settled().await;
    let before = ours.dump().await;
    let body = vec![b' '; 300_000];
    let answer = signed(&ours, &alice, &body).send(&ours).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert!(answer.is_problem());
    let chunked = [
        format!("{:x}\r\n", body.len()).as_bytes(),
        &body,
        b"\r\n0\r\n\r\n",
    ]
    .concat();
    let post = signed(&ours, &alice, &body).carrying(chunked);
    let mut bytes = post.bytes();
    let length = format!("content-length: {}", post.body.len());
    let at = bytes
        .windows(length.len())
        .position(|window| window == length.as_bytes())
        .unwrap();
    bytes.splice(at..at + length.len(), *b"transfer-encoding: chunked");
    let answer = Post::send_bytes(&bytes, ours.listens_at()).await;
    // Who goes on writing may be cut off before it hears why (RFC 9112 §9.6).
    let is_cut_off = answer.head.is_empty();
    assert!(is_cut_off || answer.status == 413, "{answer:?}");
    assert_eq!(ours.dump().await, before);
    assert_eq!(far.requests(), 0);
}

#[tokio::test]
async fn a_body_that_breaks_off_harms_nothing() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    let follow = alice.activity("Follow", ours.id(Local::Hoster).as_str());
    ours.settled().await;
    let before = ours.dump().await;
    let inbox = ours.federation.addresses().shared_inbox();
    for _ in 0..20 {
        let bytes = alice.post(&inbox, &follow).bytes();
        let mut stream = TcpStream::connect(ours.listens_at()).await.unwrap();
        stream.write_all(&bytes[..bytes.len() - 10]).await.unwrap();
    }
    assert_eq!(ours.dump().await, before);
    alice.is_heard(&ours, &follow).await;
}
