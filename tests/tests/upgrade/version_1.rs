//! A chain of version 1, and the calls and tickets whose encoding was another one there.

use anyhow::{Context, Result};
use codec::{Compact, Encode};
use serde_json::json;
use sp_core::{crypto::Ss58Codec, ed25519, sr25519, Pair};
use sp_crypto_hashing::blake2_128;
use sp_runtime::MultiSignature;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tick_stream_primitives::{AccountId, Balance, NonceWindow, SessionId, StreamId, TickHash};
use vilokanam_tests::{
    accounts::{account, account_of, GATEWAY, OPERATOR, UNIT},
    call::Call,
    node_client::NodeClient,
};

/// `spec_version` of the runtime.
pub const SPEC_VERSION: u32 = 100;
/// Fee that the viewer pays to the submitter of a ticket, in planck.
pub const OPEN_FEE: Balance = UNIT / 500;
/// Bond of a gateway, in planck.
pub const GATEWAY_BOND: Balance = 100 * UNIT;

/// Runtime of the release 0.1.0.
pub const RUNTIME: &[u8] = include_bytes!("../../fixtures/vilokanam-runtime-100.compact.compressed.wasm");
/// Index of the pallet `TickStream`.
const TICK_STREAM: u8 = 10;
/// Accounts with funds, besides the operator of the gateway.
const ENDOWED: [&str; 5] = ["//Alice", "//Bob", "//Charlie", "//Eve", GATEWAY];

/// Session key of a deposit: the key, the highest price of a tick, the allowance, and the last block in which it is valid.
pub type Delegation = (AccountId, Balance, Balance, u32);
/// Deposit: free and reserved amount, session key, generation, nonces, open sessions, paid until, active at.
type Deposit = (Balance, Balance, Option<Delegation>, u32, NonceWindow, u32, u64, u32);

/// Writes the specification of a development chain into `folder`.
pub fn chain_specification(folder: &Path) -> Result<PathBuf> {
    let accounts = ENDOWED.iter().chain([&OPERATOR]).map(|uri| account(uri)).collect::<Result<Vec<_>>>()?;
    let balances: Vec<_> =
        accounts.iter().map(|account| json!([account.to_string(), 1_000_000 * UNIT as u64])).collect();
    let alice = account("//Alice")?.to_string();
    let voter = ed25519::Pair::from_string("//Alice", None)?.public().to_ss58check();
    let gateway = json!([account(GATEWAY)?.to_string(), "http://127.0.0.1:8080", account(OPERATOR)?.to_string()]);
    let genesis = json!({
        "aura": { "authorities": [alice] },
        "balances": { "balances": balances },
        "grandpa": { "authorities": [[voter, 1]] },
        "sudo": { "key": alice },
        "tickStream": { "gateways": [gateway] },
    });
    let specification = json!({
        "name": "Version 1",
        "id": "vilokanam_version_1",
        "chainType": "Development",
        "bootNodes": [],
        "telemetryEndpoints": null,
        "protocolId": "vlk",
        "properties": { "ss58Format": 42, "tokenDecimals": 12, "tokenSymbol": "VLK" },
        "codeSubstitutes": {},
        "genesis": { "runtimeGenesis": { "code": format!("0x{}", hex::encode(RUNTIME)), "patch": genesis } },
    });
    let file = folder.join("version-1.json");
    fs::write(&file, specification.to_string())?;
    Ok(file)
}

/// `TickStream.deposit`
pub fn deposit(amount: Balance, delegation: Option<&Delegation>) -> Call {
    Call::new(TICK_STREAM, 0, (Compact(amount), delegation))
}

/// `TickStream.delegate`
pub fn delegate(delegation: &Delegation) -> Call {
    Call::new(TICK_STREAM, 2, delegation)
}

/// `TickStream.revoke_delegation`
pub fn revoke_delegation() -> Call {
    Call::new(TICK_STREAM, 3, ())
}

/// `TickStream.join_stream`
pub fn join_stream(ticket: &Ticket) -> Call {
    Call::new(TICK_STREAM, 8, ticket)
}

/// `TickStream.process_batch` that only opens sessions.
pub fn open_sessions(tickets: &[(Ticket, MultiSignature)]) -> Call {
    Call::new(TICK_STREAM, 11, (tickets, Compact(0u32), Compact(0u32)))
}

/// `TickStream.tip`
pub fn tip(stream: StreamId, amount: Balance) -> Call {
    Call::new(TICK_STREAM, 13, (Compact(stream), Compact(amount), b"thanks".to_vec()))
}

/// `TickStream.register_gateway`
pub fn register_gateway(endpoint: &str, operator: &AccountId) -> Call {
    Call::new(TICK_STREAM, 14, (endpoint.as_bytes(), operator))
}

/// `TickStream.deregister_gateway`
pub fn deregister_gateway() -> Call {
    Call::new(TICK_STREAM, 16, ())
}

/// Ticket.
#[derive(Clone, Encode)]
pub struct Ticket {
    pub viewer: AccountId,
    pub nonce: u64,
    pub stream: StreamId,
    pub gateway: AccountId,
    pub price_per_tick: Balance,
    pub max_ticks: u32,
    pub anchor: TickHash,
    pub expires_at: u32,
}

impl Ticket {
    /// Signs the ticket for the chain with this genesis hash.
    pub fn signed(&self, session_key: &sr25519::Pair, genesis: &[u8; 32]) -> (Self, MultiSignature) {
        let message = [&b"vilokanam/ticket/v1"[..], genesis, &self.encode()].concat();
        (self.clone(), session_key.sign(&message).into())
    }
}

/// Returns the identifier of the session that a ticket opens.
pub fn session_id(genesis: &[u8; 32], viewer: &AccountId, nonce: u64) -> SessionId {
    let viewer: &[u8] = viewer.as_ref();
    SessionId(blake2_128(&[b"vilokanam/session/v1", &genesis[..], viewer, &nonce.to_le_bytes()].concat()))
}

/// Returns the next nonce of a viewer's tickets.
pub async fn next_nonce(client: &NodeClient, wallet: &sr25519::Pair) -> Result<u64> {
    let deposit: Option<Deposit> = client.read("deposit", account_of(wallet)).await?;
    Ok(deposit.context("the deposit was made")?.4.next())
}

/// Returns whether a session is open.
pub async fn is_open(client: &NodeClient, session: &SessionId) -> Result<bool> {
    // The first byte of an encoded option says whether there is a value.
    Ok(client.read::<u8>("session", session).await? == 1)
}
