//! The one text that is signed of a value, however it was written (JCS, RFC 8785).
//!
//! Numbers are as serde writes them, which is not always how ECMAScript does: documents that hold any are
//! refused before.

use serde_json::{Map, Value};

/// The text of an object without one of its fields.
pub(super) fn without(object: &Value, field: &str) -> String {
    let mut text = String::new();
    match object {
        Value::Object(fields) => write_object(fields, Some(field), &mut text),
        value => write(value, &mut text),
    }
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(fields) => write_object(fields, None, text),
        // serde escapes as §3.2.2.2 wants it.
        single => text.push_str(&single.to_string()),
    }
}

/// Its fields in the order of their names' code units in UTF-16 (§3.2.3).
fn write_object(fields: &Map<String, Value>, but: Option<&str>, text: &mut String) {
    let mut fields: Vec<_> = fields
        .iter()
        .filter(|(name, _)| Some(name.as_str()) != but)
        .collect();
    fields.sort_unstable_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    text.push('{');
    for (index, (name, value)) in fields.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        write(value, text);
    }
    text.push('}');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_ordered_by_utf_16_as_in_the_example_of_the_rfc() {
        let value = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control",
            "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        let text = without(&value, "");
        let order: Vec<usize> = ["Carr", "One", "Cont", "Latin", "Euro", "Emoji", "Hebrew"]
            .iter()
            .map(|word| text.find(word).unwrap())
            .collect();
        assert!(order.is_sorted(), "{text}");
    }

    #[test]
    fn texts_are_escaped_as_in_the_example_of_the_rfc() {
        let value = json!({
            "string": "\u{20ac}$\u{f}\nA'\u{42}\u{22}\u{5c}\\\"/", "literals": [null, true, false],
        });
        assert_eq!(
            without(&value, "other"),
            r#"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#
        );
    }

    #[test]
    fn only_the_outermost_field_is_left_out() {
        let value = json!({ "b": { "proof": "x", "a": [] }, "proof": {} });
        assert_eq!(without(&value, "proof"), r#"{"b":{"a":[],"proof":"x"}}"#);
    }
}
