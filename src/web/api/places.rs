//! `/api/v1/places`: towns and postcodes that begin so, or are named so.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::catalogue::Catalogue;
use crate::domain::place::{Coordinates, Place};
use crate::search::query::{DEFAULT_LIMIT, MAX_LIMIT};

use super::list::Ask;
use super::refused::Refused;

#[derive(Serialize)]
struct PlaceFacts<'a> {
    name: &'a str,
    country: &'a str,
    admin: Option<&'a str>,
    postcode: Option<&'a str>,
    #[serde(flatten)]
    coordinates: Coordinates,
    population: u32,
    /// What `near` takes to mean exactly this place.
    label: String,
}

/// `/places?q=`
pub async fn named(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let (ask, words) = Ask::by_words(&request)?;
    let edition = catalogue.current();
    let places =
        edition
            .vocabulary
            .gazetteer
            .suggest(&words, ask.l.language.likely_countries(), MAX_LIMIT);
    Ok(
        ask.send(&request, &places, DEFAULT_LIMIT, |place| PlaceFacts {
            name: place.name_in(ask.l.language),
            country: &place.country,
            admin: place.admin.as_deref(),
            postcode: place.postcode.as_deref(),
            coordinates: place.coordinates,
            population: place.population,
            label: Place::label(place),
        }),
    )
}
