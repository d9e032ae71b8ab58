//! Tests of opening sessions, in a batch and from the wallet, and of leaving them.

mod refusals;

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};
use sp_core::{ecdsa, ed25519, sr25519, Pair};
use sp_runtime::MultiSignature;
use tick_stream_primitives::{
    ticket::wrapped, AccountId, Allowance, Balance, Deposit, KeyUse, NonceWindow, Session, SessionId, SessionKey,
    SignedTicket, Splits, StreamStatus, Ticket,
};

/// Returns a batch with the viewer's ticket, signed by the session key.
fn open_batch(watch: &Watch) -> tick_stream_primitives::Batch {
    batch_of_opens(vec![watch.signed_by("viewer-session")])
}

/// Returns the session of a ticket of "viewer" for stream 0, as it is stored when it is opened.
fn fresh_session(watch: &Watch, key: Option<KeyUse>) -> Session {
    Session {
        viewer: account("viewer"),
        key,
        stream: 0,
        gateway: account("gateway"),
        price_per_tick: PRICE,
        gateway_share: GATEWAY_SHARE,
        head: watch.ticket.anchor,
        settled_ticks: 0,
        max_ticks: watch.ticket.max_ticks,
        opened_at: START_MS,
        last_claim: System::block_number(),
        fee: OPEN_FEE,
        closing: None,
    }
}

fn opened_event(watch: &Watch) -> Event<Test> {
    Event::SessionOpened {
        session: watch.id,
        viewer: account("viewer"),
        session_key: watch.ticket.session_key.clone(),
        stream: 0,
        gateway: account("gateway"),
        nonce: watch.ticket.nonce,
        price_per_tick: PRICE,
        max_ticks: watch.ticket.max_ticks,
        opened_at: START_MS,
        fee: OPEN_FEE,
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
            opened_event(&watch),
            Event::BatchProcessed { submitter, opened: 1, settled: 0, closed: 0, failed: 0, ticks: 0, paid: 0 },
        ];
        assert_eq!(happened, expected);
        let used = KeyUse { session_key: account("viewer-session"), id: 1, generation: 0 };
        assert_eq!(session_of(watch.id), fresh_session(&watch, Some(used)));
        let reserve = 60 * PRICE;
        let expected = Deposit {
            free: DEPOSIT - reserve - OPEN_FEE,
            reserved: reserve,
            keys: 1,
            last_key_id: 1,
            open_sessions: 1,
            bond: BOND,
            ..Deposit::new(1)
        };
        assert_eq!(deposit_of("viewer"), expected);
        let allowance = Allowance { left: DEPOSIT - reserve - OPEN_FEE, renewal: None, renewed_at: 1, generation: 0 };
        let nonces = NonceWindow { last: watch.ticket.nonce, used: u64::MAX };
        let fresh = SessionKey::new(key_limits(), 1, 0, BOND, 1);
        let expected = SessionKey { allowance, nonces, open_sessions: 1, ..fresh };
        assert_eq!(key_of("viewer", "viewer-session"), expected);
        assert_eq!((stream_of(0).open_sessions, gateway_sessions()), (1, 1));
        assert_eq!(in_pot(), pot, "the money stays in the pot");
    });
}

#[test]
fn open_fee_is_kept_until_the_session_is_removed() {
    build_and_execute(|| {
        fund("viewer");
        let first = Watch::new("viewer", 60);
        let second = Watch::with_nonce("viewer", 60, first.ticket.nonce + 1);
        let rows = [&first, &second].map(|watch| watch.signed_by("viewer-session")).to_vec();
        assert_ok!(TickStream::process_batch(signed("stranger"), batch_of_opens(rows)));
        assert_eq!(crate::Earnings::<Test>::iter().count(), 0, "no account has earned a fee yet");
        assert_eq!([first.id, second.id].map(|id| session_of(id).fee), [OPEN_FEE; 2]);
        assert_eq!(deposit_of("viewer").free, DEPOSIT - 2 * (60 * PRICE + OPEN_FEE));
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
        let bold = tick_stream_primitives::KeyLimits { allowance: wealth, ..key_limits() };
        let key = Some((account("viewer-session"), bold));
        assert_ok!(TickStream::deposit(signed("viewer"), wealth + 2 * BOND, key));
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
        assert_eq!(key_of("viewer", "viewer-session").paid_until, START_MS + 45_000);
        assert_eq!(deposit_of("viewer").paid_until, 0, "the wallet itself has paid for no time");
        advance(44);
        let second = Watch::opened("viewer", 60);
        assert_eq!(session_of(second.id).opened_at, START_MS + 45_000, "the paid time is not over yet");
        let of_wallet = Watch::joined("viewer", 60);
        assert_eq!(session_of(of_wallet.id).opened_at, START_MS + 44_000, "the time of another key does not count");
        advance(2);
        let third = Watch::opened("viewer", 60);
        assert_eq!(session_of(third.id).opened_at, START_MS + 46_000, "the paid time is over");
    });
}

