//! Attacks that copy rows out of a batch in the transaction pool and have the copies included first.

use super::*;
use crate::WeightInfo;
use frame_support::weights::constants::RocksDbWeight;
use tick_stream_primitives::BatchSize;

/// Closing period in blocks.
const CLOSE_PERIOD: u32 = 10;

/// Returns what each of `rows` refused rows added to the weight `used` of a batch, in picoseconds.
fn per_refused_row(used: Weight, rows: u64) -> u64 {
    used.saturating_sub(weight_of_no_rows()).ref_time() / rows
}

/// Returns what rows that are carried out add to the weight of a batch, in picoseconds.
fn weight_of_rows(rows: BatchSize) -> u64 {
    TickStream::rows_weight(&rows, 0).ref_time()
}

/// Returns what one ticket that is opened adds, in picoseconds.
fn open_weight() -> u64 {
    weight_of_rows(BatchSize { opens: 1, ..Default::default() })
}

/// Returns signed tickets of "viewer" with consecutive nonces.
fn tickets(count: u64) -> Vec<Watch> {
    let first = key_of("viewer", "viewer-session").nonces.next();
    (first..first + count).map(|nonce| Watch::with_nonce("viewer", 60, nonce)).collect()
}

fn opens(watches: &[Watch]) -> Batch {
    batch_of_opens(watches.iter().map(|watch| watch.signed_by("viewer-session")).collect())
}

/// The attacker copies all tickets of an operator's batch, gets in first, and hopes for the open fees.
#[test]
fn copied_tickets_earn_nothing() {
    build_and_execute(|| {
        fund("viewer");
        let watches = tickets(8);
        assert_eq!(submit("stranger", opens(&watches)), []);
        assert_eq!(crate::Earnings::<Test>::iter().count(), 0, "opening pays no account");
        let closes = watches.iter().map(|watch| watch.close(Closer::Operator, "operator")).collect();
        assert_eq!(submit("operator", batch_of_closes(closes)), []);
        assert_eq!(
            (earned("stranger"), earned("gateway")),
            (0, 8 * OPEN_FEE),
            "the gateway is paid, as if it had opened"
        );
    });
}

/// After the copies the operator's own rows are refused. The attacker wants it to pay for them all the same.
#[test]
fn original_of_copied_tickets_costs_a_fifth_at_most() {
    build_and_execute(|| {
        fund("viewer");
        let watches = tickets(8);
        let original = opens(&watches);
        assert_eq!(submit("stranger", original.clone()), []);
        let used = weight_of("operator", original);
        assert_eq!(failures().len(), 8);
        assert!(failures().iter().all(|(_, _, error)| *error == RowError::SessionExists));
        let refused = per_refused_row(used, 8);
        assert!(refused * 5 < open_weight(), "{refused} of {}", open_weight());
    });
}

/// The attacker opens the copies and has the sessions closed by their key before the original arrives, so that the
/// sessions do not exist any more and the nonce decides.
#[test]
fn original_of_copied_tickets_whose_sessions_are_gone_costs_a_quarter_at_most() {
    build_and_execute(|| {
        fund("viewer");
        let watches = tickets(8);
        let original = opens(&watches);
        assert_eq!(submit("stranger", original.clone()), []);
        watches.iter().for_each(end);
        let used = weight_of("operator", original);
        assert!(failures().iter().all(|(_, _, error)| *error == RowError::NonceUsed));
        let refused = per_refused_row(used, 8);
        assert!(refused * 4 < open_weight(), "{refused} of {}", open_weight());
    });
}

/// What a refused row is charged must still cover the entries that it reads, or refused rows would be a cheap load.
#[test]
fn refused_tickets_pay_for_their_lookups() {
    type W = ();
    let per_row = |weight: fn(u32) -> Weight| weight(2).saturating_sub(weight(1)).ref_time();
    let reads = |count| RocksDbWeight::get().reads(count).ref_time();
    assert!(per_row(W::process_batch_looked_up) >= reads(2), "the session, and its key or gateway");
    assert!(per_row(W::process_batch_checked) >= reads(5), "session, key, deposit, stream and gateway");
}

