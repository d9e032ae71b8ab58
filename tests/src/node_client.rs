//! JSON-RPC client of one node, with extrinsics that it encodes and signs itself.

use crate::{
    accounts::{account_of, OPERATOR},
    call::Call,
    wait_for,
};
use anyhow::{ensure, Context, Result};
use codec::{Compact, Decode, Encode};
use jsonrpsee::{
    core::{client::ClientT, params::ArrayParams},
    rpc_params,
    ws_client::{WsClient, WsClientBuilder},
};
use serde_json::{json, Value};
use sp_core::{sr25519, Pair};
use sp_crypto_hashing::{blake2_128, blake2_256, twox_128};
use tick_stream_primitives::{
    AccountId, Balance, Claim, CloseRow, Deposit, GenesisHash, Params, Session, SessionId, SessionKey, SignedTicket,
    Stream, StreamId,
};
use vilokanam_chain::rpc::types::method;

/// First bytes of a signed extrinsic: version 4, and an address that is an account id.
const SIGNED_V4_BY_ID: [u8; 2] = [0x84, 0];
/// Longest payload that is signed as it is; of a longer one, the hash is signed.
const MAX_PLAIN_PAYLOAD_BYTES: usize = 256;
/// Maximum size of a request in bytes.
const MAX_REQUEST_BYTES: u32 = 32 << 20;
/// Maximum time until an extrinsic is in a block.
const INCLUSION_SECONDS: u64 = 60;
/// Kinds of rows in requests and answers of the tick pool.
const ROW_KINDS: [&str; 3] = ["opens", "claims", "closes"];

/// Rows for `tickStream_submit`.
#[derive(Default)]
pub struct Rows {
    /// Tickets whose sessions are to be opened.
    pub opens: Vec<SignedTicket>,
    /// Claims.
    pub claims: Vec<Claim>,
    /// Signed closes.
    pub closes: Vec<CloseRow>,
}

impl Rows {
    fn to_json(&self) -> Value {
        let claim = |claim: &Claim| {
            let (session, proof) = (claim.session.to_string(), hex_of(claim.proof));
            json!({ "session": session, "ticks": claim.ticks, "proof": proof })
        };
        json!({
            "opens": self.opens.iter().map(hex_of).collect::<Vec<_>>(),
            "claims": self.claims.iter().map(claim).collect::<Vec<_>>(),
            "closes": self.closes.iter().map(hex_of).collect::<Vec<_>>(),
        })
    }
}

/// A connection to one node.
pub struct NodeClient {
    client: WsClient,
    /// Hash of block 0.
    pub genesis: GenesisHash,
    spec_version: u32,
    transaction_version: u32,
}

impl NodeClient {
    /// Connects, and reads what signing needs.
    pub async fn connect(url: &str) -> Result<Self> {
        let client = WsClientBuilder::default().max_request_size(MAX_REQUEST_BYTES).build(url).await?;
        let version: Value = client.request("state_getRuntimeVersion", rpc_params![]).await?;
        let number = |name: &str| version[name].as_u64().with_context(|| format!("the runtime version has no {name}"));
        let (spec_version, transaction_version) = (number("specVersion")? as u32, number("transactionVersion")? as u32);
        let genesis: String = client.request("chain_getBlockHash", rpc_params![0]).await?;
        let genesis = bytes_of(&genesis)?.try_into().ok().context("a block hash has 32 bytes")?;
        Ok(Self { client, genesis, spec_version, transaction_version })
    }

    /// Calls any JSON-RPC method.
    pub async fn request(&self, method: &str, params: Vec<Value>) -> Result<Value> {
        let mut array = ArrayParams::new();
        params.into_iter().try_for_each(|param| array.insert(param))?;
        Ok(self.client.request(method, array).await?)
    }

    /// Signs `call` with `key` and submits it. Returns when it is in the node's transaction pool.
    pub async fn send(&self, key: &sr25519::Pair, call: &Call, nonce: u32) -> Result<()> {
        // Immortal, no tip, no metadata hash.
        let extensions = (0u8, Compact(nonce), Compact(0u128), 0u8);
        let implicit = (self.spec_version, self.transaction_version, self.genesis, self.genesis, 0u8);
        let mut payload = call.as_bytes().to_vec();
        extensions.encode_to(&mut payload);
        implicit.encode_to(&mut payload);
        let signature = match payload.len() > MAX_PLAIN_PAYLOAD_BYTES {
            true => key.sign(&blake2_256(&payload)),
            false => key.sign(&payload),
        };
        let account: [u8; 32] = key.public().0;
        let mut extrinsic = SIGNED_V4_BY_ID.to_vec();
        (account, 1u8, signature.0, extensions).encode_to(&mut extrinsic);
        extrinsic.extend_from_slice(call.as_bytes());
        self.request("author_submitExtrinsic", vec![hex_of(&extrinsic).into()]).await?;
        Ok(())
    }

    /// Signs `call` with `key`, submits it and waits until it is in a block.
    pub async fn send_and_wait(&self, key: &sr25519::Pair, call: &Call) -> Result<()> {
        let account = account_of(key);
        let nonce = self.next_nonce(&account).await?;
        self.send(key, call, nonce).await?;
        self.wait_for_nonce(&account, nonce + 1).await
    }

    /// Returns the next nonce of an account, after the transactions that wait in the pool.
    pub async fn next_nonce(&self, account: &AccountId) -> Result<u32> {
        let answer = self.request("system_accountNextIndex", vec![account.to_string().into()]).await?;
        Ok(answer.as_u64().context("a nonce is a number")? as u32)
    }

