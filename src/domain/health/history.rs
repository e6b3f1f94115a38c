//! A year of looks in a few hundred numbers: the nearer the past, the finer.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::word::worded;

/// A stretch of the past that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// 24 slots of an hour.
    Day,
    /// 28 slots of six hours.
    Week,
    /// 30 slots of a day (UTC).
    Month,
    /// 52 slots of a week, which begins on a Thursday as 1970 did.
    Year,
}

worded!(Span {
    Day = "day",
    Week = "week",
    Month = "month",
    Year = "year",
});

impl Span {
    /// How many slots it has.
    pub fn slots(self) -> usize {
        match self {
            Self::Day => 24,
            Self::Week => 28,
            Self::Month => 30,
            Self::Year => 52,
        }
    }

    /// How long a slot lasts, in seconds.
    pub fn slot_seconds(self) -> i64 {
        match self {
            Self::Day => 3_600,
            Self::Week => 6 * 3_600,
            Self::Month => 24 * 3_600,
            Self::Year => 7 * 24 * 3_600,
        }
    }

    /// The number of the slot that a time falls into, counted from 1970.
    fn slot_at(self, at: DateTime<Utc>) -> i64 {
        at.timestamp().div_euclid(self.slot_seconds())
    }
}

/// The looks within one slot. Written as three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "(u32, u32, u32)", into = "(u32, u32, u32)")]
pub struct Slot {
    /// How often it was asked.
    pub asked: u32,
    /// How often it was up.
    pub up: u32,
    /// How long its answers took until they began, together, in milliseconds.
    latency_ms: u32,
}

impl From<(u32, u32, u32)> for Slot {
    fn from((asked, up, latency_ms): (u32, u32, u32)) -> Self {
        Self {
            asked,
            up,
            latency_ms,
        }
    }
}

impl From<Slot> for (u32, u32, u32) {
    fn from(slot: Slot) -> Self {
        (slot.asked, slot.up, slot.latency_ms)
    }
}

impl Slot {
    /// The part of the looks at which it was up, 0 to 1; `None` where nobody looked.
    pub fn share(self) -> Option<f32> {
        (self.asked > 0).then(|| self.up as f32 / self.asked as f32)
    }

    /// How long an answer took until it began, on the average, in milliseconds; `None` where it gave none.
    pub fn latency_ms(self) -> Option<u32> {
        self.latency_ms.checked_div(self.up)
    }

    /// All of these together.
    pub fn sum(slots: &[Self]) -> Self {
        slots.iter().fold(Self::default(), |sum, slot| Self {
            asked: sum.asked.saturating_add(slot.asked),
            up: sum.up.saturating_add(slot.up),
            latency_ms: sum.latency_ms.saturating_add(slot.latency_ms),
        })
    }

    fn add(&mut self, is_up: bool, latency_ms: u32) {
        self.asked = self.asked.saturating_add(1);
        if is_up {
            self.up = self.up.saturating_add(1);
            self.latency_ms = self.latency_ms.saturating_add(latency_ms);
        }
    }
}

/// The slots of one span, the newest last.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Ring {
    /// The number of the newest slot.
    last: i64,
    slots: VecDeque<Slot>,
}

impl Ring {
    fn add(&mut self, span: Span, at: DateTime<Utc>, is_up: bool, latency_ms: u32) {
        let number = span.slot_at(at);
        if self.slots.is_empty() {
            self.last = number;
            self.slots.push_back(Slot::default());
        }
        // What lies between the last look and this one is empty; no more of it than there is room for.
        let newer = number.saturating_sub(self.last);
        for _ in 0..newer.min(span.slots() as i64) {
            self.slots.push_back(Slot::default());
        }
        self.last = self.last.max(number);
        while self.slots.len() > span.slots() {
            self.slots.pop_front();
        }
        // The clock of another replica may be behind.
        let back = usize::try_from(self.last.saturating_sub(number)).unwrap_or(usize::MAX);
        if let Some(place) = self
            .slots
            .len()
            .checked_sub(1)
            .and_then(|end| end.checked_sub(back))
        {
            self.slots[place].add(is_up, latency_ms);
        }
    }

    /// The slots of a span that ends at a time, all of them, the newest last.
    fn until(&self, span: Span, now: DateTime<Utc>) -> Vec<Slot> {
        let newest = span.slot_at(now);
        let first = newest - span.slots() as i64 + 1;
        let oldest = self.last - self.slots.len() as i64 + 1;
        (first..=newest)
            .map(|number| {
                let place = usize::try_from(number - oldest).ok();
                let slot = place.and_then(|place| self.slots.get(place));
                slot.copied().unwrap_or_default()
            })
            .collect()
    }
}

