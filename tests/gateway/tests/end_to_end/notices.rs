//! Notices: followers are told in the page, by Web Push and by mail that a creator is live; nobody else is, and nothing is sent
//! to addresses that point inwards.

use anyhow::{ensure, Context, Result};
use futures::{SinkExt, StreamExt};
use reqwest::{header::CONTENT_TYPE, Method};
use serde_json::{json, Value};
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Mutex,
};
use tokio_tungstenite::{connect_async, tungstenite::Message};
use vilokanam_chain::Signer;
use vilokanam_gateway_tests::{
    api::Response,
    environment::{EnvironmentOptions, TestEnvironment},
    publisher::Protocol,
    signed,
};
use vilokanam_tests::{accounts::CREATOR, wait_for};
use vilokanam_wire::{
    auth::Me,
    notices::{MailView, Notice, NoticeKind, NoticeSettings, NoticeWays, ToNoticeReader, UnreadNotices},
    streams::Page,
    Account,
};

const FOLLOWER: &str = "//Charlie";
const SILENT: &str = "//Dave";
const STRANGER: &str = "//Eve";
/// Keys of a browser, from the documentation of a push library.
const P256DH: &str = "BH1HTeKM7-NwaLGHEqxeu2IamQaVVLkcsFHPIHmsCnqxcBHPQBprF41bEMOr3O1hUQ2jU1opNEm1F_lZV_sxMP8";
const AUTH: &str = "sBXU5_tIYz-5w7G2B25BEw";
/// Maximum time until the index has the stream, the stream is live, and people are told.
const GATEWAY_SECONDS: u64 = 90;

/// A server that keeps what it receives.
struct Fake {
    port: u16,
    received: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// A push service, which answers every message with this status.
    async fn push_service(status: u16) -> Result<Self> {
        Self::start(move |socket, received| push_request(socket, received, status)).await
    }

    /// A mail server.
    async fn mail_server() -> Result<Self> {
        Self::start(smtp_session).await
    }

    async fn start<F>(serve: impl Fn(TcpStream, Arc<Mutex<Vec<String>>>) -> F + Send + 'static) -> Result<Self>
    where
        F: std::future::Future<Output = Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let received = Arc::default();
        let keep = Arc::clone(&received);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&keep)));
            }
        });
        Ok(Self { port, received })
    }

    async fn count(&self) -> usize {
        self.received.lock().await.len()
    }

    /// Returns what was received, once something that contains this was.
    async fn wait_for(&self, part: &str) -> Result<String> {
        wait_for(part, GATEWAY_SECONDS, || async {
            Ok(self.received.lock().await.iter().find(|text| text.contains(part)).cloned())
        })
        .await
    }
}

