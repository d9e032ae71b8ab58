//! Plan of a load test: a TOML file that is checked as a whole before any money is spent.

use serde::{Deserialize, Serialize};
use serde_with::{serde_as, DisplayFromStr};
use std::{collections::BTreeMap, path::Path};
use vilokanam_terminal::CommandError;
use vilokanam_viewer::{amount::Vlk, files::read_text, playlist::Quality};
use vilokanam_wire::StreamRef;

/// Maximum number of viewers. Each is an account with a deposit.
pub const MAX_VIEWERS: u32 = 200_000;
/// Maximum number of phases.
pub const MAX_PHASES: usize = 50;
/// Maximum length of all phases together, in seconds: the report has a point for each.
pub const MAX_SECONDS: u32 = 21_600;
/// Maximum number of simultaneous requests. Each may need a connection, and a port of this machine.
pub const MAX_CONNECTIONS: usize = 20_000;
/// Maximum distance from the newest segment at which a viewer begins: playlists list ten segments.
const MAX_SEGMENTS_BEHIND: u32 = 8;
/// Maximum length of the name of a phase, in characters.
const MAX_NAME_CHARS: usize = 40;

/// Kind of request. Each kind is measured separately.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Offer of a ticket: `POST /v1/sessions`.
    Open,
    /// Paid key: `GET /v1/streams/{id}/keys/{index}`.
    Key,
    /// Paid key over the session's WebSocket.
    SocketKey,
    /// Media segment.
    Segment,
    /// Close of a session: `POST /v1/sessions/{id}/close`.
    Close,
    /// Plain address, with `--raw-url`; not part of a plan.
    Get,
}

impl Kind {
    /// Returns the name in plans and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Key => "key",
            Self::SocketKey => "socket-key",
            Self::Segment => "segment",
            Self::Close => "close",
            Self::Get => "get",
        }
    }
}

/// Thresholds for one kind of request. None is set by default.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Maximum of the median latency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50_ms: Option<f64>,
    /// Maximum of the 95th percentile of the latencies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95_ms: Option<f64>,
    /// Maximum of the 99th percentile of the latencies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99_ms: Option<f64>,
    /// Maximum of the longest latency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_ms: Option<f64>,
    /// Maximum percentage of failed requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_percent: Option<f64>,
    /// Minimum number of successful requests per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_second: Option<f64>,
}

impl Limits {
    /// Returns the names and values of the thresholds that are set.
    pub fn set(&self) -> Vec<(&'static str, f64)> {
        let all = [
            ("p50_ms", self.p50_ms),
            ("p95_ms", self.p95_ms),
            ("p99_ms", self.p99_ms),
            ("max_ms", self.max_ms),
            ("error_percent", self.error_percent),
            ("per_second", self.per_second),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn mistakes(&self, place: &str, kind: Kind) -> Vec<String> {
        let set = self.set();
        let kind = kind.name();
        if set.is_empty() {
            return vec![format!("{place}: thresholds.{kind} sets no limit")];
        }
        let negative = set.into_iter().filter(|(_, value)| !value.is_finite() || *value < 0.0);
        negative.map(|(name, value)| format!("{place}: thresholds.{kind}.{name}: {value} must be 0 or more")).collect()
    }
}

/// Span of time with a number of viewers.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Name in the report.
    pub name: String,
    /// Length in seconds.
    pub seconds: u32,
    /// Number of viewers at its end.
    pub viewers: u32,
    /// Time in seconds in which the number of viewers changes from that of the phase before; 0 for at once.
    #[serde(default)]
    pub ramp_seconds: u32,
    /// Thresholds of this phase, by kind of request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub thresholds: BTreeMap<Kind, Limits>,
}

/// Time at which sessions are opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opening {
    /// When a viewer joins, as real viewers do: the first ticks are on credit.
    #[default]
    OnJoining,
    /// Before the first phase, until the sessions are final: only key requests are measured then.
    Ahead,
}

/// Plan of a load test.
#[serde_as]
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Stream to watch; it must be live at the gateway.
    pub stream: StreamRef,
    /// Maximum number of simultaneous requests, and approximately of connections.
    #[serde(default = "default_connections")]
    pub connections: usize,
    /// Time at which sessions are opened.
    #[serde(default)]
    pub opening: Opening,
    /// Whether media segments are fetched as well.
    #[serde(default)]
    pub segments: bool,
    /// Quality of the segments, as for `vilokanam watch --quality`. The keys are the same for all.
    #[serde(default = "default_quality")]
    pub quality: String,
    /// Percentage of the viewers that pay over their session's WebSocket.
    #[serde(default)]
    pub socket_percent: u32,
    /// Distance from the newest segment at which a viewer begins.
    #[serde(default = "default_behind")]
    pub segments_behind: u32,
    /// Maximum price of a tick: text, because money is never a floating-point number.
    #[serde_as(as = "Option<DisplayFromStr>")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_price: Option<Vlk>,
    /// Maximum time in seconds for the chain to settle everything at the end.
    #[serde(default = "default_settle_seconds")]
    pub settle_seconds: u32,
    /// Thresholds of the whole test, by kind of request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub thresholds: BTreeMap<Kind, Limits>,
    /// Phases in order.
    #[serde(rename = "phase", default)]
    pub phases: Vec<Phase>,
}

