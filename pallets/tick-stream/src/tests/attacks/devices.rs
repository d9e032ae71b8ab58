//! Attacks with one of several session keys, and with keys that were removed.

use super::*;
use crate::Error;
use frame_support::assert_noop;
use tick_stream_primitives::{limits::MAX_KEYS, Claim, KeyLimits, Renewal, Scope};

/// Opens a session of this key. Returns why it was refused, if so.
fn open_by(session_key: &str, max_ticks: u32) -> (Option<RowError>, Watch) {
    let watch = Watch::of_key("viewer", session_key, max_ticks);
    (try_open(&watch, session_key), watch)
}

fn remove(session_key: &str) {
    assert_ok!(TickStream::remove_key(signed("viewer"), account(session_key)));
}

/// Two devices that know nothing of each other use the same nonces at the same time. With one window for both, the
/// second ticket would be refused, and a thief could use up the nonces of the others.
#[test]
fn two_devices_do_not_collide() {
    build_and_execute(|| {
        fund("viewer");
        add_key("viewer", "phone", |_| ());
        let mut laptop = Watch::new("viewer", 60);
        let mut phone = Watch::of_key("viewer", "phone", 60);
        assert_eq!(laptop.ticket.nonce, phone.ticket.nonce);
        assert_ne!(laptop.id, phone.id);
        let rows = vec![laptop.signed_by("viewer-session"), phone.signed_by("phone")];
        assert_eq!(submit("operator", batch_of_opens(rows)), []);
        assert_eq!((try_claim(&mut laptop, 20), try_claim(&mut phone, 30)), (None, None));
        assert_eq!([laptop.id, phone.id].map(|id| session_of(id).settled_ticks), [20, 30]);
    });
}

/// A thief skips nonces with one key.
#[test]
fn stolen_key_uses_up_no_nonces_of_other_devices() {
    build_and_execute(|| {
        fund("viewer");
        add_key("viewer", "stolen", |_| ());
        let unopened = Watch::new("viewer", 10);
        for _ in 0..5 {
            let far = key_of("viewer", "stolen").nonces.last + 64;
            let watch = Watch::create("viewer", "stolen", 1, far);
            assert_eq!(try_open(&watch, "stolen"), None);
            end(&watch);
        }
        assert_eq!(try_open(&unopened, "viewer-session"), None);
        Watch::joined("viewer", 10);
    });
}

/// A thief settles the prepaid window, closes and opens again, so that the start of the next session moves into the
/// future.
#[test]
fn reopening_moves_the_start_by_the_prepaid_window_at_most_and_only_for_its_own_key() {
    build_and_execute(|| {
        fund("viewer");
        add_key("viewer", "stolen", |_| ());
        for round in 0..4 {
            // Several sessions at once, and again before the time has passed.
            let mut watches: Vec<_> = (0..3).map(|_| open_by("stolen", 200).1).collect();
            for watch in &mut watches {
                let best = (1..=200).rev().find(|ticks| try_claim(watch, *ticks).is_none());
                assert_eq!(best.unwrap_or_default(), session_of(watch.id).settled_ticks);
                end(watch);
            }
            let now = pallet_timestamp::Now::<Test>::get();
            assert!(key_of("viewer", "stolen").paid_until <= now + 60_000, "round {round}");
            let start = session_of(open_by("stolen", 1).1.id).opened_at;
            assert!(start <= now + 60_000, "round {round}");
            assert_eq!(session_of(Watch::opened("viewer", 1).id).opened_at, now, "the other device starts at once");
            assert_eq!(session_of(Watch::joined("viewer", 1).id).opened_at, now, "and so does the wallet");
            advance(7);
        }
    });
}

/// The viewer removes a key and adds it again, in the same block or later. The tickets that it opened before are in the
/// hands of gateways and strangers.
#[test]
fn removed_and_added_key_cannot_replay_its_tickets() {
    for blocks in [0, 1, 40] {
        build_and_execute(|| {
            fund("viewer");
            let (ended, mut running) = (open_by("viewer-session", 60).1, open_by("viewer-session", 60).1);
            end(&ended);
            remove("viewer-session");
            advance(blocks);
            add_key("viewer", "viewer-session", |_| ());
            let refused = try_open(&ended, "viewer-session");
            assert!(matches!(refused, Some(RowError::NonceUsed | RowError::NonceTooOld)), "{refused:?}");
            assert_eq!(try_open(&running, "viewer-session"), Some(RowError::SessionExists));
            assert_eq!(open_by("viewer-session", 60).0, None, "new tickets are accepted");
            assert_eq!(try_claim(&mut running, 30), None, "the session of the old entry is still paid");
            end(&running);
            let refused = try_open(&running, "viewer-session");
            assert!(matches!(refused, Some(RowError::NonceUsed | RowError::NonceTooOld)), "{refused:?}");
        });
    }
}

