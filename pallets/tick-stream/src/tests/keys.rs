//! Tests of session keys: the calls, and the limits of the tickets that a key signs.

mod limits;
mod nonces;
mod renewals;

use crate::{mock::*, Error, Event, Keys};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, DispatchResult};
use tick_stream_primitives::{
    limits::{MAX_KEYS, MAX_LABEL, MAX_SESSIONS_PER_KEY},
    AccountId, Allowance, Balance, Closer, Deposit, KeyLimits, NonceWindow, Renewal, RowError, Scope, SessionKey,
};

/// Submits the ticket, signed by the key of `name`, as "operator". Returns why it was refused, if so.
fn try_open_by(name: &str, watch: &Watch) -> Option<RowError> {
    System::reset_events();
    assert_ok!(TickStream::process_batch(signed("operator"), batch_of_opens(vec![watch.signed_by(name)])));
    let refused = failures().pop().map(|(_, _, error)| error);
    assert_eq!(refused.is_none(), is_open(watch.id) && session_of(watch.id).head == watch.ticket.anchor);
    refused
}

fn try_open(watch: &Watch) -> Option<RowError> {
    try_open_by("viewer-session", watch)
}

/// Closes the session in the name of the gateway.
fn end(watch: &Watch) {
    let row = watch.close(Closer::Gateway, "gateway");
    assert_ok!(TickStream::process_batch(signed("operator"), batch_of_closes(vec![row])));
    assert!(!is_open(watch.id));
}

fn add(session_key: &str, limits: KeyLimits) -> DispatchResult {
    TickStream::add_key(signed("viewer"), account(session_key), limits)
}

fn update(session_key: &str, limits: KeyLimits) -> DispatchResult {
    TickStream::update_key(signed("viewer"), account(session_key), limits)
}

fn remove(session_key: &str) -> DispatchResult {
    TickStream::remove_key(signed("viewer"), account(session_key))
}

/// Returns limits that no key may have, and the error of each. The chain is in block 2 or later.
fn invalid_limits() -> Vec<(KeyLimits, Error<Test>)> {
    let renewal = |every_blocks, amount| KeyLimits { renewal: Some(Renewal { every_blocks, amount }), ..key_limits() };
    let not_utf8 = vec![b'a', 0xff].try_into().expect("within the bound");
    vec![
        (KeyLimits { expires_at: System::block_number() - 1, ..key_limits() }, Error::KeyExpired),
        (KeyLimits { max_sessions: 0, ..key_limits() }, Error::KeySessionsInvalid),
        (KeyLimits { max_sessions: MAX_SESSIONS_PER_KEY + 1, ..key_limits() }, Error::KeySessionsInvalid),
        (renewal(0, 1), Error::RenewalInvalid),
        (renewal(1, 0), Error::RenewalInvalid),
        (KeyLimits { label: not_utf8, ..key_limits() }, Error::LabelInvalid),
    ]
}

#[test]
fn add_key_authorises_another_device() {
    build_and_execute(|| {
        fund("viewer");
        let before = deposit_of("viewer");
        advance(5);
        let limits = KeyLimits {
            label: b"Gift for Bo".to_vec().try_into().expect("within the bound"),
            max_price_per_tick: PRICE,
            allowance: 60 * PRICE,
            renewal: Some(Renewal { every_blocks: 86_400, amount: 30 * PRICE }),
            max_sessions: 1,
            scope: Scope::Creator(account("creator")),
            expires_at: 600,
        };
        let seen = events_of(|| add("phone", limits.clone()).expect("the call succeeds"));
        let (viewer, session_key) = (account("viewer"), account("phone"));
        assert_eq!(seen, [Event::KeyAdded { viewer, session_key, limits: limits.clone() }]);
        let key = SessionKey {
            label: limits.label,
            max_price_per_tick: PRICE,
            allowance: Allowance { left: 60 * PRICE, renewal: limits.renewal, renewed_at: 6, generation: 0 },
            max_sessions: 1,
            scope: limits.scope,
            expires_at: 600,
            id: 2,
            nonces: NonceWindow { last: 6 << 32, used: u64::MAX },
            paid_until: 0,
            open_sessions: 0,
            spent: 0,
            used_at: 6,
            bond: BOND,
        };
        assert_eq!(key_of("viewer", "phone"), key);
        let free = before.free - BOND;
        assert_eq!(deposit_of("viewer"), Deposit { free, keys: 2, last_key_id: 2, active_at: 6, ..before });
        assert_eq!(key_of("viewer", "viewer-session").id, 1, "the other key is unchanged");
    });
}

