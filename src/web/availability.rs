//! Whether a service answered, drawn as strips of tide marks and told in a table.

use chrono::{DateTime, Utc};

use crate::domain::health::{Health, Slot, Span};

use super::locale::Locale;
use super::sentences;
use crate::search::reason::Reason;

/// How wide a slot is drawn, with the gap after it, in the units of its strip.
const SLOT_WIDTH: usize = 10;
/// How much of that is gap.
const GAP: usize = 2;
/// How high a strip is.
pub const HEIGHT: usize = 20;
/// From this share on a slot counts as well: one look in two hundred may fail.
const WELL: f32 = 0.995;
/// From this share on a slot counts as troubled, and below as down.
const TROUBLED: f32 = 0.9;

/// All that a page tells of it.
pub struct Availability {
    /// In a sentence.
    pub sentence: String,
    /// Whether it is down now.
    pub is_down: bool,
    /// The last look: what it found, and how fast.
    pub last: String,
    /// When that was, for machines (RFC 3339).
    pub last_at: String,
    /// When its certificate ends, where that is soon.
    pub certificate: Option<String>,
    /// A strip for each span.
    pub strips: Vec<Strip>,
    /// Each day of the last thirty on which somebody looked, the latest first.
    pub days: Vec<Day>,
}

/// One span, drawn.
pub struct Strip {
    /// "24 hours".
    pub name: String,
    /// Its total: "99.8%", or that nobody looked.
    pub total: String,
    /// How fast it answered on the average, if it did.
    pub speed: Option<String>,
    /// The width of the drawing.
    pub width: usize,
    /// The marks of each kind that occurs, as one path.
    pub marks: Vec<(Mark, String)>,
}

/// What is drawn of one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It answered.
    Well,
    /// It answered with gaps.
    Troubled,
    /// It did not answer.
    Down,
    /// Nobody looked.
    Unseen,
}

impl Mark {
    const ALL: [Self; 4] = [Self::Well, Self::Troubled, Self::Down, Self::Unseen];

    fn of(slot: Slot) -> Self {
        match slot.share() {
            None => Self::Unseen,
            Some(share) if share >= WELL => Self::Well,
            Some(share) if share >= TROUBLED => Self::Troubled,
            Some(_) => Self::Down,
        }
    }

    /// Its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Troubled => "troubled",
            Self::Down => "down",
            Self::Unseen => "unseen",
        }
    }

    /// How high it stands: what differs in colour differs in height as well.
    fn height(self) -> usize {
        match self {
            Self::Well => HEIGHT,
            Self::Troubled => 13,
            Self::Down => 6,
            Self::Unseen => 1,
        }
    }

    /// Its path at a slot of this number.
    fn path(self, number: usize) -> String {
        let (x, width, height) = (number * SLOT_WIDTH, SLOT_WIDTH - GAP, self.height());
        format!("M{x} {HEIGHT}v-{height}h{width}v{height}z")
    }
}

/// One day in the table.
pub struct Day {
    /// The day.
    pub day: String,
    /// How often it answered of how many looks.
    pub looks: String,
    /// The same as a share.
    pub share: String,
    /// How fast, if it answered.
    pub speed: Option<String>,
}

/// Puts what was seen into words and marks.
pub fn told(health: &Health, now: DateTime<Utc>, l: &Locale) -> Availability {
    let last = match (&health.last.error, health.last.latency_ms) {
        (Some(_), _) => l.t("availability.last.down").to_owned(),
        (None, Some(ms)) => l.with("availability.last.up", "ms", l.integer(ms as usize)),
        (None, None) => l.t("availability.last").to_owned(),
    };
    let moment = l.with2(
        "manage.moment",
        ("day", &l.day(health.last.at.date_naive())),
        ("time", &health.last.at.format("%H:%M")),
    );
    let certificate = health.last.certificate_until;
    Availability {
        sentence: sentences::reason(&Reason::of_availability(Some(health.availability)), l),
        is_down: health.availability.down_since.is_some(),
        last: format!("{last} ({moment})."),
        last_at: health.last.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        certificate: certificate
            .filter(|_| health.certificate_ends_soon(now))
            .map(|end| {
                let key = match end <= now {
                    true => "availability.certificate.over",
                    false => "availability.certificate.soon",
                };
                l.with(key, "date", l.on(end.date_naive().into()))
            }),
        strips: Span::ALL
            .iter()
            .map(|span| strip(*span, health, now, l))
            .collect(),
        days: days(health, now, l),
    }
}

