//! What a command prints: whole, to whoever still reads.

use std::env;
use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use serde::Serialize;

use crate::domain::localized::Language;

use super::Failure;

/// The widest line of text: longer ones are tiring to read.
const MAX_WIDTH: usize = 100;
/// The width where the terminal does not say, or there is none.
const DEFAULT_WIDTH: usize = 80;

/// Prints to standard output. A reader who has seen enough (`| head -1`) is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error)
            .context("cannot write to standard output")
            .map_err(Failure::Failed),
        _ => Ok(()),
    }
}

/// Prints a value as JSON, on lines for people.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(value).context("cannot write the answer as JSON")?;
    print(&format!("{json}\n"))
}

/// Whether standard output gets colours: a terminal, and nobody said no (<https://no-color.org>).
pub(super) fn is_colourful() -> bool {
    io::stdout().is_terminal() && colours_are_welcome()
}

/// Whether the environment has nothing against colours.
pub(super) fn colours_are_welcome() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_set("NO_COLOR") && env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}

/// The width of a line, in characters.
pub(super) fn width() -> usize {
    let columns = env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    columns.unwrap_or(DEFAULT_WIDTH).clamp(40, MAX_WIDTH)
}

/// The language the environment asks for: the first of these variables that is set decides.
pub(super) fn language() -> Language {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let chosen = names
        .iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
    match chosen {
        Some(locale) if locale.starts_with("en") => Language::English,
        _ => Language::French,
    }
}

/// `1 service`, `2 services`.
pub(super) fn count(n: impl Into<u64>, what: &str) -> String {
    match n.into() {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

/// Breaks a text into lines of at most `width` characters, each after `indent` spaces. A word that
/// is longer stays whole: it is an address, to be copied. A no-break space does not break.
pub(super) fn wrapped(text: &str, width: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in text
        .split([' ', '\n', '\t', '\r'])
        .filter(|word| !word.is_empty())
    {
        let length = word.chars().count();
        if used > 0 && indent + used + 1 + length <= width {
            out.push(' ');
            used += 1 + length;
        } else {
            if used > 0 {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n(' ', indent));
            used = length;
        }
        out.push_str(word);
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_never_inside_one() {
        assert_eq!(wrapped("one two three", 9, 1), " one two\n three\n");
        assert_eq!(wrapped("a\u{a0}b c", 4, 0), "a\u{a0}b\nc\n");
        assert_eq!(
            wrapped("https://example.org x", 5, 2),
            "  https://example.org\n  x\n"
        );
    }
}
