//! From a text to the words that are looked up: folded, bounded, without stop words; and their stems.

mod data;

use std::borrow::Cow;

use rust_stemmers::Stemmer;

use crate::domain::fold::fold;

pub use data::{LANGUAGES, LanguageWords};

/// The longest question that is read, in characters; the rest is cut off.
pub const MAX_QUESTION_CHARS: usize = 200;
/// The most words of a question that are read.
pub const MAX_QUESTION_WORDS: usize = 24;
/// The most words of a question that are looked up among names.
pub const MAX_WORDS_LOOKED_UP: usize = 12;

/// Every word of a name or label, folded: stop words too, since a name may be made of them.
pub fn words_of_label(label: &str) -> Vec<String> {
    fold(label)
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// As much of a question as is read.
pub fn bounded(question: &str) -> &str {
    let end = question.char_indices().nth(MAX_QUESTION_CHARS);
    &question[..end.map_or(question.len(), |(end, _)| end)]
}

/// Whether a folded word says nothing about a service, in any language.
pub fn is_stop_word(folded: &str) -> bool {
    is_single_letter(folded) || data::STOP_WORDS.contains(folded)
}

/// What elision leaves of an article (l', d', j').
pub fn is_single_letter(folded: &str) -> bool {
    folded.len() == 1 && folded.bytes().all(|b| b.is_ascii_lowercase())
}

/// Stems words of every language. (Snowball expects accents; folded text has none on either side, so
/// both sides lose the same endings.)
pub struct Stems(Vec<Stemmer>);

impl Default for Stems {
    fn default() -> Self {
        Self(LANGUAGES.iter().map(LanguageWords::stemmer).collect())
    }
}

impl Stems {
    /// The stems of a folded word, each once.
    pub fn of(&self, folded: &str) -> impl Iterator<Item = String> + use<> {
        let mut stems: Vec<String> = Vec::with_capacity(self.0.len());
        for stem in self.each(folded) {
            if stems.iter().all(|known| *known != stem) {
                stems.push(stem.into_owned());
            }
        }
        stems.into_iter()
    }

    /// The stem in one of [`LANGUAGES`], by its position.
    pub fn in_language<'a>(&self, language: usize, folded: &'a str) -> Cow<'a, str> {
        self.0[language].stem(folded)
    }

    /// The stem in each of [`LANGUAGES`].
    pub fn each<'a>(&'a self, folded: &'a str) -> impl Iterator<Item = Cow<'a, str>> + 'a {
        self.0.iter().map(move |stemmer| stemmer.stem(folded))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_question_is_cut_between_characters() {
        assert_eq!(bounded("agenda"), "agenda");
        let long = "é".repeat(10_000);
        assert_eq!(bounded(&long).chars().count(), MAX_QUESTION_CHARS);
    }

    #[test]
    fn stop_words_of_every_language_say_nothing() {
        for word in ["l", "pour", "the", "fur", "alternative"] {
            assert!(is_stop_word(word), "{word}");
        }
        assert!(!is_stop_word("agenda"));
    }

    #[test]
    fn plurals_of_every_language_share_a_stem() {
        let stems = Stems::default();
        for (one, many) in [
            ("sondage", "sondages"),
            ("poll", "polls"),
            ("tableur", "tableurs"),
            ("list", "lists"),
            ("kalender", "kalendern"),
            ("formular", "formulare"),
        ] {
            let ones: Vec<String> = stems.of(one).collect();
            assert!(stems.of(many).any(|stem| ones.contains(&stem)), "{many}");
        }
    }

    proptest! {
        #[test]
        fn a_word_has_at_most_one_stem_in_each_language_and_none_twice(word in "\\PC{0,40}") {
            let stems: Vec<String> = Stems::default().of(&fold(&word)).collect();
            prop_assert!(!stems.is_empty() && stems.len() <= LANGUAGES.len());
            for (position, stem) in stems.iter().enumerate() {
                prop_assert!(!stems[..position].contains(stem));
            }
        }
    }
}
