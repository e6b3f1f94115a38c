//! `/api/v1/hosters`: who offers services.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::date::PartialDate;
use crate::domain::text::Name;
use crate::search::query::DEFAULT_LIMIT;
use crate::search::question::MAX_SIMILAR;
use crate::web::locale::Locale;

use super::answer::send;
use super::facts::HosterFacts;
use super::list::{Ask, List, id};
use super::parameters::{Listing, One};
use super::problem;
use super::refused::Refused;
use super::services::ServiceDetails;
use super::vouches::{Step, VouchFacts, path, told};

/// One hoster with all its facts and services.
#[derive(Serialize, ToSchema)]
struct HosterDetails<'a> {
    #[serde(flatten)]
    facts: HosterFacts<'a>,
    /// Collectives it is said to belong to; no vouch.
    memberships: Vec<Membership<'a>>,
    /// Which of these facts no source gives.
    unsourced: &'a [Name],
    /// Every page that was read.
    sources: &'a [Name],
    /// Whether it is among the lists and results of this directory.
    listed: bool,
    services: Vec<ServiceDetails<'a>>,
    /// The vouches that lead to it, the anchor's first.
    path: Vec<Step<'a>>,
    /// On how many paths that share nobody it is reached: none, one, two, or three and more.
    corroboration: u8,
    /// The vouches for it, the first of them.
    vouches: Vec<VouchFacts<'a>>,
    /// How many there are, whether they count or not.
    vouches_received: usize,
}

#[derive(Serialize, ToSchema)]
struct Membership<'a> {
    collective: &'a str,
    source: Option<&'a str>,
    seen_at: Option<PartialDate>,
}

/// `/hosters`: all that are listed, in the turn of the day.
#[utoipa::path(
    get,
    path = "/hosters",
    operation_id = "hosters",
    params(Listing),
    responses((status = 200, body = List<HosterFacts>)),
)]
pub async fn all(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let ask = Ask::read(&request)?;
    let edition = catalogue.current();
    Ok(
        ask.send(&request, edition.listed(), DEFAULT_LIMIT, |position| {
            HosterFacts::new(&edition, *position, ask.l)
        }),
    )
}

/// `/hosters/{id}`: any that is known, with its standing.
#[utoipa::path(
    get,
    path = "/hosters/{id}",
    operation_id = "hoster",
    params(One),
    responses((status = 200, body = HosterDetails), (status = 404)),
)]
pub async fn one(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let ask = Ask::read(&request)?;
    let edition = catalogue.current();
    if let Some(block) = edition.not_listed.hoster(id(&request)) {
        return Ok(problem::not_listed(id(&request), block, ask.l));
    }
    Ok(match edition.hoster_position(id(&request)) {
        Some(position) => send(&request, &HosterDetails::new(&edition, position, ask.l)),
        None => {
            let similar = edition.similar_hosters(id(&request), MAX_SIMILAR);
            problem::unknown_id(id(&request), &similar, ask.l)
        }
    })
}

impl<'a> HosterDetails<'a> {
    fn new(edition: &'a Edition, position: usize, l: &Locale) -> Self {
        let hoster = &edition.hosters[position];
        let memberships = hoster.memberships.iter().map(|membership| Membership {
            collective: membership.collective.as_str(),
            source: membership.source.as_ref().map(|name| name.as_str()),
            seen_at: membership.seen,
        });
        let (vouches, vouches_received) = told(edition, edition.trust.vouches_for(position));
        Self {
            path: path(&edition.trust.path(position)),
            corroboration: edition.trust.corroboration(position),
            vouches,
            vouches_received,
            facts: HosterFacts::new(edition, position, l),
            memberships: memberships.collect(),
            unsourced: &hoster.unsourced,
            sources: &hoster.sources,
            listed: edition.is_listed(position),
            services: edition
                .services_of(position)
                .map(|service| ServiceDetails::new(edition, service, l))
                .collect(),
        }
    }
}
