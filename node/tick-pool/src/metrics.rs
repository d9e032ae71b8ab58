//! Counters and gauges for Prometheus.

use crate::entry::kind_name;
use crate::stats::Stats;
use substrate_prometheus_endpoint::{
    register, Counter, CounterVec, Gauge, GaugeVec, Opts, PrometheusError, Registry, U64,
};
use tick_stream_primitives::RowKind;

struct Registered {
    entries: GaugeVec<U64>,
    bytes: Gauge<U64>,
    heads: Gauge<U64>,
    foreign: Gauge<U64>,
    oldest_age_seconds: Gauge<U64>,
    admitted: CounterVec<U64>,
    rejected: CounterVec<U64>,
    dropped: CounterVec<U64>,
    finalized: CounterVec<U64>,
    walked_steps: Counter<U64>,
}

/// Metrics of the pool; none are kept when the node has no registry.
#[derive(Default)]
pub(crate) struct Metrics(Option<Registered>);

impl Metrics {
    /// Registers all metrics, or none when there is no registry.
    pub fn new(registry: Option<&Registry>) -> Result<Self, PrometheusError> {
        registry.map(Registered::new).transpose().map(Self)
    }

    pub fn admitted(&self, kind: RowKind, rows: usize) {
        if let Some(metrics) = &self.0 {
            metrics.admitted.with_label_values(&[kind_name(kind)]).inc_by(rows as u64);
        }
    }

    pub fn rejected(&self, kind: RowKind, reason: &str) {
        if let Some(metrics) = &self.0 {
            metrics.rejected.with_label_values(&[kind_name(kind), reason]).inc();
        }
    }

    pub fn dropped(&self, kind: RowKind, reason: &str, rows: usize) {
        if let Some(metrics) = self.0.as_ref().filter(|_| rows > 0) {
            metrics.dropped.with_label_values(&[kind_name(kind), reason]).inc_by(rows as u64);
        }
    }

    pub fn finalized(&self, kind: RowKind) {
        if let Some(metrics) = &self.0 {
            metrics.finalized.with_label_values(&[kind_name(kind)]).inc();
        }
    }

    pub fn walked(&self, steps: u64) {
        if let Some(metrics) = &self.0 {
            metrics.walked_steps.inc_by(steps);
        }
    }

    /// Sets the gauges.
    pub fn update_gauges(&self, stats: &Stats) {
        let Some(metrics) = &self.0 else { return };
        let counts = [(RowKind::Open, stats.opens), (RowKind::Claim, stats.claims), (RowKind::Close, stats.closes)];
        for (kind, count) in counts {
            metrics.entries.with_label_values(&[kind_name(kind)]).set(count as u64);
        }
        metrics.bytes.set(stats.bytes as u64);
        metrics.heads.set(stats.heads as u64);
        metrics.foreign.set(stats.foreign as u64);
        metrics.oldest_age_seconds.set(stats.oldest_age_ms / 1_000);
    }
}

impl Registered {
    fn new(registry: &Registry) -> Result<Self, PrometheusError> {
        let gauge = |name, help| register(Gauge::new(name, help)?, registry);
        let counters =
            |name, help, labels: &[&str]| register(CounterVec::new(Opts::new(name, help), labels)?, registry);
        Ok(Self {
            entries: register(
                GaugeVec::new(Opts::new("tick_pool_entries", "Rows in the tick pool"), &["kind"])?,
                registry,
            )?,
            bytes: gauge("tick_pool_bytes", "Bytes counted for the rows in the tick pool")?,
            heads: gauge("tick_pool_heads", "Remembered heads of sessions without a claim in the tick pool")?,
            foreign: gauge(
                "tick_pool_foreign_rows",
                "Rows of gateways that this node does not serve, not worth their fee",
            )?,
            oldest_age_seconds: gauge("tick_pool_oldest_age_seconds", "Age of the oldest row in the tick pool")?,
            admitted: counters("tick_pool_admitted_total", "Rows accepted into the tick pool", &["kind"])?,
            rejected: counters("tick_pool_rejected_total", "Rows rejected by the tick pool", &["kind", "reason"])?,
            dropped: counters(
                "tick_pool_dropped_total",
                "Rows dropped from the tick pool because the chain would refuse them or they expired",
                &["kind", "reason"],
            )?,
            finalized: counters(
                "tick_pool_finalized_total",
                "Rows removed from the tick pool because the chain has finalized them",
                &["kind"],
            )?,
            walked_steps: register(
                Counter::new("tick_pool_walked_steps_total", "Hash steps spent on verifying claims")?,
                registry,
            )?,
        })
    }
}
