//! What is counted while a load test runs: latencies by phase and kind, refusals, ticks, and a point a second.

use super::plan::Kind;
use hdrhistogram::Histogram;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The longest latency that is told from longer ones.
const MAX_LATENCY_US: u64 = 600_000_000;
/// Digits of a latency that are kept.
const DIGITS: u8 = 3;
/// Different refusals that are counted apart in a phase; all further ones are counted together.
const MAX_REFUSALS: usize = 100;
/// Points that are kept: a second each, as many as the longest plan has and its end may take.
const MAX_POINTS: usize = 30_000;

/// Why a request was not answered as wished.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Refusal {
    /// The HTTP status; 0 when there was no answer at all.
    pub status: u16,
    /// The problem's code, or what went wrong with the connection.
    pub code: String,
}

/// One kind's figures.
#[derive(Clone, Debug)]
pub struct KindTally {
    /// Of all requests, those that were refused as well.
    pub latencies_us: Histogram<u64>,
    /// The longest, exactly: the histogram rounds up.
    pub max_us: u64,
    /// By reason.
    pub refusals: BTreeMap<Refusal, u64>,
    /// Bytes of what was fetched.
    pub bytes: u64,
}

impl KindTally {
    fn new() -> Self {
        Self { latencies_us: histogram(), max_us: 0, refusals: BTreeMap::new(), bytes: 0 }
    }

    /// All requests.
    pub fn requests(&self) -> u64 {
        self.latencies_us.len()
    }

    /// Those that were refused, or not answered.
    pub fn errors(&self) -> u64 {
        self.refusals.values().sum()
    }

    /// Puts another's figures to these.
    pub fn add(&mut self, other: &Self) {
        // Both have the same bounds, so everything fits.
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
            Refusal { status: 0, code: "all further ones".into() }
        };
        *self.refusals.entry(refusal).or_default() += count;
    }
}

/// A phase's figures.
#[derive(Clone, Debug)]
pub struct PhaseTally {
    /// By kind; only kinds that were asked for.
    pub kinds: BTreeMap<Kind, KindTally>,
    /// Ticks let go of and taken by the gateway.
    pub ticks: u64,
    /// Sessions opened.
    pub sessions: u64,
    /// Segments that left the playlist before their viewer came to them.
    pub missed: u64,
    /// Times that a viewer found nothing new in the playlist.
    pub starved: u64,
    /// The most requests that were due and not yet begun.
    pub backlog: u64,
    /// From when a viewer was due until its turn came: how far the generator itself is behind.
    pub waits_us: Histogram<u64>,
}

impl Default for PhaseTally {
    fn default() -> Self {
        let waits_us = histogram();
        Self { kinds: BTreeMap::new(), ticks: 0, sessions: 0, missed: 0, starved: 0, backlog: 0, waits_us }
    }
}

impl PhaseTally {
    /// Counts how long a viewer has waited for its turn.
    pub fn waited(&mut self, wait: Duration) {
        self.waits_us.saturating_record(micros(wait));
    }
}

/// What happened in a second.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Seconds since the beginning.
    pub second: u64,
    /// Viewers that watched.
    pub viewers: u32,
    /// Requests answered.
    pub requests: u64,
    /// Those that were refused.
    pub errors: u64,
    /// The median, of all kinds.
    pub p50_ms: f64,
    /// 99 of 100, of all kinds.
    pub p99_ms: f64,
}

/// What came of a request.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// In which phase it was due.
    pub phase: usize,
    /// What it asked for.
    pub kind: Kind,
    /// From when it was due until it was answered whole.
    pub latency: Duration,
    /// When it was answered, from the beginning.
    pub at: Duration,
    /// Bytes of the answer, or why there was none.
    pub result: Result<usize, Refusal>,
}

/// Everything that is counted. Shared by all workers.
pub struct Tally(Mutex<Inner>);

struct Inner {
    phases: Vec<PhaseTally>,
    points: Vec<Point>,
    second: u64,
    viewers: u32,
    now_us: Histogram<u64>,
    now_errors: u64,
}

/// What a tally has come to.
#[derive(Clone, Debug)]
pub struct Tallied {
    /// In the plan's order.
    pub phases: Vec<PhaseTally>,
    /// In order; seconds in which nothing was answered are left out.
    pub points: Vec<Point>,
}

impl Tally {
    /// Of so many phases.
    pub fn new(phases: usize) -> Self {
        Self(Mutex::new(Inner {
            phases: vec![PhaseTally::default(); phases.max(1)],
            points: Vec::new(),
            second: 0,
            viewers: 0,
            now_us: histogram(),
            now_errors: 0,
        }))
    }

    /// Counts a request.
    pub fn take(&self, outcome: Outcome) {
        let mut inner = self.lock();
        inner.turn_to(outcome.at.as_secs());
        let latency_us = micros(outcome.latency);
        inner.now_us.saturating_record(latency_us);
        inner.now_errors += u64::from(outcome.result.is_err());
        let kind = inner.phase(outcome.phase).kinds.entry(outcome.kind).or_insert_with(KindTally::new);
        kind.latencies_us.saturating_record(latency_us);
        kind.max_us = kind.max_us.max(latency_us);
        match outcome.result {
            Ok(bytes) => kind.bytes += bytes as u64,
            Err(refusal) => kind.refuse(refusal, 1),
        }
    }

