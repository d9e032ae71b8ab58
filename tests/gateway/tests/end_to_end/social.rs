//! People at a gateway: profiles, follows, likes, comments, what is watched on one device and continued on another, what the
//! gateway keeps and deletes, and the feed of a creator.

use anyhow::{ensure, Context, Result};
use reqwest::{
    header::{AUTHORIZATION, CONTENT_TYPE},
    Method,
};
use rss::Channel;
use serde_json::{json, Value};
use tick_stream_primitives::clock::now_ms;
use vilokanam_chain::Signer;
use vilokanam_gateway_tests::{
    api::Response,
    environment::{EnvironmentOptions, TestEnvironment},
    signed,
};
use vilokanam_tests::{accounts::CREATOR, command_line::CommandLine, wait_for};
use vilokanam_wire::{
    auth::{Challenge, Me, SignInAnswer},
    people::{CommentView, FollowView, HistoryItem, PersonView, ProgressView, Reactions, Subject},
    scalars::rfc3339,
    streams::{Page, RecordingView},
    Account,
};

const ANA: &str = "//Charlie";
const BEN: &str = "//Dave";
/// The recording that the tests make, and its comments.
const RECORDING: &str = "/v1/streams/0/recordings/1";
const COMMENTS: &str = "/v1/streams/0/recordings/1/comments";
const SUBJECT: Subject = Subject::Recording(0, 1);
/// A broadcast ends soon after its publisher has gone.
const SETTINGS: [(&str, &str); 1] = [("INGEST__RECONNECT_WINDOW_S", "1")];
/// Maximum time until the index has the creator, or a sign-in is over.
const GATEWAY_SECONDS: u64 = 60;
/// Where a player has stopped, in a recording of at least six seconds.
const POSITION_MS: u64 = 5_123;

/// Sends a request as the person with the key of this URI.
async fn ask(env: &TestEnvironment, uri: &str, request: (Method, &str), body: Value) -> Result<Response> {
    let headers: &[(&str, &str)] = match body {
        Value::Null => &[],
        _ => &[(CONTENT_TYPE.as_str(), "application/json")],
    };
    let bytes = if body.is_null() { Vec::new() } else { serde_json::to_vec(&body)? };
    signed::send(&env.api, &env.chain.genesis_hash(), &Signer::from_uri(uri)?, request, headers, bytes).await
}

async fn get(env: &TestEnvironment, uri: &str, path: &str) -> Result<Response> {
    ask(env, uri, (Method::GET, path), Value::Null).await
}

async fn put(env: &TestEnvironment, uri: &str, path: &str, body: Value) -> Result<Response> {
    ask(env, uri, (Method::PUT, path), body).await
}

async fn delete(env: &TestEnvironment, uri: &str, path: &str) -> Result<Response> {
    ask(env, uri, (Method::DELETE, path), Value::Null).await
}

fn account_of(uri: &str) -> Result<String> {
    Ok(Account(Signer::from_uri(uri)?.account()).to_string())
}

/// Signs in once more, as another device does, and returns the access token.
async fn another_sign_in(env: &TestEnvironment, uri: &str) -> Result<String> {
    let signer = Signer::from_uri(uri)?;
    let challenge = signed::challenge(&env.api, &signed::of_wallet(&signer)).await?;
    let message = challenge.json::<Challenge>()?.message;
    let answer = signed::sign_in(&env.api, &signed::signed_by(&signer, &message)).await?;
    Ok(answer.json::<SignInAnswer>()?.access_token)
}

async fn get_with_token(env: &TestEnvironment, token: &str, path: &str) -> Result<Response> {
    let bearer = format!("Bearer {token}");
    env.api.get_with(path, &[(AUTHORIZATION.as_str(), bearer.as_str())]).await
}

/// An environment with a recording, which nobody publishes to any more.
async fn recorded() -> Result<TestEnvironment> {
    let options = EnvironmentOptions { settings: &SETTINGS, ..EnvironmentOptions::offline() };
    let mut env = TestEnvironment::start(options).await?;
    env.record(6).await?;
    Ok(env)
}

