//! Tests of settling claims, by `record_tick` and in a batch: amounts, recipients, and reasons to refuse a claim.

mod refusals;
mod submitters;

use crate::{mock::*, Error, Event, WeightInfo};
use frame_support::{assert_noop, assert_ok, dispatch::PostDispatchInfo};
use sp_runtime::Permill;
use tick_stream_primitives::{
    tick_hash, AccountId, Balance, Batch, BatchSize, Claim, ClaimGroup, Closer, Splits, StreamId,
};

/// Shares of thirty ticks at [`PRICE`], worked out by hand: 1 % and 0.5 % of 30,090; 20.0001 % of the remaining 29,640;
/// the rest.
const THIRTY: Parts = Parts { paid: 30_090, protocol: 300, submitter: 150, gateway: 5_928, creator: 23_712 };
/// Shares of ten ticks: of 10,030 and 9,880.
const TEN: Parts = Parts { paid: 10_030, protocol: 100, submitter: 50, gateway: 1_976, creator: 7_904 };

struct Parts {
    paid: Balance,
    protocol: Balance,
    submitter: Balance,
    gateway: Balance,
    creator: Balance,
}

impl Parts {
    /// Returns the event of a group that paid these shares and has no splits.
    fn shared(&self, ticks: u64) -> Event<Test> {
        Event::IncomeShared {
            stream: 0,
            gateway: account("gateway"),
            ticks,
            paid: self.paid,
            protocol: self.protocol,
            submitter: self.submitter,
            gateway_part: self.gateway,
            splits: 0,
            creator: self.creator,
        }
    }
}

fn settled_event(claim: &Claim, ticks: u32, paid: Balance) -> Event<Test> {
    Event::TicksSettled { session: claim.session, stream: 0, ticks, settled_ticks: claim.ticks, paid }
}

/// Settles the claim with a call of `submitter`.
fn record(submitter: &str, claim: &Claim) -> Result<PostDispatchInfo, sp_runtime::DispatchError> {
    TickStream::record_tick(signed(submitter), claim.session, claim.from, claim.ticks, claim.proof)
        .map_err(|error| error.error)
}

/// Returns all earnings, ordered by account.
fn all_earnings() -> Vec<(AccountId, Balance)> {
    let mut earnings: Vec<_> = crate::Earnings::<Test>::iter().collect();
    earnings.sort();
    earnings
}

fn earnings_of(parts: &[(&str, Balance)]) -> Vec<(AccountId, Balance)> {
    let mut earnings: Vec<_> = parts.iter().map(|(name, part)| (account(name), *part)).collect();
    earnings.sort();
    earnings
}

/// Funds the viewer and opens a session.
fn opened(max_ticks: u32) -> Watch {
    fund("viewer");
    Watch::opened("viewer", max_ticks)
}

#[test]
fn record_tick_settles_a_claim() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let (deposit, pot, mut session) = (deposit_of("viewer"), in_pot(), session_of(watch.id));
        advance(3);
        let claim = watch.claim(30);
        let happened = events_of(|| {
            let post = record("gateway", &claim).expect("the call succeeds");
            assert_eq!(post.actual_weight, Some(<() as WeightInfo>::record_tick(30)));
        });
        assert_eq!(happened, [settled_event(&claim, 30, THIRTY.paid), THIRTY.shared(30)]);
        (session.head, session.settled_ticks, session.last_claim) = (claim.proof, 30, 4);
        assert_eq!(session_of(watch.id), session, "the rest of the session is unchanged");
        assert_eq!(deposit_of("viewer"), deposit, "the reserve changes when the session is removed");
        let (gateway, creator) = (THIRTY.gateway + THIRTY.submitter, THIRTY.creator);
        let parts = [("treasury", THIRTY.protocol), ("gateway", gateway), ("creator", creator)];
        assert_eq!(all_earnings(), earnings_of(&parts));
        assert_eq!(in_pot(), pot);
        let totals = stream_of(0).totals;
        assert_eq!((totals.ticks, totals.paid, totals.tipped), (30, THIRTY.paid, 0));
    });
}

