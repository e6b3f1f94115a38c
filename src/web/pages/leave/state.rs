//! How a departure stands, who says so, and what happened.

use crate::domain::date::PartialDate;
use crate::domain::departure::{Confidence, Departure, Event};
use crate::domain::text::Name;
use crate::web::facts::{Cited, cited};
use crate::web::locale::Locale;
use crate::web::sentences;

/// A date, for machines and people.
pub struct Moment {
    /// As machines read it.
    pub machine: String,
    /// As people do.
    pub date: String,
}

/// Something that happened.
pub struct EventView {
    /// When.
    pub on: Moment,
    /// In a sentence.
    pub detail: String,
    /// Where it was read.
    pub sources: Vec<Cited>,
}

impl Moment {
    /// Puts a date into words.
    pub fn new(date: PartialDate, l: &Locale) -> Self {
        Self {
            machine: date.to_string(),
            date: l.date(date),
        }
    }
}

/// Where the newest evidence for a departure's state was read; where there is none, no page says so.
pub fn evidence(departure: &Departure) -> Option<&Name> {
    if departure.confidence == Confidence::None {
        return None;
    }
    let newest = departure
        .events
        .last()
        .and_then(|event| event.sources.first());
    newest.or_else(|| departure.sources.first())
}

/// How sure a departure's state is, in a few words.
pub fn confidence(departure: &Departure, l: &Locale) -> String {
    let key = match departure.confidence {
        Confidence::Sourced => "confidence.sourced",
        Confidence::UserReport => "confidence.user-report",
        Confidence::Listing => "confidence.listing",
        Confidence::AnnouncedOnly => "confidence.announced-only",
        Confidence::None => "confidence.none",
    };
    match (departure.as_of, departure.announced_close) {
        (None, Some(day)) => {
            let announced = l.with("status.announced", "date", l.day(day));
            format!("{announced}, {}", l.t("confidence.unconfirmed"))
        }
        _ => l.t(key).to_owned(),
    }
}

/// Puts an event into words.
pub fn event_view(event: &Event, l: &Locale) -> EventView {
    EventView {
        on: Moment::new(event.date, l),
        detail: sentences::capitalised(event.detail.get(l.language).as_str()),
        sources: event
            .sources
            .iter()
            .map(|source| cited(source, l))
            .collect(),
    }
}
