//! Fills blocks completely, so that `time-blocks` can measure their execution.

use crate::{
    load::{accounts_for, create_stream, fund_viewers, open_sessions, wallet, Terms, PRICE},
    report::{progress, Output, Report},
};
use anyhow::{ensure, Context, Result};
use futures::{stream, StreamExt, TryStreamExt};
use serde_json::{json, Value};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use tick_stream_primitives::{batch::bounded, Batch, Claim, ClaimGroup, StreamId};
use vilokanam_chain::{Anchor, Call, Chain, Signed, Signer, TickEvent, Watch};
use vilokanam_tests::accounts::GATEWAY;

/// Number of ticks by which a claim may be ahead of the clock.
const PREPAID_TICKS: u32 = 60;
/// Number of claims in one batch: about as many as a busy worker packs, but few enough to fill a block completely.
const BATCH_CLAIMS: usize = 256;
/// Maximum number of extrinsics that are being submitted at once.
const CONCURRENCY: usize = 128;
/// Maximum time until the chain has included all extrinsics of a full transaction pool.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(120);

/// Options of `blocks`.
#[derive(clap::Args)]
pub struct Args {
    /// WebSocket URL of the node's JSON-RPC
    #[arg(long, default_value = "ws://127.0.0.1:9944")]
    url: String,
    /// Number of sessions; their claims should exceed two blocks
    #[arg(long, default_value_t = 8_000)]
    sessions: u32,
    /// Number of transfers; they should exceed two blocks
    #[arg(long, default_value_t = 6_000)]
    transfers: u32,
    /// Ticks per claim, for one kind of block each; a claim of 300 ticks takes four minutes of waiting
    #[arg(long, value_delimiter = ',', default_value = "1,10,60,300")]
    ticks: Vec<u32>,
    #[command(flatten)]
    output: Output,
}

/// Fills blocks and reports the fullest of each kind.
pub async fn run(args: Args) -> Result<()> {
    ensure!(args.ticks.iter().all(|ticks| *ticks > 0), "a claim has at least one tick");
    let chain = Chain::connect(&args.url).await?;
    let stream = create_stream(&chain).await?;
    let mut viewers = fund_viewers(&chain, args.sessions).await?;
    let mut filled = vec![fill_with_transfers(&chain, args.transfers, accounts_for(args.sessions)).await?];
    let max_ticks = args.ticks.iter().sum::<u32>() + PREPAID_TICKS;
    let terms = Terms { stream, price_per_tick: PRICE, max_ticks };
    let mut watches = open_sessions(&chain, &mut viewers, args.sessions, terms).await?;
    let opened = Instant::now();

    let mut settled = 0;
    for ticks in &args.ticks {
        let until = Duration::from_secs((settled + ticks).saturating_sub(PREPAID_TICKS - 5).into());
        let wait = until.saturating_sub(opened.elapsed());
        progress(&format!("claims of {ticks} ticks, after {} s", wait.as_secs()));
        tokio::time::sleep(wait).await;
        filled.push(fill_with_claims(&chain, stream, &mut watches, settled, *ticks).await?);
        settled += ticks;
    }
    let mut report = Report::new("filled");
    report.add("blocks", filled);
    report.finish(&args.output)
}

