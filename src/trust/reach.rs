//! Walks from the anchors along the vouches that count.

use std::ops::Range;

use super::assess::{Assessment, Reached};
use super::graph::{Given, Graph};
use super::marks::Marks;
use super::policy::{MAX_DEPTH, Policy};
use crate::domain::vouch::NotCounted;

/// What a walk came to.
pub(super) struct Walk<'a> {
    graph: &'a Graph,
    policy: &'a Policy,
    pub assessment: Assessment,
    /// From whom and to whom vouches count that lead anywhere, once each, by the depth of who gave them.
    pub counted: Vec<(u32, u32)>,
    /// The vouches within the quota of their issuers, the oldest first, one for each of whom they are
    /// for; and where those of an actor stand.
    within: Vec<Given>,
    within_of: Vec<(u32, u32)>,
    /// Of the path found so far to an actor, what the choice between paths goes by.
    preferred: Vec<Preference>,
    marks: Marks,
}

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
                verdicts: vec![Some(NotCounted::IssuerNotTrusted); graph.edges()],
            },
            counted: Vec::new(),
            within: Vec::new(),
            within_of: vec![(0, 0); actors],
            preferred: vec![(0, 0, 0, 0); actors],
            marks: Marks::new(actors),
        };
        walk.stand_at_anchors();
        for depth in 0..policy.max_depth() {
            let issuers = walk.standing_at(depth);
            for issuer in &issuers {
                walk.choose(*issuer);
            }
            match depth {
                0 | 1 => issuers.iter().for_each(|issuer| walk.step_from(*issuer)),
                // The last, as MAX_DEPTH is.
                _ => walk.step_within_reach(),
            }
        }
        walk.refuse_the_others();
        walk
    }

    fn stand_at_anchors(&mut self) {
        for (actor, reached) in self.graph.actors.iter().zip(&mut self.assessment.reached) {
            *reached = (actor.is_anchor && !actor.is_blocked).then_some(Reached {
                depth: 0,
                corroboration: 1,
                steps: [0; MAX_DEPTH as usize],
            });
        }
    }

    fn standing_at(&self, depth: u8) -> Vec<u32> {
        let actors = 0_u32..;
        let all = actors.zip(&self.assessment.reached);
        let there =
            all.filter(|(_, reached)| reached.is_some_and(|reached| reached.depth == depth));
        there.map(|(actor, _)| actor).collect()
    }

    fn quota(&self, actor: u32) -> usize {
        let actor = self.graph.actors[actor as usize];
        match actor.is_anchor {
            true => usize::MAX,
            false => self.policy.quota(actor.kind) as usize,
        }
    }

    /// Lays out the vouches of an actor that are within its quota; one for itself never is.
    fn choose(&mut self, issuer: u32) {
        let quota = self.quota(issuer);
        let mut given = self.graph.given_by(issuer).to_vec();
        given.sort_unstable_by_key(|given| (given.since, given.to, given.edge));
        let start = self.within.len();
        self.marks.clear();
        self.marks.insert(issuer);
        for given in given {
            let has_room = self.within.len() - start < quota;
            if has_room && self.marks.insert(given.to) {
                self.within.push(given);
            }
            self.assessment.verdicts[given.edge as usize] = Some(NotCounted::OverQuota);
        }
        self.within_of[issuer as usize] = (start as u32, self.within.len() as u32);
    }

    fn range_of(&self, issuer: u32) -> Range<usize> {
        let (start, end) = self.within_of[issuer as usize];
        start as usize..end as usize
    }

    /// To everybody for whom one vouches, within its quota, who is an anchor or next to one: those are in
    /// its own reach, and nobody comes between it and its anchor.
    fn step_from(&mut self, issuer: u32) {
        let reached =
            self.assessment.reached[issuer as usize].expect("it vouches, so it is reached");
        for position in self.range_of(issuer) {
            let given = self.within[position];
            self.count(issuer, given);
            self.lead(reached, given, (given.since, issuer, 0, 0));
        }
        self.count_alike(issuer);
    }

    /// From those next to an anchor to everybody in their reach at second hand.
    fn step_within_reach(&mut self) {
        for first in self.standing_at(1) {
            let reached = self.assessment.reached[first as usize].expect("it stands there");
            let mut places = self.quota(first) - self.range_of(first).len();
            self.marks.clear();
            self.marks.insert(first);
            for position in self.range_of(first) {
                self.marks.insert(self.within[position].to);
            }
            for position in self.range_of(first) {
                let middle = self.within[position];
                let Some(second) = self.second(reached, middle) else {
                    continue;
                };
                for position in self.range_of(middle.to) {
                    let last = self.within[position];
                    if !self.marks.contains(last.to) {
                        if places == 0 {
                            continue;
                        }
                        places -= 1;
                        self.marks.insert(last.to);
                    }
                    if self.depth_of(middle.to) == Some(2) {
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

    fn depth_of(&self, actor: u32) -> Option<u8> {
        self.assessment.reached[actor as usize].map(|reached| reached.depth)
    }

    fn count(&mut self, issuer: u32, given: Given) {
        let verdict = &mut self.assessment.verdicts[given.edge as usize];
        let to = self.graph.actors[given.to as usize];
        if verdict.take().is_some() && !to.is_blocked && !to.is_anchor {
            self.counted.push((issuer, given.to));
        }
    }

    /// A second vouch for the same actor says nothing new: it counts as the first does.
    fn count_alike(&mut self, issuer: u32) {
        let given = self.graph.given_by(issuer);
        if given.len() == self.range_of(issuer).len() {
            return;
        }
        self.marks.clear();
        for position in self.range_of(issuer) {
            let chosen = self.within[position];
            if self.assessment.verdict(chosen.edge).is_ok() {
                self.marks.insert(chosen.to);
            }
        }
        for alike in given {
            if self.marks.contains(alike.to) {
                self.assessment.verdicts[alike.edge as usize] = None;
            }
        }
    }

    fn lead(&mut self, from: Reached, given: Given, preference: Preference) {
        let to = given.to as usize;
        if self.graph.actors[to].is_blocked {
            return;
        }
        let there = from.followed_by(given);
        let is_better = match &self.assessment.reached[to] {
            None => true,
            Some(known) => known.depth == there.depth && preference < self.preferred[to],
        };
        if is_better {
            self.assessment.reached[to] = Some(there);
            self.preferred[to] = preference;
        }
    }

    fn refuse_the_others(&mut self) {
        for (issuer, actor) in (0..).zip(&self.graph.actors) {
            let why = if actor.is_blocked {
                NotCounted::IssuerBlocked
            } else if self.depth_of(issuer) == Some(self.policy.max_depth()) {
                NotCounted::TooDeep
            } else {
                continue;
            };
            for given in self.graph.given_by(issuer) {
                self.assessment.verdicts[given.edge as usize] = Some(why);
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
