//! `/api/v1/closings`: what was announced to end.

use std::slice;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::{Catalogue, Edition, Ending, Ends};
use crate::domain::date::PartialDate;
use crate::domain::departure::{Departure, DepartureStatus};
use crate::domain::need::NeedId;
use crate::domain::service::{Closing, Service};
use crate::domain::word::worded;
use crate::search::query::DEFAULT_LIMIT;
use crate::web::locale::Locale;
use crate::web::pages::service;
use crate::web::time_left::TimeLeft;

use super::facts::{ClosingFacts, HosterName};
use super::list::{Ask, List};
use super::parameters::Listing;
use super::refused::Refused;

/// What ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A service people leave.
    Departure,
    /// A listed hoster's service.
    Service,
}

worded!(Kind {
    Departure = "departure",
    Service = "service",
});

/// An announced end.
#[derive(Serialize, ToSchema)]
struct EndFacts<'a> {
    kind: Kind,
    /// The departure's slug or the service's identifier.
    id: &'a str,
    name: &'a str,
    /// Where it is.
    url: Option<&'a str>,
    /// The page of this site that leads on, from its origin.
    page: String,
    /// What people need instead, the main need first.
    needs: &'a [NeedId],
    /// Who offers it.
    by: &'a str,
    /// The same, of a service.
    hoster: Option<HosterName<'a>>,
    /// How it stands, of a departure.
    status: Option<DepartureStatus>,
    #[serde(flatten)]
    closing: ClosingFacts<'a>,
    /// How many days are left, or at least are where the end is known to the month or the year: 0 on the day itself
    /// and once the month or year has begun, `null` once it has come.
    days_left: Option<usize>,
    /// The same in words.
    left: String,
    /// When it was last said.
    seen_at: Option<PartialDate>,
}

/// `/closings`: those to come, the soonest first, then those of the past year, the latest first.
#[utoipa::path(
    get,
    path = "/closings",
    operation_id = "closings",
    params(Listing),
    responses((status = 200, body = List<EndFacts>)),
)]
pub async fn all(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let ask = Ask::read(&request)?;
    let edition = catalogue.current();
    let closings = &edition.closings;
    let endings: Vec<&Ending> = closings.upcoming.iter().chain(&closings.past).collect();
    Ok(ask.send(&request, &endings, DEFAULT_LIMIT, |ending| {
        EndFacts::new(&edition, ending, ask.l)
    }))
}

impl<'a> EndFacts<'a> {
    fn new(edition: &'a Edition, ending: &Ending, l: &'static Locale) -> Self {
        let left = TimeLeft::until(ending.on, edition.day());
        match ending.of {
            Ends::Departure(position) => {
                let departure = &edition.taxonomy().departures()[position];
                Self::of_departure(departure, ending.on, left, l)
            }
            Ends::Service(position) => {
                let service = &edition.services[position];
                let closing = service.closing.as_ref();
                let closing = closing.expect("only what closes is among the closings");
                Self::of_service(edition, service, closing, left, l)
            }
        }
    }

    fn of_departure(
        departure: &'a Departure,
        on: PartialDate,
        left: TimeLeft,
        l: &'static Locale,
    ) -> Self {
        let newest = departure.events.last();
        let source = newest.and_then(|event| event.sources.first());
        Self {
            kind: Kind::Departure,
            id: departure.slug.as_str(),
            name: departure.name.as_str(),
            url: departure.url.as_ref().map(|link| link.as_str()),
            page: format!("/{}/leave/{}", l.code(), departure.slug),
            needs: &departure.needs,
            by: departure.vendor.as_str(),
            hoster: None,
            status: Some(departure.status),
            closing: ClosingFacts {
                on,
                note: departure
                    .note
                    .as_ref()
                    .map(|text| text.get(l.language).as_str()),
                source: source.map(|name| name.as_str()),
                announced: None,
                new_accounts_until: None,
                export_until: None,
                successor: None,
            },
            days_left: left.days(),
            left: left.told(l),
            seen_at: departure.as_of,
        }
    }
    fn of_service(
        edition: &'a Edition,
        service: &'a Service,
        closing: &'a Closing,
        left: TimeLeft,
        l: &'static Locale,
    ) -> Self {
        let (_, hoster) = edition.hoster_of(service);
        Self {
            kind: Kind::Service,
            id: service.id.as_str(),
            name: service.name.as_str(),
            url: service.way_in(hoster).map(|link| link.as_str()),
            page: service::path(service, l),
            needs: slice::from_ref(&service.need),
            by: hoster.name.as_str(),
            hoster: Some(HosterName::of(edition, service)),
            status: None,
            closing: ClosingFacts::new(closing, l),
            days_left: left.days(),
            left: left.told(l),
            seen_at: service.source_of("closing").seen,
        }
    }
}
