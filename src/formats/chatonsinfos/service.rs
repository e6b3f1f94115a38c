//! A service's file: a service, and its hoster where nobody named one.

use serde_json::{Map, Value, json};

use super::read::{file_name, hoster_at, source};
use super::record::Reading;
use super::{ENDING, serves, values, words};
use crate::domain::fingerprint::fingerprint;
use crate::domain::fold::fold;
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::localized::Localized;
use crate::domain::need::{NeedId, Software};
use crate::domain::service::{Registration, Room, Service, ServiceId};
use crate::domain::taxonomy::Taxonomy;
use crate::domain::text::{Link, Name};
use crate::formats::Findings;

/// States of a service that has ended: of the format, and of its first drafts.
pub(super) const ENDED: &[&str] = &["OVER", "OFF"];

/// The service that a file describes, and the hoster at its host where no other file named one.
pub(super) fn findings(reading: &mut Reading, taxonomy: &Taxonomy) -> Findings {
    let mut findings = Findings::default();
    let said = reading.said("hoster", HosterId::parse);
    let named = said.or_else(|| reading.document.of.cloned());
    let Some(hoster) = named.clone().or_else(|| hoster_at(reading.document.url)) else {
        let problem =
            "is left out: nothing says whose it is; import it with its organization's file";
        reading.complain_of_all("the service", problem);
        return findings;
    };
    let line = reading
        .properties
        .get("service.name")
        .map(|entry| entry.line);
    let Some(service) = service(reading, &hoster, taxonomy) else {
        return findings;
    };
    findings.lines.insert(service.id.clone(), line.unwrap_or(1));
    findings.services.push(service);
    if named.is_none() {
        findings.hosters.extend(unnamed(reading, hoster));
    }
    findings
}

/// A hoster of whom only the place of a file is known; its name is but its host's.
fn unnamed(reading: &mut Reading, id: HosterId) -> Option<Hoster> {
    let website = reading.document.url.join("/").ok()?;
    let hoster = json!({
        "id": id,
        "name": id,
        "website": Link::parse(website.as_str()).ok()?,
        "source": source(reading),
        "unsourced": ["name"],
    });
    serde_json::from_value(hoster).ok()
}

fn service(reading: &mut Reading, hoster: &HosterId, taxonomy: &Taxonomy) -> Option<Service> {
    let software = software(reading, taxonomy);
    let name = reading.parsed("service.name", Name::parse);
    let name = name.or_else(|| software.map(|software| software.name.clone()));
    let Some(name) = name else {
        reading.complain_of_all("the service", "is left out: it has no service.name");
        return None;
    };
    let note = reading.parsed("service.description", values::prose);
    let need = reading.said("need", NeedId::parse);
    let need = need.or_else(|| {
        let note = note.as_ref().map(|note| note.as_str());
        serves::need(software, name.as_str(), note, taxonomy)
    });
    let Some(need) = need else {
        let known = "is left out: nobody knows what it is for; a software.name we know, or \
            archipelago.need, would say it";
        match reading.properties.get("software.name") {
            Some(entry) => reading.complain(entry, known),
            None => reading.complain_of_all("software.name", known),
        }
        return None;
    };
    let id = reading.said("id", ServiceId::parse);
    let id = id.or_else(|| id_of(reading, hoster, &name))?;
    let mut fields = Map::from_iter([
        ("id".to_owned(), json!(id)),
        ("hoster".to_owned(), json!(hoster)),
        ("name".to_owned(), json!(name)),
        ("need".to_owned(), json!(need)),
        ("source".to_owned(), json!(source(reading))),
    ]);
    let mut set = |field: &str, value: Option<Value>| {
        fields.extend(value.map(|value| (field.to_owned(), value)));
    };
    set(
        "url",
        reading
            .parsed("service.website", Link::parse)
            .map(|url| json!(url)),
    );
    set("software", software.map(|software| json!(software.id)));
    set("registration", registration(reading).map(|way| json!(way)));
    set(
        "capacity",
        room(reading).map(|room| json!({ "room": room })),
    );
    let end = reading.parsed("service.enddate", values::date);
    set("closing", end.map(|end| json!({ "on": end })));
    set(
        "note",
        note.map(|note| json!(Localized::undetermined(note))),
    );
    let mut service: Service = reading.record(fields)?;
    service.other = reading.other();
    Some(service)
}

/// The software, where we know it. What our vocabulary says of it anyway need not be kept.
fn software<'t>(reading: &mut Reading, taxonomy: &'t Taxonomy) -> Option<&'t Software> {
    let entry = reading.properties.get("software.name")?;
    let software = taxonomy.software_named(entry.value())?;
    reading.take(entry);
    let licence = software.licence.as_ref().map(Name::as_str);
    let site = software.site.as_ref().map(Link::as_str);
    for (key, known) in [
        ("software.license.name", licence),
        ("software.website", site),
    ] {
        if let Some(entry) = reading.properties.get(key)
            && known.is_some_and(|known| known == entry.value())
        {
            reading.take(entry);
        }
    }
    Some(software)
}

fn registration(reading: &mut Reading) -> Option<Registration> {
    let way = reading.parsed("service.registration", words::registration);
    let written = reading.properties.get("service.registration");
    let is_all = |way| {
        let word = words::of_registration(way);
        written.is_some_and(|written| written.value().eq_ignore_ascii_case(word))
    };
    let has_ended = has_ended(reading);
    if has_ended || !way.is_some_and(is_all) {
        reading.keep_as_written("service.registration");
    }
    // One that has ended takes nobody, whatever it took before.
    match has_ended {
        true => Some(Registration::Closed),
        false => way,
    }
}

/// Whether only the state says that the service has ended. One that says nothing new need not be kept.
fn has_ended(reading: &mut Reading) -> bool {
    let Some(state) = reading.properties.get("service.status.level") else {
        return false;
    };
    let is = |word: &str| state.value().eq_ignore_ascii_case(word);
    let end = reading.properties.get("service.enddate");
    let is_told = reading.extension("closing").is_some()
        || end.is_some_and(|end| words::is_past(end.value(), reading.document.seen));
    if is("OK") || (is("OVER") && is_told) {
        reading.take(state);
    }
    ENDED.iter().any(|word| is(word)) && !is_told
}

fn room(reading: &mut Reading) -> Option<Room> {
    reading.parsed("service.registration.load", words::room)
}

/// What a service is called: behind its hoster the name of its file, else that of the service.
fn id_of(reading: &Reading, hoster: &HosterId, name: &Name) -> Option<ServiceId> {
    let file = file_name(reading.document.url);
    let stem = file.strip_suffix(ENDING).unwrap_or_default();
    let named = |what: &str| ServiceId::parse(&format!("{hoster}_{what}")).ok();
    let slug = fold(name.as_str()).replace(' ', "-");
    let print = fingerprint(reading.document.url.as_str().as_bytes());
    [stem.to_ascii_lowercase(), slug, format!("{print:016x}")]
        .iter()
        .filter(|what| !what.is_empty())
        .find_map(|what| named(what))
}
