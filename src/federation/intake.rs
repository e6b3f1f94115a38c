//! Keeps what was verified, many in one transaction: a disk that takes a hundred commits a second
//! would else be the limit of an inbox that verifies thousands.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::store::{self, Received, Store};

/// How many may wait to be kept; whoever comes after them is asked to come again.
pub(super) const MAX_WAITING: usize = 512;
/// How many are kept in one transaction.
const BATCH: usize = 128;
/// How long those who come together wait for more, and again as long as more come: what a transaction
/// costs is shared by all that are in it, and is some ten times what one activity adds. Who comes alone
/// does not wait.
const LINGER: Duration = Duration::from_millis(4);
/// How often they wait at most.
const MAX_LINGERS: usize = 5;

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
        linger(&mut waiting, &mut taken).await;
        let (batch, answers): (Vec<_>, Vec<_>) = taken.drain(..).unzip();
        let many = batch.len();
        let keeping = keep(store.clone(), batch, clock.now());
        // A task of its own: a fault of ours costs this batch, which is sent again, and no other.
        let kept = tokio::spawn(keeping).await.unwrap_or_else(|_| {
            tracing::error!("what was received is not kept by a fault of ours");
            vec![Err(NotKept::Failed); many]
        });
        for (answer, kept) in answers.into_iter().zip(kept) {
            // Who asked may have gone; the sender will come again.
            let _ = answer.send(kept);
        }
    }
}

/// Waits for more as long as more come and there is room.
async fn linger<T>(waiting: &mut mpsc::Receiver<T>, taken: &mut Vec<T>) {
    let mut before = 1;
    for _ in 0..MAX_LINGERS {
        if taken.len() == before || taken.len() == BATCH {
            return;
        }
        before = taken.len();
        tokio::time::sleep(LINGER).await;
        while taken.len() < BATCH
            && let Ok(more) = waiting.try_recv()
        {
            taken.push(more);
        }
    }
}

/// Keeps a batch, and says of each whether it is on disk.
async fn keep(store: Store, batch: Vec<Received>, now: DateTime<Utc>) -> Vec<Result<(), NotKept>> {
    let failed = |error: store::Error| {
        let error = anyhow::Error::from(error);
        tracing::error!("what was received is not kept: {error:#}");
        NotKept::Failed
    };
    match store.receive(&batch, now).await {
        Ok(each) => each.into_iter().map(|kept| kept.map_err(failed)).collect(),
        Err(error) => vec![Err(failed(error)); batch.len()],
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::task::JoinSet;

    use super::*;

    fn received(number: usize) -> Received {
        Received {
            id: format!("https://far.example/activities/{number}")
                .parse()
                .unwrap(),
            actor: "https://far.example/actor".parse().unwrap(),
            body: "{}".to_owned(),
            newly_read: None,
        }
    }

    #[tokio::test]
    async fn whoever_comes_when_too_many_wait_is_asked_to_come_again_and_then_taken() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("a.db").display());
        let store = Store::open(&url).await.unwrap();
        let clock = Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap());
        let intake = Arc::new(Intake::start(store.clone(), clock));
        let mut coming = JoinSet::new();
        // All are there before whoever keeps has a turn on this one thread.
        for number in 0..MAX_WAITING + 10 {
            let intake = Arc::clone(&intake);
            coming.spawn(async move { intake.keep(received(number)).await });
        }
        let answers = coming.join_all().await;
        let count = |answer| answers.iter().filter(|given| **given == answer).count();
        assert_eq!(count(Ok(())), MAX_WAITING);
        assert_eq!(count(Err(NotKept::Overloaded)), 10);
        assert_eq!(store.waiting().await.unwrap(), MAX_WAITING as u64);

        assert_eq!(intake.keep(received(MAX_WAITING + 10)).await, Ok(()));
        assert_eq!(store.waiting().await.unwrap(), MAX_WAITING as u64 + 1);
    }
}
