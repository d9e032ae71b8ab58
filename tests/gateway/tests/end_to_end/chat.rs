//! Chat beside a stream: people and a guest, badges, tips, moderation, refusals, and the chat of a recording.

use anyhow::{bail, ensure, Context, Result};
use futures::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{json, Value};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::{connect_async, tungstenite::Message, MaybeTlsStream, WebSocketStream};
use vilokanam_chain::{Call, Signer};
use vilokanam_gateway_tests::{
    api::Response,
    environment::{EnvironmentOptions, TestEnvironment, STREAM},
    signed,
};
use vilokanam_tests::{
    accounts::{CREATOR, UNIT},
    wait_for,
};
use vilokanam_wire::{
    auth::{Challenge, NewChallenge, SignInAnswer},
    chat::{ChatBadge, ChatBanView, ChatMessage, ChatReplay, ChatSettings, ChatWelcome, ToChatter},
    streams::Page,
    Account, Planck,
};

const CHAT: &str = "/v1/streams/0/chat";
const VIEWER: &str = "//Charlie";
const OTHER: &str = "//Dave";
const MODERATOR: &str = "//Eve";
/// A broadcast ends soon after its publisher has gone.
const SETTINGS: [(&str, &str); 1] = [("INGEST__RECONNECT_WINDOW_S", "1")];
/// Maximum time until the index has the stream, or a message is stored, or a tip is final.
const GATEWAY_SECONDS: u64 = 60;
/// Maximum time until a message arrives.
const MESSAGE_LIMIT: Duration = Duration::from_secs(30);

/// A client of the chat.
struct Chatter {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    welcome: ChatWelcome,
    next: u32,
}

impl Chatter {
    /// Enters the chat, as soon as the gateway has the stream.
    async fn enter(env: &TestEnvironment, token: Option<&str>) -> Result<Self> {
        wait_for("the index to have the stream", GATEWAY_SECONDS, || async {
            Ok((env.api.get("/v1/streams/0").await?.status == 200).then_some(()))
        })
        .await?;
        let mut url = env.api.url(CHAT)?;
        url.set_scheme("ws").ok().context("it is a web address")?;
        let (socket, _) = connect_async(url.as_str()).await?;
        let welcome = ChatWelcome {
            me: None,
            mode: Default::default(),
            pinned: None,
            messages: Vec::new(),
            can_say: false,
            can_moderate: false,
            restricted_until: None,
            is_banned: false,
            people: 0,
        };
        let mut chatter = Self { socket, welcome, next: 0 };
        chatter.send(json!({ "type": "hello", "token": token })).await?;
        let welcome = chatter.wait(|message| match message {
            ToChatter::Welcome(welcome) => Some(*welcome),
            _ => None,
        });
        let welcome = welcome.await?;
        Ok(Self { welcome, ..chatter })
    }

    /// Enters as the person with the key of this URI.
    async fn enter_as(env: &TestEnvironment, uri: &str) -> Result<Self> {
        let token = signed::token(&env.api, &Signer::from_uri(uri)?).await?;
        Self::enter(env, Some(&token)).await
    }

    async fn send(&mut self, message: Value) -> Result<()> {
        Ok(self.socket.send(Message::text(message.to_string())).await?)
    }

    /// Returns the first message of the gateway that is wanted. Those before it are gone.
    async fn wait<T>(&mut self, wanted: impl Fn(ToChatter) -> Option<T>) -> Result<T> {
        let reading = async {
            while let Some(message) = self.socket.next().await {
                let Message::Text(text) = message? else { continue };
                if let Some(found) = wanted(serde_json::from_str(&text).with_context(|| text.to_string())?) {
                    return Ok(found);
                }
            }
            bail!("the gateway has closed the chat")
        };
        tokio::time::timeout(MESSAGE_LIMIT, reading).await.context("the gateway does not send what is wanted")?
    }

