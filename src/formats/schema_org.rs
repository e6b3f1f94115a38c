//! What a page tells search engines: schema.org as JSON-LD.
//!
//! Written only. It stands in the page as a data block (`<script type="application/ld+json">`), which
//! runs nothing: browsers take no script for one of a type they do not run, before they ask whether
//! the Content Security Policy lets it (HTML §4.12.1.1), so ours stays as it is.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use crate::domain::hoster::{Hoster, HosterStatus};
use crate::domain::localized::Language;
use crate::domain::service::{PriceKind, Registration, Room, Service};
use crate::domain::text::Link;

/// What a page about a service knows beside it.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The path of the page.
    pub page: &'a str,
    /// The path of the hoster's page.
    pub hoster_page: &'a str,
    /// The need's name in the page's language.
    pub need: &'a str,
    /// The software's name.
    pub software: Option<&'a str>,
    /// The page's language.
    pub language: Language,
    /// The day it is today.
    pub today: NaiveDate,
}

/// A service with who offers it, where, at what price and until when.
pub fn service(service: &Service, hoster: &Hoster, told: &Told) -> Value {
    let note = service.note.as_ref().map(|note| note.get(told.language));
    let mut thing = thing("Service", told.page);
    thing.insert("name".to_owned(), json!(service.name));
    thing.insert("serviceType".to_owned(), json!(told.need));
    add(&mut thing, "description", note);
    add(&mut thing, "url", service.url.as_ref());
    let software = told
        .software
        .map(|name| json!({ "@type": "Product", "name": name }));
    add(&mut thing, "isRelatedTo", software);
    let provider = organization(hoster, told.hoster_page, told.language);
    thing.insert("provider".to_owned(), Value::Object(provider));
    thing.insert("offers".to_owned(), offer(service, hoster, told.today));
    in_context(thing)
}

/// A hoster with where it is and what it offers: names and paths of pages.
pub fn hoster(
    hoster: &Hoster,
    page: &str,
    services: &[(&Service, String)],
    language: Language,
    today: NaiveDate,
) -> Value {
    let mut thing = organization(hoster, page, language);
    let offers: Vec<Value> = services
        .iter()
        .map(|(service, page)| {
            let mut offer = offer(service, hoster, today);
            offer["itemOffered"] = json!({ "@type": "Service", "@id": page, "name": service.name });
            offer
        })
        .collect();
    add(
        &mut thing,
        "makesOffer",
        (!offers.is_empty()).then_some(offers),
    );
    in_context(thing)
}

/// The site, and how to search it: `{search_term_string}` stands in the address where the words go.
pub fn website(name: &str, page: &str, search: &str, language: Language) -> Value {
    let mut thing = thing("WebSite", page);
    thing.insert("name".to_owned(), json!(name));
    thing.insert("url".to_owned(), json!(page));
    thing.insert("inLanguage".to_owned(), json!(language.code()));
    thing.insert(
        "potentialAction".to_owned(),
        json!({
            "@type": "SearchAction",
            "target": { "@type": "EntryPoint", "urlTemplate": search },
            "query-input": "required name=search_term_string",
        }),
    );
    in_context(thing)
}

/// A collective: its name, its page here and its own.
pub fn collective(name: &str, page: &str, site: Option<&Link>) -> Value {
    let mut thing = thing("Organization", page);
    thing.insert("name".to_owned(), json!(name));
    add(&mut thing, "url", site);
    in_context(thing)
}

/// The text of a data block: JSON in which nothing can end the element or begin another.
pub fn data_block(value: &Value) -> String {
    let mut block = String::new();
    for c in value.to_string().chars() {
        match c {
            // Only inside texts, where an escape means the same.
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                block.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => block.push(c),
        }
    }
    block
}

fn organization(hoster: &Hoster, page: &str, language: Language) -> Map<String, Value> {
    let mut thing = thing("Organization", page);
    thing.insert("name".to_owned(), json!(hoster.name));
    add(&mut thing, "url", hoster.website.as_ref());
    let description = hoster.description.as_ref().map(|text| text.get(language));
    add(&mut thing, "description", description);
    let place = &hoster.place;
    let mut address = Map::new();
    add(&mut address, "addressLocality", place.city.as_ref());
    add(&mut address, "postalCode", place.postcode.as_ref());
    add(&mut address, "addressCountry", place.country);
    let mut location = Map::new();
    if !address.is_empty() {
        address.insert("@type".to_owned(), json!("PostalAddress"));
        location.insert("address".to_owned(), Value::Object(address));
    }
    if let Some(coordinates) = place.coordinates {
        let (latitude, longitude) = (coordinates.latitude(), coordinates.longitude());
        let geo =
            json!({ "@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude });
        location.insert("geo".to_owned(), geo);
    }
    if !location.is_empty() {
        location.insert("@type".to_owned(), json!("Place"));
        thing.insert("location".to_owned(), Value::Object(location));
    }
    let languages = (!hoster.languages.is_empty()).then_some(&hoster.languages);
    add(&mut thing, "knowsLanguage", languages);
    thing
}

/// What one gets, at what price, and for how long.
fn offer(service: &Service, hoster: &Hoster, today: NaiveDate) -> Value {
    let mut offer = Map::from_iter([("@type".to_owned(), json!("Offer"))]);
    let room = service.capacity.and_then(|capacity| capacity.room);
    let has_ended = service.is_over_by(today) || hoster.status == HosterStatus::Closed;
    let availability = match (has_ended, room, service.registration) {
        (true, ..) => Some("Discontinued"),
        (_, Some(Room::Full), _) | (_, _, Some(Registration::Closed)) => Some("SoldOut"),
        (_, _, Some(Registration::Members)) => Some("LimitedAvailability"),
        (_, Some(Room::Open), _) => Some("InStock"),
        (_, None, Some(Registration::None | Registration::Free)) => Some("InStock"),
        _ => None,
    };
    let availability = availability.map(|word| format!("https://schema.org/{word}"));
    add(&mut offer, "availability", availability);
    if let Some(closing) = &service.closing {
        let last = closing.new_accounts_until.unwrap_or(closing.on);
        add(&mut offer, "availabilityEnds", Some(last));
        add(&mut offer, "validThrough", Some(closing.on));
    }
    if let Some(price) = &service.price
        && matches!(price.kind, PriceKind::Free | PriceKind::Donation)
    {
        offer.insert("price".to_owned(), json!(0));
        offer.insert("priceCurrency".to_owned(), json!("EUR"));
    }
    Value::Object(offer)
}

fn thing(kind: &str, page: &str) -> Map<String, Value> {
    Map::from_iter([
        ("@type".to_owned(), json!(kind)),
        ("@id".to_owned(), json!(page)),
    ])
}

fn in_context(thing: Map<String, Value>) -> Value {
    let context = ("@context".to_owned(), json!("https://schema.org"));
    std::iter::once(context).chain(thing).collect()
}

fn add(thing: &mut Map<String, Value>, key: &str, value: Option<impl serde::Serialize>) {
    if let Some(value) = value.and_then(|value| serde_json::to_value(value).ok()) {
        thing.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests;
