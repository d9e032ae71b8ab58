//! Figures of a load test, and whether they meet the thresholds.

use crate::{
    measurements::{quantile_ms, KindCounts, Measurements},
    plan::{Kind, Limits, Plan},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Figures of one kind of request, in one phase or in all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Kind of request.
    pub kind: Kind,
    /// Number of requests.
    pub requests: u64,
    /// Number of requests that failed.
    pub errors: u64,
    /// Percentage of requests that failed.
    pub error_percent: f64,
    /// Successful requests per second.
    pub per_second: f64,
    /// Size of the answers in megabytes (10^6 bytes) per second.
    pub megabytes_per_second: f64,
    /// Median latency in milliseconds.
    pub p50_ms: f64,
    /// 95th percentile of the latencies in milliseconds.
    pub p95_ms: f64,
    /// 99th percentile of the latencies in milliseconds.
    pub p99_ms: f64,
    /// Longest latency in milliseconds.
    pub max_ms: f64,
    /// Refusals by status and code, the most frequent first.
    pub refusals: Vec<RefusalCount>,
}

/// Number of requests that failed for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusalCount {
    /// HTTP status; 0 when there was no answer.
    pub status: u16,
    /// Code of the problem, or what went wrong with the connection.
    pub code: String,
    /// Number of requests.
    pub count: u64,
}

impl Figures {
    /// Computes the figures from the counts of this many seconds.
    pub fn of(kind: Kind, counts: &KindCounts, seconds: f64) -> Self {
        let (requests, errors) = (counts.requests(), counts.errors());
        let per = |count: f64, whole: f64| if whole > 0.0 { count / whole } else { 0.0 };
        let mut refusals: Vec<RefusalCount> = counts
            .refusals
            .iter()
            .map(|(refusal, count)| RefusalCount { status: refusal.status, code: refusal.code.clone(), count: *count })
            .collect();
        refusals.sort_by_key(|refusal| std::cmp::Reverse(refusal.count));
        Self {
            kind,
            requests,
            errors,
            error_percent: per(errors as f64 * 100.0, requests as f64),
            per_second: per((requests - errors) as f64, seconds),
            megabytes_per_second: per(counts.bytes as f64 / 1e6, seconds),
            p50_ms: quantile_ms(&counts.latencies_us, 0.5),
            p95_ms: quantile_ms(&counts.latencies_us, 0.95),
            p99_ms: quantile_ms(&counts.latencies_us, 0.99),
            max_ms: counts.max_us as f64 / 1e3,
            refusals,
        }
    }

    fn named(&self, name: &str) -> Option<f64> {
        Some(match name {
            "p50_ms" => self.p50_ms,
            "p95_ms" => self.p95_ms,
            "p99_ms" => self.p99_ms,
            "max_ms" => self.max_ms,
            "error_percent" => self.error_percent,
            "per_second" => self.per_second,
            _ => return None,
        })
    }
}

/// Threshold, and whether it was met.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// Name of the phase; `None` for the whole test.
    pub phase: Option<String>,
    /// Kind of request.
    pub kind: Kind,
    /// Name of the figure.
    pub figure: &'static str,
    /// Value of the threshold.
    pub limit: f64,
    /// Value that was measured; `None` when there was no request.
    pub measured: Option<f64>,
    /// Whether the threshold was met. Without a request it was not.
    pub is_met: bool,
}

/// Compares the measurements with a plan's thresholds. `seconds` is the length of each phase. Requests after the last phase
/// belong to the whole test only.
pub fn verdicts(plan: &Plan, measured: &Measurements, seconds: &[f64]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (place, phase) in plan.phases.iter().enumerate() {
        let lasted = seconds.get(place).copied().unwrap_or_default();
        let kinds = measured.phases.get(place).map(|phase| figures(&phase.kinds, lasted)).unwrap_or_default();
        verdicts.extend(compare(Some(&phase.name), &phase.thresholds, &kinds));
    }
    let whole = figures(&whole(measured), seconds.iter().sum());
    verdicts.extend(compare(None, &plan.thresholds, &whole));
    verdicts
}

/// Computes the figures of each kind of request.
pub fn figures(kinds: &BTreeMap<Kind, KindCounts>, seconds: f64) -> Vec<Figures> {
    kinds.iter().map(|(kind, counts)| Figures::of(*kind, counts, seconds)).collect()
}

