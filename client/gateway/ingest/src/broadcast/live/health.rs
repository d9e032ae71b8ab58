//! Turns the reports of ffmpeg into the health of a broadcast: rates over the time since the last report.

use crate::{
    broadcast::{Health, Protocol, Rendition},
    clock::whole_millis,
};
use std::net::IpAddr;
use tokio::time::Instant;
use vilokanam_ffmpeg::Progress;

/// What one ffmpeg was fed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fed {
    /// Bytes from the publisher so far.
    pub bytes: u64,
    /// When the first byte arrived that this ffmpeg was fed.
    pub since: Instant,
}

/// Remembers the last report.
#[derive(Debug)]
pub(super) struct HealthMeter {
    protocol: Protocol,
    peer: Option<IpAddr>,
    at: Instant,
    fed_bytes: u64,
    last: Progress,
}

impl HealthMeter {
    pub fn new(protocol: Protocol, peer: Option<IpAddr>, at: Instant, fed_bytes: u64) -> Self {
        Self { protocol, peer, at, fed_bytes, last: Progress::default() }
    }

    /// The health at the time `at`.
    pub fn measure(
        &mut self,
        at: Instant,
        fed: Fed,
        progress: Progress,
        renditions: &[Rendition],
        restarts: u32,
    ) -> Health {
        let elapsed_ms = whole_millis(at.duration_since(self.at)).max(1);
        // All numbers are far below 2^52, so the conversions are exact.
        let per_ms = |now: u64, before: u64| now.saturating_sub(before) as f64 / elapsed_ms as f64;
        let health = Health {
            protocol: self.protocol,
            peer: self.peer,
            input_bits_per_second: fed.bytes.saturating_sub(self.fed_bytes) * 8000 / elapsed_ms,
            frames_per_second: per_ms(progress.frames, self.last.frames) * 1000.0,
            frames: progress.frames,
            dropped_frames: progress.dropped_frames,
            duplicated_frames: progress.duplicated_frames,
            speed: per_ms(progress.written_ms(), self.last.written_ms()),
            // Live input arrives in real time: one second after the first byte, one second should have been encoded.
            latency_ms: (progress.written_ms() > 0)
                .then(|| whole_millis(at.duration_since(fed.since)).saturating_sub(progress.written_ms())),
            renditions: renditions.iter().map(|rendition| rendition.id).collect(),
            restarts,
        };
        (self.at, self.fed_bytes, self.last) = (at, fed.bytes, progress);
        health
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn rates_are_measured_since_the_last_report() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut meter = HealthMeter::new(Protocol::Rtmp, None, at(1000), 500);
        let progress = Progress { frames: 60, written: Duration::from_secs(2), ..Progress::default() };
        let fed = Fed { bytes: 250_500, since: at(400) };
        let health = meter.measure(at(3000), fed, progress.clone(), &[], 0);
        assert_eq!(health.input_bits_per_second, 1_000_000);
        assert_eq!(health.latency_ms, Some(600));
        assert_eq!((health.frames_per_second, health.speed), (30.0, 1.0));
        let health = meter.measure(at(3000), fed, progress, &[], 0);
        assert_eq!((health.input_bits_per_second, health.speed), (0, 0.0), "no division by zero");
    }
}
