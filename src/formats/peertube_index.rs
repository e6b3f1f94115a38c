//! PeerTube's index of instances, whose shape Mobilizon's has as well: `{ total, data: [{ host }] }`.
//!
//! Whoever wrote it says where instances are; what they are is for each of them to say, so every host
//! leads to its NodeInfo. Where the index tells more, that is a third party's word.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use url::Url;
use utoipa::ToSchema;

use super::foreign::fields::{Fields, as_flag, as_language, as_name, as_prose, as_text};
use super::foreign::{self, NotOfFormat};
use super::lenient;
use super::{Complaints, Document, Findings, Format};
use crate::domain::provenance::SourceKind;
use crate::domain::service::{Registration, Service};
use crate::domain::taxonomy::Taxonomy;

/// The largest index that is read, in bytes: [`MAX_HOSTS`] as PeerTube's tells about each.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// The most hosts that are read of one document; PeerTube's own index has some 1,100.
pub const MAX_HOSTS: usize = 5_000;
/// The longest entry that is read, in bytes: some twenty times a real one.
const MAX_ENTRY_BYTES: usize = 32 * 1024;
/// What our vocabulary calls PeerTube.
pub const PEERTUBE: &str = "peertube";
/// What is kept of an entry is kept under this name.
const FORMAT: &str = "peertube-index";
/// What is kept of an entry as it is. The rest changes from hour to hour (counts, health).
const KEPT: [&str; 4] = ["version", "userVideoQuota", "country", "createdAt"];

/// Writes an index of these hosts, which are a part of `total`.
pub fn write<'a>(total: usize, hosts: impl IntoIterator<Item = &'a str>) -> Value {
    let data = hosts.into_iter().map(|host| Entry { host }).collect();
    serde_json::to_value(Index { total, data }).expect("it holds numbers and texts")
}

/// An index, as it is written.
#[derive(Serialize, ToSchema)]
#[schema(as = InstanceHosts)]
pub struct Index<'a> {
    total: usize,
    data: Vec<Entry<'a>>,
}

/// An instance of an index, as it is written.
#[derive(Serialize, ToSchema)]
#[schema(as = InstanceHost)]
pub struct Entry<'a> {
    host: &'a str,
}

/// The host of a PeerTube instance with its port; `None` for anything else. An instance is all of its host.
pub fn host(service: &Service) -> Option<String> {
    let software = service.software.as_ref();
    software.filter(|id| id.as_str() == PEERTUBE)?;
    let url = service.url.as_ref()?.as_url();
    let host = url.host_str().filter(|_| url.path() == "/")?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// When the index says that it learnt of an instance: what [`other`](Service::other) keeps of it.
pub const CREATED: (&str, &str) = (FORMAT, "createdAt");

/// Reads an index: a lead to the NodeInfo of each host, and what the index itself tells where that is
/// enough for a service.
pub fn read(document: &Document, taxonomy: &Taxonomy) -> Result<Findings, NotOfFormat> {
    #[derive(Deserialize)]
    struct Index<'a> {
        #[serde(borrow)]
        data: Option<&'a RawValue>,
    }
    const OTHER_SHAPE: &str = "the document is no object with a list of \"data\"";
    let text = foreign::text(document.bytes, MAX_BYTES)?;
    let index: Index = serde_json::from_str(text).map_err(|error| match error.is_data() {
        true => NotOfFormat::OtherShape(OTHER_SHAPE),
        false => foreign::not_json(&error),
    })?;
    let entries = index
        .data
        .and_then(|list| lenient::items(list, MAX_HOSTS + 1))
        .ok_or(NotOfFormat::OtherShape(OTHER_SHAPE))?;
    let mut found = Findings::default();
    if entries.len() > MAX_HOSTS {
        let problem = format!("only the first {MAX_HOSTS} hosts are read");
        found.complaints.add(None, "data", &problem);
    }
    let mut seen = HashSet::new();
    for (position, entry) in entries.into_iter().take(MAX_HOSTS).enumerate() {
        let place = format!("data[{position}]");
        let Some((home, fields)) = entry_at(entry, document.url, &place, &mut found.complaints)
        else {
            continue;
        };
        if !seen.insert(home.clone()) {
            let problem = "is left out: the host stands above already";
            found.complaints.add(None, &place, problem);
            continue;
        }
        if let Ok(url) = home.join("/.well-known/nodeinfo") {
            found.leads.push(foreign::lead(url, Format::NodeInfoLinks));
        }
        tell(fields, &home, &place, document, taxonomy, &mut found);
    }
    Ok(found)
}

