//! What a person has spent, given and received, and what a creator has earned.

use anyhow::{ensure, Result};
use reqwest::Method;
use serde_json::json;
use vilokanam_chain::{Call, Signer, StreamUpdate};
use vilokanam_gateway_tests::{
    api::Response,
    environment::{creator_key, TestEnvironment, STREAM},
    signed,
    wallet::send_final,
};
use vilokanam_tests::{accounts::PRICE, wait_for};
use vilokanam_wire::{
    spending::{PersonReceipt, Spending, Statement, TipView},
    streams::Page,
    Account, Planck,
};

/// Maximum time until the index has what is final.
const INDEX_SECONDS: u64 = 60;
const VIEWER: &str = "//Charlie";
const TIP: u128 = 1_000_000_000;
const TITLE: &str = "=HYPERLINK(\"http://evil.example\",\"x\")";

async fn ask(env: &TestEnvironment, signer: &Signer, path: &str) -> Result<Response> {
    signed::send(&env.api, &env.chain.genesis_hash(), signer, (Method::GET, path), &[], Vec::new()).await
}

/// Watches, leaves, and tips, and waits until the index has it. Returns the ticks that were paid.
async fn watch_and_tip(env: &mut TestEnvironment, viewer: &Signer) -> Result<u64> {
    let mut player = env.paying_player(0, 600).await?;
    player.watch(3).await?;
    env.settle(&mut [&mut player]).await?;
    let ticks = u64::from(player.session()?.revealed_ticks);
    let memo = "Danke \u{202e}schön".as_bytes();
    send_final(&env.chain, &Call::tip(STREAM, TIP, memo), viewer).await?;
    wait_for("the tip to be in the index", INDEX_SECONDS, || async {
        let tips: Page<TipView> = ask(env, viewer, "/v1/me/tips").await?.json()?;
        Ok((!tips.items.is_empty()).then_some(()))
    })
    .await?;
    Ok(ticks)
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_what_they_have_spent_given_and_earned() -> Result<()> {
    let mut env = TestEnvironment::start(Default::default()).await?;
    let (viewer, creator) = (Signer::from_uri(VIEWER)?, creator_key()?);
    let metadata = serde_json::to_vec(&json!({ "title": TITLE }))?;
    let update = StreamUpdate { metadata: Some(metadata), ..StreamUpdate::default() };
    send_final(&env.chain, &Call::update_stream(STREAM, &update), &creator).await?;
    let ticks = watch_and_tip(&mut env, &viewer).await?;
    let paid = u128::from(ticks) * PRICE;

    for by in ["day", "month", "creator"] {
        let path = format!("/v1/me/spending?by={by}&tz=Asia/Kathmandu");
        let spending: Spending = ask(&env, &viewer, &path).await?.json()?;
        let sums = (spending.total_seconds, spending.total_paid, spending.total_tips);
        ensure!(sums == (ticks, Planck(paid), Planck(TIP)), "{by}: {spending:?}");
        ensure!(spending.buckets.iter().map(|bucket| bucket.paid.0).sum::<u128>() == paid, "{by}: {spending:?}");
        ensure!(spending.buckets.iter().all(|bucket| bucket.starts_at.ends_with("+05:45")), "{by}: {spending:?}");
        let creators = spending.buckets.iter().filter_map(|bucket| bucket.creator.as_ref());
        let creators: Vec<_> = creators.map(|person| person.account.clone()).collect();
        let expected = if by == "creator" { vec![Account(creator.account())] } else { Vec::new() };
        ensure!(creators == expected, "{by}: {spending:?}");
    }
    let csv = ask(&env, &viewer, "/v1/me/spending.csv?by=creator").await?.success()?;
    ensure!(csv.header("content-type") == Some("text/csv; charset=utf-8"), "{:?}", csv.headers);
    ensure!(csv.text().contains("'=HYPERLINK(") && !csv.text().contains(",=HYPERLINK("), "{}", csv.text());
    ensure!(!csv.text().contains("\"=HYPERLINK("), "a formula: {}", csv.text());
    ensure!(csv.text().contains(&paid.to_string()), "{}", csv.text());

    tips_and_receipts(&env, &viewer, &creator, ticks).await?;
    statements(&env, &viewer, &creator, ticks).await?;
    requests_of_others_are_refused(&env, &viewer).await
}

async fn tips_and_receipts(env: &TestEnvironment, viewer: &Signer, creator: &Signer, ticks: u64) -> Result<()> {
    let given: Page<TipView> = ask(env, viewer, "/v1/me/tips?direction=given").await?.json()?;
    let received: Page<TipView> = ask(env, creator, "/v1/me/tips?direction=received").await?.json()?;
    for (page, other) in [(&given, creator), (&received, viewer)] {
        let [tip] = &page.items[..] else { anyhow::bail!("{page:?}") };
        ensure!(tip.person.account == Account(other.account()) && tip.amount == Planck(TIP), "{tip:?}");
        ensure!(tip.memo == "Danke schön", "what turns the text around is removed: {tip:?}");
    }
    let none: Page<TipView> = ask(env, creator, "/v1/me/tips").await?.json()?;
    ensure!(none.items.is_empty(), "{none:?}");
    let receipts: Page<PersonReceipt> = ask(env, viewer, "/v1/me/receipts").await?.json()?;
    ensure!(receipts.items.iter().map(|receipt| u64::from(receipt.ticks)).sum::<u64>() == ticks, "{receipts:?}");
    let blocks: Vec<u32> = receipts.items.iter().map(|receipt| receipt.block).collect();
    ensure!(blocks.is_sorted_by(|newer, older| newer >= older), "the newest comes first: {blocks:?}");
    Ok(())
}

async fn statements(env: &TestEnvironment, viewer: &Signer, creator: &Signer, ticks: u64) -> Result<()> {
    let spending: Spending = ask(env, viewer, "/v1/me/spending?by=month&tz=Asia/Kathmandu").await?.json()?;
    let month = spending.buckets.last().map(|bucket| bucket.label.clone()).unwrap_or_default();
    let path = format!("/v1/me/statement?month={month}&tz=Asia/Kathmandu");
    let statement: Statement = ask(env, creator, &path).await?.json()?;
    ensure!(statement.total_seconds > 0 && statement.total_seconds <= ticks, "{statement:?}");
    ensure!(statement.total_earned.0 > 0 && statement.total_tips.0 > 0, "{statement:?}");
    ensure!(statement.days.iter().all(|day| day.day.starts_with(&month)), "{statement:?}");
    let csv = ask(env, creator, &format!("/v1/me/statement.csv?month={month}")).await?.success()?;
    ensure!(csv.text().starts_with("day,seconds,"), "{}", csv.text());
    ask(env, creator, "/v1/me/statement?month=2026-13").await?.expect_refusal(400, "bad-request")?;
    ask(env, viewer, "/v1/me/spending?tz=Mars/Olympus").await?.expect_refusal(400, "bad-request")?;
    let earnings = format!("/v1/creators/{}/earnings?by=day&tz=Asia/Kathmandu", Account(creator.account()));
    let earnings: vilokanam_wire::money::Earnings = env.api.get(&earnings).await?.json()?;
    let days = earnings.buckets.iter().filter(|bucket| bucket.from.ends_with("T00:00:00+05:45"));
    ensure!(!earnings.buckets.is_empty() && days.count() == earnings.buckets.len(), "{earnings:?}");
    Ok(())
}

async fn requests_of_others_are_refused(env: &TestEnvironment, viewer: &Signer) -> Result<()> {
    let stranger = Signer::from_uri("//Dave")?;
    let spending: Spending = ask(env, &stranger, "/v1/me/spending").await?.json()?;
    ensure!(spending.buckets.is_empty(), "a stranger sees {spending:?}");
    let paths =
        ["spending", "spending.csv", "tips", "receipts", "statement?month=2026-11", "statement.csv?month=2026-11"];
    let token = signed::token(&env.api, viewer).await?;
    let forged = format!("Bearer {}", token.replacen('.', ".x", 1));
    for path in paths {
        let path = format!("/v1/me/{path}");
        env.api.get(&path).await?.expect_refusal(401, "signed-out")?;
        env.api.get_with(&path, &[("authorization", &forged)]).await?.expect_refusal(401, "signed-out")?;
    }
    Ok(())
}
