//! What the checks came to.

use serde::Serialize;
use url::Url;

use super::snapshot::Summary;

/// A vouch or a revocation, and what was found of it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Judged {
    /// Its id, if it has the form of one.
    pub(super) id: Option<Url>,
    pub(super) is_valid: bool,
    /// What it says of itself, if it is a snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) snapshot: Option<Summary>,
    pub(super) checks: Vec<Check>,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) what: &'static str,
    pub(super) result: Outcome,
    pub(super) said: String,
}

/// What a check came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    Passed,
    Failed,
    /// Nobody was asked.
    NotAsked,
}

impl Judged {
    /// A check that passed, or failed.
    pub(super) fn add(&mut self, what: &'static str, said: Result<String, String>) {
        let (result, said) = match said {
            Ok(said) => (Outcome::Passed, said),
            Err(said) => (Outcome::Failed, said),
        };
        self.checks.push(Check { what, result, said });
    }

    /// A check for which nobody was asked.
    pub(super) fn leave_open(&mut self, what: &'static str, said: &str) {
        self.checks.push(Check {
            what,
            result: Outcome::NotAsked,
            said: said.to_owned(),
        });
    }

    /// Settles what all of it comes to: valid, unless a check failed.
    pub(super) fn closed(mut self) -> Self {
        self.is_valid = self
            .checks
            .iter()
            .all(|check| check.result != Outcome::Failed);
        self
    }
}
