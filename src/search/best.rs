//! The best rows of a scan, never more than one answer needs.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The best rows seen so far, never more than one answer needs.
pub struct Best {
    size: usize,
    rows: BinaryHeap<Reverse<(u64, Reverse<u32>)>>,
}

impl Best {
    /// Keeps at most `size` rows.
    pub fn new(size: usize) -> Self {
        Self {
            size,
            rows: BinaryHeap::new(),
        }
    }

    /// Offers a row; the greater its order, the earlier it comes, and of equals the first.
    pub fn offer(&mut self, order: u64, row: u32) {
        let candidate = Reverse((order, Reverse(row)));
        if self.rows.len() < self.size {
            self.rows.push(candidate);
        } else if self.rows.peek().is_some_and(|worst| candidate < *worst) {
            self.rows.pop();
            self.rows.push(candidate);
        }
    }

    /// The rows that were kept, best first.
    pub fn into_sorted(self) -> Vec<u32> {
        self.rows
            .into_sorted_vec()
            .into_iter()
            .map(|Reverse((_, Reverse(row)))| row)
            .collect()
    }
}
