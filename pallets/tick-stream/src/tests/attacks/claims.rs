//! Attacks of a gateway or a front-runner that submits claims.

use super::*;
use crate::{Error, WeightInfo};
use frame_support::{assert_noop, traits::Get};
use sp_runtime::Permill;
use tick_stream_primitives::{tick_hash, BatchSize, Claim, ClaimGroup, SessionId, StreamId, TickChain};

/// Returns the refusal of the only claim of a batch.
fn refused(error: RowError) -> Vec<(RowKind, u32, RowError)> {
    vec![(RowKind::Claim, 0, error)]
}

/// Returns the submitter's part of `ticks` ticks, in planck.
fn submitter_part(ticks: Balance) -> Balance {
    let share: Permill = <Test as crate::Config>::SubmitterShare::get();
    share.mul_floor(PRICE * ticks)
}

fn group_of(stream: StreamId, gateway: &str, claims: Vec<Claim>) -> ClaimGroup {
    ClaimGroup { stream, gateway: account(gateway), claims: claims.try_into().expect("within the bound") }
}

fn batch_of_groups(groups: Vec<ClaimGroup>) -> Batch {
    Batch { groups: groups.try_into().expect("within the bound"), ..Default::default() }
}

#[test]
fn low_from_hashes_and_pays_only_the_new_ticks() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(50);
        let before = owned("viewer");
        let low = Claim { from: 0, ..watch.claim(60) };
        let weight = weight_of("operator", batch_of_claims(vec![low]));
        let ten = BatchSize { groups: 1, claims: 1, steps: 10, ..Default::default() };
        assert_eq!(weight, weight_with_splits(&ten, 0), "ten of the sixty declared steps were taken");
        assert_eq!(before - owned("viewer"), 10 * PRICE);
    });
}

/// Returns the weight of a batch with one claim that is refused after its session was read.
fn weight_of_a_lookup() -> Weight {
    weight_of_no_rows().saturating_add(looked_up_weight(1))
}

#[test]
fn high_from_is_refused_without_a_hash() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(10);
        let high = Claim { from: 49, ..watch.claim(50) };
        assert_eq!(weight_of("operator", batch_of_claims(vec![high.clone()])), weight_of_a_lookup());
        assert_eq!(failures(), refused(RowError::FromAhead));
        let (id, proof) = (high.session, high.proof);
        assert_noop!(TickStream::record_tick(signed("operator"), id, 49, 50, proof), Error::<Test>::FromAhead);
    });
}

#[test]
fn claims_that_fail_a_cheap_check_are_refused_without_a_hash() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 100);
        watch.settle(10);
        let honest = watch.claim(20);
        let false_claims = [
            (10, 10, RowError::ClaimEmpty),
            (20, 10, RowError::ClaimEmpty),
            (u32::MAX, 0, RowError::ClaimEmpty),
            (u32::MAX, u32::MAX, RowError::ClaimEmpty),
            (11, 20, RowError::FromAhead),
            (u32::MAX - 1, u32::MAX, RowError::FromAhead),
            (0, 10, RowError::AlreadySettled),
            (0, 1, RowError::AlreadySettled),
            (10, 101, RowError::AboveMaximum),
            (10, 100, RowError::TooFast),
        ];
        for (from, ticks, error) in false_claims {
            System::reset_events();
            let claim = Claim { from, ticks, ..honest.clone() };
            assert_eq!(weight_of("operator", batch_of_claims(vec![claim])), weight_of_a_lookup(), "{error:?}");
            assert_eq!(failures(), refused(error));
        }
        assert_eq!(session_of(watch.id).settled_ticks, 10);
    });
}

#[test]
fn repeated_false_proof_hashes_no_more_than_declared() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(20);
        let false_claim = Claim { from: 0, ticks: 60, session: watch.id, proof: [1; 32] };
        let batch = batch_of_claims(vec![false_claim; 100]);
        let size = batch.size();
        assert_eq!(size.steps, 6_000);
        let real = BatchSize { steps: 4_000, groups: 0, ..size };
        assert_eq!(weight_of("stranger", batch), weight_with_splits(&real, 0), "forty steps for each claim");
        assert_eq!(failures().len(), 100);
    });
}

