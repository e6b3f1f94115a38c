//! `/{lang}/collectives`: those who vouch for their members, as far as this directory knows them.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Edition, Party};
use crate::domain::collective::Standing;
use crate::web::collectives::{listed, members, standing, standing_text};
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, language_of, send};
use crate::web::party;

/// How many collectives are shown; the rest is counted.
const MAX_SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "collectives.html")]
struct Collectives {
    page: Page,
    lines: Vec<CollectiveLine>,
    /// How many more there are, if there are.
    more: Option<String>,
}

struct CollectiveLine {
    name: String,
    host: String,
    href: String,
    standing: Standing,
    standing_text: String,
    members: String,
}

/// The page.
pub async fn page(request: HttpRequest, catalogue: Data<Catalogue>) -> HttpResponse {
    let l = language_of(&request);
    let edition = catalogue.current();
    let all = listed(&edition);
    let hidden = all.len().saturating_sub(MAX_SHOWN);
    let shown = all.into_iter().take(MAX_SHOWN);
    let view = Collectives {
        page: Page::new(
            &request,
            l,
            l.t("collectives.title").to_owned(),
            Section::About,
        ),
        lines: shown.filter_map(|party| line(&edition, party, l)).collect(),
        more: (hidden > 0).then(|| l.count("collectives.more", hidden)),
    };
    send(StatusCode::OK, &view)
}

fn line(edition: &Edition, collective: &Party, l: &Locale) -> Option<CollectiveLine> {
    let standing = standing(edition, collective);
    Some(CollectiveLine {
        name: party::name(collective),
        host: party::host(&collective.address),
        href: party::collective_page(collective, l)?,
        standing,
        standing_text: standing_text(standing, l),
        members: l.count("collectives.members", members(edition, collective)),
    })
}
