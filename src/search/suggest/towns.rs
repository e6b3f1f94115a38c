//! Places among the suggestions: alone, or after the words they answer to ("pad ly").

use crate::domain::fold::fold;
use crate::domain::gazetteer::Gazetteer;
use crate::domain::localized::Language;
use crate::domain::place::Place;

use super::{At, Match, Suggestion};
use crate::search::words::is_stop_word;

/// The most places among the suggestions of all kinds.
const MAX_TOWNS: usize = 3;
/// The shortest beginning of a place after other words, in letters: one would be any word's.
const MIN_LETTERS_AFTER_WORDS: usize = 2;
/// From how many inhabitants a town is likely to be meant, as long as nobody asks for one.
const KNOWN_FROM_INHABITANTS: u32 = 10_000;
/// The most words a place is begun with after others.
const MAX_WORDS_AFTER_WORDS: usize = 4;
/// Words before a place that belong to it, besides stop words.
const BEFORE_PLACES: [&str; 6] = ["pres", "proche", "autour", "vers", "near", "around"];

/// Places, for readers of a language.
pub struct Towns<'a> {
    /// Where they stand.
    pub gazetteer: &'a Gazetteer,
    /// Whose countries come first.
    pub language: Language,
}

impl Towns<'_> {
    /// The places that begin so; or, where the first words name something, that the last words begin.
    pub fn begun<'a>(
        &self,
        typed: &str,
        is_named: impl Fn(&str) -> bool,
    ) -> Vec<(Match, Suggestion<'a>)> {
        let alone = self.begun_after("", typed);
        if !alone.is_empty() {
            return alone;
        }
        let words: Vec<&str> = typed.split_whitespace().collect();
        let first = (1..words.len()).find(|count| is_named(&fold(&words[..*count].join(" "))));
        let first = first.map(|count| count.max(words.len().saturating_sub(MAX_WORDS_AFTER_WORDS)));
        let splits = first.map_or(0..0, |first| first..words.len());
        splits
            .map(|count| (words_kept(&words[..count]), words[count..].join(" ")))
            .filter(|(_, town)| fold(town).chars().count() >= MIN_LETTERS_AFTER_WORDS)
            .map(|(before, town)| self.begun_after(&before, &town))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// The places called so but for one slip.
    pub fn misspelt<'a>(&self, typed: &str) -> Vec<(Match, Suggestion<'a>)> {
        let countries = self.language.likely_countries();
        let places = self.gazetteer.nearly(typed, countries, MAX_TOWNS);
        let suggestion = |place| Suggestion::Place {
            place,
            before: String::new(),
        };
        let places = places.into_iter();
        places
            .map(|place| (Match::Misspelt(At::Label), suggestion(place)))
            .collect()
    }

    fn begun_after<'a>(&self, before: &str, town: &str) -> Vec<(Match, Suggestion<'a>)> {
        let countries = self.language.likely_countries();
        let places = self.gazetteer.begun(town, countries, MAX_TOWNS).into_iter();
        let suggestion = |place: Place| {
            let is_known = place.postcode.is_some() || place.population >= KNOWN_FROM_INHABITANTS;
            let how = match is_known {
                true => Match::Begun(At::Label),
                false => Match::SmallTown,
            };
            let before = before.to_owned();
            (how, Suggestion::Place { place, before })
        };
        places.map(suggestion).collect()
    }
}

/// The words before a place, without those that lead to it: "pad" of "pad près de".
fn words_kept(words: &[&str]) -> String {
    let leads = |word: &&&str| {
        let folded = fold(word);
        is_stop_word(&folded) || BEFORE_PLACES.contains(&folded.as_str())
    };
    let leading = words[1..].iter().rev().take_while(leads).count();
    words[..words.len() - leading].join(" ")
}
