//! `/embed`: a few hosters for a frame on another site. The only page that others may frame; it runs no script.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, VARY};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::localized::Language;
use crate::search::Results;
use crate::search::query::{FieldError, Query};
use crate::search::question::Question;
use crate::web::asking;
use crate::web::entry::Entry;
use crate::web::error::{Similar, accepted, similar, status_of};
use crate::web::go;
use crate::web::headers::FRAMABLE;
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, address, pairs, parameter, parameters, send};
use crate::web::pages::leave::{none_yet, one_per_hoster};
use crate::web::sentences;

/// How many hosters are shown where nobody says, and at most.
pub const DEFAULT_LIMIT: usize = 3;
const MAX_LIMIT: usize = 12;
/// How many results are read to find them, since one hoster may answer several times.
const HITS_READ: usize = 60;
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
/// The colours that can be asked for; without, the browser's choice is followed.
pub const THEMES: [&str; 2] = ["light", "dark"];

#[derive(Template)]
#[template(path = "embed.html")]
struct Embed<'a> {
    page: Page,
    /// The style sheet of the colours that were asked for.
    colours: Option<&'static str>,
    near: String,
    near_error: Option<String>,
    /// What is wrong with the rest, which whoever looks cannot mend here.
    wrong: Vec<String>,
    similar: Vec<Similar>,
    other_places: Vec<(String, String)>,
    /// What the form sends along.
    kept: Vec<(&'static str, String)>,
    entries: Vec<Entry<'a>>,
    none_yet: Option<String>,
    go: Option<String>,
    all: String,
    all_link: String,
    /// Who answers.
    host: String,
}

/// `/embed`
pub async fn page(request: HttpRequest, catalogue: Data<Catalogue>) -> HttpResponse {
    let given = parameters(&request);
    let asked = parameter(&given, "lang").and_then(Language::from_code);
    let l = Locale::of(asked.unwrap_or_else(|| accepted(&request)));
    let edition = catalogue.current();
    let asked_for = query(&given).and_then(|query| {
        let answer = query.map(|query| edition.ask(&query, l.language));
        answer.transpose()
    });
    let (status, embed) = match &asked_for {
        Ok(Some((question, results))) => (
            StatusCode::OK,
            answered(&request, &given, &edition, question, results, l),
        ),
        Ok(None) => (StatusCode::BAD_REQUEST, unasked(&request, &given, l)),
        Err(errors) => (
            status_of(errors),
            refused(&request, &given, &edition, errors, l),
        ),
    };
    let mut response = send(status, &embed);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, FRAMABLE);
    headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
    if asked.is_none() {
        headers.insert(VARY, HeaderValue::from_static("Accept-Language"));
    }
    response
}

/// What is asked for: a need or a departure, and where; `None` where neither is named.
fn query(given: &[(String, String)]) -> Result<Option<Query>, Vec<FieldError>> {
    let known = ["need", "leave", "near"];
    let query = Query::from_pairs(pairs(given).filter(|(name, _)| known.contains(name)))?;
    let is_asked = query.need.is_some() || query.leave.is_some();
    Ok(is_asked.then_some(Query {
        limit: Some(HITS_READ),
        ..query
    }))
}

fn answered<'a>(
    request: &HttpRequest,
    given: &[(String, String)],
    edition: &'a Edition,
    question: &Question,
    results: &Results,
    l: &'static Locale,
) -> Embed<'a> {
    let hits = one_per_hoster(&results.hits, limit(given));
    let place = question
        .place
        .as_ref()
        .map(|place| place.name_in(l.language));
    let need = &edition.taxonomy().needs()[question.needs[0]].name;
    let is_empty = hits.is_empty();
    let all = Query {
        limit: None,
        ..question.query.clone()
    };
    let other_places = question.other_places.iter().map(|other| {
        let label = other.label();
        let values = given.iter().filter(|(name, _)| name != "near");
        let values = values.map(|(name, value)| (name.as_str(), Some(value.as_str())));
        let values: Vec<_> = values.chain([("near", Some(label.as_str()))]).collect();
        let href = address(request.path(), &values);
        (label, href)
    });
    Embed {
        other_places: other_places.collect(),
        none_yet: is_empty.then(|| none_yet(need.get(l.language).as_str(), place, l)),
        entries: hits.iter().map(|hit| Entry::new(edition, hit, l)).collect(),
        go: go::link(edition, &all, l.language),
        all: match results.total {
            0 => l.t("embed.directory").to_owned(),
            total => l.count("leave.all", total),
        },
        all_link: format!("/{}/services?{}", l.code(), all.to_query_string()),
        ..frame(request, given, asking::heading(edition, question, l), l)
    }
}

/// What cannot be answered: a place that nobody knows can be mended in the form, the rest by the site's owner.
fn refused(
    request: &HttpRequest,
    given: &[(String, String)],
    edition: &Edition,
    errors: &[FieldError],
    l: &'static Locale,
) -> Embed<'static> {
    let (near, rest): (Vec<_>, Vec<_>) = errors.iter().partition(|error| error.field == "near");
    let title = l.count("error.400.title", errors.len());
    Embed {
        near_error: near.first().map(|error| sentences::problem(error, l)),
        wrong: rest
            .iter()
            .map(|error| sentences::field_error(error, l))
            .collect(),
        similar: errors
            .iter()
            .flat_map(|error| similar(request, edition, error, l))
            .collect(),
        ..frame(request, given, title, l)
    }
}

/// A frame that was given no question: whoever looks goes on to the directory, whoever made it reads how to mend it.
fn unasked(
    request: &HttpRequest,
    given: &[(String, String)],
    l: &'static Locale,
) -> Embed<'static> {
    let told = l.with("embed.unasked", "page", l.t("widget.title"));
    Embed {
        wrong: vec![told],
        ..frame(request, given, l.t("widget.words").to_owned(), l)
    }
}

/// What any of them has.
fn frame<'a>(
    request: &HttpRequest,
    given: &[(String, String)],
    title: String,
    l: &'static Locale,
) -> Embed<'a> {
    let page = Page::new(request, l, title, Section::Elsewhere);
    let kept = ["need", "leave", "lang", "limit", "theme"]
        .into_iter()
        .filter_map(|name| Some((name, parameter(given, name)?.to_owned())));
    Embed {
        colours: match parameter(given, "theme") {
            Some("light") => Some("day.css"),
            Some("dark") => Some("night.css"),
            _ => None,
        },
        near: parameter(given, "near").unwrap_or_default().to_owned(),
        near_error: None,
        wrong: Vec::new(),
        similar: Vec::new(),
        other_places: Vec::new(),
        kept: kept.collect(),
        entries: Vec::new(),
        none_yet: None,
        go: None,
        all: l.t("embed.directory").to_owned(),
        all_link: format!("/{}/", l.code()),
        host: page
            .origin
            .split_once("://")
            .map_or_else(String::new, |(_, host)| host.to_owned()),
        page,
    }
}

/// How many hosters are shown: what is no number is as if it were not given.
fn limit(given: &[(String, String)]) -> usize {
    let asked = parameter(given, "limit").and_then(|limit| limit.parse().ok());
    asked.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
}