    /// Waits for a message that everybody gets.
    async fn message(&mut self, is_wanted: impl Fn(&ChatMessage) -> bool) -> Result<ChatMessage> {
        self.wait(|message| match message {
            ToChatter::Messages { messages } => messages.into_iter().find(&is_wanted),
            _ => None,
        })
        .await
    }

    async fn text(&mut self, text: &str) -> Result<ChatMessage> {
        self.message(|message| message.text == text).await
    }

    /// Sends a message, and returns the gateway's answer: the message, or the code of the refusal.
    async fn say(&mut self, text: &str, more: Value) -> Result<Result<ChatMessage, String>> {
        self.next += 1;
        let name = format!("m{}", self.next);
        let mut message = json!({ "type": "say", "client_id": name, "text": text });
        if let (Some(message), Some(more)) = (message.as_object_mut(), more.as_object()) {
            message.extend(more.clone());
        }
        let name = message["client_id"].as_str().unwrap_or_default().to_owned();
        self.send(message).await?;
        self.wait(|message| match message {
            ToChatter::Messages { messages } => {
                messages.into_iter().find(|message| message.client_id.as_ref() == Some(&name)).map(Ok)
            }
            ToChatter::Refused { client_id, code, .. } if client_id.as_ref() == Some(&name) => Some(Err(code)),
            _ => None,
        })
        .await
    }

    /// Says something, as soon as the limit of messages allows it.
    async fn said(&mut self, text: &str) -> Result<ChatMessage> {
        let mut answer = self.say(text, Value::Null).await?;
        while answer.as_ref().err().is_some_and(|code| code == "chat-too-fast") {
            tokio::time::sleep(Duration::from_millis(500)).await;
            answer = self.say(text, Value::Null).await?;
        }
        answer.map_err(|code| anyhow::anyhow!("'{text}' was refused: {code}"))
    }

    async fn refused(&mut self, text: &str, code: &str) -> Result<()> {
        let answer = self.say(text, Value::Null).await?;
        ensure!(answer.as_ref().err().map(String::as_str) == Some(code), "'{text}' was to be refused: {answer:?}");
        Ok(())
    }

    /// Does something that is refused.
    async fn refused_action(&mut self, action: Value, code: &str) -> Result<()> {
        let text = action.to_string();
        self.send(action).await?;
        let found = self.wait(|message| match message {
            ToChatter::Refused { code, .. } => Some(code),
            _ => None,
        });
        let found = found.await?;
        ensure!(found == code, "{text} was refused with {found}");
        Ok(())
    }
}

fn account_of(uri: &str) -> Result<String> {
    Ok(Account(Signer::from_uri(uri)?.account()).to_string())
}

async fn ask(env: &TestEnvironment, uri: &str, (method, path): (Method, &str), body: Value) -> Result<Response> {
    let bytes = if body.is_null() { Vec::new() } else { serde_json::to_vec(&body)? };
    let headers = [("content-type", "application/json")];
    signed::send(&env.api, &env.chain.genesis_hash(), &Signer::from_uri(uri)?, (method, path), &headers, bytes).await
}

/// Signs in as the recipient of a gift of the viewer, whose session key it is.
async fn guest_token(env: &TestEnvironment) -> Result<String> {
    let key = Signer::from_uri(&format!("{VIEWER}//session"))?;
    let account = Account(Signer::from_uri(VIEWER)?.account());
    let who = NewChallenge { account, session_key: Some(Account(key.account())), guest: true };
    let message = signed::challenge(&env.api, &who).await?.json::<Challenge>()?.message;
    let answer: SignInAnswer = signed::sign_in(&env.api, &signed::signed_by(&key, &message)).await?.json()?;
    Ok(answer.access_token)
}

