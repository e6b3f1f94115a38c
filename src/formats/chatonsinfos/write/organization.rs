//! An organization's file.

use url::Url;

use super::draft::{Draft, Other};
use super::{Writer, file_names, sub};
use crate::domain::fold::fold;
use crate::domain::hoster::{CountryCode, Hoster, HosterStatus};
use crate::domain::localized::Language;
use crate::domain::service::Service;
use crate::domain::text::Link;
use crate::formats::chatonsinfos::organization::MEMBER_OF;
use crate::formats::chatonsinfos::{ENDING, values, words};

impl Writer<'_> {
    /// A hoster as an organization, which names its services' files in a folder of its site.
    pub fn organization(
        &self,
        hoster: &Hoster,
        services: &[&Service],
        folder: Option<&Url>,
    ) -> String {
        let other = Other::of(&hoster.other);
        let mut draft = Draft::of("Organization", self.made, &other);
        draft.section("Organization");
        describe(&mut draft, hoster, &other);
        locate(&mut draft, hoster, &other);
        join(&mut draft, hoster, &other);
        draft.rest(&other, "organization");
        let names = file_names(services);
        let subs = names.iter().filter_map(|name| {
            let key = name.strip_suffix(ENDING).unwrap_or(name);
            sub(folder?, key, name)
        });
        draft.subs(&subs.collect::<Vec<_>>());
        draft.section("Metrics");
        draft.rest_of_all(&other);
        draft.section("Archipelago");
        draft.own("id", hoster.id.as_str());
        let today = self.made.date_naive();
        draft.complete(hoster, self.taxonomy, today, |findings| {
            findings.hosters.into_iter().next()
        });
        draft.text()
    }
}

fn describe(draft: &mut Draft, hoster: &Hoster, other: &Other) {
    draft.put("organization.name", hoster.name.as_str());
    let description = hoster.description.as_ref();
    let description = description.map(|text| values::on_one_line(text.get(Language::French)));
    draft.put_if("organization.description", description.as_deref());
    let form = hoster.legal_form.map(words::of_legal_form);
    let same = |written: &str| match words::legal_form(written) {
        Ok(form) => form == hoster.legal_form,
        Err(_) => hoster.legal_form.is_none(),
    };
    let form = other.or("organization.type", same, form.unwrap_or_default());
    draft.put("organization.type", form);
    let same = |written: &str| match words::status(written) {
        Ok(status) => status == hoster.status,
        Err(_) => hoster.status == HosterStatus::Unknown,
    };
    let status = words::of_status(hoster.status);
    let status = other.or("organization.status.level", same, status);
    draft.put_if(
        "organization.status.level",
        Some(status).filter(|status| !status.is_empty()),
    );
    draft.put_if(
        "organization.website",
        hoster.website.as_ref().map(Link::as_str),
    );
}

fn locate(draft: &mut Draft, hoster: &Hoster, other: &Other) {
    let country = hoster.place.country;
    let name = country
        .and_then(values::name_of_country)
        .unwrap_or_default();
    let same = |written: &str| {
        let named = values::country_named(written);
        named.is_none() || named == country
    };
    let name = other.or("organization.country.name", same, name);
    draft.put("organization.country.name", name);
    draft.put_if(
        "organization.country.code",
        country.as_ref().map(CountryCode::as_str),
    );
    if let Some(at) = hoster.place.coordinates {
        draft.put(
            "organization.geolocation.latitude",
            &at.latitude().to_string(),
        );
        draft.put(
            "organization.geolocation.longitude",
            &at.longitude().to_string(),
        );
    }
}

/// Says what it belongs to. The day it joined is mandatory, and seldom told.
fn join(draft: &mut Draft, hoster: &Hoster, other: &Other) {
    for membership in &hoster.memberships {
        let collective = fold(membership.collective.as_str()).replace(' ', "");
        if collective.is_empty() || !collective.is_ascii() {
            continue;
        }
        let key = |name: &str| format!("{MEMBER_OF}{collective}.{name}");
        let belongs = |written: &str| words::status(written) != Ok(HosterStatus::Closed);
        let level = other.or(&key("status.level"), belongs, "ACTIVE").to_owned();
        draft.put(&key("status.level"), &level);
        let start = other.get(&key("startdate")).unwrap_or_default();
        draft.put(&key("startdate"), start);
    }
}
