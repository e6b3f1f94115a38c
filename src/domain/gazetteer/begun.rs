//! While somebody types: the best of what begins so, without a look at the rest (`s` begins twenty thousand
//! names).
//!
//! Within a country, and among those of no country of the reader's, the heavier goes first whoever reads.
//! So the best few for a reader are among the best few of each of their countries and the best few of all;
//! [`Tournament`]s over the rows in the order of their keys find those.

use std::ops::Range;

use fst::{IntoStreamer, Streamer};

use super::super::place::Place;
use super::super::tournament::Tournament;
use super::blob::{Posting, Section};
use super::key::{postcode_key, prefix_key};
use super::rank::{Best, Hit, Preference, weight};
use super::rows::Rows;
use super::{Gazetteer, is_askable, question};

/// The names and the postcodes of the gazetteer, to be asked by stretches of their rows.
pub struct Begun {
    names: Contest,
    postcodes: Contest,
}

/// A place that was found and not yet read, which costs more than finding it.
pub struct Unread(Hit);

/// Rows in the order of their keys, weighed in all and by country.
struct Contest {
    all: Tournament,
    countries: Vec<Country>,
}

#[derive(Default)]
struct Country {
    /// Ascending.
    rows: Vec<u32>,
    weights: Tournament,
}

impl Gazetteer {
    /// The places somebody may be about to write, best first: names and postcodes that begin so or,
    /// where there are none, what [`Gazetteer::find`] makes of it, if need be without the last word.
    pub fn suggest(&self, prefix: &str, prefer: &[&str], limit: usize) -> Vec<Place> {
        let unread = self.suggest_unread(prefix, prefer, limit).into_iter();
        unread.map(|place| self.read(&place)).collect()
    }

    /// The same for who shows but some of a list.
    pub fn suggest_unread(&self, prefix: &str, prefer: &[&str], limit: usize) -> Vec<Unread> {
        if !is_askable(prefix) {
            return Vec::new();
        }
        let preference = Preference::of(&self.rows, prefer).while_typing();
        let mut best = self.best(&preference, limit);
        self.add_begun(prefix, &preference, &mut best);
        // `69007 ly`, `nantes, f`: the last word may be no word yet.
        let finished = prefix.trim_end().rsplit_once([' ', ',']);
        let finished = finished.map_or("", |(words, _)| words);
        for text in [prefix, finished] {
            if best.is_empty() {
                let hits = question::answer(&self.rows, text);
                hits.into_iter().for_each(|hit| best.add(hit));
            }
        }
        best.into_hits().into_iter().map(Unread).collect()
    }

    /// A place that was found.
    pub fn read(&self, Unread(hit): &Unread) -> Place {
        self.place(*hit)
    }

    /// Of [`Gazetteer::suggest`] only what surely begins so, and not by a name of another language or time
    /// (Topeka called itself Google for a month): places among other things.
    pub fn begun(&self, prefix: &str, prefer: &[&str], limit: usize) -> Vec<Place> {
        if !is_askable(prefix) {
            return Vec::new();
        }
        let preference = Preference::of(&self.rows, prefer).while_typing();
        let mut best = self.best(&preference, limit);
        self.add_begun(prefix, &preference, &mut best);
        let mut hits = best.into_hits();
        hits.retain(|hit| hit.known_by != Posting::ALIAS);
        self.places(hits)
    }

    pub(super) fn add_begun(&self, typed: &str, preference: &Preference, best: &mut Best<'_>) {
        let begun = self.begun.get_or_init(|| Begun::new(&self.rows));
        let key = prefix_key(typed);
        if !key.is_empty() {
            let stretch = self.stretch(Section::Names, Section::NamePostings, &key);
            let whole = self.rows.named(&key).count() as u32;
            let whole = stretch.start..stretch.start + whole;
            let mut rows = begun.names(&self.rows, stretch, preference, best.limit());
            rows.retain(|row| !whole.contains(row));
            for row in whole.clone().chain(rows) {
                best.add(self.rows.name(row).whole(whole.contains(&row)));
            }
        }
        let key = postcode_key(typed);
        // Without a digit it is hardly one, and every letter would begin a thousand of them.
        if key.bytes().any(|letter| letter.is_ascii_digit()) {
            let stretch = self.stretch(Section::Postcodes, Section::PostcodeTown, &key);
            for row in begun.postcodes(&self.rows, stretch, preference, best.limit()) {
                best.add(self.rows.postcode(row));
            }
        }
    }