    /// Waits until the account's nonce in the best block is at least `nonce`.
    pub async fn wait_for_nonce(&self, account: &AccountId, nonce: u32) -> Result<()> {
        wait_for("an extrinsic to be included", INCLUSION_SECONDS, || async {
            Ok((self.nonce_and_balance(account).await?.0 >= nonce).then_some(()))
        })
        .await
    }

    /// Returns the free balance of an account in planck.
    pub async fn balance(&self, account: &AccountId) -> Result<Balance> {
        Ok(self.nonce_and_balance(account).await?.1)
    }

    async fn nonce_and_balance(&self, account: &AccountId) -> Result<(u32, Balance)> {
        let raw: &[u8; 32] = account.as_ref();
        let mut key = storage_key("System", "Account");
        key.extend(blake2_128(raw));
        key.extend(raw);
        let Some(entry) = self.entry(&key).await? else { return Ok((0, 0)) };
        let (nonce, _consumers, _providers, _sufficients, free) =
            <(u32, u32, u32, u32, Balance)>::decode(&mut &entry[..])?;
        Ok((nonce, free))
    }

    /// Returns the nonce of an account in the best block.
    pub async fn nonce(&self, account: &AccountId) -> Result<u32> {
        Ok(self.nonce_and_balance(account).await?.0)
    }

    /// Reads a storage item without keys in the best block.
    pub async fn item<T: Decode>(&self, pallet: &str, name: &str) -> Result<Option<T>> {
        let entry = self.entry(&storage_key(pallet, name)).await?;
        Ok(entry.map(|bytes| T::decode(&mut &bytes[..])).transpose()?)
    }

    /// Reads the encoded value of a storage key in the best block.
    pub async fn entry(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let answer = self.request("state_getStorage", vec![format!("0x{}", hex::encode(key)).into()]).await?;
        answer.as_str().map(bytes_of).transpose()
    }

    /// Calls a function of the API `TickStreamApi` at the best block.
    pub async fn read<T: Decode>(&self, function: &str, args: impl Encode) -> Result<T> {
        let name = format!("TickStreamApi_{function}");
        let answer = self.request("state_call", vec![name.into(), hex_of(args).into()]).await?;
        Ok(T::decode(&mut &bytes_of(answer.as_str().context("state_call answers in hex")?)?[..])?)
    }

    /// Returns a session, or nothing when it is not open.
    pub async fn session(&self, id: SessionId) -> Result<Option<Session>> {
        self.read("session", id).await
    }

    /// Returns a viewer's deposit.
    pub async fn deposit(&self, viewer: &AccountId) -> Result<Option<Deposit>> {
        self.read("deposit", viewer).await
    }

    /// Returns a session key of a viewer.
    pub async fn key(&self, viewer: &AccountId, session_key: &AccountId) -> Result<Option<SessionKey>> {
        self.read("key", (viewer, session_key)).await
    }

    /// Returns the parameters of the protocol.
    pub async fn params(&self) -> Result<Params> {
        self.read("params", ()).await
    }

    /// Returns what an account has earned and not been paid out, in planck.
    pub async fn earnings(&self, account: &AccountId) -> Result<Balance> {
        self.read("earnings", account).await
    }

    /// Returns a stream.
    pub async fn stream(&self, id: StreamId) -> Result<Option<Stream>> {
        self.read("stream", id).await
    }

    /// Returns the number of the best block.
    pub async fn best_number(&self) -> Result<u32> {
        self.number_of(vec![]).await
    }

    /// Returns the number of the last finalized block.
    pub async fn finalized_number(&self) -> Result<u32> {
        let hash = self.request("chain_getFinalizedHead", vec![]).await?;
        self.number_of(vec![hash]).await
    }

    async fn number_of(&self, block: Vec<Value>) -> Result<u32> {
        let header = self.request("chain_getHeader", block).await?;
        let number = header["number"].as_str().context("a header has a number")?;
        Ok(u32::from_str_radix(number.trim_start_matches("0x"), 16)?)
    }

    /// Adds rows to the tick pool.
    ///
    /// # Errors
    ///
    /// When the pool refuses any of them.
    pub async fn submit(&self, rows: &Rows) -> Result<()> {
        let answer = self.request(method::SUBMIT, vec![rows.to_json()]).await?;
        let verdicts = ROW_KINDS.iter().flat_map(|kind| answer[kind].as_array().into_iter().flatten());
        let refused: Vec<_> = verdicts.filter(|verdict| verdict["accepted"] != true).collect();
        ensure!(refused.is_empty(), "the pool refused rows: {refused:?}");
        Ok(())
    }

    /// Returns the number of rows in the tick pool.
    pub async fn pooled_rows(&self) -> Result<u64> {
        let pool = self.request(method::POOL, vec![]).await?;
        Ok(ROW_KINDS.iter().filter_map(|kind| pool[kind].as_u64()).sum())
    }

    /// Gives the node the key with which it settles.
    pub async fn insert_operator_key(&self) -> Result<()> {
        let public = crate::accounts::account(OPERATOR)?;
        let public: &[u8; 32] = public.as_ref();
        self.request("author_insertKey", vec!["tick".into(), OPERATOR.into(), hex_of(public).into()]).await?;
        Ok(())
    }
}

/// Returns the storage key of an item, or the first part of the keys of a map.
pub fn storage_key(pallet: &str, name: &str) -> Vec<u8> {
    [twox_128(pallet.as_bytes()), twox_128(name.as_bytes())].concat()
}

fn hex_of(value: impl Encode) -> String {
    format!("0x{}", hex::encode(value.encode()))
}

fn bytes_of(text: &str) -> Result<Vec<u8>> {
    Ok(hex::decode(text.trim_start_matches("0x"))?)
}
