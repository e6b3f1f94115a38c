//! Whether a vouch is good by itself, whoever gave it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::vouch::{AssertionKey, Evidence, MAX_VOUCH_DAYS, NotCounted, Proof};

/// How long a vouch may be missing at its issuer's server, which answers, before it stops counting:
/// a server that is being mended forgets for a weekend. (One that does not answer takes nothing back.)
pub const MISSING_FOR: TimeDelta = TimeDelta::hours(72);

/// Whether a vouch is good, or the first reason why not, in this order: whose word it is (proof and
/// key), what the issuer said of it since (revoked), for when it was given, whether the issuer still
/// stands by it, whether the hoster agrees. So what cannot be mended is told before what passes.
pub fn holds(evidence: &Evidence, now: DateTime<Utc>) -> Result<(), NotCounted> {
    is_its_issuers(evidence)?;
    if evidence.revoked_at.is_some() {
        return Err(NotCounted::Revoked);
    }
    is_for_now(evidence, now)?;
    if evidence.heard_at.is_none() {
        return Err(NotCounted::Relayed);
    }
    let is_gone = |since: DateTime<Utc>| now - since >= MISSING_FOR;
    if evidence.missing_since.is_some_and(is_gone) {
        return Err(NotCounted::Missing);
    }
    match evidence.is_listed_back {
        true => Ok(()),
        false => Err(NotCounted::NotListedBack),
    }
}

/// When, without anything new being said, [`holds`] may come to say something else.
pub fn next_change(evidence: &Evidence, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let gone_at = evidence.missing_since.map(|since| since + MISSING_FOR);
    let moments = [
        Some(evidence.vouch.since),
        Some(evidence.vouch.until),
        gone_at,
    ];
    let later = moments.into_iter().flatten().filter(|moment| *moment > now);
    later.min()
}

/// It is signed with a key that its issuer lists today, and was while that key was in use.
fn is_its_issuers(evidence: &Evidence) -> Result<(), NotCounted> {
    let (method, multibase, created) = match &evidence.proof {
        Proof::Holds {
            method,
            multibase,
            created,
        } => (method, multibase, *created),
        Proof::Fails(why) => return Err(*why),
    };
    let is_the_same = |key: &&AssertionKey| key.id == *method && key.multibase == *multibase;
    let key = evidence.key.as_ref().filter(is_the_same);
    let key = key.ok_or(NotCounted::ForeignKey)?;
    // A thief of a revoked key may date back what it signs; it does not count before its issuer's server
    // says it.
    match key.had_ended(created) {
        true => Err(NotCounted::EndedKey),
        false => Ok(()),
    }
}

