//! `/api/v1/sent`: to whom `/go` sent people within thirty days, by hoster; nothing of who they were.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::{Catalogue, Observations};
use crate::search::query::DEFAULT_LIMIT;
use crate::web::shares::shares;

use super::list::{Ask, List};
use super::parameters::Listing;
use super::problem;
use super::refused::Refused;

#[derive(Serialize, ToSchema)]
struct Sent<'a> {
    id: &'a str,
    name: &'a str,
    /// Its part of all, in whole per cent; `null` if too few to be told.
    percent: Option<u64>,
    /// For how many people it says that it is made.
    people: Option<u32>,
}

/// `/sent`
#[utoipa::path(
    get,
    path = "/sent",
    operation_id = "sent",
    params(Listing),
    responses((status = 200, body = List<Sent>), (status = 503)),
)]
pub async fn all(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
    observations: Data<Observations>,
) -> Result<HttpResponse, Refused> {
    let ask = Ask::read(&request)?;
    let edition = catalogue.current();
    Ok(match observations.shares().await {
        Ok(sent) => {
            let shares = shares(&edition, &sent);
            ask.send(&request, &shares, DEFAULT_LIMIT, |share| Sent {
                id: share.id,
                name: share.name,
                percent: share.percent,
                people: share.people,
            })
        }
        Err(error) => {
            tracing::error!(%error, "where people were sent cannot be read");
            problem::away(ask.l)
        }
    })
}