/// The same within one block, many times, with a skipped nonce in between.
#[test]
fn key_removed_and_added_many_times_in_a_block_opens_each_ticket_once() {
    build_and_execute(|| {
        fund("viewer");
        let mut old = Vec::new();
        for _ in 0..5 {
            let nonce = key_of("viewer", "viewer-session").nonces.last + 3;
            let watch = Watch::with_nonce("viewer", 1, nonce);
            assert_eq!(try_open(&watch, "viewer-session"), None);
            end(&watch);
            old.push(watch);
            remove("viewer-session");
            add_key("viewer", "viewer-session", |_| ());
            for watch in &old {
                assert_eq!(try_open(watch, "viewer-session"), Some(RowError::NonceUsed));
                let skipped = Watch::with_nonce("viewer", 1, watch.ticket.nonce - 1);
                assert_eq!(try_open(&skipped, "viewer-session"), Some(RowError::NonceUsed), "lower ones count as used");
            }
        }
    });
}

/// A thief spends as fast as the chain allows, with a gateway and a stream of its own, through renewals and refunds.
#[test]
fn stolen_key_with_renewals_spends_no_more_than_its_allowance_and_the_renewals() {
    build_and_execute(|| {
        fund("viewer");
        let session = 60 * PRICE + OPEN_FEE;
        add_key("viewer", "stolen", |limits| {
            limits.allowance = 2 * session;
            limits.renewal = Some(Renewal { every_blocks: 200, amount: session });
            limits.expires_at = 1_000;
        });
        let most = key_of("viewer", "stolen").most_to_spend(System::block_number());
        assert_eq!(most, 6 * session, "the allowance and four renewals, after blocks 201, 401, 601 and 801");
        let before = owned("viewer");
        while System::block_number() <= 1_100 {
            let (refused, mut watch) = open_by("stolen", 60);
            if refused.is_none() {
                // Half of the sessions are closed unused, for the refund.
                if watch.ticket.nonce.is_multiple_of(2) {
                    assert_eq!(try_claim(&mut watch, 60), None);
                }
                end(&watch);
            }
            advance(60);
        }
        assert_eq!(open_by("stolen", 1).0, Some(RowError::KeyExpired));
        let lost = before - owned("viewer");
        assert!(lost > session && lost <= most, "{lost} of {most}");
        assert_eq!(key_of("viewer", "stolen").spent, lost, "the wallet can show what was spent");
    });
}

/// A thief keeps sessions open over a renewal, to have their refunds added to the new allowance.
#[test]
fn refunds_of_earlier_periods_do_not_add_up() {
    build_and_execute(|| {
        fund("viewer");
        let session = 10 * PRICE + OPEN_FEE;
        add_key("viewer", "stolen", |limits| {
            limits.allowance = session;
            limits.renewal = Some(Renewal { every_blocks: 50, amount: session });
        });
        let mut kept = Vec::new();
        for _ in 0..10 {
            let (refused, watch) = open_by("stolen", 10);
            assert_eq!(refused, None);
            kept.push(watch);
            advance(50);
        }
        assert_eq!(open_by("stolen", 10).0, None);
        kept.iter().for_each(end);
        assert_eq!(key_of("viewer", "stolen").allowance.left, 0);
        assert_eq!(open_by("stolen", 1).0, Some(RowError::AllowanceTooLow));
    });
}

/// A page in the viewer's browser asks the wallet for one key after another, to spread a theft over many.
#[test]
fn seventeenth_key_is_refused_and_all_can_be_removed_at_once() {
    build_and_execute(|| {
        fund_wallet("viewer", DEPOSIT);
        let names: Vec<_> = (0..MAX_KEYS).map(|index| format!("device-{index}")).collect();
        names.iter().for_each(|name| add_key("viewer", name, |_| ()));
        let one_more = || TickStream::add_key(signed("viewer"), account("device-16"), key_limits());
        assert_noop!(one_more(), Error::<Test>::TooManyKeys);
        let with_deposit = || TickStream::deposit(signed("viewer"), 1, Some((account("device-16"), key_limits())));
        assert_noop!(with_deposit(), Error::<Test>::TooManyKeys);
        assert_ok!(TickStream::remove_all_keys(signed("viewer")));
        for name in &names {
            let watch = Watch::create("viewer", name, 1, 1 << 32 | 1);
            assert_eq!(try_open(&watch, name), Some(RowError::KeyUnknown));
        }
        assert_eq!(deposit_of("viewer").free, DEPOSIT, "the bonds are back");
    });
}

