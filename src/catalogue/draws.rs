//! Draws from an edition. What a draw is made from is prepared once per need or departure, its odds once per
//! place, both within a bound of memory: a draw itself then costs two look-ups.

use std::sync::Arc;

use moka::sync::Cache;

use super::Edition;
use super::answers::ENTRY_BYTES;
use crate::domain::localized::Language;
use crate::domain::place::{Cell, Coordinates, Place};
use crate::search::Hit;
use crate::search::draw::{Lots, Odds};
use crate::search::query::{FieldError, MAX_PARAMETER_CHARS, Problem, Query};

/// The most memory that prepared lots hold, in bytes.
const MAX_LOTS_BYTES: u64 = 32 << 20;
/// The most memory that odds hold, in bytes.
const MAX_ODDS_BYTES: u64 = 16 << 20;
/// The most places that are remembered as they were written; a place takes some three hundred bytes.
const MAX_PLACES: u64 = 10_000;

/// What somebody goes for, by position in the taxonomy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aim {
    /// Something they want to do.
    Need(usize),
    /// Something they leave.
    Departure(usize),
}

/// What was prepared so far; whoever stands in one cell draws with the odds of its centre.
pub(super) struct Draws {
    lots: Cache<Aim, Arc<Lots>>,
    odds: Cache<(Aim, Option<Cell>), Arc<Odds>>,
    places: Cache<String, Arc<Place>>,
}

impl Default for Draws {
    fn default() -> Self {
        let weight = |bytes: usize| u32::try_from(bytes + ENTRY_BYTES).unwrap_or(u32::MAX);
        Self {
            lots: Cache::builder()
                .max_capacity(MAX_LOTS_BYTES)
                .weigher(move |_, lots: &Arc<Lots>| weight(lots.heap_bytes()))
                .build(),
            odds: Cache::builder()
                .max_capacity(MAX_ODDS_BYTES)
                .weigher(move |_, odds: &Arc<Odds>| weight(odds.heap_bytes()))
                .build(),
            places: Cache::new(MAX_PLACES),
        }
    }
}

impl Edition {
    /// The need or else the departure of a slug.
    pub fn aim(&self, slug: &str) -> Option<Aim> {
        let need = self.taxonomy().need_position(slug).map(Aim::Need);
        let departure = || self.taxonomy().departure_position(slug);
        need.or_else(|| departure().map(Aim::Departure))
    }

    /// Slugs of departures, then of needs, that are close to one that nobody knows.
    pub fn similar_aims(&self, slug: &str, limit: usize) -> Vec<String> {
        let mut similar = self.suggestions.similar_departures(slug, limit);
        similar.extend(self.suggestions.similar_needs(slug, limit));
        similar.truncate(limit);
        similar
    }

    /// The question whose answers are drawn from.
    pub fn query_of(&self, aim: Aim) -> Query {
        let taxonomy = self.taxonomy();
        match aim {
            Aim::Need(at) => Query {
                need: Some(taxonomy.needs()[at].id.to_string()),
                ..Query::default()
            },
            Aim::Departure(at) => Query {
                leave: Some(taxonomy.departures()[at].slug.to_string()),
                ..Query::default()
            },
        }
    }

    /// Where a text leads to, as a search takes it: coordinates to themselves, without looking which town is
    /// there.
    pub fn whereabouts(
        &self,
        near: &str,
        language: Language,
    ) -> Result<Coordinates, Vec<FieldError>> {
        match near.parse() {
            Ok(at) => Ok(at),
            Err(_) => Ok(self.place(near, language)?.coordinates),
        }
    }

    /// The place that a text names to readers of a language, as a search takes it; near matches where nobody
    /// knows it.
    pub fn place(&self, near: &str, language: Language) -> Result<Arc<Place>, Vec<FieldError>> {
        if near.chars().count() > MAX_PARAMETER_CHARS {
            return Err(vec![FieldError {
                field: "near",
                problem: Problem::TooLong,
            }]);
        }
        let key = format!("{}:{near}", language.code());
        if let Some(known) = self.draws.places.get(&key) {
            return Ok(known);
        }
        let query = Query {
            near: Some(near.to_owned()),
            ..Query::default()
        };
        let place = self.understand(&query, language)?.place;
        let place = Arc::new(place.expect("a question that is understood has the place it names"));
        self.draws.places.insert(key, Arc::clone(&place));
        Ok(place)
    }

    /// Draws a service for somebody at a place, or anywhere; `None` if none is fit. At one revision, on one day
    /// and from one place, a seed always draws the same.
    pub fn draw(&self, aim: Aim, from: Option<Coordinates>, seed: u64) -> Option<Hit> {
        let lots = self.lots(aim);
        let cell = from.map(Cell::of);
        let prepare = || Arc::new(lots.odds(cell.map(Cell::centre)));
        let odds = self.draws.odds.get_with((aim, cell), prepare);
        let hit = lots.draw(&odds, seed)?.clone();
        let at = self.hosters[hit.hoster].place.coordinates;
        Some(match from {
            Some(from) => hit.seen_from(from, at),
            None => hit,
        })
    }

    /// What can be drawn.
    pub fn lots(&self, aim: Aim) -> Arc<Lots> {
        let prepare = || {
            // What an aim names is known, so its question is always understood.
            let question = self.understand(&self.query_of(aim), Language::French);
            let hits = question.map(|question| self.index.candidates(&question));
            let hits = hits.unwrap_or_default();
            Arc::new(Lots::new(hits, &self.services, &self.hosters))
        };
        self.draws.lots.get_with(aim, prepare)
    }
}