fn is_for_now(evidence: &Evidence, now: DateTime<Utc>) -> Result<(), NotCounted> {
    let (since, until) = (evidence.vouch.since, evidence.vouch.until);
    if until - since > TimeDelta::days(MAX_VOUCH_DAYS) {
        Err(NotCounted::TooLong)
    } else if now < since {
        Err(NotCounted::NotYet)
    } else if now >= until {
        Err(NotCounted::Lapsed)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::domain::vouch::{Basis, Vouch};

    const MULTIBASE: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQXJPt4swbTQ2";

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn now() -> DateTime<Utc> {
        at("2026-11-28T12:00:00Z")
    }

    /// A member of a collective, vouched for in spring.
    fn good() -> Evidence {
        let method = url("https://collective.example/ap/group#vouches-1");
        Evidence {
            vouch: Vouch {
                id: url("https://collective.example/ap/vouches/1"),
                issuer: url("https://collective.example/ap/group"),
                object: url("https://hoster.example/ap/org"),
                basis: Basis::Membership,
                since: at("2026-04-01T00:00:00Z"),
                until: at("2027-04-01T00:00:00Z"),
                charter: None,
                evidence: None,
            },
            proof: Proof::Holds {
                method: method.clone(),
                multibase: MULTIBASE.to_owned(),
                created: at("2026-04-01T00:00:00Z"),
            },
            key: Some(AssertionKey {
                id: method,
                multibase: MULTIBASE.to_owned(),
                expires: None,
                revoked: None,
            }),
            heard_at: Some(at("2026-04-01T00:00:01Z")),
            revoked_at: None,
            missing_since: None,
            is_listed_back: true,
        }
    }

    fn key(change: impl FnOnce(&mut AssertionKey)) -> Evidence {
        let mut evidence = good();
        change(evidence.key.as_mut().unwrap());
        evidence
    }

    #[test]
    fn a_vouch_that_both_sides_stand_by_is_good() {
        assert_eq!(holds(&good(), now()), Ok(()));
    }

    #[test]
    fn what_the_check_of_the_proof_found_is_the_reason() {
        for why in [
            NotCounted::IssuerUnread,
            NotCounted::BadProof,
            NotCounted::ForeignKey,
        ] {
            let mut evidence = good();
            evidence.proof = Proof::Fails(why);
            assert_eq!(holds(&evidence, now()), Err(why));
        }
    }

    #[test]
    fn a_key_that_its_issuer_lists_no_more_or_otherwise_is_foreign() {
        let mut unlisted = good();
        unlisted.key = None;
        let other_id = key(|key| key.id = url("https://collective.example/ap/group#other"));
        let other_key = key(|key| key.multibase.push('z'));
        for evidence in [unlisted, other_id, other_key] {
            assert_eq!(holds(&evidence, now()), Err(NotCounted::ForeignKey));
        }
    }

    #[test]
    fn what_was_signed_before_its_key_ended_still_counts() {
        let later = Some(at("2026-04-01T00:00:01Z"));
        assert_eq!(holds(&key(|key| key.expires = later), now()), Ok(()));
        assert_eq!(holds(&key(|key| key.revoked = later), now()), Ok(()));
    }

    #[test]
    fn what_was_signed_when_its_key_had_ended_does_not_count() {
        let ended = Some(at("2026-04-01T00:00:00Z"));
        for evidence in [
            key(|key| key.expires = ended),
            key(|key| key.revoked = ended),
        ] {
            assert_eq!(holds(&evidence, now()), Err(NotCounted::EndedKey));
        }
    }

    #[test]
    fn a_vouch_counts_from_its_first_moment_to_before_its_last() {
        let evidence = good();
        let (since, until) = (evidence.vouch.since, evidence.vouch.until);
        let moment = TimeDelta::milliseconds(1);
        assert_eq!(holds(&evidence, since - moment), Err(NotCounted::NotYet));
        assert_eq!(holds(&evidence, since), Ok(()));
        assert_eq!(holds(&evidence, until - moment), Ok(()));
        assert_eq!(holds(&evidence, until), Err(NotCounted::Lapsed));
    }

    #[test]
    fn a_vouch_that_ends_before_it_begins_never_counts() {
        let mut evidence = good();
        evidence.vouch.until = evidence.vouch.since - TimeDelta::days(10);
        for days in [-20, -5, 5] {
            let now = evidence.vouch.since + TimeDelta::days(days);
            assert!(holds(&evidence, now).is_err());
        }
    }

    #[test]
    fn a_vouch_for_more_than_four_hundred_days_does_not_count() {
        let mut evidence = good();
        evidence.vouch.until = evidence.vouch.since + TimeDelta::days(MAX_VOUCH_DAYS);
        assert_eq!(holds(&evidence, now()), Ok(()));
        evidence.vouch.until += TimeDelta::seconds(1);
        assert_eq!(holds(&evidence, now()), Err(NotCounted::TooLong));
    }

    #[test]
    fn a_vouch_that_was_taken_back_does_not_count_whatever_else_is_wrong_with_it() {
        let mut evidence = good();
        evidence.revoked_at = Some(at("2026-05-01T00:00:00Z"));
        evidence.is_listed_back = false;
        assert_eq!(holds(&evidence, now()), Err(NotCounted::Revoked));
        let later = evidence.vouch.until + TimeDelta::days(1);
        assert_eq!(holds(&evidence, later), Err(NotCounted::Revoked));
    }

    #[test]
    fn what_is_not_its_issuers_word_cannot_be_taken_back() {
        let mut evidence = good();
        evidence.proof = Proof::Fails(NotCounted::BadProof);
        evidence.revoked_at = Some(at("2026-05-01T00:00:00Z"));
        assert_eq!(holds(&evidence, now()), Err(NotCounted::BadProof));
    }

    #[test]
    fn a_vouch_that_others_handed_on_counts_once_its_issuers_server_says_it() {
        let mut evidence = good();
        evidence.heard_at = None;
        assert_eq!(holds(&evidence, now()), Err(NotCounted::Relayed));
    }

    #[test]
    fn a_vouch_may_be_missing_for_less_than_three_days() {
        let mut evidence = good();
        evidence.missing_since = Some(now() - MISSING_FOR + TimeDelta::milliseconds(1));
        assert_eq!(holds(&evidence, now()), Ok(()));
        evidence.missing_since = Some(now() - MISSING_FOR);
        assert_eq!(holds(&evidence, now()), Err(NotCounted::Missing));
    }

    #[test]
    fn whether_a_vouch_is_good_changes_only_at_the_moments_that_are_told() {
        let mut evidence = good();
        evidence.missing_since = Some(now());
        let mut moment = at("2026-01-01T00:00:00Z");
        let mut reasons = Vec::new();
        while let Some(next) = next_change(&evidence, moment) {
            let just_before = next - TimeDelta::milliseconds(1);
            assert_eq!(holds(&evidence, moment), holds(&evidence, just_before));
            moment = next;
            reasons.push(holds(&evidence, moment).err());
        }
        assert_eq!(
            reasons,
            [None, Some(NotCounted::Missing), Some(NotCounted::Lapsed)]
        );
    }

    #[test]
    fn a_vouch_that_the_hoster_does_not_list_does_not_count() {
        let mut evidence = good();
        evidence.is_listed_back = false;
        assert_eq!(holds(&evidence, now()), Err(NotCounted::NotListedBack));
    }
}
