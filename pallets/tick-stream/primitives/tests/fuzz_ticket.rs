//! Fuzz tests of decoding: arbitrary bytes never cause a panic, and a decoded value encodes to the bytes it came from.
//! So every ticket, row and batch has exactly one encoding.
//!
//! An ordinary test run tries random inputs for one second per test. To replay a failure or to run for longer:
//!
//! ```text
//! BOLERO_RANDOM_SEED=… cargo nextest run -p tick-stream-primitives --test fuzz_ticket arbitrary_batch_reencodes_to_its_bytes
//! BOLERO_RANDOM_TEST_TIME_MS=600000 cargo test -p tick-stream-primitives --test fuzz_ticket
//! ```
//!
//! `BOLERO_RANDOM_ITERATIONS` limits the number of inputs instead of the time, and `BOLERO_RANDOM_MAX_LEN` (4,096) the
//! length of an input. Coverage-guided fuzzing works on the stable compiler (`cargo install cargo-bolero`):
//!
//! ```text
//! cargo bolero test -p tick-stream-primitives arbitrary_batch_reencodes_to_its_bytes --engine libfuzzer --sanitizer NONE --time 600
//! ```
//!
//! The inputs it finds are stored in `tests/__fuzz__/<test>/{corpus,crashes}` and tried first in each ordinary run.

mod common;

use bolero::check;
use codec::{Decode, DecodeAll, Encode, MaxEncodedLen};
use common::{counting, Key, Kind, GENESIS};
use tick_stream_primitives::{
    ticket::{close_message, is_signed_by},
    Batch, Claim, ClaimGroup, CloseRow, CloseSignature, Closer, KeyLimits, SessionKey, SignedTicket,
};

/// Decodes a `T` from the beginning of `bytes` and checks that it encodes to exactly the bytes it was read from.
fn reencodes<T: Encode + Decode + MaxEncodedLen>(bytes: &[u8]) -> Option<T> {
    let mut rest = bytes;
    let value = T::decode(&mut rest).ok()?;
    let read = &bytes[..bytes.len() - rest.len()];
    assert_eq!(value.encode(), read);
    assert_eq!(value.encoded_size(), read.len());
    assert!(read.len() <= T::max_encoded_len());
    assert!(T::decode_all(&mut &read[..read.len() - 1]).is_err(), "no value is a prefix of another");
    Some(value)
}

/// Does the same for a batch and calls its methods, which must not panic.
fn reencodes_batch(bytes: &[u8]) {
    if let Some(batch) = reencodes::<Batch>(bytes) {
        let size = batch.size();
        assert_eq!(size.opens == 0 && size.groups == 0 && size.closes == 0, batch.is_empty());
        let _ = size.is_within_limits();
    }
}

/// Returns the bytes, cut to `length`, with some of them changed: `(position, mask)` each.
fn mutated(mut bytes: Vec<u8>, changes: &[(u16, u8)], length: u16) -> Vec<u8> {
    for (position, mask) in changes {
        let position = usize::from(*position) % bytes.len();
        bytes[position] ^= mask;
    }
    bytes.truncate(usize::from(length).max(1));
    bytes
}

fn signed_ticket() -> SignedTicket {
    let ticket = common::ticket();
    let signature = common::session_key().sign(&ticket.message(&GENESIS));
    SignedTicket { ticket, signature }
}

fn close_row() -> CloseRow {
    let session = common::ticket().session_id(&GENESIS);
    let signature = Key::numbered(Kind::Ecdsa, 1).sign(&close_message(&GENESIS, &session));
    CloseRow { session, signature: Some(CloseSignature { by: Closer::Viewer, signature }) }
}

fn batch() -> Batch {
    let claim = Claim { session: common::ticket().session_id(&GENESIS), from: 1, ticks: 9, proof: counting(9) };
    let group = ClaimGroup {
        stream: 7,
        gateway: counting(1).into(),
        claims: vec![claim; 3].try_into().expect("three claims fit"),
    };
    Batch {
        opens: vec![signed_ticket(); 2].try_into().expect("two tickets fit"),
        groups: vec![group; 2].try_into().expect("two groups fit"),
        closes: vec![close_row(); 2].try_into().expect("two closes fit"),
    }
}

#[test]
fn arbitrary_signed_ticket_reencodes_to_its_bytes() {
    let stranger = Key::numbered(Kind::Sr25519, 1).account();
    check!().for_each(|bytes: &[u8]| {
        if let Some(SignedTicket { ticket, signature }) = reencodes::<SignedTicket>(bytes) {
            assert!(!is_signed_by(&signature, &ticket.message(&GENESIS), &stranger));
        }
    });
}

#[test]
fn arbitrary_close_row_reencodes_to_its_bytes() {
    check!().for_each(|bytes: &[u8]| {
        reencodes::<CloseRow>(bytes);
    });
}

#[test]
fn arbitrary_batch_reencodes_to_its_bytes() {
    check!().for_each(reencodes_batch);
}

#[test]
fn arbitrary_session_key_reencodes_to_its_bytes_and_spends_no_more_than_it_says() {
    check!().for_each(|bytes: &[u8]| {
        reencodes::<KeyLimits>(bytes);
        if let Some(key) = reencodes::<SessionKey>(bytes) {
            let last = key.expires_at;
            assert!(key.most_to_spend(last) == key.allowance.left_at(last), "nothing is renewed after the last block");
        }
    });
}

#[test]
fn mutated_signed_ticket_is_not_accepted() {
    let signed = signed_ticket();
    check!().with_type::<(Vec<(u16, u8)>, u16)>().for_each(|(changes, length)| {
        if let Some(found) = reencodes::<SignedTicket>(&mutated(signed.encode(), changes, *length)) {
            assert_eq!(found.is_signed(&GENESIS), found == signed, "only the signed ticket itself is accepted");
        }
    });
}

#[test]
fn mutated_close_row_reencodes_to_its_bytes() {
    let row = close_row().encode();
    check!().with_type::<(Vec<(u16, u8)>, u16)>().for_each(|(changes, length)| {
        reencodes::<CloseRow>(&mutated(row.clone(), changes, *length));
    });
}

#[test]
fn mutated_batch_reencodes_to_its_bytes() {
    let batch = batch().encode();
    check!().with_type::<(Vec<(u16, u8)>, u16)>().for_each(|(changes, length)| {
        reencodes_batch(&mutated(batch.clone(), changes, *length));
    });
}
