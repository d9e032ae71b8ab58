//! Figures against thresholds.

use super::{
    plan::{Kind, Limits, Plan},
    tally::{quantile_ms, KindTally, Tallied},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The figures of one kind in one phase, or in all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// What was asked for.
    pub kind: Kind,
    /// How often.
    pub requests: u64,
    /// Of which were refused, or not answered.
    pub errors: u64,
    /// In percent of all.
    pub error_percent: f64,
    /// Successful ones a second.
    pub per_second: f64,
    /// Megabytes (10^6) of answers a second.
    pub megabytes_per_second: f64,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
    pub max_ms: f64,
    /// By status and code, the most frequent first.
    pub refusals: Vec<RefusalCount>,
}

/// How often a request was refused for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusalCount {
    /// The HTTP status; 0 when there was no answer.
    pub status: u16,
    /// The problem's code.
    pub code: String,
    /// How often.
    pub count: u64,
}

impl Figures {
    /// What a tally of one kind comes to in so many seconds.
    pub fn of(kind: Kind, tally: &KindTally, seconds: f64) -> Self {
        let (requests, errors) = (tally.requests(), tally.errors());
        let per = |count: f64, whole: f64| if whole > 0.0 { count / whole } else { 0.0 };
        let mut refusals: Vec<RefusalCount> = tally
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
            megabytes_per_second: per(tally.bytes as f64 / 1e6, seconds),
            p50_ms: quantile_ms(&tally.latencies_us, 0.5),
            p95_ms: quantile_ms(&tally.latencies_us, 0.95),
            p99_ms: quantile_ms(&tally.latencies_us, 0.99),
            max_ms: tally.max_us as f64 / 1e3,
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

/// One threshold, and whether it was met.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The phase; nothing for the whole run.
    pub phase: Option<String>,
    /// What was asked for.
    pub kind: Kind,
    /// The threshold's name.
    pub figure: &'static str,
    /// Its value.
    pub limit: f64,
    /// What was measured; nothing when nothing was asked for.
    pub measured: Option<f64>,
    /// Whether it was met. What was never measured was not.
    pub is_met: bool,
}

/// Judges a plan's thresholds. `seconds` are those that each phase lasted; what was tallied after the last phase belongs to
/// the whole run only.
pub fn verdicts(plan: &Plan, tallied: &Tallied, seconds: &[f64]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (place, phase) in plan.phases.iter().enumerate() {
        let lasted = seconds.get(place).copied().unwrap_or_default();
        let kinds = tallied.phases.get(place).map(|phase| figures(&phase.kinds, lasted)).unwrap_or_default();
        verdicts.extend(judge(Some(&phase.name), &phase.thresholds, &kinds));
    }
    let whole = figures(&whole(tallied), seconds.iter().sum());
    verdicts.extend(judge(None, &plan.thresholds, &whole));
    verdicts
}

/// The figures of each kind.
pub fn figures(kinds: &BTreeMap<Kind, KindTally>, seconds: f64) -> Vec<Figures> {
    kinds.iter().map(|(kind, tally)| Figures::of(*kind, tally, seconds)).collect()
}

/// All phases in one.
pub fn whole(tallied: &Tallied) -> BTreeMap<Kind, KindTally> {
    let mut whole: BTreeMap<Kind, KindTally> = BTreeMap::new();
    for (kind, tally) in tallied.phases.iter().flat_map(|phase| &phase.kinds) {
        whole.entry(*kind).and_modify(|sum| sum.add(tally)).or_insert_with(|| tally.clone());
    }
    whole
}

fn judge(phase: Option<&str>, thresholds: &BTreeMap<Kind, Limits>, figures: &[Figures]) -> Vec<Verdict> {
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
    use super::{super::tally::*, *};
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

    fn tallied() -> Tallied {
        let tally = Tally::new(2);
        let outcome = |phase, ms, result| Outcome {
            phase,
            kind: Kind::Key,
            latency: Duration::from_millis(ms),
            at: Duration::from_millis(ms),
            result,
        };
        (1..=100).for_each(|ms| tally.take(outcome(0, ms, Ok(1_000_000))));
        (1..=20).for_each(|ms| tally.take(outcome(1, ms, Ok(16))));
        tally.take(outcome(1, 5, Err(Refusal { status: 429, code: "too-many-requests".into() })));
        tally.finish()
    }

    #[test]
    fn verdicts_works() {
        let verdicts = verdicts(&plan(), &tallied(), &[10.0, 10.0]);
        let told: Vec<_> =
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
        assert_eq!(told, expected);
        assert_eq!(verdicts[0].measured, None, "no ticket was offered, so nothing is known of it");
        assert_eq!(verdicts[5].measured, Some(2.0), "those that were refused do not count");
    }

    #[test]
    fn figures_works() {
        let tallied = tallied();
        let figures = figures(&tallied.phases[0].kinds, 10.0);
        assert_eq!(figures.len(), 1);
        let keys = &figures[0];
        assert_eq!((keys.requests, keys.errors, keys.per_second), (100, 0, 10.0));
        assert!((keys.megabytes_per_second - 10.0).abs() < 1e-9);
        let whole = Figures::of(Kind::Key, &whole(&tallied)[&Kind::Key], 20.0);
        assert_eq!((whole.requests, whole.errors), (121, 1));
        let refused = RefusalCount { status: 429, code: "too-many-requests".into(), count: 1 };
        assert_eq!(whole.refusals, [refused]);
    }

    #[test]
    fn figures_of_no_time_works() {
        let tallied = tallied();
        let keys = Figures::of(Kind::Key, &tallied.phases[0].kinds[&Kind::Key], 0.0);
        assert_eq!((keys.per_second, keys.megabytes_per_second), (0.0, 0.0));
    }
}
