//! Number of viewers over time: a pure function of the phases.

use crate::plan::Phase;
use std::time::Duration;

/// Phases, one after the other, from time 0 on.
#[derive(Clone, PartialEq, Debug)]
pub struct Schedule {
    spans: Vec<Span>,
}

#[derive(Clone, PartialEq, Debug)]
struct Span {
    begin: Duration,
    end: Duration,
    /// Time in which the number of viewers changes.
    ramp: Duration,
    viewers_before: u32,
    viewers: u32,
}

impl Schedule {
    /// Creates the schedule of these phases. There are no viewers before the first.
    pub fn new(phases: &[Phase]) -> Self {
        let (mut begin, mut viewers_before) = (Duration::ZERO, 0);
        let mut spans = Vec::with_capacity(phases.len());
        for phase in phases {
            let end = begin + Duration::from_secs(phase.seconds.into());
            let ramp = Duration::from_secs(phase.ramp_seconds.into());
            spans.push(Span { begin, end, ramp, viewers_before, viewers: phase.viewers });
            (begin, viewers_before) = (end, phase.viewers);
        }
        Self { spans }
    }

    /// Returns the end of the last phase.
    pub fn end(&self) -> Duration {
        self.spans.last().map(|span| span.end).unwrap_or_default()
    }

    /// Returns the index of the phase at time `at`; that of the last phase for all later times.
    pub fn phase(&self, at: Duration) -> usize {
        let after = self.spans.partition_point(|span| span.end <= at);
        after.min(self.spans.len().saturating_sub(1))
    }

    /// Returns the number of viewers at time `at`; 0 after the last phase.
    pub fn viewers(&self, at: Duration) -> u32 {
        self.spans.iter().find(|span| at < span.end).map(|span| span.viewers(at)).unwrap_or_default()
    }

    /// Returns the beginning and the end of a phase.
    pub fn span(&self, phase: usize) -> Option<(Duration, Duration)> {
        self.spans.get(phase).map(|span| (span.begin, span.end))
    }
}

impl Span {
    fn viewers(&self, at: Duration) -> u32 {
        let into = at.saturating_sub(self.begin);
        if into >= self.ramp {
            return self.viewers;
        }
        let part = into.as_secs_f64() / self.ramp.as_secs_f64();
        let (from, to) = (f64::from(self.viewers_before), f64::from(self.viewers));
        // The result is between two numbers of viewers, so the conversion is exact.
        (from + (to - from) * part).round() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn phase(seconds: u32, viewers: u32, ramp_seconds: u32) -> Phase {
        Phase { name: format!("{seconds} {viewers}"), seconds, viewers, ramp_seconds, thresholds: BTreeMap::new() }
    }

    fn schedule() -> Schedule {
        Schedule::new(&[phase(10, 100, 10), phase(20, 100, 0), phase(5, 300, 0), phase(10, 50, 5)])
    }

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn viewers_follow_the_ramps() {
        let expected = [(0.0, 0), (5.0, 50), (9.99, 100), (10.0, 100), (29.9, 100), (30.0, 300), (34.9, 300)];
        for (seconds, viewers) in expected {
            assert_eq!(schedule().viewers(at(seconds)), viewers, "after {seconds} s");
        }
        assert_eq!(schedule().viewers(at(35.0)), 300, "a ramp begins at the number of the phase before");
        assert_eq!(schedule().viewers(at(37.5)), 175);
        assert_eq!(schedule().viewers(at(40.0)), 50);
        assert_eq!(schedule().viewers(at(45.0)), 0, "after the last phase");
    }

    #[test]
    fn ramp_upwards_never_goes_down() {
        let schedule = schedule();
        let counts: Vec<u32> = (0..1_000).map(|ms| schedule.viewers(Duration::from_millis(ms * 10))).collect();
        assert!(counts.is_sorted(), "monotonic");
        assert!(counts.iter().all(|count| *count <= 100));
    }

    #[test]
    fn phases_and_their_spans_are_found_by_time() {
        let phases: Vec<usize> =
            [0.0, 9.99, 10.0, 30.0, 35.0, 44.9, 45.0, 99.0].map(|s| schedule().phase(at(s))).into();
        assert_eq!(phases, [0, 0, 1, 2, 3, 3, 3, 3]);
        assert_eq!(schedule().end(), at(45.0));
        assert_eq!(schedule().span(1), Some((at(10.0), at(30.0))));
        assert_eq!(schedule().span(4), None);
    }
}
