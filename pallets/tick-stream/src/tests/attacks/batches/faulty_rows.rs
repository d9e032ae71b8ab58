//! Attacks with one faulty row, at each position: the other rows have the same effect as without it.

use super::*;
pub use crate::mock::pallet_state as state;
use frame_support::storage::{with_transaction, TransactionOutcome};
use sp_runtime::MultiSignature;
use std::collections::BTreeMap;
use tick_stream_primitives::{CloseRow, CloseSignature, SessionId, SignedTicket};

/// Refused rows: kind, index, reason.
type Failures = Vec<(RowKind, u32, RowError)>;
/// The pallet's storage, key by key.
type Storage = BTreeMap<Vec<u8>, Vec<u8>>;

/// Tries a batch and rolls it back. Returns the refused rows and the state after it.
fn tried(batch: Batch) -> (Failures, Storage) {
    with_transaction(|| {
        let refused = submit("stranger", batch);
        assert_ok!(TickStream::do_try_state());
        TransactionOutcome::Rollback(Ok::<_, sp_runtime::DispatchError>((refused, state())))
    })
    .expect("the transaction itself succeeds")
}

/// Three valid rows of each kind, the claims in two groups, and sessions for faulty rows.
struct Fixture {
    batch: Batch,
    /// Session that is closing.
    closing: Watch,
    /// Session without a row in the batch.
    idle: Watch,
    /// Session through another gateway.
    elsewhere: SessionId,
    /// Session with settled ticks, which the batch claims and closes.
    settled: Watch,
}

fn fixture() -> Fixture {
    ["viewer", "second-viewer"].into_iter().for_each(fund);
    register_gateway("second-gateway");
    create_stream(PRICE, Default::default());
    let mut foreign = Watch::new("viewer", 60);
    foreign.ticket.gateway = account("second-gateway");
    assert_eq!(try_open(&foreign, "viewer-session"), None);
    let closing = Watch::opened("viewer", 60);
    assert_ok!(TickStream::leave_stream(signed("viewer"), vec![closing.id].try_into().expect("within the bound")));
    let idle = Watch::opened("viewer", 60);
    let mut watches: Vec<_> = (0..3).map(|_| Watch::opened("second-viewer", 60)).collect();
    watches.iter_mut().for_each(|watch| watch.settle(10));
    advance(7);
    let first = watches[..2].iter_mut().map(|watch| watch.claim(20)).collect::<Vec<_>>();
    let group = |stream, gateway: &str, claims: Vec<Claim>| ClaimGroup {
        stream,
        gateway: account(gateway),
        claims: claims.try_into().expect("within the bound"),
    };
    let second = vec![foreign.claim(20)];
    let groups = vec![group(0, "gateway", first), group(0, "second-gateway", second)];
    let closes: Vec<_> = watches.iter().map(|watch| watch.close(Closer::Operator, "operator")).collect();
    let last = key_of("viewer", "viewer-session").nonces.last;
    let opens: Vec<_> =
        (1..=3).map(|number| Watch::with_nonce("viewer", 30, last + number).signed_by("viewer-session")).collect();
    let batch = Batch {
        opens: opens.try_into().expect("within the bound"),
        groups: groups.try_into().expect("within the bound"),
        closes: closes.try_into().expect("within the bound"),
    };
    let settled = watches.swap_remove(0);
    Fixture { batch, closing, idle, elsewhere: foreign.id, settled }
}

/// Returns faulty tickets of the viewer who also has valid ones in the batch.
fn faulty_opens() -> Vec<(SignedTicket, RowError)> {
    let last = key_of("viewer", "viewer-session").nonces.last;
    let with = |change: &dyn Fn(&mut Watch)| {
        let mut watch = Watch::with_nonce("viewer", 30, last + 2);
        change(&mut watch);
        watch.signed_by("viewer-session")
    };
    let eth = SignedTicket { signature: MultiSignature::Eth([7; 65].into()), ..with(&|_| ()) };
    vec![
        (eth, RowError::SignatureInvalid),
        (Watch::with_nonce("viewer", 30, last + 2).signed_by("stranger"), RowError::SignatureInvalid),
        (with(&|watch| watch.ticket.max_ticks = 0), RowError::NoTicks),
        (with(&|watch| watch.ticket.expires_at = 0), RowError::TicketExpired),
        (with(&|watch| watch.ticket.expires_at = u32::MAX), RowError::TicketTooLong),
        (with(&|watch| watch.ticket.stream = u64::MAX), RowError::StreamUnknown),
        (with(&|watch| watch.ticket.gateway = account("stranger")), RowError::GatewayUnknown),
        (with(&|watch| watch.ticket.price_per_tick = PRICE - 1), RowError::PriceAboveTicket),
        (with(&|watch| watch.ticket.viewer = account("stranger")), RowError::KeyUnknown),
        (with(&|watch| watch.ticket.session_key = account("viewer")), RowError::KeyUnknown),
        (with(&|watch| watch.ticket.nonce = u64::MAX), RowError::NonceTooHigh),
        (with(&|watch| watch.ticket.nonce = 0), RowError::NonceTooOld),
        (with(&|watch| watch.ticket.nonce = last), RowError::SessionExists),
        (with(&|watch| watch.ticket.nonce = last - 5), RowError::NonceUsed),
        (with(&|watch| watch.ticket.max_ticks = u32::MAX), RowError::AllowanceTooLow),
    ]
}

