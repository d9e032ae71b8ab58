//! Vectors of tickets and of what is signed to close a session.

use crate::{
    batches::TicketFields,
    common::{self, counting, Key, Kind, GENESIS, OTHER_GENESIS},
    files::{check, hex, scale},
    sign,
};
use serde::Serialize;
use tick_stream_primitives::{
    ticket::{close_message, wrapped},
    AccountId, SessionId, SignedTicket, Ticket,
};

const TICKETS: &str = "tickets.json";

#[derive(Serialize)]
struct Tickets {
    about: &'static str,
    domain: &'static str,
    cases: Vec<TicketCase>,
}

#[derive(Serialize)]
struct TicketCase {
    name: &'static str,
    genesis: String,
    ticket: TicketFields,
    encoded: String,
    session_id: String,
    message: String,
    wrapped: String,
    signature: Option<TicketSignature>,
}

#[derive(Serialize)]
struct TicketSignature {
    kind: &'static str,
    seed: String,
    deterministic: bool,
    multi_signature: String,
    signed_ticket: String,
}

/// Encodes a ticket by hand, as the protocol describes it and independently of the code.
fn ticket_by_hand(ticket: &Ticket) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(ticket.viewer.as_ref());
    bytes.extend_from_slice(ticket.session_key.as_ref());
    bytes.extend_from_slice(&ticket.nonce.to_le_bytes());
    bytes.extend_from_slice(&ticket.stream.to_le_bytes());
    bytes.extend_from_slice(ticket.gateway.as_ref());
    bytes.extend_from_slice(&ticket.price_per_tick.to_le_bytes());
    bytes.extend_from_slice(&ticket.max_ticks.to_le_bytes());
    bytes.extend_from_slice(&ticket.anchor);
    bytes.extend_from_slice(&ticket.expires_at.to_le_bytes());
    bytes
}

/// Signs a ticket with its session key, and checks that the chain accepts the signature.
fn signature(name: &str, key: &Key, genesis: &[u8; 32], ticket: &Ticket) -> TicketSignature {
    let signature = sign(key, TICKETS, "cases", name, &ticket.message(genesis));
    let signed = SignedTicket { ticket: ticket.clone(), signature };
    assert!(signed.is_signed(genesis), "{name}");
    TicketSignature {
        kind: key.kind.name(),
        seed: hex(key.seed),
        deterministic: key.is_deterministic(),
        multi_signature: scale(&signed.signature),
        signed_ticket: scale(&signed),
    }
}

fn ticket_case(name: &'static str, genesis: [u8; 32], ticket: &Ticket, key: Option<&Key>) -> TicketCase {
    let message = ticket.message(&genesis);
    assert_eq!(message, [b"vilokanam/ticket/v2", &genesis[..], &ticket_by_hand(ticket)].concat());
    TicketCase {
        name,
        genesis: hex(genesis),
        ticket: ticket.into(),
        encoded: scale(ticket),
        session_id: hex(ticket.session_id(&genesis).0),
        wrapped: hex(wrapped(&message)),
        message: hex(message),
        signature: key.map(|key| signature(name, key, &genesis, ticket)),
    }
}

#[test]
fn tickets_match_the_vectors() {
    let usual = common::ticket();
    let browser = common::session_key();
    let of_key = |key: &Key| Ticket { session_key: key.account(), ..usual.clone() };
    let (sr25519, ecdsa) = (Key::numbered(Kind::Sr25519, 1), Key::numbered(Kind::Ecdsa, 1));
    let wallet = Key::numbered(Kind::Sr25519, 2);
    let of_wallet = Ticket { viewer: wallet.account(), session_key: wallet.account(), ..usual.clone() };
    let positional = Ticket {
        session_key: counting(0x31).into(),
        nonce: 0x0102_0304_0506_0708,
        stream: 0x1112_1314_1516_1718,
        price_per_tick: 0x2122_2324_2526_2728_292a_2b2c_2d2e_2f30,
        max_ticks: 0x3132_3334,
        expires_at: 0x4142_4344,
        ..usual.clone()
    };
    let none = AccountId::from([0; 32]);
    let all = AccountId::from([0xff; 32]);
    let smallest = Ticket {
        viewer: none.clone(),
        session_key: none.clone(),
        nonce: 0,
        stream: 0,
        gateway: none,
        price_per_tick: 0,
        max_ticks: 0,
        anchor: [0; 32],
        expires_at: 0,
    };
    let largest = Ticket {
        viewer: all.clone(),
        session_key: all.clone(),
        nonce: u64::MAX,
        stream: u64::MAX,
        gateway: all,
        price_per_tick: u128::MAX,
        max_ticks: u32::MAX,
        anchor: [0xff; 32],
        expires_at: u32::MAX,
    };
    let vectors = Tickets {
        about: "encoded = SCALE(ticket), the fields in the order shown, integers little-endian of fixed width. \
                message = domain ++ genesis ++ encoded is what the session key signs; wrapped = '<Bytes>' ++ message ++ \
                '</Bytes>' is accepted as well. signature is made by the session key over message, with the secret seed \
                (see signatures.json); signed_ticket = encoded ++ multi_signature is the row of a batch that opens the \
                session. session_key is the viewer itself if the wallet opens the session.",
        domain: "vilokanam/ticket/v2",
        cases: vec![
            ticket_case("usual", GENESIS, &usual, Some(&browser)),
            ticket_case("on another chain", OTHER_GENESIS, &usual, Some(&browser)),
            ticket_case("of an sr25519 session key", GENESIS, &of_key(&sr25519), Some(&sr25519)),
            ticket_case("of an ecdsa session key", GENESIS, &of_key(&ecdsa), Some(&ecdsa)),
            ticket_case("of the wallet itself", GENESIS, &of_wallet, Some(&wallet)),
            ticket_case("every byte in its place", counting(0), &positional, None),
            ticket_case("smallest", [0; 32], &smallest, None),
            ticket_case("largest", [0xff; 32], &largest, None),
        ],
    };
    check(TICKETS, &vectors);
}

#[derive(Serialize)]
struct Closes {
    about: &'static str,
    domain: &'static str,
    cases: Vec<CloseCase>,
}

#[derive(Serialize)]
struct CloseCase {
    genesis: String,
    session_id: String,
    message: String,
    wrapped: String,
}

#[test]
fn closes_match_the_vectors() {
    let case = |genesis: [u8; 32], session: SessionId| {
        let message = close_message(&genesis, &session);
        assert_eq!(message, [b"vilokanam/close/v1", &genesis[..], &session.0[..]].concat());
        CloseCase {
            genesis: hex(genesis),
            session_id: hex(session.0),
            wrapped: hex(wrapped(&message)),
            message: hex(message),
        }
    };
    let session = common::ticket().session_id(&GENESIS);
    let vectors = Closes {
        about:
            "message = domain ++ genesis ++ session_id is signed to close a session; wrapped = '<Bytes>' ++ message ++ \
                '</Bytes>' is accepted as well.",
        domain: "vilokanam/close/v1",
        cases: vec![case(GENESIS, session), case(OTHER_GENESIS, session), case([0; 32], SessionId([0; 16]))],
    };
    check("closes.json", &vectors);
}
