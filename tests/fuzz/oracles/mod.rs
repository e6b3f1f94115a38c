//! What has to hold of every reader of foreign input, whatever comes: the same functions for libFuzzer
//! (`make fuzz`) and for `tests/it/fuzz.rs`, which runs them on seeds, on what once failed, and on both mangled.
//!
//! A check panics where something does not hold. Each reads its input as text with a first line that chooses
//! where there is a choice, so that what is kept can be read and written by hand.

mod activities;
mod backups;
mod documents;
mod lists;
pub mod mangle;
mod places;
mod proofs;
mod questions;
mod robots;
mod settings;
mod signatures;
mod snapshots;
mod values;

use std::sync::LazyLock;

use archipelago::domain::taxonomy::Taxonomy;
use chrono::NaiveDate;

/// A family of readers.
pub struct Target {
    /// As in `cargo fuzz run NAME`.
    pub name: &'static str,
    /// Panics where something does not hold.
    pub check: fn(&[u8]),
    /// Input that leads into every reader of it.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every family.
pub const TARGETS: [Target; 12] = [
    documents::TARGET,
    activities::TARGET,
    proofs::TARGET,
    signatures::TARGET,
    snapshots::TARGET,
    backups::TARGET,
    questions::TARGET,
    places::TARGET,
    lists::TARGET,
    settings::TARGET,
    robots::TARGET,
    values::TARGET,
];

/// Checks one input of a target.
pub fn check(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.expect("the target is one of them").check)(input);
}

/// The first line, which chooses, and what stands below it.
fn chosen(input: &[u8]) -> (&str, &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n');
    let (line, rest) = match end {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, &[][..]),
    };
    (std::str::from_utf8(line).unwrap_or_default(), rest)
}

/// A seed: what its first line chooses, and a file of `fixtures`.
fn seed(choice: &str, path: &str) -> Vec<u8> {
    [choice.as_bytes(), b"\n", &fixture(path)].concat()
}

/// A file of `fixtures`.
fn fixture(path: &str) -> Vec<u8> {
    let file = format!("{}/fixtures/{path}", root());
    std::fs::read(&file).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Every document of a folder of `fixtures` with this ending.
fn fixtures(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let list = std::fs::read_dir(format!("{}/fixtures/{folder}", root()));
    let list = list.expect("the folder of fixtures is there");
    let paths = list.map(|entry| entry.expect("its entries can be read").path());
    let mut paths: Vec<_> = paths
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    paths.sort();
    let read = |path| std::fs::read(path).expect("a fixture can be read");
    paths.into_iter().map(read).collect()
}

/// The project's folder, from the one of `cargo fuzz` or of the tests.
fn root() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/")
        .strip_suffix("tests/fuzz/")
        .unwrap_or(env!("CARGO_MANIFEST_DIR"))
}

/// The day on which everything is found.
fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 30).expect("it is a day")
}

/// The shipped vocabulary.
fn taxonomy() -> &'static Taxonomy {
    static SHIPPED: LazyLock<Taxonomy> = LazyLock::new(Taxonomy::embedded);
    &SHIPPED
}

/// How many lines an input has at most, whatever ends one.
fn lines(bytes: &[u8]) -> usize {
    let is_end = |byte: &&u8| matches!(**byte, b'\n' | b'\r');
    1 + bytes.iter().filter(is_end).count()
}
