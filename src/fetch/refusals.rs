//! Whom the operator will have nothing to do with, as every fetcher of a node knows it.

use std::sync::{Arc, RwLock};

use url::Url;

use crate::domain::block::Blocks;

/// What is refused before any connection. Clones are the same: what one is told, all know.
#[derive(Debug, Clone, Default)]
pub struct Refusals(Arc<RwLock<Arc<Blocks>>>);

impl Refusals {
    /// What is refused from the beginning.
    pub fn of(blocks: Blocks) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(blocks))))
    }

    /// Refuses this from now on, and nothing else.
    pub fn replace(&self, blocks: Arc<Blocks>) {
        *self.0.write().expect("nobody panics while swapping an Arc") = blocks;
    }

    pub(super) fn refuse(&self, url: &Url) -> bool {
        let blocks = Arc::clone(&self.0.read().expect("nobody panics while swapping an Arc"));
        blocks.suspends(url)
    }
}
