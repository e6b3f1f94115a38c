//! `/api/openapi.json`: the contract, in OpenAPI 3.1.
//!
//! Operations and shapes are described where they are written; here is what all of them share. What each operation,
//! parameter and field means stands with the site's other sentences, since `/api/docs` tells it in both languages.

use std::sync::LazyLock;

use actix_web::http::header::EntityTag;
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use serde_json::Value;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::link::Link;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ContentBuilder, Header, HeaderBuilder, Ref, RefOr, Response};
use utoipa::{Modify, OpenApi};

use crate::domain::localized::Language;
use crate::web::etag;
use crate::web::locale::Locale;

use super::answer::send_tagged;
use super::problem::Problem;
use super::{
    choices, closings, collectives, departures, examples, go, hosters, instances, needs, places,
    search, sent, services, suggest, xmpp,
};

/// In whose words the contract is written.
const LANGUAGE: Language = Language::English;
/// Lists with the operation that tells all of one of theirs, and the field it is asked for by.
const LEADS: [(&str, &str, &str); 6] = [
    ("collectives", "collective", "id"),
    ("departures", "departure", "slug"),
    ("hosters", "hoster", "id"),
    ("needs", "go", "id"),
    ("search", "service", "id"),
    ("services", "service", "id"),
];
/// What operations answer besides what was asked for, by status and name.
const SHARED: [(&str, &str); 5] = [
    ("304", "NotModified"),
    ("400", "BadRequest"),
    ("404", "NotFound"),
    ("429", "TooManyRequests"),
    ("503", "ServiceUnavailable"),
];
const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// The operations, in the order in which people are told of them.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Archipelago",
        version = "1",
        license(name = "CC0-1.0", identifier = "CC0-1.0")
    ),
    servers((url = "/api/v1")),
    paths(
        search::answer,
        suggest::begun,
        places::named,
        go::draw,
        services::all,
        services::one,
        hosters::all,
        hosters::one,
        collectives::all,
        collectives::one,
        needs::all,
        departures::all,
        departures::one,
        closings::all,
        choices::policy,
        choices::decisions,
        sent::all,
        instances::hosts,
        xmpp::providers,
    ),
    components(schemas(Problem)),
    modifiers(&Shared),
)]
struct Contract;

/// What the operations share.
struct Shared;

static CONTRACT: LazyLock<utoipa::openapi::OpenApi> = LazyLock::new(Contract::openapi);
static WRITTEN: LazyLock<(EntityTag, Bytes)> = LazyLock::new(|| {
    let written = serde_json::to_vec(&*CONTRACT).expect("its keys are texts, its numbers finite");
    (etag::of(&written), written.into())
});

/// The contract, for whoever tells it otherwise.
pub fn contract() -> &'static utoipa::openapi::OpenApi {
    &CONTRACT
}

/// `/openapi.json`
pub async fn document(request: HttpRequest) -> HttpResponse {
    let (tag, written) = &*WRITTEN;
    send_tagged(&request, tag, written.clone())
}

/// What an operation does, in a few words.
pub fn summary(operation: &str, l: &Locale) -> String {
    l.t(&format!("api.operation.{operation}")).to_owned()
}

/// What there is to know of it besides.
pub fn more(operation: &str, l: &Locale) -> Option<String> {
    l.find(&format!("api.operation.{operation}.more"))
        .map(str::to_owned)
}

/// What a parameter of an operation means.
pub fn parameter(operation: &str, name: &str, l: &Locale) -> String {
    let of_this = l.find(&format!("api.parameter.{operation}.{name}"));
    of_this
        .unwrap_or(l.t(&format!("api.parameter.{name}")))
        .to_owned()
}

/// What a field means, in a shape or wherever it stands.
pub fn field(shape: &str, name: &str, l: &Locale) -> Option<String> {
    let of_this = l.find(&format!("api.shape.{shape}.{name}"));
    of_this
        .or_else(|| l.find(&format!("api.shape.{name}")))
        .map(str::to_owned)
}

impl Modify for Shared {
    fn modify(&self, contract: &mut utoipa::openapi::OpenApi) {
        let l = Locale::of(LANGUAGE);
        contract.info.description = Some(l.t("api.docs.lead").to_owned());
        for item in contract.paths.paths.values_mut() {
            if let Some(operation) = &mut item.get {
                complete(operation, l);
            }
        }
        let components = contract.components.get_or_insert_default();
        for (status, name) in SHARED {
            let response = shared(status, l).into();
            components.responses.insert(name.to_owned(), response);
        }
        for (shape, schema) in &mut components.schemas {
            if let RefOr::T(schema) = schema {
                say_all(schema, shape, l);
            }
        }
    }
}

