//! Media time, exact in the units of its track.

use serde::{Deserialize, Serialize};
use std::{num::NonZeroU32, time::Duration};

/// Nanoseconds per second.
pub(crate) const NANOS: u128 = 1_000_000_000;

/// A length of media time: `units / timescale` seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Number of units.
    pub units: u64,
    /// Units per second.
    pub timescale: NonZeroU32,
}

impl Span {
    /// A span of `units / timescale` seconds.
    pub const fn new(units: u64, timescale: NonZeroU32) -> Self {
        Self { units, timescale }
    }

    /// A span of `millis` milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        const MILLIS: NonZeroU32 = NonZeroU32::new(1000).expect("a thousand is not zero");
        Self::new(millis, MILLIS)
    }

    /// Length in seconds.
    pub fn seconds(self) -> f64 {
        self.units as f64 / f64::from(self.timescale.get())
    }

    /// Length in nanoseconds, rounded down.
    pub fn nanos(self) -> u128 {
        u128::from(self.units) * NANOS / u128::from(self.timescale.get())
    }

    /// Length in microseconds, rounded to the nearest, as printed in playlists.
    pub fn micros(self) -> u64 {
        let scale = u128::from(self.timescale.get());
        u64::try_from((u128::from(self.units) * 1_000_000 + scale / 2) / scale).unwrap_or(u64::MAX)
    }

    /// Length in whole seconds, rounded to the nearest, as compared with the target duration of a playlist.
    pub fn rounded_seconds(self) -> u64 {
        self.micros().saturating_add(500_000) / 1_000_000
    }

    /// A span that is `more` units longer.
    pub fn plus(self, more: u64) -> Self {
        Self { units: self.units.saturating_add(more), ..self }
    }

    /// Whether the length is zero.
    pub fn is_zero(self) -> bool {
        self.units == 0
    }

    /// Price in ticks of a segment of this length.
    pub fn ticks(self) -> u32 {
        vilokanam_wire::payment::ticks_of(Duration::from_micros(self.micros()))
    }
}

#[cfg(test)]
mod tests;
