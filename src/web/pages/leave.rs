//! `/{lang}/leave/{slug}`: a departure, who can welcome people, and the way there step by step.

mod guide;
mod message;
mod state;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::departure::{Departure, DepartureStatus};
use crate::domain::need::Software;
use crate::search::query::Query;
use crate::search::question::Question;
use crate::search::rank::Answer;
use crate::search::{Hit, Results};
use crate::web::entry::Entry;
use crate::web::error::{Refused, unknown_name, wrong_parameters};
use crate::web::facts::{Cited, cited};
use crate::web::feeds;
use crate::web::go;
use crate::web::locale::Locale;
use crate::web::nearby::{Nearby, nearby};
use crate::web::page::{
    Page, Section, address, language_of, origin, pairs, parameter, parameters, send,
};
use crate::web::pages::departures::Leaving;

use guide::Step;
use message::Message;
use state::{EventView, Moment, confidence, event_view, evidence};

/// How many hosters a departure's page shows: enough to choose from, few enough to choose.
const HOSTERS_SHOWN: usize = 5;
/// How many results are read to find them, since one hoster may answer several times.
const HITS_READ: usize = 60;

#[derive(Template)]
#[template(path = "leave.html")]
struct Leave<'a> {
    page: Page,
    leaving: Leaving<'a>,
    heading: String,
    news: Option<Moment>,
    confidence: String,
    source: Option<Cited>,
    purpose: String,
    note: Option<&'a str>,
    /// What is known of the time that is left.
    time_left: Option<String>,
    /// Whether it is still to close on a day that was announced.
    is_ending: bool,
    place: String,
    other_places: Vec<(String, String)>,
    entries: Vec<Entry<'a>>,
    nearby: Option<Nearby>,
    /// Whether every hoster shown answers through a suite.
    only_suites: bool,
    none_yet: String,
    all: String,
    all_link: String,
    /// Draws one of them.
    go: Option<String>,
    need_id: &'a str,
    /// Follows the need near the place.
    feed: String,
    /// The same in words, for whoever waits for a first hoster.
    follow: String,
    /// The same in words, for whoever would hear of more.
    told: String,
    software: Vec<&'a Software>,
    /// Whether hosters offer it that this directory does not list.
    has_unlisted: bool,
    steps: Vec<Step<'a>>,
    message: Message,
    events: Vec<EventView>,
}

/// One departure.
pub async fn page(
    request: HttpRequest,
    path: Path<(String, String)>,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let (_, slug) = path.into_inner();
    let l = language_of(&request);
    let edition = catalogue.current();
    let departure = edition
        .taxonomy()
        .departure(&slug)
        .ok_or_else(|| unknown_name(&request, &edition, &slug))?;
    let given = parameters(&request);
    let query =
        Query::from_pairs(pairs(&given).filter(|(name, _)| *name == "near")).and_then(|query| {
            let query = Query {
                leave: Some(departure.slug.to_string()),
                limit: Some(HITS_READ),
                ..query
            };
            edition.ask(&query, l.language)
        });
    let (question, results) =
        query.map_err(|errors| wrong_parameters(&request, &edition, &errors))?;
    Ok(send(
        StatusCode::OK,
        &leave(&request, &edition, departure, &question, &results, l),
    ))
}

fn leave<'a>(
    request: &HttpRequest,
    edition: &'a Edition,
    departure: &'a Departure,
    question: &Question,
    results: &Results,
    l: &'static Locale,
) -> Leave<'a> {
    let place = question
        .place
        .as_ref()
        .map(|place| place.name_in(l.language).to_owned());
    let heading = match &place {
        Some(place) => l.with2(
            "leave.title.near",
            ("name", &departure.name),
            ("place", place),
        ),
        None => l.with("leave.title", "name", &departure.name),
    };
    let leaving = Leaving::new(departure, edition.taxonomy(), l);
    let purpose_key = match departure.status {
        DepartureStatus::Closed => "leave.purpose.closed",
        _ => "leave.purpose",
    };
    let need = &edition.taxonomy().needs()[question.needs[0]];
    let need_name = need.name.get(l.language);
    let hits = one_per_hoster(&results.hits, HOSTERS_SHOWN);
    let near = question.query.near.clone();
    let here = address(request.path(), &[("near", near.as_deref())]);
    let this_page = format!("{}{here}", origin(request));
    let given = parameters(request);
    let to = parameter(&given, "to");
    let followed = Query {
        need: Some(need.id.to_string()),
        near,
        ..Query::default()
    };
    let told = match &place {
        Some(place) => l.with2("leave.told.near", ("need", need_name), ("place", place)),
        None => l.with("leave.told", "need", need_name),
    };
    let all = Query {
        limit: None,
        near: question.query.near.clone(),
        ..question.query.clone()
    };
    let other_places = question.other_places.iter().map(|other| {
        let label = other.label();
        let href = address(request.path(), &[("near", Some(&label))]);
        (label, href)
    });
    Leave {
        page: Page {
            description: l.with("leave.description", "name", &departure.name),
            ..Page::new(request, l, heading.clone(), Section::Leave)
        },
        news: departure.as_of.map(|as_of| Moment::new(as_of, l)),
        confidence: confidence(departure, l),
        source: evidence(departure).map(|source| cited(source, l)),
        purpose: l.with(purpose_key, "purpose", departure.purpose.get(l.language)),
        note: departure
            .note
            .as_ref()
            .map(|note| note.get(l.language).as_str()),
        time_left: guide::time_left(departure, edition.day(), l),
        is_ending: departure.closes_on(edition.day()).is_some(),
        place: question.query.near.clone().unwrap_or_default(),
        other_places: other_places.collect(),
        only_suites: !hits.is_empty() && hits.iter().all(|hit| hit.answer == Answer::ThroughSuite),
        none_yet: none_yet(need_name.as_str(), place.as_deref(), l),
        entries: hits.iter().map(|hit| Entry::new(edition, hit, l)).collect(),
        nearby: nearby(edition, question, hits.iter().copied(), l),
        all: l.count("leave.all", results.total),
        all_link: format!("/{}/services?{}", l.code(), all.to_query_string()),
        go: go::link(edition, &question.query, l.language),
        need_id: need.id.as_str(),
        feed: feeds::link(&followed, l),
        follow: l.with("empty.told.feed", "need", need_name),
        told,
        has_unlisted: results.total == 0 && !results.facets.standing.is_empty(),
        software: need
            .software
            .iter()
            .filter_map(|id| edition.taxonomy().software_by_id(id.as_str()))
            .collect(),
        steps: guide::steps(departure, !hits.is_empty(), edition.day(), l),
        message: Message::new(edition, departure, &hits, to, &this_page, l),
        events: departure
            .events
            .iter()
            .map(|event| event_view(event, l))
            .collect(),
        heading,
        leaving,
    }
}

/// That nobody offers a need yet, as a heading.
pub fn none_yet(need: &str, place: Option<&str>, l: &Locale) -> String {
    match place {
        Some(place) => l.with2("empty.title.near", ("need", &need), ("place", &place)),
        None => l.with("empty.title", "need", need),
    }
}

/// The best hit of each of the first hosters, in the order of the results.
pub fn one_per_hoster(hits: &[Hit], most: usize) -> Vec<&Hit> {
    let mut chosen: Vec<&Hit> = Vec::with_capacity(most);
    for hit in hits {
        if chosen.iter().all(|known| known.hoster != hit.hoster) {
            chosen.push(hit);
        }
        if chosen.len() == most {
            break;
        }
    }
    chosen
}
