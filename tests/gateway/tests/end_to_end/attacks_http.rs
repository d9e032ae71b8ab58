//! Attacks on the HTTP server and on RTMP: path traversal, oversized and malformed requests, and slow connections.

use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use reqwest::{
    header::{AUTHORIZATION, CONTENT_TYPE},
    Method,
};
use serde_json::Value;
use std::{fs, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};
use vilokanam_gateway_tests::{
    environment::{EnvironmentOptions, TestEnvironment},
    raw_http,
};
use vilokanam_tests::accounts::GATEWAY;

/// Path of the OpenAPI document's own pages, which it does not describe.
const DOCUMENTATION: &str = "/docs/{file}";
/// Fewest paths of the OpenAPI document.
const MIN_PATHS: usize = 40;
/// Ways to write a path that leads out of a folder, which have deceived other servers.
const ESCAPES: [&str; 12] = [
    "..",
    "%2e%2e",
    "../..",
    "..%2f..%2f..",
    "%2e%2e%2f%2e%2e%2f%2e%2e",
    "..%252f..%252f..",
    "..%5c..%5c..",
    "....//....//",
    "..%c0%af..%c0%af",
    "..%00",
    "%2fetc%2fpasswd",
    "..;/..",
];
/// Files that an attacker would like to read, for several depths of the data folder.
const TARGET_FILES: [&str; 5] =
    ["", "/etc/passwd", "%2fpublish-keys.json", "%2f..%2fgateway.key", "%2fmetadata.sqlite"];
/// Extensions that handlers check.
const EXTENSIONS: [&str; 4] = ["", ".m3u8", ".m4s", "%00.jpg"];

/// Returns texts and bytes of the gateway's files that no answer may contain.
fn secrets(env: &TestEnvironment) -> Result<Vec<Vec<u8>>> {
    let keys: Value = serde_json::from_slice(&fs::read(env.gateway.data().join("publish-keys.json"))?)?;
    let mut found = vec![GATEWAY.as_bytes().to_vec(), b"root:x:0".to_vec(), b"SQLite format 3".to_vec()];
    collect_texts(&keys, &mut found);
    for entry in fs::read_dir(env.gateway.data().join("secrets"))? {
        found.push(fs::read(entry?.path())?);
    }
    found.retain(|secret| secret.len() >= 8);
    Ok(found)
}

/// Collects all long texts, such as digests.
fn collect_texts(json: &Value, found: &mut Vec<Vec<u8>>) {
    match json {
        Value::String(text) if text.len() >= 32 => found.push(text.as_bytes().to_vec()),
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|item| collect_texts(item, found)),
        _ => {}
    }
}

/// Returns every path with each of its parameters replaced by each escape. The other parameters have ordinary values.
fn targets(paths: &[String]) -> Vec<String> {
    let mut targets = vec!["/../../../../etc/passwd".to_owned(), "//etc/passwd".into(), "/%2e%2e/gateway.key".into()];
    for path in paths {
        for (position, _) in path.match_indices('{') {
            for escape in ESCAPES {
                for file in TARGET_FILES {
                    let extension = EXTENSIONS[targets.len() % EXTENSIONS.len()];
                    targets.push(fill(path, position, &format!("{escape}{file}{extension}")));
                }
            }
        }
        targets.push(format!("{}/../../../gateway.key", fill(path, usize::MAX, "")));
    }
    targets
}

/// Replaces the parameter at this position by `text`, and the others by ordinary values.
fn fill(path: &str, position: usize, text: &str) -> String {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let here = path.len() - rest.len() + before.len();
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let ordinary = match name {
            "rendition" => "240p",
            "file" => "0.m4s",
            "playlist" => "240p.m3u8",
            // The stream has one recording.
            "number" => "1",
            _ => "0",
        };
        filled.push_str(before);
        filled.push_str(if here == position { text } else { ordinary });
        rest = after;
    }
    filled + rest
}

