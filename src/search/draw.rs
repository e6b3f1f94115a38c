//! The weighted draw behind `/go`: one service out of all that are fit, so that people are spread over hosters
//! instead of all being sent to the first of a list.
//!
//! A service weighs `fit × availability × freshness × nearness × room`; what takes nobody new or is down weighs
//! nothing. A **hoster** is drawn first, by its best service, then one of its services: ten pads of one hoster are
//! no ten lots. [`Lots`] are prepared once per need or departure, [`Odds`] once per place; a draw is then two
//! look-ups in sums. Popularity is never an input, and who asks is not known here.

use std::ops::Range;
use std::sync::Arc;

use crate::domain::fingerprint::fingerprint;
use crate::domain::hoster::Hoster;
use crate::domain::place::Coordinates;
use crate::domain::provenance::Age;
use crate::domain::service::{Registration, Room, Service};

use super::rank::{self, Ages};
use super::{Distance, Hit, fair};

/// How many people a service counts as made for where nobody says, or said so too long ago.
pub const ROOM_UNSAID: u32 = 100;
/// The least that a declared size weighs as, in people: the smallest is found, too.
pub const LEAST_ROOM: u32 = 20;
/// The most that a declared size weighs as, in people: a word costs nothing, and a giant does not take all.
pub const MOST_ROOM: u32 = 2_000;
/// The longest text that is a seed, in characters.
pub const MAX_SEED_CHARS: usize = 64;

/// All that may be drawn for one need or departure, wherever somebody is.
pub struct Lots {
    hosters: Vec<Lot>,
    /// Hits by hoster.
    hits: Vec<Hit>,
    /// Per hit, the weights of its hoster's hits up to and with it.
    upto: Vec<f64>,
}

/// A hoster, with what its best service weighs beside it.
struct Lot {
    at: Option<Coordinates>,
    weight: f64,
    hits: Range<usize>,
}

/// The chances of every hoster, seen from one place or from nowhere.
pub struct Odds {
    /// Per hoster, the weights up to and with it.
    upto: Vec<f64>,
}

impl Lots {
    /// Of what answers a question without a place. `services` and `hosters` are what the hits point into.
    pub fn new(hits: Vec<Hit>, services: &[Arc<Service>], hosters: &[Arc<Hoster>]) -> Self {
        let weighed = |hit: Hit| {
            let weight = weight(&hit, &services[hit.service], &hosters[hit.hoster]);
            (hit, weight)
        };
        let fit = hits.into_iter().map(weighed);
        let mut fit: Vec<(Hit, f64)> = fit.filter(|(_, weight)| *weight > 0.0).collect();
        // One order for one directory, whatever order the hits came in: a seed then repeats a draw.
        fit.sort_unstable_by_key(|(hit, _)| (hit.hoster, hit.service));
        let mut lots = Self {
            hosters: Vec::new(),
            hits: Vec::with_capacity(fit.len()),
            upto: Vec::with_capacity(fit.len()),
        };
        for of_hoster in fit.chunk_by(|(one, _), (next, _)| one.hoster == next.hoster) {
            let first = lots.hits.len();
            let (mut best, mut sum) = (0.0_f64, 0.0);
            for (hit, weight) in of_hoster {
                best = best.max(*weight);
                sum += weight;
                lots.hits.push(hit.clone());
                lots.upto.push(sum);
            }
            lots.hosters.push(Lot {
                at: hosters[lots.hits[first].hoster].place.coordinates,
                weight: best,
                hits: first..lots.hits.len(),
            });
        }
        lots
    }

