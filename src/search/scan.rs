//! Answers a question: hits, their order and the counts beside them, from as few rows as decide them.

mod by_words;
mod count;
mod offer;

use std::sync::Arc;

use super::best::Best;
use super::columns::Columns;
use super::filters::Filters;
use super::matching::Words;
use super::order::Order;
use super::question::Question;
use super::rank::{self, Answer};
use super::{Hit, Index, Results};

pub use count::Counted;

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
    let alike = kinds.flat_map(|(_, kind)| scan.columns.alike_in(kind));
    let alike = alike.filter(|alike| scan.failed(alike.positions()) == 0);
    let rows = alike.flat_map(|alike| scan.columns.rows_of(alike));
    let answering = rows.filter(|row| scan.admits(**row));
    answering.map(|row| scan.hit(*row, 1.0)).collect()
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
        let counted = match self.order.has_circle() {
            true => Arc::new(self.count()),
            false => {
                let count = || Arc::new(self.count());
                self.index.counted.get_with_by_ref(&self.filters, count)
            }
        };
        let mut best = self.best();
        self.offer_all(&mut best);
        let hits = best.into_sorted().map(|(row, _)| (row, text));
        Results {
            hits: self.page(hits),
            total: counted.total,
            facets: Arc::clone(&counted.facets),
            loosened: loosened && counted.total > 0,
        }
    }

    /// The positions of a row's kind, which is known, its terms and its traits.
    #[inline]
    fn alike(&self, row: u32, kind: usize) -> [usize; 3] {
        let at = row as usize;
        let terms = usize::from(self.columns.terms[at]);
        [kind, terms, self.columns.traits[at] as usize]
    }

    /// The filters that what is of a kind, terms and traits fails.
    #[inline]
    fn failed(&self, [kind, terms, traits]: [usize; 3]) -> u8 {
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
        let distance = self.order.distance(row);
        Hit {
            service: service.position as usize,
            hoster: self.columns.hoster_of(row).position as usize,
            need,
            answer,
            score: self.order.score(row, text, answer, distance.as_ref()),
            distance,
            place_asked: self.question.place.is_some(),
            ages: service.ages,
            standing: self.columns.distinct_traits[traits].standing,
            availability: self.index.availability[service.position as usize],
        }
    }
}
