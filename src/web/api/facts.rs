//! Hosters and services as they are told: each record's facts with who says them and since when.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::Edition;
use crate::domain::collective::Standing;
use crate::domain::date::PartialDate;
use crate::domain::health::Availability;
use crate::domain::hoster::{
    CountryCode, Hoster, HosterPlace, HosterStatus, LanguageCode, LegalForm,
};
use crate::domain::need::NeedId;
use crate::domain::provenance::{Age, Source, SourceKind};
use crate::domain::service::{Capacity, Closing, PriceKind, Registration, Service};
use crate::web::entry;
use crate::web::locale::Locale;

/// A service, in a list or among results.
#[derive(Serialize, ToSchema)]
pub struct ServiceFacts<'a> {
    pub id: &'a str,
    pub name: &'a str,
    /// The way in: the service's own address, else its hoster's site.
    pub url: Option<&'a str>,
    pub need: &'a str,
    pub software: Option<&'a str>,
    pub registration: Option<Registration>,
    pub price: Option<String>,
    pub price_kind: Option<PriceKind>,
    pub capacity: Option<Capacity>,
    pub languages: &'a [LanguageCode],
    pub hoster: HosterName<'a>,
    pub place: Option<Place<'a>>,
    /// The part of the looks of thirty days at which it was up; null where nobody looked.
    pub availability: Option<f32>,
    /// Since when it does not answer, if it does not.
    pub down_since: Option<DateTime<Utc>>,
    pub closing: Option<ClosingFacts<'a>>,
    #[serde(flatten)]
    pub provenance: Provenance<'a>,
}

/// Who offers a service.
#[derive(Serialize, ToSchema)]
pub struct HosterName<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub standing: Standing,
}

/// A hoster, in a list or alone.
#[derive(Serialize, ToSchema)]
pub struct HosterFacts<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub url: Option<&'a str>,
    pub description: Option<&'a str>,
    pub legal_form: Option<LegalForm>,
    pub status: HosterStatus,
    pub standing: Standing,
    pub place: Option<Place<'a>>,
    pub languages: &'a [LanguageCode],
    /// How many services it offers now.
    pub service_count: usize,
    #[serde(flatten)]
    pub provenance: Provenance<'a>,
}

/// Where a hoster is; what it does not say is null.
#[derive(Serialize, ToSchema)]
pub struct Place<'a> {
    pub name: Option<&'a str>,
    pub country: Option<CountryCode>,
    pub postcode: Option<&'a str>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
}

/// An announced end.
#[derive(Serialize, ToSchema)]
pub struct ClosingFacts<'a> {
    pub on: PartialDate,
    pub note: Option<&'a str>,
    pub source: Option<&'a str>,
    pub announced: Option<PartialDate>,
    pub new_accounts_until: Option<PartialDate>,
    pub export_until: Option<PartialDate>,
    /// The address of who takes over.
    pub successor: Option<&'a str>,
}

/// Who says a record's facts, since when, and whether they still count.
#[derive(Serialize, ToSchema)]
pub struct Provenance<'a> {
    pub source: &'a str,
    pub source_kind: SourceKind,
    pub seen_at: Option<PartialDate>,
    pub age: Age,
    /// The facts that another source says: by name, as in the exchange format.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<&'a str, Said<'a>>,
}

/// Who says one fact.
#[derive(Serialize, ToSchema)]
pub struct Said<'a> {
    pub source: &'a str,
    pub source_kind: SourceKind,
    pub seen_at: Option<PartialDate>,
    pub age: Age,
}

impl<'a> ServiceFacts<'a> {
    /// A service, told as an answer to `need`.
    pub fn new(edition: &'a Edition, service: &'a Service, need: &'a NeedId, l: &Locale) -> Self {
        let (_, hoster) = edition.hoster_of(service);
        Self {
            id: service.id.as_str(),
            name: service.name.as_str(),
            url: service.way_in(hoster).map(|link| link.as_str()),
            need: need.as_str(),
            software: service.software.as_ref().map(|software| software.as_str()),
            registration: service.registration,
            price: service
                .price
                .as_ref()
                .map(|price| entry::price_text(price, l)),
            price_kind: service.price.as_ref().map(|price| price.kind),
            capacity: service.capacity,
            languages: &hoster.languages,
            hoster: HosterName::of(edition, service),
            place: place(&hoster.place),
            availability: edition.availability(service).map(Availability::share),
            down_since: edition
                .availability(service)
                .and_then(|seen| seen.down_since),
            closing: service
                .closing
                .as_ref()
                .map(|closing| ClosingFacts::new(closing, l)),
            provenance: Provenance::new(&service.source, &service.facts, edition),
        }
    }
}

