//! `/{lang}/about`: who decides here, from when one is listed, and where the facts come from.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use chrono::TimeDelta;

use crate::catalogue::{Catalogue, Edition, Observations};
use crate::domain::collective::Standing;
use crate::web::chart::PROFILE_HEIGHT;
use crate::web::choices::{self, AnchorLine, BlockLine, DecisionLine};
use crate::web::growth::{Growth, growth};
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, address, language_of, parameter, parameters, send};
use crate::web::shares::{self, ShareLine};

/// The notices that the licences of the places ask to be shown.
const GEOGRAPHY_NOTICE: &str = include_str!("../../../fixtures/data/geo/NOTICE.txt");

/// How long decisions are shown; the API has them all.
const SHOWN_FOR: TimeDelta = TimeDelta::days(365);
/// How many decisions are on one page.
const DECISIONS_ON_A_PAGE: u32 = 20;
/// To how many hosters the page says that people were sent; the API has them all.
const MAX_SHARES_SHOWN: usize = 30;
/// How many blocks are shown; the API has them all.
const MAX_BLOCKS_SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "about.html")]
struct About<'a> {
    page: Page,
    standings: Vec<StandingLine>,
    least: String,
    anchors: Vec<AnchorLine>,
    rules: Vec<String>,
    blocks: Vec<BlockLine>,
    /// That there are more.
    more_blocks: Option<String>,
    sent: Sent<'a>,
    log: Log,
    figures: Vec<(String, String)>,
    grew: Grew,
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

/// Where people were sent.
#[derive(Default)]
struct Sent<'a> {
    /// Whether it could not be read.
    is_away: bool,
    /// How many were, if that is enough to be told.
    total: Option<String>,
    lines: Vec<ShareLine<'a>>,
}

/// How the directory grew.
#[derive(Default)]
struct Grew {
    /// Whether it could not be read.
    is_away: bool,
    growth: Option<Growth>,
}

/// A page of what was decided.
#[derive(Default)]
struct Log {
    /// Whether it could not be read.
    is_away: bool,
    decisions: Vec<DecisionLine>,
    newer: Option<String>,
    older: Option<String>,
}

/// The page; with `page` an earlier part of what was decided.
pub async fn page(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
    observations: Data<Observations>,
) -> HttpResponse {
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
    let hidden = edition.blocks.len().saturating_sub(MAX_BLOCKS_SHOWN);
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
                hosters: l.count(
                    "about.standing.known",
                    overview.hosters_by_standing[*standing as usize],
                ),
            })
            .collect(),
        least: text(edition.least_standing),
        anchors: choices::anchors(&edition.anchors, l),
        rules: choices::rules(&edition.rules, l),
        blocks: choices::blocks(edition.blocks.iter().take(MAX_BLOCKS_SHOWN), l),
        more_blocks: (hidden > 0).then(|| l.count("about.blocks.more", hidden)),
        sent: sent(&edition, &observations, l).await,
        log: log(&request, &observations, l).await,
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
        grew: grew(&observations, l).await,
        notices: paragraphs(GEOGRAPHY_NOTICE),
    };
    send(StatusCode::OK, &about)
}

/// Where people were sent of late. Where it cannot be read, the rest of the page is told all the same.
async fn sent<'a>(edition: &'a Edition, observations: &Observations, l: &Locale) -> Sent<'a> {
    let sent = match observations.shares().await {
        Ok(sent) => sent,
        Err(error) => {
            tracing::warn!(%error, "where people were sent cannot be read");
            return Sent {
                is_away: true,
                ..Sent::default()
            };
        }
    };
    let total = sent.rounded_total();
    let shares = shares::shares(edition, &sent);
    let shown = shares.iter().take(MAX_SHARES_SHOWN);
    Sent {
        is_away: false,
        total: (total > 0).then(|| l.count("about.sent.total", total as usize)),
        lines: shown.map(|share| ShareLine::new(share, l)).collect(),
    }
}

/// How the directory grew within a year. Where it cannot be read, the rest of the page is told all the same.
async fn grew(observations: &Observations, l: &'static Locale) -> Grew {
    match observations.tallies().await {
        Ok(tallies) => Grew {
            is_away: false,
            growth: growth(&tallies, l),
        },
        Err(error) => {
            tracing::warn!(%error, "how the directory grew cannot be read");
            Grew {
                is_away: true,
                growth: None,
            }
        }
    }
}

/// What was decided within a year, the page of it that is asked for. Where it cannot be read, the rest of
/// the page is told all the same.
async fn log(request: &HttpRequest, observations: &Observations, l: &Locale) -> Log {
    let given = parameters(request);
    let number = parameter(&given, "page").and_then(|page| page.parse().ok());
    let number: u32 = number.unwrap_or(1).max(1);
    let skipped = u64::from(number - 1) * u64::from(DECISIONS_ON_A_PAGE);
    let since = observations.now() - SHOWN_FOR;
    let read = observations.decisions(since, DECISIONS_ON_A_PAGE, skipped);
    let (decisions, total) = match read.await {
        Ok(read) => read,
        Err(error) => {
            tracing::warn!(%error, "the log of decisions cannot be read");
            return Log {
                is_away: true,
                ..Log::default()
            };
        }
    };
    let at = |number: u32| {
        let page = (number > 1).then(|| number.to_string());
        let path = address(
            &format!("/{}/about", l.code()),
            &[("page", page.as_deref())],
        );
        format!("{path}#log")
    };
    let is_more = skipped + (decisions.len() as u64) < total && !decisions.is_empty();
    Log {
        is_away: false,
        decisions: choices::decisions(&decisions, l),
        newer: (number > 1).then(|| at(number - 1)),
        older: is_more.then(|| at(number + 1)),
    }
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
