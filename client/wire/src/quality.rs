//! Playback as viewers experience it: what players report, and what a creator reads of it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Maximum size of a report in bytes.
pub const MAX_REPORT_BYTES: usize = 4 * 1024;
/// Interval at which a player reports while it plays, in seconds.
pub const REPORT_EVERY_S: u32 = 30;
/// Maximum size of the answer to `GET /v1/probe` in bytes.
pub const MAX_PROBE_BYTES: u32 = 1 << 20;
/// Upper bounds of the buckets of start times in milliseconds; a last bucket has no bound.
pub const START_BOUNDS_MS: [u32; 6] = [500, 1_000, 2_000, 4_000, 8_000, 16_000];
/// Upper bounds of the buckets of distances to live in milliseconds; a last bucket has no bound.
pub const LATENCY_BOUNDS_MS: [u32; 8] = [800, 1_200, 1_600, 2_000, 3_000, 5_000, 8_000, 15_000];

/// Body of `POST /v1/streams/{id}/quality`: what one player experienced since its last report.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct QualityReport {
    /// Time from the viewer's wish to watch until the first picture, in milliseconds; in the first report only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_ms: Option<u32>,
    /// Number of times that the picture stopped for lack of data. A picture held back because it was not paid for is no stall.
    pub stalls: u32,
    /// Length of the stalls in milliseconds.
    pub stall_ms: u32,
    /// Milliseconds that each rendition was on screen, by its name.
    pub renditions: BTreeMap<String, u32>,
    /// Pictures that were decoded too late to be shown.
    pub dropped_frames: u32,
    /// All pictures, those that were dropped among them.
    pub frames: u32,
    /// Distance to live in milliseconds, the median of the period; absent for recordings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u32>,
    /// Kind of player: `hls.js` or `native`.
    pub player: String,
}

/// Answer to `GET /v1/streams/{id}/quality`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QualityHistory {
    /// The whole range.
    pub total: QualitySummary,
    /// Buckets with at least one report, oldest first.
    pub buckets: Vec<QualityBucket>,
}

/// Playback in one bucket of time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QualityBucket {
    /// Start of the bucket, RFC 3339.
    pub from: String,
    /// What players reported.
    pub summary: QualitySummary,
}

/// What all players reported together. Percentiles are upper bounds of the buckets that they fall into.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QualitySummary {
    /// Number of reports.
    pub reports: u64,
    /// Number of players that began.
    pub starts: u64,
    /// Median time to the first picture in milliseconds; absent without starts, or if it is above the last bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_p50_ms: Option<u32>,
    /// The same for the slowest twentieth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_p95_ms: Option<u32>,
    /// Time played in seconds.
    pub played_s: f64,
    /// Number of stalls.
    pub stalls: u64,
    /// Share of the time that was spent in stalls, from 0 to 1.
    pub stall_ratio: f64,
    /// Share of the pictures that were dropped, from 0 to 1.
    pub dropped_ratio: f64,
    /// Median distance to live in milliseconds; absent without live viewers, or if it is above the last bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_p50_ms: Option<u32>,
    /// The same for the twentieth that is farthest behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_p95_ms: Option<u32>,
    /// Share of the time played in each rendition, from 0 to 1.
    pub renditions: BTreeMap<String, f64>,
}

/// Index of the bucket that a value falls into: that of the first bound which is not below the value, or one after the last.
pub fn bucket_of(bounds: &[u32], value: u32) -> usize {
    bounds.partition_point(|bound| *bound < value)
}

/// Upper bound of the bucket with the value that `per_mille` of all values do not exceed. `None` without values, or if the
/// bucket has no bound.
pub fn percentile(bounds: &[u32], counts: &[u64], per_mille: u64) -> Option<u32> {
    let all: u64 = counts.iter().sum();
    let wanted = (all.saturating_mul(per_mille)).div_ceil(1_000).max(1);
    let mut seen = 0;
    let place = counts.iter().position(|count| {
        seen += count;
        seen >= wanted
    });
    bounds.get(place?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fall_into_the_bucket_of_their_upper_bound() {
        assert_eq!([0, 500, 501, 16_000, 16_001].map(|ms| bucket_of(&START_BOUNDS_MS, ms)), [0, 0, 1, 5, 6]);
    }

    #[test]
    fn percentile_is_a_bound_of_a_bucket() {
        let mut counts = [0; START_BOUNDS_MS.len() + 1];
        assert_eq!(percentile(&START_BOUNDS_MS, &counts, 500), None, "no values");
        counts[0] = 10;
        counts[2] = 9;
        counts[6] = 1;
        assert_eq!(percentile(&START_BOUNDS_MS, &counts, 500), Some(500));
        assert_eq!(percentile(&START_BOUNDS_MS, &counts, 950), Some(2_000));
        assert_eq!(percentile(&START_BOUNDS_MS, &counts, 1_000), None, "above the last bound");
    }

    #[test]
    fn report_without_most_fields_is_accepted() {
        let report: QualityReport = serde_json::from_str(r#"{"stalls":1,"player":"hls.js","newer":true}"#).unwrap();
        assert_eq!(report, QualityReport { stalls: 1, player: "hls.js".into(), ..QualityReport::default() });
    }
}
