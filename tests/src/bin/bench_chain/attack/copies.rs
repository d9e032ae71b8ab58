//! Copies of other viewers' signed tickets, which come into a block before the operator's own batch.

use super::{parties::Parties, Args, Outcome};
use crate::{
    load::{create_stream, fund_viewers, PRICE},
    report::progress,
};
use anyhow::{Context, Result};
use serde_json::json;
use std::time::{Duration, Instant};
use tick_stream_primitives::{
    batch::bounded,
    limits::{MAX_BATCH_OPENS, MAX_SESSIONS_PER_VIEWER},
    Balance, Batch, SignedTicket,
};
use tokio::time::sleep;
use vilokanam_chain::{Call, Order, TickEvent, Viewer};
use vilokanam_tests::accounts::UNIT;

/// Number of viewers whose tickets are copied. Each has one unopened ticket in the pool.
const VIEWERS: u32 = 16;
/// Tip of the copies in planck: above any tip of a batch that is not urgent.
const TIP: Balance = UNIT / 1_000;
/// Maximum time until the worker has sent its batch.
const WAVE_TIMEOUT: Duration = Duration::from_secs(20);

/// Lets a second account open tickets that are in the operator's batch. Counts the rounds that it wins.
pub async fn tickets(parties: &mut Parties, args: &Args) -> Result<Outcome> {
    let stream = create_stream(&parties.chain).await?;
    let mut viewers = fund_viewers(&parties.chain, VIEWERS * MAX_SESSIONS_PER_VIEWER).await?;
    viewers.truncate(VIEWERS as usize);
    let mut sum = Outcome::default();
    let (mut won, mut lost, mut copied) = (0, 0, 0);
    for _ in 0..args.rounds.min(MAX_SESSIONS_PER_VIEWER) {
        let tickets = make_tickets(parties, &mut viewers, stream).await?;
        let before = parties.books().await?;
        let opened = race(parties, &tickets).await?;
        let outcome = parties.outcome(before, json!(null)).await?;
        progress(&format!("{opened} of {} copies were opened first", tickets.len()));
        if opened == 0 {
            lost += 1;
            continue;
        }
        won += 1;
        copied += opened;
        sum.attacker += outcome.attacker;
        sum.operator += outcome.operator;
        sum.earned += outcome.earned;
    }
    sum.details = json!({ "rounds_won": won, "rounds_lost": lost, "tickets_copied": copied });
    Ok(sum)
}

async fn make_tickets(parties: &Parties, viewers: &mut [Viewer], stream: u64) -> Result<Vec<SignedTicket>> {
    let expires_at = parties.chain.best().await?.number + 300;
    let gateway = parties.gateway.account();
    let order = Order { stream, gateway, price_per_tick: PRICE, max_ticks: 60, expires_at };
    Ok(viewers.iter_mut().take(MAX_BATCH_OPENS as usize).map(|viewer| viewer.ticket(&order).ticket).collect())
}

/// Puts the tickets into the operator's pool. As soon as its batch is in the transaction pool, sends the same tickets
/// with a tip. Returns how many of them the attacker has opened.
async fn race(parties: &Parties, tickets: &[SignedTicket]) -> Result<u32> {
    let chain = &parties.chain;
    let batch = Batch { opens: bounded(tickets.to_vec()), ..Default::default() };
    let submitter = parties.submitter.account();
    let nonce = chain.next_nonce(&submitter).await?;
    let copy = chain.anchor().await?.sign(&Call::process_batch(&batch), &parties.submitter, nonce, TIP)?;
    let operators_nonce = chain.next_nonce(&parties.operator).await?;
    parties.submit(tickets, &[], &[]).await?;
    let deadline = Instant::now() + WAVE_TIMEOUT;
    while chain.next_nonce(&parties.operator).await? == operators_nonce && Instant::now() < deadline {
        sleep(Duration::from_millis(10)).await;
    }
    let from = chain.best().await?.number + 1;
    let receipt = chain.watch(copy).await?.included().await.context("the copies were not included")?;
    // The operator's batch is in the same block or in one of the next.
    while u64::from(chain.now().account(&parties.operator).await?.nonce) <= operators_nonce && Instant::now() < deadline
    {
        sleep(Duration::from_millis(200)).await;
    }
    let mut opened_first = 0;
    for number in from.min(receipt.block.number)..=receipt.block.number {
        for event in chain.tick_events(chain.hash_of(number).await?).await? {
            match event {
                TickEvent::BatchProcessed { submitter: by, opened, .. } if by == submitter => opened_first += opened,
                _ => {}
            }
        }
    }
    Ok(opened_first)
}
