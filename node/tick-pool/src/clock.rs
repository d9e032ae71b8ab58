//! The time, replaceable in tests.

/// Source of the time.
pub trait Clock: Send + Sync {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
}

/// Clock of the machine. When it is set back, budgets do not refill until it has caught up.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        tick_stream_primitives::clock::now_ms()
    }
}
