//! A service out of the note of its hoster's node.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;
use url::Url;

use super::price_model;
use crate::domain::provenance::{Source, SourceKind};
use crate::domain::service::{Capacity, Closing, Price, PriceKind, Service};
use crate::domain::text::{Link, Name};
use crate::formats::activitypub::document::{self, NotADocument, address, type_of};
use crate::formats::activitypub::fields::{Fields, WrongField};
use crate::formats::activitypub::ids;
use crate::formats::activitypub::vocabulary::{archi, property, types};

/// Why a document is no service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAService {
    /// It would mean something else as linked data.
    #[error(transparent)]
    Document(#[from] NotADocument),
    /// Not a single type, or another.
    #[error("it is not a Note")]
    Type,
    /// Its id is missing, or at another origin than its actor's.
    #[error("its id does not lie at the origin of its actor")]
    Id,
    /// Whoever sent it is not, alone, the one who wrote it.
    #[error("it is not attributed to its actor alone")]
    Author,
    /// An ordinary note.
    #[error("it holds no record of a service")]
    NoRecord,
    /// A record of a later day: to be skipped, not to be complained about.
    #[error("its record is of schema {0}, which this version does not read")]
    OtherSchema(String),
    /// A fact that is missing or cannot be true.
    #[error(transparent)]
    Field(#[from] WrongField),
    /// Nothing in this directory can be called after its host.
    #[error("no identifier can be made of its address")]
    Unnameable,
}

/// Reads the service in a note of `actor`, as of the day `today`. A record is believed as a whole: one
/// wrong field and it is refused, by name; what the record holds besides is passed over. Of several
/// needs and offers the first is kept, since a service has one.
pub fn read_service(note: &Value, actor: &Url, today: NaiveDate) -> Result<Service, NotAService> {
    document::refuse_reshaping(note)?;
    if type_of(note) != Some(types::NOTE) {
        return Err(NotAService::Type);
    }
    let id = note
        .get(property::ID)
        .and_then(address)
        .filter(|id| id.origin() == actor.origin())
        .ok_or(NotAService::Id)?;
    if note.get(property::ATTRIBUTED_TO).and_then(Value::as_str) != Some(actor.as_str()) {
        return Err(NotAService::Author);
    }
    let record = note.get(archi::SERVICE).ok_or(NotAService::NoRecord)?;
    let record = Fields::of(record, archi::SERVICE)?;
    if let Some(schema) = record.other_schema() {
        return Err(NotAService::OtherSchema(schema));
    }
    let need = record
        .first(archi::NEEDS)
        .ok_or_else(|| record.wrong(archi::NEEDS, "is missing"))?;
    let need = serde_json::from_value(need.clone())
        .map_err(|error| record.wrong(archi::NEEDS, &error.to_string()))?;
    Ok(Service {
        id: ids::service_id(&id).ok_or(NotAService::Unnameable)?,
        hoster: ids::hoster_id(actor).ok_or(NotAService::Unnameable)?,
        name: Fields::of(note, "")?.required(property::NAME)?,
        url: record.optional(archi::ENDPOINT)?,
        need,
        software: record.optional(archi::SOFTWARE)?,
        registration: record.optional(archi::REGISTRATION)?,
        price: record.within(archi::OFFERS)?.map(price).transpose()?,
        capacity: record.within(archi::ROOM)?.map(capacity).transpose()?,
        closing: record.within(archi::CLOSING)?.map(closing).transpose()?,
        note: record.text(archi::NOTE)?,
        source: Source {
            kind: SourceKind::OwnNode,
            by: Name::parse(actor.as_str()).map_err(|_| NotAService::Unnameable)?,
            seen: Some(today.into()),
        },
        facts: BTreeMap::new(),
        unsourced: Vec::new(),
        other: BTreeMap::new(),
        object: Some(Link::parse(id.as_str()).map_err(|_| NotAService::Id)?),
    })
}

fn price(offer: Fields) -> Result<Price, WrongField> {
    let model: String = offer.required(archi::PRICE_MODEL)?;
    let kind = PriceKind::ALL
        .iter()
        .find(|kind| price_model(**kind) == model);
    Ok(Price {
        kind: *kind.ok_or_else(|| offer.wrong(archi::PRICE_MODEL, "is no model we know"))?,
        text: offer.text(archi::NAME)?,
    })
}

fn capacity(room: Fields) -> Result<Capacity, WrongField> {
    Ok(Capacity {
        room: room.optional(archi::STATE)?,
        people: room.optional(archi::PEOPLE)?,
    })
}

fn closing(closing: Fields) -> Result<Closing, WrongField> {
    Ok(Closing {
        on: closing
            .date(archi::ENDS)?
            .ok_or_else(|| closing.wrong(archi::ENDS, "is missing"))?,
        note: closing.text(archi::REASON)?,
        source: closing.optional(archi::SOURCE)?,
        announced: closing.date(archi::ANNOUNCED)?,
        new_accounts_until: closing.date(archi::NEW_ACCOUNTS_UNTIL)?,
        export_until: closing.date(archi::EXPORT_UNTIL)?,
        successor: closing.optional(archi::SUCCESSOR)?,
    })
}
