//! Facts with who says them and since when: ink while fresh, pencil when ageing, dotted when stale.

use chrono::NaiveDate;

use crate::domain::provenance::{Age, Source};
use crate::domain::text::{Link, Name};

use super::locale::Locale;

/// A source, in words.
pub struct Dated {
    /// `is-fresh`, `is-ageing` or `is-stale`.
    pub class: &'static str,
    /// The date for machines.
    pub machine: Option<String>,
    /// The date in a sentence.
    pub on: Option<String>,
    /// What kind of source it is: "a public list".
    pub kind: String,
    /// What such a source does: it names, says or shows.
    pub verb: String,
    /// Who says so.
    pub by: Cited,
}

/// A page that was read, as a link where it is one.
pub struct Cited {
    /// Its host, or its description.
    pub label: String,
    /// Its address.
    pub href: Option<String>,
}

/// One line of the table of facts.
pub struct Fact {
    /// What it is about.
    pub term: String,
    /// What is known; `None` where nothing is.
    pub value: Option<String>,
    /// What is shown where nothing is known.
    pub unsaid: String,
    /// Whether it is general knowledge that no source gives.
    pub unsourced: bool,
    /// Who says so.
    pub source: Dated,
}

/// Puts a source into words.
pub fn dated(source: &Source, today: NaiveDate, l: &Locale) -> Dated {
    Dated {
        class: match source.age(today) {
            Age::Fresh => "is-fresh",
            Age::Ageing => "is-ageing",
            Age::Stale => "is-stale",
        },
        machine: source.seen.map(|seen| seen.to_string()),
        on: source.seen.map(|seen| l.on(seen)),
        kind: l
            .t(&format!("source.kind.{}", source.kind.word()))
            .to_owned(),
        verb: l
            .t(&format!("source.verb.{}", source.kind.word()))
            .to_owned(),
        by: cited(&source.by, l),
    }
}

/// Names what was read: the host of an address, else the source's own words, without the kind of source
/// that is said beside them.
pub fn cited(name: &Name, l: &Locale) -> Cited {
    match Link::parse(name.as_str()) {
        Ok(link) => Cited {
            label: link.host().to_owned(),
            href: Some(link.to_string()),
        },
        Err(_) => Cited {
            label: described(name.as_str())
                .unwrap_or_else(|| l.t("source.list"))
                .to_owned(),
            href: None,
        },
    }
}

/// What a source says of itself; nothing where it only says that it is a public list.
fn described(text: &str) -> Option<&str> {
    let words = match text.split_once(':') {
        Some((kind, words)) if kind.trim().eq_ignore_ascii_case("public list") => words,
        _ => text,
    };
    Some(words.trim()).filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;

    #[test]
    fn a_source_that_is_no_address_is_named_in_its_own_words() {
        let label = |text: &str| {
            let cited = cited(&Name::parse(text).unwrap(), Locale::of(Language::French));
            assert_eq!(cited.href, None);
            cited.label
        };
        assert_eq!(
            label("public list: Framapad home page: list of other pad hosts"),
            "Framapad home page: list of other pad hosts"
        );
        assert_eq!(label("Letter of 4 May"), "Letter of 4 May");
        assert_eq!(label("Public list:"), "liste publique");
    }

    #[test]
    fn a_source_that_is_an_address_is_named_by_its_host() {
        let source = Name::parse("https://www.chatons.org/liste").unwrap();
        let cited = cited(&source, Locale::of(Language::English));
        assert_eq!(cited.label, "chatons.org");
        assert_eq!(cited.href.as_deref(), Some("https://www.chatons.org/liste"));
    }
}
