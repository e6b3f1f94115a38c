//! Join, Leave, Offer, Block: kept as they were said, for people to decide. Vouches: believed from whoever
//! gives them, and from nobody else.

use archipelago::clock::Clock;
use archipelago::domain::secret::PrivatePem;
use archipelago::domain::vouch::{Basis, Vouch};
use archipelago::federation::Kind;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::formats::activitypub::{proof, revocation, vouch};
use archipelago::store::{Change, Effect, MAX_ACKNOWLEDGED};
use chrono::TimeDelta;
use serde_json::{Value, json};
use url::Url;

use super::{asked, directory, followed, hoster, state, with};
use crate::support::database::Database;
use crate::support::far_actor::{Far, FarActor};
use crate::support::fediverse::Founded;

/// What actors said of each other and did not take back, by kind, actor and object.
async fn said(node: &Founded) -> Vec<String> {
    let rows = node.dump().await;
    let said = rows.iter().filter_map(|row| {
        let cells: Vec<&str> = row.strip_prefix("relations | ")?.split(" | ").collect();
        let is_withdrawn = !cells[6].is_empty();
        (!is_withdrawn).then(|| format!("{} {} {}", cells[1], cells[2], cells[3]))
    });
    said.collect()
}

async fn collective() -> Founded {
    Founded::start("ours", Kind::Collective, Database::sqlite().await).await
}

/// A vouch as it is offered: not signed yet.
fn offered(by: &FarActor, of: &Url) -> Value {
    let now = Clock::system().now();
    vouch::write(&Vouch {
        id: by.url("/ap/vouches/1"),
        issuer: by.id.clone(),
        object: of.clone(),
        basis: Basis::Peer,
        since: now,
        until: now + TimeDelta::days(100),
        charter: None,
        evidence: None,
    })
}

/// A collective elsewhere that can sign what it says of its members.
struct FarCollective {
    actor: FarActor,
    members: Url,
    key: PrivatePem,
}

impl FarCollective {
    fn new(far: &Far) -> Self {
        let mut actor = far.actor(far.at("collective", "/ap/group"), "Group");
        let members = actor.url("/ap/group/members");
        let (key, multibase) = proof::generate();
        actor.document["archi:members"] = json!(members);
        actor.document["assertionMethod"] = json!([{
            "id": format!("{}#ed25519-key", actor.id), "type": "Multikey",
            "controller": actor.id, "publicKeyMultibase": multibase,
        }]);
        far.show(&actor.id, &actor.document);
        Self {
            actor,
            members,
            key,
        }
    }

    fn signed(&self, document: Value) -> Value {
        let method = format!("{}#ed25519-key", self.actor.id).parse().unwrap();
        let signer = proof::Signer::new(&self.key, method).unwrap();
        signer.sign(document, Clock::system().now())
    }

    fn add(&self, by: &FarActor, vouch: &Value, target: &Url) -> Value {
        with(
            by.activity("Add", vouch.clone()),
            json!({ "target": target }),
        )
    }
}

/// The ids of the vouches a node knows and how their proofs were found.
async fn vouches(node: &Founded) -> Vec<String> {
    let known = node.store.directory().await.unwrap().vouches;
    let shown = known.iter().map(|known| {
        let is_revoked = known.revoked_at.is_some();
        format!("{} {:?} {is_revoked}", known.vouch.id.path(), known.proof)
    });
    shown.collect()
}

#[tokio::test]
async fn who_asks_to_join_is_noted_until_it_leaves() {
    let (ours, far) = (collective().await, Far::start().await);
    let (alice, bob) = (far.person("alice"), far.person("bob"));
    let us = ours.id(Local::Collective);
    let elsewhere = far.url("/somebody");
    alice
        .is_heard(&ours, &alice.activity("Join", elsewhere.as_str()))
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
    // Whoever asks again asks once.
    alice
        .is_heard(&ours, &alice.activity("Join", us.as_str()))
        .await;
    assert_eq!(said(&ours).await, joined);
    alice
        .is_heard(&ours, &alice.activity("Leave", us.as_str()))
        .await;
    assert!(said(&ours).await.is_empty());
}

