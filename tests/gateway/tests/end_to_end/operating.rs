//! Operating a gateway: watchtowers, stopping, occupied ports, SRT listeners, and requests from pages of other origins.

use anyhow::{ensure, Result};
use reqwest::{
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS,
        ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, ORIGIN,
    },
    Client, Method,
};
use serde_json::json;
use vilokanam_gateway_tests::environment::{EnvironmentOptions, TestEnvironment, STREAM};
use vilokanam_tests::{free_port, wait_for};
use vilokanam_wire::creator::{OpenSrt, SrtListener};

const MAX_TICKS: u32 = 600;
/// Settings of a gateway that settles nothing by itself during a test.
const NO_SETTLEMENT: [(&str, &str); 1] = [("CHAIN__SETTLE_INTERVAL_S", "300")];

#[tokio::test(flavor = "multi_thread")]
async fn watchtower_settles_the_claims_that_a_gateway_publishes() -> Result<()> {
    let options = EnvironmentOptions { settings: &NO_SETTLEMENT, ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    player.wait_until_finalized().await?;
    player.watch(2).await?;
    let summary = wait_for("the claim to be published", 30, || async {
        let summary = env.creator().settle_from_gateway()?;
        Ok((summary["claims"] == 1).then_some(summary))
    })
    .await?;
    ensure!(summary["accepted"] == 1 && summary["refused"] == json!([]), "the claim was not accepted: {summary}");
    env.wait_for_settled_ticks(player.session()?.id, 1).await?;
    env.settle(&mut [&mut player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_gateway_hands_its_claims_to_the_node() -> Result<()> {
    let options = EnvironmentOptions { settings: &NO_SETTLEMENT, ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    player.wait_until_finalized().await?;
    player.watch(2).await?;
    let exit_code = env.gateway.stop().await?;
    ensure!(exit_code == Some(0), "the gateway ended with {exit_code:?}");
    let session = player.session()?;
    env.wait_for_settled_ticks(session.id, session.revealed_ticks).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn gateway_on_an_occupied_port_exits_and_names_the_setting() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    // All settings are those of the running gateway. The port is the first thing that a gateway checks.
    let mut second = env.gateway.command()?;
    let ended = tokio::task::spawn_blocking(move || second.output()).await??;
    let output = String::from_utf8_lossy(&ended.stderr);
    ensure!(ended.status.code() == Some(1), "the second gateway ended with {}: {output}", ended.status);
    ensure!(output.contains("http.listen") && output.contains("no other program"), "no reason is given: {output}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_srt_listener_can_be_opened_again() -> Result<()> {
    let port = free_port()?;
    // All streams share the only port.
    let ports = format!("[{port},{port}]");
    let settings = [("INGEST__SRT_PORTS", ports.as_str())];
    let env =
        TestEnvironment::start(EnvironmentOptions { settings: &settings, ..EnvironmentOptions::offline() }).await?;
    let key = env.creator().create_publish_key(STREAM)?.key;
    let path = format!("/v1/streams/{STREAM}/srt");
    let close = |key: String| {
        let (api, path) = (&env.api, &path);
        async move {
            let authorization = format!("Bearer {key}");
            api.send(Method::DELETE, path, &[(AUTHORIZATION.as_str(), &authorization)], Vec::new()).await
        }
    };
    let open = OpenSrt { key: key.clone() };
    close(key.clone()).await?.expect_refusal(404, "not-found")?;
    env.api.post(&path, &open, &[]).await?.success()?;
    close("f".repeat(key.len())).await?.expect_refusal(403, "publish-refused")?;
    let closed = close(key).await?;
    ensure!(closed.status == 204, "the listener is not closed: {closed:?}");
    let listener: SrtListener = env.api.post(&path, &open, &[]).await?.json()?;
    let expected = format!(":{port}?streamid=#!::r={STREAM},m=publish");
    ensure!(listener.url.ends_with(&expected) && listener.shared_url == Some(listener.url.clone()), "{listener:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_other_origins_may_pay() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    let preflight = Client::new()
        .request(Method::OPTIONS, env.api.url("/v1/streams/0/keys/0")?)
        .header(ORIGIN, "https://elsewhere.example")
        .header(ACCESS_CONTROL_REQUEST_METHOD, "GET")
        .header(ACCESS_CONTROL_REQUEST_HEADERS, AUTHORIZATION.as_str())
        .send()
        .await?;
    let header = |name| preflight.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ensure!(header(ACCESS_CONTROL_ALLOW_ORIGIN) == "*", "the origin is not allowed: {preflight:?}");
    // By the Fetch standard, `*` does not include this header.
    let allowed = header(ACCESS_CONTROL_ALLOW_HEADERS).to_ascii_lowercase();
    let is_allowed = allowed.split(',').any(|name| name.trim() == AUTHORIZATION.as_str());
    ensure!(is_allowed, "payments are not allowed: {preflight:?}");
    Ok(())
}
