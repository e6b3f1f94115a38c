//! What every answer shares: its language, its headers, and how it is sent.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use crate::catalogue::Answer;
use crate::domain::localized::Language;
use crate::search::query::{FieldError, Problem};
use crate::web::etag;
use crate::web::page::parameter;

/// The language of an answer where none is asked for.
pub const DEFAULT_LANGUAGE: Language = Language::French;

const MEDIA_TYPE: &str = "application/json";

/// Sends a value, or only says that the reader's copy of it is still good.
pub fn send(request: &HttpRequest, value: &impl Serialize) -> HttpResponse {
    let body = match serde_json::to_vec(value) {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, path = request.path(), "an answer could not be written");
            return open(StatusCode::INTERNAL_SERVER_ERROR).finish();
        }
    };
    etag::send(request, open, &etag::of(&body), MEDIA_TYPE, body)
}

/// Sends what was written before, or only says that the reader's copy of it is still good.
pub fn send_kept(request: &HttpRequest, answer: Answer) -> HttpResponse {
    let tag = etag::with(answer.checksum);
    etag::send(request, open, &tag, MEDIA_TYPE, answer.body)
}

/// The beginning of any answer: a page of any origin may read it, and ask later whether it still holds.
pub fn open(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    response.insert_header((ACCESS_CONTROL_EXPOSE_HEADERS, "ETag"));
    response
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
