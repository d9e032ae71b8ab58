//! Turns ffmpeg's reports into a broadcast's health: rates over the time since the last report.

use crate::{
    broadcast::{Health, Protocol, Rendition},
    transcode::Progress,
};
use std::net::IpAddr;

/// Remembers the last report.
#[derive(Debug)]
pub(super) struct Meter {
    protocol: Protocol,
    peer: Option<IpAddr>,
    at_ms: u64,
    taken_bytes: u64,
    last: Progress,
}

impl Meter {
    pub fn new(protocol: Protocol, peer: Option<IpAddr>, at_ms: u64, taken_bytes: u64) -> Self {
        Self { protocol, peer, at_ms, taken_bytes, last: Progress::default() }
    }

    /// What the figures are at `at_ms`, of an ffmpeg whose first input came at `fed_since_ms`.
    pub fn measure(
        &mut self,
        at_ms: u64,
        (taken_bytes, fed_since_ms): (u64, u64),
        progress: Progress,
        renditions: &[Rendition],
        restarts: u32,
    ) -> Health {
        let elapsed_ms = at_ms.saturating_sub(self.at_ms).max(1);
        // All are far below 2^52, where a conversion loses nothing.
        let per_ms = |now: u64, before: u64| now.saturating_sub(before) as f64 / elapsed_ms as f64;
        let health = Health {
            protocol: self.protocol,
            peer: self.peer,
            input_bits_per_second: taken_bytes.saturating_sub(self.taken_bytes) * 8000 / elapsed_ms,
            frames_per_second: per_ms(progress.frame, self.last.frame) * 1000.0,
            frames: progress.frame,
            dropped_frames: progress.dropped_frames,
            duplicated_frames: progress.duplicated_frames,
            speed: per_ms(progress.out_time_ms, self.last.out_time_ms),
            // What comes live comes at the pace of time: a second after the first, one second should have been encoded.
            latency_ms: (progress.out_time_ms > 0)
                .then(|| at_ms.saturating_sub(fed_since_ms).saturating_sub(progress.out_time_ms)),
            renditions: renditions.iter().map(|rendition| rendition.id).collect(),
            restarts,
        };
        (self.at_ms, self.taken_bytes, self.last) = (at_ms, taken_bytes, progress);
        health
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measure_works() {
        let mut meter = Meter::new(Protocol::Rtmp, None, 1000, 500);
        let progress = Progress { frame: 60, out_time_ms: 2000, ..Progress::default() };
        let health = meter.measure(3000, (250_500, 400), progress, &[], 0);
        assert_eq!(health.input_bits_per_second, 1_000_000);
        assert_eq!(health.latency_ms, Some(600));
        assert_eq!((health.frames_per_second, health.speed), (30.0, 1.0));
        let health = meter.measure(3000, (250_500, 400), progress, &[], 0);
        assert_eq!((health.input_bits_per_second, health.speed), (0, 0.0), "no division by nought");
    }
}
