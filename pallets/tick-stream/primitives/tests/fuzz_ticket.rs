//! Whatever bytes arrive, decoding does not panic, and what is decoded encodes to the same bytes: there are no two
//! spellings of a ticket, a row or a batch.
//!
//! The ordinary test run tries random inputs for a second a test. To replay a failure, or to go on for longer:
//!
//! ```text
//! BOLERO_RANDOM_SEED=… cargo nextest run -p tick-stream-primitives --test fuzz_ticket arbitrary_batch_works
//! BOLERO_RANDOM_TEST_TIME_MS=600000 cargo test -p tick-stream-primitives --test fuzz_ticket
//! ```
//!
//! `BOLERO_RANDOM_ITERATIONS` bounds by count instead of time, `BOLERO_RANDOM_MAX_LEN` (4,096) the length of an input.
//! Guided by coverage, on the stable compiler (`cargo install cargo-bolero`):
//!
//! ```text
//! cargo bolero test -p tick-stream-primitives arbitrary_batch_works --engine libfuzzer --sanitizer NONE --time 600
//! ```
//!
//! Inputs found that way lie in `tests/__fuzz__/<test>/{corpus,crashes}` and are tried first in each ordinary run.

mod common;

use bolero::check;
use codec::{Decode, DecodeAll, Encode, MaxEncodedLen};
use common::{counting, Key, Kind, GENESIS};
use tick_stream_primitives::{
    ticket::close_message, Batch, Claim, ClaimGroup, CloseRow, CloseSignature, Closer, SignedTicket,
};

/// Decodes the beginning of `bytes`; if that is a `T`, it must encode to exactly the bytes it was read from.
fn reencodes<T: Encode + Decode + MaxEncodedLen>(bytes: &[u8]) -> Option<T> {
    let mut rest = bytes;
    let value = T::decode(&mut rest).ok()?;
    let read = &bytes[..bytes.len() - rest.len()];
    assert_eq!(value.encode(), read);
    assert_eq!(value.encoded_size(), read.len());
    assert!(read.len() <= T::max_encoded_len());
    assert!(T::decode_all(&mut &read[..read.len() - 1]).is_err(), "no value is the beginning of another");
    Some(value)
}

/// What a batch can be asked must not panic either.
fn reencodes_batch(bytes: &[u8]) {
    if let Some(batch) = reencodes::<Batch>(bytes) {
        let size = batch.size();
        assert_eq!(size.opens == 0 && size.groups == 0 && size.closes == 0, batch.is_empty());
        let _ = size.is_within_limits();
    }
}

/// The bytes with some of them changed: `(place, mask)` each.
fn mutated(mut bytes: Vec<u8>, changes: &[(u16, u8)], length: u16) -> Vec<u8> {
    for (place, mask) in changes {
        let place = usize::from(*place) % bytes.len();
        bytes[place] ^= mask;
    }
    bytes.truncate(usize::from(length).max(1));
    bytes
}

fn signed_ticket() -> SignedTicket {
    let ticket = common::ticket();
    let signature = Key::numbered(Kind::Ed25519, 1).sign(&ticket.message(&GENESIS));
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
fn arbitrary_signed_ticket_works() {
    let stranger = Key::numbered(Kind::Sr25519, 1).account();
    check!().for_each(|bytes: &[u8]| {
        if let Some(signed) = reencodes::<SignedTicket>(bytes) {
            assert!(!signed.is_signed_by(&stranger, &GENESIS));
        }
    });
}

#[test]
fn arbitrary_close_row_works() {
    check!().for_each(|bytes: &[u8]| {
        reencodes::<CloseRow>(bytes);
    });
}

#[test]
fn arbitrary_batch_works() {
    check!().for_each(reencodes_batch);
}

#[test]
fn mutated_signed_ticket_works() {
    let signed = signed_ticket();
    let key = Key::numbered(Kind::Ed25519, 1).account();
    check!().with_type::<(Vec<(u16, u8)>, u16)>().for_each(|(changes, length)| {
        if let Some(found) = reencodes::<SignedTicket>(&mutated(signed.encode(), changes, *length)) {
            assert_eq!(found.is_signed_by(&key, &GENESIS), found == signed, "only the ticket that was signed");
        }
    });
}

#[test]
fn mutated_close_row_works() {
    let row = close_row().encode();
    check!().with_type::<(Vec<(u16, u8)>, u16)>().for_each(|(changes, length)| {
        reencodes::<CloseRow>(&mutated(row.clone(), changes, *length));
    });
}

#[test]
fn mutated_batch_works() {
    let batch = batch().encode();
    check!().with_type::<(Vec<(u16, u8)>, u16)>().for_each(|(changes, length)| {
        reencodes_batch(&mutated(batch.clone(), changes, *length));
    });
}
