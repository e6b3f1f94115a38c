//! What a visitor sees: the whole site on one screen.
//!
//! Reads from the catalogue only. Every page works without script, every state of a page is in its
//! address, and nothing is loaded from elsewhere. No cookie is set, but for the owner on `manage`'s pages,
//! and no query string is logged.

pub mod api;
mod asking;
mod assets;
mod availability;
mod badge;
mod busy;
mod chart;
mod chips;
mod choices;
mod client;
mod collectives;
mod copied;
mod elsewhere;
mod engines;
mod entry;
mod error;
mod etag;
mod facts;
mod feeds;
mod filters;
mod go;
mod growth;
mod headers;
mod health;
mod island;
mod limit;
pub mod locale;
mod manage;
mod metrics;
mod nearby;
mod page;
pub mod pages;
mod paging;
mod party;
mod posted;
mod route;
mod script;
pub mod sentences;
mod shares;
mod time_left;
mod traffic;
mod vouches;
mod wire;

use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::guard::{Any, Get, Head, Post, fn_guard};
use actix_web::http::header::VARY;
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::web::{ServiceConfig, resource, scope, to};
use actix_web::{Error, FromRequest, Handler, Resource, Responder, Route};

use crate::formats::xmpp_provider;
use error::read_only;
pub use headers::headers;
pub use health::{Asked, Condition, Health, free_bytes};
use pages::{
    about, charter, check, closings, collective, departures, docs, embed, home, hoster, join,
    leave, map, report, service, services, widget,
};

pub use limit::{Limit, Whom};
pub use metrics::{Loop, Loops, note_panic};
pub use traffic::{Traffic, admit};

