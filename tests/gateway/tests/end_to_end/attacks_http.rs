//! Attacks on the HTTP server: paths that lead elsewhere, too much at once, and nothing for too long.

use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use reqwest::Method;
use serde_json::Value;
use std::{fs, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};
use vilokanam_gateway_tests::{
    raw,
    stage::{Plan, Stage},
};

/// What is not in the OpenAPI document: media, for players. `{…}` is a place for anything.
const MEDIA_PATHS: [&str; 10] = [
    "/v1/streams/{id}/hls/{playlist}",
    "/v1/streams/{id}/hls/v/{rendition}/{file}",
    "/v1/streams/{id}/thumbnail.jpg",
    "/v1/streams/{id}/storyboard.vtt",
    "/v1/streams/{id}/sprites/{sheet}",
    "/v1/streams/{id}/keys/{index}",
    "/v1/streams/{id}/recordings/{number}/{playlist}",
    "/v1/streams/{id}/recordings/{number}/v/{rendition}/{file}",
    "/v1/streams/{id}/recordings/{number}/sprites/{sheet}",
    "/docs/{file}",
];
/// What leads out of a folder, written as servers have been fooled by it.
const WAYS_OUT: [&str; 12] = [
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
/// Where one would go from there; relative to several depths of the data folder.
const GOALS: [&str; 5] = ["", "/etc/passwd", "%2fpublish-keys.json", "%2f..%2fgateway.key", "%2fmetadata.sqlite"];
/// Endings that handlers look at.
const ENDINGS: [&str; 4] = ["", ".m3u8", ".m4s", "%00.jpg"];

/// What of the gateway's own files must not be in any answer.
fn secrets(stage: &Stage) -> Result<Vec<Vec<u8>>> {
    let keys: Value = serde_json::from_slice(&fs::read(stage.gateway.data().join("publish-keys.json"))?)?;
    let mut found = vec![b"//Ferdie".to_vec(), b"root:x:0".to_vec(), b"SQLite format 3".to_vec()];
    collect_texts(&keys, &mut found);
    for entry in fs::read_dir(stage.gateway.data().join("secrets"))? {
        found.push(fs::read(entry?.path())?);
    }
    found.retain(|secret| secret.len() >= 8);
    Ok(found)
}

/// Digests and the like: long texts.
fn collect_texts(json: &Value, found: &mut Vec<Vec<u8>>) {
    match json {
        Value::String(text) if text.len() >= 32 => found.push(text.as_bytes().to_vec()),
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|item| collect_texts(item, found)),
        _ => {}
    }
}

/// Every path with each of its places filled with each way out; the other places are filled with what is there.
fn targets(paths: &[String]) -> Vec<String> {
    let mut targets = vec!["/../../../../etc/passwd".to_owned(), "//etc/passwd".into(), "/%2e%2e/gateway.key".into()];
    for path in paths {
        let places: Vec<_> = path.match_indices('{').map(|(place, _)| place).collect();
        for place in &places {
            for way in WAYS_OUT {
                for goal in GOALS {
                    let ending = ENDINGS[targets.len() % ENDINGS.len()];
                    targets.push(fill(path, *place, &format!("{way}{goal}{ending}")));
                }
            }
        }
        targets.push(format!("{}/../../../gateway.key", fill(path, usize::MAX, "")));
    }
    targets
}

/// The path with `text` at one place, and something ordinary at the others.
fn fill(path: &str, place: usize, text: &str) -> String {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let here = path.len() - rest.len() + before.len();
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let usual = match name {
            "rendition" => "240p",
            "file" => "0.m4s",
            "playlist" => "240p.m3u8",
            // The one recording there is.
            "number" => "1",
            _ => "0",
        };
        filled.push_str(before);
        filled.push_str(if here == place { text } else { usual });
        rest = after;
    }
    filled + rest
}

