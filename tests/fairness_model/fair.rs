//! Where somebody may be expected to go, if all were fair: by declared room and distance, and nothing else.
//!
//! A gravity model as geographers use it (D. L. Huff, 1963): of the hosters that serve the need and take
//! newcomers, each attracts in proportion to its declared room and to 1 / (1 + km / 100)². A suite's room is for
//! all that it serves: a third of it for any one need. Who declares nothing counts as the median of those who do, who has no known place as on the far side of the earth, and to somebody
//! who names no place all are equally far.

use std::collections::HashMap;

use archipelago::domain::need::{AlsoServes, Software};
use archipelago::domain::place::{Cell, Coordinates};
use archipelago::domain::service::Service;
use archipelago::domain::taxonomy::Taxonomy;

use super::NEEDS;
use super::people::Person;
use super::world::{World, services_by_hoster};

/// Kilometres to a hoster of whom nobody knows where it is.
const UNKNOWN_KM: f64 = 20_000.0;

/// How much of a suite's room there is for one of the needs it serves.
const PART_OF_SUITE: f64 = 1.0 / 3.0;

/// Hosters, by position, and how likely each is to be gone to.
type Shares = Vec<(usize, f64)>;

/// Expectations, worked out once for people who ask the same from the same place.
pub struct Fair {
    /// Per need, hosters that are fit: position, room, place.
    fit: Vec<Vec<(usize, f64, Option<Coordinates>)>>,
    /// Per need, whether each hoster is fit, by position.
    is_fit: Vec<Vec<bool>>,
    known: HashMap<(usize, Option<Cell>), Shares>,
}

impl Fair {
    pub fn new(world: &World) -> Self {
        let taxonomy = Taxonomy::embedded();
        let services = services_by_hoster(&world.directory);
        let mut declared: Vec<u32> = world.hosters().filter_map(|(_, room)| room).collect();
        declared.sort_unstable();
        let median = declared[declared.len() / 2];
        let fit: Vec<Vec<_>> = Vec::from(NEEDS.map(|need| {
            let hosters = world.directory.hosters.iter().enumerate();
            let fit = hosters.filter(|(at, _)| !world.is_out(*at));
            fit.filter_map(|(at, hoster)| {
                let open = services[at].iter().filter(|service| world.is_open(service));
                let parts = open.filter_map(|service| part(&taxonomy, service, need));
                let part = parts.max_by(f64::total_cmp)?;
                let room = f64::from(world.room(at).unwrap_or(median));
                Some((at, part * room, hoster.place.coordinates))
            })
            .collect()
        }));
        let is_fit = |fit: &Vec<(usize, f64, Option<Coordinates>)>| {
            let mut all = vec![false; services.len()];
            fit.iter().for_each(|(at, ..)| all[*at] = true);
            all
        };
        Self {
            is_fit: fit.iter().map(is_fit).collect(),
            fit,
            known: HashMap::new(),
        }
    }

    /// Whether a hoster serves what somebody needs and takes newcomers.
    pub fn is_fit(&self, person: &Person, hoster: usize) -> bool {
        self.is_fit[person.need][hoster]
    }

    /// How likely each hoster is to be gone to.
    pub fn of(&mut self, person: &Person) -> &[(usize, f64)] {
        let fit = &self.fit[person.need];
        let key = (person.need, person.at.map(Cell::of));
        self.known.entry(key).or_insert_with(|| {
            let km = |to: Option<Coordinates>| match (person.at, to) {
                (None, _) => 0.0,
                (Some(_), None) => UNKNOWN_KM,
                (Some(from), Some(to)) => from.distance_km(&to),
            };
            let pull = |room: f64, km: f64| room / (1.0 + km / 100.0).powi(2);
            let pulls: Vec<(usize, f64)> = fit
                .iter()
                .map(|(at, room, place)| (*at, pull(*room, km(*place))))
                .collect();
            let all: f64 = pulls.iter().map(|(_, pull)| pull).sum();
            pulls.iter().map(|(at, pull)| (*at, pull / all)).collect()
        })
    }
}

/// How much of a service's room there is for a need; `None` if it does not serve it.
fn part(taxonomy: &Taxonomy, service: &Service, need: &str) -> Option<f64> {
    let offered = service.need.as_str();
    if offered == need {
        return Some(1.0);
    }
    let suite = taxonomy.software_by_id(service.software.as_ref()?.as_str())?;
    let by_itself = |also: &AlsoServes| also.need.as_str() == offered && also.with.is_none();
    let is_whole = suite.need.as_str() == offered || suite.also.iter().any(by_itself);
    (is_whole && all_needs(suite).any(|also| also == need)).then_some(PART_OF_SUITE)
}

fn all_needs(suite: &Software) -> impl Iterator<Item = &str> {
    let also = suite.also.iter().map(|also| also.need.as_str());
    std::iter::once(suite.need.as_str()).chain(also)
}
