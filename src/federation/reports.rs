//! Reports by anybody, which whoever manages this node looks into.

use chrono::TimeDelta;

use super::{Error, Federation};
use crate::domain::text::Prose;
use crate::store::{Filed, NewReport, Report};

/// The most reports that are listed of those that wait, the oldest first.
pub const MAX_WAITING_SHOWN: u32 = 200;
/// The most reports that are listed of those that were closed, the latest first.
pub const MAX_CLOSED_SHOWN: u32 = 50;
/// How long what came of a report is remembered.
pub(super) const REPORTS_KEPT_FOR: TimeDelta = TimeDelta::days(365);

impl Federation {
    /// Files what somebody says is wrong with an entry.
    pub async fn file_report(&self, report: &NewReport) -> Result<Filed, Error> {
        Ok(self.0.store.file_report(report, self.now()).await?)
    }

    /// Reports that nobody has closed: at most [`MAX_WAITING_SHOWN`].
    pub async fn waiting_reports(&self) -> Result<Vec<Report>, Error> {
        Ok(self.0.store.waiting_reports(MAX_WAITING_SHOWN).await?)
    }

    /// How many reports nobody has closed.
    pub async fn count_waiting_reports(&self) -> Result<u64, Error> {
        Ok(self.0.store.count_waiting_reports().await?)
    }

    /// Reports that were closed: at most [`MAX_CLOSED_SHOWN`].
    pub async fn closed_reports(&self) -> Result<Vec<Report>, Error> {
        Ok(self.0.store.closed_reports(MAX_CLOSED_SHOWN).await?)
    }

    /// Closes reports, saying what came of them; says how many.
    pub async fn close_reports(&self, reports: &[i64], outcome: &Prose) -> Result<u64, Error> {
        let now = self.now();
        Ok(self.0.store.close_reports(reports, outcome, now).await?)
    }
}
