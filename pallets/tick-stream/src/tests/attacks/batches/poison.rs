//! One poisoned row, at each position: whatever is wrong with it, the others do as if it were not there.

use super::*;
pub use crate::mock::pallet_state as state;
use frame_support::storage::{with_transaction, TransactionOutcome};
use sp_runtime::MultiSignature;
use std::collections::BTreeMap;
use tick_stream_primitives::{CloseRow, CloseSignature, SessionId, SignedTicket};

/// Rows refused: kind, index, reason.
type Failures = Vec<(RowKind, u32, RowError)>;
/// The pallet's storage, key by key.
type Storage = BTreeMap<Vec<u8>, Vec<u8>>;

/// What becomes of a batch, tried and rolled back: the rows refused and the state after it.
fn tried(batch: Batch) -> (Failures, Storage) {
    with_transaction(|| {
        let refused = submit("stranger", batch);
        assert_ok!(TickStream::do_try_state());
        TransactionOutcome::Rollback(Ok::<_, sp_runtime::DispatchError>((refused, state())))
    })
    .expect("the trial itself cannot fail")
}

/// Three rows of each kind that are in order, the claims in two groups, and sessions to poison rows with.
struct Scene {
    batch: Batch,
    /// A session that is closing, one that nobody touches, and one through another gateway.
    closing: Watch,
    idle: Watch,
    elsewhere: SessionId,
    settled: Watch,
}

fn scene() -> Scene {
    ["viewer", "second-viewer"].into_iter().for_each(fund);
    register_gateway("second-gateway");
    create_stream(PRICE, Default::default());
    let mut foreign = Watch::new("viewer", 60);
    foreign.ticket.gateway = account("second-gateway");
    assert_eq!(try_open(&foreign, "viewer-session"), None);
    let closing = Watch::opened("viewer", 60);
    assert_ok!(TickStream::leave_stream(signed("viewer"), vec![closing.id].try_into().expect("one")));
    let idle = Watch::opened("viewer", 60);
    let mut watches: Vec<_> = (0..3).map(|_| Watch::opened("second-viewer", 60)).collect();
    watches.iter_mut().for_each(|watch| watch.settle(10));
    advance(7);
    let first = watches[..2].iter_mut().map(|watch| watch.claim(20)).collect::<Vec<_>>();
    let group = |stream, gateway: &str, claims: Vec<Claim>| ClaimGroup {
        stream,
        gateway: account(gateway),
        claims: claims.try_into().expect("few enough"),
    };
    let second = vec![foreign.claim(20)];
    let groups = vec![group(0, "gateway", first), group(0, "second-gateway", second)];
    let closes: Vec<_> = watches.iter().map(|watch| watch.close(Closer::Operator, "operator")).collect();
    let last = deposit_of("viewer").nonces.last;
    let opens: Vec<_> =
        (1..=3).map(|number| Watch::with_nonce("viewer", 30, last + number).signed_by("viewer-session")).collect();
    let batch = Batch {
        opens: opens.try_into().expect("three"),
        groups: groups.try_into().expect("two"),
        closes: closes.try_into().expect("three"),
    };
    let settled = watches.swap_remove(0);
    Scene { batch, closing, idle, elsewhere: foreign.id, settled }
}

/// Tickets with something wrong, of the viewer whose others are in order.
fn poisoned_opens() -> Vec<(SignedTicket, RowError)> {
    let last = deposit_of("viewer").nonces.last;
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
        (with(&|watch| watch.ticket.viewer = account("stranger")), RowError::DepositUnknown),
        (with(&|watch| watch.ticket.nonce = u64::MAX), RowError::NonceTooHigh),
        (with(&|watch| watch.ticket.nonce = 0), RowError::NonceTooOld),
        (with(&|watch| watch.ticket.nonce = last), RowError::NonceUsed),
        (with(&|watch| watch.ticket.max_ticks = u32::MAX), RowError::AllowanceTooLow),
    ]
}

