//! Properties of the signatures of tickets and closes.

use crate::{
    common::{Key, Kind, GENESIS, OTHER_GENESIS},
    flipped,
    generate::*,
};
use codec::{Decode, Encode};
use proptest::prelude::*;
use sp_runtime::{traits::Verify, MultiSignature};
use tick_stream_primitives::{
    ticket::{close_message, is_signed_by, wrapped},
    AccountId, SignedTicket, Ticket,
};

/// Returns the ticket with one of its nine fields changed.
fn changed(ticket: &Ticket, field: usize) -> Ticket {
    let mut ticket = ticket.clone();
    let turned = |account: &AccountId| AccountId::from(flipped(account.as_ref(), 77));
    match field {
        0 => ticket.viewer = turned(&ticket.viewer),
        1 => ticket.session_key = turned(&ticket.session_key),
        2 => ticket.nonce ^= 1,
        3 => ticket.stream ^= 1,
        4 => ticket.gateway = turned(&ticket.gateway),
        5 => ticket.price_per_tick ^= 1,
        6 => ticket.max_ticks ^= 1,
        7 => ticket.anchor = flipped(&ticket.anchor, 77),
        _ => ticket.expires_at ^= 1,
    }
    ticket
}

/// Returns the ticket with `key` as its session key.
fn of_key(ticket: Ticket, key: &Key) -> Ticket {
    Ticket { session_key: key.account(), ..ticket }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn ticket_signed_bare_or_wrapped_is_accepted(ticket in ticket(), key in key()) {
        let ticket = of_key(ticket, &key);
        let message = ticket.message(&GENESIS);
        for bytes in [message.clone(), wrapped(&message)] {
            let signed = SignedTicket { ticket: ticket.clone(), signature: key.sign(&bytes) };
            prop_assert!(signed.is_signed(&GENESIS));
        }
    }

    #[test]
    fn ticket_of_another_key_or_genesis_is_refused(ticket in ticket(), key in key(), other in key(), wrap in any::<bool>()) {
        prop_assume!(key.account() != other.account());
        let ticket = of_key(ticket, &key);
        let message = ticket.message(&GENESIS);
        let signature = key.sign(&if wrap { wrapped(&message) } else { message });
        let signed = SignedTicket { ticket, signature };
        prop_assert!(signed.is_signed(&GENESIS));
        prop_assert!(!signed.is_signed(&OTHER_GENESIS));
        let by_other = SignedTicket { signature: other.sign(&signed.ticket.message(&GENESIS)), ..signed };
        prop_assert!(!by_other.is_signed(&GENESIS));
    }

    #[test]
    fn ticket_with_a_changed_field_is_refused(ticket in ticket(), key in key(), wrap in any::<bool>()) {
        let ticket = of_key(ticket, &key);
        let message = ticket.message(&GENESIS);
        let signature = key.sign(&if wrap { wrapped(&message) } else { message });
        for field in 0..9 {
            let signed = SignedTicket { ticket: changed(&ticket, field), signature: signature.clone() };
            prop_assert!(signed.ticket != ticket);
            prop_assert!(!signed.is_signed(&GENESIS), "field {}", field);
        }
    }

    #[test]
    fn signature_with_a_flipped_bit_is_refused(ticket in ticket(), key in key(), bit in 0..512usize) {
        let message = ticket.message(&GENESIS);
        // The first byte is the kind.
        let mut bytes = key.sign(&message).encode();
        bytes[1 + bit / 8] ^= 1 << (bit % 8);
        let signature = MultiSignature::decode(&mut &bytes[..]).expect("the kind is unchanged");
        prop_assert!(!is_signed_by(&signature, &message, &key.account()));
    }

    #[test]
    fn random_signature_is_refused(ticket in ticket(), signature in signature(), key in key()) {
        let message = ticket.message(&GENESIS);
        prop_assert!(!is_signed_by(&signature, &message, &key.account()));
    }

    #[test]
    fn eth_signature_is_refused(ticket in ticket(), number in any::<u64>()) {
        let key = Key::numbered(Kind::Eth, number);
        let message = ticket.message(&GENESIS);
        for bytes in [message.clone(), wrapped(&message)] {
            let signature = key.sign(&bytes);
            prop_assert!(signature.verify(&bytes[..], &key.account()), "the signature itself is valid");
            prop_assert!(!is_signed_by(&signature, &message, &key.account()));
        }
    }

    #[test]
    fn close_signed_bare_or_wrapped_is_accepted(session in session(), key in key(), wrap in any::<bool>()) {
        let message = close_message(&GENESIS, &session);
        let signature = key.sign(&if wrap { wrapped(&message) } else { message.clone() });
        prop_assert!(is_signed_by(&signature, &message, &key.account()));
    }

    #[test]
    fn close_of_another_session_key_or_genesis_is_refused(
        session in session(), other in session(), key in key(), other_key in key(),
    ) {
        prop_assume!(session != other && key.account() != other_key.account());
        let message = close_message(&GENESIS, &session);
        let signature = key.sign(&message);
        prop_assert!(!is_signed_by(&signature, &close_message(&GENESIS, &other), &key.account()));
        prop_assert!(!is_signed_by(&signature, &close_message(&OTHER_GENESIS, &session), &key.account()));
        prop_assert!(!is_signed_by(&signature, &message, &other_key.account()));
    }

    #[test]
    fn ticket_signature_is_no_close_signature_and_vice_versa(ticket in ticket(), key in key()) {
        let (message, close) = (ticket.message(&GENESIS), close_message(&GENESIS, &ticket.session_id(&GENESIS)));
        prop_assert!(!is_signed_by(&key.sign(&message), &close, &key.account()));
        prop_assert!(!is_signed_by(&key.sign(&close), &message, &key.account()));
    }

    #[test]
    fn message_wrapped_twice_is_refused(ticket in ticket(), key in key()) {
        let message = ticket.message(&GENESIS);
        prop_assert!(!is_signed_by(&key.sign(&wrapped(&wrapped(&message))), &message, &key.account()));
    }
}