#[tokio::test(flavor = "multi_thread")]
async fn people_follow_like_comment_and_continue_on_another_device() -> Result<()> {
    let env = recorded().await?;
    profiles_are_cleaned_and_handles_do_not_look_alike(&env).await?;
    follows_are_counted(&env).await?;
    likes_are_counted_once(&env).await?;
    comments_are_answered_and_deleted_by_whom_they_concern(&env).await?;
    let device = another_sign_in(&env, ANA).await?;
    position_is_the_same_on_every_device_of_one_person(&env, &device).await?;
    what_is_kept_is_exported_and_deleted(&env, &device).await
}

async fn profiles_are_cleaned_and_handles_do_not_look_alike(env: &TestEnvironment) -> Result<()> {
    let profile = json!({
        "handle": "Alice_W",
        "name": "Ana\u{202e}\u{200b} <script>alert(1)</script>",
        "bio": "one\r\n\u{2066}two",
        "links": ["https://example.org/ana"],
    });
    env.api
        .send(Method::PUT, "/v1/me", &[(CONTENT_TYPE.as_str(), "application/json")], serde_json::to_vec(&profile)?)
        .await?
        .expect_refusal(401, "signed-out")?;
    let me: Me = put(env, ANA, "/v1/me", profile).await?.json()?;
    let PersonView { handle, name, bio, links, .. } = me.profile;
    ensure!(handle.as_deref() == Some("alice_w") && links == ["https://example.org/ana"], "{handle:?} {links:?}");
    ensure!(name.as_deref() == Some("Ana <script>alert(1)</script>") && bio.as_deref() == Some("one\ntwo"), "{name:?}");

    for (handle, status, code) in
        [("al1cew", 409, "handle-taken"), ("adm1n", 422, "handle-invalid"), ("\u{430}lice", 422, "handle-invalid")]
    {
        let refused = put(env, BEN, "/v1/me", json!({ "handle": handle })).await?;
        refused.expect_refusal(status, code).with_context(|| handle.to_owned())?;
    }
    for link in ["javascript:alert(1)", "https://example.org\\@evil.example", "http://example.org/"] {
        let refused = put(env, BEN, "/v1/me", json!({ "links": [link] })).await?;
        refused.expect_refusal(422, "bad-request").with_context(|| link.to_owned())?;
    }
    put(env, BEN, "/v1/me", json!({ "handle": "ben", "name": "Ben" })).await?.success()?;
    let me: Me = put(env, BEN, "/v1/me", json!({ "name": "" })).await?.json()?;
    ensure!(me.profile.handle.as_deref() == Some("ben") && me.profile.name.is_none(), "{me:?}");

    for who in ["@Alice_W", "alice_w", &account_of(ANA)?] {
        let answer = env.api.get(&format!("/v1/people/{who}")).await?.success()?;
        let (kind, sniffing) = (answer.header("content-type"), answer.header("x-content-type-options"));
        ensure!(kind == Some("application/json") && sniffing == Some("nosniff"), "{kind:?} {sniffing:?}");
        let view: PersonView = answer.json()?;
        ensure!(view.account.to_string() == account_of(ANA)? && view.is_followed_by_me.is_none(), "{view:?}");
    }
    env.api.get("/v1/people/nobody-here").await?.expect_refusal(404, "not-found")?;
    Ok(())
}

