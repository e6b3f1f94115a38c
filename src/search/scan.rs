//! Answers a question: hits, their order and the counts beside them, from as few rows as decide them.

use std::ops::Range;
use std::sync::Arc;

use super::best::Best;
use super::columns::{Block, Columns, Kind};
use super::facets::{Facets, Tally};
use super::filters::{Filters, fails_one_at_most};
use super::matching::Words;
use super::order::Order;
use super::question::Question;
use super::rank::{self, Answer};
use super::words::MAX_QUESTION_WORDS;
use super::{Hit, Index, Results};

/// How many services answer, and how many there would be with other filters.
pub struct Counted {
    total: usize,
    facets: Arc<Facets>,
}

/// Answers a question.
pub fn answer(index: &Index, question: &Question) -> Results {
    let scan = Scan::new(index, question);
    if question.words.is_empty() {
        return scan.browse(1.0, false);
    }
    let words = Words::new(&question.words, &index.lexicon, &index.columns);
    match scan.by_words(words) {
        Some(results) => results,
        None => scan.browse(rank::NO_WORD_MATCHED, true),
    }
}

/// Everything that answers, in no order; words are not looked at.
pub fn candidates(index: &Index, question: &Question) -> Vec<Hit> {
    let scan = Scan::new(index, question);
    let kinds = scan.columns.kinds.iter().enumerate();
    let kinds = kinds.filter(|(at, _)| scan.failed[0][*at] == 0);
    let rows = kinds.flat_map(|(at, kind)| kind.rows.clone().map(move |row| (at, row)));
    let answering = rows.filter(|(at, row)| scan.failed(*row, *at) == 0 && scan.admits(*row));
    answering.map(|(_, row)| scan.hit(row, 1.0)).collect()
}

/// A question, ready to be answered: what can be decided once is decided once.
struct Scan<'a> {
    index: &'a Index,
    columns: &'a Columns,
    question: &'a Question,
    filters: Filters,
    /// Per kind: the need it answers, and how.
    answers: Vec<Option<(usize, Answer)>>,
    /// The filters that each kind, each of the terms and each of the traits fails.
    failed: [Vec<u8>; 3],
    order: Order<'a>,
    /// Rows of what is being left, in order.
    left: Vec<u32>,
}

impl<'a> Scan<'a> {
    fn new(index: &'a Index, question: &'a Question) -> Self {
        let columns = &index.columns;
        let filters = Filters::new(question, columns, &index.software);
        let kinds = columns.kinds.iter();
        let answers: Vec<_> = kinds.map(|kind| filters.answer_of(kind)).collect();
        let kinds = columns.kinds.iter().zip(&answers);
        let terms = columns.distinct_terms.iter();
        let traits = columns.distinct_traits.iter();
        let failed = [
            kinds
                .map(|(kind, answer)| filters.failed_by_kind(kind, answer.is_some()))
                .collect(),
            terms.map(|terms| filters.failed_by_terms(terms)).collect(),
            traits
                .map(|traits| filters.failed_by_traits(traits))
                .collect(),
        ];
        Self {
            index,
            columns,
            question,
            answers,
            failed,
            left: filters.rows_left(columns),
            order: Order::new(question, columns, index.today),
            filters,
        }
    }

    /// Answers with all that passes the filters, each having `text` as its factor for words.
    fn browse(&self, text: f32, loosened: bool) -> Results {
        let mut best = self.best();
        for (at, kind) in self.columns.kinds.iter().enumerate() {
            match self.answers[at] {
                Some((_, answer)) if self.failed[0][at] == 0 => {
                    self.offer(kind, at, answer, &mut best);
                }
                _ => {}
            }
        }
        let counted = match self.order.has_circle() {
            true => Arc::new(self.count()),
            false => {
                let count = || Arc::new(self.count());
                self.index.counted.get_with_by_ref(&self.filters, count)
            }
        };
        let hits = best.into_sorted().map(|(row, _)| (row, text));
        Results {
            hits: self.page(hits),
            total: counted.total,
            facets: Arc::clone(&counted.facets),
            loosened: loosened && counted.total > 0,
        }
    }

    /// Offers those rows of a kind that pass and may be among the best.
    fn offer(&self, kind: &Kind, at: usize, answer: Answer, best: &mut Best) {
        // What all have alike puts none before another.
        let text = 1.0;
        let may_be_kept = |row: u32, best: &Best| {
            let may_surpass = |bar| self.order.may_surpass(row, text, answer, bar);
            best.bar().is_none_or(may_surpass)
        };
        let offer = |row: u32, best: &mut Best| {
            if self.failed(row, at) == 0 && self.admits(row) {
                best.offer(self.order.exactly(row, text, answer), row, 0);
            }
        };
        if self.order.is_by_base() {
            for row in self.columns.by_turn_of(kind) {
                // Nor may those that follow.
                if !may_be_kept(*row, best) {
                    return;
                }
                offer(*row, best);
            }
            return;
        }
        let offer_block = |block: &Block, best: &mut Best| {
            let least = self.order.least_lot(block, text, answer, best.bar());
            let Some(least) = least.filter(|_| self.order.may_reach(block)) else {
                return;
            };
            for row in block.rows.clone() {
                if self.order.drew(row, least) && may_be_kept(row, best) {
                    offer(row, best);
                }
            }
        };
        let blocks = self.columns.blocks_of(kind);
        // What promises most comes first, so that most of the others need not be read.
        let promise = |at: &usize| self.order.promise(&blocks[*at]);
        let by_promise = |one: &usize, other: &usize| promise(one).total_cmp(&promise(other));
        let first = match best.bar() {
            None => (0..blocks.len()).max_by(by_promise),
            Some(_) => None,
        };
        let others = (0..blocks.len()).filter(|at| Some(*at) != first);
        for at in first.into_iter().chain(others) {
            offer_block(&blocks[at], best);
        }
    }

