//! Runs of the program as a user starts it, without gateway and node.
#![allow(clippy::unwrap_used, reason = "in tests a panic is the way to fail")]

use std::{
    io::{Read, Write},
    net::TcpListener,
    process::{Command, Output},
    thread,
};

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vilokanam-load"));
    command.env_clear().env("VILOKANAM_DATA_DIR", "/nonexistent").args(arguments).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn help_explains_the_limits_that_the_gateway_needs() {
    let output = run(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8(output.stdout).unwrap();
    for word in ["unopened_per_prefix", "max_connections", "ulimit -n", "Exit codes:", "--raw-url", "--key-file"] {
        assert!(help.contains(word), "{word}");
    }
}

#[test]
fn invalid_plan_exits_with_2() {
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let output = run(&[plan]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("Cargo.toml"), "{}", stderr(&output));
}

#[test]
fn missing_key_exits_with_1() {
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/bench.d/load.toml");
    let output = run(&[plan, "--gateway", "http://127.0.0.1:9"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("--key-file"), "{}", stderr(&output));
}

#[test]
fn raw_flood_reports_the_requests_to_a_web_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/x", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            thread::spawn(move || {
                let mut request = [0; 4_096];
                while connection.read(&mut request).is_ok_and(|bytes| bytes > 0) {
                    if connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").is_err() {
                        return;
                    }
                }
            });
        }
    });
    let output = run(&["--raw-url", &url, "--flood", "1s", "--connections", "2", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((report["connections"].as_u64(), report["figures"][0]["kind"].as_str()), (Some(2), Some("get")));
    assert!(report["figures"][0]["requests"].as_u64().is_some_and(|requests| requests > 10), "{report}");
}