async fn follows_are_counted(env: &TestEnvironment) -> Result<()> {
    let follow = format!("/v1/people/{}/follow", account_of(ANA)?);
    env.api.send(Method::PUT, &follow, &[], Vec::new()).await?.expect_refusal(401, "signed-out")?;
    put(env, ANA, &follow, Value::Null).await?.expect_refusal(409, "conflict").context("oneself")?;
    for _ in 0..2 {
        put(env, BEN, &follow, Value::Null).await?.success()?;
    }
    let ana: PersonView = get(env, BEN, "/v1/people/alice_w").await?.json()?;
    ensure!(ana.followers == 1 && ana.is_followed_by_me == Some(true), "{ana:?}");
    let followers: Page<FollowView> = get(env, ANA, "/v1/me/followers").await?.json()?;
    ensure!(followers.items.len() == 1 && followers.items[0].person.handle.as_deref() == Some("ben"), "{followers:?}");
    let following: Page<FollowView> = get(env, BEN, "/v1/me/following?limit=1").await?.json()?;
    ensure!(following.items[0].person.handle.as_deref() == Some("alice_w"), "{following:?}");
    ensure!(following.next_cursor.is_none() && following.items[0].live.is_empty(), "{following:?}");
    delete(env, BEN, &follow).await?.success()?;
    let ana: PersonView = get(env, BEN, "/v1/people/alice_w").await?.json()?;
    ensure!(ana.followers == 0 && ana.is_followed_by_me == Some(false), "{ana:?}");
    put(env, BEN, &follow, Value::Null).await?.success()?;
    Ok(())
}

async fn reactions(env: &TestEnvironment, uri: &str) -> Result<Reactions> {
    get(env, uri, &format!("/v1/reactions/{SUBJECT}")).await?.json()
}

async fn likes_are_counted_once(env: &TestEnvironment) -> Result<()> {
    let like = format!("/v1/likes/{SUBJECT}");
    for _ in 0..2 {
        put(env, ANA, &like, Value::Null).await?.success()?;
    }
    put(env, BEN, &like, Value::Null).await?.success()?;
    delete(env, BEN, &like).await?.success()?;
    let (ana, ben) = (reactions(env, ANA).await?, reactions(env, BEN).await?);
    ensure!((ana.likes, ana.is_liked_by_me, ben.is_liked_by_me) == (1, true, false), "{ana:?} {ben:?}");
    put(env, ANA, "/v1/likes/recording:0:99", Value::Null).await?.expect_refusal(404, "not-found")?;
    Ok(())
}

async fn write(env: &TestEnvironment, uri: &str, text: &str, reply_to: Option<u64>) -> Result<CommentView> {
    let body = json!({ "text": text, "reply_to": reply_to, "at_s": 1 });
    ask(env, uri, (Method::POST, COMMENTS), body).await?.json()
}

async fn comments_are_answered_and_deleted_by_whom_they_concern(env: &TestEnvironment) -> Result<()> {
    let nothing = ask(env, ANA, (Method::POST, COMMENTS), json!({ "text": "\u{202e}\u{200b} " })).await?;
    nothing.expect_refusal(400, "bad-request")?;
    let first = write(env, ANA, "Great\u{202e} <img src=x onerror=alert(1)>\u{200b}", None).await?;
    ensure!(first.text == "Great <img src=x onerror=alert(1)>" && first.at_s == Some(1), "{first:?}");
    ensure!(first.is_mine && first.author.handle.as_deref() == Some("alice_w"), "{first:?}");
    let reply = write(env, BEN, "It is.", Some(first.id)).await?;
    ensure!(reply.reply_to == Some(first.id), "{reply:?}");
    let like = format!("/v1/comments/{}/like", first.id);
    for _ in 0..2 {
        put(env, BEN, &like, Value::Null).await?.success()?;
    }
    let listed: Page<CommentView> = get(env, BEN, &format!("{COMMENTS}?sort=top")).await?.json()?;
    let [top] = &listed.items[..] else { anyhow::bail!("one was expected: {listed:?}") };
    ensure!((top.id, top.replies, top.likes) == (first.id, 1, 1) && top.is_liked_by_me && !top.is_mine, "{top:?}");
    let replies_path = format!("/v1/comments/{}/replies", first.id);
    let replies: Page<CommentView> = env.api.get(&replies_path).await?.json()?;
    ensure!(replies.items.len() == 1 && replies.items[0].id == reply.id, "{replies:?}");
    ensure!(reactions(env, ANA).await?.comments == 2, "replies are counted");

    let path = |id: u64| format!("/v1/comments/{id}");
    delete(env, BEN, &path(first.id)).await?.expect_refusal(403, "forbidden")?;
    delete(env, ANA, &path(first.id)).await?.success()?;
    delete(env, ANA, &path(first.id)).await?.expect_refusal(404, "not-found")?;
    let listed: Page<CommentView> = env.api.get(COMMENTS).await?.json()?;
    let left = listed.items.first().context("it stays for its reply")?;
    ensure!(left.is_deleted && left.text.is_empty() && left.author.handle.is_none(), "{left:?}");
    delete(env, CREATOR, &path(reply.id)).await?.success().context("the creator deletes what others have written")?;
    let listed: Page<CommentView> = env.api.get(COMMENTS).await?.json()?;
    ensure!(listed.items.is_empty() && reactions(env, ANA).await?.comments == 0, "{listed:?}");
    write(env, ANA, "A word that goes with its author", None).await?;
    Ok(())
}

