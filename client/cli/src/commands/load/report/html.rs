//! The report as one page: no script, nothing fetched from anywhere.

use super::{words, Report, HEADINGS};
use crate::commands::load::tally::Point;
use std::fmt::Write;

/// The most points of a line: neighbours are put together until there are no more.
const MAX_POINTS: usize = 600;
const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 160.0;

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

/// What `text` is written as in HTML, in text and in quoted attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The whole page.
pub fn page(report: &Report) -> String {
    let setting = &report.setting;
    let verdict = match (report.is_interrupted, report.is_passed) {
        (true, _) => "Interrupted",
        (false, true) => "Passed",
        (false, false) => "Not passed",
    };
    let title = format!("Load test of {} on {}", setting.gateway, setting.began_at);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{0}</title>\n<style>{STYLE}</style>\n<h1>{0}</h1>\n<p{1}>{verdict}.</p>\n",
        escape(&title),
        if report.is_passed { "" } else { " class=\"missed\"" },
    );
    page.push_str(&facts(report));
    page.push_str(&figures(report));
    page.push_str(&thresholds(report));
    page.push_str(&format!("<h2>Settled on chain</h2>\n<p>{}</p>\n", escape(&report.settled())));
    page.push_str(&charts(&report.points));
    let plan = serde_json::to_string_pretty(&report.plan).unwrap_or_default();
    page.push_str(&format!("<h2>Plan</h2>\n<pre>{}</pre>\n</html>\n", escape(&plan)));
    page
}

fn facts(report: &Report) -> String {
    let setting = &report.setting;
    let cpu = setting.generator.map_or("unknown".into(), |used| format!("{:.1} s", used.cpu_s));
    let words = format!(
        "Stream {}, {} for {:.0} s; gateway {}; generator {} on {} cores, {cpu} of processor time, {} connections.",
        report.plan.stream,
        crate::amount::PerSecond(setting.price_per_tick.0),
        setting.lasted_s,
        setting.gateway_version,
        setting.generator_version,
        setting.generator_cores,
        report.plan.connections,
    );
    format!("<p>{}</p>\n", escape(&words))
}

fn figures(report: &Report) -> String {
    let cells = |tag: &str, cells: &[String]| -> String {
        cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escape(cell))).collect()
    };
    let mut table = format!("<h2>Figures</h2>\n<table>\n<tr>{}</tr>\n", cells("th", &HEADINGS.map(str::to_owned)));
    for row in report.rows() {
        let _ = writeln!(table, "<tr>{}</tr>", cells("td", &row));
    }
    table.push_str("</table>\n<h2>Phases</h2>\n<table>\n<tr><th>phase</th><th>seconds</th><th>ticks paid</th><th>sessions \
                    opened</th><th>segments missed</th><th>nothing new</th><th>backlog</th><th>p99 wait, ms</th></tr>\n");
    for phase in report.stages() {
        let row = [
            phase.name.clone(),
            format!("{:.1}", phase.seconds),
            phase.ticks.to_string(),
            phase.sessions.to_string(),
            phase.missed.to_string(),
            phase.starved.to_string(),
            phase.backlog.to_string(),
            format!("{:.2}", phase.wait_p99_ms),
        ];
        let _ = writeln!(table, "<tr>{}</tr>", cells("td", &row));
    }
    table + "</table>\n"
}

fn thresholds(report: &Report) -> String {
    if report.verdicts.is_empty() {
        return "<h2>Thresholds</h2>\n<p>None were set.</p>\n".into();
    }
    let item = |verdict: &super::Verdict| {
        let class = if verdict.is_met { "" } else { " class=\"missed\"" };
        format!("<li{class}>{}</li>\n", escape(&words(verdict)))
    };
    format!("<h2>Thresholds</h2>\n<ul>\n{}</ul>\n", report.verdicts.iter().map(item).collect::<String>())
}

fn charts(points: &[Point]) -> String {
    let points = thinned(points);
    [
        chart("Viewers", &points, "", |point| f64::from(point.viewers)),
        chart("Requests a second", &points, "", |point| point.requests as f64),
        chart("p99 of all requests, ms", &points, "", |point| point.p99_ms),
        chart("Errors a second", &points, " class=\"bad\"", |point| point.errors as f64),
    ]
    .concat()
}

/// At most [`MAX_POINTS`]: the largest of each figure stands for its neighbours.
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

fn chart(name: &str, points: &[Point], class: &str, value: impl Fn(&Point) -> f64) -> String {
    let highest = points.iter().map(&value).fold(0.0, f64::max);
    let last = points.last().map_or(1, |point| point.second.max(1)) as f64;
    let mut line = String::new();
    for point in points {
        let x = point.second as f64 / last * WIDTH;
        let y = if highest > 0.0 { HEIGHT - value(point) / highest * (HEIGHT - 4.0) } else { HEIGHT };
        let _ = write!(line, "{x:.1},{y:.1} ");
    }
    format!(
        "<figure><figcaption>{}: at most {highest:.1}, over {last:.0} s</figcaption>\
         <svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\"><polyline{class} points=\"{}\"/></svg></figure>\n",
        escape(name),
        line.trim_end(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(second: u64, p99_ms: f64) -> Point {
        Point { second, viewers: 5, requests: 10, errors: 0, p50_ms: 1.0, p99_ms }
    }

    #[test]
    fn escape_works() {
        assert_eq!(escape("<a href=\"x\" id='y'>&amp;"), "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;");
        assert_eq!(escape("0.002 VLK/s · ü"), "0.002 VLK/s · ü");
    }

    #[test]
    fn thinned_works() {
        let points: Vec<Point> =
            (0..5_000).map(|second| point(second, if second == 777 { 900.0 } else { 3.0 })).collect();
        let thin = thinned(&points);
        assert!(thin.len() <= MAX_POINTS);
        assert!(thin.iter().any(|point| point.p99_ms == 900.0), "what stands out is never lost");
        assert_eq!(thinned(&points[..10]).len(), 10);
        assert!(thinned(&[]).is_empty());
    }

    #[test]
    fn chart_of_nothing_works() {
        let none = chart("a<b", &[], "", |point| point.p99_ms);
        assert!(none.contains("a&lt;b") && none.contains("points=\"\""));
        assert!(!chart("x", &[point(0, 0.0)], "", |point| point.p99_ms).contains("NaN"));
    }
}
