//! `/api/v1/collectives`: who vouches for its members.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::send;
use super::list::{Ask, List, id};
use super::parameters::{Listing, One};
use super::problem;
use super::refused::Refused;
use super::vouches::{Step, VouchFacts, path, told};
use crate::catalogue::{Catalogue, Edition, Party};
use crate::domain::collective::Standing;
use crate::domain::text::Link;
use crate::formats::activitypub::actor::Charter;
use crate::formats::activitypub::ids::collective_id;
use crate::search::query::DEFAULT_LIMIT;
use crate::search::question::MAX_SIMILAR;
use crate::web::collectives::{listed, members, standing};
use crate::web::party;

/// How many first characters near matches share.
const LIKE: usize = 4;

/// A collective, in a list or alone.
#[derive(Serialize, ToSchema)]
struct CollectiveFacts<'a> {
    id: String,
    name: String,
    actor: &'a str,
    url: Option<&'a str>,
    standing: Standing,
    /// For how many its vouches count here.
    member_count: usize,
    charter: Option<CharterFacts<'a>>,
}

/// What members agree to.
#[derive(Serialize, ToSchema)]
struct CharterFacts<'a> {
    version: &'a str,
    url: &'a str,
    sha256: Option<&'a str>,
}

/// One collective with its members.
#[derive(Serialize, ToSchema)]
struct CollectiveDetails<'a> {
    #[serde(flatten)]
    facts: CollectiveFacts<'a>,
    /// The vouches that lead to it, the anchor's first.
    path: Vec<Step<'a>>,
    /// The vouches it gives, the first of them.
    members: Vec<VouchFacts<'a>>,
    /// How many there are, whether they count or not.
    vouches_given: usize,
    /// The vouches for it, the first of them.
    vouches: Vec<VouchFacts<'a>>,
}

/// `/collectives`: all that are known, those that are trusted first.
#[utoipa::path(
    get,
    path = "/collectives",
    operation_id = "collectives",
    params(Listing),
    responses((status = 200, body = List<CollectiveFacts>)),
)]
pub async fn all(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let ask = Ask::read(&request)?;
    let edition = catalogue.current();
    let all = listed(&edition);
    Ok(ask.send(&request, &all, DEFAULT_LIMIT, |party| {
        facts(&edition, party)
    }))
}

/// `/collectives/{id}`: one of them.
#[utoipa::path(
    get,
    path = "/collectives/{id}",
    operation_id = "collective",
    params(One),
    responses((status = 200, body = CollectiveDetails), (status = 404)),
)]
pub async fn one(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let ask = Ask::read(&request)?;
    let edition = catalogue.current();
    let Some(collective) = edition.trust.collective(id(&request)) else {
        let similar = similar(&edition, id(&request));
        return Ok(problem::unknown_id(id(&request), &similar, ask.l));
    };
    if let Some(block) = edition.blocked.of_url(&collective.address) {
        return Ok(problem::not_listed(id(&request), block, ask.l));
    }
    let trust = &edition.trust;
    let (members, vouches_given) = told(&edition, trust.vouches_by(&collective.address));
    let (vouches, _) = told(&edition, trust.vouches_for_party(&collective.address));
    let details = CollectiveDetails {
        facts: facts(&edition, collective),
        path: path(&trust.path_to(&collective.address)),
        members,
        vouches_given,
        vouches,
    };
    Ok(send(&request, &details))
}

fn facts<'a>(edition: &Edition, collective: &'a Party) -> CollectiveFacts<'a> {
    CollectiveFacts {
        id: collective_id(&collective.address).unwrap_or_default(),
        name: party::name(collective),
        actor: collective.address.as_str(),
        url: collective.page.as_ref().map(Link::as_str),
        standing: standing(edition, collective),
        member_count: members(edition, collective),
        charter: collective.charter.as_ref().map(charter),
    }
}

fn charter(charter: &Charter) -> CharterFacts<'_> {
    CharterFacts {
        version: charter.version.version.as_str(),
        url: charter.url.as_str(),
        sha256: charter.version.sha256.as_deref(),
    }
}

/// Collectives whose identifier begins alike.
fn similar(edition: &Edition, id: &str) -> Vec<String> {
    let start: String = id.chars().take(LIKE).collect();
    let ids = listed(edition).into_iter();
    ids.filter_map(|party| collective_id(&party.address))
        .filter(|known| known.starts_with(&start))
        .take(MAX_SIMILAR)
        .collect()
}