#[tokio::test(flavor = "multi_thread")]
async fn path_traversal_finds_no_file_and_no_secret() -> Result<()> {
    let settings = [
        ("INGEST__RECONNECT_WINDOW_S", "1"),
        ("HTTP__REQUESTS_PER_SECOND", "100000"),
        ("HTTP__REQUEST_BURST", "100000"),
    ];
    let mut env =
        TestEnvironment::start(EnvironmentOptions { settings: &settings, ..EnvironmentOptions::offline() }).await?;
    let recorded = env.record(6).await?;
    let port = env.gateway.http_port();
    let existing = recorded.first().context("the recording has no segment")?.url.path();
    ensure!(raw_http::get(port, existing).await?.status == 200, "an existing file is not served: {existing}");

    let printed = env.gateway.command()?.arg("print-openapi").output()?;
    let document: Value = serde_json::from_slice(&printed.stdout).context("the OpenAPI document is not JSON")?;
    let described = document["paths"].as_object().context("the OpenAPI document has no paths")?.keys().cloned();
    let paths: Vec<String> = described.chain([DOCUMENTATION.to_owned()]).collect();
    ensure!(paths.len() > MIN_PATHS, "the OpenAPI document has too few paths: {paths:?}");
    let (secrets, targets) = (secrets(&env)?, targets(&paths));
    println!("{} targets of {} paths, {} secrets", targets.len(), paths.len(), secrets.len());
    for chunk in targets.chunks(32) {
        let answers = try_join_all(chunk.iter().map(|target| raw_http::get(port, target))).await?;
        for (target, answer) in chunk.iter().zip(answers) {
            ensure!((400..500).contains(&answer.status), "HTTP {} for {target}", answer.status);
            let bytes = [answer.head.as_bytes(), &answer.body].concat();
            let leaked = secrets.iter().find(|secret| bytes.windows(secret.len()).any(|part| part == &secret[..]));
            ensure!(leaked.is_none(), "the answer for {target} contains a secret");
        }
    }
    env.gateway.ensure_running()
}

/// Sends a request whose connection may be closed before it is complete. Returns the status of the answer.
async fn send_raw(port: u16, head: &str, body: &[u8]) -> Result<u16> {
    let mut socket = raw_http::connect(port).await?;
    socket.write_all(head.as_bytes()).await?;
    // Fails if the gateway has already refused the request.
    let _ = socket.write_all(body).await;
    Ok(raw_http::read_response(&mut socket).await?.status)
}

