//! Logs and metrics.

use crate::config::Log;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{filter::ParseError, EnvFilter};

/// Upper bounds of the buckets of durations, in seconds: a tick takes microseconds, an API call milliseconds.
const DURATION_BUCKETS_S: [f64; 12] = [0.000_1, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// Upper bounds of the buckets of times that viewers wait or are behind, in seconds.
const VIEWERS_BUCKETS_S: [f64; 12] = [0.25, 0.5, 0.8, 1.2, 1.6, 2.0, 3.0, 4.0, 5.0, 8.0, 15.0, 30.0];
/// Upper bounds of the buckets of shares.
const SHARE_BUCKETS: [f64; 9] = [0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5];

/// Names of metrics, in one place, so that dashboards and code agree.
pub mod names {
    /// Requests, by route and status.
    pub const REQUESTS: &str = "vilokanam_gateway_requests_total";
    /// Duration of requests, by route.
    pub const REQUEST_SECONDS: &str = "vilokanam_gateway_request_seconds";
    /// Ticks charged for keys.
    pub const TICKS: &str = "vilokanam_gateway_ticks_total";
    /// Keys given for ticks.
    pub const KEYS: &str = "vilokanam_gateway_keys_total";
    /// Payments refused, by code.
    pub const REFUSED: &str = "vilokanam_gateway_payments_refused_total";
    /// Sessions in memory.
    pub const SESSIONS: &str = "vilokanam_gateway_sessions";
    /// Broadcasts on air.
    pub const BROADCASTS: &str = "vilokanam_gateway_broadcasts";
    /// Segments published, by stream.
    pub const SEGMENTS: &str = "vilokanam_gateway_segments_total";
    /// Opens submitted to a node, by result.
    pub const OPENS: &str = "vilokanam_gateway_opens_total";
    /// Claims submitted to a node, by result.
    pub const CLAIMS: &str = "vilokanam_gateway_claims_total";
    /// Closes submitted to a node, by result.
    pub const CLOSES: &str = "vilokanam_gateway_closes_total";
    /// Open fees of removed sessions in planck, earned by this gateway or lost to another account.
    pub const OPEN_FEES: &str = "vilokanam_gateway_open_fees_planck_total";
    /// Batches this gateway submitted itself, by result.
    pub const DIRECT_BATCHES: &str = "vilokanam_gateway_direct_batches_total";
    /// Sessions on which paywall and chain disagree, and 1 while the journal cannot be written: more than 0 needs an operator.
    pub const BOOKS_WRONG: &str = "vilokanam_gateway_books_wrong";
    /// Sessions whose claim has waited for longer than the alarm time, as all do while no node answers.
    pub const UNSETTLED_LATE: &str = "vilokanam_gateway_unsettled_late";
    /// Ticks whose keys were given and that the chain did not settle.
    pub const LOST_TICKS: &str = "vilokanam_gateway_lost_ticks_total";
    /// Number of the finalized block that the index is at.
    pub const INDEXED_BLOCK: &str = "vilokanam_gateway_indexed_block";
    /// Reports of players, by kind of player.
    pub const PLAYBACK_REPORTS: &str = "vilokanam_gateway_playback_reports_total";
    /// Time from the wish to watch until the first picture, as players report it.
    pub const PLAYBACK_START: &str = "vilokanam_gateway_playback_start_seconds";
    /// Distance to live, as players report it.
    pub const PLAYBACK_LATENCY: &str = "vilokanam_gateway_playback_latency_seconds";
    /// Share of the time of a report that was spent in stalls.
    pub const PLAYBACK_STALLED: &str = "vilokanam_gateway_playback_stalled_ratio";
    /// Share of the pictures of a report that were dropped.
    pub const PLAYBACK_DROPPED: &str = "vilokanam_gateway_playback_dropped_ratio";
    /// Stalls that players reported.
    pub const PLAYBACK_STALLS: &str = "vilokanam_gateway_playback_stalls_total";
    /// Time played, by rendition.
    pub const PLAYBACK_PLAYED: &str = "vilokanam_gateway_playback_played_seconds_total";
    /// 1 while a node answers.
    pub const NODE_CONNECTED: &str = "vilokanam_gateway_node_connected";
    /// Place in `chain.nodes` of the node that is used: 0 for the first.
    pub const NODE_PLACE: &str = "vilokanam_gateway_node_place";
}

/// Why logs or metrics could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `log.filter` cannot be read.
    #[error("log.filter: {0}; write it like info,vilokanam_gateway=debug")]
    Filter(#[from] ParseError),
    /// A metrics recorder is installed already.
    #[error("metrics cannot be recorded: {0}")]
    Metrics(#[from] BuildError),
}

/// Sets up logs and metrics. Returns the handle that `/metrics` renders.
pub fn init(log: &Log) -> Result<PrometheusHandle, TelemetryError> {
    let filter = EnvFilter::try_new(&log.filter)?;
    // Standard error, so that the output of a command can be piped.
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if log.is_json {
        builder.json().flatten_event(true).init();
    } else {
        builder.init();
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &DURATION_BUCKETS_S)?
        .set_buckets_for_metric(Matcher::Suffix("_ratio".into()), &SHARE_BUCKETS)?
        .set_buckets_for_metric(Matcher::Full(names::PLAYBACK_START.into()), &VIEWERS_BUCKETS_S)?
        .set_buckets_for_metric(Matcher::Full(names::PLAYBACK_LATENCY.into()), &VIEWERS_BUCKETS_S)?
        .install_recorder()?;
    Ok(recorder)
}
