//! What looks and visits saw, by key: it changes by the hour and few ask for it, so it is read when asked.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::Mutex;

use super::Figures;
use crate::clock::Clock;
use crate::domain::health::Health;
use crate::domain::service::Service;
use crate::store::{self, Store};

/// What was seen of others. Clones are the same.
#[derive(Clone)]
pub struct Observations {
    pub(super) store: Store,
    clock: Clock,
    pub(super) counted: Arc<Mutex<Option<Arc<Figures>>>>,
}

impl Observations {
    /// Of what is kept in a store.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self {
            store,
            clock,
            counted: Arc::default(),
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
}
