//! `/{lang}/join`: how a hoster comes to be listed here, and how it leaves.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::web::page::{Page, Section, language_of, send};

/// What a hoster writes into its robots.txt to be left out of every directory (RFC 9309).
const LEFT_OUT: &str = "User-agent: archipelago\nDisallow: /";
/// The commands that found a hoster's node and name its first service.
const FOUND: &str = "archipelago init --kind hoster --domain hoster.example\narchipelago serve\narchipelago service add";

#[derive(Template)]
#[template(path = "join.html")]
struct Join {
    page: Page,
}

/// The page.
pub async fn page(request: HttpRequest) -> HttpResponse {
    let l = language_of(&request);
    let title = l.t("join.title").to_owned();
    let page = Page {
        description: l.t("join.lead").to_owned(),
        ..Page::new(&request, l, title, Section::About)
    };
    send(StatusCode::OK, &Join { page })
}
