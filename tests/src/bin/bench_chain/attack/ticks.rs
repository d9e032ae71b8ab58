//! Attacks with ticks: claims that are worth less than their settlement.

use super::{
    parties::{Books, Parties},
    Args, Outcome,
};
use crate::report::progress;
use anyhow::{Context, Result};
use serde_json::json;
use std::time::Duration;
use tick_stream_primitives::{Balance, SessionId};
use tokio::time::sleep;
use vilokanam_chain::Watch;
use vilokanam_tests::{accounts::UNIT, wait_for};

/// Maximum number of ticks of the attacker's sessions.
const MAX_TICKS: u32 = 600;
/// Number of steps in which the lowest price is searched for at which the worker settles one tick: to about 2 %.
const PRICE_STEPS: u32 = 9;
/// Seconds in which a claim that is worth its fee is settled.
const SETTLEMENT_SECONDS: u64 = 8;
/// Maximum time until a claim is settled that is worth its fee.
const WAIT_SECONDS: u64 = 60;
/// Blocks before the end of the closing period in which the urgent ticks are posted one by one.
const LAST_BLOCKS: u32 = 45;
/// Number of ticks that can be claimed ahead of time, less a few.
const PREPAID_TICKS: u32 = 50;

/// One tick every few seconds at the lowest price.
pub async fn cheap(parties: &mut Parties, args: &Args) -> Result<Outcome> {
    let price = parties.chain.now().params().await?.min_price;
    let stream = parties.create_stream(price).await?;
    let before = parties.books().await?;
    let mut watch = parties.open(stream, price, MAX_TICKS).await?;
    for ticks in 1..=args.rounds {
        sleep(Duration::from_secs(args.tick_every.into())).await;
        parties.claim(&mut watch, ticks).await?;
    }
    let settled = parties.settled(watch.session).await?.unwrap_or_default();
    end(parties, before, &mut watch, args.rounds, price, settled).await
}

/// One tick after the other, each as soon as the last one is settled.
pub async fn paid(parties: &mut Parties, args: &Args) -> Result<Outcome> {
    let price = paying_price(parties).await?;
    let stream = parties.create_stream(price).await?;
    let before = parties.books().await?;
    let mut watch = parties.open(stream, price, MAX_TICKS).await?;
    let (parties, session): (&Parties, _) = (parties, watch.session);
    let rounds = args.rounds.min(PREPAID_TICKS);
    for ticks in 1..=rounds {
        parties.claim(&mut watch, ticks).await?;
        wait_for("a claim of one tick to be settled", WAIT_SECONDS, || is_settled(parties, session, ticks)).await?;
    }
    end(parties, before, &mut watch, rounds, price, rounds).await
}

/// One tick after the other over the whole closing period, at the lowest price.
pub async fn urgent(parties: &mut Parties) -> Result<Outcome> {
    let params = parties.chain.now().params().await?;
    let (price, period) = (params.min_price, params.close_period);
    let stream = parties.create_stream(price).await?;
    let before = parties.books().await?;
    let mut watch = parties.open(stream, price, MAX_TICKS.max(period)).await?;
    parties.begin_closing(&watch).await?;
    progress(&format!("{period} blocks of the closing period"));
    // The ticks that can be claimed ahead of time, spread over the period.
    let pause = Duration::from_secs((period / PREPAID_TICKS).max(1).into());
    for ticks in 1..=PREPAID_TICKS {
        parties.claim(&mut watch, ticks).await?;
        sleep(pause).await;
    }
    let settled = parties.settled(watch.session).await?.unwrap_or_default();
    end(parties, before, &mut watch, settled, price, settled).await
}

/// One tick a second at the end of the closing period, each worth its settlement but not the tip.
pub async fn urgent_paid(parties: &mut Parties) -> Result<Outcome> {
    let price = paying_price(parties).await?;
    let period = parties.chain.now().params().await?.close_period;
    let stream = parties.create_stream(price).await?;
    let before = parties.books().await?;
    let mut watch = parties.open(stream, price, MAX_TICKS).await?;
    parties.begin_closing(&watch).await?;
    let session = parties.chain.now().session(watch.session).await?.context("the session is open")?;
    let until = session.closing.context("the session is closing")?.block + period;
    progress(&format!("waiting for block {}, shortly before the end of the closing period", until - LAST_BLOCKS));
    wait_for("the end of the closing period", 2 * u64::from(period), || async {
        Ok((parties.chain.best().await?.number + LAST_BLOCKS >= until).then_some(()))
    })
    .await?;
    let (parties, session): (&Parties, _) = (parties, watch.session);
    let mut ticks = 0;
    while ticks < PREPAID_TICKS && parties.chain.best().await?.number < until {
        ticks += 1;
        parties.claim(&mut watch, ticks).await?;
        wait_for("an urgent claim to be settled", WAIT_SECONDS, || is_settled(parties, session, ticks)).await?;
    }
    end(parties, before, &mut watch, ticks, price, ticks).await
}

/// Ends the session and compares the books.
async fn end(
    parties: &Parties,
    before: Books,
    watch: &mut Watch,
    ticks: u32,
    price: Balance,
    settled_by_worker: u32,
) -> Result<Outcome> {
    parties.end(watch, ticks).await?;
    let details = json!({
        "price_per_tick_planck": price.to_string(),
        "ticks": ticks,
        "ticks_settled_by_worker": settled_by_worker,
    });
    parties.outcome(before, details).await
}

async fn is_settled(parties: &Parties, session: SessionId, ticks: u32) -> Result<Option<()>> {
    Ok(parties.settled(session).await?.filter(|settled| *settled >= ticks).map(|_| ()))
}

/// Searches for the lowest price at which the worker settles a claim of one tick by itself.
async fn paying_price(parties: &mut Parties) -> Result<Balance> {
    if let Some(known) = parties.paying_price {
        return Ok(known);
    }
    let (mut low, mut high) = (parties.chain.now().params().await?.min_price, UNIT);
    for _ in 0..PRICE_STEPS {
        let middle = (low as f64 * high as f64).sqrt() as Balance;
        if settles_one_tick(parties, middle).await? {
            high = middle;
        } else {
            low = middle;
        }
        progress(&format!("the worker settles one tick at a price between {low} and {high} planck"));
    }
    parties.paying_price = Some(high);
    Ok(high)
}

async fn settles_one_tick(parties: &mut Parties, price: Balance) -> Result<bool> {
    let stream = parties.create_stream(price).await?;
    let mut watch = parties.open(stream, price, 1 + PREPAID_TICKS).await?;
    let parties: &Parties = parties;
    parties.claim(&mut watch, 1).await?;
    let session = watch.session;
    let is_settled = wait_for("a settlement", SETTLEMENT_SECONDS, || is_settled(parties, session, 1)).await.is_ok();
    parties.end(&mut watch, 1).await?;
    Ok(is_settled)
}
