//! `/{lang}/about`: who decides here, from when one is listed, and where the facts come from.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use crate::catalogue::Catalogue;
use crate::domain::collective::Standing;
use crate::web::page::{Page, Section, language_of, send};

/// The notices that the licences of the places ask to be shown.
const GEOGRAPHY_NOTICE: &str = include_str!("../../../fixtures/data/geo/NOTICE.txt");

#[derive(Template)]
#[template(path = "about.html")]
struct About {
    page: Page,
    standings: Vec<StandingLine>,
    least: String,
    figures: Vec<(String, String)>,
    /// The notices, a paragraph each.
    notices: Vec<String>,
}

struct StandingLine {
    standing: Standing,
    text: String,
    is_least: bool,
    is_listed: bool,
    hosters: String,
}

/// The page.
pub async fn page(request: HttpRequest, catalogue: Data<Catalogue>) -> HttpResponse {
    let l = language_of(&request);
    let edition = catalogue.current();
    let overview = &edition.overview;
    let text = |standing: Standing| l.t(&format!("standing.{}", standing.word())).to_owned();
    let covered = overview
        .services_by_need
        .iter()
        .filter(|count| **count > 0)
        .count();
    let all = overview.services_by_need.len();
    let figure = |key: &str, value: String| (l.t(key).to_owned(), value);
    let about = About {
        page: Page::new(&request, l, l.t("about.title").to_owned(), Section::About),
        standings: Standing::ALL
            .iter()
            .rev()
            .map(|standing| StandingLine {
                standing: *standing,
                text: text(*standing),
                is_least: *standing == edition.least_standing,
                is_listed: *standing >= edition.least_standing,
                hosters: l.integer(overview.hosters_by_standing[*standing as usize]),
            })
            .collect(),
        least: text(edition.least_standing),
        figures: vec![
            figure("about.figure.hosters", l.integer(overview.hosters)),
            figure("about.figure.services", l.integer(overview.services)),
            figure(
                "about.figure.needs",
                l.with2("about.figure.of", ("n", &covered), ("all", &all)),
            ),
            figure("about.figure.towns", l.integer(overview.towns)),
            figure(
                "about.figure.revision",
                l.integer(edition.revision as usize),
            ),
        ],
        notices: paragraphs(GEOGRAPHY_NOTICE),
    };
    send(StatusCode::OK, &about)
}

/// The paragraphs of a text whose lines are indented where they go on from the one before.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match paragraphs.last_mut() {
            Some(paragraph) if line.starts_with(' ') => {
                paragraph.push(' ');
                paragraph.push_str(line.trim());
            }
            _ => paragraphs.push(line.to_owned()),
        }
    }
    paragraphs
}
