//! What every answer shares: its language, its headers, and how it is sent.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, ETAG};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use crate::domain::localized::Language;
use crate::search::query::{FieldError, Problem};
use crate::web::etag;

/// The language of an answer where none is asked for.
pub const DEFAULT_LANGUAGE: Language = Language::French;

/// Sends a value, or only says that the reader's copy of it is still good.
pub fn send(request: &HttpRequest, value: &impl Serialize) -> HttpResponse {
    let body = match serde_json::to_vec(value) {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, path = request.path(), "an answer could not be written");
            return open(StatusCode::INTERNAL_SERVER_ERROR).finish();
        }
    };
    let tag = etag::of(&body);
    let unchanged = etag::is_known(request, &tag);
    let mut response = open(if unchanged {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    });
    response.insert_header((ETAG, tag.to_string()));
    // May be kept, but is asked about each time: a directory changes without notice.
    response.insert_header((CACHE_CONTROL, "no-cache"));
    if unchanged {
        response.finish()
    } else {
        response.content_type("application/json").body(body)
    }
}

/// The beginning of any answer: a page of any origin may read it.
pub fn open(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    response
}

/// The language asked for with `lang`.
pub fn language(parameters: &[(String, String)]) -> Result<Language, FieldError> {
    match last(parameters, "lang") {
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

/// The last value of a parameter, trimmed; an empty one counts as not given, as in a form.
pub fn last<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let (_, value) = parameters.iter().rev().find(|(known, _)| known == name)?;
    Some(value.trim()).filter(|value| !value.is_empty())
}
