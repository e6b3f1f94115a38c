//! What was found, for people.

use std::fmt::Write;

use chrono::{DateTime, Utc};

use crate::cli::output;
use crate::domain::text::printable;
use crate::domain::vouch::{Basis, MAX_VOUCH_DAYS, NotCounted, Vouch};
use crate::formats::activitypub::proof::{Claimed, NotProven};
use crate::formats::activitypub::revocation::Revocation;

use super::Told;
use super::judged::Outcome;
use super::keys::Whose;

/// The longest reason that is printed, in characters.
const MAX_REASON_CHARS: usize = 300;
/// Where what a check came to begins in its line.
const INDENT: usize = 16;

pub(super) const ENDED_KEY: &str = "it had ended when this was signed";

pub(super) fn of(told: &Told) -> String {
    let mut out = String::new();
    let width = output::width();
    for one in &told.found {
        let id = one
            .id
            .as_ref()
            .map_or(told.document.as_str(), |id| id.as_str());
        let verdict = match one.is_valid {
            true => "valid",
            false => "not valid",
        };
        writeln!(out, "{id}: {verdict}").expect("a String takes everything");
        for check in &one.checks {
            let mark = match check.result {
                Outcome::Passed => "ok",
                Outcome::Failed => "no",
                Outcome::NotAsked => "-",
            };
            let said = output::wrapped(&check.said, width, INDENT);
            let head = format!("  {mark:<3}{:<11}", check.what);
            writeln!(out, "{head}{}", said.trim()).expect("a String takes everything");
        }
    }
    if told.only_named > 0 {
        let named = output::count(told.only_named as u64, "vouch");
        writeln!(out, "… and {named} only named by address").expect("a String takes everything");
    }
    out
}

/// The sentence to end with.
pub(super) fn verdict(told: &Told) -> String {
    let wrong: Vec<_> = told.found.iter().filter(|one| !one.is_valid).collect();
    match (told.found.len(), wrong.as_slice()) {
        (1, [one]) => {
            let mut failed = one
                .checks
                .iter()
                .filter(|check| check.result == Outcome::Failed);
            let why = failed
                .next()
                .map_or("nothing was found", |check| check.said.as_str());
            format!("{} is not valid: {why}", told.document)
        }
        (all, wrong) => format!("{}: {} of {all} are not valid", told.document, wrong.len()),
    }
}

pub(super) fn vouch(vouch: &Vouch) -> String {
    let ground = match vouch.basis {
        Basis::Membership => "as its member",
        Basis::Peer => "as a peer",
    };
    format!("{} vouches for {} {ground}", vouch.issuer, vouch.object)
}

pub(super) fn revocation(revocation: &Revocation) -> String {
    let Revocation { issuer, vouch, .. } = revocation;
    format!("{issuer} takes back {vouch}, {}", since(revocation))
}

pub(super) fn revoked(revocation: &Revocation) -> String {
    format!("its issuer took it back {}", since(revocation))
}

fn since(revocation: &Revocation) -> String {
    let day = day(revocation.at);
    match &revocation.reason {
        Some(reason) => format!("on {day}: {}", printable(reason.as_str(), MAX_REASON_CHARS)),
        None => format!("on {day}"),
    }
}

pub(super) fn no_key(unheard: Option<&String>) -> String {
    match unheard {
        Some(problem) => format!("its issuer's keys cannot be read: {problem}"),
        None => {
            "there is no key to check it with: --key or --actor names one, --online asks its issuer"
                .to_owned()
        }
    }
}

pub(super) fn foreign_key(claimed: &Claimed) -> String {
    format!("its issuer lists no key {}", claimed.method)
}

pub(super) fn proof(checked: Result<&Claimed, &NotProven>) -> Result<String, String> {
    match checked {
        Ok(claimed) => Ok(format!(
            "signed on {} with {}",
            day(claimed.created),
            claimed.method
        )),
        Err(error) => Err(error.to_string()),
    }
}

pub(super) fn whose(whose: Whose) -> Result<String, String> {
    match whose {
        Whose::Yours => Ok("it is the one you named".to_owned()),
        Whose::Issuer => Ok("its issuer lists it today".to_owned()),
        Whose::Bundle => Err(
            "only the bundle itself says that it is its issuer's: --online asks the issuer, \
            --key or --actor names the one you know"
                .to_owned(),
        ),
    }
}

pub(super) fn dates(vouch: &Vouch, dated: Result<(), NotCounted>) -> Result<String, String> {
    let (since, until) = (day(vouch.since), day(vouch.until));
    match dated {
        Ok(()) => Ok(format!("from {since} until {until}")),
        Err(NotCounted::NotYet) => Err(format!("it begins on {since}")),
        Err(NotCounted::TooLong) => Err(format!(
            "it is given from {since} until {until}, which is more than {MAX_VOUCH_DAYS} days"
        )),
        Err(_) => Err(format!("it ended on {until}")),
    }
}

pub(super) fn other_version(claimed: &Claimed) -> String {
    format!(
        "its server shows the version signed on {}",
        day(claimed.created)
    )
}

pub(super) fn listed_back(
    vouch: &Vouch,
    is_listed: &Result<bool, String>,
) -> Result<String, String> {
    match is_listed {
        Ok(true) => Ok("it lists it, too".to_owned()),
        Ok(false) => Err(format!("{} does not list it", vouch.object)),
        Err(problem) => Err(format!("{} could not be asked: {problem}", vouch.object)),
    }
}

pub(super) fn day(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d %H:%M UTC").to_string()
}
