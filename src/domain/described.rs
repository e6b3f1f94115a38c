//! How what is written as something else than it is describes itself in the API's contract (JSON Schema).
//!
//! A type that derives how it is written derives its description as well (`utoipa::ToSchema`).

use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Begins the description of a text.
pub fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// Describes a type by what it is written as.
macro_rules! described {
    ($name:ident: $description:expr) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $description.build().into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use described;
