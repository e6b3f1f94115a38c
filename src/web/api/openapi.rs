//! `/api/openapi.json`: the contract, in OpenAPI 3.1.
//!
//! Operations and shapes are described where they are written; `shared` adds what all of them have. What each
//! operation, parameter and field means (`meanings`) stands with the site's other sentences, since `/api/docs` tells it
//! in both languages.

pub mod meanings;
mod shared;

use std::sync::LazyLock;

use actix_web::http::header::EntityTag;
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use utoipa::OpenApi;

use crate::web::etag;

use super::answer::send_tagged;
use super::problem::Problem;
use super::{
    choices, closings, collectives, departures, go, hosters, instances, needs, places, search,
    sent, services, snapshot, suggest, xmpp,
};
use shared::Shared;
pub use shared::may_be_null;

/// The operations, in the order in which people are told of them.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Archipelago",
        version = "1",
        license(name = "CC0-1.0", identifier = "CC0-1.0")
    ),
    servers((url = "/api/v1")),
    paths(
        search::answer,
        suggest::begun,
        places::named,
        go::draw,
        services::all,
        services::one,
        hosters::all,
        hosters::one,
        collectives::all,
        collectives::one,
        needs::all,
        departures::all,
        departures::one,
        closings::all,
        choices::policy,
        choices::decisions,
        sent::all,
        instances::hosts,
        xmpp::providers,
        snapshot::whole,
        snapshot::changes,
    ),
    components(schemas(Problem)),
    modifiers(&Shared),
)]
struct Contract;

static CONTRACT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(Contract::openapi);
static WRITTEN: LazyLock<(EntityTag, Bytes)> = LazyLock::new(|| {
    let written = serde_json::to_vec(&*CONTRACT).expect("its keys are texts, its numbers finite");
    (etag::of(&written), written.into())
});

/// The contract, for whoever tells it otherwise.
pub fn contract() -> &'static utoipa::openapi::OpenApi {
    &CONTRACT
}

/// `/openapi.json`
pub async fn document(request: HttpRequest) -> HttpResponse {
    let (tag, written) = &*WRITTEN;
    send_tagged(&request, tag, written.clone())
}