async fn position_is_the_same_on_every_device_of_one_person(env: &TestEnvironment, device: &str) -> Result<()> {
    let at = rfc3339(now_ms() - 1_000);
    let report = |position_ms: u64, at: &str| {
        let item = json!({ "subject": SUBJECT, "position_ms": position_ms, "duration_ms": 6_000, "at": at });
        json!({ "items": [item] })
    };
    put(env, ANA, "/v1/me/progress", report(POSITION_MS, &at)).await?.success()?;
    let path = format!("/v1/me/progress/{SUBJECT}");
    let found: ProgressView = get_with_token(env, device, &path).await?.json()?;
    ensure!(found == ProgressView { position_ms: POSITION_MS, at: at.clone() }, "{found:?} at {at}");
    let earlier = rfc3339(now_ms() - 3_600_000);
    put(env, ANA, "/v1/me/progress", report(1, &earlier)).await?.success()?;
    let found: ProgressView = get_with_token(env, device, &path).await?.json()?;
    ensure!(found.position_ms == POSITION_MS, "an earlier time changes nothing: {found:?}");
    let late = report(1, &rfc3339(now_ms() + 3_600_000));
    put(env, ANA, "/v1/me/progress", late).await?.expect_refusal(400, "bad-request").context("in the future")?;

    let unfinished: Vec<HistoryItem> = get_with_token(env, device, "/v1/me/continue").await?.json()?;
    let item = unfinished.first().context("it is unfinished")?;
    ensure!((item.subject, item.position_ms) == (SUBJECT, POSITION_MS) && item.creator.is_some(), "{item:?}");

    env.api.get(&path).await?.expect_refusal(401, "signed-out")?;
    get(env, BEN, &path).await?.expect_refusal(404, "not-found")?;
    delete(env, BEN, &format!("/v1/me/history/{SUBJECT}")).await?.success()?;
    delete(env, BEN, "/v1/me/history").await?.success()?;
    let found: ProgressView = get_with_token(env, device, &path).await?.json()?;
    ensure!(found.position_ms == POSITION_MS, "somebody else has deleted it");
    Ok(())
}

/// Returns the rows of a table in an export.
fn rows<'a>(export: &'a Value, table: &str) -> Vec<&'a Value> {
    let tables = export["tables"].as_array().into_iter().flatten();
    tables.filter(|found| found["table"] == table).filter_map(|found| found["rows"].as_array()).flatten().collect()
}

