//! Attacks of parties that close, leave or deregister at the wrong time.

use super::*;
use crate::Error;
use frame_support::assert_noop;
use tick_stream_primitives::{CloseRow, GatewayStatus, SessionId};

const CLOSE_PERIOD: u32 = 10;

/// Submits one close as "stranger". Returns why it was refused, if so.
fn try_close(row: CloseRow) -> Option<RowError> {
    submit("stranger", batch_of_closes(vec![row])).pop().map(|(_, _, error)| error)
}

fn leave(viewer: &str, id: SessionId) {
    assert_ok!(TickStream::leave_stream(signed(viewer), vec![id].try_into().expect("within the bound")));
}

fn is_open(watch: &Watch) -> bool {
    crate::Sessions::<Test>::contains_key(watch.id)
}

#[test]
fn close_needs_a_valid_signature_regardless_of_the_submitter() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let before = session_of(watch.id);
        let roles = [Closer::Gateway, Closer::Operator, Closer::Viewer, Closer::SessionKey];
        let mut rows: Vec<_> = roles.iter().map(|by| watch.close(*by, "stranger")).collect();
        rows.push(watch.unsigned_close());
        for submitter in ["operator", "gateway", "viewer"] {
            let errors: Vec<_> =
                submit(submitter, batch_of_closes(rows.clone())).into_iter().map(|(_, _, error)| error).collect();
            let invalid = RowError::SignatureInvalid;
            assert_eq!(errors, [invalid, invalid, invalid, invalid, RowError::CloseNotDue], "{submitter}");
        }
        assert_eq!(session_of(watch.id), before);
    });
}

#[test]
fn close_signed_in_the_role_of_another_account_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let swapped = [
            (Closer::Gateway, "viewer"),
            (Closer::Gateway, "operator"),
            (Closer::Operator, "gateway"),
            (Closer::Operator, "viewer-session"),
            (Closer::Viewer, "gateway"),
            (Closer::SessionKey, "viewer"),
        ];
        for (by, name) in swapped {
            assert_eq!(try_close(watch.close(by, name)), Some(RowError::SignatureInvalid), "{by:?} by {name}");
        }
    });
}

#[test]
fn leaving_does_not_release_the_reserve_before_the_closing_period_is_over() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 600);
        advance(30);
        assert_eq!(try_close(watch.close(Closer::SessionKey, "viewer-session")), None);
        assert_eq!(try_close(watch.close(Closer::Viewer, "viewer")), Some(RowError::AlreadyClosing));
        leave("viewer", watch.id);
        advance(CLOSE_PERIOD - 1);
        assert_eq!(
            try_close(watch.unsigned_close()),
            Some(RowError::AlreadyClosing),
            "the closing period is not over yet"
        );
        let free = deposit_of("viewer").free;
        assert_noop!(TickStream::withdraw(signed("viewer"), free + 1), Error::<Test>::FundsTooLow);
        assert_eq!(try_claim(&mut watch, 30), None, "revealed ticks are paid");
        advance(1);
        assert_eq!(try_close(watch.unsigned_close()), None);
        assert!(!is_open(&watch));
        assert_eq!(deposit_of("viewer").free, free + 570 * PRICE);
    });
}

#[test]
fn leaving_again_does_not_change_the_closing_period() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 600);
        leave("viewer", watch.id);
        let closing = session_of(watch.id).closing;
        advance(5);
        leave("viewer", watch.id);
        assert_eq!(session_of(watch.id).closing, closing);
        assert_eq!(try_close(watch.close(Closer::Viewer, "viewer")), Some(RowError::AlreadyClosing));
        assert_eq!(session_of(watch.id).closing, closing);
    });
}

#[test]
fn opening_and_leaving_without_paying_costs_the_gateway_nothing() {
    build_and_execute(|| {
        fund("viewer");
        for round in 1..=20 {
            let watch = Watch::opened("viewer", 600);
            leave("viewer", watch.id);
            end(&watch);
            assert_eq!(earned("gateway"), round * OPEN_FEE);
            assert_eq!(
                deposit_of("viewer").free,
                DEPOSIT - round * OPEN_FEE,
                "the reserve is returned, the fee is not"
            );
        }
        assert_eq!(earned("operator") + earned("creator") + earned("treasury"), 0);
        let now = pallet_timestamp::Now::<Test>::get();
        assert!(key_of("viewer", "viewer-session").paid_until <= now, "the next session can start now");
    });
}

#[test]
fn time_after_closing_started_cannot_be_claimed() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 600);
        advance(10);
        leave("viewer", watch.id);
        advance(5);
        assert_eq!(try_claim(&mut watch, 71), Some(RowError::TooFast), "time after closing started does not count");
        assert_eq!(try_claim(&mut watch, 70), None);
    });
}

