use std::collections::BTreeSet;

use bytes::Bytes;

use super::*;
use crate::fetch::StatusCode;
use crate::fetch::header::{HeaderMap, RETRY_AFTER};

fn now() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// An inbox that has failed so often, and for so long.
fn target(fails: u32, failing_for: TimeDelta) -> Target {
    Target {
        inbox: "https://far.example/inbox".parse().unwrap(),
        cursor: 7,
        state: TargetState::Awake,
        fails,
        failing_since: (fails > 0).then(|| now() - failing_for),
        scheme: Scheme::Cavage,
    }
}

fn well() -> Target {
    target(0, TimeDelta::zero())
}

fn answered(status: u16) -> Result<Answer, fetch::Error> {
    Ok(Answer {
        url: "https://far.example/inbox".parse().unwrap(),
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::new(),
        body: Bytes::from_static(b"because\n"),
    })
}

fn silent() -> Result<Answer, fetch::Error> {
    Err(fetch::Error::TimedOut {
        address: "https://far.example/inbox".to_owned(),
    })
}

/// What it means, in the middle of chance.
fn means(target: &Target, sent: &Result<Answer, fetch::Error>) -> Verdict {
    verdict(target, sent, now(), 0.5)
}

fn wait(verdict: Verdict) -> TimeDelta {
    match verdict {
        Verdict::Postponed(postponed) => postponed.due_at - now(),
        other => panic!("it is not postponed: {other:?}"),
    }
}

#[test]
fn every_status_means_the_next_the_same_later_or_nothing_more() {
    let short = |verdict: Verdict| match verdict {
        Verdict::Settled(Settled { refusal: None, .. }) => "taken",
        Verdict::Settled(_) => "refused",
        Verdict::Postponed(_) => "later",
        Verdict::Gone(_) => "gone",
    };
    for (statuses, expected) in [
        (vec![200, 201, 202, 204, 299], "taken"),
        (vec![410], "gone"),
        (vec![401, 403], "later"),
        (vec![408, 429, 500, 501, 502, 503, 504, 599], "later"),
        (vec![300, 301, 302, 303, 304, 307, 308], "later"),
        (
            vec![400, 402, 404, 405, 406, 409, 411, 413, 415, 422, 451, 499],
            "refused",
        ),
        (vec![600, 999], "refused"),
    ] {
        for status in statuses {
            assert_eq!(
                short(means(&well(), &answered(status))),
                expected,
                "{status}"
            );
        }
    }
    assert_eq!(short(means(&well(), &silent())), "later");
}

#[test]
fn what_is_refused_is_told_by_its_status_and_the_beginning_of_the_answer() {
    let Verdict::Settled(settled) = means(&well(), &answered(422)) else {
        panic!("it is settled");
    };
    assert_eq!(settled.refusal.as_deref(), Some("answered 422: because"));
    let mut long = answered(422).unwrap();
    long.body = "\u{1b}é".repeat(1_000).into();
    let Verdict::Settled(settled) = means(&well(), &Ok(long)) else {
        panic!("it is settled");
    };
    let refusal = settled.refusal.unwrap();
    assert_eq!(refusal.matches('é').count(), MAX_REFUSAL_CHARS);
    assert!(!refusal.contains('\u{1b}'));
}

#[test]
fn the_wait_doubles_from_half_a_minute_to_a_day_and_never_more() {
    let waits: Vec<i64> = (0..16)
        .map(|fails| wait(means(&target(fails, A_WHILE), &silent())).num_seconds())
        .collect();
    assert_eq!(waits[..4], [30, 60, 120, 240]);
    assert_eq!(waits[11], 30 << 11);
    assert_eq!(waits[12..], [86_400; 4]);
    let most = target(u32::MAX, A_WHILE);
    assert_eq!(wait(means(&most, &silent())), LONGEST_WAIT);
}

const A_WHILE: TimeDelta = TimeDelta::hours(1);

#[test]
fn chance_makes_a_wait_a_quarter_shorter_or_longer() {
    let waits = |fails| {
        let target = target(fails, A_WHILE);
        [0.0, 0.5, 1.0].map(|chance| {
            let wait = wait(verdict(&target, &silent(), now(), chance));
            wait.num_milliseconds()
        })
    };
    assert_eq!(waits(0), [22_500, 30_000, 37_500]);
    assert_eq!(waits(20), [64_800_000, 86_400_000, 108_000_000]);
}

