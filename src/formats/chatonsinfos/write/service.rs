//! A service's file.

use super::Writer;
use super::draft::{Draft, Other};
use crate::domain::date::Precision;
use crate::domain::localized::Language;
use crate::domain::need::Software;
use crate::domain::service::{Registration, Service};
use crate::domain::text::{Link, Name};
use crate::formats::chatonsinfos::service::ENDED;
use crate::formats::chatonsinfos::{values, words};

impl Writer<'_> {
    /// A service.
    pub fn service(&self, service: &Service) -> String {
        let other = Other::of(&service.other);
        let today = self.made.date_naive();
        let mut draft = Draft::of("Service", self.made, &other);
        draft.section("Service");
        draft.put("service.name", service.name.as_str());
        let note = service.note.as_ref();
        let note = note.map(|note| values::on_one_line(note.get(Language::French)));
        draft.put_if("service.description", note.as_deref());
        draft.put_if("service.website", service.url.as_ref().map(Link::as_str));
        let end = service.closing.as_ref().map(|closing| closing.on);
        let end = end.filter(|end| end.precision() == Precision::Day);
        draft.put_if("service.enddate", end.map(|end| end.to_string()).as_deref());
        let state = if service.is_over_by(today) {
            "OVER"
        } else {
            "OK"
        };
        draft.put(
            "service.status.level",
            other.get("service.status.level").unwrap_or(state),
        );
        admit(&mut draft, service, &other);
        draft.put(
            "service.install.type",
            other.get("service.install.type").unwrap_or_default(),
        );
        draft.rest(&other, "service");
        draft.section("Software");
        let software = service.software.as_ref();
        let software = software.and_then(|id| self.taxonomy.software_by_id(id.as_str()));
        run(&mut draft, software, &other);
        draft.rest(&other, "software");
        draft.section("Host");
        for key in ["host.server.type", "host.provider.type"] {
            draft.put(key, other.get(key).unwrap_or_default());
        }
        draft.rest(&other, "host");
        draft.section("Metrics");
        draft.rest_of_all(&other);
        draft.section("Archipelago");
        draft.own("id", service.id.as_str());
        draft.own("hoster", service.hoster.as_str());
        draft.own("need", service.need.as_str());
        draft.complete(service, self.taxonomy, today, |findings| {
            findings.services.into_iter().next()
        });
        draft.text()
    }
}

/// How to get in, and whether there is room. Where nobody new gets in there is none.
fn admit(draft: &mut Draft, service: &Service, other: &Other) {
    let way = service.registration;
    let state = other.get("service.status.level").unwrap_or_default();
    let has_ended = ENDED.iter().any(|word| word.eq_ignore_ascii_case(state));
    let same = |written: &str| match words::registration(written) {
        Ok(read) => Some(read) == way || (way == Some(Registration::Closed) && has_ended),
        Err(_) => way.is_none(),
    };
    let word = way.map(words::of_registration).unwrap_or_default();
    draft.put(
        "service.registration",
        other.or("service.registration", same, word),
    );
    let room = service.capacity.and_then(|capacity| capacity.room);
    let word = match room.map(words::of_room) {
        None if way == Some(Registration::Closed) => "FULL",
        word => word.unwrap_or_default(),
    };
    let same = |_: &str| room.is_none();
    draft.put(
        "service.registration.load",
        other.or("service.registration.load", same, word),
    );
}

/// What it runs: as our vocabulary has it, or as the file had it that was read.
fn run(draft: &mut Draft, software: Option<&Software>, other: &Other) {
    let name = software.map(|software| software.name.as_str());
    let written = || other.get("software.name").unwrap_or_default();
    draft.put("software.name", name.unwrap_or_else(written));
    let licence = software.and_then(|software| software.licence.as_ref());
    let licence = licence.map(Name::as_str).unwrap_or_default();
    let licence = other.get("software.license.name").unwrap_or(licence);
    draft.put("software.license.name", licence);
    let site = software.and_then(|software| software.site.as_ref());
    let site = other.get("software.website").or(site.map(Link::as_str));
    draft.put_if("software.website", site);
}
