//! Offers rows to the best, in such an order that most need not be looked at.

use crate::search::best::Best;
use crate::search::columns::{Alike, Block};
use crate::search::near::Within;
use crate::search::rank::Answer;

use super::Scan;

/// So many of the blocks that promise most are read before all others; fewer in tests, where there are few.
const MOST_FIRST: usize = if cfg!(test) { 2 } else { 16 };

/// How all rows that are offered together answer: words match them alike.
#[derive(Clone, Copy)]
pub struct Answering {
    /// The factor for words.
    pub text: f32,
    /// How well words match.
    pub quality: u16,
    /// How the need is answered.
    pub answer: Answer,
}

impl Answering {
    /// Where no words are asked for.
    fn wordless(answer: Answer) -> Self {
        Self {
            text: 1.0,
            quality: 0,
            answer,
        }
    }
}

impl Scan<'_> {
    /// Offers all that passes the filters and may be among the best; words are not looked at.
    pub(super) fn offer_all(&self, best: &mut Best) {
        if !self.question.needs.is_empty() {
            let answers = self.answers.iter().enumerate();
            let answering = answers.filter_map(|(kind, answer)| Some((kind, (*answer)?.1)));
            let kinds = answering.map(|(kind, answer)| (kind, Answering::wordless(answer)));
            self.offer_kinds(kinds, |_| false, best);
            return;
        }
        // Whatever its kind, all answers alike.
        let answering = Answering::wordless(Answer::Directly);
        if self.order.is_by_base() {
            let alike = self.columns.alike_by_turn();
            self.offer_by_turn(alike, answering, |_| false, best);
            return;
        }
        let blocks = self.columns.blocks_around.iter();
        let blocks: Vec<_> = blocks.map(|block| (block, answering)).collect();
        let rows = |block: &Block| {
            let rows = self.columns.around_in(block).iter();
            rows.map(|(row, kind)| (*row, usize::from(*kind)))
        };
        self.offer_blocks(&blocks, rows, |_| false, best);
    }

    /// Offers those rows of some kinds that pass and may be among the best, but for those seen already.
    pub(super) fn offer_kinds(
        &self,
        kinds: impl Iterator<Item = (usize, Answering)>,
        is_seen: impl Fn(u32) -> bool,
        best: &mut Best,
    ) {
        let passing = kinds.filter(|(kind, _)| self.failed[0][*kind] == 0);
        let kinds = passing.map(|(kind, answering)| (&self.columns.kinds[kind], answering));
        if self.order.is_by_base() {
            for (kind, answering) in kinds {
                let alike = self.columns.alike_by_turn_in(kind);
                self.offer_by_turn(alike, answering, &is_seen, best);
            }
            return;
        }
        let blocks = kinds.flat_map(|(kind, answering)| {
            let blocks = self.columns.blocks_of(kind).iter();
            blocks.map(move |block| (block, answering))
        });
        let blocks: Vec<_> = blocks.collect();
        let rows = |block: &Block| {
            let kind = self.columns.kind_of(block.rows.start);
            block.rows.clone().map(move |row| (row, kind))
        };
        self.offer_blocks(&blocks, rows, is_seen, best);
    }

    /// Offers those rows of what is alike, listed by turn, that pass and may be among the best, but for those seen
    /// already.
    fn offer_by_turn<'b>(
        &self,
        all: impl Iterator<Item = &'b Alike>,
        answering: Answering,
        is_seen: impl Fn(u32) -> bool,
        best: &mut Best,
    ) {
        for alike in all {
            let rows = self.columns.rows_of(alike);
            if !self.may_be_kept(rows[0], answering, best) {
                // Nor may those that follow.
                return;
            }
            if self.failed(alike.positions()) != 0 {
                continue;
            }
            for row in rows {
                if !self.may_be_kept(*row, answering, best) {
                    break;
                }
                if !is_seen(*row) && self.admits(*row) {
                    self.offer(*row, answering, best);
                }
            }
        }
    }

    /// Offers those rows of some blocks, each with its kind, that pass and may be among the best, but for those seen
    /// already.
    fn offer_blocks<Rows: Iterator<Item = (u32, usize)>>(
        &self,
        blocks: &[(&Block, Answering)],
        rows_of: impl Fn(&Block) -> Rows,
        is_seen: impl Fn(u32) -> bool,
        best: &mut Best,
    ) {
        // What promises most comes first, so that most of the others need not be read.
        let mut first = Best::new(MOST_FIRST);
        for (at, (block, answering)) in blocks.iter().enumerate() {
            let Answering { text, answer, .. } = *answering;
            if let Some(promise) = self.order.promise(block, text, answer) {
                first.offer(promise.to_bits().into(), at as u32, 0);
            }
        }
        let first: Vec<u32> = first.into_sorted().map(|(at, _)| at).collect();
        let mut read = first.clone();
        read.sort_unstable();
        let others = (0..blocks.len() as u32).filter(|at| read.binary_search(at).is_err());
        for at in first.iter().copied().chain(others) {
            let (block, answering) = blocks[at as usize];
            let Answering { text, answer, .. } = answering;
            let wait = self.order.most_wait(block, text, answer, best.bar());
            let holds = self.order.holds_of(block);
            let Some(wait) = wait.filter(|_| holds != Within::No) else {
                continue;
            };
            for (row, kind) in rows_of(block) {
                if self.order.may_wait(row, wait)
                    && self.may_be_kept(row, answering, best)
                    && self.failed(self.alike(row, kind)) == 0
                    && !is_seen(row)
                    && self.admits(row)
                {
                    self.offer(row, answering, best);
                }
            }
        }
    }

    fn offer(&self, row: u32, answering: Answering, best: &mut Best) {
        let Answering { text, answer, .. } = answering;
        best.offer(
            self.order.exactly(row, text, answer),
            row,
            answering.quality,
        );
    }

    fn may_be_kept(
        &self,
        row: u32,
        Answering { text, answer, .. }: Answering,
        best: &Best,
    ) -> bool {
        let may_attain = |bar| self.order.may_attain(row, text, answer, bar);
        best.bar().is_none_or(may_attain)
    }
}
