//! The word of a collective, of an anchor, of impostors; by actors and by sites.

use chrono::TimeDelta;
use serde_json::json;

use super::*;
use crate::domain::block::{Block, Domain, Severity};
use crate::domain::decision::Via;
use crate::domain::text::Name;
use crate::domain::vouch::{AssertionKey, Basis, Proof};
use crate::trust::MISSING_FOR;

const COLLECTIVE: &str = "https://collective.example/ap/group";
const OTHER: &str = "https://other.example/ap/group";

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-28T12:00:00Z".parse().unwrap()
}

fn hoster(id: &str, website: Option<&str>, actor: Option<&str>) -> Hoster {
    let source = json!({ "kind": "own-node", "by": "https://somewhere.example/" });
    let hoster =
        json!({ "id": id, "name": id, "website": website, "actor": actor, "source": source });
    serde_json::from_value(hoster).unwrap()
}

/// A vouch that is good by itself, given so many days ago.
fn vouch(number: u32, issuer: &str, object: &str, days: i64) -> Evidence {
    let since = now() - TimeDelta::days(days);
    let method = url(&format!("{issuer}#vouches-1"));
    let issuer = url(issuer);
    Evidence {
        vouch: Vouch {
            id: issuer.join(&format!("/ap/vouches/{number}")).unwrap(),
            issuer,
            object: url(object),
            basis: Basis::Membership,
            since,
            until: since + TimeDelta::days(365),
            charter: None,
            evidence: None,
        },
        proof: Proof::Holds {
            method: method.clone(),
            multibase: "z6Mk".to_owned(),
            created: since,
        },
        key: Some(AssertionKey {
            id: method,
            multibase: "z6Mk".to_owned(),
            expires: None,
            revoked: None,
        }),
        heard_at: Some(since),
        revoked_at: None,
        missing_since: None,
        is_listed_back: true,
    }
}

fn block(domain: &str) -> Block {
    Block {
        domain: Domain::parse(domain).unwrap(),
        severity: Severity::Suspend,
        reason: None,
        source: None,
        since: None,
        via: Via::Operator,
    }
}

fn weighed(hosters: &[Hoster], vouches: Vec<Evidence>, blocked: &[&str]) -> Trust {
    let collective = |name: &str| Issuer {
        name: Some(Name::parse(name).unwrap()),
        page: None,
        is_collective: true,
        charter: None,
        keys: Vec::new(),
    };
    let issuers = [(COLLECTIVE, "The collective"), (OTHER, "The other")];
    let issuers = issuers.map(|(actor, name)| (url(actor), collective(name)));
    let hosters: Vec<_> = hosters.iter().cloned().map(Arc::new).collect();
    let grounds = Grounds {
        hosters: &hosters,
        vouches: vouches.into_iter().map(Arc::new).collect(),
        issuers: &issuers.into(),
        anchors: &[url(COLLECTIVE)].into(),
        blocked: &Blocks::of(blocked.iter().map(|domain| block(domain))),
        rules: &Rules::default(),
    };
    Trust::weigh(grounds, now())
}

const MEMBER: &str = "https://member.example/ap/org";

fn member() -> Hoster {
    hoster(
        "member.example",
        Some("https://member.example/"),
        Some(MEMBER),
    )
}

#[test]
fn a_hoster_that_an_anchor_vouches_for_is_confirmed_and_says_by_whom() {
    let trust = weighed(&[member()], vec![vouch(1, COLLECTIVE, MEMBER, 10)], &[]);
    assert_eq!(trust.standing(0, Standing::Claimed), Standing::Confirmed);
    assert_eq!(trust.corroboration(0), 1);
    let path = trust.path(0);
    assert_eq!(path.len(), 1);
    assert_eq!(
        path[0].issuer.name.as_ref().unwrap().as_str(),
        "The collective"
    );
    assert!(path[0].issuer.is_anchor);
    assert_eq!(path[0].object.hoster, Some(0));
    assert_eq!(trust.depth(&url(COLLECTIVE)), Some(0));
}

#[test]
fn what_does_not_count_is_shown_with_its_reason_after_what_does() {
    let mut revoked = vouch(2, COLLECTIVE, MEMBER, 30);
    revoked.revoked_at = Some(now());
    let stranger = vouch(3, OTHER, MEMBER, 20);
    let counted = vouch(1, COLLECTIVE, MEMBER, 10);
    let trust = weighed(&[member()], vec![revoked, stranger, counted], &[]);
    let verdicts: Vec<_> = trust
        .vouches_for(0)
        .iter()
        .map(|said| said.verdict)
        .collect();
    let reasons = [
        Ok(()),
        Err(NotCounted::Revoked),
        Err(NotCounted::IssuerNotTrusted),
    ];
    assert_eq!(verdicts, reasons);
    assert_eq!(trust.vouches_by(&url(COLLECTIVE)).len(), 2);
}