#[test]
fn stalled_chain_does_not_use_up_the_closing_period() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 90_000);
        advance(30);
        leave("viewer", watch.id);
        stall(50_000);
        assert_eq!(try_close(watch.unsigned_close()), Some(RowError::AlreadyClosing), "no block has passed yet");
        assert_eq!(try_claim(&mut watch, 91), Some(RowError::TooFast), "the time of the standstill does not count");
        advance(1);
        assert_eq!(try_claim(&mut watch, 90), None);
        advance(CLOSE_PERIOD - 2);
        assert_eq!(try_close(watch.unsigned_close()), Some(RowError::AlreadyClosing));
        advance(1);
        assert_eq!(try_close(watch.unsigned_close()), None);
        assert_eq!(owned("viewer"), deposit_of("viewer").free);
    });
}

#[test]
fn stalled_chain_does_not_make_a_gateway_silent() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        stall(50_000);
        let claim = watch.claim(30);
        assert!(submit("stranger", batch_of_claims(vec![claim])).is_empty());
        assert_eq!(earned("stranger"), 0);
    });
}

#[test]
fn unsigned_close_is_refused_until_the_session_is_older_than_its_ticks() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        advance(60);
        assert_eq!(try_close(watch.unsigned_close()), Some(RowError::CloseNotDue));
        pallet_timestamp::Now::<Test>::mutate(|now| *now += 1);
        assert_eq!(try_close(watch.unsigned_close()), None, "the session is older than its ticks");
        assert!(is_open(&watch), "the session only starts to close");
        assert_eq!(try_close(watch.unsigned_close()), Some(RowError::AlreadyClosing));
        advance(CLOSE_PERIOD - 1);
        assert_eq!(try_claim(&mut watch, 60), None);
        assert_eq!(try_close(watch.unsigned_close()), None, "all ticks are settled, so it is removed");
        assert!(!is_open(&watch));
    });
}

#[test]
fn unsigned_close_of_a_session_that_starts_later_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let mut first = Watch::opened("viewer", 60);
        first.settle(60);
        end(&first);
        let second = Watch::opened("viewer", 1);
        advance(61);
        assert_eq!(try_close(second.unsigned_close()), Some(RowError::CloseNotDue));
        advance(1);
        assert_eq!(try_close(second.unsigned_close()), None);
    });
}

#[test]
fn close_signature_is_refused_for_a_later_session() {
    build_and_execute(|| {
        fund("viewer");
        let first = Watch::opened("viewer", 60);
        let signers = [(Closer::Gateway, "gateway"), (Closer::Operator, "operator"), (Closer::Viewer, "viewer")];
        let old: Vec<_> = signers.iter().map(|(by, name)| first.close(*by, name)).collect();
        end(&first);
        let second = Watch::opened("viewer", 60);
        for row in old {
            assert_eq!(try_close(row.clone()), Some(RowError::SessionUnknown));
            let replayed = CloseRow { session: second.id, ..row };
            assert_eq!(try_close(replayed), Some(RowError::SignatureInvalid));
        }
        assert!(session_of(second.id).closing.is_none());
    });
}

#[test]
fn removed_session_id_cannot_be_opened_again() {
    build_and_execute(|| {
        fund("viewer");
        let first = Watch::opened("viewer", 60);
        end(&first);
        let again = Watch::with_nonce("viewer", 60, first.ticket.nonce);
        assert_eq!(again.id, first.id);
        assert_eq!(try_open(&again, "viewer-session"), Some(RowError::NonceUsed));
        let far = Watch::with_nonce("viewer", 60, first.ticket.nonce + 64);
        assert_eq!(try_open(&far, "viewer-session"), None);
        assert_eq!(try_open(&again, "viewer-session"), Some(RowError::NonceTooOld));
    });
}

#[test]
fn removed_session_id_of_the_wallet_cannot_be_opened_again() {
    build_and_execute(|| {
        fund("viewer");
        let first = Watch::joined("viewer", 60);
        end(&first);
        let join = |nonce| {
            let ticket = Watch::create("viewer", "viewer", 60, nonce).ticket;
            TickStream::join_stream(signed("viewer"), ticket)
        };
        assert_noop!(join(first.ticket.nonce), Error::<Test>::NonceInvalid);
        assert_ok!(join(first.ticket.nonce + 64));
        assert_noop!(join(first.ticket.nonce), Error::<Test>::NonceInvalid);
    });
}

