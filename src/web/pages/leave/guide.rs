//! The steps from one service to another. What the departure's record does not say is said to be unknown.

use chrono::NaiveDate;

use crate::domain::departure::{Departure, DepartureStatus, Way};
use crate::web::facts::{Cited, cited};
use crate::web::locale::Locale;
use crate::web::sentences::capitalised;
use crate::web::time_left::TimeLeft;

/// One step.
pub struct Step<'a> {
    /// What to do, in a few words.
    pub title: &'a str,
    /// The same in a sentence or two; may be empty where the way says it all.
    pub text: String,
    /// How it is done for this departure.
    pub way: Option<WayView<'a>>,
    /// Whether it leads to the message.
    pub is_message: bool,
}

/// How data leave a service, or enter another.
pub struct WayView<'a> {
    /// The steps.
    pub text: &'a str,
    /// File formats, one after another.
    pub formats: String,
    /// Where it was read; empty for general knowledge.
    pub sources: Vec<Cited>,
}

/// The steps of a departure, in their order; `is_answered` says whether a hoster is shown above them.
pub fn steps<'a>(
    departure: &'a Departure,
    is_answered: bool,
    today: NaiveDate,
    l: &'static Locale,
) -> Vec<Step<'a>> {
    let is_closed = departure.status == DepartureStatus::Closed;
    let step = |title, text: &str| Step {
        title: l.t(title),
        text: text.to_owned(),
        way: None,
        is_message: false,
    };
    let way = |way: &'a Option<Way>| way.as_ref().map(|way| WayView::new(way, l));
    let choose = if is_answered {
        "leave.step.choose.text"
    } else {
        "leave.step.choose.none"
    };
    let close = if is_closed {
        "leave.step.close.closed"
    } else {
        "leave.step.close.text"
    };
    let unknown = "leave.step.in.unknown";
    let bring_in = departure.import.as_ref().map_or(l.t(unknown), |_| "");
    vec![
        step("leave.step.choose", l.t(choose)),
        Step {
            way: way(&departure.export),
            ..step("leave.step.out", &before_it_goes(departure, today, l))
        },
        Step {
            way: way(&departure.import),
            ..step("leave.step.in", bring_in)
        },
        step("leave.step.check", l.t("leave.step.check.text")),
        Step {
            is_message: true,
            ..step("leave.step.tell", l.t("leave.step.tell.text"))
        },
        step("leave.step.close", l.t(close)),
    ]
}

/// What to know before data are taken out.
fn before_it_goes(departure: &Departure, today: NaiveDate, l: &Locale) -> String {
    if departure.export.is_none() {
        return l.with2(
            "leave.step.out.unknown",
            ("name", &departure.name),
            ("vendor", &departure.vendor),
        );
    }
    if departure.status == DepartureStatus::Closed {
        return l.t("leave.step.out.closed").to_owned();
    }
    let day = departure.closes_on(today);
    day.map_or_else(String::new, |day| {
        l.with("leave.step.out.before", "date", l.day(day))
    })
}

/// What is known of the time that is left, in a sentence or two; nothing where its state says all.
pub fn time_left(departure: &Departure, today: NaiveDate, l: &Locale) -> Option<String> {
    if let Some(day) = departure.closes_on(today) {
        let left = capitalised(&TimeLeft::until(day.into(), today).told(l));
        return Some(l.with2("leave.left", ("left", &left), ("date", &l.day(day))));
    }
    match (departure.announced_close, departure.status) {
        (Some(day), DepartureStatus::Closed) if day < today => {
            Some(l.with("leave.announced.closed", "date", l.day(day)))
        }
        (_, DepartureStatus::Closed) => None,
        (Some(day), _) => Some(l.with("leave.announced", "date", l.day(day))),
        (None, DepartureStatus::Maintained) => Some(l.t("leave.open.note").to_owned()),
        // Nobody follows how brands stand.
        (None, _) if !departure.is_frama() => None,
        (None, _) => Some(l.t("leave.left.unknown").to_owned()),
    }
}

