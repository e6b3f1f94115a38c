//! Answers a question: hits, their order and the counts beside them, from as few rows as decide them.

mod by_words;

use std::sync::Arc;

use super::best::Best;
use super::columns::{Block, Columns};
use super::facets::{Facets, Tally};
use super::filters::Filters;
use super::matching::Words;
use super::order::Order;
use super::question::Question;
use super::rank::{self, Answer};
use super::{Hit, Index, Results};

/// What words match alike in all rows: that puts none before another.
const ALIKE: (f32, u16) = (1.0, 0);

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
        for (at, answer) in self.answers.iter().enumerate() {
            match answer {
                Some((_, answer)) if self.failed[0][at] == 0 => {
                    self.offer(at, *answer, ALIKE, |_| false, &mut best);
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

    /// Offers those rows of a kind that pass and may be among the best, but for those seen already; words match
    /// all of them alike.
    fn offer(
        &self,
        at: usize,
        answer: Answer,
        (text, quality): (f32, u16),
        is_seen: impl Fn(u32) -> bool,
        best: &mut Best,
    ) {
        let kind = &self.columns.kinds[at];
        let may_be_kept = |row: u32, best: &Best| {
            let may_attain = |bar| self.order.may_attain(row, text, answer, bar);
            best.bar().is_none_or(may_attain)
        };
        let offer = |row: u32, best: &mut Best| {
            if self.failed(row, at) == 0 && !is_seen(row) && self.admits(row) {
                best.offer(self.order.exactly(row, text, answer), row, quality);
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
        let promises = || {
            let promise = |at| Some((self.order.promise(&blocks[at])?, at));
            (0..blocks.len()).filter_map(promise)
        };
        let first = match best.bar() {
            None => promises().max_by(|(one, _), (other, _)| one.total_cmp(other)),
            Some(_) => None,
        };
        let first = first.map(|(_, at)| at);
        let others = (0..blocks.len()).filter(|at| Some(*at) != first);
        for at in first.into_iter().chain(others) {
            offer_block(&blocks[at], best);
        }
    }

    fn count(&self) -> Counted {
        let mut tally = Tally::new(self.columns);
        for at in 0..self.columns.kinds.len() {
            self.count_kind(at, |failed, alike, services| {
                tally.add(failed, alike, services)
            });
        }
        for (failed, alike) in self.left_in_reach() {
            tally.take_back(failed, alike);
        }
        Counted {
            total: tally.total(),
            facets: Arc::new(tally.into_facets(self.index)),
        }
    }

    /// Counts a kind, what is being left included: the filters that services fail, the positions of their kind,
    /// terms and traits, and how many there are.
    fn count_kind(&self, at: usize, mut count: impl FnMut(u8, [usize; 3], u32)) {
        let kind = &self.columns.kinds[at];
        if self.order.has_circle() {
            let blocks = self.columns.blocks_of(kind).iter();
            let blocks = blocks.filter(|block| self.order.may_reach(block));
            let rows = blocks.flat_map(|block| block.rows.clone());
            for row in rows.filter(|row| self.order.admits(*row)) {
                count(self.failed(row, at), self.alike(row, at), 1);
            }
            return;
        }
        for alike in self.columns.alike_in(kind) {
            let (terms, traits) = (usize::from(alike.terms), alike.traits as usize);
            let failed = self.failed[0][at] | self.failed[1][terms] | self.failed[2][traits];
            count(failed, [at, terms, traits], alike.services);
        }
    }

    /// What is being left: no answer, whatever else counts.
    fn left_in_reach(&self) -> impl Iterator<Item = (u8, [usize; 3])> {
        let left = self.left.iter().filter(|row| self.order.admits(**row));
        left.map(|row| {
            let kind = self.columns.kind_of(*row);
            (self.failed(*row, kind), self.alike(*row, kind))
        })
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
