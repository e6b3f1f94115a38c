//! One announced end, in words.

use chrono::NaiveDate;

use crate::catalogue::{Edition, Ending, Ends};
use crate::domain::date::PartialDate;
use crate::domain::departure::Departure;
use crate::domain::service::{Closing, Service};
use crate::domain::text::Link;
use crate::web::locale::Locale;
use crate::web::pages::departures::Leaving;
use crate::web::pages::service;
use crate::web::time_left::TimeLeft;

/// An announced end, for the page and the feeds.
pub struct Line<'a> {
    /// The same in every edition: `departure.framacalc`, `service.infini-pad`.
    pub id: String,
    /// What ends.
    pub name: &'a str,
    /// The same with who offers it, where its name alone says little.
    pub title: String,
    /// The page that leads on: the way out of a departure, or a service's own.
    pub href: String,
    /// Who offers it.
    pub by: &'a str,
    /// Their page.
    pub by_href: Option<String>,
    /// A departure's state: its class and a word.
    pub status: Option<(&'static str, &'a str)>,
    /// The last day of all.
    pub end: LastDay,
    /// How long it still lasts.
    pub left: String,
    /// The last day for newcomers.
    pub new_accounts: Option<LastDay>,
    /// The last day to take data along.
    pub export: Option<LastDay>,
    /// What was said about it.
    pub note: Option<&'a str>,
    /// Who takes over.
    pub successor: Option<&'a Link>,
    /// When it was last said, today at the latest.
    pub said: NaiveDate,
}

/// A last day, as exactly as it is known.
pub struct LastDay {
    /// The day.
    pub on: PartialDate,
    /// In words.
    pub date: String,
}

impl<'a> Line<'a> {
    /// Puts an end into words.
    pub fn new(edition: &'a Edition, ending: &Ending, l: &'static Locale) -> Self {
        let end = LastDay::new(ending.on, l);
        match ending.of {
            Ends::Departure(position) => {
                let departure = &edition.taxonomy().departures()[position];
                Self::of_departure(edition, departure, end, l)
            }
            Ends::Service(position) => {
                Self::of_service(edition, &edition.services[position], end, l)
            }
        }
    }

    fn of_departure(
        edition: &'a Edition,
        departure: &'a Departure,
        end: LastDay,
        l: &'static Locale,
    ) -> Self {
        let today = edition.day();
        let leaving = Leaving::new(departure, edition.taxonomy(), l);
        let newest = departure.events.last().map(|event| event.date);
        Self {
            id: format!("departure.{}", departure.slug),
            name: departure.name.as_str(),
            title: departure.name.to_string(),
            href: format!("/{}/leave/{}", l.code(), departure.slug),
            by: departure.vendor.as_str(),
            by_href: None,
            status: Some((leaving.class, leaving.word)),
            left: TimeLeft::until(end.on, today).told(l),
            end,
            new_accounts: None,
            export: None,
            note: None,
            successor: None,
            said: said(newest, today),
        }
    }

    fn of_service(
        edition: &'a Edition,
        service: &'a Service,
        end: LastDay,
        l: &'static Locale,
    ) -> Self {
        let (_, hoster) = edition.hoster_of(service);
        let today = edition.day();
        let closing = service.closing.as_ref();
        let last_day = |day: fn(&Closing) -> Option<PartialDate>| {
            Some(LastDay::new(closing.and_then(day)?, l))
        };
        let announced = closing.and_then(|closing| closing.announced);
        Self {
            id: format!("service.{}", service.id),
            name: service.name.as_str(),
            title: l.with2(
                "service.title",
                ("name", &service.name),
                ("hoster", &hoster.name),
            ),
            href: service::path(service, l),
            by: hoster.name.as_str(),
            by_href: Some(format!("/{}/hosters/{}", l.code(), hoster.id)),
            status: None,
            left: TimeLeft::until(end.on, today).told(l),
            end,
            new_accounts: last_day(|closing| closing.new_accounts_until),
            export: last_day(|closing| closing.export_until),
            note: closing.and_then(|closing| Some(closing.note.as_ref()?.get(l.language))),
            successor: closing.and_then(|closing| closing.successor.as_ref()),
            said: said(announced.or(service.source_of("closing").seen), today),
        }
    }
}

impl LastDay {
    fn new(on: PartialDate, l: &Locale) -> Self {
        Self {
            on,
            date: l.date(on),
        }
    }
}

/// The day something was said: as early as it may be, today where nobody knows.
fn said(date: Option<PartialDate>, today: NaiveDate) -> NaiveDate {
    date.map_or(today, |date| date.first_day().min(today))
}
