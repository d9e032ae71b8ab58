//! Governance of a development chain, whose periods are short: referenda spend from the treasury, appoint a moderator
//! and authorise an upgrade. One is made of the calls that polkadot.js Apps sends, the others by the command line.

use anyhow::{ensure, Context, Result};
use codec::{Compact, Encode};
use serde_json::{json, Value};
use sp_core::sr25519;
use sp_crypto_hashing::blake2_256;
use std::{fs, process::Command};
use tick_stream_primitives::{Splits, StreamStatus};
use vilokanam_tests::{
    accounts::{account, key, treasury, CREATOR, PRICE, UNIT},
    call::Call,
    command_line::Terminal,
    next_runtime::compressed,
    node::Node,
    node_client::NodeClient,
    process::program,
    wait_for,
};

/// Indices of pallets in the runtime.
const PREIMAGE: u8 = 18;
const CONVICTION_VOTING: u8 = 20;
const REFERENDA: u8 = 21;
const ORIGINS: u8 = 22;
const MODERATORS: u8 = 25;
/// Index of the origin `Moderation` in its pallet.
const MODERATION: u8 = 2;
/// Amount with which each voter votes: most of the balance of a development account.
const VOTE_VLK: u128 = 900_000;
/// Accounts that vote. Together they hold a quarter of all money of a development chain.
const VOTERS: [&str; 4] = ["//Alice", "//Bob", "//Charlie", "//Dave"];
const DECISION_SECONDS: u64 = 180;

/// Development chain under test.
struct Chain {
    node: Node,
    client: NodeClient,
    alice: Terminal,
}

impl Chain {
    async fn alice(&self, arguments: &[&str]) -> Result<Value> {
        self.alice.run(&self.node.url(), arguments).await
    }

    /// Runs a command that has to fail, and checks that its message contains `word`.
    async fn refused(&self, arguments: &[&str], word: &str) -> Result<()> {
        let refused = self.alice(arguments).await.err();
        let message = refused.with_context(|| format!("{arguments:?} was accepted"))?.to_string();
        ensure!(message.contains(word), "the message of {arguments:?} does not contain `{word}`: {message}");
        Ok(())
    }

    /// Votes for a referendum with all voters. One that is decided early accepts no further votes.
    async fn approve(&self, referendum: u32) -> Result<()> {
        for voter in VOTERS {
            let vote = (Compact(referendum), 0u8, 0x80u8 | 1, VOTE_VLK * UNIT);
            self.client.send_and_wait(&key(voter)?, &Call::new(CONVICTION_VOTING, 0, vote)).await?;
        }
        Ok(())
    }
}

fn number(answer: &Value) -> Result<u32> {
    let index = answer["referendum"].as_u64().context("the answer names no referendum")?;
    Ok(u32::try_from(index)?)
}

/// Submits a referendum with the calls of polkadot.js Apps: the preimage of a call, the referendum that names its hash,
/// the decision deposit.
async fn submit_as_apps_do(client: &NodeClient, signer: &sr25519::Pair, origin: u8, call: &Call) -> Result<()> {
    let bytes = call.as_bytes();
    let lookup = (2u8, blake2_256(bytes), bytes.len() as u32);
    let after_one_block = (1u8, 1u32);
    client.send_and_wait(signer, &Call::new(PREIMAGE, 0, bytes)).await?;
    client.send_and_wait(signer, &Call::new(REFERENDA, 0, ((ORIGINS, origin), lookup, after_one_block))).await?;
    let count: u32 = client.item("Referenda", "ReferendumCount").await?.context("there is no referendum")?;
    client.send_and_wait(signer, &Call::new(REFERENDA, 1, count - 1)).await
}

/// Returns the code with a `spec_version` that is higher by one. The version stands in a section of its own, from which
/// nodes read it.
fn next_version(mut code: Vec<u8>, spec_version: u32) -> Result<Vec<u8>> {
    let mut version = ("vilokanam", "vilokanam", 1u32).encode();
    let prefix = version.len();
    version.extend(spec_version.to_le_bytes());
    let places: Vec<usize> =
        code.windows(version.len()).enumerate().filter(|(_, bytes)| **bytes == version[..]).map(|(at, _)| at).collect();
    ensure!(!places.is_empty(), "the code does not contain its version");
    for place in places {
        code[place + prefix..place + version.len()].copy_from_slice(&(spec_version + 1).to_le_bytes());
    }
    Ok(code)
}

#[tokio::test(flavor = "multi_thread")]
async fn referenda_spend_appoint_and_upgrade() -> Result<()> {
    let node = Node::dev().await?;
    let chain = Chain { client: node.client().await?, alice: Terminal::of("//Alice")?, node };
    moderator_is_appointed_and_suspends_a_stream(&chain).await?;
    treasury_pays(&chain).await?;
    runtime_is_upgraded(&chain).await
}

