//! A form: what stands in each field, and what is wrong with it. Nothing that was typed is lost.

use std::collections::BTreeMap;

use crate::domain::date::{PartialDate, Precision};
use crate::domain::localized::{Language, Localized};
use crate::domain::report;
use crate::domain::text::{Link, Name, Prose};
use crate::web::locale::Locale;
use crate::web::page::parameter;
use crate::web::sentences::text_error;

/// The fields of all forms here, and the key of each one's label.
const LABELS: &[(&str, &str)] = &[
    ("id", "manage.field.id"),
    ("name", "manage.field.name"),
    ("need", "manage.field.need"),
    ("software", "service.software"),
    ("url", "service.address"),
    ("registration", "term.in"),
    ("room", "term.room"),
    ("people", "manage.field.people"),
    ("price", "term.price"),
    ("price_fr", "manage.field.price_fr"),
    ("price_en", "manage.field.price_en"),
    ("note_fr", "manage.field.note_fr"),
    ("note_en", "manage.field.note_en"),
    ("on", "manage.field.on"),
    ("announced", "manage.field.announced"),
    ("new_accounts_until", "closing.new_accounts_until"),
    ("export_until", "closing.export_until"),
    ("successor", "closing.successor"),
    ("reason_fr", "manage.field.reason_fr"),
    ("reason_en", "manage.field.reason_en"),
    ("words", "manage.field.words"),
    ("proposed", "manage.field.proposed"),
    ("whom", "manage.field.whom"),
    ("anchor_reason", "manage.field.why"),
    ("least_standing", "rule.least_standing"),
    ("max_depth", "rule.max_depth"),
    ("collective_quota", "rule.collective_quota"),
    ("hoster_quota", "rule.hoster_quota"),
    ("rules_reason", "manage.field.why"),
    ("domain", "manage.field.domain"),
    ("severity", "manage.field.severity"),
    ("block_reason", "manage.field.why"),
    ("address", "manage.field.address"),
    ("application", "manage.field.application"),
    ("reason", "manage.field.reason"),
    ("person", "manage.field.person"),
];

/// A field and what is wrong with what stands in it.
pub(super) struct Wrong {
    /// The field's name, which is its element's id as well.
    pub(super) field: &'static str,
    /// What to do about it.
    pub(super) sentence: String,
}

/// A form as it is shown.
pub(super) struct Form {
    given: Vec<(String, String)>,
    wrong: Vec<Wrong>,
    l: &'static Locale,
}

impl Form {
    /// A form with these values.
    pub(super) fn new(given: Vec<(String, String)>, l: &'static Locale) -> Self {
        Self {
            given,
            wrong: Vec::new(),
            l,
        }
    }

    /// Puts values into those fields of which nothing was posted, as of a page's other forms.
    pub(super) fn fill(&mut self, values: Vec<(String, String)>) {
        for (name, value) in values {
            if self.given.iter().all(|(known, _)| *known != name) {
                self.given.push((name, value));
            }
        }
    }

    /// What stands in a field.
    pub(super) fn value(&self, field: &str) -> &str {
        parameter(&self.given, field).unwrap_or_default()
    }

    /// All that some fields hold that may stand there more than once.
    pub(super) fn repeated(&self, fields: &[&'static str]) -> Vec<(&'static str, String)> {
        let given = self.given.iter().filter_map(|(name, value)| {
            let field = fields.iter().find(|field| *field == name)?;
            Some((*field, value.clone()))
        });
        given.collect()
    }

    /// Whether a choice is made.
    pub(super) fn has(&self, field: &str, value: &str) -> bool {
        self.value(field) == value
    }

    /// What a field is called.
    pub(super) fn label(&self, field: &str) -> &'static str {
        let known = LABELS.iter().find(|(name, _)| *name == field);
        known.map_or("", |(_, key)| self.l.t(key))
    }

    /// What is wrong with a field.
    pub(super) fn error(&self, field: &str) -> Option<&str> {
        let wrong = self.wrong.iter().find(|wrong| wrong.field == field)?;
        Some(&wrong.sentence)
    }

    /// All that is wrong, in the order of the fields.
    pub(super) fn wrong(&self) -> &[Wrong] {
        &self.wrong
    }

    /// Says what is wrong with a field; what was said of it first counts.
    pub(super) fn refuse(&mut self, field: &'static str, sentence: String) {
        if self.error(field).is_none() {
            self.wrong.push(Wrong { field, sentence });
        }
    }

    /// Whether a day can be chosen for a field with the browser's own calendar: not where a month or a
    /// year stands in it, or a slip, since the calendar would hide those.
    pub(super) fn is_day(&self, field: &str) -> bool {
        let value = self.value(field);
        value.is_empty()
            || PartialDate::parse(value).is_ok_and(|date| date.precision() == Precision::Day)
    }

