//! What search engines are told: `/robots.txt` (RFC 9309), the site map (sitemaps.org 0.9), and how a browser
//! searches here by itself (OpenSearch 1.1).
//!
//! `/sitemap.xml` names the parts, so that no answer grows with the directory: `/sitemap/pages.xml` has what is
//! there in any directory, `/sitemap/hosters-N.xml` some hosters each with what they offer.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::localized::Language;
use crate::formats::activitypub::ids::collective_id;

use super::collectives::listed;
use super::etag;
use super::locale::Locale;
use super::page::{language_of, origin};

/// How many hosters a part holds, whether they are listed or not.
const HOSTERS_IN_A_PART: usize = 500;
/// How many of a hoster's services stand in the map; the rest is found from the hoster's page. With them no part
/// holds more than the 50,000 addresses that the protocol lets it.
const SERVICES_OF_A_HOSTER: usize = 49;
/// Pages that every directory has, after the language.
const PAGES: [&str; 11] = [
    "/",
    "/leave",
    "/services",
    "/map",
    "/closings",
    "/collectives",
    "/join",
    "/widget",
    "/check",
    "/about",
    "/api",
];

const XML: &str = "application/xml; charset=utf-8";

#[derive(Template)]
#[template(path = "opensearch.xml")]
struct OpenSearch {
    l: &'static Locale,
    origin: String,
}

#[derive(Template)]
#[template(path = "sitemap_index.xml")]
struct Index {
    parts: Vec<String>,
}

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct Part {
    addresses: Vec<String>,
}

/// `/robots.txt`: all may be read, but a draw is for people, and the views of the map are without end.
pub async fn robots(request: HttpRequest) -> HttpResponse {
    let map = format!("{}/sitemap.xml", origin(&request));
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(format!(
            "User-agent: *\nDisallow: /go/\nDisallow: /api/v1/go/\nDisallow: /*/map?\n\nSitemap: {map}\n"
        ))
}

/// `/{lang}/opensearch.xml`: how a browser searches here from its own field.
pub async fn opensearch(request: HttpRequest) -> HttpResponse {
    let description = OpenSearch {
        l: language_of(&request),
        origin: origin(&request),
    };
    let media_type = "application/opensearchdescription+xml; charset=utf-8";
    etag::send_rendered(&request, media_type, &description)
}

/// `/sitemap.xml`: the parts.
pub async fn index(request: HttpRequest, catalogue: Data<Catalogue>) -> HttpResponse {
    let parts = catalogue
        .current()
        .hosters
        .len()
        .div_ceil(HOSTERS_IN_A_PART);
    let origin = origin(&request);
    let hosters = (1..=parts).map(|number| format!("{origin}/sitemap/hosters-{number}.xml"));
    let parts = std::iter::once(format!("{origin}/sitemap/pages.xml")).chain(hosters);
    etag::send_rendered(
        &request,
        XML,
        &Index {
            parts: parts.collect(),
        },
    )
}

/// `/sitemap/{part}.xml`
pub async fn part(
    request: HttpRequest,
    part: Path<String>,
    catalogue: Data<Catalogue>,
) -> HttpResponse {
    let edition = catalogue.current();
    let paths = match part.as_str() {
        "pages" => Some(pages(&edition)),
        part => hosters(&edition, part),
    };
    let Some(paths) = paths else {
        return HttpResponse::NotFound().finish();
    };
    let origin = origin(&request);
    let in_each_language =
        |path: &String| Language::ALL.map(|l| format!("{origin}/{}{path}", l.code()));
    let addresses = paths.iter().flat_map(in_each_language);
    etag::send_rendered(
        &request,
        XML,
        &Part {
            addresses: addresses.collect(),
        },
    )
}

/// What stands in every directory: its own pages, what people leave, what is offered, who vouches.
fn pages(edition: &Edition) -> Vec<String> {
    let taxonomy = edition.taxonomy();
    let departures = taxonomy
        .departures()
        .iter()
        .map(|departure| format!("/leave/{}", departure.slug));
    let offered = taxonomy
        .needs()
        .iter()
        .zip(&edition.overview.services_by_need);
    let needs = offered
        .filter(|(_, services)| **services > 0)
        .map(|(need, _)| format!("/services?need={}", need.id));
    let ids = listed(edition)
        .into_iter()
        .filter_map(|party| collective_id(&party.address));
    let collectives = ids.map(|id| format!("/collectives/{id}"));
    let own = PAGES.into_iter().map(str::to_owned);
    own.chain(departures)
        .chain(needs)
        .chain(collectives)
        .collect()
}

/// The pages of the hosters of a part, and of what they offer; `None` if it is none of the parts.
fn hosters(edition: &Edition, part: &str) -> Option<Vec<String>> {
    let number: usize = part.strip_prefix("hosters-")?.parse().ok()?;
    let first = number.checked_sub(1)?.checked_mul(HOSTERS_IN_A_PART)?;
    let end = edition
        .hosters
        .len()
        .min(first.saturating_add(HOSTERS_IN_A_PART));
    let positions = (first < end).then_some(first..end)?;
    let listed = positions.filter(|hoster| edition.is_listed(*hoster));
    let pages = listed.flat_map(|hoster| {
        let services = edition
            .services_of(hoster)
            .filter(|service| !service.is_over_by(edition.day()));
        let services = services.take(SERVICES_OF_A_HOSTER);
        let services = services.map(|service| format!("/services/{}", service.id));
        std::iter::once(format!("/hosters/{}", edition.hosters[hoster].id)).chain(services)
    });
    Some(pages.collect())
}
