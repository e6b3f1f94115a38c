//! What a command ends with when it does not end well: one sentence, and the exit code it stands for.

use std::fmt;
use std::process::ExitCode;

use crate::config;

/// Why a command did not do what it was told.
#[derive(Debug)]
pub enum Failure {
    /// It was told something that cannot be done: exit code 2.
    Usage(String),
    /// It tried: exit code 1.
    Failed(anyhow::Error),
}

impl Failure {
    /// Settings that were refused are wrong usage, wherever they stand.
    pub(super) fn wrong_settings(error: config::Error) -> Self {
        Self::Usage(sentence(&error.into()))
    }

    /// A flag or an argument that cannot be used.
    pub(super) fn flag(flag: &str, problem: impl fmt::Display) -> Self {
        Self::Usage(format!("{flag}: {problem}"))
    }

    /// A failure that is a sentence already.
    pub(super) fn said(sentence: impl Into<String>) -> Self {
        Self::Failed(anyhow::Error::msg(sentence.into()))
    }

    /// The code to exit with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::FAILURE,
        }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(problem) => f.write_str(problem),
            Self::Failed(error) => f.write_str(&sentence(error)),
        }
    }
}

/// What a flag says, read; what is wrong with it is told with its name.
pub(super) fn parsed<T, E: fmt::Display>(
    flag: &str,
    text: &Option<String>,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, Failure> {
    let parsed = text.as_deref().map(parse).transpose();
    parsed.map_err(|error| Failure::flag(flag, error))
}

/// An error and its causes on one line: what we were doing, then in brackets what was said below. A
/// cause that the error before it quotes already is left out.
fn sentence(error: &anyhow::Error) -> String {
    let mut told: Vec<String> = Vec::new();
    for cause in error.chain() {
        let cause = cause
            .to_string()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        if told.last().is_none_or(|last| !last.contains(&cause)) {
            told.push(cause);
        }
    }
    match told.split_first() {
        Some((what, causes)) if !causes.is_empty() => format!("{what} ({})", causes.join(": ")),
        _ => told.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_stand_in_brackets_and_are_told_once() {
        let error =
            anyhow::anyhow!("no route\nto host").context("connection failed: no route to host");
        let failure = Failure::from(error.context("cannot open the database"));
        assert_eq!(
            failure.to_string(),
            "cannot open the database (connection failed: no route to host)"
        );
        assert_eq!(Failure::said("The end.").to_string(), "The end.");
    }
}