    /// Reads what has to be there.
    pub(super) fn required<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        if self.value(field).is_empty() {
            self.refuse(field, self.l.t("manage.error.empty").to_owned());
            return None;
        }
        read(self)
    }

    /// A name of one line.
    pub(super) fn name(&mut self, field: &'static str) -> Option<Name> {
        self.read(field, |text, l| {
            Name::parse(text).map_err(|error| text_error(&error, l))
        })
    }

    /// An address; people leave its beginning out.
    pub(super) fn link(&mut self, field: &'static str) -> Option<Link> {
        self.read(field, |text, l| {
            let whole = match text.contains("://") {
                true => text.to_owned(),
                false => format!("https://{text}"),
            };
            Link::parse(&whole).map_err(|error| text_error(&error, l))
        })
    }

    /// Words about a report, which have to be there.
    pub(super) fn words(&mut self, field: &'static str) -> Option<Prose> {
        self.required(field, |form| {
            form.read(field, |text, l| {
                report::words(text).map_err(|error| text_error(&error, l))
            })
        })
    }

    /// A day, or as much of a date as there was before.
    pub(super) fn date(&mut self, field: &'static str) -> Option<PartialDate> {
        self.read(field, |text, l| {
            PartialDate::parse(text).map_err(|_| l.t("manage.error.date").to_owned())
        })
    }

    /// A whole number from 1 to `max`.
    pub(super) fn number(&mut self, field: &'static str, max: u32) -> Option<u32> {
        self.number_from(field, 1, max)
    }

    /// A whole number from `min` to `max`.
    pub(super) fn number_from(&mut self, field: &'static str, min: u32, max: u32) -> Option<u32> {
        self.read(field, |text, l| {
            // Thousands are often set apart.
            let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            let number = digits.parse().ok().filter(|n| (min..=max).contains(n));
            number.ok_or_else(|| {
                let max = l.integer(max as usize);
                l.with2("error.field.number", ("min", &min), ("max", &max))
            })
        })
    }

    /// A text in whatever language.
    pub(super) fn prose(&mut self, field: &'static str) -> Option<Prose> {
        self.read(field, |text, l| {
            // Browsers send the ends of lines as CR LF (HTML, form submission).
            let text = text.replace("\r\n", "\n");
            Prose::parse(&text).map_err(|error| text_error(&error, l))
        })
    }

    /// One of a few words, or something else known by its word.
    pub(super) fn choice<T>(
        &mut self,
        field: &'static str,
        known: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.read(field, |text, l| {
            known(text).ok_or_else(|| l.t("manage.error.choice").to_owned())
        })
    }

    /// A text by language: `fields` holds those of the interface's languages; what `before` has in
    /// others is kept.
    pub(super) fn localized(
        &mut self,
        fields: [(Language, &'static str); 2],
        before: Option<&Localized>,
    ) -> Option<Localized> {
        let before = before.cloned().map(BTreeMap::from);
        let mut texts: BTreeMap<String, Prose> = before.unwrap_or_default();
        for (language, field) in fields {
            match self.prose(field) {
                Some(text) => texts.insert(language.code().to_owned(), text),
                None => texts.remove(language.code()),
            };
        }
        Localized::try_from(texts).ok()
    }

    /// Reads a field that may be empty.
    pub(super) fn read<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&str, &'static Locale) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.value(field);
        if value.is_empty() {
            return None;
        }
        match read(value, self.l) {
            Ok(value) => Some(value),
            Err(sentence) => {
                self.refuse(field, sentence);
                None
            }
        }
    }
}

/// The texts of a [`Localized`] as values of fields, languages that are missing left out.
pub(super) fn texts_of(
    fields: [(Language, &'static str); 2],
    text: Option<&Localized>,
) -> Vec<(String, String)> {
    let texts: BTreeMap<String, Prose> = text.cloned().map(BTreeMap::from).unwrap_or_default();
    let values = fields.into_iter().filter_map(|(language, field)| {
        let text = texts.get(language.code())?;
        Some((field.to_owned(), text.to_string()))
    });
    values.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: [(Language, &str); 2] = [
        (Language::French, "note_fr"),
        (Language::English, "note_en"),
    ];

    fn form(given: &[(&str, &str)]) -> Form {
        let given = given
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Form::new(given.collect(), Locale::of(Language::English))
    }

    #[test]
    fn every_field_has_a_label_in_both_languages() {
        for language in Language::ALL {
            let l = Locale::of(language);
            for (field, key) in LABELS {
                assert!(l.find(key).is_some(), "{field}: {key}");
            }
        }
    }

    #[test]
    fn a_part_of_a_date_is_kept_and_shown_as_text() {
        for (text, is_day) in [("2027", false), ("2027-06", false), ("2027-06-30", true)] {
            let mut form = form(&[("on", text)]);
            assert_eq!(form.date("on").unwrap().to_string(), text);
            assert_eq!(form.is_day("on"), is_day, "{text}");
        }
        let mut slip = form(&[("on", "soon")]);
        assert_eq!(slip.date("on"), None);
        assert!(slip.error("on").unwrap().contains("2027-06-30"));
        assert!(!slip.is_day("on"), "a calendar would hide it");
    }

    #[test]
    fn a_text_in_a_language_without_a_field_stays() {
        let before: Localized = serde_json::from_str(r#"{"de":"Hallo","fr":"Salut"}"#).unwrap();
        let text = form(&[("note_en", "Hello\r\nyou")]).localized(NOTE, Some(&before));
        let text = serde_json::to_value(text.unwrap()).unwrap();
        assert_eq!(
            text,
            serde_json::json!({ "de": "Hallo", "en": "Hello\nyou" })
        );
        let shown = texts_of(NOTE, Some(&before));
        assert_eq!(shown, [("note_fr".to_owned(), "Salut".to_owned())]);
        assert_eq!(form(&[]).localized(NOTE, None), None);
    }

    #[test]
    fn an_address_without_its_beginning_is_understood() {
        let link = |text| form(&[("url", text)]).link("url");
        let read = |text| link(text).map(|link| link.to_string());
        assert_eq!(
            read("pad.example.org").as_deref(),
            Some("https://pad.example.org/")
        );
        assert_eq!(
            read("http://a.example/x").as_deref(),
            Some("http://a.example/x")
        );
        for text in ["javascript://x", "mailto:a@example.org", "ftp://a.example"] {
            assert_eq!(link(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_whole_and_bounded() {
        let number = |text| form(&[("people", text)]).number("people", 2_000);
        assert_eq!(number("1 500"), Some(1_500));
        assert_eq!(number("2\u{202f}000"), Some(2_000));
        for text in ["0", "2001", "-1", "1.5", "many", "99999999999999"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