    /// Answers with what matches as many of the words as the best of those that pass every filter do; none if
    /// nothing that passes matches any, and a need is an answer without.
    fn by_words(&self, words: Words) -> Option<Results> {
        let mut best = self.best();
        let (mut total, mut most) = (0, 0);
        let mut counts = WordCounts::new(self.columns);
        let mut kind: (usize, Range<u32>) = (0, 0..0);
        let share = words.shares();
        let text = |quality| share(quality).max(rank::NO_WORD_MATCHED);
        words.each_match(self.columns.services.len(), |found| {
            let row = found.row;
            if !kind.1.contains(&row) {
                let at = self.columns.kind_of(row);
                kind = (at, self.columns.kinds[at].rows.clone());
            }
            let failed = self.failed(row, kind.0);
            if !fails_one_at_most(failed) || !self.admits(row) {
                return;
            }
            counts.add(found.words, failed, self.alike(row, kind.0));
            if failed != 0 || found.words < most {
                return;
            }
            if found.words > most {
                (total, most) = (0, found.words);
                best.clear();
            }
            total += 1;
            let text = text(found.quality);
            let answer = self.answers[kind.0].map_or(Answer::Directly, |(_, answer)| answer);
            let may_be_kept = |bar| self.order.may_surpass(row, text, answer, bar);
            if best.bar().is_none_or(may_be_kept) {
                best.offer(self.order.exactly(row, text, answer), row, found.quality);
            }
        });
        // Words alone must match at least once.
        let least = u8::from(self.question.needs.is_empty());
        let required = most.max(least);
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

    fn count(&self) -> Counted {
        let mut tally = Tally::new(self.columns);
        let has_circle = self.order.has_circle();
        for (at, kind) in self.columns.kinds.iter().enumerate() {
            if has_circle {
                let blocks = self.columns.blocks_of(kind).iter();
                let blocks = blocks.filter(|block| self.order.may_reach(block));
                let rows = blocks.flat_map(|block| block.rows.clone());
                for row in rows.filter(|row| self.order.admits(*row)) {
                    tally.add(self.failed(row, at), self.alike(row, at), 1);
                }
                continue;
            }
            for alike in self.columns.alike_in(kind) {
                let (terms, traits) = (usize::from(alike.terms), alike.traits as usize);
                let failed = self.failed[0][at] | self.failed[1][terms] | self.failed[2][traits];
                tally.add(failed, [at, terms, traits], alike.services);
            }
        }
        for row in self.left.iter().filter(|row| self.order.admits(**row)) {
            let kind = self.columns.kind_of(*row);
            tally.take_back(self.failed(*row, kind), self.alike(*row, kind));
        }
        Counted {
            total: tally.total(),
            facets: Arc::new(tally.into_facets(self.index)),
        }
    }

    /// The positions of a row's kind, which is known, its terms and its traits.
    fn alike(&self, row: u32, kind: usize) -> [usize; 3] {
        let at = row as usize;
        let terms = usize::from(self.columns.terms[at]);
        [kind, terms, self.columns.traits[at] as usize]
    }

    /// The filters a row fails.
    fn failed(&self, row: u32, kind: usize) -> u8 {
        let [_, terms, traits] = self.alike(row, kind);
        self.failed[0][kind] | self.failed[1][terms] | self.failed[2][traits]
    }

    /// What no count concerns: the circle, and never what is being left.
    fn admits(&self, row: u32) -> bool {
        self.order.admits(row) && self.left.binary_search(&row).is_err()
    }

    fn best(&self) -> Best {
        Best::new(self.question.query.offset + self.question.query.limit())
    }

    fn page(&self, rows: impl Iterator<Item = (u32, f32)>) -> Vec<Hit> {
        let page = rows.skip(self.question.query.offset);
        page.map(|(row, text)| self.hit(row, text)).collect()
    }

    fn hit(&self, row: u32, text: f32) -> Hit {
        let service = &self.columns.services[row as usize];
        let [kind, _, traits] = self.alike(row, self.columns.kind_of(row));
        let own_need = usize::from(self.columns.kinds[kind].need);
        let (need, answer) = self.answers[kind].unwrap_or((own_need, Answer::Directly));
        Hit {
            service: service.position as usize,
            hoster: self.columns.hoster_of(row).position as usize,
            need,
            answer,
            score: self.order.score(row, text, answer),
            distance: self.order.distance(row),
            place_asked: self.question.place.is_some(),
            ages: service.ages,
            standing: self.columns.distinct_traits[traits].standing,
            availability: self.index.availability[service.position as usize],
        }
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

    fn add(&mut self, words: u8, failed: u8, alike: [usize; 3]) {
        let tally = &mut self.by_words[usize::from(words)];
        let tally = tally.get_or_insert_with(|| Tally::new(self.columns));
        tally.add(failed, alike, 1);
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