/// The receiver of a gift, one session with one creator, tries to use it elsewhere or more than once at a time.
#[test]
fn gift_is_spent_on_its_creator_and_in_one_session_at_a_time() {
    build_and_execute(|| {
        fund("viewer");
        assert_ok!(TickStream::create_stream(signed("stranger"), stream_request(PRICE, Default::default())));
        add_key("viewer", "gift", |limits| {
            let creator = Scope::Creator(account("creator"));
            *limits = KeyLimits { allowance: 600 * PRICE, max_sessions: 1, scope: creator, ..key_limits() };
        });
        let mut elsewhere = Watch::of_key("viewer", "gift", 10);
        elsewhere.ticket.stream = 1;
        assert_eq!(try_open(&elsewhere, "gift"), Some(RowError::KeyOutOfScope));
        let (refused, watch) = open_by("gift", 10);
        assert_eq!(refused, None);
        assert_eq!(open_by("gift", 10).0, Some(RowError::TooManyKeySessions));
        end(&watch);
        assert_eq!(open_by("gift", 600).0, Some(RowError::AllowanceTooLow));
        assert_eq!(open_by("gift", 590).0, None);
    });
}

/// Sixteen sessions at once would cost sixteen times the price that the wallet shows for a second.
#[test]
fn stolen_key_opens_no_more_sessions_at_a_time_than_it_may() {
    build_and_execute(|| {
        fund("viewer");
        add_key("viewer", "stolen", |limits| limits.max_sessions = 2);
        let mut watches = vec![open_by("stolen", 600).1, open_by("stolen", 600).1];
        assert_eq!(open_by("stolen", 1).0, Some(RowError::TooManyKeySessions));
        let before = owned("viewer");
        advance(60);
        for watch in &mut watches {
            assert_eq!(try_claim(watch, 121), Some(RowError::TooFast));
            assert_eq!(try_claim(watch, 120), None);
        }
        assert_eq!(before - owned("viewer"), 2 * 120 * PRICE, "two sessions of the time passed and the prepaid window");
        Watch::opened("viewer", 10);
    });
}

/// A key spends from the deposit of a viewer who has not authorised it, or of one who has, with another's ticket.
#[test]
fn key_of_another_viewer_is_refused() {
    build_and_execute(|| {
        ["viewer", "second-viewer"].into_iter().for_each(fund);
        let nonce = key_of("viewer", "viewer-session").nonces.next();
        let watch = Watch::create("viewer", "second-viewer-session", 10, nonce);
        assert_eq!(try_open(&watch, "second-viewer-session"), Some(RowError::KeyUnknown));
        let watch = Watch::new("viewer", 10);
        assert_eq!(try_open(&watch, "second-viewer-session"), Some(RowError::SignatureInvalid));
        add_key("second-viewer", "viewer-session", |_| ());
        let mut ticket = watch.signed_by("viewer-session");
        ticket.ticket.viewer = account("second-viewer");
        let invalid = [(RowKind::Open, 0, RowError::SignatureInvalid)];
        assert_eq!(submit("stranger", batch_of_opens(vec![ticket])), invalid);
        assert_eq!((owned("viewer"), owned("second-viewer")), (DEPOSIT, DEPOSIT - BOND));
    });
}

/// The wallet's own account as a session key would make tickets that look like those of `join_stream`.
#[test]
fn ticket_that_names_the_viewer_as_its_key_is_refused_in_a_batch() {
    build_and_execute(|| {
        fund("viewer");
        let own = || TickStream::add_key(signed("viewer"), account("viewer"), key_limits());
        assert_noop!(own(), Error::<Test>::KeyIsViewer);
        let watch = Watch::of_wallet("viewer", 10);
        assert_eq!(try_open(&watch, "viewer"), Some(RowError::KeyUnknown));
        assert_eq!(deposit_of("viewer").nonces.next(), watch.ticket.nonce, "its nonce is not used up");
    });
}

/// Proofs of one device do not settle ticks of another, although both watch the same stream with the same nonce.
#[test]
fn proof_of_another_device_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        add_key("viewer", "phone", |_| ());
        let (mut laptop, phone) = (Watch::opened("viewer", 60), Watch::opened_by("viewer", "phone", 60));
        assert_eq!(laptop.ticket.nonce, phone.ticket.nonce);
        let stolen = Claim { session: phone.id, ..laptop.claim(10) };
        let refused = [(RowKind::Claim, 0, RowError::ProofInvalid)];
        assert_eq!(submit("operator", batch_of_claims(vec![stolen])), refused);
    });
}

/// A key that was removed, with its sessions still open, closes those of the key that replaced it.
#[test]
fn replaced_key_cannot_close_the_sessions_of_its_successor() {
    build_and_execute(|| {
        fund("viewer");
        remove("viewer-session");
        add_key("viewer", "new-key", |_| ());
        let watch = open_by("new-key", 60).1;
        let close = batch_of_closes(vec![watch.close(Closer::SessionKey, "viewer-session")]);
        assert_eq!(submit("stranger", close), [(RowKind::Close, 0, RowError::SignatureInvalid)]);
        assert!(session_of(watch.id).closing.is_none());
    });
}
