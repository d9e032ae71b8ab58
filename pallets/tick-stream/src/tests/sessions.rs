//! Tests of opening sessions, in a batch and from the wallet, and of leaving them.

mod refusals;

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_core::{ecdsa, ed25519, Pair};
use sp_runtime::MultiSignature;
use tick_stream_primitives::{
    ticket::wrapped, Balance, Delegation, Deposit, NonceWindow, Session, SessionId, SignedTicket, Splits, StreamStatus,
};

/// Open fee in planck.
const OPEN_FEE: Balance = 7;

/// Returns a batch with the viewer's ticket, signed by the session key.
fn open_batch(watch: &Watch) -> tick_stream_primitives::Batch {
    batch_of_opens(vec![watch.signed_by("viewer-session")])
}

/// Returns the session of a ticket of "viewer" for stream 0, as it is stored when it is opened.
fn fresh_session(watch: &Watch, generation: Option<u32>) -> Session {
    Session {
        viewer: account("viewer"),
        stream: 0,
        gateway: account("gateway"),
        price_per_tick: PRICE,
        gateway_share: GATEWAY_SHARE,
        head: watch.ticket.anchor,
        settled_ticks: 0,
        max_ticks: watch.ticket.max_ticks,
        opened_at: START_MS,
        last_claim: System::block_number(),
        generation,
        closing: None,
    }
}

fn opened_event(watch: &Watch, fee: Balance) -> Event<Test> {
    Event::SessionOpened {
        session: watch.id,
        viewer: account("viewer"),
        stream: 0,
        gateway: account("gateway"),
        nonce: watch.ticket.nonce,
        price_per_tick: PRICE,
        max_ticks: watch.ticket.max_ticks,
        opened_at: START_MS,
        fee,
    }
}

fn gateway_sessions() -> u32 {
    crate::Gateways::<Test>::get(account("gateway")).expect("the gateway is registered").open_sessions
}

#[test]
fn ticket_in_a_batch_opens_a_session() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::new("viewer", 60);
        let pot = in_pot();
        let happened = events_of(|| {
            assert_ok!(TickStream::process_batch(signed("operator"), open_batch(&watch)));
        });
        let submitter = account("operator");
        let expected = [
            opened_event(&watch, OPEN_FEE),
            Event::BatchProcessed { submitter, opened: 1, settled: 0, closed: 0, failed: 0, ticks: 0, paid: 0 },
        ];
        assert_eq!(happened, expected);
        assert_eq!(session_of(watch.id), fresh_session(&watch, Some(1)));
        let reserve = 60 * PRICE;
        let allowance = DEPOSIT - reserve - OPEN_FEE;
        let expected = Deposit {
            free: DEPOSIT - reserve - OPEN_FEE,
            reserved: reserve,
            delegation: Some(Delegation { allowance, ..delegation("viewer-session") }),
            generation: 1,
            nonces: NonceWindow { last: watch.ticket.nonce, used: 0b11 },
            open_sessions: 1,
            paid_until: 0,
            active_at: 1,
        };
        assert_eq!(deposit_of("viewer"), expected);
        assert_eq!((stream_of(0).open_sessions, gateway_sessions()), (1, 1));
        assert_eq!(earned("operator"), OPEN_FEE);
        assert_eq!(in_pot(), pot, "the money stays in the pot");
    });
}

#[test]
fn open_fee_goes_to_the_submitter() {
    build_and_execute(|| {
        fund("viewer");
        let (first, second) = (Watch::new("viewer", 60), Watch::with_nonce("viewer", 60, (1 << 32) + 2));
        let rows = [first, second].map(|watch| watch.signed_by("viewer-session")).to_vec();
        assert_ok!(TickStream::process_batch(signed("stranger"), batch_of_opens(rows)));
        assert_eq!(earned("stranger"), 2 * OPEN_FEE);
        assert_eq!(earned("operator") + earned("gateway"), 0);
    });
}

#[test]
fn ticket_for_a_live_offline_or_resumed_stream_opens() {
    build_and_execute(|| {
        fund("viewer");
        for (count, status) in [(1, StreamStatus::Live), (2, StreamStatus::Offline)] {
            assert_ok!(TickStream::set_stream_status(signed("creator"), 0, status));
            Watch::opened("viewer", 10);
            assert_eq!(stream_of(0).open_sessions, count);
        }
        assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        assert_ok!(TickStream::resume_stream(RuntimeOrigin::root(), 0));
        Watch::opened("viewer", 10);
        assert_eq!(stream_of(0).open_sessions, 3);
    });
}

