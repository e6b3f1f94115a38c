//! Records on their way from one thread to another, bounded by their bytes.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// How many bytes of records wait in one queue; a record never has more.
pub const MAX_QUEUED_BYTES: u32 = 32 * 1024 * 1024;
/// What each counts beside its text: ids and what it is kept in.
const BESIDE_BYTES: usize = 1024;

/// Where records go in.
pub(super) struct Entrance<T> {
    waiting: mpsc::UnboundedSender<(T, OwnedSemaphorePermit)>,
    room: Arc<Semaphore>,
}

/// Where they come out, in the same order.
pub(super) struct Exit<T> {
    waiting: mpsc::UnboundedReceiver<(T, OwnedSemaphorePermit)>,
    room: Arc<Semaphore>,
}

/// Nobody is at the exit any more.
#[derive(Debug)]
pub(super) struct Gone;

/// A queue with room for [`MAX_QUEUED_BYTES`].
pub(super) fn queue<T>() -> (Entrance<T>, Exit<T>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(MAX_QUEUED_BYTES as usize));
    let entrance = Entrance {
        waiting: sender,
        room: Arc::clone(&room),
    };
    let exit = Exit {
        waiting: receiver,
        room,
    };
    (entrance, exit)
}

impl<T> Entrance<T> {
    /// Puts in what has so many bytes, once there is room for it; what has more than all the room waits until
    /// the queue is empty.
    pub(super) async fn put(&self, item: T, bytes: usize) -> Result<(), Gone> {
        let all = MAX_QUEUED_BYTES;
        let bytes =
            u32::try_from(bytes.saturating_add(BESIDE_BYTES)).map_or(all, |own| own.min(all));
        let room = Arc::clone(&self.room).acquire_many_owned(bytes);
        let room = room.await.map_err(|_| Gone)?;
        self.waiting.send((item, room)).map_err(|_| Gone)
    }
}

impl<T> Exit<T> {
    /// The next; `None` once nobody is at the entrance any more.
    pub(super) async fn next(&mut self) -> Option<T> {
        self.waiting.recv().await.map(|(item, _)| item)
    }

    /// The same, on a thread that may wait.
    pub(super) fn blocking_next(&mut self) -> Option<T> {
        self.waiting.blocking_recv().map(|(item, _)| item)
    }
}

impl<T> Drop for Exit<T> {
    fn drop(&mut self) {
        self.room.close();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const ALL: usize = MAX_QUEUED_BYTES as usize;

    #[test]
    fn no_more_bytes_wait_than_there_is_room_for() {
        let (entrance, mut exit) = queue();
        let half = ALL / 2 - BESIDE_BYTES;
        for number in [1, 2] {
            assert!(entrance.put(number, half).now_or_never().unwrap().is_ok());
        }
        assert!(entrance.put(3, 0).now_or_never().is_none());
        assert_eq!(exit.blocking_next(), Some(1));
        assert!(entrance.put(3, half).now_or_never().unwrap().is_ok());
        // What is larger than all the room goes through, alone.
        assert!(entrance.put(4, usize::MAX).now_or_never().is_none());
        assert_eq!(
            (exit.blocking_next(), exit.blocking_next()),
            (Some(2), Some(3))
        );
        assert!(entrance.put(4, usize::MAX).now_or_never().unwrap().is_ok());
        assert!(entrance.put(5, 0).now_or_never().is_none());
        drop(entrance);
        assert_eq!(
            (exit.blocking_next(), exit.blocking_next()),
            (Some(4), None)
        );
    }

    #[tokio::test]
    async fn whoever_waits_for_room_is_told_that_nobody_takes_any() {
        let (entrance, exit) = queue();
        entrance.put(1, ALL).await.unwrap();
        let (put, ()) = tokio::join!(entrance.put(2, ALL), async { drop(exit) });
        assert!(put.is_err() && entrance.put(3, 0).await.is_err());
    }
}
