//! A set of validators that changes while the chain goes on: from four to five and back, without a restart; then one
//! that is absent and one that signs twice are removed.

use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{collections::BTreeSet, fs, process::Command};
use vilokanam_tests::{
    accounts::account,
    command_line::Terminal,
    node::{NetworkIdentity, Node, IDENTITIES},
    node_client::NodeClient,
    process::{program, temporary_folder},
    wait_for,
};

/// Identity of the first validator, which the other nodes connect to.
const BOOT: NetworkIdentity = IDENTITIES[0];
/// Length of a session in blocks: the shortest that the chain allows.
const SESSION_BLOCKS: u32 = 20;
/// Maximum time until the set has changed: some sessions.
const CHANGE_SECONDS: u64 = 240;
/// Number of blocks that have to become final after each change.
const FINAL_BLOCKS: u32 = 3;

/// Makes the specification of the test chain with short sessions. Returns its path.
fn chain_with_short_sessions() -> Result<String> {
    let export = |chain: &str, raw: bool| -> Result<Vec<u8>> {
        let mut command = Command::new(program("vilokanam-node")?);
        command.args(["export-chain-spec", "--chain", chain]).args(raw.then_some("--raw"));
        let output = command.output().context("vilokanam-node cannot be run")?;
        ensure!(output.status.success(), "no specification: {}", String::from_utf8_lossy(&output.stderr));
        Ok(output.stdout)
    };
    let mut plain: Value = serde_json::from_slice(&export("test", false)?)?;
    let period = &mut plain["genesis"]["runtimeGenesis"]["patch"]["validators"]["sessionPeriod"];
    ensure!(period.is_u64(), "the preset does not set the length of a session");
    *period = SESSION_BLOCKS.into();
    let folder = temporary_folder()?.join("chains");
    fs::create_dir_all(&folder)?;
    let (draft, spec) = (folder.join("short-sessions.plain.json"), folder.join("short-sessions.json"));
    fs::write(&draft, serde_json::to_vec(&plain)?)?;
    fs::write(&spec, export(&draft.display().to_string(), true)?)?;
    Ok(spec.display().to_string())
}

/// Network with four validators, of whom the first answers the test's questions.
struct Network {
    spec: String,
    boot: String,
    nodes: Vec<Node>,
    client: NodeClient,
    watcher: Terminal,
}

impl Network {
    async fn start() -> Result<Self> {
        let spec = chain_with_short_sessions()?;
        let first = Node::start(&["--chain", &spec, "--alice", "--node-key", BOOT.key]).await?;
        let (boot, client) = (first.address(&BOOT), first.client().await?);
        let mut network = Self { spec, boot, nodes: vec![first], client, watcher: Terminal::of("//Alice")? };
        for name in ["--bob", "--charlie", "--dave"] {
            network.add(name).await?;
        }
        network.wait_for_finality("the start").await?;
        Ok(network)
    }

    /// Starts another node with this role.
    async fn add(&mut self, role: &str) -> Result<()> {
        let key = "--unsafe-force-node-key-generation";
        self.nodes.push(Node::start(&["--chain", &self.spec, role, "--bootnodes", &self.boot, key]).await?);
        Ok(())
    }

    /// Returns the names of the accounts whose keys write blocks now.
    async fn active(&self) -> Result<BTreeSet<String>> {
        let set = self.watcher.run(&self.nodes[0].url(), &["chain", "validators"]).await?;
        let entries = set["validators"].as_array().context("there is no list of validators")?;
        let active = entries.iter().filter(|entry| entry["is_active"] == true);
        Ok(active.filter_map(|entry| Some(entry["account"].as_str()?.to_owned())).collect())
    }

    /// Waits until exactly these accounts write blocks, and blocks become final after that.
    async fn wait_for_set(&self, change: &str, names: &[&str]) -> Result<()> {
        let expected: BTreeSet<String> =
            names.iter().map(|name| Ok(account(name)?.to_string())).collect::<Result<_>>()?;
        wait_for(change, CHANGE_SECONDS, || async { Ok((self.active().await? == expected).then_some(())) }).await?;
        self.wait_for_finality(change).await
    }

    async fn wait_for_finality(&self, after: &str) -> Result<()> {
        let target = self.client.finalized_number().await? + FINAL_BLOCKS;
        wait_for(&format!("finality after {after}"), CHANGE_SECONDS, || async {
            Ok((self.client.finalized_number().await? >= target).then_some(()))
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn set_of_validators_changes_without_a_restart() -> Result<()> {
    let mut network = Network::start().await?;
    network.wait_for_set("four validators", &["//Alice", "//Bob", "//Charlie", "//Dave"]).await?;

    network.add("--validator").await?;
    let (machine, eve) = (network.nodes[4].url(), Terminal::of("//Eve")?);
    let foreign_keys = format!("0x{}", "17".repeat(64));
    let of_another_node = ["chain", "validators", "set-keys", "--keys", &foreign_keys, "--proof", "0x00"];
    let refused =
        eve.run(&machine, &of_another_node).await.err().context("the keys of another node were accepted")?.to_string();
    ensure!(refused.contains("key"), "the message does not name the keys: {refused}");
    eve.run(&machine, &["chain", "validators", "set-keys", "--rotate"]).await?;
    eve.run(&machine, &["chain", "validators", "join"]).await?;
    network.wait_for_set("a fifth validator", &["//Alice", "//Bob", "//Charlie", "//Dave", "//Eve"]).await?;

    eve.run(&machine, &["chain", "validators", "leave"]).await?;
    network.wait_for_set("the fifth to have left", &["//Alice", "//Bob", "//Charlie", "//Dave"]).await?;
    eve.run(&machine, &["chain", "validators", "purge-keys"]).await?;

    network.nodes[3].kill()?;
    network.wait_for_set("the absent validator to be removed", &["//Alice", "//Bob", "//Charlie"]).await?;

    network.add("--charlie").await?;
    network.wait_for_set("the validator that signs twice to be removed", &["//Alice", "//Bob"]).await
}
