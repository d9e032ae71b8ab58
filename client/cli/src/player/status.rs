//! The line that tells, on stderr, how watching is going.

use crate::amount::{PerSecond, Vlk};
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;
use tick_stream_primitives::Balance;

/// How often the line moves while nothing happens.
const TICK: Duration = Duration::from_millis(200);

/// What the line tells.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Telling {
    /// The rendition.
    pub quality: String,
    /// Price of a second; nothing before it is paid for.
    pub price: Option<Balance>,
    /// Let go of so far.
    pub spent: Balance,
    /// Left in this session.
    pub left: Balance,
    /// Seconds seen.
    pub seen: Duration,
    /// How far behind the camera the end of what was written is.
    pub latency: Option<Duration>,
}

impl Telling {
    /// In words.
    pub fn words(&self) -> String {
        let mut parts = vec![self.quality.clone(), format!("{} s seen", self.seen.as_secs())];
        match self.price {
            Some(price) => parts.extend([
                PerSecond(price).to_string(),
                format!("paid {}", Vlk(self.spent)),
                format!("{} left", Vlk(self.left)),
            ]),
            None => parts.push("preview, free".into()),
        }
        parts.extend(self.latency.map(|latency| format!("{:.1} s behind", latency.as_secs_f64())));
        parts.join(" · ")
    }
}

/// The line.
pub struct StatusLine {
    bar: ProgressBar,
    is_quiet: bool,
}

impl StatusLine {
    /// A line; none when it is quiet. Where stderr is no terminal nothing is drawn either.
    pub fn new(is_quiet: bool) -> Self {
        let bar = if is_quiet { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        let style = ProgressStyle::with_template("{spinner} {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.enable_steady_tick(TICK);
        Self { bar, is_quiet }
    }

    /// Tells this from now on.
    pub fn tell(&self, words: String) {
        self.bar.set_message(words);
    }

    /// A line that stays, in a log as well.
    pub fn note(&self, words: &str) {
        match (self.is_quiet, self.bar.is_hidden()) {
            (true, _) => {}
            (false, true) => eprintln!("{words}"),
            (false, false) => self.bar.println(words),
        }
    }

    /// Takes the line away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_works() {
        let mut telling = Telling { quality: "720p".into(), seen: Duration::from_secs(12), ..Telling::default() };
        assert_eq!(telling.words(), "720p · 12 s seen · preview, free");
        telling.price = Some(2_000_000_000);
        telling.spent = 8_000_000_000;
        telling.left = 1_000_000_000_000;
        telling.latency = Some(Duration::from_millis(6_340));
        assert_eq!(telling.words(), "720p · 12 s seen · 0.002 VLK/s · paid 0.008 VLK · 1 VLK left · 6.3 s behind");
    }
}
