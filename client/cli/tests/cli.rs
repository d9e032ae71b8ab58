//! The program as a user runs it: help, exit codes, JSON, files. No node or gateway runs; where one is needed, it does not
//! answer, or the test is one itself.
#![allow(clippy::unwrap_used, reason = "in tests a panic is the way to fail")]

use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::Path,
    process::{Command, Output},
    thread,
};

/// Port 9 of this machine, on which no program listens.
const NO_SERVERS: [&str; 4] = ["--node", "ws://127.0.0.1:9", "--gateway", "http://127.0.0.1:9"];
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
    command.args(NO_SERVERS).args(arguments).output().unwrap()
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
fn help_lists_commands_and_exit_codes() {
    let output = run(home().path(), &["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let help = stdout(&output);
    for word in ["deposit", "watch", "publish", "settle", "Exit codes:", "130", "--json", "VILOKANAM_KEY"] {
        assert!(help.contains(word), "{word}");
    }
}

#[test]
fn each_command_has_help() {
    let lines =
        ["wallet generate", "account", "deposit", "keys add", "gift", "withdraw", "payout", "tip", "stream create"];
    let more =
        ["stream update", "stream key create", "stream list", "gateway register", "publish", "watch", "sessions"];
    let later =
        ["keys update", "gift remove", "chain validators set-keys", "gov submit spend", "gov vote", "gov second"];
    for line in lines.into_iter().chain(more).chain(["receipts", "earnings", "settle", "completions"]).chain(later) {
        let arguments: Vec<&str> = line.split(' ').chain(["--help"]).collect();
        let output = run(home().path(), &arguments);
        assert_eq!(output.status.code(), Some(0), "{line}");
        assert!(stdout(&output).contains("Usage: vilokanam"), "{line}");
    }
}

#[test]
fn version_is_printed() {
    let output = run(home().path(), &["--version"]);
    assert_eq!(stdout(&output), format!("vilokanam {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn invalid_command_line_exits_with_2() {
    let output = run(home().path(), &["deposit", "1,5"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("is not a decimal number"), "{}", stderr(&output));
    assert!(output.stdout.is_empty());
}

#[test]
fn invalid_command_line_is_reported_as_json() {
    let output = run(home().path(), &["deposit", "1,5", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json(&output)["error"]["code"], "usage");
    assert_eq!(json(&output)["error"]["exit"], 2);
}

#[test]
fn node_that_does_not_answer_exits_with_5() {
    let output = run_with_key(home().path(), &["account", "--json"]);
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    let error = &json(&output)["error"];
    assert_eq!(error["exit"], 5);
    assert!(error["message"].as_str().unwrap().contains("ws://127.0.0.1:9"));
    assert!(stderr(&output).starts_with("Error: "));
}

#[test]
fn gateway_that_does_not_answer_exits_with_5() {
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
fn missing_wallet_key_exits_with_1() {
    let mut command = vilokanam();
    let output =
        command.env_clear().env("VILOKANAM_DATA_DIR", home().path()).args(["keys", "remove-all"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("wallet generate"), "{}", stderr(&output));
}

#[test]
fn key_is_generated_once() {
    let home = home();
    let made = run(home.path(), &["wallet", "generate", "--json"]);
    assert_eq!(made.status.code(), Some(0), "{}", stderr(&made));
    let phrase = fs::read_to_string(home.path().join("key")).unwrap();
    assert_eq!(phrase.split_whitespace().count(), 12);
    assert!(!stdout(&made).contains(phrase.trim()) && !stderr(&made).contains(phrase.trim()));
    let inspected = run(home.path(), &["wallet", "inspect", "--json"]);
    assert_eq!(json(&made)["account"], json(&inspected)["account"]);

    let again = run(home.path(), &["wallet", "generate"]);
    assert_eq!(again.status.code(), Some(1), "an existing key is not overwritten");
    assert_eq!(fs::read_to_string(home.path().join("key")).unwrap(), phrase);
}

#[cfg(unix)]
#[test]
fn generated_key_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let home = home();
    let path = home.path().join("deep/mine");
    run(home.path(), &["wallet", "generate", "--out", path.to_str().unwrap()]);
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn account_of_the_key_is_shown() {
    let output = run_with_key(home().path(), &["wallet", "inspect"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains(ALICE));
}

#[test]
fn damaged_key_file_is_not_repeated() {
    let home = home();
    let path = home.path().join("bad");
    fs::write(&path, "correct horse battery staple").unwrap();
    let output = run(home.path(), &["wallet", "inspect", "--key-file", path.to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        !stderr(&output).contains("horse") && !stdout(&output).contains("horse"),
        "no part of the secret is printed"
    );
}

#[test]
fn video_and_json_cannot_share_stdout() {
    let output = run_with_key(home().path(), &["watch", "3", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json(&output)["error"]["code"], "usage");
}

#[test]
fn damaged_file_of_claims_is_named() {
    let home = home();
    let path = home.path().join("claims.json");
    fs::write(&path, "[{}]").unwrap();
    let output = run_with_key(home.path(), &["settle", "--file", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("claims.json"));
}

#[test]
fn absent_file_is_named() {
    let output = run_with_key(home().path(), &["publish", "/nonexistent.mp4", "--stream", "3"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/nonexistent.mp4"));
}

#[test]
fn completions_are_printed_for_each_shell() {
    for (shell, word) in [("bash", "complete -F"), ("zsh", "#compdef vilokanam"), ("fish", "complete -c vilokanam")] {
        let output = run(home().path(), &["completions", shell]);
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains(word), "{shell}");
    }
}

#[test]
fn quiet_prints_nothing() {
    let home = home();
    let output = run(home.path(), &["wallet", "generate", "-q"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
}

/// Writes a publish key for this RTMP address, and returns the path.
fn write_publish_key(folder: &Path, rtmp_url: &str, rtmp_stream_key: &str) -> String {
    let key = serde_json::json!({
        "id": "k1", "key": "topsecret", "rtmp_url": rtmp_url, "rtmp_stream_key": rtmp_stream_key,
    });
    let path = folder.join(format!("{rtmp_stream_key}.json"));
    fs::write(&path, key.to_string()).unwrap();
    path.display().to_string()
}

/// Answers one HTTP request with this JSON document. Returns the server's address, and what it was asked.
fn answer_once(json: &'static str) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(connection.try_clone().unwrap());
        let (mut request, mut body_bytes) = (String::new(), 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(length) = line.to_lowercase().strip_prefix("content-length:") {
                body_bytes = length.trim().parse().unwrap();
            }
            request.push_str(&line);
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; body_bytes];
        reader.read_exact(&mut body).unwrap();
        let length = json.len();
        write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{json}").unwrap();
        request + &String::from_utf8(body).unwrap()
    });
    (address, server)
}

#[test]
fn publish_over_srt_needs_no_wallet_when_there_is_a_publish_key() {
    let home = home();
    let film = home.path().join("film.mp4");
    fs::write(&film, "").unwrap();
    let key = write_publish_key(home.path(), "rtmp://g/live", "3");
    let (gateway, server) = answer_once(r#"{"url":"srt://127.0.0.1:9000"}"#);
    // There is no wallet key anywhere. `true` takes the place of ffmpeg.
    let arguments = ["publish", film.to_str().unwrap(), "--stream", "3", "--srt", "--publish-key-file", &key];
    let output = run(home.path(), &[&arguments[..], &["--ffmpeg", "true", "--gateway", &gateway]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let request = server.join().unwrap();
    assert!(request.starts_with("POST /v1/streams/3/srt "), "{request}");
    assert!(request.contains("topsecret") && !request.contains("signature"), "{request}");
}

#[test]
fn files_with_names_that_ffmpeg_interprets_are_published() {
    let home = home();
    let (film, image) = (home.path().join("source.mp4"), home.path().join("source.png"));
    for (source, frames, format) in [(&film, "10", "yuv420p"), (&image, "1", "rgb24")] {
        let made = Command::new("ffmpeg")
            .args(["-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=10"])
            .args(["-frames:v", frames, "-pix_fmt", format])
            .arg(source)
            .status();
        assert!(made.unwrap().success());
    }
    for (number, (name, source, codec)) in [
        ("12:30 news.mp4", &film, "h264"),
        ("talk: part 1.mp4", &film, "h264"),
        ("./-x.mp4", &film, "h264"),
        ("a%03d.mp4", &film, "h264"),
        ("file:y.mp4", &film, "h264"),
        ("a%03d.png", &image, "png"),
    ]
    .into_iter()
    .enumerate()
    {
        fs::copy(source, home.path().join(name)).unwrap();
        // What ffmpeg takes for the RTMP server is a file.
        let target = format!("published-{number}.flv");
        let key = write_publish_key(home.path(), home.path().to_str().unwrap(), &target);
        let mut command = vilokanam();
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("VILOKANAM_DATA_DIR", home.path());
        let output = command
            .current_dir(home.path())
            .args(["publish", name, "--stream", "3", "--publish-key-file", &key])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{name}: {}", stderr(&output));
        let description = format!("video {codec} 64x64");
        assert!(stderr(&output).contains(&description), "{name}: ffprobe reads it: {}", stderr(&output));
        assert!(fs::metadata(home.path().join(&target)).unwrap().len() > 1_000, "{name}");
    }
}

#[test]
fn input_that_ffmpeg_cannot_read_does_not_blame_the_publish_key() {
    let home = home();
    let film = home.path().join("no film.mp4");
    fs::write(&film, "this is not a film").unwrap();
    let key = write_publish_key(home.path(), home.path().to_str().unwrap(), "x.flv");
    let mut command = vilokanam();
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("VILOKANAM_DATA_DIR", home.path());
    let arguments = ["publish", film.to_str().unwrap(), "--stream", "3", "--publish-key-file", &key];
    let output = command.args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    assert!(text.contains("cannot read the input") && !text.contains("--new-key"), "{text}");
}
