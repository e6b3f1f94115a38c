use super::*;
use serde_json::json;

fn fields(value: Value, complaints: &mut Complaints) -> Fields<'_> {
    let Value::Object(fields) = value else {
        panic!("an object");
    };
    Fields::of(fields, "a.".to_owned(), "x", complaints)
}

#[test]
fn a_field_of_another_type_is_named_and_one_that_says_nothing_is_none() {
    let mut complaints = Complaints::default();
    let mut all = fields(
        json!({ "n": 5, "e": "", "z": null, "l": ["fr", 5], "m": "fr" }),
        &mut complaints,
    );
    assert_eq!(all.read("n", as_name), None);
    assert_eq!(all.read("e", as_name), None);
    assert_eq!(all.read("z", as_flag), None);
    assert_eq!(all.read("none", as_flag), None);
    assert_eq!(all.list("l", 5, as_language).len(), 1);
    assert_eq!(all.list("m", 5, as_language).len(), 0);
    assert_eq!(all.finish(), BTreeMap::new());
    let told: Vec<String> = complaints.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "a.n: is ignored: is no text",
            "a.l[1]: is ignored: is no text",
            "a.m: is ignored: is no list",
        ]
    );
}

#[test]
fn what_nobody_knows_is_kept_within_limits() {
    let mut complaints = Complaints::default();
    let fits = "é".repeat(MAX_KEPT_BYTES / 2 - 1);
    let mut many = json!({ "fits": fits, "long": format!("{fits}e"), "a\u{202e}b": 1 });
    let kept = fields(many.clone(), &mut complaints).finish();
    assert_eq!(kept.into_keys().collect::<Vec<_>>(), ["x:fits"]);
    assert_eq!(complaints.len(), 2);
    for number in 0..2 * MAX_KEPT_KEYS {
        many[number.to_string()] = json!(number);
    }
    let kept = fields(many, &mut complaints).finish();
    assert_eq!(kept.len(), MAX_KEPT_KEYS);
}

#[test]
fn what_was_kept_is_found_again() {
    let mut complaints = Complaints::default();
    let value = json!({ "deep": [1, { "b": "ü" }] });
    let other = fields(json!({ "k": value }), &mut complaints).finish();
    assert_eq!(kept(&other, "x", "k"), Some(value.clone()));
    assert_eq!(kept(&other, "y", "k"), None);
    assert_eq!(all_kept(&other, "x").collect::<Vec<_>>(), [("k", value)]);
}
