//! The rows of services and the orders they are read in: by turn, by what is alike, by place.

use std::cmp::Reverse;
use std::ops::Range;

use crate::search::columns::{Alike, BLOCK_ROWS, Block, Columns};
use crate::search::fair::{self, Turns};
use crate::search::near::Cap;

use super::{Draft, base};

impl Columns {
    /// Adds the order by turn, and to each kind its rows and what is alike in it.
    pub(super) fn add_turns(&mut self, drafts: &[Draft], turns: Turns) {
        let turn_of = |draft: &Draft| turns.of(draft.seed, draft.weight());
        self.turn = drafts.iter().map(turn_of).collect();
        let first = |row: usize| {
            let band = fair::band(1.0, base(&drafts[row].row));
            Reverse((band, self.turn[row]))
        };
        let mut by_turn: Vec<_> = (0..drafts.len())
            .map(|row| (first(row), row as u32))
            .collect();
        by_turn.sort_unstable();
        // Sorted once more, and those that are alike stay in turn.
        let rows = by_turn.into_iter();
        let mut alike: Vec<_> = rows
            .map(|(_, row)| (drafts[row as usize].filtered(), row))
            .collect();
        alike.sort_by_key(|(filtered, _)| *filtered);
        self.alike_rows = alike.iter().map(|(_, row)| *row).collect();
        for rows in alike.chunk_by(|(one, _), (next, _)| one == next) {
            let at = self.alike.len() as u32;
            let start = self.alike.last().map_or(0, |before| before.rows.end);
            let rows_here = start..start + rows.len() as u32;
            let (kind, terms, traits) = rows[0].0;
            extend(&mut self.kinds[kind as usize].rows, &rows_here);
            extend(&mut self.kinds[kind as usize].alike, &(at..at + 1));
            self.alike.push(Alike {
                kind: u16::try_from(kind).expect("fewer pairs of need and software occur"),
                terms,
                traits,
                rows: rows_here,
            });
        }
        self.alike.shrink_to_fit();
        let mut by_turn: Vec<u32> = (0..self.alike.len() as u32).collect();
        by_turn.sort_by_cached_key(|at| {
            let first_row = self.rows_of(&self.alike[*at as usize])[0];
            (first(first_row as usize), first_row)
        });
        self.by_turn_in_kinds.clone_from(&by_turn);
        self.by_turn_in_kinds
            .sort_by_key(|at| self.alike[*at as usize].kind);
        self.by_turn = by_turn;
    }

    /// Adds the order by place alone.
    pub(super) fn add_around(&mut self, drafts: &[Draft]) {
        let rows = (0..).zip(drafts);
        let mut around: Vec<_> = rows.map(|(row, draft)| (row, draft.kind as u16)).collect();
        around.sort_by_cached_key(|(row, _)| {
            let draft = &drafts[*row as usize];
            (draft.square, draft.row.position)
        });
        self.around = around;
    }

    /// Adds a row for each draft.
    pub(super) fn add_services(&mut self, drafts: Vec<Draft>) {
        let count = drafts.len();
        self.terms.reserve_exact(count);
        self.traits.reserve_exact(count);
        self.base.reserve_exact(count);
        self.lots.reserve_exact(count);
        self.points.reserve_exact(count);
        self.services.reserve_exact(count);
        for (row, draft) in drafts.into_iter().enumerate() {
            let departure = draft.departure.map(|departure| (row as u32, departure));
            self.departures.extend(departure);
            self.terms.push(draft.terms);
            self.traits.push(draft.traits);
            self.base.push(base(&draft.row));
            self.lots.push((draft.seed, draft.weight()));
            self.points.push(draft.point);
            self.services.push(draft.row);
        }
    }

    /// Adds the blocks of each kind, and those of whatever kind.
    pub(super) fn add_blocks(&mut self) {
        for kind in 0..self.kinds.len() {
            let blocks = self.in_blocks(self.kinds[kind].rows.clone(), |row| row);
            let start = self.blocks.len() as u32;
            self.blocks.extend(blocks);
            self.kinds[kind].blocks = start..self.blocks.len() as u32;
        }
        let all = 0..self.around.len() as u32;
        self.blocks_around = self.in_blocks(all, |at| self.around[at as usize].0);
    }

    /// Blocks of the rows that stand at `places`; those whose place is unknown come last, and by themselves.
    fn in_blocks(&self, places: Range<u32>, row_at: impl Fn(u32) -> u32 + Copy) -> Vec<Block> {
        let row_at = move |place| row_at(place) as usize;
        let mut blocks = Vec::with_capacity(places.len().div_ceil(BLOCK_ROWS) + 1);
        let is_known = |place: &u32| self.points[row_at(*place)].is_known();
        let last_known = places.clone().rev().find(is_known);
        let end_known = last_known.map_or(places.start, |last| last + 1);
        for part in [places.start..end_known, end_known..places.end] {
            for start in part.clone().step_by(BLOCK_ROWS) {
                let rows = start..(start + BLOCK_ROWS as u32).min(part.end);
                let bases = rows.clone().map(|at| self.base[row_at(at)]);
                let weights = rows.clone().map(|at| self.lots[row_at(at)].1);
                blocks.push(Block {
                    most_base: bases.fold(0.0, f32::max),
                    most_weight: weights.fold(0.0, f32::max),
                    cap: Cap::of(rows.clone().map(|at| self.points[row_at(at)])),
                    rows,
                });
            }
        }
        blocks
    }
}

/// Lets a range, if it has begun, go on to the end of the one that follows it.
fn extend(range: &mut Range<u32>, next: &Range<u32>) {
    if range.end == 0 {
        range.start = next.start;
    }
    range.end = next.end;
}
