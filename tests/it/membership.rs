//! A hoster becomes a member of a collective and ceases to be one, and a directory that follows the
//! collective learns it: real nodes on loopback, each with its own database.

use std::sync::Arc;

use archipelago::catalogue::{Catalogue, Did};
use archipelago::domain::anchor::Anchor;
use archipelago::domain::choices::Choices;
use archipelago::domain::collective::Standing;
use archipelago::domain::decision::Via;
use archipelago::domain::vouch::{Basis, Evidence, Proof};
use archipelago::federation::{Federation, Kind, Memberships};
use archipelago::formats::activitypub::addresses::Local;
use archipelago::formats::activitypub::ids::hoster_id;
use archipelago::store::{FollowState, RelationKind, Replaced, Verdict};
use chrono::TimeDelta;
use url::Url;

use crate::support::database::Database;
use crate::support::fediverse::{Founded, eventually};

async fn node(name: &str, kind: Kind) -> Founded {
    Founded::start(name, kind, Database::sqlite().await).await
}

/// A collective, a hoster, and a directory that follows the collective.
struct Three {
    collective: Founded,
    hoster: Founded,
    directory: Founded,
}

impl Three {
    async fn start() -> Self {
        let collective = node("collective", Kind::Collective).await;
        let directory = node("directory", Kind::Directory).await;
        let followed = collective.id(Local::Collective);
        directory
            .federation
            .follow(followed.as_str())
            .await
            .unwrap();
        eventually("the directory follows", async || {
            let follow = directory.store.follow_of(&followed).await.unwrap()?;
            (follow.state == FollowState::Accepted).then_some(())
        })
        .await;
        Self {
            collective,
            hoster: node("hoster", Kind::Hoster).await,
            directory,
        }
    }

    fn collective_id(&self) -> Url {
        self.collective.id(Local::Collective)
    }

    fn hoster_id(&self) -> Url {
        self.hoster.id(Local::Hoster)
    }

    async fn applied(&self) {
        let named = self.collective_id();
        let words = "We have read the charter.";
        self.hoster
            .federation
            .apply_for_membership(named.as_str(), words, None)
            .await
            .unwrap();
        eventually("the application is there", async || {
            let asked = memberships(&self.collective.federation).await.asked;
            (!asked.is_empty()).then_some(())
        })
        .await;
    }

    async fn accepted(&self) {
        self.applied().await;
        let named = self.hoster_id();
        self.collective
            .federation
            .accept(named.as_str())
            .await
            .unwrap();
    }

    /// What the directory knows of the hoster's vouch, once that is what is looked for.
    async fn evidence(&self, what: &str, is_it: impl Fn(&Evidence) -> bool) -> Evidence {
        eventually(what, async || {
            let known = self.directory.store.directory().await.unwrap().vouches;
            let mut known = known.into_iter().map(Arc::unwrap_or_clone);
            known.find(|evidence| is_it(evidence))
        })
        .await
    }
}

async fn memberships(federation: &Federation) -> Memberships {
    federation.memberships().await.unwrap()
}

fn is_good(evidence: &Evidence) -> bool {
    matches!(evidence.proof, Proof::Holds { .. })
        && evidence.is_listed_back
        && evidence.heard_at.is_some()
        && evidence.revoked_at.is_none()
        && evidence.key.is_some()
}

#[tokio::test]
async fn an_application_that_is_accepted_becomes_a_vouch_that_a_directory_can_check() {
    let three = Three::start().await;
    three.accepted().await;
    let evidence = three
        .evidence("the directory holds all of it", is_good)
        .await;
    let member = three.hoster_id();
    eventually("the directory follows the member, too", async || {
        let follow = three.directory.store.follow_of(&member).await.unwrap()?;
        (follow.state == FollowState::Accepted).then_some(())
    })
    .await;
    assert_eq!(evidence.vouch.issuer, three.collective_id());
    assert_eq!(evidence.vouch.object, three.hoster_id());
    assert_eq!(evidence.vouch.basis, Basis::Membership);
    let hoster = memberships(&three.hoster.federation).await;
    let [asked] = &hoster.asked[..] else {
        panic!("{:?}", hoster.asked)
    };
    assert_eq!(asked.kind, RelationKind::Application);
    assert_eq!(
        asked.decision.map(|(verdict, _)| verdict),
        Some(Verdict::Accepted)
    );
    assert_eq!(asked.vouch.as_ref(), Some(&evidence.vouch.id));
    assert!(hoster.received[0].is_listed_back);
    let collective = memberships(&three.collective.federation).await;
    let given = eventually("the collective sees it listed", async || {
        let given = memberships(&three.collective.federation).await.given;
        given[0].is_listed_back.then_some(given)
    })
    .await;
    assert_eq!(given[0].vouch, evidence.vouch);
    assert!(collective.asked[0].decision.is_some());
}

