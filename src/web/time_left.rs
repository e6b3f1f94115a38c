//! How long something still lasts, in days.

use chrono::NaiveDate;

use crate::domain::date::{PartialDate, Precision};

use super::locale::Locale;

/// What is left until an announced end, as of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeLeft {
    /// So many days, at least one.
    Days(usize),
    /// No fewer days than this, and at least one: the end is known to the month or the year.
    AtLeast(usize),
    /// It is today.
    Today,
    /// The month or year has begun.
    AnyDay,
    /// The end has come.
    Over,
}

impl TimeLeft {
    /// From a day until an end.
    pub fn until(end: PartialDate, today: NaiveDate) -> Self {
        let is_exact = end.precision() == Precision::Day;
        let days = (end.first_day() - today).num_days();
        match usize::try_from(days).unwrap_or(0) {
            _ if end.is_over_by(today) => Self::Over,
            0 if is_exact => Self::Today,
            0 => Self::AnyDay,
            days if is_exact => Self::Days(days),
            days => Self::AtLeast(days),
        }
    }

    /// So many days, or at least so many; `None` once it is over.
    pub fn days(self) -> Option<usize> {
        match self {
            Self::Days(days) | Self::AtLeast(days) => Some(days),
            Self::Today | Self::AnyDay => Some(0),
            Self::Over => None,
        }
    }

    /// In a few words: "il reste 12 jours".
    pub fn told(self, l: &Locale) -> String {
        match self {
            Self::Days(days) => l.count("left.days", days),
            Self::AtLeast(days) => l.count("left.at_least", days),
            Self::Today => l.t("left.today").to_owned(),
            Self::AnyDay => l.t("left.any_day").to_owned(),
            Self::Over => l.t("left.over").to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;

    fn left(end: &str) -> TimeLeft {
        TimeLeft::until(
            PartialDate::parse(end).unwrap(),
            "2026-11-23".parse().unwrap(),
        )
    }

    #[test]
    fn time_is_counted_in_days_until_the_day_itself() {
        assert_eq!(left("2026-12-05"), TimeLeft::Days(12));
        assert_eq!(left("2026-11-24"), TimeLeft::Days(1));
        assert_eq!(left("2026-11-23"), TimeLeft::Today);
        assert_eq!(left("2026-11-22"), TimeLeft::Over);
        assert_eq!(left("2028-02-29"), TimeLeft::Days(463), "a leap year");
        let days = ["2026-12-05", "2026-12", "2026-11-23", "2026", "2026-11-22"].map(left);
        assert_eq!(
            days.map(TimeLeft::days),
            [Some(12), Some(8), Some(0), Some(0), None]
        );
    }

    #[test]
    fn of_a_vague_end_no_more_is_claimed_than_is_known() {
        assert_eq!(left("2026-12"), TimeLeft::AtLeast(8));
        assert_eq!(left("2027"), TimeLeft::AtLeast(39));
        assert_eq!(left("2026-11"), TimeLeft::AnyDay);
        assert_eq!(left("2026"), TimeLeft::AnyDay);
        assert_eq!(left("2026-10"), TimeLeft::Over);
        assert_eq!(left("2025"), TimeLeft::Over);
    }

    #[test]
    fn what_is_left_is_said_as_each_language_does() {
        let (french, english) = (Locale::of(Language::French), Locale::of(Language::English));
        assert_eq!(TimeLeft::Days(12).told(french), "il reste 12\u{a0}jours");
        assert_eq!(TimeLeft::Days(1).told(french), "il reste 1\u{a0}jour");
        assert_eq!(TimeLeft::Days(1).told(english), "1\u{a0}day left");
        assert_eq!(
            TimeLeft::AtLeast(8).told(english),
            "at least 8\u{a0}days left"
        );
        assert_eq!(TimeLeft::Today.told(french), "c’est aujourd’hui");
    }
}
