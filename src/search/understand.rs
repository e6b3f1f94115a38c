//! What a question is about: a departure or a need named in it, and the words left over.

use std::collections::HashMap;

use levenshtein_automata::Distance;

use crate::domain::fold::fold;
use crate::domain::taxonomy::Taxonomy;
use crate::domain::typo::{self, ONE_MISTAKE_FROM_CHARS};

use super::words::{Stems, is_stop_word, words_of_label, words_of_question};

/// What was recognised in a question, as positions in the [`Taxonomy`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Understood {
    /// The departure that was named.
    pub departure: Option<usize>,
    /// The need that was named, where no departure was.
    pub need: Option<usize>,
    /// The words that named it, folded.
    pub phrase: Vec<String>,
    /// The words left to look up, folded.
    pub rest: Vec<String>,
}

/// What a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Departure(usize),
    Need(usize),
}

/// The phrases that name a departure or a need, by the stems of their words.
pub struct Phrases {
    stems: Stems,
    /// Whole names as they are written, in lower case: "google+" is not "google".
    whole: HashMap<String, Meaning>,
    meanings: HashMap<String, Meaning>,
    /// The folded names of departures, to be recognised when misspelt.
    departures: Vec<(String, usize)>,
    longest: usize,
}

impl Phrases {
    /// Collects every name, alias and synonym. A departure's name wins over a need's synonym;
    /// a synonym that names two needs names neither, and stays a word to look up.
    pub fn new(taxonomy: &Taxonomy) -> Self {
        let mut phrases = Self {
            stems: Stems::default(),
            whole: HashMap::new(),
            meanings: HashMap::new(),
            departures: Vec::new(),
            longest: 0,
        };
        for (position, departure) in taxonomy.departures().iter().enumerate() {
            for name in std::iter::once(&departure.name).chain(&departure.aliases) {
                phrases.add(name.as_str(), Meaning::Departure(position));
                phrases.departures.push((fold(name.as_str()), position));
            }
            phrases.add(departure.slug.as_str(), Meaning::Departure(position));
        }
        for (position, need) in taxonomy.needs().iter().enumerate() {
            phrases.add(need.id.as_str(), Meaning::Need(position));
            for name in need.name.both() {
                phrases.add(name.as_str(), Meaning::Need(position));
            }
        }
        let mut by_synonym: HashMap<String, Vec<usize>> = HashMap::new();
        for (position, need) in taxonomy.needs().iter().enumerate() {
            for synonym in need.synonyms.all() {
                let needs = by_synonym
                    .entry(phrases.key(&words_of_label(synonym.as_str())))
                    .or_default();
                if needs.last() != Some(&position) {
                    needs.push(position);
                }
            }
        }
        for (key, needs) in by_synonym {
            if let [position] = needs[..] {
                phrases.add_key(key, Meaning::Need(position));
            }
        }
        phrases
    }

    /// Reads a question: the longest phrase that names something is taken out of it, the rest is kept.
    pub fn read(&self, question: &str) -> Understood {
        if let Some(meaning) = self.whole.get(&question.trim().to_lowercase()) {
            return Understood::of(*meaning, words_of_question(question), Vec::new());
        }
        let words = words_of_question(question);
        for length in (1..=self.longest.min(words.len())).rev() {
            for start in 0..=words.len() - length {
                let phrase = &words[start..start + length];
                if let Some(meaning) = self.meanings.get(&self.key(phrase)) {
                    let rest = [&words[..start], &words[start + length..]].concat();
                    return Understood::of(*meaning, phrase.to_vec(), rest);
                }
            }
        }
        if let Some(position) = self.misspelt_departure(&words.join(" ")) {
            return Understood::of(Meaning::Departure(position), words, Vec::new());
        }
        Understood {
            rest: searchable(words, question),
            ..Understood::default()
        }
    }