#[test]
fn wallet_session_opened_within_paid_time_starts_at_its_end() {
    build_and_execute(|| {
        fund("viewer");
        let mut first = Watch::joined("viewer", 60);
        first.settle(45);
        let close = first.close(tick_stream_primitives::Closer::Gateway, "gateway");
        assert_ok!(TickStream::process_batch(signed("operator"), batch_of_closes(vec![close])));
        assert_eq!(deposit_of("viewer").paid_until, START_MS + 45_000);
        assert_eq!(key_of("viewer", "viewer-session").paid_until, 0);
        let second = Watch::joined("viewer", 60);
        assert_eq!(session_of(second.id).opened_at, START_MS + 45_000);
        assert_eq!(session_of(Watch::opened("viewer", 60).id).opened_at, START_MS);
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
        Watch::joined("viewer", 10);
        assert_eq!(deposit_of("viewer").active_at, 15);
        assert_eq!(key_of("viewer", "viewer-session").used_at, 8, "the wallet does not use the key");
    });
}

/// Authorises the key of `account` and opens a bare and a wrapped ticket that `sign` signs.
fn open_with_key(account: [u8; 32], sign: impl Fn(&[u8]) -> MultiSignature) {
    let session_key = AccountId::new(account);
    assert_ok!(TickStream::add_key(signed("viewer"), session_key.clone(), key_limits()));
    for is_wrapped in [false, true] {
        let nonce = crate::Keys::<Test>::get(crate::mock::account("viewer"), &session_key)
            .expect("the key was added")
            .nonces
            .next();
        let ticket = Ticket { session_key: session_key.clone(), nonce, ..Watch::new("viewer", 10).ticket };
        let message = ticket.message(&genesis());
        let message = if is_wrapped { wrapped(&message) } else { message };
        let id = ticket.session_id(&genesis());
        let row = SignedTicket { ticket, signature: sign(&message) };
        assert_ok!(TickStream::process_batch(signed("operator"), batch_of_opens(vec![row])));
        assert!(is_open(id), "wrapped: {is_wrapped}, {:?}", failures());
    }
}

#[test]
fn ticket_signed_with_each_kind_of_key_bare_or_wrapped_opens() {
    build_and_execute(|| {
        fund("viewer");
        let key = sr25519::Pair::from_seed(&[2; 32]);
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
fn join_stream_opens_a_session_for_the_fee() {
    build_and_execute(|| {
        fund_wallet("viewer", DEPOSIT);
        let watch = Watch::of_wallet("viewer", 60);
        let happened = events_of(|| {
            assert_ok!(TickStream::join_stream(signed("viewer"), watch.ticket.clone()));
        });
        assert_eq!(happened, [opened_event(&watch)]);
        assert_eq!(session_of(watch.id), fresh_session(&watch, None), "it was not opened by a session key");
        let expected = Deposit {
            free: DEPOSIT - 60 * PRICE - OPEN_FEE,
            reserved: 60 * PRICE,
            nonces: NonceWindow { last: watch.ticket.nonce, used: 0b11 },
            open_sessions: 1,
            bond: BOND,
            ..Deposit::new(1)
        };
        assert_eq!(deposit_of("viewer"), expected);
        assert_eq!((stream_of(0).open_sessions, gateway_sessions()), (1, 1));
        assert_eq!(crate::Earnings::<Test>::iter().count(), 0, "the fee is paid when the session is removed");
    });
}

#[test]
fn join_stream_may_use_the_last_planck_of_the_deposit() {
    build_and_execute(|| {
        fund_wallet("viewer", 10 * PRICE + OPEN_FEE);
        Watch::joined("viewer", 10);
        assert_eq!((deposit_of("viewer").free, deposit_of("viewer").reserved), (0, 10 * PRICE));
    });
}

#[test]
fn join_stream_ignores_the_limits_of_session_keys() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| (limits.max_price_per_tick, limits.allowance, limits.expires_at) = (0, 0, 1));
        advance(10);
        let before = key_of("viewer", "viewer-session");
        let watch = Watch::joined("viewer", 10);
        assert_eq!(key_of("viewer", "viewer-session"), before, "the wallet does not use up the allowance");
        assert_eq!(session_of(watch.id).key, None);
    });
}

#[test]
fn join_stream_with_the_ticket_of_a_session_key_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let ticket = Watch::new("viewer", 10).ticket;
        assert_noop!(TickStream::join_stream(signed("viewer"), ticket), Error::<Test>::NotYourTicket);
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
            let ticket = Watch::of_wallet("viewer", 10).ticket;
            assert_noop!(TickStream::join_stream(origin, ticket), sp_runtime::DispatchError::BadOrigin);
        }
    });
}
