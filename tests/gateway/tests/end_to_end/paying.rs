//! Paying: previews, refusals, spent sessions, new prices, and the end of a stream.

use anyhow::{ensure, Context, Result};
use reqwest::header::{CACHE_CONTROL, COOKIE, SET_COOKIE, WWW_AUTHENTICATE};
use std::time::Duration;
use tokio::time::{sleep, Instant};
use vilokanam_chain::{Call, StreamUpdate};
use vilokanam_gateway_tests::{
    environment::{creator_key, terms, EnvironmentOptions, TestEnvironment, STREAM},
    ledger::Ledger,
    player::Player,
    wallet::{send_final, TicketTerms},
};
use vilokanam_tests::{accounts::PRICE, wait_for};
use vilokanam_wire::{
    headers::REVEALED_TICKS,
    payment::{METHOD, SCHEME},
};

const MAX_TICKS: u32 = 600;
/// Maximum time until a raised price takes effect, which is 60 blocks after its announcement.
const RISE_SECONDS: u64 = 180;
/// Maximum time until the gateway has read a block.
const GATEWAY_DELAY: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(300);

/// Waits until all sessions are closed. Fails unless these players revealed exactly the ticks that were charged, all of
/// these are settled, and every account has what the rules give it.
async fn check_closed(env: &TestEnvironment, players: &mut [&mut Player]) -> Result<Ledger> {
    for player in players.iter_mut() {
        let session = player.session()?;
        let (revealed_ticks, charged_ticks) = (session.revealed_ticks, session.charged_ticks);
        ensure!(revealed_ticks == charged_ticks, "{revealed_ticks} ticks are revealed, {charged_ticks} charged");
    }
    env.check_closed(players).await
}

