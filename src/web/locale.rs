//! French and English: which one, and every sentence a visitor reads (`frontend/locales/*.json`).

use std::collections::HashMap;
use std::fmt::{Display, Write};
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};

use crate::domain::date::{PartialDate, Precision};
use crate::domain::localized::Language;

/// The sentences of one language.
pub struct Locale {
    /// Which language.
    pub language: Language,
    texts: HashMap<String, String>,
}

static FRENCH: LazyLock<Locale> = LazyLock::new(|| {
    Locale::read(
        Language::French,
        include_str!("../../frontend/locales/fr.json"),
    )
});
static ENGLISH: LazyLock<Locale> = LazyLock::new(|| {
    Locale::read(
        Language::English,
        include_str!("../../frontend/locales/en.json"),
    )
});

impl Locale {
    /// The sentences of `language`.
    pub fn of(language: Language) -> &'static Locale {
        match language {
            Language::French => &FRENCH,
            Language::English => &ENGLISH,
        }
    }

    fn read(language: Language, json: &str) -> Self {
        let texts = serde_json::from_str(json).expect("a test reads the embedded locales");
        Self { language, texts }
    }

    /// The ISO 639-1 code.
    pub fn code(&self) -> &'static str {
        self.language.code()
    }

    /// The text of a key; the key itself where there is none, which a test rules out.
    pub fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// The text of a key, if there is one: for keys made from data, such as `language.oc`.
    pub fn find(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The text of a key with `{name}` replaced.
    pub fn with(&self, key: &str, name: &str, value: impl Display) -> String {
        filled(self.t(key), &[(name, &value)])
    }

    /// The text of a key with two names replaced.
    pub fn with2(
        &self,
        key: &str,
        first: (&str, &dyn Display),
        second: (&str, &dyn Display),
    ) -> String {
        filled(self.t(key), &[first, second])
    }

    /// The singular or plural form of a key (`key.one`, `key.other`) with `{n}` replaced.
    pub fn count(&self, key: &str, n: usize) -> String {
        let singular = match self.language {
            Language::French => n <= 1,
            Language::English => n == 1,
        };
        let form = if singular { "one" } else { "other" };
        self.with(&format!("{key}.{form}"), "n", self.integer(n))
    }

    /// A whole number with its thousands apart.
    pub fn integer(&self, n: usize) -> String {
        let separator = match self.language {
            Language::French => '\u{202f}',
            Language::English => ',',
        };
        let digits = n.to_string();
        let mut out = String::with_capacity(digits.len() + 4);
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                out.push(separator);
            }
            out.push(digit);
        }
        out
    }

    /// A share from 0 to 1, to two places.
    pub fn share(&self, share: f32) -> String {
        let text = format!("{share:.2}");
        match self.language {
            Language::French => text.replace('.', ","),
            Language::English => text,
        }
    }

    /// A share from 0 to 1 in percent, to a tenth: "99,8 %". Never more than it is: what failed once shows.
    pub fn percent(&self, share: f32) -> String {
        let text = match (f64::from(share) * 1_000.0 + 0.01).floor() / 10.0 {
            whole if whole.fract() == 0.0 => format!("{whole:.0}"),
            tenths => format!("{tenths:.1}"),
        };
        match self.language {
            Language::French => text.replace('.', ",") + "\u{202f}%",
            Language::English => text + "%",
        }
    }

    /// A date as part of a sentence: "le 4 mai 2021", "en 2021".
    pub fn on(&self, date: PartialDate) -> String {
        let key = if date.precision() == Precision::Day {
            "date.on"
        } else {
            "date.in"
        };
        self.with(key, "date", self.date(date))
    }

    /// A day: "4 mai 2021".
    pub fn day(&self, day: NaiveDate) -> String {
        self.date(PartialDate::from(day))
    }

    /// A date as exactly as it is known: "4 mai 2021", "mai 2021", "2021".
    pub fn date(&self, date: PartialDate) -> String {
        let day = date.first_day();
        let month = self.t(MONTHS[day.month0() as usize]);
        match (date.precision(), self.language) {
            (Precision::Year, _) => day.year().to_string(),
            (Precision::Month, _) => format!("{month} {}", day.year()),
            (Precision::Day, Language::French) if day.day() == 1 => {
                format!("1er\u{a0}{month} {}", day.year())
            }
            (Precision::Day, _) => format!("{}\u{a0}{month} {}", day.day(), day.year()),
        }
    }
}

const MONTHS: [&str; 12] = [
    "month.1", "month.2", "month.3", "month.4", "month.5", "month.6", "month.7", "month.8",
    "month.9", "month.10", "month.11", "month.12",
];

