//! Where a service row comes among the answers to one question: first a bound that costs little, then exactly.

use super::columns::{Block, Columns};
use super::near::{self, Vicinity, Within};
use super::query::Sort;
use super::question::Question;
use super::rank::{self, Answer, Score};
use super::{Distance, fair};

/// More than the product of a score's factors can change by the order in which they are multiplied.
const ROUNDING: f32 = 1.0001;

/// The order of one question.
pub struct Order<'a> {
    columns: &'a Columns,
    sort: Sort,
    vicinity: Option<Vicinity>,
}

impl<'a> Order<'a> {
    /// Of a question.
    pub fn new(question: &Question, columns: &'a Columns) -> Self {
        let within = question.query.within;
        let place = question.place.as_ref();
        let vicinity = place.map(|place| Vicinity::new(place.coordinates, within));
        Self {
            columns,
            sort: question.query.sort,
            vicinity,
        }
    }

    /// Every row of a block has at most this order, if text and answer have the product `factor`.
    pub fn block_at_most(&self, block: &Block, factor: f32) -> u64 {
        let least_km = || {
            let vicinity = self.vicinity.as_ref()?;
            let km = block.cap.as_ref().map(|cap| vicinity.least_km_to(cap));
            Some(km.unwrap_or(f32::NAN))
        };
        let first = match self.sort {
            Sort::Relevance => {
                let nearness = least_km().map_or(1.0, near::most_nearness);
                fair::band(block.most_base * factor * nearness * ROUNDING)
            }
            Sort::Distance => by_distance(least_km()),
            Sort::Name | Sort::Recent => u32::MAX,
        };
        u64::from(first) << 32 | u64::from(u32::MAX)
    }

    /// Whether rows come by score alone, so that those of a kind stand in order in the columns.
    pub fn is_by_base(&self) -> bool {
        self.sort == Sort::Relevance && self.vicinity.is_none()
    }

    /// Whether rows that stand by base and turn end at one that has at most this order: those that follow are
    /// in no higher band and, where nothing but base and turn decides, come after it.
    pub fn ends(at_most: u64, bar: u64, factor: f32) -> bool {
        at_most <= bar && (factor == 1.0 || at_most >> 32 < bar >> 32)
    }

    /// A row's order is at most this, for one whose text and answer have the product `factor`.
    pub fn at_most(&self, row: u32, factor: f32) -> u64 {
        let at = row as usize;
        let least_km = |vicinity: &Vicinity| vicinity.least_km(self.columns.points[at]);
        let first = match self.sort {
            Sort::Relevance => {
                let nearness = self.vicinity.as_ref().map(least_km);
                let nearness = nearness.map_or(1.0, near::most_nearness);
                fair::band(self.columns.base[at] * factor * nearness * ROUNDING)
            }
            Sort::Distance => by_distance(self.vicinity.as_ref().map(least_km)),
            Sort::Name => self.by_name(row),
            Sort::Recent => u32::from(self.columns.services[at].seen),
        };
        self.with_turn(first, row)
    }

    /// A row's order: the greater the earlier. The turn of the day decides among equals.
    pub fn exactly(&self, row: u32, text: f32, answer: Answer) -> u64 {
        let first = match self.sort {
            Sort::Relevance => fair::band(self.score(row, text, answer).total()),
            Sort::Distance => by_exact_distance(self.km(row)),
            Sort::Name => self.by_name(row),
            Sort::Recent => u32::from(self.columns.services[row as usize].seen),
        };
        self.with_turn(first, row)
    }

    /// Whether a row is in the circle that was asked for.
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
        let nearness = match (&self.vicinity, self.km(row)) {
            (None, _) => 1.0,
            (Some(_), None) => rank::NEARNESS_UNKNOWN,
            (Some(_), Some(km)) => rank::nearness(km),
        };
        Score {
            text,
            fit: service.access * answer.fit(),
            nearness,
            availability: service.availability,
            freshness: rank::freshness(service.ages.record),
        }
    }

    /// How far and in which direction a row's hoster is, if both places are known.
    pub fn distance(&self, row: u32) -> Option<Distance> {
        let vicinity = self.vicinity.as_ref()?;
        let to = self.columns.hoster_of(row).coordinates?;
        Some(Distance {
            km: vicinity.km(to),
            direction: vicinity.at.bearing_to(&to),
            heading: vicinity.at.heading_to(&to),
        })
    }

    fn km(&self, row: u32) -> Option<f64> {
        let vicinity = self.vicinity.as_ref()?;
        let to = self.columns.hoster_of(row).coordinates?;
        Some(vicinity.km(to))
    }

    fn by_name(&self, row: u32) -> u32 {
        u32::MAX - self.columns.hoster_of(row).name_rank
    }

    fn with_turn(&self, first: u32, row: u32) -> u64 {
        u64::from(first) << 32 | u64::from(self.columns.turn[row as usize])
    }
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
