//! What a visitor sees: the whole site on one screen.
//!
//! Reads from the catalogue only. Every page works without script, every state of a page is in its
//! address, and nothing is loaded from elsewhere. No cookie is set and no query string is logged.

pub mod api;
mod assets;
mod chart;
mod entry;
mod error;
mod facts;
mod filters;
mod island;
pub mod locale;
mod nearby;
mod page;
pub mod pages;
pub mod sentences;

use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, PERMISSIONS_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use actix_web::middleware::DefaultHeaders;
use actix_web::web::{ServiceConfig, get, resource, scope};

use pages::{about, home, hoster, leave, service, services};

/// The route table. `web::Data<Catalogue>` and `web::Data<Clock>` must be among the application's data.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(scope("/api/v1").configure(api::configure))
        .route("/", get().to(home::choose_language))
        .route("/assets/{file}", get().to(assets::asset))
        .route("/favicon.ico", get().to(assets::favicon))
        .service(
            scope("/{lang:fr|en}")
                .route("", get().to(home::with_slash))
                .route("/", get().to(home::page))
                .route("/leave", get().to(leave::choose))
                .route("/leave/{slug}", get().to(leave::page))
                .route("/services", get().to(services::page))
                .route("/services/{id}", get().to(service::page))
                .route("/hosters/{id}", get().to(hoster::page))
                .route("/about", get().to(about::page))
                .default_service(get().to(error::not_found)),
        )
        .service(resource("/{tail:.*}").route(get().to(error::not_found)));
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
