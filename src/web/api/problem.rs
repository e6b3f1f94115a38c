//! What went wrong, as `application/problem+json` (RFC 9457), in the language asked for.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, HeaderValue, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use crate::domain::block::Block;
use crate::domain::text::Prose;
use crate::web::locale::Locale;
use crate::web::page::parameters;

use super::answer;
use super::refused::Fault;

/// The longest part of an address that is said back, in characters.
const MAX_SHOWN_CHARS: usize = 100;
/// When to come again, in seconds, while something is away or busy.
const COME_AGAIN: u16 = 60;

/// A problem, as it is sent.
#[derive(Serialize, ToSchema)]
pub struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: String,
    /// The parameter to mend, if it is one.
    field: Option<&'static str>,
    /// Every parameter to mend, where there are several or near matches are known.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [Fault],
}

/// Wrong parameters.
pub fn wrong_parameters(status: StatusCode, faults: &[Fault], l: &Locale) -> HttpResponse {
    let details = faults
        .iter()
        .map(|fault| format!("{}: {}", fault.field, fault.detail));
    send(status, details.collect::<Vec<_>>().join(" "), faults, l)
}

/// An identifier in the path that names nothing, with near matches.
pub fn unknown_id(id: &str, similar: &[String], l: &Locale) -> HttpResponse {
    let mut detail = l.with("api.unknown.id", "id", shown(id));
    if !similar.is_empty() {
        detail = format!(
            "{detail} {}",
            l.with("error.similar", "names", similar.join(", "))
        );
    }
    send(StatusCode::NOT_FOUND, detail, &[], l)
}

/// What is not listed by the operator's choice, with the reason for it.
pub fn not_listed(id: &str, block: &Block, l: &Locale) -> HttpResponse {
    let reason = block.reason.as_ref().map_or("", Prose::as_str);
    let detail = l.with2("api.blocked", ("id", &shown(id)), ("domain", &block.domain));
    let detail = format!("{detail} {reason}").trim_end().to_owned();
    send(StatusCode::NOT_FOUND, detail, &[], l)
}

/// Nobody fit serves what a draw was asked for.
pub fn nothing_fits(l: &Locale) -> HttpResponse {
    let detail = l.t("api.go.nothing").to_owned();
    send(StatusCode::NOT_FOUND, detail, &[], l)
}

/// The database does not answer.
pub fn away(l: &Locale) -> HttpResponse {
    come_again(l.t("api.away"), l)
}

fn come_again(detail: &str, l: &Locale) -> HttpResponse {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let mut response = send(status, detail.to_owned(), &[], l);
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(COME_AGAIN));
    response
}

/// More requests than one client may make; it may again in so many seconds.
pub fn too_many(request: &HttpRequest, seconds: u64) -> HttpResponse {
    let l = locale(request);
    let shown = usize::try_from(seconds).unwrap_or(usize::MAX);
    let detail = l.count("api.limit", shown);
    let mut response = send(StatusCode::TOO_MANY_REQUESTS, detail, &[], l);
    let again = HeaderValue::from(seconds);
    response.headers_mut().insert(RETRY_AFTER, again);
    response
}

/// Nobody signs here: the node was never founded.
pub fn unsigned(l: &Locale) -> HttpResponse {
    let detail = l.t("api.snapshot.unsigned").to_owned();
    send(StatusCode::NOT_FOUND, detail, &[], l)
}

/// The first edition is not published yet.
pub fn not_yet(l: &Locale) -> HttpResponse {
    come_again(l.t("api.snapshot.not_yet"), l)
}

/// Nobody knows any more what changed after a revision.
pub fn forgotten(since: u64, l: &Locale) -> HttpResponse {
    let detail = l.with("api.changes.forgotten", "revision", since);
    send(StatusCode::GONE, detail, &[], l)
}

/// A mirror tells no changes: its origin does.
pub fn of_a_mirror(origin: &Url, l: &Locale) -> HttpResponse {
    let detail = l.with("api.changes.copy", "origin", origin);
    send(StatusCode::NOT_FOUND, detail, &[], l)
}

/// An address below `/api` at which there is nothing.
pub async fn not_found(request: HttpRequest) -> HttpResponse {
    let l = locale(&request);
    send(
        StatusCode::NOT_FOUND,
        l.with("api.unknown.path", "path", shown(request.path())),
        &[],
        l,
    )
}

/// Any method but GET and HEAD.
pub async fn read_only(request: HttpRequest) -> HttpResponse {
    let l = locale(&request);
    let detail = l.with("api.method", "method", request.method());
    let mut response = send(StatusCode::METHOD_NOT_ALLOWED, detail, &[], l);
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(answer::METHODS));
    response
}

/// What was asked for, as much of it as is of use in a sentence.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_SHOWN_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// The language of a problem with an address: a wrong `lang` is not the matter there.
fn locale(request: &HttpRequest) -> &'static Locale {
    let language = answer::language(&parameters(request));
    Locale::of(language.unwrap_or(answer::DEFAULT_LANGUAGE))
}

fn send(status: StatusCode, detail: String, faults: &[Fault], l: &Locale) -> HttpResponse {
    let title = match status {
        StatusCode::NOT_FOUND => "api.problem.404",
        StatusCode::METHOD_NOT_ALLOWED => "api.problem.405",
        StatusCode::GONE => "api.problem.410",
        StatusCode::TOO_MANY_REQUESTS => "api.problem.429",
        StatusCode::SERVICE_UNAVAILABLE => "api.problem.503",
        _ => "api.problem.400",
    };
    let says_more = faults.len() > 1 || faults.iter().any(|fault| !fault.similar.is_empty());
    let problem = Problem {
        kind: "about:blank",
        title: l.t(title),
        status: status.as_u16(),
        detail,
        field: faults.first().map(|fault| fault.field),
        errors: if says_more { faults } else { &[] },
    };
    match serde_json::to_vec(&problem) {
        Ok(body) => answer::open(status)
            .insert_header((CACHE_CONTROL, "no-store"))
            .content_type("application/problem+json")
            .body(body),
        Err(_) => answer::open(status).finish(),
    }
}
