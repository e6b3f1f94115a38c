//! Which services a word leads to: an automaton of all words, each with what it names.

mod build;

use fst::automaton::Str;
use fst::{Automaton, IntoStreamer, Map, Streamer};

use crate::domain::fingerprint::fingerprint;
use crate::domain::typo::{self, ONE_MISTAKE_FROM_CHARS, TWO_MISTAKES_FROM_CHARS};

use super::words::Stems;

pub use build::lexicon;

/// How well a word matches, 0 to 255: exactly, by its stem, by its beginning, with one or two letters wrong.
pub type Quality = u8;
const EXACT: Quality = 255;
const SAME_STEM: Quality = 230;
const PREFIX: Quality = 190;
const ONE_TYPO: Quality = 140;
const TWO_TYPOS: Quality = 100;

/// The shortest word whose beginning is looked for, in characters.
const MIN_PREFIX_CHARS: usize = 2;
/// The longest word that may be misspelt, in characters: longer ones are no words.
const MAX_MISSPELT_CHARS: usize = 40;
/// The most words one beginning or misspelling may stand for: a longer list says nothing.
const MAX_EXPANSIONS: usize = 200;
/// The most service rows those words may lead to together, but for the first of them.
const MAX_EXPANDED_ROWS: usize = 20_000;

/// All words, sorted in an automaton, with what each names.
pub struct Lexicon {
    words: Map<Vec<u8>>,
    /// Fingerprints of stems, in order, each with a word that has it.
    stems: Vec<(u64, u32)>,
    stemmers: Stems,
    /// Per word, what it names of the vocabulary; few words do.
    vocabulary: Lists<Named>,
    /// Per word, the rows of services whose own name, or whose hoster's name, site or town, holds it.
    rows: Lists<u32>,
}

/// What a word names of the vocabulary, by position in the taxonomy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// A need.
    Need(u8),
    /// A software.
    Software(u16),
}

/// A word that is meant by another.
pub struct Meant<'a> {
    /// How well it matches.
    pub quality: Quality,
    /// What it names of the vocabulary.
    pub vocabulary: &'a [Named],
    /// The rows it leads to, in order.
    pub rows: &'a [u32],
}

/// Lists of different lengths, one after another.
struct Lists<T> {
    /// Where each list begins; one more for where the last ends.
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Lists<T> {
    fn of(&self, position: u32) -> &[T] {
        let [start, end] = [0, 1].map(|next| self.starts[position as usize + next] as usize);
        &self.items[start..end]
    }

    fn heap_bytes(&self) -> usize {
        self.starts.capacity() * size_of::<u32>() + self.items.capacity() * size_of::<T>()
    }
}

impl Lexicon {
    /// All that `word` (folded) may stand for: exact and stem matches and words it begins; only where
    /// there is none of these, words that differ by one letter, and then by two.
    pub fn matches(&self, word: &str) -> Vec<Meant<'_>> {
        let mut best: Vec<(u32, Quality)> = Vec::new();
        if let Some(position) = self.words.get(word) {
            best.push((position as u32, EXACT));
        }
        for stem in self.stemmers.of(word) {
            let same = self.with_stem(fingerprint(stem.as_bytes()));
            best.extend(same.iter().map(|(_, position)| (*position, SAME_STEM)));
        }
        let letters = word.chars().count();
        if letters >= MIN_PREFIX_CHARS {
            self.expand(Str::new(word).starts_with(), PREFIX, &mut best);
        }
        let may_be_misspelt = best.is_empty() && letters <= MAX_MISSPELT_CHARS;
        if may_be_misspelt && letters >= ONE_MISTAKE_FROM_CHARS {
            self.expand(typo::once(word), ONE_TYPO, &mut best);
        }
        if may_be_misspelt && best.is_empty() && letters >= TWO_MISTAKES_FROM_CHARS {
            self.expand(typo::twice(word), TWO_TYPOS, &mut best);
        }
        best.sort_unstable_by_key(|(position, quality)| (*position, std::cmp::Reverse(*quality)));
        best.dedup_by_key(|(position, _)| *position);
        (best.into_iter())
            .map(|(position, quality)| Meant {
                quality,
                vocabulary: self.vocabulary.of(position),
                rows: self.rows.of(position),
            })
            .collect()
    }