#[test]
fn add_key_accepts_the_limit_of_every_setting() {
    build_and_execute(|| {
        fund("viewer");
        let limits = KeyLimits {
            label: vec![b'a'; MAX_LABEL as usize].try_into().expect("within the bound"),
            max_price_per_tick: Balance::MAX,
            allowance: Balance::MAX,
            renewal: Some(Renewal { every_blocks: 1, amount: 1 }),
            max_sessions: 1,
            scope: Scope::Any,
            expires_at: System::block_number(),
        };
        assert_ok!(add("phone", limits));
        assert_eq!(try_open_by("phone", &Watch::of_key("viewer", "phone", 1)), None, "it expires after this block");
        assert_ok!(add("tablet", KeyLimits { max_sessions: 16, label: Default::default(), ..key_limits() }));
    });
}

#[test]
fn key_of_one_viewer_can_be_a_key_of_another() {
    build_and_execute(|| {
        ["viewer", "second-viewer"].into_iter().for_each(fund);
        ["viewer", "second-viewer"].into_iter().for_each(|viewer| add_key(viewer, "shared-key", |_| ()));
        let first = Watch::opened_by("viewer", "shared-key", 10);
        let second = Watch::opened_by("second-viewer", "shared-key", 20);
        assert_ne!(first.id, second.id);
        let left = |viewer| key_of(viewer, "shared-key").allowance.left;
        assert_eq!(left("viewer"), DEPOSIT - 10 * PRICE - OPEN_FEE);
        assert_eq!(left("second-viewer"), DEPOSIT - 20 * PRICE - OPEN_FEE);
    });
}

#[test]
fn add_key_without_a_deposit_is_refused() {
    build_and_execute(|| {
        assert_noop!(add("phone", key_limits()), Error::<Test>::DepositUnknown);
    });
}

#[test]
fn add_key_with_invalid_limits_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        advance(1);
        for (limits, error) in invalid_limits() {
            assert_noop!(add("phone", limits), error);
        }
    });
}

#[test]
fn add_key_that_exists_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        assert_noop!(add("viewer-session", key_limits()), Error::<Test>::KeyExists);
    });
}

#[test]
fn add_key_of_the_viewers_own_account_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        assert_noop!(add("viewer", key_limits()), Error::<Test>::KeyIsViewer);
        assert_ok!(add("second-viewer", key_limits()));
    });
}

/// For the key of zeros this signature is valid under every message, so a stranger could open sessions with it.
#[test]
fn key_of_zeros_for_which_anyone_can_sign_is_refused() {
    use sp_runtime::{traits::Verify, MultiSignature};
    let zero = AccountId::new([0; 32]);
    let mut forged = [0; 64];
    forged[0] = 1;
    let forged = MultiSignature::Ed25519(forged.into());
    assert!([&b"one"[..], b"other"].iter().all(|message| forged.verify(*message, &zero)));
    build_and_execute(|| {
        fund("viewer");
        assert_noop!(TickStream::add_key(signed("viewer"), zero.clone(), key_limits()), Error::<Test>::KeyIsZero);
        let key = Some((zero, key_limits()));
        assert_noop!(TickStream::deposit(signed("viewer"), DEPOSIT, key), Error::<Test>::KeyIsZero);
    });
}

