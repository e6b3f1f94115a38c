//! Every sentence a visitor reads stands in both locales, and no locale holds a sentence nobody reads.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Keys that are put together from data: everything that begins so counts as named.
const FAMILIES: &[&str] = &[
    "api.header.",
    "api.operation.",
    "api.parameter.",
    "api.shape.",
    "api.status.",
    "availability.span.",
    "badge.",
    "bearing.",
    "block.does.",
    "block.is.",
    "check.asked.",
    "check.fact.",
    "check.format.",
    "check.status.",
    "check.why.",
    "cli.age.",
    "collective.standing.",
    "decision.",
    "error.field.code.",
    "error.unknown.",
    "group.",
    "hoster.form.",
    "language.",
    "manage.members.count.",
    "month.",
    "price.",
    "reason.access.",
    "reason.by.",
    "registration.",
    "report.reason.",
    "room.",
    "route.vouches.",
    "rule.",
    "source.kind.",
    "source.verb.",
    "standing.",
    "standing.sentence.",
    "status.",
    "vouch.basis.",
    "vouch.why.",
    "widget.kind.",
    "widget.note.",
    "widget.theme.",
];

/// What names a key: the text right after one of these is one.
const CALLS: &[&str] = &[".t(\"", ".with(\"", ".with2(\"", ".find(\""];

fn texts_below(folder: &Path, ending: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(texts_below(&path, ending));
        } else if path.to_str().unwrap().ends_with(ending) {
            texts.push(fs::read_to_string(&path).unwrap());
        }
    }
    texts
}

fn sentences(locale: &str) -> BTreeMap<String, String> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("frontend/locales/{locale}.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn keys(locale: &str) -> BTreeSet<String> {
    sentences(locale).into_keys().collect()
}

#[test]
fn every_key_that_is_named_has_a_sentence_and_every_sentence_is_named() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = texts_below(&root.join("frontend/templates"), "");
    texts.extend(texts_below(&root.join("frontend/widget/src"), ".ts"));
    for folder in ["src/web", "src/cli", "src/formats"] {
        texts.extend(texts_below(&root.join(folder), ".rs"));
    }
    // White space between a call and its key is rustfmt's.
    let texts: Vec<String> = texts
        .iter()
        .map(|text| text.split_whitespace().collect())
        .collect();
    let known = keys("fr");
    assert_eq!(known, keys("en"));

    let named_by = |call: &str| -> BTreeSet<String> {
        let after = texts.iter().flat_map(|text| text.split(call).skip(1));
        after
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect()
    };
    let mut missing = BTreeSet::new();
    for call in CALLS {
        missing.extend(
            named_by(call)
                .into_iter()
                .filter(|key| !key.contains('{') && !known.contains(key)),
        );
    }
    let plurals = named_by(".count(\"");
    for key in plurals
        .iter()
        .flat_map(|key| [format!("{key}.one"), format!("{key}.other")])
    {
        if !known.contains(&key) {
            missing.insert(key);
        }
    }
    assert!(
        missing.is_empty(),
        "named, but without a sentence: {missing:?}"
    );

    let is_named = |key: &str| {
        let singular = key.strip_suffix(".one").or(key.strip_suffix(".other"));
        texts
            .iter()
            .any(|text| text.contains(&format!("\"{key}\"")))
            || singular.is_some_and(|key| plurals.contains(key))
            || FAMILIES.iter().any(|family| key.starts_with(family))
    };
    let unread: Vec<&String> = known.iter().filter(|key| !is_named(key)).collect();
    assert!(unread.is_empty(), "a sentence nobody reads: {unread:?}");
}

#[test]
fn french_has_its_spaces_before_marks_and_inside_quotes() {
    let mut wrong = Vec::new();
    for (key, text) in sentences("fr") {
        let letters: Vec<char> = text.chars().collect();
        for pair in letters.windows(2) {
            let is_wrong = match pair {
                [before, ';' | '?' | '!'] => matches!(before, ' ' | '\u{a0}'),
                [before, ':'] => matches!(before, ' ' | '\u{202f}'),
                ['«', after] => *after != '\u{a0}',
                [before, '»'] => *before != '\u{a0}',
                _ => false,
            };
            if is_wrong {
                wrong.push(format!("{key}: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
