//! Where a service row comes among the answers to one question: first a bound that costs little, then exactly.

use std::cmp::Ordering;

use chrono::NaiveDate;

use crate::domain::place::Cell;

use super::Distance;
use super::columns::{Block, Columns};
use super::fair::{self, Turns};
use super::near::{self, Vicinity, Within};
use super::query::Sort;
use super::question::Question;
use super::rank::{self, Answer, Score};

/// The order of one question.
pub struct Order<'a> {
    columns: &'a Columns,
    sort: Sort,
    vicinity: Option<Vicinity>,
    /// The turns of who asks from the place that was named.
    turns: Option<Turns>,
}

impl<'a> Order<'a> {
    /// Of a question.
    pub fn new(question: &Question, columns: &'a Columns, today: NaiveDate) -> Self {
        let within = question.query.within;
        let place = question.place.as_ref();
        let vicinity = place.map(|place| Vicinity::new(place.coordinates, within));
        Self {
            columns,
            sort: question.query.sort,
            turns: place.map(|place| {
                let from = Cell::of(place.coordinates);
                Turns::new(today.to_epoch_days().into(), Some(from))
            }),
            vicinity,
        }
    }

    /// Whether rows come by base and turn alone, so that those of a kind stand in order in the columns.
    pub fn is_by_base(&self) -> bool {
        self.sort == Sort::Relevance && self.vicinity.is_none()
    }

    /// The least lot that a row of a block must have drawn so that its order may be `bar` or more; none if no
    /// row's is.
    pub fn least_lot(
        &self,
        block: &Block,
        text: f32,
        answer: Answer,
        bar: Option<u64>,
    ) -> Option<f32> {
        let Some((first, turn)) = bar.map(split) else {
            return Some(0.0);
        };
        let (at_most, pull) = match self.sort {
            Sort::Relevance => {
                let nearness = self.most_nearness(block);
                let pull = block.most_pull * (text * answer.fit()) * nearness;
                (fair::band(text, block.most_base * nearness), pull)
            }
            Sort::Distance => (by_distance(self.least_km_to(block)), f32::INFINITY),
            Sort::Name | Sort::Recent => (u32::MAX, f32::INFINITY),
        };
        match at_most.cmp(&first) {
            Ordering::Less => None,
            Ordering::Equal if pull.is_finite() => Some(fair::least_lot(turn, pull)),
            Ordering::Equal | Ordering::Greater => Some(0.0),
        }
    }

    /// How much a block promises, against others; none where that does not depend on the place.
    pub fn promise(&self, block: &Block) -> Option<f32> {
        self.vicinity.as_ref()?;
        match self.sort {
            Sort::Relevance => Some(block.most_pull * self.most_nearness(block)),
            Sort::Distance => Some(self.most_nearness(block)),
            Sort::Name | Sort::Recent => None,
        }
    }

    /// Whether a row drew at least a lot.
    #[inline]
    pub fn drew(&self, row: u32, least: f32) -> bool {
        least <= 0.0
            || self
                .turns
                .is_none_or(|turns| turns.lot(self.columns.lots[row as usize].0) >= least)
    }

