//! Moments as an owner reads them: how long ago, how soon, and exactly (UTC).

use chrono::{DateTime, TimeDelta, Utc};

use crate::web::locale::Locale;

/// A moment, in words and for machines.
pub(super) struct Moment {
    /// How long ago it was or how soon it comes.
    pub(super) words: String,
    /// The moment itself.
    pub(super) exact: String,
    /// The same for machines (RFC 3339).
    pub(super) machine: String,
}

/// A moment that has passed: "for 3 hours".
pub(super) fn since(at: DateTime<Utc>, now: DateTime<Utc>, l: &Locale) -> Moment {
    moment(at, l.with("manage.for", "time", span(now - at, l)), l)
}

/// A moment to come: "in 12 minutes"; "now" for one that is due.
pub(super) fn until(at: DateTime<Utc>, now: DateTime<Utc>, l: &Locale) -> Moment {
    let words = match at <= now {
        true => l.t("manage.now").to_owned(),
        false => l.with("manage.in", "time", span(at - now, l)),
    };
    moment(at, words, l)
}

fn moment(at: DateTime<Utc>, words: String, l: &Locale) -> Moment {
    let day = l.day(at.date_naive());
    Moment {
        words,
        exact: l.with2(
            "manage.moment",
            ("day", &day),
            ("time", &at.format("%H:%M")),
        ),
        machine: at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}

/// A span in its greatest unit; anything below a minute is one.
fn span(span: TimeDelta, l: &Locale) -> String {
    let some = |n: i64| usize::try_from(n).unwrap_or(0);
    match (span.num_days(), span.num_hours(), span.num_minutes()) {
        (days @ 1.., _, _) => l.count("manage.days", some(days)),
        (_, hours @ 1.., _) => l.count("manage.hours", some(hours)),
        (_, _, minutes) => l.count("manage.minutes", some(minutes.max(1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;

    #[test]
    fn a_span_is_told_in_its_greatest_unit() {
        let now: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
        let l = Locale::of(Language::English);
        let ago = |seconds| since(now - TimeDelta::seconds(seconds), now, l).words;
        assert_eq!(ago(0), "for 1 minute");
        assert_eq!(ago(-5), "for 1 minute");
        assert_eq!(ago(150), "for 2 minutes");
        assert_eq!(ago(3_600), "for 1 hour");
        assert_eq!(ago(50 * 3_600), "for 2 days");
        assert_eq!(until(now, now, l).words, "now");
        let soon = until(now + TimeDelta::seconds(1_900), now, l);
        assert_eq!(soon.words, "in 31 minutes");
        assert_eq!(soon.exact, "23\u{a0}November 2026, 12:31 UTC");
        assert_eq!(soon.machine, "2026-11-23T12:31:40Z");
    }
}
