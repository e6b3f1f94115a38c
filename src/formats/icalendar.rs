//! Days in a calendar (RFC 5545), written only.
//!
//! The crate `icalendar` (0.17) was tried: its last piece of a folded line may be 76 octets long, it asks the
//! clock by itself, and it brings two parsers. What is needed of the format are the hundred lines below.

use std::fmt::Write;

use chrono::NaiveDate;

/// How long a line may be, in octets, without its end (RFC 5545 §3.1).
const LINE_OCTETS: usize = 75;
/// Who wrote it (§3.7.3).
const PRODUCT: &str = "-//archipelago//closings//EN";

/// Something on one day. Its texts are plain; they are escaped here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day<'a> {
    /// The same for ever and everywhere, without white space (§3.8.4.7).
    pub uid: String,
    /// When it was last said.
    pub stamped: NaiveDate,
    /// The day.
    pub on: NaiveDate,
    /// What it is, in a line.
    pub summary: String,
    /// More about it; may have several lines.
    pub description: String,
    /// A page about it, a whole address.
    pub url: String,
    /// The language of its texts (RFC 5646).
    pub language: &'a str,
}

/// A calendar of days that nobody is busy on; programs are asked to read it again each day.
pub fn calendar(name: &str, days: &[Day]) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| fold(&mut out, &format!("{name}:{value}"));
    line("BEGIN", "VCALENDAR");
    line("VERSION", "2.0");
    line("PRODID", PRODUCT);
    line("METHOD", "PUBLISH");
    // RFC 7986 §5.1 and §5.7, and what programs read that are older.
    line("NAME", &escaped(name));
    line("X-WR-CALNAME", &escaped(name));
    line("REFRESH-INTERVAL;VALUE=DURATION", "P1D");
    for day in days {
        let texts = |name: &str| format!("{name};LANGUAGE={}", day.language);
        line("BEGIN", "VEVENT");
        line("UID", &escaped(&day.uid));
        line("DTSTAMP", &day.stamped.format("%Y%m%dT000000Z").to_string());
        // Without an end it lasts that one day (§3.6.1).
        line("DTSTART;VALUE=DATE", &day.on.format("%Y%m%d").to_string());
        line(&texts("SUMMARY"), &escaped(&day.summary));
        line(&texts("DESCRIPTION"), &escaped(&day.description));
        line("URL", &day.url);
        line("TRANSP", "TRANSPARENT");
        line("END", "VEVENT");
    }
    line("END", "VCALENDAR");
    out
}

/// A text as a value (§3.3.11): no control character but the end of a line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes a line in pieces of [`LINE_OCTETS`], none of which ends within a character.
fn fold(out: &mut String, line: &str) {
    let (mut rest, mut room) = (line, LINE_OCTETS);
    while rest.len() > room {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(room));
        write!(out, "{piece}\r\n ").expect("a string takes all that is written");
        // The space that goes before a further piece is one of its octets.
        (rest, room) = (after, LINE_OCTETS - 1);
    }
    write!(out, "{rest}\r\n").expect("a string takes all that is written");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(summary: &str) -> Day<'static> {
        Day {
            uid: "closing.service.pads@directory.example".to_owned(),
            stamped: "2026-11-20".parse().unwrap(),
            on: "2027-03-31".parse().unwrap(),
            summary: summary.to_owned(),
            description: "One line.\nAnother; with all, that \\ is special.".to_owned(),
            url: "https://directory.example/en/services/pads".to_owned(),
            language: "en",
        }
    }

    /// The content lines that a reader sees (§3.1).
    fn unfolded(text: &str) -> Vec<String> {
        let text = text.strip_suffix("\r\n").unwrap();
        let text = text.replace("\r\n ", "");
        text.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn a_day_is_written_as_the_standard_has_it() {
        let text = calendar("Closings", &[day("Pads close")]);
        assert_eq!(
            unfolded(&text),
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//archipelago//closings//EN",
                "METHOD:PUBLISH",
                "NAME:Closings",
                "X-WR-CALNAME:Closings",
                "REFRESH-INTERVAL;VALUE=DURATION:P1D",
                "BEGIN:VEVENT",
                "UID:closing.service.pads@directory.example",
                "DTSTAMP:20261120T000000Z",
                "DTSTART;VALUE=DATE:20270331",
                "SUMMARY;LANGUAGE=en:Pads close",
                r"DESCRIPTION;LANGUAGE=en:One line.\nAnother\; with all\, that \\ is special.",
                "URL:https://directory.example/en/services/pads",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
                "END:VCALENDAR",
            ]
        );
    }

    #[test]
    fn the_last_piece_of_a_folded_line_is_no_longer_than_the_others() {
        // 75 octets, then 75 that would fit were it not for the space before them.
        let mut out = String::new();
        fold(&mut out, &"x".repeat(2 * LINE_OCTETS));
        let lengths: Vec<usize> = out.split_terminator("\r\n").map(str::len).collect();
        assert_eq!(lengths, [75, 75, 2]);
    }

    proptest! {
        #[test]
        fn whatever_a_text_says_its_lines_are_short_and_it_is_read_back(summary in "\\PC{0,200}") {
            let text = calendar("Closings", &[day(&summary)]);
            for line in text.split_terminator("\r\n") {
                prop_assert!(line.len() <= LINE_OCTETS, "{line}");
                prop_assert!(!line.contains(['\r', '\n']), "{line}");
            }
            let lines = unfolded(&text);
            let value = lines.iter().find_map(|line| line.strip_prefix("SUMMARY;LANGUAGE=en:"));
            let mut read = String::new();
            let mut letters = value.unwrap().chars();
            while let Some(c) = letters.next() {
                read.push(if c == '\\' { letters.next().unwrap() } else { c });
            }
            prop_assert_eq!(read, summary);
        }
    }
}
