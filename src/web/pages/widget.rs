//! `/{lang}/widget`: the code that brings visitors of another site to a hoster, with what it will look like.
//!
//! Both are plain HTML: they run nothing, load nothing and keep nothing. The preview is the same text that is copied.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::localized::Language;
use crate::web::chart::Escaped;
use crate::web::error::{Refused, unknown_name, wrong_parameters};
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, address, language_of, parameter, parameters, send};

/// The need that is shown before one is chosen: the one most people are asked to leave for.
const FIRST: &str = "polls";

#[derive(Template)]
#[template(path = "widget.html")]
struct Builder {
    page: Page,
    /// Needs and departures, as the lists to choose from.
    lists: [(&'static str, Vec<Choice>); 2],
    languages: Vec<Choice>,
    near: String,
    link: String,
    form: String,
}

/// A value to choose.
struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

/// A link that leads to a hoster.
#[derive(Template)]
#[template(path = "embed_link.html")]
struct EmbedLink<'a> {
    href: String,
    words: &'a str,
}

/// A form that asks where somebody lives and then does.
#[derive(Template)]
#[template(path = "embed_form.html")]
struct EmbedForm<'a> {
    action: String,
    code: &'a str,
    label: &'a str,
    near: &'a str,
    words: &'a str,
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
    let near = parameter(&given, "near");
    if let Some(near) = near {
        let place = edition.place(near, l.language);
        place.map_err(|errors| wrong_parameters(&request, &edition, &errors))?;
    }
    let spoken = parameter(&given, "language").and_then(Language::from_code);
    let spoken = Locale::of(spoken.unwrap_or(l.language));
    Ok(send(
        StatusCode::OK,
        &builder(&request, &edition, slug, near, spoken, l),
    ))
}

fn builder(
    request: &HttpRequest,
    edition: &Edition,
    slug: &str,
    near: Option<&str>,
    spoken: &Locale,
    l: &'static Locale,
) -> Builder {
    let title = l.t("widget.title").to_owned();
    let page = Page {
        description: l.t("widget.lead").to_owned(),
        ..Page::new(request, l, title, Section::About)
    };
    let action = page.whole(&format!("/go/{slug}"));
    let link = EmbedLink {
        href: address(&action, &[("near", near), ("lang", Some(spoken.code()))]),
        words: spoken.t("widget.words"),
    };
    let form = EmbedForm {
        action,
        code: spoken.code(),
        label: spoken.t("widget.near"),
        near: near.unwrap_or_default(),
        words: spoken.t("widget.words"),
    };
    let taxonomy = edition.taxonomy();
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
        choice(locale.code(), locale.t("lang.own"), spoken.code())
    });
    Builder {
        lists: [
            (l.t("widget.needs"), sorted(needs)),
            (l.t("widget.departures"), sorted(departures)),
        ],
        languages: languages.into(),
        near: near.unwrap_or_default().to_owned(),
        link: rendered(&link),
        form: rendered(&form),
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

fn rendered(template: &impl Template) -> String {
    template.render().unwrap_or_else(|error| {
        tracing::error!(%error, "what is to be embedded could not be rendered");
        String::new()
    })
}