#[tokio::test(flavor = "multi_thread")]
async fn traversing_paths_fails() -> Result<()> {
    let settings = [
        ("INGEST__RECONNECT_WINDOW_S", "1"),
        ("HTTP__REQUESTS_PER_SECOND", "100000"),
        ("HTTP__REQUEST_BURST", "100000"),
    ];
    let plan = Plan { settings: &settings, viewers: &[], is_live: false, ..Plan::default() };
    let mut stage = Stage::open(plan).await?;
    let recorded = stage.record(6).await?;
    let port = stage.gateway.http_port();
    let real = recorded.first().context("something was recorded")?.url.path().to_owned();
    ensure!(raw::get(port, &real).await?.status == 200, "{real} is not served at all");

    let printed = stage.gateway.command()?.arg("print-openapi").output()?;
    let document: Value = serde_json::from_slice(&printed.stdout).context("the OpenAPI document")?;
    let described = document["paths"].as_object().context("it has paths")?.keys().cloned();
    let paths: Vec<String> = described.chain(MEDIA_PATHS.map(str::to_owned)).collect();
    ensure!(paths.len() > MEDIA_PATHS.len() + 8, "the document is all but empty: {paths:?}");
    let (secrets, targets) = (secrets(&stage)?, targets(&paths));
    println!("{} targets of {} paths, {} secrets", targets.len(), paths.len(), secrets.len());
    for some in targets.chunks(32) {
        let answers = try_join_all(some.iter().map(|target| raw::get(port, target))).await?;
        for (target, answer) in some.iter().zip(answers) {
            ensure!((400..500).contains(&answer.status), "{target} is answered with {}", answer.status);
            let whole = [answer.head.as_bytes(), &answer.body].concat();
            let leaked = secrets.iter().find(|secret| whole.windows(secret.len()).any(|part| part == &secret[..]));
            ensure!(leaked.is_none(), "{target} gives a secret away");
        }
    }
    stage.gateway.check_runs()
}

/// A request with this head and body, whose connection may be closed while it is still being sent.
async fn send_raw(port: u16, head: &str, body: &[u8]) -> Result<u16> {
    let mut socket = raw::connect(port).await?;
    socket.write_all(head.as_bytes()).await?;
    // A server that has heard enough does not read on.
    let _ = socket.write_all(body).await;
    Ok(raw::read_answer(&mut socket).await?.status)
}