#[test]
fn session_counts_for_its_own_stream_and_gateway() {
    build_and_execute(|| {
        fund("viewer");
        register_gateway("second-gateway");
        let stream = create_stream(PRICE, Splits::default());
        let mut watch = Watch::new("viewer", 10);
        watch.ticket.gateway = account("second-gateway");
        watch.ticket.stream = stream;
        assert_ok!(TickStream::process_batch(signed("operator"), open_batch(&watch)));
        assert_eq!(session_of(watch.id).gateway, account("second-gateway"));
        assert_eq!((stream_of(stream).open_sessions, stream_of(0).open_sessions), (1, 0));
        let count = |name| crate::Gateways::<Test>::get(account(name)).map(|gateway| gateway.open_sessions);
        assert_eq!((count("second-gateway"), count("gateway")), (Some(1), Some(0)));
    });
}

#[test]
fn session_costs_the_streams_price_if_the_tickets_is_higher() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::new("viewer", 10);
        watch.ticket.price_per_tick = PRICE * 1_000;
        assert_ok!(TickStream::process_batch(signed("operator"), open_batch(&watch)));
        assert_eq!(session_of(watch.id).price_per_tick, PRICE);
        assert_eq!(deposit_of("viewer").reserved, 10 * PRICE);
    });
}

#[test]
fn announced_price_applies_to_sessions_opened_from_its_block_on() {
    build_and_execute(|| {
        fund("viewer");
        let update = crate::StreamUpdate { price_per_tick: Some(PRICE + 1), ..Default::default() };
        assert_ok!(TickStream::update_stream(signed("creator"), 0, update));
        advance(5);
        let before = Watch::opened("viewer", 10);
        assert_eq!(session_of(before.id).price_per_tick, PRICE, "the notice is not over yet");
        advance(1);
        let mut after = Watch::new("viewer", 10);
        after.ticket.price_per_tick = PRICE + 1;
        assert_ok!(TickStream::process_batch(signed("operator"), open_batch(&after)));
        assert_eq!(session_of(after.id).price_per_tick, PRICE + 1);
        assert_eq!(deposit_of("viewer").reserved, 10 * PRICE + 10 * (PRICE + 1));
    });
}

#[test]
fn ticket_opens_in_its_last_block() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::new("viewer", 10);
        watch.ticket.expires_at = 31;
        advance(30);
        assert_ok!(TickStream::process_batch(signed("operator"), open_batch(&watch)));
        assert!(is_open(watch.id));
    });
}

#[test]
fn ticket_valid_for_the_whole_ticket_lifetime_opens() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::new("viewer", 10);
        watch.ticket.expires_at = 101;
        assert_ok!(TickStream::process_batch(signed("operator"), open_batch(&watch)));
        assert!(is_open(watch.id));
    });
}

#[test]
fn ticket_may_use_the_last_planck_of_the_deposit() {
    build_and_execute(|| {
        fund("viewer");
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT - 10 * PRICE - OPEN_FEE));
        Watch::opened("viewer", 10);
        let deposit = deposit_of("viewer");
        assert_eq!((deposit.free, deposit.reserved), (0, 10 * PRICE));
    });
}

#[test]
fn viewer_may_have_sixteen_sessions_open() {
    build_and_execute(|| {
        fund("viewer");
        let ids: Vec<_> = (0..16).map(|_| Watch::opened("viewer", 10).id).collect();
        assert!(ids.iter().all(|id| is_open(*id)));
        assert_eq!(deposit_of("viewer").open_sessions, 16);
        assert_eq!((stream_of(0).open_sessions, gateway_sessions()), (16, 16));
    });
}