/// Returns faulty claims, most of them on a session that also has a valid claim in the batch.
fn faulty_claims(fixture: &mut Fixture) -> Vec<(Claim, RowError)> {
    let honest = fixture.settled.claim(30);
    let with = |from, ticks| Claim { from, ticks, ..honest.clone() };
    let unknown = Claim { session: SessionId::default(), ..honest.clone() };
    vec![
        (unknown, RowError::SessionUnknown),
        (with(30, 30), RowError::ClaimEmpty),
        (with(u32::MAX, 0), RowError::ClaimEmpty),
        (with(29, 30), RowError::FromAhead),
        (with(0, 10), RowError::AlreadySettled),
        (with(0, 61), RowError::AboveMaximum),
        (with(0, 21), RowError::ProofInvalid),
        (Claim { proof: [0; 32], ..honest.clone() }, RowError::ProofInvalid),
    ]
}

fn faulty_closes(fixture: &Fixture) -> Vec<(CloseRow, RowError)> {
    let eth = CloseSignature { by: Closer::Gateway, signature: MultiSignature::Eth([7; 65].into()) };
    let roles = [Closer::Gateway, Closer::Operator, Closer::Viewer, Closer::SessionKey];
    let mut rows: Vec<_> =
        roles.iter().map(|by| (fixture.idle.close(*by, "stranger"), RowError::SignatureInvalid)).collect();
    rows.extend([
        (CloseRow { session: fixture.settled.id, signature: Some(eth) }, RowError::SignatureInvalid),
        (CloseRow { session: SessionId::default(), signature: None }, RowError::SessionUnknown),
        (fixture.idle.unsigned_close(), RowError::CloseNotDue),
        (fixture.closing.unsigned_close(), RowError::AlreadyClosing),
        (fixture.closing.close(Closer::Viewer, "viewer"), RowError::AlreadyClosing),
    ]);
    rows
}

/// Checks that the batch refuses the additional row and otherwise leads to the state `clean`.
fn assert_others_unaffected(
    batch: Batch,
    kind: RowKind,
    index: usize,
    error: RowError,
    clean: &BTreeMap<Vec<u8>, Vec<u8>>,
) {
    let (refused, state) = tried(batch);
    assert_eq!(refused, [(kind, index as u32, error)]);
    assert!(state == *clean, "{kind:?} {index} with {error:?} changed the effect of other rows");
}

#[test]
fn faulty_open_at_each_position_does_not_affect_others() {
    build_and_execute(|| {
        let fixture = fixture();
        let (refused, clean) = tried(fixture.batch.clone());
        assert_eq!(refused, []);
        for (row, error) in faulty_opens() {
            for index in 0..=3 {
                // After a valid ticket of the same session, only faults of the ticket itself are found earlier.
                let session = |row: &SignedTicket| row.ticket.session_id(&genesis());
                let is_late = index >= 2 && session(&row) == session(&fixture.batch.opens[1]);
                let of_ticket = [RowError::NoTicks, RowError::TicketExpired, RowError::TicketTooLong].contains(&error);
                let error = if is_late && !of_ticket { RowError::SessionExists } else { error };
                let mut batch = fixture.batch.clone();
                batch.opens.try_insert(index, row.clone()).expect("within the bound");
                assert_others_unaffected(batch, RowKind::Open, index, error, &clean);
            }
        }
    });
}

#[test]
fn faulty_claim_at_each_position_does_not_affect_others() {
    build_and_execute(|| {
        let mut fixture = fixture();
        let (_, clean) = tried(fixture.batch.clone());
        for (row, error) in faulty_claims(&mut fixture) {
            for index in 0..=2 {
                let mut batch = fixture.batch.clone();
                batch.groups[0].claims.try_insert(index, row.clone()).expect("within the bound");
                assert_others_unaffected(batch, RowKind::Claim, index, error, &clean);
            }
        }
        let strays = [fixture.elsewhere, fixture.settled.id];
        for (place, session) in strays.into_iter().enumerate() {
            let stray = Claim { session, ..fixture.idle.claim(20) };
            let before = if place == 0 { 0 } else { 2 };
            for index in 0..=fixture.batch.groups[place].claims.len() {
                let mut batch = fixture.batch.clone();
                batch.groups[place].claims.try_insert(index, stray.clone()).expect("within the bound");
                assert_others_unaffected(batch, RowKind::Claim, before + index, RowError::GroupMismatch, &clean);
            }
        }
    });
}

#[test]
fn faulty_group_at_each_position_does_not_affect_others() {
    build_and_execute(|| {
        let mut fixture = fixture();
        let (_, clean) = tried(fixture.batch.clone());
        let claim = fixture.settled.claim(30);
        for (stream, error) in [99, 1].map(|stream| (stream, RowError::GroupMismatch)) {
            for place in 0..=2 {
                let claims = vec![claim.clone()].try_into().expect("within the bound");
                let group = ClaimGroup { stream, gateway: account("gateway"), claims };
                let mut batch = fixture.batch.clone();
                batch.groups.try_insert(place, group).expect("within the bound");
                let index = [0, 2, 3][place];
                assert_others_unaffected(batch, RowKind::Claim, index, error, &clean);
            }
        }
    });
}

#[test]
fn faulty_close_at_each_position_does_not_affect_others() {
    build_and_execute(|| {
        let fixture = fixture();
        let (_, clean) = tried(fixture.batch.clone());
        for (row, error) in faulty_closes(&fixture) {
            for index in 0..=3 {
                let is_gone = index > 0 && row.session == fixture.settled.id;
                let error = if is_gone { RowError::SessionUnknown } else { error };
                let mut batch = fixture.batch.clone();
                batch.closes.try_insert(index, row.clone()).expect("within the bound");
                assert_others_unaffected(batch, RowKind::Close, index, error, &clean);
            }
        }
    });
}
