//! `verify`: whether a vouch is valid, or why not, in a terminal.

use std::process::Output;

use archipelago::clock::Clock;
use archipelago::domain::vouch::{AssertionKey, Basis, Vouch};
use archipelago::formats::activitypub::actor::write_keys;
use archipelago::formats::activitypub::bundle::{self, Bundle, Snapshot};
use archipelago::formats::activitypub::proof::{Signer, generate};
use archipelago::formats::activitypub::{revocation, vouch};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use url::Url;

use crate::support::desk::{Desk, stderr, stdout};
use crate::support::far_actor::Far;
use crate::support::far_web::Reply;

/// A collective that signs, and a hoster that it vouches for.
struct Scene {
    signer: Signer,
    multibase: String,
    vouch: Vouch,
}

impl Scene {
    fn new() -> Self {
        let url = |host: &str, path: &str| format!("https://{host}.example{path}").parse().unwrap();
        Self::at(
            url("collective", "/ap/group"),
            url("collective", "/ap/vouches/42"),
            url("hoster", "/ap/org"),
        )
    }

    fn at(issuer: Url, id: Url, object: Url) -> Self {
        let (private, multibase) = generate();
        let signer = Signer::new(&private, method(&issuer)).unwrap();
        let vouch = Vouch {
            id,
            issuer,
            object,
            basis: Basis::Membership,
            since: now() - TimeDelta::days(10),
            until: now() + TimeDelta::days(300),
            charter: None,
            evidence: None,
        };
        Self {
            signer,
            multibase,
            vouch,
        }
    }

    fn signed(&self) -> Value {
        self.sign(vouch::write(&self.vouch))
    }

    fn sign(&self, document: Value) -> Value {
        self.signer.sign(document, now() - TimeDelta::days(10))
    }

    fn taken_back(&self) -> Value {
        let reason = Some("It closed.");
        self.sign(revocation::write(
            &self.vouch.id,
            &self.vouch.issuer,
            now(),
            reason,
        ))
    }

    fn key(&self) -> AssertionKey {
        AssertionKey {
            id: method(&self.vouch.issuer),
            multibase: self.multibase.clone(),
            expires: None,
            revoked: None,
        }
    }

    /// What of the collective's actor lists its keys.
    fn listed(&self, key: AssertionKey) -> Value {
        json!({ "id": self.vouch.issuer, "assertionMethod": write_keys(&[key], &self.vouch.issuer) })
    }

    fn bundle(&self, revocations: Vec<Value>) -> Value {
        bundle::write(&Bundle {
            relayed_by: None,
            collected: Some(now()),
            vouch: self.signed(),
            revocations,
            snapshot: Some(Snapshot {
                issuer: self.vouch.issuer.clone(),
                keys: vec![self.key()],
                fetched: None,
            }),
        })
    }
}

fn method(issuer: &Url) -> Url {
    format!("{issuer}#ed25519-key").parse().unwrap()
}

fn now() -> DateTime<Utc> {
    Clock::system().now()
}

/// What is said of a document in a file, and whether it is valid.
fn of_file(document: &Value, arguments: &str) -> (String, bool) {
    let desk = Desk::new();
    desk.write("vouch.json", &document.to_string());
    of_output(&desk.run(&format!("verify vouch.json {arguments}")))
}

fn of_output(output: &Output) -> (String, bool) {
    let said = format!("{}{}", stdout(output), stderr(output));
    match output.status.code() {
        Some(0) => (said, true),
        Some(1) => (said, false),
        code => panic!("ended with {code:?}: {said}"),
    }
}

/// Asserts that a document is not valid, and that this is said to be why.
fn is_refused(document: &Value, arguments: &str, why: &str) {
    let (said, is_valid) = of_file(document, arguments);
    // Lines are broken between words.
    let told = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!is_valid && told.contains(why), "{why}: {said}");
}

