//! `/{lang}/api`: the API for people, made of its own description (`/api/openapi.json`).
//!
//! What is told of an operation, a parameter or a field is what the description says, in the page's language.

mod shapes;

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, VARY};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use url::form_urlencoded;
use utoipa::openapi::path::{self, Parameter, ParameterIn};
use utoipa::openapi::{RefOr, Required, Schema};

use crate::domain::localized::Language;
use crate::web::api::examples;
use crate::web::api::openapi::{self, meanings};
use crate::web::error::accepted;
use crate::web::limit::Limit;
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, language_of, parameter, parameters, send};

use shapes::{Field, Shapes};

#[derive(Template)]
#[template(path = "docs.html")]
struct Docs {
    page: Page,
    operations: &'static [Operation],
    /// How much a client may ask for, in a sentence.
    limit: String,
}

/// What can be asked.
struct Operation {
    id: String,
    /// From the origin: `/api/v1/services/{id}`.
    path: String,
    summary: String,
    more: Option<String>,
    parameters: Vec<Given>,
    /// A question, from the origin.
    example: String,
    /// What is answered to it.
    answer: Option<String>,
    fields: Vec<Field>,
}

/// A parameter.
struct Given {
    name: String,
    is_required: bool,
    kind: String,
    choices: Vec<String>,
    default: Option<String>,
    meaning: String,
}

static FRENCH: LazyLock<Vec<Operation>> = LazyLock::new(|| operations(Language::French));
static ENGLISH: LazyLock<Vec<Operation>> = LazyLock::new(|| operations(Language::English));

/// `/api/docs`: to the page in the language asked for, else in the one that the browser prefers.
pub async fn choose_language(request: HttpRequest) -> HttpResponse {
    let given = parameters(&request);
    let asked = parameter(&given, "lang").and_then(Language::from_code);
    let language = asked.unwrap_or_else(|| accepted(&request));
    HttpResponse::Found()
        .insert_header((LOCATION, format!("/{}/api", language.code())))
        .insert_header((VARY, "Accept-Language"))
        .finish()
}

/// The page.
pub async fn page(request: HttpRequest, limit: Data<Limit>) -> HttpResponse {
    let l = language_of(&request);
    let title = l.t("api.docs.title").to_owned();
    let docs = Docs {
        page: Page {
            description: l.t("api.docs.lead").to_owned(),
            ..Page::new(&request, l, title, Section::About)
        },
        operations: match l.language {
            Language::French => &FRENCH,
            Language::English => &ENGLISH,
        },
        limit: limit.told(l),
    };
    send(StatusCode::OK, &docs)
}

/// All that can be asked, in the order of the description.
fn operations(language: Language) -> Vec<Operation> {
    let l = Locale::of(language);
    let contract = openapi::contract();
    let shapes = Shapes::of(contract, l);
    let servers = contract.servers.iter().flatten();
    let base: String = servers.map(|server| server.url.as_str()).collect();
    let asked = contract.paths.paths.iter();
    asked
        .filter_map(|(path, item)| {
            let operation = item.get.as_ref()?;
            Some(Operation::new(
                &format!("{base}{path}"),
                operation,
                &shapes,
                l,
            ))
        })
        .collect()
}

impl Operation {
    fn new(path: &str, operation: &path::Operation, shapes: &Shapes, l: &'static Locale) -> Self {
        let id = operation.operation_id.clone().unwrap_or_default();
        let given = operation.parameters.as_deref().unwrap_or_default();
        let answered = operation.responses.responses.get("200");
        let answered = answered.and_then(|response| match response {
            RefOr::T(response) => response.content.get("application/json")?.schema.as_ref(),
            RefOr::Ref(_) => None,
        });
        let answer = examples::answer(&id, l.language);
        Self {
            path: path.to_owned(),
            summary: meanings::summary(&id, l),
            more: meanings::more(&id, l),
            parameters: (given.iter())
                .map(|parameter| Given::new(&id, parameter, shapes, l))
                .collect(),
            example: example(path, given, l.language),
            answer: answer.map(|answer| format!("{answer:#}")),
            fields: answered.map_or_else(Vec::new, |schema| shapes.fields(schema)),
            id,
        }
    }
}

impl Given {
    fn new(operation: &str, parameter: &Parameter, shapes: &Shapes, l: &Locale) -> Self {
        let schema = parameter.schema.as_ref();
        Self {
            name: parameter.name.clone(),
            is_required: parameter.required == Required::True,
            kind: schema.map_or_else(String::new, |schema| shapes.kind(schema)),
            choices: schema.map_or_else(Vec::new, |schema| shapes.choices(schema)),
            default: match schema {
                Some(RefOr::T(Schema::Object(object))) => object.default.as_ref().map(plain),
                _ => None,
            },
            meaning: meanings::parameter(operation, &parameter.name, l),
        }
    }
}

/// The example question: with those parameters that have an example, and in a language of which texts are.
fn example(path: &str, given: &[Parameter], language: Language) -> String {
    let mut path = path.to_owned();
    let mut query = form_urlencoded::Serializer::new(String::new());
    for parameter in given {
        let Some(RefOr::T(Schema::Object(object))) = &parameter.schema else {
            continue;
        };
        let Some(value) = object.examples.first().map(plain) else {
            continue;
        };
        match parameter.parameter_in {
            ParameterIn::Path => path = path.replace(&format!("{{{}}}", parameter.name), &value),
            _ if parameter.name == "lang" => {
                if language.code() == value {
                    query.append_pair("lang", &value);
                }
            }
            _ => {
                query.append_pair(&parameter.name, &value);
            }
        }
    }
    match query.finish() {
        query if query.is_empty() => path,
        query => format!("{path}?{query}"),
    }
}

/// A value as it stands in an address.
fn plain(value: &serde_json::Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.to_string(),
    }
}
