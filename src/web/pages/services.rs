//! `/{lang}/services`: results with their reasons, and filters that work as a plain form.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::need::Software;
use crate::search::Results;
use crate::search::query::{FieldError, MAX_OFFSET, Problem, Query, StandingFilter};
use crate::search::question::Question;
use crate::web::asking::Asking;
use crate::web::entry::Entry;
use crate::web::error::{Refused, wrong_parameters};
use crate::web::feeds;
use crate::web::go;
use crate::web::locale::Locale;
use crate::web::nearby::{Nearby, nearby};
use crate::web::page::{Page, language_of, pairs, parameter, parameters, send};
use crate::web::pages::leave::none_yet;
use crate::web::paging::{PageLink, SortLink, last_page, pages, sorts};

#[derive(Template)]
#[template(path = "services.html")]
struct Services<'a> {
    page: Page,
    asking: Asking,
    /// The same question on the map.
    map: String,
    count: String,
    sorts: Vec<SortLink>,
    loosened: bool,
    entries: Vec<Entry<'a>>,
    nearby: Option<Nearby>,
    pages: Vec<PageLink>,
    previous: Option<String>,
    next: Option<String>,
    /// Draws one of them.
    go: Option<String>,
    nothing_listed: bool,
    /// The question as a feed.
    feed: String,
    /// The feed of the need that is looked for and its words, for whoever waits for a hoster.
    awaited: Option<(String, String)>,
    /// Where nobody serves that need at all: so much as a heading, and the software that does.
    nobody: Option<(String, Vec<&'a Software>)>,
    any_standing: String,
    hidden_by_standing: bool,
}

/// The page.
pub async fn page(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let l = language_of(&request);
    let edition = catalogue.current();
    let asked = query(&request).and_then(|query| edition.ask(&query, l.language));
    let (question, results) =
        asked.map_err(|errors| wrong_parameters(&request, &edition, &errors))?;
    if let Some(last) = last_page(&question.query, results.total) {
        let target = format!("{}?{}", request.path(), last.to_query_string());
        return Ok(HttpResponse::SeeOther()
            .insert_header((LOCATION, target))
            .finish());
    }
    Ok(send(
        StatusCode::OK,
        &services(&request, &edition, &question, &results, l),
    ))
}

/// The query in the address; `page` is the page's own way to say `offset`, and wins where both are given.
fn query(request: &HttpRequest) -> Result<Query, Vec<FieldError>> {
    let given = parameters(request);
    let query = Query::from_pairs(pairs(&given))?;
    let Some(page) = parameter(&given, "page") else {
        return Ok(query);
    };
    let last = MAX_OFFSET / query.limit() + 1;
    match page
        .parse::<usize>()
        .ok()
        .filter(|page| (1..=last).contains(page))
    {
        Some(page) => Ok(Query {
            offset: (page - 1) * query.limit(),
            ..query
        }),
        None => Err(vec![FieldError {
            field: "page",
            problem: Problem::Number { min: 1, max: last },
        }]),
    }
}

fn services<'a>(
    request: &HttpRequest,
    edition: &'a Edition,
    question: &Question,
    results: &Results,
    l: &'static Locale,
) -> Services<'a> {
    let query = &question.query;
    let link = |query: &Query| format!("{}?{}", request.path(), query.to_query_string());
    let asking = Asking::new(request.path(), edition, question, results, l);
    let any_standing = Query {
        standing: StandingFilter::Any,
        offset: 0,
        ..query.clone()
    };
    let hidden_by_standing = results.total == 0
        && query.standing != StandingFilter::Any
        && results.facets.standing.iter().any(|(_, count)| *count > 0);
    Services {
        page: asking.page(request, l),
        map: on_map(query, l),
        count: l.count("services.count", results.total),
        sorts: sorts(query, question.place.is_some(), l, link),
        loosened: results.loosened && results.total > 0,
        entries: results
            .hits
            .iter()
            .map(|hit| Entry::new(edition, hit, l))
            .collect(),
        nearby: nearby(edition, question, results.hits.iter(), l),
        pages: pages(query, results.total, l, link),
        previous: (query.offset > 0).then(|| {
            link(&Query {
                offset: query.offset.saturating_sub(query.limit()),
                ..query.clone()
            })
        }),
        next: (query.offset + query.limit() < results.total.min(MAX_OFFSET)).then(|| {
            link(&Query {
                offset: query.offset + query.limit(),
                ..query.clone()
            })
        }),
        go: go::link(edition, query, l.language),
        feed: feeds::link(query, l),
        nothing_listed: edition.overview.services == 0,
        nobody: (results.total == 0 && !asking.is_narrowed())
            .then(|| nobody(edition, question, l))
            .flatten(),
        awaited: question.needs.first().map(|need| {
            let need = &edition.taxonomy().needs()[*need];
            let name = need.name.get(l.language);
            let awaited = Query {
                need: Some(need.id.to_string()),
                near: query.near.clone(),
                ..Query::default()
            };
            let feed = feeds::link(&awaited, l);
            (feed, l.with("empty.told.feed", "need", name))
        }),
        any_standing: link(&any_standing),
        hidden_by_standing,
        asking,
    }
}

/// The question on the map, which shows all of it at once.
pub fn on_map(query: &Query, l: &Locale) -> String {
    let whole = Query {
        limit: None,
        offset: 0,
        ..query.clone()
    };
    match whole.to_query_string() {
        nothing if nothing.is_empty() => format!("/{}/map", l.code()),
        asked => format!("/{}/map?{asked}", l.code()),
    }
}

/// What there is to say of a need that no listed hoster serves.
fn nobody<'a>(
    edition: &'a Edition,
    question: &Question,
    l: &Locale,
) -> Option<(String, Vec<&'a Software>)> {
    let taxonomy = edition.taxonomy();
    let need = &taxonomy.needs()[*question.needs.first()?];
    let place = question.place.as_ref();
    let software = need.software.iter();
    Some((
        none_yet(
            need.name.get(l.language).as_str(),
            place.map(|place| place.name_in(l.language)),
            l,
        ),
        software
            .filter_map(|id| taxonomy.software_by_id(id.as_str()))
            .collect(),
    ))
}
