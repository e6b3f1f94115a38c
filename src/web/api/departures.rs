//! `/api/v1/departures`: services people leave, and the way out of each.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::Catalogue;
use crate::domain::date::PartialDate;
use crate::domain::departure::{Confidence, Departure, DepartureKind, DepartureStatus, Event, Way};
use crate::domain::need::{NeedId, SoftwareId};
use crate::domain::text::Name;
use crate::search::question::MAX_SIMILAR;
use crate::web::locale::Locale;

use super::answer::send;
use super::list::{Ask, List, id};
use super::parameters::{One, Whole};
use super::problem;
use super::refused::Refused;

/// A departure in the list.
#[derive(Serialize, ToSchema)]
struct DepartureFacts<'a> {
    slug: &'a str,
    name: &'a str,
    url: Option<&'a str>,
    status: DepartureStatus,
    as_of: Option<PartialDate>,
    confidence: Confidence,
    /// The main need first.
    needs: &'a [NeedId],
    kind: DepartureKind,
}

/// A departure with its story and its way out.
#[derive(Serialize, ToSchema)]
struct DepartureDetails<'a> {
    #[serde(flatten)]
    facts: DepartureFacts<'a>,
    purpose: &'a str,
    note: Option<&'a str>,
    vendor: &'a str,
    aliases: &'a [Name],
    hosts: &'a [Name],
    software: &'a [SoftwareId],
    plan_to_leave: bool,
    announced_close: Option<NaiveDate>,
    /// Oldest first.
    events: Vec<EventFacts<'a>>,
    export: Option<WayFacts<'a>>,
    import: Option<WayFacts<'a>>,
    alternatives: Option<&'a str>,
    sources: &'a [Name],
}

#[derive(Serialize, ToSchema)]
struct EventFacts<'a> {
    date: PartialDate,
    what: &'a str,
    detail: &'a str,
    sources: &'a [Name],
}

#[derive(Serialize, ToSchema)]
struct WayFacts<'a> {
    text: &'a str,
    formats: &'a [Name],
    sources: &'a [Name],
    /// General knowledge, read in no source.
    unsourced: bool,
}

/// `/departures`
#[utoipa::path(
    get,
    path = "/departures",
    operation_id = "departures",
    params(Whole),
    responses((status = 200, body = List<DepartureFacts>)),
)]
pub async fn all(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let ask = Ask::read(&request)?;
    let edition = catalogue.current();
    let departures = edition.taxonomy().departures();
    Ok(ask.send(&request, departures, departures.len(), DepartureFacts::new))
}

/// `/departures/{slug}`
#[utoipa::path(
    get,
    path = "/departures/{id}",
    operation_id = "departure",
    params(One),
    responses((status = 200, body = DepartureDetails), (status = 404)),
)]
pub async fn one(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let ask = Ask::read(&request)?;
    let edition = catalogue.current();
    Ok(match edition.taxonomy().departure(id(&request)) {
        Some(departure) => send(&request, &DepartureDetails::new(departure, ask.l)),
        None => {
            let similar = edition
                .suggestions
                .similar_departures(id(&request), MAX_SIMILAR);
            problem::unknown_id(id(&request), &similar, ask.l)
        }
    })
}

impl<'a> DepartureFacts<'a> {
    fn new(departure: &'a Departure) -> Self {
        Self {
            slug: departure.slug.as_str(),
            name: departure.name.as_str(),
            url: departure.url.as_ref().map(|link| link.as_str()),
            status: departure.status,
            as_of: departure.as_of,
            confidence: departure.confidence,
            needs: &departure.needs,
            kind: departure.kind,
        }
    }
}

impl<'a> DepartureDetails<'a> {
    fn new(departure: &'a Departure, l: &Locale) -> Self {
        let event = |event: &'a Event| EventFacts {
            date: event.date,
            what: event.what.as_str(),
            detail: event.detail.get(l.language).as_str(),
            sources: &event.sources,
        };
        let way = |way: &'a Way| WayFacts {
            text: way.text.get(l.language).as_str(),
            formats: &way.formats,
            sources: &way.sources,
            unsourced: way.unsourced,
        };
        Self {
            facts: DepartureFacts::new(departure),
            purpose: departure.purpose.get(l.language).as_str(),
            note: departure
                .note
                .as_ref()
                .map(|text| text.get(l.language).as_str()),
            vendor: departure.vendor.as_str(),
            aliases: &departure.aliases,
            hosts: &departure.hosts,
            software: &departure.software,
            plan_to_leave: departure.plan_to_leave,
            announced_close: departure.announced_close,
            events: departure.events.iter().map(event).collect(),
            export: departure.export.as_ref().map(way),
            import: departure.import.as_ref().map(way),
            alternatives: departure.alt_page.as_ref().map(|link| link.as_str()),
            sources: &departure.sources,
        }
    }
}
