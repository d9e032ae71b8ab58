//! Fees: what weight and length cost, how fees follow demand, and who earns them.

use crate::{AccountId, Authorship, Balance, Balances, Runtime, RuntimeEvent};
use core::marker::PhantomData;
use frame_support::{
    dispatch::DispatchClass,
    parameter_types,
    traits::{
        fungible::{Balanced, Credit},
        ConstU8, Imbalance, OnUnbalanced,
    },
    weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, ConstantMultiplier, IdentityFee},
};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, MultiplierUpdate};
use sp_runtime::{
    traits::{Bounded, Convert, Saturating},
    FixedPointNumber, Percent, Perquintill,
};

use super::{
    limits::{RuntimeBlockLength, RuntimeBlockWeights, MAX_BLOCK_BYTES, MAX_BLOCK_MILLIS},
    tick_stream::Treasury,
};

/// Fee per byte of an extrinsic, in planck: what makes a block that is full by length cost as much as one that is full
/// by weight. A planck buys a picosecond ([`IdentityFee`]), and both limits have the same part for each class.
pub const BYTE_FEE: Balance =
    ((MAX_BLOCK_MILLIS * WEIGHT_REF_TIME_PER_MILLIS) as Balance).div_ceil(MAX_BLOCK_BYTES as Balance);
/// Part of fees and tips that the author of the block earns. The treasury earns the rest.
pub const AUTHOR_SHARE: Percent = Percent::from_percent(80);

parameter_types! {
    /// Fee per byte of an extrinsic, in planck.
    pub const TransactionByteFee: Balance = BYTE_FEE;
    /// Part of a block that is full when fees neither rise nor fall.
    pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(50);
    /// Speed of fee changes: fees double after about a day and a half of full blocks.
    pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(1, 100_000);
    /// Lowest multiplier: fees never fall below those of the weights.
    pub MinimumMultiplier: Multiplier = Multiplier::saturating_from_integer(1);
    /// Highest multiplier: fees have no upper limit.
    pub MaximumMultiplier: Multiplier = Bounded::max_value();
}

impl pallet_transaction_payment::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type OnChargeTransaction = FungibleAdapter<Balances, AuthorAndTreasury>;
    type OperationalFeeMultiplier = ConstU8<5>;
    type WeightToFee = IdentityFee<Balance>;
    type LengthToFee = ConstantMultiplier<Balance, TransactionByteFee>;
    type FeeMultiplierUpdate = FullerOfWeightAndLength<Runtime>;
    type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}

/// Division of fees and tips between the author of the block and the treasury.
pub struct AuthorAndTreasury;

impl OnUnbalanced<Credit<AccountId, Balances>> for AuthorAndTreasury {
    fn on_nonzero_unbalanced(amount: Credit<AccountId, Balances>) {
        let for_author = AUTHOR_SHARE.mul_floor(amount.peek());
        let (for_author, mut for_treasury) = amount.split(for_author);
        match Authorship::author() {
            Some(author) => {
                // An account that does not exist cannot take less than the existential deposit.
                if let Err(refused) = Balances::resolve(&author, for_author) {
                    for_treasury.subsume(refused);
                }
            }
            None => for_treasury.subsume(for_author),
        }
        // The treasury's account exists from the genesis, or from the migration, on. Otherwise the fee is burnt.
        let _burnt = Balances::resolve(&Treasury::get(), for_treasury);
    }
}

/// Fee multiplier that follows the fuller of a block's weight and length.
///
/// The SDK's [`TargetedFeeAdjustment`](pallet_transaction_payment::TargetedFeeAdjustment) sees only weight: blocks that
/// are full of bytes would never become dearer. The step is the same: with the difference `d` between fullness and its
/// target, and the speed `v`, the multiplier is multiplied by `1 + v d + (v d)^2 / 2`.
pub struct FullerOfWeightAndLength<T>(PhantomData<T>);

impl<T: frame_system::Config> FullerOfWeightAndLength<T> {
    /// Returns how full the present block is, as far as ordinary extrinsics may fill it.
    pub fn fullness() -> Perquintill {
        let limits = RuntimeBlockWeights::get();
        let limit = limits.get(DispatchClass::Normal).max_total.unwrap_or(limits.max_block);
        let weight = *frame_system::Pallet::<T>::block_weight().get(DispatchClass::Normal);
        let by_time = Perquintill::from_rational(weight.ref_time(), limit.ref_time().max(1));
        let by_proof = Perquintill::from_rational(weight.proof_size(), limit.proof_size().max(1));
        let max_length = *RuntimeBlockLength::get().max.get(DispatchClass::Normal);
        let by_length = Perquintill::from_rational(
            u64::from(frame_system::Pallet::<T>::block_size()),
            u64::from(max_length.max(1)),
        );
        by_time.max(by_proof).max(by_length)
    }
}

impl<T: frame_system::Config> Convert<Multiplier, Multiplier> for FullerOfWeightAndLength<T> {
    fn convert(previous: Multiplier) -> Multiplier {
        let (lowest, highest) = (MinimumMultiplier::get(), MaximumMultiplier::get());
        let previous = previous.max(lowest);
        let (fullness, target): (Multiplier, Multiplier) = (Self::fullness().into(), Self::target().into());
        let step = AdjustmentVariable::get().saturating_mul(if fullness > target {
            fullness.saturating_sub(target)
        } else {
            target.saturating_sub(fullness)
        });
        let half_square = step.saturating_mul(step) / Multiplier::saturating_from_integer(2);
        if fullness >= target {
            previous.saturating_add(step.saturating_add(half_square).saturating_mul(previous))
        } else {
            previous.saturating_sub(step.saturating_sub(half_square).saturating_mul(previous))
        }
        .clamp(lowest, highest)
    }
}

impl<T: frame_system::Config> MultiplierUpdate for FullerOfWeightAndLength<T> {
    fn min() -> Multiplier {
        MinimumMultiplier::get()
    }

    fn max() -> Multiplier {
        MaximumMultiplier::get()
    }

    fn target() -> Perquintill {
        TargetBlockFullness::get()
    }

    fn variability() -> Multiplier {
        AdjustmentVariable::get()
    }
}
