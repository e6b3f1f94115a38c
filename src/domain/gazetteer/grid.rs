//! Towns by squares of one degree, so that those near a point are found without looking at all.

use crate::domain::place::{Coordinates, EARTH_RADIUS_KM};
use crate::domain::point::Point;

use super::rows::Rows;

const COLUMNS: usize = 360;
const ROWS: usize = 180;

/// The towns of each square, the largest first.
pub struct Grid {
    /// Where each square's towns begin, row after row from the south-west; one more for the end.
    starts: Vec<u32>,
    towns: Vec<Town>,
}

/// What is asked of many towns, in one place: a look into the blob takes many times longer.
#[derive(Debug, Clone, Copy)]
pub struct Town {
    /// Its row.
    pub place: u32,
    /// How many live there.
    pub people: u32,
    /// Where it is.
    pub point: Point,
}

impl Grid {
    /// Sorts all towns.
    pub fn of(rows: &Rows) -> Self {
        let mut by_square: Vec<(u32, u32)> = (rows.towns())
            .map(|place| (square(rows.at(place)) as u32, place))
            .collect();
        by_square.sort_unstable();
        let before = |square: usize| by_square.partition_point(|(of, _)| (*of as usize) < square);
        let town = |place| Town {
            place,
            people: rows.population(place),
            point: Point::of(rows.at(place)),
        };
        Self {
            starts: (0..=COLUMNS * ROWS)
                .map(|square| before(square) as u32)
                .collect(),
            towns: by_square.iter().map(|(_, place)| town(*place)).collect(),
        }
    }

    /// The squares that hold all towns within so many kilometres, and some that are further; in each the
    /// largest come first.
    pub fn around(&self, at: Coordinates, km: f64) -> impl Iterator<Item = &[Town]> {
        let degrees = (km / EARTH_RADIUS_KM).to_degrees();
        let row = |latitude: f64| (latitude + 90.0).floor().clamp(0.0, ROWS as f64 - 1.0) as usize;
        let (south, north) = (at.latitude() - degrees, at.latitude() + degrees);
        // A degree of longitude is shortest where one is nearest to a pole.
        let shrunk = south.abs().max(north.abs()).min(90.0).to_radians().cos();
        let half = (degrees / shrunk).min(COLUMNS as f64 / 2.0);
        let west = (at.longitude() - half).floor() as i64;
        let east = (at.longitude() + half).floor() as i64;
        let columns = west..=east.min(west + COLUMNS as i64 - 1);
        (row(south)..=row(north)).flat_map(move |row| {
            columns.clone().map(move |column| {
                let column = (column + 180).rem_euclid(COLUMNS as i64) as usize;
                let [start, end] = [0, 1].map(|next| self.starts[row * COLUMNS + column + next]);
                &self.towns[start as usize..end as usize]
            })
        })
    }
}

fn square(at: Coordinates) -> usize {
    let row = ((at.latitude() + 90.0) as usize).min(ROWS - 1);
    let column = ((at.longitude() + 180.0) as usize).min(COLUMNS - 1);
    row * COLUMNS + column
}