#[test]
fn bond_is_returned_once() {
    build_and_execute(|| {
        fund("viewer");
        register_gateway("second-gateway");
        let mut watch = Watch::opened("viewer", 60);
        let leave = || TickStream::deregister_gateway(signed("gateway"));
        assert_ok!(leave());
        assert_noop!(leave(), Error::<Test>::GatewayInactive);
        assert_eq!(earned("gateway"), 0, "the bond is held while a session is open");
        let endpoint = b"https://gateway.example".to_vec().try_into().expect("within the bound");
        let again = TickStream::register_gateway(signed("gateway"), endpoint, account("operator"));
        assert_eq!(again, Err(Error::<Test>::GatewayExists.into()));
        assert_eq!(try_open(&Watch::new("viewer", 10), "viewer-session"), Some(RowError::GatewayInactive));
        assert_eq!(try_claim(&mut watch, 30), None, "claims are still settled");
        let shares = earned("gateway");
        end(&watch);
        assert_eq!(earned("gateway"), shares + 5_000 + OPEN_FEE);
        assert_noop!(leave(), Error::<Test>::GatewayUnknown);
        assert_eq!(try_close(watch.close(Closer::Gateway, "gateway")), Some(RowError::SessionUnknown));
        assert_ok!(TickStream::payout(signed("stranger"), account("gateway")));
        assert_noop!(TickStream::payout(signed("stranger"), account("gateway")), Error::<Test>::NothingEarned);
        let second = crate::Gateways::<Test>::get(account("second-gateway")).expect("the gateway is registered");
        assert_eq!((second.bond, second.status), (5_000, GatewayStatus::Active), "the other bond is unchanged");
    });
}

#[test]
fn close_of_a_former_operator_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let signed_before = watch.close(Closer::Operator, "operator");
        let update = crate::GatewayUpdate { operator: Some(account("stranger")), ..Default::default() };
        assert_ok!(TickStream::update_gateway(signed("gateway"), update));
        assert_eq!(try_close(signed_before), Some(RowError::SignatureInvalid));
        assert!(is_open(&watch));
    });
}

#[test]
fn leaving_the_session_of_another_viewer_is_refused() {
    build_and_execute(|| {
        fund("viewer");
        fund("second-viewer");
        let own = Watch::opened("second-viewer", 60);
        let foreign = Watch::opened("viewer", 60);
        let ids = vec![own.id, foreign.id, SessionId::default()].try_into().expect("within the bound");
        assert_noop!(TickStream::leave_stream(signed("second-viewer"), ids), Error::<Test>::NotYourSession);
        assert!(session_of(own.id).closing.is_none(), "none of the sessions starts to close");
        let gone = vec![SessionId::default(); 16].try_into().expect("within the bound");
        assert_ok!(TickStream::leave_stream(signed("second-viewer"), gone));
    });
}

#[test]
fn closing_twice_in_one_batch_refunds_once() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let free = deposit_of("viewer").free;
        let rows = vec![watch.close(Closer::Gateway, "gateway"); 3];
        let failed = submit("operator", batch_of_closes(rows));
        assert_eq!(failed, [1, 2].map(|index| (RowKind::Close, index, RowError::SessionUnknown)));
        assert_eq!(deposit_of("viewer").free, free + 60 * PRICE);
    });
}

/// The pallet cannot prevent this: any account that sees a gateway's close can have it included before the claims sent
/// with it, and the unclaimed reserve returns to the viewer. So the node's pool offers a close only when the session's
/// last claim is final.
#[test]
fn gateways_close_that_overtakes_its_last_claim_forfeits_the_claim() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::opened("viewer", 60);
        let mut last = batch_of_claims(vec![watch.claim(30)]);
        let close = watch.close(Closer::Gateway, "gateway");
        last.closes = vec![close.clone()].try_into().expect("within the bound");
        let before = owned("viewer");
        assert_eq!(try_close(close), None, "the close is copied from the batch below, which is still in the pool");
        let failed = submit("operator", last);
        let unknown = |kind| (kind, 0, RowError::SessionUnknown);
        assert_eq!(failed, [unknown(RowKind::Claim), unknown(RowKind::Close)]);
        assert_eq!(owned("viewer"), before);
    });
}

/// The attacker posts a ticket with another anchor than the gateway was offered. The gateway cannot serve its session and
/// does not close it, and the attacker removes it to get the open fee back.
#[test]
fn session_that_its_gateway_does_not_know_pays_the_gateway_all_the_same() {
    build_and_execute(|| {
        fund("viewer");
        let offered = Watch::new("viewer", 60);
        let mut posted = Watch::new("viewer", 60);
        posted.ticket.anchor = [5; 32];
        assert_eq!(try_open(&posted, "viewer-session"), None);
        assert_eq!(try_open(&offered, "viewer-session"), Some(RowError::SessionExists));
        leave("viewer", posted.id);
        advance(CLOSE_PERIOD);
        assert_eq!(submit("viewer", batch_of_closes(vec![posted.unsigned_close()])), []);
        let lost = DEPOSIT - owned("viewer") - earned("viewer");
        assert_eq!((earned("gateway"), lost), (OPEN_FEE - REWARD, OPEN_FEE - REWARD));
    });
}