#[test]
fn claim_in_a_batch_is_settled() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let claim = watch.claim(30);
        let happened = events_of(|| {
            assert_ok!(TickStream::process_batch(signed("operator"), batch_of_claims(vec![claim.clone()])));
        });
        let (submitter, paid) = (account("operator"), THIRTY.paid);
        let expected = [
            settled_event(&claim, 30, paid),
            THIRTY.shared(30),
            Event::BatchProcessed { submitter, opened: 0, settled: 1, closed: 0, failed: 0, ticks: 30, paid },
        ];
        assert_eq!(happened, expected);
        assert_eq!((session_of(watch.id).settled_ticks, session_of(watch.id).head), (30, claim.proof));
    });
}

#[test]
fn record_tick_has_the_same_effect_by_any_account() {
    let outcomes = ["viewer", "gateway", "operator", "creator", "stranger"].map(|name| {
        let mut ext = chain_with_stream();
        ext.execute_with(|| {
            let mut watch = opened(60);
            assert_ok!(record(name, &watch.claim(30)));
            assert_ok!(TickStream::do_try_state());
            pallet_state()
        })
    });
    assert!(
        outcomes.iter().all(|outcome| *outcome == outcomes[0]),
        "the submitter of a claim in time has no influence"
    );
}

#[test]
fn claims_of_a_group_are_added_up_and_booked_once() {
    build_and_execute(|| {
        let (mut first, mut second) = (opened(60), Watch::opened("viewer", 60));
        let claims = vec![first.claim(10), second.claim(10)];
        let rows: Vec<_> = claims.iter().map(|claim| settled_event(claim, 10, TEN.paid)).collect();
        let happened = events_of(|| {
            assert_ok!(TickStream::process_batch(signed("operator"), batch_of_claims(claims)));
        });
        assert_eq!(happened[..2], rows);
        let sums = Parts {
            paid: 2 * TEN.paid,
            protocol: 2 * TEN.protocol,
            submitter: 2 * TEN.submitter,
            gateway: 2 * TEN.gateway,
            creator: 2 * TEN.creator,
        };
        assert_eq!(happened[2], sums.shared(20), "each row is rounded by itself");
        assert_eq!(happened.len(), 4);
        assert_eq!(earned("creator"), 2 * TEN.creator);
    });
}

#[test]
fn claim_split_in_two_is_settled() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let (low, high) = (watch.claim(10), Claim { from: 10, ..watch.claim(30) });
        let happened = events_of(|| {
            let batch = batch_of_claims(vec![low.clone(), high.clone()]);
            assert_ok!(TickStream::process_batch(signed("operator"), batch));
        });
        assert_eq!(happened[..2], [settled_event(&low, 10, 10_030), settled_event(&high, 20, 20_060)]);
        assert_eq!(session_of(watch.id).settled_ticks, 30);
        assert_eq!(stream_of(0).totals.paid, THIRTY.paid);
    });
}

#[test]
fn lower_proof_can_be_computed_from_a_higher_one() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let high = watch.claim(30);
        let proof = (10..30).fold(high.proof, |proof, _| tick_hash(&watch.id, &proof));
        let low = Claim { session: watch.id, from: 0, ticks: 10, proof };
        assert_ok!(record("gateway", &low));
        assert_ok!(record("gateway", &Claim { from: 10, ..high }));
        assert_eq!(session_of(watch.id).settled_ticks, 30);
    });
}

#[test]
fn rounding_of_single_ticks_goes_to_the_creator() {
    build_and_execute(|| {
        let mut watch = opened(60);
        for ticks in 1..=30 {
            assert_ok!(record("gateway", &watch.claim(ticks)));
        }
        // Of each 1,003: 10 and 5; of the remaining 988: 197, and 0.600988 planck that the rounding leaves to the
        // creator.
        assert_eq!(earned("treasury"), 30 * 10);
        assert_eq!(earned("gateway"), 30 * (5 + 197));
        assert_eq!(earned("creator"), 30 * 791);
        assert_eq!(stream_of(0).totals.paid, THIRTY.paid);
    });
}

#[test]
fn from_below_the_settled_ticks_pays_only_the_new_ticks() {
    build_and_execute(|| {
        let mut watch = opened(60);
        watch.settle(20);
        let low = Claim { from: 0, ..watch.claim(30) };
        let happened = events_of(|| {
            let post = record("gateway", &low).expect("the call succeeds");
            assert_eq!(
                post.actual_weight,
                Some(<() as WeightInfo>::record_tick(10)),
                "ten of the thirty declared steps"
            );
        });
        assert_eq!(happened, [settled_event(&low, 10, TEN.paid), TEN.shared(10)]);
        assert_eq!(stream_of(0).totals.paid, THIRTY.paid);
    });
}

