//! A set of actors that is emptied at no cost.

/// Which actors are marked since the last [`clear`](Self::clear).
pub(super) struct Marks {
    round: u32,
    rounds: Vec<u32>,
}

impl Marks {
    /// None of `actors` is marked.
    pub fn new(actors: usize) -> Self {
        Self {
            round: 1,
            rounds: vec![0; actors],
        }
    }

    /// Marks nobody any more.
    pub fn clear(&mut self) {
        self.round = self.round.checked_add(1).unwrap_or_else(|| {
            self.rounds.fill(0);
            1
        });
    }

    /// Marks an actor; whether it was not marked.
    pub fn insert(&mut self, actor: u32) -> bool {
        let round = &mut self.rounds[actor as usize];
        let is_new = *round != self.round;
        *round = self.round;
        is_new
    }

    /// Takes a mark away.
    pub fn remove(&mut self, actor: u32) {
        self.rounds[actor as usize] = 0;
    }

    /// Whether an actor is marked.
    pub fn contains(&self, actor: u32) -> bool {
        self.rounds[actor as usize] == self.round
    }
}
