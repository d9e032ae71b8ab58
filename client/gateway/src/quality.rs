//! Quality of playback as players report it: limited, summed up by stream and minute, and stored for creators.
//!
//! A report is nothing but a claim of an unknown device. What one device or one network can say is therefore limited, and
//! nothing but a creator's picture of the audience depends on it.

use crate::telemetry::names;
use governor::{clock::DefaultClock, state::keyed::DashMapStateStore, Quota, RateLimiter};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, HashMap},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};
use tick_stream_primitives::{clock::now_ms, StreamId};
use tokio_util::sync::CancellationToken;
use vilokanam_indexer::{QualityMinute, Store};
use vilokanam_paywall::{DeviceCookie, IpPrefix};
use vilokanam_wire::quality::{bucket_of, QualityReport, LATENCY_BOUNDS_MS, REPORT_EVERY_S, START_BOUNDS_MS};

/// Length of a minute in milliseconds.
const MINUTE_MS: u64 = 60_000;
/// Interval of writing to the database. A crash loses what came after the last write.
const KEEP_EVERY: Duration = Duration::from_secs(10);
/// Time for which minutes are kept: 90 days.
const KEPT_MS: u64 = 90 * 24 * 3_600 * 1_000;
/// Number of writes between two deletions of what is too old.
const FORGET_EVERY_WRITES: u32 = 360;
/// Streams with reports between two writes.
const MAX_STREAMS: usize = 10_000;
/// Devices remembered, so that none reports too often. Above the limit, reports of further devices are refused.
const MAX_DEVICES: usize = 200_000;
/// Minimum time between two reports of one device: players report less often, and once more when they are closed.
const DEVICE_PAUSE_MS: u64 = 5_000;
/// Reports of one network a minute.
const PREFIX_PER_MINUTE: u32 = 60;
/// Networks remembered before idle ones are forgotten.
const MAX_PREFIXES: usize = 100_000;
/// Longest period that a report can be about, in milliseconds: a player in a background tab may report late.
const MAX_PERIOD_MS: u64 = 20 * 1_000 * REPORT_EVERY_S as u64;
/// Most stalls of a report.
const MAX_STALLS: u32 = 600;
/// Most pictures of a report: 120 a second.
const MAX_FRAMES: u64 = MAX_PERIOD_MS / 1_000 * 120;
/// Short sides of renditions that are counted under their own name.
const HEIGHTS: [&str; 9] = ["144", "240", "360", "480", "540", "720", "1080", "1440", "2160"];
/// Endings of the names of renditions: the codec, if it is not H.264.
const ENDINGS: [&str; 3] = ["", "-hevc", "-av1"];
/// Name under which all other renditions are counted.
const OTHER: &str = "other";

/// Why a report was not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// The device or its network reports too often.
    #[error("too many reports")]
    TooOften,
    /// More streams or devices than this gateway counts.
    #[error("too many streams or devices")]
    Full,
}

type ByPrefix = RateLimiter<IpPrefix, DashMapStateStore<IpPrefix>, DefaultClock>;

/// Sums up the reports.
pub struct QualityReports {
    by_prefix: ByPrefix,
    counted: Mutex<Counted>,
}

#[derive(Default)]
struct Counted {
    /// What has not been written yet.
    minutes: HashMap<StreamId, QualityMinute>,
    /// Time of each device's last report, in milliseconds since the Unix epoch.
    devices: HashMap<DeviceCookie, u64>,
}

impl Default for QualityReports {
    fn default() -> Self {
        let per_minute = NonZeroU32::new(PREFIX_PER_MINUTE).unwrap_or(NonZeroU32::MIN);
        Self { by_prefix: RateLimiter::dashmap(Quota::per_minute(per_minute)), counted: Mutex::default() }
    }
}

impl QualityReports {
    /// Checks that a network and a device may report now.
    ///
    /// # Errors
    ///
    /// [`Refused`] if not.
    pub fn admit(&self, prefix: IpPrefix, device: DeviceCookie, now_ms: u64) -> Result<(), Refused> {
        if self.by_prefix.len() > MAX_PREFIXES {
            self.by_prefix.retain_recent();
        }
        let mut counted = self.counted.lock();
        let last_ms = counted.devices.get(&device);
        if last_ms.is_some_and(|last_ms| now_ms.saturating_sub(*last_ms) < DEVICE_PAUSE_MS) {
            return Err(Refused::TooOften);
        }
        if counted.devices.len() >= MAX_DEVICES && last_ms.is_none() {
            return Err(Refused::Full);
        }
        self.by_prefix.check_key(&prefix).map_err(|_| Refused::TooOften)?;
        counted.devices.insert(device, now_ms);
        Ok(())
    }

