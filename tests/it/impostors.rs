//! One collective, three hosters, two directories, and somebody who hands on what is not so: real nodes on
//! loopback, and a far server that signs what it likes.

use archipelago::catalogue::Catalogue;
use archipelago::clock::Clock;
use archipelago::domain::choices::Choices;
use archipelago::domain::text::Prose;
use archipelago::domain::vouch::{Basis, NotCounted, Vouch};
use archipelago::federation::Kind;
use archipelago::formats::activitypub::addresses::Local;
use archipelago::formats::activitypub::ids::hoster_id;
use archipelago::formats::activitypub::proof::{self, Signer};
use archipelago::formats::activitypub::vouch;
use archipelago::store::FollowState;
use chrono::TimeDelta;
use serde_json::{Value, json};
use url::Url;

use crate::support::database::Database;
use crate::support::far_actor::{Far, FarActor};
use crate::support::fediverse::{Founded, eventually};

async fn node(name: &str, kind: Kind) -> Founded {
    Founded::start(name, kind, Database::sqlite().await).await
}

/// Trusts a collective from the start and waits until that is followed.
async fn trusts(directory: &Founded, collective: &Url) {
    let reason = Prose::parse("We know them.").unwrap();
    let federation = &directory.federation;
    federation
        .add_anchor(collective.as_str(), &reason)
        .await
        .unwrap();
    follows(directory, collective).await;
}

async fn follows(directory: &Founded, actor: &Url) {
    eventually("it is followed", async || {
        let follow = directory.store.follow_of(actor).await.unwrap()?;
        (follow.state == FollowState::Accepted).then_some(())
    })
    .await;
}

async fn joins(hoster: &Founded, collective: &Founded) {
    let named = collective.id(Local::Collective);
    let applied = hoster
        .federation
        .apply_for_membership(named.as_str(), "", None);
    applied.await.unwrap();
    let applicant = hoster.id(Local::Hoster);
    eventually("the application is accepted", async || {
        let accepted = collective.federation.accept(applicant.as_str()).await;
        accepted.ok().map(drop)
    })
    .await;
}

/// How a directory's API regards a hoster, once that is so.
async fn stands(directory: &Founded, hoster: &Url, standing: &str) {
    let id = hoster_id(hoster).unwrap();
    eventually(&format!("{id} stands as {standing}"), async || {
        let answer = directory.node.get(&format!("/api/v1/hosters/{id}")).await;
        let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        (body["standing"] == standing).then_some(())
    })
    .await;
}

/// What a directory makes of every vouch that an actor gave.
async fn verdicts(directory: &Founded, issuer: &Url) -> Vec<(Url, Result<(), NotCounted>)> {
    let now = Clock::system().now();
    let chosen = Choices::default();
    let catalogue = Catalogue::open(&directory.store, chosen, now)
        .await
        .unwrap();
    let edition = catalogue.current();
    let said = edition.trust.vouches_by(issuer).into_iter();
    said.map(|said| (said.vouch().id.clone(), said.verdict))
        .collect()
}

async fn verdict(directory: &Founded, issuer: &Url, vouch: &Url) -> Result<(), NotCounted> {
    let all = verdicts(directory, issuer).await.into_iter();
    let mut of_it = all.filter(|(id, _)| id == vouch);
    of_it.next().expect("the vouch is known").1
}

/// A directory elsewhere that hands on what it likes, to one that follows it.
async fn hands_on(relay: &FarActor, to: &Founded, vouch: &Value) {
    let announced = relay.activity("Announce", vouch.clone());
    relay.is_heard(to, &announced).await;
    to.settled().await;
}

async fn is_followed(relay: &FarActor, directory: &Founded) {
    let federation = &directory.federation;
    federation.follow(relay.id.as_str()).await.unwrap();
    let follow = directory.store.follow_of(&relay.id).await.unwrap();
    let accept = relay.activity("Accept", follow.unwrap().activity.as_str());
    relay.is_heard(directory, &accept).await;
    follows(directory, &relay.id).await;
}

