//! Work that a fault of ours ends alone: neither what is done beside it nor the node ends with it.

use tokio::task::JoinSet;

/// A panic. Where it was stands in the log; its words are not passed on, since they may quote what somebody sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fault of ours")]
pub(super) struct Fault;

/// Does a piece of work in a task of its own, which ends with whoever waits for it.
pub(super) async fn alone<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, Fault> {
    let mut task = JoinSet::new();
    task.spawn(work);
    match task.join_next().await.expect("one was begun") {
        Ok(done) => Ok(done),
        Err(error) if error.is_panic() => Err(Fault),
        // All ends, and with it whoever waits.
        Err(_) => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_fault_ends_the_work_and_nobody_who_waits_for_it() {
        assert_eq!(alone(async { 7 }).await, Ok(7));
        let faulty = alone(async { u8::try_from(256).expect("it is too much") });
        assert_eq!(faulty.await, Err(Fault));
    }
}