#[test]
fn claim_of_the_elapsed_time_and_the_prepaid_ticks_is_settled() {
    build_and_execute(|| {
        let mut watch = opened(200);
        let too_fast =
            |watch: &mut Watch, ticks| record("gateway", &watch.claim(ticks)) == Err(Error::<Test>::TooFast.into());
        assert!(too_fast(&mut watch, 61));
        assert_ok!(record("gateway", &watch.claim(60)));
        advance(7);
        assert!(too_fast(&mut watch, 68));
        assert_ok!(record("gateway", &watch.claim(67)));
        stall(1);
        pallet_timestamp::Now::<Test>::mutate(|now| *now -= 1);
        assert!(too_fast(&mut watch, 68), "a millisecond short of a second");
        pallet_timestamp::Now::<Test>::mutate(|now| *now += 1);
        assert_ok!(record("gateway", &watch.claim(68)));
    });
}

#[test]
fn time_counts_from_the_later_start_of_a_session_within_paid_time() {
    build_and_execute(|| {
        let mut first = opened(60);
        first.settle(60);
        let close = first.close(Closer::Gateway, "gateway");
        assert_ok!(TickStream::process_batch(signed("operator"), batch_of_closes(vec![close])));
        let mut second = Watch::opened("viewer", 60);
        assert_eq!(session_of(second.id).opened_at, START_MS + 60_000);
        for seconds in 1..=3 {
            let ticks = seconds as u32;
            assert_noop!(record("gateway", &second.claim(ticks)), Error::<Test>::TooFast);
            advance(1);
            assert_ok!(record("gateway", &second.claim(ticks)));
        }
    });
}

#[test]
fn claim_of_all_ticks_leaves_the_session_open() {
    build_and_execute(|| {
        let mut watch = opened(30);
        assert_ok!(record("gateway", &watch.claim(30)));
        let session = session_of(watch.id);
        assert_eq!((session.settled_ticks, session.unspent()), (30, 0));
        assert_eq!(deposit_of("viewer").reserved, THIRTY.paid, "the session is not closed yet");
    });
}

/// Checks that ten more ticks are settled and paid as usual.
fn assert_still_settles(watch: &mut Watch, ticks: u32) {
    let before = earned("creator");
    let claim = watch.claim(ticks);
    assert_ok!(TickStream::process_batch(signed("operator"), batch_of_claims(vec![claim])));
    assert_eq!(session_of(watch.id).settled_ticks, ticks, "{:?}", failures());
    assert_eq!(earned("creator") - before, TEN.creator);
}

#[test]
fn claim_on_a_suspended_or_ended_stream_is_settled() {
    build_and_execute(|| {
        let mut watch = opened(60);
        assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        assert_still_settles(&mut watch, 10);
        assert_ok!(TickStream::end_stream(signed("creator"), 0));
        assert_still_settles(&mut watch, 20);
        assert_ok!(record("gateway", &watch.claim(30)));
        assert_eq!(stream_of(0).totals.ticks, 30);
    });
}

#[test]
fn claim_of_a_leaving_gateway_is_settled() {
    build_and_execute(|| {
        let mut watch = opened(60);
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        assert_still_settles(&mut watch, 10);
        assert_eq!(earned("gateway"), TEN.gateway + TEN.submitter, "the bond is not part of it yet");
    });
}

#[test]
fn claim_after_the_key_has_expired_or_was_removed_is_settled() {
    build_and_execute(|| {
        let mut watch = opened(60);
        limit_key(|limits| limits.expires_at = 1);
        advance(1);
        assert_still_settles(&mut watch, 10);
        assert_ok!(TickStream::remove_key(signed("viewer"), account("viewer-session")));
        assert_still_settles(&mut watch, 20);
    });
}

