//! The time, exchangeable in tests, and what must not happen too often.

use parking_lot::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
}

/// The machine's clock. When it is set back, budgets stand still until it has caught up.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
    }
}

/// Lets something happen once in so many milliseconds.
pub(crate) struct Pause {
    length_ms: u64,
    /// When it happened last.
    last_ms: Mutex<Option<u64>>,
}

impl Pause {
    pub fn new(length_ms: u64) -> Self {
        Self { length_ms, last_ms: Mutex::new(None) }
    }

    /// Whether it may happen now; if so, the next pause begins.
    pub fn is_over(&self, now_ms: u64) -> bool {
        let mut last_ms = self.last_ms.lock();
        let is_over = last_ms.is_none_or(|last| now_ms.saturating_sub(last) >= self.length_ms);
        if is_over {
            *last_ms = Some(now_ms);
        }
        is_over
    }
}
