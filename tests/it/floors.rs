//! A module imports only from floors below its own (ARCHITECTURE.md).

use std::fs;
use std::path::Path;

/// The floors, the ground first. Modules of one floor never import each other.
const FLOORS: &[&[&str]] = &[
    &["domain"],
    &["config", "clock"],
    &["formats", "search", "trust"],
    &["store", "fetch"],
    &["ingest", "catalogue"],
    &["crawler", "federation", "mirror"],
    &["web"],
    &["node"],
    &["cli"],
    &["main"],
];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The modules of ours that a source text names in a path, comments left out.
fn imports(text: &str) -> Vec<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code: String = code.flat_map(|line| [line.trim(), " "]).collect();
    let named = code
        .split("crate::")
        .chain(code.split("archipelago::").skip(1));
    let mut modules = Vec::new();
    for path in named.skip(1) {
        // `crate::store::Store`, or a list: `crate::{store::{Kept, Store}, domain}`.
        let list = match path.strip_prefix('{') {
            Some(list) => list.split(';').next().unwrap_or_default(),
            None => path
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap_or_default(),
        };
        let mut depth = 0;
        let mut names = vec![String::new()];
        for c in list.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => names.push(String::new()),
                c if depth == 0 => names.last_mut().unwrap().push(c),
                _ => {}
            }
        }
        modules.extend(
            names
                .iter()
                .filter_map(|name| Some(name.split("::").next()?.trim().to_owned())),
        );
    }
    modules
}

/// What is wrong with the imports of a file in `module`.
fn faults(module: &str, text: &str) -> Vec<String> {
    let Some(own) = floor(module) else {
        return vec![format!("{module} stands on no floor")];
    };
    let not_below = |name: &String| name != module && floor(name).is_some_and(|floor| floor >= own);
    let faults = imports(text).into_iter().filter(not_below);
    faults
        .map(|name| format!("{module} must not import {name}"))
        .collect()
}

fn check(path: &Path, module: Option<&str>, found: &mut Vec<String>) {
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let module = module.unwrap_or(&name);
        if path.is_dir() {
            check(&path, Some(module), found);
        } else if module != "lib" && path.extension().is_some_and(|kind| kind == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.extend(
                faults(module, &text)
                    .iter()
                    .map(|fault| format!("{}: {fault}", path.display())),
            );
        }
    }
}

#[test]
fn every_module_imports_only_from_below() {
    let mut found = Vec::new();
    check(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        None,
        &mut found,
    );
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn an_upward_and_a_sideways_import_are_faults() {
    let sample = "use crate::domain::slug;\n// crate::web is above\nuse crate::{\n    store::{Kept, Store},\n    ingest,\n};\n";
    assert!(faults("web", sample).is_empty());
    assert_eq!(
        faults("fetch", sample),
        [
            "fetch must not import store",
            "fetch must not import ingest"
        ]
    );
    assert_eq!(
        faults("store", "fn f() { crate::web::g() }"),
        ["store must not import web"]
    );
    assert_eq!(faults("utils", ""), ["utils stands on no floor"]);
}
