//! `/{lang}/`: one question, and what the archipelago offers.

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, VARY};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::departure::{Departure, DepartureStatus};
use crate::formats::schema_org;
use crate::web::chart::{self, Spot};
use crate::web::error::accepted;
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, language_of, parameter, parameters, send};
use crate::web::pages::departures::Leaving;

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    page: Page,
    what: String,
    near: String,
    what_error: Option<String>,
    near_error: Option<String>,
    groups: Vec<Group<'a>>,
    leaving: Vec<Leaving<'a>>,
    departures_link: String,
    hosters: String,
    services: String,
    towns: String,
    countries: String,
    chart: Option<Chart>,
    linked_data: String,
}

/// Needs that belong together.
struct Group<'a> {
    id: &'a str,
    name: &'a str,
    needs: Vec<NeedLine<'a>>,
}

struct NeedLine<'a> {
    id: &'a str,
    name: &'a str,
    count: Option<String>,
}

struct Chart {
    label: String,
    svg: String,
}

/// `/` leads to the language the browser asks for.
pub async fn choose_language(request: HttpRequest) -> HttpResponse {
    let home = format!("/{}/", accepted(&request).code());
    HttpResponse::Found()
        .insert_header((LOCATION, home))
        .insert_header((VARY, "Accept-Language"))
        .finish()
}

/// `/fr` leads to `/fr/`.
pub async fn with_slash(request: HttpRequest) -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, format!("{}/", request.path())))
        .finish()
}

/// The page.
pub async fn page(request: HttpRequest, catalogue: Data<Catalogue>) -> HttpResponse {
    let l = language_of(&request);
    let edition = catalogue.current();
    let given = parameters(&request);
    let departures = edition.taxonomy().departures();
    let (frama, brands): (Vec<&Departure>, Vec<&Departure>) = departures
        .iter()
        .partition(|departure| departure.is_frama());
    let is_going = |departure: &&&Departure| {
        matches!(
            departure.status,
            DepartureStatus::Closed | DepartureStatus::Restricted
        )
    };
    let overview = &edition.overview;
    let page = Page::new(
        &request,
        l,
        l.t("home.title").to_owned(),
        Section::Elsewhere,
    );
    let home = Home {
        linked_data: linked_data(&page),
        page,
        what: parameter(&given, "what").unwrap_or_default().to_owned(),
        near: parameter(&given, "near").unwrap_or_default().to_owned(),
        what_error: None,
        near_error: None,
        groups: groups(&edition, l),
        leaving: frama
            .iter()
            .filter(is_going)
            .map(|departure| Leaving::new(departure, edition.taxonomy(), l))
            .collect(),
        departures_link: l.with2(
            "home.leaving.all",
            ("n", &frama.len()),
            ("m", &brands.len()),
        ),
        hosters: l.integer(overview.hosters),
        services: l.integer(overview.services),
        towns: l.integer(overview.towns),
        countries: l.with("home.figure.towns", "n", l.integer(overview.countries)),
        chart: chart(&edition, l),
    };
    send(StatusCode::OK, &home)
}

fn linked_data(page: &Page) -> String {
    let l = page.l;
    let search = page.whole(&format!("/{}/services?q={{search_term_string}}", l.code()));
    let here = page.canonical_in(l.code());
    let site = schema_org::website(l.t("site.name"), &here, &search, l.language);
    schema_org::data_block(&site)
}

fn groups<'a>(edition: &'a Edition, l: &'static Locale) -> Vec<Group<'a>> {
    let mut groups: Vec<Group> = Vec::new();
    for (position, need) in edition.taxonomy().needs().iter().enumerate() {
        let count = edition.overview.services_by_need[position];
        let line = NeedLine {
            id: need.id.as_str(),
            name: need.name.get(l.language).as_str(),
            count: (count > 0).then(|| l.integer(count)),
        };
        match groups
            .last_mut()
            .filter(|group| group.id == need.group.as_str())
        {
            Some(group) => group.needs.push(line),
            None => {
                let name = l
                    .find(&format!("group.{}", need.group))
                    .unwrap_or(need.group.as_str());
                groups.push(Group {
                    id: need.group.as_str(),
                    name,
                    needs: vec![line],
                });
            }
        }
    }
    groups
}

fn chart(edition: &Edition, l: &Locale) -> Option<Chart> {
    let spots: Vec<Spot> = edition
        .listed()
        .iter()
        .filter_map(|position| {
            let hoster = &edition.hosters[*position];
            let at = hoster.place.coordinates?;
            Some(Spot {
                id: hoster.id.as_str(),
                name: hoster.name.as_str(),
                town: hoster.place.city.as_ref().map_or("", |city| city.as_str()),
                latitude: at.latitude(),
                longitude: at.longitude(),
                href: format!("/{}/hosters/{}", l.code(), hoster.id),
            })
        })
        .collect();
    let drawn = chart::home(&spots)?;
    Some(Chart {
        label: l.with("home.chart.label", "n", drawn.islands),
        svg: drawn.svg,
    })
}
