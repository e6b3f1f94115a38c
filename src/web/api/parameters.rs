//! What the operations take, as their description says it; what it means stands with the site's sentences.
//!
//! Those that together make a good first question have an example each.

use serde_json::Value;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, SchemaFormat, Type,
};
use utoipa::openapi::{RefOr, Required, Schema};
use utoipa::{IntoParams, PartialSchema};

use crate::domain::collective::Standing;
use crate::domain::hoster::{CountryCode, LanguageCode};
use crate::domain::localized::Language;
use crate::domain::need::SoftwareId;
use crate::domain::service::{PriceKind, Registration};
use crate::mirror::MAX_WAIT;
use crate::search::draw::MAX_SEED_CHARS;
use crate::search::query::{
    DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET, MAX_PARAMETER_CHARS, MAX_VALUES, MAX_WITHIN_KM, Sort,
};
use crate::search::suggest::SHOWN;

use super::answer::DEFAULT_LANGUAGE;
use super::instances;
use super::snapshot::MAX_REVISION;

/// Of a search.
pub enum Search {}
/// Of a list.
pub enum Listing {}
/// Of a list that is shown whole where nobody asks for less.
pub enum Whole {}
/// Of a list that is asked for by words.
pub enum ByWords {}
/// Of suggestions.
pub enum Begun {}
/// Of one thing.
pub enum One {}
/// Of a draw.
pub enum Draw {}
/// Of the hosts of PeerTube instances.
pub enum Hosts {}
/// Of what is the same whatever is asked.
pub enum Spoken {}
/// Of what changed.
pub enum Since {}

impl IntoParams for Search {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let standings = Standing::ALL.iter().map(|standing| standing.word());
        let standings = text().enum_values(Some(standings.chain(["any"])));
        vec![
            query("q", bounded()),
            query("need", bounded()),
            query("leave", bounded().examples(["framadate"])),
            query("near", bounded().examples(["Lyon"])),
            query("within", number(1, MAX_WITHIN_KM as usize)),
            any_of("registration", Registration::schema()),
            any_of("price", PriceKind::schema()),
            any_of("language", LanguageCode::schema()),
            any_of("country", CountryCode::schema()),
            any_of("software", SoftwareId::schema()),
            any_of("standing", standings),
            query("sort", Sort::schema()),
            limit(1, Some(DEFAULT_LIMIT)),
            offset(),
            lang(),
        ]
    }
}

impl IntoParams for Listing {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![limit(1, Some(DEFAULT_LIMIT)), offset(), lang()]
    }
}

impl IntoParams for Whole {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![limit(2, None), offset(), lang()]
    }
}

impl IntoParams for ByWords {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            words("nant"),
            limit(2, Some(DEFAULT_LIMIT)),
            offset(),
            lang(),
        ]
    }
}

impl IntoParams for Begun {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![words("framad"), limit(2, Some(SHOWN)), offset(), lang()]
    }
}

impl IntoParams for One {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![id(), lang()]
    }
}

impl IntoParams for Draw {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let seed = text().max_length(Some(MAX_SEED_CHARS)).examples(["7"]);
        vec![
            id(),
            query("near", bounded().examples(["Lyon"])),
            query("seed", seed),
            lang(),
        ]
    }
}

impl IntoParams for Hosts {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let count = number(0, instances::MAX_COUNT)
            .default(Some(instances::DEFAULT_COUNT.into()))
            .examples([2]);
        let sort = text()
            .enum_values(Some(instances::SORTS))
            .default(Some(instances::DEFAULT_SORT.into()));
        let moment = |format| text().format(Some(SchemaFormat::KnownFormat(format)));
        let since = OneOfBuilder::new()
            .item(moment(KnownFormat::Date))
            .item(moment(KnownFormat::DateTime));
        vec![
            query("start", number(0, MAX_OFFSET).default(Some(0.into()))),
            query("count", count),
            query("since", since),
            query("sort", sort),
        ]
    }
}

impl IntoParams for Spoken {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![lang()]
    }
}

impl IntoParams for Since {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let exact = usize::try_from(MAX_REVISION).unwrap_or(usize::MAX);
        let since = parameter("since", ParameterIn::Query, number(0, exact).examples([1]));
        let most = usize::try_from(MAX_WAIT.as_secs()).unwrap_or(usize::MAX);
        let wait = number(0, most).default(Some(0.into()));
        vec![
            since.required(Required::True).extensions(None).build(),
            query("wait", wait),
            lang(),
        ]
    }
}

/// The part of the path that names one thing.
fn id() -> Parameter {
    parameter("id", ParameterIn::Path, text().min_length(Some(1))).build()
}

/// What a list is asked for by; it must be there, but may be empty.
fn words(example: &str) -> Parameter {
    let words = parameter("q", ParameterIn::Query, bounded().examples([example]));
    words.required(Required::True).build()
}

/// How many; `example` of them in the example.
fn limit(example: usize, default: Option<usize>) -> Parameter {
    let limit = number(1, MAX_LIMIT).default(default.map(Value::from));
    query("limit", limit.examples([example]))
}

fn offset() -> Parameter {
    query("offset", number(0, MAX_OFFSET).default(Some(0.into())))
}

fn lang() -> Parameter {
    let codes = Language::ALL.iter().map(|language| language.code());
    let codes = text()
        .enum_values(Some(codes))
        .default(Some(DEFAULT_LANGUAGE.code().into()));
    query("lang", codes.examples([Language::English.code()]))
}

fn query(name: &str, schema: impl Into<RefOr<Schema>>) -> Parameter {
    parameter(name, ParameterIn::Query, schema).build()
}

/// A parameter that may be given several times: any of its values is meant.
fn any_of(name: &str, value: impl Into<RefOr<Schema>>) -> Parameter {
    let values = ArrayBuilder::new().items(value.into());
    query(name, values.max_items(Some(MAX_VALUES)))
}

fn parameter(name: &str, place: ParameterIn, schema: impl Into<RefOr<Schema>>) -> ParameterBuilder {
    // A form sends what was left empty, too; the library has no field for it.
    let may_be_empty =
        (place == ParameterIn::Query).then(|| Extensions::from_iter([("allowEmptyValue", true)]));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .schema(Some(schema))
        .extensions(may_be_empty)
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// A text as long as any parameter may be.
fn bounded() -> ObjectBuilder {
    text().max_length(Some(MAX_PARAMETER_CHARS))
}

fn number(least: usize, most: usize) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(least))
        .maximum(Some(most))
}
