//! The rule once more, as it is told to people: every path is tried, whatever it takes.

use std::collections::{BTreeMap, BTreeSet};

use super::world::World;
use crate::domain::vouch::NotCounted;
use crate::trust::{Assessment, Policy};

pub struct Plain<'a> {
    pub world: &'a World,
    pub policy: &'a Policy,
}

impl Plain<'_> {
    /// Whom an actor vouches for within its quota, the oldest vouch first.
    fn within(&self, issuer: u32) -> Vec<u32> {
        let mine = self.world.edges.iter().filter(|edge| edge.from == issuer);
        let mut oldest: BTreeMap<u32, i64> = BTreeMap::new();
        for edge in mine.filter(|edge| edge.to != issuer) {
            let since = oldest.entry(edge.to).or_insert(edge.since);
            *since = edge.since.min(*since);
        }
        let mut whom: Vec<(i64, u32)> = oldest.into_iter().map(|(to, since)| (since, to)).collect();
        whom.sort_unstable();
        let quota = match self.world.is_anchor(issuer) {
            true => usize::MAX,
            false => self.world.quota(issuer, self.policy),
        };
        whom.into_iter().map(|(_, to)| to).take(quota).collect()
    }

    /// Whom one that is no anchor has in reach.
    fn reach(&self, issuer: u32) -> Vec<u32> {
        let mut reach = self.within(issuer);
        for middle in reach.clone() {
            if self.world.is_anchor(middle) || self.world.is_blocked(middle) {
                continue;
            }
            for last in self.within(middle) {
                let is_new = last != issuer && !reach.contains(&last);
                if is_new && reach.len() < self.world.quota(issuer, self.policy) {
                    reach.push(last);
                }
            }
        }
        reach
    }

    /// Every path that leads from an anchor to somebody, with both.
    pub fn paths(&self) -> Vec<Vec<u32>> {
        let actors = 0..self.world.actors.len() as u32;
        let anchors = actors.filter(|actor| self.world.is_anchor(*actor));
        let mut paths: Vec<Vec<u32>> = anchors.map(|anchor| vec![anchor]).collect();
        let mut next = 0;
        while next < paths.len() {
            let path = paths[next].clone();
            next += 1;
            let last = path[path.len() - 1];
            let ends =
                path.len() > 1 && (self.world.is_anchor(last) || self.world.is_blocked(last));
            if ends || path.len() > usize::from(self.policy.max_depth()) {
                continue;
            }
            for to in self.within(last) {
                let mut between = path[1..].iter();
                if between.all(|actor| to == *actor || self.reach(*actor).contains(&to)) {
                    paths.push([path.clone(), vec![to]].concat());
                }
            }
        }
        paths
    }

    /// How far everybody is from an anchor.
    pub fn depths(&self) -> BTreeMap<u32, usize> {
        let mut depths = BTreeMap::new();
        for path in self.paths() {
            let last = path[path.len() - 1];
            if !self.world.is_blocked(last) {
                depths.entry(last).or_insert(path.len() - 1);
            }
        }
        depths
    }

    pub fn verdicts(&self) -> Vec<Option<NotCounted>> {
        let steps: BTreeSet<(u32, u32)> = self
            .paths()
            .iter()
            .flat_map(|path| path.windows(2).map(|step| (step[0], step[1])))
            .collect();
        let depths = self.depths();
        let edges = self.world.edges.iter();
        edges
            .map(|edge| {
                let depth = depths.get(&edge.from);
                if self.world.is_blocked(edge.from) {
                    Some(NotCounted::IssuerBlocked)
                } else if depth.is_none() {
                    Some(NotCounted::IssuerNotTrusted)
                } else if depth == Some(&self.policy.max_depth().into()) {
                    Some(NotCounted::TooDeep)
                } else if steps.contains(&(edge.from, edge.to)) {
                    None
                } else {
                    Some(NotCounted::OverQuota)
                }
            })
            .collect()
    }

    /// On how many paths that share nobody an actor is reached, three at most.
    pub fn corroboration(&self, assessment: &Assessment, actor: u32) -> usize {
        let counted: BTreeSet<(u32, u32)> = (0..)
            .zip(&self.world.edges)
            .filter(|(number, _)| assessment.verdict(*number).is_ok())
            .map(|(_, edge)| (edge.from, edge.to))
            .collect();
        // Backwards, and without the actor itself.
        let mut found: Vec<BTreeSet<u32>> = Vec::new();
        let mut open: Vec<Vec<u32>> = vec![vec![actor]];
        while let Some(path) = open.pop() {
            let first = path[path.len() - 1];
            if self.world.is_anchor(first) {
                found.push(path[1..].iter().copied().collect());
            } else if path.len() <= usize::from(self.policy.max_depth()) {
                let before = counted.iter().filter(|(_, to)| *to == first);
                let others = before.filter(|(from, _)| !path.contains(from));
                open.extend(others.map(|(from, _)| [path.clone(), vec![*from]].concat()));
            }
        }
        most_disjoint(&found, 3)
    }
}

fn most_disjoint(paths: &[BTreeSet<u32>], enough: usize) -> usize {
    if enough == 0 {
        return 0;
    }
    let after = (1..).zip(paths);
    let with_each = after.map(|(next, path)| {
        let apart = paths[next..].iter().filter(|other| other.is_disjoint(path));
        1 + most_disjoint(&apart.cloned().collect::<Vec<_>>(), enough - 1)
    });
    with_each.max().unwrap_or(0)
}
