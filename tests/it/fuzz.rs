//! Every reader of foreign input: seeds, what once failed, and both mangled, through the checks that `make fuzz`
//! gives to libFuzzer for longer.
//!
//! `FUZZ_ROUNDS` is how often each input is mangled, `FUZZ_SEED` where chance begins; `FUZZ_CORPUS` a folder into
//! which the seeds are written for libFuzzer.

#[path = "../fuzz/oracles/mod.rs"]
#[expect(dead_code, reason = "libFuzzer uses the rest")]
mod oracles;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use oracles::mangle::{self, Chance};
use oracles::{TARGETS, Target};

/// How often each seed of a target is mangled, unless `FUZZ_ROUNDS` says otherwise.
const ROUNDS: u64 = 20;
/// How long one input may take: a hundred times what the slowest of them does.
const MAX_TIME: Duration = Duration::from_secs(10);

/// What once failed; a file is named by what is so since.
fn kept(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz/kept")
        .join(target.name);
    let files = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn number(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(otherwise, |text| text.parse().unwrap())
}

/// Checks an input, and shows it where something does not hold.
fn passes(target: &Target, input: &[u8]) {
    let start = Instant::now();
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (target.check)(input))) {
        eprintln!(
            "{}, of this input: b\"{}\"",
            target.name,
            input.escape_ascii()
        );
        resume_unwind(panic);
    }
    let took = start.elapsed();
    assert!(
        took < MAX_TIME,
        "{} took {took:?} for b\"{}\"",
        target.name,
        input.escape_ascii()
    );
}

fn holds(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let seeds = (target.seeds)();
    if let Ok(corpus) = std::env::var("FUZZ_CORPUS") {
        let folder = Path::new(&corpus).join(name);
        fs::create_dir_all(&folder).unwrap();
        for (at, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{at}")), seed).unwrap();
        }
    }
    let rounds = number("FUZZ_ROUNDS", ROUNDS);
    let mut chance = Chance(number("FUZZ_SEED", 20_261_130));
    for input in seeds.into_iter().chain(kept(target)) {
        passes(target, &input);
        for _ in 0..rounds {
            passes(target, &mangle::input(&input, &mut chance));
        }
    }
}

/// Makes a test of each sentence about a target, and one that none is missing.
macro_rules! holds {
    ($($sentence:ident: $name:literal,)+) => {
        $(#[test]
        fn $sentence() {
            holds($name);
        })+

        #[test]
        fn every_target_is_run_here_and_by_libfuzzer() {
            let here = [$($name),+];
            assert_eq!(TARGETS.map(|target| target.name), here);
            let manifest = include_str!("../fuzz/Cargo.toml");
            let named = manifest.lines().filter_map(|line| line.strip_prefix("path = \"targets/"));
            let named: Vec<&str> = named.map(|line| line.trim_end_matches(".rs\"")).collect();
            assert_eq!(named, here);
        }
    };
}

holds! {
    whatever_others_publish_is_read_alike_and_written_back: "documents",
    whatever_is_posted_is_judged_by_what_is_applied: "activities",
    whatever_is_changed_of_what_was_signed_proves_nothing: "proofs",
    whatever_is_changed_of_a_signed_request_is_refused: "signatures",
    whatever_is_believed_of_a_snapshot_is_its_one_text: "snapshots",
    whatever_is_packed_as_a_backup_is_whole_or_refused: "backups",
    whatever_is_asked_pages_and_counts_agree: "questions",
    whatever_place_is_offered_is_found_again_as_it_is_written: "places",
    whatever_stands_in_a_list_is_bounded_and_complaints_name_lines: "lists",
    whatever_the_settings_say_is_understood_or_refused: "settings",
    whatever_robots_say_is_kept_as_it_was_meant: "robots",
    whatever_value_is_read_is_written_as_the_same: "values",
}