    /// The rows of the keys that begin so: up to where the last byte is one greater, which no UTF-8 byte
    /// forbids.
    fn stretch(&self, map: Section, column: Section, key: &str) -> Range<u32> {
        let map = self.rows.map(map);
        let mut end = key.as_bytes().to_vec();
        if let Some(last) = end.last_mut() {
            *last += 1;
        }
        let first_row = |key: &[u8]| {
            let mut following = map.range().ge(key).into_stream();
            let first = following.next().map(|(_, first)| first as u32);
            first.unwrap_or_else(|| self.rows.count(column))
        };
        first_row(key.as_bytes())..first_row(&end)
    }
}

impl Begun {
    /// Weighs every name and postcode once.
    pub fn new(rows: &Rows) -> Self {
        Self {
            names: Contest::new(rows, rows.all_names()),
            postcodes: Contest::new(rows, rows.all_postcodes()),
        }
    }

    /// The rows of names among which the best `limit` places of a stretch are, ascending.
    pub fn names(
        &self,
        rows: &Rows,
        stretch: Range<u32>,
        preference: &Preference,
        limit: usize,
    ) -> Vec<u32> {
        let named = |row| rows.name(row);
        let found = self.names.at_home(rows, &stretch, preference, limit, named);
        self.names.and_elsewhere(&stretch, found, limit, named)
    }

    /// The same of postcodes: whatever is elsewhere comes after all that is at home.
    pub fn postcodes(
        &self,
        rows: &Rows,
        stretch: Range<u32>,
        preference: &Preference,
        limit: usize,
    ) -> Vec<u32> {
        let coded = |row| rows.postcode(row);
        let found = self
            .postcodes
            .at_home(rows, &stretch, preference, limit, coded);
        let limit = limit + found.len();
        self.postcodes.and_elsewhere(&stretch, found, limit, coded)
    }
}

impl Contest {
    fn new(rows: &Rows, hits: impl Iterator<Item = Hit>) -> Self {
        let (mut all, mut by_country) = (Vec::new(), Vec::<(Vec<u32>, Vec<u32>)>::new());
        for (row, hit) in (0..).zip(hits) {
            // The bits of a positive float grow with it, and the least number wins.
            let number = !(weight(rows, &hit) as f32).to_bits();
            all.push(number);
            let country = rows.country(hit.place) as usize;
            if by_country.len() <= country {
                by_country.resize_with(country + 1, Default::default);
            }
            by_country[country].0.push(row);
            by_country[country].1.push(number);
        }
        let countries = by_country.into_iter().map(|(rows, weights)| Country {
            rows,
            weights: Tournament::new(weights),
        });
        Self {
            all: Tournament::new(all),
            countries: countries.collect(),
        }
    }

    fn at_home(
        &self,
        rows: &Rows,
        stretch: &Range<u32>,
        preference: &Preference,
        limit: usize,
        hit: impl Fn(u32) -> Hit,
    ) -> Vec<u32> {
        let mut found = Vec::new();
        for (country, in_part) in preference.countries(rows) {
            let Some(country) = self.countries.get(country as usize) else {
                continue;
            };
            // A part of a country is small; so the whole country's rows are looked through.
            let limit = if in_part { usize::MAX } else { limit };
            let place = |row: &u32| country.rows.partition_point(|known| known < row);
            let within = place(&stretch.start)..place(&stretch.end);
            let best = country.weights.in_order([within]);
            add_best(&mut found, best.map(|at| country.rows[at]), limit, &hit);
        }
        found
    }

    fn and_elsewhere(
        &self,
        stretch: &Range<u32>,
        mut found: Vec<u32>,
        limit: usize,
        hit: impl Fn(u32) -> Hit,
    ) -> Vec<u32> {
        let within = stretch.start as usize..stretch.end as usize;
        let best = self.all.in_order([within]);
        add_best(&mut found, best.map(|row| row as u32), limit, hit);
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Adds rows until they are of so many places, or postcodes, as one has several names.
fn add_best(
    found: &mut Vec<u32>,
    best: impl Iterator<Item = u32>,
    limit: usize,
    hit: impl Fn(u32) -> Hit,
) {
    let mut different: Vec<Hit> = Vec::new();
    for row in best {
        if different.len() >= limit {
            break;
        }
        found.push(row);
        let hit = hit(row);
        if !different.iter().any(|known| known.is_same(&hit)) {
            different.push(hit);
        }
    }
}
