//! Session keys of several devices, and gifts.

use anyhow::{ensure, Context, Result};
use reqwest::header::AUTHORIZATION;
use serde_json::Value;
use tick_stream_primitives::{batch::bounded, Batch, KeyLimits, RowError, TickEvent};
use vilokanam_chain::Call;
use vilokanam_gateway_tests::{
    environment::{terms, TestEnvironment},
    ledger::Ledger,
};
use vilokanam_tests::{accounts::PRICE, command_line::CommandLine, viewer::key_limits, wait_for};
use vilokanam_wire::bought::BoughtKeys;

const MAX_TICKS: u32 = 600;
/// Maximum time until a session is opened or closed.
const SESSION_SECONDS: u64 = 120;

/// Limits of a second device: one session at a time.
fn device_limits() -> KeyLimits {
    KeyLimits { max_sessions: 1, ..key_limits(PRICE, 10_000_000_000_000) }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_of_one_viewer_watch_at_once_and_a_removed_key_opens_nothing() -> Result<()> {
    let mut env = TestEnvironment::start(Default::default()).await?;
    let mut phone = env.wallets[0].add_device([41; 32], &device_limits()).await?;
    let mut first = env.paying_player(0, MAX_TICKS).await?;
    let mut second = env.player("240p");
    second.open_session(&mut phone, &terms(MAX_TICKS)).await?;
    ensure!(first.session()?.id != second.session()?.id, "the sessions of two keys should differ");
    let (one, other) = tokio::join!(first.watch(2), second.watch(2));
    one.context("the first device")?;
    other.context("the second device")?;

    // A third session is above the limit of the second device, but not of the first.
    let above = phone.ticket(&terms(MAX_TICKS)).await?;
    second.wait_until_finalized().await?;
    let refusal = env.api.post("/v1/sessions", &above.offer(), &[]).await?;
    refusal.expect_refusal(422, "too-many-key-sessions")?;
    let mut third = env.paying_player(0, MAX_TICKS).await?;
    third.watch(1).await?;

    phone.remove_key().await?;
    second.watch(1).await.context("the open session of a removed key goes on")?;
    let late = phone.ticket(&terms(MAX_TICKS)).await?;
    wait_for("the gateway to know that the key is removed", SESSION_SECONDS, || async {
        let refusal = env.api.post("/v1/sessions", &late.offer(), &[]).await?;
        refusal.expect_refusal(422, "key-unknown").map(Some)
    })
    .await?;
    refused_by_the_chain(&env, late.ticket.clone()).await?;
    // What the viewer has bought is shown to the other device, and not to the session of the removed key.
    let (shown, of_removed) = (first.session()?.show_token(), second.session()?.show_token());
    let purchases = |shown: String| {
        let api = &env.api;
        async move { api.get_with("/v1/streams/0/bought", &[(AUTHORIZATION.as_str(), &shown)]).await }
    };
    let bought: BoughtKeys = purchases(shown).await?.json()?;
    ensure!(!bought.ranges.is_empty(), "nothing was bought");
    purchases(of_removed).await?.expect_refusal(403, "forbidden").context("purchases for a removed key")?;
    env.settle(&mut [&mut first, &mut second, &mut third]).await?;
    Ok(())
}

/// Submits a ticket to the chain directly. Fails unless its row is refused because the key is unknown.
async fn refused_by_the_chain(env: &TestEnvironment, ticket: tick_stream_primitives::SignedTicket) -> Result<()> {
    let batch = Batch { opens: bounded(vec![ticket]), ..Batch::default() };
    let receipt = env.chain.execute(&Call::process_batch(&batch), &env.wallets[0].signer).await?;
    let events = env.chain.tick_events(receipt.block.hash).await?;
    let error = events.iter().find_map(|event| match event {
        TickEvent::RowFailed { error, .. } => Some(*error),
        _ => None,
    });
    ensure!(error == Some(RowError::KeyUnknown), "the chain should refuse the ticket: {events:?}");
    Ok(())
}

/// Makes a gift with the viewer's command line, and returns its link and its session key.
fn give(giver: &CommandLine, arguments: &[&str]) -> Result<(String, String)> {
    let made = giver.done(&[&["--finalized", "gift"], arguments].concat())?;
    let text = |name: &str| -> Result<String> { Ok(made[name].as_str().context("a gift has all fields")?.to_owned()) };
    Ok((text("link")?, text("session_key")?))
}

#[tokio::test(flavor = "multi_thread")]
async fn gift_plays_without_an_account_stops_at_its_limit_and_is_not_shared() -> Result<()> {
    let env = TestEnvironment::start(Default::default()).await?;
    let (node, gateway, folder) = (env.node.url(), env.gateway.url(), env.folder.path());
    let giver = CommandLine::new(&node, &gateway, &folder.join("giver"), "//Charlie")?;
    let [one, other] = ["one", "other"].map(|name| CommandLine::without_key(&node, &gateway, &folder.join(name)));
    let (one, other) = (one?, other?);

    // 15 seconds at about 0.002 VLK, and the fee of 0.004 VLK.
    let (link, key) = give(&giver, &["--stream", "0", "--amount", "0.035", "--label", "small"])?;
    ensure!(link.starts_with(&format!("{gateway}/gift#v=1&")), "the link is not the gateway's: {link}");
    let watched = one.done(&["watch", &link, "-o", &one.file("a.mp4"), "--no-preview"])?;
    let ticks = watched["ticks"].as_u64().unwrap_or_default();
    ensure!(watched["ending"] == "gift-spent" && (5..=15).contains(&ticks), "the gift is 15 seconds: {watched:#}");
    Ledger::wait_until_all_are_closed(&env.chain, &[]).await?;
    other.refused(&["watch", &link, "-o", &other.file("a.mp4"), "--no-preview"], 4, "this gift is used up")?;
    let gifts = giver.done(&["gift", "list"])?;
    let listed = gifts["keys"].as_array().into_iter().flatten().find(|listed| listed["session_key"] == key.as_str());
    let listed = listed.with_context(|| format!("the gift is not listed: {gifts:#}"))?;
    ensure!(listed["label"] == "Gift small" && listed["max_sessions"] == 1, "{listed:#}");

    let (link, key) = give(&giver, &["--stream", "0", "--amount", "2"])?;
    watched_in_two_places(&env, [&one, &other], &link).await?;
    giver.done(&["--finalized", "gift", "remove", &key])?;
    other.refused(&["watch", &link, "-o", &other.file("c.mp4")], 4, "its giver has removed it")?;
    let ledger = Ledger::wait_until_all_are_closed(&env.chain, &[]).await?;
    ensure!(ledger.sessions.len() == 2, "each gift should have had one session: {ledger:?}");
    ledger.check_balances(&env.chain).await
}

/// Watches with one gift in one place, and tries it in another one meanwhile.
async fn watched_in_two_places(env: &TestEnvironment, [one, other]: [&CommandLine; 2], link: &str) -> Result<()> {
    let before = env.chain.now().stream(0).await?.context("the stream exists")?.open_sessions;
    let arguments = ["watch", link, "-o", &one.file("b.mp4"), "--no-preview", "--for", "30s"];
    let mut watching = one.start(&arguments, "watch-gift")?;
    wait_for("the gift's session to be opened", SESSION_SECONDS, || async {
        let stream = env.chain.now().stream(0).await?.context("the stream exists")?;
        Ok((stream.open_sessions > before).then_some(()))
    })
    .await?;
    let arguments = ["watch", link, "-o", &other.file("b.mp4"), "--no-preview"];
    other.refused(&arguments, 4, "being watched somewhere else")?;
    wait_for("the first one to have watched", SESSION_SECONDS, || {
        let status = watching.exit_status();
        async move { status }
    })
    .await?;
    let json: Value = last_document(&watching.output())?;
    ensure!(json["ending"] == "time-up", "the first one should not be disturbed: {json:#}");
    Ok(())
}

/// Returns the JSON document at the end of a log.
fn last_document(log: &str) -> Result<Value> {
    let start = log.rfind("\n{").map_or(0, |newline| newline + 1);
    serde_json::from_str(log[start..].trim()).with_context(|| format!("no JSON document: {log}"))
}
