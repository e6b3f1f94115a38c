//! How the [`Vocabulary`] is made of what the taxonomy and the languages' words say.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use crate::domain::fingerprint::fingerprint;
use crate::domain::fold::fold;
use crate::domain::taxonomy::Taxonomy;
use crate::search::words::{LANGUAGES, LanguageWords, is_single_letter};

use super::vocabulary::{Known, Meaning, Rank, Reading, Vocabulary, spelling};

/// How many words of a phrase may be run together, and the fewest letters they then have.
const JOINED_WORDS: RangeInclusive<usize> = 2..=3;
const JOINED_FROM_CHARS: usize = 8;

/// A phrase to add.
struct Phrase<'a> {
    label: &'a str,
    language: usize,
    /// The language's phrases that count only where nothing else does, folded.
    faint: &'a HashSet<String>,
    meaning: Meaning,
    rank: Rank,
}

impl Vocabulary {
    /// Collects every name, alias, synonym and hint.
    pub fn new(taxonomy: &Taxonomy) -> Self {
        let mut vocabulary = Self {
            numbers: vec![HashMap::new(); LANGUAGES.len()],
            readings: vec![Vec::new()],
            ..Self::default()
        };
        vocabulary.add_small_words();
        for (language, words) in LANGUAGES.iter().enumerate() {
            vocabulary.add_language(taxonomy, language, words);
        }
        vocabulary.number_words();
        vocabulary
    }

    fn add_small_words(&mut self) {
        for language in LANGUAGES.iter() {
            for word in &language.function_words {
                self.word(&fold(word)).is_function = true;
            }
            for word in &language.asking_words {
                self.word(&fold(word)).is_asking = true;
            }
            for word in &language.faint_words {
                self.word(&fold(word)).is_faint = true;
            }
        }
    }

    fn add_language(&mut self, taxonomy: &Taxonomy, language: usize, words: &LanguageWords) {
        let faint = words
            .faint_words
            .iter()
            .map(|phrase| fold(phrase))
            .collect();
        let mut add = |label: &str, meaning, rank| {
            self.add(&Phrase {
                label,
                language,
                faint: &faint,
                meaning,
                rank,
            });
        };
        for (position, departure) in taxonomy.departures().iter().enumerate() {
            add(
                departure.slug.as_str(),
                Meaning::Departure(position),
                Rank::Name,
            );
            for name in std::iter::once(&departure.name).chain(&departure.aliases) {
                add(name.as_str(), Meaning::Departure(position), Rank::Name);
            }
        }
        for (position, software) in taxonomy.software().iter().enumerate() {
            for name in std::iter::once(&software.name).chain(&software.aliases) {
                add(name.as_str(), Meaning::Software(position), Rank::Name);
            }
        }
        for (position, need) in taxonomy.needs().iter().enumerate() {
            let meaning = Meaning::Need(position);
            let names = [("fr", need.name.fr.as_str()), ("en", need.name.en.as_str())];
            for (_, name) in names.iter().filter(|(code, _)| *code == words.language) {
                add(name, meaning, Rank::Name);
            }
            add(need.id.as_str(), meaning, Rank::Name);
            for synonym in need.synonyms.of(&words.language) {
                add(synonym.as_str(), meaning, Rank::Synonym);
            }
            for (phrases, rank) in [(&words.chosen, Rank::Chosen), (&words.hints, Rank::Hint)] {
                for phrase in phrases.get(&need.id).into_iter().flatten() {
                    add(phrase, meaning, rank);
                }
            }
        }
    }

