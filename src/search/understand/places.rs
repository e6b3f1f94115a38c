//! A place inside the words: "pad lyon", "visio près de Nantes", "sondage 69007".
//!
//! Many towns are called as something else is. So what the words before it say counts, then how many
//! people live there; what names a need, a departure or a software is no place, and what is a hoster's
//! name only if it is a large town's too.

use std::collections::{HashMap, HashSet};

use crate::domain::fold::fold;
use crate::domain::gazetteer::{Gazetteer, Glance};
use crate::search::words::LANGUAGES;

use super::asked::Asked;
use super::hosters::HosterNames;

/// The most words of a town's name that are tried.
const MOST_WORDS: usize = 5;
/// The most words of what stands before a place: "in der Nähe von".
const MOST_WORDS_BEFORE: usize = 4;
/// The fewest letters of a town that nothing announces: "Pau".
const BARE_FROM_CHARS: usize = 3;
/// How many letters a postcode has that nothing announces: years have four.
const BARE_POSTCODE: usize = 5;

/// How many must live where, for a name to be taken for a town's.
struct Least {
    /// In one of the reader's countries.
    near_home: u32,
    /// Elsewhere.
    anywhere: u32,
    /// Where the name is not the town's first.
    by_alias: u32,
}

const AFTER_NEAR: Least = Least {
    near_home: 1,
    anywhere: 1,
    by_alias: 20_000,
};
const AFTER_IN: Least = Least {
    near_home: 2_000,
    anywhere: 20_000,
    by_alias: 100_000,
};
const BARE: Least = Least {
    near_home: 10_000,
    anywhere: 100_000,
    by_alias: 500_000,
};
/// So large a town is one, even if a hoster or a word is called so.
const GREAT: u32 = 100_000;

/// How sure it is that words are a place, the surest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Evidence {
    Bare,
    AfterIn,
    Postcode,
    AfterNear,
}

/// Where a place stands in a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceSpan {
    /// The first word of what announces it.
    pub announced: usize,
    /// Its own first word.
    pub start: usize,
    /// The word after its last.
    pub end: usize,
    /// The language of what announces it, if that is sure.
    pub language: Option<usize>,
}

/// What stands before places, and names that are words as well, in every language.
pub struct PlaceWords {
    /// Whether they stand before nothing else, and in which language.
    before: HashMap<String, (bool, usize)>,
    ordinary: HashSet<String>,
}

/// What places are looked up in.
pub struct Around<'a> {
    /// All places.
    pub gazetteer: &'a Gazetteer,
    /// All hosters' names.
    pub hosters: &'a HosterNames,
    /// The reader's countries, likeliest first.
    pub countries: &'a [&'a str],
}

impl PlaceWords {
    /// Collects them.
    pub fn new() -> Self {
        let mut before = HashMap::new();
        for (language, words) in LANGUAGES.iter().enumerate() {
            for phrase in &words.before_places {
                before.insert(fold(phrase), (true, language));
            }
            for phrase in &words.perhaps_before_places {
                before.entry(fold(phrase)).or_insert((false, language));
            }
        }
        let ordinary = LANGUAGES
            .iter()
            .flat_map(|words| &words.towns_that_are_words);
        Self {
            before,
            ordinary: ordinary.map(|town| fold(town)).collect(),
        }
    }

    /// The place among the words that are not `taken`: the surest, then the longest, then the last.
    pub fn find(&self, asked: &Asked, taken: &[bool], around: &Around) -> Option<PlaceSpan> {
        let mut best: Option<((Evidence, usize, usize), PlaceSpan)> = None;
        for start in 0..asked.len() {
            if taken[start] {
                continue;
            }
            let (announced, before) = self.before(asked, taken, start);
            let free = (start..asked.len()).take_while(|at| !taken[*at]).count();
            for words in (1..=free.min(MOST_WORDS)).rev() {
                let end = start + words;
                let Some(evidence) = self.evidence(asked, start, end, before, around) else {
                    continue;
                };
                let span = PlaceSpan {
                    announced,
                    start,
                    end,
                    language: before
                        .filter(|(sure, _)| *sure)
                        .map(|(_, language)| language),
                };
                let rank = (evidence, words, start);
                if best.is_none_or(|(known, _)| known < rank) {
                    best = Some((rank, span));
                }
                break;
            }
        }
        best.map(|(_, span)| extended(asked, taken, span, around))
    }

