//! `/api/v1/xmpp/providers.json`: the XMPP servers among the listed services, in the shape of the list of XMPP
//! Providers, so that a messenger that reads theirs can read this one.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::catalogue::Catalogue;
use crate::formats::xmpp_provider::{self, Providers};

use super::answer::send_written;

/// What the list is kept as among an edition's answers.
const KEPT_AS: &str = "xmpp/providers.json";

/// The list, made once per edition.
#[utoipa::path(
    get,
    path = "/xmpp/providers.json",
    operation_id = "xmpp",
    responses((status = 200, body = Providers)),
)]
pub async fn providers(request: HttpRequest, catalogue: Data<Catalogue>) -> HttpResponse {
    let edition = catalogue.current();
    let written = edition.answers.get_or_write(KEPT_AS.to_owned(), || {
        let listed = edition.listed_with(xmpp_provider::SOFTWARE);
        let listed = listed.map(|service| (edition.hoster_of(service).1, service));
        serde_json::to_vec(&xmpp_provider::write_list(listed))
    });
    send_written(&request, written)
}
