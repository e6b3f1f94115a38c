//! `/api/v1/places`: towns and postcodes that begin so, or are named so.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::Catalogue;
use crate::domain::place::Coordinates;
use crate::search::query::{DEFAULT_LIMIT, MAX_LIMIT};

use super::list::{Ask, List};
use super::parameters::ByWords;
use super::refused::Refused;

#[derive(Serialize, ToSchema)]
struct PlaceFacts {
    name: String,
    country: String,
    admin: Option<String>,
    postcode: Option<String>,
    #[serde(flatten)]
    coordinates: Coordinates,
    population: u32,
    /// What `near` takes to mean exactly this place.
    label: String,
}

/// `/places?q=`
#[utoipa::path(
    get,
    path = "/places",
    operation_id = "places",
    params(ByWords),
    responses((status = 200, body = List<PlaceFacts>)),
)]
pub async fn named(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let (ask, words) = Ask::by_words(&request)?;
    let edition = catalogue.current();
    let gazetteer = &edition.vocabulary.gazetteer;
    let countries = ask.l.language.likely_countries();
    let found = gazetteer.suggest_unread(&words, countries, MAX_LIMIT);
    Ok(ask.send(&request, &found, DEFAULT_LIMIT, |found| {
        let place = gazetteer.read(found);
        PlaceFacts {
            name: place.name_in(ask.l.language).to_owned(),
            label: place.label(),
            country: place.country,
            admin: place.admin,
            postcode: place.postcode,
            coordinates: place.coordinates,
            population: place.population,
        }
    }))
}