/// The home of an entry's host, and what else it says.
fn entry_at(
    entry: &RawValue,
    index: &Url,
    place: &str,
    complaints: &mut Complaints,
) -> Option<(Url, Map<String, Value>)> {
    let mut left_out = |problem: &str| {
        complaints.add(None, place, &format!("is left out: {problem}"));
        None
    };
    if entry.get().len() > MAX_ENTRY_BYTES {
        return left_out("is larger than 32 KiB");
    }
    let Ok(fields) = serde_json::from_str::<Map<String, Value>>(entry.get()) else {
        return left_out("is no object");
    };
    match fields.get("host").map(as_text) {
        Some(Ok(host)) => match home_of(host, index) {
            Some(home) => Some((home, fields)),
            None => left_out("its host is none"),
        },
        _ => left_out("names no host"),
    }
}

/// The home of a host, which may have a port. Indexes of closed networks speak plain http, and so does
/// what they list.
fn home_of(host: &str, index: &Url) -> Option<Url> {
    let is_plain = !host.is_empty()
        && !host.contains(['/', '?', '#', '@', '\\', '%'])
        && !host.contains(|c: char| c.is_whitespace() || c.is_control());
    let scheme = match index.scheme() {
        "http" => "http",
        _ => "https",
    };
    let home = Url::parse(&format!("{scheme}://{host}/")).ok()?;
    (is_plain && foreign::host(&home).is_ok()).then_some(home)
}

/// What the index itself says of an instance, if it names it and it can be seen what it runs.
fn tell(
    entry: Map<String, Value>,
    home: &Url,
    place: &str,
    document: &Document,
    taxonomy: &Taxonomy,
    found: &mut Findings,
) {
    let software = software_of(&entry).and_then(|id| taxonomy.software_by_id(id));
    let mut fields = Fields::of(entry, format!("{place}."), FORMAT, &mut found.complaints);
    let Some((name, software)) = fields.read("name", as_name).zip(software) else {
        return;
    };
    let Ok((id, service_id)) = foreign::ids_at(home, software.id.as_str()) else {
        return;
    };
    let source = foreign::source(SourceKind::ThirdPartyList, document);
    let mut hoster = foreign::hoster(id.clone(), name, source.clone());
    hoster.website = foreign::home(home);
    let languages = fields.take("languages");
    let first = languages.and_then(|list| as_language(list.get(0)?).ok());
    let language = first.as_ref().map(|language| language.as_str());
    hoster.description = fields
        .read("shortDescription", as_prose)
        .map(|text| foreign::localized(language, text));
    let (name, need) = (software.name.clone(), software.need.clone());
    let mut service = foreign::service(service_id, id, name, need, source);
    service.url = foreign::home(home);
    service.software = Some(software.id.clone());
    let open = fields.keep_if("signupAllowed", as_flag);
    let asks = fields.read("signupRequiresApproval", as_flag);
    service.registration = match (open, asks) {
        (Some(true), Some(true)) => Some(Registration::Request),
        (Some(true), _) => Some(Registration::Free),
        // Nobody makes an account alone; members and customers may well get one.
        _ => None,
    };
    for key in KEPT {
        if let Some(value) = fields.take(key) {
            fields.keep(key, &value);
        }
    }
    service.other = fields.kept();
    found.hosters.push(hoster);
    found.services.push(service);
}

/// Neither index says what it lists, but only PeerTube counts videos, and only Mobilizon events.
fn software_of(entry: &Map<String, Value>) -> Option<&'static str> {
    let counts = |what: &str| entry.keys().any(|key| key.contains(what));
    match (counts("Video"), counts("Event")) {
        (true, false) => Some(PEERTUBE),
        (false, true) => Some("mobilizon"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