/// Adds up the counts of all phases.
pub fn whole(measured: &Measurements) -> BTreeMap<Kind, KindCounts> {
    let mut whole: BTreeMap<Kind, KindCounts> = BTreeMap::new();
    for (kind, counts) in measured.phases.iter().flat_map(|phase| &phase.kinds) {
        whole.entry(*kind).and_modify(|sum| sum.add(counts)).or_insert_with(|| counts.clone());
    }
    whole
}

fn compare(phase: Option<&str>, thresholds: &BTreeMap<Kind, Limits>, figures: &[Figures]) -> Vec<Verdict> {
    let limits = thresholds.iter().flat_map(|(kind, limits)| limits.set().into_iter().map(|limit| (*kind, limit)));
    let verdict = |(kind, (figure, limit)): (Kind, (&'static str, f64))| {
        let found = figures.iter().find(|figures| figures.kind == kind && figures.requests > 0);
        let measured = found.and_then(|figures| figures.named(figure));
        let is_met = measured.is_some_and(|value| if figure == "per_second" { value >= limit } else { value <= limit });
        Verdict { phase: phase.map(str::to_owned), kind, figure, limit, measured, is_met }
    };
    limits.map(verdict).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measurements::{Outcome, Recorder, Refusal};
    use std::time::Duration;

    fn plan() -> Plan {
        Plan::parse(
            r#"
            stream = "0"
            [thresholds.key]
            error_percent = 10
            per_second = 5
            [[phase]]
            name = "calm"
            seconds = 10
            viewers = 5
            thresholds.key = { p50_ms = 60, p99_ms = 98, max_ms = 100 }
            thresholds.open = { p95_ms = 1000 }
            [[phase]]
            name = "storm"
            seconds = 10
            viewers = 5
            thresholds.key = { per_second = 2.1, error_percent = 0.0 }
            "#,
        )
        .unwrap()
    }

    fn measured() -> Measurements {
        let recorder = Recorder::new(2);
        let outcome = |phase, ms, result| Outcome {
            phase,
            kind: Kind::Key,
            latency: Duration::from_millis(ms),
            at: Duration::from_millis(ms),
            result,
        };
        (1..=100).for_each(|ms| recorder.record(outcome(0, ms, Ok(1_000_000))));
        (1..=20).for_each(|ms| recorder.record(outcome(1, ms, Ok(16))));
        recorder.record(outcome(1, 5, Err(Refusal { status: 429, code: "too-many-requests".into() })));
        recorder.finish()
    }

    #[test]
    fn thresholds_are_compared_by_phase_and_for_the_whole_test() {
        let verdicts = verdicts(&plan(), &measured(), &[10.0, 10.0]);
        let results: Vec<_> =
            verdicts.iter().map(|one| (one.phase.as_deref(), one.kind.name(), one.figure, one.is_met)).collect();
        let expected = [
            (Some("calm"), "open", "p95_ms", false),
            (Some("calm"), "key", "p50_ms", true),
            (Some("calm"), "key", "p99_ms", false),
            (Some("calm"), "key", "max_ms", true),
            (Some("storm"), "key", "error_percent", false),
            (Some("storm"), "key", "per_second", false),
            (None, "key", "error_percent", true),
            (None, "key", "per_second", true),
        ];
        assert_eq!(results, expected);
        assert_eq!(verdicts[0].measured, None, "no ticket was offered");
        assert_eq!(verdicts[5].measured, Some(2.0), "failed requests do not count");
    }

    #[test]
    fn figures_are_computed_from_counts() {
        let measured = measured();
        let figures = figures(&measured.phases[0].kinds, 10.0);
        assert_eq!(figures.len(), 1);
        let keys = &figures[0];
        assert_eq!((keys.requests, keys.errors, keys.per_second), (100, 0, 10.0));
        assert!((keys.megabytes_per_second - 10.0).abs() < 1e-9);
        let whole = Figures::of(Kind::Key, &whole(&measured)[&Kind::Key], 20.0);
        assert_eq!((whole.requests, whole.errors), (121, 1));
        let refused = RefusalCount { status: 429, code: "too-many-requests".into(), count: 1 };
        assert_eq!(whole.refusals, [refused]);
    }

    #[test]
    fn figures_of_no_time_are_zero() {
        let measured = measured();
        let keys = Figures::of(Kind::Key, &measured.phases[0].kinds[&Kind::Key], 0.0);
        assert_eq!((keys.per_second, keys.megabytes_per_second), (0.0, 0.0));
    }
}
