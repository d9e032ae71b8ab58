//! Attacks of a thief with a session key, and of a forger of tickets.

use super::*;
use crate::Error;
use frame_support::assert_noop;
use sp_core::{ecdsa, Pair};
use sp_runtime::{
    traits::{IdentifyAccount, Verify},
    MultiSignature, MultiSigner,
};
use tick_stream_primitives::{
    ticket::{close_message, wrapped},
    SignedTicket, Ticket,
};

#[test]
fn stolen_key_that_opens_and_closes_is_limited_by_the_allowance() {
    build_and_execute(|| {
        fund("viewer");
        let allowance = PRICE + 20 * OPEN_FEE;
        allow(allowance);
        let mut opened = 0;
        loop {
            let watch = Watch::new("viewer", 1);
            match try_open(&watch, "viewer-session") {
                None => opened += 1,
                Some(error) => break assert_eq!(error, RowError::AllowanceTooLow),
            }
            end(&watch);
        }
        assert_eq!(opened, 20, "the allowance covers twenty open fees");
        assert_eq!(DEPOSIT - owned("viewer"), 20 * OPEN_FEE);
        assert!(DEPOSIT - owned("viewer") <= allowance);
    });
}

#[test]
fn stolen_key_with_its_own_gateway_is_limited_by_the_allowance() {
    build_and_execute(|| {
        fund("viewer");
        let allowance = 5 * 60 * PRICE;
        allow(allowance);
        let refused = (0..100).find_map(|_| {
            let mut watch = Watch::new("viewer", 60);
            let refused = try_open(&watch, "viewer-session");
            if refused.is_none() {
                assert_eq!(try_claim(&mut watch, 60), None);
                end(&watch);
                advance(60);
            }
            refused
        });
        assert_eq!(refused, Some(RowError::AllowanceTooLow));
        let lost = DEPOSIT - owned("viewer");
        assert!(lost <= allowance, "{lost} of {allowance}");
        assert_eq!(lost, 4 * (60 * PRICE + OPEN_FEE), "the allowance covers four sessions with their fees");
    });
}

#[test]
fn stolen_key_that_reopens_cannot_spend_faster_than_time_passes() {
    build_and_execute(|| {
        fund("viewer");
        let mut settled = 0;
        for _ in 0..10 {
            let mut watch = Watch::opened("viewer", 120);
            let best = (0..=120).rev().find(|ticks| *ticks == 0 || try_claim(&mut watch, *ticks).is_none());
            settled += best.unwrap_or_default();
            end(&watch);
        }
        assert_eq!(settled, 60, "ten sessions in one second can claim the prepaid ticks once");
        assert_eq!(key_of("viewer", "viewer-session").paid_until, START_MS + 60_000);
        advance(10);
        let mut watch = Watch::opened("viewer", 120);
        assert_eq!(session_of(watch.id).opened_at, START_MS + 60_000, "the session starts at the end of the paid time");
        assert_eq!(try_claim(&mut watch, 11), Some(RowError::TooFast));
        assert_eq!(try_claim(&mut watch, 10), None);
    });
}

#[test]
fn stolen_key_cannot_open_more_than_sixteen_sessions() {
    build_and_execute(|| {
        fund("viewer");
        let mut watches: Vec<_> = (0..16).map(|_| Watch::opened("viewer", 1_000)).collect();
        assert_eq!(try_open(&Watch::new("viewer", 1), "viewer-session"), Some(RowError::TooManySessions));
        for watch in &mut watches {
            assert_eq!(try_claim(watch, 61), Some(RowError::TooFast));
            assert_eq!(try_claim(watch, 60), None);
        }
        assert_eq!(DEPOSIT - owned("viewer"), 16 * (60 * PRICE + OPEN_FEE), "the prepaid ticks of each session");
    });
}