/// Submits signed extrinsics right after a block, so that the next block can contain all of them. Waits until the chain
/// has included `own_count` extrinsics of `last_signer`, whose extrinsics are the last ones. Returns the numbers of the
/// first and the last block that may contain them.
async fn send(chain: &Chain, last_signer: &Signer, signed: Vec<Signed>, own_count: u32) -> Result<(u32, u32)> {
    let account = last_signer.account();
    let target = chain.now().account(&account).await?.nonce + own_count;
    let mut blocks = chain.best_blocks().await?;
    let first = blocks.next().await.context("the node produces no blocks")??.number + 1;
    let submissions = stream::iter(signed.iter().map(|signed| chain.submit(signed)));
    submissions.buffer_unordered(CONCURRENCY).try_collect::<()>().await?;
    let deadline = Instant::now() + DRAIN_TIMEOUT;
    while chain.now().account(&account).await?.nonce < target {
        ensure!(
            Instant::now() < deadline,
            "the chain did not include all extrinsics within {} s",
            DRAIN_TIMEOUT.as_secs()
        );
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    Ok((first, chain.best().await?.number))
}

fn sign_all(anchor: &Anchor, signer: &Signer, first: u64, calls: &[Call]) -> Result<Vec<Signed>> {
    let signed = (first..).zip(calls).map(|(nonce, call)| anchor.sign(call, signer, nonce, 0));
    Ok(signed.collect::<Result<_, _>>()?)
}

/// Fills blocks with transfers between the wallets of all viewers. Like claims of all sessions, they touch much of the
/// state, which transfers between two accounts would not.
async fn fill_with_transfers(chain: &Chain, count: u32, accounts: u32) -> Result<Value> {
    progress(&format!("{count} transfers"));
    let anchor = chain.anchor().await?;
    let mut signed = Vec::with_capacity(count as usize);
    for index in 0..accounts {
        let (signer, receiver) = (wallet(index)?, wallet((index + 1) % accounts)?.account());
        let nonce = chain.next_nonce(&signer.account()).await?;
        let call = Call::transfer_keep_alive(&receiver, 1);
        for turn in 0..u64::from(count.div_ceil(accounts)) {
            signed.push((turn, anchor.sign(&call, &signer, nonce + turn, 0)?));
        }
    }
    // Sorted by turn, so that a block contains a few transfers of every account and not all transfers of a few
    // accounts.
    signed.sort_by_key(|(turn, _)| *turn);
    let last = wallet(accounts - 1)?;
    let (from, to) =
        send(chain, &last, signed.into_iter().map(|(_, signed)| signed).collect(), count.div_ceil(accounts)).await?;
    let mut sizes = BTreeMap::new();
    for number in from..=to {
        // One extrinsic of each block sets the time.
        let extrinsics = chain.extrinsics(chain.hash_of(number).await?).await?.len();
        sizes.insert(extrinsics.saturating_sub(1), number);
    }
    let (transfers, block) = sizes.last_key_value().context("no block was produced")?;
    Ok(json!({ "kind": "transfers", "block": block, "rows": transfers, "ticks": 0 }))
}

/// Fills blocks with claims that settle `ticks` more ticks of every session.
async fn fill_with_claims(
    chain: &Chain,
    stream: StreamId,
    watches: &mut [Watch],
    settled: u32,
    ticks: u32,
) -> Result<Value> {
    let (signer, gateway) = (Signer::from_uri("//Charlie")?, Signer::from_uri(GATEWAY)?.account());
    let mut calls = Vec::new();
    for part in watches.chunks_mut(BATCH_CLAIMS) {
        let claims = part.iter_mut().filter_map(|watch| {
            let row = watch.claim(settled + ticks)?;
            Some(Claim { session: row.session, from: settled, ticks: row.ticks, proof: row.proof })
        });
        let claims = bounded(claims.collect());
        let groups = bounded(vec![ClaimGroup { stream, gateway: gateway.clone(), claims }]);
        calls.push(Call::process_batch(&Batch { groups, ..Default::default() }));
    }
    let first = chain.next_nonce(&signer.account()).await?;
    let signed = sign_all(&chain.anchor().await?, &signer, first, &calls)?;
    let batches = signed.len() as u32;
    let (from, to) = send(chain, &signer, signed, batches).await?;
    let mut sizes = BTreeMap::new();
    let mut failed_claims = 0;
    for number in from..=to {
        let mut claims = 0;
        for event in chain.tick_events(chain.hash_of(number).await?).await? {
            if let TickEvent::BatchProcessed { settled, failed, .. } = event {
                claims += settled;
                failed_claims += failed;
            }
        }
        sizes.insert(claims, number);
    }
    ensure!(failed_claims == 0, "{failed_claims} claims failed, so the blocks are not full of settled claims");
    let (claims, block) = sizes.last_key_value().context("no block was produced")?;
    Ok(json!({ "kind": "claims", "block": block, "rows": claims, "ticks": ticks }))
}
