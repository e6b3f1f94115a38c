//! `/api/v1/go/{slug}`: the draw as data. Nobody is sent anywhere, so nothing is counted.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::Catalogue;
use crate::search::question::MAX_SIMILAR;
use crate::web::go::Asked;
use crate::web::locale::Locale;
use crate::web::page::parameters;
use crate::web::sentences;

use super::answer;
use super::list::id;
use super::parameters::Draw;
use super::problem;
use super::refused::{self, Refused};

/// One service, drawn.
#[derive(Serialize, ToSchema)]
struct Drawn<'a> {
    /// Its identifier.
    service: &'a str,
    /// Where to go.
    url: &'a str,
    /// Its hoster's identifier.
    hoster: &'a str,
    /// Repeats this draw at this revision.
    seed: &'a str,
    revision: u64,
    /// Why it is fit, in sentences.
    reasons: Vec<String>,
}

/// `/go/{id}`
#[utoipa::path(
    get,
    path = "/go/{id}",
    operation_id = "go",
    params(Draw),
    responses((status = 200, body = Drawn), (status = 404)),
)]
pub async fn draw(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let given = parameters(&request);
    let ((), language) = refused::both(Ok(()), answer::language(&given))?;
    let l = Locale::of(language);
    let edition = catalogue.current();
    let slug = id(&request);
    let asked = Asked::read(&edition, slug, &given, language)
        .map_err(|errors| Refused::new(&errors, language))?;
    let Some(asked) = asked else {
        let similar = edition.similar_aims(slug, MAX_SIMILAR);
        return Ok(problem::unknown_id(slug, &similar, l));
    };
    let Some(hit) = asked.draw(&edition) else {
        return Ok(problem::nothing_fits(l));
    };
    let service = &edition.services[hit.service];
    let hoster = &edition.hosters[hit.hoster];
    let reasons = hit.reasons(service, hoster, edition.taxonomy());
    let drawn = Drawn {
        service: service.id.as_str(),
        url: service.way_in(hoster).map_or("", |link| link.as_str()),
        hoster: hoster.id.as_str(),
        seed: &asked.seed,
        revision: edition.revision,
        reasons: reasons
            .iter()
            .map(|reason| sentences::reason(reason, l))
            .collect(),
    };
    let mut response = answer::open(StatusCode::OK);
    response.insert_header((CACHE_CONTROL, "no-store"));
    Ok(match serde_json::to_vec(&drawn) {
        Ok(body) => response.content_type(ContentType::json()).body(body),
        Err(error) => {
            tracing::error!(%error, "a draw could not be written");
            answer::open(StatusCode::INTERNAL_SERVER_ERROR).finish()
        }
    })
}
