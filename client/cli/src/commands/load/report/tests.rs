//! The report's shape, and that its page says nothing that was not escaped.

use super::{super::plan::Kind, super::tally::*, *};
use std::time::Duration;

fn settlement(is_right: bool) -> Settlement {
    Settlement {
        viewers: 2,
        sessions: 2,
        opened: 2,
        ticks_taken: 20,
        ticks_settled: 20,
        paid: Planck(40_000_000_000),
        open_fees: Planck(4_000_000_000),
        exact: 2,
        unused: 0,
        unanswered: 0,
        waiting: 0,
        wrong: usize::from(!is_right),
        named: Vec::new(),
        waited_s: 1.5,
        trouble: None,
        is_right,
    }
}

fn report(plan: &str, is_right: bool) -> Report {
    let plan = Plan::parse(plan).unwrap();
    let tally = Tally::new(plan.phases.len());
    let outcome = |ms, result| Outcome {
        phase: 0,
        kind: Kind::Key,
        latency: Duration::from_millis(ms),
        at: Duration::from_millis(ms * 100),
        result,
    };
    (1..=20).for_each(|ms| tally.take(outcome(ms, Ok(16))));
    tally.take(outcome(21, Err(Refusal { status: 402, code: "<script>too-fast".into() })));
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
        leaving: PhaseReport::of("leaving", &PhaseTally::default(), 1.0),
        tallied: tally.finish(),
        seconds: vec![10.0],
        settlement: settlement(is_right),
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
fn report_works() {
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
fn report_missed_threshold_fails() {
    let report = report(&PLAN.replace("p99_ms = 50", "p99_ms = 5"), true);
    assert!(!report.is_passed);
    assert!(report.to_text().contains("MISSED") && report.to_text().ends_with("NOT PASSED."));
}

#[test]
fn report_wrong_settlement_fails() {
    assert!(!report(PLAN, false).is_passed, "no threshold is missed, and yet money is");
}

#[test]
fn page_works() {
    let page = html::page(&report(PLAN, true));
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
    assert!(page.contains("&lt;/table&gt;&lt;b&gt;calm &amp; &quot;bold&quot;"));
    assert!(!page.contains("<b>calm") && !page.contains("<script") && !page.contains("<x>"), "everything is escaped");
    assert!(!page.contains("src=") && !page.contains("@import") && !page.contains("url("), "nothing is fetched");
    assert!(!page.contains("class=\"missed\""));
    assert!(html::page(&report(PLAN, false)).contains("class=\"missed\""));
}
