//! How the directory grew, drawn and told.

use chrono::NaiveDate;

use super::chart::{land, months};
use super::locale::Locale;
use crate::catalogue::TALLIES_SHOWN;
use crate::domain::date::PartialDate;
use crate::domain::tally::Tally;

/// How the directory grew.
#[derive(Debug, PartialEq, Eq)]
pub struct Growth {
    /// The first day that is shown, in words and for machines.
    pub first: (String, String),
    /// The last one.
    pub last: (String, String),
    /// How many days are drawn.
    pub width: usize,
    /// What grew; nothing until there are two days.
    pub curves: Vec<Curve>,
    /// The scale of months.
    pub months: String,
    /// The last count of each month, the latest first.
    pub rows: Vec<Row>,
}

/// One thing that grew.
#[derive(Debug, PartialEq, Eq)]
pub struct Curve {
    /// What is counted.
    pub name: &'static str,
    /// How many there are.
    pub now: String,
    /// How many more or fewer than on the first day.
    pub change: String,
    /// What is drawn one before the other: classes and a path.
    pub lands: Vec<(&'static str, String)>,
}

/// A month in figures.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    pub month: String,
    pub hosters: String,
    pub trusted: String,
    pub services: String,
}

/// Draws and tells tallies, the first day first, of [`TALLIES_SHOWN`] days at most, whatever there is;
/// there is nothing to tell of none.
pub fn growth(tallies: &[Tally], l: &'static Locale) -> Option<Growth> {
    let last = tallies.last()?;
    let too_early = |tally: &Tally| (last.day - tally.day).num_days() >= TALLIES_SHOWN;
    let tallies = &tallies[tallies.partition_point(too_early)..];
    let first = tallies.first()?;
    let width = days_between(first.day, last.day) + 1;
    let of = |class, count: fn(&Tally) -> usize, most| {
        let counts = tallies.iter();
        let counts = counts.map(|tally| (days_between(first.day, tally.day), count(tally)));
        (class, land(counts, width, most))
    };
    let most = |count: fn(&Tally) -> usize| tallies.iter().map(count).max().unwrap_or(0);
    let curve = |key, count: fn(&Tally) -> usize, lands| Curve {
        name: l.t(key),
        now: l.integer(count(last)),
        change: change(count(first), count(last), l),
        lands,
    };
    let (hosters, services) = (most(|tally| tally.hosters), most(|tally| tally.services));
    let curves = vec![
        curve(
            "about.figure.hosters",
            |tally| tally.hosters,
            vec![
                of("land t0", |tally| tally.hosters, hosters),
                of("land t1", |tally| tally.trusted, hosters),
            ],
        ),
        curve(
            "about.figure.services",
            |tally| tally.services,
            vec![of("land t0", |tally| tally.services, services)],
        ),
    ];
    Some(Growth {
        first: day(first.day, l),
        last: day(last.day, l),
        width,
        curves: if width > 1 { curves } else { Vec::new() },
        months: months(first.day, width),
        rows: rows(tallies, l),
    })
}

fn days_between(first: NaiveDate, last: NaiveDate) -> usize {
    usize::try_from((last - first).num_days()).unwrap_or(0)
}

fn day(day: NaiveDate, l: &Locale) -> (String, String) {
    (l.day(day), day.to_string())
}

/// "+12", "−3", or that nothing changed.
fn change(from: usize, to: usize, l: &Locale) -> String {
    let by = l.integer(from.abs_diff(to));
    match to.cmp(&from) {
        std::cmp::Ordering::Greater => format!("+{by}"),
        std::cmp::Ordering::Less => format!("\u{2212}{by}"),
        std::cmp::Ordering::Equal => "±0".to_owned(),
    }
}

fn rows(tallies: &[Tally], l: &Locale) -> Vec<Row> {
    let month = |tally: &Tally| tally.day.format("%Y-%m").to_string();
    let months = tallies.chunk_by(|one, next| month(one) == month(next));
    let rows = months.filter_map(|of_month| {
        let tally = of_month.last()?;
        Some(Row {
            month: l.date(PartialDate::parse(&month(tally)).ok()?),
            hosters: l.integer(tally.hosters),
            trusted: l.integer(tally.trusted),
            services: l.integer(tally.services),
        })
    });
    let mut rows: Vec<Row> = rows.collect();
    rows.reverse();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::localized::Language;

    fn tally(day: &str, hosters: usize, services: usize) -> Tally {
        Tally {
            day: day.parse().unwrap(),
            hosters,
            trusted: 1,
            services,
        }
    }

    #[test]
    fn a_year_is_drawn_from_its_first_day_to_its_last_and_told_by_month() {
        let l = Locale::of(Language::English);
        let tallies = [
            tally("2025-11-30", 10, 1_200),
            tally("2026-02-03", 12, 1_300),
            tally("2026-02-20", 14, 1_100),
        ];
        let growth = growth(&tallies, l).unwrap();
        assert_eq!(growth.width, 83);
        assert_eq!(
            growth.first,
            ("30\u{a0}November 2025".to_owned(), "2025-11-30".to_owned())
        );
        let [hosters, services] = growth.curves.as_slice() else {
            panic!("two curves");
        };
        assert_eq!(
            (hosters.now.as_str(), hosters.change.as_str()),
            ("14", "+4")
        );
        assert_eq!(
            (services.now.as_str(), services.change.as_str()),
            ("1,100", "−100")
        );
        assert_eq!(hosters.lands.len(), 2);
        assert!(hosters.lands[0].1.contains("H65V") && hosters.lands[0].1.contains("H83V60z"));
        let told: Vec<_> = growth
            .rows
            .iter()
            .map(|row| (row.month.as_str(), row.hosters.as_str()))
            .collect();
        assert_eq!(told, [("February 2026", "14"), ("November 2025", "10")]);
    }

    #[test]
    fn a_chart_is_of_a_year_whatever_days_there_are() {
        let l = Locale::of(Language::English);
        let tallies = [
            tally("1970-01-01", 1, 1),
            tally("2026-01-19", 2, 2),
            tally("9998-01-19", 3, 3),
            tally("9999-01-19", 4, 4),
        ];
        let far = growth(&tallies, l).unwrap();
        assert_eq!((far.width, far.rows.len()), (366, 2));
        assert_eq!(far.curves[0].change, "+1");
    }

    #[test]
    fn the_first_day_is_told_and_not_drawn() {
        let l = Locale::of(Language::French);
        assert_eq!(growth(&[], l), None);
        let one = growth(&[tally("2026-11-29", 106, 333)], l).unwrap();
        assert_eq!(one.curves, []);
        assert_eq!(one.rows.len(), 1);
        assert_eq!(one.first, one.last);
    }
}
