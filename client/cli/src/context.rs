//! What every command works with: options, connections, wallet and data folder.

use crate::store::DataDir;
use serde_json::{json, Value};
use std::sync::OnceLock;
use vilokanam_chain::{Call, Chain, Receipt, Signer, TickRpc};
use vilokanam_terminal::{options::no_node, CommandError, Options};
use vilokanam_viewer::gateway::GatewayClient;

/// What every command works with.
pub struct Context {
    /// Options that every command has.
    pub options: Options,
    /// Keys and sessions on this machine.
    pub data: DataDir,
    /// Whether to wait until transactions are final.
    pub finalized: bool,
    gateway: OnceLock<GatewayClient>,
}

/// Call that was included in a block and succeeded.
#[derive(Clone, Copy)]
pub struct Sent(pub Receipt);

impl Sent {
    /// Returns the block and the place in it as JSON.
    pub fn to_json(self) -> Value {
        let block = self.0.block;
        json!({ "block": block.number, "block_hash": format!("{:?}", block.hash), "index": self.0.index })
    }

    /// Returns the number of the block.
    pub fn block(self) -> u32 {
        self.0.block.number
    }
}

impl Context {
    /// Creates the context of a command line.
    pub fn new(options: Options, finalized: bool) -> Result<Self, CommandError> {
        let data = DataDir::new(options.data_folder()?);
        Ok(Self { options, data, finalized, gateway: OnceLock::new() })
    }

    /// Connects to the first node that answers.
    pub async fn chain(&self) -> Result<Chain, CommandError> {
        self.options.connect_chain().await
    }

    /// Connects to the `tickStream_*` methods of the first node that answers. Returns its address as well.
    pub async fn tick_rpc(&self) -> Result<(TickRpc, String), CommandError> {
        let mut last = None;
        for node in &self.options.nodes {
            match TickRpc::connect(node).await {
                Ok(rpc) => return Ok((rpc, node.clone())),
                Err(error) => last = Some(CommandError::rpc(node, error)),
            }
        }
        Err(last.unwrap_or_else(no_node))
    }

    /// Returns the client of the gateway. All parts of a command share its sign-ins.
    pub fn gateway(&self) -> Result<GatewayClient, CommandError> {
        if let Some(client) = self.gateway.get() {
            return Ok(client.clone());
        }
        let client = self.options.gateway_client()?;
        Ok(self.gateway.get_or_init(|| client).clone())
    }

    /// Ends the sign-ins of this command, so that they do not take the places of those of the account's browsers.
    pub async fn sign_out(&self) {
        if let Some(client) = self.gateway.get() {
            client.sign_out().await;
        }
    }

    /// Returns the wallet's key.
    pub fn signer(&self) -> Result<Signer, CommandError> {
        self.options.wallet()
    }

    /// Sends a call, and waits until it is in a block: in a final one with `--finalized`.
    pub async fn send(&self, chain: &Chain, call: &Call, signer: &Signer) -> Result<Sent, CommandError> {
        self.note(format!("Sending {} …", call.name()));
        if !self.finalized {
            return Ok(Sent(chain.execute(call, signer).await?));
        }
        let nonce = chain.next_nonce(&signer.account()).await?;
        let signed = chain.anchor().await?.sign(call, signer, nonce, 0)?;
        Ok(Sent(chain.watch(signed).await?.finalized().await?))
    }

    /// Prints a note for people on stderr.
    pub fn note(&self, text: impl AsRef<str>) {
        self.options.note(text);
    }
}
