//! What went wrong, as `application/problem+json` (RFC 9457), in the language asked for.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::domain::localized::Language;
use crate::search::query::{FieldError, Problem as FieldProblem};
use crate::web::locale::Locale;
use crate::web::sentences;

use super::answer;

/// A problem, as it is sent.
#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: String,
    /// The parameter to mend, if it is one.
    field: Option<&'static str>,
    /// Every parameter to mend, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Fault>,
}

/// What is wrong with one parameter.
#[derive(Debug, Clone, Serialize)]
pub struct Fault {
    field: &'static str,
    detail: String,
    /// What may have been meant, as it can be given instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    similar: Vec<String>,
    #[serde(skip)]
    is_unknown: bool,
}

impl Fault {
    /// A wrong parameter, in words.
    pub fn of(error: &FieldError, l: &Locale) -> Self {
        let similar = match &error.problem {
            FieldProblem::Unknown { similar } => similar.clone(),
            _ => Vec::new(),
        };
        Self {
            field: error.field,
            detail: sentences::field_error(error, l),
            similar,
            is_unknown: error.is_unknown(),
        }
    }

    /// A parameter without which there is no answer.
    pub fn missing(field: &'static str, l: &Locale) -> Self {
        let detail = l.t("api.field.missing").to_owned();
        Self {
            field,
            detail,
            similar: Vec::new(),
            is_unknown: false,
        }
    }
}

/// Wrong parameters: 404 where all are well formed and name nothing, else 400.
pub fn wrong_parameters(faults: Vec<Fault>, l: &Locale) -> HttpResponse {
    let is_unknown = !faults.is_empty() && faults.iter().all(|fault| fault.is_unknown);
    let status = if is_unknown {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::BAD_REQUEST
    };
    let details: Vec<_> = faults
        .iter()
        .map(|fault| format!("{}: {}", fault.field, fault.detail))
        .collect();
    let field = faults.first().map(|fault| fault.field);
    send(status, details.join(" "), field, faults, l)
}

/// An identifier in the path that names nothing, with near matches.
pub fn unknown_id(id: &str, similar: &[String], l: &Locale) -> HttpResponse {
    let mut detail = l.with("api.unknown.id", "id", id);
    if !similar.is_empty() {
        detail = format!(
            "{detail} {}",
            l.with("error.similar", "names", similar.join(", "))
        );
    }
    send(StatusCode::NOT_FOUND, detail, None, Vec::new(), l)
}

/// An address below `/api` at which there is nothing.
pub async fn not_found(request: HttpRequest) -> HttpResponse {
    let l = locale(&request);
    send(
        StatusCode::NOT_FOUND,
        l.with("api.unknown.path", "path", request.path()),
        None,
        Vec::new(),
        l,
    )
}

/// Any method but GET and HEAD.
pub async fn read_only(request: HttpRequest) -> HttpResponse {
    let l = locale(&request);
    let detail = l.with("api.method", "method", request.method());
    let mut response = send(StatusCode::METHOD_NOT_ALLOWED, detail, None, Vec::new(), l);
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

/// The language of a problem with an address: a wrong `lang` is not the matter there.
fn locale(request: &HttpRequest) -> &'static Locale {
    let language = answer::language(&answer::parameters(request));
    Locale::of(language.unwrap_or(answer::DEFAULT_LANGUAGE))
}

fn send(
    status: StatusCode,
    detail: String,
    field: Option<&'static str>,
    faults: Vec<Fault>,
    l: &Locale,
) -> HttpResponse {
    let title = match status {
        StatusCode::NOT_FOUND => "api.problem.404",
        StatusCode::METHOD_NOT_ALLOWED => "api.problem.405",
        _ => "api.problem.400",
    };
    let errors = if faults.len() > 1 || faults.iter().any(|fault| !fault.similar.is_empty()) {
        faults
    } else {
        Vec::new()
    };
    let problem = Problem {
        kind: "about:blank",
        title: l.t(title),
        status: status.as_u16(),
        detail,
        field,
        errors,
    };
    match serde_json::to_vec(&problem) {
        Ok(body) => answer::open(status)
            .content_type("application/problem+json")
            .body(body),
        Err(_) => answer::open(status).finish(),
    }
}

/// The language to complain in, and every fault of `lang` and of the rest at once.
pub fn faults_of(
    language: &Result<Language, FieldError>,
    errors: &[FieldError],
) -> (&'static Locale, Vec<Fault>) {
    let l = Locale::of(*language.as_ref().unwrap_or(&answer::DEFAULT_LANGUAGE));
    let faults = errors
        .iter()
        .chain(language.as_ref().err())
        .map(|error| Fault::of(error, l))
        .collect();
    (l, faults)
}
