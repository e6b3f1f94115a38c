//! What the federation library lets through by itself, and that our guard does not: if one of its
//! holes closes, we learn of it here. P2 to P10 are the probes of federation.md §1.4.

mod anybody;

use activitypub_federation::actix_web::inbox::receive_activity;
use activitypub_federation::actix_web::signing_actor;
use activitypub_federation::config::FederationConfig;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::web::Bytes;
use actix_web::{App, HttpRequest, web};
use archipelago::clock::Clock;
use archipelago::federation::signature::{self, Parts, cavage};
use chrono::{TimeDelta, Utc};
use serde_json::json;
use url::Url;

use anybody::{Anybody, Anything, Received};

use crate::support::far_actor::{FarActor, KEY, signing_key};
use crate::support::far_post::Post;

async fn library() -> (Received, FederationConfig<Received>) {
    // The library makes a client; the program's main does this for it.
    drop(rustls::crypto::ring::default_provider().install_default());
    let received = Received::default();
    let config = FederationConfig::builder()
        .domain("ours.localhost:8080")
        .app_data(received.clone())
        .debug(true)
        .build()
        .await;
    (received, config.unwrap())
}

fn home() -> Url {
    "http://ours.localhost:8080/".parse().unwrap()
}

fn inbox() -> Url {
    home().join("/ap/inbox").unwrap()
}

fn alice() -> FarActor {
    let id: Url = "http://far.localhost:9090/users/alice".parse().unwrap();
    let key = signing_key(&format!("{id}#main-key"), &KEY);
    let document = json!({});
    FarActor { id, document, key }
}

fn request(post: &Post) -> HttpRequest {
    let mut request = TestRequest::post().uri(&post.target);
    for (name, value) in &post.headers {
        let name: HeaderName = name.parse().unwrap();
        request = request.append_header((name, HeaderValue::from_str(value).unwrap()));
    }
    request.to_http_request()
}

async fn library_takes(config: &FederationConfig<Received>, post: &Post) -> bool {
    let (data, body) = (config.to_request_data(), Bytes::from(post.body.clone()));
    let received = receive_activity::<Anything, Anybody, Received>(request(post), body, &data);
    received.await.is_ok()
}

fn guard_takes(post: &Post) -> bool {
    let headers = post.headers.iter();
    let parts = Parts {
        method: "POST",
        path_and_query: &post.target,
        headers: headers
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect(),
    };
    let signed = signature::check(&parts, &post.body, &home(), Clock::system().now());
    signed.is_ok_and(|signed| signature::key_belongs_to(&signed.key_id, &alice().id))
}

#[tokio::test]
async fn the_library_takes_signatures_that_our_guard_refuses() {
    const ALL: &str = "(request-target) host date digest";
    let (_, library) = library().await;
    let alice = alice();
    let body = alice.activity("Follow", "http://ours.localhost:8080/ap/org");
    let at = |offset| alice.post_at(&inbox(), &body, Clock::system().now() + offset);
    let good = || at(TimeDelta::zero());
    let own = alice.key.id.as_str();
    // Its signature fits its own date alone, so it is moved within this one post.
    let signed = good();
    let signature = signed.header("signature").to_owned();
    for (what, post, by_library, by_guard) in [
        ("a good one", good(), true, true),
        (
            "P3: over the digest alone",
            good().signed_over(&KEY, own, "digest"),
            true,
            false,
        ),
        (
            "P3: without a date",
            good()
                .without("date")
                .signed_over(&KEY, own, "(request-target) host digest"),
            true,
            false,
        ),
        (
            "P4: of two hours ago",
            at(TimeDelta::hours(-2)),
            false,
            false,
        ),
        (
            "P5: of two hours ahead",
            at(TimeDelta::hours(2)),
            true,
            false,
        ),
        (
            "P6: of yesterday, in words",
            good().with("date", "yesterday").signed_over(&KEY, own, ALL),
            true,
            false,
        ),
        (
            "P7: by a stranger's key",
            good().signed_over(&KEY, "http://other.localhost/x#main-key", ALL),
            true,
            false,
        ),
        (
            "P7: by what is no key",
            good().signed_over(&KEY, "x", ALL),
            true,
            false,
        ),
        (
            "in Authorization",
            signed
                .clone()
                .without("signature")
                .and("authorization", &format!("Signature {signature}")),
            true,
            false,
        ),
        (
            "behind a bad one",
            signed
                .clone()
                .with("signature", "keyId=\"x\"")
                .and("signature", &signature),
            true,
            false,
        ),
        (
            "for another host",
            good()
                .with("host", "other.localhost")
                .signed_over(&KEY, own, ALL),
            true,
            false,
        ),
        ("of another body", good().carrying("{}"), false, false),
        ("without a digest", good().without("digest"), false, false),
    ] {
        assert_eq!(
            library_takes(&library, &post).await,
            by_library,
            "the library, {what}"
        );
        assert_eq!(guard_takes(&post), by_guard, "the guard, {what}");
    }
}

#[tokio::test]
async fn the_library_receives_the_same_activity_twice() {
    // P2. That ours does not: the_same_request_twice_has_one_effect.
    let (received, library) = library().await;
    let alice = alice();
    let post = alice.post(
        &inbox(),
        &alice.activity("Follow", "http://ours.localhost:8080/ap/org"),
    );
    for _ in 0..2 {
        assert!(library_takes(&library, &post).await);
    }
    assert_eq!(*received.lock().unwrap(), 2);
}

#[tokio::test]
async fn the_library_takes_an_activity_whose_key_stands_twice() {
    // Of an `actor` that stands twice it refuses only what serde does; of all else the last counts.
    let (_, library) = library().await;
    let alice = alice();
    let text = alice
        .activity("Follow", "http://ours.localhost:8080/ap/org")
        .to_string();
    let twice = text.replacen('{', "{\"object\":\"http://other.localhost/\",", 1);
    let headers = cavage::sign_post(
        &alice.key,
        &inbox(),
        twice.as_bytes(),
        Clock::system().now(),
    );
    let post = Post::new(&inbox(), &headers, twice);
    assert!(library_takes(&library, &post).await);
    assert!(archipelago::formats::activitypub::activity::read(&post.body).is_err());
}

#[actix_web::test]
async fn the_librarys_way_to_read_a_body_ends_at_256_kib() {
    // P9: what it is given comes through this extractor. Ours has the same limit and says so in words.
    let app = App::new().route(
        "/",
        web::post().to(|body: Bytes| async move { body.len().to_string() }),
    );
    let app = init_service(app).await;
    for (size, status) in [(262_144, 200), (262_145, 413), (300_000, 413)] {
        let post = TestRequest::post().uri("/").set_payload(vec![b' '; size]);
        assert_eq!(
            call_service(&app, post.to_request()).await.status(),
            status,
            "{size}"
        );
    }
}

#[tokio::test]
async fn the_library_refuses_the_signed_reading_of_most_others() {
    // P10: it wants a digest of no body. We ask nobody for a signature who only reads.
    let (_, library) = library().await;
    let alice = alice();
    let now: chrono::DateTime<Utc> = Clock::system().now();
    let headers = cavage::sign_get(&alice.key, &home().join("/ap/org").unwrap(), now);
    let mut get = TestRequest::get()
        .uri("/ap/org")
        .insert_header(("host", "ours.localhost:8080"));
    for (name, value) in &headers {
        get = get.insert_header((name.as_str(), value.to_str().unwrap()));
    }
    let (get, data) = (get.to_http_request(), library.to_request_data());
    assert!(signing_actor::<Anybody>(&get, None, &data).await.is_err());
}
