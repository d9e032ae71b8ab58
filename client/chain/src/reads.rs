//! What the chain remembers, at one block.

use crate::{chain::Chain, error::ChainError, follow::PlacedEvent, submit::fetch_events, TickEvent};
use codec::{Decode, DecodeAll, Encode};
use sp_core::H256;
use sp_crypto_hashing::{blake2_128, twox_128};
use subxt::events::Phase;
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

/// `System.Account` in storage.
#[derive(Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
#[allow(dead_code, reason = "what is not read has to be decoded all the same")]
pub(crate) struct AccountInfo {
    nonce: u32,
    consumers: u32,
    providers: u32,
    sufficients: u32,
    data: AccountData,
}

/// The balances pallet's part of it.
#[derive(Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
#[allow(dead_code, reason = "what is not read has to be decoded all the same")]
struct AccountData {
    free: Balance,
    reserved: Balance,
    frozen: Balance,
    flags: ExtraFlags,
}

#[derive(Decode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
#[allow(dead_code, reason = "what is not read has to be decoded all the same")]
struct ExtraFlags(u128);

/// Declares the names of the runtime API's functions that are called here.
macro_rules! functions {
    ($($name:ident = $function:literal,)*) => {
        $(const $name: &str = $function;)*

        /// All of them.
        #[cfg(test)]
        pub(crate) const FUNCTIONS: &[&str] = &[$($function,)*];
    };
}

functions! {
    PARAMS = "TickStreamApi_params",
    STREAM = "TickStreamApi_stream",
    STREAMS = "TickStreamApi_streams",
    SESSION = "TickStreamApi_session",
    DEPOSIT = "TickStreamApi_deposit",
    EARNINGS = "TickStreamApi_earnings",
    GATEWAY = "TickStreamApi_gateway",
    CHECK_BATCH = "TickStreamApi_check_batch",
    OUTCOMES = "TickStreamApi_outcomes",
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
        Ok(self.placed_events(block).await?.into_iter().map(|placed| placed.event).collect())
    }

    /// The same, with the extrinsic that made the pallet report it.
    pub async fn placed_events(&self, block: H256) -> Result<Vec<PlacedEvent>, ChainError> {
        let at = self.at_block(block).await?;
        let mut found = Vec::new();
        for event in fetch_events(&at).await?.iter() {
            let event =
                event.map_err(|error| ChainError::Rpc { method: "reading an event", source: Box::new(error) })?;
            if event.pallet_name() != "TickStream" {
                continue;
            }
            let extrinsic = match event.phase() {
                Phase::ApplyExtrinsic(index) => Some(index),
                Phase::Initialization | Phase::Finalization => None,
            };
            let event = TickEvent::decode(event.event_name(), event.field_bytes())?;
            found.extend(event.map(|event| PlacedEvent { extrinsic, event }));
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
        self.call(PARAMS, ()).await
    }

    /// One stream, announcements applied.
    pub async fn stream(&self, id: StreamId) -> Result<Option<Stream>, ChainError> {
        self.call(STREAM, id).await
    }

    /// Up to `limit` (at most 100) streams with ids from `from` on.
    pub async fn streams(&self, from: StreamId, limit: u32) -> Result<Vec<(StreamId, Stream)>, ChainError> {
        self.call(STREAMS, (from, limit)).await
    }

    /// One session.
    pub async fn session(&self, id: SessionId) -> Result<Option<Session>, ChainError> {
        self.call(SESSION, id).await
    }

    /// One viewer's deposit.
    pub async fn deposit(&self, viewer: &AccountId) -> Result<Option<Deposit>, ChainError> {
        self.call(DEPOSIT, viewer).await
    }

    /// What an account may be paid out.
    pub async fn earnings(&self, account: &AccountId) -> Result<Balance, ChainError> {
        self.call(EARNINGS, account).await
    }

    /// One gateway.
    pub async fn gateway(&self, account: &AccountId) -> Result<Option<Gateway>, ChainError> {
        self.call(GATEWAY, account).await
    }

    /// What would become of each row of a batch.
    pub async fn check_batch(&self, batch: &Batch) -> Result<Vec<RowVerdict>, ChainError> {
        self.call(CHECK_BATCH, batch).await
    }

    /// What the block did to sessions.
    pub async fn outcomes(&self) -> Result<Vec<Outcome>, ChainError> {
        self.call(OUTCOMES, ()).await
    }

    /// An account's nonce and balance; zeros for one that does not exist.
    pub async fn account(&self, account: &AccountId) -> Result<AccountState, ChainError> {
        let id: &[u8] = account.as_ref();
        let key = [&twox_128(b"System")[..], &twox_128(b"Account")[..], &blake2_128(id)[..], id].concat();
        let at = self.at.map(|hash| subxt::utils::H256(hash.0));
        let entry =
            self.chain.methods.state_get_storage(&key, at).await.map_err(ChainError::rpc("state_getStorage"))?;
        let Some(entry) = entry else { return Ok(AccountState::default()) };
        let AccountInfo { nonce, data, .. } =
            AccountInfo::decode(&mut &entry[..]).map_err(ChainError::decode("System.Account"))?;
        Ok(AccountState { nonce, free: data.free, reserved: data.reserved })
    }
}
