//! What a question is about: a departure, a need, a software and a place named in it, and the words left
//! over.
//!
//! Read in steps, each only where the ones before found nothing: addresses, and phrases as they are
//! written or by their stems; then guesses (`guess`). So usual questions take a few microseconds, and
//! none takes long.

mod asked;
mod collect;
mod gathered;
mod guess;
mod hosters;
mod misspelt;
mod phrases;
mod places;
#[cfg(test)]
mod tests;
mod told;
mod vocabulary;

use crate::domain::gazetteer::Gazetteer;
use crate::domain::localized::Language;
use crate::domain::taxonomy::Taxonomy;

use super::words::{LANGUAGES, MAX_WORDS_LOOKED_UP, bounded, words_of_label};

use asked::Asked;
use gathered::Gathered;
pub use hosters::HosterNames;
use misspelt::Spellings;
use places::{Around, PlaceSpan, PlaceWords};
use vocabulary::{Meaning, Vocabulary};

/// From so many words on a question is a sentence, of which only hosters' names are looked up beside what
/// it was understood to ask.
pub const SENTENCE_WORDS: usize = 5;

/// What was recognised in a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Understood {
    /// The departure that was named.
    pub departure: Option<Named>,
    /// The need that was named, or that the software serves first.
    pub need: Option<Named>,
    /// The software that was named, by position in the [`Taxonomy`]; its name is also left to look up.
    pub software: Option<usize>,
    /// The place that was named.
    pub place: Option<PlaceNamed>,
    /// The words left to look up, folded.
    pub rest: Vec<String>,
}

/// Something of the [`Taxonomy`] that was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its position.
    pub position: usize,
    /// The words that named it, folded; none where a software stands for it.
    pub words: Vec<String>,
}

/// A place that was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceNamed {
    /// Its words, folded, as the gazetteer is asked for it.
    pub name: String,
    /// The countries it is likeliest in, likeliest first.
    pub countries: Vec<&'static str>,
}

/// What questions are read with.
pub struct Phrases {
    vocabulary: Vocabulary,
    spellings: Spellings,
    place_words: PlaceWords,
}

/// What is known beside the phrases.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// What the phrases were collected from.
    pub taxonomy: &'a Taxonomy,
    /// Places.
    pub gazetteer: &'a Gazetteer,
    /// Names that name nothing else.
    pub hosters: &'a HosterNames,
    /// The reader's language.
    pub language: Language,
}

impl Phrases {
    /// Collects every name, alias, synonym and hint of every language.
    pub fn new(taxonomy: &Taxonomy) -> Self {
        let vocabulary = Vocabulary::new(taxonomy);
        Self {
            spellings: Spellings::new(&vocabulary),
            place_words: PlaceWords::new(),
            vocabulary,
        }
    }

    /// Reads a question. What stands in quotes is looked up as it is.
    pub fn read(&self, question: &str, known: &Surroundings) -> Understood {
        if let Some(quoted) = quoted(question) {
            return words_only(words_of_label(bounded(quoted)), quoted);
        }
        let mut asked = Asked::new(question, &self.vocabulary, known.taxonomy);
        if let Some(understood) = self.whole(&asked) {
            return understood;
        }
        let spans = phrases::spans(&asked, &self.vocabulary);
        let covers_all = |span: &phrases::Span| (span.start, span.end) == (0, asked.len());
        if asked.len() > 1 && known.hosters.has(asked.folded()) && !spans.iter().any(covers_all) {
            return words_only(asked.texts(|at| !asked.is_small(at)), question);
        }
        let mut gathered = Gathered::new(&asked, &spans, &self.vocabulary);
        let place = self.place(&asked, &gathered, known);
        let is_of_place = |at: usize| place.as_ref().is_some_and(|(span, _)| span.holds(at));
        if gathered.is_nothing() {
            gathered.take_faint(&asked, is_of_place);
        }
        if gathered.is_nothing() && asked.departure.is_none() {
            gathered = self
                .guess(&mut asked, is_of_place, known)
                .unwrap_or(gathered);
        }
        self.told(&asked, question, &gathered, place, known)
    }

    /// A question that is a name made of small words only ("trouver"), or of a sign ("X").
    fn whole(&self, asked: &Asked) -> Option<Understood> {
        if asked.departure.is_some() || !(0..asked.len()).all(|at| asked.is_small(at)) {
            return None;
        }
        let reading = self.vocabulary.whole.get(asked.folded())?;
        let named = |position| {
            Some(Named {
                position,
                words: asked.texts(|_| true),
            })
        };
        match reading.meaning {
            Meaning::Departure(position) => Some(Understood {
                departure: named(position),
                ..Understood::default()
            }),
            Meaning::Need(position) => Some(Understood {
                need: named(position),
                ..Understood::default()
            }),
            Meaning::Software(_) => None,
        }
    }

    /// The place among the words that name nothing else, and the countries it is likeliest in: those of
    /// the language of the question, then the reader's.
    fn place(
        &self,
        asked: &Asked,
        gathered: &Gathered,
        known: &Surroundings,
    ) -> Option<(PlaceSpan, Vec<&'static str>)> {
        let countries = countries(gathered.languages(), known.language);
        let around = Around {
            gazetteer: known.gazetteer,
            hosters: known.hosters,
            countries: &countries,
        };
        let span = self.place_words.find(asked, gathered.taken(), &around)?;
        let spoken = match span.language {
            Some(language) if gathered.languages() == 0 => 1 << language,
            _ => return Some((span, countries)),
        };
        Some((span, self::countries(spoken, known.language)))
    }
}

/// The countries whose places are likeliest meant: the reader's, after those of the language of the
/// question (one bit for each that it may be) where that is another.
fn countries(spoken: u32, reader: Language) -> Vec<&'static str> {
    let spoken = || (0..LANGUAGES.len()).filter(|language| spoken >> language & 1 == 1);
    let is_readers = |language: usize| LANGUAGES[language].language == reader.code();
    let other = spoken().next().filter(|_| !spoken().any(is_readers));
    let of_other = other
        .into_iter()
        .flat_map(|language| &LANGUAGES[language].countries);
    let mut countries: Vec<&'static str> = of_other.map(String::as_str).collect();
    countries.extend(reader.likely_countries());
    countries
}

/// What a question that names nothing is looked up by: its telling words, else all of them; what holds no
/// word at all is looked up as it stands, and not found.
fn words_only(telling: Vec<String>, question: &str) -> Understood {
    let raw = bounded(question).trim();
    let mut rest = telling;
    if rest.is_empty() {
        rest = words_of_label(raw);
    }
    if rest.is_empty() && !raw.is_empty() {
        rest.push(raw.to_owned());
    }
    rest.truncate(MAX_WORDS_LOOKED_UP);
    Understood {
        rest,
        ..Understood::default()
    }
}

/// What stands between quotes, if the whole question does.
fn quoted(question: &str) -> Option<&str> {
    let question = question.trim();
    [('"', '"'), ('“', '”'), ('«', '»')]
        .into_iter()
        .find_map(|(open, close)| question.strip_prefix(open)?.strip_suffix(close))
}