#[tokio::test]
async fn an_application_that_is_refused_comes_back_with_the_reason() {
    let three = Three::start().await;
    three.applied().await;
    let federation = &three.collective.federation;
    let asked = federation
        .refuse("hoster.localhost", "Come back with two admins.")
        .await;
    let refused = asked.unwrap_err().to_string();
    assert!(refused.contains("names nobody who asks"), "{refused}");
    let host = three.hoster_id();
    federation
        .refuse(host.as_str(), "Come back with two admins.")
        .await
        .unwrap();
    let asked = eventually("the hoster hears it", async || {
        let asked = memberships(&three.hoster.federation).await.asked;
        asked[0].decision.is_some().then(|| asked[0].clone())
    })
    .await;
    assert_eq!(
        asked.decision.map(|(verdict, _)| verdict),
        Some(Verdict::Refused)
    );
    assert_eq!(asked.reason.as_deref(), Some("Come back with two admins."));
    assert!(memberships(federation).await.given.is_empty());
}

#[tokio::test]
async fn who_is_removed_is_so_everywhere_and_for_ever() {
    let three = Three::start().await;
    three.accepted().await;
    three.evidence("the vouch is good", is_good).await;
    let named = three.hoster_id();
    let federation = &three.collective.federation;
    federation
        .take_back(named.as_str(), "No backups.")
        .await
        .unwrap();
    let revoked = three
        .evidence("the directory hears it", |known| known.revoked_at.is_some())
        .await;
    eventually("the hoster hears it", async || {
        let received = memberships(&three.hoster.federation).await.received;
        received[0]
            .revoked_at
            .filter(|_| !received[0].is_listed_back)
    })
    .await;
    // Whoever shows it again shows nothing.
    let known = federation.memberships().await.unwrap().given;
    let again = archipelago::store::Said {
        document: known[0].document.clone(),
        by_issuer: true,
    };
    let change = archipelago::store::Change {
        effects: vec![archipelago::store::Effect::Vouch(Box::new(again))],
        publications: Vec::new(),
    };
    three
        .directory
        .store
        .commit(&change, federation.now())
        .await
        .unwrap();
    let still = three.evidence("it is known", |_| true).await;
    assert_eq!(still.revoked_at, revoked.revoked_at);
}

#[tokio::test]
async fn who_leaves_is_taken_off_by_the_collectives_own_word() {
    let three = Three::start().await;
    three.accepted().await;
    three.evidence("the vouch is good", is_good).await;
    let named = three.collective_id();
    three.hoster.federation.leave(named.as_str()).await.unwrap();
    three
        .evidence("the directory hears it", |known| known.revoked_at.is_some())
        .await;
    let given = memberships(&three.collective.federation).await.given;
    assert!(given[0].revoked_at.is_some());
}

#[tokio::test]
async fn who_asks_again_is_told_again_and_stays_the_same_member() {
    let three = Three::start().await;
    three.accepted().await;
    three.evidence("the vouch is good", is_good).await;
    let named = three.collective_id();
    three
        .hoster
        .federation
        .apply_for_membership(named.as_str(), "", None)
        .await
        .unwrap();
    let asked = eventually("the hoster is told", async || {
        let asked = memberships(&three.hoster.federation).await.asked;
        asked[0].decision.is_some().then(|| asked[0].clone())
    })
    .await;
    let given = memberships(&three.collective.federation).await.given;
    assert_eq!(given.len(), 1);
    assert_eq!(asked.vouch.as_ref(), Some(&given[0].vouch.id));
}