#[test]
fn batch_above_the_maximum_of_steps_is_refused_before_any_step() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let huge = Claim { from: 0, ticks: u32::MAX, session: watch.id, proof: [1; 32] };
        let outcome = dispatch("stranger", batch_of_claims(vec![huge; 3]));
        assert_eq!(outcome.map_err(|error| error.error), Err(Error::<Test>::BatchTooLarge.into()));
        let declared = crate::weights::SubstrateWeight::<Test>::record_tick(u32::MAX);
        let limits: frame_system::limits::BlockWeights = <Test as frame_system::Config>::BlockWeights::get();
        assert!(!declared.all_lte(limits.max_block), "no block has room for a claim of that many steps");
    });
}

#[test]
fn claim_in_another_group_to_redirect_the_share_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        register_gateway("second-gateway");
        let other = create_stream(PRICE, Default::default());
        let mut watch = Watch::opened("viewer", 60);
        let claim = watch.claim(30);
        let groups = [(0, "second-gateway"), (other, "gateway"), (other, "second-gateway"), (0, "stranger")];
        for (stream, gateway) in groups {
            let group = group_of(stream, gateway, vec![claim.clone()]);
            let expected = refused(RowError::GroupMismatch);
            assert_eq!(submit("second-gateway", batch_of_groups(vec![group])), expected);
        }
        let unknown = group_of(u64::MAX, "gateway", vec![claim.clone()]);
        assert_eq!(submit("second-gateway", batch_of_groups(vec![unknown])), refused(RowError::GroupMismatch));
        assert_eq!(earned("second-gateway") + earned("stranger") + earned("creator"), 0);
        assert!(submit("second-gateway", batch_of_claims(vec![claim])).is_empty());
        assert_eq!(earned("second-gateway"), 0, "the submitter earns nothing while the gateway is active");
    });
}

#[test]
fn claim_copied_by_a_front_runner_earns_nothing() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let claim = watch.claim(30);
        assert!(submit("stranger", batch_of_claims(vec![claim.clone()])).is_empty());
        assert_eq!(earned("stranger"), 0);
        let gateway = earned("gateway");
        assert!(gateway > submitter_part(30), "the gateway earns its share and the submitter's part");
        assert_eq!(submit("operator", batch_of_claims(vec![claim])), refused(RowError::AlreadySettled));
        assert_eq!(earned("gateway"), gateway, "nothing is paid twice");
        advance(4);
        let (claim, origin) = (watch.claim(32), signed("stranger"));
        assert_ok!(TickStream::record_tick(origin, claim.session, claim.from, claim.ticks, claim.proof));
        assert_eq!(earned("stranger"), 0, "`record_tick` does not change this");
    });
}

#[test]
fn front_runner_of_a_silent_gateway_earns_once() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        advance(4);
        let (first, second) = (watch.claim(10), watch.claim(20));
        assert!(submit("stranger", batch_of_claims(vec![first])).is_empty());
        assert_eq!(earned("stranger"), 0, "the gateway is not silent after four blocks");
        advance(5);
        let third = watch.claim(30);
        assert!(submit("stranger", batch_of_claims(vec![second, third])).is_empty());
        assert_eq!(earned("stranger"), submitter_part(10), "the first claim ends the silence for the second");
    });
}

#[test]
fn front_runner_of_a_closing_session_earns_nothing() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let ids = vec![watch.id].try_into().expect("within the bound");
        assert_ok!(TickStream::leave_stream(signed("viewer"), ids));
        let claim = watch.claim(30);
        assert!(submit("stranger", batch_of_claims(vec![claim])).is_empty());
        assert_eq!(earned("stranger"), 0);
        assert!(earned("gateway") > submitter_part(30) && earned("creator") > 0);
    });
}

#[test]
fn proof_of_another_session_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let mut first = Watch::opened("viewer", 60);
        let mut second = Watch::opened("viewer", 60);
        let stolen = Claim { session: second.id, ..first.claim(10) };
        assert_eq!(submit("operator", batch_of_claims(vec![stolen])), refused(RowError::ProofInvalid));
        let mut copied = Watch::new("viewer", 59);
        copied.ticket.anchor = first.chain.proof(1).expect("within the chain");
        assert_eq!(try_open(&copied, "viewer-session"), None);
        let walked =
            Claim { session: copied.id, from: 0, ticks: 9, proof: first.chain.proof(10).expect("within the chain") };
        let walked = submit("operator", batch_of_claims(vec![walked]));
        assert_eq!(walked, refused(RowError::ProofInvalid), "the anchor leads to a different chain in another session");
        assert_eq!(try_claim(&mut second, 10), None);
    });
}

