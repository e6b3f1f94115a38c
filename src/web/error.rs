//! Wrong input and unknown addresses: a page that helps, with what was typed still in its form.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_LANGUAGE, ALLOW, ContentType, VARY};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::block::Block;
use crate::domain::localized::Language;
use crate::search::query::{FieldError, Problem};
use crate::search::question::MAX_SIMILAR;
use crate::search::suggest::Suggestion;

use super::locale::{Locale, preferred};
use super::page::{Page, Section, address, language_in, language_of, parameter, parameters};
use super::sentences;

/// An answer other than the page that was asked for, ready to be sent.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    html: String,
    /// Whether its language is the browser's choice and not the address's.
    is_negotiated: bool,
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
        let mut response = HttpResponse::build(self.status);
        if self.is_negotiated {
            response.insert_header((VARY, "Accept-Language"));
        }
        response
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
    /// What is wrong with parameters that have no field in the form.
    others: Vec<Wrong>,
    similar: Vec<Similar>,
    /// Where the operator's choice is explained, where that is what stands in the way.
    choice: Option<String>,
}

/// A wrong parameter.
struct Wrong {
    name: &'static str,
    value: String,
    sentence: String,
}

/// A near match, as a link.
pub struct Similar {
    /// Its name.
    pub label: String,
    /// The address that asks for it instead.
    pub href: String,
}

impl ErrorPage {
    /// The page for what is not there.
    fn not_found(page: Page, lead: String, similar: Vec<Similar>) -> Self {
        Self {
            page: Page {
                title: page.l.t("error.404.title").to_owned(),
                ..page
            },
            lead,
            what: String::new(),
            near: String::new(),
            what_error: None,
            near_error: None,
            others: Vec::new(),
            similar,
            choice: None,
        }
    }
}

/// Parameters that cannot be answered.
pub fn wrong_parameters(
    request: &HttpRequest,
    edition: &Edition,
    errors: &[FieldError],
) -> Refused {
    let l = spoken(request);
    let given = parameters(request);
    let error_of = |fields: &[&str]| errors.iter().find(|error| fields.contains(&error.field));
    let in_form = ["q", "need", "leave", "near"];
    let others = errors
        .iter()
        .filter(|error| !in_form.contains(&error.field));
    let what = ["what", "q", "leave", "need"]
        .iter()
        .find_map(|name| parameter(&given, name))
        .or_else(|| request.match_info().get("slug"))
        .unwrap_or_default()
        .to_owned();
    let page = ErrorPage {
        page: Page::new(
            request,
            l,
            l.count("error.400.title", errors.len()),
            Section::Elsewhere,
        ),
        lead: String::new(),
        what,
        near: parameter(&given, "near").unwrap_or_default().to_owned(),
        what_error: error_of(&["q", "need", "leave"]).map(|error| sentences::field_error(error, l)),
        near_error: error_of(&["near"]).map(|error| sentences::problem(error, l)),
        others: others
            .map(|error| Wrong {
                name: error.field,
                value: parameter(&given, error.field)
                    .unwrap_or_default()
                    .to_owned(),
                sentence: sentences::field_error(error, l),
            })
            .collect(),
        similar: errors
            .iter()
            .flat_map(|error| similar(request, edition, error, l))
            .collect(),
        choice: None,
    };
    refuse(request, status_of(errors), &page)
}

/// The status of an answer to wrong parameters: what nobody knows is not found, the rest is no question.
pub fn status_of(errors: &[FieldError]) -> StatusCode {
    if errors.iter().all(FieldError::is_unknown) {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::BAD_REQUEST
    }
}

/// Something that was named in the path and is not known, with near matches.
pub fn unknown_name(request: &HttpRequest, edition: &Edition, name: &str) -> Refused {
    let l = spoken(request);
    let page = ErrorPage {
        near: parameter(&parameters(request), "near")
            .unwrap_or_default()
            .to_owned(),
        ..ErrorPage::not_found(
            Page::new(request, l, String::new(), Section::Elsewhere),
            l.with("error.404.lead", "slug", name),
            similar_names(edition, name, l),
        )
    };
    refuse(request, StatusCode::NOT_FOUND, &page)
}

