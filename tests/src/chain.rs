//! What is read from a node, and extrinsics.

use anyhow::{bail, Context, Result};
use codec::{Compact, Decode, Encode};
use jsonrpsee::{
    core::client::ClientT,
    rpc_params,
    ws_client::{WsClient, WsClientBuilder},
};
use serde_json::Value;
use sp_core::{sr25519, Pair};
use sp_crypto_hashing::{blake2_128, blake2_256, twox_128};
use tick_stream_primitives::{
    AccountId, Balance, Batch, Claim, CloseRow, Delegation, Deposit, GenesisHash, Session, SessionId, SignedTicket,
    Splits, Stream, StreamId,
};

/// Index of the tick stream pallet in the runtime.
const TICK_STREAM: u8 = 10;
/// Index of the balances pallet in the runtime.
const BALANCES: u8 = 4;

/// A call, encoded.
#[derive(Clone)]
pub struct Call(Vec<u8>);

impl Call {
    fn new(pallet: u8, call: u8, args: impl Encode) -> Self {
        let mut bytes = vec![pallet, call];
        args.encode_to(&mut bytes);
        Self(bytes)
    }

    /// `Balances.transfer_keep_alive`
    pub fn transfer(to: &AccountId, amount: Balance) -> Self {
        Self::new(BALANCES, 3, (0u8, to, Compact(amount)))
    }

    /// `TickStream.deposit`
    pub fn deposit(amount: Balance, delegation: Option<Delegation>) -> Self {
        Self::new(TICK_STREAM, 0, (Compact(amount), delegation))
    }

    /// `TickStream.withdraw`
    pub fn withdraw(amount: Balance) -> Self {
        Self::new(TICK_STREAM, 1, Compact(amount))
    }

    /// `TickStream.create_stream`
    pub fn create_stream(price_per_tick: Balance, gateway_share_ppm: u32, splits: Splits) -> Self {
        let metadata = br#"{"title":"End to end"}"#.to_vec();
        Self::new(TICK_STREAM, 4, (price_per_tick, 30u32, gateway_share_ppm, splits, metadata))
    }

    /// `TickStream.process_batch`
    pub fn process_batch(batch: Batch) -> Self {
        Self::new(TICK_STREAM, 11, batch)
    }

    /// `TickStream.payout`
    pub fn payout(account: &AccountId) -> Self {
        Self::new(TICK_STREAM, 12, account)
    }
}

/// Rows for `tickStream_submit`.
#[derive(Default)]
pub struct Rows {
    pub opens: Vec<SignedTicket>,
    pub claims: Vec<Claim>,
    pub closes: Vec<CloseRow>,
}

fn hex_of(value: impl Encode) -> String {
    format!("0x{}", hex::encode(value.encode()))
}

impl Rows {
    /// The parameter of `tickStream_submit`.
    pub fn to_json(&self) -> Value {
        let claim = |claim: &Claim| {
            serde_json::json!({
                "session": claim.session.to_string(),
                "ticks": claim.ticks,
                "proof": hex_of(claim.proof),
            })
        };
        serde_json::json!({
            "opens": self.opens.iter().map(hex_of).collect::<Vec<_>>(),
            "claims": self.claims.iter().map(claim).collect::<Vec<_>>(),
            "closes": self.closes.iter().map(hex_of).collect::<Vec<_>>(),
        })
    }
}

/// A connection to one node.
pub struct Chain {
    client: WsClient,
    /// Block 0's hash.
    pub genesis: GenesisHash,
    spec_version: u32,
    transaction_version: u32,
}

impl Chain {
    /// Connects, and reads what signing needs.
    pub async fn connect(url: &str) -> Result<Self> {
        let client = WsClientBuilder::default().max_request_size(32 << 20).build(url).await?;
        let version: Value = client.request("state_getRuntimeVersion", rpc_params![]).await?;
        let number = |name: &str| version[name].as_u64().with_context(|| format!("no {name} in the runtime version"));
        let (spec_version, transaction_version) = (number("specVersion")? as u32, number("transactionVersion")? as u32);
        let genesis: String = client.request("chain_getBlockHash", rpc_params![0]).await?;
        let genesis = bytes_of(&genesis)?.try_into().ok().context("a block hash has 32 bytes")?;
        Ok(Self { client, genesis, spec_version, transaction_version })
    }

    /// Any method.
    pub async fn call(&self, method: &str, params: Vec<Value>) -> Result<Value> {
        let mut array = jsonrpsee::core::params::ArrayParams::new();
        params.into_iter().try_for_each(|param| array.insert(param))?;
        Ok(self.client.request(method, array).await?)
    }

