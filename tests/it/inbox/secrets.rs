//! Private keys are in one table and nowhere else, whoever asks for whatever.

use std::collections::BTreeSet;

use archipelago::formats::activitypub::addresses::Local;
use archipelago::store::Replaced;
use reqwest::Method;
use serde_json::Value;

use super::hoster;
use crate::support::far_actor::Far;
use crate::support::fediverse::{Founded, eventually, offer};

/// What is looked for: the word, and a line of each private key.
async fn secrets(ours: &Founded) -> Vec<String> {
    let mut secrets = vec!["PRIVATE KEY".to_owned()];
    for role in [Local::Node, Local::Hoster] {
        for key in ours.store.local_keys(role).await.unwrap() {
            let lines = key.private_pem.expose().lines();
            secrets.extend(lines.filter(|line| line.len() == 64).map(str::to_owned));
        }
        let (_, signing) = ours.store.signing_key(role).await.unwrap().unwrap();
        let lines = signing.expose().lines();
        secrets.extend(lines.filter(|line| line.len() == 64).map(str::to_owned));
    }
    assert!(secrets.len() > 40, "every line of every key");
    secrets
}

fn holds_none(secrets: &[String], what: &str, text: &str) {
    // JSON may write a line's end and a slash in two ways.
    let text = text.replace("\\/", "/");
    for secret in secrets {
        assert!(
            !text.contains(secret.as_str()),
            "{what} holds a private key"
        );
    }
}

/// The paths of ours that a document names.
fn paths(ours: &Founded, document: &Value, found: &mut BTreeSet<String>) {
    match document {
        Value::String(text) => {
            let url: Option<url::Url> = text.parse().ok();
            let url = url.filter(|url| ours.federation.addresses().is_ours(url));
            found.extend(
                url.map(|url| url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()),
            );
        }
        Value::Array(items) => items.iter().for_each(|item| paths(ours, item, found)),
        Value::Object(fields) => fields.values().for_each(|value| paths(ours, value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn no_answer_and_no_other_table_holds_a_private_key() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    alice
        .is_heard(
            &ours,
            &alice.activity("Follow", ours.id(Local::Hoster).as_str()),
        )
        .await;
    ours.federation.follow(alice.id.as_str()).await.unwrap();
    ours.federation
        .add_services(vec![offer("pads", "Pads"), offer("cloud", "Cloud")])
        .await
        .unwrap();
    ours.federation
        .remove_service(&offer("cloud", "Cloud").id)
        .await
        .unwrap();
    ours.federation.rotate_keys(Replaced::Ended).await.unwrap();
    eventually("all of it is delivered", async || {
        (far.posted_to(&alice.inbox()).len() >= 5).then_some(())
    })
    .await;
    let secrets = secrets(&ours).await;

    let mut waiting: BTreeSet<String> = [
        "/",
        "/fr/",
        "/en/about",
        "/manage",
        "/manage/login",
        "/ns",
        "/.well-known/nodeinfo",
        "/ap/actor",
        "/ap/org",
        "/ap/group",
        "/ap/keys",
        "/ap/org/keys",
        "/ap/org/main-key",
        "/ap/inbox",
        "/ap/org/inbox",
        "/ap/services/cloud",
        "/api/v1/hosters",
        "/api/v1/services",
        "/nodeinfo/2.1",
        "/nodeinfo/2.0",
        "/ap/x/y/z",
    ]
    .map(str::to_owned)
    .into();
    for role in [Local::Node, Local::Hoster] {
        let role = role.path();
        for name in [
            "outbox",
            "followers",
            "following",
            "featured",
            "services",
            "vouches",
            "members",
            "peers",
        ] {
            waiting.extend([
                format!("{role}/{name}"),
                format!("{role}/{name}?page=1"),
                format!("{role}/{name}?page=0"),
            ]);
        }
    }
    let authority = ours.federation.addresses().authority();
    for resource in [
        format!("acct:ours@{authority}"),
        ours.federation.addresses().home().to_string(),
    ] {
        waiting.insert(format!("/.well-known/webfinger?resource={resource}"));
    }
    let mut asked = BTreeSet::new();
    while let Some(path) = waiting.pop_first() {
        if !asked.insert(path.clone()) {
            continue;
        }
        for accept in ["application/activity+json", "text/html", "*/*"] {
            let answer = ours
                .node
                .ask(Method::GET, &path, &[("accept", accept)])
                .await;
            let head = format!("{:?}", answer.headers());
            let body = answer.bytes().await.unwrap();
            let text = String::from_utf8_lossy(&body);
            holds_none(&secrets, &path, &head);
            holds_none(&secrets, &path, &text);
            if let Ok(document) = serde_json::from_str(&text) {
                let mut found = BTreeSet::new();
                paths(&ours, &document, &mut found);
                waiting.extend(found.difference(&asked).cloned());
            }
        }
    }
    assert!(
        asked.iter().any(|path| path.contains("/activities/")),
        "{asked:?}"
    );
    for row in ours.dump().await {
        if !row.starts_with("local_keys") && !row.starts_with("assertion_keys") {
            holds_none(&secrets, "a row", &row);
        }
    }
    for post in far.posted_to(&alice.inbox()) {
        holds_none(
            &secrets,
            "a delivery",
            &format!("{:?} {}", post.headers, String::from_utf8_lossy(&post.body)),
        );
    }
}
