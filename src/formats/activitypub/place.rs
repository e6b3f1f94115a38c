//! A hoster's place as ActivityStreams has places, to be as exact as the hoster chose.

use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::vocabulary::{archi, property, types};
use crate::domain::hoster::HosterPlace;
use crate::domain::place::Coordinates;

/// The place; `None` where nothing is known of it.
pub(super) fn write(place: &HosterPlace) -> Option<Value> {
    let told = [
        (property::NAME, place.city.as_ref().map(|name| json!(name))),
        (
            property::LATITUDE,
            place.coordinates.map(|at| json!(at.latitude())),
        ),
        (
            property::LONGITUDE,
            place.coordinates.map(|at| json!(at.longitude())),
        ),
        (archi::COUNTRY, place.country.map(|code| json!(code))),
        (
            archi::POSTCODE,
            place.postcode.as_ref().map(|code| json!(code)),
        ),
    ];
    let mut fields = Map::new();
    for (key, value) in told {
        if let Some(value) = value {
            fields.insert(key.to_owned(), value);
        }
    }
    if fields.is_empty() {
        return None;
    }
    fields.shift_insert(0, property::TYPE.to_owned(), json!(types::PLACE));
    Some(Value::Object(fields))
}

/// The place in the `location` of others: of each part what fits.
pub(super) fn read(location: &Value) -> HosterPlace {
    let Ok(fields) = Fields::of(location, property::LOCATION) else {
        return HosterPlace::default();
    };
    let degrees = |key| fields.optional::<f64>(key).ok().flatten();
    let coordinates = degrees(property::LATITUDE)
        .zip(degrees(property::LONGITUDE))
        .and_then(|(latitude, longitude)| Coordinates::new(latitude, longitude).ok());
    HosterPlace {
        country: fields.optional(archi::COUNTRY).ok().flatten(),
        city: fields.optional(property::NAME).ok().flatten(),
        postcode: fields.optional(archi::POSTCODE).ok().flatten(),
        coordinates,
    }
}