#[test]
fn ticket_of_the_maximum_number_of_ticks_opens() {
    build_and_execute(|| {
        endow("viewer", Balance::from(u32::MAX) * 10);
        let wealth = Balance::from(u32::MAX) * 10 + OPEN_FEE;
        let bold = Delegation { allowance: wealth, ..delegation("viewer-session") };
        assert_ok!(TickStream::deposit(signed("viewer"), wealth, Some(bold)));
        let cheap = create_stream(10, Splits::default());
        let mut watch = Watch::new("viewer", 1);
        watch.ticket.stream = cheap;
        watch.ticket.max_ticks = u32::MAX;
        assert_ok!(TickStream::process_batch(signed("operator"), open_batch(&watch)));
        let deposit = deposit_of("viewer");
        assert_eq!((deposit.free, deposit.reserved), (0, Balance::from(u32::MAX) * 10));
        assert_eq!(allowance_of("viewer"), 0);
    });
}

#[test]
fn session_opened_within_paid_time_starts_at_its_end() {
    build_and_execute(|| {
        fund("viewer");
        let mut first = Watch::opened("viewer", 60);
        first.settle(45);
        let close = first.close(tick_stream_primitives::Closer::Gateway, "gateway");
        assert_ok!(TickStream::process_batch(signed("operator"), batch_of_closes(vec![close])));
        assert_eq!(deposit_of("viewer").paid_until, START_MS + 45_000);
        advance(44);
        let second = Watch::opened("viewer", 60);
        assert_eq!(session_of(second.id).opened_at, START_MS + 45_000, "the paid time is not over yet");
        advance(2);
        let third = Watch::opened("viewer", 60);
        assert_eq!(session_of(third.id).opened_at, START_MS + 46_000, "the paid time is over");
    });
}

#[test]
fn opening_a_session_counts_as_activity() {
    build_and_execute(|| {
        fund("viewer");
        assert_eq!(deposit_of("viewer").active_at, 1);
        advance(7);
        Watch::opened("viewer", 10);
        assert_eq!(deposit_of("viewer").active_at, 8);
        advance(7);
        assert_ok!(TickStream::join_stream(signed("viewer"), Watch::new("viewer", 10).ticket));
        assert_eq!(deposit_of("viewer").active_at, 15);
    });
}

/// Authorises the key of `account` and opens a bare and a wrapped ticket that `sign` signs.
fn open_with_key(account: [u8; 32], sign: impl Fn(&[u8]) -> MultiSignature) {
    let delegation = Delegation { session_key: account.into(), ..delegation("viewer-session") };
    assert_ok!(TickStream::delegate(signed("viewer"), delegation));
    for is_wrapped in [false, true] {
        let watch = Watch::new("viewer", 10);
        let message = watch.ticket.message(&genesis());
        let message = if is_wrapped { wrapped(&message) } else { message };
        let row = SignedTicket { ticket: watch.ticket.clone(), signature: sign(&message) };
        assert_ok!(TickStream::process_batch(signed("operator"), batch_of_opens(vec![row])));
        assert!(is_open(watch.id), "wrapped: {is_wrapped}, {:?}", failures());
    }
}

#[test]
fn ticket_signed_with_each_kind_of_key_bare_or_wrapped_opens() {
    build_and_execute(|| {
        fund("viewer");
        let key = pair("viewer-session");
        open_with_key(key.public().0, |message| key.sign(message).into());
        let key = ed25519::Pair::from_seed(&[3; 32]);
        open_with_key(key.public().0, |message| key.sign(message).into());
        let key = ecdsa::Pair::from_seed(&[4; 32]);
        let account = sp_io::hashing::blake2_256(key.public().as_ref());
        open_with_key(account, |message| key.sign(message).into());
        assert_eq!(deposit_of("viewer").open_sessions, 6);
    });
}

#[test]
fn join_stream_opens_a_session_without_a_fee() {
    build_and_execute(|| {
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        let watch = Watch::new("viewer", 60);
        let happened = events_of(|| {
            assert_ok!(TickStream::join_stream(signed("viewer"), watch.ticket.clone()));
        });
        assert_eq!(happened, [opened_event(&watch, 0)]);
        assert_eq!(session_of(watch.id), fresh_session(&watch, None), "it was not opened under a delegation");
        let expected = Deposit {
            free: DEPOSIT - 60 * PRICE,
            reserved: 60 * PRICE,
            delegation: None,
            generation: 0,
            nonces: NonceWindow { last: watch.ticket.nonce, used: 0b11 },
            open_sessions: 1,
            paid_until: 0,
            active_at: 1,
        };
        assert_eq!(deposit_of("viewer"), expected);
        assert_eq!((stream_of(0).open_sessions, gateway_sessions()), (1, 1));
        assert_eq!(crate::Earnings::<Test>::iter().count(), 0, "no open fee is taken");
    });
}

