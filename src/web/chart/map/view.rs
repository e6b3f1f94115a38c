//! What part of the earth the map shows: a middle and a closeness, and the steps to others.

use super::super::mercator::{self, Point, WIDTH};
use super::{MAP_HEIGHT, MAP_WIDTH};

/// The closest look; each step shows half as much in either direction, and none the whole earth.
pub const CLOSEST: u8 = 8;

/// What stays free along the edge where a view is chosen to show something.
const MARGIN: f64 = 40.0;
/// Of so many hosters a tenth may lie outside of the first view: one far away hides no country.
const MANY: usize = 10;

/// What part of the earth is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// What is in its middle.
    pub middle: Point,
    /// How close, up to [`CLOSEST`].
    pub zoom: u8,
}

impl View {
    /// How large a unit of the canvas is.
    pub fn scale(&self) -> f64 {
        MAP_WIDTH / WIDTH * f64::from(1_u32 << self.zoom)
    }

    /// Where a point of the canvas lies on the map.
    pub fn place(&self, at: Point) -> (f64, f64) {
        let scale = self.scale();
        (
            MAP_WIDTH / 2.0 + (at.x - self.middle.x) * scale,
            MAP_HEIGHT / 2.0 + (at.y - self.middle.y) * scale,
        )
    }

    /// Shows all of few points, and of many all but those furthest out.
    pub fn of(points: &[Point]) -> Option<Self> {
        let middle = Point {
            x: median(points.iter().map(|point| point.x))?,
            y: median(points.iter().map(|point| point.y))?,
        };
        let spared = if points.len() > MANY {
            points.len() / 10
        } else {
            0
        };
        let mut near = points.to_vec();
        near.sort_by(|a, b| distance(*a, middle).total_cmp(&distance(*b, middle)));
        near.truncate(points.len() - spared);
        let (left, right) = span(near.iter().map(|point| point.x));
        let (top, bottom) = span(near.iter().map(|point| point.y));
        let middle = Point {
            x: (left + right) / 2.0,
            y: (top + bottom) / 2.0,
        };
        Some(Self::holding(middle, &near))
    }

    /// Shows the nearest of some points around a place.
    pub fn around(middle: Point, points: &[Point]) -> Self {
        let mut near = points.to_vec();
        near.sort_by(|a, b| distance(*a, middle).total_cmp(&distance(*b, middle)));
        near.truncate(MANY);
        Self::holding(middle, &near)
    }

    /// The closest view with a middle that shows some points; not so close that a town fills it.
    fn holding(middle: Point, points: &[Point]) -> Self {
        let most = CLOSEST - 1;
        let shows = |view: &View| {
            points.iter().all(|point| {
                let (x, y) = view.place(*point);
                (MARGIN..=MAP_WIDTH - MARGIN).contains(&x)
                    && (MARGIN..=MAP_HEIGHT - MARGIN).contains(&y)
            })
        };
        let views = (0..=most).rev().map(|zoom| View { middle, zoom });
        views
            .into_iter()
            .find(shows)
            .unwrap_or(View { middle, zoom: 0 })
    }

    /// A step closer or further away; `None` beyond the last.
    pub fn closer(self, by: i8) -> Option<Self> {
        let zoom = self
            .zoom
            .checked_add_signed(by)
            .filter(|zoom| *zoom <= CLOSEST)?;
        Some(Self { zoom, ..self })
    }

    /// What lies at a point of the map.
    pub fn under(&self, (x, y): (f64, f64)) -> Point {
        let scale = self.scale();
        Point {
            x: self.middle.x + (x - MAP_WIDTH / 2.0) / scale,
            y: self.middle.y + (y - MAP_HEIGHT / 2.0) / scale,
        }
    }

    /// Half a map to the right and down.
    pub fn moved(self, right: f64, down: f64) -> Self {
        let scale = self.scale();
        let middle = Point {
            x: (self.middle.x + right * MAP_WIDTH / 2.0 / scale).clamp(0.0, WIDTH),
            y: (self.middle.y + down * MAP_HEIGHT / 2.0 / scale).clamp(0.0, mercator::HEIGHT),
        };
        Self { middle, ..self }
    }
}

pub(super) fn distance(a: Point, b: Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// The least and the greatest.
fn span(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let least = values.clone().fold(f64::INFINITY, f64::min);
    (least, values.fold(f64::NEG_INFINITY, f64::max))
}
