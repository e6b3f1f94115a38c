//! A host's turn: its robots.txt, then what is due there, one request after the other.

mod outcome;

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::discover;
use super::keeper::{Closed, Way};
use super::manners::Gate;
use super::robots::{self, Robots, Said};
use super::visit::{self, Came, Why};
use super::{Parts, Stop, probe, schedule};
use crate::domain::host::Host;
use crate::formats::Format;
use crate::ingest::Read;
use crate::store::frontier::{Outcome, Purpose, Rules, Sown, Spent, Target, Then, Turn, Visited};

/// What is noted of an address that robots.txt keeps us from.
pub const FORBIDDEN: &str = "robots.txt forbids it";
/// How many requests are made to one host in one turn. Then others have theirs, so that hosts which are
/// slow or have much to say begin early and not last; and while a host waits for its next turn, its pause
/// takes nobody's place.
pub const MAX_REQUESTS_PER_TURN: u32 = 4;
/// How many requests are made to one host in one round.
pub const MAX_PAGES_PER_ROUND: u32 = 200;
/// How many hosters, services and leads are taken from one host in one round.
pub const MAX_ITEMS_PER_ROUND: u32 = 10_000;
/// How much is read of one host in one round, in bytes.
pub const MAX_BYTES_PER_ROUND: u64 = 32 * 1024 * 1024;

/// How long a host rests at least whose round is over.
const LATER: TimeDelta = TimeDelta::hours(1);

/// The one worker that has a host.
pub(super) struct Worker {
    parts: Arc<Parts>,
    way: Way,
    stop: Stop,
    turn: Turn,
    /// Whether anything is to be read in this turn, and not only looked at whether it is up.
    reads: bool,
    gate: Gate,
    /// How many requests were made in this turn.
    asked: u32,
}

/// What a visit comes to.
#[derive(Default)]
struct Step {
    outcomes: Vec<Outcome>,
    rules: Option<Rules>,
    read: Option<Read>,
    sown: Vec<Sown>,
    /// Set where nothing more is to be asked of the host for now.
    leave: Option<Leave>,
}

/// How a host is left before all that is due was asked.
#[derive(Default)]
struct Leave {
    not_before: Option<DateTime<Utc>>,
    not_read_before: Option<DateTime<Utc>>,
    is_opted_out: bool,
    /// Why it is out of reach, if it is.
    error: Option<String>,
    /// Whether nobody answers there, so that its services are down.
    is_silent: bool,
}

impl Leave {
    /// It is well; we come again when it suits.
    fn until(not_before: DateTime<Utc>) -> Self {
        Self {
            not_before: Some(not_before),
            ..Self::default()
        }
    }
}

impl Worker {
    pub(super) fn new(parts: Arc<Parts>, way: Way, stop: Stop, turn: Turn) -> Self {
        let gate = Gate::new(parts.gap, turn.until, parts.clock.now());
        let is_read = |target: &Target| target.purpose != Purpose::Probe;
        Self {
            parts,
            way,
            stop,
            reads: turn.targets.iter().any(is_read),
            turn,
            gate,
            asked: 0,
        }
    }

    /// Asks for what is due, as far as the host, its bounds, its turn and the lease allow.
    pub(super) async fn work(mut self) -> Result<(), Closed> {
        let mut due: VecDeque<Target> = std::mem::take(&mut self.turn.targets).into();
        let robots = match due.front() {
            None => Robots::without_file(),
            Some(first) => match self.robots(&first.url.clone(), &due).await? {
                Some(robots) => robots,
                None => return Ok(()),
            },
        };
        self.gate.slow_down(robots.crawl_delay());
        loop {
            let step = match due.pop_front() {
                Some(target) if !self.stop.is_asked() => self.step(&robots, &target).await,
                _ => Step {
                    leave: Some(Leave::default()),
                    ..Step::default()
                },
            };
            match self.record(step, &due).await? {
                Some(new) => due.extend(new),
                None => return Ok(()),
            }
        }
    }

    /// What the host allows: as it is kept, or read anew. `None` if the host was left over it.
    async fn robots(
        &mut self,
        site: &Url,
        due: &VecDeque<Target>,
    ) -> Result<Option<Robots>, Closed> {
        let now = self.parts.clock.now();
        let kept = self.turn.rules.as_ref().filter(|_| !self.turn.is_opted_out);
        if let Some(rules) = kept.filter(|rules| now - rules.read_at < robots::FRESH_FOR) {
            return Ok(Some(Robots::of(rules)));
        }
        let url = robots::address(site);
        let said = self.ask_for_robots(&url).await;
        let now = self.parts.clock.now();
        let mut step = Step::default();
        let robots = match said {
            Said::Rules(robots) => {
                step.rules = Some(robots.to_rules(now));
                if robots.asks_to_be_left_out() {
                    self.parts.tally.count(|summary| summary.left_out += 1);
                    step.read = Some(outcome::left_out(&url));
                    step.leave = Some(Leave {
                        is_opted_out: true,
                        ..Leave::until(schedule::after_reading(url.as_str(), now))
                    });
                }
                Some(robots)
            }
            // Who sends us elsewhere for its rules lives elsewhere: what was due here is asked for there.
            Said::Elsewhere(to) => {
                let there = due.iter().filter_map(|target| at(target, &to));
                step.sown = there.collect();
                step.leave = Some(Leave::until(now + schedule::LONGEST_WAIT));
                self.parts.tally.count(|summary| summary.moved += 1);
                None
            }
            Said::PutOff(wait) => {
                step.leave = Some(self.put_off(wait, now));
                None
            }
            // Nothing is allowed for now (RFC 9309 §2.3.1.4).
            Said::Nothing { why, error } => {
                self.parts.tally.count(|summary| summary.fail(why));
                step.leave = Some(self.out_of_reach(why, error, now));
                None
            }
            Said::TooLate => {
                step.leave = Some(Leave::default());
                None
            }
        };
        let recorded = self.record(step, due).await?;
        Ok(robots.filter(|_| recorded.is_some()))
    }

