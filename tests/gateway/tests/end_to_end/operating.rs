//! What operators do: start it wrongly, stop it, watch over it; and what browsers of other sites may ask.

use anyhow::{ensure, Context, Result};
use vilokanam_gateway_tests::{
    books::Books,
    stage::{Plan, Stage, STREAM},
    wait_for,
};

const MAX_TICKS: u32 = 600;
/// Long enough for nothing to be settled by the clock while a test runs.
const SELDOM: [(&str, &str); 1] = [("CHAIN__SETTLE_INTERVAL_S", "300")];

#[tokio::test(flavor = "multi_thread")]
async fn settling_as_a_watchtower_works() -> Result<()> {
    let mut stage = Stage::open(Plan { settings: &SELDOM, ..Plan::default() }).await?;
    let mut player = stage.paying_player(0, MAX_TICKS).await?;
    player.wait_until_open().await?;
    player.watch(2).await?;
    let (id, revealed) = (player.seat()?.id, player.seat()?.revealed);
    let told = wait_for("the claim to be published", 30, || async {
        let told = stage.creator().settle()?;
        Ok((told["claims"] == 1).then_some(told))
    })
    .await?;
    ensure!(told["accepted"] == 1 && told["refused"] == serde_json::json!([]), "{told}");
    wait_for("the claim to be settled", 60, || async {
        let session = stage.chain.now().session(id).await?.context("the session is open")?;
        Ok((session.settled_ticks > 0).then_some(()))
    })
    .await?;
    player.leave().await?;
    let books = Books::closed(&stage.chain, &[id]).await?;
    books.expect(id, revealed)?;
    books.check(&stage.chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_hands_over_what_was_sold_works() -> Result<()> {
    let mut stage = Stage::open(Plan { settings: &SELDOM, ..Plan::default() }).await?;
    let mut player = stage.paying_player(0, MAX_TICKS).await?;
    player.wait_until_open().await?;
    player.watch(2).await?;
    let (id, revealed) = (player.seat()?.id, player.seat()?.revealed);
    ensure!(stage.gateway.stop().await? == Some(0), "it does not end well");
    wait_for("what was sold to be settled", 60, || async {
        let session = stage.chain.now().session(id).await?.context("the session is open")?;
        Ok((session.settled_ticks == revealed).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn starting_on_a_port_that_is_taken_fails() -> Result<()> {
    let stage = Stage::open(Plan { is_live: false, viewers: &[], ..Plan::default() }).await?;
    // The very same settings: the port is what is looked at first.
    let mut second = stage.gateway.command()?;
    let ended = tokio::task::spawn_blocking(move || second.output()).await??;
    let said = String::from_utf8_lossy(&ended.stderr);
    ensure!(ended.status.code() == Some(1), "it ended with {}: {said}", ended.status);
    ensure!(said.contains("http.listen") && said.contains("no other program"), "it does not say why: {said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_an_srt_listener_works() -> Result<()> {
    let port = vilokanam_gateway_tests::free_port()?;
    // One port: a second listener needs the first to be closed.
    let ports = format!("[{port},{port}]");
    let settings = [("INGEST__SRT_PORTS", &*ports)];
    let stage = Stage::open(Plan { settings: &settings, is_live: false, viewers: &[], ..Plan::default() }).await?;
    let key = stage.creator().publish_key(STREAM)?.key;
    let path = format!("/v1/streams/{STREAM}/srt");
    let close = |key: String| {
        let (api, path) = (stage.api.clone(), path.clone());
        async move {
            let shown = format!("Bearer {key}");
            api.send(reqwest::Method::DELETE, &path, &[("authorization", &shown)], Vec::new()).await
        }
    };
    close(key.clone()).await?.refused(404, "not-found")?;
    stage.api.post(&path, &serde_json::json!({ "key": key }), &[]).await?.ok()?;
    close("f".repeat(key.len())).await?.refused(403, "publish-refused")?;
    let closed = close(key.clone()).await?;
    ensure!(closed.status == 204, "it is not closed: {closed:?}");
    wait_for("the port to be free again", 30, || async {
        let opened = stage.api.post(&path, &serde_json::json!({ "key": key }), &[]).await?;
        Ok((opened.status == 200).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_sites_may_pay() -> Result<()> {
    let stage = Stage::open(Plan { is_live: false, viewers: &[], ..Plan::default() }).await?;
    let url = format!("{}/v1/streams/0/keys/0", stage.gateway.url());
    let asked = reqwest::Client::new()
        .request(reqwest::Method::OPTIONS, url)
        .header("origin", "https://elsewhere.example")
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "authorization")
        .send()
        .await?;
    let header = |name: &str| asked.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ensure!(header("access-control-allow-origin") == "*", "{asked:?}");
    // By the Fetch standard a `*` does not stand for this one.
    let allowed = header("access-control-allow-headers").to_ascii_lowercase();
    ensure!(allowed.split(',').any(|name| name.trim() == "authorization"), "{asked:?}");
    Ok(())
}
