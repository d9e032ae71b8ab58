//! Time of day, and the moment of the last activity of a peer.

use parking_lot::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// Milliseconds since 1970.
pub(crate) fn unix_ms() -> u64 {
    whole_millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// A duration in milliseconds, rounded down.
pub(crate) fn whole_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The moment at which something was last seen, shared between tasks.
#[derive(Debug)]
pub(crate) struct LastSeen(Mutex<Instant>);

impl LastSeen {
    pub fn now() -> Self {
        Self(Mutex::new(Instant::now()))
    }

    pub fn touch(&self) {
        *self.0.lock() = Instant::now();
    }

    pub fn age(&self) -> Duration {
        self.0.lock().elapsed()
    }
}
