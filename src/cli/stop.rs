//! Whoever asks a command to stop: SIGTERM from a service manager, SIGINT from a keyboard.

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

use super::Failure;

/// Ready once this process is asked to stop. It listens from the call on, and from then on no such signal ends
/// the process by itself.
pub(super) fn asked_to_stop() -> Result<impl Future<Output = ()>, Failure> {
    let listen = |kind| signal(kind).context("cannot listen for signals");
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
