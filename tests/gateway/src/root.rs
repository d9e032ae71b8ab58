//! What only the chain's root may do: on development chains that is `//Alice`, through the sudo pallet.

use crate::{node::Node, wait_for};
use anyhow::{Context, Result};
use codec::{Compact, Encode};
use tick_stream_primitives::StreamId;
use vilokanam_chain::Signer;

/// Pallet and call of `Sudo.sudo`.
const SUDO: [u8; 2] = [6, 0];
/// Pallet and call of `TickStream.suspend_stream`.
const SUSPEND_STREAM: [u8; 2] = [10, 17];
/// Version of signed extrinsics, and the kind of address that follows.
const SIGNED_V4_BY_ID: [u8; 2] = [0x84, 0];
const INCLUDE_SECONDS: u64 = 60;

/// A moderator suspends a stream. Returns once that is in a block.
pub async fn suspend(node: &Node, stream: StreamId) -> Result<()> {
    let mut call = [SUDO, SUSPEND_STREAM].concat();
    Compact(stream).encode_to(&mut call);
    let (rpc, alice) = (node.rpc().await?, Signer::from_uri("//Alice")?);
    let version = rpc.call("state_getRuntimeVersion", vec![]).await?;
    let number = |name: &str| version[name].as_u64().map(|number| number as u32).context("no runtime version");
    let nonce = rpc.nonce(&alice.account()).await?;
    // Immortal, no tip, no metadata hash.
    let extensions = (0u8, Compact(nonce), Compact(0u128), 0u8);
    let implicit = (number("specVersion")?, number("transactionVersion")?, rpc.genesis, rpc.genesis, 0u8);
    let mut payload = call.clone();
    extensions.encode_to(&mut payload);
    implicit.encode_to(&mut payload);
    let mut extrinsic = SIGNED_V4_BY_ID.to_vec();
    (alice.account(), alice.sign(&payload), extensions).encode_to(&mut extrinsic);
    extrinsic.extend(call);
    let text = format!("0x{}", hex::encode(extrinsic.encode()));
    rpc.call("author_submitExtrinsic", vec![text.into()]).await?;
    wait_for("the suspension", INCLUDE_SECONDS, || async {
        let found = rpc.stream(stream).await?.context("the stream is there")?;
        Ok((found.status == tick_stream_primitives::StreamStatus::Suspended).then_some(()))
    })
    .await
}
