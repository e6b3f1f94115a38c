//! A service on the wire: one `Note`, which every software shows, with a record that ours read.
//!
//! The record has no id of its own, so whoever may change the note may change the record and nobody
//! else. The note's text is for people and is never read back.

mod read;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

pub use read::{NotAService, read_service};

use super::addresses::{Addresses, Local};
use super::document::time;
use super::prose::{self, Tag};
use super::vocabulary::{PUBLIC, SCHEMA, added, archi, property, types};
use super::{context, place};
use crate::domain::hoster::Hoster;
use crate::domain::localized::Language;
use crate::domain::service::{Capacity, Closing, Price, PriceKind, Service};

const HTML: &str = "text/html";

/// A service of this node's hoster as it is published. `hoster` gives place and languages; without it
/// the text is in all of the site's languages.
pub fn write_service(
    service: &Service,
    hoster: Option<&Hoster>,
    addresses: &Addresses,
    published: DateTime<Utc>,
    updated: DateTime<Utc>,
) -> Value {
    let slug = service.id.as_str();
    let languages = prose::languages(hoster);
    let tags = tags(service, addresses, languages[0]);
    let texts = languages.iter().map(|language| {
        let page = addresses.service_page(*language, slug);
        let text = prose::of_service(service, page.as_str(), &tags, *language);
        (*language, text)
    });
    let mut note = written_by(Local::Hoster, addresses, texts.collect());
    note[property::ID] = json!(addresses.service(slug));
    note[property::NAME] = json!(service.name);
    note[property::URL] = json!(addresses.service_page(languages[0], slug));
    note[property::PUBLISHED] = time(published);
    note[property::UPDATED] = time(updated);
    if let Some(url) = &service.url {
        note[property::ATTACHMENT] = json!([{
            (property::TYPE): types::LINK,
            (property::MEDIA_TYPE): HTML,
            (property::HREF): url,
            (property::NAME): service.name,
        }]);
    }
    note[property::TAG] = tags
        .iter()
        .map(|tag| {
            json!({
                (property::TYPE): added::HASHTAG,
                (property::HREF): tag.page,
                (property::NAME): tag.name,
            })
        })
        .collect();
    if let Some(place) = hoster.and_then(|hoster| place::write(&hoster.place)) {
        note[property::LOCATION] = place;
    }
    note[archi::SERVICE] = record(service);
    note
}

/// One note for people where a hoster begins to offer many services at once: the notes of those go to
/// nodes only, so that nobody's timeline is flooded.
pub fn write_summary_note(
    seq: u64,
    hoster: &Hoster,
    services: &[&Service],
    addresses: &Addresses,
    published: DateTime<Utc>,
) -> Value {
    let texts = prose::languages(Some(hoster)).into_iter().map(|language| {
        let listed: Vec<(&Service, String)> = services
            .iter()
            .map(|service| {
                let page = addresses.service_page(language, service.id.as_str());
                (*service, page.into())
            })
            .collect();
        (language, prose::of_services(hoster, &listed, language))
    });
    let mut note = written_by(Local::Hoster, addresses, texts.collect());
    note[property::ID] = json!(addresses.note(Local::Hoster, seq));
    note[property::URL] = json!(addresses.home());
    note[property::PUBLISHED] = time(published);
    note
}

/// A public note with its text by language, the first of them for those who read only one.
fn written_by(actor: Local, addresses: &Addresses, texts: Vec<(Language, String)>) -> Value {
    let content = texts.first().map(|(_, text)| text.clone());
    let by_language: Map<String, Value> = texts
        .into_iter()
        .map(|(language, text)| (language.code().to_owned(), Value::from(text)))
        .collect();
    json!({
        (property::CONTEXT): context::of_service(),
        (property::ID): null,
        (property::TYPE): types::NOTE,
        (property::ATTRIBUTED_TO): addresses.actor(actor),
        (property::TO): [PUBLIC],
        (property::CC): [addresses.followers(actor)],
        (property::CONTENT): content,
        (property::CONTENT_MAP): by_language,
        (property::MEDIA_TYPE): HTML,
    })
}

/// What it runs and what it is for, as hashtags.
fn tags(service: &Service, addresses: &Addresses, language: Language) -> Vec<Tag> {
    let page = |parameter, value| addresses.services_page(language, parameter, value);
    let software = service.software.as_ref().map(|id| id.as_str());
    let software = software.map(|id| Tag::new(id, page("software", id).as_str()));
    let need = service.need.as_str();
    software
        .into_iter()
        .chain([Tag::new(need, page("need", need).as_str())])
        .collect()
}

fn record(service: &Service) -> Value {
    object([
        (property::TYPE, Some(json!(archi::SERVICE_RECORD))),
        (archi::SCHEMA, Some(json!(SCHEMA))),
        (
            archi::SOFTWARE,
            service.software.as_ref().map(|id| json!(id)),
        ),
        (archi::NEEDS, Some(json!([service.need]))),
        (archi::ENDPOINT, service.url.as_ref().map(|url| json!(url))),
        (
            archi::REGISTRATION,
            service.registration.map(|way| json!(way)),
        ),
        (archi::ROOM, service.capacity.map(room)),
        (
            archi::OFFERS,
            service.price.as_ref().map(|price| json!([offer(price)])),
        ),
        (archi::NOTE, service.note.as_ref().map(|text| json!(text))),
        (archi::CLOSING, service.closing.as_ref().map(closing)),
    ])
}

fn room(capacity: Capacity) -> Value {
    object([
        (archi::STATE, capacity.room.map(|room| json!(room))),
        (archi::PEOPLE, capacity.people.map(|people| json!(people))),
    ])
}

fn offer(price: &Price) -> Value {
    object([
        (archi::PRICE_MODEL, Some(json!(price_model(price.kind)))),
        (archi::NAME, price.text.as_ref().map(|text| json!(text))),
    ])
}

/// The word for a kind of price on the wire.
fn price_model(kind: PriceKind) -> &'static str {
    match kind {
        PriceKind::Free => "free",
        PriceKind::Donation => "pay-what-you-want",
        PriceKind::Membership => "membership",
        PriceKind::Paid => "fixed",
    }
}

fn closing(closing: &Closing) -> Value {
    object([
        (archi::ANNOUNCED, closing.announced.map(|day| json!(day))),
        (
            archi::NEW_ACCOUNTS_UNTIL,
            closing.new_accounts_until.map(|day| json!(day)),
        ),
        (
            archi::EXPORT_UNTIL,
            closing.export_until.map(|day| json!(day)),
        ),
        (archi::ENDS, Some(json!(closing.on))),
        (
            archi::SUCCESSOR,
            closing.successor.as_ref().map(|link| json!(link)),
        ),
        (archi::REASON, closing.note.as_ref().map(|text| json!(text))),
        (
            archi::SOURCE,
            closing.source.as_ref().map(|name| json!(name)),
        ),
    ])
}

/// An object of what is known.
fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let known = fields
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(known.collect())
}

#[cfg(test)]
pub(super) mod tests;
