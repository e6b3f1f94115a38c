//! Answers a question by its words.
//!
//! Words that name a need or a software match whole kinds, which are counted and offered at once; only rows that
//! hold a word themselves are looked at one by one.

use std::sync::Arc;

use crate::search::Results;
use crate::search::columns::Columns;
use crate::search::facets::Tally;
use crate::search::filters::fails_one_at_most;
use crate::search::matching::{Matched, Words};
use crate::search::rank::{self, Answer};
use crate::search::words::MAX_QUESTION_WORDS;

use super::Scan;
use super::offer::Answering;

impl Scan<'_> {
    /// Answers with what matches as many of the words as the best of those that pass every filter do; none if
    /// nothing that passes matches any, and a need is an answer without.
    pub(super) fn by_words(&self, words: Words) -> Option<Results> {
        let kinds = 0..self.columns.kinds.len();
        let of_kinds: Vec<Matched> = kinds.map(|at| words.of_kind(at)).collect();
        let mut counts = self.count_named(&of_kinds);
        let mut most = counts.most();
        let mut best = self.best();
        let mut seen = Rows::none_of(self.columns.services.len());
        let share = words.shares();
        let text = |quality| share(quality).max(rank::NO_WORD_MATCHED);
        let answer = |kind: usize| self.answers[kind].map_or(Answer::Directly, |(_, how)| how);
        words.each_row(self.columns, |row, kind, matched| {
            seen.add(row);
            let alike = self.alike(row, kind);
            let failed = self.failed(alike);
            if !fails_one_at_most(failed) || !self.admits(row) {
                return;
            }
            counts.take_back(of_kinds[kind].words, failed, alike);
            counts.add(matched.words, failed, alike, 1);
            if failed != 0 || matched.words < most {
                return;
            }
            if matched.words > most {
                most = matched.words;
                best.clear();
            }
            let (text, answer) = (text(matched.quality), answer(kind));
            let may_be_kept = |bar| self.order.may_attain(row, text, answer, bar);
            if best.bar().is_none_or(may_be_kept) {
                best.offer(self.order.exactly(row, text, answer), row, matched.quality);
            }
        });
        let named = of_kinds.iter().enumerate();
        let named = named.filter(|(_, named)| named.words == most && most > 0);
        let kinds = named.map(|(at, named)| {
            let answering = Answering {
                text: text(named.quality),
                quality: named.quality,
                answer: answer(at),
            };
            (at, answering)
        });
        self.offer_kinds(kinds, |row| seen.contains(row), &mut best);
        // Words alone must match at least once.
        let least = u8::from(self.question.needs.is_empty());
        let required = most.max(least);
        let total = counts.total(most);
        let hits = best
            .into_sorted()
            .map(|(row, quality)| (row, text(quality)));
        (required > 0).then(|| Results {
            hits: self.page(hits),
            total,
            facets: Arc::new(counts.of(required).into_facets(self.index)),
            loosened: total > 0 && usize::from(most) < self.question.words.len(),
        })
    }

    /// Counts the kinds that words name, each for as many words as do.
    fn count_named(&self, of_kinds: &[Matched]) -> WordCounts<'_> {
        let mut counts = WordCounts::new(self.columns);
        for (at, named) in of_kinds.iter().enumerate() {
            if named.words > 0 {
                self.count_kind(at, |failed, alike, services| {
                    counts.add(named.words, failed, alike, services);
                });
            }
        }
        for (failed, alike) in self.left_in_reach() {
            counts.take_back(of_kinds[alike[0]].words, failed, alike);
        }
        counts
    }
}

/// Counts apart for how many words matched: how many must is known only in the end.
struct WordCounts<'a> {
    columns: &'a Columns,
    by_words: [Option<Tally>; MAX_QUESTION_WORDS + 1],
}

impl<'a> WordCounts<'a> {
    fn new(columns: &'a Columns) -> Self {
        Self {
            columns,
            by_words: [const { None }; MAX_QUESTION_WORDS + 1],
        }
    }

    fn add(&mut self, words: u8, failed: u8, alike: [usize; 3], services: u32) {
        let tally = &mut self.by_words[usize::from(words)];
        let tally = tally.get_or_insert_with(|| Tally::new(self.columns));
        tally.add(failed, alike, services);
    }

    /// Takes back one that was counted for so many words; for none nothing was.
    fn take_back(&mut self, words: u8, failed: u8, alike: [usize; 3]) {
        if words > 0
            && let Some(tally) = &mut self.by_words[usize::from(words)]
        {
            tally.take_back(failed, alike);
        }
    }

    /// How many words what passes every filter matches at most.
    fn most(&self) -> u8 {
        let words = (1..=MAX_QUESTION_WORDS as u8).rev();
        let mut passed = words.filter(|words| self.total(*words) > 0);
        passed.next().unwrap_or(0)
    }

    /// How many pass every filter and match so many words.
    fn total(&self, words: u8) -> usize {
        let tally = &self.by_words[usize::from(words)];
        tally.as_ref().map_or(0, Tally::total)
    }

    /// Of all that match at least so many words.
    fn of(self, words: u8) -> Tally {
        let enough = self.by_words.into_iter().skip(usize::from(words)).flatten();
        let merged = enough.reduce(|mut all, more| {
            all.merge(&more);
            all
        });
        merged.unwrap_or_else(|| Tally::new(self.columns))
    }
}

/// A set of rows.
struct Rows(Vec<u64>);

impl Rows {
    /// None of so many.
    fn none_of(rows: usize) -> Self {
        Self(vec![0; rows.div_ceil(64)])
    }

    fn add(&mut self, row: u32) {
        self.0[row as usize / 64] |= 1 << (row % 64);
    }

    fn contains(&self, row: u32) -> bool {
        self.0[row as usize / 64] >> (row % 64) & 1 == 1
    }
}