#[tokio::test]
async fn a_hoster_cannot_be_joined() {
    let (ours, far) = (hoster().await, Far::start().await);
    let alice = far.person("alice");
    let us = ours.id(Local::Hoster);
    alice
        .is_heard(&ours, &alice.activity("Join", us.as_str()))
        .await;
    assert!(said(&ours).await.is_empty());
}

#[tokio::test]
async fn an_offer_counts_for_whoever_makes_it_and_is_taken_back_by_it_alone() {
    let (ours, far) = (hoster().await, Far::start().await);
    let (alice, bob) = (far.person("alice"), far.person("bob"));
    let us = ours.id(Local::Hoster);
    bob.is_heard(&ours, &bob.activity("Offer", offered(&alice, &us)))
        .await;
    alice
        .is_heard(&ours, &alice.activity("Offer", offered(&alice, &bob.id)))
        .await;
    assert!(said(&ours).await.is_empty(), "of another, or to another");
    let offer = alice.activity("Offer", offered(&alice, &us));
    alice.is_heard(&ours, &offer).await;
    let said_now = [format!("offer {} {us}", alice.id)];
    assert_eq!(said(&ours).await, said_now);
    bob.is_heard(&ours, &bob.activity("Undo", offer["id"].clone()))
        .await;
    assert_eq!(said(&ours).await, said_now);
    alice
        .is_heard(&ours, &alice.activity("Undo", offer["id"].clone()))
        .await;
    assert!(said(&ours).await.is_empty());
}

#[tokio::test]
async fn a_collective_adds_to_and_removes_from_its_own_list_of_members_only() {
    let (ours, far) = (directory().await, Far::start().await);
    let collective = FarCollective::new(&far);
    let other = far.actor(far.at("collective", "/ap/other"), "Group");
    followed(&ours, &collective.actor).await;
    followed(&ours, &other).await;
    let member = far.person("member");
    let vouch = collective.signed(offered(&collective.actor, &member.id));
    let elsewhere = collective.actor.url("/ap/other/members");
    for (sender, wrong) in [
        (&other, collective.add(&other, &vouch, &collective.members)),
        (
            &collective.actor,
            collective.add(&collective.actor, &vouch, &elsewhere),
        ),
        (
            &collective.actor,
            collective.actor.activity("Add", vouch.clone()),
        ),
        (
            &collective.actor,
            collective.add(&collective.actor, &json!(member.id), &collective.members),
        ),
    ] {
        sender.is_heard(&ours, &wrong).await;
        assert!(vouches(&ours).await.is_empty(), "{wrong}");
    }
    let add = collective.add(&collective.actor, &vouch, &collective.members);
    collective.actor.is_heard(&ours, &add).await;
    let known = vouches(&ours).await;
    assert!(
        known[0].contains("Holds") && known[0].ends_with("false"),
        "{known:?}"
    );
    let remove = |by: &FarActor| {
        let target = json!({ "target": collective.members });
        with(by.activity("Remove", vouch["id"].clone()), target)
    };
    other.is_heard(&ours, &remove(&other)).await;
    assert!(vouches(&ours).await[0].ends_with("false"));
    collective
        .actor
        .is_heard(&ours, &remove(&collective.actor))
        .await;
    assert!(vouches(&ours).await[0].ends_with("true"));
    // Shown again, it stays taken back.
    collective.actor.is_heard(&ours, &add).await;
    let again = collective.add(&collective.actor, &vouch, &collective.members);
    collective.actor.is_heard(&ours, &again).await;
    assert!(vouches(&ours).await[0].ends_with("true"));
}