/// The looks of a day, a week, a month and a year, in 134 slots: some 1.5 KB as text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct History([Ring; Span::ALL.len()]);

impl History {
    /// Notes a look.
    pub fn add(&mut self, at: DateTime<Utc>, is_up: bool, latency_ms: u32) {
        for (span, ring) in Span::ALL.iter().zip(&mut self.0) {
            ring.add(*span, at, is_up, latency_ms);
        }
    }

    /// The slots of a span that ends at a time, all of them, the newest last.
    pub fn slots(&self, span: Span, now: DateTime<Utc>) -> Vec<Slot> {
        self.0[span as usize].until(span, now)
    }

    /// All looks of a span that ends at a time.
    pub fn total(&self, span: Span, now: DateTime<Utc>) -> Slot {
        Slot::sum(&self.slots(span, now))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn start() -> DateTime<Utc> {
        "2026-11-28T00:10:00Z".parse().unwrap()
    }

    fn total(history: &History, span: Span, now: DateTime<Utc>) -> (u32, u32) {
        let total = history.total(span, now);
        (total.asked, total.up)
    }

    #[test]
    fn each_look_counts_in_every_span_and_is_forgotten_slot_by_slot() {
        let mut history = History::default();
        for hour in 0..400 * 24 {
            let at = start() + TimeDelta::hours(hour);
            // Down in the first hour of each day.
            history.add(at, hour % 24 != 0, 100);
        }
        let now = start() + TimeDelta::hours(400 * 24 - 1);
        let totals = Span::ALL.iter().map(|span| total(&history, *span, now));
        let expected = [
            (24, 23),
            (28 * 6, 28 * 6 - 7),
            (30 * 24, 30 * 23),
            (52 * 7 * 24, 52 * 7 * 23),
        ];
        for ((asked, up), (most, most_up)) in totals.zip(expected) {
            // The newest slot may have only begun.
            assert!(
                asked <= most && asked > most - most / 24,
                "{asked} of {most}"
            );
            assert!(
                up <= most_up && up > most_up - most / 24,
                "{up} of {most_up}"
            );
        }
        let day = history.slots(Span::Day, now);
        assert_eq!(day.len(), 24);
        assert_eq!(day[0].share(), Some(0.0));
        assert_eq!(
            (day[0].latency_ms(), day[1].latency_ms()),
            (None, Some(100))
        );
        let written = serde_json::to_string(&history).unwrap();
        assert!(written.len() < 3_000, "{}", written.len());
        assert_eq!(serde_json::from_str::<History>(&written).unwrap(), history);
    }

    #[test]
    fn hours_in_which_nobody_looked_are_neither_up_nor_down() {
        let mut history = History::default();
        history.add(start(), true, 50);
        history.add(start() + TimeDelta::hours(5), false, 0);
        let now = start() + TimeDelta::hours(7);
        let shares: Vec<_> = history.slots(Span::Day, now)[16..]
            .iter()
            .map(|slot| slot.share())
            .collect();
        assert_eq!(
            shares,
            [Some(1.0), None, None, None, None, Some(0.0), None, None]
        );
        assert_eq!(
            history.slots(Span::Day, now + TimeDelta::days(400)),
            vec![Slot::default(); 24]
        );
        assert_eq!(total(&History::default(), Span::Year, now), (0, 0));
    }

    #[test]
    fn a_look_by_a_clock_that_is_behind_counts_where_it_belongs() {
        let mut history = History::default();
        history.add(start() + TimeDelta::hours(2), true, 50);
        history.add(start() + TimeDelta::hours(1), false, 0);
        history.add(start() - TimeDelta::days(900), false, 0);
        let now = start() + TimeDelta::hours(2);
        // There is a slot for what came first, and none for what was before.
        assert_eq!(total(&history, Span::Day, now), (1, 1));
        assert_eq!(total(&history, Span::Month, now), (2, 1));
    }

    proptest! {
        #[test]
        fn whatever_the_times_are_there_are_so_many_slots(times in prop::collection::vec(any::<i64>(), 0..20)) {
            let mut history = History::default();
            for seconds in times {
                if let Some(at) = DateTime::from_timestamp(seconds, 0) {
                    history.add(at, seconds % 2 == 0, u32::MAX);
                }
            }
            for span in Span::ALL {
                prop_assert!(history.0[*span as usize].slots.len() <= span.slots());
                for now in [start(), DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC] {
                    prop_assert_eq!(history.slots(*span, now).len(), span.slots());
                }
            }
        }
    }
}
