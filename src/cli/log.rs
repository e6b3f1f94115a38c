//! The log: to standard error, as much of it as `ARCHIPELAGO_LOG` says, for people or for programs.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use super::{Failure, output};
use crate::config::LogFormat;

/// A level for what is ours. Of libraries less is heard: what they tell at `debug` may be about whoever asks, and
/// the server's own "starting workers" tells an operator nothing.
fn of_ours(level: &str) -> String {
    let others = match level {
        "debug" | "trace" => "info",
        level => level,
    };
    format!("{others},archipelago={level},actix_server=warn")
}

/// Starts the log; `default` is the level where the variable says nothing.
pub(super) fn start(default: &str, format: LogFormat) -> Result<(), Failure> {
    let chosen = std::env::var("ARCHIPELAGO_LOG").unwrap_or_default();
    let directives = match chosen.trim() {
        "" => of_ours(default),
        "debug" | "trace" => of_ours(chosen.trim()),
        chosen => chosen.to_owned(),
    };
    let filter = EnvFilter::try_new(directives).map_err(|error| {
        Failure::Usage(format!(
            "environment variable ARCHIPELAGO_LOG: {error}; a level such as warn, info or debug is expected"
        ))
    })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log
            .with_ansi(std::io::stderr().is_terminal() && output::colours_are_welcome())
            .init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}
