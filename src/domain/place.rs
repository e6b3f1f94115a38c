//! A place on earth: its coordinates, and the town or postcode it is known by.
//!
//! Values only. Finding a place by name is the gazetteer's; how near counts for an ordering is the
//! search's.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::described::described;
use super::localized::Language;

/// The mean radius of the earth (IUGG), in kilometres.
pub const EARTH_RADIUS_KM: f64 = 6371.0088;

/// A point on the earth, in degrees, north and east positive.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Degrees", into = "Degrees")]
pub struct Coordinates {
    latitude: f64,
    longitude: f64,
}

/// A tenth of a degree each way, as finely as a browser's position is sent: what is the same for whoever is in
/// it need not be worked out for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cell {
    latitude: i16,
    longitude: i16,
}

impl Cell {
    /// The one some coordinates are in.
    pub fn of(at: Coordinates) -> Self {
        let tenths = |degrees: f64| (degrees * 10.0).round() as i16;
        Self {
            latitude: tenths(at.latitude),
            longitude: tenths(at.longitude),
        }
    }

    /// Its middle.
    pub fn centre(self) -> Coordinates {
        let degrees = |tenths: i16| f64::from(tenths) / 10.0;
        Coordinates {
            latitude: degrees(self.latitude),
            longitude: degrees(self.longitude),
        }
    }

    /// A number for it, the same everywhere and never 0.
    pub fn number(self) -> u64 {
        let half = |tenths: i16| u64::from(tenths.cast_unsigned());
        1 << 32 | half(self.latitude) << 16 | half(self.longitude)
    }
}

/// Why two numbers are no coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum CoordinatesError {
    /// Not a number, or beyond a pole.
    #[error("latitude {0} is not between -90 and 90")]
    Latitude(f64),
    /// Not a number, or more than half way round.
    #[error("longitude {0} is not between -180 and 180")]
    Longitude(f64),
    /// Not two numbers with a comma between them.
    #[error("coordinates are written as latitude,longitude")]
    Form,
}

/// One of eight directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say all")]
pub enum Compass {
    North,
    NorthEast,
    East,
    SouthEast,
    South,
    SouthWest,
    West,
    NorthWest,
}

/// A town, or a postcode with its town.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The town's name, as GeoNames has it: the inhabitants' or the English one.
    pub name: String,
    /// Its name in French, if that is another and known (`Bruxelles`, `Genève`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub french_name: Option<String>,
    /// The country, as ISO 3166-1 alpha-2. French overseas departments are `FR`.
    pub country: String,
    /// The region's name (in France the department's), where there is one.
    pub admin: Option<String>,
    /// The postcode, if one was asked for.
    pub postcode: Option<String>,
    /// Where the postcode is, or else the town.
    #[serde(flatten)]
    pub coordinates: Coordinates,
    /// How many people live in the town; 0 where it is not known.
    pub population: u32,
    /// A larger town of the same country and region has this name, so [`Place::label`] adds coordinates.
    #[serde(default, skip_serializing)]
    pub ambiguous: bool,
}

impl FromStr for Coordinates {
    type Err = CoordinatesError;

    /// `latitude,longitude` in degrees, as browsers and links write it.
    fn from_str(text: &str) -> Result<Self, CoordinatesError> {
        let parts = text.split_once(',');
        let degrees = |part: &str| part.trim().parse::<f64>().ok();
        let both = parts.and_then(|(north, east)| Some((degrees(north)?, degrees(east)?)));
        let (latitude, longitude) = both.ok_or(CoordinatesError::Form)?;
        Self::new(latitude, longitude)
    }
}

