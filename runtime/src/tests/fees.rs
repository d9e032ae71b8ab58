//! Tests of fees: who earns them, and what they make dear.

use super::env::{account, block, next_slot, on_chain, signed, turn};
use crate::{
    configs::{FullerOfWeightAndLength, RuntimeBlockLength, RuntimeBlockWeights, AUTHOR_SHARE, BYTE_FEE},
    Balances, Executive, Runtime, RuntimeCall, System, TransactionPayment, Treasury, UNIT,
};
use frame_support::{
    assert_ok,
    dispatch::{DispatchClass, GetDispatchInfo},
};
use pallet_transaction_payment::Multiplier;
use sp_keyring::Sr25519Keyring::Eve;
use sp_runtime::{traits::Convert, traits::One, Saturating};

fn remark(bytes: usize) -> RuntimeCall {
    RuntimeCall::System(frame_system::Call::remark { remark: vec![0; bytes] })
}

fn max_normal_length() -> u32 {
    *RuntimeBlockLength::get().max.get(DispatchClass::Normal)
}

#[test]
fn author_earns_four_fifths_of_fees_and_tips_and_the_treasury_the_rest() {
    on_chain("test", || {
        let slot = next_slot();
        let author = turn(slot);
        let treasury = Treasury::account_id();
        let before = [&author, &treasury, &account(Eve)].map(Balances::free_balance);
        block(slot, || {
            assert_ok!(Executive::apply_extrinsic(signed(Eve, remark(100), 3 * UNIT)));
        });
        let after = [&author, &treasury, &account(Eve)].map(Balances::free_balance);
        let paid = before[2] - after[2];
        assert!(paid > 3 * UNIT, "the fee and the tip are paid");
        assert_eq!(after[0] - before[0], AUTHOR_SHARE.mul_floor(paid));
        assert_eq!(after[1] - before[1], paid - AUTHOR_SHARE.mul_floor(paid));
        assert_eq!(AUTHOR_SHARE.deconstruct(), 80);
    });
}

#[test]
fn author_without_an_account_leaves_its_part_to_the_treasury() {
    on_chain("test", || {
        let slot = next_slot();
        let author = turn(slot);
        frame_system::Account::<Runtime>::remove(&author);
        let (treasury, eve) = (Balances::free_balance(Treasury::account_id()), Balances::free_balance(account(Eve)));
        block(slot, || {
            assert_ok!(Executive::apply_extrinsic(signed(Eve, remark(1), 0)));
        });
        let paid = eve - Balances::free_balance(account(Eve));
        assert!(paid < crate::EXISTENTIAL_DEPOSIT, "the fee alone cannot create an account");
        assert_eq!(Balances::free_balance(Treasury::account_id()) - treasury, paid);
        assert_eq!(Balances::free_balance(&author), 0);
    });
}

#[test]
fn block_full_of_bytes_costs_what_a_block_full_of_weight_costs() {
    sp_io::TestExternalities::default().execute_with(|| {
        let weight = RuntimeBlockWeights::get().get(DispatchClass::Normal).max_total.expect("limited");
        let by_weight = TransactionPayment::weight_to_fee(weight);
        let by_length = TransactionPayment::length_to_fee(max_normal_length());
        assert!(by_length >= by_weight, "a block of bytes costs {by_length} planck, one of weight {by_weight}");
        // Only rounding up to a whole planck per byte lies between them.
        assert!(by_length - by_weight < u128::from(max_normal_length()));
        assert_eq!(TransactionPayment::length_to_fee(1), BYTE_FEE);
    });
}

/// Attack: extrinsics of 3.9 MB at 0.004 VLK keep everyone else's out.
#[test]
fn attack_block_full_of_bytes_is_not_cheap() {
    on_chain("test", || {
        let call = remark(3_900_000);
        let extrinsic = signed(Eve, call.clone(), 0);
        let fee = TransactionPayment::compute_fee(
            codec::Encode::encoded_size(&extrinsic) as u32,
            &call.get_dispatch_info(),
            0,
        );
        assert!(fee > UNIT / 3, "{fee} planck fill a block with bytes");
    });
}

/// Attack: blocks stay full of bytes for hours, and no fee rises, because they weigh nearly nothing.
#[test]
fn attack_fees_rise_while_blocks_are_full_of_bytes() {
    on_chain("test", || {
        let one = Multiplier::one();
        System::initialize(&1, &Default::default(), &Default::default());
        assert_eq!(
            FullerOfWeightAndLength::<Runtime>::convert(one),
            one,
            "an empty block does not lower them below one"
        );
        System::set_block_consumed_resources(frame_support::weights::Weight::zero(), max_normal_length() as usize);
        let risen = FullerOfWeightAndLength::<Runtime>::convert(one);
        assert!(risen > one, "a block full of bytes raises fees");
        // As fast as a block full of weight.
        System::set_block_consumed_resources(frame_support::weights::Weight::zero(), 0);
        let normal = RuntimeBlockWeights::get().get(DispatchClass::Normal).max_total.expect("limited");
        System::register_extra_weight_unchecked(normal, DispatchClass::Normal);
        assert_eq!(FullerOfWeightAndLength::<Runtime>::convert(one), risen);
    });
}

#[test]
fn multiplier_moves_as_the_sdks_does_when_weight_decides() {
    use crate::configs::{AdjustmentVariable, MaximumMultiplier, MinimumMultiplier, TargetBlockFullness};
    type Theirs = pallet_transaction_payment::TargetedFeeAdjustment<
        Runtime,
        TargetBlockFullness,
        AdjustmentVariable,
        MinimumMultiplier,
        MaximumMultiplier,
    >;
    on_chain("test", || {
        let normal = RuntimeBlockWeights::get().get(DispatchClass::Normal).max_total.expect("limited");
        for (number, percent) in (1..).zip([0_u64, 10, 50, 70, 100]) {
            System::initialize(&number, &Default::default(), &Default::default());
            System::set_block_consumed_resources(frame_support::weights::Weight::zero(), 0);
            System::register_extra_weight_unchecked(normal.saturating_mul(percent) / 100, DispatchClass::Normal);
            let previous = Multiplier::from_u32(3);
            let (ours, theirs) = (FullerOfWeightAndLength::<Runtime>::convert(previous), Theirs::convert(previous));
            let difference = if ours > theirs { ours.saturating_sub(theirs) } else { theirs.saturating_sub(ours) };
            // The SDK rounds the fullness of a block down to a whole picosecond.
            assert!(difference <= Multiplier::from_inner(1_000_000), "{percent} %: {ours:?}, the SDK's is {theirs:?}");
        }
    });
}
