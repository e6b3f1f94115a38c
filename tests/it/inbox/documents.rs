//! What is read and what is posted must be what it says it is, and no more of it than is bounded
//! (S6, S7, S15, S17, S18).

use std::time::Duration;

use archipelago::fetch::MAX_DOCUMENT_BYTES;
use archipelago::formats::activitypub::addresses::Local;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{directory, hoster, with};
use crate::support::far_actor::{Far, FarActor};
use crate::support::far_post::{Answer, Post};
use crate::support::far_web::Reply;
use crate::support::fediverse::Founded;

const LD_JSON: &str = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

async fn follows(ours: &Founded, actor: &FarActor) -> Answer {
    actor
        .tell(
            ours,
            &actor.activity("Follow", ours.id(Local::Node).as_str()),
        )
        .await
}

#[tokio::test]
async fn an_actor_counts_only_with_a_media_type_of_activitypub() {
    let (ours, far) = (directory().await, Far::start().await);
    let before = ours.dump().await;
    let refused = [
        "text/html",
        "application/json",
        "image/png",
        "text/plain",
        "application/activity+json2",
        "application/octet-stream",
        "application/ld+json",
        "application/ld+json; profile=\"https://example.org/\"",
        "multipart/form-data",
        "",
    ];
    for (n, media_type) in refused.into_iter().enumerate() {
        // Each at a host of its own, which may be asked only so often.
        let actor = far.actor(far.at(&format!("r{n}"), "/users/a"), "Person");
        far.show_as(&actor.id, media_type, actor.document.to_string());
        assert_eq!(follows(&ours, &actor).await.status, 401, "{media_type}");
        assert!(
            ours.federation.follow(actor.id.as_str()).await.is_err(),
            "{media_type}"
        );
    }
    assert_eq!(ours.dump().await, before);
    let taken = [
        "application/activity+json",
        "application/activity+json; charset=utf-8",
        "application/activity+json;charset=utf-8",
        "Application/Activity+JSON",
        LD_JSON,
        "application/ld+json;profile=\"https://www.w3.org/ns/activitystreams\"; charset=utf-8",
        "application/ld+json; profile=\"http://www.w3.org/ns/json-ld#compacted https://www.w3.org/ns/activitystreams\"",
    ];
    for (n, media_type) in taken.into_iter().enumerate() {
        let actor = far.actor(far.at(&format!("t{n}"), "/users/a"), "Person");
        far.show_as(&actor.id, media_type, actor.document.to_string());
        assert_eq!(follows(&ours, &actor).await.status, 202, "{media_type}");
    }
}

#[tokio::test]
async fn an_actor_is_who_it_says_at_exactly_the_address_where_it_says_so() {
    let (ours, far) = (directory().await, Far::start().await);
    let before = ours.dump().await;
    let id = far.url("/users/alice").to_string();
    for (n, spoof) in [
        id.replace("alice", "Alice"),
        id.replace("/users", "//users"),
        format!("{id}?x"),
        format!("{id}#x"),
        format!("{id}/"),
        id.replace("http:", "https:"),
        id.replace("far.", "other."),
        id.replace("far.", "FAR."),
        id.replace(&far.port().to_string(), "80"),
        id.replace("alice", "%61lice"),
        "/users/alice".to_owned(),
        String::new(),
    ]
    .into_iter()
    .enumerate()
    {
        let host = format!("h{n}");
        let actor = far.actor(far.at(&host, "/users/alice"), "Person");
        let spoof = spoof
            .replace("far.", &format!("{host}."))
            .replace("FAR.", &format!("{}.", host.to_uppercase()));
        far.show(
            &actor.id,
            &with(actor.document.clone(), json!({ "id": spoof })),
        );
        assert_eq!(follows(&ours, &actor).await.status, 401, "{spoof}");
    }
    // A redirect to a document that says it is at the end of it: then it is not whom we asked for.
    let (alice, bob) = (far.person("alice"), far.person("bob"));
    let target = bob.id.to_string();
    far.answer(&alice.id, move || Reply::redirect(302, &target));
    assert_eq!(follows(&ours, &alice).await.status, 401);
    assert_eq!(ours.dump().await, before);
}

#[tokio::test]
async fn an_actors_error_page_is_no_actor_whatever_it_holds() {
    let (ours, far) = (directory().await, Far::start().await);
    for status in [404, 410, 500, 300] {
        let actor = far.actor(far.at(&format!("s{status}"), "/users/a"), "Person");
        let body = actor.document.to_string();
        far.answer(&actor.id, move || {
            Reply::new(status)
                .header("Content-Type", "application/activity+json")
                .body(body.clone())
        });
        assert_eq!(follows(&ours, &actor).await.status, 401, "{status}");
    }
}

#[tokio::test]
async fn an_actor_that_is_too_large_packed_or_endless_is_not_read() {
    let (ours, far) = (directory().await, Far::start().await);
    let before = ours.dump().await;
    let actor = |name: &str| far.actor(far.at(name, "/users/a"), "Person");
    let activity = |reply: Reply| reply.header("Content-Type", "application/activity+json");
    let long = "x".repeat(MAX_DOCUMENT_BYTES + 100_000);
    let (large, packed, endless) = (actor("large"), actor("packed"), actor("endless"));
    far.show(
        &large.id,
        &with(large.document.clone(), json!({ "summary": long })),
    );
    // The first bytes of a gzip stream; that it says so is enough.
    far.answer(&packed.id, move || {
        activity(Reply::new(200))
            .header("Content-Encoding", "gzip")
            .body([0x1f, 0x8b, 8, 0])
    });
    far.answer(&endless.id, move || {
        activity(Reply::new(200))
            .body(" ".repeat(65_536))
            .for_ever(Duration::ZERO)
    });
    for actor in [large, packed, endless] {
        assert_eq!(follows(&ours, &actor).await.status, 401, "{}", actor.id);
    }
    assert_eq!(ours.dump().await, before);
}

#[tokio::test]
async fn a_signed_body_that_is_no_plain_document_is_refused_with_400_and_leaves_nothing() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
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
    use archipelago::clock::Clock;
    use archipelago::federation::signature::cavage;
    let inbox = ours.federation.addresses().shared_inbox();
    let headers = cavage::sign_post(&alice.key, &inbox, body, Clock::system().now());
    Post::new(&inbox, &headers, body)
}

#[tokio::test]
async fn a_body_of_300_kb_is_refused_as_too_large_however_its_length_is_told() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
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
    assert_eq!(answer.status, 413, "{answer:?}");
    assert_eq!(ours.dump().await, before);
    assert_eq!(far.requests(), 0);
}

#[tokio::test]
async fn a_body_that_breaks_off_harms_nothing() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    let follow = alice.activity("Follow", ours.id(Local::Hoster).as_str());
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