/// Reads one request, whose head is kept, and answers it.
async fn push_request(socket: TcpStream, received: Arc<Mutex<Vec<String>>>, status: u16) -> Result<()> {
    let mut socket = BufReader::new(socket);
    let (mut head, mut bytes) = (String::new(), 0);
    loop {
        let mut line = String::new();
        socket.read_line(&mut line).await?;
        if let Some(length) = line.to_lowercase().strip_prefix("content-length:") {
            bytes = length.trim().parse()?;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line.to_lowercase());
    }
    let mut body = vec![0; bytes];
    socket.read_exact(&mut body).await?;
    received.lock().await.push(head);
    let answer = format!("HTTP/1.1 {status} Answer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    socket.get_mut().write_all(answer.as_bytes()).await?;
    Ok(())
}

/// Takes mails. What is kept of each is its text, with the recipient in front.
async fn smtp_session(socket: TcpStream, received: Arc<Mutex<Vec<String>>>) -> Result<()> {
    let mut socket = BufReader::new(socket);
    socket.get_mut().write_all(b"220 fake\r\n").await?;
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let answer: &[u8] = match line.get(..4).unwrap_or_default().to_uppercase().as_str() {
            "EHLO" => b"250 fake\r\n",
            "RCPT" => {
                mail.push_str(&line);
                b"250 taken\r\n"
            }
            "DATA" => {
                socket.get_mut().write_all(b"354 go on\r\n").await?;
                while !mail.ends_with("\r\n.\r\n") {
                    ensure!(socket.read_line(&mut mail).await? > 0, "the mail breaks off");
                }
                received.lock().await.push(std::mem::take(&mut mail));
                b"250 taken\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 taken\r\n",
        };
        socket.get_mut().write_all(answer).await?;
    }
}

/// Sends a request as the person with the key of this URI.
async fn ask(env: &TestEnvironment, uri: &str, request: (Method, &str), body: Value) -> Result<Response> {
    let headers: &[(&str, &str)] = match body {
        Value::Null => &[],
        _ => &[(CONTENT_TYPE.as_str(), "application/json")],
    };
    let bytes = if body.is_null() { Vec::new() } else { serde_json::to_vec(&body)? };
    signed::send(&env.api, &env.chain.genesis_hash(), &Signer::from_uri(uri)?, request, headers, bytes).await
}

async fn follow_creator(env: &TestEnvironment, uri: &str) -> Result<()> {
    let path = format!("/v1/people/{}/follow", Account(Signer::from_uri(CREATOR)?.account()));
    ask(env, uri, (Method::PUT, &path), Value::Null).await?.success()?;
    Ok(())
}

async fn notices(env: &TestEnvironment, uri: &str) -> Result<Vec<Notice>> {
    Ok(ask(env, uri, (Method::GET, "/v1/me/notices"), Value::Null).await?.json::<Page<Notice>>()?.items)
}

fn subscription(endpoint: &str) -> Value {
    json!({ "endpoint": endpoint, "keys": { "p256dh": P256DH, "auth": AUTH } })
}

async fn subscribe(env: &TestEnvironment, uri: &str, endpoint: &str) -> Result<Response> {
    ask(env, uri, (Method::PUT, "/v1/me/push"), subscription(endpoint)).await
}

/// Verifies a mail address with the code that the mail server has received.
async fn verify_mail(env: &TestEnvironment, mails: &Fake) -> Result<()> {
    let address = json!({ "address": "follower@example.org" });
    let set: MailView = ask(env, FOLLOWER, (Method::PUT, "/v1/me/mail"), address).await?.json()?;
    ensure!(set.is_offered && !set.is_verified, "{set:?}");
    let mail = mails.wait_for("Your code: ").await?;
    let code = mail.split("Your code: ").nth(1).and_then(|rest| rest.get(..6)).context("the mail has a code")?;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let verify = (Method::POST, "/v1/me/mail/verify");
    ask(env, FOLLOWER, verify.clone(), json!({ "code": wrong })).await?.expect_refusal(400, "bad-request")?;
    ask(env, STRANGER, verify.clone(), json!({ "code": code })).await?.expect_refusal(409, "conflict")?;
    let verified: MailView = ask(env, FOLLOWER, verify, json!({ "code": code })).await?.json()?;
    ensure!(verified.is_verified, "{verified:?}");
    Ok(())
}

/// Returns the first message of the socket of a person that is a notice.
async fn next_notice(env: &TestEnvironment, uri: &str) -> Result<tokio::task::JoinHandle<Result<Notice>>> {
    let mut url = env.api.url("/v1/notices")?;
    url.set_scheme("ws").ok().context("it is a web address")?;
    let (mut socket, _) = connect_async(url.as_str()).await?;
    let token = signed::token(&env.api, &Signer::from_uri(uri)?).await?;
    socket.send(Message::text(json!({ "type": "hello", "token": token }).to_string())).await?;
    Ok(tokio::spawn(async move {
        let reading = async {
            while let Some(message) = socket.next().await {
                let Message::Text(text) = message? else { continue };
                if let ToNoticeReader::Notice { notice } = serde_json::from_str(&text)? {
                    return Ok(*notice);
                }
            }
            anyhow::bail!("the socket was closed")
        };
        tokio::time::timeout(Duration::from_secs(GATEWAY_SECONDS), reading).await?
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn followers_are_told_that_a_creator_is_live_and_nobody_else_is() -> Result<()> {
    let (pushes, gone, mails) =
        (Fake::push_service(201).await?, Fake::push_service(410).await?, Fake::mail_server().await?);
    let smtp_url = format!("smtp://127.0.0.1:{}", mails.port);
    let settings = [
        ("PEOPLE__PUSH_NETWORKS", r#"["127.0.0.1/32"]"#),
        ("PEOPLE__SMTP_URL", smtp_url.as_str()),
        ("PEOPLE__MAIL_FROM", "videos@example.org"),
        ("INGEST__RECONNECT_WINDOW_S", "1"),
    ];
    let options = EnvironmentOptions { settings: &settings, is_live: false, ..EnvironmentOptions::offline() };
    let mut env = TestEnvironment::start(options).await?;
    wait_for("the index to have the stream", GATEWAY_SECONDS, || async {
        Ok((env.api.get("/v1/streams/0").await?.status == 200).then_some(()))
    })
    .await?;

    for uri in [FOLLOWER, SILENT] {
        follow_creator(&env, uri).await?;
    }
    let off = NoticeWays { page: false, push: false, mail: false };
    let silent = serde_json::to_value(NoticeSettings { went_live: off, ..NoticeSettings::default() })?;
    ask(&env, SILENT, (Method::PUT, "/v1/me/notices/settings"), silent).await?.success()?;
    let endpoint = |fake: &Fake, name: &str| format!("http://127.0.0.1:{}/{name}", fake.port);
    subscribe(&env, FOLLOWER, &endpoint(&pushes, "follower")).await?.success()?;
    subscribe(&env, FOLLOWER, &endpoint(&gone, "gone")).await?.success()?;
    subscribe(&env, SILENT, &endpoint(&pushes, "silent")).await?.success()?;
    verify_mail(&env, &mails).await?;
    let in_page = next_notice(&env, FOLLOWER).await?;

    vilokanam_gateway_tests::video::make_clip(&env.clip, 20, vilokanam_gateway_tests::video::SIZE)?;
    env.publish(Protocol::Rtmp)?;
    let told = in_page.await??;
    ensure!(told.kind == NoticeKind::WentLive && told.url == "/watch/0" && !told.is_read, "{told:?}");
    ensure!(told.text == "End to end" && told.person.is_some(), "{told:?}");
    let head = pushes.wait_for("post /follower").await?;
    for part in ["authorization: vapid t=", "content-encoding: aes128gcm", "ttl: "] {
        ensure!(head.contains(part), "{part} is missing in {head}");
    }
    gone.wait_for("post /gone").await?;
    let mail = mails.wait_for("is live").await?;
    ensure!(mail.contains("follower@example.org") && mail.contains("/watch/0"), "{mail}");

    let is_silent = pushes.received.lock().await.iter().all(|head| !head.contains("post /silent"));
    ensure!(is_silent, "who has turned it off is not told");

    // It goes off and comes back: that is the same broadcast.
    env.publisher = None;
    wait_for("the broadcast to end", GATEWAY_SECONDS, || async {
        Ok((!env.api.get("/v1/streams/0").await?.text().contains(r#""is_live_here":true"#)).then_some(()))
    })
    .await?;
    env.publish(Protocol::Rtmp)?;
    env.player("240p").first_segment().await?;
    let listed = notices(&env, FOLLOWER).await?;
    let live: Vec<&Notice> = listed.iter().filter(|notice| notice.kind == NoticeKind::WentLive).collect();
    ensure!(live == [&told], "{listed:?}");
    ensure!(gone.count().await == 1, "a subscription that has ended gets nothing more");
    // Of the recording, whose notice it has not turned off, it may be told.
    let silent = notices(&env, SILENT).await?;
    ensure!(silent.iter().all(|notice| notice.kind != NoticeKind::WentLive), "{silent:?}");
    ensure!(notices(&env, STRANGER).await?.is_empty(), "a stranger sees nothing");

    let me: Me = ask(&env, FOLLOWER, (Method::GET, "/v1/me"), Value::Null).await?.json()?;
    ensure!(me.unread_notices as usize == listed.len(), "{me:?}");
    let read = json!({ "up_to": listed[0].id });
    ask(&env, STRANGER, (Method::POST, "/v1/me/notices/read"), read.clone()).await?.success()?;
    let left: UnreadNotices = ask(&env, FOLLOWER, (Method::POST, "/v1/me/notices/read"), read).await?.json()?;
    ensure!(left.count == 0, "{left:?}");
    env.api.get("/v1/me/notices").await?.expect_refusal(401, "signed-out")?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_that_point_inwards_are_refused_and_mail_is_not_offered_without_a_server() -> Result<()> {
    let pushes = Fake::push_service(201).await?;
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    let port = pushes.port;
    for endpoint in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let refused = subscribe(&env, FOLLOWER, &endpoint).await?;
        refused.expect_refusal(400, "bad-request").with_context(|| endpoint.clone())?;
    }
    ensure!(pushes.count().await == 0, "nothing is sent inwards");
    let address = json!({ "address": "a@example.org" });
    ask(&env, FOLLOWER, (Method::PUT, "/v1/me/mail"), address).await?.expect_refusal(404, "not-found")?;
    let mail: MailView = ask(&env, FOLLOWER, (Method::GET, "/v1/me/mail"), Value::Null).await?.json()?;
    ensure!(!mail.is_offered && mail.address.is_none(), "{mail:?}");
    Ok(())
}
