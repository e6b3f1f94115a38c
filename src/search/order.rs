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

    /// Whether rows come by base and turn alone, so that what is alike stands in order in the columns.
    pub fn is_by_base(&self) -> bool {
        self.sort == Sort::Relevance && self.vicinity.is_none()
    }

    /// How long a row of a block may wait, were it to weigh 1, so that its order may be `bar` or more; none if no
    /// row's is.
    pub fn most_wait(
        &self,
        block: &Block,
        text: f32,
        answer: Answer,
        bar: Option<u64>,
    ) -> Option<f32> {
        let Some((first, turn)) = bar.map(split) else {
            return Some(f32::INFINITY);
        };
        let (at_most, wait) = match self.sort {
            Sort::Relevance => {
                let nearness = self.most_nearness(block);
                let weight = fair::weight(text * answer.fit() * nearness);
                let band = fair::band(text, block.most_base * nearness);
                (band, fair::wait(turn) * weight)
            }
            Sort::Distance => (by_distance(self.least_km_to(block)), f32::INFINITY),
            Sort::Name | Sort::Recent => (u32::MAX, f32::INFINITY),
        };
        match at_most.cmp(&first) {
            Ordering::Less => None,
            Ordering::Equal => Some(wait),
            Ordering::Greater => Some(f32::INFINITY),
        }
    }

    /// How much a block promises, against others; none where that does not depend on the place.
    pub fn promise(&self, block: &Block, text: f32, answer: Answer) -> Option<f32> {
        let nearness = self.vicinity.as_ref().map(|_| self.most_nearness(block))?;
        match self.sort {
            Sort::Relevance => {
                Some(block.most_weight * fair::weight(text * answer.fit() * nearness))
            }
            Sort::Distance => Some(nearness),
            Sort::Name | Sort::Recent => None,
        }
    }

    /// Whether a row, whose weight is looked up, may wait no longer than [`most_wait`](Self::most_wait) allows.
    #[inline]
    pub fn may_wait(&self, row: u32, wait: f32) -> bool {
        let (seed, weight) = self.columns.lots[row as usize];
        self.turns
            .is_none_or(|turns| turns.may_wait(seed, weight, wait))
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
            Ordering::Equal => self.may_have_turn(row, text * answer.fit(), nearness, turn),
        }
    }

    /// Whether a row's turn may be `turn` or more, its base times `factor` and at most `nearness` being its score.
    #[inline]
    fn may_have_turn(&self, row: u32, factor: f32, nearness: f32, turn: u32) -> bool {
        let at = row as usize;
        match self.turns {
            None => fair::turn_by(self.columns.turn[at], factor) >= turn,
            Some(turns) => {
                let (seed, weight) = self.columns.lots[at];
                let wait = fair::wait(turn) * fair::weight(factor * nearness);
                turns.may_wait(seed, weight, wait)
            }
        }
    }

    /// A row's order: the greater the earlier. The turn of the day decides among equals.
    pub fn exactly(&self, row: u32, text: f32, answer: Answer) -> u64 {
        let km = self.km(row);
        let nearness = self.nearness(km);
        let first = match self.sort {
            Sort::Relevance => fair::band(text, self.columns.base[row as usize] * nearness),
            Sort::Distance => by_exact_distance(km),
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

    /// Whether the hosters of a block are in the circle that was asked for.
    pub fn holds_of(&self, block: &Block) -> Within {
        match (&self.vicinity, &block.cap) {
            (Some(vicinity), Some(cap)) => vicinity.holds_of(cap),
            (Some(vicinity), None) if vicinity.has_circle() => Within::No,
            (Some(_), None) | (None, _) => Within::Yes,
        }
    }

    /// The factors of the score of a row that is so far.
    pub fn score(&self, row: u32, text: f32, answer: Answer, distance: Option<&Distance>) -> Score {
        let service = &self.columns.services[row as usize];
        Score {
            text,
            fit: service.access * answer.fit(),
            nearness: self.nearness(distance.map(|distance| distance.km)),
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

    /// The nearness of what is so far, if that is known.
    fn nearness(&self, km: Option<f64>) -> f32 {
        match (&self.vicinity, km) {
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
                let (seed, weight) = self.columns.lots[at];
                turns.of(seed, weight * fair::weight(factor * nearness))
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
