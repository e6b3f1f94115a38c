//! Counts over time, drawn as a coast is seen from the sea: the more there are, the higher the land.
//!
//! A unit of width is a day, so the drawing may be stretched to whatever width there is.

use std::fmt::Write;

use chrono::{Datelike, Days, NaiveDate};

/// How high the land may rise.
const RISE: usize = 56;
/// Where the waterline is: some sky is above the highest land.
const WATERLINE: usize = 60;
/// How high a profile is, with the scale of months below the waterline.
pub const PROFILE_HEIGHT: usize = WATERLINE + 4;

/// The land of counts, each from the day of its number on, until the end of the last of `width` days.
/// `most` is the count that is drawn highest; what is more is drawn as high.
pub fn land(counts: impl IntoIterator<Item = (usize, usize)>, width: usize, most: usize) -> String {
    let mut path = format!("M0 {WATERLINE}");
    let mut height = WATERLINE;
    for (day, count) in counts {
        let now = WATERLINE - rise(count, most);
        if now != height {
            write!(path, "H{day}V{now}").expect("a string takes all that is written");
            height = now;
        }
    }
    path + &format!("H{width}V{WATERLINE}z")
}

fn rise(count: usize, most: usize) -> usize {
    let share = (count.min(most) as u128 * RISE as u128).div_ceil(most.max(1) as u128);
    usize::try_from(share).unwrap_or(RISE)
}

/// Every other month of `width` days, as bars below the waterline: the scale on the edge of a chart.
pub fn months(first: NaiveDate, width: usize) -> String {
    let days =
        (0..width).filter_map(|day| Some((day, first.checked_add_days(Days::new(day as u64))?)));
    let mut path = String::new();
    let mut begun = None;
    for (day, date) in days.chain([(width, NaiveDate::MIN)]) {
        let is_marked = day < width && date.month0().is_multiple_of(2);
        match begun {
            None if is_marked => begun = Some(day),
            Some(start) if !is_marked => {
                write!(path, "M{start} {WATERLINE}H{day}V{PROFILE_HEIGHT}H{start}z")
                    .expect("a string takes all that is written");
                begun = None;
            }
            _ => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn land_rises_and_falls_on_the_day_of_a_count_and_stays_until_the_next() {
        assert_eq!(
            land([(0, 5), (3, 5), (7, 10), (8, 0)], 9, 10),
            "M0 60H0V32H7V4H8V60H9V60z"
        );
        assert_eq!(
            land([(0, 0)], 2, 0),
            "M0 60H2V60z",
            "an empty directory is a calm sea"
        );
        assert_eq!(
            land([(0, 1)], 1, 1_000_000),
            "M0 60H0V59H1V60z",
            "a little is not nothing"
        );
    }

    #[test]
    fn no_count_rises_above_the_highest_land() {
        assert_eq!(land([(0, 7)], 1, 5), "M0 60H0V4H1V60z");
        let most = land([(0, usize::MAX)], 1, usize::MAX);
        assert_eq!(most, "M0 60H0V4H1V60z");
    }

    #[test]
    fn a_year_of_counts_is_a_short_path() {
        let counts = (0..366).map(|day| (day, 100 + day));
        assert!(land(counts, 366, 465).len() < 500);
    }

    #[test]
    fn every_other_month_is_marked_from_its_first_to_its_last_day() {
        let day = |text: &str| text.parse().unwrap();
        assert_eq!(months(day("2026-11-29"), 1), "M0 60H1V64H0z");
        assert_eq!(months(day("2026-12-30"), 5), "M2 60H5V64H2z");
        assert_eq!(months(day("2026-01-01"), 365).matches('M').count(), 6);
    }
}
