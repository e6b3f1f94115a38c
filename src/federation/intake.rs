//! Keeps what was verified, many in one transaction: a disk that takes a hundred commits a second
//! would else be the limit of an inbox that verifies thousands.

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::store::{self, Received, Store};

/// How many may wait to be kept; whoever comes after them is asked to come again.
pub(super) const MAX_WAITING: usize = 512;
/// How many are kept in one transaction.
const BATCH: usize = 128;

type Answer = oneshot::Sender<Result<(), NotKept>>;

/// The way to the one who keeps.
pub(super) struct Intake(mpsc::Sender<(Received, Answer)>);

/// Why something was not kept; it may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotKept {
    /// Too many wait already.
    Overloaded,
    /// The database failed; the log has the reason.
    Failed,
}

impl Intake {
    /// Starts whoever keeps, for as long as somebody may come.
    pub(super) fn start(store: Store, clock: Clock) -> Self {
        let (way, waiting) = mpsc::channel(MAX_WAITING);
        tokio::spawn(keep_all(waiting, store, clock));
        Self(way)
    }

    /// Keeps an activity, and returns once it is on disk.
    pub(super) async fn keep(&self, received: Received) -> Result<(), NotKept> {
        let (answer, kept) = oneshot::channel();
        self.0
            .try_send((received, answer))
            .map_err(|_| NotKept::Overloaded)?;
        kept.await.unwrap_or(Err(NotKept::Failed))
    }
}

async fn keep_all(mut waiting: mpsc::Receiver<(Received, Answer)>, store: Store, clock: Clock) {
    let mut taken = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut taken, BATCH).await > 0 {
        let (batch, answers): (Vec<_>, Vec<_>) = taken.drain(..).unzip();
        let kept = keep(&store, &batch, clock.now()).await;
        for (answer, kept) in answers.into_iter().zip(kept) {
            // Who asked may have gone; the sender will come again.
            let _ = answer.send(kept);
        }
    }
}

/// Keeps a batch, and says of each whether it is on disk.
async fn keep(store: &Store, batch: &[Received], now: DateTime<Utc>) -> Vec<Result<(), NotKept>> {
    let failed = |error: store::Error| {
        let error = anyhow::Error::from(error);
        tracing::error!("what was received is not kept: {error:#}");
        NotKept::Failed
    };
    match store.receive(batch, now).await {
        Ok(each) => each.into_iter().map(|kept| kept.map_err(failed)).collect(),
        Err(error) => vec![Err(failed(error)); batch.len()],
    }
}