    /// Whether nothing is fit.
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }

    /// The chances of each, seen from a place; without one, distance does not count.
    pub fn odds(&self, from: Option<Coordinates>) -> Odds {
        let mut sum = 0.0;
        let upto = self.hosters.iter().map(|lot| {
            sum += lot.weight * f64::from(nearness(from, lot.at));
            sum
        });
        Odds {
            upto: upto.collect(),
        }
    }

    /// Draws one; `None` if nothing is fit. The same seed draws the same of the same.
    pub fn draw(&self, odds: &Odds, seed: u64) -> Option<&Hit> {
        let lot = &self.hosters[drawn(&odds.upto, fair::mixed(seed))?];
        let hits = &self.upto[lot.hits.clone()];
        let hit = drawn(hits, fair::mixed(!seed))?;
        Some(&self.hits[lot.hits.start + hit])
    }

    /// Every hit that can be drawn, with its chance from 0 to 1.
    pub fn chances(&self, odds: &Odds) -> impl Iterator<Item = (&Hit, f64)> {
        let of_hosters = parts(&odds.upto);
        self.hosters
            .iter()
            .zip(of_hosters)
            .flat_map(|(lot, chance)| {
                let of_hits = parts(&self.upto[lot.hits.clone()]);
                let hits = self.hits[lot.hits.clone()].iter();
                hits.zip(of_hits)
                    .map(move |(hit, part)| (hit, chance * part))
            })
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.hosters.capacity() * size_of::<Lot>()
            + self.hits.capacity() * size_of::<Hit>()
            + self.upto.capacity() * size_of::<f64>()
    }
}

impl Odds {
    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.upto.capacity() * size_of::<f64>()
    }
}

impl Hit {
    /// The same, seen from a place.
    pub fn seen_from(mut self, from: Coordinates, at: Option<Coordinates>) -> Self {
        self.place_asked = true;
        self.distance = at.map(|at| Distance::between(from, at));
        self.score.nearness = nearness(Some(from), at);
        self
    }
}

/// The number of a seed: itself if it is one, else that of its text. `None` if it is too long.
pub fn seed(text: &str) -> Option<u64> {
    let is_short = text.chars().nth(MAX_SEED_CHARS).is_none();
    is_short.then(|| {
        text.parse()
            .unwrap_or_else(|_| fingerprint(text.as_bytes()))
    })
}

/// What a service weighs, distance left aside.
fn weight(hit: &Hit, service: &Service, hoster: &Hoster) -> f64 {
    if !takes_newcomers(hit, service) || service.way_in(hoster).is_none() {
        return 0.0;
    }
    let score = &hit.score;
    let weight = score.fit * score.availability * score.freshness;
    f64::from(weight * room(service, hit.ages))
}

/// Whether somebody may be sent there unasked. Not to what is full, closed, closing or down; nor, who follows
/// having seen no reason, to what was full or closed when somebody last looked, however long ago.
fn takes_newcomers(hit: &Hit, service: &Service) -> bool {
    let is_full = service
        .capacity
        .is_some_and(|capacity| capacity.room == Some(Room::Full));
    let is_down = hit
        .availability
        .is_some_and(|seen| seen.down_since.is_some());
    let is_closed = service.registration == Some(Registration::Closed);
    !is_full && !is_down && !is_closed && service.closing.is_none()
}

/// How much room a service counts as: what it declares within bounds, against one that declares nothing.
pub(super) fn room(service: &Service, ages: Ages) -> f32 {
    let declared = service.capacity.and_then(|capacity| capacity.people);
    let known = declared.filter(|_| ages.room != Age::Stale);
    let people = known.unwrap_or(ROOM_UNSAID).clamp(LEAST_ROOM, MOST_ROOM);
    people as f32 / ROOM_UNSAID as f32
}

fn nearness(from: Option<Coordinates>, to: Option<Coordinates>) -> f32 {
    match (from, to) {
        (None, _) => 1.0,
        (Some(_), None) => rank::NEARNESS_UNKNOWN,
        (Some(from), Some(to)) => rank::nearness(from.distance_km(&to)),
    }
}

/// Which of the growing sums a number falls to; `None` if they come to nothing.
fn drawn(upto: &[f64], number: u64) -> Option<usize> {
    let all = *upto.last().filter(|all| **all > 0.0)?;
    // The upper 53 bits, as many as a double holds: from 0 to just below 1.
    let point = (number >> 11) as f64 / (1_u64 << 53) as f64 * all;
    Some(
        upto.partition_point(|sum| *sum <= point)
            .min(upto.len() - 1),
    )
}

/// Growing sums as parts of their whole.
fn parts(upto: &[f64]) -> impl Iterator<Item = f64> {
    let all = upto.last().copied().unwrap_or(0.0);
    let before = std::iter::once(&0.0).chain(upto);
    upto.iter()
        .zip(before)
        .map(move |(sum, before)| (sum - before) / all)
}

#[cfg(test)]
mod tests;
