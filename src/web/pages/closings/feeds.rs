//! `/{lang}/closings.ics` and `/{lang}/closings.atom`: the announced ends for calendars (RFC 5545) and feed
//! readers (RFC 4287).

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::NaiveDate;

use crate::catalogue::{Catalogue, Edition};
use crate::domain::date::Precision;
use crate::formats::icalendar::{Day, calendar};
use crate::web::etag;
use crate::web::locale::Locale;
use crate::web::page::{language_of, origin};

use super::line::{LastDay, Line};

#[derive(Template)]
#[template(path = "closings.atom.xml")]
struct Feed<'a> {
    l: &'static Locale,
    /// When the newest was said (RFC 3339); today where there is none.
    updated: String,
    entries: Vec<(Line<'a>, String, String)>,
}

/// The ends as days of a calendar. Its addresses are whole: a calendar does not know where it came from.
pub async fn ics(request: HttpRequest, catalogue: Data<Catalogue>) -> HttpResponse {
    let l = language_of(&request);
    let edition = catalogue.current();
    let origin = origin(&request);
    let days: Vec<Day> = lines(&edition, l)
        .flat_map(|line| days(&line, &origin, l))
        .collect();
    let text = calendar(l.t("closings.title"), &days);
    answer(&request, "text/calendar; charset=utf-8", text)
}

/// The ends as a feed.
pub async fn atom(request: HttpRequest, catalogue: Data<Catalogue>) -> HttpResponse {
    let l = language_of(&request);
    let edition = catalogue.current();
    let entries: Vec<_> = lines(&edition, l)
        .map(|line| {
            let summary = summary(&line, l);
            let updated = midnight(line.said);
            (line, updated, summary)
        })
        .collect();
    let feed = Feed {
        updated: (entries.iter().map(|(_, updated, _)| updated.clone()))
            .max()
            .unwrap_or_else(|| midnight(edition.day())),
        entries,
        l,
    };
    match feed.render() {
        Ok(xml) => answer(&request, "application/atom+xml; charset=utf-8", xml),
        Err(error) => {
            tracing::error!(%error, "a feed could not be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn lines<'a>(edition: &'a Edition, l: &'static Locale) -> impl Iterator<Item = Line<'a>> {
    let closings = &edition.closings;
    let endings = closings.upcoming.iter().chain(&closings.past);
    endings.map(move |ending| Line::new(edition, ending, l))
}

/// The last day, and the last day to take data along where it is another.
fn days(line: &Line, origin: &str, l: &'static Locale) -> Vec<Day<'static>> {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let day = |what: &str, key: &str, last: &LastDay| {
        let title = l.with(key, "name", &line.title);
        Day {
            uid: format!("{what}.{}@{host}", line.id),
            stamped: line.said,
            on: last.on.first_day(),
            // What is known to the month or the year stands on its first day and says so.
            summary: match last.on.precision() {
                Precision::Day => title,
                _ => format!("{title} ({})", last.date),
            },
            description: summary(line, l),
            url: format!("{origin}{}", line.href),
            language: l.code(),
        }
    };
    let export = line.export.as_ref().filter(|last| last.on != line.end.on);
    let mut days = vec![day("closing", "closings.ends", &line.end)];
    days.extend(export.map(|last| day("export", "closings.export", last)));
    days
}

/// All that is known of an end, one line each.
fn summary(line: &Line, l: &Locale) -> String {
    let dated = |term: &str, day: Option<&LastDay>| Some(format!("{} {}", l.t(term), day?.date));
    let lines = [
        Some(l.with2("closings.day", ("by", &line.by), ("date", &line.end.date))),
        dated("closing.new_accounts_until", line.new_accounts.as_ref()),
        dated("closing.export_until", line.export.as_ref()),
        line.note.map(str::to_owned),
        (line.successor).map(|link| l.with("closings.successor", "link", link)),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn midnight(day: NaiveDate) -> String {
    format!("{day}T00:00:00Z")
}

fn answer(request: &HttpRequest, media_type: &str, text: String) -> HttpResponse {
    let tag = etag::of(text.as_bytes());
    etag::send(request, HttpResponse::build, &tag, media_type, text)
}
