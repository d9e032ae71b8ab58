//! What the chain remembers, at one block.

use crate::{chain::Chain, error::ChainError, submit::fetch_events, TickEvent};
use codec::{Decode, DecodeAll, Encode};
use sp_core::H256;
use sp_crypto_hashing::{blake2_128, twox_128};
use tick_stream_primitives::{
    AccountId, Balance, Batch, Deposit, Gateway, Outcome, Params, RowVerdict, Session, SessionId, Stream, StreamId,
};

/// An account's nonce and balance.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AccountState {
    /// Extrinsics it has signed.
    pub nonce: u32,
    /// What it may spend, in planck.
    pub free: Balance,
    /// What is held or reserved of it, in planck.
    pub reserved: Balance,
}

/// `frame_system::AccountInfo` with the balances pallet's data.
#[derive(Decode)]
struct AccountInfo {
    nonce: u32,
    _references: [u32; 3],
    free: Balance,
    reserved: Balance,
    _frozen: Balance,
    _flags: u128,
}

/// The state after one block, or after whichever is best at the moment of each read.
pub struct State<'a> {
    chain: &'a Chain,
    at: Option<H256>,
}

impl Chain {
    /// The state after the best block at the moment of each read.
    pub fn now(&self) -> State<'_> {
        State { chain: self, at: None }
    }

    /// The state after one block.
    pub fn at(&self, block: H256) -> State<'_> {
        State { chain: self, at: Some(block) }
    }

    /// What the tick stream pallet reported in a block, in order. Events this crate does not know are left out.
    pub async fn tick_events(&self, block: H256) -> Result<Vec<TickEvent>, ChainError> {
        let at = self.at_block(block).await?;
        let mut found = Vec::new();
        for event in fetch_events(&at).await?.iter() {
            let event =
                event.map_err(|error| ChainError::Rpc { method: "reading an event", source: Box::new(error) })?;
            if event.pallet_name() == "TickStream" {
                found.extend(TickEvent::decode(event.event_name(), event.field_bytes())?);
            }
        }
        Ok(found)
    }
}

impl State<'_> {
    /// Calls any runtime API: `function` is `Trait_method`, `args` the tuple of its arguments.
    pub async fn call<R: Decode>(&self, function: &str, args: impl Encode) -> Result<R, ChainError> {
        let args = args.encode();
        let at = self.at.map(|hash| subxt::utils::H256(hash.0));
        let answer = self.chain.methods.state_call(function, Some(&args), at).await;
        let answer = answer.map_err(ChainError::rpc("state_call"))?;
        R::decode_all(&mut &answer[..]).map_err(ChainError::decode(function))
    }

    /// The protocol's parameters.
    pub async fn params(&self) -> Result<Params, ChainError> {
        self.call("TickStreamApi_params", ()).await
    }

    /// One stream, announcements applied.
    pub async fn stream(&self, id: StreamId) -> Result<Option<Stream>, ChainError> {
        self.call("TickStreamApi_stream", id).await
    }

    /// Up to `limit` (at most 100) streams with ids from `from` on.
    pub async fn streams(&self, from: StreamId, limit: u32) -> Result<Vec<(StreamId, Stream)>, ChainError> {
        self.call("TickStreamApi_streams", (from, limit)).await
    }

    /// One session.
    pub async fn session(&self, id: SessionId) -> Result<Option<Session>, ChainError> {
        self.call("TickStreamApi_session", id).await
    }

    /// One viewer's deposit.
    pub async fn deposit(&self, viewer: &AccountId) -> Result<Option<Deposit>, ChainError> {
        self.call("TickStreamApi_deposit", viewer).await
    }

    /// What an account may be paid out.
    pub async fn earnings(&self, account: &AccountId) -> Result<Balance, ChainError> {
        self.call("TickStreamApi_earnings", account).await
    }

    /// One gateway.
    pub async fn gateway(&self, account: &AccountId) -> Result<Option<Gateway>, ChainError> {
        self.call("TickStreamApi_gateway", account).await
    }

    /// What would become of each row of a batch.
    pub async fn check_batch(&self, batch: &Batch) -> Result<Vec<RowVerdict>, ChainError> {
        self.call("TickStreamApi_check_batch", batch).await
    }

    /// What the block did to sessions.
    pub async fn outcomes(&self) -> Result<Vec<Outcome>, ChainError> {
        self.call("TickStreamApi_outcomes", ()).await
    }

    /// An account's nonce and balance; zeros for one that does not exist.
    pub async fn account(&self, account: &AccountId) -> Result<AccountState, ChainError> {
        let id: &[u8] = account.as_ref();
        let key = [&twox_128(b"System")[..], &twox_128(b"Account")[..], &blake2_128(id)[..], id].concat();
        let at = self.at.map(|hash| subxt::utils::H256(hash.0));
        let entry =
            self.chain.methods.state_get_storage(&key, at).await.map_err(ChainError::rpc("state_getStorage"))?;
        let Some(entry) = entry else { return Ok(AccountState::default()) };
        let AccountInfo { nonce, free, reserved, .. } =
            AccountInfo::decode(&mut &entry[..]).map_err(ChainError::decode("System.Account"))?;
        Ok(AccountState { nonce, free, reserved })
    }
}
