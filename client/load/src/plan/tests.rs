//! Valid plans, and the messages for others.

use super::*;

const SMALL: &str = r#"
stream = "3"
[[phase]]
name = "only"
seconds = 10
viewers = 5
"#;

#[test]
fn smallest_plan_has_defaults() {
    let plan = Plan::parse(SMALL).unwrap();
    assert_eq!((plan.stream, plan.viewers(), plan.seconds()), (StreamRef(3), 5, 10));
    assert_eq!((plan.connections, plan.opening, plan.segments_behind), (256, Opening::OnJoining, 3));
    assert_eq!(plan.quality(), Quality::Worst);
}

#[test]
fn every_setting_is_read_and_reported() {
    let text = r#"
        stream = "0"
        connections = 64
        opening = "ahead"
        segments = true
        quality = "720p"
        socket_percent = 10
        segments_behind = 2
        max_price = "0.01"
        settle_seconds = 60
        [thresholds.key]
        error_percent = 0.5
        [[phase]]
        name = "ramp"
        seconds = 60
        viewers = 1000
        ramp_seconds = 60
        [[phase]]
        name = "spike"
        seconds = 30
        viewers = 3000
        [phase.thresholds.key]
        p99_ms = 250
        per_second = 1400
        [phase.thresholds.socket-key]
        p95_ms = 100.5
    "#;
    let plan = Plan::parse(text).unwrap();
    assert_eq!((plan.viewers(), plan.seconds(), plan.max_price), (3_000, 90, Some(Vlk(10_000_000_000))));
    assert_eq!(plan.phases[1].thresholds[&Kind::Key].set(), [("p99_ms", 250.0), ("per_second", 1_400.0)]);
    assert_eq!(plan.phases[1].thresholds[&Kind::SocketKey].set(), [("p95_ms", 100.5)]);
    let again: Plan = serde_json::from_value(serde_json::to_value(&plan).unwrap()).unwrap();
    assert_eq!(again, plan, "a report contains the whole plan");
}

#[test]
fn plans_of_the_repository_are_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/bench.d");
    for name in ["load.toml", "gateway.toml"] {
        let plan = Plan::read(&folder.join(name)).unwrap();
        assert!(plan.viewers() > 0, "{name}");
    }
}

fn message(change: impl Fn(&str) -> String) -> String {
    Plan::parse(&change(SMALL)).unwrap_err()
}

#[test]
fn malformed_settings_are_named() {
    for (line, word) in [
        ("connections = 0", "connections"),
        ("connections = 1000000", "connections"),
        ("conections = 5", "conections"),
        ("socket_percent = 101", "socket_percent"),
        ("segments_behind = 0", "segments_behind"),
        ("opening = \"later\"", "later"),
        ("max_price = 0.01", "max_price"),
        ("max_price = \"much\"", "much"),
        ("thresholds.key.p99_ms = -1", "p99_ms"),
        ("thresholds.key.p99_ms = nan", "p99_ms"),
        ("thresholds.kee.p99_ms = 1", "kee"),
        ("thresholds.key = {}", "sets no limit"),
    ] {
        let error = message(|text| format!("{line}\n{text}"));
        assert!(error.contains(word), "{line}: {error}");
    }
}

#[test]
fn malformed_phases_are_named() {
    for (from, to, word) in [
        ("seconds = 10", "seconds = 0", "seconds must be 1"),
        ("seconds = 10", "seconds = 30000", "21600"),
        ("seconds = 10", "seconds = 10\nramp_seconds = 11", "ramp_seconds"),
        ("viewers = 5", "viewers = 0", "viewers"),
        ("viewers = 5", "viewers = 200001", "200000"),
        ("viewers = 5", "", "viewers"),
        ("name = \"only\"", "name = \"\"", "phase.name"),
        ("[[phase]]", "[phase]", "phase"),
    ] {
        let error = message(|text| text.replace(from, to));
        assert!(error.contains(word), "{to}: {error}");
    }
    assert!(message(|text| text.split("[[").next().unwrap_or_default().into()).contains("[[phase]]"));
    assert!(message(|text| format!("{text}{}", text.replace("stream = \"3\"", ""))).contains("two phases are called"));
}

#[test]
fn all_mistakes_are_listed_at_once() {
    let error =
        message(|text| format!("connections = 0\nsocket_percent = 200\n{text}").replace("seconds = 10", "seconds = 0"));
    assert_eq!(error.lines().count(), 3, "{error}");
}
