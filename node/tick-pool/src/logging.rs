//! Log lines: their target, and a throttle for those that would repeat.

use parking_lot::Mutex;

/// Log target of everything in this crate.
pub const LOG_TARGET: &str = "tick-pool";

/// Allows something at most once per interval.
pub(crate) struct Throttle {
    interval_ms: u64,
    last_ms: Mutex<Option<u64>>,
}

impl Throttle {
    pub fn new(interval_ms: u64) -> Self {
        Self { interval_ms, last_ms: Mutex::new(None) }
    }

    /// Returns whether the interval since the last allowance is over. If so, a new one begins.
    pub fn allow(&self, now_ms: u64) -> bool {
        let mut last_ms = self.last_ms.lock();
        let is_over = last_ms.is_none_or(|last| now_ms.saturating_sub(last) >= self.interval_ms);
        if is_over {
            *last_ms = Some(now_ms);
        }
        is_over
    }
}
