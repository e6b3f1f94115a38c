//! The fields of an answer, as the description of the API has them, in words.

use utoipa::Number;
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayItems, KnownFormat, Object, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Components, OpenApi, RefOr, Schema};

use crate::web::api::openapi::{self, meanings};
use crate::web::locale::Locale;

/// How deep an answer is told; none is as deep.
const MAX_DEPTH: usize = 8;

/// A field of an answer.
pub struct Field {
    /// Where it stands: `results[].hoster.id`.
    pub path: String,
    /// What kind of value it is, in words.
    pub kind: String,
    /// The only values that it has, if they are counted.
    pub choices: Vec<String>,
    /// What it means.
    pub meaning: String,
}

/// The shapes that the description names.
pub struct Shapes {
    components: &'static Components,
    l: &'static Locale,
}

impl Shapes {
    /// Of a description.
    pub fn of(contract: &'static OpenApi, l: &'static Locale) -> Self {
        let components = contract.components.as_ref();
        Self {
            components: components.expect("the contract names its shapes"),
            l,
        }
    }

    /// All fields of an answer, each followed by its own.
    pub fn fields(&self, schema: &RefOr<Schema>) -> Vec<Field> {
        let mut fields = Vec::new();
        self.collect(schema, "", "", 0, &mut fields);
        fields
    }

    /// What kind of value a schema lets stand, in words.
    pub fn kind(&self, schema: &RefOr<Schema>) -> String {
        let kind = match self.resolved(schema).1 {
            Some(Schema::Array(array)) => match &array.items {
                ArrayItems::RefOrSchema(item) => {
                    self.l.with("api.type.list", "type", self.kind(item))
                }
                ArrayItems::False => String::new(),
            },
            Some(Schema::Object(object)) => self.value(object),
            Some(Schema::OneOf(choice)) => {
                let mut kinds: Vec<String> = (choice.items.iter())
                    .filter(|item| !openapi::may_be_null(item))
                    .map(|item| self.kind(item))
                    .collect();
                kinds.dedup();
                kinds.join(self.l.t("api.type.or"))
            }
            _ => self.l.t("api.type.object").to_owned(),
        };
        match openapi::may_be_null(schema) {
            true => self.l.with("api.type.or_null", "type", kind),
            false => kind,
        }
    }

    /// A single value, and between which numbers it is.
    fn value(&self, object: &Object) -> String {
        let kind = self.l.t(word(object));
        match (&object.minimum, &object.maximum) {
            (Some(least), Some(most)) => {
                let [least, most] = [least, most].map(|number| match number {
                    Number::Int(number) => number.to_string(),
                    Number::UInt(number) => number.to_string(),
                    Number::Float(number) => number.to_string(),
                });
                let bounds = (self.l).with2("api.type.range", ("least", &least), ("most", &most));
                format!("{kind} {bounds}")
            }
            _ => kind.to_owned(),
        }
    }

    /// The only values a schema lets stand, if they are counted.
    pub fn choices(&self, schema: &RefOr<Schema>) -> Vec<String> {
        match self.resolved(schema).1 {
            Some(Schema::Object(object)) => {
                let words = object.enum_values.iter().flatten();
                words
                    .filter_map(|word| Some(word.as_str()?.to_owned()))
                    .collect()
            }
            Some(Schema::Array(array)) => match &array.items {
                ArrayItems::RefOrSchema(item) => self.choices(item),
                ArrayItems::False => Vec::new(),
            },
            Some(Schema::OneOf(choice)) => (choice.items.iter())
                .flat_map(|item| self.choices(item))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn collect(
        &self,
        schema: &RefOr<Schema>,
        shape: &str,
        before: &str,
        depth: usize,
        fields: &mut Vec<Field>,
    ) {
        if depth == MAX_DEPTH {
            return;
        }
        let (name, schema) = self.resolved(schema);
        let shape = name.unwrap_or(shape);
        match schema {
            Some(Schema::Object(object)) => {
                for (name, value) in &object.properties {
                    let path = format!("{before}{name}");
                    fields.push(Field {
                        kind: self.kind(value),
                        choices: self.choices(value),
                        meaning: meanings::field(shape, name, self.l).unwrap_or_default(),
                        path: path.clone(),
                    });
                    self.collect(value, shape, &format!("{path}."), depth + 1, fields);
                }
                if let Some(AdditionalProperties::RefOr(value)) =
                    object.additional_properties.as_deref()
                {
                    self.collect(value, shape, &format!("{before}*."), depth + 1, fields);
                }
            }
            Some(Schema::Array(array)) => {
                if let ArrayItems::RefOrSchema(item) = &array.items {
                    let before = format!("{}[].", before.trim_end_matches('.'));
                    self.collect(item, shape, &before, depth + 1, fields);
                }
            }
            Some(Schema::AllOf(parts)) => {
                // Its own fields stand behind those it takes from others, which are told last.
                for part in parts.items.iter().rev() {
                    self.collect(part, shape, before, depth + 1, fields);
                }
            }
            Some(Schema::OneOf(choice)) => {
                for item in &choice.items {
                    self.collect(item, shape, before, depth + 1, fields);
                }
            }
            _ => {}
        }
    }

    /// A schema, and its name where it is only named.
    fn resolved<'a>(&'a self, schema: &'a RefOr<Schema>) -> (Option<&'a str>, Option<&'a Schema>) {
        match schema {
            RefOr::T(schema) => (None, Some(schema)),
            RefOr::Ref(reference) => {
                let name = reference
                    .ref_location
                    .rsplit('/')
                    .next()
                    .unwrap_or_default();
                match self.components.schemas.get(name) {
                    Some(RefOr::T(schema)) => (Some(name), Some(schema)),
                    _ => (Some(name), None),
                }
            }
        }
    }
}

/// The word for a single value.
fn word(object: &Object) -> &'static str {
    let kind = match &object.schema_type {
        SchemaType::Type(kind) => Some(kind),
        SchemaType::Array(kinds) => kinds.iter().find(|kind| **kind != Type::Null),
        SchemaType::AnyValue => None,
    };
    match (kind, &object.format) {
        (Some(Type::String), Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))) => {
            "api.type.moment"
        }
        (Some(Type::String), Some(SchemaFormat::KnownFormat(KnownFormat::Date))) => "api.type.date",
        (Some(Type::String), _) => "api.type.text",
        (Some(Type::Integer), _) => "api.type.integer",
        (Some(Type::Number), _) => "api.type.number",
        (Some(Type::Boolean), _) => "api.type.boolean",
        _ => "api.type.object",
    }
}
