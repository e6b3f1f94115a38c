//! `/{lang}/closings`: the calendar of announced ends; the same for calendars and feed readers.

mod feeds;
mod line;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::Datelike;

use crate::catalogue::{Catalogue, Edition, Ending};
use crate::domain::date::{PartialDate, Precision};
use crate::web::locale::Locale;
use crate::web::page::{Page, Section, language_of, origin, send};
use crate::web::sentences::capitalised;

pub use feeds::{atom, ics};
use line::Line;

#[derive(Template)]
#[template(path = "closings.html")]
struct Closings<'a> {
    page: Page,
    months: Vec<Month<'a>>,
    /// How many more are to come than are shown, in a sentence.
    further: Option<String>,
    past: Vec<Line<'a>>,
    past_title: String,
    /// The whole address that a calendar subscribes to.
    calendar: String,
}

/// What ends within a month, or some time in a year.
struct Month<'a> {
    title: String,
    lines: Vec<Line<'a>>,
}

/// The page.
pub async fn page(request: HttpRequest, catalogue: Data<Catalogue>) -> HttpResponse {
    let l = language_of(&request);
    let edition = catalogue.current();
    let closings = &edition.closings;
    let line = |ending: &Ending| Line::new(&edition, ending, l);
    let title = l.t("closings.title").to_owned();
    let view = Closings {
        page: Page {
            description: l.t("closings.lead").to_owned(),
            ..Page::new(&request, l, title, Section::Leave)
        },
        months: months(&edition, &closings.upcoming, l),
        further: (closings.further > 0).then(|| l.count("closings.further", closings.further)),
        past: closings.past.iter().map(line).collect(),
        past_title: l.count("closings.past", closings.past.len()),
        calendar: format!("{}/{}/closings.ics", origin(&request), l.code()),
    };
    send(StatusCode::OK, &view)
}

/// Ends in the order of their days, by the month.
fn months<'a>(edition: &'a Edition, endings: &[Ending], l: &'static Locale) -> Vec<Month<'a>> {
    let by_month = endings.chunk_by(|a, b| month(a.on) == month(b.on));
    let of_month = |endings: &[Ending]| Month {
        title: match month(endings[0].on) {
            (year, None) => l.with("closings.year", "year", year),
            (year, Some(month)) => {
                capitalised(&format!("{} {year}", l.t(&format!("month.{month}"))))
            }
        },
        lines: endings
            .iter()
            .map(|ending| Line::new(edition, ending, l))
            .collect(),
    };
    by_month.map(of_month).collect()
}

/// A date's year and, where it is known, its month.
fn month(date: PartialDate) -> (i32, Option<u32>) {
    let day = date.first_day();
    let month = (date.precision() != Precision::Year).then_some(day.month());
    (day.year(), month)
}
