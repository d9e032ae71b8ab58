//! Paying: what happens to a viewer who pays, stops, has spent all, or comes to another price.

use anyhow::{ensure, Context, Result};
use std::time::Duration;
use tokio::time::{sleep, Instant};
use vilokanam_chain::{Call, StreamUpdate};
use vilokanam_gateway_tests::{
    books::{Books, PRICE},
    player::Player,
    stage::{wish, Plan, Stage, STREAM},
    wait_for,
    wallet::{send_final, Wish},
};

/// Long enough for everything that these tests watch.
const MAX_TICKS: u32 = 600;
/// A rise takes effect 60 blocks after it was announced.
const RISE_SECONDS: u64 = 180;
/// How long it may take until the gateway has heard of what a block says.
const HEARD_OF_TIME: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// Everybody has left: each session is settled as far as its viewer has let go, and the books balance.
async fn check_books(stage: &Stage, players: &mut [&mut Player]) -> Result<Books> {
    let ids = players.iter_mut().map(|player| Ok(player.seat()?.id)).collect::<Result<Vec<_>>>()?;
    let books = Books::closed(&stage.chain, &ids).await?;
    for player in players {
        let seat = player.seat()?;
        books.expect(seat.id, seat.revealed)?;
        ensure!(seat.revealed == seat.used, "{} ticks were let go of, {} used", seat.revealed, seat.used);
    }
    books.check(&stage.chain).await?;
    Ok(books)
}

