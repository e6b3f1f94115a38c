//! Walks from the anchors along the vouches that count.

use std::ops::Range;

use super::assess::{Assessment, Reached};
use super::graph::{Given, Graph};
use super::marks::Marks;
use super::policy::Policy;
use crate::domain::policy::MOST_DEPTH;
use crate::domain::vouch::NotCounted;

/// What a walk came to.
pub(super) struct Walk<'a> {
    graph: &'a Graph,
    policy: &'a Policy,
    pub assessment: Assessment,
    /// How many steps everybody is from an anchor, or one of the two below: the same as in the
    /// assessment, close together.
    pub depths: Vec<u8>,
    /// From whom and to whom vouches count that lead anywhere, once each, by the depth of who gave them.
    pub counted: Vec<(u32, u32)>,
    /// The vouches of those who are reached, one issuer after the other; of each those within its quota
    /// first, the oldest first, one for each of whom they are for.
    given: Vec<Given>,
    /// Of an issuer, where its vouches begin in `given`, where those within its quota end, and all.
    given_by: Vec<[u32; 3]>,
    /// Of the path found so far to an actor, what the choice between paths goes by.
    preferred: Vec<Preference>,
    marks: Marks,
}

const NOT_REACHED: u8 = u8::MAX;
const BLOCKED: u8 = u8::MAX - 1;

/// How old the last vouch of a path is, then who gave it, then the same of the vouch before: less is
/// better.
type Preference = (i64, u32, i64, u32);

impl<'a> Walk<'a> {
    pub fn over(graph: &'a Graph, policy: &'a Policy) -> Self {
        let actors = graph.actors.len();
        let mut walk = Self {
            graph,
            policy,
            assessment: Assessment {
                reached: vec![None; actors],
                verdicts: Vec::new(),
            },
            depths: vec![NOT_REACHED; actors],
            counted: Vec::new(),
            given: Vec::new(),
            given_by: vec![[0; 3]; actors],
            preferred: vec![(0, 0, 0, 0); actors],
            marks: Marks::new(actors),
        };
        walk.stand_at_anchors();
        walk.assessment.verdicts = vec![Some(NotCounted::IssuerNotTrusted); graph.from.len()];
        for depth in 0..policy.max_depth() {
            let issuers = walk.standing_at(depth);
            walk.lay_out(depth, &issuers);
            match depth {
                0 | 1 => issuers.iter().for_each(|issuer| walk.step_from(*issuer)),
                // The last: MOST_DEPTH is three.
                _ => walk.step_within_reach(),
            }
        }
        walk.refuse_the_others();
        walk
    }

    fn stand_at_anchors(&mut self) {
        for (number, actor) in self.graph.actors.iter().enumerate() {
            if actor.is_blocked {
                self.depths[number] = BLOCKED;
            } else if actor.is_anchor {
                self.depths[number] = 0;
                self.assessment.reached[number] = Some(Reached {
                    depth: 0,
                    corroboration: 1,
                    steps: [0; MOST_DEPTH as usize],
                });
            }
        }
    }

    fn standing_at(&self, depth: u8) -> Vec<u32> {
        let all = (0..).zip(&self.depths);
        let there = all.filter(|(_, known)| **known == depth);
        there.map(|(actor, _)| actor).collect()
    }

    fn quota(&self, actor: u32) -> usize {
        match self.depths[actor as usize] {
            0 => usize::MAX,
            _ => self.policy.quota(self.graph.actors[actor as usize].kind) as usize,
        }
    }

    /// Lays the vouches of everybody at a depth side by side, those within quotas first.
    fn lay_out(&mut self, depth: u8, issuers: &[u32]) {
        // Without a branch, which would often be guessed wrong: this reads every vouch there is.
        let mut theirs = vec![0_u32; self.graph.from.len() + 1];
        let mut count = 0;
        for (edge, from) in (0..).zip(&self.graph.from) {
            theirs[count] = edge;
            count += usize::from(self.depths[*from as usize] == depth);
        }
        theirs.truncate(count);
        for edge in &theirs {
            let issuer = self.graph.from[*edge as usize];
            self.given_by[issuer as usize][2] += 1;
        }
        let mut start = self.given.len() as u32;
        for issuer in issuers {
            let given_by = &mut self.given_by[*issuer as usize];
            let count = given_by[2];
            *given_by = [start, start, start];
            start += count;
        }
        let nothing = Given {
            since: 0,
            to: 0,
            edge: 0,
        };
        self.given.resize(start as usize, nothing);
        for edge in theirs {
            let end = &mut self.given_by[self.graph.from[edge as usize] as usize][2];
            self.given[*end as usize] = self.graph.given(edge);
            *end += 1;
        }
        for issuer in issuers {
            self.choose(*issuer);
        }
    }

