//! `/{lang}/services.atom`: a question as a feed (RFC 4287), to be told when somebody answers it; and
//! `/{lang}/feeds.opml`: every such feed of the directory as one file for feed readers (OPML 2.0).

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::Catalogue;
use crate::search::query::{MAX_LIMIT, Query, Sort};

use super::asking::heading;
use super::error::{Refused, wrong_parameters};
use super::etag;
use super::locale::Locale;
use super::page::{address, language_of, origin, pairs, parameter, parameters};
use super::sentences;

#[derive(Template)]
#[template(path = "services.atom.xml")]
struct Feed<'a> {
    l: &'static Locale,
    title: String,
    /// The question as every address that asks it is written, behind a question mark; empty for everything.
    query: String,
    /// When the newest entry was, as far as days tell (RFC 3339); today where there is none.
    updated: String,
    entries: Vec<Entry<'a>>,
}

struct Entry<'a> {
    id: &'a str,
    title: String,
    updated: String,
    summary: String,
}

/// The feed: the services with the freshest facts first.
pub async fn services(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let l = language_of(&request);
    let edition = catalogue.current();
    let given = parameters(&request);
    let asked = Query::from_pairs(pairs(&given)).and_then(|query| {
        let newest = Query {
            sort: Sort::Recent,
            limit: Some(MAX_LIMIT),
            offset: 0,
            ..query
        };
        edition.ask(&newest, l.language)
    });
    let (question, results) =
        asked.map_err(|errors| wrong_parameters(&request, &edition, &errors))?;
    let midnight = |day: chrono::NaiveDate| format!("{day}T00:00:00Z");
    let entries: Vec<Entry> = (results.hits.iter())
        .map(|hit| {
            let service = &edition.services[hit.service];
            let hoster = &edition.hosters[hit.hoster];
            let seen = service.source.seen.map(|seen| seen.first_day());
            let reasons = hit.reasons(service, hoster, edition.taxonomy());
            let sentences = reasons
                .iter()
                .map(|reason| sentences::reason(reason, l))
                .collect::<Vec<_>>();
            Entry {
                id: service.id.as_str(),
                title: l.with2(
                    "service.title",
                    ("name", &service.name),
                    ("hoster", &hoster.name),
                ),
                updated: midnight(seen.unwrap_or_default()),
                summary: sentences.join(" "),
            }
        })
        .collect();
    let feed = Feed {
        title: heading(&edition, &question, l),
        query: normalised(&question.query),
        updated: (entries.iter().map(|entry| entry.updated.clone()))
            .max()
            .unwrap_or_else(|| midnight(edition.day())),
        entries,
        l,
    };
    Ok(etag::send_rendered(
        &request,
        "application/atom+xml; charset=utf-8",
        &feed,
    ))
}

#[derive(Template)]
#[template(path = "feeds.opml.xml")]
struct Subscriptions<'a> {
    l: &'static Locale,
    title: String,
    /// Where the site is in this language: a feed reader does not know where the file came from.
    site: String,
    /// Each need with the part of its feed's address that says what is asked.
    needs: Vec<(&'a str, String)>,
    /// The same of everything.
    everything: String,
    /// Whether that is near a place.
    is_near: bool,
}

/// The feeds: of the announced closings, of everything, and of each need, near a place if one is named.
pub async fn subscriptions(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let l = language_of(&request);
    let edition = catalogue.current();
    let given = parameters(&request);
    let near = parameter(&given, "near").map(|near| ("near", near));
    let question = Query::from_pairs(near)
        .and_then(|query| edition.understand(&query, l.language))
        .map_err(|errors| wrong_parameters(&request, &edition, &errors))?;
    let near = question.query.near.as_deref();
    let asked = |need| address("", &[("need", need), ("near", near)]);
    let needs = edition.taxonomy().needs().iter();
    let subscriptions = Subscriptions {
        title: heading(&edition, &question, l),
        site: format!("{}/{}", origin(&request), l.code()),
        needs: needs
            .map(|need| {
                (
                    need.name.get(l.language).as_str(),
                    asked(Some(need.id.as_str())),
                )
            })
            .collect(),
        everything: asked(None),
        is_near: near.is_some(),
        l,
    };
    Ok(etag::send_rendered(
        &request,
        "text/x-opml; charset=utf-8",
        &subscriptions,
    ))
}

/// The address of a question's feed.
pub fn link(query: &Query, l: &Locale) -> String {
    format!("/{}/services.atom{}", l.code(), normalised(query))
}

/// What is asked, without the order and the part of the results, which a feed chooses itself.
fn normalised(query: &Query) -> String {
    let asked = Query {
        sort: Sort::default(),
        limit: None,
        offset: 0,
        ..query.clone()
    };
    match asked.to_query_string() {
        nothing if nothing.is_empty() => nothing,
        asked => format!("?{asked}"),
    }
}
