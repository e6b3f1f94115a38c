//! What a visitor sees: the whole site on one screen.
//!
//! Reads from the catalogue only. Every page works without script, every state of a page is in its
//! address, and nothing is loaded from elsewhere. No cookie is set and no query string is logged.

pub mod api;
mod assets;
mod chart;
mod chips;
mod entry;
mod error;
mod etag;
mod facts;
mod feeds;
mod filters;
mod island;
pub mod locale;
mod nearby;
mod page;
pub mod pages;
mod paging;
pub mod sentences;

use actix_web::guard::{Any, Get, Head};
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, PERMISSIONS_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use actix_web::middleware::DefaultHeaders;
use actix_web::web::{ServiceConfig, resource, scope, to};
use actix_web::{FromRequest, Handler, Resource, Responder, Route};

use error::read_only;
use pages::{about, departures, home, hoster, leave, service, services};

/// The route table. `web::Data<Catalogue>` must be among the application's data.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(scope("/api/v1").configure(api::configure))
        .service(scope("/api").default_service(to(api::problem::not_found)))
        .service(at("/", home::choose_language, to(read_only)))
        .service(at("/assets/{file}", assets::asset, to(read_only)))
        .service(at("/favicon.ico", assets::favicon, to(read_only)))
        .service(
            scope("/{lang:fr|en}")
                .service(at("", home::with_slash, to(read_only)))
                .service(at("/", home::page, to(read_only)))
                .service(at("/leave", departures::page, to(read_only)))
                .service(at("/leave/{slug}", leave::page, to(read_only)))
                .service(at("/services", services::page, to(read_only)))
                .service(at("/services.atom", feeds::services, to(read_only)))
                .service(at("/services/{id}", service::page, to(read_only)))
                .service(at("/hosters/{id}", hoster::page, to(read_only)))
                .service(at("/about", about::page, to(read_only)))
                .default_service(to(error::not_found)),
        )
        .default_service(to(error::not_found));
}

/// An address that can be read; `otherwise` answers every other method.
fn at<F, Args>(path: &str, handler: F, otherwise: Route) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let read = Route::new().guard(Any(Get()).or(Head())).to(handler);
    resource(path).route(read).default_service(otherwise)
}

/// Headers on every answer: nothing from elsewhere, no frame, no referrer, no type guessing.
pub fn headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .add((REFERRER_POLICY, "no-referrer"))
        .add((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((X_FRAME_OPTIONS, "DENY"))
        .add((PERMISSIONS_POLICY, "geolocation=(self), camera=(), microphone=(), interest-cohort=()"))
}
