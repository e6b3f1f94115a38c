//! The counts beside the results: how many there would be with another choice in one filter.

use crate::domain::collective::Standing;
use crate::domain::hoster::{CountryCode, LanguageCode};
use crate::domain::need::{NeedId, SoftwareId};
use crate::domain::service::{PriceKind, Registration};

use super::Index;
use super::columns::Columns;
use super::filters::{
    COUNTRY, FILTERS, LANGUAGE, NEED, PRICE, REGISTRATION, SOFTWARE, STANDING, fails_one_at_most,
};

/// How often each value of one kind occurs, the most frequent first.
pub type Counts<T> = Vec<(T, usize)>;

/// All counts of one answer. A group's counts leave the group's own filter out, so that they say what
/// another choice would bring.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By need served, directly or through a suite.
    pub need: Counts<NeedId>,
    /// By way in.
    pub registration: Counts<Registration>,
    /// By kind of price.
    pub price: Counts<PriceKind>,
    /// By country.
    pub country: Counts<CountryCode>,
    /// By language the hoster answers in.
    pub language: Counts<LanguageCode>,
    /// By software.
    pub software: Counts<SoftwareId>,
    /// By the hoster's standing.
    pub standing: Counts<Standing>,
}

/// Running counts: of kinds, terms and traits, by position, from which follow those of what can be chosen.
pub struct Tally {
    /// What passes every filter.
    passing: [Vec<u32>; 3],
    /// Per filter, what passes every other: of kinds, terms or traits, whichever it is asked of.
    but_for: [Vec<u32>; FILTERS],
}

/// What a filter is asked of, as a position in [`Tally`]'s counts of what passes.
const KINDS: usize = 0;
const TERMS: usize = 1;
const TRAITS: usize = 2;

/// What each filter is asked of, in the order of their bits.
const ASKED_OF: [usize; FILTERS] = {
    let mut asked_of = [TRAITS; FILTERS];
    asked_of[NEED.trailing_zeros() as usize] = KINDS;
    asked_of[SOFTWARE.trailing_zeros() as usize] = KINDS;
    asked_of[REGISTRATION.trailing_zeros() as usize] = TERMS;
    asked_of[PRICE.trailing_zeros() as usize] = TERMS;
    asked_of
};

impl Tally {
    /// Nothing counted yet.
    pub fn new(columns: &Columns) -> Self {
        let lengths = [
            columns.kinds.len(),
            columns.distinct_terms.len(),
            columns.distinct_traits.len(),
        ];
        Self {
            passing: lengths.map(|length| vec![0; length]),
            but_for: ASKED_OF.map(|asked_of| vec![0; lengths[asked_of]]),
        }
    }

    /// Counts services that fail the same filters: everywhere if that is none, by what it asks if it is one,
    /// else nowhere. `alike` are the positions of their kind, terms and traits.
    pub fn add(&mut self, failed: u8, alike: [usize; 3], services: u32) {
        self.change(failed, alike, |count| *count += services);
    }

    /// Takes back one that was counted.
    pub fn take_back(&mut self, failed: u8, alike: [usize; 3]) {
        self.change(failed, alike, |count| *count -= 1);
    }

    fn change(&mut self, failed: u8, alike: [usize; 3], change: impl Fn(&mut u32)) {
        if failed == 0 {
            for (counts, at) in self.passing.iter_mut().zip(alike) {
                change(&mut counts[at]);
            }
        } else if fails_one_at_most(failed) {
            let filter = failed.trailing_zeros() as usize;
            change(&mut self.but_for[filter][alike[ASKED_OF[filter]]]);
        }
    }

    /// How many pass every filter.
    pub fn total(&self) -> usize {
        let kinds = self.passing[KINDS].iter();
        kinds.map(|count| *count as usize).sum()
    }

    /// Adds what another tally of the same columns has counted.
    pub fn merge(&mut self, other: &Self) {
        let counts = self.passing.iter_mut().chain(&mut self.but_for);
        let others = other.passing.iter().chain(&other.but_for);
        for (counts, others) in counts.zip(others) {
            for (count, other) in counts.iter_mut().zip(others) {
                *count += other;
            }
        }
    }

    /// Turns counts of what is alike into counts of what can be chosen, and positions into names.
    pub fn into_facets(self, index: &Index) -> Facets {
        let columns = &index.columns;
        let mut needs = vec![0; index.needs.len()];
        for (kind, count) in columns.kinds.iter().zip(self.of(NEED)) {
            for need in bits(kind.serves).filter(|_| count > 0) {
                needs[need] += count;
            }
        }
        let mut software = vec![0; index.software.len()];
        for (kind, count) in columns.kinds.iter().zip(self.of(SOFTWARE)) {
            if let Some(at) = kind.software {
                software[usize::from(at)] += count;
            }
        }
        let mut registrations = [0; Registration::ALL.len()];
        for (terms, count) in columns.distinct_terms.iter().zip(self.of(REGISTRATION)) {
            if let Some(registration) = terms.registration {
                registrations[registration as usize] += count;
            }
        }
        let mut prices = [0; PriceKind::ALL.len()];
        for (terms, count) in columns.distinct_terms.iter().zip(self.of(PRICE)) {
            if let Some(price) = terms.price {
                prices[price as usize] += count;
            }
        }
        let mut countries = vec![0; columns.countries.len()];
        for (traits, count) in columns.distinct_traits.iter().zip(self.of(COUNTRY)) {
            if let Some(country) = traits.country {
                countries[usize::from(country)] += count;
            }
        }
        let mut languages = vec![0; columns.languages.len()];
        for (traits, count) in columns.distinct_traits.iter().zip(self.of(LANGUAGE)) {
            for language in bits(traits.languages.into()).filter(|_| count > 0) {
                languages[language] += count;
            }
        }
        let mut standings = [0; Standing::ALL.len()];
        for (traits, count) in columns.distinct_traits.iter().zip(self.of(STANDING)) {
            standings[traits.standing as usize] += count;
        }
        Facets {
            need: ranked(&needs, |position| index.needs[position].clone()),
            registration: ranked(&registrations, |position| Registration::ALL[position]),
            price: ranked(&prices, |position| PriceKind::ALL[position]),
            country: ranked(&countries, |position| columns.countries[position]),
            language: ranked(&languages, |position| columns.languages[position]),
            software: ranked(&software, |position| index.software[position].clone()),
            standing: ranked(&standings, |position| Standing::ALL[position]),
        }
    }

    /// How many pass every filter but `filter`, by what that is asked of.
    fn of(&self, filter: u8) -> impl Iterator<Item = u32> {
        let filter = filter.trailing_zeros() as usize;
        let passing = self.passing[ASKED_OF[filter]].iter();
        let both = passing.zip(&self.but_for[filter]);
        both.map(|(passing, but_for)| passing + but_for)
    }
}

/// The positions of the bits of a set.
fn bits(mut set: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (set != 0).then(|| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(bit)
    })
}

/// Pairs counts with what they count, drops the zeros, most frequent first, equals as they came.
fn ranked<T>(counts: &[u32], value_at: impl Fn(usize) -> T) -> Counts<T> {
    let mut positions: Vec<usize> = (0..counts.len())
        .filter(|position| counts[*position] > 0)
        .collect();
    positions.sort_by_key(|position| std::cmp::Reverse(counts[*position]));
    (positions.into_iter())
        .map(|position| (value_at(position), counts[position] as usize))
        .collect()
}
