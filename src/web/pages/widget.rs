//! `/{lang}/widget`: the code that brings visitors of another site to a hoster, with what it will look like.
//!
//! Where the preview is plain HTML it is the very text that is copied. An element is the same element, brought by
//! this page's own script; without script, a frame shows what it would.

mod code;
mod kind;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::localized::Language;
use crate::web::badge;
use crate::web::error::{Refused, unknown_name, wrong_parameters};
use crate::web::headers::FRAMING;
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, language_of, parameter, parameters, send};
use crate::web::pages::embed::{DEFAULT_LIMIT, THEMES};

use code::Wanted;
use kind::{Kind, Made};

/// The need that is shown before one is chosen: the one most people are asked to leave for.
const FIRST: &str = "polls";
/// How many hosters may be asked for here; the elements take more.
const LIMITS: std::ops::RangeInclusive<usize> = 1..=6;

#[derive(Template)]
#[template(path = "widget.html")]
struct Builder {
    page: Page,
    kinds: Vec<Choice>,
    /// Needs and departures, as the lists to choose from.
    lists: [(&'static str, Vec<Choice>); 2],
    languages: Vec<Choice>,
    themes: Vec<Choice>,
    limits: Vec<Choice>,
    near: String,
    on: Option<NaiveDate>,
    hoster: String,
    pinned: bool,
    /// The kind in a few words, and what it is good for.
    title: &'static str,
    note: &'static str,
    /// What is still to be chosen, where that is so.
    missing: &'static str,
    made: Option<Made>,
}

/// A value to choose.
struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

/// The page.
pub async fn page(
    request: HttpRequest,
    catalogue: Data<Catalogue>,
) -> Result<HttpResponse, Refused> {
    let l = language_of(&request);
    let edition = catalogue.current();
    let given = parameters(&request);
    let slug = parameter(&given, "what").unwrap_or(FIRST);
    if edition.aim(slug).is_none() {
        return Err(unknown_name(&request, &edition, slug));
    }
    if let Some(near) = parameter(&given, "near") {
        let place = edition.place(near, l.language);
        place.map_err(|errors| wrong_parameters(&request, &edition, &errors))?;
    }
    let hoster = parameter(&given, "hoster");
    if let Some(id) = hoster.filter(|id| edition.hoster_position(id).is_none()) {
        return Err(unknown_name(&request, &edition, id));
    }
    let mut response = send(
        StatusCode::OK,
        &builder(&request, &edition, &given, slug, l),
    );
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, FRAMING);
    Ok(response)
}

fn builder(
    request: &HttpRequest,
    edition: &Edition,
    given: &[(String, String)],
    slug: &str,
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
    let made = kind.made(&wanted, |origin| {
        let position = edition.hoster_position(hoster?)?;
        Some(badge::embed(origin, edition, position, wanted.spoken).html)
    });
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
        lists: [
            (l.t("widget.needs"), sorted(needs)),
            (l.t("widget.departures"), sorted(departures)),
        ],
        languages: languages.into(),
        themes,
        limits: limits.collect(),
        on: wanted.on,
        near: wanted.near.unwrap_or_default().to_owned(),
        hoster: hoster.unwrap_or_default().to_owned(),
        pinned: wanted.pinned,
        title: told(&format!("widget.kind.{}", kind.word())),
        note: told(&format!("widget.note.{}", kind.word())),
        missing: match kind {
            Kind::Banner => l.t("widget.banner.missing"),
            _ => l.t("widget.badge.missing"),
        },
        made,
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
