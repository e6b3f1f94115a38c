//! What we read because of what others post is bounded, so that nobody uses us against a third party
//! (S11, S19, S20).

use std::time::{Duration, Instant};

use archipelago::fetch::DEADLINE;
use archipelago::formats::activitypub::addresses::Local;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::{directory, with};
use crate::support::far_actor::{Far, FarActor, KEY, OTHER_KEY, signing_key};
use crate::support::far_web::Reply;
use crate::support::fediverse::Founded;

/// How many unknown actors of one domain are read in a minute.
const MAX_READS_PER_DOMAIN: usize = 10;
/// For how long they are counted.
const MINUTE: Duration = Duration::from_secs(60);
/// How many unknown actors are read at once, and how many more may wait for it.
const MAX_READS_AT_ONCE: usize = 8;
const MAX_WAITING: usize = 64;
/// How many posts too many are sent beside those.
const TOO_MANY: usize = 20;

/// How many spans of time, one after the other, can have begun since a moment: more than one where posts take a
/// machine longer.
fn begun_since(moment: Instant, span: Duration) -> usize {
    1 + usize::try_from(moment.elapsed().as_secs() / span.as_secs()).unwrap()
}

fn follow(ours: &Founded, actor: &FarActor) -> serde_json::Value {
    actor.activity("Follow", ours.id(Local::Node).as_str())
}

/// An actor that exists nowhere, with the key of all.
fn nobody(far: &Far, host: &str, name: &str) -> FarActor {
    let id = far.at(host, &format!("/nobody/{name}"));
    FarActor {
        key: signing_key(&format!("{id}#main-key"), &KEY),
        document: json!({}),
        id,
    }
}

#[tokio::test]
async fn a_forged_post_leaves_no_row_and_makes_us_read_its_actor_once() {
    let (ours, far) = (directory().await, Far::start().await);
    let alice = far.person("alice");
    let forger = FarActor {
        key: signing_key(alice.key.id.as_str(), &OTHER_KEY),
        ..alice.clone()
    };
    ours.settled().await;
    let before = ours.dump().await;
    let inbox = ours.federation.addresses().shared_inbox();
    for _ in 0..5 {
        let activity = follow(&ours, &alice);
        assert_eq!(forger.post(&inbox, &activity).send(&ours).await.status, 401);
        assert_eq!(
            forger
                .post_by_rfc9421(&inbox, &activity)
                .send(&ours)
                .await
                .status,
            401
        );
    }
    assert_eq!(ours.dump().await, before);
    assert_eq!((far.requests(), far.reads_of(&alice.id)), (1, 1));
    // Alice herself is not kept from writing by it.
    alice.is_heard(&ours, &follow(&ours, &alice)).await;
    assert_eq!(far.reads_of(&alice.id), 1);
}

#[tokio::test]
async fn forged_posts_in_a_known_actors_name_make_us_read_it_once_more_and_no_oftener() {
    let (ours, far) = (directory().await, Far::start().await);
    let alice = far.person("alice");
    alice
        .is_heard(&ours, &alice.activity("Undo", alice.url("/x").as_str()))
        .await;
    let forger = FarActor {
        key: signing_key(alice.key.id.as_str(), &OTHER_KEY),
        ..alice.clone()
    };
    ours.settled().await;
    let before = ours.dump().await;
    for _ in 0..20 {
        assert_eq!(forger.tell(&ours, &follow(&ours, &alice)).await.status, 401);
    }
    assert_eq!(ours.dump().await, before);
    assert_eq!(far.reads_of(&alice.id), 2);
}

#[tokio::test]
async fn an_actor_that_cannot_be_read_is_not_asked_for_again_at_once() {
    let (ours, far) = (directory().await, Far::start().await);
    let alice = nobody(&far, "far", "alice");
    for _ in 0..5 {
        assert_eq!(alice.tell(&ours, &follow(&ours, &alice)).await.status, 401);
    }
    assert_eq!(far.requests(), 1);
}

#[tokio::test]
async fn many_posts_of_one_new_actor_at_once_make_us_read_it_once() {
    let (ours, far) = (directory().await, Far::start().await);
    let alice = far.person("alice");
    let inbox = ours.federation.addresses().shared_inbox();
    let mut posts = JoinSet::new();
    for _ in 0..30 {
        let (post, at) = (
            alice.post(&inbox, &follow(&ours, &alice)),
            ours.listens_at(),
        );
        posts.spawn(async move { post.send_to(at).await.status });
    }
    assert!(posts.join_all().await.iter().all(|status| *status == 202));
    assert_eq!(far.reads_of(&alice.id), 1);
}

