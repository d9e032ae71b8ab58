//! Extrinsics of a megabyte that fill blocks.

use super::{parties::Parties, Args, Outcome};
use anyhow::{Context, Result};
use serde_json::json;
use sp_core::{sr25519, Pair};
use sp_crypto_hashing::blake2_256;
use tick_stream_primitives::Balance;
use vilokanam_chain::Call as ChainCall;
use vilokanam_tests::{accounts::account_of, call::Call, node_client::NodeClient};

/// Bytes of one extrinsic.
const PIECE_BYTES: usize = 1 << 20;

/// Fills blocks with bytes, and compares the fee of an honest transfer before and after.
pub async fn fill(parties: &mut Parties, args: &Args) -> Result<Outcome> {
    let client = NodeClient::connect(&parties.url).await?;
    let seed = blake2_256(b"vilokanam/bench/attacker/submitter");
    let key = sr25519::Pair::from_seed(&seed);
    let account = account_of(&key);
    let fee_before = transfer_fee(parties).await?;
    let before = parties.books().await?;
    let first = parties.chain.best().await?.number + 1;
    let nonce = client.next_nonce(&account).await?;
    for piece in 0..args.megabytes {
        client.send(&key, &Call::remark(&vec![piece as u8; PIECE_BYTES]), nonce + piece).await?;
    }
    client.wait_for_nonce(&account, nonce + args.megabytes).await?;
    let last = parties.chain.best().await?.number;
    let (mut blocks, mut fullest) = (0.0, 0.0_f64);
    for number in first..=last {
        let fill = parties.chain.at(parties.chain.hash_of(number).await?).block_fill().await?;
        blocks += fill.length;
        fullest = fullest.max(fill.length);
    }
    let outcome = parties.outcome(before, json!(null)).await?;
    let fee_after = transfer_fee(parties).await?;
    let details = json!({
        "megabytes": args.megabytes,
        "full_blocks": blocks,
        "fullest_block": fullest,
        "planck_per_full_block": (outcome.attacker as f64 / blocks.max(f64::EPSILON)),
        "transfer_fee_planck_before": fee_before.to_string(),
        "transfer_fee_planck_after": fee_after.to_string(),
    });
    Ok(Outcome { details, ..outcome })
}

/// Returns the fee of a transfer now, in planck.
async fn transfer_fee(parties: &Parties) -> Result<Balance> {
    let (chain, account) = (&parties.chain, parties.wallet.account());
    let before = chain.now().account(&account).await?.free;
    let receipt = chain.execute(&ChainCall::transfer_keep_alive(&account, 1), &parties.wallet).await?;
    let after = chain.at(receipt.block.hash).account(&account).await?.free;
    before.checked_sub(after).context("a transfer to oneself costs its fee")
}
