//! The plan of a load test: a TOML file, read whole and checked whole before anything is spent.

use crate::{amount::Vlk, error::CliError, player::playlist::Quality, store::read_text};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{collections::BTreeMap, path::Path};
use vilokanam_wire::StreamRef;

/// The most viewers of a plan: each is an account with a deposit.
pub const MAX_VIEWERS: u32 = 200_000;
/// The most phases of a plan.
pub const MAX_PHASES: usize = 50;
/// The longest that all phases may take together: a point a second is kept for the report.
pub const MAX_SECONDS: u32 = 21_600;
/// The most requests at the same time: each may need a connection, and a port of this machine.
pub const MAX_CONNECTIONS: usize = 20_000;
/// How far behind the newest segment a viewer may begin: playlists list ten.
const MAX_SEGMENTS_BEHIND: u32 = 8;
/// The longest name of a phase.
const MAX_NAME_CHARS: usize = 40;

/// What is measured apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A ticket offered: `POST /v1/sessions`.
    Open,
    /// A key bought: `GET /v1/streams/{id}/keys/{index}`.
    Key,
    /// A key bought over the session's WebSocket.
    SocketKey,
    /// A segment fetched.
    Segment,
    /// A session left: `POST /v1/sessions/{id}/close`.
    Close,
    /// A plain address fetched, with `--raw-url`; no plan has it.
    Get,
}

impl Kind {
    /// As it is written in plans and reports.
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

/// What the figures of one kind must reach; what is not named does not matter.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The median, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50_ms: Option<f64>,
    /// 95 of 100, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95_ms: Option<f64>,
    /// 99 of 100, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99_ms: Option<f64>,
    /// The slowest, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_ms: Option<f64>,
    /// Of all requests, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_percent: Option<f64>,
    /// Successful ones a second, at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_second: Option<f64>,
}

impl Limits {
    /// Names and values of those that are set.
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
}

/// A stretch of time with so many viewers.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name in the report.
    pub name: String,
    /// How long it is.
    pub seconds: u32,
    /// How many viewers watch at its end.
    pub viewers: u32,
    /// In what time their number changes from that of the phase before; at once when it is 0.
    #[serde(default)]
    pub ramp_seconds: u32,
    /// What its figures must reach, by kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub thresholds: BTreeMap<Kind, Limits>,
}

/// When sessions are opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opening {
    /// When a viewer joins, as real ones do: the first ticks are on credit.
    #[default]
    OnJoining,
    /// Before the first phase, until the chain has them for good: only buying is measured then.
    Ahead,
}