#[test]
fn add_key_without_money_for_the_bond_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        assert_ok!(TickStream::withdraw(signed("viewer"), DEPOSIT - BOND + 1));
        assert_noop!(add("phone", key_limits()), Error::<Test>::FundsTooLow);
        assert_ok!(TickStream::deposit(signed("viewer"), 1, None));
        assert_ok!(add("phone", key_limits()));
        assert_eq!(deposit_of("viewer").free, 0);
    });
}

#[test]
fn seventeenth_key_is_refused() {
    build_and_execute(|| {
        fund_wallet("viewer", DEPOSIT);
        let names: Vec<_> = (0..=MAX_KEYS).map(|index| format!("device-{index}")).collect();
        let (last, first) = names.split_last().expect("there are seventeen");
        first.iter().for_each(|name| add_key("viewer", name, |_| ()));
        assert_eq!(deposit_of("viewer").keys, 16);
        assert_noop!(add(last, key_limits()), Error::<Test>::TooManyKeys);
        assert_ok!(remove("device-7"));
        assert_ok!(add(last, key_limits()));
        assert_eq!((deposit_of("viewer").keys, key_of("viewer", last).id), (16, 17), "a number is given once");
    });
}

#[test]
fn update_key_replaces_all_limits() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let (before, deposit) = (key_of("viewer", "viewer-session"), deposit_of("viewer"));
        let session = session_of(watch.id);
        advance(5);
        let limits = KeyLimits {
            label: b"Television".to_vec().try_into().expect("within the bound"),
            max_price_per_tick: 11,
            allowance: 17,
            renewal: Some(Renewal { every_blocks: 3, amount: 5 }),
            max_sessions: 2,
            scope: Scope::Stream(0),
            expires_at: 600,
        };
        let seen = events_of(|| update("viewer-session", limits.clone()).expect("the call succeeds"));
        let (viewer, session_key) = (account("viewer"), account("viewer-session"));
        assert_eq!(seen, [Event::KeyUpdated { viewer, session_key, limits: limits.clone() }]);
        let expected = SessionKey {
            label: limits.label,
            max_price_per_tick: 11,
            allowance: Allowance { left: 17, renewal: limits.renewal, renewed_at: 6, generation: 1 },
            max_sessions: 2,
            scope: Scope::Stream(0),
            expires_at: 600,
            ..before
        };
        assert_eq!(key_of("viewer", "viewer-session"), expected, "nonces, sessions and bond are kept");
        assert_eq!(deposit_of("viewer"), Deposit { active_at: 6, ..deposit });
        assert_eq!(session_of(watch.id), session, "open sessions are not affected");
    });
}

#[test]
fn update_key_extends_an_expired_key() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.expires_at = 5);
        advance(9);
        assert_eq!(try_open(&Watch::new("viewer", 10)), Some(RowError::KeyExpired));
        limit_key(|_| ());
        assert_eq!(try_open(&Watch::new("viewer", 10)), None);
    });
}

#[test]
fn update_of_an_unknown_key_is_refused() {
    build_and_execute(|| {
        assert_noop!(update("viewer-session", key_limits()), Error::<Test>::KeyUnknown);
        ["viewer", "second-viewer"].into_iter().for_each(fund);
        assert_noop!(update("second-viewer-session", key_limits()), Error::<Test>::KeyUnknown);
    });
}

#[test]
fn update_with_invalid_limits_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        advance(1);
        for (limits, error) in invalid_limits() {
            assert_noop!(update("viewer-session", limits), error);
        }
    });
}

#[test]
fn remove_key_returns_its_bond_and_keeps_its_sessions() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let before = deposit_of("viewer");
        advance(1);
        let seen = events_of(|| remove("viewer-session").expect("the call succeeds"));
        assert_eq!(seen, [Event::KeyRemoved { viewer: account("viewer"), session_key: account("viewer-session") }]);
        let (free, nonce_floor) = (before.free + BOND, watch.ticket.nonce);
        assert_eq!(deposit_of("viewer"), Deposit { free, nonce_floor, keys: 0, active_at: 2, ..before });
        assert_eq!(Keys::<Test>::iter().count(), 0);
        assert_eq!(session_of(watch.id).closing, None, "the session stays open");
        watch.settle(10);
        assert_eq!(session_of(watch.id).settled_ticks, 10);
    });
}

