//! What is read must be what it says it is, and no more of it than is bounded (S6, S7, S17).

use std::time::Duration;

use archipelago::fetch::MAX_DOCUMENT_BYTES;
use archipelago::formats::activitypub::addresses::Local;
use serde_json::json;

use super::{directory, with};
use crate::support::far_actor::{Far, FarActor};
use crate::support::far_post::Answer;
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
    ours.settled().await;
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
    ours.settled().await;
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
    ours.settled().await;
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
