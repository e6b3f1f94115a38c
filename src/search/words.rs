//! From a text to the words that are looked up: folded, bounded, without stop words; and their stems.

use rust_stemmers::{Algorithm, Stemmer};

use crate::domain::fold::fold;

/// The longest question that is read, in characters; the rest is cut off.
pub const MAX_QUESTION_CHARS: usize = 200;
/// The most words of a question that are looked up.
pub const MAX_QUESTION_WORDS: usize = 12;

/// Words that say nothing about a service, folded. Single letters (l', d', j') are dropped as well.
const STOP_WORDS: &[&str] = &[
    // French
    "alternative",
    "alternatives",
    "au",
    "aux",
    "avec",
    "besoin",
    "ce",
    "ces",
    "cherche",
    "chercher",
    "comment",
    "dans",
    "de",
    "des",
    "du",
    "en",
    "est",
    "et",
    "faire",
    "je",
    "la",
    "le",
    "les",
    "leur",
    "libre",
    "ma",
    "mes",
    "mon",
    "nos",
    "notre",
    "nous",
    "on",
    "ou",
    "par",
    "pas",
    "plus",
    "pour",
    "qu",
    "que",
    "qui",
    "quitter",
    "remplacer",
    "sa",
    "sans",
    "ses",
    "son",
    "sur",
    "trouver",
    "un",
    "une",
    "veux",
    "vos",
    "votre",
    "voudrais",
    "vous",
    // English
    "an",
    "and",
    "are",
    "at",
    "find",
    "for",
    "free",
    "from",
    "how",
    "in",
    "instead",
    "is",
    "like",
    "my",
    "need",
    "of",
    "or",
    "our",
    "replace",
    "the",
    "to",
    "want",
    "we",
    "what",
    "where",
    "with",
    "without",
    "you",
    "your",
];

/// Every word of a name or label, folded: stop words too, since a name may be made of them.
pub fn words_of_label(label: &str) -> Vec<String> {
    fold(label)
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The words of a question that are worth looking up, folded, at most [`MAX_QUESTION_WORDS`].
pub fn words_of_question(question: &str) -> Vec<String> {
    let bounded: String = question.chars().take(MAX_QUESTION_CHARS).collect();
    fold(&bounded)
        .split(' ')
        .filter(|word| !word.is_empty())
        .take(MAX_QUESTION_WORDS)
        .map(str::to_owned)
        .collect()
}

/// Whether a folded word says nothing about a service.
pub fn is_stop_word(folded: &str) -> bool {
    let single_letter = folded.len() == 1 && folded.bytes().all(|b| b.is_ascii_lowercase());
    single_letter || STOP_WORDS.contains(&folded)
}

/// Stems words of both interface languages. (Snowball expects accents in French; folded text has
/// none on either side, so both sides lose the same endings.)
pub struct Stems {
    french: Stemmer,
    english: Stemmer,
}

impl Default for Stems {
    fn default() -> Self {
        Self {
            french: Stemmer::create(Algorithm::French),
            english: Stemmer::create(Algorithm::English),
        }
    }
}

impl Stems {
    /// The French and the English stem of a folded word; one only where they agree.
    pub fn of(&self, folded: &str) -> impl Iterator<Item = String> + use<> {
        let french = self.french.stem(folded).into_owned();
        let english = self.english.stem(folded).into_owned();
        let differs = english != french;
        std::iter::once(french).chain(differs.then_some(english))
    }

    /// One stem that stands for a word in a phrase: the French one of the English one, so that
    /// plurals of both languages meet.
    pub fn common(&self, folded: &str) -> String {
        self.french.stem(&self.english.stem(folded)).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_folded_and_bounded() {
        assert_eq!(
            words_of_question("L'agenda partagé !"),
            ["l", "agenda", "partage"]
        );
        assert!(is_stop_word("l") && is_stop_word("pour") && !is_stop_word("agenda"));
        assert_eq!(
            words_of_question(&"mot ".repeat(50)).len(),
            MAX_QUESTION_WORDS
        );
        assert_eq!(
            words_of_question(&"a".repeat(10_000))[0].len(),
            MAX_QUESTION_CHARS
        );
    }

    #[test]
    fn plurals_of_both_languages_share_a_stem() {
        let stems = Stems::default();
        for (one, many) in [
            ("sondage", "sondages"),
            ("poll", "polls"),
            ("tableur", "tableurs"),
            ("list", "lists"),
        ] {
            assert_eq!(stems.common(one), stems.common(many));
        }
    }
}