    /// Returns whether a stream has reports that are not written yet: then it exists.
    pub fn knows(&self, stream: StreamId) -> bool {
        self.counted.lock().minutes.contains_key(&stream)
    }

    /// Adds a report of a player that was admitted. Values that cannot be true are cut off.
    ///
    /// # Errors
    ///
    /// [`Refused::Full`].
    pub fn add(&self, stream: StreamId, report: &QualityReport) -> Result<(), Refused> {
        let part = summed_up(report);
        count(report, &part);
        let mut counted = self.counted.lock();
        if counted.minutes.len() >= MAX_STREAMS && !counted.minutes.contains_key(&stream) {
            return Err(Refused::Full);
        }
        counted.minutes.entry(stream).or_default().add(&part);
        Ok(())
    }

    /// Takes what has not been written, as of the minute of `now_ms`; forgets devices that may report again.
    fn take(&self, now_ms: u64) -> Vec<QualityMinute> {
        let starts_at = now_ms - now_ms % MINUTE_MS;
        let mut counted = self.counted.lock();
        counted.devices.retain(|_, last_ms| now_ms.saturating_sub(*last_ms) < DEVICE_PAUSE_MS);
        let minutes = std::mem::take(&mut counted.minutes);
        minutes.into_iter().map(|(stream, minute)| QualityMinute { stream, starts_at, ..minute }).collect()
    }

    /// Writes what was reported to the database until `stop` is cancelled, and deletes what is too old.
    pub async fn keep(self: Arc<Self>, index: Store, stop: CancellationToken) {
        for write in 0u32.. {
            let is_over = stop.run_until_cancelled(tokio::time::sleep(KEEP_EVERY)).await.is_none();
            if let Err(error) = index.add_quality(&self.take(now_ms())).await {
                tracing::warn!(%error, "the quality of playback was not stored");
            }
            if is_over {
                return;
            }
            if write.is_multiple_of(FORGET_EVERY_WRITES) {
                self.by_prefix.retain_recent();
                if let Err(error) = index.forget_quality(now_ms().saturating_sub(KEPT_MS)).await {
                    tracing::warn!(%error, "old reports about playback were not deleted");
                }
            }
        }
    }
}

/// A report as part of a minute.
fn summed_up(report: &QualityReport) -> QualityMinute {
    let mut left_ms = MAX_PERIOD_MS;
    let mut renditions = BTreeMap::new();
    for (name, ms) in &report.renditions {
        let ms = u64::from(*ms).min(left_ms);
        left_ms -= ms;
        if ms > 0 {
            *renditions.entry(counted_name(name).to_owned()).or_insert(0) += ms;
        }
    }
    let frames = u64::from(report.frames).min(MAX_FRAMES);
    QualityMinute {
        reports: 1,
        stalls: report.stalls.min(MAX_STALLS).into(),
        stall_ms: u64::from(report.stall_ms).min(MAX_PERIOD_MS),
        dropped_frames: u64::from(report.dropped_frames).min(frames),
        frames,
        starts: one_of(&START_BOUNDS_MS, report.start_ms),
        latencies: one_of(&LATENCY_BOUNDS_MS, report.latency_ms),
        renditions,
        ..QualityMinute::default()
    }
}

/// The histogram of one value.
fn one_of(bounds: &[u32], value: Option<u32>) -> Vec<u64> {
    let mut counts = vec![0; bounds.len() + 1];
    if let Some(count) = value.and_then(|value| counts.get_mut(bucket_of(bounds, value))) {
        *count = 1;
    }
    counts
}

/// The name under which a rendition is counted: one of few, whatever a report says.
fn counted_name(name: &str) -> &str {
    let is_known = name == "audio"
        || name.split_once('p').is_some_and(|(height, ending)| HEIGHTS.contains(&height) && ENDINGS.contains(&ending));
    if is_known {
        name
    } else {
        OTHER
    }
}

