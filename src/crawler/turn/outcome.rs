//! What came of a visit, as it is recorded: when the address is asked again, what it taught, where it leads,
//! and how its host is left.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::{
    LATER, Leave, MAX_BYTES_PER_ROUND, MAX_ITEMS_PER_ROUND, MAX_PAGES_PER_ROUND, Step, Worker,
};
use crate::crawler::discover::{self, Found};
use crate::crawler::robots::Robots;
use crate::crawler::schedule;
use crate::crawler::visit::{Came, Why};
use crate::formats::{Findings, Format};
use crate::ingest::Read;
use crate::store::frontier::{Outcome, ROUND, Target};

impl Worker {
    /// What is to be recorded of what came.
    pub(super) fn came(&mut self, target: &Target, format: Format, came: Came) -> Step {
        let now = self.parts.clock.now();
        let priority = self.turn.priority;
        let url = &target.url;
        let mut step = Step::default();
        let mut outcome = Outcome {
            url: url.clone(),
            purpose: target.purpose,
            due_at: schedule::after_reading(url.as_str(), now),
            status: None,
            etag: target.etag.clone(),
            last_modified: target.last_modified.clone(),
            fails: 0,
            error: None,
        };
        let fails = target.fails + 1;
        let again = schedule::after_failure(fails, url.as_str(), now);
        let tally = self.parts.tally.clone();
        match came {
            Came::Document(arrived) => {
                let findings = &arrived.read.findings;
                tally.count(|summary| {
                    summary.read += 1;
                    summary.left_out += u64::from(findings.asks_to_be_left_out);
                });
                outcome.status = Some(200);
                outcome.etag = arrived.etag;
                outcome.last_modified = arrived.last_modified;
                let spent = &mut self.turn.spent;
                spent.items = spent.items.saturating_add(discover::items(findings));
                step.sown = discover::next(target, priority, Found::Findings(findings));
                step.read = Some(arrived.read);
            }
            Came::Unchanged => {
                tally.count(|summary| summary.unchanged += 1);
                outcome.status = Some(304);
            }
            Came::Absent | Came::Gone => {
                let is_gone = matches!(came, Came::Gone);
                tally.count(|summary| {
                    summary.absent += 1;
                    summary.left_out += u64::from(is_gone && discover::is_own_word(format));
                });
                outcome.status = Some(if is_gone { 410 } else { 404 });
                outcome.etag = None;
                outcome.last_modified = None;
                outcome.fails = fails;
                outcome.error = Some("nothing is there".to_owned());
                outcome.due_at = match discover::is_place(url) {
                    true => schedule::after_absence(url.as_str(), now),
                    false => again,
                };
                step.sown = discover::next(target, priority, Found::Nothing);
                step.read = (is_gone && discover::is_own_word(format)).then(|| left_out(url));
            }
            Came::Moved(to) => {
                tally.count(|summary| summary.moved += 1);
                outcome.error = Some(format!("is elsewhere: {to}"));
                outcome.due_at = now + schedule::LONGEST_WAIT;
                step.sown = discover::elsewhere(target, to).into_iter().collect();
            }
            Came::PutOff { status, wait } => {
                outcome.status = Some(status);
                outcome.due_at = now;
                step.leave = Some(self.put_off(wait, now));
            }
            Came::Failed { why, status, error } => {
                tally.count(|summary| summary.fail(why));
                outcome.status = status;
                outcome.fails = fails;
                outcome.error = Some(error.clone());
                outcome.due_at = again;
                // A page that says in words that nothing is there, with status 200.
                if why == Why::Unreadable {
                    step.sown = discover::next(target, priority, Found::Nothing);
                    if discover::is_place(url) {
                        outcome.due_at = schedule::after_absence(url.as_str(), now);
                    }
                }
                if why.is_of_host() {
                    step.leave = Some(self.out_of_reach(error, now));
                }
            }
        }
        step.outcome = Some(outcome);
        step
    }

    /// The host does not allow it, or nobody here can do it: it is looked at again when its rules are. The
    /// places of a site that come after it are asked all the same.
    pub(super) fn forbidden(&self, robots: &Robots, target: &Target, now: DateTime<Utc>) -> Step {
        let next = discover::next_allowed(target, self.turn.priority, |url| robots.allows(url));
        self.parts.tally.count(|summary| summary.forbidden += 1);
        Step {
            outcome: Some(Outcome {
                url: target.url.clone(),
                purpose: target.purpose,
                due_at: schedule::after_reading(target.url.as_str(), now),
                status: None,
                etag: target.etag.clone(),
                last_modified: target.last_modified.clone(),
                fails: 0,
                error: Some("robots.txt forbids it".to_owned()),
            }),
            sown: next.into_iter().collect(),
            ..Step::default()
        }
    }

    /// How the host is left if we have read of it all that we read in one round.
    pub(super) fn exhausted(&self, now: DateTime<Utc>) -> Option<Leave> {
        let spent = self.turn.spent;
        let is_exhausted = spent.pages >= MAX_PAGES_PER_ROUND
            || spent.items >= MAX_ITEMS_PER_ROUND
            || spent.bytes >= MAX_BYTES_PER_ROUND;
        // Never at once, even if the clock of another replica is behind.
        is_exhausted.then(|| Leave::until((self.turn.round_at + ROUND).max(now + LATER)))
    }

    pub(super) fn put_off(&self, wait: Option<TimeDelta>, now: DateTime<Utc>) -> Leave {
        self.parts.tally.count(|summary| summary.put_off += 1);
        Leave::until(now + wait.unwrap_or(schedule::PUT_OFF_FOR))
    }

    pub(super) fn out_of_reach(&self, error: String, now: DateTime<Utc>) -> Leave {
        let fails = self.turn.fails + 1;
        let host = self.turn.host.as_str();
        Leave {
            error: Some(error),
            ..Leave::until(schedule::after_failure(fails, host, now))
        }
    }
}

/// What it means that somebody asks to be left out, by a word at this address.
pub(super) fn left_out(url: &Url) -> Read {
    Read {
        document: url.clone(),
        findings: Findings {
            asks_to_be_left_out: true,
            ..Findings::default()
        },
    }
}
