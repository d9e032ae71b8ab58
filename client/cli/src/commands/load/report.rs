//! The report: what was planned, measured, judged and settled, as one JSON document. [`html`] makes a page of it.

pub mod html;

use super::{
    ledger::Settlement,
    machine::Usage,
    plan::Plan,
    tally::{quantile_ms, PhaseTally, Point, Tallied},
    verdict::{self, Figures, Verdict},
};
use crate::{amount::Vlk, answer::table};
use serde::Serialize;
use vilokanam_wire::Planck;

/// Grows when a program that reads reports must change.
const FORMAT: u32 = 1;

/// Where the load came from and where it went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setting {
    /// When it began, RFC 3339.
    pub began_at: String,
    /// The gateway's address.
    pub gateway: String,
    /// The gateway's version.
    pub gateway_version: String,
    /// This program's.
    pub generator_version: String,
    /// Cores of the machine that the load comes from.
    pub generator_cores: usize,
    /// What the generator used during the phases; nothing where the system does not say.
    pub generator: Option<Usage>,
    /// What the servers used that --server-pid names.
    pub servers: Option<Usage>,
    /// Price of a tick.
    pub price_per_tick: Planck,
    /// How long the phases went on.
    pub lasted_s: f64,
}

/// What a phase, or a stage before the first, has come to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhaseReport {
    /// Its name.
    pub name: String,
    /// How long it lasted: less than was planned when it was interrupted.
    pub seconds: f64,
    /// By kind.
    pub figures: Vec<Figures>,
    /// Ticks paid.
    pub ticks: u64,
    /// Sessions opened.
    pub sessions: u64,
    /// Segments that left the playlist before their viewer came to them.
    pub missed: u64,
    /// Times that a viewer found nothing new in the playlist.
    pub starved: u64,
    /// The most turns that were due and had to wait for a free connection.
    pub backlog: u64,
    /// How long a turn waited for its connection, 99 of 100: the generator's own part of the latencies.
    pub wait_p99_ms: f64,
}

impl PhaseReport {
    /// From a phase's counts.
    pub fn of(name: &str, tally: &PhaseTally, seconds: f64) -> Self {
        Self {
            name: name.to_owned(),
            seconds,
            figures: verdict::figures(&tally.kinds, seconds),
            ticks: tally.ticks,
            sessions: tally.sessions,
            missed: tally.missed,
            starved: tally.starved,
            backlog: tally.backlog,
            wait_p99_ms: quantile_ms(&tally.waits_us, 0.99),
        }
    }
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    format: u32,
    /// Whether no threshold was missed and the chain has settled everything.
    pub is_passed: bool,
    /// Whether Ctrl-C ended it.
    pub is_interrupted: bool,
    /// Whether a flood ended because there was nothing left to buy.
    pub is_exhausted: bool,
    /// Where and when.
    pub setting: Setting,
    /// What was planned.
    pub plan: Plan,
    /// Opening sessions ahead, if that was wished.
    pub preparation: Option<PhaseReport>,
    /// In the plan's order.
    pub phases: Vec<PhaseReport>,
    /// Everybody's leaving at the end.
    pub leaving: PhaseReport,
    /// All phases together, and the leaving; a second is one of the phases'.
    pub whole: Vec<Figures>,
    /// Thresholds.
    pub verdicts: Vec<Verdict>,
    /// What the chain has made of it.
    pub settlement: Settlement,
    /// A point a second.
    pub points: Vec<Point>,
}

/// What a report is made of.
pub struct Parts {
    pub setting: Setting,
    pub plan: Plan,
    pub preparation: Option<PhaseReport>,
    pub leaving: PhaseReport,
    /// The plan's phases, and then the leaving.
    pub tallied: Tallied,
    /// How long each phase lasted.
    pub seconds: Vec<f64>,
    pub settlement: Settlement,
    pub is_interrupted: bool,
    pub is_exhausted: bool,
}