/// The route table. `web::Data` of a [`Catalogue`](crate::catalogue::Catalogue), a [`Limit`], a [`Condition`] and
/// [`Traffic`] must be among the application's data.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(
            scope("/api")
                .configure(api::configure)
                .wrap(from_fn(api::gate)),
        )
        .service(both("/", home::choose_language, wire::home, to(read_only)))
        .service(at("/assets/{file}", assets::asset, to(read_only)))
        .service(at("/badge/{id}.svg", badge::badge, to(read_only)))
        .service(at(script::CURRENT, script::current, to(read_only)))
        .service(at("/widget-{version}.js", script::versioned, to(read_only)))
        .service(at("/embed", embed::page, to(read_only)))
        .service(at("/healthz", health::alive, to(read_only)))
        .service(at("/readyz", health::ready, to(read_only)))
        .service(at("/metrics", metrics::metrics, to(read_only)))
        .service(at("/robots.txt", engines::robots, to(read_only)))
        .service(at("/sitemap.xml", engines::index, to(read_only)))
        .service(at("/sitemap/{part}.xml", engines::part, to(read_only)))
        .service(
            at("/go/{slug}", go::go, to(read_only)).wrap(DefaultHeaders::new().add(go::ROBOTS)),
        )
        .service(at("/favicon.ico", assets::favicon, to(read_only)))
        .service(at(
            "/.well-known/webfinger",
            wire::webfinger,
            to(wire::other_method),
        ))
        .service(at(
            "/.well-known/nodeinfo",
            wire::nodeinfo_links,
            to(wire::other_method),
        ))
        .service(at(
            "/nodeinfo/{version}",
            wire::nodeinfo,
            to(wire::other_method),
        ))
        .service(at(
            "/.{well:well-known|well_known}/chatonsinfos/{name}",
            elsewhere::chatonsinfos,
            to(wire::other_method),
        ))
        .service(at(
            "/librehost.json",
            elsewhere::librehost,
            to(wire::other_method),
        ))
        .service(at(
            xmpp_provider::PATH,
            elsewhere::xmpp_provider,
            to(wire::other_method),
        ))
        .service(at(
            "/charter/{version}",
            charter::text,
            to(wire::other_method),
        ))
        .service(at("/ns", wire::namespace, to(wire::other_method)))
        .service(inbox("/ap/inbox"))
        .service(inbox("/ap/{actor:actor|org|group}/inbox"))
        .service(at(
            "/ap/actor/hosters",
            wire::hosters,
            to(wire::other_method),
        ))
        .service(at("/ap/{path:.*}", wire::document, to(wire::other_method)))
        .service(of_the_origin("/manage"))
        .service(of_the_origin("/{lang:fr|en}/{page:join|check|charter}"))
        .service(of_the_origin(
            "/{lang:fr|en}/{kind:hosters|services}/{id}/report",
        ))
        .service(of_the_origin("/{lang:fr|en}/manage{rest:(/.*)?}"))
        .service(at("/manage", manage::choose_language, to(read_only)))
        .service(
            scope("/{lang:fr|en}")
                .service(at("", home::with_slash, to(read_only)))
                .service(at("/", home::page, to(read_only)))
                .service(at("/leave", departures::page, to(read_only)))
                .service(at("/leave/{slug}", leave::page, to(read_only)))
                .service(at("/closings", closings::page, to(read_only)))
                .service(at("/closings.ics", closings::ics, to(read_only)))
                .service(at("/closings.atom", closings::atom, to(read_only)))
                .service(at("/services", services::page, to(read_only)))
                .service(at("/map", map::page, to(read_only)))
                .service(at("/services.atom", feeds::services, to(read_only)))
                .service(at("/feeds.opml", feeds::subscriptions, to(read_only)))
                .service(at("/opensearch.xml", engines::opensearch, to(read_only)))
                .service(both(
                    "/services/{id}",
                    service::page,
                    wire::service,
                    to(read_only),
                ))
                .service(both(
                    "/hosters/{id}",
                    hoster::page,
                    wire::hoster,
                    to(read_only),
                ))
                .service(
                    at(
                        "/{kind:hosters|services}/{id}/report",
                        report::page,
                        to(read_only),
                    )
                    .route(Route::new().guard(Post()).to(report::send_report)),
                )
                .service(at("/collectives", pages::collectives::page, to(read_only)))
                .service(at("/collectives/{id}", collective::page, to(read_only)))
                .service(at("/about", about::page, to(read_only)))
                .service(at("/join", join::page, to(read_only)))
                .service(at("/widget", widget::page, to(read_only)))
                .service(at("/api", docs::page, to(read_only)))
                .service(at("/charter", charter::page, to(read_only)))
                .service(
                    at("/check", check::page, to(read_only))
                        .route(Route::new().guard(Post()).to(check::again)),
                )
                .configure(manage::configure)
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

/// An address with a page for people and a document for programs.
fn both<P, PageArgs, D, DocumentArgs>(
    path: &str,
    page: P,
    document: D,
    otherwise: Route,
) -> Resource<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = Error,
        InitError = (),
    >,
>
where
    P: Handler<PageArgs>,
    PageArgs: FromRequest + 'static,
    P::Output: Responder + 'static,
    D: Handler<DocumentArgs>,
    DocumentArgs: FromRequest + 'static,
    D::Output: Responder + 'static,
{
    let read = || Route::new().guard(Any(Get()).or(Head()));
    resource(path)
        .route(read().guard(fn_guard(wire::is_program)).to(document))
        .route(read().to(page))
        .default_service(otherwise)
        .wrap(DefaultHeaders::new().add((VARY, "Accept")))
}

/// An address at which a mirror leads to its origin; it is there on mirrors only.
fn of_the_origin(path: &str) -> Resource {
    resource(path)
        .guard(fn_guard(copied::is_mirror))
        .default_service(to(copied::at_origin))
}

/// An inbox: it takes posts and can only be written to.
fn inbox(path: &str) -> Resource {
    let post = Route::new().guard(Post()).to(wire::inbox);
    resource(path)
        .route(post)
        .default_service(to(wire::other_method))
}
