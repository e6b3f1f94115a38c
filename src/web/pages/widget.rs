//! `/{lang}/widget`: the code that brings visitors of another site to a hoster, with what it will look like.
//!
//! Where the preview is plain HTML it is the very text that is copied. An element is the same element, brought by
//! this page's own script; without script, a frame shows what it would.

mod code;
mod kind;
mod wrong;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::localized::Language;
use crate::search::query::FieldError;
use crate::web::badge;
use crate::web::error::status_of;
use crate::web::headers::FRAMING;
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, language_of, parameter, parameters, send};
use crate::web::pages::embed::{DEFAULT_LIMIT, THEMES};

use code::Wanted;
use kind::{Kind, Made};
use wrong::{Wrong, errors};

/// The need that is shown before one is chosen: the one most people are asked to leave for.
const FIRST: &str = "polls";
/// How many hosters may be asked for here; the elements take more.
const LIMITS: std::ops::RangeInclusive<usize> = 1..=6;

#[derive(Template)]
#[template(path = "widget.html")]
struct Builder {
    page: Page,
    kinds: Vec<Choice>,
    /// What was asked for and is in neither list.
    unlisted: Option<String>,
    what_wrong: Option<Wrong>,
    /// Needs and departures, as the lists to choose from.
    lists: [(&'static str, Vec<Choice>); 2],
    languages: Vec<Choice>,
    themes: Vec<Choice>,
    limits: Vec<Choice>,
    near: String,
    near_wrong: Option<Wrong>,
    on: Option<NaiveDate>,
    hoster: String,
    hoster_wrong: Option<Wrong>,
    pinned: bool,
    /// The kind in a few words, and what it is good for.
    title: &'static str,
    note: &'static str,
    /// What is still to be chosen or mended, where that is so.
    missing: String,
    made: Option<Made>,
}

/// A value to choose.
struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

/// The page.
pub async fn page(request: HttpRequest, catalogue: Data<Catalogue>) -> HttpResponse {
    let l = language_of(&request);
    let edition = catalogue.current();
    let given = parameters(&request);
    let errors = errors(&edition, &given, l);
    let status = match errors.as_slice() {
        [] => StatusCode::OK,
        errors => status_of(errors),
    };
    let mut response = send(status, &builder(&request, &edition, &given, &errors, l));
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, FRAMING);
    response
}

fn builder(
    request: &HttpRequest,
    edition: &Edition,
    given: &[(String, String)],
    errors: &[FieldError],
    l: &'static Locale,
) -> Builder {
    let title = l.t("widget.title").to_owned();
    let page = Page {
        description: l.t("widget.lead").to_owned(),
        ..Page::new(request, l, title, Section::About)
    };
    let kind = parameter(given, "kind").and_then(Kind::from_word);
    let kind = kind.unwrap_or(Kind::Element);
    let spoken = parameter(given, "language").and_then(Language::from_code);
    let asked_theme = parameter(given, "theme").unwrap_or_default();
    let asked_limit = parameter(given, "limit").and_then(|limit| limit.parse().ok());
    let slug = parameter(given, "what").unwrap_or(FIRST);
    let hoster = parameter(given, "hoster");
    let taxonomy = edition.taxonomy();
    let wanted = Wanted {
        origin: &page.origin,
        slug,
        is_departure: taxonomy.departure(slug).is_some(),
        near: parameter(given, "near"),
        on: parameter(given, "on").and_then(|day| day.parse().ok()),
        spoken: Locale::of(spoken.unwrap_or(l.language)),
        limit: asked_limit
            .filter(|limit| LIMITS.contains(limit))
            .unwrap_or(DEFAULT_LIMIT),
        theme: THEMES.into_iter().find(|theme| *theme == asked_theme),
        pinned: parameter(given, "pinned").is_some(),
    };
    let badge = |origin: &str| {
        let position = edition.hoster_position(hoster?)?;
        Some(badge::embed(origin, edition, position, wanted.spoken).html)
    };
    let made = errors.is_empty().then(|| kind.made(&wanted, badge));
    let missing = match kind {
        _ if !errors.is_empty() => l.count("widget.unmade", errors.len()),
        Kind::Banner => l.t("widget.banner.missing").to_owned(),
        _ => l.t("widget.badge.missing").to_owned(),
    };
    let wrong = |field: &str| Wrong::with(field, errors, request, edition, l);
    let told = |key: &str| l.find(key).unwrap_or_default();
    let needs = taxonomy
        .needs()
        .iter()
        .map(|need| choice(need.id.as_str(), need.name.get(l.language).as_str(), slug));
    let departures = taxonomy
        .departures()
        .iter()
        .map(|departure| choice(departure.slug.as_str(), departure.name.as_str(), slug));
    let languages = Language::ALL.map(|language| {
        let locale = Locale::of(language);
        choice(locale.code(), locale.t("lang.own"), wanted.spoken.code())
    });
    let themes = std::iter::once("")
        .chain(THEMES)
        .map(|theme| {
            let word = if theme.is_empty() { "auto" } else { theme };
            let label = l.t(&format!("widget.theme.{word}")).to_owned();
            choice(theme, &label, wanted.theme.unwrap_or_default())
        })
        .collect();
    let limits = LIMITS.map(|limit| {
        let limit = limit.to_string();
        choice(&limit, &limit, &wanted.limit.to_string())
    });
    let kinds = Kind::ALL
        .iter()
        .map(|known| {
            let label = l.t(&format!("widget.kind.{}", known.word())).to_owned();
            choice(known.word(), &label, kind.word())
        })
        .collect();
    Builder {
        kinds,
        unlisted: edition.aim(slug).is_none().then(|| slug.to_owned()),
        what_wrong: wrong("what"),
        lists: [
            (l.t("widget.needs"), sorted(needs)),
            (l.t("widget.departures"), sorted(departures)),
        ],
        languages: languages.into(),
        themes,
        limits: limits.collect(),
        on: wanted.on,
        near: wanted.near.unwrap_or_default().to_owned(),
        near_wrong: wrong("near"),
        hoster: hoster.unwrap_or_default().to_owned(),
        hoster_wrong: wrong("hoster"),
        pinned: wanted.pinned,
        title: told(&format!("widget.kind.{}", kind.word())),
        note: told(&format!("widget.note.{}", kind.word())),
        missing,
        made: made.flatten(),
        page,
    }
}

fn choice(value: &str, label: &str, chosen: &str) -> Choice {
    Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        is_chosen: value == chosen,
    }
}

fn sorted(choices: impl Iterator<Item = Choice>) -> Vec<Choice> {
    let mut choices: Vec<Choice> = choices.collect();
    choices.sort_by_key(|choice| choice.label.to_lowercase());
    choices
}