async fn what_is_kept_is_exported_and_deleted(env: &TestEnvironment, device: &str) -> Result<()> {
    get(env, ANA, "/v1/me/history").await?.success().context("positions are written before they are listed")?;
    let answer = get(env, ANA, "/v1/me/export").await?.success()?;
    ensure!(answer.header("content-disposition").is_some_and(|how| how.starts_with("attachment")), "{answer:?}");
    let export: Value = answer.json()?;
    for table in ["profiles", "follows", "likes", "comments", "progress", "sign_ins"] {
        ensure!(!rows(&export, table).is_empty(), "{table} is missing: {export:#}");
    }
    let progress = rows(&export, "progress");
    ensure!(progress[0]["position_ms"].as_str() == Some(&*POSITION_MS.to_string()), "{progress:?}");
    let others: Value = get(env, BEN, "/v1/me/export").await?.json()?;
    ensure!(rows(&others, "progress").is_empty() && rows(&others, "comments").is_empty(), "{others:#}");

    let me = |confirm: &str| ask(env, ANA, (Method::DELETE, "/v1/me"), json!({ "confirm": confirm }));
    me("ben").await?.expect_refusal(422, "bad-request").context("another person's handle")?;
    me("@Alice_W").await?.success()?;
    wait_for("the sign-ins to end", GATEWAY_SECONDS, || async {
        let status = get_with_token(env, device, "/v1/me").await?.status;
        Ok((status == 401).then_some(()))
    })
    .await?;
    env.api.get("/v1/people/alice_w").await?.expect_refusal(404, "not-found")?;
    let listed: Page<CommentView> = env.api.get(COMMENTS).await?.json()?;
    let counts = reactions(env, BEN).await?;
    ensure!(listed.items.is_empty() && (counts.likes, counts.comments) == (0, 0), "{listed:?} {counts:?}");
    let following: Page<FollowView> = get(env, BEN, "/v1/me/following").await?.json()?;
    ensure!(following.items.is_empty(), "{following:?}");
    put(env, BEN, "/v1/me", json!({ "handle": "alice_w" })).await?.success().context("the handle is free")?;

    // Signs in again, and is a stranger.
    get(env, ANA, &format!("/v1/me/progress/{SUBJECT}")).await?.expect_refusal(404, "not-found")?;
    let again: Me = get(env, ANA, "/v1/me").await?.json()?;
    ensure!(again.profile.handle.is_none() && again.profile.bio.is_none(), "{again:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn feed_of_a_creator_is_well_formed_whatever_the_titles_are() -> Result<()> {
    let env = recorded().await?;
    let hostile = "</title><script>alert(1)</script> & \"]]> \u{202e}'";
    put(&env, CREATOR, "/v1/me", json!({ "handle": "bob-live", "name": hostile, "bio": hostile })).await?.success()?;
    let creator = CommandLine::new(&env.node.url(), &env.gateway.url(), &env.folder.path().join("feed"), CREATOR)?;
    creator.done(&["recordings", "update", "0", "1", "--title", hostile])?;
    let title = env.api.get(RECORDING).await?.json::<RecordingView>()?.title;
    ensure!(title.starts_with("</title>"), "{title}");

    let path = format!("/v1/people/{}/feed.xml", account_of(CREATOR)?);
    let answer = wait_for("the index to have the creator", GATEWAY_SECONDS, || async {
        let answer = env.api.get(&path).await?;
        Ok((answer.status == 200).then_some(answer))
    })
    .await?;
    let kind = answer.header(CONTENT_TYPE.as_str()).unwrap_or_default();
    ensure!(kind.starts_with("application/rss+xml"), "{kind}");
    let channel = Channel::read_from(&answer.body[..]).with_context(|| answer.text())?;
    ensure!(channel.title() == "</title><script>alert(1)</script> & \"]]> '", "{}", channel.title());
    ensure!(channel.link().ends_with("/c/bob-live"), "{}", channel.link());
    let [item] = channel.items() else { anyhow::bail!("one was expected: {:?}", channel.items()) };
    ensure!(item.title() == Some(title.as_str()) && item.pub_date().is_some(), "{item:?}");
    ensure!(item.link().is_some_and(|link| link.ends_with("/watch/0/recordings/1")), "{item:?}");

    let stranger = format!("/v1/people/{}/feed.xml", account_of(BEN)?);
    env.api.get(&stranger).await?.expect_refusal(404, "not-found")?;
    Ok(())
}
