//! Wrong input and unknown addresses: a page that helps, with what was typed still in its form.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, ALLOW};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use crate::catalogue::{Catalogue, Edition};
use crate::search::query::{FieldError, Problem};

use super::locale::{Locale, preferred};
use super::page::{Page, Section, address, language_of, parameter, parameters};
use super::sentences;

/// An answer other than the page that was asked for, ready to be sent.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    html: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "refused with {}", self.status)
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status)
            .content_type("text/html; charset=utf-8")
            .body(self.html.clone())
    }
}

/// The page that helps on.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    lead: String,
    /// What was typed, to be mended.
    what: String,
    near: String,
    what_error: Option<String>,
    near_error: Option<String>,
    /// What is wrong with parameters that have no field in the form: name and sentence.
    others: Vec<(&'static str, String)>,
    similar: Vec<Similar>,
}

/// A near match, as a link.
struct Similar {
    label: String,
    href: String,
}

/// Parameters that cannot be answered.
pub fn wrong_parameters(
    request: &HttpRequest,
    edition: &Edition,
    errors: &[FieldError],
) -> Refused {
    let l = language_of(request);
    let unknown_only = errors.iter().all(FieldError::is_unknown);
    let given = parameters(request);
    let error_of = |fields: &[&str]| {
        let error = errors.iter().find(|error| fields.contains(&error.field))?;
        Some(sentences::field_error(error, l))
    };
    let in_form = ["q", "need", "leave", "near"];
    let others = errors
        .iter()
        .filter(|error| !in_form.contains(&error.field));
    let what = ["what", "q", "leave", "need"]
        .iter()
        .find_map(|name| parameter(&given, name))
        .unwrap_or_default();
    let page = ErrorPage {
        page: Page::new(
            request,
            l,
            l.count("error.400.title", errors.len()),
            Section::Elsewhere,
        ),
        lead: String::new(),
        what,
        near: parameter(&given, "near").unwrap_or_default(),
        what_error: error_of(&["q", "need", "leave"]),
        near_error: error_of(&["near"]),
        others: others
            .map(|error| (error.field, sentences::field_error(error, l)))
            .collect(),
        similar: errors
            .iter()
            .flat_map(|error| similar(request, edition, error, l))
            .collect(),
    };
    refuse(
        if unknown_only {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::BAD_REQUEST
        },
        &page,
    )
}

/// Something that was named in the path and is not known, with near matches.
pub fn unknown_name(request: &HttpRequest, edition: &Edition, name: &str) -> Refused {
    let l = language_of(request);
    let page = ErrorPage {
        page: Page::new(
            request,
            l,
            l.t("error.404.title").to_owned(),
            Section::Elsewhere,
        ),
        lead: l.with("error.404.lead", "slug", name),
        what: String::new(),
        near: parameter(&parameters(request), "near").unwrap_or_default(),
        what_error: None,
        near_error: None,
        others: Vec::new(),
        similar: similar_names(edition, name, l),
    };
    refuse(StatusCode::NOT_FOUND, &page)
}

/// Any address that leads nowhere.
pub async fn not_found(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let path = request.path();
    let has_language = ["/fr", "/en"]
        .iter()
        .any(|lang| path == *lang || path.starts_with(&format!("{lang}/")));
    let l = if has_language {
        language_of(&request)
    } else {
        Locale::of(accepted(&request))
    };
    let name = path
        .rsplit('/')
        .find(|part| !part.is_empty())
        .unwrap_or_default();
    let page = ErrorPage {
        page: Page {
            address: format!("/{}/", l.code()),
            ..Page::new(
                &request,
                l,
                l.t("error.404.title").to_owned(),
                Section::Elsewhere,
            )
        },
        lead: l.t("error.404.nowhere").to_owned(),
        what: String::new(),
        near: String::new(),
        what_error: None,
        near_error: None,
        others: Vec::new(),
        similar: similar_names(&catalogue.current(), name, l),
    };
    Err(refuse(StatusCode::NOT_FOUND, &page))
}

/// A method other than reading, at an address that can only be read.
pub async fn read_only() -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header((ALLOW, "GET, HEAD"))
        .finish()
}

/// The language a browser asks for.
pub fn accepted(request: &HttpRequest) -> crate::domain::localized::Language {
    preferred(
        request
            .headers()
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default(),
    )
}

fn refuse(status: StatusCode, page: &ErrorPage) -> Refused {
    let html = page.render().unwrap_or_else(|error| {
        tracing::error!(%error, "the error page could not be rendered");
        status.to_string()
    });
    Refused { status, html }
}

/// Near matches of a parameter: the same page, with that parameter mended.
fn similar(
    request: &HttpRequest,
    edition: &Edition,
    error: &FieldError,
    l: &Locale,
) -> Vec<Similar> {
    let Problem::Unknown { similar } = &error.problem else {
        return Vec::new();
    };
    let taxonomy = edition.taxonomy();
    let label = |id: &String| match error.field {
        "leave" => taxonomy
            .departure(id)
            .map(|departure| departure.name.to_string()),
        "need" => taxonomy
            .need(id)
            .map(|need| need.name.get(l.language).to_string()),
        "software" => taxonomy
            .software_by_id(id)
            .map(|software| software.name.to_string()),
        _ => None,
    };
    let mended = |id: &str| {
        let given = parameters(request);
        let kept = given.iter().filter(|(name, _)| name != error.field);
        let values: Vec<(&str, Option<&str>)> = kept
            .map(|(name, value)| (name.as_str(), Some(value.as_str())))
            .chain([(error.field, Some(id))])
            .collect();
        address(request.path(), &values)
    };
    similar
        .iter()
        .map(|id| Similar {
            label: label(id).unwrap_or_else(|| id.clone()),
            href: mended(id),
        })
        .collect()
}

fn similar_names(edition: &Edition, name: &str, l: &Locale) -> Vec<Similar> {
    use crate::search::suggest::SuggestionKind::{Departure, Hoster, Need, Software};
    let near = edition.suggestions.suggest(name, l.language, 5);
    near.into_iter()
        .map(|suggestion| Similar {
            label: suggestion.label.get(l.language).clone(),
            href: match suggestion.kind {
                Departure => format!("/{}/leave/{}", l.code(), suggestion.id),
                Need => format!("/{}/services?need={}", l.code(), suggestion.id),
                Software => format!("/{}/services?software={}", l.code(), suggestion.id),
                Hoster => format!("/{}/hosters/{}", l.code(), suggestion.id),
            },
        })
        .collect()
}
