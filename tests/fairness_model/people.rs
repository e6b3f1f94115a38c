//! Who comes: from where, on which day, for what, and how they choose.

use std::sync::LazyLock;

use archipelago::domain::place::Coordinates;
use archipelago::search::fair::mixed;

use super::fair::Fair;
use super::{DAYS, LOOKED_AT, NEEDS};

/// Where people come from: all towns of these countries that the gazetteer knows.
const COUNTRIES: [&str; 4] = ["FR", "BE", "CH", "LU"];
/// One person in so many names no place.
const WITHOUT_PLACE: u64 = 5;

/// Towns, with the people up to and with each.
static TOWNS: LazyLock<(Vec<Coordinates>, Vec<u64>)> = LazyLock::new(towns);

/// Somebody who looks for a service.
pub struct Person {
    /// Where they are, to a tenth of a degree, if they say.
    pub at: Option<Coordinates>,
    /// What they look for, by position in [`NEEDS`].
    pub need: usize,
    /// The day they come on.
    pub day: u32,
    /// What else is theirs by chance.
    pub chance: u64,
}

/// Everybody, from a seed.
pub struct People {
    seed: u64,
}

impl People {
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    pub fn take(&self, number: usize) -> Vec<Person> {
        (0..number as u64).map(|n| self.person(n)).collect()
    }

    fn person(&self, number: u64) -> Person {
        let chance = |what: u64| mixed(mixed(self.seed).wrapping_add(number * 8 + what));
        let (towns, upto) = &*TOWNS;
        let dweller = chance(0) % upto.last().unwrap();
        let town = towns[upto.partition_point(|sum| *sum <= dweller)];
        let rounded = |degrees: f64| (degrees * 10.0).round() / 10.0;
        let at = Coordinates::new(rounded(town.latitude()), rounded(town.longitude())).unwrap();
        Person {
            at: (chance(1) % WITHOUT_PLACE > 0).then_some(at),
            need: (chance(2) % NEEDS.len() as u64) as usize,
            day: (chance(3) % u64::from(DAYS)) as u32,
            chance: chance(4),
        }
    }
}

impl Person {
    /// Whom they go to of a list: they read the first [`LOOKED_AT`], leave out who is said to be full, closed, down
    /// or closing, and take the one in place k with a chance in proportion to 1/k. Where all of those are out they
    /// read on.
    pub fn choose(&self, fair: &Fair, listed: &[usize]) -> usize {
        let is_in = |(_, hoster): &(f64, usize)| fair.is_fit(self, *hoster);
        for read in listed.chunks(LOOKED_AT) {
            let weighed = (1..).map(|k| 1.0 / f64::from(k)).zip(read.iter().copied());
            let open: Vec<(f64, usize)> = weighed.filter(is_in).collect();
            let all: f64 = open.iter().map(|(weight, _)| weight).sum();
            let mut left = (mixed(self.chance) >> 11) as f64 / (1_u64 << 53) as f64 * all;
            for (weight, hoster) in &open {
                left -= weight;
                if left < 0.0 {
                    return *hoster;
                }
            }
        }
        panic!("somebody is left with nobody to go to");
    }
}

fn towns() -> (Vec<Coordinates>, Vec<u64>) {
    let table = include_str!("../../fixtures/data/geo/places.tsv");
    let (mut towns, mut upto, mut sum) = (Vec::new(), Vec::new(), 0);
    for line in table.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let [_, _, country, _, latitude, longitude, population] = columns[..] else {
            panic!("a town has seven columns: {line}");
        };
        let people: u64 = population.parse().unwrap_or(0);
        if !COUNTRIES.contains(&country) || people == 0 {
            continue;
        }
        let degrees = |thousandths: &str| thousandths.parse::<f64>().unwrap() / 1_000.0;
        towns.push(Coordinates::new(degrees(latitude), degrees(longitude)).unwrap());
        sum += people;
        upto.push(sum);
    }
    (towns, upto)
}
