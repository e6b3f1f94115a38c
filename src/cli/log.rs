//! The log: to standard error, as much of it as `ARCHIPELAGO_LOG` says, for people or for programs.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::{Failure, output};
use crate::config::LogFormat;

/// A level for what is ours. Of libraries less is heard: what they tell at `debug` may be about whoever asks, and
/// the server's "starting workers" or the database's "already exists" tell an operator nothing. A request
/// that is none, and a certificate that is wrong, are no errors of ours.
fn of_ours(level: LevelFilter) -> String {
    let others = level.min(LevelFilter::INFO);
    let seldom = level.min(LevelFilter::WARN);
    format!(
        "{others},archipelago={level},actix_server={seldom},sqlx::postgres::notice={seldom},\
         actix_http=off,rustls_platform_verifier=off"
    )
}

/// Starts the log; `default` is the level where the variable says nothing.
pub(super) fn start(default: LevelFilter, format: LogFormat) -> Result<(), Failure> {
    let chosen = std::env::var("ARCHIPELAGO_LOG").unwrap_or_default();
    let chosen = chosen.trim();
    let directives = match chosen.parse() {
        _ if chosen.is_empty() => of_ours(default),
        Ok(level) => of_ours(level),
        Err(_) => chosen.to_owned(),
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