    /// What announces a place at `start`: its first word, whether it is sure, and its language.
    fn before(
        &self,
        asked: &Asked,
        taken: &[bool],
        start: usize,
    ) -> (usize, Option<(bool, usize)>) {
        // "in-berlin" is one word; "d'Angers" are two.
        let is_hyphenated = asked.word(start).is_joined;
        if is_hyphenated && start > 0 && asked.text(start - 1).len() > 1 {
            return (start, None);
        }
        for words in (1..=start.min(MOST_WORDS_BEFORE)).rev() {
            let first = start - words;
            if taken[first..start].contains(&true) {
                continue;
            }
            if let Some(before) = self.before.get(asked.span(first, start)) {
                return (first, Some(*before));
            }
        }
        (start, None)
    }

    fn evidence(
        &self,
        asked: &Asked,
        start: usize,
        end: usize,
        before: Option<(bool, usize)>,
        around: &Around,
    ) -> Option<Evidence> {
        let name = asked.span(start, end);
        if end == start + 1 && is_number(name) {
            let is_long = name.len() == BARE_POSTCODE || before.is_some();
            let is_known = around.gazetteer.has_postcode(name, around.countries);
            return (is_long && is_known).then_some(Evidence::Postcode);
        }
        // "près de Die" is a town, "die" an article.
        let is_near_a_name = end == start + 1
            && before.is_some_and(|(is_sure, _)| is_sure)
            && asked.word(start).is_capital
            && name.len() >= BARE_FROM_CHARS;
        let is_small = asked.is_function(end - 1) || (end == start + 1 && asked.is_small(start));
        if is_small && !is_near_a_name {
            return None;
        }
        let single = (end == start + 1).then(|| asked.word(start));
        let (least, evidence) = match before {
            Some((true, _)) => (AFTER_NEAR, Evidence::AfterNear),
            Some((false, _)) => (AFTER_IN, Evidence::AfterIn),
            None => (BARE, Evidence::Bare),
        };
        if evidence == Evidence::Bare && name.chars().count() < BARE_FROM_CHARS {
            return None;
        }
        let is_named = single.is_some_and(|word| word.known.is_some_and(|known| known.is_named));
        let is_written_as_name = evidence == Evidence::AfterIn && asked.word(start).is_capital;
        let glance = around.gazetteer.glance(name, around.countries);
        if !least.is_met(&glance) {
            return None;
        }
        if evidence == Evidence::AfterNear {
            return Some(evidence);
        }
        if is_named && !(is_written_as_name && glance.at_home >= GREAT) {
            return None;
        }
        if glance.near_home.max(glance.anywhere) < GREAT && around.hosters.has(name) {
            return None;
        }
        let is_ordinary = self.ordinary.contains(name);
        let is_sure = evidence == Evidence::AfterIn
            && (is_written_as_name || asked.word(start - 1).is_accented);
        let is_great = end == asked.len() && start > 0 && glance.at_home >= GREAT;
        (!is_ordinary || is_sure || is_great).then_some(evidence)
    }
}

impl PlaceSpan {
    /// Whether a word belongs to it or announces it.
    pub fn holds(&self, at: usize) -> bool {
        (self.announced..self.end).contains(&at)
    }
}

impl Least {
    fn is_met(&self, glance: &Glance) -> bool {
        glance.near_home >= self.near_home
            || glance.anywhere >= self.anywhere
            || glance.by_alias >= self.by_alias
    }
}

/// The span with what goes with it: "69007 Lyon", "Lyon 69007", "Laval Québec".
fn extended(asked: &Asked, taken: &[bool], span: PlaceSpan, around: &Around) -> PlaceSpan {
    let free = (span.end..asked.len()).take_while(|at| !taken[*at]).count();
    let is_code = is_number(asked.text(span.start));
    let goes_with = |words: &usize| {
        let name = asked.span(span.end, span.end + words);
        if asked.is_function(span.end + words - 1) {
            return false;
        }
        match is_code {
            true => !around.gazetteer.glance(name, around.countries).is_nowhere(),
            false if is_number(name) => around.gazetteer.has_postcode(name, around.countries),
            false => around.gazetteer.has_region(name),
        }
    };
    let more = (1..=free.min(MOST_WORDS)).rev().find(goes_with);
    let before = span.start.checked_sub(1).filter(|before| {
        let word = asked.text(*before);
        !taken[*before] && is_number(word) && around.gazetteer.has_postcode(word, around.countries)
    });
    let start = before.unwrap_or(span.start);
    PlaceSpan {
        announced: span.announced.min(start),
        start,
        end: span.end + more.unwrap_or(0),
        ..span
    }
}

fn is_number(word: &str) -> bool {
    matches!(word.len(), 4 | 5) && word.bytes().all(|byte| byte.is_ascii_digit())
}
