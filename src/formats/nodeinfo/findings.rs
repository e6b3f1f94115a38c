//! What the NodeInfo of any server tells a directory: a service, if we know the software; and where to
//! read on.

use serde_json::{Value, json};

use super::{Links, NodeInfo, SOFTWARE};
use crate::domain::provenance::SourceKind;
use crate::domain::service::{Registration, Service};
use crate::domain::taxonomy::Taxonomy;
use crate::formats::foreign::fields::{Fields, as_flag, as_name, as_prose};
use crate::formats::foreign::{self, NotOfFormat};
use crate::formats::{Document, Findings, Format, Lead};

/// The largest document that is read, in bytes: some put all their emoji into the metadata.
pub const MAX_BYTES: usize = 1024 * 1024;
/// What is kept of a document is kept under this name.
const FORMAT: &str = "nodeinfo";
/// The counts of people that are kept.
const COUNTS: [&str; 3] = ["total", "activeHalfyear", "activeMonth"];

/// Reads `/.well-known/nodeinfo`: leads to the document of the newest version that we read, and to the
/// server's own actor.
pub fn read_links(document: &Document, _: &Taxonomy) -> Result<Findings, NotOfFormat> {
    const OTHER_SHAPE: &str = "the document has no list of \"links\"";
    let fields = foreign::object(document.bytes, MAX_BYTES, OTHER_SHAPE)?;
    if !fields.get("links").is_some_and(Value::is_array) {
        return Err(NotOfFormat::OtherShape(OTHER_SHAPE));
    }
    let links = Links::read(&Value::Object(fields), document.url);
    let mut found = Findings::default();
    if links.document.is_none() {
        let problem =
            "lead to no NodeInfo document of version 2.0 or 2.1 at the server's own address";
        found.complaints.add(None, "links", problem);
    }
    let leads = [
        (links.document, Format::NodeInfo),
        (links.application, Format::Actor),
    ];
    found.leads = leads
        .into_iter()
        .filter_map(|(url, format)| {
            let of = document.of.filter(|_| format == Format::NodeInfo);
            Some(Lead {
                of: of.cloned(),
                ..foreign::lead(url?, format)
            })
        })
        .collect();
    Ok(found)
}

/// Reads a NodeInfo document: a node like ours leads to its actors; of a software we know there is a
/// service at the server's home, of the hoster the lead named or else of one called by its host.
pub fn read(document: &Document, taxonomy: &Taxonomy) -> Result<Findings, NotOfFormat> {
    const OTHER_SHAPE: &str = "the document names no software; is it of another format?";
    let json = Value::Object(foreign::object(document.bytes, MAX_BYTES, OTHER_SHAPE)?);
    let info = NodeInfo::read(&json, document.url).ok_or(NotOfFormat::OtherShape(OTHER_SHAPE))?;
    let mut found = Findings::default();
    if info.software.as_str() == SOFTWARE {
        found.leads = (info.actors.iter().cloned())
            .map(|url| foreign::lead(url, Format::Actor))
            .collect();
        return Ok(found);
    }
    let Some(software) = taxonomy.software_named(info.software.as_str()) else {
        let problem = format!(
            "leads to no service: nobody knows the software {}",
            info.software
        );
        found.complaints.add(None, "software.name", &problem);
        return Ok(found);
    };
    let users = |count: &str| json.pointer(&format!("/usage/users/{count}"))?.as_u64();
    let is_open = open_registrations(&json, &mut found);
    if is_open != Some(true) && users("total").is_some_and(|users| users <= 1) {
        let problem = "leads to no service: it is one person's own server";
        found.complaints.add(None, "usage.users.total", problem);
        return Ok(found);
    }
    let (id, service_id) = foreign::ids_at(document.url, software.id.as_str())?;
    let source = foreign::source(SourceKind::Observation, document);
    let home = foreign::home(document.url);

    let metadata = json.get("metadata").and_then(Value::as_object).cloned();
    let mut metadata = Fields::of(
        metadata.unwrap_or_default(),
        "metadata.".to_owned(),
        FORMAT,
        &mut found.complaints,
    );
    let name = metadata.read("nodeName", as_name);
    let description = metadata.read("nodeDescription", as_prose);
    let name = name.unwrap_or_else(|| foreign::as_name(id.as_str()));
    let mut hoster = foreign::hoster(id.clone(), name, source.clone());
    hoster.website = home.clone();
    hoster.description = description.map(|text| foreign::localized(None, text));
    // Where it is known whose service this is, nobody else is at its host.
    let whose = match document.of {
        Some(known) => known.clone(),
        None => {
            found.hosters.push(hoster);
            id
        }
    };

    let (name, need) = (software.name.clone(), software.need.clone());
    let mut service = foreign::service(service_id, whose, name, need, source);
    service.url = home;
    service.software = Some(software.id.clone());
    // Who says no may still let members, customers or the invited in, or need no account at all: only
    // a yes says something of newcomers.
    service.registration = is_open
        .filter(|is_open| *is_open)
        .map(|_| Registration::Free);
    if let Some(is_open) = is_open {
        keep(&mut service, "openRegistrations", &json!(is_open));
    }
    if let Some(version) = &info.version {
        keep(&mut service, "software.version", &json!(version));
    }
    for count in COUNTS {
        if let Some(users) = users(count) {
            keep(
                &mut service,
                &format!("usage.users.{count}"),
                &json!(rounded(users)),
            );
        }
    }
    found.services.push(service);
    Ok(found)
}

fn open_registrations(json: &Value, found: &mut Findings) -> Option<bool> {
    let fields = json.get("openRegistrations").cloned();
    let fields = fields.map(|flag| ("openRegistrations".to_owned(), flag));
    let fields = fields.into_iter().collect();
    Fields::of(fields, String::new(), FORMAT, &mut found.complaints)
        .read("openRegistrations", as_flag)
}

fn keep(service: &mut Service, key: &str, value: &Value) {
    let key = format!("{FORMAT}:{key}");
    service.other.insert(key, value.to_string());
}

/// A count to two figures: a server where one more person signed up is not another server, and the
/// directory does not change for it.
fn rounded(count: u64) -> u64 {
    let step = 10_u64.pow(count.checked_ilog10().unwrap_or(0).saturating_sub(1));
    count / step * step
}

#[cfg(test)]
mod tests;
