//! The types of values, as they are found: dates in three forms, degrees with a comma, text with `<br/>`.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::date::{DateError, PartialDate};
use crate::domain::fold::fold;
use crate::domain::hoster::CountryCode;
use crate::domain::text::{Prose, TextError};

/// How new lines are written in a text, which takes one line.
pub(super) const NEW_LINE: &str = "<br/>";

/// The longest tag that is taken out of a text, in bytes; a `<` without an end is one of the text.
const MAX_TAG_BYTES: usize = 200;

/// A day: `2020-07-06`, the same with a time behind `T` or a space, or `06/07/2020`.
pub(super) fn date(text: &str) -> Result<PartialDate, DateError> {
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    match day.split('/').collect::<Vec<_>>()[..] {
        [day, month, year] => PartialDate::parse(&format!("{year}-{month:0>2}-{day:0>2}")),
        _ => PartialDate::parse(day),
    }
}

/// What is not a number of degrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a number of degrees such as 48.8566")]
pub(super) struct NotDegrees;

/// Degrees, with a point or a comma.
pub(super) fn degrees(text: &str) -> Result<f64, NotDegrees> {
    let degrees: Result<f64, _> = text.replace(',', ".").parse();
    degrees
        .ok()
        .filter(|degrees| degrees.is_finite())
        .ok_or(NotDegrees)
}

/// A text of several lines as plain text: `<br/>` and a literal `\n` break lines, other tags are left out.
pub(super) fn prose(text: &str) -> Result<Prose, TextError> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '\\']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (instead, length) = match tag(rest) {
            Some(tag) if is_break(tag) => ("\n", tag.len()),
            Some(tag) => ("", tag.len()),
            None if rest.starts_with("\\n") => ("\n", 2),
            None => (&rest[..1], 1),
        };
        plain.push_str(instead);
        rest = &rest[length..];
    }
    plain.push_str(rest);
    Prose::parse(&plain)
}

/// The same text on one line.
pub(super) fn on_one_line(prose: &str) -> String {
    let lines: Vec<&str> = prose.lines().map(str::trim).collect();
    lines.join(NEW_LINE)
}

/// The tag that a text begins with.
fn tag(text: &str) -> Option<&str> {
    let name = text.strip_prefix('<')?;
    let begins = name
        .trim_start_matches('/')
        .starts_with(|c: char| c.is_ascii_alphabetic());
    let end = text
        .bytes()
        .take(MAX_TAG_BYTES)
        .position(|byte| byte == b'>')?;
    begins.then(|| &text[..=end])
}

fn is_break(tag: &str) -> bool {
    let name = tag.trim_matches(['<', '>', '/', ' ']);
    name.eq_ignore_ascii_case("br")
}

/// Each country's code and its names in French and English, as CLDR has them.
const COUNTRIES: &str = include_str!("../../../fixtures/data/geo/countries.tsv");

/// The country that is called so, in French or English.
pub(super) fn country_named(name: &str) -> Option<CountryCode> {
    static BY_NAME: LazyLock<HashMap<String, CountryCode>> = LazyLock::new(|| {
        let rows = COUNTRIES.lines().filter_map(|row| row.split_once('\t'));
        let named = rows.filter_map(|(code, names)| Some((CountryCode::parse(code).ok()?, names)));
        named
            .flat_map(|(code, names)| names.split('\t').map(move |name| (fold(name), code)))
            .collect()
    });
    BY_NAME.get(&fold(name)).copied()
}

/// What a country is called in French, as the files of this format are written.
pub(super) fn name_of_country(code: CountryCode) -> Option<&'static str> {
    let mut rows = COUNTRIES.lines().map(|row| row.split('\t'));
    rows.find_map(|mut row| (row.next()? == code.as_str()).then(|| row.next())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_three_forms() {
        for text in [
            "2020-07-06",
            "2020-07-06T14:23:20",
            "06/07/2020",
            "6/7/2020",
            "2020-07-06 14:23",
        ] {
            assert_eq!(date(text).unwrap().to_string(), "2020-07-06", "{text}");
        }
        assert_eq!(date("2020").unwrap().to_string(), "2020");
        for text in [
            "",
            "soon",
            "07/2020",
            "1/2/3/2020",
            "31/02/2020",
            "٦/٧/2020",
        ] {
            assert_eq!(date(text), Err(DateError), "{text}");
        }
    }

    #[test]
    fn degrees_have_a_point_or_a_comma() {
        assert_eq!(degrees("48,8566"), Ok(48.8566));
        assert_eq!(degrees("-1.5"), Ok(-1.5));
        for text in ["", "48°51'", "1,2,3", "inf", "NaN", "1e999"] {
            assert_eq!(degrees(text), Err(NotDegrees), "{text}");
        }
    }

    #[test]
    fn a_text_is_plain_whatever_was_in_it() {
        for (text, plain) in [
            (
                "un<br/>deux<BR>trois<br />quatre\\ncinq",
                "un\ndeux\ntrois\nquatre\ncinq",
            ),
            ("<b>gras</b> & <a href=\"x\">lien</a>", "gras & lien"),
            ("a < b > c <3 C:\\temp", "a < b > c <3 C:\\temp"),
            ("<script>alert(1)</script>", "alert(1)"),
            ("<é>", "<é>"),
        ] {
            assert_eq!(prose(text).unwrap().as_str(), plain, "{text}");
        }
        assert_eq!(prose("<br/>"), Err(TextError::Empty));
        assert_eq!(
            on_one_line("un\r\ndeux\n\ntrois"),
            "un<br/>deux<br/><br/>trois"
        );
    }

    #[test]
    fn a_country_is_known_by_its_name_in_two_languages() {
        for (name, code) in [
            ("France", "FR"),
            ("Allemagne", "DE"),
            ("germany", "DE"),
            ("BELGIQUE", "BE"),
        ] {
            assert_eq!(country_named(name).unwrap().as_str(), code);
        }
        assert_eq!(country_named("Atlantide"), None);
        assert_eq!(
            name_of_country(CountryCode::parse("DE").unwrap()),
            Some("Allemagne")
        );
        assert_eq!(name_of_country(CountryCode::parse("QQ").unwrap()), None);
    }
}
