//! Which part of the earth the home chart shows, and where on it a place comes to lie.
//!
//! A plane chart, true in the middle: distances are for the eye. It knows no antimeridian; hosters on
//! both sides of the Pacific make a wide chart.

use super::home::{HEIGHT, WIDTH};

/// The chart's corner, in degrees, and its scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Waters {
    north: f64,
    west: f64,
    /// Units per degree of latitude.
    scale: f64,
    /// A degree of longitude, in degrees of latitude.
    squeeze: f64,
}

/// Mainland France and its neighbours from Brussels to Geneva: where most of the directory is.
const FRANCE: Waters = Waters {
    north: 51.75,
    west: -5.65,
    scale: 58.0,
    squeeze: 0.69,
};
/// So many hosters there make it the home chart, wherever else there are some.
const ENOUGH: usize = 6;
/// Latitudes from which on a plane chart says nothing.
const POLAR: f64 = 80.0;

impl Waters {
    /// France if that shows enough of the places or half of them; else the middle of where they are.
    pub fn of(places: impl Iterator<Item = (f64, f64)>) -> Self {
        let (latitudes, longitudes): (Vec<f64>, Vec<f64>) = places
            .filter(|(latitude, longitude)| latitude.abs() <= POLAR && longitude.abs() <= 180.0)
            .unzip();
        let inside = (latitudes.iter().zip(&longitudes))
            .filter(|(latitude, longitude)| FRANCE.project(**latitude, **longitude).is_some())
            .count();
        if inside >= ENOUGH || inside * 2 >= latitudes.len() {
            return FRANCE;
        }
        let (latitude, high) = middle_and_span(latitudes);
        let (longitude, wide) = middle_and_span(longitudes);
        let squeeze = (latitude.to_radians().cos() * 100.0).round() / 100.0;
        let scale = (f64::from(HEIGHT - 140) / high)
            .min(f64::from(WIDTH - 140) / (wide * squeeze))
            .min(FRANCE.scale);
        Self {
            north: latitude + f64::from(HEIGHT / 2) / scale,
            west: longitude - f64::from(WIDTH / 2) / (scale * squeeze),
            scale,
            squeeze,
        }
    }

    /// Where on the chart a place is, if it is on it.
    pub fn project(&self, latitude: f64, longitude: f64) -> Option<(i32, i32)> {
        // A float that is no number, or too large, becomes an integer all the same.
        let x = ((longitude - self.west) * self.squeeze * self.scale).round() as i32;
        let y = ((self.north - latitude) * self.scale).round() as i32;
        let is_number = latitude.is_finite() && longitude.is_finite();
        (is_number && (8..=WIDTH - 8).contains(&x) && (8..=HEIGHT - 8).contains(&y))
            .then_some((x, y))
    }

    /// The circles of latitude to draw: degrees north, and where they run.
    pub fn parallels(&self) -> Vec<(i32, i32)> {
        (-90 / self.step()..=90 / self.step())
            .map(|n| n * self.step())
            .map(|degrees| {
                (
                    degrees,
                    ((self.north - f64::from(degrees)) * self.scale).round() as i32,
                )
            })
            .filter(|(_, y)| (24..=HEIGHT - 24).contains(y))
            .collect()
    }

    /// Where the meridians run.
    pub fn meridians(&self) -> Vec<i32> {
        let step = 2 * self.step();
        (-180 / step..=180 / step)
            .map(|n| f64::from(n * step) - self.west)
            .map(|degrees| (degrees * self.squeeze * self.scale).round() as i32)
            .filter(|x| (24..=WIDTH - 24).contains(x))
            .collect()
    }

    /// Degrees between two parallels: four or five on the chart.
    fn step(&self) -> i32 {
        let high = f64::from(HEIGHT) / self.scale;
        [1, 2, 5, 10, 15, 30]
            .into_iter()
            .find(|&step| high / f64::from(step) <= 5.0)
            .unwrap_or(45)
    }
}

/// The middle and the span of the inner eight tenths, so that one hoster overseas does not stretch the
/// chart. The span is never 0. `degrees` is not empty.
fn middle_and_span(mut degrees: Vec<f64>) -> (f64, f64) {
    degrees.sort_by(f64::total_cmp);
    let last = degrees.len() - 1;
    let (low, high) = (degrees[last / 10], degrees[last - last / 10]);
    ((low + high) / 2.0, (high - low).max(0.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONTREAL: (f64, f64) = (45.5, -73.57);
    const LYON: (f64, f64) = (45.76, 4.84);

    #[test]
    fn nobody_or_six_hosters_in_france_make_a_chart_of_france() {
        assert_eq!(Waters::of([].into_iter()), FRANCE);
        let six = [LYON; 6].into_iter().chain([MONTREAL; 50]);
        assert_eq!(Waters::of(six), FRANCE);
    }

    #[test]
    fn one_hoster_in_montreal_is_in_the_middle_of_its_chart() {
        let waters = Waters::of([MONTREAL].into_iter());
        assert_eq!(
            waters.project(MONTREAL.0, MONTREAL.1),
            Some((WIDTH / 2, HEIGHT / 2))
        );
    }

    #[test]
    fn hosters_on_two_continents_are_both_on_the_chart() {
        let cities = [
            MONTREAL,
            (40.7, -74.0),
            (-33.45, -70.67),
            (-34.6, -58.4),
            (52.5, 13.4),
        ];
        let waters = Waters::of(cities.into_iter());
        let shown = cities
            .iter()
            .filter(|city| waters.project(city.0, city.1).is_some());
        assert_eq!(shown.count(), cities.len());
    }

    #[test]
    fn two_hosters_at_the_ends_of_the_earth_are_both_on_the_chart() {
        let (sydney, reykjavik) = ((-33.9, 151.2), (64.1, -21.9));
        let waters = Waters::of([sydney, reykjavik].into_iter());
        assert!(waters.project(sydney.0, sydney.1).is_some());
        assert!(waters.project(reykjavik.0, reykjavik.1).is_some());
    }

    #[test]
    fn no_number_is_nowhere() {
        assert_eq!(FRANCE.project(f64::NAN, 4.0), None);
        assert_eq!(FRANCE.project(45.0, f64::INFINITY), None);
        assert_eq!(Waters::of([(f64::NAN, f64::NAN)].into_iter()), FRANCE);
    }

    #[test]
    fn a_chart_has_its_graticule() {
        let parallels: Vec<i32> = FRANCE
            .parallels()
            .into_iter()
            .map(|(degrees, _)| degrees)
            .collect();
        assert_eq!(parallels, [44, 46, 48, 50]);
        assert_eq!(FRANCE.meridians().len(), 3);
    }
}
