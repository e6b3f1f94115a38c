//! Where 100,000 people end up: by search and by `/go`, against what is fair, and against two other orders.
//!
//! `cargo bench --bench fairness` (`make fairness`). The model is `tests/fairness_model`, which says what is real
//! and what is made up; a smaller run of it is a test. Figures stand in BENCHMARKS.md.
//!
//! `FAIRNESS_PEOPLE` and `FAIRNESS_SEED` ask for others.

#![expect(clippy::unwrap_used, reason = "the model is a test's")]

#[path = "../tests/fairness_model/mod.rs"]
mod fairness_model;

use fairness_model::{report, simulate};

fn main() {
    let number = |name: &str, usual| {
        let given = std::env::var(name).ok();
        given.and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let (people, seed) = (
        number("FAIRNESS_PEOPLE", 100_000),
        number("FAIRNESS_SEED", 1),
    );
    let rows = simulate(seed, people as usize);
    println!("{people} people, seed {seed}\n");
    println!("{}", report::verdicts(&rows));
    println!("{}", report::hosters(&rows, 20));
}
