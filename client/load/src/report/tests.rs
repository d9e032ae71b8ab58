//! Shape of the report, and escaping in its page.

use super::*;
use crate::{
    measurements::{Outcome, Recorder, Refusal},
    plan::Kind,
};
use std::time::Duration;

fn settlement(is_correct: bool) -> Settlement {
    Settlement {
        viewers: 2,
        sessions: 2,
        opened: 2,
        accepted_ticks: 20,
        settled_ticks: 20,
        paid: Planck(40_000_000_000),
        open_fees: Planck(4_000_000_000),
        exact: 2,
        unused: 0,
        unanswered: 0,
        waiting: 0,
        wrong: usize::from(!is_correct),
        discrepancies: Vec::new(),
        waited_s: 1.5,
        error: None,
        is_correct,
    }
}

fn report(plan: &str, is_correct: bool) -> Report {
    let plan = Plan::parse(plan).unwrap();
    let recorder = Recorder::new(plan.phases.len());
    let outcome = |ms, result| Outcome {
        phase: 0,
        kind: Kind::Key,
        latency: Duration::from_millis(ms),
        at: Duration::from_millis(ms * 100),
        result,
    };
    (1..=20).for_each(|ms| recorder.record(outcome(ms, Ok(16))));
    recorder.record(outcome(21, Err(Refusal { status: 402, code: "<script>too-fast".into() })));
    let setting = Setting {
        began_at: "2026-01-02T03:04:05Z".into(),
        gateway: "http://h/?a=1&b=<x>".into(),
        gateway_version: "0.1.0".into(),
        generator_version: "0.1.0".into(),
        generator_cores: 2,
        generator: Some(Usage { cpu_s: 1.25, resident_mib: 30.0 }),
        servers: None,
        price_per_tick: Planck(2_000_000_000),
        lasted_s: 10.0,
    };
    Report::new(Parts {
        setting,
        plan,
        preparation: None,
        leaving: PhaseReport::of("leaving", &PhaseCounts::default(), 1.0),
        measured: recorder.finish(),
        seconds: vec![10.0],
        settlement: settlement(is_correct),
        is_interrupted: false,
        is_exhausted: false,
    })
}

const PLAN: &str = r#"
stream = "0"
[[phase]]
name = "</table><b>calm & \"bold\""
seconds = 10
viewers = 2
thresholds.key = { p99_ms = 50, error_percent = 10 }
"#;

#[test]
fn json_document_has_the_documented_fields() {
    let report = report(PLAN, true);
    assert!(report.is_passed);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["format"], FORMAT);
    let keys = &json["phases"][0]["figures"][0];
    assert_eq!((keys["kind"].as_str(), keys["requests"].as_u64()), (Some("key"), Some(21)));
    assert_eq!(keys["refusals"][0]["status"], 402);
    for name in ["p50_ms", "p95_ms", "p99_ms", "max_ms", "per_second", "error_percent"] {
        assert!(keys[name].is_f64(), "{name}");
    }
    assert_eq!(json["settlement"]["paid"], "40000000000", "money is text");
    assert_eq!(json["verdicts"][0]["is_met"], true);
    assert_eq!(json["points"].as_array().map(Vec::len), Some(3));
    assert_eq!(json["plan"]["phase"][0]["viewers"], 2);
    assert!(report.to_text().ends_with("Passed."));
}

#[test]
fn missed_threshold_is_not_passed() {
    let report = report(&PLAN.replace("p99_ms = 50", "p99_ms = 5"), true);
    assert!(!report.is_passed);
    assert!(report.to_text().contains("MISSED") && report.to_text().ends_with("NOT PASSED."));
}

#[test]
fn wrong_settlement_is_not_passed() {
    assert!(!report(PLAN, false).is_passed, "although every threshold is met");
}

#[test]
fn page_is_escaped_and_self_contained() {
    let page = html::page(&report(PLAN, true));
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(page.contains("&lt;/table&gt;&lt;b&gt;calm &amp; &quot;bold&quot;"));
    assert!(!page.contains("<b>calm") && !page.contains("<script") && !page.contains("<x>"), "escaped");
    assert!(!page.contains("src=") && !page.contains("@import") && !page.contains("url("), "no external resources");
    assert!(!page.contains("class=\"missed\""));
    assert!(html::page(&report(PLAN, false)).contains("class=\"missed\""));
}
