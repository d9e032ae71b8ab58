//! What rows earn the worker's side, and what they cost it.

use super::SettlementExtrinsics;
use crate::{Config, Pallet, Streams};
use codec::Encode;
use frame_support::{traits::Get, weights::Weight};
use sp_runtime::Permill;
use tick_stream_primitives::{
    rules::{pays_submitter, Periods},
    Balance, BatchSize, Claim, Rates, Session, Shares, Splits, StreamId,
};

/// Bytes of a group without its claims: stream, gateway and a length.
const GROUP_BYTES: u32 = 42;

/// What a claim earns and costs, in planck, apart from the fee of its group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Worth {
    /// What the worker's side earns.
    pub reward: Balance,
    /// What the claim adds to the fee of a batch.
    pub fee: Balance,
}

impl Worth {
    /// Computes the worth of a claim whose `from` is what is settled. A claim of an own gateway earns the gateway's share
    /// and the submitter's part. One of another gateway earns the submitter's part, and only when its gateway has been
    /// silent.
    pub fn of<T: Config>(claim: &Claim, session: &Session, is_own: bool, protocol_fee: Permill) -> Self {
        let rates = Rates {
            protocol_fee,
            submitter_share: T::SubmitterShare::get(),
            gateway_share: session.gateway_share,
            splits: &Splits::default(),
        };
        let gross = session.price_per_tick.saturating_mul(Balance::from(claim.steps()));
        let shares = Shares::of(gross, &rates);
        let periods = Periods { close_period: T::ClosePeriod::get(), gateway_silence: T::GatewaySilence::get() };
        let reward = if is_own {
            shares.gateway.saturating_add(shares.submitter)
        } else if pays_submitter(session, Pallet::<T>::block(), &periods) {
            shares.submitter
        } else {
            0
        };
        let size = BatchSize { claims: 1, steps: claim.steps().into(), ..Default::default() };
        Self { reward, fee: marginal_fee::<T>(&size, 0, claim.encoded_size() as u32) }
    }

    /// Returns what the claim earns beyond its fee, or `None` if it earns less.
    pub fn surplus(&self) -> Option<Balance> {
        self.reward.checked_sub(self.fee)
    }
}

/// Returns what a group of claims adds to the fee of a batch, in planck, without its claims.
pub(crate) fn group_fee<T: Config>(stream: StreamId) -> Balance {
    let block = Pallet::<T>::block();
    let splits = Streams::<T>::get(stream).map_or(0, |stream| stream.splits_at(block).len() as u32);
    let claim = BatchSize { claims: 1, ..Default::default() };
    let with_group = marginal_fee::<T>(&BatchSize { groups: 1, ..claim }, splits, GROUP_BYTES);
    with_group.saturating_sub(marginal_fee::<T>(&claim, 0, 0))
}

/// Returns what rows of this size add to the fee of a batch, in planck, after the refund of what is not used.
fn marginal_fee<T: Config>(size: &BatchSize, splits: u32, bytes: u32) -> Balance {
    let weight = Pallet::<T>::rows_weight(size, splits);
    T::Settlement::fee(weight, bytes).saturating_sub(T::Settlement::fee(Weight::zero(), 0))
}