#[tokio::test]
async fn a_vouch_keeps_its_meaning_when_a_key_ends_or_is_lost() {
    let three = Three::start().await;
    three.accepted().await;
    let before = three.evidence("the vouch is good", is_good).await;
    let federation = &three.collective.federation;
    federation.rotate_keys(Replaced::Ended).await.unwrap();
    let ended = three
        .evidence("the key is known to have ended", |known| {
            known.key.as_ref().is_some_and(|key| key.expires.is_some())
        })
        .await;
    assert!(is_good(&ended));
    assert_eq!(ended.vouch, before.vouch);
    federation.rotate_keys(Replaced::Lost).await.unwrap();
    let anew = three
        .evidence("it is signed anew", |known| {
            known
                .key
                .as_ref()
                .is_some_and(|key| key.expires.is_none() && key.revoked.is_none())
                && known.proof != ended.proof
        })
        .await;
    assert!(is_good(&anew));
    assert_eq!(anew.vouch, before.vouch);
}

#[tokio::test]
async fn a_renewal_needs_nothing_of_the_member() {
    let three = Three::start().await;
    three.accepted().await;
    let before = three.evidence("the vouch is good", is_good).await;
    let named = three.hoster_id();
    // Dates tell seconds, so the next one has to begin.
    let renewed = eventually("a later term", async || {
        let renewed = three.collective.federation.renew(named.as_str());
        let renewed = renewed.await.unwrap();
        (renewed.until.timestamp() > before.vouch.until.timestamp()).then_some(renewed)
    })
    .await;
    assert_eq!(renewed.id, before.vouch.id);
    let after = three
        .evidence("the new term is known", |known| {
            known.vouch.until > before.vouch.until
        })
        .await;
    assert!(is_good(&after));
}

#[tokio::test]
async fn one_hoster_vouches_for_another_that_wants_it() {
    let (one, other) = (
        node("one", Kind::Hoster).await,
        node("other", Kind::Hoster).await,
    );
    let (giver, taker) = (one.id(Local::Hoster), other.id(Local::Hoster));
    one.federation.offer_vouch(taker.as_str()).await.unwrap();
    eventually("the offer is there", async || {
        let asked = memberships(&other.federation).await.asked;
        (!asked.is_empty()).then_some(())
    })
    .await;
    assert!(memberships(&one.federation).await.given.is_empty());
    other.federation.accept(giver.as_str()).await.unwrap();
    let received = eventually("the vouch is there", async || {
        let received = memberships(&other.federation).await.received;
        received.into_iter().find(|known| known.is_listed_back)
    })
    .await;
    assert_eq!(received.vouch.basis, Basis::Peer);
    let given = memberships(&one.federation).await.given;
    assert_eq!(given[0].vouch, received.vouch);
}

#[tokio::test]
async fn a_directory_that_trusts_the_collective_lists_its_member_as_long_as_the_vouch_is_good() {
    let three = Three::start().await;
    three.accepted().await;
    let evidence = three
        .evidence("the directory holds all of it", is_good)
        .await;
    let member = hoster_id(&three.hoster_id()).unwrap();
    let directory = &three.directory;
    eventually("the directory has read its member", async || {
        let hosters = directory.store.directory().await.unwrap().hosters;
        hosters.into_iter().find(|hoster| hoster.id == member)
    })
    .await;
    let choices = Choices {
        anchors: vec![Anchor {
            actor: three.collective_id(),
            name: None,
            reason: None,
            since: None,
            via: Via::Settings,
        }],
        ..Choices::default()
    };
    let good = evidence.vouch.since;
    let catalogue = Catalogue::open(&directory.store, choices, good)
        .await
        .unwrap();
    let standing = || {
        let edition = catalogue.current();
        let position = edition.hoster_position(member.as_str()).unwrap();
        let path = edition.trust.path(position);
        let by = path.iter().map(|said| said.issuer.address.clone());
        (edition.standings[position], by.collect::<Vec<_>>())
    };
    let trusted = (Standing::Confirmed, vec![three.collective_id()]);
    assert_eq!(standing(), trusted);
    // Within a day nothing but the vouch's end moves the edition.
    let last = evidence.vouch.until - TimeDelta::milliseconds(1);
    catalogue.refresh(&directory.store, last).await.unwrap();
    assert_eq!(standing(), trusted);
    let over = evidence.vouch.until;
    let did = catalogue.refresh(&directory.store, over).await.unwrap();
    assert_eq!(did, Did::Work);
    assert_eq!(standing(), (Standing::Claimed, Vec::new()));
}
