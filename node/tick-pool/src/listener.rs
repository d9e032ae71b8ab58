//! Notifications from the pool.

use tick_stream_primitives::SessionId;

/// Receiver of notifications about higher claims.
pub trait PoolListener: Send + Sync {
    /// Called when the claims on these sessions are new or higher than before, after they are on disk. Must not block.
    fn claims_raised(&self, sessions: &[SessionId]);
}
