//! The directory for programs: `/api/v1`, JSON, read only, open to every origin.
//!
//! The shapes are a contract: fields are added, never renamed. Texts are in the language asked for with
//! `lang`; identifiers, words and dates are the same in every language. Not here: compression and the
//! headers of every answer, which the server adds to pages and API alike.

mod answer;
mod departures;
mod facts;
mod hosters;
mod list;
mod needs;
mod places;
pub mod problem;
mod refused;
pub mod search;
mod services;
mod suggest;

use actix_web::guard::{Any, Get, Head};
use actix_web::web::{ServiceConfig, resource, to};
use actix_web::{FromRequest, Handler, Resource, Responder, Route};

/// The routes, seen from `/api/v1`. `web::Data<Catalogue>` must be among the application's data.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(at("/search", search::answer))
        .service(at("/services", services::all))
        .service(at("/services/{id}", services::one))
        .service(at("/hosters", hosters::all))
        .service(at("/hosters/{id}", hosters::one))
        .service(at("/needs", needs::all))
        .service(at("/departures", departures::all))
        .service(at("/departures/{id}", departures::one))
        .service(at("/places", places::named))
        .service(at("/suggest", suggest::begun))
        .default_service(to(problem::not_found));
}

/// An address that can be read, and nothing else.
fn at<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let read = Route::new().guard(Any(Get()).or(Head())).to(handler);
    resource(path)
        .route(read)
        .default_service(to(problem::read_only))
}
