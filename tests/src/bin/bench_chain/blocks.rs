//! Blocks that are as full as they can be, so that the node can time their execution.

use crate::{
    load::{accounts_for, create_stream, fund_viewers, open_sessions, wallet},
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

/// Ticks that a claim may be ahead of the clock.
const PREPAID_TICKS: u32 = 60;
/// Claims in one batch: as a busy worker packs them, yet small enough that a block is filled to the brim.
const BATCH_CLAIMS: usize = 256;
/// Extrinsics on their way to the node at once.
const CONCURRENCY: usize = 128;
/// How long a filled transaction pool may take to become empty.
const DRAIN: Duration = Duration::from_secs(120);

/// What to fill blocks with.
#[derive(clap::Args)]
pub struct Args {
    /// Where the node's JSON-RPC is, by WebSocket.
    #[arg(long, default_value = "ws://127.0.0.1:9944")]
    url: String,
    /// How many sessions there are to claim of: more than fit into two blocks.
    #[arg(long, default_value_t = 8_000)]
    sessions: u32,
    /// How many transfers to send: more than fit into two blocks.
    #[arg(long, default_value_t = 6_000)]
    transfers: u32,
    /// Ticks a claim, one kind of block each. A claim of 300 ticks takes four minutes of waiting.
    #[arg(long, value_delimiter = ',', default_value = "1,10,60,300")]
    ticks: Vec<u32>,
    #[command(flatten)]
    output: Output,
}

/// Fills blocks and reports which.
pub async fn run(args: Args) -> Result<()> {
    ensure!(args.ticks.iter().all(|ticks| *ticks > 0), "a claim has at least one tick");
    let chain = Chain::connect(&args.url).await?;
    let stream = create_stream(&chain).await?;
    let mut viewers = fund_viewers(&chain, args.sessions).await?;
    let mut filled = vec![fill_with_transfers(&chain, args.transfers, accounts_for(args.sessions)).await?];
    let max_ticks = args.ticks.iter().sum::<u32>() + PREPAID_TICKS;
    let mut watches = open_sessions(&chain, &mut viewers, args.sessions, stream, max_ticks).await?;
    let opened = Instant::now();

    let mut settled = 0;
    for ticks in &args.ticks {
        let until = Duration::from_secs((settled + ticks).saturating_sub(PREPAID_TICKS - 5).into());
        let wait = until.saturating_sub(opened.elapsed());
        progress(&format!("{ticks} ticks a claim, in {} s", wait.as_secs()));
        tokio::time::sleep(wait).await;
        filled.push(fill_with_claims(&chain, stream, &mut watches, settled, *ticks).await?);
        settled += ticks;
    }
    let mut report = Report::new("filled");
    report.add("blocks", filled);
    report.finish(&args.output)
}

/// Sends extrinsics that are signed already, just after a block, so that the next one finds all of them; waits until
/// the chain has as many as `its_own` of this signer, who sends the last. Returns the numbers of the first and the last block in question.
async fn send(chain: &Chain, signer: &Signer, signed: Vec<Signed>, its_own: u32) -> Result<(u32, u32)> {
    let account = signer.account();
    let target = chain.now().account(&account).await?.nonce + its_own;
    let mut blocks = chain.best_blocks().await?;
    let first = blocks.next().await.context("the node makes no blocks")??.number + 1;
    let submissions = stream::iter(signed.iter().map(|signed| chain.submit(signed)));
    submissions.buffer_unordered(CONCURRENCY).try_collect::<()>().await?;
    let deadline = Instant::now() + DRAIN;
    while chain.now().account(&account).await?.nonce < target {
        ensure!(Instant::now() < deadline, "the chain has not taken all of it in {} s", DRAIN.as_secs());
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    Ok((first, chain.best().await?.number))
}

fn sign_all(anchor: &Anchor, signer: &Signer, first: u64, calls: &[Call]) -> Result<Vec<Signed>> {
    let signed = (first..).zip(calls).map(|(nonce, call)| anchor.sign(call, signer, nonce, 0));
    Ok(signed.collect::<Result<_, _>>()?)
}

/// Transfers between all the viewers' wallets, as claims are of all their sessions: the same two accounts again and again
/// would cost the state nothing.
async fn fill_with_transfers(chain: &Chain, count: u32, accounts: u32) -> Result<Value> {
    progress(&format!("{count} transfers"));
    let anchor = chain.anchor().await?;
    let mut signed = Vec::with_capacity(count as usize);
    for index in 0..accounts {
        let (signer, first) = (wallet(index)?, wallet((index + 1) % accounts)?.account());
        let nonce = chain.next_nonce(&signer.account()).await?;
        let call = Call::transfer_keep_alive(&first, 1);
        for turn in 0..u64::from(count.div_ceil(accounts)) {
            signed.push((turn, anchor.sign(&call, &signer, nonce + turn, 0)?));
        }
    }
    // Turn by turn: a block then holds transfers of all accounts and not all transfers of a few.
    signed.sort_by_key(|(turn, _)| *turn);
    let last = wallet(accounts - 1)?;
    let (from, to) =
        send(chain, &last, signed.into_iter().map(|(_, signed)| signed).collect(), count.div_ceil(accounts)).await?;
    let mut sizes = BTreeMap::new();
    for number in from..=to {
        // One extrinsic is the block's own: the time.
        let extrinsics = chain.extrinsics(chain.hash_of(number).await?).await?.len();
        sizes.insert(extrinsics.saturating_sub(1), number);
    }
    let (transfers, block) = sizes.last_key_value().context("no block since")?;
    Ok(json!({ "kind": "transfers", "block": block, "rows": transfers, "ticks": 0 }))
}

async fn fill_with_claims(
    chain: &Chain,
    stream: StreamId,
    watches: &mut [Watch],
    settled: u32,
    ticks: u32,
) -> Result<Value> {
    let (signer, gateway) = (Signer::from_uri("//Charlie")?, Signer::from_uri("//Ferdie")?.account());
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
    let mut refused = 0;
    for number in from..=to {
        let mut claims = 0;
        for event in chain.tick_events(chain.hash_of(number).await?).await? {
            if let TickEvent::BatchProcessed { settled, failed, .. } = event {
                claims += settled;
                refused += failed;
            }
        }
        sizes.insert(claims, number);
    }
    ensure!(refused == 0, "{refused} claims were refused; they did not fill blocks as they should");
    let (claims, block) = sizes.last_key_value().context("no block since")?;
    Ok(json!({ "kind": "claims", "block": block, "rows": claims, "ticks": ticks }))
}
