//! Tests of what the worker expects rows to cost, against what the chain charges for them.

use super::*;
use frame_support::weights::Weight;
use tick_stream_primitives::BatchSize;

/// Bytes of a claim, and of a group without its claims.
const CLAIM_BYTES: u32 = 56;
const GROUP_BYTES: u32 = 42;

/// Returns what a claim of `ticks` new ticks adds to the fee of a batch, and what a group of a stream without splits
/// adds to it besides, in planck.
pub(super) fn marginal(ticks: u32) -> (Balance, Balance) {
    let fee = |size: BatchSize, bytes| MockSettlement::fee(TickStream::rows_weight(&size, 0), bytes);
    let claim = BatchSize { claims: 1, ..Default::default() };
    let group = fee(BatchSize { groups: 1, ..claim }, GROUP_BYTES) - fee(claim, 0);
    (fee(BatchSize { steps: ticks.into(), ..claim }, CLAIM_BYTES), group)
}

#[test]
fn rows_of_no_number_weigh_nothing() {
    assert_eq!(TickStream::rows_weight(&BatchSize::default(), 0), Weight::zero());
}

#[test]
fn weight_of_rows_is_the_sum_over_their_kinds() {
    let none = BatchSize::default();
    let kinds = [
        (BatchSize { opens: 3, ..none }, 0),
        (BatchSize { groups: 2, claims: 2, ..none }, 0),
        (BatchSize { claims: 5, ..none }, 0),
        (BatchSize { steps: 70, ..none }, 0),
        (BatchSize { closes: 4, ..none }, 0),
        (none, 6),
    ];
    let sum = kinds.iter().fold(Weight::zero(), |sum, (size, splits)| {
        let weight = TickStream::rows_weight(size, *splits);
        assert!(weight.ref_time() > 0, "{size:?} and {splits} splits cost something");
        sum.saturating_add(weight)
    });
    let all = BatchSize { opens: 3, groups: 2, claims: 7, steps: 70, closes: 4 };
    assert_eq!(TickStream::rows_weight(&all, 6), sum);
}

#[test]
fn first_claim_of_a_group_is_part_of_its_weight() {
    let weight = |groups, claims| TickStream::rows_weight(&BatchSize { groups, claims, ..Default::default() }, 0);
    assert_eq!(weight(1, 1), weight(1, 0));
    assert_eq!(weight(1, 3).saturating_sub(weight(1, 1)), weight(0, 2));
    assert!(weight(1, 1).all_gte(weight(0, 1)), "a group costs at least as much as its claim");
}

/// The worker decides by the marginal fee. It must not be below what the chain charges for one claim more.
#[test]
fn marginal_fee_of_a_claim_is_what_the_chain_charges_for_it() {
    build_and_execute(|| {
        fund("viewer");
        let mut watches: Vec<_> = (0..3).map(|_| Watch::opened("viewer", 60)).collect();
        let mut charged = |count: usize| {
            let batch = batch_of_claims(watches[..count].iter_mut().map(|watch| watch.claim(20)).collect());
            let length_bytes = batch.encoded_size() as u32;
            with_transaction(|| {
                let info =
                    TickStream::process_batch(signed("operator"), batch).expect("the batch is within its limits");
                let weight = info.actual_weight.expect("the rest is refunded");
                let fee = MockSettlement::fee(weight, length_bytes);
                TransactionOutcome::Rollback(Ok::<_, sp_runtime::DispatchError>(fee))
            })
            .expect("the transaction is rolled back without an error")
        };
        let one_more = charged(3) - charged(2);
        let (expected, _) = marginal(20);
        assert!(one_more.abs_diff(expected) <= 1, "{one_more} is not {expected}");
    });
}
