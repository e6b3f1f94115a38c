//! The route of trust: the vouches that lead from whom this directory trusts to somebody, drawn and told.

use super::chart::{Course, Mark, Station, course};
use super::choices::day;
use super::locale::Locale;
use super::party::{self, Named, link, named};
use crate::catalogue::{Edition, Party, Said};
use crate::domain::collective::Standing;
use crate::domain::hoster::Hoster;

/// A route, drawn and told.
pub struct Route {
    /// The drawing.
    pub course: Course,
    /// What is drawn, in a few words.
    pub title: String,
    /// What is drawn, a step each.
    pub steps: Vec<Step>,
    /// On how many paths that share nobody, if vouches lead here.
    pub corroboration: Option<String>,
}

/// A step of a route.
pub struct Step {
    /// Who says it.
    pub who: Named,
    /// What follows its name: that it is trusted, or for whom it vouches and for how long.
    pub says: String,
    /// What can be checked: the vouch's own address.
    pub vouch: Option<String>,
}

/// The route to a hoster, by its position; `None` where none leads there.
pub fn to_hoster(edition: &Edition, position: usize, l: &Locale) -> Option<Route> {
    let hoster = &edition.hosters[position];
    let path = edition.trust.path(position);
    match path.is_empty() {
        true => {
            let is_anchor = edition.standings[position] == Standing::Anchor;
            is_anchor.then(|| alone(hoster, l))
        }
        false => {
            let count = edition.trust.corroboration(position);
            Some(along(edition, &path, corroboration(count, l), l))
        }
    }
}

/// The route to a collective; `None` where none leads there.
pub fn to_collective(edition: &Edition, collective: &Party, l: &Locale) -> Option<Route> {
    let path = edition.trust.path_to(&collective.address);
    (!path.is_empty()).then(|| along(edition, &path, None, l))
}

/// On how many paths that share nobody, in words.
fn corroboration(count: u8, l: &Locale) -> Option<String> {
    let key = match count {
        0 => return None,
        1 => "route.paths.1",
        2 => "route.paths.2",
        _ => "route.paths.3",
    };
    Some(l.t(key).to_owned())
}

/// That of a hoster which is trusted from the start.
fn alone(hoster: &Hoster, l: &Locale) -> Route {
    let station = Station {
        name: hoster.name.as_str(),
        mark: Mark::AnchoredIsland(hoster.id.as_str()),
    };
    Route {
        course: course(&[station], &[]),
        title: l.with("standing.sentence.anchor", "name", &hoster.name),
        steps: Vec::new(),
        corroboration: None,
    }
}

fn along(edition: &Edition, path: &[Said<'_>], corroboration: Option<String>, l: &Locale) -> Route {
    let parties: Vec<&Party> = (path.iter().map(|said| said.issuer))
        .chain(path.last().map(|said| said.object))
        .collect();
    let names: Vec<String> = parties.iter().map(|party| party::name(party)).collect();
    let stations: Vec<Station> = (parties.iter().zip(&names))
        .map(|(party, name)| Station {
            name,
            mark: mark(edition, party),
        })
        .collect();
    let until = |said: &Said| l.with("route.leg", "date", l.day(said.vouch().until.date_naive()));
    let legs: Vec<String> = path.iter().map(until).collect();
    let trusted = path.first().map(|said| Step {
        who: named(said.issuer, edition, l),
        says: l.t("route.trusted").to_owned(),
        vouch: None,
    });
    let vouched = path.iter().map(|said| Step {
        who: named(said.issuer, edition, l),
        says: vouches(said, l),
        vouch: link(&said.vouch().id),
    });
    Route {
        course: course(&stations, &legs),
        title: format!("{} {}", l.t("route.title"), names.join(" → ")),
        steps: trusted.into_iter().chain(vouched).collect(),
        corroboration,
    }
}

/// "vouches for Infini as a member, since … until …".
fn vouches(said: &Said<'_>, l: &Locale) -> String {
    let vouch = said.vouch();
    let key = format!("route.vouches.{}", vouch.basis.word());
    let dates = l.with2(
        "route.dates",
        ("since", &day(vouch.since, l).words),
        ("until", &day(vouch.until, l).words),
    );
    format!("{} {dates}", l.with(&key, "name", party::name(said.object)))
}

fn mark<'a>(edition: &'a Edition, party: &'a Party) -> Mark<'a> {
    let id = party.hoster.map_or(party.address.as_str(), |hoster| {
        edition.hosters[hoster].id.as_str()
    });
    match (party.is_collective, party.is_anchor) {
        (true, true) => Mark::Anchor,
        (true, false) => Mark::Collective,
        (false, true) => Mark::AnchoredIsland(id),
        (false, false) => Mark::Island(id),
    }
}