impl<'a> WayView<'a> {
    fn new(way: &'a Way, l: &Locale) -> Self {
        let formats = way.formats.iter().map(|format| format.as_str());
        let sources = way.sources.iter().filter(|_| !way.unsourced);
        Self {
            text: way.text.get(l.language).as_str(),
            formats: formats.collect::<Vec<_>>().join(", "),
            sources: sources.map(|source| cited(source, l)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;
    use crate::domain::taxonomy::Taxonomy;

    /// A departure of the shipped list, changed.
    fn departure(slug: &str, change: impl FnOnce(&mut Departure)) -> Departure {
        let taxonomy = Taxonomy::embedded();
        let mut departure = taxonomy.departure(slug).unwrap().clone();
        change(&mut departure);
        departure
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_time_that_is_left_is_said_plainly_whatever_is_known() {
        let l = Locale::of(Language::English);
        let told = |slug, change: fn(&mut Departure), today| {
            time_left(&departure(slug, change), day(today), l)
        };
        let as_it_is: fn(&mut Departure) = |_| {};
        assert_eq!(
            told("framaboard", as_it_is, "2021-06-24").unwrap(),
            "12\u{a0}days left: the closing is announced for 6\u{a0}July 2021."
        );
        let last = told("framaboard", as_it_is, "2021-07-06").unwrap();
        assert!(last.starts_with("It is today"), "{last}");
        let past = told("framaboard", as_it_is, "2021-07-07").unwrap();
        assert!(
            past.contains("has passed. We have found no proof"),
            "{past}"
        );
        let closed = told("framabag", as_it_is, "2026-11-23").unwrap();
        assert!(closed.ends_with("has passed: the service has closed."));
        // Whatever day was announced, who has closed has no time left.
        assert_eq!(told("framabag", as_it_is, "2021-01-01"), None);
        let open = told("framadate", as_it_is, "2026-11-23").unwrap();
        assert_eq!(open, l.t("leave.open.note"));
        let nobody_knows: fn(&mut Departure) = |departure| {
            departure.status = DepartureStatus::Unknown;
        };
        let unknown = told("framadate", nobody_knows, "2026-11-23").unwrap();
        assert_eq!(unknown, l.t("leave.left.unknown"));
        assert_eq!(
            told("google-docs", as_it_is, "2026-11-23"),
            None,
            "nobody follows brands"
        );
    }

    #[test]
    fn the_steps_hold_what_is_known_and_say_what_is_not() {
        let l = Locale::of(Language::French);
        let today = day("2026-11-23");
        let framapad = departure("framapad", |_| {});
        let known = steps(&framapad, true, today, l);
        assert_eq!(known.len(), 6);
        let out = known[1].way.as_ref().unwrap();
        assert!(out.formats.starts_with("etherpad, html") && !out.sources.is_empty());
        assert!(known[1].text.is_empty() && known[2].text.is_empty());
        assert_eq!(known.iter().filter(|step| step.is_message).count(), 1);

        let docs = departure("google-docs", |_| {});
        let unknown = steps(&docs, false, today, l);
        assert_eq!(unknown[0].text, l.t("leave.step.choose.none"));
        assert!(unknown[1].way.is_none() && unknown[1].text.contains("Google"));
        assert_eq!(unknown[2].text, l.t("leave.step.in.unknown"));

        let ending = departure("framaboard", |_| {});
        let before = &steps(&ending, true, day("2021-06-24"), l)[1].text;
        assert!(before.contains("avant le 6\u{a0}juillet 2021"), "{before}");
        let closed = departure("framabag", |_| {});
        let after = steps(&closed, true, today, l);
        assert_eq!(after[1].text, l.t("leave.step.out.closed"));
        assert_eq!(after[5].text, l.t("leave.step.close.closed"));
    }
}