    /// The departure whose whole name differs by one mistake, if it is the only one.
    fn misspelt_departure(&self, name: &str) -> Option<usize> {
        if name.chars().count() < ONE_MISTAKE_FROM_CHARS {
            return None;
        }
        let misspelling = typo::once(name);
        let is_near =
            |known: &&(String, usize)| matches!(misspelling.eval(&known.0), Distance::Exact(_));
        let mut near = self.departures.iter().filter(is_near);
        let (_, position) = near.next()?;
        near.all(|(_, other)| other == position)
            .then_some(*position)
    }

    fn add(&mut self, label: &str, meaning: Meaning) {
        self.whole.entry(label.to_lowercase()).or_insert(meaning);
        self.add_key(self.key(&words_of_label(label)), meaning);
    }

    fn add_key(&mut self, key: String, meaning: Meaning) {
        if !key.is_empty() {
            self.longest = self.longest.max(key.split(' ').count());
            self.meanings.entry(key).or_insert(meaning);
        }
    }

    fn key(&self, words: &[String]) -> String {
        let stems: Vec<String> = words.iter().map(|word| self.stems.common(word)).collect();
        stems.join(" ")
    }
}

impl Understood {
    fn of(meaning: Meaning, phrase: Vec<String>, rest: Vec<String>) -> Self {
        let (departure, need) = match meaning {
            Meaning::Departure(position) => (Some(position), None),
            Meaning::Need(position) => (None, Some(position)),
        };
        Self {
            departure,
            need,
            phrase,
            rest: rest
                .into_iter()
                .filter(|word| !is_stop_word(word))
                .collect(),
        }
    }
}

/// The words of a question that names nothing: without stop words, unless there are no others; and
/// what holds no word at all is looked up as it stands, and not found.
fn searchable(words: Vec<String>, question: &str) -> Vec<String> {
    let telling: Vec<String> = words
        .iter()
        .filter(|word| !is_stop_word(word))
        .cloned()
        .collect();
    let raw = question.trim();
    match (telling.is_empty(), words.is_empty(), raw.is_empty()) {
        (false, ..) => telling,
        (true, false, _) => words,
        (true, true, false) => vec![raw.to_owned()],
        (true, true, true) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(question: &str) -> (Option<String>, Option<String>, String) {
        let taxonomy = Taxonomy::embedded();
        let understood = Phrases::new(&taxonomy).read(question);
        (
            understood
                .departure
                .map(|at| taxonomy.departures()[at].slug.as_str().to_owned()),
            understood
                .need
                .map(|at| taxonomy.needs()[at].id.as_str().to_owned()),
            understood.rest.join(" "),
        )
    }

    #[test]
    fn departures_and_needs_are_recognised_by_any_of_their_names() {
        for (question, slug) in [
            ("Framadate", "framadate"),
            ("google docs", "google-docs"),
            ("huit.re", "framalink"),
        ] {
            assert_eq!(read(question).0.as_deref(), Some(slug), "{question}");
        }
        for (question, need) in [
            ("cartes mentales", "mindmaps"),
            ("sondage de dates", "polls"),
            ("mind map", "mindmaps"),
            ("l'agenda", "calendars"),
            ("trouver une date", "polls"),
        ] {
            assert_eq!(read(question).1.as_deref(), Some(need), "{question}");
        }
    }

    #[test]
    fn the_words_around_are_kept_to_look_up() {
        assert_eq!(
            read("un tableur chez zaclys"),
            (None, Some("spreadsheets".into()), "chez zaclys".into())
        );
        assert_eq!(read("zaclys"), (None, None, "zaclys".into()));
        assert_eq!(read(""), (None, None, String::new()));
        assert_eq!(read("C++"), (None, None, "c".into()));
        assert_eq!(read(" ?! "), (None, None, "?!".into()));
    }

    #[test]
    fn a_misspelt_departure_is_the_departure() {
        for question in ["frmadate", "Framadte", "gogle docs"] {
            assert!(read(question).0.is_some(), "{question}");
        }
        assert_eq!(read("zaclys").0, None);
    }
}