#[test]
fn a_vouch_is_checked_without_a_network_by_a_key_one_knows() {
    let scene = Scene::new();
    let key = format!("--key {}", scene.multibase);
    let (said, is_valid) = of_file(&scene.signed(), &key);
    assert!(is_valid, "{said}");
    for part in [
        "https://collective.example/ap/vouches/42: valid\n",
        "ok form",
        "ok proof",
        "the one you named",
        "ok dates",
        "-  issuer",
        "-  hoster",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let desk = Desk::new();
    desk.write("vouch.json", &scene.signed().to_string());
    let told = desk.json(&format!("verify vouch.json {key}"));
    assert_eq!(
        (&told["is_valid"], &told["online"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(told["found"][0]["checks"][0]["what"], "form");
    assert!(!desk.has("archipelago.db"));
}

#[test]
fn a_vouch_signed_by_another_key_or_changed_since_is_refused() {
    let scene = Scene::new();
    let (key, fits) = (
        format!("--key {}", scene.multibase),
        "its signature does not fit",
    );
    let other = format!("--key {}", generate().1);
    is_refused(&scene.signed(), &other, fits);
    for (part, value) in [
        ("object", json!("https://impostor.example/ap/org")),
        ("endTime", json!("2099-01-01T00:00:00Z")),
        ("archi:basis", json!("peer")),
        ("x", json!("y")),
    ] {
        let mut changed = scene.signed();
        changed[part] = value;
        is_refused(&changed, &key, fits);
    }
    let mut reshaped = scene.signed();
    reshaped["@included"] = json!([]);
    let (said, is_valid) = of_file(&reshaped, &key);
    assert!(
        !is_valid && said.contains("moves its parts around"),
        "{said}"
    );
    is_refused(&vouch::write(&scene.vouch), &key, "it has no proof");
    let hoster = Scene::at(
        scene.vouch.object.clone(),
        scene.vouch.id.clone(),
        scene.vouch.issuer.clone(),
    );
    let mut forged = scene.signed();
    forged["proof"] = hoster.signed()["proof"].clone();
    is_refused(
        &forged,
        &key,
        "its proof names a key that is not its issuer's",
    );
}

#[test]
fn without_a_key_nothing_is_valid() {
    let scene = Scene::new();
    is_refused(&scene.signed(), "", "there is no key to check it with");
    is_refused(&scene.bundle(vec![]), "", "only the bundle itself says");
    let key = format!("--key {}", scene.multibase);
    assert!(of_file(&scene.bundle(vec![]), &key).1);
}

#[test]
fn an_actor_document_names_the_keys_and_when_they_ended() {
    let scene = Scene::new();
    let desk = Desk::new();
    desk.write("vouch.json", &scene.signed().to_string());
    let by = |actor: &Value| {
        desk.write("actor.json", &actor.to_string());
        of_output(&desk.run("verify vouch.json --actor actor.json"))
    };
    assert!(by(&scene.listed(scene.key())).1);
    let signed_at = now() - TimeDelta::days(10);
    let ended = |expires: DateTime<Utc>| AssertionKey {
        expires: Some(expires),
        ..scene.key()
    };
    assert!(by(&scene.listed(ended(signed_at + TimeDelta::days(1)))).1);
    let (said, is_valid) = by(&scene.listed(ended(signed_at - TimeDelta::days(1))));
    assert!(
        !is_valid && said.contains("it had ended when this was signed"),
        "{said}"
    );
    let renamed = AssertionKey {
        id: format!("{}#other", scene.vouch.issuer).parse().unwrap(),
        ..scene.key()
    };
    let (said, is_valid) = by(&scene.listed(renamed));
    assert!(
        !is_valid && said.contains("its issuer lists no key"),
        "{said}"
    );
    let other = Scene::at(
        scene.vouch.object.clone(),
        scene.vouch.id.clone(),
        scene.vouch.issuer.clone(),
    );
    let (said, is_valid) = by(&other.listed(other.key()));
    assert!(!is_valid && said.contains("there is no key"), "{said}");
    desk.write("actor.json", "{}");
    desk.refused(2, &["verify", "vouch.json", "--actor", "actor.json"]);
}

#[test]
fn a_vouch_counts_within_its_dates_and_for_no_longer_than_any_may() {
    let mut scene = Scene::new();
    let mut given = |since: i64, until: i64| {
        scene.vouch.since = now() + TimeDelta::days(since);
        scene.vouch.until = now() + TimeDelta::days(until);
        (scene.signed(), format!("--key {}", scene.multibase))
    };
    let (document, key) = given(-20, -10);
    is_refused(&document, &key, "it ended on");
    let (document, key) = given(10, 20);
    is_refused(&document, &key, "it begins on");
    let (document, key) = given(-1, 400);
    is_refused(&document, &key, "more than 400 days");
}

#[test]
fn a_revocation_counts_if_its_issuer_signed_it() {
    let scene = Scene::new();
    let key = format!("--key {}", scene.multibase);
    is_refused(&scene.bundle(vec![scene.taken_back()]), &key, "It closed.");
    let mut forged = scene.taken_back();
    forged["published"] = json!("2026-01-01T00:00:00Z");
    let (said, is_valid) = of_file(&scene.bundle(vec![forged.clone()]), &key);
    assert!(is_valid && said.contains("not its issuer's"), "{said}");
    let (said, is_valid) = of_file(&scene.taken_back(), &key);
    assert!(is_valid && said.contains("takes back"), "{said}");
    is_refused(&forged, &key, "its signature does not fit");
}

#[test]
fn each_vouch_of_a_collection_is_told() {
    let scene = Scene::new();
    let mut changed = scene.signed();
    changed["object"] = json!("https://impostor.example/ap/org");
    let named = "https://collective.example/ap/vouches/43";
    let page = json!({
        "id": "https://collective.example/ap/group/members?page=1", "type": "OrderedCollectionPage",
        "orderedItems": [scene.signed(), changed, named],
    });
    let (said, is_valid) = of_file(&page, &format!("--key {}", scene.multibase));
    assert!(!is_valid && said.contains("1 of 2 are not valid"), "{said}");
    assert!(said.contains("1 vouch only named by address"), "{said}");
}

#[test]
fn what_cannot_be_verified_is_told_apart() {
    let desk = Desk::new();
    desk.write("broken.json", "{ broken");
    desk.write(
        "note.json",
        r#"{ "id": "https://a.example/1", "type": "Note" }"#,
    );
    desk.write(
        "twice.json",
        r#"{ "type": "Relationship", "type": "Relationship" }"#,
    );
    let said = desk.refused(1, &["verify", "broken.json"]);
    assert!(said.contains("cannot be read"), "{said}");
    let said = desk.refused(1, &["verify", "twice.json"]);
    assert!(said.contains("stands twice"), "{said}");
    let said = desk.refused(1, &["verify", "note.json"]);
    assert!(
        said.contains("holds nothing that can be verified"),
        "{said}"
    );
    desk.refused(2, &["verify", "no such file"]);
    desk.refused(2, &["verify", "note.json", "--key", "z6Mk"]);
    let said = desk.refused(1, &["verify", "https://127.0.0.1/ap/vouches/1"]);
    assert!(said.contains("cannot be read"), "{said}");
}

/// A collective and a hoster on far servers, who stand by what they say.
struct FarScene {
    far: Far,
    scene: Scene,
    list: Url,
}

impl FarScene {
    async fn start() -> Self {
        let far = Far::start().await;
        let mut collective = far.actor(far.at("collective", "/ap/group"), "Group");
        let mut hoster = far.hoster("hoster");
        let id = far.at("collective", "/ap/vouches/42");
        let scene = Scene::at(collective.id.clone(), id.clone(), hoster.id.clone());
        let keys = scene.listed(scene.key());
        collective.document["assertionMethod"] = keys["assertionMethod"].clone();
        far.show(&collective.id, &collective.document);
        let list = far.at("hoster", "/ap/org/vouches");
        hoster.document["archi:vouches"] = json!(list);
        far.show(&hoster.id, &hoster.document);
        let shown = Self { far, scene, list };
        shown.lists(&[&id]);
        shown.far.show(&id, &shown.scene.signed());
        shown
    }

    fn lists(&self, vouches: &[&Url]) {
        let collection =
            json!({ "id": self.list, "type": "OrderedCollection", "orderedItems": vouches });
        self.far.show(&self.list, &collection);
    }

    async fn verified(&self, arguments: &str) -> (String, bool) {
        let id = &self.scene.vouch.id;
        self.verified_as(&format!("{id} {arguments}")).await
    }

    async fn verified_as(&self, arguments: &str) -> (String, bool) {
        let desk = Desk::new();
        desk.write("vouch.json", &self.scene.signed().to_string());
        let mut command = desk.command(&format!("verify --allow-net 127.0.0.0/8 {arguments}"));
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await;
        of_output(&output.unwrap())
    }

    /// Asserts that the vouch that is in hand is not valid once its issuer and hoster are asked.
    async fn is_refused(&self, why: &str) {
        let (said, is_valid) = self.verified_as("vouch.json --online").await;
        let told = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(!is_valid && told.contains(why), "{why}: {said}");
    }
}

#[tokio::test]
async fn an_address_is_checked_with_its_issuer_and_its_hoster() {
    let far = FarScene::start().await;
    let (said, is_valid) = far.verified("").await;
    assert!(is_valid, "{said}");
    for part in [
        "its issuer lists it today",
        "its server shows it",
        "it lists it, too",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(far.verified_as("vouch.json --online").await.1);
}

#[tokio::test]
async fn what_issuer_or_hoster_do_not_stand_by_is_not_valid() {
    let far = FarScene::start().await;
    let (id, issuer) = (far.scene.vouch.id.clone(), far.scene.vouch.issuer.clone());
    far.lists(&[]);
    far.is_refused("does not list it").await;
    far.lists(&[&id]);

    far.far.answer(&id, || Reply::new(404));
    far.is_refused("its server does not know it (404)").await;
    far.far.answer(&id, || Reply::new(410));
    far.is_refused("its issuer's server says that it is gone (410)")
        .await;
    let (said, is_valid) = far.verified("").await;
    assert!(!is_valid && said.contains("was taken back"), "{said}");
    far.far.show(&revocation::id(&id), &far.scene.taken_back());
    far.is_refused("its issuer took it back").await;
    far.far.answer(&id, || Reply::new(500));
    far.is_refused("its server could not be asked: it answered 500")
        .await;
    far.far
        .show_as(&id, "text/html", far.scene.signed().to_string());
    far.is_refused("no ActivityPub document").await;

    let elsewhere = far.far.at("elsewhere", "/vouch");
    far.far.show(&elsewhere, &far.scene.signed());
    let whither = elsewhere.to_string();
    far.far.answer(&id, move || Reply::redirect(302, &whither));
    far.is_refused("it leads to another server").await;

    far.far.show(&id, &far.scene.signed());
    far.far.actor(issuer.clone(), "Group");
    far.is_refused("its issuer lists no key").await;
    far.far.answer(&issuer, || Reply::new(503));
    far.is_refused("its issuer's keys cannot be read: it answered 503")
        .await;
}

#[tokio::test]
async fn a_hoster_without_node_is_asked_at_its_site() {
    let mut far = FarScene::start().await;
    far.scene.vouch.object = far.far.at("member", "/");
    let id = far.scene.vouch.id.clone();
    far.far.show(&id, &far.scene.signed());
    far.is_refused("does not list it").await;
    let file = far.far.at("member", "/.well-known/archipelago-vouches");
    far.far.answer(&file, || Reply::new(503));
    far.is_refused("could not be asked").await;
    far.far.show_as(&file, "text/plain", format!("{id}\n"));
    let (said, is_valid) = far.verified_as("vouch.json --online").await;
    assert!(is_valid && said.contains("it lists it, too"), "{said}");
}

#[tokio::test]
async fn a_vouch_that_was_renewed_since_is_still_stood_by() {
    let far = FarScene::start().await;
    let mut renewed = far.scene.vouch.clone();
    renewed.until += TimeDelta::days(50);
    let later = far.scene.signer.sign(vouch::write(&renewed), now());
    far.far.show(&renewed.id, &later);
    let (said, is_valid) = far.verified_as("vouch.json --online").await;
    assert!(
        is_valid && said.contains("its server shows the version signed on"),
        "{said}"
    );
    renewed.object = far.far.at("impostor", "/ap/org");
    let other = far.scene.signer.sign(vouch::write(&renewed), now());
    far.far.show(&renewed.id, &other);
    far.is_refused("its server shows something else there")
        .await;
}

#[tokio::test]
async fn the_keys_of_an_actor_can_be_read_at_its_address() {
    let far = FarScene::start().await;
    let issuer = &far.scene.vouch.issuer;
    let (said, is_valid) = far
        .verified_as(&format!("vouch.json --actor {issuer}"))
        .await;
    assert!(is_valid && said.contains("the one you named"), "{said}");
}
