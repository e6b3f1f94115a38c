//! How much a directory lists, counted day by day.

use chrono::NaiveDate;

/// What was listed on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// How many hosters.
    pub hosters: usize,
    /// Of these, how many are confirmed by vouches, or trusted from the start.
    pub trusted: usize,
    /// How many services.
    pub services: usize,
}