    /// Bytes held on the heap: for the figures in BENCHMARKS.md.
    pub fn heap_bytes(&self) -> usize {
        self.words.as_fst().as_bytes().len()
            + self.stems.capacity() * size_of::<(u64, u32)>()
            + self.vocabulary.heap_bytes()
            + self.rows.heap_bytes()
    }

    fn with_stem(&self, stem: u64) -> &[(u64, u32)] {
        let start = self.stems.partition_point(|(other, _)| *other < stem);
        let same = self.stems[start..].iter();
        let count = same.take_while(|(other, _)| *other == stem).count();
        &self.stems[start..start + count]
    }

    fn expand(&self, automaton: impl Automaton, quality: Quality, found: &mut Vec<(u32, Quality)>) {
        let mut stream = self.words.search(automaton).into_stream();
        let mut rows = 0;
        for _ in 0..MAX_EXPANSIONS {
            let Some((_, position)) = stream.next() else {
                return;
            };
            let more = self.rows.of(position as u32).len();
            if rows == 0 || rows + more <= MAX_EXPANDED_ROWS {
                rows += more;
                found.push((position as u32, quality));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::build::Collector;
    use super::*;

    fn lexicon<'a>(words: impl IntoIterator<Item = &'a str>) -> Lexicon {
        let mut collector = Collector::default();
        let rows: Vec<[u32; 1]> = (words.into_iter())
            .map(|word| [collector.label(word)])
            .collect();
        collector.build(rows.into_iter())
    }

    fn found(lexicon: &Lexicon, word: &str) -> Vec<(Quality, u32)> {
        let meant = lexicon.matches(word);
        (meant.iter())
            .map(|meant| (meant.quality, meant.rows[0]))
            .collect()
    }

    #[test]
    fn a_word_is_found_exactly_by_stem_by_beginning_and_with_letters_wrong() {
        let lexicon = lexicon(["sondage", "framadate"]);
        assert_eq!(found(&lexicon, "sondage"), [(EXACT, 0)]);
        assert_eq!(found(&lexicon, "sondages"), [(SAME_STEM, 0)]);
        assert_eq!(found(&lexicon, "frama"), [(PREFIX, 1)]);
        assert_eq!(found(&lexicon, "framedate"), [(ONE_TYPO, 1)]);
        assert_eq!(found(&lexicon, "frumedate"), [(TWO_TYPOS, 1)]);
    }

    #[test]
    fn short_words_are_not_guessed_at_and_seven_letters_not_twice() {
        let lexicon = lexicon(["abc", "sondage"]);
        for word in ["abd", "a", "", "sandege"] {
            assert_eq!(found(&lexicon, word), [], "{word}");
        }
    }

    #[test]
    fn a_beginning_stands_for_so_many_words_and_what_is_no_word_for_none() {
        let words: Vec<String> = (0..2 * MAX_EXPANSIONS).map(|n| format!("pad{n}")).collect();
        let long = "m".repeat(MAX_MISSPELT_CHARS + 1);
        let words = words.iter().map(String::as_str).chain([long.as_str()]);
        let lexicon = lexicon(words);
        assert_eq!(found(&lexicon, "pad").len(), MAX_EXPANSIONS);
        let misspelt = format!("n{}", "m".repeat(MAX_MISSPELT_CHARS));
        assert_eq!(found(&lexicon, &misspelt), []);
        assert_eq!(found(&lexicon, &misspelt[1..MAX_MISSPELT_CHARS]).len(), 1);
    }

    #[test]
    fn a_beginning_leads_to_so_many_rows() {
        let many = MAX_EXPANDED_ROWS / 2;
        let words = ["pad one", "pad two", "kraken", "krakenfeld"];
        let lexicon = lexicon(
            words
                .iter()
                .flat_map(|word| std::iter::repeat_n(*word, many)),
        );
        let rows: usize = (lexicon.matches("krak").iter())
            .map(|meant| meant.rows.len())
            .sum();
        assert_eq!(rows, MAX_EXPANDED_ROWS);
        let whole = lexicon.matches("pad");
        assert_eq!(whole[0].rows.len(), 2 * many);
    }
}
