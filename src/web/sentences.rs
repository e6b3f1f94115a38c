//! Reasons and errors put into words, for pages, the API and the command line alike.

use crate::domain::place::Compass;
use crate::domain::provenance::Age;
use crate::domain::service::Registration;
use crate::domain::text::TextError;
use crate::search::query::{FieldError, Problem};
use crate::search::reason::Reason;

use super::locale::Locale;

/// A reason, in a sentence.
pub fn reason(reason: &Reason, l: &Locale) -> String {
    match reason {
        Reason::MadeForIt => l.t("reason.made").to_owned(),
        Reason::ThroughSuite {
            software,
            part: Some(part),
        } => l.with2("reason.suite.part", ("software", software), ("part", part)),
        Reason::ThroughSuite {
            software,
            part: None,
        } => l.with("reason.suite", "software", software),
        Reason::Distance { km, direction } => l.with2(
            "reason.distance",
            ("distance", &distance(*km, l)),
            ("direction", &l.t(compass(*direction))),
        ),
        Reason::PlaceUnknown => l.t("reason.place.unknown").to_owned(),
        Reason::Access {
            registration,
            age: Age::Stale,
            ..
        } => {
            let access = self::registration(*registration, l);
            l.with("reason.access.stale", "access", access)
        }
        Reason::Access {
            registration,
            unsourced,
            ..
        } => {
            let sentence = l
                .t(&format!("reason.access.{}", registration.word()))
                .to_owned();
            if *unsourced {
                format!("{sentence} {}", l.t("reason.unsourced"))
            } else {
                sentence
            }
        }
        Reason::AccessUnknown => l.t("reason.access.unknown").to_owned(),
        Reason::Full => l.t("reason.full").to_owned(),
        Reason::Room {
            people: Some(people),
        } => l.count("reason.room", *people as usize),
        Reason::Room { people: None } => l.t("reason.room").to_owned(),
        Reason::Size { people } => l.count("reason.size", *people as usize),
        Reason::Closing { on } => l.with("reason.closing", "date", l.on(*on)),
        Reason::Facts { seen: None, .. } => l.t("reason.facts.undated").to_owned(),
        Reason::Facts {
            seen: Some(seen),
            age,
        } => {
            let key = match age {
                Age::Fresh => "reason.facts.fresh",
                Age::Ageing => "reason.facts.ageing",
                Age::Stale => "reason.facts.stale",
            };
            l.with(key, "date", l.on(*seen))
        }
        Reason::RunBy { form } => l.t(&format!("reason.by.{}", form.word())).to_owned(),
        Reason::Up { share } => l.with("reason.up", "share", l.percent(*share)),
        Reason::Down { since } => l.with("reason.down", "date", l.day(*since)),
        Reason::NotMeasured => l.t("reason.unmeasured").to_owned(),
    }
}

/// A way in, in a word or two.
pub fn registration(way: Registration, l: &Locale) -> String {
    l.t(&format!("registration.{}", way.word())).to_owned()
}

/// A text with its first letter as a sentence has it.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// A distance in words: a town's centre is no exact spot, so nothing below a kilometre is claimed.
pub fn distance(km: f64, l: &Locale) -> String {
    l.with("distance.km", "n", l.integer(km.round().max(1.0) as usize))
}

/// The key of a direction's name.
pub fn compass(direction: Compass) -> &'static str {
    match direction {
        Compass::North => "bearing.n",
        Compass::NorthEast => "bearing.ne",
        Compass::East => "bearing.e",
        Compass::SouthEast => "bearing.se",
        Compass::South => "bearing.s",
        Compass::SouthWest => "bearing.sw",
        Compass::West => "bearing.w",
        Compass::NorthWest => "bearing.nw",
    }
}

/// What is wrong with a parameter and what to do, in a sentence or two, with near matches.
pub fn field_error(error: &FieldError, l: &Locale) -> String {
    let problem = problem(error, l);
    match &error.problem {
        Problem::Unknown { similar } if !similar.is_empty() => {
            let names = similar.join(" · ");
            format!("{problem} {}", l.with("error.similar", "names", names))
        }
        _ => problem,
    }
}

/// The same without near matches, where they stand beside it as links.
pub fn problem(error: &FieldError, l: &Locale) -> String {
    let FieldError { field, problem } = error;
    match problem {
        Problem::TooLong => l.t("error.field.long").to_owned(),
        Problem::TooMany => l.t("error.field.many").to_owned(),
        Problem::Number { min, max } => l.with2(
            "error.field.number",
            ("min", &l.integer(*min)),
            ("max", &l.integer(*max)),
        ),
        Problem::Word(allowed) => l.with("error.field.word", "allowed", allowed),
        Problem::Code => l.t(&format!("error.field.code.{field}")).to_owned(),
        Problem::Moment => l.t("error.field.moment").to_owned(),
        Problem::WithoutPlace => l.t("error.field.within").to_owned(),
        Problem::Unknown { .. } => l.t(&format!("error.unknown.{field}")).to_owned(),
    }
}

/// What is wrong with a text that somebody typed.
pub fn text_error(error: &TextError, l: &Locale) -> String {
    match error {
        TextError::Empty => l.t("manage.error.empty").to_owned(),
        TextError::TooLong(max) => l.with("manage.error.long", "n", l.integer(*max)),
        TextError::Control | TextError::Noncharacter | TextError::Direction => {
            l.t("manage.error.characters").to_owned()
        }
        TextError::Link => l.t("manage.error.link").to_owned(),
    }
}