#[test]
fn claim_pays_the_price_and_gateway_share_of_the_opening() {
    build_and_execute(|| {
        let mut watch = opened(60);
        let update = crate::StreamUpdate {
            price_per_tick: Some(10),
            gateway_share: Some(Permill::from_percent(90)),
            ..Default::default()
        };
        assert_ok!(TickStream::update_stream(signed("creator"), 0, update));
        advance(6);
        assert_still_settles(&mut watch, 10);
        assert_eq!(stream_of(0).totals.paid, TEN.paid);
    });
}

#[test]
fn claim_pays_the_protocol_fee_of_the_settlement() {
    build_and_execute(|| {
        let mut watch = opened(60);
        assert_ok!(TickStream::set_protocol_fee(RuntimeOrigin::root(), Permill::from_percent(5)));
        assert_ok!(record("gateway", &watch.claim(10)));
        // 501 and 50 of 10,030; 1,895 of the remaining 9,479.
        assert_eq!((earned("treasury"), earned("gateway"), earned("creator")), (501, 50 + 1_895, 7_584));
    });
}

#[test]
fn claim_pays_the_splits_in_effect_at_the_settlement() {
    build_and_execute(|| {
        let splits = |parts: &[(&str, u32)]| -> Splits {
            let parts = parts.iter().map(|(name, part)| (account(name), Permill::from_parts(*part)));
            parts.collect::<Vec<_>>().try_into().expect("within the bound")
        };
        let update = |parts| crate::StreamUpdate { splits: Some(splits(parts)), ..Default::default() };
        assert_ok!(TickStream::update_stream(
            signed("creator"),
            0,
            update(&[("friend", 250_000), ("stranger", 333_333)])
        ));
        let mut watch = opened(60);
        advance(5);
        assert_ok!(record("gateway", &watch.claim(10)));
        assert_eq!((earned("friend"), earned("creator")), (0, TEN.creator), "the notice is not over yet");
        advance(1);
        let claim = watch.claim(20);
        let happened = events_of(|| {
            assert_ok!(record("gateway", &claim));
        });
        // 25 % and 33.3333 % of 7,904.
        let (quarter, third) = (1_976, 2_634);
        assert_eq!((earned("friend"), earned("stranger")), (quarter, third));
        assert_eq!(earned("creator"), 2 * TEN.creator - quarter - third);
        let shared = Event::IncomeShared {
            stream: 0,
            gateway: account("gateway"),
            ticks: 10,
            paid: TEN.paid,
            protocol: TEN.protocol,
            submitter: TEN.submitter,
            gateway_part: TEN.gateway,
            splits: quarter + third,
            creator: TEN.creator - quarter - third,
        };
        assert_eq!(happened[1], shared);
    });
}

#[test]
fn accounts_that_earn_nothing_have_no_entry() {
    build_and_execute(|| {
        fund("viewer");
        let cheap = create_stream(10, Splits::default());
        let mut watch = Watch::of_wallet("viewer", 10);
        watch.ticket.stream = cheap;
        assert_ok!(TickStream::join_stream(signed("viewer"), watch.ticket.clone()));
        assert_ok!(record("stranger", &watch.claim(1)));
        assert_eq!(
            all_earnings(),
            earnings_of(&[("gateway", 2), ("creator", 8)]),
            "accounts that earn nothing have no entry"
        );
    });
}

#[test]
fn claim_row_refunds_the_weight_of_steps_not_taken() {
    build_and_execute(|| {
        let used = |claim| {
            let post =
                TickStream::process_batch(signed("operator"), batch_of_claims(vec![claim])).expect("the call succeeds");
            post.actual_weight.expect("the weight is returned")
        };
        let mut watch = opened(60);
        watch.settle(20);
        let ten = BatchSize { groups: 1, claims: 1, steps: 10, ..Default::default() };
        assert_eq!(used(Claim { from: 0, ..watch.claim(30) }), weight_with_splits(&ten, 0));
        let short = Claim { from: 0, ticks: 40, session: watch.id, proof: [0; 32] };
        let hashed = weight_with_splits(&BatchSize { groups: 0, ..ten }, 0);
        assert_eq!(used(short), hashed, "a false proof is hashed as well, but its stream is not read");
        let empty = Claim { from: 40, ticks: 40, session: watch.id, proof: [0; 32] };
        let lookup = weight_of_no_rows().saturating_add(looked_up_weight(1));
        assert_eq!(used(empty), lookup, "only the session was read");
    });
}
