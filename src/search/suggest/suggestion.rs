//! One thing somebody may mean, and how it is named.

use std::borrow::Cow;

use crate::domain::departure::Departure;
use crate::domain::hoster::Hoster;
use crate::domain::localized::Language;
use crate::domain::need::{Need, Software};
use crate::domain::place::Place;
use crate::domain::word::worded;

/// What a suggestion names; in the order of equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuggestionKind {
    /// A service people leave.
    Departure,
    /// A need.
    Need,
    /// A software.
    Software,
    /// A hoster.
    Hoster,
    /// A town or a postcode.
    Place,
}

worded!(SuggestionKind {
    Departure = "departure",
    Need = "need",
    Software = "software",
    Hoster = "hoster",
    Place = "place",
});

/// One thing somebody may mean.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say all")]
pub enum Suggestion<'a> {
    Departure(&'a Departure),
    Need(&'a Need),
    Software(&'a Software),
    Hoster(&'a Hoster),
    Place {
        place: Place,
        /// The words before it, which it leaves as they are: "pad" of "pad ly".
        before: String,
    },
}

impl<'a> Suggestion<'a> {
    /// What it names.
    pub fn kind(&self) -> SuggestionKind {
        match self {
            Self::Departure(_) => SuggestionKind::Departure,
            Self::Need(_) => SuggestionKind::Need,
            Self::Software(_) => SuggestionKind::Software,
            Self::Hoster(_) => SuggestionKind::Hoster,
            Self::Place { .. } => SuggestionKind::Place,
        }
    }

    /// Its identifier; of a place what `near` takes to mean exactly this one.
    pub fn id(&self) -> Cow<'a, str> {
        match self {
            Self::Departure(departure) => departure.slug.as_str().into(),
            Self::Need(need) => need.id.as_str().into(),
            Self::Software(software) => software.id.as_str().into(),
            Self::Hoster(hoster) => hoster.id.as_str().into(),
            Self::Place { place, .. } => place.label().into(),
        }
    }

    /// Its name.
    pub fn label(&self, language: Language) -> Cow<'a, str> {
        match self {
            Self::Departure(departure) => departure.name.as_str().into(),
            Self::Need(need) => need.name.get(language).as_str().into(),
            Self::Software(software) => software.name.as_str().into(),
            Self::Hoster(hoster) => hoster.name.as_str().into(),
            Self::Place { place, .. } => match &place.postcode {
                Some(code) => format!("{code} {}", place.name_in(language)).into(),
                None => place.name_in(language).to_owned().into(),
            },
        }
    }
}
