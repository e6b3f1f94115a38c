//! The gazetteer: towns, postcodes and countries by name, without asking anybody.
//!
//! The tables in `fixtures/data/geo` are compiled into one compressed blob by `build.rs` (with `compile`)
//! and embedded; opening decompresses it once, and every question is answered from those bytes. What a line
//! of text means is read in `question`, who goes first is decided in `rank`.
//!
//! Not here: streets, borders, anything that has to be kept up to date, and the reader's language, which
//! the caller turns into a list of countries.

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

use fst::map::Stream;
use fst::{IntoStreamer, Map, Streamer};
use thiserror::Error;

pub use self::glance::Glance;

use self::blob::{Blob, Malformed, Posting, Section};
use self::grid::Grid;
use self::key::{place_key, postcode_key, prefix_key, region_key};
use self::rank::{Best, Hit, Preference};
use self::rows::Rows;
use super::localized::Language;
use super::place::{Coordinates, Place};
use super::typo::{self, ONE_MISTAKE_FROM_CHARS, TWO_MISTAKES_FROM_CHARS};

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

    /// The places somebody may be about to write, best first: names and postcodes that begin so or,
    /// where there are none, what [`Gazetteer::find`] makes of it, if need be without the last word.
    pub fn suggest(&self, prefix: &str, prefer: &[&str], limit: usize) -> Vec<Place> {
        if !is_askable(prefix) {
            return Vec::new();
        }
        let preference = Preference::of(&self.rows, prefer).while_typing();
        let mut best = self.best(&preference, limit);
        self.add_beginning(prefix, &mut best);
        // `69007 ly`, `nantes, f`: the last word may be no word yet.
        let finished = prefix.trim_end().rsplit_once([' ', ',']);
        let finished = finished.map_or("", |(words, _)| words);
        for text in [prefix, finished] {
            if best.is_empty() {
                let hits = question::answer(&self.rows, text);
                hits.into_iter().for_each(|hit| best.add(hit));
            }
        }
        self.places(best.into_hits())
    }

    /// Names that differ a little from one that is not known, best first: by one letter from 4 letters on,
    /// by two from 8; two letters in the wrong order are one mistake.
    pub fn similar(&self, text: &str, prefer: &[&str], limit: usize) -> Vec<Place> {
        let preference = Preference::of(&self.rows, prefer);
        if !is_askable(text) {
            return Vec::new();
        }
        let name = place_key(question::name_part(text));
        let edits = match name.chars().count() {
            0..ONE_MISTAKE_FROM_CHARS => return Vec::new(),
            TWO_MISTAKES_FROM_CHARS..=LONG_NAME => 2,
            _ => 1,
        };
        let mut best = self.best(&preference, limit);
        let mut add = |hits: Vec<Hit>| {
            for hit in question::qualified(&self.rows, text, hits) {
                best.add(hit);
            }
            !best.is_empty()
        };
        for edits in 1..=edits {
            // Two edits take long, and what is nearer makes them idle.
            if add(self.within_edits(&name, edits)) {
                break;
            }
        }
        self.places(best.into_hits())
    }

    /// The town by which one would say where these coordinates are: a near one, rather a large one.
    /// `None` far out.
    pub fn nearest(&self, at: Coordinates) -> Option<Place> {
        let around = |km: f64| {
            let towns = self.grid.around(at, km);
            towns
                .map(|town| (town, self.rows.at(town).distance_km(&at)))
                .filter(move |(_, distance)| *distance <= km)
        };
        // As bodies attract each other; the 2 km keep a hamlet from being all there is on its own square.
        let pull = |town: u32, km: f64| {
            (f64::from(self.rows.population(town)) + 100.0) / (km + 2.0).powi(2)
        };
        let strongest = around(NEARBY_KM).max_by(|(town, km), (other, other_km)| {
            pull(*town, *km).total_cmp(&pull(*other, *other_km))
        });
        let closest = || around(NOWHERE_KM).min_by(|(_, km), (_, other)| km.total_cmp(other));
        let (place, _) = strongest.or_else(closest)?;
        self.places(vec![Hit::of_place(place)]).pop()
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
        let nobody = Preference::of(&self.rows, &[]);
        let place = |hit: Hit| {
            let mut place = self.rows.place(hit);
            if !self.is_alone(&hit, &place) {
                let first = self.answer(&place.label(), &nobody, 1);
                place.ambiguous = first.first().is_none_or(|first| !first.is_same(&hit));
            }
            place
        };
        hits.into_iter().map(place).collect()
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

    fn add_beginning(&self, typed: &str, best: &mut Best<'_>) {
        let key = prefix_key(typed);
        if key.is_empty() {
            return;
        }
        let names = self.rows.map(Section::Names);
        let mut names = beginning_with(&names, &key);
        while let Some((name, first)) = names.next() {
            let whole = name == key.trim_end().as_bytes();
            let hits = self.rows.named_from(first);
            hits.for_each(|hit| best.add(hit.whole(whole)));
        }
        let key = postcode_key(typed);
        // Without a digit it is hardly one, and every letter would begin a thousand of them.
        if !key.bytes().any(|letter| letter.is_ascii_digit()) {
            return;
        }
        let postcodes = self.rows.map(Section::Postcodes);
        let mut postcodes = beginning_with(&postcodes, &key);
        while let Some((_, first)) = postcodes.next() {
            self.rows
                .postcodes_from(first)
                .for_each(|hit| best.add(hit));
        }
    }

    fn within_edits(&self, name: &str, edits: u32) -> Vec<Hit> {
        let automaton = if edits == 1 {
            typo::once(name)
        } else {
            typo::twice(name)
        };
        let names = self.rows.map(Section::Names);
        let mut names = names.search(automaton).into_stream();
        let mut hits = Vec::new();
        while let Some((_, first)) = names.next() {
            hits.extend(self.rows.named_from(first).map(|hit| hit.sure(3 - edits)));
        }
        hits
    }
}

/// The entries whose keys begin so: up to where the last byte is one greater, which no UTF-8 byte forbids.
fn beginning_with<'a>(map: &'a Map<&[u8]>, key: &str) -> Stream<'a> {
    let mut end = key.as_bytes().to_vec();
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    map.range().ge(key).lt(end).into_stream()
}

fn is_askable(text: &str) -> bool {
    text.len() <= MAX_TEXT
}