fn head(method: &str, target: &str, more: &str, length: usize) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: g\r\nConnection: close\r\nContent-Length: {length}\r\n{more}\r\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_with_too_much_fails() -> Result<()> {
    const JSON: &str = "Content-Type: application/json\r\n";
    let mut stage = Stage::open(Plan { viewers: &[], is_live: false, ..Plan::default() }).await?;
    let port = stage.gateway.http_port();
    let bodies = [
        ("longer than allowed", vec![b' '; 1 << 20], 413),
        ("a ticket that is too long", format!("{{\"ticket\":\"0x{}\"}}", "00".repeat(20_000)).into_bytes(), 400),
        ("deeply nested", "[".repeat(60_000).into_bytes(), 400),
        ("a list that is nested deeply", format!("{{\"ticket\":{}", "[".repeat(60_000)).into_bytes(), 400),
        ("not JSON", vec![0xff; 1_000], 400),
    ];
    for (what, body, status) in bodies {
        let head = head("POST", "/v1/sessions", JSON, body.len());
        let answer = send_raw(port, &head, &body).await.with_context(|| what.to_owned())?;
        // What is understood as JSON and is no ticket is 422.
        let is_refused = answer == status || (status == 400 && answer == 422);
        ensure!(is_refused, "{what}: {answer} and not {status}");
    }
    let long = "a".repeat(1 << 20);
    let heads = [
        ("a target without end", head("GET", &format!("/v1/streams?q={long}"), "", 0)),
        ("a header without end", head("GET", "/v1/streams", &format!("X-Long: {long}\r\n"), 0)),
        ("a thousand headers", head("GET", "/v1/streams", &"X-Many: 1\r\n".repeat(1_000), 0)),
    ];
    for (what, head) in heads {
        // It may hang up in the middle of it.
        match send_raw(port, &head, b"").await {
            Ok(status) => ensure!([400, 414, 431].contains(&status), "{what}: {status}"),
            Err(error) => println!("{what}: {error:#}"),
        }
    }
    let payment =
        format!("Authorization: Payment session=\"0x{}\", token=\"{}\"\r\n", "00".repeat(16), "a".repeat(4_000));
    let close = head("POST", "/v1/sessions/0x00000000000000000000000000000000/close", &payment, 0);
    ensure!(send_raw(port, &close, b"").await? == 400, "a payment that is too long is looked at");
    ensure!(raw::get(port, "/health").await?.status == 200, "it does not answer any more");
    stage.gateway.check_runs()
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_nonsense_is_refused_in_the_one_envelope() -> Result<()> {
    let stage = Stage::open(Plan { viewers: &[], is_live: false, ..Plan::default() }).await?;
    let (api, json) = (&stage.api, [("content-type", "application/json")]);
    let session = "/v1/sessions/0x00000000000000000000000000000000";
    let asked = [
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
        (Method::POST, "/v1/sessions", json.to_vec(), "[[["),
        (Method::POST, "/v1/sessions", json.to_vec(), "{}"),
        (Method::POST, "/v1/sessions", vec![], "{}"),
        (Method::POST, &*format!("{session}/ticks"), json.to_vec(), r#"{"ticks":-1,"proof":7}"#),
        (Method::POST, &*format!("{session}/close"), vec![("authorization", "Bearer x")], ""),
        (Method::PUT, "/v1/publish/first/live.m3u8", vec![("authorization", "Bearer x")], ""),
        (Method::GET, &*format!("{session}/ws"), vec![], ""),
    ];
    let mut wrong = Vec::new();
    for (method, path, headers, body) in asked {
        let answer = api.send(method.clone(), path, &headers, body.into()).await?;
        ensure!((400..500).contains(&answer.status), "{method} {path}: {answer:?}");
        if let Err(error) = answer.problem() {
            wrong.push(format!("{method} {path} {body}: {error:#}"));
        }
    }
    ensure!(wrong.is_empty(), "refused, but not in the one envelope:\n{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn uploading_without_a_key_is_refused_before_the_upload() -> Result<()> {
    let stage = Stage::open(Plan { viewers: &[], is_live: false, ..Plan::default() }).await?;
    let port = stage.gateway.http_port();
    for (more, status) in [("", 401), ("Authorization: Bearer 0123456789012345678901234567890123456789\r\n", 403)] {
        let mut socket = raw::connect(port).await?;
        // The body is announced and never comes: whoever has no key need not send it.
        socket.write_all(head("PUT", "/v1/publish/0/1.m4s", more, 30 << 20).as_bytes()).await?;
        let answer = raw::read_answer(&mut socket).await?;
        ensure!(answer.status == status, "{} and not {status}: the body is waited for", answer.status);
    }
    Ok(())
}

/// A connection on which something is said slowly, without end.
async fn say_slowly(port: u16, first: &str, then: &str) -> Result<()> {
    let mut socket = raw::connect(port).await?;
    socket.write_all(first.as_bytes()).await?;
    let talking = async {
        loop {
            sleep(Duration::from_millis(500)).await;
            if socket.write_all(then.as_bytes()).await.is_err() || is_closed(&mut socket).await {
                return;
            }
        }
    };
    timeout(raw::PATIENCE, talking).await.with_context(|| format!("it listens for ever to {first:?}"))
}

/// Whether the peer has closed; what it may have said before does not matter.
async fn is_closed(socket: &mut TcpStream) -> bool {
    let mut answer = [0; 4096];
    matches!(timeout(Duration::from_millis(10), socket.read(&mut answer)).await, Ok(Ok(0) | Err(_)))
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_without_end_fails() -> Result<()> {
    const CONNECTIONS: usize = 100;
    let settings = [("HTTP__TIMEOUT_MS", "3000")];
    let stage = Stage::open(Plan { settings: &settings, viewers: &[], is_live: false, ..Plan::default() }).await?;
    let port = stage.gateway.http_port();
    let body = head("POST", "/v1/sessions", "Content-Type: application/json\r\n", 60_000);
    let slow = (0..CONNECTIONS).map(|number| {
        let body = body.clone();
        async move {
            match number % 3 {
                0 => say_slowly(port, "GET /health HTTP/1.1\r\nHost: g\r\n", "X-Slow: 1\r\n").await,
                1 => say_slowly(port, "GE", "").await,
                _ => say_slowly(port, &body, " ").await,
            }
        }
    });
    let slow = tokio::spawn(try_join_all(slow.collect::<Vec<_>>()));
    for _ in 0..10 {
        ensure!(raw::get(port, "/health").await?.status == 200, "others are not answered meanwhile");
        sleep(Duration::from_millis(200)).await;
    }
    slow.await??;
    ensure!(raw::get(port, "/health").await?.status == 200, "it does not answer any more");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_nothing_without_end_fails() -> Result<()> {
    let stage = Stage::open(Plan { viewers: &[], is_live: false, ..Plan::default() }).await?;
    let port: u16 = stage.gateway.rtmp_url().trim_end_matches("/live").rsplit(':').next().context("a port")?.parse()?;
    // Nothing at all; half a handshake; what is no RTMP.
    try_join_all([
        say_slowly(port, "", ""),
        say_slowly(port, "\u{3}abc", "a"),
        say_slowly(port, "GET / HTTP/1.1\r\n", "\r\n"),
    ])
    .await?;
    Ok(())
}