/// Tells what an operation and its parameters mean, and what it may answer.
fn complete(operation: &mut Operation, l: &Locale) {
    let id = operation.operation_id.clone().unwrap_or_default();
    operation.tags = None;
    operation.summary = Some(summary(&id, l));
    operation.description = more(&id, l);
    for given in operation.parameters.iter_mut().flatten() {
        given.description = Some(parameter(&id, &given.name, l));
        if let (Some(RefOr::T(Schema::Object(value))), "id") =
            (&mut given.schema, given.name.as_str())
        {
            value.examples = examples::named(&id).map(Value::from).into_iter().collect();
        }
    }
    // A draw is another each time, so nobody keeps it.
    let is_kept = id != "go";
    let responses = &mut operation.responses.responses;
    if let Some(RefOr::T(response)) = responses.get_mut("200") {
        response.description = l.t("api.status.200").to_owned();
        response.headers = headers("200", is_kept, l).into_iter().collect();
        response.links = links(&id).collect();
        if let Some(content) = response.content.get_mut(JSON) {
            content.example = examples::answer(&id, LANGUAGE);
        }
    }
    for (status, name) in SHARED {
        let is_always = matches!(status, "400" | "429") || (status == "304" && is_kept);
        if is_always || responses.contains_key(status) {
            let shared = Ref::from_response_name(name);
            responses.insert(status.to_owned(), shared.into());
        }
    }
}

/// An answer that any operation may give.
fn shared(status: &str, l: &Locale) -> Response {
    let mut response = Response::new(l.t(&format!("api.status.{status}")));
    response.headers = headers(status, true, l).into_iter().collect();
    if status != "304" {
        let problem = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(problem)).build();
        response.content.insert(PROBLEM.to_owned(), content);
    }
    response
}

/// What else can be asked once a list is known.
fn links(list: &str) -> impl Iterator<Item = (String, RefOr<Link>)> {
    let leads = LEADS.iter().filter(move |(from, _, _)| *from == list);
    leads.map(|(_, to, field)| {
        let first = format!("$response.body#/results/0/{field}");
        // The library writes the field that is meant for it as `operation_id`.
        let mut link = Link::builder().parameter("id", first).build();
        link.extensions = Some(Extensions::from_iter([("operationId", *to)]));
        ((*to).to_owned(), link.into())
    })
}

/// The header fields that tell something of an answer.
fn headers(status: &str, is_kept: bool, l: &Locale) -> Vec<(String, Header)> {
    let mut names = vec!["Cache-Control", "RateLimit", "RateLimit-Policy"];
    if matches!(status, "200" | "304") && is_kept {
        names.push("ETag");
    }
    if matches!(status, "429" | "503") {
        names.push("Retry-After");
    }
    let header = |name: &str| {
        let seconds = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1));
        let text = ObjectBuilder::new().schema_type(Type::String);
        let schema = if name == "Retry-After" { seconds } else { text };
        let header = HeaderBuilder::new()
            .schema(schema.build())
            .description(Some(l.t(&format!("api.header.{name}"))));
        (name.to_owned(), header.build())
    };
    names.into_iter().map(header).collect()
}

/// Tells what the fields of a shape mean, and that those that may be `null` are always there: what is left out where
/// it says nothing is never `null`.
fn say_all(schema: &mut Schema, shape: &str, l: &Locale) {
    match schema {
        Schema::Object(object) => {
            for (name, value) in &mut object.properties {
                if may_be_null(value) && !object.required.contains(name) {
                    object.required.push(name.clone());
                }
                let meaning = field(shape, name, l);
                match value {
                    RefOr::Ref(reference) => reference.description = meaning.unwrap_or_default(),
                    RefOr::T(value) => explain(value, meaning),
                }
            }
        }
        Schema::AllOf(parts) => {
            for part in &mut parts.items {
                if let RefOr::T(part) = part {
                    say_all(part, shape, l);
                }
            }
        }
        _ => {}
    }
}

fn explain(schema: &mut Schema, meaning: Option<String>) {
    match schema {
        Schema::Object(object) => object.description = meaning,
        Schema::Array(array) => array.description = meaning,
        Schema::OneOf(choice) => choice.description = meaning,
        _ => {}
    }
}

/// Whether a schema lets `null` stand.
pub fn may_be_null(schema: &RefOr<Schema>) -> bool {
    let has_null = |kind: &SchemaType| match kind {
        SchemaType::Type(kind) => *kind == Type::Null,
        SchemaType::Array(kinds) => kinds.contains(&Type::Null),
        SchemaType::AnyValue => false,
    };
    match schema {
        RefOr::Ref(_) => false,
        RefOr::T(Schema::Object(object)) => has_null(&object.schema_type),
        RefOr::T(Schema::Array(array)) => has_null(&array.schema_type),
        RefOr::T(Schema::OneOf(choice)) => choice.items.iter().any(may_be_null),
        RefOr::T(_) => false,
    }
}