/// Counts a report for Prometheus.
fn count(report: &QualityReport, part: &QualityMinute) {
    let player = match report.player.as_str() {
        "hls.js" => "hls.js",
        "native" => "native",
        _ => OTHER,
    };
    metrics::counter!(names::PLAYBACK_REPORTS, "player" => player).increment(1);
    metrics::counter!(names::PLAYBACK_STALLS).increment(part.stalls);
    let seconds = |ms: u32| f64::from(ms) / 1_000.0;
    if let Some(ms) = report.start_ms {
        metrics::histogram!(names::PLAYBACK_START).record(seconds(ms));
    }
    if let Some(ms) = report.latency_ms {
        metrics::histogram!(names::PLAYBACK_LATENCY).record(seconds(ms));
    }
    let played_ms: u64 = part.renditions.values().sum();
    if played_ms > 0 {
        let all_ms = played_ms + part.stall_ms;
        metrics::histogram!(names::PLAYBACK_STALLED).record(part.stall_ms as f64 / all_ms as f64);
    }
    if part.frames > 0 {
        metrics::histogram!(names::PLAYBACK_DROPPED).record(part.dropped_frames as f64 / part.frames as f64);
    }
    for (rendition, ms) in &part.renditions {
        let seconds = (ms + 500) / 1_000;
        metrics::counter!(names::PLAYBACK_PLAYED, "rendition" => rendition.clone()).increment(seconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> QualityReport {
        QualityReport {
            start_ms: Some(700),
            stalls: 2,
            stall_ms: 900,
            renditions: [("720p".to_owned(), 20_000), ("360p-av1".to_owned(), 10_000)].into(),
            dropped_frames: 3,
            frames: 900,
            latency_ms: Some(1_150),
            player: "hls.js".into(),
        }
    }

    fn network(number: u8) -> IpPrefix {
        IpPrefix::of(std::net::IpAddr::from([10, 0, number, 1]))
    }

    #[test]
    fn reports_of_a_minute_are_added() {
        let reports = QualityReports::default();
        assert!(!reports.knows(7));
        reports.add(7, &report()).unwrap();
        reports.add(7, &QualityReport { start_ms: None, ..report() }).unwrap();
        assert!(reports.knows(7));
        let [minute] = &reports.take(119_999)[..] else { panic!("one stream") };
        assert_eq!((minute.stream, minute.starts_at, minute.reports), (7, 60_000, 2));
        assert_eq!((minute.stalls, minute.stall_ms, minute.frames), (4, 1_800, 1_800));
        assert_eq!(minute.starts, [0, 1, 0, 0, 0, 0, 0], "the second report is not of a start");
        assert_eq!(minute.latencies, [0, 2, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!((minute.renditions["720p"], minute.renditions["360p-av1"]), (40_000, 20_000));
        assert!(reports.take(119_999).is_empty(), "each is taken once");
    }

    #[test]
    fn values_that_cannot_be_true_are_cut_off() {
        let lie = QualityReport {
            start_ms: Some(u32::MAX),
            stalls: u32::MAX,
            stall_ms: u32::MAX,
            renditions: (0..100).map(|name| (format!("{name}p"), u32::MAX)).collect(),
            dropped_frames: u32::MAX,
            frames: u32::MAX,
            latency_ms: Some(u32::MAX),
            player: "x".repeat(1_000),
        };
        let part = summed_up(&lie);
        assert_eq!((part.stalls, part.stall_ms), (u64::from(MAX_STALLS), MAX_PERIOD_MS));
        assert_eq!((part.frames, part.dropped_frames), (MAX_FRAMES, MAX_FRAMES));
        assert_eq!(part.renditions, [(OTHER.to_owned(), MAX_PERIOD_MS)].into());
        assert_eq!((part.starts[6], part.latencies[8]), (1, 1));
    }

    #[test]
    fn names_of_renditions_are_few() {
        for name in ["240p", "1080p", "720p-hevc", "audio"] {
            assert_eq!(counted_name(name), name);
        }
        for name in ["", "p", "721p", "720p-x", "720px", "\u{1f600}"] {
            assert_eq!(counted_name(name), OTHER, "{name}");
        }
    }

    #[test]
    fn device_that_reports_too_often_is_refused() {
        let reports = QualityReports::default();
        let device = DeviceCookie([1; 16]);
        assert_eq!(reports.admit(network(1), device, 10_000), Ok(()));
        assert_eq!(reports.admit(network(1), device, 14_999), Err(Refused::TooOften));
        assert_eq!(reports.admit(network(2), device, 14_999), Err(Refused::TooOften), "from another network as well");
        assert_eq!(reports.admit(network(1), DeviceCookie([2; 16]), 14_999), Ok(()));
        assert_eq!(reports.admit(network(1), device, 15_000), Ok(()));
    }

    #[test]
    fn network_with_many_devices_is_refused_and_others_are_not() {
        let reports = QualityReports::default();
        let admit = |network: IpPrefix, number: u32| {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&number.to_be_bytes());
            reports.admit(network, DeviceCookie(id), 10_000)
        };
        assert!((0..PREFIX_PER_MINUTE).all(|device| admit(network(1), device).is_ok()));
        assert!((0..PREFIX_PER_MINUTE).any(|device| admit(network(1), 1_000 + device) == Err(Refused::TooOften)));
        assert_eq!(admit(network(2), 5_000), Ok(()));
    }

    #[test]
    fn streams_above_the_limit_are_not_counted() {
        let reports = QualityReports::default();
        let added = (0..MAX_STREAMS as u64 + 5).filter(|stream| reports.add(*stream, &report()).is_ok());
        assert_eq!(added.count(), MAX_STREAMS);
        assert_eq!(reports.add(0, &report()), Ok(()), "a stream that is counted");
    }
}
