//! What people want to do, and the free software that lets them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::localized::Language;
use super::slug::slug_type;
use super::text::{Link, Name, Prose};

slug_type!(
    /// A need's identifier: `polls`, `pads`.
    NeedId
);
slug_type!(
    /// A software's identifier: `nextcloud`.
    SoftwareId
);

/// A name in both interface languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names<T = Name> {
    /// French.
    pub fr: T,
    /// English.
    pub en: T,
}

impl<T> Names<T> {
    /// The one in `language`.
    pub fn get(&self, language: Language) -> &T {
        match language {
            Language::French => &self.fr,
            Language::English => &self.en,
        }
    }

    /// Both, French first.
    pub fn both(&self) -> [&T; 2] {
        [&self.fr, &self.en]
    }
}

/// Other words for a need, by the language they are of (ISO 639-1): more languages than the interface's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Synonyms(BTreeMap<String, Vec<Name>>);

impl Synonyms {
    /// Those of a language.
    pub fn of(&self, language: &str) -> &[Name] {
        self.0.get(language).map_or(&[], Vec::as_slice)
    }

    /// Those of every language.
    pub fn all(&self) -> impl Iterator<Item = &Name> {
        self.0.values().flatten()
    }
}

/// What a person wants to do: find a date, write together, talk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Need {
    /// Its identifier, as in addresses.
    pub id: NeedId,
    /// The needs it belongs with on the home page: `meet`, `write`.
    pub group: Name,
    /// Its name, in the plural: "Meeting polls".
    pub name: Names,
    /// Other words people use for it, brands included.
    pub synonyms: Synonyms,
    /// Software that serves it, best known first.
    pub software: Vec<SoftwareId>,
}

/// A free software: it serves one need first and often more.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Software {
    /// Its identifier.
    pub id: SoftwareId,
    /// Its name as its makers write it.
    pub name: Name,
    /// Other spellings and the names of its parts.
    pub aliases: Vec<Name>,
    /// Its own site.
    pub site: Option<Link>,
    /// SPDX identifier of its licence.
    pub licence: Option<Name>,
    /// The need it serves first.
    pub need: NeedId,
    /// The needs a suite serves besides.
    pub also: Vec<AlsoServes>,
}

/// One more need that a suite serves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AlsoServes {
    /// The need.
    pub need: NeedId,
    /// The part of the suite that does it ("Polls"), which a hoster may not have switched on.
    pub with: Option<Name>,
}

/// A longer text in both interface languages.
pub type Texts = Names<Prose>;