#[tokio::test]
async fn whom_we_do_not_follow_vouches_for_nobody_here() {
    let (ours, far) = (directory().await, Far::start().await);
    let collective = FarCollective::new(&far);
    let member = far.person("member");
    let vouch = collective.signed(offered(&collective.actor, &member.id));
    let add = collective.add(&collective.actor, &vouch, &collective.members);
    collective.actor.is_heard(&ours, &add).await;
    assert!(vouches(&ours).await.is_empty());
}

#[tokio::test]
async fn what_nobody_asked_for_leaves_nothing_of_a_stranger_behind() {
    let (ours, far) = (hoster().await, Far::start().await);
    let collective = FarCollective::new(&far);
    let us = ours.id(Local::Hoster);
    let vouch = collective.signed(offered(&collective.actor, &us));
    let add = collective.add(&collective.actor, &vouch, &collective.members);
    let target = json!({ "target": collective.members });
    let remove = with(
        collective.actor.activity("Remove", vouch["id"].clone()),
        target,
    );
    let revocation = revocation::write(
        &collective.actor.url("/ap/vouches/1"),
        &collective.actor.id,
        Clock::system().now(),
        None,
    );
    let lists = far.hoster("lists");
    let list = lists.url("/ap/org/vouches");
    let mut document = lists.document.clone();
    document["archi:vouches"] = json!(list);
    far.show(&lists.id, &document);
    let of_ours = ours.federation.addresses().vouch(1);
    let listed = with(
        lists.activity("Add", of_ours.as_str()),
        json!({ "target": list }),
    );
    collective.actor.is_heard(&ours, &add).await;
    collective.actor.is_heard(&ours, &remove).await;
    let revoked = collective.signed(revocation);
    collective.actor.is_heard(&ours, &revoked).await;
    lists.is_heard(&ours, &listed).await;
    let kept = ours.dump().await;
    let tables = ["vouches |", "revocations |", "acknowledged |"];
    let kept = kept
        .iter()
        .filter(|row| tables.iter().any(|table| row.starts_with(table)));
    assert_eq!(kept.count(), 0);
}

#[tokio::test]
async fn an_actor_lists_so_many_vouches_and_no_more() {
    let (ours, far) = (directory().await, Far::start().await);
    let actor = far.person("lists").id;
    let acknowledge = |number: usize| Effect::Acknowledge {
        actor: actor.clone(),
        vouch: far.url(&format!("/ap/vouches/{number}")),
    };
    let change = Change {
        effects: (0..=MAX_ACKNOWLEDGED).map(acknowledge).collect(),
        publications: Vec::new(),
    };
    let now = Clock::system().now();
    ours.store.commit(&change, now).await.unwrap();
    let (_, listed) = ours.store.acknowledged(&actor, 1, 0).await.unwrap();
    assert_eq!(listed, MAX_ACKNOWLEDGED as u64);
}

#[tokio::test]
async fn a_vouch_that_was_changed_or_signed_by_another_key_is_kept_with_what_is_wrong() {
    let (ours, far) = (directory().await, Far::start().await);
    let collective = FarCollective::new(&far);
    followed(&ours, &collective.actor).await;
    let member = far.person("member");
    let good = collective.signed(offered(&collective.actor, &member.id));
    let heard = async |vouch: &Value| {
        let add = collective.add(&collective.actor, vouch, &collective.members);
        collective.actor.is_heard(&ours, &add).await;
        vouches(&ours).await.concat()
    };
    let changed = with(good.clone(), json!({ "archi:basis": "membership" }));
    assert!(heard(&changed).await.contains("BadProof"));
    let foreign = FarCollective::new(&far);
    let foreign = foreign.signed(offered(&collective.actor, &member.id));
    assert!(heard(&foreign).await.contains("BadProof"));
    let mut unlisted = good.clone();
    unlisted["proof"]["verificationMethod"] = json!(format!("{}#other", collective.actor.id));
    assert!(heard(&unlisted).await.contains("ForeignKey"));
    assert!(heard(&good).await.contains("Holds"));
    // What does not hold never replaces what does.
    assert!(heard(&changed).await.contains("Holds"));
    assert_eq!(vouches(&ours).await.len(), 1);
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