#[test]
fn nonce_far_ahead_is_refused_and_blocks_no_later_ticket() {
    build_and_execute(|| {
        fund("viewer");
        let (before, wallets) = (key_of("viewer", "viewer-session"), deposit_of("viewer"));
        let last = before.nonces.last;
        for nonce in [u64::MAX, u64::MAX - 1, 1 << 63, last + 65] {
            let watch = Watch::with_nonce("viewer", 10, nonce);
            assert_eq!(try_open(&watch, "viewer-session"), Some(RowError::NonceTooHigh));
            let ticket = Watch::create("viewer", "viewer", 10, nonce).ticket;
            assert_noop!(TickStream::join_stream(signed("viewer"), ticket), Error::<Test>::NonceInvalid);
        }
        assert_eq!(key_of("viewer", "viewer-session"), before, "later tickets are still accepted");
        assert_eq!(deposit_of("viewer"), wallets);
        assert_eq!(try_open(&Watch::with_nonce("viewer", 10, last + 64), "viewer-session"), None);
    });
}

#[test]
fn used_ticket_is_refused_after_the_deposit_was_emptied_and_refilled() {
    build_and_execute(|| {
        fund("viewer");
        let used = Watch::opened("viewer", 10);
        end(&used);
        let free = deposit_of("viewer").free;
        assert_ok!(TickStream::withdraw(signed("viewer"), free));
        assert_eq!(try_open(&Watch::new("viewer", 10), "viewer-session"), Some(RowError::FundsTooLow));
        assert_ok!(TickStream::deposit(signed("viewer"), DEPOSIT, None));
        assert_eq!(try_open(&used, "viewer-session"), Some(RowError::NonceUsed));
    });
}

#[test]
fn old_tickets_are_refused_after_the_deposit_was_reaped() {
    build_and_execute(|| {
        fund("viewer");
        let used = Watch::opened("viewer", 10);
        end(&used);
        let unopened = Watch::new("viewer", 10);
        let mut long_lived = Watch::new("viewer", 10);
        long_lived.ticket.expires_at = 151;
        assert_ok!(TickStream::withdraw(signed("viewer"), deposit_of("viewer").free));
        advance(101);
        assert_ok!(TickStream::reap_deposit(signed("stranger"), account("viewer")));
        assert_eq!(try_open(&long_lived, "viewer-session"), Some(RowError::KeyUnknown));
        fund("viewer");
        assert_eq!(try_open(&used, "viewer-session"), Some(RowError::TicketExpired));
        assert_eq!(try_open(&unopened, "viewer-session"), Some(RowError::TicketExpired));
        assert_eq!(try_open(&long_lived, "viewer-session"), Some(RowError::NonceTooOld));
    });
}

#[test]
fn reaping_does_not_reset_nonces() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 10);
        let reap = || TickStream::reap_deposit(signed("stranger"), account("viewer"));
        let free = deposit_of("viewer").free;
        assert_ok!(TickStream::withdraw(signed("viewer"), free));
        advance(200);
        assert_noop!(reap(), Error::<Test>::DepositInUse);
        end(&watch);
        assert_noop!(reap(), Error::<Test>::DepositInUse);
        assert_ok!(TickStream::withdraw(signed("viewer"), 10 * PRICE));
        assert_noop!(reap(), Error::<Test>::DepositActive);
        advance(100);
        assert_noop!(reap(), Error::<Test>::DepositActive);
        advance(1);
        let last = key_of("viewer", "viewer-session").nonces.last;
        assert_ok!(reap());
        fund("viewer");
        assert!(key_of("viewer", "viewer-session").nonces.last > last + 64, "the new window is above the old one");
        assert!(deposit_of("viewer").nonces.last > last + 64, "and so is the wallet's");
        assert_eq!(
            try_open(&Watch::with_nonce("viewer", 10, watch.ticket.nonce), "viewer-session"),
            Some(RowError::NonceTooOld)
        );
    });
}

