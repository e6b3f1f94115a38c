//! A place for quick looks at how far others are: by the straight line through the earth, which is never more than
//! the way over it.

use super::place::{Coordinates, EARTH_RADIUS_KM};

/// More than single precision can be wrong by, in kilometres: a coordinate of a unit vector by 2⁻²⁵ of the
/// earth's radius, the difference of two vectors by less than four times that.
pub const SLACK_KM: f32 = 1.0;

/// A point on a sphere of radius 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point([f32; 3]);

impl Point {
    /// A place nobody knows: its distance to any other is not a number.
    pub const UNKNOWN: Self = Self([f32::NAN; 3]);

    /// Of coordinates.
    pub fn of(at: Coordinates) -> Self {
        let (latitude, longitude) = (at.latitude().to_radians(), at.longitude().to_radians());
        Self([
            (latitude.cos() * longitude.cos()) as f32,
            (latitude.cos() * longitude.sin()) as f32,
            latitude.sin() as f32,
        ])
    }

    /// Whether anybody knows where it is.
    pub fn is_known(self) -> bool {
        !self.0[0].is_nan()
    }

    /// Kilometres to another point through the earth, within [`SLACK_KM`]; not a number if one is unknown.
    #[inline]
    pub fn straight_km(self, other: Self) -> f32 {
        let ([x, y, z], [u, v, w]) = (self.0, other.0);
        let (x, y, z) = (x - u, y - v, z - w);
        (x * x + y * y + z * z).sqrt() * EARTH_RADIUS_KM as f32
    }

    /// At least so many kilometres to another point, over the earth; not a number if one is unknown.
    #[inline]
    pub fn least_km(self, other: Self) -> f32 {
        self.straight_km(other) - SLACK_KM
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_straight_line_is_never_more_than_the_way_over_the_earth_and_near_by_hardly_less() {
        let lyon = Coordinates::new(45.76, 4.84).unwrap();
        for step in 0..1_000 {
            let step = f64::from(step);
            let other = Coordinates::new(step * 0.18 - 90.0, step * 7.0 % 360.0 - 180.0).unwrap();
            let km = lyon.distance_km(&other);
            let least = f64::from(Point::of(lyon).least_km(Point::of(other)));
            assert!(least <= km, "{other:?}: {least} of {km}");
            assert!(km > 500.0 || least > km - 2.5, "{other:?}: {least} of {km}");
        }
        assert!(Point::of(lyon).least_km(Point::UNKNOWN).is_nan());
    }
}
