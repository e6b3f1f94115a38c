//! Words of phrases that somebody began or misspelt.

use std::collections::BTreeMap;

use fst::automaton::Str;
use fst::{Automaton, IntoStreamer, Set, Streamer};

use crate::domain::typo::{self, ONE_MISTAKE_FROM_CHARS, TWO_MISTAKES_FROM_CHARS};

use super::vocabulary::{Known, Vocabulary};

/// The most words one misspelling may stand for: a longer list says nothing.
const MAX_CORRECTIONS: usize = 4;
/// The most words one beginning may stand for.
const MAX_COMPLETIONS: usize = 40;
/// A longer word is no misspelling of any of ours.
const MAX_CHARS: usize = 30;

/// The words of all phrases, sorted in an automaton.
pub struct Spellings(Set<Vec<u8>>);

impl Spellings {
    /// Collects them.
    pub fn new(vocabulary: &Vocabulary) -> Self {
        let named = vocabulary
            .words
            .iter()
            .filter(|(_, known)| is_telling(known));
        let sorted: BTreeMap<&String, &Known> = named.collect();
        Self(Set::from_iter(sorted.keys()).expect("a BTreeMap yields its keys sorted and once"))
    }

    /// Words that differ by one mistake from 4 letters on, by two from 8; the nearest only.
    pub fn corrections(&self, word: &str) -> Vec<String> {
        let chars = word.chars().count();
        if !(ONE_MISTAKE_FROM_CHARS..=MAX_CHARS).contains(&chars) {
            return Vec::new();
        }
        let once = self.search(typo::once(word), MAX_CORRECTIONS);
        if !once.is_empty() || chars < TWO_MISTAKES_FROM_CHARS {
            return once;
        }
        self.search(typo::twice(word), MAX_CORRECTIONS)
    }

    /// Words that begin so, from 4 letters on.
    pub fn completions(&self, word: &str) -> Vec<String> {
        if !(ONE_MISTAKE_FROM_CHARS..=MAX_CHARS).contains(&word.chars().count()) {
            return Vec::new();
        }
        self.search(Str::new(word).starts_with(), MAX_COMPLETIONS)
    }

    /// Nothing where there are more than `most`.
    fn search(&self, automaton: impl Automaton, most: usize) -> Vec<String> {
        let mut found = Vec::new();
        let mut stream = self.0.search(automaton).into_stream();
        while let Some(key) = stream.next() {
            if found.len() == most {
                return Vec::new();
            }
            found.push(String::from_utf8_lossy(key).into_owned());
        }
        found
    }
}

fn is_telling(known: &Known) -> bool {
    known.is_named && !known.is_function && !known.is_asking
}
