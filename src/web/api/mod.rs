//! The directory for programs: `/api/v1`, JSON, read only, open to every origin.
//!
//! The shapes are a contract: fields are added, never renamed. `/api/openapi.json` has it in full, made of the
//! handlers and their types; `/api/docs` is the same for people. Texts are in the language asked for with `lang`;
//! identifiers, words and dates are the same in every language. Not here: compression and the headers of every
//! answer, which the server adds to pages and API alike.

mod answer;
mod choices;
mod closings;
mod collectives;
mod departures;
pub mod examples;
mod facts;
mod gate;
mod go;
mod hosters;
mod instances;
mod list;
mod needs;
pub mod openapi;
mod parameters;
mod places;
mod problem;
mod refused;
pub mod search;
mod sent;
mod services;
mod snapshot;
mod suggest;
mod vouches;
mod xmpp;

use actix_web::web::{ServiceConfig, scope, to};

use super::at;
use super::pages::docs;
pub use gate::gate;
use problem::read_only;

/// The routes, seen from `/api`. `web::Data<Catalogue>` must be among the application's data.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(scope("/v1").configure(version_1))
        .service(at("/openapi.json", openapi::document, to(read_only)))
        .service(at("/docs", docs::choose_language, to(read_only)))
        .default_service(to(problem::not_found));
}

/// The routes of the first version; each stands in the description, too ([`openapi`]).
fn version_1(config: &mut ServiceConfig) {
    config
        .service(at("/search", search::answer, to(read_only)))
        .service(at("/services", services::all, to(read_only)))
        .service(at("/services/{id}", services::one, to(read_only)))
        .service(at("/hosters", hosters::all, to(read_only)))
        .service(at("/hosters/{id}", hosters::one, to(read_only)))
        .service(at("/collectives", collectives::all, to(read_only)))
        .service(at("/collectives/{id}", collectives::one, to(read_only)))
        .service(at("/instances/hosts", instances::hosts, to(read_only)))
        .service(at("/xmpp/providers.json", xmpp::providers, to(read_only)))
        .service(at("/needs", needs::all, to(read_only)))
        .service(at("/changes", snapshot::changes, to(read_only)))
        .service(at("/departures", departures::all, to(read_only)))
        .service(at("/departures/{id}", departures::one, to(read_only)))
        .service(at("/closings", closings::all, to(read_only)))
        .service(at("/policy", choices::policy, to(read_only)))
        .service(at("/decisions", choices::decisions, to(read_only)))
        .service(at("/places", places::named, to(read_only)))
        .service(at("/sent", sent::all, to(read_only)))
        .service(at("/go/{id}", go::draw, to(read_only)))
        .service(at("/snapshot", snapshot::whole, to(read_only)))
        .service(at("/suggest", suggest::begun, to(read_only)))
        .default_service(to(problem::not_found));
}
