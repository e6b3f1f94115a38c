//! Whether a node is set up so that others can reach it: what can be seen is gathered (`seen`), and judged by a
//! pure function (`judge`). `archipelago doctor` tells all of it, a node that runs logs what is not well.

mod address;
mod judge;
mod seen;

use serde::Serialize;

pub use address::{Document, Found, Reached, There, look_at_address};
pub use judge::{judge, judge_address};
pub use seen::{Opened, Seen, look};

/// How well it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// It works, and something is to be known or mended.
    Warning,
    /// Something does not work because of it.
    Wrong,
}

/// What was found of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which thing, in a word.
    pub check: &'static str,
    /// How well it is.
    pub verdict: Verdict,
    /// What was seen.
    pub seen: String,
    /// What to do, where something is to be done.
    pub advice: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, seen: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Ok,
            seen: seen.into(),
            advice: None,
        }
    }

    fn warning(check: &'static str, seen: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Warning,
            seen: seen.into(),
            advice: Some(advice.into()),
        }
    }

    fn wrong(check: &'static str, seen: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Wrong,
            seen: seen.into(),
            advice: Some(advice.into()),
        }
    }
}