    fn add(&mut self, phrase: &Phrase) {
        let named = matches!(phrase.meaning, Meaning::Departure(_) | Meaning::Software(_));
        if let Some(apart) = named.then(|| taken_apart(phrase.label)).flatten() {
            let is_small = |word: &str| {
                let known = self.words.get(&fold(word));
                known.is_some_and(|known| known.is_function || known.is_asking)
            };
            // "my own cloud" is not ownCloud.
            let is_departure = matches!(phrase.meaning, Meaning::Departure(_));
            if is_departure || !apart.split(' ').any(is_small) {
                self.add(&Phrase {
                    label: &apart,
                    ..*phrase
                });
            }
        }
        let folded = fold(phrase.label);
        let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        let has_sign = phrase
            .label
            .chars()
            .any(|c| !c.is_alphanumeric() && c != '-');
        if named && has_sign && !phrase.label.contains(char::is_whitespace) {
            self.signs
                .entry(phrase.label.to_lowercase())
                .or_insert(phrase.meaning);
        }
        let print = |word: &&str| fingerprint(word.as_bytes());
        let mut reading = Reading {
            meaning: phrase.meaning,
            rank: phrase.rank,
            faint: phrase.faint.contains(&folded),
            length: u8::try_from(folded.len()).unwrap_or(u8::MAX),
            spelling: spelling(words.iter().map(print)),
            exact: named && words.len() == 1,
        };
        let is_telling = |word: &&str| {
            let known = self.words.get(*word);
            !is_single_letter(word)
                && known.is_none_or(|known| !known.is_function && !known.is_asking)
        };
        if !words.iter().any(is_telling) {
            let known = self.whole.entry(folded).or_insert(reading);
            if reading.rank < known.rank || reading.meaning < known.meaning {
                *known = reading;
            }
            return;
        }
        self.insert(phrase.language, &words, reading);
        let content: Vec<&str> = words
            .iter()
            .copied()
            .filter(|word| !self.may_be_skipped(word))
            .collect();
        if content.len() < words.len() && content.len() > 1 {
            reading.spelling = spelling(content.iter().map(print));
            self.insert(phrase.language, &content, reading);
        }
        let joined = words.concat();
        if JOINED_WORDS.contains(&words.len())
            && content.len() == words.len()
            && joined.len() >= JOINED_FROM_CHARS
        {
            reading.exact = true;
            reading.spelling = spelling([fingerprint(joined.as_bytes())]);
            self.insert(phrase.language, &[&joined], reading);
        }
    }

    fn may_be_skipped(&self, word: &str) -> bool {
        is_single_letter(word) || self.words.get(word).is_some_and(|known| known.is_function)
    }

    fn insert(&mut self, language: usize, words: &[&str], reading: Reading) {
        let mut node = Self::ROOT;
        for word in words {
            self.word(word).is_named = true;
            let stem = self.stems.in_language(language, word).into_owned();
            let token = match self.numbers[language].get(&stem) {
                Some(token) => *token,
                None => {
                    let numbers: usize = self.numbers.iter().map(HashMap::len).sum();
                    let token = numbers as u32;
                    self.numbers[language].insert(stem, token);
                    token
                }
            };
            if let Meaning::Need(need) = reading.meaning {
                let needs = self.needs_of.entry(token).or_default();
                if !self.words[*word].is_asking && !needs.contains(&need) {
                    needs.push(need);
                }
            }
            let new = self.readings.len() as u32;
            node = *self.edges.entry((node, token)).or_insert(new);
            if node == new {
                self.readings.push(Vec::new());
            }
        }
        let readings = &mut self.readings[node as usize];
        let same = |known: &&mut Reading| {
            known.meaning == reading.meaning && known.spelling == reading.spelling
        };
        match readings.iter_mut().find(same) {
            Some(known) if reading.rank < known.rank => *known = reading,
            Some(_) => (),
            None => readings.push(reading),
        }
    }

    /// Gives every word its numbers, once all are known.
    fn number_words(&mut self) {
        let mut words = std::mem::take(&mut self.words);
        for (word, known) in &mut words {
            let mut tokens = Vec::with_capacity(LANGUAGES.len());
            self.stem(word, &mut tokens);
            known.tokens = tokens.into();
        }
        self.words = words;
    }

    fn word(&mut self, folded: &str) -> &mut Known {
        self.words.entry(folded.to_owned()).or_default()
    }
}

/// "We Transfer" for "WeTransfer".
fn taken_apart(name: &str) -> Option<String> {
    let mut apart = String::with_capacity(name.len() + 2);
    let mut was_small = false;
    for letter in name.chars() {
        if was_small && letter.is_uppercase() {
            apart.push(' ');
        }
        was_small = letter.is_lowercase();
        apart.push(letter);
    }
    (apart.len() > name.len()).then_some(apart)
}
