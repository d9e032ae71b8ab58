//! Report of a load test: plan, figures, thresholds and settlement as one JSON document. [`html`] renders it as a page.

pub mod html;

use crate::{
    machine::Usage,
    measurements::{quantile_ms, Measurements, PhaseCounts, Point},
    plan::{Phase, Plan},
    settlement::Settlement,
    thresholds::{self, Figures, Verdict},
};
use serde::Serialize;
use vilokanam_terminal::answer::table;
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::Planck;

/// Version of the report's format. A change that programs which read reports must follow increases it.
const FORMAT: u32 = 2;

/// Circumstances of the test.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setting {
    /// Time of the beginning, RFC 3339.
    pub began_at: String,
    /// Address of the gateway.
    pub gateway: String,
    /// Version of the gateway.
    pub gateway_version: String,
    /// Version of this program.
    pub generator_version: String,
    /// Number of cores of the generator's machine.
    pub generator_cores: usize,
    /// Usage of the generator during the phases; `None` where the system does not report it.
    pub generator: Option<Usage>,
    /// Usage of the servers named with `--server-pid`.
    pub servers: Option<Usage>,
    /// Price of a tick in planck.
    pub price_per_tick: Planck,
    /// Length of the phases in seconds.
    pub lasted_s: f64,
}

/// Figures of a phase, or of what precedes and follows the phases.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhaseReport {
    /// Name.
    pub name: String,
    /// Length in seconds: less than planned when the test was interrupted.
    pub seconds: f64,
    /// Figures by kind of request.
    pub figures: Vec<Figures>,
    /// Number of ticks that were paid.
    pub ticks: u64,
    /// Number of sessions that were opened.
    pub sessions: u64,
    /// Number of segments that left the playlist before their viewer asked for their keys.
    pub missed: u64,
    /// Number of times that a viewer found no new segment in the playlist.
    pub starved: u64,
    /// Maximum number of turns that were due and waited for a connection.
    pub backlog: u64,
    /// 99th percentile of the time that turns waited for a connection: the generator's own part of the latencies.
    pub wait_p99_ms: f64,
}

impl PhaseReport {
    /// Computes the figures from the counts of a phase.
    pub fn of(name: &str, counts: &PhaseCounts, seconds: f64) -> Self {
        Self {
            name: name.to_owned(),
            seconds,
            figures: thresholds::figures(&counts.kinds, seconds),
            ticks: counts.ticks,
            sessions: counts.sessions,
            missed: counts.missed,
            starved: counts.starved,
            backlog: counts.backlog,
            wait_p99_ms: quantile_ms(&counts.waits_us, 0.99),
        }
    }
}

/// Report of a load test.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    format: u32,
    /// Whether every threshold was met and every session is settled correctly.
    pub is_passed: bool,
    /// Whether Ctrl-C ended the test.
    pub is_interrupted: bool,
    /// Whether a flood ended because there were no more keys to buy.
    pub is_exhausted: bool,
    /// Circumstances.
    pub setting: Setting,
    /// Plan.
    pub plan: Plan,
    /// Figures of opening sessions before the first phase, if the plan says so.
    pub preparation: Option<PhaseReport>,
    /// Figures of the phases, in the plan's order.
    pub phases: Vec<PhaseReport>,
    /// Figures of closing all sessions at the end.
    pub leaving: PhaseReport,
    /// Figures of all phases and the closing together, per second of the phases.
    pub whole: Vec<Figures>,
    /// Thresholds, and whether they were met.
    pub verdicts: Vec<Verdict>,
    /// Comparison with what the chain has settled.
    pub settlement: Settlement,
    /// A point per second.
    pub points: Vec<Point>,
}

/// Contents of a report.
pub struct Parts {
    /// Circumstances.
    pub setting: Setting,
    /// Plan.
    pub plan: Plan,
    /// Figures of opening sessions before the first phase.
    pub preparation: Option<PhaseReport>,
    /// Figures of closing all sessions at the end.
    pub leaving: PhaseReport,
    /// Measurements of the plan's phases, followed by those of the closing.
    pub measured: Measurements,
    /// Length of each phase in seconds.
    pub seconds: Vec<f64>,
    /// Comparison with what the chain has settled.
    pub settlement: Settlement,
    /// Whether Ctrl-C ended the test.
    pub is_interrupted: bool,
    /// Whether there were no more keys to buy.
    pub is_exhausted: bool,
}

impl Report {
    /// Computes the figures and compares them with the thresholds.
    pub fn new(parts: Parts) -> Self {
        let Parts { setting, plan, preparation, leaving, measured, seconds, settlement, is_interrupted, is_exhausted } =
            parts;
        let verdicts = thresholds::verdicts(&plan, &measured, &seconds);
        let phase =
            |((phase, counts), seconds): ((&Phase, &PhaseCounts), &f64)| PhaseReport::of(&phase.name, counts, *seconds);
        let phases = plan.phases.iter().zip(&measured.phases).zip(&seconds).map(phase).collect();
        Self {
            format: FORMAT,
            is_passed: settlement.is_correct && verdicts.iter().all(|verdict| verdict.is_met),
            is_interrupted,
            is_exhausted,
            setting,
            preparation,
            phases,
            leaving,
            whole: thresholds::figures(&thresholds::whole(&measured), seconds.iter().sum()),
            verdicts,
            settlement,
            points: measured.points,
            plan,
        }
    }

