//! The report as one HTML page, without scripts and without external resources.

use super::{verdict_text, PhaseReport, Report, HEADINGS};
use crate::{measurements::Point, thresholds::Verdict};
use maud::{html, Markup, PreEscaped, DOCTYPE};
use vilokanam_viewer::amount::PerSecond;

/// Maximum number of points of a line. Neighbours are combined until there are no more.
const MAX_POINTS: usize = 600;
/// Size of a chart in its own units.
const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 160.0;
/// Space above the highest point of a chart.
const MARGIN: f64 = 4.0;
const PHASE_HEADINGS: [&str; 8] = [
    "phase",
    "seconds",
    "ticks paid",
    "sessions opened",
    "segments missed",
    "no new segment",
    "backlog",
    "p99 wait, ms",
];

const STYLE: &str = "
:root { color-scheme: light dark; --line: #1f6feb; --bad: #c0392b; --rule: #8886; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--rule); }
th:nth-child(-n+2), td:nth-child(-n+2), td:last-child, th:last-child { text-align: left; }
figure { margin: 1.5rem 0; } svg { width: 100%; height: auto; border: 1px solid var(--rule); }
polyline { fill: none; stroke: var(--line); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
polyline.bad { stroke: var(--bad); } .missed { color: var(--bad); font-weight: 600; }
pre { overflow-x: auto; border: 1px solid var(--rule); padding: .75rem; }
";

/// Returns the page.
pub fn page(report: &Report) -> String {
    let title = format!("Load test of {} on {}", report.setting.gateway, report.setting.began_at);
    let result = match (report.is_interrupted, report.is_passed) {
        (true, _) => "Interrupted.",
        (false, true) => "Passed.",
        (false, false) => "Not passed.",
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (title) }
                p.missed[!report.is_passed] { (result) }
                p { (setting_text(report)) }
                h2 { "Figures" }
                (table(&HEADINGS, report.rows()))
                h2 { "Phases" }
                (table(&PHASE_HEADINGS, report.stages().map(phase_row)))
                h2 { "Thresholds" }
                (thresholds(&report.verdicts))
                h2 { "Settled on chain" }
                p { (report.settlement_text()) }
                (charts(&report.points))
                h2 { "Plan" }
                pre { (serde_json::to_string_pretty(&report.plan).unwrap_or_default()) }
            }
        }
    };
    page.into_string()
}

fn setting_text(report: &Report) -> String {
    let setting = &report.setting;
    let cpu = setting.generator.map_or("unknown".into(), |used| format!("{:.1} s", used.cpu_s));
    format!(
        "Stream {}, {} for {:.0} s; gateway {}; generator {} on {} cores, {cpu} of processor time, {} connections.",
        report.plan.stream,
        PerSecond(setting.price_per_tick.0),
        setting.lasted_s,
        setting.gateway_version,
        setting.generator_version,
        setting.generator_cores,
        report.plan.connections,
    )
}

fn table<const N: usize>(headings: &[&str; N], rows: impl IntoIterator<Item = [String; N]>) -> Markup {
    html! {
        table {
            tr { @for heading in headings { th { (heading) } } }
            @for row in rows {
                tr { @for cell in row { td { (cell) } } }
            }
        }
    }
}

fn phase_row(phase: &PhaseReport) -> [String; 8] {
    [
        phase.name.clone(),
        format!("{:.1}", phase.seconds),
        phase.ticks.to_string(),
        phase.sessions.to_string(),
        phase.missed.to_string(),
        phase.starved.to_string(),
        phase.backlog.to_string(),
        format!("{:.2}", phase.wait_p99_ms),
    ]
}

fn thresholds(verdicts: &[Verdict]) -> Markup {
    html! {
        @if verdicts.is_empty() {
            p { "None were set." }
        } @else {
            ul {
                @for verdict in verdicts { li.missed[!verdict.is_met] { (verdict_text(verdict)) } }
            }
        }
    }
}

fn charts(points: &[Point]) -> Markup {
    let points = thinned(points);
    html! {
        (chart("Viewers", &points, false, |point| f64::from(point.viewers)))
        (chart("Requests per second", &points, false, |point| point.requests as f64))
        (chart("p99 of all requests, ms", &points, false, |point| point.p99_ms))
        (chart("Errors per second", &points, true, |point| point.errors as f64))
    }
}

/// Returns at most [`MAX_POINTS`] points. The largest value of each figure stands for its neighbours.
fn thinned(points: &[Point]) -> Vec<Point> {
    let each = points.len().div_ceil(MAX_POINTS).max(1);
    let largest = |part: &[Point]| {
        let mut found = part[0].clone();
        for point in &part[1..] {
            found.viewers = found.viewers.max(point.viewers);
            found.requests = found.requests.max(point.requests);
            found.errors = found.errors.max(point.errors);
            found.p99_ms = found.p99_ms.max(point.p99_ms);
        }
        found
    };
    points.chunks(each).map(largest).collect()
}

fn chart(name: &str, points: &[Point], is_bad: bool, value: impl Fn(&Point) -> f64) -> Markup {
    let highest = points.iter().map(&value).fold(0.0, f64::max);
    let last = points.last().map_or(1, |point| point.second.max(1)) as f64;
    let place = |point: &Point| {
        let part = if highest > 0.0 { value(point) / highest } else { 0.0 };
        format!("{:.1},{:.1}", point.second as f64 / last * WIDTH, HEIGHT - part * (HEIGHT - MARGIN))
    };
    let line: Vec<String> = points.iter().map(place).collect();
    html! {
        figure {
            figcaption { (name) ": at most " (format!("{highest:.1}")) ", over " (format!("{last:.0}")) " s" }
            // Without braces, maud would leave the line open: it is not one of HTML's void elements.
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" {
                polyline.bad[is_bad] points=(line.join(" ")) {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(second: u64, p99_ms: f64) -> Point {
        Point { second, viewers: 5, requests: 10, errors: 0, p50_ms: 1.0, p99_ms }
    }

    #[test]
    fn peaks_survive_thinning() {
        let points: Vec<Point> =
            (0..5_000).map(|second| point(second, if second == 777 { 900.0 } else { 3.0 })).collect();
        let thin = thinned(&points);
        assert!(thin.len() <= MAX_POINTS);
        assert!(thin.iter().any(|point| point.p99_ms == 900.0), "the peak");
        assert_eq!(thinned(&points[..10]).len(), 10);
        assert!(thinned(&[]).is_empty());
    }

    #[test]
    fn chart_without_points_or_values_is_valid() {
        let none = chart("a<b", &[], false, |point| point.p99_ms).into_string();
        assert!(none.contains("a&lt;b") && none.contains("points=\"\"></polyline>"), "{none}");
        let zero = chart("x", &[point(0, 0.0)], true, |point| point.p99_ms).into_string();
        assert!(
            zero.contains("class=\"bad\" points=\"0.0,160.0\"") && zero.contains("viewBox=\"0 0 900 160\""),
            "{zero}"
        );
    }
}