/// Claims with something wrong, most of them on sessions whose claim in the batch is in order.
fn poisoned_claims(scene: &mut Scene) -> Vec<(Claim, RowError)> {
    let honest = scene.settled.claim(30);
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

fn poisoned_closes(scene: &Scene) -> Vec<(CloseRow, RowError)> {
    let eth = CloseSignature { by: Closer::Gateway, signature: MultiSignature::Eth([7; 65].into()) };
    let roles = [Closer::Gateway, Closer::Operator, Closer::Viewer, Closer::SessionKey];
    let mut rows: Vec<_> =
        roles.iter().map(|by| (scene.idle.close(*by, "stranger"), RowError::SignatureInvalid)).collect();
    rows.extend([
        (CloseRow { session: scene.settled.id, signature: Some(eth) }, RowError::SignatureInvalid),
        (CloseRow { session: SessionId::default(), signature: None }, RowError::SessionUnknown),
        (scene.idle.unsigned_close(), RowError::CloseNotDue),
        (scene.closing.unsigned_close(), RowError::AlreadyClosing),
        (scene.closing.close(Closer::Viewer, "viewer"), RowError::AlreadyClosing),
    ]);
    rows
}

/// The batch with one more row does what the batch does, and refuses that row.
fn assert_unharmed(batch: Batch, kind: RowKind, index: usize, error: RowError, clean: &BTreeMap<Vec<u8>, Vec<u8>>) {
    let (refused, state) = tried(batch);
    assert_eq!(refused, [(kind, index as u32, error)]);
    assert!(state == *clean, "{kind:?} {index} with {error:?} changed what the others did");
}

#[test]
fn poisoned_open_at_each_position_harms_no_other() {
    build_and_execute(|| {
        let scene = scene();
        let (refused, clean) = tried(scene.batch.clone());
        assert_eq!(refused, []);
        for (row, error) in poisoned_opens() {
            for index in 0..=3 {
                // Where a good ticket has the same nonce and comes first, that is what is wrong.
                let is_late = index >= 2 && row.ticket.nonce == scene.batch.opens[1].ticket.nonce;
                let is_same_viewer = row.ticket.viewer == account("viewer");
                let comes_first = [RowError::SignatureInvalid, RowError::AllowanceTooLow].contains(&error);
                let error = if is_late && is_same_viewer && comes_first { RowError::NonceUsed } else { error };
                let mut batch = scene.batch.clone();
                batch.opens.try_insert(index, row.clone()).expect("there is room");
                assert_unharmed(batch, RowKind::Open, index, error, &clean);
            }
        }
    });
}

#[test]
fn poisoned_claim_at_each_position_harms_no_other() {
    build_and_execute(|| {
        let mut scene = scene();
        let (_, clean) = tried(scene.batch.clone());
        for (row, error) in poisoned_claims(&mut scene) {
            for index in 0..=2 {
                let mut batch = scene.batch.clone();
                batch.groups[0].claims.try_insert(index, row.clone()).expect("there is room");
                assert_unharmed(batch, RowKind::Claim, index, error, &clean);
            }
        }
        let strays = [scene.elsewhere, scene.settled.id];
        for (place, session) in strays.into_iter().enumerate() {
            let stray = Claim { session, ..scene.idle.claim(20) };
            let before = if place == 0 { 0 } else { 2 };
            for index in 0..=scene.batch.groups[place].claims.len() {
                let mut batch = scene.batch.clone();
                batch.groups[place].claims.try_insert(index, stray.clone()).expect("there is room");
                assert_unharmed(batch, RowKind::Claim, before + index, RowError::GroupMismatch, &clean);
            }
        }
    });
}

#[test]
fn poisoned_group_at_each_position_harms_no_other() {
    build_and_execute(|| {
        let mut scene = scene();
        let (_, clean) = tried(scene.batch.clone());
        let claim = scene.settled.claim(30);
        for (stream, error) in [(99, RowError::StreamUnknown), (1, RowError::GroupMismatch)] {
            for place in 0..=2 {
                let claims = vec![claim.clone()].try_into().expect("one");
                let group = ClaimGroup { stream, gateway: account("gateway"), claims };
                let mut batch = scene.batch.clone();
                batch.groups.try_insert(place, group).expect("there is room");
                let index = [0, 2, 3][place];
                assert_unharmed(batch, RowKind::Claim, index, error, &clean);
            }
        }
    });
}

#[test]
fn poisoned_close_at_each_position_harms_no_other() {
    build_and_execute(|| {
        let scene = scene();
        let (_, clean) = tried(scene.batch.clone());
        for (row, error) in poisoned_closes(&scene) {
            for index in 0..=3 {
                let is_gone = index > 0 && row.session == scene.settled.id;
                let error = if is_gone { RowError::SessionUnknown } else { error };
                let mut batch = scene.batch.clone();
                batch.closes.try_insert(index, row.clone()).expect("there is room");
                assert_unharmed(batch, RowKind::Close, index, error, &clean);
            }
        }
    });
}
