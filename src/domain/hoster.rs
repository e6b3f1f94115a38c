//! A hoster: who runs services for others, and where.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use super::date::PartialDate;
use super::described::{described, text};
use super::localized::Localized;
use super::place::Coordinates;
use super::provenance::Source;
use super::slug::slug_type;
use super::text::{Link, Name};
use super::word::worded;

slug_type!(
    /// A hoster's identifier in this directory: `adminforge`.
    HosterId
);

/// Who runs services for others. Facts are as its source gives them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hoster {
    /// Its identifier, as in addresses.
    pub id: HosterId,
    /// Its name.
    pub name: Name,
    /// Its own site.
    #[serde(default)]
    pub website: Option<Link>,
    /// A few words about it.
    #[serde(default)]
    pub description: Option<Localized>,
    /// What it is before the law.
    #[serde(default)]
    pub legal_form: Option<LegalForm>,
    /// Whether it still works.
    #[serde(default)]
    pub status: HosterStatus,
    /// Where it is.
    #[serde(default)]
    pub place: HosterPlace,
    /// Languages it answers in (ISO 639-1).
    #[serde(default)]
    pub languages: Vec<LanguageCode>,
    /// Collectives it is said to belong to.
    #[serde(default)]
    pub memberships: Vec<Membership>,
    /// Who says all this, but for the facts named in `facts`.
    pub source: Source,
    /// Who says what another source says, by the name of the fact: `city`, `registration`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Source>,
    /// Names of the facts above that are general knowledge, read in no source.
    #[serde(default)]
    pub unsourced: Vec<Name>,
    /// Every page that was read.
    #[serde(default)]
    pub sources: Vec<Name>,
    /// Its ActivityPub actor, if it has a node.
    #[serde(default)]
    pub actor: Option<Link>,
    /// What its documents say that has no place above, so that it can be written back: by format and
    /// key, `chatonsinfos:organization.chatrooms.matrix`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, String>,
}

impl Hoster {
    /// Where what it says of itself is read: at its actor, or of one without a node at the site it begins at.
    pub fn home(&self) -> Option<Url> {
        if let Some(actor) = &self.actor {
            return Some(actor.as_url().clone());
        }
        self.website.as_ref()?.as_url().join("/").ok()
    }

    /// Who says a fact, by its name.
    pub fn source_of(&self, fact: &str) -> &Source {
        self.facts.get(fact).unwrap_or(&self.source)
    }
}

/// What a hoster is before the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LegalForm {
    /// A registered association.
    Association,
    /// People without a legal body.
    Informal,
    /// One person.
    Individual,
    /// A company.
    Company,
    /// A co-operative.
    Cooperative,
    /// A foundation.
    Foundation,
}

worded!(LegalForm {
    Association = "association",
    Informal = "informal",
    Individual = "individual",
    Company = "company",
    Cooperative = "cooperative",
    Foundation = "foundation",
});

/// Whether a hoster still works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HosterStatus {
    /// It was seen working.
    Active,
    /// It has stopped: never listed.
    Closed,
    /// Nobody said.
    #[default]
    Unknown,
}

worded!(HosterStatus {
    Active = "active",
    Closed = "closed",
    Unknown = "unknown",
});

/// Where a hoster is, as far as it says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct HosterPlace {
    /// Its country.
    #[serde(default)]
    pub country: Option<CountryCode>,
    /// Its town.
    #[serde(default)]
    pub city: Option<Name>,
    /// Its postcode.
    #[serde(default)]
    pub postcode: Option<Name>,
    /// Where that is, in degrees; a town's centre unless it chose to be more exact.
    #[serde(default)]
    pub coordinates: Option<Coordinates>,
}

/// A collective a hoster is said to belong to; counted as membership only once both sides confirm it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The collective's name.
    pub collective: Name,
    /// Where that was read.
    #[serde(default)]
    pub source: Option<Name>,
    /// When.
    #[serde(default)]
    pub seen: Option<PartialDate>,
}

/// Two-letter codes differ only in case and in what they name.
macro_rules! two_letter_code {
    ($(#[$doc:meta])* $name:ident, $is_letter:ident, $pattern:literal, $error:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 2]);

        impl $name {
            /// Reads the code in either case.
            pub fn parse(text: &str) -> Result<Self, CodeError> {
                match *text.as_bytes() {
                    [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                        Ok(Self([a.$is_letter(), b.$is_letter()]))
                    }
                    _ => Err(CodeError($error)),
                }
            }

            /// The code as its standard writes it.
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).expect("parse lets only ASCII letters in")
            }
        }

        impl TryFrom<String> for $name {
            type Error = CodeError;

            fn try_from(text: String) -> Result<Self, CodeError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.as_str().to_owned()
            }
        }

        described!($name: text().pattern(Some($pattern)));
    };
}

/// Not a two-letter code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a code of two letters such as {0}")]
pub struct CodeError(&'static str);

two_letter_code!(
    /// A country (ISO 3166-1 alpha-2, upper case).
    CountryCode,
    to_ascii_uppercase,
    "^[A-Z]{2}$",
    "FR"
);
two_letter_code!(
    /// A language (ISO 639-1, lower case).
    LanguageCode,
    to_ascii_lowercase,
    "^[a-z]{2}$",
    "fr"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_two_letters_in_the_case_of_their_standard() {
        assert_eq!(CountryCode::parse("fr").unwrap().as_str(), "FR");
        assert_eq!(LanguageCode::parse("FR").unwrap().as_str(), "fr");
        for text in ["", "f", "fra", "é", "f1"] {
            assert!(CountryCode::parse(text).is_err(), "{text}");
        }
    }
}
