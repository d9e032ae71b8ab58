//! Times of GOPs and fragments.

/// Timestamp of the first frame of a broadcast in seconds. It is not zero, because the first audio samples lie before
/// the first frame.
pub const FIRST_TIME_S: u32 = 10;

/// Seconds from one IDR frame to the next. Segments are cut there.
pub const GOP_S: u32 = 2;

/// Maximum duration of a fragment in milliseconds; the `PART-TARGET` of a playlist must not be less. Fragments are 500
/// ms long, or a frame longer if half a second is not a whole number of frames (at 25 or 15 frames per second).
pub const MAX_FRAGMENT_MS: u32 = 550;

/// Timestamp in seconds at which ffmpeg continues after a restart: the next multiple of [`GOP_S`] after everything that
/// was sent.
pub(crate) fn next_start_s(position_ms: u64) -> u32 {
    let gop_ms = u64::from(GOP_S) * 1000;
    let gops = position_ms.div_ceil(gop_ms);
    u32::try_from(gops * u64::from(GOP_S)).unwrap_or(u32::MAX).max(FIRST_TIME_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_even_and_after_what_was_sent() {
        for (position_ms, expected) in [(0, FIRST_TIME_S), (10_001, 12), (12_000, 12), (12_001, 14), (3_600_000, 3600)]
        {
            assert_eq!(next_start_s(position_ms), expected);
        }
    }
}