impl<'a> HosterName<'a> {
    /// Who offers a service.
    pub fn of(edition: &'a Edition, service: &Service) -> Self {
        let (position, hoster) = edition.hoster_of(service);
        Self {
            id: hoster.id.as_str(),
            name: hoster.name.as_str(),
            standing: edition.standings[position],
        }
    }
}

impl<'a> HosterFacts<'a> {
    /// A hoster, by its position in the edition.
    pub fn new(edition: &'a Edition, position: usize, l: &Locale) -> Self {
        let hoster: &Hoster = &edition.hosters[position];
        let offered = edition
            .services_of(position)
            .filter(|service| !service.is_over_by(edition.day()));
        Self {
            id: hoster.id.as_str(),
            name: hoster.name.as_str(),
            url: hoster.website.as_ref().map(|link| link.as_str()),
            description: hoster.description.as_ref().map(|text| text.get(l.language)),
            legal_form: hoster.legal_form,
            status: hoster.status,
            standing: edition.standings[position],
            place: place(&hoster.place),
            languages: &hoster.languages,
            service_count: offered.count(),
            provenance: Provenance::new(&hoster.source, &hoster.facts, edition),
        }
    }
}

impl<'a> ClosingFacts<'a> {
    /// As the hoster said it.
    pub fn new(closing: &'a Closing, l: &Locale) -> Self {
        Self {
            on: closing.on,
            note: closing.note.as_ref().map(|text| text.get(l.language)),
            source: closing.source.as_ref().map(|name| name.as_str()),
            announced: closing.announced,
            new_accounts_until: closing.new_accounts_until,
            export_until: closing.export_until,
            successor: closing.successor.as_ref().map(|link| link.as_str()),
        }
    }
}

impl<'a> Provenance<'a> {
    fn new(source: &'a Source, facts: &'a BTreeMap<String, Source>, edition: &Edition) -> Self {
        let Said {
            source,
            source_kind,
            seen_at,
            age,
        } = Said::new(source, edition);
        let facts = facts.iter();
        Self {
            source,
            source_kind,
            seen_at,
            age,
            facts: facts
                .map(|(fact, source)| (fact.as_str(), Said::new(source, edition)))
                .collect(),
        }
    }
}

impl<'a> Said<'a> {
    fn new(source: &'a Source, edition: &Edition) -> Self {
        Self {
            source: source.by.as_str(),
            source_kind: source.kind,
            seen_at: source.seen,
            age: source.age(edition.day()),
        }
    }
}

fn place(place: &HosterPlace) -> Option<Place<'_>> {
    let told = Place {
        name: place.city.as_ref().map(|name| name.as_str()),
        country: place.country,
        postcode: place.postcode.as_ref().map(|name| name.as_str()),
        lat: place.coordinates.map(|at| at.latitude()),
        lon: place.coordinates.map(|at| at.longitude()),
    };
    let is_known = told.name.is_some()
        || told.country.is_some()
        || told.postcode.is_some()
        || told.lat.is_some();
    is_known.then_some(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;

    #[test]
    fn a_closing_is_told_with_its_last_days_and_who_takes_over() {
        let document = serde_json::json!({
            "on": "2027-12-31", "note": null, "source": null, "announced": "2026-11-20",
            "new_accounts_until": "2027-01", "export_until": "2027-11-30",
            "successor": "https://autre.example/",
        });
        let closing = serde_json::from_value(document.clone()).unwrap();
        let facts = ClosingFacts::new(&closing, Locale::of(Language::English));
        assert_eq!(serde_json::to_value(facts).unwrap(), document);
    }
}
