//! What programs can and cannot do in the sandbox. What the kernel does not enforce is not tested.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    fs,
    io::Write,
    net::TcpListener,
    os::unix::net::UnixListener,
    process::{Command, Output, Stdio},
};
use vilokanam_sandbox::{Policy, Sandbox};

fn sandbox(policy: Policy) -> Sandbox {
    Sandbox::entered_by(env!("CARGO_BIN_EXE_vilokanam-sandbox"), policy)
}

/// Runs a script of the shell in the sandbox.
fn shell(policy: Policy, script: &str) -> Output {
    sandbox(policy).command("sh").args(["-c", script]).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether this kernel enforces the sandbox. Tests of what is refused have nothing to test otherwise.
fn is_enforced() -> bool {
    let enforced = sandbox(Policy::default()).check().unwrap();
    if !enforced.is_whole() {
        eprintln!("not tested: {enforced}");
    }
    enforced.is_whole()
}

#[test]
fn programs_run_with_their_arguments_and_exit_codes() {
    let output = shell(Policy::default(), "echo \"$0 $1\"; exit 7");
    assert_eq!(output.status.code(), Some(7), "{}", text(&output.stderr));
    let output = sandbox(Policy::default()).command("echo").args(["a b", "c"]).output().unwrap();
    assert_eq!(text(&output.stdout), "a b c\n", "{}", text(&output.stderr));
}

#[test]
fn files_of_the_user_are_neither_read_nor_written() {
    if !is_enforced() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "the key").unwrap();
    let path = secret.display();
    let output = shell(Policy::default(), &format!("read line < {path} && echo $line"));
    assert_eq!(text(&output.stdout), "", "the secret was read");
    let output = shell(Policy::default(), &format!("echo x > {path}"));
    assert!(!output.status.success());
    assert_eq!(fs::read_to_string(&secret).unwrap(), "the key");
    let output = shell(Policy::default(), &format!("echo x > {}/new", folder.path().display()));
    assert!(!output.status.success() && !folder.path().join("new").exists());
    // What the policy names can be read, and nothing beside it.
    let policy = Policy { readable: vec![secret.clone()], ..Policy::default() };
    let output = shell(policy, &format!("read line < {path}; echo $line"));
    assert_eq!(text(&output.stdout), "the key\n", "{}", text(&output.stderr));
}

#[test]
fn files_are_written_up_to_their_limit_where_the_policy_says_so() {
    if !is_enforced() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let policy =
        |max_file_bytes| Policy { writable: vec![folder.path().to_owned()], max_file_bytes, ..Policy::default() };
    let script = format!("echo 0123456789 > {}/file", folder.path().display());
    assert!(shell(policy(100), &script).status.success());
    assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "0123456789\n");
    assert!(!shell(policy(5), &script).status.success(), "the file is larger than allowed");
}

#[test]
fn no_process_is_started_or_signalled_or_read() {
    if !is_enforced() {
        return;
    }
    let output = shell(Policy::default(), "(echo child)");
    assert_eq!(text(&output.stdout), "", "a process was started");
    let own = std::process::id();
    assert!(!shell(Policy::default(), &format!("kill -0 {own}")).status.success(), "a signal was sent");
    let output = shell(Policy::default(), &format!("read line < /proc/{own}/stat && echo $line"));
    assert_eq!(text(&output.stdout), "", "another process was read");
    assert!(shell(Policy::default(), "read line < /proc/self/stat").status.success(), "its own entry can be read");
}

#[test]
fn network_is_not_reached() {
    if !is_enforced() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("tcp://{}", listener.local_addr().unwrap());
    let probe = |mut command: Command| {
        command.args(["-v", "error", "-f", "flv", "-i", &url]).stdin(Stdio::null()).output().unwrap()
    };
    let output = probe(sandbox(Policy::default()).command("ffprobe"));
    assert!(!output.status.success());
    assert!(listener.accept().is_err(), "the sandbox reached the network: {}", text(&output.stderr));
}

#[test]
fn sockets_beside_those_of_the_policy_are_not_reached() {
    if !is_enforced() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("database");
    let listener = UnixListener::bind(&path).unwrap();
    listener.set_nonblocking(true).unwrap();
    let make =
        ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=30", "-t", "1", "-f", "mpegts"];
    let url = format!("unix://{}", path.display());
    for policy in [Policy::default(), Policy { sockets: vec![folder.path().join("other")], ..Policy::default() }] {
        let output = sandbox(policy).command("ffmpeg").args(make).arg(&url).stdin(Stdio::null()).output().unwrap();
        assert!(!output.status.success());
        assert!(listener.accept().is_err(), "the sandbox reached a socket of another program");
    }
}

