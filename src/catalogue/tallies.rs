//! How the directory grows: what the last edition of each day listed.

use chrono::TimeDelta;

use super::{Catalogue, Did, Edition, Observations};
use crate::domain::tally::Tally;
use crate::store::{self, Store};

/// How many days of tallies are shown, today among them: a year, and its first day again.
pub const TALLIES_SHOWN: i64 = 366;
/// How many are kept: some days more, for whoever looks late.
pub const MAX_TALLIES: u32 = 400;

impl Edition {
    /// What it lists.
    pub fn tally(&self) -> Tally {
        Tally {
            day: self.day(),
            hosters: self.overview.hosters,
            trusted: self.overview.trusted,
            services: self.overview.services,
        }
    }
}

impl Catalogue {
    /// Keeps what the edition in use lists, if this process has not done so already.
    pub async fn keep_tally(&self, store: &Store) -> Result<Did, store::Error> {
        let mut kept = self.tallied.lock().await;
        let tally = self.current().tally();
        if *kept == Some(tally) {
            return Ok(Did::Nothing);
        }
        store.keep_tally(tally, MAX_TALLIES).await?;
        *kept = Some(tally);
        Ok(Did::Work)
    }
}

impl Observations {
    /// What was listed on each of the last [`TALLIES_SHOWN`] days on which somebody counted, the first day
    /// first.
    pub async fn tallies(&self) -> Result<Vec<Tally>, store::Error> {
        let today = self.now().date_naive();
        let first = today - TimeDelta::days(TALLIES_SHOWN - 1);
        self.store.tallies(first, today).await
    }
}
