//! Plain counters, for whoever exposes metrics.

use std::sync::atomic::{AtomicU64, Ordering};

/// Declares the counters and the values read from them, so that neither can miss one.
macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Counters that only rise.
        #[derive(Default)]
        pub(crate) struct Counters { $(pub $name: Counter,)* }

        /// What the counters said at one moment.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Counts { $($(#[$doc])* pub $name: u64,)* }

        impl Counters {
            pub fn read(&self) -> Counts {
                Counts { $($name: self.$name.get(),)* }
            }
        }

        impl Counts {
            /// Every counter with its name.
            pub fn named(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

counters! {
    /// Tickets taken.
    offers_taken,
    /// Tickets refused.
    offers_refused,
    /// Requests that advanced a session.
    ticks_accepted,
    /// Ticks they advanced by.
    ticks_revealed,
    /// Ticks charged for keys.
    ticks_charged,
    /// Keys released for ticks, repeats included.
    keys_released,
    /// Requests refused for want of payment.
    payments_refused,
    /// Requests refused because the journal could not take them.
    payments_unavailable,
    /// Keys released in previews.
    preview_keys,
    /// Previews refused.
    previews_refused,
    /// Sessions removed after their final close.
    sessions_removed,
    /// Tickets that died after they had bought.
    tickets_dead,
    /// Ticks released that nobody will pay.
    ticks_lost,
    /// Groups written and fsynced.
    journal_groups,
    /// Records in them.
    journal_records,
    /// Bytes in them.
    journal_bytes,
    /// Microseconds spent in write and fsync.
    journal_us,
    /// Snapshots made.
    compactions,
    /// Snapshots that failed; the segments stay.
    compactions_failed,
}

/// A counter.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, by: u64) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    pub fn one(&self) {
        self.add(1);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