#[tokio::test]
async fn two_directories_see_who_is_a_member_and_nobody_else() {
    let collective = node("collective", Kind::Collective).await;
    let (x, y) = (
        node("x", Kind::Directory).await,
        node("y", Kind::Directory).await,
    );
    let group = collective.id(Local::Collective);
    trusts(&x, &group).await;
    trusts(&y, &group).await;
    let hosters = [
        node("one", Kind::Hoster).await,
        node("two", Kind::Hoster).await,
        node("three", Kind::Hoster).await,
    ];
    for hoster in &hosters {
        joins(hoster, &collective).await;
    }
    for hoster in &hosters {
        let actor = hoster.id(Local::Hoster);
        stands(&x, &actor, "confirmed").await;
        stands(&y, &actor, "confirmed").await;
    }
    let given = collective.federation.memberships().await.unwrap().given;
    let of = |hoster: &Founded| {
        let actor = hoster.id(Local::Hoster);
        let mut given = given.iter();
        given.find(|known| known.vouch.object == actor).unwrap()
    };
    let removed = of(&hosters[0]);
    let one = hosters[0].id(Local::Hoster);
    let taken = collective.federation.take_back(one.as_str(), "No backups.");
    taken.await.unwrap();
    stands(&x, &one, "claimed").await;
    stands(&y, &one, "claimed").await;

    // The collective's own key, in the hands of whoever writes this test: only that its server does not
    // stand by what follows tells it apart.
    let (method, pem) = collective
        .store
        .signing_key(Local::Collective)
        .await
        .unwrap()
        .unwrap();
    let own = Signer::new(&pem, method.clone()).unwrap();
    let (other_pem, _) = proof::generate();
    let other = Signer::new(&other_pem, method.clone()).unwrap();
    let mut unlisted = method.clone();
    unlisted.set_fragment(Some("never-listed"));
    let unlisted = Signer::new(&other_pem, unlisted).unwrap();
    let far = Far::start().await;
    let impostor = far.actor(far.at("impostor", "/ap/org"), "Organization");
    let relay = far.actor(far.at("relay", "/ap/actor"), "Application");
    let now = Clock::system().now();
    let claim = |number: u64| Vouch {
        id: collective.federation.addresses().vouch(number),
        issuer: group.clone(),
        object: impostor.id.clone(),
        basis: Basis::Membership,
        since: now - TimeDelta::days(1),
        until: now + TimeDelta::days(100),
        charter: None,
        evidence: None,
    };
    let expired = Vouch {
        since: now - TimeDelta::days(300),
        until: now - TimeDelta::days(1),
        ..claim(3)
    };
    let too_long = Vouch {
        until: now + TimeDelta::days(4_000),
        ..claim(4)
    };
    let mut for_another = of(&hosters[1]).document.clone();
    for_another["object"] = json!(impostor.id);
    for_another["id"] = json!(claim(5).id);
    let relayed = [
        (
            1,
            other.sign(vouch::write(&claim(1)), now),
            NotCounted::BadProof,
        ),
        (
            2,
            unlisted.sign(vouch::write(&claim(2)), now),
            NotCounted::ForeignKey,
        ),
        (3, own.sign(vouch::write(&expired), now), NotCounted::Lapsed),
        (
            4,
            own.sign(vouch::write(&too_long), now),
            NotCounted::TooLong,
        ),
        (5, for_another, NotCounted::BadProof),
        (
            6,
            own.sign(vouch::write(&claim(6)), now),
            NotCounted::Relayed,
        ),
    ];
    for directory in [&x, &y] {
        is_followed(&relay, directory).await;
        for (number, document, why) in &relayed {
            hands_on(&relay, directory, document).await;
            let id = claim(*number).id;
            let found = verdict(directory, &group, &id).await;
            assert_eq!(found, Err(*why), "{number}");
        }
        // What was taken back stays so, whoever shows it again.
        hands_on(&relay, directory, &removed.document).await;
        let again = verdict(directory, &group, &removed.vouch.id).await;
        assert_eq!(again, Err(NotCounted::Revoked));
        // A member's vouch in other words does not replace it.
        let good = of(&hosters[2]);
        let mut changed = good.document.clone();
        changed["archi:basis"] = json!("peer");
        hands_on(&relay, directory, &changed).await;
        assert_eq!(verdict(directory, &group, &good.vouch.id).await, Ok(()));
    }

    // A directory that never heard of the revocation asks whoever gave the vouch.
    let late = node("late", Kind::Directory).await;
    is_followed(&relay, &late).await;
    hands_on(&relay, &late, &removed.document).await;
    let found = eventually("its issuer was asked", async || {
        let found = verdict(&late, &group, &removed.vouch.id).await;
        (found == Err(NotCounted::Revoked)).then_some(found)
    })
    .await;
    assert_eq!(found, Err(NotCounted::Revoked));
    for directory in [&x, &y] {
        let id = hoster_id(&impostor.id).unwrap();
        let answer = directory.node.get(&format!("/api/v1/hosters/{id}")).await;
        assert_eq!(answer.status(), 404, "the impostor is no hoster here");
    }
}