#[test]
fn removed_key_cannot_open_and_closes_only_its_own_sessions() {
    build_and_execute(|| {
        fund("viewer");
        let running = Watch::opened("viewer", 10);
        let of_wallet = Watch::joined("viewer", 10);
        let signed_before = Watch::new("viewer", 10);
        assert_ok!(TickStream::remove_key(signed("viewer"), account("viewer-session")));
        assert_eq!(try_open(&signed_before, "viewer-session"), Some(RowError::KeyUnknown));
        add_key("viewer", "another-key", |_| ());
        assert_eq!(try_open(&signed_before, "viewer-session"), Some(RowError::KeyUnknown));
        let refused = |watch: &Watch, by, name, error| {
            let rows = batch_of_closes(vec![watch.close(by, name)]);
            assert_eq!(submit("stranger", rows), [(RowKind::Close, 0, error)]);
        };
        refused(&of_wallet, Closer::SessionKey, "viewer-session", RowError::KeyUnknown);
        refused(&of_wallet, Closer::Viewer, "viewer-session", RowError::SignatureInvalid);
        refused(&running, Closer::SessionKey, "another-key", RowError::SignatureInvalid);
        let close = running.close(Closer::SessionKey, "viewer-session");
        assert_eq!(submit("stranger", batch_of_closes(vec![close])), []);
        assert!(session_of(running.id).closing.is_some(), "it may still stop what it pays for");
        assert!(session_of(of_wallet.id).closing.is_none());
    });
}

#[test]
fn expired_key_cannot_open() {
    build_and_execute(|| {
        fund("viewer");
        limit_key(|limits| limits.expires_at = System::block_number() + 3);
        advance(3);
        let running = Watch::opened("viewer", 10);
        advance(1);
        assert_eq!(try_open(&Watch::new("viewer", 10), "viewer-session"), Some(RowError::KeyExpired));
        let close = running.close(Closer::SessionKey, "viewer-session");
        assert_eq!(submit("stranger", batch_of_closes(vec![close])), [], "it may still stop what it pays for");
    });
}

#[test]
fn refund_of_an_old_allowance_does_not_raise_a_new_one() {
    build_and_execute(|| {
        fund("viewer");
        let of_old = Watch::opened("viewer", 100);
        allow(1_000);
        end(&of_old);
        assert_eq!(allowance_of("viewer"), 1_000, "the money is returned, the allowance is not");
        assert_eq!(try_open(&Watch::new("viewer", 1), "viewer-session"), Some(RowError::AllowanceTooLow));
    });
}

#[test]
fn refund_of_a_wallet_session_does_not_raise_the_allowance() {
    build_and_execute(|| {
        fund("viewer");
        allow(1_000);
        end(&Watch::joined("viewer", 100));
        assert_eq!(allowance_of("viewer"), 1_000);
    });
}

#[test]
fn ticket_changed_after_signing_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        fund("second-viewer");
        register_gateway("second-gateway");
        create_stream(PRICE, Default::default());
        // Both viewers have both keys, so that only the signature is wrong.
        add_key("viewer", "another-key", |_| ());
        add_key("second-viewer", "viewer-session", |_| ());
        let honest = Watch::new("viewer", 10).signed_by("viewer-session");
        let changes: [fn(&mut Ticket); 9] = [
            |ticket| ticket.viewer = account("second-viewer"),
            |ticket| ticket.session_key = account("another-key"),
            |ticket| ticket.nonce += 1,
            |ticket| ticket.stream = 1,
            |ticket| ticket.gateway = account("second-gateway"),
            |ticket| ticket.price_per_tick += 1,
            |ticket| ticket.max_ticks += 1,
            |ticket| ticket.anchor[0] ^= 1,
            |ticket| ticket.expires_at += 1,
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let mut forged = honest.clone();
            change(&mut forged.ticket);
            let refused = submit("stranger", batch_of_opens(vec![forged]));
            assert_eq!(refused, vec![(RowKind::Open, 0, RowError::SignatureInvalid)], "change {index}");
        }
        assert_eq!(earned("stranger"), 0);
        assert!(submit("operator", batch_of_opens(vec![honest])).is_empty());
    });
}

#[test]
fn ethereum_signature_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let (pair, _) = ecdsa::KeccakPair::generate();
        let session_key = MultiSigner::Eth(pair.public()).into_account();
        assert_ok!(TickStream::add_key(signed("viewer"), session_key.clone(), key_limits()));
        let ticket = Ticket { session_key: session_key.clone(), ..Watch::new("viewer", 10).ticket };
        let message = ticket.message(&genesis());
        let signature = MultiSignature::Eth(pair.sign(&message));
        assert!(signature.verify(&message[..], &session_key), "the signature itself is valid");
        let row = SignedTicket { ticket, signature };
        let invalid = vec![(RowKind::Open, 0, RowError::SignatureInvalid)];
        assert_eq!(submit("operator", batch_of_opens(vec![row])), invalid);
    });
}

