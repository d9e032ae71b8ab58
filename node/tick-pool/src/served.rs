//! Gateways that the node serves.

use std::collections::HashSet;
use tick_stream_primitives::AccountId;

/// Gateways whose rows this node settles. A part of the budgets is reserved for them; see [`crate::budget`].
pub trait ServedGateways: Send + Sync {
    /// Returns whether the node serves this gateway. Called under the pool's lock: must not block.
    fn serves(&self, gateway: &AccountId) -> bool;
}

impl ServedGateways for HashSet<AccountId> {
    fn serves(&self, gateway: &AccountId) -> bool {
        self.contains(gateway)
    }
}