/// The attacker copies the close that a gateway signed.
#[test]
fn copied_close_of_the_gateway_earns_nothing() {
    build_and_execute(|| {
        fund("viewer");
        let mut settled = Watch::opened("viewer", 60);
        let idle = Watch::opened("viewer", 60);
        settled.settle(60);
        let shares = earned("gateway");
        advance(100);
        // Both sessions have been without a claim for long: only the signature removes the second one.
        let rows = vec![idle.close(Closer::Gateway, "gateway")];
        assert_eq!(submit("stranger", batch_of_closes(rows.clone())), []);
        assert_eq!((earned("stranger"), earned("gateway")), (0, shares + OPEN_FEE));
        let used = weight_of("operator", batch_of_closes(rows));
        let close = weight_of_rows(BatchSize { closes: 1, ..Default::default() });
        let refused = per_refused_row(used, 1);
        assert!(refused * 5 < close, "{refused} of {close}");
    });
}

/// A gateway claims all ticks of a session and closes it in one batch; the attacker copies the claim alone, and then
/// removes the session, whose ticks are all settled.
#[test]
fn copied_final_claim_earns_nothing() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let claim = watch.claim(60);
        assert_eq!(submit("stranger", batch_of_claims(vec![claim.clone()])), []);
        assert_eq!(submit("stranger", batch_of_closes(vec![watch.unsigned_close()])), []);
        assert_eq!(earned("stranger"), 0);
        assert!(earned("gateway") > OPEN_FEE, "its share, the submitter's part and the fee");
        let used = weight_of("operator", batch_of_claims(vec![claim]));
        let honest = weight_of_rows(BatchSize { groups: 1, claims: 1, steps: 60, ..Default::default() });
        let refused = per_refused_row(used, 1);
        assert!(refused * 5 < honest, "{refused} of {honest}");
    });
}

/// The viewer's own close is copied: it starts the closing period, as the original would have. The gateway still has
/// the whole period to claim and to remove the session for the fee.
#[test]
fn copied_close_of_the_viewer_earns_nothing_within_the_closing_period() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let row = watch.close(Closer::SessionKey, "viewer-session");
        assert_eq!(submit("stranger", batch_of_closes(vec![row])), []);
        advance(CLOSE_PERIOD - 1);
        let early = batch_of_closes(vec![watch.unsigned_close()]);
        assert_eq!(submit("stranger", early), [(RowKind::Close, 0, RowError::AlreadyClosing)]);
        assert_eq!(try_claim(&mut watch, 30), None);
        end(&watch);
        assert_eq!(earned("stranger"), 0);
    });
}

/// The attacker watches a wallet's `join_stream` and tries to open its ticket in a batch.
#[test]
fn wallets_ticket_cannot_be_opened_in_a_batch() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::of_wallet("viewer", 60);
        for signer in ["viewer", "stranger", "viewer-session"] {
            assert_eq!(try_open(&watch, signer), Some(RowError::KeyUnknown));
        }
        assert_ok!(TickStream::join_stream(signed("viewer"), watch.ticket));
    });
}

/// The viewer opens from the wallet to avoid the open fee, and the gateway pays for claims and the close.
#[test]
fn join_stream_pays_the_open_fee() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::joined("viewer", 60);
        assert_eq!(DEPOSIT - owned("viewer"), OPEN_FEE);
        end(&watch);
        assert_eq!((earned("gateway"), deposit_of("viewer").free), (OPEN_FEE, DEPOSIT - OPEN_FEE));
    });
}

/// Streams, sessions and claims of one tick each, so that every claim needs a group of its own.
#[test]
fn claims_of_one_tick_refund_the_weight_of_their_groups() {
    build_and_execute(|| {
        fund("viewer");
        let mut groups = Vec::new();
        for stream in 0..8 {
            let stream = if stream == 0 { 0 } else { create_stream(PRICE, Default::default()) };
            let mut watch = Watch::new("viewer", 60);
            watch.ticket.stream = stream;
            assert_eq!(try_open(&watch, "viewer-session"), None);
            let mut group = batch_of_claims(vec![watch.claim(1)]).groups.remove(0);
            group.stream = stream;
            groups.push(group);
        }
        let batch = Batch { groups: groups.try_into().expect("within the bound"), ..Default::default() };
        let size = batch.size();
        let declared = TickStream::batch_weight(&size);
        let used = weight_of("operator", batch.clone());
        assert_eq!(used, weight_with_splits(&size, 0), "no stream has splits");
        assert!(used.ref_time() * 2 < declared.ref_time(), "{used} of {declared}");
        let again = weight_of("operator", batch);
        assert_eq!(
            again,
            weight_of_no_rows().saturating_add(looked_up_weight(8)),
            "nothing of a group is used a second time"
        );
    });
}