/// Returns the head of a request with a body of this length, and with these further headers.
fn head(method: &str, target: &str, headers: &str, length: usize) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: g\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn oversized_requests_are_refused() -> Result<()> {
    const JSON: &str = "Content-Type: application/json\r\n";
    let mut env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    let port = env.gateway.http_port();
    let bodies = [
        ("a body that is too long", vec![b' '; 1 << 20], 413),
        ("a ticket that is too long", format!("{{\"ticket\":\"0x{}\"}}", "00".repeat(20_000)).into_bytes(), 400),
        ("deeply nested JSON", "[".repeat(60_000).into_bytes(), 400),
        ("deep nesting in a field", format!("{{\"ticket\":{}", "[".repeat(60_000)).into_bytes(), 400),
        ("not JSON", vec![0xff; 1_000], 400),
    ];
    for (what, body, status) in bodies {
        let head = head("POST", "/v1/sessions", JSON, body.len());
        let answer = send_raw(port, &head, &body).await.with_context(|| what.to_owned())?;
        // JSON that is not a ticket is refused with 422.
        let is_refused = answer == status || (status == 400 && answer == 422);
        ensure!(is_refused, "{what}: HTTP {answer}, not {status}");
    }
    let long = "a".repeat(1 << 20);
    let heads = [
        ("a long target", head("GET", &format!("/v1/streams?q={long}"), "", 0)),
        ("a long header", head("GET", "/v1/streams", &format!("X-Long: {long}\r\n"), 0)),
        ("a thousand headers", head("GET", "/v1/streams", &"X-Many: 1\r\n".repeat(1_000), 0)),
    ];
    for (what, head) in heads {
        // The gateway may close the connection before the request is complete.
        match send_raw(port, &head, b"").await {
            Ok(status) => ensure!([400, 414, 431].contains(&status), "{what}: {status}"),
            Err(error) => println!("{what}: {error:#}"),
        }
    }
    let payment =
        format!("Authorization: Payment session=\"0x{}\", token=\"{}\"\r\n", "00".repeat(16), "a".repeat(4_000));
    let close = head("POST", "/v1/sessions/0x00000000000000000000000000000000/close", &payment, 0);
    ensure!(send_raw(port, &close, b"").await? == 400, "a payment that is too long is not refused");
    check_health(port).await?;
    env.gateway.ensure_running()
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_requests_are_answered_with_a_problem_document() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    let json = vec![(CONTENT_TYPE.as_str(), "application/json")];
    let bearer = vec![(AUTHORIZATION.as_str(), "Bearer x")];
    let session = "/v1/sessions/0x00000000000000000000000000000000";
    let requests = [
        (Method::GET, "/v1/nowhere", vec![], ""),
        (Method::GET, "/v1/streams/first", vec![], ""),
        (Method::GET, "/v1/streams/-1/keys/0", vec![], ""),
        (Method::GET, "/v1/streams/0/keys/0?count=many", vec![], ""),
        (Method::GET, "/v1/streams?limit=many", vec![], ""),
        (Method::GET, "/v1/streams/0/hls/240p.m3u8?_HLS_msn=last", vec![], ""),
        (Method::GET, "/v1/sessions/nobody", vec![], ""),
        (Method::GET, "/v1/viewers/nobody/sessions", vec![], ""),
        (Method::GET, "/v1/creators/nobody/earnings", vec![], ""),
        (Method::DELETE, "/v1/sessions", vec![], ""),
        (Method::POST, "/v1/sessions", json.clone(), "[[["),
        (Method::POST, "/v1/sessions", json.clone(), "{}"),
        (Method::POST, "/v1/sessions", vec![], "{}"),
        (Method::POST, &*format!("{session}/ticks"), json, r#"{"ticks":-1,"proof":7}"#),
        (Method::POST, &*format!("{session}/close"), bearer.clone(), ""),
        (Method::PUT, "/v1/publish/first/live.m3u8", bearer, ""),
        (Method::GET, &*format!("{session}/ws"), vec![], ""),
    ];
    let mut wrong = Vec::new();
    for (method, path, headers, body) in requests {
        let answer = env.api.send(method.clone(), path, &headers, body.into()).await?;
        ensure!((400..500).contains(&answer.status), "{method} {path}: {answer:?}");
        if let Err(error) = answer.problem() {
            wrong.push(format!("{method} {path} {body}: {error:#}"));
        }
    }
    ensure!(wrong.is_empty(), "refused without a valid problem document:\n{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn upload_without_a_key_is_refused_before_its_body() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    let port = env.gateway.http_port();
    for (headers, status) in [("", 401), ("Authorization: Bearer 0123456789012345678901234567890123456789\r\n", 403)] {
        let mut socket = raw_http::connect(port).await?;
        // The body is announced, but not sent.
        socket.write_all(head("PUT", "/v1/publish/0/1.m4s", headers, 30 << 20).as_bytes()).await?;
        let answer = raw_http::read_response(&mut socket).await?;
        ensure!(answer.status == status, "HTTP {}, not {status}", answer.status);
    }
    Ok(())
}

async fn check_health(port: u16) -> Result<()> {
    let status = raw_http::get(port, "/health").await?.status;
    ensure!(status == 200, "the gateway is not healthy: HTTP {status}");
    Ok(())
}

/// Sends `first`, then `rest` again and again in intervals, until the gateway closes the connection.
async fn send_slowly(port: u16, first: &str, rest: &str) -> Result<()> {
    let mut socket = raw_http::connect(port).await?;
    socket.write_all(first.as_bytes()).await?;
    let sending = async {
        loop {
            sleep(Duration::from_millis(500)).await;
            if socket.write_all(rest.as_bytes()).await.is_err() || is_closed(&mut socket).await {
                return;
            }
        }
    };
    let closed = timeout(raw_http::CLOSE_TIMEOUT, sending).await;
    closed.with_context(|| format!("the connection with {first:?} stays open"))
}

/// Returns whether the gateway has closed the connection. Ignores what it has sent before.
async fn is_closed(socket: &mut TcpStream) -> bool {
    let mut answer = [0; 4096];
    matches!(timeout(Duration::from_millis(10), socket.read(&mut answer)).await, Ok(Ok(0) | Err(_)))
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_requests_are_closed_and_do_not_delay_others() -> Result<()> {
    const CONNECTIONS: usize = 100;
    let settings = [("HTTP__TIMEOUT_MS", "3000")];
    let env =
        TestEnvironment::start(EnvironmentOptions { settings: &settings, ..EnvironmentOptions::offline() }).await?;
    let port = env.gateway.http_port();
    let body = head("POST", "/v1/sessions", "Content-Type: application/json\r\n", 60_000);
    let slow = (0..CONNECTIONS).map(|number| {
        let body = body.clone();
        async move {
            match number % 3 {
                0 => send_slowly(port, "GET /health HTTP/1.1\r\nHost: g\r\n", "X-Slow: 1\r\n").await,
                1 => send_slowly(port, "GE", "").await,
                _ => send_slowly(port, &body, " ").await,
            }
        }
    });
    let slow = tokio::spawn(try_join_all(slow.collect::<Vec<_>>()));
    for _ in 0..10 {
        check_health(port).await.context("other requests are not answered meanwhile")?;
        sleep(Duration::from_millis(200)).await;
    }
    slow.await??;
    check_health(port).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn rtmp_connections_that_publish_nothing_are_closed() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    let port = env.gateway.rtmp_port();
    // Nothing, half a handshake, and another protocol.
    try_join_all([
        send_slowly(port, "", ""),
        send_slowly(port, "\u{3}abc", "a"),
        send_slowly(port, "GET / HTTP/1.1\r\n", "\r\n"),
    ])
    .await?;
    Ok(())
}
