//! `/api/v1/services`: what is offered, by identifier.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::service::Service;
use crate::domain::text::Name;
use crate::search::query::DEFAULT_LIMIT;
use crate::web::locale::Locale;

use super::answer::send;
use super::facts::ServiceFacts;
use super::list::{Ask, List, id};
use super::parameters::{Listing, One};
use super::problem;
use super::refused::Refused;

/// One service with all its facts.
#[derive(Serialize, ToSchema)]
pub struct ServiceDetails<'a> {
    #[serde(flatten)]
    facts: ServiceFacts<'a>,
    note: Option<&'a str>,
    /// Which of these facts no source gives.
    unsourced: &'a [Name],
    /// Whether it is among the lists and results of this directory.
    listed: bool,
}

/// `/services`: all that are listed, their hosters in the turn of the day.
#[utoipa::path(
    get,
    path = "/services",
    operation_id = "services",
    params(Listing),
    responses((status = 200, body = List<ServiceFacts>)),
)]
pub async fn all(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let ask = Ask::read(&request)?;
    let edition = catalogue.current();
    let listed = &edition.overview.listed_services;
    Ok(ask.send(&request, listed, DEFAULT_LIMIT, |position| {
        let service = edition.service_at(*position);
        ServiceFacts::new(&edition, service, &service.need, ask.l)
    }))
}

/// `/services/{id}`: any that is known, with its hoster's standing.
#[utoipa::path(
    get,
    path = "/services/{id}",
    operation_id = "service",
    params(One),
    responses((status = 200, body = ServiceDetails), (status = 404)),
)]
pub async fn one(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let ask = Ask::read(&request)?;
    let edition = catalogue.current();
    if let Some(block) = edition.not_listed.service(id(&request)) {
        return Ok(problem::not_listed(id(&request), block, ask.l));
    }
    Ok(match edition.service(id(&request)) {
        Some(service) => send(&request, &ServiceDetails::new(&edition, service, ask.l)),
        None => problem::unknown_id(id(&request), &[], ask.l),
    })
}

impl<'a> ServiceDetails<'a> {
    /// Everything that is known of a service.
    pub fn new(edition: &'a Edition, service: &'a Service, l: &Locale) -> Self {
        Self {
            facts: ServiceFacts::new(edition, service, &service.need, l),
            note: service.note.as_ref().map(|text| text.get(l.language)),
            unsourced: &service.unsourced,
            listed: is_listed(edition, service),
        }
    }
}

fn is_listed(edition: &Edition, service: &Service) -> bool {
    let (hoster, _) = edition.hoster_of(service);
    !service.is_over_by(edition.day()) && edition.is_listed(hoster)
}
