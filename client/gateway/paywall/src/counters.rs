//! Counters for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

/// Declares the counters and their values from one list, so that neither can lack one of them.
macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Counters that only rise.
        #[derive(Default)]
        pub(crate) struct Counters { $(pub $name: Counter,)* }

        /// Values of the counters at one moment.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Counts { $($(#[$doc])* pub $name: u64,)* }

        impl Counters {
            pub fn read(&self) -> Counts {
                Counts { $($name: self.$name.get(),)* }
            }
        }
    };
}

counters! {
    /// Tickets accepted.
    offers_accepted,
    /// Tickets refused.
    offers_refused,
    /// Requests that revealed a new tick.
    ticks_accepted,
    /// Ticks revealed by these requests.
    revealed_ticks,
    /// Ticks charged for keys.
    charged_ticks,
    /// Keys released for ticks, repeated ones included.
    keys_released,
    /// Requests refused because a payment was missing or malformed.
    payments_refused,
    /// Requests refused because the journal could not take them.
    payments_unavailable,
    /// Keys released in previews.
    preview_keys,
    /// Preview requests refused.
    previews_refused,
    /// Sessions removed: closed in a finalized block, or rejected and expired.
    sessions_removed,
    /// Tickets rejected after they had bought keys.
    tickets_rejected,
    /// Ticks charged that will never be settled.
    lost_ticks,
    /// Groups of records written and fsynced.
    journal_groups,
    /// Records in these groups.
    journal_records,
    /// Bytes in these groups.
    journal_bytes,
    /// Microseconds spent in writing and fsync.
    journal_us,
    /// Snapshots written.
    compactions,
    /// Snapshots that failed. Their segments stay.
    compactions_failed,
}

/// A value that only rises.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, by: u64) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    pub fn increment(&self) {
        self.add(1);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
