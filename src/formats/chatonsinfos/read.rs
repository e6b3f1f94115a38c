//! Reading a file leniently, whatever its class.

use std::collections::HashSet;

use url::Url;

use super::record::Reading;
use super::{MAX_BYTES, MAX_LEADS, NotChatonsInfos, organization, service};
use crate::domain::hoster::HosterId;
use crate::domain::provenance::{Source, SourceKind};
use crate::domain::taxonomy::Taxonomy;
use crate::domain::text::{self, Link, MAX_NAME_CHARS, Name};
use crate::formats::complaint::printable;
use crate::formats::{Document, Findings, Format, Lead, lines};

/// What a file describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Federation,
    Organization,
    Service,
    /// A machine, or figures: nothing we have a noun for.
    Other,
}

/// Reads a file leniently: what fits is found, what does not is complained about with its line and kept
/// as it is written.
///
/// An organization's file yields its hoster and leads to its services' files, each known to be that
/// hoster's. A service's file yields its service; whose it is, its [`Lead`] says, or else it is taken to be
/// that of the hoster at its host, which it then yields too. A federation's file only leads to others.
pub fn read(document: &Document, taxonomy: &Taxonomy) -> Result<Findings, NotChatonsInfos> {
    let text = text(document.bytes)?;
    let mut reading = Reading::of(text, document);
    match class(&reading)? {
        Class::Federation => {
            let leads = leads(&mut reading, None);
            Ok(found(
                reading,
                Findings {
                    leads,
                    ..Findings::default()
                },
            ))
        }
        Class::Organization => {
            let hosters: Vec<_> = organization::hoster(&mut reading).into_iter().collect();
            let leads = leads(&mut reading, hosters.first().map(|hoster| &hoster.id));
            let findings = Findings {
                hosters,
                leads,
                ..Findings::default()
            };
            Ok(found(reading, findings))
        }
        Class::Service => {
            let findings = service::findings(&mut reading, taxonomy);
            Ok(found(reading, findings))
        }
        Class::Other => Ok(found(reading, Findings::default())),
    }
}

fn found(reading: Reading, findings: Findings) -> Findings {
    Findings {
        complaints: reading.complaints,
        ..findings
    }
}

fn text(bytes: &[u8]) -> Result<&str, NotChatonsInfos> {
    if bytes.len() > MAX_BYTES {
        return Err(NotChatonsInfos::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        NotChatonsInfos::NotUtf8(lines::ends_in(&bytes[..error.valid_up_to()]) + 1)
    })?;
    let text = text.trim_start_matches('\u{feff}');
    match text.trim().is_empty() {
        true => Err(NotChatonsInfos::Empty),
        false => Ok(text),
    }
}

/// The class as the file says it, in any case, or as its paths show it.
fn class(reading: &Reading) -> Result<Class, NotChatonsInfos> {
    let has = |key| reading.properties.get(key).is_some();
    let Some(said) = reading.properties.get("file.class") else {
        return match (
            has("federation.name"),
            has("organization.name"),
            has("service.name"),
        ) {
            (true, _, _) => Ok(Class::Federation),
            (_, true, _) => Ok(Class::Organization),
            (_, _, true) => Ok(Class::Service),
            _ => Err(NotChatonsInfos::NoClass),
        };
    };
    match said.value().to_ascii_lowercase().as_str() {
        "federation" => Ok(Class::Federation),
        "organization" => Ok(Class::Organization),
        "service" => Ok(Class::Service),
        "device" | "metrics" => Ok(Class::Other),
        _ => Err(NotChatonsInfos::OtherClass(
            said.line,
            printable(said.value()),
        )),
    }
}

/// The further files that this one names, each once; those of an organization are `of` its hoster.
fn leads(reading: &mut Reading, of: Option<&HosterId>) -> Vec<Lead> {
    let mut seen = HashSet::new();
    let mut leads = Vec::new();
    for entry in reading.properties.entries().to_vec() {
        let is_sub = entry
            .key
            .get(..5)
            .is_some_and(|section| section.eq_ignore_ascii_case("subs."));
        if !is_sub || entry.value().is_empty() {
            continue;
        }
        if leads.len() == MAX_LEADS {
            let problem = format!("is ignored: more than {MAX_LEADS} further files");
            reading.complain(entry, &problem);
            break;
        }
        match Link::parse(entry.value()) {
            Ok(link) if seen.insert(link.clone()) => leads.push(Lead {
                url: link.as_url().clone(),
                format: Format::ChatonsInfos,
                of: of.cloned(),
            }),
            Ok(_) => {}
            Err(error) => reading.complain(entry, &format!("is ignored: {error}")),
        }
    }
    leads
}

/// That this file says so, on the day it was found. A file of the operator's is named by the address it
/// gives itself, else by its name: a path of their machine is nobody's business.
pub(super) fn source(reading: &Reading) -> Source {
    let document = reading.document;
    let by = if document.url.scheme() == "file" {
        let own = reading.properties.get("file.url");
        let own = own.and_then(|entry| Link::parse(entry.value()).ok());
        own.map_or_else(
            || file_name(document.url).to_owned(),
            |link| link.to_string(),
        )
    } else {
        document.url.to_string()
    };
    let by = Name::parse(&text::printable(&by, MAX_NAME_CHARS - 1));
    Source {
        kind: SourceKind::OwnFile,
        by: by.unwrap_or_else(|_| Name::parse("ChatonsInfos").expect("a word is a name")),
        seen: Some(document.seen.into()),
    }
}

/// The last step of an address.
pub(super) fn file_name(url: &Url) -> &str {
    url.path().rsplit('/').next().unwrap_or_default()
}

/// What the hoster at an address is called: its host without `www.`, with the port where it has one.
/// `None` for a host that no identifier can be made of.
pub(super) fn hoster_at(url: &Url) -> Option<HosterId> {
    let host = url.host_str()?.trim_end_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host);
    // Behind a `_` stands what else an identifier names.
    let is_plain = matches!(url.scheme(), "http" | "https") && !host.contains('_');
    let id = match url.port() {
        Some(port) => format!("{host}-{port}"),
        None => host.to_owned(),
    };
    HosterId::parse(&id).ok().filter(|_| is_plain)
}
