//! Vectors of rows and batches, and the JSON form of a ticket.

use crate::{
    common::{self, counting, Key, Kind, GENESIS},
    elements,
    files::{check, hex, scale},
};
use serde::Serialize;
use tick_stream_primitives::{
    session_id, ticket::close_message, Batch, Claim, ClaimGroup, CloseRow, CloseSignature, Closer, SignedTicket, Ticket,
};

#[derive(Serialize)]
pub struct TicketFields {
    viewer: String,
    session_key: String,
    nonce: String,
    stream: String,
    gateway: String,
    price_per_tick: String,
    max_ticks: u32,
    anchor: String,
    expires_at: u32,
}

impl From<&Ticket> for TicketFields {
    fn from(ticket: &Ticket) -> Self {
        Self {
            viewer: hex(&ticket.viewer),
            session_key: hex(&ticket.session_key),
            nonce: ticket.nonce.to_string(),
            stream: ticket.stream.to_string(),
            gateway: hex(&ticket.gateway),
            price_per_tick: ticket.price_per_tick.to_string(),
            max_ticks: ticket.max_ticks,
            anchor: hex(ticket.anchor),
            expires_at: ticket.expires_at,
        }
    }
}

#[derive(Serialize)]
struct Batches {
    about: &'static str,
    claims: Vec<ClaimCase>,
    closes: Vec<CloseRowCase>,
    batches: Vec<BatchCase>,
}

#[derive(Serialize)]
struct ClaimCase {
    claim: ClaimFields,
    steps: u32,
    encoded: String,
}

#[derive(Serialize)]
struct ClaimFields {
    session: String,
    from: u32,
    ticks: u32,
    proof: String,
}

#[derive(Serialize)]
struct CloseRowCase {
    close: CloseRowFields,
    encoded: String,
}

#[derive(Serialize)]
struct CloseRowFields {
    session: String,
    signature: Option<CloseSignatureFields>,
}

#[derive(Serialize)]
struct CloseSignatureFields {
    by: String,
    multi_signature: String,
}

#[derive(Serialize)]
struct BatchCase {
    name: &'static str,
    batch: BatchFields,
    size: SizeFields,
    encoded: String,
}

#[derive(Serialize)]
struct BatchFields {
    opens: Vec<OpenFields>,
    groups: Vec<GroupFields>,
    closes: Vec<CloseRowFields>,
}

#[derive(Serialize)]
struct OpenFields {
    ticket: TicketFields,
    multi_signature: String,
}

#[derive(Serialize)]
struct GroupFields {
    stream: String,
    gateway: String,
    claims: Vec<ClaimFields>,
}

#[derive(Serialize)]
struct SizeFields {
    opens: u32,
    groups: u32,
    claims: u32,
    steps: String,
    closes: u32,
}

impl From<&Claim> for ClaimFields {
    fn from(claim: &Claim) -> Self {
        Self { session: hex(claim.session.0), from: claim.from, ticks: claim.ticks, proof: hex(claim.proof) }
    }
}

impl From<&CloseRow> for CloseRowFields {
    fn from(row: &CloseRow) -> Self {
        let signature = row.signature.as_ref().map(|CloseSignature { by, signature }| CloseSignatureFields {
            by: format!("{by:?}"),
            multi_signature: scale(signature),
        });
        Self { session: hex(row.session.0), signature }
    }
}

impl From<&Batch> for BatchFields {
    fn from(batch: &Batch) -> Self {
        let open = |SignedTicket { ticket, signature }: &SignedTicket| OpenFields {
            ticket: ticket.into(),
            multi_signature: scale(signature),
        };
        let group = |group: &ClaimGroup| GroupFields {
            stream: group.stream.to_string(),
            gateway: hex(&group.gateway),
            claims: group.claims.iter().map(Into::into).collect(),
        };
        Self {
            opens: batch.opens.iter().map(open).collect(),
            groups: batch.groups.iter().map(group).collect(),
            closes: batch.closes.iter().map(Into::into).collect(),
        }
    }
}

#[test]
fn rows_and_batches_match_the_vectors() {
    let ticket = common::ticket();
    let session = ticket.session_id(&GENESIS);
    let other = session_id(&GENESIS, &counting(0x81).into(), &counting(0x31).into(), 1);
    let w = elements(&session, counting(0xe0), 10);
    let key = |kind| Key::numbered(kind, 1);

    let claim = |session, from: u32, ticks: u32, proof| Claim { session, from, ticks, proof };
    let claims =
        [claim(session, 0, 10, w[10]), claim(session, 4, 9, w[9]), claim(other, 0x0102_0304, 0x1112_1314, counting(0))];
    let closing = |by, kind| CloseRow {
        session,
        signature: Some(CloseSignature { by, signature: key(kind).sign(&close_message(&GENESIS, &session)) }),
    };
    let closes = [
        CloseRow { session, signature: None },
        closing(Closer::Gateway, Kind::Ed25519),
        closing(Closer::Operator, Kind::Ecdsa),
        closing(Closer::Viewer, Kind::Ed25519),
        closing(Closer::SessionKey, Kind::Ecdsa),
    ];
    let signature = key(Kind::Ed25519).sign(&ticket.message(&GENESIS));
    let group = |stream, claims: &[Claim]| ClaimGroup {
        stream,
        gateway: ticket.gateway.clone(),
        claims: claims.to_vec().try_into().expect("a few claims fit"),
    };
    let small = Batch {
        opens: vec![SignedTicket { ticket: ticket.clone(), signature }].try_into().expect("one ticket fits"),
        groups: vec![group(7, &claims[..2]), group(8, &claims[2..])].try_into().expect("two groups fit"),
        closes: closes[..2].to_vec().try_into().expect("two closes fit"),
    };
    let case = |name, batch: &Batch| {
        let size = batch.size();
        let size = SizeFields {
            opens: size.opens,
            groups: size.groups,
            claims: size.claims,
            steps: size.steps.to_string(),
            closes: size.closes,
        };
        BatchCase { name, batch: batch.into(), size, encoded: scale(batch) }
    };
    let vectors = Batches {
        about: "encoded = SCALE of the row or batch, fields in the order shown. A list begins with its compact length; \
                a missing signature is 0x00, one that is there 0x01 ++ by (0 Gateway, 1 Operator, 2 Viewer, 3 SessionKey) \
                ++ multi_signature. steps: the most hashes that checking may take.",
        claims: claims
            .iter()
            .map(|claim| ClaimCase { claim: claim.into(), steps: claim.steps(), encoded: scale(claim) })
            .collect(),
        closes: closes.iter().map(|row| CloseRowCase { close: row.into(), encoded: scale(row) }).collect(),
        batches: vec![case("empty", &Batch::default()), case("small", &small)],
    };
    check("batch.json", &vectors);
}
