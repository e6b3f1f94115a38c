//! What an inbox's answer means: pure.

use chrono::{DateTime, TimeDelta, Utc};

use crate::federation::counted::Went;
use crate::fetch::{self, Answer};
use crate::store::{Postponed, Scheme, Settled, Target, TargetState};

/// How long to wait after the first failure; it doubles with each further one.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);
/// How long to wait at most.
const LONGEST_WAIT: TimeDelta = TimeDelta::days(1);
/// How much longer or shorter, at random, so that not everyone comes back at once: a quarter.
const JITTER: f64 = 0.25;
/// How long an inbox may say that we are not who we say (a key or a clock may be wrong) before the
/// activity counts as refused.
const PATIENCE_WITH_SIGNATURES: TimeDelta = TimeDelta::days(3);
/// How long an inbox may fail before it is put to sleep and tried once a day.
const AWAKE_FOR: TimeDelta = TimeDelta::days(7);
/// How long an inbox may sleep before it is given up and its followers with it.
const ASLEEP_FOR: TimeDelta = TimeDelta::days(90);
/// How much of a refusal is kept, in characters.
const MAX_REFUSAL_CHARS: usize = 200;

/// What is to be done.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// The next activity.
    Settled(Settled),
    /// The same again, later.
    Postponed(Postponed),
    /// Nothing ever more, for this reason.
    Gone(String),
}

impl Verdict {
    /// How the delivery ended, to be counted.
    pub(super) fn end(&self) -> Went {
        match self {
            Self::Settled(settled) if settled.refusal.is_some() => Went::Refused,
            Self::Settled(_) => Went::Delivered,
            Self::Postponed(postponed) if postponed.status.is_some() => Went::PutOff,
            Self::Postponed(_) => Went::Unreachable,
            Self::Gone(_) => Went::GivenUp,
        }
    }
}

/// What an answer, or its absence, means. `chance` is any number from 0 to 1.
pub(super) fn verdict(
    target: &Target,
    sent: &Result<Answer, fetch::Error>,
    now: DateTime<Utc>,
    chance: f64,
) -> Verdict {
    let answer = match sent {
        Ok(answer) => answer,
        Err(
            error @ fetch::Error::Refused {
                why: fetch::Refused::Blocked,
                ..
            },
        ) => {
            return Verdict::Gone(error.to_string());
        }
        Err(error) => return postponed(target, None, error.to_string(), None, now, chance),
    };
    let status = answer.status.as_u16();
    let failing_for = now - target.failing_since.unwrap_or(now);
    let refused = || Settled {
        status,
        refusal: Some(format!("answered {status}: {}", shown(&answer.body))),
        scheme: target.scheme,
    };
    match status {
        200..=299 => Verdict::Settled(Settled {
            status,
            refusal: None,
            scheme: target.scheme,
        }),
        410 => Verdict::Gone("answered 410: it is gone".to_owned()),
        401 | 403 if failing_for < PATIENCE_WITH_SIGNATURES => {
            let error = format!("answered {status}: {}", shown(&answer.body));
            postponed(target, Some(status), error, None, now, chance)
        }
        408 | 429 | 300..=399 | 500..=599 => {
            let wait = answer.retry_after(now);
            postponed(
                target,
                Some(status),
                format!("answered {status}"),
                wait,
                now,
                chance,
            )
        }
        _ => Verdict::Settled(refused()),
    }
}

/// Which key announces a new one: the old, for whoever knows only that, or the new, for whoever has
/// read it since. An inbox may have been away when it was first told, so this changes with every
/// second failure; the scheme changes with each 401, so that four of them have seen all there is.
pub(super) fn under_old_key(fails: u32) -> bool {
    fails & 2 == 0
}

fn postponed(
    target: &Target,
    status: Option<u16>,
    error: String,
    asked_wait: Option<TimeDelta>,
    now: DateTime<Utc>,
    chance: f64,
) -> Verdict {
    let failing_since = target.failing_since.unwrap_or(now);
    if now - failing_since > ASLEEP_FOR {
        return Verdict::Gone(format!(
            "silent for {} days: {error}",
            ASLEEP_FOR.num_days()
        ));
    }
    let asleep = now - failing_since > AWAKE_FOR;
    let wait = match asleep {
        true => LONGEST_WAIT,
        // 30 s, 1 min, 2 min … a day after twelve failures.
        false => (FIRST_WAIT * (1 << target.fails.min(12))).min(LONGEST_WAIT),
    };
    let jittered = wait.as_seconds_f64() * (1.0 + JITTER * (2.0 * chance - 1.0));
    let wait = TimeDelta::milliseconds((jittered * 1000.0) as i64)
        .max(asked_wait.unwrap_or_default())
        .min(LONGEST_WAIT + LONGEST_WAIT / 4);
    Verdict::Postponed(Postponed {
        due_at: now + wait,
        state: if asleep {
            TargetState::Asleep
        } else {
            TargetState::Awake
        },
        failing_since,
        status,
        error,
        // Who refuses the one signature may know the other, and the other way round.
        scheme: match (status, target.scheme) {
            (Some(401), Scheme::Cavage) => Scheme::Rfc9421,
            (Some(401), Scheme::Rfc9421) => Scheme::Cavage,
            (_, scheme) => scheme,
        },
    })
}

/// The beginning of an answer, fit for a log and a page.
fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    text.chars()
        .filter(|c| !c.is_control())
        .take(MAX_REFUSAL_CHARS)
        .collect()
}

#[cfg(test)]
mod tests;