fn default_connections() -> usize {
    256
}

fn default_quality() -> String {
    "worst".into()
}

fn default_behind() -> u32 {
    3
}

fn default_settle_seconds() -> u32 {
    180
}

impl Plan {
    /// Reads and checks a file.
    pub fn read(path: &Path) -> Result<Self, CommandError> {
        Self::parse(&read_text(path)?).map_err(|error| CommandError::Usage(format!("{}: {error}", path.display())))
    }

    /// Reads and checks a text. The error lists everything that is wrong, one line each.
    pub fn parse(text: &str) -> Result<Self, String> {
        let plan: Self = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let mistakes = plan.mistakes();
        if mistakes.is_empty() {
            Ok(plan)
        } else {
            Err(mistakes.join("\n"))
        }
    }

    /// Returns the maximum number of viewers.
    pub fn viewers(&self) -> u32 {
        self.phases.iter().map(|phase| phase.viewers).max().unwrap_or_default()
    }

    /// Returns the length of all phases in seconds.
    pub fn seconds(&self) -> u32 {
        self.phases.iter().fold(0, |sum, phase| sum.saturating_add(phase.seconds))
    }

    /// Returns the quality of the segments.
    pub fn quality(&self) -> Quality {
        let Ok(quality) = self.quality.parse();
        quality
    }

    fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        let mut expect = |is_right: bool, sentence: String| {
            if !is_right {
                mistakes.push(sentence);
            }
        };
        let (viewers, seconds) = (self.viewers(), self.seconds());
        expect(
            (1..=MAX_PHASES).contains(&self.phases.len()),
            format!("phase: there must be 1 to {MAX_PHASES} [[phase]] tables"),
        );
        expect(
            self.phases.is_empty() || (1..=MAX_VIEWERS).contains(&viewers),
            format!("phase.viewers: the maximum must be from 1 to {MAX_VIEWERS}"),
        );
        expect(seconds <= MAX_SECONDS, format!("phase.seconds: the sum must not be above {MAX_SECONDS}"));
        expect(
            (1..=MAX_CONNECTIONS).contains(&self.connections),
            format!("connections: must be from 1 to {MAX_CONNECTIONS}"),
        );
        expect(self.socket_percent <= 100, "socket_percent: must be from 0 to 100".into());
        expect(
            (1..=MAX_SEGMENTS_BEHIND).contains(&self.segments_behind),
            format!("segments_behind: must be from 1 to {MAX_SEGMENTS_BEHIND}"),
        );
        let limits = self.thresholds.iter().flat_map(|(kind, limits)| limits.mistakes("thresholds", *kind));
        mistakes.extend(limits);
        mistakes.extend(self.phases.iter().flat_map(Phase::mistakes));
        mistakes.extend(self.repeated_name());
        mistakes
    }

    fn repeated_name(&self) -> Option<String> {
        let mut names: Vec<&str> = self.phases.iter().map(|phase| phase.name.as_str()).collect();
        names.sort_unstable();
        let repeated = names.windows(2).find(|pair| pair[0] == pair[1])?;
        Some(format!("phase.name: two phases are called '{}'; a report could not distinguish them", repeated[0]))
    }
}

impl Phase {
    fn mistakes(&self) -> Vec<String> {
        let name = &self.name;
        let mut mistakes = Vec::new();
        if !(1..=MAX_NAME_CHARS).contains(&name.chars().count()) {
            mistakes.push(format!("phase.name: '{name}' must have 1 to {MAX_NAME_CHARS} characters"));
        }
        if self.seconds == 0 {
            mistakes.push(format!("phase '{name}': seconds must be 1 or more"));
        }
        if self.ramp_seconds > self.seconds {
            mistakes.push(format!("phase '{name}': ramp_seconds must not be above seconds"));
        }
        let place = format!("phase '{name}'");
        mistakes.extend(self.thresholds.iter().flat_map(|(kind, limits)| limits.mistakes(&place, *kind)));
        mistakes
    }
}

#[cfg(test)]
mod tests;
