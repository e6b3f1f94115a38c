//! The gazetteer: towns, postcodes and countries by name, without asking anybody.
//!
//! The tables in `fixtures/data/geo` are compiled into one compressed blob by `build.rs` (with `compile`)
//! and embedded; opening decompresses it once, and every question is answered from those bytes. What a line
//! of text means is read in `question`, who goes first is decided in `rank`.
//!
//! Not here: streets, borders, anything that has to be kept up to date, and the reader's language, which
//! the caller turns into a list of countries.

mod begun;
mod blob;
#[cfg(test)]
mod compile;
mod glance;
mod grid;
mod key;
mod qualifier;
mod question;
mod rank;
mod rows;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::OnceLock;

use fst::{IntoStreamer, Streamer};
use thiserror::Error;

pub use self::begun::Unread;
pub use self::glance::Glance;

use self::begun::Begun;
use self::blob::{Blob, Malformed, Posting, Section};
use self::grid::Grid;
use self::key::{place_key, region_key};
use self::rank::{Best, Hit, Preference};
use self::rows::Rows;
use super::localized::Language;
use super::place::{Coordinates, Place};
use super::point::Point;
use super::typo;

/// What `build.rs` made.
static EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/gazetteer.zst"));

/// A blob that unpacks to more is not ours.
const MOST_BYTES: usize = 16 << 20;

/// The longest text that is looked at, in bytes; the longest label has some 120. Longer ones find nothing.
pub const MAX_TEXT: usize = 240;

/// The most places one question gets.
pub const MAX_PLACES: usize = 100;

/// A longer name is compared with at most one edit, as the automaton grows with its length.
const LONG_NAME: usize = 30;

/// Within this distance a larger town stands for the smaller ones around it.
const NEARBY_KM: f64 = 30.0;

/// Farther from any town than this is nowhere.
const NOWHERE_KM: f64 = 100.0;

/// Finds places by name, postcode or coordinates.
pub struct Gazetteer {
    rows: Rows,
    grid: Grid,
    /// Made when somebody first types: many questions never need it.
    begun: OnceLock<Begun>,
}

