//! Join, Leave, Offer, Add, Remove, Block: kept as they were said, for people to decide.

use archipelago::formats::activitypub::addresses::Local;
use serde_json::{Value, json};

use super::{asked, hoster, state, with};
use crate::support::far_actor::{Far, FarActor};
use crate::support::fediverse::Founded;

/// What actors said of each other and did not take back, by kind, actor and object.
async fn said(node: &Founded) -> Vec<String> {
    let rows = node.dump().await;
    let said = rows.iter().filter_map(|row| {
        let cells: Vec<&str> = row.strip_prefix("relations | ")?.split(" | ").collect();
        let is_withdrawn = cells.last() != Some(&"");
        (!is_withdrawn).then(|| format!("{} {} {}", cells[1], cells[2], cells[3]))
    });
    said.collect()
}

fn vouch(by: &FarActor, of: &str) -> Value {
    json!({
        "id": by.url("/ap/vouches/1"), "type": "Relationship", "subject": by.id,
        "relationship": "https://w3id.org/archipelago#vouchesFor", "object": of,
    })
}

#[tokio::test]
async fn who_asks_to_join_is_noted_until_it_leaves() {
    let (ours, far) = (hoster().await, Far::start().await);
    let (alice, bob) = (far.person("alice"), far.person("bob"));
    let us = ours.id(Local::Hoster);
    alice
        .is_heard(
            &ours,
            &alice.activity("Join", far.url("/somebody").as_str()),
        )
        .await;
    assert!(said(&ours).await.is_empty());
    alice
        .is_heard(&ours, &alice.activity("Join", us.as_str()))
        .await;
    let joined = [format!("application {} {us}", alice.id)];
    assert_eq!(said(&ours).await, joined);
    bob.is_heard(&ours, &bob.activity("Leave", us.as_str()))
        .await;
    assert_eq!(said(&ours).await, joined);
    alice
        .is_heard(&ours, &alice.activity("Leave", us.as_str()))
        .await;
    assert!(said(&ours).await.is_empty());
}

#[tokio::test]
async fn an_offer_counts_for_whoever_makes_it_and_is_taken_back_by_it_alone() {
    let (ours, far) = (hoster().await, Far::start().await);
    let (alice, bob) = (far.person("alice"), far.person("bob"));
    let us = ours.id(Local::Hoster);
    bob.is_heard(&ours, &bob.activity("Offer", vouch(&alice, us.as_str())))
        .await;
    alice
        .is_heard(
            &ours,
            &alice.activity("Offer", vouch(&alice, bob.id.as_str())),
        )
        .await;
    assert!(said(&ours).await.is_empty(), "of another, or to another");
    let offer = alice.activity("Offer", vouch(&alice, us.as_str()));
    alice.is_heard(&ours, &offer).await;
    let offered = [format!("offer {} {us}", alice.id)];
    assert_eq!(said(&ours).await, offered);
    bob.is_heard(&ours, &bob.activity("Undo", offer["id"].clone()))
        .await;
    assert_eq!(said(&ours).await, offered);
    alice
        .is_heard(&ours, &alice.activity("Undo", offer["id"].clone()))
        .await;
    assert!(said(&ours).await.is_empty());
}

#[tokio::test]
async fn a_collective_adds_to_and_removes_from_its_own_list_of_members_only() {
    let (ours, far) = (hoster().await, Far::start().await);
    let mut collective = far.actor(far.at("collective", "/ap/group"), "Group");
    let members = collective.url("/ap/group/members");
    collective.document["archi:members"] = json!(members);
    far.show(&collective.id, &collective.document);
    let other = far.actor(far.at("collective", "/ap/other"), "Group");
    let vouch = vouch(&collective, ours.id(Local::Hoster).as_str());
    let add = |by: &FarActor, target: Value| {
        with(
            by.activity("Add", vouch.clone()),
            json!({ "target": target }),
        )
    };
    let remove = |by: &FarActor| {
        with(
            by.activity("Remove", vouch["id"].clone()),
            json!({ "target": members }),
        )
    };
    for wrong in [
        add(&other, json!(members)),
        add(&collective, json!(collective.url("/ap/other/members"))),
        add(&collective, json!(null)),
        with(
            collective.activity("Add", ours.id(Local::Hoster).as_str()),
            json!({ "target": members }),
        ),
    ] {
        let sender = if wrong["actor"] == json!(other.id) {
            &other
        } else {
            &collective
        };
        sender.is_heard(&ours, &wrong).await;
        assert!(said(&ours).await.is_empty(), "{wrong}");
    }
    collective
        .is_heard(&ours, &add(&collective, json!(members)))
        .await;
    let added = [format!(
        "member {} {}",
        collective.id,
        ours.id(Local::Hoster)
    )];
    assert_eq!(said(&ours).await, added);
    other.is_heard(&ours, &remove(&other)).await;
    assert_eq!(said(&ours).await, added);
    collective.is_heard(&ours, &remove(&collective)).await;
    assert!(said(&ours).await.is_empty());
}

#[tokio::test]
async fn who_blocks_us_is_neither_followed_nor_written_to() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    asked(&ours, &alice).await;
    let us = ours.id(Local::Hoster);
    alice
        .is_heard(&ours, &alice.activity("Follow", us.as_str()))
        .await;
    alice
        .is_heard(&ours, &alice.activity("Block", far.url("/x").as_str()))
        .await;
    assert!(state(&ours, &alice).await.is_some());
    alice
        .is_heard(&ours, &alice.activity("Block", us.as_str()))
        .await;
    assert_eq!(state(&ours, &alice).await, None);
    assert_eq!(said(&ours).await, [format!("block {} {us}", alice.id)]);
    assert!(
        !ours
            .dump()
            .await
            .iter()
            .any(|row| row.starts_with("followers"))
    );
}
