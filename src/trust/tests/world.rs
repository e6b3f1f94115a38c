//! Small worlds, written down or drawn.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::domain::policy::Rules;
use crate::trust::{Actor, Edge, Graph, Kind, Policy};

/// Actors and vouches.
#[derive(Debug, Clone)]
pub struct World {
    pub actors: Vec<Actor>,
    pub edges: Vec<Edge>,
}

impl World {
    pub fn graph(&self) -> Graph {
        Graph::new(self.actors.clone(), self.edges.iter().copied())
    }

    pub fn is_anchor(&self, actor: u32) -> bool {
        let actor = self.actors[actor as usize];
        actor.is_anchor && !actor.is_blocked
    }

    pub fn is_blocked(&self, actor: u32) -> bool {
        self.actors[actor as usize].is_blocked
    }

    pub fn quota(&self, actor: u32, policy: &Policy) -> usize {
        policy.quota(self.actors[actor as usize].kind) as usize
    }
}

/// A letter an actor: an anchor, a collective or a hoster, small if it is blocked; and the vouches in
/// the order of their age.
pub fn world(actors: &str, edges: &[(u32, u32)]) -> World {
    let actor = |letter: char| Actor {
        kind: match letter.to_ascii_uppercase() {
            'H' => Kind::Hoster,
            _ => Kind::Collective,
        },
        is_anchor: letter.eq_ignore_ascii_case(&'A'),
        is_blocked: letter.is_ascii_lowercase(),
    };
    let aged = (0..).zip(edges);
    World {
        actors: actors.chars().map(actor).collect(),
        edges: aged
            .map(|(since, (from, to))| Edge {
                from: *from,
                to: *to,
                since,
            })
            .collect(),
    }
}

pub fn policy(max_depth: u8, collective_quota: u32, hoster_quota: u32) -> Policy {
    Policy::of(&Rules {
        max_depth: Some(max_depth),
        collective_quota: Some(collective_quota),
        hoster_quota: Some(hoster_quota),
        ..Rules::default()
    })
}

/// A policy with quotas so small that they matter.
pub fn policies() -> impl Strategy<Value = Policy> {
    let parts = (1..=3_u8, 0..6_u32, 0..4_u32);
    parts.prop_map(|(depth, collective, hoster)| policy(depth, collective, hoster))
}

/// A world of some actors, drawn from `letters`, and at most so many vouches.
pub fn worlds(
    letters: &'static str,
    actors: std::ops::Range<usize>,
    edges: usize,
) -> impl Strategy<Value = World> {
    let letters: Vec<char> = letters.chars().collect();
    let actors = vec(prop::sample::select(letters), actors);
    actors.prop_flat_map(move |letters| {
        let actor = 0..letters.len() as u32;
        let edges = vec((actor.clone(), actor, 0..6_i64), 0..edges);
        let actors: String = letters.into_iter().collect();
        edges.prop_map(move |edges| {
            let ends: Vec<_> = edges.iter().map(|(from, to, _)| (*from, *to)).collect();
            let mut world = world(&actors, &ends);
            for (edge, (_, _, since)) in world.edges.iter_mut().zip(edges) {
                edge.since = since;
            }
            world
        })
    })
}
