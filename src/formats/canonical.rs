//! The one text that is signed of a value, however it was written (JCS, RFC 8785).

use serde_json::{Map, Number, Value};

/// The text of a value.
pub fn of(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

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
        Value::Number(number) => text.push_str(&written(number)),
        // serde escapes as §3.2.2.2 wants it.
        single => text.push_str(&single.to_string()),
    }
}

/// A number as ECMAScript writes it (§3.2.2.3): in the fewest digits that lead back to it, which are also
/// serde's, with an exponent only where it is very large or very small.
fn written(number: &Number) -> String {
    let Some(number) = number.as_f64().filter(|number| *number != 0.0) else {
        return "0".to_owned();
    };
    let text = Value::from(number.abs()).to_string();
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{part}");
    let digits = all.trim_start_matches('0');
    // How many digits stand before the point.
    let leading = (all.len() - digits.len()) as i32;
    let exponent: i32 = exponent.parse().expect("serde writes a whole number there");
    let before = whole.len() as i32 + exponent - leading;
    let digits = digits.trim_end_matches('0');
    let count = digits.len() as i32;
    let zeros = |number: i32| "0".repeat(number.unsigned_abs() as usize);
    let sign = if number < 0.0 { "-" } else { "" };
    match before {
        1..=21 if before >= count => format!("{sign}{digits}{}", zeros(before - count)),
        1..=21 => {
            let (whole, part) = digits.split_at(before as usize);
            format!("{sign}{whole}.{part}")
        }
        -5..=0 => format!("{sign}0.{}{digits}", zeros(before)),
        _ => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            format!("{sign}{first}{point}{rest}e{:+}", before - 1)
        }
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
    fn numbers_are_written_as_in_the_examples_of_the_rfc() {
        for (bits, text) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            let value = json!(f64::from_bits(bits));
            assert_eq!(of(&value), text);
            let again: Value = serde_json::from_str(text).unwrap();
            assert_eq!(of(&again), text, "whoever reads it reads the same number");
        }
        let many = r#"[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001,56]"#;
        let read: Value = serde_json::from_str(many).unwrap();
        assert_eq!(of(&read), "[333333333.3333333,1e+30,4.5,0.002,1e-27,56]");
    }

    #[test]
    fn only_the_outermost_field_is_left_out() {
        let value = json!({ "b": { "proof": "x", "a": [] }, "proof": {} });
        assert_eq!(without(&value, "proof"), r#"{"b":{"a":[],"proof":"x"}}"#);
    }
}
