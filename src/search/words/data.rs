//! What each language's words are, as data: a further language is one more file in
//! `fixtures/sources/words`, and no code.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use serde::Deserialize;

use crate::domain::fold::fold;
use crate::domain::need::NeedId;

/// Every language that is understood.
pub static LANGUAGES: LazyLock<Vec<LanguageWords>> = LazyLock::new(|| {
    let Words { languages } =
        serde_json::from_str(include_str!("../../../fixtures/data/words.json"))
            .expect("a test reads the embedded words");
    languages
});

/// The words that say nothing about a service, of every language, folded.
pub static STOP_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let words = LANGUAGES
        .iter()
        .flat_map(|language| language.function_words.iter().chain(&language.asking_words));
    words.map(|word| fold(word)).collect()
});

#[derive(Deserialize)]
struct Words {
    languages: Vec<LanguageWords>,
}

/// What a language's words do in a question.
#[derive(Deserialize)]
pub struct LanguageWords {
    /// ISO 639-1.
    pub language: String,
    stemmer: Algorithm,
    /// Countries whose places its speakers most likely mean, likeliest first.
    pub countries: Vec<String>,
    /// Articles, prepositions, pronouns: they may stand between the words of a phrase.
    pub function_words: Vec<String>,
    /// Words people ask with: "looking for a free …".
    pub asking_words: Vec<String>,
    /// Words that name a need only where nothing else does: "members", "table".
    pub faint_words: Vec<String>,
    /// What surely stands before a place: "near".
    pub before_places: Vec<String>,
    /// What stands before places and much else: "in".
    pub perhaps_before_places: Vec<String>,
    /// Towns whose names are words: "Nice".
    pub towns_that_are_words: Vec<String>,
    /// What a word of several needs is taken to mean.
    pub chosen: HashMap<NeedId, Vec<String>>,
    /// What people say in a sentence when they have a need; not names of it.
    pub hints: HashMap<NeedId, Vec<String>>,
}

impl LanguageWords {
    /// What takes its words to their stems.
    pub fn stemmer(&self) -> Stemmer {
        Stemmer::create(self.stemmer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::taxonomy::Taxonomy;

    #[test]
    fn the_embedded_words_speak_of_needs_that_exist_and_every_language_names_every_need() {
        let taxonomy = Taxonomy::embedded();
        for words in LANGUAGES.iter() {
            for need in words.chosen.keys().chain(words.hints.keys()) {
                assert!(taxonomy.need(need.as_str()).is_some(), "{need}");
            }
            for need in taxonomy.needs() {
                let synonyms = need.synonyms.of(&words.language);
                assert!(!synonyms.is_empty(), "{} in {}", need.id, words.language);
            }
        }
    }
}