    /// Changes what else is counted in a phase.
    pub fn count(&self, phase: usize, change: impl FnOnce(&mut PhaseTally)) {
        change(self.lock().phase(phase));
    }

    /// How many viewers watch now.
    pub fn set_viewers(&self, viewers: u32) {
        self.lock().viewers = viewers;
    }

    /// The last whole second, for a line that tells how it goes.
    pub fn last_point(&self) -> Option<Point> {
        self.lock().points.last().cloned()
    }

    /// Everything.
    pub fn finish(&self) -> Tallied {
        let mut inner = self.lock();
        let next = inner.second + 1;
        inner.turn_to(next);
        Tallied { phases: inner.phases.clone(), points: inner.points.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Counts are whole after each change, whatever the one who made it did next.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn phase(&mut self, phase: usize) -> &mut PhaseTally {
        let last = self.phases.len() - 1;
        &mut self.phases[phase.min(last)]
    }

    /// Ends the second before `second`, if it is over.
    fn turn_to(&mut self, second: u64) {
        if second <= self.second {
            return;
        }
        if !self.now_us.is_empty() && self.points.len() < MAX_POINTS {
            self.points.push(Point {
                second: self.second,
                viewers: self.viewers,
                requests: self.now_us.len(),
                errors: self.now_errors,
                p50_ms: quantile_ms(&self.now_us, 0.5),
                p99_ms: quantile_ms(&self.now_us, 0.99),
            });
        }
        self.now_us.reset();
        self.now_errors = 0;
        self.second = second;
    }
}

/// The latency that this part of all requests did not exceed.
pub fn quantile_ms(latencies_us: &Histogram<u64>, part: f64) -> f64 {
    latencies_us.value_at_quantile(part) as f64 / 1e3
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(MAX_LATENCY_US).clamp(1, MAX_LATENCY_US)
}

fn histogram() -> Histogram<u64> {
    // The bounds are constants, and they are right: `histogram_works` makes one.
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
    fn take_works() {
        let tally = Tally::new(2);
        (1..=100).for_each(|ms| tally.take(outcome(0, ms, ms, Ok(16))));
        tally.take(outcome(1, 200, 5, Err(refusal("too-fast"))));
        tally.take(outcome(1, 200, 5, Err(refusal("too-fast"))));
        let tallied = tally.finish();
        let keys = &tallied.phases[0].kinds[&Kind::Key];
        assert_eq!((keys.requests(), keys.errors(), keys.bytes), (100, 0, 1_600));
        assert!((quantile_ms(&keys.latencies_us, 0.5) - 50.0).abs() < 0.1);
        assert!((quantile_ms(&keys.latencies_us, 0.99) - 99.0).abs() < 0.1);
        assert_eq!(tallied.phases[1].kinds[&Kind::Key].refusals[&refusal("too-fast")], 2);
        assert!(!tallied.phases[1].kinds.contains_key(&Kind::Open));
    }

    #[test]
    fn take_in_no_phase_works() {
        let tally = Tally::new(0);
        tally.take(outcome(7, 1, 1, Ok(1)));
        assert_eq!(tally.finish().phases[0].kinds[&Kind::Key].requests(), 1, "what is too late is the last phase's");
    }

    #[test]
    fn points_works() {
        let tally = Tally::new(1);
        tally.set_viewers(7);
        tally.take(outcome(0, 100, 10, Ok(1)));
        tally.take(outcome(0, 900, 20, Err(refusal("x"))));
        assert_eq!(tally.last_point(), None, "the second is not over");
        tally.take(outcome(0, 3_100, 30, Ok(1)));
        let points = tally.finish().points;
        let told: Vec<_> = points.iter().map(|point| (point.second, point.requests, point.errors)).collect();
        assert_eq!(told, [(0, 2, 1), (3, 1, 0)]);
        assert_eq!(points[0].viewers, 7);
    }

    #[test]
    fn points_of_late_answers_works() {
        let tally = Tally::new(1);
        tally.take(outcome(0, 2_100, 10, Ok(1)));
        tally.take(outcome(0, 1_900, 10, Ok(1)));
        assert_eq!(tally.finish().points.len(), 1, "a second does not begin twice");
    }

    #[test]
    fn refusals_are_bounded_works() {
        let tally = Tally::new(1);
        (0..1_000).for_each(|code| tally.take(outcome(0, 1, 1, Err(refusal(&code.to_string())))));
        let keys = tally.finish().phases[0].kinds[&Kind::Key].clone();
        assert_eq!((keys.refusals.len(), keys.errors()), (MAX_REFUSALS + 1, 1_000));
    }

    #[test]
    fn histogram_works() {
        let mut both = KindTally::new();
        both.latencies_us.saturating_record(u64::MAX);
        let mut other = KindTally::new();
        other.latencies_us.saturating_record(1);
        both.add(&other);
        assert_eq!(both.requests(), 2);
        assert!(quantile_ms(&both.latencies_us, 1.0) >= MAX_LATENCY_US as f64 / 1e3);
    }
}
