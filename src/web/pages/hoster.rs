//! `/{lang}/hosters/{id}`: one hoster, what it offers, where, and who says so.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::hoster::{Hoster, HosterStatus, Membership};
use crate::domain::text::Link;
use crate::formats::schema_org;
use crate::web::badge::{self, Embed};
use crate::web::entry::languages;
use crate::web::error::{Refused, not_listed, unknown_name};
use crate::web::facts::{Dated, Fact, dated};
use crate::web::filters::country_name;
use crate::web::island;
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, language_of, origin, send};
use crate::web::pages::check;
use crate::web::pages::service::{self, Also, also};
use crate::web::route::{self, Route};
use crate::web::vouches::{self, Vouches};

/// How many vouches are shown; the rest is counted.
const MAX_VOUCHES_SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "hoster.html")]
struct HosterPage<'a> {
    page: Page,
    hoster: &'a Hoster,
    island: String,
    description: Option<&'a str>,
    has_closed: bool,
    offers: Vec<Also<'a>>,
    ended: Vec<Also<'a>>,
    facts: Vec<Fact>,
    standing_sentence: String,
    /// The vouches that lead to it, drawn and told; `None` where none does.
    route: Option<Route>,
    vouches: Vouches,
    badge: Embed,
    source: Dated,
    /// The pages that were read about it: address and how it is written.
    sources: Vec<(String, String)>,
    /// Where anybody says what is wrong with it.
    report: String,
    /// Where it sees what was seen of it.
    check: Option<String>,
    /// What search engines read, as a data block.
    linked_data: String,
}

/// The page.
pub async fn page(
    request: HttpRequest,
    path: Path<(String, String)>,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let (_, id) = path.into_inner();
    let l = language_of(&request);
    let edition = catalogue.current();
    if let Some(block) = edition.not_listed.hoster(&id) {
        return Err(not_listed(&request, block));
    }
    let position = edition
        .hoster_position(&id)
        .ok_or_else(|| unknown_name(&request, &edition, &id))?;
    let hoster = &edition.hosters[position];
    let standing = edition.standings[position];
    let (ended, offers): (Vec<_>, Vec<_>) = edition
        .services_of(position)
        .partition(|service| service.is_over_by(edition.day()));
    let offered: Vec<_> = offers
        .iter()
        .map(|service| (*service, service::path(service, l)))
        .collect();
    let page = format!("/{}/hosters/{}", l.code(), hoster.id);
    let vouches = edition.trust.vouches_for(position);
    let linked_data = schema_org::hoster(hoster, &page, &offered, l.language, edition.day());
    let view = HosterPage {
        linked_data: schema_org::data_block(&linked_data),
        page: Page {
            description: l.with("hoster.description", "name", &hoster.name),
            ..Page::new(&request, l, hoster.name.to_string(), Section::Find)
        },
        island: island::body(hoster.id.as_str()),
        description: hoster
            .description
            .as_ref()
            .map(|description| description.get(l.language)),
        has_closed: hoster.status == HosterStatus::Closed,
        offers: offers
            .into_iter()
            .map(|service| also(&edition, service, l))
            .collect(),
        ended: ended
            .into_iter()
            .map(|service| also(&edition, service, l))
            .collect(),
        facts: facts(&edition, hoster, l),
        standing_sentence: l.with(
            &format!("standing.sentence.{}", standing.word()),
            "name",
            &hoster.name,
        ),
        route: route::to_hoster(&edition, position, l),
        vouches: vouches::received(&edition, vouches, MAX_VOUCHES_SHOWN, l),
        badge: badge::embed(&origin(&request), &edition, position, l),
        source: dated(&hoster.source, edition.day(), l),
        sources: pages_read(hoster),
        report: format!("{page}/report"),
        check: hoster
            .website
            .as_ref()
            .map(|site| check::path(site.as_url(), l)),
        hoster,
    };
    Ok(send(StatusCode::OK, &view))
}

fn facts(edition: &Edition, hoster: &Hoster, l: &Locale) -> Vec<Fact> {
    let fact = |name: &str, term: &str, value: Option<String>, unsaid: &str| Fact {
        term: l.t(term).to_owned(),
        value,
        unsaid: l.t(unsaid).to_owned(),
        unsourced: hoster.unsourced.iter().any(|known| known.as_str() == name),
        source: dated(hoster.source_of(name), edition.day(), l),
    };
    let form = hoster
        .legal_form
        .map(|form| l.t(&format!("hoster.form.{}", form.word())).to_owned());
    let town = hoster
        .place
        .city
        .as_ref()
        .map(|city| match &hoster.place.postcode {
            Some(postcode) => format!("{city} ({postcode})"),
            None => city.to_string(),
        });
    let country = hoster
        .place
        .country
        .map(|code| country_name(edition, &code, l));
    let mut facts = vec![
        fact("legal_form", "hoster.form", form, "fact.unknown"),
        fact("city", "hoster.town", town, "distance.unknown"),
        fact("country", "hoster.country", country, "fact.unknown"),
        fact(
            "languages",
            "hoster.languages",
            languages(&hoster.languages, l),
            "languages.unknown",
        ),
    ];
    facts.extend(hoster.memberships.iter().map(|membership| Fact {
        source: membership_source(membership, hoster, edition, l),
        ..fact(
            "memberships",
            "hoster.member",
            Some(membership.collective.to_string()),
            "fact.unknown",
        )
    }));
    facts
}

/// The addresses among its sources, each once, written without what all have in common.
fn pages_read(hoster: &Hoster) -> Vec<(String, String)> {
    let mut pages: Vec<(String, String)> = Vec::new();
    for link in (hoster.sources.iter()).filter_map(|source| Link::parse(source.as_str()).ok()) {
        let address = link.to_string();
        let written = address.split_once("://").map_or("", |(_, rest)| rest);
        let page = (address.clone(), written.trim_end_matches('/').to_owned());
        if !pages.contains(&page) {
            pages.push(page);
        }
    }
    pages
}

fn membership_source(
    membership: &Membership,
    hoster: &Hoster,
    edition: &Edition,
    l: &Locale,
) -> Dated {
    let said = hoster.source_of("memberships");
    let by = membership.source.clone().unwrap_or_else(|| said.by.clone());
    dated(
        &crate::domain::provenance::Source {
            by,
            seen: membership.seen,
            ..said.clone()
        },
        edition.day(),
        l,
    )
}