async fn moderator_is_appointed_and_suspends_a_stream(chain: &Chain) -> Result<()> {
    let Chain { client, .. } = chain;
    let moderator = key("//Eve")?;
    client.send_and_wait(&key(CREATOR)?, &Call::create_stream(PRICE, 100_000, Splits::default())).await?;
    client.send_and_wait(&moderator, &Call::suspend_stream(0)).await?;
    let status = client.stream(0).await?.map(|stream| stream.status);
    ensure!(status == Some(StreamStatus::Offline), "an account that is no moderator has suspended a stream");

    let appointment = Call::new(MODERATORS, 0, (0u8, account("//Eve")?));
    submit_as_apps_do(client, &key("//Alice")?, MODERATION, &appointment).await?;
    chain.approve(0).await?;
    wait_for("the moderator to be appointed", DECISION_SECONDS, || async {
        let state = chain.alice(&["gov", "status"]).await?;
        Ok(state["moderators"].to_string().contains(&account("//Eve")?.to_string()).then_some(()))
    })
    .await?;
    client.send_and_wait(&moderator, &Call::suspend_stream(0)).await?;
    let status = client.stream(0).await?.map(|stream| stream.status);
    ensure!(status == Some(StreamStatus::Suspended), "the moderator could not suspend the stream: {status:?}");
    Ok(())
}

async fn treasury_pays(chain: &Chain) -> Result<()> {
    let beneficiary = account("//beneficiary of the treasury")?;
    let transfer = Call::transfer(&treasury(), 500 * UNIT);
    chain.client.send_and_wait(&key("//Bob")?, &transfer).await?;
    let submitted = chain.alice(&["gov", "submit", "spend", &beneficiary.to_string(), "100", "--deposit"]).await?;
    chain.approve(number(&submitted)?).await?;
    wait_for("the treasury to pay", DECISION_SECONDS, || async {
        Ok((chain.client.balance(&beneficiary).await? == 100 * UNIT).then_some(()))
    })
    .await
}

async fn runtime_is_upgraded(chain: &Chain) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let write = |name: &str, bytes: &[u8]| -> Result<String> {
        let path = folder.path().join(name);
        fs::write(&path, bytes)?;
        Ok(path.display().to_string())
    };
    let code = chain.client.entry(b":code").await?.context("the chain has no code")?;
    let version = chain.client.request("state_getRuntimeVersion", vec![]).await?;
    let spec_version = version["specVersion"].as_u64().context("there is no spec_version")? as u32;
    let (same, next) = (compressed(&code)?, compressed(&next_version(code, spec_version)?)?);
    let (same, next, text) =
        (write("same.wasm", &same)?, write("next.wasm", &next)?, write("text.wasm", b"not a program")?);

    let wrong_hash = format!("0x{}", "17".repeat(32));
    chain.refused(&["gov", "submit", "upgrade", &text, "--deposit"], "text.wasm").await?;
    chain.refused(&["gov", "submit", "upgrade", &same, "--deposit"], &spec_version.to_string()).await?;
    chain.refused(&["gov", "apply-upgrade", &next], "authorised").await?;
    chain.refused(&["gov", "submit", "call", "0x000000", "--hash", &wrong_hash], "hash").await?;

    chain.alice(&["gov", "whitelist", &next]).await?;
    let submitted = chain.alice(&["gov", "submit", "upgrade", &next, "--deposit"]).await?;
    chain.approve(number(&submitted)?).await?;
    wait_for("the upgrade to be authorised", DECISION_SECONDS, || async {
        let state = chain.alice(&["gov", "status"]).await?;
        Ok((!state["authorized_upgrade"].is_null()).then_some(()))
    })
    .await?;
    chain.refused(&["gov", "apply-upgrade", &same], "hash").await?;
    chain.alice(&["gov", "apply-upgrade", &next]).await?;
    wait_for("the new version", DECISION_SECONDS, || async {
        let version = chain.client.request("state_getRuntimeVersion", vec![]).await?;
        Ok((version["specVersion"] == json!(spec_version + 1)).then_some(()))
    })
    .await
}

/// The template of a public chain has no superuser, and no chain can be started from it until it is filled in.
#[test]
fn live_preset_has_no_sudo_and_must_be_filled_in() -> Result<()> {
    let export = |arguments: &[&str]| {
        Command::new(program("vilokanam-node")?)
            .args(["export-chain-spec", "--chain", "live"])
            .args(arguments)
            .output()
            .context("vilokanam-node cannot be run")
    };
    let plain = export(&[])?;
    let plain: Value = serde_json::from_slice(&plain.stdout)?;
    let genesis = &plain["genesis"]["runtimeGenesis"]["patch"];
    ensure!(genesis["session"]["keys"].is_array(), "the template names no validators");
    let sudo = &genesis["sudo"]["key"];
    ensure!(sudo.is_null(), "the template has a superuser: {sudo}");
    let raw = export(&["--raw"])?;
    let complaint = String::from_utf8_lossy(&raw.stderr).into_owned();
    ensure!(!raw.status.success() && complaint.contains("FILL IN"), "the template was accepted: {complaint}");
    Ok(())
}
