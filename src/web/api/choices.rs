//! `/api/v1/policy` and `/api/v1/decisions`: what the operator chooses, and every change of that.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::{Catalogue, Observations};
use crate::domain::anchor::Anchor;
use crate::domain::block::Block;
use crate::domain::collective::Standing;
use crate::domain::decision::Decision;
use crate::search::query::DEFAULT_LIMIT;

use super::answer::send;
use super::list::{Ask, List};
use super::parameters::Listing;
use super::problem;
use super::refused::Refused;

/// What is chosen.
#[derive(Serialize, ToSchema)]
struct Policy<'a> {
    revision: u64,
    least_standing: Standing,
    max_depth: Option<u8>,
    collective_quota: Option<u32>,
    hoster_quota: Option<u32>,
    anchors: &'a [Anchor],
    blocks: &'a [Block],
}

/// `/policy`: the rules, the anchors and the blocks in force.
#[utoipa::path(
    get,
    path = "/policy",
    operation_id = "policy",
    responses((status = 200, body = Policy)),
)]
pub async fn policy(request: HttpRequest, catalogue: Data<Catalogue>) -> HttpResponse {
    let edition = catalogue.current();
    let policy = Policy {
        revision: edition.revision,
        least_standing: edition.least_standing,
        max_depth: edition.rules.max_depth,
        collective_quota: edition.rules.collective_quota,
        hoster_quota: edition.rules.hoster_quota,
        anchors: &edition.anchors,
        blocks: &edition.blocks,
    };
    send(&request, &policy)
}

/// `/decisions`: the whole log, the newest first.
#[utoipa::path(
    get,
    path = "/decisions",
    operation_id = "decisions",
    params(Listing),
    responses((status = 200, body = List<Decision>), (status = 503)),
)]
pub async fn decisions(
    request: HttpRequest,
    observations: Data<Observations>,
) -> Result<HttpResponse, Refused> {
    let ask = Ask::read(&request)?;
    let limit = ask.limit.unwrap_or(DEFAULT_LIMIT);
    let page = u32::try_from(limit).unwrap_or(u32::MAX);
    let beginning = DateTime::<Utc>::UNIX_EPOCH;
    let read = observations.decisions(beginning, page, ask.offset as u64);
    Ok(match read.await {
        Ok((results, total)) => {
            let list: List<Decision> = List {
                total: usize::try_from(total).unwrap_or(usize::MAX),
                offset: ask.offset,
                limit,
                results,
            };
            send(&request, &list)
        }
        Err(error) => {
            tracing::error!(%error, "the log of decisions cannot be read");
            problem::away(ask.l)
        }
    })
}
