//! Vouches as they are told: the route to somebody, and every vouch with whether it counts.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::{Edition, Party, Said};
use crate::domain::vouch::{Basis, CharterVersion, NotCounted};
use crate::web::party;
use crate::web::vouches::still_shown;

/// How many vouches are told; the rest is counted.
pub const MAX_VOUCHES_TOLD: usize = 100;

/// A step of the route to somebody, the anchor's first.
#[derive(Serialize, ToSchema)]
pub struct Step<'a> {
    pub issuer: &'a str,
    pub name: String,
    pub vouch: &'a str,
    pub since: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// A vouch.
#[derive(Serialize, ToSchema)]
pub struct VouchFacts<'a> {
    /// Its own address, where its signed document is.
    pub vouch: &'a str,
    pub issuer: PartyName<'a>,
    pub object: PartyName<'a>,
    pub basis: Basis,
    pub since: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub charter: Option<&'a CharterVersion>,
    pub evidence: Option<&'a str>,
    /// Whether it counts here.
    pub counted: bool,
    /// Why not.
    pub why_not: Option<NotCounted>,
}

/// Who vouches or is vouched for.
#[derive(Serialize, ToSchema)]
pub struct PartyName<'a> {
    pub actor: &'a str,
    pub name: String,
    /// Its identifier among the hosters, if it is one.
    pub hoster: Option<&'a str>,
}

/// The route that some vouches make.
pub fn path<'a>(path: &[Said<'a>]) -> Vec<Step<'a>> {
    let step = |said: &Said<'a>| {
        let vouch = &said.evidence.vouch;
        Step {
            issuer: said.issuer.address.as_str(),
            name: party::name(said.issuer),
            vouch: vouch.id.as_str(),
            since: vouch.since,
            until: vouch.until,
        }
    };
    path.iter().map(step).collect()
}

/// Those of some vouches that are told, and how many there are.
pub fn told<'a>(edition: &'a Edition, all: Vec<Said<'a>>) -> (Vec<VouchFacts<'a>>, usize) {
    let all = still_shown(all, edition.day());
    let told = all.iter().take(MAX_VOUCHES_TOLD);
    (told.map(|said| facts(edition, said)).collect(), all.len())
}

fn facts<'a>(edition: &'a Edition, said: &Said<'a>) -> VouchFacts<'a> {
    let vouch = &said.evidence.vouch;
    VouchFacts {
        vouch: vouch.id.as_str(),
        issuer: party_name(edition, said.issuer),
        object: party_name(edition, said.object),
        basis: vouch.basis,
        since: vouch.since,
        until: vouch.until,
        charter: vouch.charter.as_ref(),
        evidence: vouch.evidence.as_ref().map(|link| link.as_str()),
        counted: said.verdict.is_ok(),
        why_not: said.verdict.err(),
    }
}

fn party_name<'a>(edition: &'a Edition, party: &'a Party) -> PartyName<'a> {
    PartyName {
        actor: party.address.as_str(),
        name: party::name(party),
        hoster: party
            .hoster
            .map(|hoster| edition.hosters[hoster].id.as_str()),
    }
}
