//! Code that does not fit the chain is refused, and the chain goes on as before.

use anyhow::{ensure, Context, Result};
use codec::Encode;
use serde_json::json;
use sp_crypto_hashing::blake2_256;
use vilokanam_tests::{
    accounts::key,
    call::Call,
    node::Node,
    node_client::{storage_key, NodeClient},
    wait_for,
};

use crate::version_1;

/// Storage key of the runtime's code.
const CODE_KEY: &[u8] = b":code";
/// First bytes of a WebAssembly module, and its version.
const MODULE_HEADER: [u8; 8] = *b"\0asm\x01\0\0\0";
/// API `Core` of a runtime, by its identifier and version: without it, the version of a runtime is not read.
const CORE_API: ([u8; 8], u32) = ([0xdf, 0x6a, 0xcb, 0x68, 0x99, 0x07, 0x60, 0x9b], 5);
/// A `spec_version` that no runtime has reached.
const LATER: u32 = 1_000_000;

/// Reasons for which the pallet `System` refuses code: indices of its errors.
#[derive(Clone, Copy, Debug)]
enum Reason {
    InvalidSpecName = 0,
    SpecVersionNeedsToIncrease = 1,
    FailedToExtractRuntimeVersion = 2,
}

impl Reason {
    /// Returns the encoding of a `DispatchError` of the pallet with the index 0.
    fn encoded(self) -> [u8; 6] {
        [3, 0, self as u8, 0, 0, 0]
    }
}

/// Returns a module without functions that calls itself a runtime of this name and version.
fn runtime_called(name: &str, spec_version: u32) -> Vec<u8> {
    let no_apis: Vec<([u8; 8], u32)> = Vec::new();
    let version = (name, name, 1u32, spec_version, 1u32, no_apis, 1u32, 1u8).encode();
    let sections = [section("runtime_version", &version), section("runtime_apis", &CORE_API.encode())];
    [MODULE_HEADER.to_vec(), sections.concat()].concat()
}

/// Returns a custom section of a module. Its size and that of its name are below 128, so each takes one byte.
fn section(name: &str, contents: &[u8]) -> Vec<u8> {
    let body = [&[name.len() as u8], name.as_bytes(), contents].concat();
    [&[0, body.len() as u8], &body[..]].concat()
}

/// Code that does not fit, and the reason for which it is refused.
fn wrong_code() -> [(&'static str, Vec<u8>, Reason); 5] {
    [
        ("another chain's runtime", runtime_called("another", LATER), Reason::InvalidSpecName),
        ("an older version", runtime_called("vilokanam", 150), Reason::SpecVersionNeedsToIncrease),
        ("the runtime of version 1", version_1::RUNTIME.to_vec(), Reason::SpecVersionNeedsToIncrease),
        ("text", b"this is no module".to_vec(), Reason::FailedToExtractRuntimeVersion),
        ("an empty module", MODULE_HEADER.to_vec(), Reason::FailedToExtractRuntimeVersion),
    ]
}

/// Returns whether an event since block `first` contains these bytes.
async fn happened(client: &NodeClient, first: u32, bytes: &[u8]) -> Result<bool> {
    let events = json!(format!("0x{}", hex::encode(storage_key("System", "Events"))));
    for number in first..=client.best_number().await? {
        let hash = client.request("chain_getBlockHash", vec![json!(number)]).await?;
        let found = client.request("state_getStorage", vec![events.clone(), hash]).await?;
        let found = hex::decode(found.as_str().context("every block has events")?.trim_start_matches("0x"))?;
        if found.windows(bytes.len()).any(|window| window == bytes) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Fails unless the node still has the code it had before, and writes blocks that become final.
async fn check_unchanged(client: &NodeClient, before: &Option<Vec<u8>>, version: &serde_json::Value) -> Result<()> {
    ensure!(client.entry(CODE_KEY).await? == *before, "the code has changed");
    let now = client.request("state_getRuntimeVersion", vec![]).await?;
    ensure!(now["specVersion"] == *version, "the version was {version} and is {now}");
    let best = client.best_number().await?;
    wait_for("further final blocks", 60, || async { Ok((client.finalized_number().await? > best).then_some(())) }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_does_not_fit_is_refused_with_the_reason_and_changes_nothing() -> Result<()> {
    let node = Node::dev().await?;
    let client = node.client().await?;
    let code = client.entry(CODE_KEY).await?;
    let version = client.request("state_getRuntimeVersion", vec![]).await?["specVersion"].clone();
    let (alice, anyone) = (key("//Alice")?, key("//Bob")?);

    for (name, wrong, reason) in wrong_code() {
        // Root sets the code directly: the event of `Sudo` contains the reason.
        let first = client.best_number().await?;
        client.send_and_wait(&alice, &Call::set_code(&wrong).as_root()).await?;
        let refusal = [&[6, 0, 1][..], &reason.encoded()].concat();
        ensure!(happened(&client, first, &refusal).await?, "{name} was not refused for {reason:?} when root set it");

        // Root authorizes the code, and anyone applies it: the event of `System` contains its hash and the reason.
        let hash = blake2_256(&wrong);
        client.send_and_wait(&alice, &Call::authorize_upgrade(&hash).as_root()).await?;
        client.send_and_wait(&anyone, &Call::apply_authorized_upgrade(&wrong)).await?;
        let refusal = [&hash[..], &reason.encoded()].concat();
        ensure!(happened(&client, first, &refusal).await?, "{name} was not refused for {reason:?} when it was applied");
    }

    // Other code than what was authorized does not even enter the transaction pool.
    let authorized = blake2_256(&runtime_called("vilokanam", LATER));
    client.send_and_wait(&alice, &Call::authorize_upgrade(&authorized).as_root()).await?;
    let other = Call::apply_authorized_upgrade(&runtime_called("vilokanam", LATER + 1));
    let sent = client.send_and_wait(&anyone, &other).await;
    let refused = sent.err().map(|error| format!("{error:#}")).unwrap_or_default();
    ensure!(refused.contains("Invalid Transaction"), "code that is not authorized was not refused: {refused}");
    check_unchanged(&client, &code, &version).await
}

#[tokio::test(flavor = "multi_thread")]
async fn account_without_authority_cannot_set_the_code() -> Result<()> {
    let node = Node::dev().await?;
    let client = node.client().await?;
    let code = client.entry(CODE_KEY).await?;
    let version = client.request("state_getRuntimeVersion", vec![]).await?["specVersion"].clone();
    let bob = key("//Bob")?;
    let new = runtime_called("vilokanam", LATER);
    let calls = [Call::set_code(&new), Call::set_code(&new).as_root(), Call::authorize_upgrade(&blake2_256(&new))];
    for call in calls {
        let sent = client.send_and_wait(&bob, &call).await;
        ensure!(sent.is_err(), "an account without authority has sent {}", hex::encode(&call.as_bytes()[..2]));
    }
    check_unchanged(&client, &code, &version).await
}
