//! What was asked of whom: the servers' own record, by which manners are judged.

use std::sync::{Arc, Mutex};
use std::time::Instant;

/// A request, as its host saw it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The number of the host.
    pub host: usize,
    /// Path and query.
    pub path: String,
    /// Who says that it asks.
    pub agent: String,
    /// Whether only something newer was wanted.
    pub is_conditional: bool,
    /// The status of the answer.
    pub status: u16,
    /// When all of the request had come.
    pub begun: Instant,
    /// When the last of the answer was handed over, or nobody took more of it.
    pub ended: Instant,
    /// How much of an answer was taken, in bytes.
    pub bytes: usize,
}

/// The record of one server; clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Asked>>>);

impl Log {
    /// Adds a request that has ended.
    pub fn add(&self, asked: Asked) {
        self.0
            .lock()
            .expect("nobody panics while adding")
            .push(asked);
    }

    /// All requests that have ended so far, which are forgotten.
    pub fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut self.0.lock().expect("nobody panics while adding"))
    }
}
