//! What all operations of the contract have: their meanings, answers that any of them may give, header fields, where
//! their answers lead.

use serde_json::Value;
use utoipa::Modify;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::link::Link;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{ContentBuilder, Header, HeaderBuilder, OpenApi, Ref, RefOr, Response};

use crate::domain::localized::Language;
use crate::web::api::examples;
use crate::web::locale::Locale;

use super::meanings;

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
const SHARED: [(&str, &str); 6] = [
    ("304", "NotModified"),
    ("400", "BadRequest"),
    ("404", "NotFound"),
    ("410", "Gone"),
    ("429", "TooManyRequests"),
    ("503", "ServiceUnavailable"),
];
const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// What the operations share.
pub struct Shared;

impl Modify for Shared {
    fn modify(&self, contract: &mut OpenApi) {
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
    operation.summary = Some(meanings::summary(&id, l));
    operation.description = meanings::more(&id, l);
    for given in operation.parameters.iter_mut().flatten() {
        given.description = Some(meanings::parameter(&id, &given.name, l));
        if let (Some(RefOr::T(Schema::Object(value))), "id") =
            (&mut given.schema, given.name.as_str())
        {
            value.examples = examples::named(&id).map(Value::from).into_iter().collect();
        }
    }
    // A draw is another each time, and changes are asked for once: nobody keeps them.
    let is_kept = !matches!(id.as_str(), "go" | "changes");
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
                let meaning = meanings::field(shape, name, l);
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
