//! An organization's file: a hoster.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::read::{hoster_at, source};
use super::record::Reading;
use super::{MAX_MEMBERSHIPS, values, words};
use crate::domain::hoster::{CountryCode, Hoster, HosterId, HosterStatus, Membership};
use crate::domain::localized::Localized;
use crate::domain::place::Coordinates;
use crate::domain::text::{Link, Name};

/// What the paths of memberships begin with.
pub(super) const MEMBER_OF: &str = "organization.memberof.";

/// The hoster that an organization's file describes; `None` where it cannot be told who that is.
pub(super) fn hoster(reading: &mut Reading) -> Option<Hoster> {
    let website = reading.parsed("organization.website", Link::parse);
    let site = website.as_ref().map(Link::as_url);
    let id = reading.said("id", HosterId::parse);
    let id = id.or_else(|| {
        site.and_then(hoster_at)
            .or_else(|| hoster_at(reading.document.url))
    });
    let Some(id) = id else {
        let problem = "is left out: no organization.website says who it is";
        reading.complain_of_all("the organization", problem);
        return None;
    };
    let name = reading.parsed("organization.name", Name::parse);
    if name.is_none() {
        let problem = format!("is called {id}: the file gives it no name");
        reading.complain_of_all("organization.name", &problem);
    }
    let mut fields = Map::from_iter([
        ("id".to_owned(), json!(id)),
        ("website".to_owned(), json!(website)),
        ("source".to_owned(), json!(source(reading))),
    ]);
    match name {
        Some(name) => fields.insert("name".to_owned(), json!(name)),
        None => {
            fields.insert("unsourced".to_owned(), json!(["name"]));
            fields.insert("name".to_owned(), json!(id))
        }
    };
    let mut set = |field: &str, value: Option<Value>| {
        fields.extend(value.map(|value| (field.to_owned(), value)));
    };
    let description = reading.parsed("organization.description", values::prose);
    set(
        "description",
        description.map(|text| json!(Localized::undetermined(text))),
    );
    set("legal_form", legal_form(reading));
    set("status", Some(json!(status(reading))));
    set("place", Some(place(reading)));
    set("memberships", Some(json!(memberships(reading))));
    let mut hoster: Hoster = reading.record(fields)?;
    hoster.other = reading.other();
    Some(hoster)
}

fn legal_form(reading: &mut Reading) -> Option<Value> {
    let form = reading.parsed("organization.type", words::legal_form)?;
    let written = reading.properties.get("organization.type")?.value();
    let says_all =
        form.is_some_and(|form| words::of_legal_form(form).eq_ignore_ascii_case(written));
    if !says_all && reading.extension("legal_form").is_none() {
        reading.keep_as_written("organization.type");
    }
    form.map(|form| json!(form))
}

/// Whether it still works: one that says that it is away, or whose end is past, has stopped.
fn status(reading: &mut Reading) -> HosterStatus {
    let today = reading.document.seen;
    let end = reading.properties.get("organization.enddate");
    let said = reading.parsed("organization.status.level", words::status);
    if said == Some(HosterStatus::Unknown) {
        reading.keep_as_written("organization.status.level");
    }
    match said {
        _ if end.is_some_and(|end| words::is_past(end.value(), today)) => HosterStatus::Closed,
        Some(status) => status,
        None => HosterStatus::Unknown,
    }
}

fn place(reading: &mut Reading) -> Value {
    let code = reading.parsed("organization.country.code", CountryCode::parse);
    let named = reading.properties.get("organization.country.name");
    let by_name = named.and_then(|entry| values::country_named(entry.value()));
    if let Some(entry) = named.filter(|_| by_name.is_some() && (code.is_none() || code == by_name))
    {
        reading.take(entry);
    }
    let latitude = reading.parsed("organization.geolocation.latitude", values::degrees);
    let longitude = reading.parsed("organization.geolocation.longitude", values::degrees);
    let coordinates = latitude.zip(longitude).and_then(|(latitude, longitude)| {
        let coordinates = Coordinates::new(latitude, longitude);
        if let Err(error) = &coordinates {
            let problem = format!("is ignored: {error}");
            reading.complain_of_all("organization.geolocation", &problem);
        }
        coordinates.ok()
    });
    if coordinates.is_none() {
        reading.keep_as_written("organization.geolocation.latitude");
        reading.keep_as_written("organization.geolocation.longitude");
    }
    json!({ "country": code.or(by_name), "coordinates": coordinates })
}

/// The collectives it says it belongs to: not those that it has left. What else it says of them is kept
/// as it is written.
fn memberships(reading: &mut Reading) -> Vec<Membership> {
    let source = source(reading);
    let mut named = HashSet::new();
    let mut memberships = Vec::new();
    for entry in reading.properties.entries().to_vec() {
        let key = entry.key.to_ascii_lowercase();
        let collective = key
            .strip_prefix(MEMBER_OF)
            .and_then(|rest| rest.split('.').next());
        let Some(collective) = collective.filter(|_| !entry.value().is_empty()) else {
            continue;
        };
        let is_new = named.insert(collective.to_owned());
        if !is_new || memberships.len() == MAX_MEMBERSHIPS || has_left(reading, collective) {
            continue;
        }
        let written = &entry.key[MEMBER_OF.len()..][..collective.len()];
        let name = if collective == "chatons" {
            "CHATONS"
        } else {
            written
        };
        if let Ok(collective) = Name::parse(name) {
            memberships.push(Membership {
                collective,
                source: Some(source.by.clone()),
                seen: source.seen,
            });
        }
    }
    memberships
}

fn has_left(reading: &mut Reading, collective: &str) -> bool {
    let key = |name: &str| format!("{MEMBER_OF}{collective}.{name}");
    let level = reading.parsed(&key("status.level"), words::status);
    let end = reading.properties.get(&key("enddate"));
    let today = reading.document.seen;
    let has_left = level == Some(HosterStatus::Closed)
        || end.is_some_and(|end| words::is_past(end.value(), today));
    if has_left || level != Some(HosterStatus::Active) {
        reading.keep_as_written(&key("status.level"));
    }
    has_left
}