#[test]
fn whoever_asks_to_wait_longer_is_heard_within_reason() {
    let mut answer = answered(429).unwrap();
    let mut asked = |text: &'static str| {
        answer.headers.insert(RETRY_AFTER, text.parse().unwrap());
        wait(means(&well(), &Ok(answer.clone()))).num_seconds()
    };
    assert_eq!(asked("5"), 30, "no sooner than without");
    assert_eq!(asked("600"), 600);
    assert_eq!(asked("Mon, 23 Nov 2026 13:00:00 GMT"), 3_600);
    assert_eq!(asked("99999999"), 86_400);
    assert_eq!(asked("soon"), 30);
}

#[test]
fn a_refused_signature_is_tried_the_other_way_for_three_days() {
    let scheme = |verdict| match verdict {
        Verdict::Postponed(postponed) => Some(postponed.scheme),
        Verdict::Settled(settled) => {
            assert!(settled.refusal.is_some());
            None
        }
        Verdict::Gone(why) => panic!("{why}"),
    };
    let almost = target(9, PATIENCE_WITH_SIGNATURES - TimeDelta::seconds(1));
    let other = Target {
        scheme: Scheme::Rfc9421,
        ..almost.clone()
    };
    assert_eq!(
        scheme(means(&almost, &answered(401))),
        Some(Scheme::Rfc9421)
    );
    assert_eq!(scheme(means(&other, &answered(401))), Some(Scheme::Cavage));
    assert_eq!(scheme(means(&almost, &answered(403))), Some(Scheme::Cavage));
    assert_eq!(scheme(means(&other, &answered(500))), Some(Scheme::Rfc9421));
    assert_eq!(scheme(means(&other, &silent())), Some(Scheme::Rfc9421));
    let enough = target(9, PATIENCE_WITH_SIGNATURES);
    assert_eq!(scheme(means(&enough, &answered(401))), None);
    assert_eq!(scheme(means(&enough, &answered(403))), None);
}

#[test]
fn what_was_taken_keeps_the_way_it_was_signed() {
    let target = Target {
        scheme: Scheme::Rfc9421,
        ..well()
    };
    let taken = Settled {
        status: 202,
        refusal: None,
        scheme: Scheme::Rfc9421,
    };
    assert_eq!(means(&target, &answered(202)), Verdict::Settled(taken));
}

#[test]
fn a_week_of_silence_puts_to_sleep_and_ninety_days_are_enough() {
    let state = |failing_for| match means(&target(20, failing_for), &silent()) {
        Verdict::Postponed(postponed) => {
            assert_eq!(postponed.failing_since, now() - failing_for);
            Some(postponed.state)
        }
        _ => None,
    };
    let second = TimeDelta::seconds(1);
    assert_eq!(state(AWAKE_FOR), Some(TargetState::Awake));
    assert_eq!(state(AWAKE_FOR + second), Some(TargetState::Asleep));
    assert_eq!(state(ASLEEP_FOR), Some(TargetState::Asleep));
    assert_eq!(state(ASLEEP_FOR + second), None);
    let asleep = target(0, TimeDelta::zero());
    let asleep = Target {
        failing_since: Some(now() - AWAKE_FOR - second),
        ..asleep
    };
    assert_eq!(wait(means(&asleep, &silent())), LONGEST_WAIT, "once a day");
}

#[test]
fn the_first_failure_is_when_the_trouble_began() {
    let Verdict::Postponed(postponed) = means(&well(), &answered(500)) else {
        panic!("it is postponed");
    };
    assert_eq!(postponed.failing_since, now());
    assert_eq!(postponed.status, Some(500));
    assert_eq!(postponed.error, "answered 500");
}

#[test]
fn four_refused_announcements_of_a_new_key_have_tried_both_keys_in_both_ways() {
    // However often it failed before, and for whatever other reason.
    for already in 0..8 {
        let mut target = target(already, A_WHILE);
        let mut tried = BTreeSet::new();
        for _ in 0..4 {
            tried.insert((under_old_key(target.fails), target.scheme.word()));
            let Verdict::Postponed(postponed) = means(&target, &answered(401)) else {
                panic!("it is postponed");
            };
            target.scheme = postponed.scheme;
            target.fails += 1;
        }
        assert_eq!(tried.len(), 4, "{already}: {tried:?}");
    }
    assert!(under_old_key(0), "the old one first");
}

#[test]
fn what_is_owed_to_a_blocked_inbox_is_dropped() {
    let blocked = Err(fetch::Error::Refused {
        address: "https://far.example/inbox".to_owned(),
        why: fetch::Refused::Blocked,
    });
    assert!(matches!(means(&well(), &blocked), Verdict::Gone(why) if why.contains("is blocked")));
    let elsewhere = Err(fetch::Error::Refused {
        address: "https://far.example/inbox".to_owned(),
        why: fetch::Refused::Network,
    });
    assert!(matches!(means(&well(), &elsewhere), Verdict::Postponed(_)));
}