    /// Signs `call` with `key` and sends it. Returns once the node's pool has it.
    pub async fn send(&self, key: &sr25519::Pair, call: &Call, nonce: u32) -> Result<()> {
        let extensions = (0u8, Compact(nonce), Compact(0u128), 0u8);
        let implicit = (self.spec_version, self.transaction_version, self.genesis, self.genesis, 0u8);
        let mut payload = call.0.clone();
        extensions.encode_to(&mut payload);
        implicit.encode_to(&mut payload);
        let signature = if payload.len() > 256 { key.sign(&blake2_256(&payload)) } else { key.sign(&payload) };
        let account: [u8; 32] = key.public().0;
        let mut extrinsic = vec![0x84, 0];
        (account, 1u8, signature.0, extensions).encode_to(&mut extrinsic);
        extrinsic.extend_from_slice(&call.0);
        self.call("author_submitExtrinsic", vec![hex_of(&extrinsic).into()]).await?;
        Ok(())
    }

    /// The next nonce of an account, what waits in the pool counted in.
    pub async fn nonce(&self, account: &AccountId) -> Result<u32> {
        let answer = self.call("system_accountNextIndex", vec![account.to_string().into()]).await?;
        Ok(answer.as_u64().context("a nonce is a number")? as u32)
    }

    /// Sends `call` and waits until it is in a block.
    pub async fn send_and_wait(&self, key: &sr25519::Pair, call: &Call) -> Result<()> {
        let account = key.public().into();
        let nonce = self.nonce(&account).await?;
        self.send(key, call, nonce).await?;
        self.wait_for_nonce(&account, nonce + 1).await
    }

    /// Waits until the account's nonce on chain is `nonce`.
    pub async fn wait_for_nonce(&self, account: &AccountId, nonce: u32) -> Result<()> {
        crate::wait_for("an extrinsic to be included", 60, || async {
            Ok((self.account(account).await?.0 >= nonce).then_some(()))
        })
        .await
    }

    /// An account's nonce and free balance.
    pub async fn account(&self, account: &AccountId) -> Result<(u32, Balance)> {
        let raw: &[u8; 32] = account.as_ref();
        let mut key = [twox_128(b"System"), twox_128(b"Account")].concat();
        key.extend(blake2_128(raw));
        key.extend(raw);
        let answer = self.call("state_getStorage", vec![hex_of_bytes(&key).into()]).await?;
        let Some(text) = answer.as_str() else { return Ok((0, 0)) };
        let (nonce, _consumers, _providers, _sufficients, free) =
            <(u32, u32, u32, u32, Balance)>::decode(&mut &bytes_of(text)?[..])?;
        Ok((nonce, free))
    }

    /// A runtime API call of the best block.
    async fn read<T: Decode>(&self, function: &str, args: impl Encode) -> Result<T> {
        let name = format!("TickStreamApi_{function}");
        let answer = self.call("state_call", vec![name.into(), hex_of(args).into()]).await?;
        Ok(T::decode(&mut &bytes_of(answer.as_str().context("state_call answers in hex")?)?[..])?)
    }

    pub async fn session(&self, id: SessionId) -> Result<Option<Session>> {
        self.read("session", id).await
    }

    pub async fn deposit(&self, viewer: &AccountId) -> Result<Option<Deposit>> {
        self.read("deposit", viewer).await
    }

    pub async fn earnings(&self, account: &AccountId) -> Result<Balance> {
        self.read("earnings", account).await
    }

    pub async fn stream(&self, id: StreamId) -> Result<Option<Stream>> {
        self.read("stream", id).await
    }

    /// The number of the best block, or of the finalized one.
    pub async fn height(&self, finalized: bool) -> Result<u64> {
        let params = if finalized { vec![self.call("chain_getFinalizedHead", vec![]).await?] } else { vec![] };
        let header = self.call("chain_getHeader", params).await?;
        let number = header["number"].as_str().context("a header has a number")?;
        Ok(u64::from_str_radix(number.trim_start_matches("0x"), 16)?)
    }

    /// Hands rows to the pool; all must be taken.
    pub async fn submit(&self, rows: &Rows) -> Result<()> {
        let refused = self.submit_some(rows).await?;
        if let Some(first) = refused.first() {
            bail!("{} rows were refused, the first because: {first}", refused.len());
        }
        Ok(())
    }

    /// Hands rows to the pool; returns why rows were refused.
    pub async fn submit_some(&self, rows: &Rows) -> Result<Vec<String>> {
        let answer = self.call("tickStream_submit", vec![rows.to_json()]).await?;
        let lists = ["opens", "claims", "closes"].iter().flat_map(|kind| answer[kind].as_array().into_iter().flatten());
        Ok(lists.filter(|row| row["accepted"] != true).map(|row| row["error"].to_string()).collect())
    }

    /// How many rows wait in the pool.
    pub async fn pooled(&self) -> Result<u64> {
        let pool = self.call("tickStream_pool", vec![]).await?;
        Ok(["opens", "claims", "closes"].iter().filter_map(|kind| pool[kind].as_u64()).sum())
    }
}

fn hex_of_bytes(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn bytes_of(text: &str) -> Result<Vec<u8>> {
    Ok(hex::decode(text.trim_start_matches("0x"))?)
}
