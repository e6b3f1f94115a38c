//! How a day's questions were answered.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use super::visitors::{MIX, Visit};

/// How questions were answered; what has been taken begins anew.
#[derive(Default)]
pub struct Tally(Mutex<Asked>);

#[derive(Default)]
pub struct Asked {
    /// How long each answer took.
    pub took: Vec<Duration>,
    /// How many were not answered as they should be, by what came instead.
    pub wrong: BTreeMap<String, usize>,
    /// How many meant harm and were refused.
    pub refused: usize,
}

impl Tally {
    pub fn note(&self, visit: &Visit, answered: Result<u16, String>, took: Duration) {
        self.with(|asked| {
            asked.took.push(took);
            if answered != Ok(visit.status) {
                let wrong = format!("{}: {answered:?}", MIX[visit.kind].0);
                *asked.wrong.entry(wrong).or_default() += 1;
            }
        });
    }

    /// Notes how somebody who meant harm was answered, and how that should be.
    pub fn note_harm(&self, what: &str, answered: &str, expected: &str) {
        self.with(|asked| match answered == expected {
            true => asked.refused += 1,
            false => {
                *asked
                    .wrong
                    .entry(format!("{what}: {answered}"))
                    .or_default() += 1
            }
        });
    }

    pub fn take(&self) -> Asked {
        self.with(std::mem::take)
    }

    fn with<T>(&self, act: impl FnOnce(&mut Asked) -> T) -> T {
        act(&mut self.0.lock().expect("nobody panics while noting"))
    }
}
