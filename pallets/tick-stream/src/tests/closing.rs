//! Tests of closing sessions from both sides, of refunds, and of reasons to refuse a close.

mod fees;
mod races;
mod refunds;
mod refusals;

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use tick_stream_primitives::{Balance, BlockNumber, CloseRow, Closer, Closing, RowError, RowKind, SessionId};

/// Closing period in blocks.
const CLOSE_PERIOD: BlockNumber = 10;
/// Number of blocks without a claim after which a gateway counts as silent.
const SILENCE: BlockNumber = 5;

/// Funds the viewer and opens a session.
fn opened(max_ticks: u32) -> Watch {
    fund("viewer");
    Watch::opened("viewer", max_ticks)
}

/// Submits these closes as "stranger" and checks that all are carried out.
fn close(rows: Vec<CloseRow>) {
    System::reset_events();
    assert_ok!(TickStream::process_batch(signed("stranger"), batch_of_closes(rows)));
    assert_eq!(failures(), []);
}

/// Submits these closes as "stranger". Returns the refused rows.
fn try_close(rows: Vec<CloseRow>) -> Vec<(RowKind, u32, RowError)> {
    System::reset_events();
    assert_ok!(TickStream::process_batch(signed("stranger"), batch_of_closes(rows)));
    failures()
}

/// Submits a claim up to `ticks` as "stranger". Returns why it was refused, if so.
fn try_claim(watch: &mut Watch, ticks: u32) -> Option<RowError> {
    System::reset_events();
    let claim = watch.claim(ticks);
    assert_ok!(TickStream::process_batch(signed("stranger"), batch_of_claims(vec![claim])));
    failures().pop().map(|(_, _, error)| error)
}

fn closing_event(watch: &Watch, until: BlockNumber) -> Event<Test> {
    Event::SessionClosing { session: watch.id, viewer: account("viewer"), stream: 0, until }
}

/// Returns the event of a removal that "stranger" submitted.
fn closed_event(watch: &Watch, settled_ticks: u32, reward: Balance) -> Event<Test> {
    let unspent = watch.ticket.max_ticks - settled_ticks;
    Event::SessionClosed {
        session: watch.id,
        viewer: account("viewer"),
        stream: 0,
        gateway: account("gateway"),
        settled_ticks,
        paid: PRICE * Balance::from(settled_ticks),
        refunded: PRICE * Balance::from(unspent),
        fee: OPEN_FEE,
        reward,
        remover: account("stranger"),
    }
}

/// Returns the event of a batch of "stranger" that only closed sessions.
fn processed_event(closed: u32) -> Event<Test> {
    let submitter = account("stranger");
    Event::BatchProcessed { submitter, opened: 0, settled: 0, closed, failed: 0, ticks: 0, paid: 0 }
}

/// Returns the session counts of the viewer, the stream and the gateway.
fn counts() -> (u32, u32, u32) {
    let gateway = crate::Gateways::<Test>::get(account("gateway")).expect("the gateway is registered");
    (deposit_of("viewer").open_sessions, stream_of(0).open_sessions, gateway.open_sessions)
}

#[test]
fn close_of_the_gateway_or_its_operator_removes_the_session() {
    for (by, name) in [(Closer::Gateway, "gateway"), (Closer::Operator, "operator")] {
        build_and_execute(|| {
            let mut watch = opened(60);
            watch.settle(20);
            assert_eq!(counts(), (1, 1, 1));
            let pot = in_pot();
            advance(2);
            close(vec![watch.close(by, name)]);
            assert_eq!(events(), [closed_event(&watch, 20, 0), processed_event(1)]);
            assert!(!is_open(watch.id));
            assert_eq!(counts(), (0, 0, 0));
            let deposit = deposit_of("viewer");
            assert_eq!((deposit.free, deposit.reserved), (DEPOSIT - OPEN_FEE - 20 * PRICE, 0));
            assert_eq!(allowance_of("viewer"), DEPOSIT - OPEN_FEE - 20 * PRICE);
            let key = key_of("viewer", "viewer-session");
            assert_eq!((key.paid_until, key.open_sessions, deposit.active_at), (START_MS + 20_000, 0, 3));
            assert_eq!(key.spent, 20 * PRICE + OPEN_FEE);
            assert_eq!(in_pot(), pot);
        });
    }
}

