//! Counts of a running load test: latencies by phase and kind of request, refusals, ticks, and one point per second.

use crate::plan::Kind;
use hdrhistogram::Histogram;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Longest latency that is distinguished from longer ones, in microseconds.
const MAX_LATENCY_US: u64 = 600_000_000;
/// Significant decimal digits of a latency.
const DIGITS: u8 = 3;
/// Maximum number of different refusals that are counted separately in a phase. All others are counted together.
const MAX_REFUSALS: usize = 100;
/// Maximum number of points, one per second: enough for the longest plan and its end.
const MAX_POINTS: usize = 30_000;

/// Reason why a request failed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Refusal {
    /// HTTP status; 0 when there was no answer.
    pub status: u16,
    /// Code of the problem, or what went wrong with the connection.
    pub code: String,
}

/// Counts of one kind of request.
#[derive(Clone, Debug)]
pub struct KindCounts {
    /// Latencies of all requests, refused ones included, in microseconds.
    pub latencies_us: Histogram<u64>,
    /// Longest latency, exactly: the histogram rounds up.
    pub max_us: u64,
    /// Number of refusals by reason.
    pub refusals: BTreeMap<Refusal, u64>,
    /// Size of all answers in bytes.
    pub bytes: u64,
}

impl KindCounts {
    fn new() -> Self {
        Self { latencies_us: histogram(), max_us: 0, refusals: BTreeMap::new(), bytes: 0 }
    }

    /// Returns the number of requests.
    pub fn requests(&self) -> u64 {
        self.latencies_us.len()
    }

    /// Returns the number of requests that failed.
    pub fn errors(&self) -> u64 {
        self.refusals.values().sum()
    }

    /// Adds the counts of another phase.
    pub fn add(&mut self, other: &Self) {
        // Both histograms have the same bounds, so that everything fits.
        let _ = self.latencies_us.add(&other.latencies_us);
        self.max_us = self.max_us.max(other.max_us);
        self.bytes += other.bytes;
        other.refusals.iter().for_each(|(refusal, count)| self.refuse(refusal.clone(), *count));
    }

    fn refuse(&mut self, refusal: Refusal, count: u64) {
        let is_known = self.refusals.contains_key(&refusal);
        let refusal = if is_known || self.refusals.len() < MAX_REFUSALS {
            refusal
        } else {
            Refusal { status: 0, code: "all others".into() }
        };
        *self.refusals.entry(refusal).or_default() += count;
    }
}

/// Counts of a phase.
#[derive(Clone, Debug)]
pub struct PhaseCounts {
    /// Counts by kind of request; kinds without a request are missing.
    pub kinds: BTreeMap<Kind, KindCounts>,
    /// Ticks that were revealed and accepted by the gateway.
    pub ticks: u64,
    /// Sessions that were opened.
    pub sessions: u64,
    /// Segments that left the playlist before their viewer asked for their keys.
    pub missed: u64,
    /// Number of times that a viewer found no new segment in the playlist.
    pub starved: u64,
    /// Maximum number of turns that were due and waited for a connection.
    pub backlog: u64,
    /// Time from when a turn was due until it had a connection, in microseconds: the generator's own part of the latencies.
    pub waits_us: Histogram<u64>,
}

impl Default for PhaseCounts {
    fn default() -> Self {
        let waits_us = histogram();
        Self { kinds: BTreeMap::new(), ticks: 0, sessions: 0, missed: 0, starved: 0, backlog: 0, waits_us }
    }
}

impl PhaseCounts {
    /// Counts how long a turn has waited for a connection.
    pub fn waited(&mut self, wait: Duration) {
        self.waits_us.saturating_record(micros(wait));
    }
}

/// Counts of one second.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Seconds since the beginning.
    pub second: u64,
    /// Number of viewers.
    pub viewers: u32,
    /// Number of requests that were answered.
    pub requests: u64,
    /// Number of those that failed.
    pub errors: u64,
    /// Median latency of all kinds, in milliseconds.
    pub p50_ms: f64,
    /// 99th percentile of the latencies of all kinds, in milliseconds.
    pub p99_ms: f64,
}

