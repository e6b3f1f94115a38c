//! What looks and visits saw, by key: it changes by the hour and few ask for it, so it is read when asked.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::Mutex;

use super::{Figures, Shares};
use crate::clock::Clock;
use crate::domain::decision::Decision;
use crate::domain::health::Health;
use crate::domain::host::Host;
use crate::domain::service::Service;
use crate::store::frontier::Sown;
use crate::store::{self, Store};

pub use crate::store::frontier::Wish;

/// What was seen of others. Clones are the same.
#[derive(Clone)]
pub struct Observations {
    pub(super) store: Store,
    clock: Clock,
    /// Whether this node, or a replica of it, goes out and looks.
    looks: bool,
    pub(super) counted: Arc<Mutex<Option<Arc<Figures>>>>,
    pub(super) shares: Arc<Mutex<Option<Arc<Shares>>>>,
}

impl Observations {
    /// Of what is kept in a store, by a node that goes out and looks, or by one that does not.
    pub fn new(store: Store, clock: Clock, looks: bool) -> Self {
        Self {
            store,
            clock,
            looks,
            counted: Arc::default(),
            shares: Arc::default(),
        }
    }

    /// The time until which they reach.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The looks at a service; `None` if nobody looked.
    pub async fn health(&self, service: &Service) -> Result<Option<Health>, store::Error> {
        match &service.url {
            Some(url) => self.store.health(url.as_url()).await,
            None => Ok(None),
        }
    }

    /// One page of what the operator decided since then, the newest first, and how much there is.
    pub async fn decisions(
        &self,
        since: DateTime<Utc>,
        limit: u32,
        offset: u64,
    ) -> Result<(Vec<Decision>, u64), store::Error> {
        self.store.decisions(since, limit, offset).await
    }

    /// Whether anybody here goes out and looks.
    pub fn looks(&self) -> bool {
        self.looks
    }

    /// Has a host looked at again, or what is sown if nobody knows it; `None` if nobody here looks.
    pub async fn look_again(
        &self,
        host: &Host,
        sown: &[Sown],
    ) -> Result<Option<Wish>, store::Error> {
        if !self.looks {
            return Ok(None);
        }
        self.store
            .look_again(host, sown, self.now())
            .await
            .map(Some)
    }
}