#[test]
fn close_of_the_viewer_or_the_session_key_starts_closing() {
    for (by, name) in [(Closer::Viewer, "viewer"), (Closer::SessionKey, "viewer-session")] {
        build_and_execute(|| {
            let watch = opened(60);
            let (mut session, deposit) = (session_of(watch.id), deposit_of("viewer"));
            advance(2);
            close(vec![watch.close(by, name)]);
            assert_eq!(events(), [closing_event(&watch, 13), processed_event(1)]);
            session.closing = Some(Closing { block: 3, moment: START_MS + 2_000 });
            assert_eq!(session_of(watch.id), session);
            assert_eq!(deposit_of("viewer"), deposit, "the money stays reserved");
            assert_eq!(counts(), (1, 1, 1));
        });
    }
}

#[test]
fn close_of_the_gateway_removes_a_closing_session() {
    build_and_execute(|| {
        let watch = opened(60);
        leave("viewer", &[watch.id]);
        close(vec![watch.close(Closer::Operator, "operator")]);
        assert_eq!(events(), [closed_event(&watch, 0, 0), processed_event(1)]);
        assert_eq!(deposit_of("viewer").free, DEPOSIT - OPEN_FEE);
    });
}

#[test]
fn unsigned_close_after_the_closing_period_removes_the_session() {
    build_and_execute(|| {
        let watch = opened(60);
        leave("viewer", &[watch.id]);
        advance(CLOSE_PERIOD - 1);
        assert_row_refused(batch_of_closes(vec![watch.unsigned_close()]), RowError::AlreadyClosing);
        advance(1);
        close(vec![watch.unsigned_close()]);
        assert_eq!(events(), [closed_event(&watch, 0, REWARD), processed_event(1)]);
        assert_eq!(counts(), (0, 0, 0));
    });
}

#[test]
fn close_after_the_closing_period_needs_no_valid_signature() {
    for (by, name) in [(Closer::Viewer, "viewer"), (Closer::SessionKey, "stranger"), (Closer::Gateway, "stranger")] {
        build_and_execute(|| {
            let watch = opened(60);
            leave("viewer", &[watch.id]);
            advance(CLOSE_PERIOD);
            close(vec![watch.close(by, name)]);
            assert!(!is_open(watch.id), "any account may remove it");
        });
    }
}

#[test]
fn closing_period_is_counted_in_blocks() {
    build_and_execute(|| {
        let watch = opened(60);
        leave("viewer", &[watch.id]);
        stall(1_000_000);
        assert_row_refused(batch_of_closes(vec![watch.unsigned_close()]), RowError::AlreadyClosing);
        System::set_block_number(1 + CLOSE_PERIOD);
        close(vec![watch.unsigned_close()]);
        assert!(!is_open(watch.id));
    });
}

#[test]
fn unsigned_close_removes_a_session_whose_ticks_are_all_settled() {
    build_and_execute(|| {
        let mut watch = opened(60);
        watch.settle(59);
        assert_row_refused(batch_of_closes(vec![watch.unsigned_close()]), RowError::CloseNotDue);
        watch.settle(60);
        close(vec![watch.unsigned_close()]);
        assert_eq!(events(), [closed_event(&watch, 60, 0), processed_event(1)]);
        let deposit = deposit_of("viewer");
        assert_eq!((deposit.free, deposit.reserved), (DEPOSIT - OPEN_FEE - 60 * PRICE, 0));
    });
}

#[test]
fn unsigned_close_removes_a_closing_session_whose_ticks_are_all_settled() {
    build_and_execute(|| {
        let mut watch = opened(60);
        leave("viewer", &[watch.id]);
        assert_eq!(try_claim(&mut watch, 60), None);
        close(vec![watch.unsigned_close()]);
        assert!(!is_open(watch.id), "no tick is left to claim");
    });
}

