//! What an operator hears of the worker: metrics for all of it, log lines for what can be acted on.

use log::{debug, warn};
use parking_lot::Mutex;
use sp_core::crypto::Ss58Codec;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use substrate_prometheus_endpoint::{register, Counter, CounterVec, Gauge, Opts, PrometheusError, Registry, U64};
use tick_stream_primitives::{
    worker::{Report, WorkerState},
    Balance,
};

use crate::tick::LOG_TARGET;

/// How long the same complaint is not made again.
const COMPLAINT_PAUSE: Duration = Duration::from_secs(60);
/// 1 VLK in planck.
const VLK: Balance = 1_000_000_000_000;

/// Metrics of the worker.
pub struct WorkerMetrics {
    waves: Counter<U64>,
    extrinsics: Counter<U64>,
    rows: Counter<U64>,
    refused: CounterVec<U64>,
    no_key: Counter<U64>,
    no_funds: Counter<U64>,
    not_mine: Counter<U64>,
    pool_refused: Counter<U64>,
    in_flight: Gauge<U64>,
    left: Gauge<U64>,
}

impl WorkerMetrics {
    /// Registers all metrics, or none when there is no registry.
    pub fn new(registry: Option<&Registry>) -> Result<Option<Self>, PrometheusError> {
        let Some(registry) = registry else { return Ok(None) };
        let counter = |name, help| register(Counter::new(name, help)?, registry);
        let gauge = |name, help| register(Gauge::new(name, help)?, registry);
        Ok(Some(Self {
            waves: counter("tick_worker_waves_total", "Waves of batches handed to the transaction pool")?,
            extrinsics: counter("tick_worker_extrinsics_total", "Batches handed to the transaction pool")?,
            rows: counter("tick_worker_rows_total", "Rows in the batches handed to the transaction pool")?,
            refused: register(
                CounterVec::new(
                    Opts::new("tick_worker_refused_rows_total", "Rows that the chain would have refused"),
                    &["reason"],
                )?,
                registry,
            )?,
            no_key: counter("tick_worker_no_key_total", "Waves not sent because the keystore has no key of type tick")?,
            no_funds: counter("tick_worker_no_funds_total", "Waves not sent because the account cannot pay the fee")?,
            not_mine: counter("tick_worker_not_mine_total", "Waves not sent because all rows are other gateways'")?,
            pool_refused: counter("tick_worker_pool_refused_total", "Batches the transaction pool did not take")?,
            in_flight: gauge("tick_worker_in_flight", "1 while a wave waits for its block")?,
            left: gauge("tick_worker_left_rows", "Rows that did not fit into the last wave")?,
        }))
    }

    fn count(&self, report: &Report) {
        for (_, error) in &report.refused {
            self.refused.with_label_values(&[error.name()]).inc();
        }
        self.in_flight.set(u64::from(matches!(report.state, WorkerState::InFlight { .. } | WorkerState::Sent { .. })));
        match &report.state {
            WorkerState::Idle => self.left.set(0),
            WorkerState::InFlight { .. } => {}
            WorkerState::Sent { extrinsics, rows, left } => {
                self.waves.inc();
                self.extrinsics.inc_by(u64::from(*extrinsics));
                self.rows.inc_by(u64::from(*rows));
                self.left.set(u64::from(*left));
            }
            WorkerState::NoKey => self.no_key.inc(),
            WorkerState::NotMine { .. } => self.not_mine.inc(),
            WorkerState::NoFunds { .. } => self.no_funds.inc(),
            WorkerState::PoolRefused { .. } => self.pool_refused.inc(),
        }
    }
}

/// Makes an operator's sense of reports.
pub struct Reporter {
    metrics: Option<WorkerMetrics>,
    /// When each kind of complaint was made last: as many as there are kinds.
    complained: Mutex<HashMap<&'static str, Instant>>,
}

impl Reporter {
    /// A reporter that has said nothing yet.
    pub fn new(metrics: Option<WorkerMetrics>) -> Self {
        Self { metrics, complained: Mutex::default() }
    }

    /// Counts a report on an offer of so many rows, and complains if there is something to be done.
    pub fn hear(&self, report: &Report, offered: usize) {
        if let Some(metrics) = &self.metrics {
            metrics.count(report);
        }
        debug!(
            target: LOG_TARGET,
            "worker: block={} offered={offered} refused={} state={:?}", report.block, report.refused.len(), report.state,
        );
        if let Some((kind, complaint)) = complaint(&report.state, offered) {
            if self.may_complain(kind, Instant::now()) {
                warn!(target: LOG_TARGET, "{complaint}");
            }
        }
    }

    fn may_complain(&self, kind: &'static str, now: Instant) -> bool {
        let mut complained = self.complained.lock();
        let is_due = complained.get(kind).is_none_or(|last| now.saturating_duration_since(*last) >= COMPLAINT_PAUSE);
        if is_due {
            complained.insert(kind, now);
        }
        is_due
    }
}

