//! One line on stderr that is updated in place.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// Interval at which the spinner moves.
const SPIN_EVERY: Duration = Duration::from_millis(200);

/// Line on stderr that is updated in place. Clones show the same line.
#[derive(Clone)]
pub struct StatusLine {
    bar: ProgressBar,
    is_quiet: bool,
}

impl StatusLine {
    /// Creates a line. Nothing is drawn when it is quiet, or stderr is not a terminal.
    pub fn new(is_quiet: bool) -> Self {
        let bar = if is_quiet { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        let style = ProgressStyle::with_template("{spinner} {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.enable_steady_tick(SPIN_EVERY);
        Self { bar, is_quiet }
    }

    /// Replaces the text of the line.
    pub fn set(&self, text: impl Into<String>) {
        self.bar.set_message(text.into());
    }

    /// Prints a line that stays, in a log file as well.
    pub fn note(&self, text: &str) {
        match (self.is_quiet, self.bar.is_hidden()) {
            (true, _) => {}
            (false, true) => eprintln!("{text}"),
            (false, false) => self.bar.println(text),
        }
    }

    /// Removes the line.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
