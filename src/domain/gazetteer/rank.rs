//! Which of several places somebody means: the larger, but rather one of their own countries.
//!
//! The rule, in one line: inhabitants × a factor for the reader's countries ÷ a divisor for how the place
//! was found. With 24 for the first country Laval in Mayenne goes before Laval near Montréal for a French
//! reader, while Montréal in Canada stays before its French namesakes, the largest 800 times smaller.
//! Who is still typing has said less, so there the country counts more. Postcodes are another matter:
//! whoever writes one means a country's own, so there the order of the countries comes first and size
//! after it.

use std::cmp::Reverse;

use super::blob::Posting;
use super::key::region_key;
use super::rows::Rows;

/// The factor for the first, second … of the reader's countries, and for all later ones.
const PREFERENCE: [u64; 4] = [24, 8, 4, 2];

/// The same while typing: with `s`, Strasbourg goes before Shanghai.
const PREFERENCE_TYPING: [u64; 4] = [576, 64, 16, 4];

/// Enough for a whole short name to stay in sight among the longer ones that begin so.
const WHOLE: u64 = 8;

/// What the French call a town is well known, but the French town of that name goes first (`Vienne`).
const EXONYM: u64 = 3;

/// Names from any language or time are often false friends (`Sion` was Jerusalem).
const ALIAS: u64 = 30;

/// `Lyon 3e` is larger than most towns that begin with `Lyon`, and seldom meant.
const DISTRICT: u64 = 10;

/// So that places whose population is not known are ordered too.
const NOBODY: u64 = 100;

/// What was found, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// A row of the place columns.
    pub place: u32,
    /// A row of the postcode columns, if the place was found by one.
    pub postcode: Option<u32>,
    /// By its own name or which other: a kind of [`Posting`].
    pub known_by: u32,
    /// The beginning that was typed is the whole name.
    pub whole: bool,
    /// How surely this was meant; what is surer goes first whatever its size.
    pub certainty: u32,
}

impl Hit {
    /// A place found by where it is.
    pub fn of_place(place: u32) -> Self {
        Self {
            place,
            postcode: None,
            known_by: Posting::NAME,
            whole: false,
            certainty: 0,
        }
    }

    /// The same hit, by a beginning that is the whole name or not.
    pub fn whole(self, whole: bool) -> Self {
        Self { whole, ..self }
    }

    /// The same hit, so sure.
    pub fn sure(self, certainty: u32) -> Self {
        Self { certainty, ..self }
    }

    /// Whether both are the same place with the same postcode.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.place, self.postcode) == (other.place, other.postcode)
    }
}

/// The reader's countries, most wanted first.
pub struct Preference {
    /// Countries and territories, by row, in the order of the codes.
    wanted: Vec<(usize, Posting)>,
    factors: [u64; 4],
}

impl Preference {
    /// For a whole name. Codes that are no country's are left out.
    pub fn of(rows: &Rows, codes: &[&str]) -> Self {
        let postings = codes.iter().enumerate().flat_map(|(position, code)| {
            rows.regions(&region_key(code))
                .map(move |posting| (position, posting))
        });
        Self {
            wanted: postings
                .filter(|(_, posting)| {
                    matches!(posting.kind, Posting::COUNTRY | Posting::TERRITORY)
                })
                .collect(),
            factors: PREFERENCE,
        }
    }

    /// For the beginning of a name.
    pub fn while_typing(self) -> Self {
        Self {
            factors: PREFERENCE_TYPING,
            ..self
        }
    }

    /// The reader's countries, by row, and whether the reader means but a part of it.
    pub fn countries(&self, rows: &Rows) -> impl Iterator<Item = (u32, bool)> {
        self.wanted.iter().map(|(_, posting)| match posting.kind {
            Posting::COUNTRY => (posting.row, false),
            _ => (rows.country_of_region(posting.row), true),
        })
    }

    fn score(&self, rows: &Rows, hit: &Hit) -> Score {
        let position = self.position(rows, hit.place);
        let mut score = Score {
            certainty: hit.certainty,
            country: None,
            weight: weight(rows, hit),
        };
        if hit.postcode.is_some() {
            score.country = Some(Reverse(position.unwrap_or(usize::MAX)));
            return score;
        }
        let factors = self.factors;
        let factor = position.map_or(1, |position| factors[position.min(factors.len() - 1)]);
        let whole = if hit.whole { WHOLE } else { 1 };
        score.weight *= factor * whole;
        score
    }

    fn position(&self, rows: &Rows, place: u32) -> Option<usize> {
        let mut wanted = self.wanted.iter();
        let wanted = wanted.find(|(_, posting)| rows.holds(*posting, place));
        wanted.map(|(position, _)| *position)
    }
}

/// How much a hit weighs for somebody of no country.
pub fn weight(rows: &Rows, hit: &Hit) -> u64 {
    let population = u64::from(rows.population(hit.place)) + NOBODY;
    if hit.postcode.is_some() {
        return population;
    }
    let divisor = match hit.known_by {
        Posting::NAME => 1,
        Posting::EXONYM => EXONYM,
        Posting::ALIAS.. => ALIAS,
    };
    let part = if rows.is_district(hit.place) {
        DISTRICT
    } else {
        1
    };
    // Every divisor divides it, so nothing is lost.
    population * ALIAS * DISTRICT / (divisor * part)
}

/// What hits are sorted by: the greatest goes first, and postcodes before names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    certainty: u32,
    country: Option<Reverse<usize>>,
    weight: u64,
}

/// The best few hits, without keeping the others.
pub struct Best<'a> {
    rows: &'a Rows,
    preference: &'a Preference,
    limit: usize,
    hits: Vec<(Score, Hit)>,
}

impl<'a> Best<'a> {
    /// Keeps at most `limit`.
    pub fn new(rows: &'a Rows, preference: &'a Preference, limit: usize) -> Self {
        Self {
            rows,
            preference,
            limit,
            hits: Vec::new(),
        }
    }

    /// Keeps a hit if it is among the best; of equals the earlier goes first, and a place is kept once.
    pub fn add(&mut self, hit: Hit) {
        let score = self.preference.score(self.rows, &hit);
        let worst = self.hits.last().map(|(worst, _)| *worst);
        if self.is_full() && worst.is_none_or(|worst| worst >= score) {
            return;
        }
        if let Some(index) = self.hits.iter().position(|(_, kept)| kept.is_same(&hit)) {
            if self.hits[index].0 >= score {
                return;
            }
            self.hits.remove(index);
        }
        let index = self.hits.partition_point(|(kept, _)| *kept >= score);
        self.hits.insert(index, (score, hit));
        self.hits.truncate(self.limit);
    }

    /// Nothing was found yet.
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }

    /// The most it keeps.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Only better hits still find room.
    pub fn is_full(&self) -> bool {
        self.hits.len() == self.limit
    }

    /// Best first.
    pub fn into_hits(self) -> Vec<Hit> {
        self.hits.into_iter().map(|(_, hit)| hit).collect()
    }
}
