//! Time that can be shared between tasks: milliseconds since the process's first use of it.

use std::{
    sync::{
        atomic::{AtomicU64, Ordering},
        OnceLock,
    },
    time::Instant,
};

/// Milliseconds since some fixed moment.
pub(crate) fn now_ms() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    u64::try_from(START.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// When something was last seen.
#[derive(Debug)]
pub(crate) struct LastSeen(AtomicU64);

impl LastSeen {
    pub fn now() -> Self {
        Self(AtomicU64::new(now_ms()))
    }

    pub fn touch(&self) {
        self.0.store(now_ms(), Ordering::Relaxed);
    }

    pub fn age_ms(&self) -> u64 {
        now_ms().saturating_sub(self.0.load(Ordering::Relaxed))
    }
}
