//! Calls, encoded without the runtime's metadata: a change of an index or of an argument makes them fail.

use codec::{Compact, Encode};
use tick_stream_primitives::{AccountId, Balance, Batch, KeyLimits, SessionId, Splits, StreamId, Ticket};

/// Indices of pallets in the runtime.
const SYSTEM: u8 = 0;
const BALANCES: u8 = 4;
const SUDO: u8 = 6;
const TICK_STREAM: u8 = 10;
const VALIDATORS: u8 = 12;

/// An encoded call.
#[derive(Clone)]
pub struct Call(Vec<u8>);

impl Call {
    /// Any call: the indices of its pallet and of the call within it, and its arguments.
    pub fn new(pallet: u8, call: u8, args: impl Encode) -> Self {
        let mut bytes = vec![pallet, call];
        args.encode_to(&mut bytes);
        Self(bytes)
    }

    /// `System.remark`
    pub fn remark(bytes: &[u8]) -> Self {
        Self::new(SYSTEM, 0, bytes)
    }

    /// `System.set_code`, which only root may call
    pub fn set_code(code: &[u8]) -> Self {
        Self::new(SYSTEM, 2, code)
    }

    /// `System.authorize_upgrade`, which only root may call
    pub fn authorize_upgrade(code_hash: &[u8; 32]) -> Self {
        Self::new(SYSTEM, 9, code_hash)
    }

    /// `System.apply_authorized_upgrade`
    pub fn apply_authorized_upgrade(code: &[u8]) -> Self {
        Self::new(SYSTEM, 11, code)
    }

    /// `Balances.transfer_keep_alive`
    pub fn transfer(to: &AccountId, amount: Balance) -> Self {
        Self::new(BALANCES, 3, (0u8, to, Compact(amount)))
    }

    /// `TickStream.deposit`
    pub fn deposit(amount: Balance, key: Option<(&AccountId, &KeyLimits)>) -> Self {
        Self::new(TICK_STREAM, 0, (Compact(amount), key))
    }

    /// `TickStream.add_key`
    pub fn add_key(session_key: &AccountId, limits: &KeyLimits) -> Self {
        Self::new(TICK_STREAM, 2, (session_key, limits))
    }

    /// `TickStream.remove_key`
    pub fn remove_key(session_key: &AccountId) -> Self {
        Self::new(TICK_STREAM, 3, session_key)
    }

    /// `TickStream.create_stream`
    pub fn create_stream(price_per_tick: Balance, gateway_share_ppm: u32, splits: Splits) -> Self {
        let metadata = br#"{"title":"End to end"}"#.to_vec();
        Self::new(TICK_STREAM, 4, (price_per_tick, 30u32, gateway_share_ppm, splits, metadata))
    }

    /// `TickStream.join_stream`
    pub fn join_stream(ticket: &Ticket) -> Self {
        Self::new(TICK_STREAM, 8, ticket)
    }

    /// `TickStream.leave_stream`
    pub fn leave_stream(sessions: &[SessionId]) -> Self {
        Self::new(TICK_STREAM, 9, sessions)
    }

    /// `TickStream.process_batch`
    pub fn process_batch(batch: &Batch) -> Self {
        Self::new(TICK_STREAM, 11, batch)
    }

    /// `TickStream.payout`
    pub fn payout(account: &AccountId) -> Self {
        Self::new(TICK_STREAM, 12, account)
    }

    /// `TickStream.suspend_stream`, which a moderator or root may call
    pub fn suspend_stream(stream: StreamId) -> Self {
        Self::new(TICK_STREAM, 17, Compact(stream))
    }

    /// `Validators.set_session_period`, which only root may call
    pub fn set_session_period(blocks: u32) -> Self {
        Self::new(VALIDATORS, 2, blocks)
    }

    /// `Sudo.sudo` of this call. On development chains, `//Alice` may sign it.
    pub fn as_root(&self) -> Self {
        Self([&[SUDO, 0], self.as_bytes()].concat())
    }

    /// Returns the SCALE encoding.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
