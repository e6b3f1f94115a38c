//! `/go/{slug}`: to one fit service, drawn so that people are spread over hosters.
//!
//! A place nobody knows is answered with a page that helps, not with a draw: whoever follows does not see how far
//! they are sent. Who asks is neither known nor kept; what is counted is the hoster.

use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue, LOCATION};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use ring::rand::{SecureRandom, SystemRandom};

use crate::catalogue::{Aim, Catalogue, Edition, Observations, Sent};
use crate::domain::localized::Language;
use crate::domain::place::Coordinates;
use crate::search::Hit;
use crate::search::draw;
use crate::search::query::{FieldError, Problem, Query};

use super::error::{Refused, accepted, unknown_name, wrong_parameters};
use super::page::{address, parameter, parameters};

/// Tells the seed of a draw, so that it can be repeated.
const SEED: HeaderName = HeaderName::from_static("archipelago-seed");
/// How a browser says that nobody goes there yet; the latter two are older.
const PREFETCH: [&str; 3] = ["sec-purpose", "purpose", "x-moz"];
/// What search engines are told, who would count as people.
pub const ROBOTS: (&str, &str) = ("x-robots-tag", "noindex, nofollow");

/// A draw that was asked for.
pub struct Asked {
    /// What for.
    pub aim: Aim,
    /// Near where, as it was written.
    pub near: Option<String>,
    /// The same place.
    pub from: Option<Coordinates>,
    /// The seed, as it can be given again.
    pub seed: String,
    number: u64,
}

impl Asked {
    /// Reads what is asked for; `None` if the slug names nothing.
    pub fn read(
        edition: &Edition,
        slug: &str,
        given: &[(String, String)],
        language: Language,
    ) -> Result<Option<Self>, Vec<FieldError>> {
        let Some(aim) = edition.aim(slug) else {
            return Ok(None);
        };
        let near = parameter(given, "near").map(|near| ("near", near));
        let query = Query::from_pairs(near)?;
        let from = query.near.as_ref();
        let from = from
            .map(|near| edition.whereabouts(near, language))
            .transpose()?;
        let seed = match parameter(given, "seed") {
            Some(seed) => seed.to_owned(),
            None => chance().to_string(),
        };
        let number = draw::seed(&seed).ok_or_else(|| {
            vec![FieldError {
                field: "seed",
                problem: Problem::TooLong,
            }]
        })?;
        Ok(Some(Self {
            aim,
            near: query.near,
            from,
            seed,
            number,
        }))
    }

    /// Draws; `None` if nothing is fit.
    pub fn draw(&self, edition: &Edition) -> Option<Hit> {
        edition.draw(self.aim, self.from, self.number)
    }
}

/// `/go/{slug}`
pub async fn go(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
    observations: Data<Observations>,
    sent: Data<Sent>,
) -> Result<HttpResponse, Refused> {
    let edition = catalogue.current();
    let given = parameters(&request);
    let slug = request.match_info().get("slug").unwrap_or_default();
    let language = language(&request, &given);
    let asked = Asked::read(&edition, slug, &given, language)
        .map_err(|errors| wrong_parameters(&request, &edition, &errors))?
        .ok_or_else(|| unknown_name(&request, &edition, slug))?;
    let mut response = HttpResponse::SeeOther();
    response.insert_header((CACHE_CONTROL, "no-store"));
    let Some(hit) = asked.draw(&edition) else {
        let results = results(&edition, &asked, language);
        return Ok(response.insert_header((LOCATION, results)).finish());
    };
    let hoster = &edition.hosters[hit.hoster];
    let way_in = edition.services[hit.service].way_in(hoster);
    let way_in = way_in.expect("what has no address is not drawn");
    if request.method() == Method::GET && !is_prefetch(request.headers()) {
        sent.count(&hoster.id, observations.now().date_naive());
    }
    if let Ok(seed) = HeaderValue::from_str(&asked.seed) {
        response.insert_header((SEED, seed));
    }
    Ok(response.insert_header((LOCATION, way_in.as_str())).finish())
}

/// The address that draws for a question; `None` if it asks for more than a draw knows, or nothing is fit.
pub fn link(edition: &Edition, query: &Query, language: Language) -> Option<String> {
    let plain = Query {
        need: query.need.clone(),
        leave: query.leave.clone(),
        near: query.near.clone(),
        sort: query.sort,
        limit: query.limit,
        offset: query.offset,
        ..Query::default()
    };
    let slug = match (&query.need, &query.leave) {
        (Some(slug), None) | (None, Some(slug)) => slug,
        _ => return None,
    };
    let parameters = [
        ("near", query.near.as_deref()),
        ("lang", Some(language.code())),
    ];
    let can_be_drawn = || {
        let aim = edition.aim(slug);
        aim.is_some_and(|aim| !edition.lots(aim).is_empty())
    };
    (plain == *query && can_be_drawn()).then(|| address(&format!("/go/{slug}"), &parameters))
}

/// Where somebody is led if nothing can be drawn.
fn results(edition: &Edition, asked: &Asked, language: Language) -> String {
    let query = edition.query_of(asked.aim);
    let near = ("near", asked.near.as_deref());
    let code = language.code();
    match &query.leave {
        Some(slug) => address(&format!("/{code}/leave/{slug}"), &[near]),
        None => {
            let need = ("need", query.need.as_deref());
            address(&format!("/{code}/services"), &[need, near])
        }
    }
}

/// The language that is asked for, else the browser's.
fn language(request: &HttpRequest, given: &[(String, String)]) -> Language {
    let asked = parameter(given, "lang").and_then(Language::from_code);
    asked.unwrap_or_else(|| accepted(request))
}

fn is_prefetch(headers: &HeaderMap) -> bool {
    let says_so = |name: &&str| {
        let value = headers.get(*name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.starts_with("prefetch"))
    };
    PREFETCH.iter().any(says_so)
}

/// A seed nobody chose, short enough to be read out.
fn chance() -> u32 {
    let mut bytes = [0; 4];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system gives random bytes");
    u32::from_le_bytes(bytes)
}