#[test]
fn programs_of_the_system_are_not_started() {
    if !is_enforced() {
        return;
    }
    let output = shell(Policy::default(), "exec id");
    assert!(!output.status.success() && output.stdout.is_empty(), "{}", text(&output.stdout));
    // A script needs its shell and what it runs.
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("wrapped");
    fs::write(&script, "#!/bin/sh\nexec echo \"$1\"\n").unwrap();
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let output = sandbox(Policy::default()).command(&script).arg("hello").output().unwrap();
    assert_eq!(text(&output.stdout), "hello\n", "{}", text(&output.stderr));
}

#[test]
fn all_codecs_of_renditions_are_encoded_decoded_and_copied_on_several_threads() {
    for codec in ["libx264", "libx265", "libsvtav1"] {
        let make = ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30", "-t", "0.5"];
        let mut command = sandbox(Policy::default()).command("ffmpeg");
        let encode = ["-c:v", codec, "-threads", "4", "-f", "matroska", "pipe:1"];
        let made = command.args(make).args(encode).stdin(Stdio::null()).output().unwrap();
        assert!(made.status.success() && made.stdout.len() > 10_000, "{codec}: {}", text(&made.stderr));
        for how in [&["-c:v", "libx264", "-f", "mpegts"][..], &["-c", "copy", "-f", "matroska"]] {
            let mut command = sandbox(Policy::default()).command("ffmpeg");
            command.args(["-v", "error", "-threads", "4", "-f", "matroska", "-i", "pipe:0"]).args(how).arg("pipe:1");
            let output = fed(command, &made.stdout);
            assert!(output.status.success() && output.stdout.len() > 10_000, "{codec}: {}", text(&output.stderr));
        }
        let mut command = sandbox(Policy { max_cpu_s: Some(30), ..Policy::default() }).command("ffprobe");
        command.args(["-v", "error", "-of", "csv", "-show_streams", "-f", "matroska", "-i", "pipe:0"]);
        let output = fed(command, &made.stdout);
        assert!(text(&output.stdout).contains("640"), "{codec}: {}", text(&output.stderr));
    }
}

/// Runs a command whose standard input gets these bytes.
fn fed(mut command: Command, input: &[u8]) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
    let feeding = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // A program may have read enough.
    let _ = feeding.join().unwrap();
    output
}

#[test]
fn sockets_of_the_policy_are_reached() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let accepting = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut received = Vec::new();
        std::io::Read::read_to_end(&mut socket, &mut received).unwrap();
        received
    });
    let policy = Policy { sockets: vec![folder.path().to_owned()], ..Policy::default() };
    let output = sandbox(policy)
        .command("ffmpeg")
        .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30", "-t", "2"])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-f", "mpegts", &format!("unix://{}", path.display())])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(accepting.join().unwrap().len() > 10_000);
}

#[test]
fn video_is_decoded_and_encoded_through_pipes() {
    let make =
        ["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30", "-f", "lavfi", "-i", "sine"];
    let encode = ["-t", "2", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-f", "flv", "pipe:1"];
    let source = Command::new("ffmpeg").args(make).args(encode).stdin(Stdio::null()).output().unwrap().stdout;
    let mut child = sandbox(Policy::default())
        .command("ffmpeg")
        .args(["-v", "error", "-protocol_whitelist", "pipe", "-f", "flv", "-i", "pipe:0"])
        .args(["-c:v", "libx264", "-c:a", "aac", "-f", "mpegts", "pipe:1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeding = std::thread::spawn(move || stdin.write_all(&source));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap().unwrap();
    assert!(output.status.success() && output.stdout.len() > 10_000, "{}", text(&output.stderr));
}

#[test]
fn environment_of_the_gateway_stays_outside() {
    let output = Command::new(env!("CARGO_BIN_EXE_vilokanam-sandbox"))
        .args(["env"])
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .output()
        .unwrap();
    assert!(text(&output.stdout).contains("PATH="), "{}", text(&output.stderr));
    assert!(!text(&output.stdout).contains("secret"));
}

#[test]
fn memory_is_bounded() {
    let policy = Policy { max_memory_bytes: 30 << 20, ..Policy::default() };
    let output = sandbox(policy)
        .command("ffmpeg")
        .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=7680x4320", "-t", "1", "-f", "null", "-"])
        .output()
        .unwrap();
    assert!(!output.status.success(), "one picture alone has 50 MB");
}

#[test]
fn sandbox_that_cannot_be_entered_says_so() {
    let output = sandbox(Policy::default()).command("no-such-program").output().unwrap();
    assert_eq!(output.status.code(), Some(126));
    assert!(text(&output.stderr).contains("there is no program no-such-program"), "{}", text(&output.stderr));
    let other = Sandbox::entered_by("false", Policy::default()).check().unwrap_err();
    assert!(other.to_string().contains("cannot enter the sandbox"), "{other}");
}