fn strip(span: Span, health: &Health, now: DateTime<Utc>, l: &Locale) -> Strip {
    let slots = health.history.slots(span, now);
    let whole = Slot::sum(&slots);
    Strip {
        name: l
            .t(&format!("availability.span.{}", span.word()))
            .to_owned(),
        total: whole.share().map_or_else(
            || l.t("availability.unseen").to_owned(),
            |share| l.percent(share),
        ),
        speed: speed(whole, l),
        width: slots.len() * SLOT_WIDTH - GAP,
        marks: Mark::ALL
            .into_iter()
            .map(|mark| (mark, path(&slots, mark)))
            .filter(|(_, path)| !path.is_empty())
            .collect(),
    }
}

fn path(slots: &[Slot], mark: Mark) -> String {
    let slots = slots.iter().enumerate();
    let marked = slots.filter(|(_, slot)| Mark::of(**slot) == mark);
    marked.map(|(number, _)| mark.path(number)).collect()
}

fn speed(slot: Slot, l: &Locale) -> Option<String> {
    let ms = slot.latency_ms()?;
    Some(l.with("availability.ms", "ms", l.integer(ms as usize)))
}

fn days(health: &Health, now: DateTime<Utc>, l: &Locale) -> Vec<Day> {
    let slots = health.history.slots(Span::Month, now);
    let today = now.date_naive();
    let dated = slots.iter().rev().zip(0..);
    dated
        .filter_map(|(slot, ago)| {
            let share = slot.share()?;
            let day = today.checked_sub_days(chrono::Days::new(ago))?;
            Some(Day {
                day: l.day(day),
                looks: l.with2(
                    "availability.looks",
                    ("up", &slot.up),
                    ("asked", &slot.asked),
                ),
                share: l.percent(share),
                speed: speed(*slot, l),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::domain::health::{self, History, Probe};
    use crate::domain::localized::Language;

    fn now() -> DateTime<Utc> {
        "2026-11-28T12:10:00Z".parse().unwrap()
    }

    fn health(down_since: Option<DateTime<Utc>>, certificate_days: i64) -> Health {
        let mut history = History::default();
        for hour in 0..48 {
            let at = now() - TimeDelta::hours(47 - hour);
            history.add(at, hour != 40, 120);
        }
        Health {
            last: Probe {
                at: now(),
                status: Some(200),
                latency_ms: Some(1_240),
                certificate_until: Some(now() + TimeDelta::days(certificate_days)),
                error: None,
            },
            availability: health::Availability {
                asked: 48,
                up: 47,
                down_since,
            },
            history,
        }
    }

    #[test]
    fn strips_and_table_say_the_same_of_each_span() {
        let told = told(&health(None, 60), now(), Locale::of(Language::English));
        assert_eq!(
            told.sentence,
            "It answered 97.9% of the time in the last thirty days."
        );
        assert_eq!(
            told.last,
            "The last look found it up, in 1,240\u{a0}ms (28\u{a0}November 2026, 12:10 UTC)."
        );
        assert_eq!((told.is_down, told.certificate), (false, None));
        let of = |number: usize| {
            let paths = &told.strips[number].marks;
            Mark::ALL.map(|mark| {
                let path = paths.iter().find(|(drawn, _)| *drawn == mark);
                path.map_or(0, |(_, path)| path.matches('M').count())
            })
        };
        assert_eq!([of(0), of(2)], [[23, 0, 1, 0], [2, 1, 0, 27]]);
        assert_eq!(of(3).iter().sum::<usize>(), 52);
        assert_eq!(told.strips[0].width, 238);
        let totals: Vec<_> = told
            .strips
            .iter()
            .map(|strip| strip.total.as_str())
            .collect();
        assert_eq!(totals, ["95.8%", "97.9%", "97.9%", "97.9%"]);
        let days: Vec<_> = told.days.iter().map(|day| day.looks.as_str()).collect();
        assert_eq!(days, ["12 of 13", "24 of 24", "11 of 11"]);
        assert_eq!(told.days[1].day, "27\u{a0}November 2026");
    }

    #[test]
    fn what_is_down_and_whose_certificate_ends_is_said_first() {
        let l = Locale::of(Language::French);
        let down = told(&health(Some(now() - TimeDelta::days(2)), 3), now(), l);
        assert!(down.is_down);
        assert_eq!(
            down.sentence,
            "Ne répond plus depuis le 26\u{a0}novembre 2026."
        );
        assert_eq!(
            down.certificate.as_deref(),
            Some("Son certificat expire le 1er\u{a0}décembre 2026\u{a0}: à renouveler.")
        );
        let over = told(&health(None, -1), now(), l).certificate.unwrap();
        assert!(over.contains("a expiré le 27"), "{over}");
    }
}
