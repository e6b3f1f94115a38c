//! The counts beside the results: for each filter, how many there would be with another choice of it.

use crate::domain::collective::Standing;
use crate::domain::hoster::{CountryCode, LanguageCode};
use crate::domain::need::{NeedId, SoftwareId};
use crate::domain::service::{PriceKind, Registration};

use super::Index;
use super::columns::{HosterRow, ServiceRow};

/// Counts for each value that occurs, the most frequent first.
pub type Counts<T> = Vec<(T, usize)>;

/// All counts of one answer. A group's counts leave the group's own filter out, so that they say what
/// another choice would bring.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets<'a> {
    /// By need served, directly or through a suite.
    pub need: Counts<&'a NeedId>,
    /// By way in.
    pub registration: Counts<Registration>,
    /// By kind of price.
    pub price: Counts<PriceKind>,
    /// By country.
    pub country: Counts<CountryCode>,
    /// By language the hoster answers in.
    pub language: Counts<LanguageCode>,
    /// By software.
    pub software: Counts<&'a SoftwareId>,
    /// By the hoster's standing.
    pub standing: Counts<Standing>,
}

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

/// Running counts, by position.
pub struct Tally {
    kinds: Vec<u32>,
    kinds_by_software: Vec<u32>,
    countries: Vec<u32>,
    languages: Vec<u32>,
    registrations: [u32; Registration::ALL.len()],
    prices: [u32; PriceKind::ALL.len()],
    standings: [u32; Standing::ALL.len()],
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(index: &Index) -> Self {
        let columns = &index.columns;
        Self {
            kinds: vec![0; columns.kinds.len()],
            kinds_by_software: vec![0; columns.kinds.len()],
            countries: vec![0; columns.countries.len()],
            languages: vec![0; columns.languages.len()],
            registrations: [0; Registration::ALL.len()],
            prices: [0; PriceKind::ALL.len()],
            standings: [0; Standing::ALL.len()],
        }
    }

    /// Counts a service wherever it fails no filter but that group's own.
    pub fn add(&mut self, failed: u8, service: &ServiceRow, hoster: &HosterRow) {
        let counts_in = |filter: u8| failed & !filter == 0;
        if counts_in(NEED) {
            self.kinds[service.kind as usize] += 1;
        }
        if counts_in(SOFTWARE) {
            self.kinds_by_software[service.kind as usize] += 1;
        }
        if counts_in(REGISTRATION)
            && let Some(registration) = service.registration
        {
            self.registrations[registration as usize] += 1;
        }
        if counts_in(PRICE)
            && let Some(price) = service.price
        {
            self.prices[price as usize] += 1;
        }
        if counts_in(COUNTRY)
            && let Some(country) = hoster.country
        {
            self.countries[country as usize] += 1;
        }
        if counts_in(LANGUAGE) {
            let mut languages = hoster.languages;
            while languages != 0 {
                self.languages[languages.trailing_zeros() as usize] += 1;
                languages &= languages - 1;
            }
        }
        if counts_in(STANDING) {
            self.standings[hoster.standing as usize] += 1;
        }
    }

    /// Turns counts of kinds into counts of needs and of software, and positions into names.
    pub fn into_facets(self, index: &Index) -> Facets<'_> {
        let columns = &index.columns;
        let mut needs = vec![0; index.needs.len()];
        let mut software = vec![0; index.software.len()];
        for (position, kind) in columns.kinds.iter().enumerate() {
            for (need, count) in needs.iter_mut().enumerate() {
                *count += self.kinds[position] * u32::from(kind.serves >> need & 1 == 1);
            }
            if let Some(at) = kind.software {
                software[usize::from(at)] += self.kinds_by_software[position];
            }
        }
        Facets {
            need: ranked(&needs, |position| &index.needs[position]),
            registration: ranked(&self.registrations, |position| Registration::ALL[position]),
            price: ranked(&self.prices, |position| PriceKind::ALL[position]),
            country: ranked(&self.countries, |position| columns.countries[position]),
            language: ranked(&self.languages, |position| columns.languages[position]),
            software: ranked(&software, |position| &index.software[position]),
            standing: ranked(&self.standings, |position| Standing::ALL[position]),
        }
    }
}

/// Pairs counts with what they count, drops the zeros, most frequent first, equals as they came.
fn ranked<T>(counts: &[u32], value_at: impl Fn(usize) -> T) -> Counts<T> {
    let mut ranked: Counts<T> = counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(position, count)| (value_at(position), *count as usize))
        .collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    ranked
}