#[tokio::test(flavor = "multi_thread")]
async fn holding_a_viewer_that_stops_paying_works() -> Result<()> {
    let mut stage = Stage::open(Plan::default()).await?;
    let mut player = stage.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    player.wait_until_open().await?;
    let next = player.next().await?;

    // The token shows who has paid so far; it pays for nothing.
    let shown = player.seat()?.show();
    let refusal = player.ask(&next, Some(&shown)).await?;
    let problem = refusal.refused(402, "out-of-prepaid-ticks")?;
    let due = player.seat()?.used + next.cost;
    ensure!(problem.ticks_due == Some(due) && problem.detail.contains(&due.to_string()), "{problem:?}");
    let challenge = refusal.header("www-authenticate").unwrap_or_default().to_owned();
    let parts =
        ["Payment method=\"vilokanam-tick-v1\"", &format!("ticks_due=\"{due}\""), "error=\"out-of-prepaid-ticks\""];
    for part in parts {
        ensure!(challenge.contains(part), "no {part} in {challenge}");
    }
    ensure!(refusal.header("cache-control") == Some("no-store"), "a refusal could be kept: {refusal:?}");
    let session = player.session().await?;
    ensure!(session.paid_ticks == player.seat()?.revealed, "a refusal was charged: {session:?}");

    let resumed = player.buy(&next).await?;
    player.picture(&resumed).await?;
    player.watch(1).await?;
    player.leave().await?;
    check_books(&stage, &mut [&mut player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_free_until_it_is_over_works() -> Result<()> {
    const PREVIEW_TICKS: u32 = 6;
    let mut stage = Stage::open(Plan { preview_ticks: PREVIEW_TICKS, ..Plan::default() }).await?;
    let mut player = stage.player("240p");
    let mut cookie: Option<String> = None;
    let (mut seen, mut after) = (Vec::new(), None);
    let over = loop {
        let listed = player.find(|listed| after.is_none_or(|after| listed.index > after)).await?;
        after = Some(listed.index);
        let key = listed.key.as_ref().context("it is encrypted")?;
        let headers: Vec<_> = cookie.as_deref().map(|cookie| ("cookie", cookie)).into_iter().collect();
        let answer = stage.api.get_url(&key.url, &headers).await?;
        if answer.status != 200 {
            break answer;
        }
        ensure!(answer.header("x-vilokanam-paid-ticks").is_none(), "a preview was charged: {answer:?}");
        let set = answer.header("set-cookie").and_then(|line| line.split(';').next());
        cookie = set.map(str::to_owned).or(cookie);
        seen.push((listed, answer.body));
        ensure!(seen.len() < 20, "the preview does not end");
    };
    let problem = over.refused(402, "preview-over")?;
    ensure!(problem.detail.contains(&PREVIEW_TICKS.to_string()), "{problem:?}");
    let had: u32 = seen.iter().map(|(listed, _)| listed.cost).sum();
    ensure!(had <= PREVIEW_TICKS && had + 2 >= PREVIEW_TICKS, "{had} of {PREVIEW_TICKS} ticks were free");

    // Going on costs from the first tick on, and what was free stays free.
    player.open(&mut stage.wallets[0], &wish(MAX_TICKS)).await?;
    let next = player.next().await?;
    let first = player.buy(&next).await?;
    ensure!(first.paid_ticks == next.cost, "the preview was charged: {first:?}");
    player.picture(&first).await?;
    player.leave().await?;
    check_books(&stage, &mut [&mut player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn topping_up_a_spent_session_works() -> Result<()> {
    const FEW_TICKS: u32 = 6;
    let mut stage = Stage::open(Plan::default()).await?;
    let mut first = stage.paying_player(0, FEW_TICKS).await?;
    while first.seat()?.used < FEW_TICKS {
        first.watch(1).await?;
    }
    let next = first.next().await?;
    let shown = first.seat()?.show();
    let refusal = first.ask(&next, Some(&shown)).await?;
    let problem = refusal.problem()?;
    ensure!(problem.status == 402, "a spent session still sells: {problem:?}");
    // Spent, or on its way to be closed because it is.
    ensure!(matches!(&*problem.code, "deposit-spent" | "session-closing" | "no-session"), "{problem:?}");

    let mut second = stage.paying_player(0, MAX_TICKS).await?;
    second.buy(&next).await?;
    second.watch(2).await?;
    second.leave().await?;
    let books = check_books(&stage, &mut [&mut first, &mut second]).await?;
    ensure!(books.sessions.len() == 2, "{books:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_price_leaves_running_sessions_alone_works() -> Result<()> {
    const RISEN: u128 = 3 * PRICE;
    let mut stage = Stage::open(Plan { viewers: &["//Charlie", "//Dave"], ..Plan::default() }).await?;
    let mut old = stage.paying_player(0, MAX_TICKS).await?;
    old.watch(1).await?;
    let rise = StreamUpdate { price_per_tick: Some(RISEN), ..StreamUpdate::default() };
    send_final(&stage.chain, &Call::update_stream(STREAM, &rise), &stage.creator_key()?).await?;
    let announced = stage.chain.now().stream(STREAM).await?.context("the stream is there")?;
    let from = announced.next_price.context("a rise is announced")?.at;
    wait_for("the new price to hold", RISE_SECONDS, || async {
        Ok((stage.chain.finalized().await?.number >= from).then_some(()))
    })
    .await?;

    // It paid the old price before, and pays it still.
    old.watch(2).await?;
    ensure!(old.session().await?.price_per_tick.0 == PRICE, "a running session's price has changed");

    let mut new = stage.player("240p");
    let cheap = stage.wallets[1].ticket(&wish(MAX_TICKS)).await?;
    let refusal = stage.api.post("/v1/sessions", &cheap.offer(), &[]).await?;
    let problem = refusal.refused(422, "price-too-low")?;
    ensure!(problem.detail.contains(&RISEN.to_string()), "it does not say the price: {problem:?}");
    let dear = Wish { price_per_tick: RISEN, ..wish(MAX_TICKS) };
    let view = new.open(&mut stage.wallets[1], &dear).await?;
    ensure!(view.price_per_tick.0 == RISEN, "{view:?}");
    new.watch(2).await?;

    old.leave().await?;
    new.leave().await?;
    let books = check_books(&stage, &mut [&mut old, &mut new]).await?;
    let prices = [old.seat()?.id, new.seat()?.id].map(|id| books.sessions[&id].price_per_tick);
    ensure!(prices == [PRICE, RISEN], "the chain has other prices: {prices:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn ending_a_stream_closes_its_sessions_works() -> Result<()> {
    let settings = [("INGEST__RECONNECT_WINDOW_S", "2"), ("PAYWALL__IDLE_CLOSE_S", "10")];
    let mut stage = Stage::open(Plan { settings: &settings, ..Plan::default() }).await?;
    let mut player = stage.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    stage.publisher.take().context("it publishes")?.stop().await?;
    // The playlist is there for half a minute after its end, which finality may take as well.
    let (end, creator) = (Call::end_stream(STREAM), stage.creator_key()?);
    let ended =
        wait_for("the end of the playlist", 60, || async { Ok(player.playlist().await?.is_ended.then_some(())) });
    tokio::try_join!(ended, send_final(&stage.chain, &end, &creator))?;

    // Nobody leaves, and nothing can be opened any more.
    let late = stage.wallets[0].ticket(&wish(MAX_TICKS)).await?;
    let refusal = stage.api.post("/v1/sessions", &late.offer(), &[]).await?;
    let problem = refusal.refused(422, "stream-not-open")?;
    ensure!(problem.detail.contains("ended"), "{problem:?}");
    check_books(&stage, &mut [&mut player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn suspending_a_stream_settles_its_sessions_works() -> Result<()> {
    let mut stage = Stage::open(Plan { viewers: &["//Charlie", "//Dave"], ..Plan::default() }).await?;
    let mut player = stage.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    vilokanam_gateway_tests::root::suspend(&stage.node, STREAM).await?;
    let deadline = Instant::now() + HEARD_OF_TIME;
    let late = loop {
        // A new one each time: one that was taken before the gateway has heard of it is answered as before.
        let late = stage.wallets[1].ticket(&wish(MAX_TICKS)).await?;
        let answer = stage.api.post("/v1/sessions", &late.offer(), &[]).await?;
        if answer.status >= 400 {
            let problem = answer.refused(422, "stream-not-open")?;
            ensure!(problem.detail.contains("suspended"), "{problem:?}");
            break late;
        }
        ensure!(Instant::now() < deadline, "sessions are still sold: {answer:?}");
        sleep(LOOK_EVERY).await;
    };
    let unopened = stage.chain.now().session(late.id).await?;
    ensure!(unopened.is_none(), "a session was opened on a suspended stream: {unopened:?}");

    player.leave().await?;
    check_books(&stage, &mut [&mut player]).await?;
    Ok(())
}
