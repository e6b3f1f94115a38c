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

/// Actors by number, and vouches by position. In columns, since most vouches are those of strangers, of
/// which only the issuer is ever looked at.
#[derive(Debug, Clone)]
pub struct Graph {
    pub(super) actors: Vec<Actor>,
    pub(super) from: Vec<u32>,
    pub(super) to: Vec<u32>,
    pub(super) since: Vec<i64>,
}

/// A vouch among those of one actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Given {
    pub since: i64,
    pub to: u32,
    /// Its position.
    pub edge: u32,
}

impl Graph {
    /// Vouches, whose both ends are numbers of `actors`. What is equally old goes by the number of whom
    /// it is for, so whoever numbers actors in the order of their ids gets one answer, whatever the
    /// order of vouches.
    pub fn new(actors: Vec<Actor>, edges: impl IntoIterator<Item = Edge>) -> Self {
        let edges = edges.into_iter();
        let room = edges.size_hint().0;
        let mut graph = Self {
            actors,
            from: Vec::with_capacity(room),
            to: Vec::with_capacity(room),
            since: Vec::with_capacity(room),
        };
        for edge in edges {
            graph.from.push(edge.from);
            graph.to.push(edge.to);
            graph.since.push(edge.since);
        }
        graph
    }

    pub(super) fn given(&self, edge: u32) -> Given {
        Given {
            since: self.since[edge as usize],
            to: self.to[edge as usize],
            edge,
        }
    }
}
