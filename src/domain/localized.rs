//! A text in several languages, and the two languages the interface speaks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::text::Prose;

/// A language the interface is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Français, the first choice when nothing is known of the reader.
    French,
    /// English.
    English,
}

impl Language {
    /// Every interface language, the default first.
    pub const ALL: [Language; 2] = [Language::French, Language::English];

    /// The ISO 639-1 code, as it stands in addresses: `fr`, `en`.
    pub fn code(self) -> &'static str {
        match self {
            Language::French => "fr",
            Language::English => "en",
        }
    }

    /// The language of an ISO 639-1 code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
    }

    /// Countries whose places a reader of this language most likely means, likeliest first.
    pub fn likely_countries(self) -> &'static [&'static str] {
        match self {
            Language::French => &["FR", "BE", "CH", "CA", "LU"],
            Language::English => &["GB", "IE", "US", "CA", "AU"],
        }
    }
}

/// A text by language code (ISO 639-1), with at least one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, Prose>", into = "BTreeMap<String, Prose>")]
pub struct Localized(BTreeMap<String, Prose>);

/// A text was given in no language at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is given in no language")]
pub struct NoLanguage;

impl Localized {
    /// A text in one language.
    pub fn of(language: Language, text: Prose) -> Self {
        Self(BTreeMap::from([(language.code().to_owned(), text)]))
    }

    /// A text whose language nobody named (ISO 639-2: undetermined).
    pub fn undetermined(text: Prose) -> Self {
        Self(BTreeMap::from([("und".to_owned(), text)]))
    }

    /// The same text, with `text` in place of what it had in `language`.
    pub fn with(mut self, language: Language, text: Prose) -> Self {
        self.0.insert(language.code().to_owned(), text);
        self
    }

    /// The text in `language`; where it is missing, in another interface language, then in any.
    pub fn get(&self, language: Language) -> &str {
        std::iter::once(language)
            .chain(Language::ALL)
            .find_map(|language| self.0.get(language.code()))
            .or_else(|| self.0.values().next())
            .map(Prose::as_str)
            .expect("a Localized holds at least one text: try_from refuses an empty one")
    }
}

impl TryFrom<BTreeMap<String, Prose>> for Localized {
    type Error = NoLanguage;

    fn try_from(texts: BTreeMap<String, Prose>) -> Result<Self, NoLanguage> {
        if texts.is_empty() {
            Err(NoLanguage)
        } else {
            Ok(Self(texts))
        }
    }
}

impl From<Localized> for BTreeMap<String, Prose> {
    fn from(text: Localized) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_language_falls_back_to_one_that_is_there() {
        let text: Localized = serde_json::from_str(r#"{"de":"Hallo","en":"Hello"}"#).unwrap();
        assert_eq!(text.get(Language::French), "Hello");
        let text: Localized = serde_json::from_str(r#"{"de":"Hallo"}"#).unwrap();
        assert_eq!(text.get(Language::French), "Hallo");
        assert!(serde_json::from_str::<Localized>("{}").is_err());
    }

    #[test]
    fn a_language_is_added_or_replaced_and_the_others_stay() {
        let text = |text| Prose::parse(text).unwrap();
        let both = Localized::of(Language::English, text("Hello"))
            .with(Language::French, text("Salut"))
            .with(Language::French, text("Bonjour"));
        let written = serde_json::to_string(&both).unwrap();
        assert_eq!(written, r#"{"en":"Hello","fr":"Bonjour"}"#);
    }
}
