//! The best rows of a scan, never more than one answer needs.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The best rows seen so far, never more than one answer needs.
pub struct Best {
    size: usize,
    rows: BinaryHeap<Reverse<Ranked>>,
}

/// A row with its order, and how well words match it; the greater the order, the earlier it comes, and of
/// equals the first.
type Ranked = (u64, Reverse<u32>, u16);

impl Best {
    /// Keeps at most `size` rows.
    pub fn new(size: usize) -> Self {
        Self {
            size,
            rows: BinaryHeap::with_capacity(size),
        }
    }

    /// Offers a row with its order and the quality of its words.
    pub fn offer(&mut self, order: u64, row: u32, quality: u16) {
        let candidate = Reverse((order, Reverse(row), quality));
        if self.rows.len() < self.size {
            self.rows.push(candidate);
        } else if let Some(mut worst) = self.rows.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
    }

    /// The order a later row must have at least to be kept; none while there is room.
    pub fn bar(&self) -> Option<u64> {
        let worst = self.rows.peek()?;
        (self.rows.len() == self.size).then_some(worst.0.0)
    }

    /// Forgets all rows.
    pub fn clear(&mut self) {
        self.rows.clear();
    }

    /// The rows that were kept, best first, each with the quality of its words.
    pub fn into_sorted(self) -> impl Iterator<Item = (u32, u16)> {
        let sorted = self.rows.into_sorted_vec().into_iter();
        sorted.map(|Reverse((_, Reverse(row), quality))| (row, quality))
    }
}