impl Coordinates {
    /// Refuses what is not a point on the earth.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, CoordinatesError> {
        // A range contains no NaN.
        if !(-90.0..=90.0).contains(&latitude) {
            return Err(CoordinatesError::Latitude(latitude));
        }
        if !(-180.0..=180.0).contains(&longitude) {
            return Err(CoordinatesError::Longitude(longitude));
        }
        Ok(Self {
            latitude,
            longitude,
        })
    }

    /// Degrees north.
    pub fn latitude(&self) -> f64 {
        self.latitude
    }

    /// Degrees east.
    pub fn longitude(&self) -> f64 {
        self.longitude
    }

    /// As the crow flies, in kilometres (haversine on a sphere: within 0.5 %).
    pub fn distance_km(&self, other: &Coordinates) -> f64 {
        let (north, east) = (
            (other.latitude - self.latitude).to_radians() / 2.0,
            (other.longitude - self.longitude).to_radians() / 2.0,
        );
        let cosines = self.latitude.to_radians().cos() * other.latitude.to_radians().cos();
        let chord = north.sin().powi(2) + cosines * east.sin().powi(2);
        2.0 * EARTH_RADIUS_KM * chord.sqrt().min(1.0).asin()
    }

    /// The degrees, clockwise from north, 0 to 360, in which one sets out from here to `other`; 0 where
    /// they are the same.
    pub fn heading_to(&self, other: &Coordinates) -> f64 {
        let (here, there) = (self.latitude.to_radians(), other.latitude.to_radians());
        let east = (other.longitude - self.longitude).to_radians();
        let eastward = east.sin() * there.cos();
        let northward = here.cos() * there.sin() - here.sin() * there.cos() * east.cos();
        eastward.atan2(northward).to_degrees().rem_euclid(360.0)
    }
}

impl Compass {
    /// The nearest direction to so many degrees, clockwise from north.
    pub fn of_heading(degrees: f64) -> Self {
        match (degrees / 45.0).round() as i32 {
            1 => Self::NorthEast,
            2 => Self::East,
            3 => Self::SouthEast,
            4 => Self::South,
            5 => Self::SouthWest,
            6 => Self::West,
            7 => Self::NorthWest,
            _ => Self::North,
        }
    }
}

impl Place {
    /// A point far from any town, known by its coordinates alone; its country is `ZZ`, ISO 3166's code
    /// for none.
    pub fn nameless(coordinates: Coordinates) -> Self {
        let Coordinates {
            latitude,
            longitude,
        } = coordinates;
        Self {
            name: format!("{latitude:.1} {longitude:.1}"),
            french_name: None,
            country: "ZZ".to_owned(),
            admin: None,
            postcode: None,
            coordinates,
            population: 0,
            ambiguous: false,
        }
    }

    /// The town's name for a reader of this language.
    pub fn name_in(&self, language: Language) -> &str {
        match (language, &self.french_name) {
            (Language::French, Some(name)) => name,
            _ => &self.name,
        }
    }

    /// The place in one line that [`Gazetteer::find`](super::gazetteer::Gazetteer::find) leads back to it:
    /// `Valence, Drôme, FR`, `69007 Lyon, Rhône, FR`.
    pub fn label(&self) -> String {
        // A comma ends the name, so a name has none (`Rüti / Dorfzentrum, Südl. Teil`).
        let mut label = self.name.replace(',', "");
        if let Some(postcode) = &self.postcode {
            label = format!("{postcode} {label}");
        }
        if let Some(admin) = &self.admin {
            label = format!("{label}, {}", admin.replace(',', ""));
        }
        label = format!("{label}, {}", self.country);
        if self.ambiguous {
            let Coordinates {
                latitude,
                longitude,
            } = self.coordinates;
            label = format!("{label}, {latitude:.3} {longitude:.3}");
        }
        label
    }
}

/// The wire shape of [`Coordinates`].
#[derive(Serialize, Deserialize)]
struct Degrees {
    lat: f64,
    lon: f64,
}

described!(
    Coordinates: ObjectBuilder::new()
        .property("lat", degrees(90.0))
        .required("lat")
        .property("lon", degrees(180.0))
        .required("lon")
);

/// How degrees are described, this far from naught at most.
fn degrees(most: f64) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Number)
        .minimum(Some(-most))
        .maximum(Some(most))
}

impl TryFrom<Degrees> for Coordinates {
    type Error = CoordinatesError;

    fn try_from(degrees: Degrees) -> Result<Self, CoordinatesError> {
        Self::new(degrees.lat, degrees.lon)
    }
}

