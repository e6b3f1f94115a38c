//! Records what came of visits, those of many hosts in one transaction: a disk that takes a hundred commits
//! a second would else be the limit of a thousand visits a second.
//!
//! A worker goes on only once its visit is on disk, during the pause it keeps anyway. So whoever is killed
//! repeats at most the one request that was under way.

use tokio::sync::{mpsc, oneshot};

use super::Parts;
use crate::ingest::{Read, ingest_visits};
use crate::store;
use crate::store::frontier::{Recorded, Target, Visited};

/// How many visits are recorded in one transaction: the writer that has its turn keeps the others waiting.
const BATCH: usize = 128;
/// How many may wait to be recorded. Each holds what its document says.
const MAX_WAITING: usize = 256;

/// A visit on its way to the disk.
struct Message {
    visited: Visited,
    read: Option<Read>,
    answer: oneshot::Sender<Option<Vec<Target>>>,
}

/// The way to the one who records.
#[derive(Clone)]
pub(super) struct Way(mpsc::Sender<Message>);

/// Nobody records any more: the run is about to end, and says why itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Closed;

/// The one who records, until there is no way to it any more.
pub(super) struct Keeper(mpsc::Receiver<Message>);

pub(super) fn open() -> (Way, Keeper) {
    let (way, waiting) = mpsc::channel(MAX_WAITING);
    (Way(way), Keeper(waiting))
}

impl Way {
    /// Records a visit, and returns once it is on disk: with what is new at its host, or with `None` if the
    /// host was left or is no longer ours.
    pub(super) async fn record(
        &self,
        visited: Visited,
        read: Option<Read>,
    ) -> Result<Option<Vec<Target>>, Closed> {
        let (answer, recorded) = oneshot::channel();
        let message = Message {
            visited,
            read,
            answer,
        };
        self.0.send(message).await.map_err(|_| Closed)?;
        recorded.await.map_err(|_| Closed)
    }
}

impl Keeper {
    /// Records until there is no way to it any more.
    pub(super) async fn keep_all(mut self, parts: &Parts) -> Result<(), store::Error> {
        let mut taken = Vec::with_capacity(BATCH);
        while self.0.recv_many(&mut taken, BATCH).await > 0 {
            let mut visits = Vec::with_capacity(taken.len());
            let mut answers = Vec::with_capacity(taken.len());
            for message in taken.drain(..) {
                visits.push((message.visited, message.read));
                answers.push(message.answer);
            }
            let now = parts.clock.now();
            let recorded = ingest_visits(&parts.store, visits, &parts.taxonomy, now).await?;
            let Recorded {
                kept, found, each, ..
            } = recorded;
            parts.tally.count(|summary| {
                summary.learnt.add(kept);
                summary.found += found;
            });
            for (answer, each) in answers.into_iter().zip(each) {
                // Whoever asked may have been told to stop.
                drop(answer.send(each));
            }
        }
        Ok(())
    }
}