#[tokio::test]
async fn a_thousand_posts_naming_unknown_actors_of_one_domain_reach_it_ten_times() {
    let (ours, far) = (directory().await, Far::start().await);
    ours.settled().await;
    let before = ours.dump().await;
    let inbox = ours.federation.addresses().shared_inbox();
    let (begun, mut statuses) = (Instant::now(), Vec::new());
    for n in 0..1_000 {
        // Any name below the domain leads to it (a wildcard in the DNS).
        let host = [
            "victim".to_owned(),
            format!("w{n}.victim"),
            format!("a.b{n}.victim"),
        ][n % 3]
            .clone();
        let alice = nobody(&far, &host, &format!("n{n}"));
        let post = alice.post(&inbox, &follow(&ours, &alice));
        let post = post.signed_with_nonsense(alice.key.id.as_str());
        let answer = post.send(&ours).await;
        if answer.status == 503 {
            assert!(answer.is_problem());
            assert!(answer.head.contains("retry-after: "), "{answer:?}");
        }
        statuses.push(answer.status);
    }
    let most = MAX_READS_PER_DOMAIN * begun_since(begun, MINUTE);
    let of = |status| statuses.iter().filter(|known| **known == status).count();
    let read = of(401);
    assert!((MAX_READS_PER_DOMAIN..=most).contains(&read), "{read}");
    assert_eq!(of(503), 1_000 - read);
    assert_eq!(far.requests(), read);
    assert_eq!(ours.dump().await, before);
    // Another domain has its own.
    let bob = far.person("bob");
    bob.is_heard(&ours, &follow(&ours, &bob)).await;
}

#[tokio::test]
async fn hosts_that_never_answer_hold_up_a_bounded_number_of_posts() {
    let (ours, far) = (directory().await, Far::start().await);
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let (release, released) = oneshot::channel::<()>();
    let most = tokio::spawn(async move {
        let mut held = Vec::new();
        let accept = async {
            loop {
                held.push(silent.accept().await.unwrap());
            }
        };
        tokio::select! { () = accept => {}, _ = released => {} }
        held.len()
    });
    let inbox = ours.federation.addresses().shared_inbox();
    let (begun, mut posts) = (Instant::now(), JoinSet::new());
    let mut hosts = (0..).map(|n| format!("d{n}"));
    // A reading ends after its deadline and makes room. Where a machine needs longer than that to judge so many
    // posts, as many come again: by then those that wait are judged, and only the others have to be.
    let mut rounds = 0..6;
    loop {
        assert!(rounds.next().is_some(), "there is room for more");
        while posts.len() < MAX_READS_AT_ONCE + MAX_WAITING + TOO_MANY {
            let mut alice = nobody(&far, &hosts.next().unwrap(), "x");
            alice.id.set_port(Some(port)).unwrap();
            let post = alice.post(&inbox, &follow(&ours, &alice));
            let post = post.signed_with_nonsense(alice.id.as_str());
            let at = ours.listens_at();
            posts.spawn(async move { post.send_to(at).await.status });
        }
        let mut answers = Vec::new();
        for _ in 0..TOO_MANY {
            answers.push(posts.join_next().await.unwrap().unwrap());
        }
        // Those too many are answered while all the others still wait.
        if answers.iter().all(|status| *status == 503) {
            break;
        }
        let are_known = answers.iter().all(|status| [401, 503].contains(status));
        assert!(are_known, "{answers:?}");
    }
    assert_eq!(posts.len(), MAX_READS_AT_ONCE + MAX_WAITING);
    // Actors that are known are heard as before.
    release.send(()).unwrap();
    let read = most.await.unwrap();
    let at_most = MAX_READS_AT_ONCE * begun_since(begun, DEADLINE);
    assert!(read <= at_most, "{read}");
    assert!(posts.join_all().await.iter().all(|status| *status == 401));
}

#[tokio::test]
async fn the_end_of_an_actor_nobody_knew_is_taken_without_a_question() {
    let (ours, far) = (directory().await, Far::start().await);
    ours.settled().await;
    let before = ours.dump().await;
    for n in 0..50 {
        let gone = nobody(&far, "far", &format!("n{n}"));
        for object in [json!(gone.id), json!({ "id": gone.id, "type": "Person" })] {
            let answer = gone.tell(&ours, &gone.activity("Delete", object)).await;
            assert_eq!(answer.status, 202, "{}", answer.body);
        }
    }
    assert_eq!(ours.dump().await, before);
    assert_eq!(far.requests(), 0);
    // Not so the end of something else, and not without a signature.
    let gone = nobody(&far, "far", "x");
    assert_eq!(
        gone.tell(&ours, &gone.activity("Delete", far.url("/y").as_str()))
            .await
            .status,
        401
    );
    let inbox = ours.federation.addresses().shared_inbox();
    let end = gone.post(&inbox, &gone.activity("Delete", gone.id.as_str()));
    assert_eq!(end.without("signature").send(&ours).await.status, 401);
}

#[tokio::test]
async fn the_end_of_a_known_actor_must_be_signed_by_its_key() {
    let (ours, far) = (directory().await, Far::start().await);
    let alice = far.person("alice");
    alice
        .is_heard(&ours, &alice.activity("Undo", alice.url("/x").as_str()))
        .await;
    let forger = FarActor {
        key: signing_key(alice.key.id.as_str(), &OTHER_KEY),
        ..alice.clone()
    };
    let end = alice.activity("Delete", alice.id.as_str());
    far.answer(&alice.id, || Reply::new(410));
    assert_eq!(forger.tell(&ours, &end).await.status, 401);
    // Its document is gone by now, as it is with most; its key is remembered.
    alice
        .is_heard(
            &ours,
            &with(
                end,
                json!({ "to": "https://www.w3.org/ns/activitystreams#Public" }),
            ),
        )
        .await;
    assert_eq!(ours.store.remote_actor(&alice.id).await.unwrap(), None);
}
