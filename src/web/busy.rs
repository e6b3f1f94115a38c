//! That a node has its hands full: for people a page, for programs a problem. Both are made once, since what says
//! that there is no time must take none.

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, ContentType, RETRY_AFTER, VARY,
};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use bytes::Bytes;
use serde_json::json;

use crate::domain::localized::Language;

use super::error::accepted;
use super::locale::Locale;
use super::page::language_in;
use super::traffic::Class;

/// When to come again, in seconds: what is under way is answered sooner.
pub const COME_AGAIN: u64 = 5;

#[derive(Template)]
#[template(path = "busy.html")]
struct BusyPage {
    l: &'static Locale,
}

/// The page in a language.
fn page(language: Language) -> Bytes {
    let l = Locale::of(language);
    let html = BusyPage { l }.render();
    html.unwrap_or_else(|_| l.t("busy.title").to_owned()).into()
}

/// The problem (RFC 9457).
fn problem(language: Language) -> Bytes {
    let l = Locale::of(language);
    let problem = json!({
        "type": "about:blank",
        "title": l.t("api.problem.503"),
        "status": StatusCode::SERVICE_UNAVAILABLE.as_u16(),
        "detail": l.t("busy.lead"),
        "field": null,
    });
    problem.to_string().into()
}

/// What a request is told that is one too many.
pub fn answer(class: Class, request: &HttpRequest) -> HttpResponse {
    static PAGES: LazyLock<[Bytes; 2]> =
        LazyLock::new(|| [Language::French, Language::English].map(page));
    static PROBLEMS: LazyLock<[Bytes; 2]> =
        LazyLock::new(|| [Language::French, Language::English].map(problem));
    let named = language_in(request.path()).map(|(language, _)| language);
    let place = match named.unwrap_or_else(|| accepted(request)) {
        Language::French => 0,
        Language::English => 1,
    };
    let mut response = HttpResponse::ServiceUnavailable();
    response
        .insert_header((RETRY_AFTER, COME_AGAIN))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    if named.is_none() {
        response.insert_header((VARY, "Accept-Language"));
    }
    match class.is_for_people() {
        true => response
            .content_type(ContentType::html())
            .body(PAGES[place].clone()),
        false => response
            .content_type("application/problem+json")
            .body(PROBLEMS[place].clone()),
    }
}