/// What an operator has to do, if anything. The kind says which complaints are the same.
fn complaint(state: &WorkerState, offered: usize) -> Option<(&'static str, String)> {
    match state {
        WorkerState::Idle | WorkerState::InFlight { .. } | WorkerState::Sent { .. } => None,
        // A node that is not meant to settle has nothing to settle.
        WorkerState::NoKey if offered == 0 => None,
        WorkerState::NoKey => Some((
            "no key",
            format!(
                "ticks wait to be settled and this node has no key to sign with: rows={offered}. Insert one with \
                 `vilokanam-node key insert --key-type tick --scheme sr25519 --suri <SECRET> --base-path <PATH> \
                 --chain <CHAIN>`, and register its account as the gateway's operator"
            ),
        )),
        WorkerState::NotMine { account, rows } => Some((
            "not mine",
            format!(
                "no row in the tick pool is this node's to settle: rows={rows} account={}. Make that account the \
                 operator of the gateway, or start the node with --tick-foreign-rows",
                account.to_ss58check(),
            ),
        )),
        WorkerState::NoFunds { account, balance, needed } => Some((
            "no funds",
            format!(
                "the account that settles ticks cannot pay the next fee: account={} balance={} needed={}. Send it money, \
                 or have its gateway's earnings paid out to it",
                account.to_ss58check(),
                in_vlk(*balance),
                in_vlk(*needed),
            ),
        )),
        WorkerState::PoolRefused { account } => Some((
            "pool refused",
            format!(
                "the transaction pool did not take a batch of ticks: account={}. Another node may use the same key (one key \
                 belongs to one node), or the pool is full (--pool-limit, --pool-kbytes)",
                account.to_ss58check(),
            ),
        )),
    }
}

/// An amount as people read it.
fn in_vlk(planck: Balance) -> String {
    let (whole, rest) = (planck / VLK, planck % VLK);
    if rest == 0 {
        return format!("{whole} VLK");
    }
    let fraction = format!("{rest:012}");
    format!("{whole}.{} VLK", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::{worker::RowId, AccountId, RowError, SessionId};

    fn account() -> AccountId {
        AccountId::new([1; 32])
    }

    #[test]
    fn amounts_are_readable() {
        assert_eq!(in_vlk(0), "0 VLK");
        assert_eq!(in_vlk(VLK * 12), "12 VLK");
        assert_eq!(in_vlk(VLK + VLK / 2), "1.5 VLK");
        assert_eq!(in_vlk(1), "0.000000000001 VLK");
    }

    #[test]
    fn complaints_say_what_to_do() {
        let text = |state| complaint(&state, 3).map(|(_, text)| text).unwrap_or_default();
        assert!(text(WorkerState::NoKey).contains("key insert --key-type tick --scheme sr25519"));
        let no_funds = text(WorkerState::NoFunds { account: account(), balance: VLK / 2, needed: VLK });
        assert!(no_funds.contains(&format!("account={} balance=0.5 VLK needed=1 VLK", account().to_ss58check())));
        assert!(text(WorkerState::PoolRefused { account: account() }).contains("one key belongs to one node"));
        assert!(text(WorkerState::NotMine { account: account(), rows: 3 }).contains("--tick-foreign-rows"));
        assert_eq!(text(WorkerState::Idle), "");
        assert_eq!(complaint(&WorkerState::NoKey, 0), None, "a node with nothing to settle needs no key");
    }

    #[test]
    fn complaint_is_made_once_a_minute() {
        let reporter = Reporter::new(None);
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        assert!(reporter.may_complain("no key", start));
        assert!(!reporter.may_complain("no key", after(59)));
        assert!(reporter.may_complain("no funds", after(59)), "another kind");
        assert!(reporter.may_complain("no key", after(60)));
        assert!(!reporter.may_complain("no key", after(61)));
    }

    #[test]
    fn metrics_count_reports() {
        let registry = Registry::new();
        let metrics = WorkerMetrics::new(Some(&registry)).expect("the names are new");
        let reporter = Reporter::new(metrics);
        let report = |state, refused| Report { block: 1, state, refused, foreign: vec![] };
        let refused = vec![(RowId::Claim(SessionId([0; 16])), RowError::TooFast)];
        reporter.hear(&report(WorkerState::Sent { extrinsics: 2, rows: 30, left: 4 }, refused), 34);
        let metrics = reporter.metrics.as_ref().expect("there is a registry");
        assert_eq!((metrics.waves.get(), metrics.extrinsics.get(), metrics.rows.get()), (1, 2, 30));
        assert_eq!((metrics.left.get(), metrics.in_flight.get()), (4, 1));
        assert_eq!(metrics.refused.with_label_values(&["TooFast"]).get(), 1);

        reporter.hear(&report(WorkerState::InFlight { until_nonce: 1, until_block: 2 }, vec![]), 4);
        assert_eq!((metrics.left.get(), metrics.in_flight.get()), (4, 1));
        reporter.hear(&report(WorkerState::NoKey, vec![]), 4);
        assert_eq!((metrics.no_key.get(), metrics.in_flight.get()), (1, 0));
        reporter.hear(&report(WorkerState::Idle, vec![]), 0);
        assert_eq!((metrics.left.get(), metrics.waves.get()), (0, 1));
    }
}