    /// Puts the vouches of an actor that are within its quota first; one for itself never is.
    fn choose(&mut self, issuer: u32) {
        let quota = self.quota(issuer);
        let [start, _, end] = self.given_by[issuer as usize].map(|place| place as usize);
        self.given[start..end].sort_unstable();
        self.marks.clear();
        self.marks.insert(issuer);
        let mut within = start;
        for position in start..end {
            let given = self.given[position];
            self.assessment.verdicts[given.edge as usize] = Some(NotCounted::OverQuota);
            if within - start < quota && self.marks.insert(given.to) {
                self.given.swap(within, position);
                within += 1;
            }
        }
        self.given_by[issuer as usize][1] = within as u32;
    }

    /// Where the vouches of an actor are that are within its quota.
    fn within(&self, issuer: u32) -> Range<usize> {
        let [start, within, _] = self.given_by[issuer as usize];
        start as usize..within as usize
    }

    /// To everybody for whom one vouches, within its quota, who is an anchor or next to one: those are in
    /// its own reach, and nobody comes between it and its anchor.
    fn step_from(&mut self, issuer: u32) {
        let reached =
            self.assessment.reached[issuer as usize].expect("it vouches, so it is reached");
        for position in self.within(issuer) {
            let given = self.given[position];
            self.count(issuer, given);
            self.lead(reached, given, (given.since, issuer, 0, 0));
        }
        self.count_alike(issuer);
    }

    /// From those next to an anchor to everybody in their reach at second hand.
    fn step_within_reach(&mut self) {
        for first in self.standing_at(1) {
            let reached = self.assessment.reached[first as usize].expect("it stands there");
            let mut places = self.quota(first) - self.within(first).len();
            self.marks.clear();
            self.marks.insert(first);
            for position in self.within(first) {
                self.marks.insert(self.given[position].to);
            }
            for position in self.within(first) {
                let middle = self.given[position];
                let Some(second) = self.second(reached, middle) else {
                    continue;
                };
                for position in self.within(middle.to) {
                    let last = self.given[position];
                    if !self.marks.contains(last.to) {
                        if places == 0 {
                            continue;
                        }
                        places -= 1;
                        self.marks.insert(last.to);
                    }
                    if self.depths[middle.to as usize] == 2 {
                        self.count(middle.to, last);
                        let preference = (last.since, middle.to, middle.since, first);
                        self.lead(second, last, preference);
                    }
                }
            }
        }
        for second in self.standing_at(2) {
            self.count_alike(second);
        }
    }

    /// The place in the middle of a path of three, which need not be how that actor is reached itself.
    /// Nobody needs a place for whom an anchor vouches, and who is blocked vouches for nobody.
    fn second(&self, first: Reached, middle: Given) -> Option<Reached> {
        let actor = self.graph.actors[middle.to as usize];
        let passes_on = !actor.is_anchor && !actor.is_blocked;
        passes_on.then(|| first.followed_by(middle))
    }

    fn count(&mut self, issuer: u32, given: Given) {
        let verdict = &mut self.assessment.verdicts[given.edge as usize];
        let leads_on = !matches!(self.depths[given.to as usize], 0 | BLOCKED);
        if verdict.take().is_some() && leads_on {
            self.counted.push((issuer, given.to));
        }
    }

    /// A second vouch for the same actor says nothing new: it counts as the first does.
    fn count_alike(&mut self, issuer: u32) {
        let within = self.within(issuer);
        let end = self.given_by[issuer as usize][2] as usize;
        if within.end == end {
            return;
        }
        self.marks.clear();
        for chosen in &self.given[within.clone()] {
            if self.assessment.verdict(chosen.edge).is_ok() {
                self.marks.insert(chosen.to);
            }
        }
        for alike in &self.given[within.end..end] {
            if self.marks.contains(alike.to) {
                self.assessment.verdicts[alike.edge as usize] = None;
            }
        }
    }

    fn lead(&mut self, from: Reached, given: Given, preference: Preference) {
        let to = given.to as usize;
        let depth = from.depth + 1;
        let known = self.depths[to];
        let is_better = match known == depth {
            true => preference < self.preferred[to],
            false => known == NOT_REACHED,
        };
        if is_better {
            self.depths[to] = depth;
            self.assessment.reached[to] = Some(from.followed_by(given));
            self.preferred[to] = preference;
        }
    }

    fn refuse_the_others(&mut self) {
        let issuers = self.graph.from.iter();
        for (issuer, verdict) in issuers.zip(&mut self.assessment.verdicts) {
            match self.depths[*issuer as usize] {
                BLOCKED => *verdict = Some(NotCounted::IssuerBlocked),
                depth if depth == self.policy.max_depth() => *verdict = Some(NotCounted::TooDeep),
                _ => {}
            }
        }
    }
}

impl Reached {
    fn followed_by(mut self, given: Given) -> Self {
        self.steps[usize::from(self.depth)] = given.edge;
        self.depth += 1;
        self
    }
}