    /// Asks for robots.txt, wherever the host itself keeps it.
    async fn ask_for_robots(&mut self, url: &Url) -> Said {
        let mut url = url.clone();
        for _ in 0..=robots::MAX_REDIRECTS {
            if !self.gate.opens().await {
                return Said::TooLate;
            }
            let said = robots::ask(&self.parts.fetcher, &url, self.parts.clock.now()).await;
            self.passed(0);
            match said {
                Said::Elsewhere(to) if Host::of(&to) == Host::of(&url) => url = to,
                said => return said,
            }
        }
        Said::Rules(Robots::without_file())
    }

    /// Asks for what a target names, if the host allows it.
    async fn step(&mut self, robots: &Robots, target: &Target) -> Step {
        let now = self.parts.clock.now();
        if let Some(leave) = self.exhausted(now) {
            return Step {
                leave: Some(leave),
                ..Step::default()
            };
        }
        match target.purpose {
            Purpose::Read(format) => self.read(robots, target, format).await,
            Purpose::Probe => self.probe(robots, target).await,
        }
    }

    async fn read(&mut self, robots: &Robots, target: &Target, format: Format) -> Step {
        let mut url = target.url.clone();
        let mut was_redirected = target.redirected;
        loop {
            let now = self.parts.clock.now();
            if !robots.allows(&url) {
                return self.forbidden(robots, target, now);
            }
            if !self.gate.opens().await {
                return Step {
                    leave: Some(Leave::default()),
                    ..Step::default()
                };
            }
            let came = visit::ask(
                &self.parts.fetcher,
                &self.parts.taxonomy,
                target,
                &url,
                format,
                now,
            )
            .await;
            self.passed(match &came {
                Came::Document(arrived) => arrived.bytes,
                _ => 0,
            });
            match came {
                Came::Moved(to) if was_redirected || to == url => {
                    return self.came(target, format, visit::too_many_redirects());
                }
                Came::Moved(to) if Host::of(&to) == Host::of(&url) => {
                    url = to;
                    was_redirected = true;
                }
                came => return self.came(target, format, came),
            }
        }
    }

    /// Sees whether an address is up: one request, under the same rules as any other.
    async fn probe(&mut self, robots: &Robots, target: &Target) -> Step {
        if !robots.allows(&target.url) {
            return self.forbidden(robots, target, self.parts.clock.now());
        }
        if !self.gate.opens().await {
            return Step {
                leave: Some(Leave::default()),
                ..Step::default()
            };
        }
        let probe = probe::ask(&self.parts.fetcher, &target.url, self.parts.clock.now()).await;
        self.passed(0);
        let now = self.parts.clock.now();
        // Who does not answer here will not answer to what else is due.
        let silence = probe.error.clone().filter(|_| probe.status.is_none());
        Step {
            leave: silence.map(|error| self.out_of_reach(Why::Unreachable, error, now)),
            outcomes: vec![self.probed(target, probe)],
            ..Step::default()
        }
    }

    /// A request was made and has ended.
    fn passed(&mut self, bytes: usize) {
        self.gate.passed();
        self.asked += 1;
        let bytes = bytes as u64;
        let Spent {
            pages, bytes: all, ..
        } = &mut self.turn.spent;
        *pages = pages.saturating_add(1);
        *all = all.saturating_add(bytes);
        self.parts.tally.count(|summary| {
            summary.requests += 1;
            summary.bytes += bytes;
        });
    }

    /// Records a step. What is new at the host comes back, or `None` if the host was left; what else was due
    /// there is `due`.
    async fn record(
        &mut self,
        mut step: Step,
        due: &VecDeque<Target>,
    ) -> Result<Option<Vec<Target>>, Closed> {
        let is_early = step.leave.is_some() || self.asked >= MAX_REQUESTS_PER_TURN;
        let leave = step.leave.unwrap_or_default();
        let now = self.parts.clock.now();
        if let Some(error) = leave.error.as_ref().filter(|_| leave.is_silent) {
            let probes = due.iter().filter(|due| due.purpose == Purpose::Probe);
            let silent = |target| self.probed(target, probe::silent(error.clone(), now));
            step.outcomes.extend(probes.map(silent));
        }
        let then = match (is_early, due.is_empty()) {
            (true, _) => Then::Leave(self.left(leave, now)),
            (false, true) => Then::GoOnIfNew(self.left(leave, now)),
            (false, false) => Then::GoOn,
        };
        let sown = step
            .sown
            .into_iter()
            .filter(|sown| self.parts.may_visit(&sown.url));
        let visited = Visited {
            host: self.turn.host.clone(),
            lease: self.turn.lease,
            outcomes: step.outcomes,
            rules: step.rules,
            told: None,
            vouches: Vec::new(),
            vouched: None,
            sown: sown.collect(),
            spent: self.turn.spent,
            then,
        };
        self.way.record(visited, step.read).await
    }
}

/// A target of a host that lives elsewhere, there.
fn at(target: &Target, to: &Url) -> Option<Sown> {
    let mut url = to.clone();
    url.set_path(target.url.path());
    url.set_query(target.url.query());
    discover::elsewhere(target, url)
}
