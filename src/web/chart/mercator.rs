//! Where places lie on the canvas of `/assets/land.svg`: Mercator's projection (EPSG:3857 on a sphere).
//!
//! `frontend/build/land.ts` draws the land with the same numbers; a test holds both together.

use std::f64::consts::{FRAC_PI_4, TAU};

/// How wide the canvas is: once around the earth.
pub const WIDTH: f64 = 16_384.0;
/// How high it is.
pub const HEIGHT: f64 = 9_132.0;
/// The parallel along its upper edge; nobody hosts further north.
const NORTH: f64 = 78.0;

/// A point on the canvas, from its left upper corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// Where degrees north and east come to lie; what is beyond the canvas lies on its edge.
pub fn project(latitude: f64, longitude: f64) -> Point {
    Point {
        x: ((longitude + 180.0) / 360.0 * WIDTH).clamp(0.0, WIDTH),
        y: (down(latitude) - down(NORTH)).clamp(0.0, HEIGHT),
    }
}

/// Degrees north and east of a point.
pub fn unproject(point: Point) -> (f64, f64) {
    let up = -(point.y + down(NORTH)) / WIDTH * TAU;
    let latitude = 2.0 * up.exp().atan().to_degrees() - 90.0;
    (latitude, point.x / WIDTH * 360.0 - 180.0)
}

/// How far below the equator a parallel lies.
fn down(latitude: f64) -> f64 {
    let bounded = latitude.clamp(-85.0, 85.0).to_radians();
    -(FRAC_PI_4 + bounded / 2.0).tan().ln() / TAU * WIDTH
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAND: &str = include_str!(concat!(env!("OUT_DIR"), "/frontend/land.svg"));

    #[test]
    fn the_land_is_drawn_on_this_canvas() {
        assert!(LAND.contains(&format!("viewBox=\"0 0 {WIDTH} {HEIGHT}\"")));
        let south = unproject(Point { x: 0.0, y: HEIGHT }).0;
        assert!((-58.1..-57.9).contains(&south), "{south}");
    }

    #[test]
    fn lyon_lies_where_the_script_puts_it() {
        let lyon = project(45.76, 4.84);
        assert_eq!((lyon.x.round(), lyon.y.round()), (8412.0, 3527.0));
    }

    #[test]
    fn a_place_comes_back_from_where_it_lies() {
        for (latitude, longitude) in [(45.76, 4.84), (-21.1, 55.5), (0.0, 0.0), (70.0, -160.0)] {
            let (north, east) = unproject(project(latitude, longitude));
            assert!((north - latitude).abs() < 1e-9 && (east - longitude).abs() < 1e-9);
        }
    }

    #[test]
    fn what_is_beyond_the_canvas_lies_on_its_edge() {
        assert_eq!(project(90.0, 180.0), Point { x: WIDTH, y: 0.0 });
        assert_eq!(project(-90.0, -180.0), Point { x: 0.0, y: HEIGHT });
    }
}
