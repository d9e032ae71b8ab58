//! Events of a block, and the state after a block.

use crate::{chain::Chain, error::ChainError, events, follow::PlacedEvent, submit::fetch_events, TickEvent};
use codec::{Decode, DecodeAll, Encode};
use sp_core::H256;
use sp_crypto_hashing::{blake2_128, twox_128};
use subxt::events::Phase;
use tick_stream_primitives::{
    AccountId, Balance, Batch, Deposit, Gateway, Outcome, Params, RowVerdict, Session, SessionId, SessionKey, Stream,
    StreamId, StreamsPage,
};

/// Nonce and balance of an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AccountState {
    /// Number of extrinsics that the account has signed.
    pub nonce: u32,
    /// Free balance, in planck.
    pub free: Balance,
    /// Balance that is held or reserved, in planck.
    pub reserved: Balance,
    /// Whether the account exists.
    pub exists: bool,
}

/// Storage value of `System.Account`.
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

/// Balances pallet's part of [`AccountInfo`].
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

/// Declares the runtime API functions that this module calls, and a list of them for the tests.
macro_rules! functions {
    ($($name:ident = $function:literal,)*) => {
        $(const $name: &str = $function;)*

        /// Names of all functions.
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
    KEY = "TickStreamApi_key",
    KEYS = "TickStreamApi_keys",
    EARNINGS = "TickStreamApi_earnings",
    GATEWAY = "TickStreamApi_gateway",
    CHECK_BATCH = "TickStreamApi_check_batch",
    OUTCOMES = "TickStreamApi_outcomes",
}

/// State after a block: a given one, or the one that is best at the time of each read.
///
/// Reads fail when the node does not answer, has pruned the state, or runs another version of the runtime.
pub struct State<'a> {
    pub(crate) chain: &'a Chain,
    pub(crate) at: Option<H256>,
}

impl Chain {
    /// Returns the state after the block that is best at the time of each read.
    pub fn now(&self) -> State<'_> {
        State { chain: self, at: None }
    }

    /// Returns the state after `block`.
    pub fn at(&self, block: H256) -> State<'_> {
        State { chain: self, at: Some(block) }
    }

    /// Reads the events of the tick stream pallet in a block, in order. Events that this crate does not know are left out.
    ///
    /// # Errors
    ///
    /// When the node does not answer or does not have the block, or an event cannot be decoded.
    pub async fn tick_events(&self, block: H256) -> Result<Vec<TickEvent>, ChainError> {
        Ok(self.placed_events(block).await?.into_iter().map(|placed| placed.event).collect())
    }

    /// Reads the same events as [`Self::tick_events`], each with the extrinsic that emitted it.
    ///
    /// # Errors
    ///
    /// As [`Self::tick_events`].
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
            let event = events::decode(event.event_name(), event.field_bytes())?;
            found.extend(event.map(|event| PlacedEvent { extrinsic, event }));
        }
        Ok(found)
    }
}

impl State<'_> {
    /// Calls a runtime API function. `function` is its name as `Trait_method`, `args` the tuple of its arguments.
    ///
    /// # Errors
    ///
    /// [`ChainError::Decode`] when the answer is not an `R`; others when the node does not answer or refuses the call.
    pub async fn call<R: Decode>(&self, function: &str, args: impl Encode) -> Result<R, ChainError> {
        let args = args.encode();
        let at = self.at.map(|hash| subxt::utils::H256(hash.0));
        let answer = self.chain.methods.state_call(function, Some(&args), at).await;
        let answer = answer.map_err(ChainError::rpc("state_call"))?;
        R::decode_all(&mut &answer[..]).map_err(ChainError::decode(function))
    }

    /// Reads the parameters of the protocol.
    pub async fn params(&self) -> Result<Params, ChainError> {
        self.call(PARAMS, ()).await
    }

    /// Reads a stream, with the announcements that have taken effect.
    pub async fn stream(&self, id: StreamId) -> Result<Option<Stream>, ChainError> {
        self.call(STREAM, id).await
    }

    /// Reads a page of the streams with ids from `from` on, at most `limit` and at most 100. The page says where the next
    /// one starts. It may be empty although others follow.
    pub async fn streams(&self, from: StreamId, limit: u32) -> Result<StreamsPage, ChainError> {
        self.call(STREAMS, (from, limit)).await
    }

    /// Reads a session.
    pub async fn session(&self, id: SessionId) -> Result<Option<Session>, ChainError> {
        self.call(SESSION, id).await
    }

    /// Reads the deposit of a viewer.
    pub async fn deposit(&self, viewer: &AccountId) -> Result<Option<Deposit>, ChainError> {
        self.call(DEPOSIT, viewer).await
    }

    /// Reads a session key of a viewer.
    pub async fn key(&self, viewer: &AccountId, session_key: &AccountId) -> Result<Option<SessionKey>, ChainError> {
        self.call(KEY, (viewer, session_key)).await
    }

    /// Reads all session keys of a viewer, each with its account.
    pub async fn keys(&self, viewer: &AccountId) -> Result<Vec<(AccountId, SessionKey)>, ChainError> {
        self.call(KEYS, viewer).await
    }

    /// Reads the earnings that an account can be paid out, in planck.
    pub async fn earnings(&self, account: &AccountId) -> Result<Balance, ChainError> {
        self.call(EARNINGS, account).await
    }

    /// Reads a gateway.
    pub async fn gateway(&self, account: &AccountId) -> Result<Option<Gateway>, ChainError> {
        self.call(GATEWAY, account).await
    }

    /// Checks a batch without executing it. Returns a verdict on each row.
    pub async fn check_batch(&self, batch: &Batch) -> Result<Vec<RowVerdict>, ChainError> {
        self.call(CHECK_BATCH, batch).await
    }

    /// Reads what the block did to sessions.
    pub async fn outcomes(&self) -> Result<Vec<Outcome>, ChainError> {
        self.call(OUTCOMES, ()).await
    }

    /// Reads the nonce and the balance of an account; zeros for an account that does not exist.
    pub async fn account(&self, account: &AccountId) -> Result<AccountState, ChainError> {
        let id: &[u8] = account.as_ref();
        let key = [&twox_128(b"System")[..], &twox_128(b"Account")[..], &blake2_128(id)[..], id].concat();
        let at = self.at.map(|hash| subxt::utils::H256(hash.0));
        let entry =
            self.chain.methods.state_get_storage(&key, at).await.map_err(ChainError::rpc("state_getStorage"))?;
        let Some(entry) = entry else { return Ok(AccountState::default()) };
        let AccountInfo { nonce, data, .. } =
            AccountInfo::decode(&mut &entry[..]).map_err(ChainError::decode("System.Account"))?;
        Ok(AccountState { nonce, free: data.free, reserved: data.reserved, exists: true })
    }

    /// Reads the existential deposit: the lowest balance of an account in planck.
    pub async fn existential_deposit(&self) -> Result<Balance, ChainError> {
        self.constant("Balances", "ExistentialDeposit").await
    }
}
