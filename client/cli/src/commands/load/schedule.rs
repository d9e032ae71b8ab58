//! When how many viewers watch. Pure: time goes in, numbers come out.

use super::plan::Phase;
use std::time::Duration;

/// The phases on a line of time that begins at zero.
#[derive(Clone, PartialEq, Debug)]
pub struct Schedule {
    spans: Vec<Span>,
}

#[derive(Clone, PartialEq, Debug)]
struct Span {
    begin: Duration,
    end: Duration,
    /// How long the number of viewers takes to change.
    ramp: Duration,
    viewers_before: u32,
    viewers: u32,
}

impl Schedule {
    /// Of these phases, nobody watching before the first.
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

    /// When the last phase is over.
    pub fn end(&self) -> Duration {
        self.spans.last().map(|span| span.end).unwrap_or_default()
    }

    /// The phase that `at` is in; the last one for all that comes later.
    pub fn phase(&self, at: Duration) -> usize {
        let after = self.spans.partition_point(|span| span.end <= at);
        after.min(self.spans.len().saturating_sub(1))
    }

    /// How many viewers are to watch; nobody when it is over.
    pub fn viewers(&self, at: Duration) -> u32 {
        self.spans.iter().find(|span| at < span.end).map(|span| span.viewers(at)).unwrap_or_default()
    }

    /// Where the phase begins and ends.
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
        // Between two numbers of viewers, so it is one.
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
    fn viewers_works() {
        let expected = [(0.0, 0), (5.0, 50), (9.99, 100), (10.0, 100), (29.9, 100), (30.0, 300), (34.9, 300)];
        for (seconds, viewers) in expected {
            assert_eq!(schedule().viewers(at(seconds)), viewers, "after {seconds} s");
        }
        assert_eq!(schedule().viewers(at(35.0)), 300, "going down begins where the last phase ended");
        assert_eq!(schedule().viewers(at(37.5)), 175);
        assert_eq!(schedule().viewers(at(40.0)), 50);
        assert_eq!(schedule().viewers(at(45.0)), 0, "over");
    }

    #[test]
    fn viewers_never_leave_the_ramp_works() {
        let schedule = schedule();
        let counts: Vec<u32> = (0..1_000).map(|ms| schedule.viewers(Duration::from_millis(ms * 10))).collect();
        assert!(counts.is_sorted(), "a ramp upwards never goes down");
        assert!(counts.iter().all(|count| *count <= 100));
    }

    #[test]
    fn phase_works() {
        let phases: Vec<usize> =
            [0.0, 9.99, 10.0, 30.0, 35.0, 44.9, 45.0, 99.0].map(|s| schedule().phase(at(s))).into();
        assert_eq!(phases, [0, 0, 1, 2, 3, 3, 3, 3]);
        assert_eq!(schedule().end(), at(45.0));
        assert_eq!(schedule().span(1), Some((at(10.0), at(30.0))));
        assert_eq!(schedule().span(4), None);
    }
}
