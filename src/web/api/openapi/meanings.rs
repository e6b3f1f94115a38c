//! What operations, parameters and fields mean, in the words of a language.

use crate::web::locale::Locale;

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