#[test]
fn removed_key_opens_no_session() {
    build_and_execute(|| {
        fund("viewer");
        add_key("viewer", "phone", |_| ());
        let watch = Watch::new("viewer", 10);
        assert_ok!(remove("viewer-session"));
        assert_eq!(try_open(&watch), Some(RowError::KeyUnknown));
        assert_eq!(try_open_by("phone", &Watch::of_key("viewer", "phone", 10)), None, "other keys are not affected");
    });
}

#[test]
fn bond_of_a_key_is_that_of_its_adding() {
    build_and_execute(|| {
        fund("viewer");
        // As after an upgrade that changes the bond.
        let key = key_of("viewer", "viewer-session");
        let changed = SessionKey { bond: BOND - 3, ..key };
        Keys::<Test>::insert(account("viewer"), account("viewer-session"), changed);
        assert_ok!(remove("viewer-session"));
        assert_eq!(deposit_of("viewer").free, DEPOSIT + BOND - 3);
    });
}

#[test]
fn remove_key_that_is_unknown_is_refused() {
    build_and_execute(|| {
        assert_noop!(remove("viewer-session"), Error::<Test>::DepositUnknown);
        ["viewer", "second-viewer"].into_iter().for_each(fund);
        assert_noop!(remove("second-viewer-session"), Error::<Test>::KeyUnknown);
        assert_ok!(remove("viewer-session"));
        assert_noop!(remove("viewer-session"), Error::<Test>::KeyUnknown);
    });
}

#[test]
fn remove_all_keys_removes_every_key_of_the_viewer() {
    build_and_execute(|| {
        ["viewer", "second-viewer"].into_iter().for_each(fund);
        add_key("viewer", "phone", |_| ());
        let watch = Watch::opened_by("viewer", "phone", 60);
        let before = deposit_of("viewer");
        advance(1);
        let seen = events_of(|| TickStream::remove_all_keys(signed("viewer")).expect("the call succeeds"));
        let removed = |name| Event::KeyRemoved { viewer: account("viewer"), session_key: account(name) };
        assert_eq!(seen.len(), 2);
        assert!(["phone", "viewer-session"].into_iter().all(|name| seen.contains(&removed(name))));
        let (free, nonce_floor) = (before.free + 2 * BOND, watch.ticket.nonce);
        assert_eq!(deposit_of("viewer"), Deposit { free, nonce_floor, keys: 0, active_at: 2, ..before });
        assert!(is_open(watch.id), "its session stays open");
        Watch::opened("second-viewer", 10);
        let again = || TickStream::remove_all_keys(signed("viewer")).expect("the call succeeds");
        assert_eq!(events_of(again), [], "none is left");
    });
}

#[test]
fn remove_all_keys_without_a_deposit_is_refused() {
    build_and_execute(|| {
        assert_noop!(TickStream::remove_all_keys(signed("viewer")), Error::<Test>::DepositUnknown);
    });
}

#[test]
fn unsigned_calls_on_keys_are_refused() {
    build_and_execute(|| {
        fund("viewer");
        let key = || account("viewer-session");
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(TickStream::add_key(origin.clone(), key(), key_limits()), DispatchError::BadOrigin);
            assert_noop!(TickStream::update_key(origin.clone(), key(), key_limits()), DispatchError::BadOrigin);
            assert_noop!(TickStream::remove_key(origin.clone(), key()), DispatchError::BadOrigin);
            assert_noop!(TickStream::remove_all_keys(origin), DispatchError::BadOrigin);
        }
    });
}
