//! `/api/v1/needs`: what people want to do, and how many listed services let them.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::Catalogue;
use crate::domain::need::SoftwareId;
use crate::domain::text::Name;

use super::list::{Ask, List};
use super::parameters::Whole;
use super::refused::Refused;

#[derive(Serialize, ToSchema)]
struct NeedFacts<'a> {
    id: &'a str,
    name: &'a str,
    synonyms: &'a [Name],
    software: &'a [SoftwareId],
    /// Listed services that serve it, directly or through a suite.
    count: usize,
}

/// `/needs`
#[utoipa::path(
    get,
    path = "/needs",
    operation_id = "needs",
    params(Whole),
    responses((status = 200, body = List<NeedFacts>)),
)]
pub async fn all(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let ask = Ask::read(&request)?;
    let edition = catalogue.current();
    let needs = edition.taxonomy().needs();
    let counted: Vec<_> = needs
        .iter()
        .zip(&edition.overview.services_by_need)
        .collect();
    Ok(
        ask.send(&request, &counted, needs.len(), |(need, count)| NeedFacts {
            id: need.id.as_str(),
            name: need.name.get(ask.l.language).as_str(),
            synonyms: need.synonyms.of(ask.l.language.code()),
            software: &need.software,
            count: **count,
        }),
    )
}
