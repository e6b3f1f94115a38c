//! Counts what answers, and what would with another choice of one filter.

use std::sync::Arc;

use crate::search::facets::{Facets, Tally};
use crate::search::near::Within;

use super::Scan;

/// How many services answer, and how many there would be with other filters.
pub struct Counted {
    /// How many answer.
    pub total: usize,
    /// The counts beside them.
    pub facets: Arc<Facets>,
}

impl Scan<'_> {
    /// Counts all that passes the filters; words are not looked at.
    pub(super) fn count(&self) -> Counted {
        let mut tally = Tally::new(self.columns);
        let mut add = |failed, alike, services| tally.add(failed, alike, services);
        match self.order.has_circle() {
            true => self.count_circle(&mut add),
            false => (0..self.columns.kinds.len()).for_each(|at| self.count_kind(at, &mut add)),
        }
        for (failed, alike) in self.left_in_reach() {
            tally.take_back(failed, alike);
        }
        Counted {
            total: tally.total(),
            facets: Arc::new(tally.into_facets(self.index)),
        }
    }

    /// Counts what is in the circle, what is being left included: the filters that services fail, the positions of
    /// their kind, terms and traits, and how many there are.
    fn count_circle(&self, mut count: impl FnMut(u8, [usize; 3], u32)) {
        // Where no service fails by its terms or traits, a kind that fails is counted by itself alone.
        let [of_kinds, others @ ..] = &self.failed;
        let alone = others.iter().flatten().all(|failed| *failed == 0);
        let mut kinds = vec![0; of_kinds.len()];
        for block in &self.columns.blocks_around {
            let holds = self.order.holds_of(block);
            if holds == Within::No {
                continue;
            }
            for (row, kind) in self.columns.around_in(block) {
                let kind = usize::from(*kind);
                if holds == Within::Perhaps && !self.order.admits(*row) {
                    continue;
                }
                if alone && of_kinds[kind] != 0 {
                    kinds[kind] += 1;
                } else {
                    let alike = self.alike(*row, kind);
                    count(self.failed(alike), alike, 1);
                }
            }
        }
        for (kind, services) in kinds.into_iter().enumerate() {
            count(of_kinds[kind], [kind, 0, 0], services);
        }
    }

    /// The same of a kind, wherever it is if no circle was asked for.
    pub(super) fn count_kind(&self, at: usize, mut count: impl FnMut(u8, [usize; 3], u32)) {
        let kind = &self.columns.kinds[at];
        if !self.order.has_circle() {
            for alike in self.columns.alike_in(kind) {
                let positions = alike.positions();
                count(self.failed(positions), positions, alike.services());
            }
            return;
        }
        for block in self.columns.blocks_of(kind) {
            let holds = self.order.holds_of(block);
            if holds == Within::No {
                continue;
            }
            for row in block.rows.clone() {
                if holds == Within::Yes || self.order.admits(row) {
                    let alike = self.alike(row, at);
                    count(self.failed(alike), alike, 1);
                }
            }
        }
    }

    /// What is being left, which is no answer whatever else counts: the filters it fails, and the positions of its
    /// kind, terms and traits.
    pub(super) fn left_in_reach(&self) -> impl Iterator<Item = (u8, [usize; 3])> {
        let left = self.left.iter().filter(|row| self.order.admits(**row));
        left.map(|row| {
            let alike = self.alike(*row, self.columns.kind_of(*row));
            (self.failed(alike), alike)
        })
    }
}