/// A text with its `{name}`s replaced in one pass, so that a value may hold a name in braces itself.
fn filled(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let named = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, after))
        });
        rest = match named {
            Some((value, after)) => {
                write!(out, "{value}").expect("a string takes all that is written");
                after
            }
            None => {
                out.push('{');
                after
            }
        };
    }
    out.push_str(rest);
    out
}

/// The interface language a browser asks for (RFC 9110 §12.5.4, Accept-Language), French where it asks
/// for neither; a language it refuses (`q=0`) only if it refuses both.
pub fn preferred(accept_language: &str) -> Language {
    let (mut best, mut refused) = (None, Vec::new());
    for range in accept_language.split(',') {
        let Some((language, quality)) = weighed(range) else {
            continue;
        };
        if quality <= 0.0 {
            refused.push(language);
        } else if best.is_none_or(|(_, least)| quality > least) {
            best = Some((language, quality));
        }
    }
    let acceptable = [Language::French, Language::English]
        .into_iter()
        .find(|language| !refused.contains(language));
    best.map(|(language, _)| language)
        .or(acceptable)
        .unwrap_or(Language::French)
}

/// One of our languages and how much it is wanted, from 0 to 1; nothing for others and for what is malformed.
fn weighed(range: &str) -> Option<(Language, f32)> {
    let mut parts = range.split(';').map(str::trim);
    let code = parts.next()?.split('-').next()?.to_ascii_lowercase();
    let language = Language::from_code(&code)?;
    for parameter in parts {
        let (name, value) = parameter.split_once('=')?;
        if name.trim().eq_ignore_ascii_case("q") {
            let quality = value.trim().parse().ok()?;
            return (0.0..=1.0)
                .contains(&quality)
                .then_some((language, quality));
        }
    }
    Some((language, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_keys_and_placeholders() {
        let placeholders = |text: &str| {
            let mut names: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()))
                .collect();
            names.sort();
            names
        };
        let (french, english) = (Locale::of(Language::French), Locale::of(Language::English));
        assert_eq!(french.texts.len(), english.texts.len());
        for (key, text) in &french.texts {
            let other = english
                .find(key)
                .unwrap_or_else(|| panic!("{key} is missing in English"));
            assert_eq!(placeholders(text), placeholders(other), "{key}");
        }
    }

    #[test]
    fn a_browser_gets_the_language_it_prefers_and_french_when_it_cannot_tell() {
        assert_eq!(preferred(""), Language::French);
        assert_eq!(preferred("de, es;q=0.8"), Language::French);
        assert_eq!(preferred("en-GB,en;q=0.9,fr;q=0.8"), Language::English);
        assert_eq!(preferred("de, fr;q=0.5, en;q=0.4"), Language::French);
        assert_eq!(preferred("en;q=x"), Language::French);
    }

    #[test]
    fn white_space_and_case_do_not_change_what_a_browser_prefers_and_a_quality_of_0_refuses() {
        assert_eq!(preferred("en; q=0.9, fr; q=0.1"), Language::English);
        assert_eq!(preferred("fr ; q = 0.5 , EN-gb ; Q=0.7"), Language::English);
        assert_eq!(preferred("en;Q=1"), Language::English);
        assert_eq!(preferred("fr;q=0, *"), Language::English);
        assert_eq!(preferred("en;q=0"), Language::French);
        assert_eq!(preferred("fr;q=0, en;q=0"), Language::French);
        assert_eq!(preferred("en;q=7, fr;q=nan"), Language::French);
    }

    #[test]
    fn a_name_in_braces_within_a_value_is_left_as_it_is() {
        let l = Locale::of(Language::English);
        assert_eq!(
            l.with2(
                "service.title",
                ("name", &"Vote {hoster}"),
                ("hoster", &"{name}")
            ),
            "Vote {hoster}, at {name}"
        );
        assert_eq!(filled("{a} {b {a}", &[("a", &1)]), "1 {b 1");
    }

    #[test]
    fn numbers_dates_and_plurals_are_written_as_each_language_does() {
        let (french, english) = (Locale::of(Language::French), Locale::of(Language::English));
        assert_eq!(french.integer(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(english.integer(999), "999");
        assert_eq!(
            french.date(PartialDate::parse("2021-05-01").unwrap()),
            "1er\u{a0}mai 2021"
        );
        assert_eq!(
            english.date(PartialDate::parse("2021-05").unwrap()),
            "May 2021"
        );
        assert_eq!(
            french.on(PartialDate::parse("2021-05-04").unwrap()),
            "le 4\u{a0}mai 2021"
        );
        assert_eq!(english.on(PartialDate::parse("2021").unwrap()), "in 2021");
        assert!(french.count("services.count", 0).ends_with("service"));
        assert!(english.count("services.count", 0).ends_with("services"));
    }
}