impl From<Coordinates> for Degrees {
    fn from(coordinates: Coordinates) -> Self {
        Self {
            lat: coordinates.latitude,
            lon: coordinates.longitude,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: f64, longitude: f64) -> Coordinates {
        Coordinates::new(latitude, longitude).unwrap()
    }

    #[test]
    fn what_is_not_on_earth_is_refused() {
        assert!(Coordinates::new(f64::NAN, 0.0).is_err());
        assert!(Coordinates::new(0.0, f64::INFINITY).is_err());
        assert_eq!(
            Coordinates::new(90.1, 0.0),
            Err(CoordinatesError::Latitude(90.1))
        );
        assert_eq!(
            Coordinates::new(0.0, -180.5),
            Err(CoordinatesError::Longitude(-180.5))
        );
        assert!(Coordinates::new(-90.0, 180.0).is_ok());
    }

    #[test]
    fn the_centre_of_a_cell_is_in_it_and_near_all_that_is() {
        for (latitude, longitude) in [
            (48.857, 2.352),
            (-33.949, -70.051),
            (90.0, 180.0),
            (-90.0, -180.0),
            (0.0, -0.049),
        ] {
            let here = at(latitude, longitude);
            let cell = Cell::of(here);
            assert_eq!(Cell::of(cell.centre()), cell);
            assert!(cell.centre().distance_km(&here) < 8.0);
            assert_ne!(cell.number(), Cell::of(at(12.3, 45.6)).number());
        }
    }

    #[test]
    fn paris_is_392_km_from_lyon_either_way() {
        let (paris, lyon) = (at(48.8566, 2.3522), at(45.7640, 4.8357));
        assert!((paris.distance_km(&lyon) - 391.5).abs() < 1.0);
        assert_eq!(paris.distance_km(&lyon), lyon.distance_km(&paris));
        assert_eq!(paris.distance_km(&paris), 0.0);
    }

    #[test]
    fn distance_goes_the_short_way_round() {
        assert!(at(0.0, 179.9).distance_km(&at(0.0, -179.9)) < 23.0);
        assert!((at(90.0, 0.0).distance_km(&at(-90.0, 0.0)) - 20015.1).abs() < 0.1);
    }

    #[test]
    fn lyon_lies_south_east_of_paris() {
        let (paris, lyon, brest) = (at(48.86, 2.35), at(45.76, 4.84), at(48.39, -4.49));
        let bearing =
            |from: Coordinates, to: Coordinates| Compass::of_heading(from.heading_to(&to));
        assert_eq!(bearing(paris, lyon), Compass::SouthEast);
        assert_eq!(bearing(lyon, paris), Compass::NorthWest);
        assert_eq!(bearing(paris, brest), Compass::West);
        assert_eq!(bearing(at(0.0, 179.0), at(0.0, -179.0)), Compass::East);
        assert_eq!(bearing(at(1.0, 0.0), at(0.0, 0.0)), Compass::South);
        assert_eq!(bearing(paris, paris), Compass::North);
    }

    #[test]
    fn coordinates_on_the_wire_are_lat_and_lon_and_checked() {
        let json = serde_json::to_string(&at(45.76, 4.84)).unwrap();
        assert_eq!(json, r#"{"lat":45.76,"lon":4.84}"#);
        assert_eq!(
            serde_json::from_str::<Coordinates>(&json).unwrap(),
            at(45.76, 4.84)
        );
        assert!(serde_json::from_str::<Coordinates>(r#"{"lat":95,"lon":0}"#).is_err());
    }

    #[test]
    fn a_place_on_the_wire_is_flat() {
        let place = Place {
            name: "Lyon".to_owned(),
            french_name: None,
            country: "FR".to_owned(),
            admin: Some("Rhône".to_owned()),
            postcode: None,
            coordinates: at(45.749, 4.848),
            population: 519_127,
            ambiguous: false,
        };
        let json = serde_json::to_string(&place).unwrap();
        assert_eq!(
            json,
            r#"{"name":"Lyon","country":"FR","admin":"Rhône","postcode":null,"lat":45.749,"lon":4.848,"population":519127}"#
        );
        assert_eq!(serde_json::from_str::<Place>(&json).unwrap(), place);
    }
}
