//! One record out of what each source says of a hoster or a service: the same whatever order it came in.
//!
//! Each fact is the strongest source's that has it (an own node over an own file over an observation
//! over a collective's list over a third party's over one that was merely found; of equals the one seen
//! last). What is stale gives way to what is not, and general knowledge to whatever a source gives.
//! Weaker sources fill gaps and never overwrite. Nothing is kept or asked here.

mod choice;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;

use super::hoster::{Hoster, HosterPlace, HosterStatus};
use super::provenance::SourceKind;
use super::service::Service;
use super::text::Name;
use choice::Choice;

/// The names of a hoster's facts, as [`Hoster::facts`] and [`Hoster::unsourced`] use them.
pub const HOSTER_FACTS: &[&str] = &[
    "name",
    "website",
    "description",
    "legal_form",
    "status",
    "country",
    "city",
    "postcode",
    "coordinates",
    "languages",
    "memberships",
    "actor",
];
/// The names of a service's facts.
pub const SERVICE_FACTS: &[&str] = &[
    "name",
    "url",
    "need",
    "software",
    "registration",
    "price",
    "capacity",
    "closing",
    "note",
    "object",
];
/// How many pages that were read are named of one hoster; those of the weakest sources are left out.
pub const MAX_PAGES_READ: usize = 50;
/// How many facts without a place of their own are kept of one record; those of the weakest sources are
/// left out. A ChatonsInfos file has some fifty.
pub const MAX_OTHER: usize = 400;

/// The hoster that all of these describe, each from another source; `None` if nobody says anything.
pub fn hoster(said: &[Hoster], today: NaiveDate) -> Option<Hoster> {
    let mut choice = Choice::of(said, today)?;
    let first = choice.first();
    let name = choice.spoken("name", |hoster| Some(hoster.name.clone()))?;
    let place = place(&mut choice);
    Some(Hoster {
        id: first.id.clone(),
        name,
        place,
        website: choice.fact("website", |hoster| hoster.website.clone()),
        description: choice.fact("description", |hoster| hoster.description.clone()),
        legal_form: choice.fact("legal_form", |hoster| hoster.legal_form),
        status: choice
            .fact("status", |hoster| {
                Some(hoster.status).filter(|status| *status != HosterStatus::Unknown)
            })
            .unwrap_or_default(),
        languages: choice
            .fact("languages", |hoster| filled(&hoster.languages))
            .unwrap_or_default(),
        memberships: choice
            .fact("memberships", |hoster| filled(&hoster.memberships))
            .unwrap_or_default(),
        actor: choice.fact("actor", |hoster| hoster.actor.clone()),
        sources: choice.together(MAX_PAGES_READ, |hoster| &hoster.sources),
        other: choice.other(MAX_OTHER, |hoster| &hoster.other),
        source: first.source.clone(),
        unsourced: choice.unsourced(),
        facts: choice.facts(),
    })
}

/// The service that all of these describe, each from another source; `None` if nobody says anything.
pub fn service(said: &[Service], today: NaiveDate) -> Option<Service> {
    let mut choice = Choice::of(said, today)?;
    let first = choice.first();
    let name = choice.spoken("name", |service| Some(service.name.clone()))?;
    let need = choice.spoken("need", |service| Some(service.need.clone()))?;
    let software = choice.fact("software", |service| {
        // What serves another need is another software; but what was seen running runs.
        let is_of_it = service.need == need || service.source.kind == SourceKind::Observation;
        service.software.clone().filter(|_| is_of_it)
    });
    Some(Service {
        id: first.id.clone(),
        hoster: first.hoster.clone(),
        name,
        need,
        software,
        url: choice.fact("url", |service| service.url.clone()),
        registration: choice.fact("registration", |service| service.registration),
        price: choice.fact("price", |service| service.price.clone()),
        capacity: choice.fact("capacity", |service| service.capacity),
        closing: choice.fact("closing", |service| service.closing.clone()),
        note: choice.fact("note", |service| service.note.clone()),
        object: choice.fact("object", |service| service.object.clone()),
        other: choice.other(MAX_OTHER, |service| &service.other),
        source: first.source.clone(),
        unsourced: choice.unsourced(),
        facts: choice.facts(),
    })
}

/// Where a hoster is. Town, postcode and coordinates belong together: a source adds to what a stronger
/// one says of them only if it means the same town. Where a machine was seen to stand is no matter if
/// anybody says where its hoster is.
fn place(choice: &mut Choice<Hoster>) -> HosterPlace {
    let country = choice.spoken("country", |hoster| hoster.place.country);
    let fits = |place: &HosterPlace| place.country.is_none() || place.country == country;
    let town = choice.teller_of(&["city", "postcode", "coordinates"], |hoster, fact| {
        let place = &hoster.place;
        let is_told = match fact {
            "city" => place.city.is_some(),
            "postcode" => place.postcode.is_some(),
            _ => place.coordinates.is_some(),
        };
        is_told && fits(place)
    });
    let Some(town) = town.map(|hoster| hoster.place.clone()) else {
        return HosterPlace {
            country,
            ..HosterPlace::default()
        };
    };
    let is_same = |place: &HosterPlace| {
        let city = |place: &HosterPlace| Some(place.city.as_ref()?.as_str().to_lowercase());
        let postcode = place.postcode == town.postcode;
        let same_city = city(place) == city(&town);
        let adds = (same_city && place.city.is_some()) || (postcode && place.postcode.is_some());
        *place == town || (fits(place) && adds && !contradicts(place, &town))
    };
    HosterPlace {
        country,
        city: choice.spoken("city", |hoster| {
            let place = &hoster.place;
            place.city.clone().filter(|_| is_same(place))
        }),
        postcode: choice.spoken("postcode", |hoster| {
            let place = &hoster.place;
            place.postcode.clone().filter(|_| is_same(place))
        }),
        coordinates: choice.spoken("coordinates", |hoster| {
            hoster.place.coordinates.filter(|_| is_same(&hoster.place))
        }),
    }
}

/// Whether two places name different towns or postcodes.
fn contradicts(place: &HosterPlace, town: &HosterPlace) -> bool {
    let differ = |a: &Option<Name>, b: &Option<Name>| {
        a.as_ref()
            .zip(b.as_ref())
            .is_some_and(|(a, b)| a.as_str().to_lowercase() != b.as_str().to_lowercase())
    };
    differ(&place.city, &town.city) || differ(&place.postcode, &town.postcode)
}

fn filled<T: Clone>(list: &[T]) -> Option<Vec<T>> {
    (!list.is_empty()).then(|| list.to_vec())
}