/// Outcome of a request.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Phase in which the request was due.
    pub phase: usize,
    /// Kind of request.
    pub kind: Kind,
    /// Time from when the request was due until the whole answer was there.
    pub latency: Duration,
    /// Time of the answer since the beginning.
    pub at: Duration,
    /// Size of the answer in bytes, or the reason why there was none.
    pub result: Result<usize, Refusal>,
}

/// Recorder of outcomes, shared by all workers.
pub struct Recorder(Mutex<Counts>);

struct Counts {
    phases: Vec<PhaseCounts>,
    points: Vec<Point>,
    second: u64,
    viewers: u32,
    second_us: Histogram<u64>,
    second_errors: u64,
}

/// Everything that a recorder has counted.
#[derive(Clone, Debug)]
pub struct Measurements {
    /// Counts of each phase, in the plan's order.
    pub phases: Vec<PhaseCounts>,
    /// Points in order; seconds without an answer are missing.
    pub points: Vec<Point>,
}

impl Recorder {
    /// Creates a recorder for this number of phases.
    pub fn new(phases: usize) -> Self {
        Self(Mutex::new(Counts {
            phases: vec![PhaseCounts::default(); phases.max(1)],
            points: Vec::new(),
            second: 0,
            viewers: 0,
            second_us: histogram(),
            second_errors: 0,
        }))
    }

    /// Counts a request.
    pub fn record(&self, outcome: Outcome) {
        let mut counts = self.lock();
        counts.advance_to(outcome.at.as_secs());
        let latency_us = micros(outcome.latency);
        counts.second_us.saturating_record(latency_us);
        counts.second_errors += u64::from(outcome.result.is_err());
        let kind = counts.phase(outcome.phase).kinds.entry(outcome.kind).or_insert_with(KindCounts::new);
        kind.latencies_us.saturating_record(latency_us);
        kind.max_us = kind.max_us.max(latency_us);
        match outcome.result {
            Ok(bytes) => kind.bytes += bytes as u64,
            Err(refusal) => kind.refuse(refusal, 1),
        }
    }

    /// Changes the other counts of a phase.
    pub fn count(&self, phase: usize, change: impl FnOnce(&mut PhaseCounts)) {
        change(self.lock().phase(phase));
    }

    /// Sets the number of viewers from now on.
    pub fn set_viewers(&self, viewers: u32) {
        self.lock().viewers = viewers;
    }

    /// Returns the counts of the last whole second.
    pub fn last_point(&self) -> Option<Point> {
        self.lock().points.last().cloned()
    }

