//! What every command works with: the connections, the keys, the data folder, and where to say things.

use crate::{cli::Global, error::CliError, gateway::GatewayClient, secrets, store::DataDir};
use serde_json::{json, Value};
use vilokanam_chain::{Call, Chain, Receipt, Signer, TickRpc};

/// What every command works with.
pub struct Context {
    /// The options that hold for every command.
    pub global: Global,
    /// What this machine keeps.
    pub data: DataDir,
}

/// A call that was carried out.
#[derive(Clone, Copy)]
pub struct Sent(pub Receipt);

impl Sent {
    /// Where it is, as JSON.
    pub fn to_json(self) -> Value {
        let block = self.0.block;
        json!({ "block": block.number, "block_hash": format!("{:?}", block.hash), "index": self.0.index })
    }

    /// The block's number.
    pub fn block(self) -> u32 {
        self.0.block.number
    }
}

impl Context {
    /// From the command line.
    pub fn new(global: Global) -> Result<Self, CliError> {
        let data = DataDir::new(global.data_dir.clone())?;
        Ok(Self { global, data })
    }

    /// A connection to the first node that answers.
    pub async fn chain(&self) -> Result<Chain, CliError> {
        let mut last = None;
        for node in &self.global.nodes {
            match Chain::connect(node).await {
                Ok(chain) => return Ok(chain),
                Err(error) => last = Some(error),
            }
        }
        Err(last.map_or_else(|| CliError::Usage("no --node is given".into()), CliError::from))
    }

    /// The `tickStream_*` methods of the first node that answers, and its address.
    pub async fn tick_rpc(&self) -> Result<(TickRpc, String), CliError> {
        let mut last = None;
        for node in &self.global.nodes {
            match TickRpc::connect(node).await {
                Ok(rpc) => return Ok((rpc, node.clone())),
                Err(error) => last = Some(CliError::rpc(node, error)),
            }
        }
        Err(last.unwrap_or_else(|| CliError::Usage("no --node is given".into())))
    }

    /// The gateway.
    pub fn gateway(&self) -> Result<GatewayClient, CliError> {
        GatewayClient::new(&self.global.gateway)
    }

    /// A gateway at another address than the one on the command line.
    pub fn gateway_at(&self, address: &str) -> Result<GatewayClient, CliError> {
        let address = address.parse().map_err(|error| CliError::Usage(format!("{address}: {error}")))?;
        GatewayClient::new(&address)
    }

    /// The wallet's key.
    pub fn signer(&self) -> Result<Signer, CliError> {
        secrets::wallet(self.global.key_file.as_deref(), &self.data)
    }

    /// Sends a call and waits until a block has it.
    pub async fn send(&self, chain: &Chain, call: &Call, signer: &Signer) -> Result<Sent, CliError> {
        self.note(format!("Sending {} …", call.name()));
        if !self.global.finalized {
            return Ok(Sent(chain.execute(call, signer).await?));
        }
        let nonce = chain.next_nonce(&signer.account()).await?;
        let signed = chain.anchor().await?.sign(call, signer, nonce, 0)?;
        Ok(Sent(chain.watch(signed).await?.finalized().await?))
    }

    /// Tells the person something on the way, on stderr.
    pub fn note(&self, text: impl AsRef<str>) {
        if !self.global.quiet {
            eprintln!("{}", text.as_ref());
        }
    }
}
