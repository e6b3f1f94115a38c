//! Actors and the vouches between them, as numbers.

/// What kind of actor somebody is, which decides its quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A group of hosters.
    Collective,
    /// A hoster.
    Hoster,
}

/// Somebody who vouches or is vouched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// Its kind, by its own word: no bound rests on it.
    pub kind: Kind,
    /// Whether this directory trusts it from the start.
    pub is_anchor: bool,
    /// Whether this directory blocks it, which outweighs being an anchor.
    pub is_blocked: bool,
}

/// A vouch that is good by itself ([`holds`](super::holds)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The number of who gave it.
    pub from: u32,
    /// The number of whom it is for.
    pub to: u32,
    /// From when it counts, in unix milliseconds.
    pub since: i64,
}

/// Actors by number, and the vouches of each side by side.
#[derive(Debug, Clone)]
pub struct Graph {
    pub(super) actors: Vec<Actor>,
    /// Of each actor, where its vouches begin in `given`; one more at the end.
    starts: Vec<u32>,
    given: Vec<Given>,
}

/// A vouch among those of one actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Given {
    pub to: u32,
    pub since: i64,
    /// Its position in the order it was handed in.
    pub edge: u32,
}

impl Graph {
    /// Vouches, whose both ends are numbers of `actors`. What is equally old goes by the number of whom
    /// it is for, so whoever numbers actors in the order of their ids gets one answer, whatever the
    /// order of vouches.
    pub fn new(actors: Vec<Actor>, edges: &[Edge]) -> Self {
        let mut starts = vec![0_u32; actors.len() + 1];
        for edge in edges {
            starts[edge.from as usize + 1] += 1;
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        let mut next = starts.clone();
        let nothing = Given {
            to: 0,
            since: 0,
            edge: 0,
        };
        let mut given = vec![nothing; edges.len()];
        for (number, edge) in edges.iter().enumerate() {
            let place = &mut next[edge.from as usize];
            given[*place as usize] = Given {
                to: edge.to,
                since: edge.since,
                edge: number as u32,
            };
            *place += 1;
        }
        Self {
            actors,
            starts,
            given,
        }
    }

    /// How many vouches there are.
    pub fn edges(&self) -> usize {
        self.given.len()
    }

    /// The vouches of an actor.
    pub(super) fn given_by(&self, actor: u32) -> &[Given] {
        let (from, to) = (self.starts[actor as usize], self.starts[actor as usize + 1]);
        &self.given[from as usize..to as usize]
    }
}
