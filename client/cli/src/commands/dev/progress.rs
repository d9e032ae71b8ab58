//! Progress of the platform: a line that is updated in a terminal, and a line from time to time elsewhere.

use std::{
    io::{IsTerminal, Write},
    time::Duration,
};
use tick_stream_primitives::Balance;
use vilokanam_viewer::amount::Vlk;

/// Figures of a moment.
pub struct Figures {
    /// Time since the beginning.
    pub elapsed: Duration,
    /// Number of the best block.
    pub best: u32,
    /// Number of the finalized block.
    pub finalized: u32,
    /// Number of viewers.
    pub viewers: u32,
    /// Ticks that the gateway has accepted.
    pub accepted_ticks: u64,
    /// Ticks that final blocks have settled.
    pub settled_ticks: u64,
    /// Earnings of the creator in planck.
    pub creator_earned: Balance,
    /// Time from the camera to the viewers.
    pub latency: Option<Duration>,
}

/// Interval between lines where they cannot be updated.
const PRINT_INTERVAL: Duration = Duration::from_secs(5);

/// Display of the progress.
pub struct Progress {
    last_printed: Option<Duration>,
}

impl Progress {
    /// Prints the headings.
    pub fn start() -> Self {
        eprintln!(
            "{:>6}  {:>7}  {:>9}  {:>7}  {:>8}  {:>7}  {:>14}  {:>7}",
            "time", "block", "finalized", "viewers", "accepted", "settled", "creator earned", "latency"
        );
        Self { last_printed: None }
    }

    /// Displays figures.
    pub fn show(&mut self, figures: &Figures) {
        let is_terminal = std::io::stderr().is_terminal();
        let is_due = self.last_printed.is_none_or(|last| figures.elapsed.saturating_sub(last) >= PRINT_INTERVAL);
        if !is_terminal && !is_due {
            return;
        }
        self.last_printed = Some(figures.elapsed);
        let line = format!(
            "{:>4} s  {:>7}  {:>9}  {:>7}  {:>8}  {:>7}  {:>14}  {:>7}",
            figures.elapsed.as_secs(),
            figures.best,
            figures.finalized,
            figures.viewers,
            figures.accepted_ticks,
            figures.settled_ticks,
            Vlk(figures.creator_earned).to_string(),
            figures.latency.map_or_else(|| "-".into(), |latency| format!("{:.1} s", latency.as_secs_f64()))
        );
        let mut err = std::io::stderr().lock();
        // If standard error is closed, there is nothing to display to.
        let _ = if is_terminal {
            write!(err, "\r\x1b[K{line}").and_then(|()| err.flush())
        } else {
            writeln!(err, "{line}")
        };
    }
}
