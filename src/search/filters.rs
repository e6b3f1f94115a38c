//! What a question leaves out: its filters, turned into look-ups that are made once for all that is alike.

use crate::domain::hoster::CountryCode;
use crate::domain::need::SoftwareId;

use super::columns::{Columns, Kind, Terms, Traits};
use super::question::Question;
use super::rank::Answer;

// The filters a service can fail, as bits. One that fails a single filter is counted in that group and
// nowhere else, so each group says what another choice in it would bring.

/// It does not serve the need.
pub const NEED: u8 = 1;
/// One gets in another way.
pub const REGISTRATION: u8 = 1 << 1;
/// It costs otherwise.
pub const PRICE: u8 = 1 << 2;
/// Its hoster is in another country.
pub const COUNTRY: u8 = 1 << 3;
/// Its hoster answers in other languages.
pub const LANGUAGE: u8 = 1 << 4;
/// It runs something else.
pub const SOFTWARE: u8 = 1 << 5;
/// Its hoster's standing is not among those shown.
pub const STANDING: u8 = 1 << 6;
/// How many filters there are.
pub const FILTERS: usize = 7;

/// The filters of a question, as positions and sets of bits. Two questions with the same filters have the
/// same counts, so this is also what counts are kept by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Filters {
    /// The needs that answer, the main one first; none for any.
    needs: Vec<usize>,
    registrations: u8,
    prices: u8,
    standings: u8,
    countries: Option<Vec<u16>>,
    languages: Option<u64>,
    software: Option<Vec<u16>>,
    /// Departures that are no answer: what is being left.
    left: Vec<u16>,
}

impl Filters {
    /// Looks up what a question names.
    pub fn new(question: &Question, columns: &Columns, software: &[SoftwareId]) -> Self {
        let query = &question.query;
        let ways_in = query.registration.iter().map(|way| *way as u8);
        let prices = query.price.iter().map(|price| *price as u8);
        let standings = question.standings.iter().map(|standing| *standing as u8);
        let left = question.excluded_departures.iter();
        let runs = |id: &SoftwareId| query.software.iter().any(|asked| asked == id.as_str());
        let is_asked = |country: &CountryCode| query.country.contains(country);
        let languages = positions(&columns.languages, |code| query.language.contains(code));
        Self {
            needs: question.needs.clone(),
            registrations: set(ways_in),
            prices: set(prices),
            standings: set(standings),
            countries: (!query.country.is_empty())
                .then(|| positions(&columns.countries, is_asked).collect()),
            languages: (!query.language.is_empty())
                .then(|| languages.fold(0, |set, bit| set | 1 << bit)),
            software: (!query.software.is_empty()).then(|| positions(software, runs).collect()),
            left: left.map(|position| *position as u16).collect(),
        }
    }

    /// The first of the asked needs that a kind is made for, else the first its suite serves; its own need if
    /// none was asked for.
    pub fn answer_of(&self, kind: &Kind) -> Option<(usize, Answer)> {
        if self.needs.is_empty() {
            return Some((usize::from(kind.need), Answer::Directly));
        }
        let answers = |need: &usize| Some((*need, kind.answers(*need)?));
        let direct =
            (self.needs.iter().filter_map(answers)).find(|(_, answer)| *answer == Answer::Directly);
        direct.or_else(|| self.needs.iter().find_map(answers))
    }

    /// The filters that services of a kind fail; `answers` says whether it answers the needs.
    pub fn failed_by_kind(&self, kind: &Kind, answers: bool) -> u8 {
        failed(NEED, answers) | failed(SOFTWARE, is_among(&self.software, kind.software))
    }

    /// The filters that services on these terms fail.
    pub fn failed_by_terms(&self, terms: &Terms) -> u8 {
        let registration = terms.registration.map(|way| way as u8);
        let price = terms.price.map(|price| price as u8);
        failed(REGISTRATION, is_in(self.registrations, registration))
            | failed(PRICE, is_in(self.prices, price))
    }

    /// The filters that services of hosters with these traits fail.
    pub fn failed_by_traits(&self, traits: &Traits) -> u8 {
        let languages = self.languages;
        let speaks = languages.is_none_or(|languages| traits.languages & languages != 0);
        failed(COUNTRY, is_among(&self.countries, traits.country))
            | failed(LANGUAGE, speaks)
            | failed(STANDING, is_in(self.standings, Some(traits.standing as u8)))
    }

    /// The rows of what is being left, in order: they are no answer and count nowhere.
    pub fn rows_left(&self, columns: &Columns) -> Vec<u32> {
        match self.left.is_empty() {
            true => Vec::new(),
            false => columns.rows_of_departures(&self.left),
        }
    }
}

fn failed(filter: u8, passes: bool) -> u8 {
    if passes { 0 } else { filter }
}

fn is_in(set: u8, bit: Option<u8>) -> bool {
    set == 0 || bit.is_some_and(|bit| set >> bit & 1 == 1)
}

fn is_among(chosen: &Option<Vec<u16>>, value: Option<u16>) -> bool {
    match chosen {
        None => true,
        Some(chosen) => value.is_some_and(|value| chosen.contains(&value)),
    }
}

/// Whether a service that fails these filters is counted somewhere.
pub fn fails_one_at_most(failed: u8) -> bool {
    failed & failed.wrapping_sub(1) == 0
}

fn set(bits: impl Iterator<Item = u8>) -> u8 {
    bits.fold(0, |set, bit| set | 1 << bit)
}

fn positions<T>(all: &[T], is_chosen: impl Fn(&T) -> bool) -> impl Iterator<Item = u16> {
    (all.iter().enumerate())
        .filter(move |(_, item)| is_chosen(item))
        .map(|(position, _)| position as u16)
}