    /// Returns the report as text.
    pub fn to_text(&self) -> String {
        let mut text = table(&HEADINGS, self.rows());
        text.push_str(&format!("\n\n{}\n", self.settlement_text()));
        for verdict in &self.verdicts {
            text.push_str(&format!("{}\n", verdict_text(verdict)));
        }
        let used = |who: &str, usage: Option<Usage>| {
            let text = |used: Usage| format!("{who}: {:.2} s on one core, {:.1} MiB\n", used.cpu_s, used.resident_mib);
            usage.map(text).unwrap_or_default()
        };
        text.push_str(&used("generator", self.setting.generator));
        text.push_str(&used("servers", self.setting.servers));
        let (starved, missed) = self
            .phases
            .iter()
            .fold((0, 0), |(starved, missed), phase| (starved + phase.starved, missed + phase.missed));
        if !self.is_exhausted && starved + missed > 0 {
            text.push_str(&format!(
                "The stream was irregular: viewers found no new segment {starved} times, and were too late for {missed} segments.\n"
            ));
        }
        if self.is_exhausted {
            text.push_str("The flood ended early: all viewers had bought all keys.\n");
        }
        let passed = if self.is_passed { "Passed." } else { "NOT PASSED." };
        text.push_str(if self.is_interrupted { "Interrupted: the figures are those until then." } else { passed });
        text
    }

    /// Returns a row for each phase and kind, and for all phases together.
    pub fn rows(&self) -> Vec<[String; 10]> {
        let each = self.stages().flat_map(|phase| phase.figures.iter().map(|figures| row(&phase.name, figures)));
        let all = self.whole.iter().filter(|_| self.phases.len() > 1).map(|figures| row("all phases", figures));
        each.chain(all).collect()
    }

    /// Returns the phases, and what precedes and follows them.
    pub fn stages(&self) -> impl Iterator<Item = &PhaseReport> {
        self.preparation.iter().chain(&self.phases).chain([&self.leaving])
    }

    /// Returns what the chain has settled, in sentences.
    pub fn settlement_text(&self) -> String {
        let chain = &self.settlement;
        let mut text = format!(
            "{} viewers revealed {} ticks in {} sessions. The chain has settled {} of them for {}; opening cost {}. {} sessions \
             are exact, {} had a lost answer, {} are not settled, {} are wrong.",
            chain.viewers,
            chain.accepted_ticks,
            chain.sessions,
            chain.settled_ticks,
            Vlk(chain.paid.0),
            Vlk(chain.open_fees.0),
            chain.exact,
            chain.unanswered,
            chain.waiting,
            chain.wrong,
        );
        if let Some(error) = &chain.error {
            text.push_str(&format!(" Final blocks could not be read to the end: {error}."));
        }
        text
    }
}

/// Headings of the columns of [`Report::rows`].
pub const HEADINGS: [&str; 10] =
    ["phase", "what", "requests", "per s", "MB/s", "p50 ms", "p95 ms", "p99 ms", "max ms", "errors"];

/// Returns one row of [`Report::rows`].
pub fn row(phase: &str, figures: &Figures) -> [String; 10] {
    [
        phase.to_owned(),
        figures.kind.name().to_owned(),
        figures.requests.to_string(),
        format!("{:.1}", figures.per_second),
        format!("{:.2}", figures.megabytes_per_second),
        format!("{:.2}", figures.p50_ms),
        format!("{:.2}", figures.p95_ms),
        format!("{:.2}", figures.p99_ms),
        format!("{:.2}", figures.max_ms),
        errors(figures),
    ]
}

fn errors(figures: &Figures) -> String {
    let most = figures.refusals.iter().take(3).map(|one| format!("{} {} {}", one.count, one.status, one.code));
    let most: Vec<String> = most.collect();
    if most.is_empty() {
        "0".into()
    } else {
        format!("{} ({})", figures.errors, most.join(", "))
    }
}

/// Returns a threshold and its result as text.
pub fn verdict_text(verdict: &Verdict) -> String {
    let place = verdict.phase.as_deref().unwrap_or("all phases");
    let mark = if verdict.is_met { "met   " } else { "MISSED" };
    let relation = if verdict.figure == "per_second" { "at least" } else { "at most" };
    let measured = verdict.measured.map_or("there was no request".into(), |value| format!("{value:.2}"));
    let (kind, figure, limit) = (verdict.kind.name(), verdict.figure, verdict.limit);
    format!("{mark}  {place}: {kind} {figure} {relation} {limit}: {measured}")
}

#[cfg(test)]
mod tests;