impl Report {
    /// Judges and puts together.
    pub fn new(parts: Parts) -> Self {
        let Parts { setting, plan, preparation, leaving, tallied, seconds, settlement, is_interrupted, is_exhausted } =
            parts;
        let verdicts = verdict::verdicts(&plan, &tallied, &seconds);
        let phase = |((phase, tally), seconds): ((&super::plan::Phase, &PhaseTally), &f64)| {
            PhaseReport::of(&phase.name, tally, *seconds)
        };
        let phases = plan.phases.iter().zip(&tallied.phases).zip(&seconds).map(phase).collect();
        Self {
            format: FORMAT,
            is_passed: settlement.is_right && verdicts.iter().all(|verdict| verdict.is_met),
            is_interrupted,
            is_exhausted,
            setting,
            preparation,
            phases,
            leaving,
            whole: verdict::figures(&verdict::whole(&tallied), seconds.iter().sum()),
            verdicts,
            settlement,
            points: tallied.points,
            plan,
        }
    }

    /// For people.
    pub fn to_text(&self) -> String {
        let mut text = table(&HEADINGS, self.rows());
        text.push_str(&format!("\n\n{}\n", self.settled()));
        for verdict in &self.verdicts {
            text.push_str(&format!("{}\n", words(verdict)));
        }
        let used = |who: &str, usage: Option<Usage>| {
            let words = |used: Usage| format!("{who}: {:.2} s on a core, {:.1} MiB\n", used.cpu_s, used.resident_mib);
            usage.map(words).unwrap_or_default()
        };
        text.push_str(&used("generator", self.setting.generator));
        text.push_str(&used("servers", self.setting.servers));
        let (starved, missed) = self
            .phases
            .iter()
            .fold((0, 0), |(starved, missed), phase| (starved + phase.starved, missed + phase.missed));
        if !self.is_exhausted && starved + missed > 0 {
            text.push_str(&format!(
                "The stream was not even: viewers found nothing new {starved} times, and came too late for {missed} segments.\n"
            ));
        }
        if self.is_exhausted {
            text.push_str("It ended early: everybody had bought all keys that there were.\n");
        }
        let passed = if self.is_passed { "Passed." } else { "NOT PASSED." };
        text.push_str(if self.is_interrupted { "Interrupted: the figures are of what had been done." } else { passed });
        text
    }

    /// A row for each phase and kind, and for all phases together.
    pub fn rows(&self) -> Vec<[String; 10]> {
        let each = self.stages().flat_map(|phase| phase.figures.iter().map(|figures| row(&phase.name, figures)));
        let all = self.whole.iter().filter(|_| self.phases.len() > 1).map(|figures| row("all phases", figures));
        each.chain(all).collect()
    }

    /// The phases, and what comes before and after them.
    pub fn stages(&self) -> impl Iterator<Item = &PhaseReport> {
        self.preparation.iter().chain(&self.phases).chain([&self.leaving])
    }

    /// What the chain says, in a sentence or two.
    pub fn settled(&self) -> String {
        let chain = &self.settlement;
        let mut text = format!(
            "{} viewers let go of {} ticks in {} sessions; the chain has settled {}: {} paid, {} for opening. {} sessions exact, \
             {} with a lost answer, {} waiting, {} wrong.",
            chain.viewers,
            chain.ticks_taken,
            chain.sessions,
            chain.ticks_settled,
            Vlk(chain.paid.0),
            Vlk(chain.open_fees.0),
            chain.exact,
            chain.unanswered,
            chain.waiting,
            chain.wrong,
        );
        if let Some(trouble) = &chain.trouble {
            text.push_str(&format!(" Blocks could not be read to the end: {trouble}."));
        }
        text
    }
}

/// What [`Report::rows`] has in its columns.
pub const HEADINGS: [&str; 10] =
    ["phase", "what", "requests", "per s", "MB/s", "p50 ms", "p95 ms", "p99 ms", "max ms", "errors"];

/// One row of [`Report::rows`].
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

/// A threshold in words.
pub fn words(verdict: &Verdict) -> String {
    let place = verdict.phase.as_deref().unwrap_or("all phases");
    let mark = if verdict.is_met { "met   " } else { "MISSED" };
    let relation = if verdict.figure == "per_second" { "at least" } else { "at most" };
    let measured = verdict.measured.map_or("nothing was measured".into(), |value| format!("{value:.2}"));
    let (kind, figure, limit) = (verdict.kind.name(), verdict.figure, verdict.limit);
    format!("{mark}  {place}: {kind} {figure} {relation} {limit}: {measured}")
}

#[cfg(test)]
mod tests;
