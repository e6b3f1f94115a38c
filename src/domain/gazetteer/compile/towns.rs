//! The towns in order of size, and which of them a postcode belongs to.

use std::collections::HashMap;

use super::regions::post_country;
use super::tables::{PlaceLine, PostcodeLine, Row};

/// The edge of a cell of the grid postcodes look for towns in, in thousandths of a degree.
const CELL: i32 = 100;

/// Places, largest first, with the districts of towns after all towns.
pub struct Towns<'a> {
    /// A place's row in the blob is its index here.
    pub places: Vec<&'a PlaceLine>,
    /// The index of the first district.
    pub districts_from: usize,
    /// The town of each district, in the order of the districts.
    parents: Vec<u32>,
    cells: HashMap<(i32, i32), Vec<u32>>,
    /// By the country of their postcodes.
    by_country: HashMap<&'a str, Vec<u32>>,
    by_name: HashMap<(&'a str, &'a str), u32>,
}

impl<'a> Towns<'a> {
    /// Sorts the lines of `places.tsv`.
    pub fn sort(lines: &'a [Row<PlaceLine>]) -> Self {
        let mut places: Vec<&PlaceLine> = lines.iter().map(|row| &**row).collect();
        places.sort_by_key(|place| {
            let district = parent_name(place).is_some();
            (district, u32::MAX - place.population)
        });
        let districts_from = places.partition_point(|place| parent_name(place).is_none());
        let mut towns = Self {
            districts_from,
            parents: Vec::new(),
            cells: HashMap::new(),
            by_country: HashMap::new(),
            by_name: HashMap::new(),
            places,
        };
        for (row, place) in (0..).zip(&towns.places) {
            towns
                .by_name
                .entry((&place.country, &place.name))
                .or_insert(row);
        }
        for place in &towns.places[districts_from..] {
            let parent = parent_name(place).and_then(|name| towns.largest(&place.country, name));
            towns
                .parents
                .push(parent.expect("Paris, Lyon and Marseille are in the table"));
        }
        for (row, place) in (0..).zip(&towns.places) {
            // Its districts stand for such a town, or its weight would swallow the suburbs.
            if !towns.parents.contains(&row) {
                let cell = cell(place.latitude, place.longitude);
                towns.cells.entry(cell).or_default().push(row);
            }
        }
        for (row, place) in (0..).zip(&towns.places) {
            towns
                .by_country
                .entry(post_country(place))
                .or_default()
                .push(row);
        }
        towns
    }

    /// The largest town of this name.
    pub fn largest(&self, country: &str, name: &str) -> Option<u32> {
        self.by_name.get(&(country, name)).copied()
    }

    /// The town that holds a postcode: near its middle, and rather a large one. `None` if there are no
    /// towns at all.
    pub fn of_postcode(&self, postcode: &PostcodeLine) -> Option<u32> {
        let cell = cell(postcode.latitude, postcode.longitude);
        let around =
            (-1..=1).flat_map(|north| (-1..=1).map(move |east| (cell.0 + north, cell.1 + east)));
        let near = around.filter_map(|cell| self.cells.get(&cell)).flatten();
        let home = self.by_country.get(&*postcode.country);
        // Some 15 km around, then wherever the country has a town (Lapland, Nunavut), and for a country
        // without any the one next door (the Vatican).
        let town = self
            .strongest(
                postcode,
                near.copied()
                    .filter(|row| post_country(self.places[*row as usize]) == postcode.country),
            )
            .or_else(|| self.strongest(postcode, home.into_iter().flatten().copied()))
            .or_else(|| self.strongest(postcode, 0..self.places.len() as u32))?;
        let district = (town as usize).checked_sub(self.districts_from);
        Some(district.map_or(town, |district| self.parents[district]))
    }

    /// Where the pull of the inhabitants is strongest. The cube keeps a city from swallowing the villages
    /// around it: at its own middle a village of 3,000 outweighs half a million 10 km away.
    fn strongest(&self, postcode: &PostcodeLine, rows: impl Iterator<Item = u32>) -> Option<u32> {
        let shrink = (f64::from(postcode.latitude) / 1000.0).to_radians().cos();
        let pull = |place: &PlaceLine| {
            let north = f64::from(place.latitude - postcode.latitude) * 0.111;
            let east = f64::from(place.longitude - postcode.longitude) * 0.111 * shrink;
            let km = north.hypot(east) + 1.0;
            (f64::from(place.population) + 100.0) / (km * km * km)
        };
        rows.map(|row| (row, self.places[row as usize]))
            .map(|(row, place)| (row, pull(place)))
            .max_by(|(_, pull), (_, other)| pull.total_cmp(other))
            .map(|(row, _)| row)
    }
}

fn cell(latitude: i32, longitude: i32) -> (i32, i32) {
    (latitude.div_euclid(CELL), longitude.div_euclid(CELL))
}

/// `Lyon` for `Lyon 7e Arrondissement`.
fn parent_name(place: &PlaceLine) -> Option<&str> {
    let (numbered, _) = place.name.split_once(" Arrondissement")?;
    let (town, _) = numbered.rsplit_once(' ')?;
    Some(town)
}
