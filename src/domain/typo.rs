//! Words that differ by a letter or two: a letter more, less, another, or two in the wrong order.
//!
//! [`once`] and [`twice`] give automatons (`fst::Automaton`) that accept whatever may be a misspelling.

use std::sync::LazyLock;

use levenshtein_automata::{DFA, LevenshteinAutomatonBuilder};

// Two neighbouring letters in the wrong order are one mistake.
static ONE: LazyLock<LevenshteinAutomatonBuilder> =
    LazyLock::new(|| LevenshteinAutomatonBuilder::new(1, true));
static TWO: LazyLock<LevenshteinAutomatonBuilder> =
    LazyLock::new(|| LevenshteinAutomatonBuilder::new(2, true));

/// The shortest text in which one mistake is looked for, in characters: shorter ones are too alike.
pub const ONE_MISTAKE_FROM_CHARS: usize = 4;
/// The shortest text in which two are.
pub const TWO_MISTAKES_FROM_CHARS: usize = 8;

/// The whole of `text`, with one mistake.
pub fn once(text: &str) -> DFA {
    ONE.build_dfa(text)
}

/// The whole of `text`, with up to two mistakes.
pub fn twice(text: &str) -> DFA {
    TWO.build_dfa(text)
}

/// How many mistakes a text may have, by its length.
pub fn slips(text: &str) -> usize {
    match text.chars().count() {
        0..ONE_MISTAKE_FROM_CHARS => 0,
        ONE_MISTAKE_FROM_CHARS..TWO_MISTAKES_FROM_CHARS => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use fst::{IntoStreamer, Set};

    use super::*;

    fn among(words: &[&str], misspelling: DFA) -> Vec<String> {
        let set = Set::from_iter(words).unwrap();
        let found = set.search(misspelling).into_stream();
        found.into_strs().unwrap()
    }

    #[test]
    fn one_letter_may_be_wrong_missing_too_many_or_in_the_wrong_place() {
        for wrong in ["framedate", "framdate", "frammadate", "farmadate"] {
            assert_eq!(
                among(&["framadate", "framapad"], once(wrong)),
                ["framadate"]
            );
        }
        assert!(among(&["framadate"], once("fromedate")).is_empty());
        assert_eq!(among(&["framadate"], twice("fromedate")), ["framadate"]);
    }
}