    /// Whether a row's order may be `bar` or more.
    #[inline]
    pub fn may_attain(&self, row: u32, text: f32, answer: Answer, bar: u64) -> bool {
        let (first, turn) = split(bar);
        let base = self.columns.base[row as usize];
        let least_km = |vicinity: &Vicinity| vicinity.least_km(self.columns.points[row as usize]);
        let least_km = self.vicinity.as_ref().map(least_km);
        let nearness = least_km.map_or(1.0, near::most_nearness);
        let at_most = match self.sort {
            Sort::Relevance => fair::band(text, base * nearness),
            Sort::Distance => by_distance(least_km),
            Sort::Name => self.by_name(row),
            Sort::Recent => u32::from(self.columns.services[row as usize].seen),
        };
        match at_most.cmp(&first) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => self.turn(row, text * answer.fit(), nearness) >= turn,
        }
    }

    /// A row's order: the greater the earlier. The turn of the day decides among equals.
    pub fn exactly(&self, row: u32, text: f32, answer: Answer) -> u64 {
        let nearness = self.nearness(row);
        let first = match self.sort {
            Sort::Relevance => fair::band(text, self.columns.base[row as usize] * nearness),
            Sort::Distance => by_exact_distance(self.km(row)),
            Sort::Name => self.by_name(row),
            Sort::Recent => u32::from(self.columns.services[row as usize].seen),
        };
        joined(first, self.turn(row, text * answer.fit(), nearness))
    }

    /// Whether a row is in the circle that was asked for.
    #[inline]
    pub fn admits(&self, row: u32) -> bool {
        let Some(vicinity) = &self.vicinity else {
            return true;
        };
        match vicinity.holds(self.columns.points[row as usize]) {
            Within::Yes => true,
            Within::No => false,
            Within::Perhaps => vicinity.holds_exactly(self.columns.hoster_of(row).coordinates),
        }
    }

    /// Whether a circle was asked for.
    pub fn has_circle(&self) -> bool {
        self.vicinity.as_ref().is_some_and(Vicinity::has_circle)
    }

    /// Whether the circle may hold a hoster of a block.
    pub fn may_reach(&self, block: &Block) -> bool {
        match (&self.vicinity, &block.cap) {
            (Some(vicinity), Some(cap)) => vicinity.reaches(cap),
            (Some(vicinity), None) => !vicinity.has_circle(),
            (None, _) => true,
        }
    }

    /// The factors of a row's score.
    pub fn score(&self, row: u32, text: f32, answer: Answer) -> Score {
        let service = &self.columns.services[row as usize];
        Score {
            text,
            fit: service.access * answer.fit(),
            nearness: self.nearness(row),
            availability: service.availability,
            freshness: rank::freshness(service.ages.record),
        }
    }

    /// How far and in which direction a row's hoster is, if both places are known.
    pub fn distance(&self, row: u32) -> Option<Distance> {
        let vicinity = self.vicinity.as_ref()?;
        let to = self.columns.hoster_of(row).coordinates?;
        Some(Distance::between(vicinity.at, to))
    }

    /// At least so far is a block; not a number if nobody knows where any of it is.
    fn least_km_to(&self, block: &Block) -> Option<f32> {
        let vicinity = self.vicinity.as_ref()?;
        let km = block.cap.as_ref().map(|cap| vicinity.least_km_to(cap));
        Some(km.unwrap_or(f32::NAN))
    }

    fn most_nearness(&self, block: &Block) -> f32 {
        let km = self.least_km_to(block);
        km.map_or(1.0, near::most_nearness)
    }

    fn km(&self, row: u32) -> Option<f64> {
        let vicinity = self.vicinity.as_ref()?;
        let to = self.columns.hoster_of(row).coordinates?;
        Some(vicinity.km(to))
    }

    fn by_name(&self, row: u32) -> u32 {
        u32::MAX - self.columns.hoster_of(row).name_rank
    }

    fn nearness(&self, row: u32) -> f32 {
        match (&self.vicinity, self.km(row)) {
            (None, _) => 1.0,
            (Some(_), None) => rank::NEARNESS_UNKNOWN,
            (Some(_), Some(km)) => rank::nearness(km),
        }
    }

    /// A row's place among equals, its base times `factor` and `nearness` being its score: the day's, and the
    /// place's if one was asked for.
    #[inline]
    fn turn(&self, row: u32, factor: f32, nearness: f32) -> u32 {
        let at = row as usize;
        match self.turns {
            None => fair::turn_by(self.columns.turn[at], factor),
            Some(turns) => {
                let (seed, pull) = self.columns.lots[at];
                turns.of(seed, pull * factor * nearness)
            }
        }
    }
}

/// What comes first, then the turn.
fn joined(first: u32, turn: u32) -> u64 {
    u64::from(first) << 32 | u64::from(turn)
}

/// What [`joined`] joins.
fn split(order: u64) -> (u32, u32) {
    ((order >> 32) as u32, order as u32)
}

/// Nearer comes first, to a tenth of a kilometre; what has no place comes last.
fn by_exact_distance(km: Option<f64>) -> u32 {
    km.map_or(0, |km| u32::MAX - (km * 10.0) as u32)
}

/// The same where `km` is not more than the distance, and not a number if that is unknown.
fn by_distance(least_km: Option<f32>) -> u32 {
    let known = least_km.filter(|km| !km.is_nan());
    by_exact_distance(known.map(f64::from))
}
