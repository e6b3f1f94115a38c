//! What came of a visit, as it is recorded: when the address is asked again, what it taught, where it leads,
//! and how its host is left.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::{
    FORBIDDEN, LATER, Leave, MAX_BYTES_PER_ROUND, MAX_ITEMS_PER_ROUND, MAX_PAGES_PER_ROUND, Step,
    Worker,
};
use crate::crawler::discover::{self, Found};
use crate::crawler::robots::{self, Robots};
use crate::crawler::schedule;
use crate::crawler::visit::{Came, Why};
use crate::domain::health::Probe;
use crate::formats::{Findings, Format};
use crate::ingest::Read;
use crate::store::frontier::{Faults, Left, Outcome, ROUND, Target};

impl Worker {
    /// What is to be recorded of what came.
    pub(super) fn came(&mut self, target: &Target, format: Format, came: Came) -> Step {
        let now = self.parts.clock.now();
        let priority = self.turn.priority;
        let url = &target.url;
        let mut step = Step::default();
        let due_at = schedule::after_reading(url.as_str(), now);
        let mut outcome = Outcome::of(target, due_at);
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
                outcome.faults = Some(Faults::default());
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
                    outcome.faults = Some(Faults::default());
                    step.sown = discover::next(target, priority, Found::Nothing);
                    if discover::is_place(url) {
                        outcome.due_at = schedule::after_absence(url.as_str(), now);
                    }
                }
                if why.is_of_host() {
                    step.leave = Some(self.out_of_reach(why, error, now));
                }
            }
        }
        step.outcomes.push(outcome);
        step
    }

    /// The host does not allow it, or nobody here can do it: it is looked at again when its rules are. The
    /// places of a site that come after it are asked all the same.
    pub(super) fn forbidden(&self, robots: &Robots, target: &Target, now: DateTime<Utc>) -> Step {
        let next = discover::next_allowed(target, self.turn.priority, |url| robots.allows(url));
        self.parts.tally.count(|summary| summary.forbidden += 1);
        Step {
            outcomes: vec![Outcome {
                error: Some(FORBIDDEN.to_owned()),
                ..Outcome::of(target, schedule::after_reading(target.url.as_str(), now))
            }],
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

    /// How a host is left that is out of reach. Where nobody answers, that its services are down is known
    /// too, and whether they are back is asked each hour.
    pub(super) fn out_of_reach(&self, why: Why, error: String, now: DateTime<Utc>) -> Leave {
        let fails = self.turn.fails + 1;
        let again = schedule::after_failure(fails, self.turn.host.as_str(), now);
        let is_silent = why.is_of_host();
        Leave {
            error: Some(error),
            is_silent,
            not_read_before: Some(again),
            not_before: (!is_silent).then_some(again),
            ..Leave::default()
        }
    }

    /// What is recorded of a look at whether a service is up.
    pub(super) fn probed(&self, target: &Target, probe: Probe) -> Outcome {
        let fails = match probe.is_up() {
            true => 0,
            false => target.fails.saturating_add(1),
        };
        self.parts.tally.count(|summary| {
            summary.probed += 1;
            summary.down += u64::from(fails > 0);
        });
        Outcome {
            status: probe.status,
            fails,
            error: probe.error.clone(),
            probe: Some(probe.clone()),
            ..Outcome::of(
                target,
                schedule::after_probing(fails, target.url.as_str(), probe.at),
            )
        }
    }

    /// How a host is left.
    pub(super) fn left(&self, leave: Leave, now: DateTime<Utc>) -> Left {
        let rest = TimeDelta::from_std(self.gate.gap()).unwrap_or(robots::MAX_CRAWL_DELAY);
        let fails = match leave.error {
            Some(_) if self.reads => self.turn.fails.saturating_add(1),
            // To look each hour whether it is back makes nobody dead sooner.
            Some(_) => self.turn.fails,
            None => 0,
        };
        Left {
            next_request_at: now + rest,
            not_before: leave.not_before,
            not_read_before: leave.not_read_before,
            fails,
            is_opted_out: leave.is_opted_out,
            error: leave.error,
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
