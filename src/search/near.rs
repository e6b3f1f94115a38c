//! How near, at first by the straight line through the earth ([`Point`]).
//!
//! A scan asks for bounds and works the exact distance out for few.

use std::sync::LazyLock;

use crate::domain::place::{Coordinates, EARTH_RADIUS_KM};
use crate::domain::point::{Point, SLACK_KM};

use super::rank;

/// How finely nearness is tabulated, in kilometres.
const STEP_KM: f32 = 2.0;

/// The greatest nearness from each multiple of [`STEP_KM`] on, through the earth.
static MOST_NEARNESS: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let steps = (2.0 * EARTH_RADIUS_KM as f32 / STEP_KM) as usize + 1;
    let nearness = |step: usize| rank::nearness(f64::from(step as f32 * STEP_KM));
    (0..=steps).map(nearness).collect()
});

/// A part of the sphere that holds some points.
#[derive(Debug, Clone, Copy)]
pub struct Cap {
    centre: Point,
    radius_km: f32,
}

impl Cap {
    /// One that holds all points; none if they are unknown. Either all are known or none is.
    pub fn of(points: impl Clone + ExactSizeIterator<Item = Point>) -> Option<Self> {
        let centre = points.clone().nth(points.len() / 2)?;
        let radii = points.map(|point| centre.straight_km(point));
        centre.is_known().then(|| Self {
            centre,
            radius_km: radii.fold(0.0, f32::max) + SLACK_KM,
        })
    }
}

/// The place a question names.
pub struct Vicinity {
    /// Where it is.
    pub at: Coordinates,
    point: Point,
    /// Only within so many kilometres, over the earth, and the same through it.
    circle: Option<(f64, f32)>,
}

/// Whether something is in a circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// Yes.
    Yes,
    /// No.
    No,
    /// So near its rim that only the exact distance can tell.
    Perhaps,
}

impl Vicinity {
    /// Around `at`, and only `within` kilometres of it, if so asked.
    pub fn new(at: Coordinates, within: Option<u32>) -> Self {
        let circle = within.map(|km| {
            let angle = (f64::from(km) / (2.0 * EARTH_RADIUS_KM)).min(std::f64::consts::FRAC_PI_2);
            (f64::from(km), (2.0 * EARTH_RADIUS_KM * angle.sin()) as f32)
        });
        Self {
            at,
            point: Point::of(at),
            circle,
        }
    }

    /// Whether only a circle was asked for.
    pub fn has_circle(&self) -> bool {
        self.circle.is_some()
    }

    /// Kilometres to coordinates, over the earth.
    pub fn km(&self, to: Coordinates) -> f64 {
        self.at.distance_km(&to)
    }

    /// At least so many kilometres to a point; not a number if it is unknown.
    #[inline]
    pub fn least_km(&self, point: Point) -> f32 {
        self.point.least_km(point)
    }

    /// At least so many kilometres to anything in a cap.
    pub fn least_km_to(&self, cap: &Cap) -> f32 {
        self.least_km(cap.centre) - cap.radius_km
    }

    /// Whether the circle holds all of a cap; perhaps if it may hold some of it.
    pub fn holds_of(&self, cap: &Cap) -> Within {
        let Some((_, rim_km)) = self.circle else {
            return Within::Yes;
        };
        let km = self.point.straight_km(cap.centre);
        if km + cap.radius_km < rim_km - SLACK_KM {
            Within::Yes
        } else if km - cap.radius_km <= rim_km + SLACK_KM {
            Within::Perhaps
        } else {
            Within::No
        }
    }

    /// Whether a point is in the circle; what is unknown is not, and without a circle all is.
    #[inline]
    pub fn holds(&self, point: Point) -> Within {
        let Some((_, rim_km)) = self.circle else {
            return Within::Yes;
        };
        let km = self.point.straight_km(point);
        if km < rim_km - SLACK_KM {
            Within::Yes
        } else if km <= rim_km + SLACK_KM {
            Within::Perhaps
        } else {
            Within::No
        }
    }

    /// The same for coordinates, exactly.
    pub fn holds_exactly(&self, at: Option<Coordinates>) -> bool {
        match self.circle {
            None => true,
            Some((km, _)) => at.is_some_and(|at| self.km(at) <= km),
        }
    }
}

/// At most so near is what is at least so many kilometres away; of an unknown place, its factor.
#[inline]
pub fn most_nearness(least_km: f32) -> f32 {
    if least_km.is_nan() {
        return rank::NEARNESS_UNKNOWN;
    }
    // A float becomes the nearest integer there is, so nothing negative or too large is left.
    let step = (least_km / STEP_KM) as usize;
    let table = &*MOST_NEARNESS;
    table[step.min(table.len() - 1)]
}