#[tokio::test(flavor = "multi_thread")]
async fn viewer_who_reveals_no_more_ticks_gets_no_more_keys() -> Result<()> {
    let mut env = TestEnvironment::start(Default::default()).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    player.wait_until_finalized().await?;
    let next = player.next_segment().await?;

    // The token shows who has paid so far. It pays for nothing more.
    let authorization = player.session()?.show_token();
    let refusal = player.request_key(&next, Some(&authorization)).await?;
    let problem = refusal.expect_refusal(402, "out-of-prepaid-ticks")?;
    let required_ticks = player.session()?.charged_ticks + next.cost_ticks;
    ensure!(problem.required_ticks == Some(required_ticks), "{required_ticks} ticks are required: {problem:?}");
    ensure!(problem.detail.contains(&required_ticks.to_string()), "the detail does not say how many: {problem:?}");
    let challenge = refusal.header(WWW_AUTHENTICATE.as_str()).unwrap_or_default();
    let parts = [
        format!("{SCHEME} method=\"{METHOD}\""),
        format!("required_ticks=\"{required_ticks}\""),
        format!("error=\"{}\"", problem.code),
    ];
    for part in parts {
        ensure!(challenge.contains(&part), "the challenge has no {part}: {challenge}");
    }
    let caching = refusal.header(CACHE_CONTROL.as_str());
    ensure!(caching == Some("no-store"), "a refusal must not be cached: {caching:?}");
    let view = player.session_view().await?;
    ensure!(view.revealed_ticks == player.session()?.revealed_ticks, "the refusal was charged: {view:?}");

    let resumed = player.buy(&next).await?;
    player.decrypted(&resumed).await?;
    player.watch(1).await?;
    player.leave().await?;
    check_closed(&env, &mut [&mut player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn preview_is_free_until_its_ticks_are_used() -> Result<()> {
    const PREVIEW_TICKS: u32 = 6;
    let options = EnvironmentOptions { preview_ticks: PREVIEW_TICKS, ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let mut player = env.player("240p");
    let mut cookie: Option<String> = None;
    let (mut free_ticks, mut after) = (0, None);
    let refusal = loop {
        let segment = player.find(|segment| after.is_none_or(|after| segment.index > after)).await?;
        after = Some(segment.index);
        let key = segment.key.as_ref().context("the segment is encrypted")?;
        let headers: Vec<_> = cookie.as_deref().map(|cookie| (COOKIE.as_str(), cookie)).into_iter().collect();
        let answer = env.api.get_url(&key.url, &headers).await?;
        if answer.status != 200 {
            break answer;
        }
        ensure!(answer.header(REVEALED_TICKS).is_none(), "the preview was charged: {answer:?}");
        let new_cookie = answer.header(SET_COOKIE.as_str()).and_then(|line| line.split(';').next());
        cookie = new_cookie.map(str::to_owned).or(cookie);
        free_ticks += segment.cost_ticks;
        ensure!(free_ticks <= PREVIEW_TICKS, "{free_ticks} ticks were free, not {PREVIEW_TICKS}");
    };
    let problem = refusal.expect_refusal(402, "preview-over")?;
    ensure!(problem.detail.contains(&PREVIEW_TICKS.to_string()), "the detail does not say how many: {problem:?}");
    ensure!(free_ticks + 2 >= PREVIEW_TICKS, "only {free_ticks} of {PREVIEW_TICKS} ticks were free");

    // From now on every tick is charged, but those of the preview are not charged afterwards.
    player.open_session(&mut env.wallets[0], &terms(MAX_TICKS)).await?;
    let next = player.next_segment().await?;
    let first = player.buy(&next).await?;
    ensure!(first.revealed_ticks == next.cost_ticks, "the preview was charged afterwards: {first:?}");
    player.decrypted(&first).await?;
    player.leave().await?;
    check_closed(&env, &mut [&mut player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn spent_session_can_be_followed_by_another() -> Result<()> {
    const FEW_TICKS: u32 = 6;
    let mut env = TestEnvironment::start(Default::default()).await?;
    let mut first = env.paying_player(0, FEW_TICKS).await?;
    while first.session()?.charged_ticks < FEW_TICKS {
        first.watch(1).await?;
    }
    let next = first.next_segment().await?;
    let authorization = first.session()?.show_token();
    let problem = first.request_key(&next, Some(&authorization)).await?.problem()?;
    ensure!(problem.status == 402, "a spent session still sells keys: {problem:?}");
    // The gateway may have begun to close the session, because it is spent.
    let is_spent = matches!(problem.code.as_str(), "deposit-spent" | "session-closing" | "no-session");
    ensure!(is_spent, "refused for another reason: {problem:?}");

    let mut second = env.paying_player(0, MAX_TICKS).await?;
    second.buy(&next).await?;
    second.watch(2).await?;
    second.leave().await?;
    let ledger = check_closed(&env, &mut [&mut first, &mut second]).await?;
    ensure!(ledger.sessions.len() == 2, "there should be two sessions: {ledger:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn raised_price_does_not_apply_to_open_sessions() -> Result<()> {
    const RAISED_PRICE: u128 = 3 * PRICE;
    let options = EnvironmentOptions { viewers: &["//Charlie", "//Dave"], ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let mut old = env.paying_player(0, MAX_TICKS).await?;
    old.watch(1).await?;
    let update = StreamUpdate { price_per_tick: Some(RAISED_PRICE), ..StreamUpdate::default() };
    send_final(&env.chain, &Call::update_stream(STREAM, &update), &creator_key()?).await?;
    let stream = env.chain.now().stream(STREAM).await?.context("the stream exists")?;
    let from = stream.next_price.context("a raised price is announced")?.at;
    wait_for("the raised price to take effect", RISE_SECONDS, || async {
        Ok((env.chain.finalized().await?.number >= from).then_some(()))
    })
    .await?;

    old.watch(2).await?;
    let view = old.session_view().await?;
    ensure!(view.price_per_tick.0 == PRICE, "the price of an open session has changed: {view:?}");

    let cheap = env.wallets[1].ticket(&terms(MAX_TICKS)).await?;
    let refusal = env.api.post("/v1/sessions", &cheap.offer(), &[]).await?;
    let problem = refusal.expect_refusal(422, "price-too-low")?;
    ensure!(problem.detail.contains(&RAISED_PRICE.to_string()), "the detail does not say the price: {problem:?}");
    let mut new = env.player("240p");
    let raised = TicketTerms { price_per_tick: RAISED_PRICE, ..terms(MAX_TICKS) };
    let view = new.open_session(&mut env.wallets[1], &raised).await?;
    ensure!(view.price_per_tick.0 == RAISED_PRICE, "the new session has another price: {view:?}");
    new.watch(2).await?;

    old.leave().await?;
    new.leave().await?;
    let ledger = check_closed(&env, &mut [&mut old, &mut new]).await?;
    let prices = [old.session()?.id, new.session()?.id].map(|id| ledger.sessions[&id].price_per_tick);
    ensure!(prices == [PRICE, RAISED_PRICE], "the chain has other prices: {prices:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn ended_stream_has_its_sessions_closed_and_accepts_no_tickets() -> Result<()> {
    let settings = [("INGEST__RECONNECT_WINDOW_S", "2"), ("PAYWALL__IDLE_CLOSE_S", "10")];
    let options = EnvironmentOptions { settings: &settings, ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    env.publisher.take().context("the stream is live")?.stop().await?;
    // The playlist is available for half a minute after its end, and finality may take that long as well.
    let (end, creator) = (Call::end_stream(STREAM), creator_key()?);
    let ended =
        wait_for("the end of the playlist", 60, || async { Ok(player.playlist().await?.is_ended.then_some(())) });
    tokio::try_join!(ended, send_final(&env.chain, &end, &creator))?;

    // The player does not leave. The gateway closes the session because it is idle.
    let late = env.wallets[0].ticket(&terms(MAX_TICKS)).await?;
    let refusal = env.api.post("/v1/sessions", &late.offer(), &[]).await?;
    let problem = refusal.expect_refusal(422, "stream-not-open")?;
    ensure!(problem.detail.contains("ended"), "the detail does not say why: {problem:?}");
    check_closed(&env, &mut [&mut player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn suspended_stream_settles_its_sessions_and_accepts_no_tickets() -> Result<()> {
    let options = EnvironmentOptions { viewers: &["//Charlie", "//Dave"], ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    env.suspend_stream().await?;
    let deadline = Instant::now() + GATEWAY_DELAY;
    let late = loop {
        // A new ticket each time: if one was accepted, offering it again is answered in the same way.
        let late = env.wallets[1].ticket(&terms(MAX_TICKS)).await?;
        let answer = env.api.post("/v1/sessions", &late.offer(), &[]).await?;
        if answer.status >= 400 {
            let problem = answer.expect_refusal(422, "stream-not-open")?;
            ensure!(problem.detail.contains("suspended"), "the detail does not say why: {problem:?}");
            break late;
        }
        ensure!(Instant::now() < deadline, "tickets are still accepted: {answer:?}");
        sleep(POLL_INTERVAL).await;
    };
    let opened = env.session(late.id).await?;
    ensure!(opened.is_none(), "a session of a suspended stream was opened: {opened:?}");

    // The player does not leave: the gateway ends the sessions of a suspended stream.
    check_closed(&env, &mut [&mut player]).await?;
    Ok(())
}