#[test]
fn unsigned_close_of_a_session_older_than_its_ticks_starts_closing() {
    build_and_execute(|| {
        let watch = opened(60);
        advance(60);
        assert_row_refused(batch_of_closes(vec![watch.unsigned_close()]), RowError::CloseNotDue);
        pallet_timestamp::Now::<Test>::mutate(|now| *now += 1);
        close(vec![watch.unsigned_close()]);
        assert_eq!(events(), [closing_event(&watch, 71), processed_event(1)]);
        let expected = Closing { block: 61, moment: START_MS + 60_001 };
        assert_eq!(session_of(watch.id).closing, Some(expected));
        advance(CLOSE_PERIOD);
        close(vec![watch.unsigned_close()]);
        assert!(!is_open(watch.id));
    });
}

#[test]
fn age_of_a_session_counts_from_its_start() {
    build_and_execute(|| {
        let mut first = opened(60);
        first.settle(30);
        close(vec![first.close(Closer::Gateway, "gateway")]);
        let second = Watch::opened("viewer", 10);
        assert_eq!(session_of(second.id).opened_at, START_MS + 30_000);
        advance(40);
        assert_row_refused(batch_of_closes(vec![second.unsigned_close()]), RowError::CloseNotDue);
        advance(1);
        close(vec![second.unsigned_close()]);
        assert!(session_of(second.id).closing.is_some());
    });
}

#[test]
fn claim_on_a_closing_session_is_settled() {
    build_and_execute(|| {
        let mut watch = opened(200);
        advance(30);
        leave("viewer", &[watch.id]);
        let closing = session_of(watch.id).closing;
        advance(CLOSE_PERIOD - 1);
        assert_eq!(try_claim(&mut watch, 50), None);
        advance(CLOSE_PERIOD);
        assert_eq!(try_claim(&mut watch, 90), None, "the period is over, but the session still exists");
        assert_eq!(try_claim(&mut watch, 91), Some(RowError::TooFast), "30 seconds and 60 prepaid ticks");
        assert_eq!(session_of(watch.id).closing, closing, "a claim does not extend the period");
        close(vec![watch.unsigned_close()]);
        assert_eq!(deposit_of("viewer").free, DEPOSIT - OPEN_FEE - 90 * PRICE);
        assert_eq!(key_of("viewer", "viewer-session").paid_until, START_MS + 90_000);
        assert_eq!(try_claim(&mut watch, 91), Some(RowError::SessionUnknown));
    });
}

#[test]
fn close_of_the_last_session_frees_the_bond_of_a_leaving_gateway() {
    build_and_execute(|| {
        let (first, last) = (opened(60), Watch::opened("viewer", 60));
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        close(vec![first.close(Closer::Operator, "operator")]);
        assert_eq!(earned("gateway"), OPEN_FEE, "a session is still open");
        close(vec![last.close(Closer::Operator, "operator")]);
        let left = Event::GatewayLeft { gateway: account("gateway"), bond: 5_000 };
        assert_eq!(events(), [left, closed_event(&last, 0, 0), processed_event(1)]);
        assert!(!crate::Gateways::<Test>::contains_key(account("gateway")));
        assert_eq!(earned("gateway"), 5_000 + 2 * OPEN_FEE);
    });
}

#[test]
fn session_on_a_suspended_or_ended_stream_can_be_closed() {
    build_and_execute(|| {
        let (first, last) = (opened(60), Watch::opened("viewer", 60));
        assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        close(vec![first.close(Closer::Gateway, "gateway")]);
        assert_ok!(TickStream::end_stream(signed("creator"), 0));
        leave("viewer", &[last.id]);
        advance(CLOSE_PERIOD);
        close(vec![last.unsigned_close()]);
        assert_eq!(stream_of(0).open_sessions, 0);
        assert_ok!(TickStream::end_stream(signed("creator"), 0));
        assert!(!crate::Streams::<Test>::contains_key(0));
    });
}
