//! Tests of `tip`.

use super::*;
use codec::{Decode, Encode};
use frame_support::BoundedVec;
use sp_runtime::ArithmeticError;
use tick_stream_primitives::{
    limits::{MaxMemo, MAX_MEMO},
    StreamStatus, Totals,
};

fn memo(text: &[u8]) -> BoundedVec<u8, MaxMemo> {
    text.to_vec().try_into().expect("within the bound")
}

fn try_tip(stream: StreamId, amount: Balance) -> sp_runtime::DispatchResult {
    TickStream::tip(signed("stranger"), stream, amount, memo(b"thanks"))
}

#[test]
fn tip_pays_the_protocol_and_the_creator() {
    build_and_execute(|| {
        let pot = in_pot();
        let before = stream_of(0);
        let seen = events_of(|| try_tip(0, 1_003).expect("the call succeeds"));
        let from = account("stranger");
        assert_eq!(seen, [Event::Tipped { stream: 0, from, amount: 1_003, memo: memo(b"thanks") }]);
        assert_eq!(["treasury", "creator"].map(earned), [10, 993]);
        assert_eq!(
            ["gateway", "operator", "stranger"].map(earned),
            [0, 0, 0],
            "only the protocol and the creator earn"
        );
        assert_eq!((balance_of("stranger"), in_pot()), (ENDOWMENT - 1_003, pot + 1_003));
        let totals = Totals { tipped: 1_003, ..Totals::default() };
        assert_eq!(stream_of(0), tick_stream_primitives::Stream { totals, ..before });
    });
}

#[test]
fn tip_is_shared_out_among_the_splits() {
    build_and_execute(|| {
        let parts = splits(&[("friend", 333_333), ("creator", 100_000), ("friend-0", 1)]);
        let stream = create_stream(PRICE, parts);
        assert_ok!(try_tip(stream, 1_003));
        // The protocol leaves 993: 330.99 for the friend, 99.3 for the creator's own split, and the remaining 564.
        assert_eq!(["treasury", "friend", "creator", "friend-0"].map(earned), [10, 330, 99 + 564, 0]);
        assert_eq!(earned("gateway"), 0);
        assert_ok!(try_tip(stream, 1));
        assert_eq!(["treasury", "friend", "creator"].map(earned), [10, 330, 664], "a single planck cannot be divided");
    });
}

#[test]
fn tip_on_splits_of_the_whole_leaves_the_creator_the_rounding() {
    build_and_execute(|| {
        let stream = create_stream(PRICE, splits(&[("friend", 500_000), ("friend-0", 500_000)]));
        assert_ok!(try_tip(stream, 103));
        assert_eq!(["treasury", "friend", "friend-0", "creator"].map(earned), [1, 51, 51, 0]);
        assert_ok!(try_tip(stream, 104));
        assert_eq!(
            ["treasury", "friend", "friend-0", "creator"].map(earned),
            [2, 102, 102, 1],
            "the creator earns the rounding"
        );
    });
}

#[test]
fn creator_can_tip_the_own_stream() {
    build_and_execute(|| {
        let before = balance_of("creator");
        assert_ok!(TickStream::tip(signed("creator"), 0, 1_000, memo(b"")));
        assert_eq!((earned("creator"), balance_of("creator")), (990, before - 1_000));
    });
}

#[test]
fn tip_with_the_longest_memo_is_accepted() {
    build_and_execute(|| {
        let long = memo(&[b'a'; MAX_MEMO as usize]);
        let tip = || TickStream::tip(signed("stranger"), 0, 1, long.clone()).expect("the call succeeds");
        let from = account("stranger");
        assert_eq!(events_of(tip), [Event::Tipped { stream: 0, from, amount: 1, memo: long.clone() }]);
    });
}

#[test]
fn tip_with_a_longer_memo_is_not_decoded() {
    let call = crate::Call::<Test>::tip { stream: 0, amount: 1, memo: memo(&[b'a'; MAX_MEMO as usize]) };
    let bytes = call.encode();
    assert_eq!(crate::Call::<Test>::decode(&mut &bytes[..]), Ok(call));
    let head = bytes.len() - MAX_MEMO as usize - 2;
    let mut longer = bytes[..head].to_vec();
    vec![b'a'; MAX_MEMO as usize + 1].encode_to(&mut longer);
    assert!(crate::Call::<Test>::decode(&mut &longer[..]).is_err());
}

#[test]
fn tip_may_leave_only_the_existential_deposit() {
    build_and_execute(|| {
        assert_ok!(try_tip(0, ENDOWMENT - ED));
        assert_eq!(balance_of("stranger"), ED);
        assert_eq!(earned("treasury") + earned("creator"), ENDOWMENT - ED);
    });
}

#[test]
fn tip_saturates_the_totals_of_the_stream() {
    build_and_execute(|| {
        crate::Streams::<Test>::mutate_extant(0, |stream| stream.totals.tipped = Balance::MAX - 1);
        assert_ok!(try_tip(0, 1_003));
        assert_eq!(stream_of(0).totals.tipped, Balance::MAX, "the total saturates, the money is paid");
        assert_eq!(earned("creator"), 993);
    });
}

#[test]
fn tip_of_zero_is_refused() {
    build_and_execute(|| {
        assert_noop!(try_tip(0, 0), Error::<Test>::AmountZero);
    });
}

#[test]
fn tip_to_an_unknown_stream_is_refused() {
    build_and_execute(|| {
        assert_noop!(try_tip(1, 1), Error::<Test>::StreamUnknown);
        assert_ok!(TickStream::end_stream(signed("creator"), 0));
        assert_noop!(try_tip(0, 1), Error::<Test>::StreamUnknown);
    });
}

#[test]
fn tip_to_an_ended_or_suspended_stream_is_refused() {
    build_and_execute(|| {
        assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        assert_noop!(try_tip(0, 1), Error::<Test>::StreamNotOpen);
        assert_ok!(TickStream::resume_stream(RuntimeOrigin::root(), 0));
        fund("viewer");
        Watch::opened("viewer", 60);
        assert_ok!(TickStream::end_stream(signed("creator"), 0));
        assert_eq!(stream_of(0).status, StreamStatus::Ended);
        assert_noop!(try_tip(0, 1), Error::<Test>::StreamNotOpen);
    });
}

#[test]
fn tip_above_the_balance_is_refused() {
    build_and_execute(|| {
        assert_noop!(try_tip(0, Balance::MAX), ArithmeticError::Underflow);
        assert_noop!(try_tip(0, ENDOWMENT + 1), TokenError::FundsUnavailable);
        assert_noop!(try_tip(0, ENDOWMENT), TokenError::NotExpendable);
        assert_noop!(try_tip(0, ENDOWMENT - ED + 1), TokenError::NotExpendable);
    });
}

#[test]
fn tip_is_not_paid_from_the_deposit() {
    build_and_execute(|| {
        endow("fan", ED + DEPOSIT);
        assert_ok!(TickStream::deposit(signed("fan"), DEPOSIT, None));
        let tip = || TickStream::tip(signed("fan"), 0, 1, memo(b""));
        assert_noop!(tip(), TokenError::NotExpendable);
    });
}

#[test]
fn unsigned_tip_and_payout_are_refused() {
    build_and_execute(|| {
        assert_ok!(try_tip(0, 1_000));
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(TickStream::tip(origin.clone(), 0, 1, memo(b"")), DispatchError::BadOrigin);
            assert_noop!(TickStream::payout(origin, account("creator")), DispatchError::BadOrigin);
        }
    });
}
