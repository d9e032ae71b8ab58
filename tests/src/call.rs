//! Calls, encoded without the runtime's metadata: a change of an index or of an argument makes them fail.

use codec::{Compact, Encode};
use tick_stream_primitives::{AccountId, Balance, Delegation, Splits, StreamId};

/// Indices of pallets in the runtime.
const BALANCES: u8 = 4;
const SUDO: u8 = 6;
const TICK_STREAM: u8 = 10;

/// An encoded call.
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
    pub fn deposit(amount: Balance, delegation: Option<&Delegation>) -> Self {
        Self::new(TICK_STREAM, 0, (Compact(amount), delegation))
    }

    /// `TickStream.create_stream`
    pub fn create_stream(price_per_tick: Balance, gateway_share_ppm: u32, splits: Splits) -> Self {
        let metadata = br#"{"title":"End to end"}"#.to_vec();
        Self::new(TICK_STREAM, 4, (price_per_tick, 30u32, gateway_share_ppm, splits, metadata))
    }

    /// `TickStream.payout`
    pub fn payout(account: &AccountId) -> Self {
        Self::new(TICK_STREAM, 12, account)
    }

    /// `TickStream.suspend_stream`, which only root may call
    pub fn suspend_stream(stream: StreamId) -> Self {
        Self::new(TICK_STREAM, 17, Compact(stream))
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