#[test]
fn join_stream_may_use_the_last_planck_of_the_deposit() {
    build_and_execute(|| {
        assert_ok!(TickStream::deposit(signed("viewer"), 10 * PRICE, None));
        assert_ok!(TickStream::join_stream(signed("viewer"), Watch::new("viewer", 10).ticket));
        assert_eq!((deposit_of("viewer").free, deposit_of("viewer").reserved), (0, 10 * PRICE));
    });
}

#[test]
fn join_stream_ignores_the_limits_of_the_delegation() {
    build_and_execute(|| {
        fund("viewer");
        let strict = Delegation { max_price_per_tick: 0, allowance: 0, expires_at: 1, ..delegation("viewer-session") };
        assert_ok!(TickStream::delegate(signed("viewer"), strict.clone()));
        advance(10);
        let watch = Watch::new("viewer", 10);
        assert_ok!(TickStream::join_stream(signed("viewer"), watch.ticket.clone()));
        assert_eq!(deposit_of("viewer").delegation, Some(strict), "the wallet does not use up the allowance");
        assert_eq!(session_of(watch.id).generation, None);
    });
}

#[test]
fn leave_stream_starts_to_close_the_given_sessions() {
    build_and_execute(|| {
        fund("viewer");
        let (first, second) = (Watch::opened("viewer", 60), Watch::opened("viewer", 60));
        let staying = Watch::opened("viewer", 60);
        let deposit = deposit_of("viewer");
        advance(3);
        let happened = events_of(|| leave("viewer", &[first.id, second.id]));
        let closing = |session| Event::SessionClosing { session, viewer: account("viewer"), stream: 0, until: 14 };
        assert_eq!(happened, [closing(first.id), closing(second.id)]);
        let expected = tick_stream_primitives::Closing { block: 4, moment: START_MS + 3_000 };
        assert_eq!(session_of(first.id).closing, Some(expected));
        assert_eq!(session_of(second.id).closing, Some(expected));
        assert_eq!(session_of(staying.id).closing, None);
        assert_eq!(deposit_of("viewer"), deposit, "the money stays reserved");
    });
}

#[test]
fn leave_stream_skips_closing_sessions() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let happened = events_of(|| leave("viewer", &[watch.id, watch.id]));
        assert_eq!(happened.len(), 1, "listed twice, it starts to close once");
        let before = pallet_state();
        advance(3);
        assert_eq!(events_of(|| leave("viewer", &[watch.id])), []);
        assert!(pallet_state() == before, "leaving again changed the state");
    });
}

#[test]
fn leave_stream_skips_removed_sessions() {
    build_and_execute(|| {
        fund("viewer");
        let (gone, there) = (Watch::opened("viewer", 60), Watch::opened("viewer", 60));
        let close = gone.close(tick_stream_primitives::Closer::Gateway, "gateway");
        assert_ok!(TickStream::process_batch(signed("operator"), batch_of_closes(vec![close])));
        let happened = events_of(|| leave("viewer", &[gone.id, SessionId::default(), there.id]));
        let closing = Event::SessionClosing { session: there.id, viewer: account("viewer"), stream: 0, until: 11 };
        assert_eq!(happened, [closing], "removed sessions are skipped");
        assert_eq!(events_of(|| leave("viewer", &[])), []);
        assert_eq!(events_of(|| leave("stranger", &[gone.id])), [], "sessions that do not exist are skipped");
    });
}

#[test]
fn leave_stream_by_another_account_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        for name in ["stranger", "gateway", "operator", "creator", "viewer-session"] {
            let ids = vec![watch.id].try_into().expect("within the bound");
            assert_noop!(TickStream::leave_stream(signed(name), ids), Error::<Test>::NotYourSession);
        }
    });
}

#[test]
fn unsigned_join_and_leave_are_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            let ids = vec![watch.id].try_into().expect("within the bound");
            assert_noop!(TickStream::leave_stream(origin.clone(), ids), sp_runtime::DispatchError::BadOrigin);
            let ticket = Watch::new("viewer", 10).ticket;
            assert_noop!(TickStream::join_stream(origin, ticket), sp_runtime::DispatchError::BadOrigin);
        }
    });
}
