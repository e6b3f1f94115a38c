//! What tests of readers are given: anything that could come in.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use url::Url;

use super::{Document, Format};
use crate::domain::taxonomy::Taxonomy;

/// The shipped vocabulary, read once for all tests.
pub fn taxonomy() -> &'static Taxonomy {
    static SHIPPED: LazyLock<Taxonomy> = LazyLock::new(Taxonomy::embedded);
    &SHIPPED
}

/// A document that was found on some day.
pub fn document<'a>(format: Format, url: &'a Url, bytes: &'a [u8]) -> Document<'a> {
    Document {
        format,
        url,
        bytes,
        seen: "2026-11-28".parse().unwrap(),
        of: None,
    }
}

/// Any text, control characters and all.
pub fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..20).prop_map(|chars| chars.into_iter().collect())
}

/// Any bytes, or JSON that was cut or mangled on its way.
pub fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let mangled =
        (value(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(value, at, byte)| {
            let mut text = value.to_string().into_bytes();
            let at = at.index(text.len());
            text[at] = byte;
            text
        });
    let cut = (value(), any::<prop::sample::Index>()).prop_map(|(value, at)| {
        let mut text = value.to_string().into_bytes();
        text.truncate(at.index(text.len()));
        text
    });
    prop_oneof![vec(any::<u8>(), 0..300), mangled, cut]
}

/// Texts that readers look for, and values near their limits.
fn plain_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        text().prop_map(Value::from),
        Just(json!("a.example")),
        Just(json!("https://a.example/")),
        Just(json!("fr")),
        Just(json!("2020-01-01")),
        Just(json!("x".repeat(2_100))),
    ]
}

/// Any value of JSON.
pub fn value() -> impl Strategy<Value = Value> {
    plain_value().prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((text(), inner), 0..5).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

/// A value that is small enough to be kept, and is read back as itself.
pub fn small_value() -> impl Strategy<Value = Value> {
    let number = any::<i64>().prop_map(Value::from);
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        number,
        text().prop_map(Value::from)
    ]
    .prop_recursive(2, 6, 3, |inner| vec(inner, 0..3).prop_map(Value::from))
}

/// An object in which any of these keys has any value, among others.
pub fn object(keys: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        4 => prop::sample::select(keys).prop_map(str::to_owned),
        1 => text(),
    ];
    vec((key, value()), 0..8).prop_map(|fields| fields.into_iter().collect())
}