/// Something that is not listed by the operator's choice, with the reason for it.
pub fn not_listed(request: &HttpRequest, block: &Block) -> Refused {
    let l = language_of(request);
    let frame = Page::new(request, l, String::new(), Section::Elsewhere);
    let reason = block.reason.as_ref();
    let reason = reason.map_or_else(
        || l.t("blocked.unsaid").to_owned(),
        |reason| l.with("blocked.reason", "reason", reason),
    );
    let lead = format!(
        "{} {reason}",
        l.with("blocked.lead", "domain", &block.domain)
    );
    let not_found = ErrorPage::not_found(frame, lead, Vec::new());
    let page = ErrorPage {
        page: Page {
            title: l.t("blocked.title").to_owned(),
            ..not_found.page
        },
        choice: Some(format!("/{}/about#blocks", l.code())),
        ..not_found
    };
    refuse(request, StatusCode::NOT_FOUND, &page)
}

/// Any address that leads nowhere.
pub async fn not_found(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let path = request.path();
    let l = spoken(&request);
    let name = path
        .rsplit('/')
        .find(|part| !part.is_empty())
        .unwrap_or_default();
    let frame = Page::new(&request, l, String::new(), Section::Elsewhere);
    let page = Page {
        canonical: "/".to_owned(),
        other_address: format!("/{}/", frame.other_code()),
        ..frame
    };
    let similar = similar_names(&catalogue.current(), name, l);
    let page = ErrorPage::not_found(page, l.t("error.404.nowhere").to_owned(), similar);
    Err(refuse(&request, StatusCode::NOT_FOUND, &page))
}

/// A method other than reading, at an address that can only be read.
pub async fn read_only(request: HttpRequest) -> HttpResponse {
    let mut response = HttpResponse::MethodNotAllowed();
    if language_in(request.path()).is_none() {
        response.insert_header((VARY, "Accept-Language"));
    }
    response
        .insert_header((ALLOW, "GET, HEAD"))
        .content_type(ContentType::plaintext())
        .body(spoken(&request).with("api.method", "method", request.method()))
}

/// The language of the address, else the one that `lang` names, else the one the browser asks for.
fn spoken(request: &HttpRequest) -> &'static Locale {
    match language_in(request.path()) {
        Some((language, _)) => Locale::of(language),
        None => {
            let asked = parameters(request);
            let asked = parameter(&asked, "lang").and_then(Language::from_code);
            Locale::of(asked.unwrap_or_else(|| accepted(request)))
        }
    }
}

/// The language a browser asks for.
pub fn accepted(request: &HttpRequest) -> Language {
    preferred(
        request
            .headers()
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default(),
    )
}

fn refuse(request: &HttpRequest, status: StatusCode, page: &ErrorPage) -> Refused {
    let html = page.render().unwrap_or_else(|error| {
        tracing::error!(%error, "the error page could not be rendered");
        status.to_string()
    });
    Refused {
        status,
        html,
        is_negotiated: language_in(request.path()).is_none(),
    }
}

/// Near matches of a parameter: the same page, with that parameter mended.
pub fn similar(
    request: &HttpRequest,
    edition: &Edition,
    error: &FieldError,
    l: &Locale,
) -> Vec<Similar> {
    let Problem::Unknown { similar } = &error.problem else {
        return Vec::new();
    };
    let taxonomy = edition.taxonomy();
    let departure = |id: &str| Some(taxonomy.departure(id)?.name.to_string());
    let need = |id: &str| Some(taxonomy.need(id)?.name.get(l.language).to_string());
    let label = |id: &String| match error.field {
        "leave" => departure(id),
        "need" => need(id),
        "what" => departure(id).or_else(|| need(id)),
        "hoster" => {
            let position = edition.hoster_position(id)?;
            Some(edition.hosters[position].name.to_string())
        }
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
    let mut similar: Vec<Similar> = Vec::new();
    for suggestion in edition.suggest(name, l.language, MAX_SIMILAR) {
        let (label, id) = (suggestion.label(l.language), suggestion.id());
        let href = match suggestion {
            Suggestion::Departure(_) => format!("/{}/leave/{id}", l.code()),
            Suggestion::Need(_) => format!("/{}/services?need={id}", l.code()),
            Suggestion::Software(_) => format!("/{}/services?software={id}", l.code()),
            Suggestion::Hoster(_) => format!("/{}/hosters/{id}", l.code()),
            // An address may be nearly a page's, but is no place.
            Suggestion::Place { .. } => continue,
        };
        // A service and the software it runs often share a name; the service comes first.
        if similar.iter().all(|known| known.label != label) {
            similar.push(Similar {
                label: label.into_owned(),
                href,
            });
        }
    }
    similar
}
