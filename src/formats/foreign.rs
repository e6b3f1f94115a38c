//! What the readers of other people's JSON share: one way to refuse a document, one to read its fields
//! ([`fields`]), and our nouns with nothing in them yet.

pub(super) mod fields;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use url::Url;

use super::activitypub::ids;
use super::complaint::printable;
use super::lines;
use super::{Document, Format, Lead};
use crate::domain::hoster::{Hoster, HosterId, HosterPlace, HosterStatus};
use crate::domain::localized::Localized;
use crate::domain::need::NeedId;
use crate::domain::provenance::{Source, SourceKind};
use crate::domain::service::{Service, ServiceId};
use crate::domain::text::{self, Link, MAX_NAME_CHARS, Name, Prose};

/// The language of a text that does not say its own (ISO 639-2: undetermined).
const UNDETERMINED: &str = "und";

/// Why a document as a whole was refused; nothing of it was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOfFormat {
    /// No content but white space.
    #[error("the document is empty")]
    Empty,
    /// More than so many bytes.
    #[error("the document is larger than {} KiB", .0 / 1024)]
    TooLarge(usize),
    /// A byte on this line belongs to no UTF-8 text.
    #[error("line {0}: the document is not UTF-8")]
    NotUtf8(usize),
    /// Not JSON: cut short, or something else altogether.
    #[error("the document is not JSON: {0}")]
    NotJson(String),
    /// JSON, but not of this format.
    #[error("{0}")]
    OtherShape(&'static str),
    /// Nobody can be named after the place where it was found.
    #[error("{0} names no host that a hoster can be called by")]
    NoHost(String),
}

/// The text of a document of at most so many bytes, without its byte order mark.
pub(super) fn text(bytes: &[u8], max_bytes: usize) -> Result<&str, NotOfFormat> {
    if bytes.len() > max_bytes {
        return Err(NotOfFormat::TooLarge(max_bytes));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| NotOfFormat::NotUtf8(lines::ends_in(&bytes[..error.valid_up_to()]) + 1))?;
    let text = text.trim_start_matches('\u{feff}');
    match text.trim().is_empty() {
        true => Err(NotOfFormat::Empty),
        false => Ok(text),
    }
}

/// The fields of a document that is one object; `other_shape` says what else it is.
pub(super) fn object(
    bytes: &[u8],
    max_bytes: usize,
    other_shape: &'static str,
) -> Result<Map<String, Value>, NotOfFormat> {
    let value = serde_json::from_str(text(bytes, max_bytes)?).map_err(|e| not_json(&e))?;
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err(NotOfFormat::OtherShape(other_shape)),
    }
}

/// Text that is no JSON.
pub(super) fn not_json(error: &serde_json::Error) -> NotOfFormat {
    NotOfFormat::NotJson(printable(&error.to_string()))
}

/// What everything at the host of an address is called by.
pub(super) fn host(url: &Url) -> Result<String, NotOfFormat> {
    ids::host(url)
        .filter(|host| HosterId::parse(host).is_ok())
        .ok_or_else(|| NotOfFormat::NoHost(printable(url.as_str())))
}

/// What the hoster at a host is called, and its service that runs some software or is for some need.
pub(super) fn ids_at(url: &Url, what: &str) -> Result<(HosterId, ServiceId), NotOfFormat> {
    let host = host(url)?;
    let ids = HosterId::parse(&host).ok();
    ids.zip(ServiceId::parse(&format!("{host}_{what}")).ok())
        .ok_or_else(|| NotOfFormat::NoHost(printable(url.as_str())))
}

/// The first page of the site an address is at.
pub(super) fn home(url: &Url) -> Option<Link> {
    Link::parse(url.join("/").ok()?.as_str()).ok()
}

/// A further document that a foreign one names.
pub(super) fn lead(url: Url, format: Format) -> Lead {
    Lead {
        url,
        format,
        of: None,
    }
}

/// The site that a hoster's own document is about: where it lies, or, if somebody handed it over as a
/// file, the site it names itself.
pub(super) fn site<'a>(document: &Document<'a>, named: Option<&'a Link>) -> &'a Url {
    match (is_of_the_web(document.url), named) {
        (false, Some(named)) => named.as_url(),
        _ => document.url,
    }
}

/// That a document says so, and when it was seen to. Of a file that somebody handed over its name is
/// told, not where on whose disk it lay.
pub(super) fn source(kind: SourceKind, document: &Document) -> Source {
    let file = document
        .url
        .path_segments()
        .and_then(|mut path| path.next_back());
    let by = match is_of_the_web(document.url) {
        true => as_name(document.url.as_str()),
        false => as_name(file.filter(|name| !name.is_empty()).unwrap_or("a file")),
    };
    Source {
        kind,
        by,
        seen: Some(document.seen.into()),
    }
}

fn is_of_the_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// A host or an address as a name, cut where it is longer than one.
pub(super) fn as_name(address: &str) -> Name {
    Name::parse(&text::printable(address, MAX_NAME_CHARS - 1))
        .expect("an address is not empty, and what is printable is plain")
}

/// A hoster of whom nothing is known but what it is called and who says so.
pub(super) fn hoster(id: HosterId, name: Name, source: Source) -> Hoster {
    Hoster {
        id,
        name,
        website: None,
        description: None,
        legal_form: None,
        status: HosterStatus::default(),
        place: HosterPlace::default(),
        languages: Vec::new(),
        memberships: Vec::new(),
        source,
        unsourced: Vec::new(),
        sources: Vec::new(),
        actor: None,
        facts: BTreeMap::new(),
        other: BTreeMap::new(),
    }
}

/// A service of which nothing is known but what it is for and who says so.
pub(super) fn service(
    id: ServiceId,
    hoster: HosterId,
    name: Name,
    need: NeedId,
    source: Source,
) -> Service {
    Service {
        id,
        hoster,
        name,
        url: None,
        need,
        software: None,
        registration: None,
        price: None,
        capacity: None,
        closing: None,
        note: None,
        source,
        unsourced: Vec::new(),
        object: None,
        facts: BTreeMap::new(),
        other: BTreeMap::new(),
    }
}

/// A text in a language, or in one that nobody named.
pub(super) fn localized(language: Option<&str>, text: Prose) -> Localized {
    let language = language.unwrap_or(UNDETERMINED).to_owned();
    Localized::try_from(BTreeMap::from([(language, text)])).expect("one text is not none")
}
