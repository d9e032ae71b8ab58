//! The program as a user runs it: help, exit codes, JSON, files. Nothing here needs a node or a gateway; where one is
//! asked for, nobody listens.
#![allow(clippy::unwrap_used, reason = "in tests a panic is the way to fail")]

use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

/// Port 9 of this machine: nobody listens.
const NOBODY: [&str; 4] = ["--node", "ws://127.0.0.1:9", "--gateway", "http://127.0.0.1:9"];
const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

/// The program that this test was built with.
fn vilokanam() -> Command {
    Command::new(env!("CARGO_BIN_EXE_vilokanam"))
}

fn run(home: &Path, arguments: &[&str]) -> Output {
    let mut command = vilokanam();
    command.env_clear().env("VILOKANAM_DATA_DIR", home).args(arguments).output().unwrap()
}

fn run_with_key(home: &Path, arguments: &[&str]) -> Output {
    let mut command = vilokanam();
    let command = command.env_clear().env("VILOKANAM_DATA_DIR", home).env("VILOKANAM_KEY", "//Alice");
    command.args(NOBODY).args(arguments).output().unwrap()
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn help_works() {
    let output = run(home().path(), &["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let help = stdout(&output);
    for word in ["deposit", "watch", "publish", "settle", "Exit codes:", "130", "--json", "VILOKANAM_KEY"] {
        assert!(help.contains(word), "{word}");
    }
}

#[test]
fn help_of_each_command_works() {
    let lines =
        ["keys generate", "account", "deposit", "delegate", "withdraw", "revoke", "payout", "tip", "stream create"];
    let more =
        ["stream update", "stream key create", "stream list", "gateway register", "publish", "watch", "sessions"];
    for line in lines.into_iter().chain(more).chain(["receipts", "earnings", "settle", "completions"]) {
        let arguments: Vec<&str> = line.split(' ').chain(["--help"]).collect();
        let output = run(home().path(), &arguments);
        assert_eq!(output.status.code(), Some(0), "{line}");
        assert!(stdout(&output).contains("Usage: vilokanam"), "{line}");
    }
}

#[test]
fn version_works() {
    let output = run(home().path(), &["--version"]);
    assert_eq!(stdout(&output), format!("vilokanam {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_usage_fails() {
    let output = run(home().path(), &["deposit", "1,5"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("is not a decimal number"), "{}", stderr(&output));
    assert!(output.stdout.is_empty());
}

#[test]
fn wrong_usage_in_json_fails() {
    let output = run(home().path(), &["deposit", "1,5", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json(&output)["error"]["code"], "usage");
    assert_eq!(json(&output)["error"]["exit"], 2);
}

#[test]
fn no_node_fails() {
    let output = run_with_key(home().path(), &["account", "--json"]);
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    let error = &json(&output)["error"];
    assert_eq!(error["exit"], 5);
    assert!(error["message"].as_str().unwrap().contains("ws://127.0.0.1:9"));
    assert!(stderr(&output).starts_with("Error: "));
}

#[test]
fn no_gateway_fails() {
    for arguments in [
        &["stream", "list"][..],
        &["stream", "show", "3"],
        &["stream", "key", "create", "3"],
        &["sessions"],
        &["earnings"],
        &["watch", "3", "-o", "x.mp4"],
        &["settle", "--from-gateway"],
    ] {
        let output = run_with_key(home().path(), arguments);
        assert_eq!(output.status.code(), Some(5), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains("http://127.0.0.1:9/"), "{}", stderr(&output));
        assert!(stdout(&output).is_empty());
    }
}

#[test]
fn no_key_fails() {
    let mut command = vilokanam();
    let output = command.env_clear().env("VILOKANAM_DATA_DIR", home().path()).arg("revoke").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("keys generate"), "{}", stderr(&output));
}

#[test]
fn keys_works() {
    let home = home();
    let made = run(home.path(), &["keys", "generate", "--json"]);
    assert_eq!(made.status.code(), Some(0), "{}", stderr(&made));
    let phrase = fs::read_to_string(home.path().join("key")).unwrap();
    assert_eq!(phrase.split_whitespace().count(), 12);
    assert!(!stdout(&made).contains(phrase.trim()) && !stderr(&made).contains(phrase.trim()));
    let inspected = run(home.path(), &["keys", "inspect", "--json"]);
    assert_eq!(json(&made)["account"], json(&inspected)["account"]);

    let again = run(home.path(), &["keys", "generate"]);
    assert_eq!(again.status.code(), Some(1), "the key that is there is not lost by a slip");
    assert_eq!(fs::read_to_string(home.path().join("key")).unwrap(), phrase);
}

#[cfg(unix)]
#[test]
fn keys_are_private_works() {
    use std::os::unix::fs::PermissionsExt;
    let home = home();
    let path = home.path().join("deep/mine");
    run(home.path(), &["keys", "generate", "--out", path.to_str().unwrap()]);
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn keys_inspect_works() {
    let output = run_with_key(home().path(), &["keys", "inspect"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains(ALICE));
}

#[test]
fn damaged_key_file_fails() {
    let home = home();
    let path = home.path().join("bad");
    fs::write(&path, "correct horse battery staple").unwrap();
    let output = run(home.path(), &["keys", "inspect", "--key-file", path.to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!stderr(&output).contains("horse") && !stdout(&output).contains("horse"), "secrets are not repeated");
}

#[test]
fn watch_to_stdout_in_json_fails() {
    let output = run_with_key(home().path(), &["watch", "3", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json(&output)["error"]["code"], "usage");
}

#[test]
fn settle_of_a_damaged_file_fails() {
    let home = home();
    let path = home.path().join("claims.json");
    fs::write(&path, "[{}]").unwrap();
    let output = run_with_key(home.path(), &["settle", "--file", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("claims.json"));
}

#[test]
fn publish_of_an_absent_file_fails() {
    let output = run_with_key(home().path(), &["publish", "/nonexistent.mp4", "--stream", "3"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/nonexistent.mp4"));
}

#[test]
fn completions_works() {
    for (shell, word) in [("bash", "complete -F"), ("zsh", "#compdef vilokanam"), ("fish", "complete -c vilokanam")] {
        let output = run(home().path(), &["completions", shell]);
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains(word), "{shell}");
    }
}

#[test]
fn quiet_says_nothing_works() {
    let home = home();
    let output = run(home.path(), &["keys", "generate", "-q"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
}
