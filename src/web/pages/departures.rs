//! `/{lang}/leave`: all departures, and where the sentence with two blanks leads.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::departure::{Departure, DepartureStatus};
use crate::domain::taxonomy::Taxonomy;
use crate::domain::text::Link;
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, address, language_of, parameter, parameters, send};
use crate::web::sentences;

#[derive(Template)]
#[template(path = "departures.html")]
struct Departures<'a> {
    page: Page,
    going: Vec<Leaving<'a>>,
    unknown: Vec<Leaving<'a>>,
    open: Vec<Leaving<'a>>,
    brands: Vec<Leaving<'a>>,
}

/// A departure as one line of a list.
pub struct Leaving<'a> {
    /// What is left.
    pub departure: &'a Departure,
    /// The group of its main need, which has a drawing.
    pub group: &'a str,
    /// What it is for.
    pub purpose: String,
    /// `is-open`, `is-limited`, `is-closed` or `is-unknown`.
    pub class: &'static str,
    /// Its state in a word.
    pub word: &'a str,
    /// Its state with its date.
    pub status: String,
}

/// `/leave`: all departures; with `what` or `url`, the one that is meant; with neither known, a search.
pub async fn page(request: HttpRequest, catalogue: Data<Catalogue>) -> HttpResponse {
    let l = language_of(&request);
    let edition = catalogue.current();
    let given = parameters(&request);
    let near = parameter(&given, "near");
    let what = parameter(&given, "url").or_else(|| parameter(&given, "what"));
    if what.is_some() || near.is_some() {
        let target = destination(what, near, &edition, l);
        return HttpResponse::SeeOther()
            .insert_header((LOCATION, target))
            .finish();
    }
    let (mut going, mut unknown, mut open, mut brands) = (vec![], vec![], vec![], vec![]);
    for departure in edition.taxonomy().departures() {
        let list = match departure.status {
            _ if !departure.is_frama() => &mut brands,
            DepartureStatus::Closed | DepartureStatus::Restricted => &mut going,
            DepartureStatus::Moved | DepartureStatus::Unknown => &mut unknown,
            DepartureStatus::Maintained => &mut open,
        };
        list.push(Leaving::new(departure, edition.taxonomy(), l));
    }
    for list in [&mut going, &mut unknown, &mut open, &mut brands] {
        list.sort_by_key(|leaving| leaving.departure.name.as_str().to_lowercase());
    }
    let page = Page::new(
        &request,
        l,
        l.t("departures.title").to_owned(),
        Section::Leave,
    );
    send(
        StatusCode::OK,
        &Departures {
            page,
            going,
            unknown,
            open,
            brands,
        },
    )
}

/// Where the sentence with two blanks leads: a departure's page if one is named, else the results.
fn destination(what: Option<&str>, near: Option<&str>, edition: &Edition, l: &Locale) -> String {
    let known = what.and_then(|what| {
        let by_address =
            Link::typed(what).and_then(|address| edition.taxonomy().departure_at(&address));
        by_address.or_else(|| edition.departure_named(what))
    });
    match known {
        Some(departure) => address(
            &format!("/{}/leave/{}", l.code(), departure.slug),
            &[("near", near)],
        ),
        None => address(
            &format!("/{}/services", l.code()),
            &[("q", what), ("near", near)],
        ),
    }
}

impl<'a> Leaving<'a> {
    /// Puts a departure's state into words.
    pub fn new(departure: &'a Departure, taxonomy: &'a Taxonomy, l: &'static Locale) -> Self {
        let word = l
            .find(&format!("status.{}", departure.status.word()))
            .unwrap_or_default();
        let status = match (departure.as_of, departure.announced_close) {
            (Some(as_of), _) => format!("{word}, {}", l.date(as_of)),
            (None, Some(day)) => {
                sentences::capitalised(&l.with("status.announced", "date", l.day(day)))
            }
            (None, None) => word.to_owned(),
        };
        let class = match departure.status {
            DepartureStatus::Maintained => "is-open",
            DepartureStatus::Restricted => "is-limited",
            DepartureStatus::Closed => "is-closed",
            DepartureStatus::Moved | DepartureStatus::Unknown => "is-unknown",
        };
        let need = departure.needs.first();
        let need = need.and_then(|need| taxonomy.need(need.as_str()));
        Self {
            group: need.map_or("", |need| need.group.as_str()),
            purpose: sentences::capitalised(departure.purpose.get(l.language).as_str()),
            departure,
            class,
            word,
            status,
        }
    }

    /// Whether it still runs for everybody, as far as is known.
    pub fn is_open(&self) -> bool {
        self.departure.status == DepartureStatus::Maintained
    }

    /// Whether anything is known about its state: a brand is left by choice, not because it closes.
    pub fn has_news(&self) -> bool {
        self.departure.is_frama() || self.departure.status != DepartureStatus::Unknown
    }
}
