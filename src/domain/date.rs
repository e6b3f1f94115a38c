//! Dates as people give them: to the day, the month or only the year (ISO 8601, reduced precision).

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::described::{described, text};

/// A date known to the day, the month or the year. Ordered by its first day, the vaguer first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    first_day: NaiveDate,
    precision: Precision,
}

/// How exactly a [`PartialDate`] is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// `2024`
    Year,
    /// `2024-03`
    Month,
    /// `2024-03-05`
    Day,
}

/// A text that is not `2024`, `2024-03` or `2024-03-05`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a date such as 2024-03-05, 2024-03 or 2024")]
pub struct DateError;

impl PartialDate {
    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, from the year 0001.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        // chrono would also take signs and fewer digits, and write such a year in another length.
        let is_written_so = text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        if !is_written_so {
            return Err(DateError);
        }
        let (padded, precision) = match text.len() {
            4 => (format!("{text}-01-01"), Precision::Year),
            7 => (format!("{text}-01"), Precision::Month),
            10 => (text.to_owned(), Precision::Day),
            _ => return Err(DateError),
        };
        let first_day = NaiveDate::parse_from_str(&padded, "%Y-%m-%d").map_err(|_| DateError)?;
        if first_day.year() < 1 {
            return Err(DateError);
        }
        Ok(Self {
            first_day,
            precision,
        })
    }

    /// The first day it can mean: a fact "of 2016" is taken to be as old as it may be.
    pub fn first_day(self) -> NaiveDate {
        self.first_day
    }

    /// How exactly it is known.
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// Whether the whole of it lies before `day`.
    pub fn is_over_by(self, day: NaiveDate) -> bool {
        let format = self.format();
        self.first_day < day
            && self.first_day.format(format).to_string() != day.format(format).to_string()
    }

    fn format(self) -> &'static str {
        match self.precision {
            Precision::Year => "%Y",
            Precision::Month => "%Y-%m",
            Precision::Day => "%Y-%m-%d",
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first_day.format(self.format()))
    }
}

impl From<NaiveDate> for PartialDate {
    fn from(first_day: NaiveDate) -> Self {
        Self {
            first_day,
            precision: Precision::Day,
        }
    }
}

impl TryFrom<String> for PartialDate {
    type Error = DateError;

    fn try_from(text: String) -> Result<Self, DateError> {
        Self::parse(&text)
    }
}

described!(PartialDate: text().pattern(Some(r"^\d{4}(-\d{2}(-\d{2})?)?$")));

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> String {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn three_precisions_are_read_and_written_back() {
        for text in ["2016", "2024-03", "2024-02-29"] {
            assert_eq!(PartialDate::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "16",
            "2024-13",
            "2023-02-29",
            "05/03/2024",
            "2024-3-5x",
            "٢٠٢٤",
            "20é",
        ] {
            assert_eq!(PartialDate::parse(text), Err(DateError), "{text}");
        }
    }

    #[test]
    fn signs_and_the_year_zero_are_no_dates() {
        for text in [
            "-999",
            "+999",
            "+12345-1-1",
            "-2024-01",
            "+2024-01",
            "-2024-01-1",
            "2024-+1-01",
            "2024-1-001",
            "2024- 1-01",
            " 2024-1-01",
            "2024/01-01",
            "0000",
            "0000-12-31",
        ] {
            assert_eq!(PartialDate::parse(text), Err(DateError), "{text}");
        }
        assert_eq!(PartialDate::parse("0001").unwrap().to_string(), "0001");
    }

    #[test]
    fn whatever_is_accepted_is_read_back_as_itself() {
        let pieces = [
            "2024", "0001", "9999", "-", "+", "02", "29", "1", "٢٠", "é", " ",
        ];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    for d in pieces {
                        let text = [a, b, c, d, "01"].concat();
                        for text in [&text, text.trim_end_matches("01")] {
                            if let Ok(date) = PartialDate::parse(text) {
                                assert_eq!(date.to_string(), *text);
                                let written = serde_json::to_string(&date).unwrap();
                                assert_eq!(
                                    serde_json::from_str::<PartialDate>(&written).unwrap(),
                                    date
                                );
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_year_is_over_only_when_the_next_has_begun() {
        let date = PartialDate::parse("2024").unwrap();
        assert!(!date.is_over_by(day("2024-12-31")));
        assert!(date.is_over_by(day("2025-01-01")));
        assert!(
            !PartialDate::parse("2024-03-05")
                .unwrap()
                .is_over_by(day("2024-03-05"))
        );
    }
}
