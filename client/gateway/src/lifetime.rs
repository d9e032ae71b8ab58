//! When the gateway's tasks have to end, and who waits for them.

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// When tasks have to end, and who waits for them.
#[derive(Clone, Default)]
pub struct Lifetime {
    /// Cancelled first: no new session, upload or connection is accepted; open requests may finish.
    pub drain: CancellationToken,
    /// Cancelled when no request can come any more: tasks finish their work and end.
    pub stop: CancellationToken,
    /// Every task of the gateway.
    pub tasks: TaskTracker,
}