    /// Returns everything that was counted, the current second included.
    pub fn finish(&self) -> Measurements {
        let mut counts = self.lock();
        let next = counts.second + 1;
        counts.advance_to(next);
        Measurements { phases: counts.phases.clone(), points: counts.points.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        // Counts are consistent after each change, even if the thread that made it panicked later.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn phase(&mut self, phase: usize) -> &mut PhaseCounts {
        let last = self.phases.len() - 1;
        &mut self.phases[phase.min(last)]
    }

    /// Completes the current second if `second` is a later one.
    fn advance_to(&mut self, second: u64) {
        if second <= self.second {
            return;
        }
        if !self.second_us.is_empty() && self.points.len() < MAX_POINTS {
            self.points.push(Point {
                second: self.second,
                viewers: self.viewers,
                requests: self.second_us.len(),
                errors: self.second_errors,
                p50_ms: quantile_ms(&self.second_us, 0.5),
                p99_ms: quantile_ms(&self.second_us, 0.99),
            });
        }
        self.second_us.reset();
        self.second_errors = 0;
        self.second = second;
    }
}

/// Returns the latency in milliseconds that this part of all requests did not exceed.
pub fn quantile_ms(latencies_us: &Histogram<u64>, part: f64) -> f64 {
    latencies_us.value_at_quantile(part) as f64 / 1e3
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(MAX_LATENCY_US).clamp(1, MAX_LATENCY_US)
}

/// Returns a histogram of latencies in microseconds.
pub fn histogram() -> Histogram<u64> {
    // The bounds are constants and valid: `latencies_above_the_bound_are_counted` creates one.
    Histogram::new_with_bounds(1, MAX_LATENCY_US, DIGITS).expect("1 < MAX_LATENCY_US / 2 and DIGITS <= 5")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(phase: usize, at_ms: u64, latency_ms: u64, result: Result<usize, Refusal>) -> Outcome {
        let (at, latency) = (Duration::from_millis(at_ms), Duration::from_millis(latency_ms));
        Outcome { phase, kind: Kind::Key, latency, at, result }
    }

    fn refusal(code: &str) -> Refusal {
        Refusal { status: 402, code: code.into() }
    }

    #[test]
    fn requests_are_counted_by_phase_and_kind() {
        let recorder = Recorder::new(2);
        (1..=100).for_each(|ms| recorder.record(outcome(0, ms, ms, Ok(16))));
        recorder.record(outcome(1, 200, 5, Err(refusal("too-fast"))));
        recorder.record(outcome(1, 200, 5, Err(refusal("too-fast"))));
        let measured = recorder.finish();
        let keys = &measured.phases[0].kinds[&Kind::Key];
        assert_eq!((keys.requests(), keys.errors(), keys.bytes), (100, 0, 1_600));
        assert!((quantile_ms(&keys.latencies_us, 0.5) - 50.0).abs() < 0.1);
        assert!((quantile_ms(&keys.latencies_us, 0.99) - 99.0).abs() < 0.1);
        assert_eq!(measured.phases[1].kinds[&Kind::Key].refusals[&refusal("too-fast")], 2);
        assert!(!measured.phases[1].kinds.contains_key(&Kind::Open));
    }

    #[test]
    fn request_after_the_last_phase_belongs_to_it() {
        let recorder = Recorder::new(0);
        recorder.record(outcome(7, 1, 1, Ok(1)));
        assert_eq!(recorder.finish().phases[0].kinds[&Kind::Key].requests(), 1);
    }

    #[test]
    fn each_second_with_an_answer_is_a_point() {
        let recorder = Recorder::new(1);
        recorder.set_viewers(7);
        recorder.record(outcome(0, 100, 10, Ok(1)));
        recorder.record(outcome(0, 900, 20, Err(refusal("x"))));
        assert_eq!(recorder.last_point(), None, "the second is not over");
        recorder.record(outcome(0, 3_100, 30, Ok(1)));
        let points = recorder.finish().points;
        let counts: Vec<_> = points.iter().map(|point| (point.second, point.requests, point.errors)).collect();
        assert_eq!(counts, [(0, 2, 1), (3, 1, 0)]);
        assert_eq!(points[0].viewers, 7);
    }

    #[test]
    fn late_answer_does_not_begin_a_second_again() {
        let recorder = Recorder::new(1);
        recorder.record(outcome(0, 2_100, 10, Ok(1)));
        recorder.record(outcome(0, 1_900, 10, Ok(1)));
        assert_eq!(recorder.finish().points.len(), 1);
    }

    #[test]
    fn different_refusals_are_bounded() {
        let recorder = Recorder::new(1);
        (0..1_000).for_each(|code| recorder.record(outcome(0, 1, 1, Err(refusal(&code.to_string())))));
        let keys = recorder.finish().phases[0].kinds[&Kind::Key].clone();
        assert_eq!((keys.refusals.len(), keys.errors()), (MAX_REFUSALS + 1, 1_000));
    }

    #[test]
    fn latencies_above_the_bound_are_counted() {
        let mut both = KindCounts::new();
        both.latencies_us.saturating_record(u64::MAX);
        let mut other = KindCounts::new();
        other.latencies_us.saturating_record(1);
        both.add(&other);
        assert_eq!(both.requests(), 2);
        assert!(quantile_ms(&both.latencies_us, 1.0) >= MAX_LATENCY_US as f64 / 1e3);
    }
}
