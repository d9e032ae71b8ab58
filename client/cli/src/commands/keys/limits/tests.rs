use super::*;
use clap::Parser;

const VLK: Balance = 1_000_000_000_000;
const DAY: BlockNumber = 86_400;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    changes: Changes,
}

fn parse(line: &str) -> Result<Changes, clap::Error> {
    Line::try_parse_from(["x"].into_iter().chain(line.split_whitespace())).map(|line| line.changes)
}

fn new_key(line: &str) -> Result<KeyLimits, CommandError> {
    parse(line).unwrap().limits.to_key_limits(100, None)
}

fn changed(line: &str) -> Result<KeyLimits, CommandError> {
    let limits = new_key("--daily 1 --label tv --only-stream 3").unwrap();
    parse(line).unwrap().apply(&SessionKey::new(limits, 1, 0, 0, 100), 200)
}

#[test]
fn new_key_has_defaults() {
    let limits = new_key("--allowance 5").unwrap();
    assert_eq!((limits.allowance, limits.renewal, limits.max_sessions), (5 * VLK, None, 2));
    assert_eq!((limits.scope, limits.expires_at), (Scope::Any, 100 + 30 * DAY));
    assert_eq!(limits.max_price_per_tick, VLK / 100);
}

#[test]
fn budgets_are_renewed_in_their_period() {
    for (line, days) in [("--daily 1", 1), ("--weekly 1", 7), ("--monthly 1", 30), ("--every 2d --budget 1", 2)] {
        let limits = new_key(line).unwrap();
        assert_eq!(limits.renewal, Some(Renewal { every_blocks: days * DAY, amount: VLK }), "{line}");
        assert_eq!(limits.allowance, VLK, "{line}");
    }
    assert_eq!(new_key("--daily 1 --allowance 3").unwrap().allowance, 3 * VLK, "a first period of its own");
}

#[test]
fn key_without_an_amount_is_refused() {
    assert_eq!(new_key("--sessions 1").unwrap_err().exit() as u8, 2);
    assert_eq!(new_key("--daily 0").unwrap_err().exit() as u8, 2);
}

#[test]
fn contradictory_limits_are_refused() {
    for line in [
        "--daily 1 --weekly 1",
        "--every 1d",
        "--budget 1",
        "--no-renewal --daily 1",
        "--only-stream 1 --any-scope",
        "--sessions 0",
        "--sessions 17",
        "--expires-in 0s",
        "--label xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
}

#[test]
fn change_keeps_what_is_not_named() {
    let limits = changed("--sessions 1").unwrap();
    assert_eq!((limits.max_sessions, limits.allowance), (1, VLK));
    assert_eq!(limits.label.to_vec(), b"tv");
    assert_eq!((limits.scope, limits.expires_at), (Scope::Stream(3), 100 + 30 * DAY));
    assert_eq!(limits.renewal.map(|renewal| renewal.amount), Some(VLK));
}

#[test]
fn change_can_remove_renewal_and_scope() {
    let limits = changed("--no-renewal --any-scope --expires-in 1d").unwrap();
    assert_eq!((limits.renewal, limits.scope, limits.expires_at), (None, Scope::Any, 200 + DAY));
    assert_eq!(changed("--weekly 2").unwrap().allowance, 2 * VLK, "the budget begins anew");
}

#[test]
fn change_of_nothing_is_refused() {
    assert_eq!(changed("").unwrap_err().exit() as u8, 2);
}
