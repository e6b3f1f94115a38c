//! `/{lang}/services`: results with their reasons, and filters that work as a plain form.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::need::Software;
use crate::search::Results;
use crate::search::query::{
    FieldError, MAX_OFFSET, MAX_PARAMETER_CHARS, Problem, Query, StandingFilter,
};
use crate::search::question::Question;
use crate::web::chips::{Chip, chips};
use crate::web::entry::Entry;
use crate::web::error::{Refused, wrong_parameters};
use crate::web::feeds;
use crate::web::filters::{Filter, filters};
use crate::web::go;
use crate::web::locale::Locale;
use crate::web::nearby::{Nearby, nearby};
use crate::web::page::{Page, Section, language_of, parameter, parameters, send};
use crate::web::pages::leave::none_yet;
use crate::web::paging::{PageLink, SortLink, last_page, pages, sorts};

#[derive(Template)]
#[template(path = "services.html")]
struct Services<'a> {
    page: Page,
    heading: String,
    q: String,
    near: String,
    need: Option<String>,
    leave: Option<String>,
    sort: &'static str,
    limit: Option<usize>,
    understood: Option<String>,
    place_understood: Option<String>,
    /// The same words, to be looked up without being understood.
    verbatim: Option<String>,
    other_places: Vec<(String, String)>,
    filters: Vec<Filter>,
    chips: Vec<Chip>,
    clear: Option<String>,
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
    let query = Query::from_pairs(
        given
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )?;
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
    let asked = in_words(edition, query, l);
    let what = what(edition, question, l);
    let place = question.place.as_ref();
    let heading = match (&what, place) {
        (Some(what), Some(place)) => l.with2(
            "services.title",
            ("need", what),
            ("place", &place.name_in(l.language)),
        ),
        (Some(what), None) => what.clone(),
        (None, Some(place)) => l.with("services.title.near", "place", place.name_in(l.language)),
        (None, None) => l.t("services.title.all").to_owned(),
    };
    let any_standing = Query {
        standing: StandingFilter::Any,
        offset: 0,
        ..query.clone()
    };
    let unfiltered = Query {
        q: query.q.clone(),
        need: query.need.clone(),
        leave: query.leave.clone(),
        near: query.near.clone(),
        sort: query.sort,
        ..Query::default()
    };
    let is_narrowed = unfiltered
        != Query {
            offset: 0,
            limit: None,
            ..query.clone()
        };
    let hidden_by_standing = results.total == 0
        && query.standing != StandingFilter::Any
        && results.facets.standing.iter().any(|(_, count)| *count > 0);
    Services {
        page: Page::new(request, l, heading.clone(), Section::Find),
        heading,
        q: query.q.clone().or(asked.clone()).unwrap_or_default(),
        near: query.near.clone().unwrap_or_default(),
        need: query.need.clone().filter(|_| asked.is_none()),
        leave: query.leave.clone().filter(|_| asked.is_none()),
        sort: query.sort.word(),
        limit: query.limit,
        understood: what.filter(|_| question.need_from_words),
        place_understood: place.map(|place| place_in_words(edition, place, l)),
        verbatim: verbatim(question).map(|query| link(&query)),
        other_places: other_places(edition, question, l, link),
        filters: filters(edition, question, &results.facets, l),
        chips: chips(edition, query, request.path(), l),
        clear: is_narrowed.then(|| link(&unfiltered)),
        count: l.count("services.count", results.total),
        sorts: sorts(query, place.is_some(), l, link),
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
        nobody: (results.total == 0 && !is_narrowed)
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
    }
}

/// What is looked for, in words: the departure, the need, or the words themselves.
fn what(edition: &Edition, question: &Question, l: &Locale) -> Option<String> {
    let taxonomy = edition.taxonomy();
    if let (Some(departure), None) = (question.departure, &question.query.need) {
        let departure = &taxonomy.departures()[departure];
        return Some(l.with("services.instead", "name", &departure.name));
    }
    match question.needs.first() {
        Some(need) => Some(taxonomy.needs()[*need].name.get(l.language).to_string()),
        None if question.place_from_words => {
            let words = question.words.join(" ");
            (!words.is_empty()).then(|| l.with("services.words", "words", words))
        }
        None => question
            .query
            .q
            .as_ref()
            .map(|q| l.with("services.words", "words", q)),
    }
}

/// The question with its words in quotes, where something was read in them.
fn verbatim(question: &Question) -> Option<Query> {
    let words = question.query.q.as_ref()?;
    let has_room = words.chars().count() + 2 <= MAX_PARAMETER_CHARS;
    let is_read = question.need_from_words || question.place_from_words;
    (is_read && has_room).then(|| Query {
        q: Some(format!("\"{words}\"")),
        offset: 0,
        ..question.query.clone()
    })
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

/// Places of the same name, each once: what tells them apart is all that can be asked for.
fn other_places(
    edition: &Edition,
    question: &Question,
    l: &Locale,
    link: impl Fn(&Query) -> String,
) -> Vec<(String, String)> {
    let mut places: Vec<(String, String)> = Vec::new();
    for other in &question.other_places {
        let near_other = Query {
            near: Some(other.label()),
            offset: 0,
            ..question.query.clone()
        };
        let words = place_in_words(edition, other, l);
        if places.iter().all(|(known, _)| *known != words) {
            places.push((words, link(&near_other)));
        }
    }
    places
}

/// The need or departure of the parameters as words for the field, if the words alone mean the same:
/// then they can be changed there, and no hidden field contradicts what is typed next.
fn in_words(edition: &Edition, query: &Query, l: &Locale) -> Option<String> {
    let taxonomy = edition.taxonomy();
    let name = match (&query.q, &query.need, &query.leave) {
        (None, Some(need), None) => taxonomy.need(need)?.name.get(l.language),
        (None, None, Some(departure)) => &taxonomy.departure(departure)?.name,
        _ => return None,
    };
    let in_words = Query {
        q: Some(name.to_string()),
        ..Query::default()
    };
    let by_parameter = Query {
        need: query.need.clone(),
        leave: query.leave.clone(),
        ..Query::default()
    };
    let subject = |query: &Query| {
        let question = edition.understand(query, l.language).ok()?;
        let place = question.place.map(|place| place.label());
        Some((question.needs, question.departure, question.words, place))
    };
    (subject(&in_words) == subject(&by_parameter)).then(|| name.to_string())
}

/// "Lyon, Rhône, France"
fn place_in_words(edition: &Edition, place: &crate::domain::place::Place, l: &Locale) -> String {
    let country = edition
        .vocabulary
        .gazetteer
        .country_name(&place.country, l.language)
        .unwrap_or(&place.country);
    let postcode = place
        .postcode
        .as_deref()
        .map(|code| format!("{code} "))
        .unwrap_or_default();
    match &place.admin {
        Some(admin) => format!(
            "{postcode}{}, {admin}, {country}",
            place.name_in(l.language)
        ),
        None => format!("{postcode}{}, {country}", place.name_in(l.language)),
    }
}
