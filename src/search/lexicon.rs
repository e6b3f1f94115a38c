//! Which services a word leads to: an automaton of all words, each with what it names.

use std::collections::{BTreeMap, HashMap};

use fst::automaton::Str;
use fst::{Automaton, IntoStreamer, Map, MapBuilder, Streamer};

use crate::domain::typo::{self, ONE_MISTAKE_FROM_CHARS};

use super::words::Stems;

/// How well a word matches, 0 to 255: exactly, by its stem, by its beginning, with one letter wrong.
pub type Quality = u8;
const EXACT: Quality = 255;
const SAME_STEM: Quality = 230;
const PREFIX: Quality = 190;
const ONE_TYPO: Quality = 140;

/// The shortest word whose beginning is looked for, in characters.
const MIN_PREFIX_CHARS: usize = 2;
/// The most words one beginning or misspelling may stand for: a longer list says nothing.
const MAX_EXPANSIONS: usize = 200;

/// What a word names, as positions in the index.
#[derive(Debug, Default, Clone)]
pub struct Names {
    /// Needs, by position in the taxonomy.
    pub needs: Vec<u8>,
    /// Software, by position in the taxonomy.
    pub software: Vec<u16>,
    /// Hosters, by name or town.
    pub hosters: Vec<u32>,
    /// Services, by their own name.
    pub services: Vec<u32>,
}

/// All words, sorted in an automaton.
pub struct Lexicon {
    words: Map<Vec<u8>>,
    names: Vec<Names>,
    by_stem: HashMap<String, Vec<u32>>,
    stems: Stems,
}

/// Collects words before the automaton is built; `BTreeMap`, because it wants them sorted.
#[derive(Default)]
pub struct LexiconBuilder {
    names: BTreeMap<String, Names>,
}

impl LexiconBuilder {
    /// What `word` names so far, to add to.
    pub fn entry(&mut self, word: String) -> &mut Names {
        self.names.entry(word).or_default()
    }

    /// Builds the automaton and the stems.
    pub fn build(self) -> Lexicon {
        let stems = Stems::default();
        let mut automaton = MapBuilder::memory();
        let mut by_stem: HashMap<String, Vec<u32>> = HashMap::new();
        let mut all_names = Vec::with_capacity(self.names.len());
        for (word, names) in self.names {
            let position = all_names.len() as u32;
            automaton
                .insert(&word, u64::from(position))
                .expect("a BTreeMap yields its keys sorted and once");
            for stem in stems.of(&word) {
                by_stem.entry(stem).or_default().push(position);
            }
            all_names.push(names);
        }
        let words = automaton
            .into_inner()
            .expect("writing to memory cannot fail");
        let words = Map::new(words).expect("the builder wrote a sound automaton");
        Lexicon {
            words,
            names: all_names,
            by_stem,
            stems,
        }
    }
}

impl Lexicon {
    /// All that `word` (folded) may stand for: exact and stem matches and words it begins; only where
    /// there is none of these, words that differ by one letter.
    pub fn matches(&self, word: &str) -> Vec<(Quality, &Names)> {
        let mut best: BTreeMap<u32, Quality> = BTreeMap::new();
        let mut note = |position: u32, quality: Quality| {
            best.entry(position)
                .and_modify(|known| *known = quality.max(*known))
                .or_insert(quality);
        };
        if let Some(position) = self.words.get(word) {
            note(position as u32, EXACT);
        }
        for stem in self.stems.of(word) {
            for position in self.by_stem.get(&stem).into_iter().flatten() {
                note(*position, SAME_STEM);
            }
        }
        let letters = word.chars().count();
        if letters >= MIN_PREFIX_CHARS {
            for position in self.expand(Str::new(word).starts_with()) {
                note(position, PREFIX);
            }
        }
        if best.is_empty() && letters >= ONE_MISTAKE_FROM_CHARS {
            for position in self.expand(typo::once(word)) {
                best.insert(position, ONE_TYPO);
            }
        }
        best.into_iter()
            .map(|(position, quality)| (quality, &self.names[position as usize]))
            .collect()
    }

    /// Bytes held on the heap, roughly: for the figures in BENCHMARKS.md.
    pub fn heap_bytes(&self) -> usize {
        let names: usize = self
            .names
            .iter()
            .map(|names| {
                size_of::<Names>()
                    + names.needs.capacity()
                    + names.software.capacity() * 2
                    + (names.hosters.capacity() + names.services.capacity()) * 4
            })
            .sum();
        let stems: usize = self
            .by_stem
            .iter()
            .map(|(stem, words)| stem.capacity() + words.capacity() * 4 + 56)
            .sum();
        self.words.as_fst().as_bytes().len() + names + stems
    }

    fn expand(&self, automaton: impl Automaton) -> Vec<u32> {
        let mut stream = self.words.search(automaton).into_stream();
        let mut found = Vec::new();
        while let Some((_, position)) = stream.next() {
            found.push(position as u32);
            if found.len() == MAX_EXPANSIONS {
                break;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon(words: &[&str]) -> Lexicon {
        let mut builder = LexiconBuilder::default();
        for (position, word) in words.iter().enumerate() {
            builder
                .entry((*word).to_owned())
                .services
                .push(position as u32);
        }
        builder.build()
    }

    fn found(lexicon: &Lexicon, word: &str) -> Vec<(Quality, u32)> {
        lexicon
            .matches(word)
            .iter()
            .map(|(quality, names)| (*quality, names.services[0]))
            .collect()
    }

    #[test]
    fn a_word_is_found_exactly_by_stem_by_beginning_and_with_one_wrong_letter() {
        let lexicon = lexicon(&["sondage", "framadate"]);
        assert_eq!(found(&lexicon, "sondage"), [(EXACT, 0)]);
        assert_eq!(found(&lexicon, "sondages"), [(SAME_STEM, 0)]);
        assert_eq!(found(&lexicon, "frama"), [(PREFIX, 1)]);
        assert_eq!(found(&lexicon, "framedate"), [(ONE_TYPO, 1)]);
    }

    #[test]
    fn short_words_are_not_guessed_at() {
        let lexicon = lexicon(&["abc"]);
        assert_eq!(found(&lexicon, "abd"), []);
        assert_eq!(found(&lexicon, "a"), []);
        assert_eq!(found(&lexicon, ""), []);
    }
}
