//! Media time: exact, in the track's own units.

use serde::{Deserialize, Serialize};
use std::{num::NonZeroU32, time::Duration};

/// Nanoseconds in a second.
pub(crate) const NANOS: u128 = 1_000_000_000;

/// A length of media time: `units` of one `timescale`th of a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// How many units.
    pub units: u64,
    /// Units in a second.
    pub timescale: NonZeroU32,
}

impl Span {
    /// `units` of one `timescale`th of a second.
    pub const fn new(units: u64, timescale: NonZeroU32) -> Self {
        Self { units, timescale }
    }

    /// `millis` milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        const MILLIS: NonZeroU32 = NonZeroU32::new(1000).expect("a thousand is not zero");
        Self::new(millis, MILLIS)
    }

    /// In seconds.
    pub fn seconds(self) -> f64 {
        self.units as f64 / f64::from(self.timescale.get())
    }

    /// In nanoseconds, rounded down.
    pub fn nanos(self) -> u128 {
        u128::from(self.units) * NANOS / u128::from(self.timescale.get())
    }

    /// In microseconds, rounded to the nearest: what playlists print.
    pub fn micros(self) -> u64 {
        let scale = u128::from(self.timescale.get());
        u64::try_from((u128::from(self.units) * 1_000_000 + scale / 2) / scale).unwrap_or(u64::MAX)
    }

    /// Whole seconds, rounded to the nearest: what is compared with a playlist's target duration.
    pub fn rounded_seconds(self) -> u64 {
        self.micros().saturating_add(500_000) / 1_000_000
    }

    /// The same length and `more` units.
    pub fn plus(self, more: u64) -> Self {
        Self { units: self.units.saturating_add(more), ..self }
    }

    /// Whether there is nothing of it.
    pub fn is_zero(self) -> bool {
        self.units == 0
    }

    /// How many ticks this much video costs.
    pub fn ticks(self) -> u32 {
        vilokanam_wire::payment::ticks_of(Duration::from_micros(self.micros()))
    }
}

#[cfg(test)]
mod tests;