async fn history(env: &TestEnvironment) -> Result<Vec<ChatMessage>> {
    let page: Page<ChatMessage> = env.api.get(CHAT).await?.json()?;
    Ok(page.items)
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_a_guest_chat_beside_a_stream() -> Result<()> {
    let mut env = TestEnvironment::start(Default::default()).await?;
    let mut player = env.paying_player(0, 600).await?;
    player.watch(1).await?;
    player.wait_until_finalized().await?;
    let mut creator = Chatter::enter_as(&env, CREATOR).await?;
    ensure!(creator.welcome.can_say && creator.welcome.can_moderate, "{:?}", creator.welcome);
    let mut other = Chatter::enter_as(&env, OTHER).await?;
    ensure!(other.welcome.can_say && !other.welcome.can_moderate, "{:?}", other.welcome);
    let guest = guest_token(&env).await?;
    let mut guest = Chatter::enter(&env, Some(&guest)).await?;
    let mut reader = Chatter::enter(&env, None).await?;
    ensure!(!reader.welcome.can_say && reader.welcome.me.is_none(), "{:?}", reader.welcome);

    let first = other.said("hello <b>everybody</b> 🎉").await?;
    ensure!(first.badges.is_empty() && first.author.account.to_string() == account_of(OTHER)?, "{first:?}");
    let received = reader.text("hello <b>everybody</b> 🎉").await?;
    ensure!(received.id == first.id && received.client_id.is_none(), "{received:?}");
    let reply = json!({ "reply_to": first.id });
    guest.say("hello, you", reply).await?.map_err(|code| anyhow::anyhow!(code))?;
    let reply = creator.text("hello, you").await?;
    let quoted = reply.reply_to.context("the reply quotes nothing")?;
    ensure!(quoted.id == first.id && quoted.text == first.text, "{quoted:?}");

    let same = json!({ "client_id": "same" });
    let once = other.say("once", same.clone()).await?.map_err(|code| anyhow::anyhow!(code))?;
    let again = other.say("once", same).await?.map_err(|code| anyhow::anyhow!(code))?;
    ensure!(once.id == again.id, "a message that was sent twice is there twice");

    let mut viewer = Chatter::enter_as(&env, VIEWER).await?;
    ensure!(viewer.welcome.messages.iter().filter(|message| message.text == "once").count() == 1);
    let paying = viewer.said("I am watching").await?;
    ensure!(paying.badges == [ChatBadge::Payer], "{paying:?}");
    ensure!(creator.said("welcome").await?.badges == [ChatBadge::Creator]);

    let tip = Call::tip(STREAM, UNIT, "well\u{202e} done".as_bytes());
    env.chain.execute(&tip, &env.wallets[0].signer).await?;
    let shown = reader.message(|message| message.tip.is_some()).await?;
    ensure!(shown.text == "well done" && shown.author.account.to_string() == account_of(VIEWER)?, "{shown:?}");
    ensure!(shown.tip.map(|tip| tip.amount) == Some(Planck(UNIT)), "{shown:?}");
    let badges = viewer.said("I have tipped").await?.badges;
    ensure!(badges == [ChatBadge::Payer, ChatBadge::Tipper], "{badges:?}");

    let stored = wait_for("the tip to be stored", GATEWAY_SECONDS, || async {
        let found = history(&env).await?;
        Ok(found.iter().any(|message| message.id == shown.id).then_some(found))
    });
    let stored = stored.await?;
    ensure!(stored.iter().filter(|message| message.tip.is_some()).count() == 1, "{stored:?}");
    ensure!(stored.iter().any(|message| message.text == "hello, you" && message.reply_to.is_some()), "{stored:?}");
    player.leave().await
}

#[tokio::test(flavor = "multi_thread")]
async fn moderators_keep_order() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    let mut creator = Chatter::enter_as(&env, CREATOR).await?;
    let mut other = Chatter::enter_as(&env, OTHER).await?;
    let moderator = format!("{CHAT}/moderators/{}", account_of(MODERATOR)?);
    ask(&env, CREATOR, (Method::PUT, &moderator), Value::Null).await?.success()?;
    let mut eve = Chatter::enter_as(&env, MODERATOR).await?;
    ensure!(eve.welcome.can_moderate, "{:?}", eve.welcome);

    let mode = |slow_s: u32| json!({ "type": "set_mode", "mode": { "slow_s": slow_s } });
    eve.send(mode(3_600)).await?;
    let changed = |message: ToChatter| matches!(message, ToChatter::Mode { .. }).then_some(());
    other.wait(changed).await?;
    other.said("one").await?;
    other.refused("two", "chat-too-fast").await?;
    creator.said("one").await?;
    creator.said("two").await?;
    eve.send(mode(0)).await?;
    other.wait(changed).await?;

    let words = json!({ "blocked_words": ["badword", "spam*"] });
    let settings = ask(&env, CREATOR, (Method::PUT, &format!("{CHAT}/settings")), words).await?;
    let settings: ChatSettings = settings.json()?;
    ensure!(settings.blocked_words.len() == 2 && settings.moderators.len() == 1, "{settings:?}");
    other.refused("a B4DWORD", "word-refused").await?;
    let many = json!({ "blocked_words": vec!["a"; 501] });
    let refused = ask(&env, CREATOR, (Method::PUT, &format!("{CHAT}/settings")), many).await?;
    refused.expect_refusal(400, "bad-request")?;

    let message = other.said("to be pinned").await?;
    eve.send(json!({ "type": "pin", "id": message.id })).await?;
    let pinned = other.wait(|message| match message {
        ToChatter::Pinned { message } => message,
        _ => None,
    });
    ensure!(pinned.await?.id == message.id);
    eve.send(json!({ "type": "delete", "id": message.id })).await?;
    let deleted = creator.wait(|message| match message {
        ToChatter::Deleted { ids } => Some(ids),
        _ => None,
    });
    ensure!(deleted.await? == [message.id]);
    ensure!(Chatter::enter(&env, None).await?.welcome.pinned.is_none(), "what was deleted is still pinned");

    let person = account_of(OTHER)?;
    eve.send(json!({ "type": "time_out", "person": person, "seconds": 600 })).await?;
    let restricted = other.wait(|message| match message {
        ToChatter::Restricted { until, is_banned } => Some((until, is_banned)),
        _ => None,
    });
    let (until, is_banned) = restricted.await?;
    ensure!(until.is_some() && !is_banned);
    other.refused("hello", "chat-restricted").await?;
    let action = json!({ "type": "ban", "person": person });
    ask(&env, MODERATOR, (Method::POST, &format!("{CHAT}/actions")), action).await?.success()?;
    let banned = Chatter::enter_as(&env, OTHER).await?;
    ensure!(banned.welcome.is_banned && !banned.welcome.can_say, "{:?}", banned.welcome);
    ensure!(banned.welcome.messages.iter().all(|message| message.author.account.to_string() != person));
    let bans = ask(&env, CREATOR, (Method::GET, &format!("{CHAT}/bans")), Value::Null).await?;
    let bans: Page<ChatBanView> = bans.json()?;
    ensure!(bans.items.len() == 1 && bans.items[0].until.is_none(), "{bans:?}");
    eve.send(json!({ "type": "unban", "person": person })).await?;
    other
        .wait(|message| matches!(message, ToChatter::Restricted { until: None, is_banned: false }).then_some(()))
        .await?;
    other.said("I am back").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn flood_and_everything_of_a_stranger_is_refused() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    let mut creator = Chatter::enter_as(&env, CREATOR).await?;
    let message = creator.said("mine").await?;
    let (mut other, mut reader) = (Chatter::enter_as(&env, OTHER).await?, Chatter::enter(&env, None).await?);

    reader.refused("hello", "signed-out").await?;
    reader.send(json!({ "type": "token", "token": "no token" })).await?;
    reader
        .wait(|message| matches!(message, ToChatter::Refused { code, .. } if code == "signed-out").then_some(()))
        .await?;
    let person = account_of(CREATOR)?;
    for action in [
        json!({ "type": "delete", "id": message.id }),
        json!({ "type": "pin", "id": message.id }),
        json!({ "type": "ban", "person": person }),
        json!({ "type": "unban", "person": person }),
        json!({ "type": "time_out", "person": person, "seconds": 60 }),
        json!({ "type": "set_mode", "mode": { "followers_only": true } }),
    ] {
        other.refused_action(action.clone(), "forbidden").await?;
        let answer = ask(&env, OTHER, (Method::POST, &format!("{CHAT}/actions")), action.clone()).await?;
        answer.expect_refusal(403, "forbidden")?;
        let answer = env.api.post(&format!("{CHAT}/actions"), &action, &[]).await?;
        answer.expect_refusal(401, "signed-out")?;
    }
    let moderator = format!("{CHAT}/moderators/{}", account_of(OTHER)?);
    let (settings, bans) = (format!("{CHAT}/settings"), format!("{CHAT}/bans"));
    for (method, path) in [
        (Method::GET, &settings),
        (Method::PUT, &settings),
        (Method::GET, &bans),
        (Method::PUT, &moderator),
        (Method::DELETE, &moderator),
    ] {
        let body = if *path == settings && method == Method::PUT { json!({}) } else { Value::Null };
        ask(&env, OTHER, (method, path), body).await?.expect_refusal(403, "forbidden")?;
    }
    for odd in [json!({ "type": "shout" }), json!({ "type": "say" }), json!([])] {
        other.refused_action(odd, "bad-request").await?;
    }
    other.refused("\u{200b}", "bad-request").await?;
    other.refused(&"a".repeat(501), "bad-request").await?;
    env.api.get("/v1/streams/99/chat/settings").await?.expect_refusal(401, "signed-out")?;

    let mut accepted = 0;
    for number in 0..10 {
        accepted += u32::from(other.say(&format!("flood {number}"), Value::Null).await?.is_ok());
    }
    ensure!((1..10).contains(&accepted), "{accepted} of 10 messages at once were accepted");
    other.refused("more", "chat-too-fast").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn chat_is_replayed_with_the_recording() -> Result<()> {
    let options = EnvironmentOptions { settings: &SETTINGS, viewers: &[], ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let mut other = Chatter::enter_as(&env, OTHER).await?;
    let message = other.said("during the broadcast").await?;
    // The recording goes on behind the message.
    tokio::time::sleep(Duration::from_secs(6)).await;
    env.publisher.take().context("the stream is live")?.stop().await?;
    let recording = env.wait_for_recording().await?;
    let path = format!("/v1/streams/0/recordings/{}/chat", recording.number);
    let replay: ChatReplay = env.api.get(&path).await?.json()?;
    let found = replay.messages.iter().find(|found| found.id == message.id).context("the message is missing")?;
    let offset_ms = found.offset_ms.context("the message has no place")?;
    ensure!(offset_ms > 0 && replay.next_from_ms.is_none(), "{replay:?}");
    let at = |from: u64, to: u64| format!("{path}?from_ms={from}&to_ms={to}");
    let replay: ChatReplay = env.api.get(&at(offset_ms, offset_ms + 1_000)).await?.json()?;
    ensure!(replay.messages.iter().any(|found| found.id == message.id), "{replay:?}");
    let replay: ChatReplay = env.api.get(&at(0, offset_ms)).await?.json()?;
    ensure!(replay.messages.iter().all(|found| found.id != message.id), "{replay:?}");
    env.api.get(&format!("{path}?limit=0")).await?.expect_refusal(400, "bad-request")?;
    env.api.get("/v1/streams/0/recordings/99/chat").await?.expect_refusal(404, "not-found")?;
    Ok(())
}