/// A whole plan.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What is watched; it must be live at the gateway.
    pub stream: StreamRef,
    /// The most requests at the same time, and so about the most connections.
    #[serde(default = "default_connections")]
    pub connections: usize,
    /// When sessions are opened.
    #[serde(default)]
    pub opening: Opening,
    /// Whether segments are fetched as well.
    #[serde(default)]
    pub segments: bool,
    /// Of which quality, as `vilokanam watch --quality` takes it. Keys are the same for all.
    #[serde(default = "default_quality")]
    pub quality: String,
    /// How many of a hundred viewers pay over their session's WebSocket.
    #[serde(default)]
    pub socket_percent: u32,
    /// How far behind the newest segment a viewer begins.
    #[serde(default = "default_behind")]
    pub segments_behind: u32,
    /// The dearest second that is paid.
    #[serde(default, with = "optional_vlk", skip_serializing_if = "Option::is_none")]
    pub max_price: Option<Vlk>,
    /// How long the chain may take to settle everything at the end.
    #[serde(default = "default_settle_seconds")]
    pub settle_seconds: u32,
    /// What the figures of the whole run must reach, by kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub thresholds: BTreeMap<Kind, Limits>,
    /// The phases, in order.
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
    pub fn read(path: &Path) -> Result<Self, CliError> {
        Self::parse(&read_text(path)?).map_err(|error| CliError::Usage(format!("{}: {error}", path.display())))
    }

    /// Reads and checks a text. The error says everything that is wrong, a line each.
    pub fn parse(text: &str) -> Result<Self, String> {
        let plan: Self = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let wrong = plan.wrong();
        if wrong.is_empty() {
            Ok(plan)
        } else {
            Err(wrong.join("\n"))
        }
    }

    /// The most viewers at any time.
    pub fn viewers(&self) -> u32 {
        self.phases.iter().map(|phase| phase.viewers).max().unwrap_or_default()
    }

    /// How long all phases take.
    pub fn seconds(&self) -> u32 {
        self.phases.iter().fold(0, |sum, phase| sum.saturating_add(phase.seconds))
    }

    /// The quality that is fetched.
    pub fn quality(&self) -> Quality {
        let Ok(quality) = self.quality.parse();
        quality
    }

    fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut expect = |is_right: bool, words: String| {
            if !is_right {
                wrong.push(words);
            }
        };
        let (viewers, seconds) = (self.viewers(), self.seconds());
        expect(
            (1..=MAX_PHASES).contains(&self.phases.len()),
            format!("phase: there must be 1 to {MAX_PHASES} [[phase]] tables"),
        );
        expect(
            self.phases.is_empty() || (1..=MAX_VIEWERS).contains(&viewers),
            format!("phase.viewers: the most must be from 1 to {MAX_VIEWERS}"),
        );
        expect(seconds <= MAX_SECONDS, format!("phase.seconds: all together must not be above {MAX_SECONDS}"));
        expect(
            (1..=MAX_CONNECTIONS).contains(&self.connections),
            format!("connections: must be from 1 to {MAX_CONNECTIONS}"),
        );
        expect(self.socket_percent <= 100, "socket_percent: must be from 0 to 100".into());
        expect(
            (1..=MAX_SEGMENTS_BEHIND).contains(&self.segments_behind),
            format!("segments_behind: must be from 1 to {MAX_SEGMENTS_BEHIND}"),
        );
        self.thresholds.iter().for_each(|(kind, limits)| wrong.extend(wrong_limits("thresholds", *kind, limits)));
        self.phases.iter().for_each(|phase| wrong.extend(phase.wrong()));
        wrong.extend(self.twice());
        wrong
    }

    fn twice(&self) -> Option<String> {
        let mut names: Vec<&str> = self.phases.iter().map(|phase| phase.name.as_str()).collect();
        names.sort_unstable();
        let twice = names.windows(2).find(|pair| pair[0] == pair[1])?;
        Some(format!("phase.name: '{}' is there twice; a report could not tell them apart", twice[0]))
    }
}

impl Phase {
    fn wrong(&self) -> Vec<String> {
        let name = &self.name;
        let mut wrong = Vec::new();
        if !(1..=MAX_NAME_CHARS).contains(&name.chars().count()) {
            wrong.push(format!("phase.name: '{name}' must have 1 to {MAX_NAME_CHARS} characters"));
        }
        if self.seconds == 0 {
            wrong.push(format!("phase '{name}': seconds must be 1 or more"));
        }
        if self.ramp_seconds > self.seconds {
            wrong.push(format!("phase '{name}': ramp_seconds must not be above seconds"));
        }
        let place = format!("phase '{name}'");
        self.thresholds.iter().for_each(|(kind, limits)| wrong.extend(wrong_limits(&place, *kind, limits)));
        wrong
    }
}

fn wrong_limits(place: &str, kind: Kind, limits: &Limits) -> Vec<String> {
    let set = limits.set();
    let kind = kind.name();
    if set.is_empty() {
        return vec![format!("{place}: thresholds.{kind} sets no limit")];
    }
    let senseless = set.into_iter().filter(|(_, value)| !value.is_finite() || *value < 0.0);
    senseless.map(|(name, value)| format!("{place}: thresholds.{kind}.{name}: {value} must be 0 or more")).collect()
}

/// An amount in VLK, as text, since money is never a floating point number.
mod optional_vlk {
    use super::{Deserialize, Deserializer, Serializer, Vlk};
    use serde::de::Error;

    pub fn serialize<S: Serializer>(amount: &Option<Vlk>, serializer: S) -> Result<S::Ok, S::Error> {
        match amount {
            Some(amount) => serializer.collect_str(amount),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vlk>, D::Error> {
        String::deserialize(deserializer)?.parse().map(Some).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
