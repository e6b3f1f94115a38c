//! The counts beside the results: for each filter, how many there would be with another choice of it.

use crate::domain::collective::Standing;
use crate::domain::hoster::{CountryCode, LanguageCode};
use crate::domain::need::{NeedId, SoftwareId};
use crate::domain::service::{PriceKind, Registration};

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

/// Pairs counts with what they count, drops the zeros, most frequent first, equals as they came.
pub fn ranked<T>(counts: &[u32], value_at: impl Fn(usize) -> T) -> Counts<T> {
    let mut ranked: Counts<T> = counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(position, count)| (value_at(position), *count as usize))
        .collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    ranked
}
