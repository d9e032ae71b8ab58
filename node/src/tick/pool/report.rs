//! Metrics of the worker's reports, and log lines for conditions that the operator can act on.

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
    AccountId, Balance,
};

use crate::tick::logging::LOG_TARGET;

/// Minimum time between two warnings of the same kind.
const WARNING_INTERVAL: Duration = Duration::from_secs(60);
/// Minimum time between two warnings that rows of the same gateway are not settled.
const FOREIGN_WARNING_INTERVAL: Duration = Duration::from_secs(3_600);
/// Number of gateways of which one report warns.
const MAX_FOREIGN_WARNINGS: usize = 3;
/// Number of gateways whose last warning is remembered. Further ones are not warned of until one is over.
const MAX_REMEMBERED_GATEWAYS: usize = 64;
/// 1 VLK in planck.
const VLK: Balance = 1_000_000_000_000;

/// Metrics of the off-chain worker.
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
            not_mine: counter(
                "tick_worker_not_mine_total",
                "Waves not sent because all rows belong to other gateways",
            )?,
            pool_refused: counter("tick_worker_pool_refused_total", "Batches the transaction pool did not take")?,
            in_flight: gauge("tick_worker_in_flight", "1 while a wave waits to be included in a block")?,
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

/// Turns the worker's reports into metrics and log lines.
pub struct Reporter {
    metrics: Option<WorkerMetrics>,
    /// Time of the last warning of each kind; bounded by the number of kinds.
    last_warnings: Mutex<HashMap<&'static str, Instant>>,
    /// Time of the last warning of each gateway; bounded by [`MAX_REMEMBERED_GATEWAYS`].
    foreign_warnings: Mutex<HashMap<AccountId, Instant>>,
}

impl Reporter {
    /// Creates a reporter that has not warned yet.
    pub fn new(metrics: Option<WorkerMetrics>) -> Self {
        Self { metrics, last_warnings: Mutex::default(), foreign_warnings: Mutex::default() }
    }

    /// Records a report on an offer of `offered` rows, and warns if the operator has to do something.
    pub fn record(&self, report: &Report, offered: usize) {
        if let Some(metrics) = &self.metrics {
            metrics.count(report);
        }
        debug!(
            target: LOG_TARGET,
            "Off-chain worker: block={} offered={offered} refused={} state={:?}",
            report.block, report.refused.len(), report.state,
        );
        if let Some((kind, warning)) = warning(&report.state, offered) {
            if self.may_warn(kind, Instant::now()) {
                warn!(target: LOG_TARGET, "{warning}");
            }
        }
    }

    /// Warns of gateways whose rows wait in the pool although the node does not serve them, with the number of their
    /// rows.
    pub fn warn_of_foreign(&self, gateways: &[(AccountId, usize)]) {
        for (gateway, rows) in gateways.iter().take(MAX_FOREIGN_WARNINGS) {
            if self.may_warn_of(gateway, Instant::now()) {
                warn!(target: LOG_TARGET, "{}", foreign_warning(gateway, *rows));
            }
        }
    }

    fn may_warn_of(&self, gateway: &AccountId, now: Instant) -> bool {
        let mut warned = self.foreign_warnings.lock();
        warned.retain(|_, last| now.saturating_duration_since(*last) < FOREIGN_WARNING_INTERVAL);
        let may_warn = !warned.contains_key(gateway) && warned.len() < MAX_REMEMBERED_GATEWAYS;
        if may_warn {
            warned.insert(gateway.clone(), now);
        }
        may_warn
    }

    fn may_warn(&self, kind: &'static str, now: Instant) -> bool {
        let mut last_warnings = self.last_warnings.lock();
        let last = last_warnings.get(kind);
        let is_over = last.is_none_or(|last| now.saturating_duration_since(*last) >= WARNING_INTERVAL);
        if is_over {
            last_warnings.insert(kind, now);
        }
        is_over
    }
}

/// Kind and text of the warning that tells the operator what to do, if there is anything to do.
fn warning(state: &WorkerState, offered: usize) -> Option<(&'static str, String)> {
    match state {
        WorkerState::Idle | WorkerState::InFlight { .. } | WorkerState::Sent { .. } => None,
        // A node without rows does not need a key.
        WorkerState::NoKey if offered == 0 => None,
        WorkerState::NoKey => Some((
            "no key",
            format!(
                "Ticks wait to be settled, but this node has no key to sign batches: rows={offered}. Insert one with \
                 `vilokanam-node key insert --key-type tick --scheme sr25519 --suri <SECRET> --base-path <PATH> \
                 --chain <CHAIN>`, and name the gateway with --tick-gateway <ACCOUNT> unless the key is its own"
            ),
        )),
        WorkerState::NotMine { account, rows } => Some((
            "not mine",
            format!(
                "All rows in the tick pool belong to gateways that this node does not serve: rows={rows} account={}. \
                 Name the gateways that it should serve with --tick-gateway <ACCOUNT>, or start the node with \
                 --tick-foreign-rows",
                account.to_ss58check(),
            ),
        )),
        WorkerState::NoFunds { account, balance, needed } => Some((
            "no funds",
            format!(
                "The account that settles ticks cannot pay the next fee: account={} balance={} needed={}. Transfer funds \
                 to it, or have its gateway's earnings paid out to it",
                account.to_ss58check(),
                in_vlk(*balance),
                in_vlk(*needed),
            ),
        )),
        WorkerState::PoolRefused { account } => Some((
            "pool refused",
            format!(
                "The transaction pool refused a batch of ticks: account={}. Another node may use the same key (one key \
                 belongs to one node), or the transaction pool is full (--pool-limit, --pool-kbytes)",
                account.to_ss58check(),
            ),
        )),
    }
}

