//! What every answer shares: its language, its headers, and how it is sent.

use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, CACHE_CONTROL, EntityTag,
    HeaderValue, VARY,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use crate::catalogue::Answer;
use crate::domain::localized::Language;
use crate::search::query::{FieldError, Problem};
use crate::web::etag;
use crate::web::page::parameter;

/// The language of an answer where none is asked for.
pub const DEFAULT_LANGUAGE: Language = Language::French;

/// What may be asked, as `Allow` says it.
pub const METHODS: &str = "GET, HEAD, OPTIONS";

const MEDIA_TYPE: &str = "application/json";
/// How long an answer may be told again without asking: editions change, but nobody needs them to the second.
const FRESH: HeaderValue = HeaderValue::from_static("public, max-age=60, must-revalidate");
/// What scripts of other origins may read besides the body.
const EXPOSED: &str = "ETag, RateLimit, RateLimit-Policy, Retry-After";
/// For how many seconds a browser need not ask again whether it may ask: the most that any keeps it.
const MAX_AGE: &str = "86400";

/// Sends a value, or only says that the reader's copy of it is still good.
pub fn send(request: &HttpRequest, value: &impl Serialize) -> HttpResponse {
    let body = match serde_json::to_vec(value) {
        Ok(body) => body,
        Err(error) => return unwritten(request, &error),
    };
    send_tagged(request, &etag::of(&body), body)
}

/// Sends what was written before, or only says that the reader's copy of it is still good.
pub fn send_kept(request: &HttpRequest, answer: Answer) -> HttpResponse {
    send_tagged(request, &etag::with(answer.checksum), answer.body)
}

/// Sends JSON with its tag, or only says that the reader's copy of it is still good.
pub fn send_tagged(
    request: &HttpRequest,
    tag: &EntityTag,
    body: impl MessageBody + 'static,
) -> HttpResponse {
    let mut response = etag::send(request, open, tag, MEDIA_TYPE, body);
    response.headers_mut().insert(CACHE_CONTROL, FRESH);
    response
}

/// Sends what was written before or now, if it could be.
pub fn send_written(
    request: &HttpRequest,
    written: Result<Answer, serde_json::Error>,
) -> HttpResponse {
    match written {
        Ok(answer) => send_kept(request, answer),
        Err(error) => unwritten(request, &error),
    }
}

fn unwritten(request: &HttpRequest, error: &serde_json::Error) -> HttpResponse {
    tracing::error!(%error, path = request.path(), "an answer could not be written");
    open(StatusCode::INTERNAL_SERVER_ERROR).finish()
}

/// The beginning of any answer: a page of any origin may read it, and ask later whether it still holds.
pub fn open(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    response.insert_header((ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED));
    response.insert_header((VARY, "Accept-Encoding"));
    response
}

/// The answer to a browser that asks whether a page of another origin may ask (Fetch, "CORS-preflight"): it may, with
/// whatever header fields.
pub fn preflight() -> HttpResponse {
    open(StatusCode::NO_CONTENT)
        .insert_header((ALLOW, METHODS))
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "*"))
        .insert_header((ACCESS_CONTROL_MAX_AGE, MAX_AGE))
        .finish()
}

/// The language asked for with `lang`.
pub fn language(parameters: &[(String, String)]) -> Result<Language, FieldError> {
    match parameter(parameters, "lang") {
        None => Ok(DEFAULT_LANGUAGE),
        Some(code) => Language::from_code(code).ok_or_else(|| {
            let codes: Vec<_> = Language::ALL
                .iter()
                .map(|language| language.code())
                .collect();
            FieldError {
                field: "lang",
                problem: Problem::Word(codes.join(", ")),
            }
        }),
    }
}
