//! This node in figures, for the operator's machines.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::Observations;
use crate::store::frontier::Frontier;
use crate::store::{self, Load};

/// How long figures are given out again: to count takes time in proportion to the frontier, and anybody may
/// ask.
pub const COUNT_EVERY: TimeDelta = TimeDelta::seconds(10);

/// What was counted at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// When.
    pub at: DateTime<Utc>,
    /// Hosts and addresses to be visited.
    pub frontier: Frontier,
    /// What waits.
    pub load: Load,
}

impl Observations {
    /// The figures of now, or of at most [`COUNT_EVERY`] ago. Who asks while they are counted waits for
    /// that count.
    pub async fn figures(&self) -> Result<Arc<Figures>, store::Error> {
        let mut counted = self.counted.lock().await;
        let now = self.now();
        if let Some(figures) = counted
            .as_ref()
            .filter(|known| now - known.at < COUNT_EVERY)
        {
            return Ok(Arc::clone(figures));
        }
        let figures = Arc::new(Figures {
            at: now,
            frontier: self.store.frontier(now).await?,
            load: self.store.load().await?,
        });
        *counted = Some(Arc::clone(&figures));
        Ok(figures)
    }
}
