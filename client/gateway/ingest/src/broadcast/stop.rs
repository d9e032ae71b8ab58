//! Ending a broadcast from outside.

use super::EndReason;
use std::sync::OnceLock;
use tokio_util::sync::CancellationToken;

/// Tells a broadcast to end, with a reason.
#[derive(Debug, Default)]
pub(crate) struct StopSignal {
    token: CancellationToken,
    reason: OnceLock<EndReason>,
}

impl StopSignal {
    /// Gives the signal. The first reason is kept.
    pub fn stop(&self, reason: EndReason) {
        let _ = self.reason.set(reason);
        self.token.cancel();
    }

    /// Waits for the signal.
    pub async fn stopped(&self) -> EndReason {
        self.token.cancelled().await;
        self.reason.get().copied().unwrap_or(EndReason::Stopped)
    }
}

/// Error of a step that was interrupted because the broadcast has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BroadcastOver(pub EndReason);
