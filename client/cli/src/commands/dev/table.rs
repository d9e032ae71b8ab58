//! The line that tells how it goes.

use crate::amount::Vlk;
use std::{
    io::{IsTerminal, Write},
    time::Duration,
};
use tick_stream_primitives::Balance;

/// What is told.
pub struct Now {
    pub elapsed: Duration,
    pub best: u32,
    pub finalized: u32,
    pub viewers: u32,
    pub ticks_accepted: u64,
    pub ticks_settled: u64,
    pub creator_earned: Balance,
    pub latency: Option<Duration>,
}

/// How often a line is printed where nothing can be overwritten.
const PRINT_EVERY: Duration = Duration::from_secs(5);

/// Prints what is told: over itself in a terminal, now and then elsewhere.
pub struct Table {
    last_printed: Option<Duration>,
}

impl Table {
    /// An empty one, its headings printed.
    pub fn new() -> Self {
        eprintln!(
            "{:>6}  {:>7}  {:>9}  {:>7}  {:>8}  {:>7}  {:>14}  {:>7}",
            "time", "block", "finalized", "viewers", "accepted", "settled", "creator earned", "latency"
        );
        Self { last_printed: None }
    }

    /// Tells it.
    pub fn tell(&mut self, now: &Now) {
        let is_terminal = std::io::stderr().is_terminal();
        let is_due = self.last_printed.is_none_or(|last| now.elapsed.saturating_sub(last) >= PRINT_EVERY);
        if !is_terminal && !is_due {
            return;
        }
        self.last_printed = Some(now.elapsed);
        let line = format!(
            "{:>4} s  {:>7}  {:>9}  {:>7}  {:>8}  {:>7}  {:>14}  {:>7}",
            now.elapsed.as_secs(),
            now.best,
            now.finalized,
            now.viewers,
            now.ticks_accepted,
            now.ticks_settled,
            Vlk(now.creator_earned).to_string(),
            now.latency.map_or_else(|| "-".into(), |latency| format!("{:.1} s", latency.as_secs_f64()))
        );
        let mut err = std::io::stderr().lock();
        // Whoever has closed standard error does not want to be told.
        let _ = if is_terminal {
            write!(err, "\r\x1b[K{line}").and_then(|()| err.flush())
        } else {
            writeln!(err, "{line}")
        };
    }
}
