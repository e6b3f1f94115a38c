//! What people on other software see of a hoster and its services: short HTML in their language.
//!
//! The words are those of the site (`frontend/locales`); whatever a hoster wrote is escaped.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

use crate::domain::hoster::{Hoster, LanguageCode};
use crate::domain::localized::Language;
use crate::domain::service::{Closing, Service};

/// The most services a note lists by name.
pub const MAX_LISTED: usize = 20;

/// The interface languages a hoster answers in, its first language first; all where it names none of
/// them.
pub(super) fn languages(hoster: Option<&Hoster>) -> Vec<Language> {
    let spoken = hoster.map_or(&[][..], |hoster| &hoster.languages);
    let spoken: Vec<Language> = spoken
        .iter()
        .map(LanguageCode::as_str)
        .filter_map(Language::from_code)
        .collect();
    if spoken.is_empty() {
        Language::ALL.to_vec()
    } else {
        spoken
    }
}

/// A text as HTML: blank lines part paragraphs.
pub(super) fn paragraphs(text: &str) -> String {
    text.replace("\r\n", "\n")
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| format!("<p>{}</p>", escaped(paragraph).replace('\n', "<br>")))
        .collect()
}

/// A service for people: what it is, how to get in, its end if one is announced, where to read more.
pub(super) fn of_service(
    service: &Service,
    page: &str,
    tags: &[Tag],
    language: Language,
) -> String {
    let mut html = format!("<p><strong>{}</strong></p>", escaped(&service.name));
    if let Some(note) = &service.note {
        html += &paragraphs(note.get(language));
    }
    html += &lines(facts(service, language), language);
    if let Some(closing) = &service.closing {
        html += &lines(end(closing, language), language);
        if let Some(note) = &closing.note {
            html += &paragraphs(note.get(language));
        }
    }
    let label = page.split("://").last().unwrap_or(page);
    html += &format!("<p>{}</p>", link(page, label));
    let tags: Vec<String> = tags.iter().map(Tag::html).collect();
    if !tags.is_empty() {
        html += &format!("<p>{}</p>", tags.join(" "));
    }
    html
}

/// That a hoster now offers so many services: the first of them by name, each with its page.
pub(super) fn of_services(
    hoster: &Hoster,
    services: &[(&Service, String)],
    language: Language,
) -> String {
    let key = if services.len() == 1 {
        "wire.offers.one"
    } else {
        "wire.offers.other"
    };
    let sentence = text(language, key)
        .replace("{n}", &services.len().to_string())
        .replace("{hoster}", hoster.name.as_str());
    let listed: String = services
        .iter()
        .take(MAX_LISTED)
        .map(|(service, page)| format!("<li>{}</li>", link(page, service.name.as_str())))
        .collect();
    format!("<p>{}</p><ul>{listed}</ul>", escaped(&sentence))
}

/// A hashtag, and the page of ours that lists what it names.
pub(super) struct Tag {
    /// With its `#`.
    pub(super) name: String,
    pub(super) page: String,
}

impl Tag {
    /// The hashtag of an identifier such as `file-drop`: `#FileDrop`.
    pub(super) fn new(id: &str, page: &str) -> Self {
        let words = id.split(|c: char| !c.is_ascii_alphanumeric());
        let capital = |word: &str| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_ascii_uppercase() + rest
        };
        Self {
            name: format!("#{}", words.map(capital).collect::<String>()),
            page: page.to_owned(),
        }
    }

    /// As Mastodon writes hashtags (FEP-eb48), so that others link them to their own lists.
    fn html(&self) -> String {
        format!(
            "<a href=\"{}\" class=\"mention hashtag\" rel=\"tag\">#<span>{}</span></a>",
            escaped(&self.page),
            escaped(self.name.trim_start_matches('#'))
        )
    }
}

fn facts(service: &Service, language: Language) -> Vec<(&'static str, String)> {
    let word = |key: &str| text(language, key).to_owned();
    let registration = service
        .registration
        .map(|way| word(&format!("registration.{}", way.word())));
    let price = service.price.as_ref().map(|price| match &price.text {
        Some(words) => words.get(language).to_owned(),
        None => word(&format!("price.{}", price.kind.word())),
    });
    let room = service.capacity.and_then(|capacity| capacity.room);
    let room = room.map(|room| word(&format!("room.{}", room.word())));
    let told = [
        (text(language, "term.in"), registration),
        (text(language, "term.price"), price),
        (text(language, "term.room"), room),
    ];
    told.into_iter()
        .filter_map(|(term, value)| Some((term, value?)))
        .collect()
}

fn end(closing: &Closing, language: Language) -> Vec<(&'static str, String)> {
    let told = [
        ("service.closing", Some(closing.on.to_string())),
        (
            "closing.new_accounts_until",
            closing.new_accounts_until.map(|day| day.to_string()),
        ),
        (
            "closing.export_until",
            closing.export_until.map(|day| day.to_string()),
        ),
        (
            "closing.successor",
            closing.successor.as_ref().map(|link| link.to_string()),
        ),
    ];
    told.into_iter()
        .filter_map(|(term, value)| Some((text(language, term), value?)))
        .collect()
}

/// One paragraph of `term: value`, a line each.
fn lines(facts: Vec<(&str, String)>, language: Language) -> String {
    let lines: Vec<String> = facts
        .iter()
        .map(|(term, value)| {
            let colon = text(language, "wire.colon");
            [escaped(term), colon.to_owned(), escaped(value)].concat()
        })
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    format!("<p>{}</p>", lines.join("<br>"))
}

fn link(address: &str, label: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escaped(address), escaped(label))
}

/// Plain text as HTML, in an element or an attribute.
fn escaped(text: impl Display) -> String {
    let mut html = String::new();
    for c in text.to_string().chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

fn text(language: Language, key: &str) -> &'static str {
    static TEXTS: LazyLock<HashMap<Language, HashMap<String, String>>> = LazyLock::new(|| {
        let texts = |language| match language {
            Language::French => include_str!("../../../frontend/locales/fr.json"),
            Language::English => include_str!("../../../frontend/locales/en.json"),
        };
        let read =
            |language| serde_json::from_str(texts(language)).expect("tests read the locales");
        Language::ALL
            .into_iter()
            .map(|language| (language, read(language)))
            .collect()
    });
    TEXTS[&language].get(key).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_hoster_wrote_is_text_and_never_markup() {
        assert_eq!(
            paragraphs("a <b>\"x\" & 'y'\r\n</p>\n\n\n<script>"),
            "<p>a &lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;<br>&lt;/p&gt;</p><p>&lt;script&gt;</p>"
        );
    }

    #[test]
    fn an_identifier_makes_a_hashtag_of_letters_and_digits() {
        let name = |id| Tag::new(id, "https://a/").name;
        assert_eq!(name("nextcloud"), "#Nextcloud");
        assert_eq!(name("file-drop"), "#FileDrop");
        assert_eq!(name("0bin.x_-y"), "#0binXY");
    }

    #[test]
    fn every_word_of_the_domain_has_a_text_in_both_languages() {
        use crate::domain::service::{PriceKind, Registration, Room};
        let registrations = Registration::ALL
            .iter()
            .map(|way| format!("registration.{}", way.word()));
        let prices = PriceKind::ALL
            .iter()
            .map(|kind| format!("price.{}", kind.word()));
        let rooms = Room::ALL.iter().map(|room| format!("room.{}", room.word()));
        for key in registrations.chain(prices).chain(rooms) {
            for language in Language::ALL {
                assert_ne!(text(language, &key), "", "{key}");
            }
        }
    }
}