/// Text of the warning that rows of a gateway are not settled.
fn foreign_warning(gateway: &AccountId, rows: usize) -> String {
    let gateway = gateway.to_ss58check();
    format!(
        "Rows of the gateway {gateway} are not settled by this node: rows={rows}. If it should settle them, add \
         --tick-gateway {gateway}"
    )
}

/// Formats an amount for people.
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
    use tick_stream_primitives::{worker::RowId, RowError, SessionId};

    fn account() -> AccountId {
        AccountId::new([1; 32])
    }

    #[test]
    fn amounts_are_formatted_in_vlk() {
        assert_eq!(in_vlk(0), "0 VLK");
        assert_eq!(in_vlk(VLK * 12), "12 VLK");
        assert_eq!(in_vlk(VLK + VLK / 2), "1.5 VLK");
        assert_eq!(in_vlk(1), "0.000000000001 VLK");
    }

    #[test]
    fn warnings_say_what_to_do() {
        let text = |state| warning(&state, 3).map(|(_, text)| text).unwrap_or_default();
        assert!(text(WorkerState::NoKey).contains("key insert --key-type tick --scheme sr25519"));
        let no_funds = text(WorkerState::NoFunds { account: account(), balance: VLK / 2, needed: VLK });
        assert!(no_funds.contains(&format!("account={} balance=0.5 VLK needed=1 VLK", account().to_ss58check())));
        assert!(text(WorkerState::PoolRefused { account: account() }).contains("one key belongs to one node"));
        assert!(text(WorkerState::NotMine { account: account(), rows: 3 }).contains("--tick-gateway <ACCOUNT>"));
        let foreign = foreign_warning(&account(), 7);
        assert!(
            foreign.contains("rows=7") && foreign.ends_with(&format!("--tick-gateway {}", account().to_ss58check()))
        );
        assert_eq!(text(WorkerState::Idle), "");
        assert_eq!(warning(&WorkerState::NoKey, 0), None, "a node without rows needs no key");
    }

    #[test]
    fn warning_of_a_kind_is_logged_once_a_minute() {
        let reporter = Reporter::new(None);
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        assert!(reporter.may_warn("no key", start));
        assert!(!reporter.may_warn("no key", after(59)));
        assert!(reporter.may_warn("no funds", after(59)), "kinds are independent");
        assert!(reporter.may_warn("no key", after(60)));
        assert!(!reporter.may_warn("no key", after(61)));
    }

    #[test]
    fn rows_of_a_gateway_are_warned_of_once_an_hour() {
        let reporter = Reporter::new(None);
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let other = AccountId::new([2; 32]);
        assert!(reporter.may_warn_of(&account(), start));
        assert!(!reporter.may_warn_of(&account(), after(3_599)));
        assert!(reporter.may_warn_of(&other, after(3_599)), "gateways are independent");
        assert!(reporter.may_warn_of(&account(), after(3_600)));
    }

    #[test]
    fn number_of_gateways_that_are_warned_of_is_bounded() {
        let reporter = Reporter::new(None);
        let now = Instant::now();
        let warned = (0..=255).filter(|byte| reporter.may_warn_of(&AccountId::new([*byte; 32]), now));
        assert_eq!(warned.count(), MAX_REMEMBERED_GATEWAYS);
    }

    #[test]
    fn reports_are_counted_in_metrics() {
        let registry = Registry::new();
        let metrics = WorkerMetrics::new(Some(&registry)).expect("the names are new");
        let reporter = Reporter::new(metrics);
        let report = |state, refused| Report { block: 1, state, refused, foreign: vec![] };
        let refused = vec![(RowId::Claim(SessionId([0; 16])), RowError::TooFast)];
        reporter.record(&report(WorkerState::Sent { extrinsics: 2, rows: 30, left: 4 }, refused), 34);
        let metrics = reporter.metrics.as_ref().expect("there is a registry");
        assert_eq!((metrics.waves.get(), metrics.extrinsics.get(), metrics.rows.get()), (1, 2, 30));
        assert_eq!((metrics.left.get(), metrics.in_flight.get()), (4, 1));
        assert_eq!(metrics.refused.with_label_values(&["TooFast"]).get(), 1);

        reporter.record(&report(WorkerState::InFlight { until_nonce: 1, until_block: 2 }, vec![]), 4);
        assert_eq!((metrics.left.get(), metrics.in_flight.get()), (4, 1));
        reporter.record(&report(WorkerState::NoKey, vec![]), 4);
        assert_eq!((metrics.no_key.get(), metrics.in_flight.get()), (1, 0));
        reporter.record(&report(WorkerState::Idle, vec![]), 0);
        assert_eq!((metrics.left.get(), metrics.waves.get()), (0, 1));
    }
}