#[test]
fn ticket_signed_for_another_chain_or_purpose_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::new("viewer", 10);
        let key = pair("viewer-session");
        let messages = [
            watch.ticket.message(&[1; 32]),
            close_message(&genesis(), &watch.id),
            wrapped(&wrapped(&watch.ticket.message(&genesis()))),
            Vec::new(),
        ];
        for message in messages {
            let row = SignedTicket { ticket: watch.ticket.clone(), signature: key.sign(&message).into() };
            let invalid = vec![(RowKind::Open, 0, RowError::SignatureInvalid)];
            assert_eq!(submit("operator", batch_of_opens(vec![row])), invalid);
        }
    });
}

#[test]
fn ticket_signed_by_the_wallet_instead_of_the_key_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::new("viewer", 10);
        assert_eq!(try_open(&watch, "viewer"), Some(RowError::SignatureInvalid));
        assert_eq!(try_open(&watch, "second-viewer-session"), Some(RowError::SignatureInvalid));
    });
}

#[test]
fn ticket_repeated_in_a_batch_opens_once() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::new("viewer", 10);
        let row = watch.signed_by("viewer-session");
        let refused = submit("operator", batch_of_opens(vec![row.clone(), row.clone(), row]));
        assert_eq!(refused, [1, 2].map(|index| (RowKind::Open, index, RowError::SessionExists)));
        assert_eq!(deposit_of("viewer").reserved, 10 * PRICE);
        assert_eq!(deposit_of("viewer").free, DEPOSIT - 10 * PRICE - OPEN_FEE, "the fee is taken once");
    });
}

#[test]
fn second_ticket_of_a_nonce_in_a_batch_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let first = Watch::new("viewer", 10);
        let second = Watch::new("viewer", 20);
        assert_eq!(first.id, second.id);
        let rows = vec![first.signed_by("viewer-session"), second.signed_by("viewer-session")];
        assert_eq!(submit("operator", batch_of_opens(rows)), [(RowKind::Open, 1, RowError::SessionExists)]);
        assert_eq!(session_of(first.id).max_ticks, 10);
    });
}

#[test]
fn session_key_cannot_act_as_the_wallet() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 10);
        let key = || signed("viewer-session");
        assert_noop!(TickStream::withdraw(key(), 1), Error::<Test>::DepositUnknown);
        let (own, thief) = (account("viewer-session"), account("thief"));
        assert_noop!(TickStream::add_key(key(), thief, key_limits()), Error::<Test>::DepositUnknown);
        assert_noop!(TickStream::update_key(key(), own.clone(), key_limits()), Error::<Test>::KeyUnknown);
        assert_noop!(TickStream::remove_key(key(), own), Error::<Test>::DepositUnknown);
        assert_noop!(TickStream::remove_all_keys(key()), Error::<Test>::DepositUnknown);
        let ids = vec![watch.id].try_into().expect("within the bound");
        assert_noop!(TickStream::leave_stream(key(), ids), Error::<Test>::NotYourSession);
        let ticket = Watch::new("viewer", 10).ticket;
        assert_noop!(TickStream::join_stream(key(), ticket), Error::<Test>::NotYourTicket);
    });
}

#[test]
fn reserved_money_cannot_be_withdrawn() {
    build_and_execute(|| {
        fund("viewer");
        Watch::opened("viewer", 1_000);
        let free = deposit_of("viewer").free;
        assert_noop!(TickStream::withdraw(signed("viewer"), free + 1), Error::<Test>::FundsTooLow);
        assert_noop!(TickStream::withdraw(signed("viewer"), Balance::MAX), Error::<Test>::FundsTooLow);
        assert_ok!(TickStream::withdraw(signed("viewer"), free));
    });
}
