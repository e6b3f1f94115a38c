//! Facts in words, each with whose word counts, and whose does not and why.

use serde_json::Value;

use crate::catalogue::{Edition, Report, Subject};
use crate::domain::derivation::{Derivation, Other};
use crate::domain::hoster::Membership;
use crate::domain::localized::Localized;
use crate::domain::place::Coordinates;
use crate::domain::service::Closing;
use crate::web::entry::{languages, price_text};
use crate::web::facts::{Dated, dated};
use crate::web::filters::{country_name, software_name};
use crate::web::locale::Locale;
use crate::web::pages::service::room;
use crate::web::sentences;

/// A hoster or a service.
pub(super) struct SubjectView {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) kind: String,
    /// How it did when it was looked at.
    pub(super) looks: Option<String>,
    pub(super) facts: Vec<FactView>,
    /// The names of the facts of which nobody says anything.
    pub(super) unsaid: String,
}

/// A fact.
pub(super) struct FactView {
    pub(super) term: String,
    /// What visitors see; `None` where no word counts.
    pub(super) value: Option<String>,
    /// Whose word that is; `None` where no source gives it.
    pub(super) source: Option<Dated>,
    pub(super) others: Vec<OtherView>,
}

/// Another source's word.
pub(super) struct OtherView {
    /// `None` where it is taken back.
    pub(super) value: Option<String>,
    pub(super) source: Dated,
    pub(super) why: String,
}

/// The hosters and services of a report.
pub(super) fn subjects(report: &Report, edition: &Edition, l: &Locale) -> Vec<SubjectView> {
    let hosters = report.hosters.iter();
    let hosters = hosters.map(|hoster| subject(hoster, "hosters", "check.hoster", edition, l));
    let services = report.services.iter();
    let services =
        services.map(|service| subject(service, "services", "check.service", edition, l));
    hosters.chain(services).collect()
}

fn subject(
    subject: &Subject,
    page: &str,
    kind: &str,
    edition: &Edition,
    l: &Locale,
) -> SubjectView {
    let is_said = |fact: &&Derivation| !fact.value.is_null() || !fact.others.is_empty();
    let term = |fact: &Derivation| l.t(&format!("check.fact.{}", fact.fact)).to_owned();
    let unsaid = subject.facts.iter().filter(|fact| !is_said(fact));
    let unsaid: Vec<String> = unsaid.map(|fact| term(fact).to_lowercase()).collect();
    let facts = subject.facts.iter().filter(is_said);
    let looks = subject.health.as_ref().map(|looks| match looks.asked {
        0 => l.t("availability.unseen").to_owned(),
        asked => l.with2(
            "check.looks",
            ("up", &l.integer(looks.up as usize)),
            ("asked", &l.integer(asked as usize)),
        ),
    });
    SubjectView {
        name: subject.name.clone(),
        href: format!("/{}/{page}/{}", l.code(), subject.id),
        kind: l.t(kind).to_owned(),
        looks,
        facts: facts
            .map(|fact| FactView {
                term: term(fact),
                value: words(fact.fact, &fact.value, edition, l),
                source: fact
                    .source
                    .as_ref()
                    .map(|source| dated(source, edition.day(), l)),
                others: fact
                    .others
                    .iter()
                    .map(|other| self::other(fact.fact, other, edition, l))
                    .collect(),
            })
            .collect(),
        unsaid: unsaid.join(", "),
    }
}

fn other(fact: &str, other: &Other, edition: &Edition, l: &Locale) -> OtherView {
    OtherView {
        value: words(fact, &other.value, edition, l),
        source: dated(&other.source, edition.day(), l),
        why: l.t(&format!("check.why.{}", other.why.word())).to_owned(),
    }
}

/// A fact's value in words; `None` for none.
fn words(fact: &str, value: &Value, edition: &Edition, l: &Locale) -> Option<String> {
    if value.is_null() {
        return None;
    }
    let read = || value.clone();
    let told = match fact {
        "legal_form" | "status" => {
            let kind = if fact == "status" {
                "check.status"
            } else {
                "hoster.form"
            };
            l.find(&format!("{kind}.{}", value.as_str()?))
                .map(str::to_owned)
        }
        "country" => serde_json::from_value(read())
            .ok()
            .map(|code| country_name(edition, &code, l)),
        "languages" => serde_json::from_value::<Vec<_>>(read())
            .ok()
            .and_then(|codes| languages(&codes, l)),
        "registration" => serde_json::from_value(read())
            .ok()
            .map(|way| sentences::registration(way, l)),
        "price" => serde_json::from_value(read())
            .ok()
            .map(|price| price_text(&price, l)),
        "capacity" => serde_json::from_value(read())
            .ok()
            .and_then(|capacity| room(capacity, l)),
        "software" => value.as_str().map(|id| software_name(edition, id)),
        "need" => value.as_str().map(|id| match edition.taxonomy().need(id) {
            Some(need) => need.name.get(l.language).to_string(),
            None => id.to_owned(),
        }),
        "memberships" => serde_json::from_value::<Vec<Membership>>(read())
            .ok()
            .map(|list| {
                let names: Vec<_> = list.iter().map(|one| one.collective.to_string()).collect();
                names.join(", ")
            }),
        "coordinates" => serde_json::from_value::<Coordinates>(read())
            .ok()
            .map(|at| format!("{}, {}", at.latitude(), at.longitude())),
        "closing" => serde_json::from_value::<Closing>(read())
            .ok()
            .map(|closing| l.date(closing.on)),
        "description" | "note" => serde_json::from_value::<Localized>(read())
            .ok()
            .map(|text| text.get(l.language).to_string()),
        _ => None,
    };
    told.or_else(|| value.as_str().map(str::to_owned))
        .or_else(|| Some(value.to_string()))
}
