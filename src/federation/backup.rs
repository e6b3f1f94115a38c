//! Everything this node is and holds, for whoever manages it.

use std::io;

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::Federation;
use crate::store::backup::{Contents, NotWritten};

/// How many backups are read at once: each holds one of the database's connections until whoever loads it
/// down has all of it.
pub(super) const MAX_BACKUPS: usize = 1;

impl Federation {
    /// Leave to read a backup, until it is dropped; `None` while somebody else does.
    pub fn begin_backup(&self) -> Option<OwnedSemaphorePermit> {
        self.0.backups.clone().try_acquire_owned().ok()
    }

    /// Hands everything on in pieces.
    pub async fn back_up(
        &self,
        mut take: impl AsyncFnMut(Bytes) -> io::Result<()>,
    ) -> Result<Contents, NotWritten> {
        let store = &self.0.store;
        store
            .back_up(self.now(), async |piece, _| take(piece).await)
            .await
    }
}
