//! Attacks by what is taken in: decoders that would be taken over, URLs that lead to the gateway's neighbours, and uploads
//! that would fill its memory.

use anyhow::{ensure, Context, Result};
use reqwest::{header::AUTHORIZATION, Method};
use std::fs;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use vilokanam_gateway_tests::{
    api::Response,
    environment::{creator_key, EnvironmentOptions, TestEnvironment, STREAM},
    signed,
};
use vilokanam_tests::wait_for;
use vilokanam_wire::source::PulledSource;

/// Maximum time until a source that cannot be pulled has failed.
const SOURCE_SECONDS: u64 = 30;

/// Sends a request of the stream's creator.
async fn as_creator(env: &TestEnvironment, method: Method, path: &str, body: &str) -> Result<Response> {
    let genesis = env.chain.genesis_hash();
    signed::send(&env.api, &genesis, &creator_key()?, (method, path), &[], body.as_bytes().to_vec()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn transcoder_has_no_rights_of_the_gateway() -> Result<()> {
    let settings = [("INGEST__SANDBOX", "required")];
    let options = EnvironmentOptions { viewers: &[], settings: &settings, ..Default::default() };
    let env = TestEnvironment::start(options).await?;
    env.player("240p").first_segment().await?;
    let transcoders = env.gateway.transcoders();
    ensure!(!transcoders.is_empty(), "no transcoder runs");
    for id in transcoders {
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let has = |line: &str| status.lines().any(|found| found == line);
        ensure!(has("NoNewPrivs:\t1") && has("Seccomp:\t2"), "system calls are not restricted: {status}");
        let limits = fs::read_to_string(format!("/proc/{id}/limits"))?;
        let files = limits.lines().find(|line| line.starts_with("Max file size")).context("there is a limit")?;
        ensure!(files.split_whitespace().nth(3) == Some("0"), "it may write files: {files}");
        let environment = fs::read(format!("/proc/{id}/environ"))?;
        ensure!(!String::from_utf8_lossy(&environment).contains("VILOKANAM"), "it has the gateway's environment");
    }
    let log = fs::read_to_string(env.gateway.log())?;
    ensure!(log.contains("ffmpeg runs in a sandbox: files and system calls are restricted"), "the log does not say so");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn source_that_leads_to_the_neighbours_of_the_gateway_is_refused() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions { viewers: &[], ..EnvironmentOptions::offline() }).await?;
    let neighbour = TcpListener::bind("127.0.0.1:0").await?;
    let port = neighbour.local_addr()?.port();
    let path = format!("/v1/streams/{STREAM}/source");
    for host in [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0.0.0.0",
        "0",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::7f00:1]",
        "[::1]",
        "[fe80::1]",
        "169.254.169.254",
        "10.0.0.1",
    ] {
        for url in [format!("http://{host}:{port}/x.m3u8"), format!("rtmp://{host}:{port}/live/x")] {
            let refused = as_creator(&env, Method::PUT, &path, &format!("{{\"url\":\"{url}\"}}")).await?;
            ensure!(refused.status == 422, "{url}: {refused:?}");
        }
    }
    let file = as_creator(&env, Method::PUT, &path, "{\"url\":\"file:///etc/passwd\"}").await?;
    ensure!(file.status == 422, "{file:?}");
    let none = as_creator(&env, Method::GET, &path, "").await?;
    ensure!(none.status == 404, "a refused source is kept: {none:?}");
    let connected = tokio::time::timeout(std::time::Duration::ZERO, neighbour.accept()).await;
    ensure!(connected.is_err(), "the gateway has connected to its neighbour");
    let stranger = env.api.send(Method::PUT, &path, &[], b"{\"url\":\"https://example.org/x\"}".to_vec()).await?;
    ensure!(stranger.status == 401, "a request without a sign-in is accepted: {stranger:?}");
    Ok(())
}

/// Answers each request with a redirect to a URL.
async fn redirect(listener: TcpListener, to: String) -> Result<()> {
    loop {
        let (mut socket, _) = listener.accept().await?;
        let mut request = [0; 4_096];
        let _ = socket.read(&mut request).await?;
        let answer = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        socket.write_all(answer.as_bytes()).await?;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn source_that_redirects_to_the_neighbours_of_the_gateway_is_not_followed() -> Result<()> {
    let settings = [("INGEST__PULL_NETWORKS", "[\"127.0.0.1/32\"]")];
    let options = EnvironmentOptions { viewers: &[], settings: &settings, ..EnvironmentOptions::offline() };
    let env = TestEnvironment::start(options).await?;
    let neighbour = TcpListener::bind("127.0.0.2:0").await?;
    let allowed = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/live.m3u8", allowed.local_addr()?);
    let redirecting = tokio::spawn(redirect(allowed, format!("http://{}/live.m3u8", neighbour.local_addr()?)));
    let path = format!("/v1/streams/{STREAM}/source");
    as_creator(&env, Method::PUT, &path, &format!("{{\"url\":\"{url}\"}}")).await?.success()?;
    let error = wait_for("the source to fail", SOURCE_SECONDS, || async {
        let source: PulledSource = as_creator(&env, Method::GET, &path, "").await?.json()?;
        Ok(source.last_error)
    })
    .await?;
    ensure!(error.contains("127.0.0.2"), "the reason is not named: {error}");
    let connected = tokio::time::timeout(std::time::Duration::ZERO, neighbour.accept()).await;
    ensure!(connected.is_err(), "the gateway has connected to its neighbour");
    redirecting.abort();
    Ok(())
}

/// Begins an upload whose body never comes to its end.
async fn begin_upload(env: &TestEnvironment, key: &str, number: usize) -> Result<TcpStream> {
    let mut socket = TcpStream::connect(("127.0.0.1", env.gateway.http_port())).await?;
    let head = format!(
        "PUT /v1/publish/{STREAM}/seg{number}.ts HTTP/1.1\r\nHost: x\r\n{AUTHORIZATION}: Bearer {key}\r\n\
         Content-Length: 1000000\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(&[0x47; 1_000]).await?;
    Ok(socket)
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_of_one_key_take_the_memory_of_one_body() -> Result<()> {
    /// One upload that is read, and those that may wait for it.
    const MAX_UPLOADS: usize = 9;
    let env = TestEnvironment::start(EnvironmentOptions { viewers: &[], ..EnvironmentOptions::offline() }).await?;
    let key = env.creator().create_publish_key(STREAM)?.key;
    let mut uploads = Vec::new();
    for number in 0..MAX_UPLOADS {
        uploads.push(begin_upload(&env, &key, number).await?);
    }
    // Which of them is refused depends on the order in which the gateway sees them: one too many is.
    uploads.push(begin_upload(&env, &key, MAX_UPLOADS).await?);
    let answers = uploads.iter_mut().map(|socket| {
        Box::pin(async move {
            let mut answer = vec![0; 12];
            socket.read_exact(&mut answer).await.map(|_| answer)
        })
    });
    let (answer, _, _) = futures::future::select_all(answers).await;
    ensure!(answer?.ends_with(b" 503"), "the upload that is one too many is not refused for the moment");
    drop(uploads);
    Ok(())
}