/// Why a gazetteer does not open.
#[derive(Debug, Error)]
pub enum GazetteerError {
    /// Not zstd, damaged, or far too large.
    #[error("the gazetteer cannot be unpacked")]
    Unpack(#[from] io::Error),
    /// From another version of this crate, or cut off.
    #[error("the gazetteer cannot be read: {0}")]
    Malformed(#[from] Malformed),
    /// One of its indexes is not one.
    #[error("the gazetteer has a broken index")]
    Index(#[from] fst::Error),
}

impl Gazetteer {
    /// The one that was compiled in.
    pub fn embedded() -> Result<Self, GazetteerError> {
        Self::from_compressed(EMBEDDED)
    }

    /// One that this crate's build wrote.
    pub fn from_compressed(compressed: &[u8]) -> Result<Self, GazetteerError> {
        let mut bytes = zstd::bulk::decompress(compressed, MOST_BYTES)?;
        bytes.shrink_to_fit();
        let rows = Rows::new(Blob::open(bytes)?)?;
        Ok(Self {
            grid: Grid::of(&rows),
            rows,
            begun: OnceLock::new(),
        })
    }

    /// The places a text names, best first: a town's name in any language known, a postcode, each with or
    /// without a region, country or postcode after it, or a [`Place::label`].
    ///
    /// `prefer` has country codes, most wanted first. Nothing known, nothing found: an empty list.
    pub fn find(&self, text: &str, prefer: &[&str], limit: usize) -> Vec<Place> {
        let preference = Preference::of(&self.rows, prefer);
        self.places(self.answer(text, &preference, limit))
    }

    /// Names that differ a little from one that is not known, best first: by one letter from 4 letters on,
    /// by two from 8; two letters in the wrong order are one mistake.
    pub fn similar(&self, text: &str, prefer: &[&str], limit: usize) -> Vec<Place> {
        self.misspelt(text, prefer, limit, 2)
    }

    /// The same with one mistake at most, which is quick enough for every key that is pressed.
    pub fn nearly(&self, text: &str, prefer: &[&str], limit: usize) -> Vec<Place> {
        self.misspelt(text, prefer, limit, 1)
    }

    /// The town by which one would say where these coordinates are: a near one, rather a large one.
    /// `None` far out.
    pub fn nearest(&self, at: Coordinates) -> Option<Place> {
        let place = self.strongest(at).or_else(|| self.closest(at))?;
        self.places(vec![Hit::of_place(place)]).pop()
    }

    /// The town nearby that pulls most, as bodies attract each other; the 2 km keep a hamlet from being all
    /// there is on its own square.
    fn strongest(&self, at: Coordinates) -> Option<u32> {
        let point = Point::of(at);
        let mut strongest: Option<(u32, f64)> = None;
        for towns in self.grid.around(at, NEARBY_KM) {
            for town in towns {
                let bar = strongest.map_or(0.0, |(_, pull)| pull);
                let mass = f64::from(town.people) + 100.0;
                let pull = |km: f64| mass / (km + 2.0).powi(2);
                if pull(0.0) <= bar {
                    // Those that follow are smaller.
                    break;
                }
                let least_km = f64::from(point.least_km(town.point)).max(0.0);
                if least_km > NEARBY_KM || pull(least_km) <= bar {
                    continue;
                }
                let km = self.rows.at(town.place).distance_km(&at);
                if km <= NEARBY_KM && pull(km) > bar {
                    strongest = Some((town.place, pull(km)));
                }
            }
        }
        strongest.map(|(town, _)| town)
    }

    /// The closest town, however small.
    fn closest(&self, at: Coordinates) -> Option<u32> {
        let point = Point::of(at);
        let mut closest: Option<(u32, f64)> = None;
        for town in self.grid.around(at, NOWHERE_KM).flatten() {
            let bar = closest.map_or(NOWHERE_KM, |(_, km)| km);
            if f64::from(point.least_km(town.point)) > bar {
                continue;
            }
            let km = self.rows.at(town.place).distance_km(&at);
            if km <= NOWHERE_KM && closest.is_none_or(|(_, least)| km < least) {
                closest = Some((town.place, km));
            }
        }
        closest.map(|(town, _)| town)
    }

    /// A country's name, for its code in capitals.
    pub fn country_name(&self, code: &str, language: Language) -> Option<&str> {
        let (_, french, english) = self.countries().find(|(known, _, _)| *known == code)?;
        Some(match language {
            Language::French => french,
            Language::English => english,
        })
    }

    /// Every country: its code, its French and its English name.
    pub fn countries(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.rows.countries()
    }

    fn best<'a>(&'a self, preference: &'a Preference, limit: usize) -> Best<'a> {
        Best::new(&self.rows, preference, limit.min(MAX_PLACES))
    }

    fn answer(&self, text: &str, preference: &Preference, limit: usize) -> Vec<Hit> {
        if !is_askable(text) {
            return Vec::new();
        }
        let mut best = self.best(preference, limit);
        for hit in question::answer(&self.rows, text) {
            best.add(hit);
        }
        best.into_hits()
    }

    /// Hits as places, each ambiguous if its plain label leads to another one.
    fn places(&self, hits: Vec<Hit>) -> Vec<Place> {
        hits.into_iter().map(|hit| self.place(hit)).collect()
    }

    fn place(&self, hit: Hit) -> Place {
        let mut place = self.rows.place(hit);
        if !self.is_alone(&hit, &place) {
            let nobody = Preference::of(&self.rows, &[]);
            let first = self.answer(&place.label(), &nobody, 1);
            place.ambiguous = first.first().is_none_or(|first| !first.is_same(&hit));
        }
        place
    }

    fn misspelt(&self, text: &str, prefer: &[&str], limit: usize, most: usize) -> Vec<Place> {
        if !is_askable(text) {
            return Vec::new();
        }
        let name = place_key(question::name_part(text));
        let most = match name.chars().count() {
            0..=LONG_NAME => most,
            _ => most.min(1),
        };
        let preference = Preference::of(&self.rows, prefer);
        let mut best = self.best(&preference, limit);
        let mut add = |hits: Vec<Hit>| {
            for hit in question::qualified(&self.rows, text, hits) {
                best.add(hit);
            }
            !best.is_empty()
        };
        for edits in 1..=typo::slips(&name).min(most) {
            // Two edits take long, and what is nearer makes them idle.
            if add(self.within_edits(&name, edits)) {
                break;
            }
        }
        self.places(best.into_hits())
    }

    /// Whether a glance shows that a plain label leads to this town: its country has no other of its name,
    /// and its region is not called as a country is.
    fn is_alone(&self, hit: &Hit, place: &Place) -> bool {
        let is_plain = |letter: char| letter.is_alphabetic() || matches!(letter, ' ' | '-' | '\'');
        if hit.postcode.is_some() || !place.name.chars().all(is_plain) {
            return false;
        }
        let country = self.rows.country(hit.place);
        let mut others = self.rows.named(&place_key(&place.name));
        let admin = region_key(place.admin.as_deref().unwrap_or_default());
        let mut regions = self.rows.regions(&admin);
        others.all(|other| other.place == hit.place || self.rows.country(other.place) != country)
            && regions.all(|posting| posting.kind != Posting::COUNTRY)
    }

    fn within_edits(&self, name: &str, edits: usize) -> Vec<Hit> {
        let automaton = if edits == 1 {
            typo::once(name)
        } else {
            typo::twice(name)
        };
        let names = self.rows.map(Section::Names);
        let mut names = names.search(automaton).into_stream();
        let mut hits = Vec::new();
        while let Some((_, first)) = names.next() {
            hits.extend(
                self.rows
                    .named_from(first)
                    .map(|hit| hit.sure(3 - edits as u32)),
            );
        }
        hits
    }
}

fn is_askable(text: &str) -> bool {
    text.len() <= MAX_TEXT
}