#[test]
fn proof_of_another_chain_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let id = tick_stream_primitives::session_id(
            &[9; 32],
            &account("viewer"),
            &account("viewer-session"),
            watch.ticket.nonce,
        );
        let proof = TickChain::new(&id, [7; 32], 60).proof(10).expect("within the chain");
        let foreign = Claim { session: watch.id, from: 0, ticks: 10, proof };
        assert_eq!(submit("operator", batch_of_claims(vec![foreign])), refused(RowError::ProofInvalid));
    });
}

#[test]
fn proof_claimed_for_more_or_fewer_ticks_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(5);
        let honest = watch.claim(30);
        for ticks in [6, 29, 31, 60] {
            let false_claim = Claim { ticks, ..honest.clone() };
            assert_eq!(submit("operator", batch_of_claims(vec![false_claim])), refused(RowError::ProofInvalid));
        }
        let settled_again = Claim { ticks: 6, proof: session_of(watch.id).head, ..honest };
        assert_eq!(submit("operator", batch_of_claims(vec![settled_again])), refused(RowError::ProofInvalid));
    });
}

#[test]
fn guessed_proof_of_an_unrevealed_tick_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        watch.settle(30);
        let known = session_of(watch.id).head;
        // A gateway can only compute lower elements.
        let guesses = [known, tick_hash(&watch.id, &known), [0; 32], [0xff; 32]];
        for proof in guesses {
            let guess = Claim { session: watch.id, from: 30, ticks: 31, proof };
            assert_eq!(submit("gateway", batch_of_claims(vec![guess])), refused(RowError::ProofInvalid));
        }
    });
}

#[test]
fn same_claim_in_two_rows_and_two_groups_is_paid_once() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let before = owned("viewer");
        let claim = watch.claim(30);
        let group = group_of(0, "gateway", vec![claim.clone(), claim]);
        let failed = submit("operator", batch_of_groups(vec![group.clone(), group]));
        assert_eq!(failed, [1, 2, 3].map(|index| (RowKind::Claim, index, RowError::AlreadySettled)));
        assert_eq!(before - owned("viewer"), 30 * PRICE);
        assert_eq!(stream_of(0).totals.paid, 30 * PRICE);
    });
}

#[test]
fn claim_before_the_start_of_a_session_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let mut first = Watch::opened("viewer", 60);
        first.settle(60);
        end(&first);
        let mut second = Watch::opened("viewer", 60);
        assert!(session_of(second.id).opened_at > START_MS, "the session starts in the future");
        assert_eq!(try_claim(&mut second, 1), Some(RowError::TooFast));
        advance(1);
        assert_eq!(try_claim(&mut second, 1), None);
        assert_eq!(try_claim(&mut second, 2), Some(RowError::TooFast));
    });
}

#[test]
fn claim_on_a_removed_session_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let claim = watch.claim(30);
        end(&watch);
        assert_eq!(submit("operator", batch_of_claims(vec![claim.clone()])), refused(RowError::SessionUnknown));
        let unknown = Claim { session: SessionId::default(), ..claim };
        assert_eq!(submit("operator", batch_of_claims(vec![unknown])), refused(RowError::SessionUnknown));
    });
}

#[test]
fn ending_or_suspending_a_stream_does_not_block_claims() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        assert_eq!(try_claim(&mut watch, 10), None);
        assert_ok!(TickStream::end_stream(signed("creator"), 0));
        assert_noop!(TickStream::end_stream(signed("creator"), 0), Error::<Test>::SessionsOpen);
        assert_eq!(try_claim(&mut watch, 20), None);
        assert_eq!(try_open(&Watch::new("viewer", 10), "viewer-session"), Some(RowError::StreamNotOpen));
        assert!(earned("gateway") > 0 && earned("creator") > 0);
        end(&watch);
        assert_ok!(TickStream::end_stream(signed("creator"), 0));
        assert_noop!(TickStream::end_stream(signed("creator"), 0), Error::<Test>::StreamUnknown);
    });
}
