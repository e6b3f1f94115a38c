//! The log: to standard error, as much of it as `ARCHIPELAGO_LOG` says, for people or for programs.

use std::any::Any;
use std::io::{IsTerminal, Write};
use std::panic::Location;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::{Failure, output};
use crate::config::LogFormat;
use crate::web;

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
        Err(_) => checked(chosen).map_err(wrong)?,
    };
    let filter = EnvFilter::try_new(directives).map_err(|error| wrong(error.to_string()))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Where standard error is gone, to complain there would be a panic, and to log that another.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log
            .with_ansi(std::io::stderr().is_terminal() && output::colours_are_welcome())
            .init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        web::note_panic();
        let thread = std::thread::current();
        let words = in_words(panic.location(), thread.name(), panic.payload());
        match tracing::enabled!(tracing::Level::ERROR) {
            true => tracing::error!("{words}"),
            // A log that is off is no reason to end without a word.
            false => drop(writeln!(std::io::stderr(), "archipelago: {words}")),
        }
    }));
    Ok(())
}

/// A filter of several parts, without spaces around them. A word alone that is no level would be taken for the
/// one part of a program that is heard, and all else would be silent.
fn checked(filter: &str) -> Result<String, String> {
    let parts = filter.split(',').map(str::trim);
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let is_none = |part: &&&str| !part.contains(['=', '[']) && part.parse::<LevelFilter>().is_err();
    match parts.iter().find(is_none) {
        Some(part) => Err(format!("{part:?} is no level")),
        None => Ok(parts.join(",")),
    }
}

fn wrong(problem: String) -> Failure {
    Failure::Usage(format!(
        "environment variable ARCHIPELAGO_LOG: {problem}; one of off, error, warn, info, debug and trace is \
         expected, or a filter such as info,archipelago=debug"
    ))
}

/// A panic on one line. Of its own words only those that stand in the program as they are: others may quote what
/// somebody sent.
fn in_words(place: Option<&Location<'_>>, thread: Option<&str>, payload: &dyn Any) -> String {
    let place = place.map_or_else(
        || "an unknown place".to_owned(),
        |place| format!("{}:{}", place.file(), place.line()),
    );
    let thread = thread.unwrap_or("without a name");
    let words = payload.downcast_ref::<&'static str>();
    let words = words.unwrap_or(&"this is a fault of the program");
    format!("panicked at {place}, in thread {thread}: {words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_on_one_line_without_what_somebody_sent() {
        let here = Location::caller();
        assert_eq!(
            in_words(Some(here), Some("main"), &"what they sent".to_owned()),
            format!(
                "panicked at src/cli/log.rs:{}, in thread main: this is a fault of the program",
                here.line()
            )
        );
        assert_eq!(
            in_words(None, None, &"nobody writes here"),
            "panicked at an unknown place, in thread without a name: nobody writes here"
        );
    }

    #[test]
    fn a_word_alone_in_a_filter_is_a_level() {
        let kept = checked("warn, archipelago=debug,,[visit]").unwrap();
        assert_eq!(kept, "warn,archipelago=debug,[visit]");
        for (filter, word) in [
            ("warning", "warning"),
            ("archipelago=debug,inof", "inof"),
            ("info, hyper", "hyper"),
        ] {
            let refused = checked(filter).unwrap_err();
            assert_eq!(refused, format!("{word:?} is no level"));
        }
    }
}
