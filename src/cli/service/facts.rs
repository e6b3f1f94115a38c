//! What flags say of a service.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};

use crate::cli::Failure;
use crate::cli::failure::parsed;
use crate::domain::localized::{Language, Localized};
use crate::domain::need::{NeedId, SoftwareId};
use crate::domain::service::{Capacity, Price, PriceKind, Registration, Room, Service};
use crate::domain::taxonomy::Taxonomy;
use crate::domain::text::{Link, Name, Prose, printable};
use crate::search::question::MAX_SIMILAR;
use crate::search::suggest::Suggestions;

use super::MAX_SHOWN_CHARS;

/// Facts of a service; those that are not given are not touched.
#[derive(Debug, Args)]
pub(super) struct Facts {
    /// Its name, for people
    #[arg(long)]
    pub(super) name: Option<String>,
    /// The need it serves: polls, pads…
    #[arg(long, value_name = "ID")]
    pub(super) need: Option<String>,
    /// Where to use it
    #[arg(long, value_hint = ValueHint::Url)]
    pub(super) url: Option<String>,
    /// What it runs: nextcloud, etherpad…
    #[arg(long, value_name = "ID")]
    pub(super) software: Option<String>,
    /// The way in: none, free, request, members, paid, closed
    #[arg(long, value_name = "WORD", hide_possible_values = true, value_parser = registrations())]
    pub(super) registration: Option<Registration>,
    /// The kind of price: free, donation, membership, paid
    #[arg(long, value_name = "WORD", hide_possible_values = true, value_parser = prices())]
    pub(super) price: Option<PriceKind>,
    /// The price in your words
    #[arg(long, value_name = "TEXT")]
    pub(super) price_text: Option<String>,
    /// It is full for now
    #[arg(long, conflicts_with = "open")]
    pub(super) full: bool,
    /// It has room
    #[arg(long)]
    pub(super) open: bool,
    /// How many people it is made for
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) people: Option<u32>,
    /// Anything else worth knowing
    #[arg(long, value_name = "TEXT")]
    pub(super) note: Option<String>,
    /// The language of your words [default: the hoster's first, else that of the terminal]
    #[arg(long, value_parser = ["fr", "en"])]
    pub(super) lang: Option<String>,
}

fn registrations() -> impl TypedValueParser<Value = Registration> {
    PossibleValuesParser::new(Registration::ALL.iter().map(|way| way.word()))
        .map(|word| Registration::from_word(&word).expect("clap lets only these words through"))
}

fn prices() -> impl TypedValueParser<Value = PriceKind> {
    PossibleValuesParser::new(PriceKind::ALL.iter().map(|kind| kind.word()))
        .map(|word| PriceKind::from_word(&word).expect("clap lets only these words through"))
}

impl Facts {
    /// Whether there is any.
    pub(super) fn is_any(&self) -> bool {
        let texts = [
            &self.name,
            &self.need,
            &self.url,
            &self.software,
            &self.price_text,
            &self.note,
        ];
        texts.iter().any(|text| text.is_some())
            || self.registration.is_some()
            || self.price.is_some()
            || self.room().is_some()
            || self.people.is_some()
    }

    /// What is said of the room there is.
    pub(super) fn room(&self) -> Option<Room> {
        match (self.full, self.open) {
            (true, _) => Some(Room::Full),
            (_, true) => Some(Room::Open),
            _ => None,
        }
    }

    /// Lays these facts over those of a service; what was written is in `language`.
    pub(super) fn lay_over(
        &self,
        service: &mut Service,
        language: Language,
    ) -> Result<(), Failure> {
        if let Some(name) = parsed("--name", &self.name, Name::parse)? {
            service.name = name;
        }
        if let Some(need) = &self.need {
            service.need = known_need(need)?;
        }
        if let Some(url) = parsed("--url", &self.url, Link::parse)? {
            service.url = Some(url);
        }
        if let Some(software) = &self.software {
            service.software = Some(known_software(software)?);
        }
        service.registration = self.registration.or(service.registration);
        if let Some(kind) = self.price {
            let text = service.price.take().and_then(|price| price.text);
            service.price = Some(Price { kind, text });
        }
        if let Some(text) = parsed("--price-text", &self.price_text, Prose::parse)? {
            let Some(price) = &mut service.price else {
                let problem = "of which kind is the price? --price says it too";
                return Err(Failure::flag("--price-text", problem));
            };
            price.text = Some(written(price.text.take(), language, text));
        }
        let known = service.capacity;
        let capacity = Capacity {
            room: self.room().or(known.and_then(|known| known.room)),
            people: self.people.or(known.and_then(|known| known.people)),
        };
        service.capacity =
            (capacity.room.is_some() || capacity.people.is_some()).then_some(capacity);
        if let Some(note) = parsed("--note", &self.note, Prose::parse)? {
            service.note = Some(written(service.note.take(), language, note));
        }
        Ok(())
    }
}

/// A text that was given in one language, beside what is there in others.
pub(super) fn written(known: Option<Localized>, language: Language, text: Prose) -> Localized {
    match known {
        Some(known) => known.with(language, text),
        None => Localized::of(language, text),
    }
}

/// The need somebody names; one that nobody knows is told with near matches, else with all there are.
pub(super) fn known_need(text: &str) -> Result<NeedId, Failure> {
    let taxonomy = Taxonomy::embedded();
    if let Some(need) = taxonomy.need(text) {
        return Ok(need.id.clone());
    }
    let similar = Suggestions::new(&taxonomy, &[]).similar_needs(text, MAX_SIMILAR);
    let all = taxonomy.needs().iter().map(|need| need.id.to_string());
    let advice = match similar.is_empty() {
        true => format!("known are {}", all.collect::<Vec<_>>().join(", ")),
        false => format!("perhaps {}", similar.join(" or ")),
    };
    Err(unknown("--need", "need", text, &advice))
}

fn known_software(text: &str) -> Result<SoftwareId, Failure> {
    let taxonomy = Taxonomy::embedded();
    if let Some(software) = taxonomy.software_by_id(text) {
        return Ok(software.id.clone());
    }
    let similar = Suggestions::new(&taxonomy, &[]).similar_software(text, MAX_SIMILAR);
    let advice = match similar.is_empty() {
        true => "leave it out, and name it in --note".to_owned(),
        false => format!("perhaps {}", similar.join(" or ")),
    };
    Err(unknown("--software", "software", text, &advice))
}

/// A name nobody knows is no wrong usage: the same command may be right with a later program.
fn unknown(flag: &str, what: &str, text: &str, advice: &str) -> Failure {
    let shown = printable(text, MAX_SHOWN_CHARS);
    Failure::said(format!(
        "{flag}: nobody knows the {what} {shown:?}; {advice}"
    ))
}