#[test]
fn a_hoster_without_vouches_keeps_the_standing_of_its_source() {
    let trust = weighed(&[member()], Vec::new(), &[]);
    assert_eq!(trust.standing(0, Standing::Reported), Standing::Reported);
    assert!(trust.path(0).is_empty() && trust.vouches_for(0).is_empty());
    assert_eq!(trust.corroboration(0), 0);
}

#[test]
fn an_anchor_is_one_whether_anybody_vouches_or_not() {
    let anchor = hoster("collective.example", None, Some(COLLECTIVE));
    let trust = weighed(&[anchor], Vec::new(), &[]);
    assert_eq!(trust.standing(0, Standing::Claimed), Standing::Anchor);
    assert_eq!(trust.collectives().count(), 2);
}

#[test]
fn a_vouch_for_a_site_is_for_the_hoster_whose_site_it_is() {
    let without_node = hoster("asso", Some("https://www.asso.example/fr/"), None);
    let vouches = vec![vouch(1, COLLECTIVE, "https://asso.example/", 10)];
    let trust = weighed(&[member(), without_node], vouches, &[]);
    assert_eq!(trust.standing(1, Standing::Reported), Standing::Confirmed);
    assert_eq!(trust.standing(0, Standing::Reported), Standing::Reported);
}

#[test]
fn a_hoster_with_site_and_actor_is_one_and_so_are_the_vouches_for_it() {
    let vouches = vec![
        vouch(1, COLLECTIVE, "https://member.example/", 10),
        vouch(2, COLLECTIVE, MEMBER, 5),
    ];
    let trust = weighed(&[member()], vouches, &[]);
    assert_eq!(trust.vouches_for(0).len(), 2);
    assert_eq!(trust.corroboration(0), 1);
    let site = trust.party(&url("https://member.example/")).unwrap();
    assert_eq!(site.address, url(MEMBER));
}

#[test]
fn two_hosters_who_name_one_site_are_neither_of_them_the_one_that_is_meant() {
    let one = hoster("one", Some("https://shared.example/one"), None);
    let two = hoster("two", Some("https://shared.example/two"), None);
    let vouches = vec![vouch(1, COLLECTIVE, "https://shared.example/", 10)];
    let trust = weighed(&[one, two], vouches, &[]);
    assert_eq!(trust.standing(0, Standing::Claimed), Standing::Claimed);
    assert_eq!(trust.standing(1, Standing::Claimed), Standing::Claimed);
}

#[test]
fn who_names_anothers_actor_gets_none_of_its_standing() {
    let impostor = hoster("impostor", Some("https://impostor.example/"), Some(MEMBER));
    let vouches = vec![vouch(1, COLLECTIVE, MEMBER, 10)];
    let trust = weighed(&[impostor, member()], vouches.clone(), &[]);
    assert_eq!(trust.standing(0, Standing::Claimed), Standing::Claimed);
    assert_eq!(trust.standing(1, Standing::Claimed), Standing::Confirmed);
    // One at the same domain, of another id: it is the one that was learnt from the actor.
    let neighbour = hoster(
        "neighbour",
        Some("https://www.member.example/"),
        Some(MEMBER),
    );
    let trust = weighed(&[neighbour, member()], vouches, &[]);
    assert_eq!(trust.standing(0, Standing::Claimed), Standing::Claimed);
    assert_eq!(trust.standing(1, Standing::Claimed), Standing::Confirmed);
}

#[test]
fn whoever_is_blocked_gives_nobody_a_standing() {
    let vouches = vec![vouch(1, COLLECTIVE, MEMBER, 10)];
    let trust = weighed(&[member()], vouches, &["collective.example"]);
    assert_eq!(trust.standing(0, Standing::Claimed), Standing::Claimed);
    assert_eq!(
        trust.vouches_for(0)[0].verdict,
        Err(NotCounted::IssuerBlocked)
    );
    assert_eq!(trust.collectives().count(), 1);
}

#[test]
fn a_path_over_a_collective_that_is_no_anchor_is_shown_step_by_step() {
    let vouches = vec![vouch(1, OTHER, MEMBER, 10), vouch(2, COLLECTIVE, OTHER, 20)];
    let trust = weighed(&[member()], vouches, &[]);
    let issuers: Vec<_> = trust
        .path(0)
        .iter()
        .map(|said| said.issuer.address.as_str())
        .collect();
    assert_eq!(issuers, [COLLECTIVE, OTHER]);
}

#[test]
fn the_next_moment_at_which_a_vouch_begins_or_ends_is_known() {
    let trust = weighed(&[member()], Vec::new(), &[]);
    assert_eq!(trust.changes_at(), None);
    let ends = vouch(1, COLLECTIVE, MEMBER, 300);
    let until = ends.vouch.until;
    let mut missing = vouch(2, OTHER, MEMBER, 10);
    missing.missing_since = Some(now() - TimeDelta::hours(1));
    let trust = weighed(&[member()], vec![ends.clone()], &[]);
    assert_eq!(trust.changes_at(), Some(until));
    let trust = weighed(&[member()], vec![ends, missing], &[]);
    assert_eq!(
        trust.changes_at(),
        Some(now() - TimeDelta::hours(1) + MISSING_FOR)
    );
}
