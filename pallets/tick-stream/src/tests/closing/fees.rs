//! Tests of who earns the open fee when a session is removed.

use super::*;

/// Returns what the gateway and the submitter "stranger" have earned, in planck. Call it before any claim.
fn fees() -> (Balance, Balance) {
    (earned("gateway"), earned("stranger"))
}

#[test]
fn fee_goes_to_the_gateway_that_closes_its_session() {
    build_and_execute(|| {
        let watch = opened(60);
        close(vec![watch.close(Closer::Gateway, "gateway")]);
        assert_eq!(fees(), (OPEN_FEE, 0), "the submitter earns nothing");
        let watch = Watch::joined("viewer", 60);
        close(vec![watch.close(Closer::Operator, "operator")]);
        assert_eq!(fees(), (2 * OPEN_FEE, 0));
        assert_eq!(earned("operator"), 0, "the fee is the gateway's, not the operator's");
    });
}

#[test]
fn fee_of_a_silent_gateway_that_closes_its_session_is_its_own() {
    build_and_execute(|| {
        let watch = opened(60);
        advance(100 * SILENCE);
        close(vec![watch.close(Closer::Gateway, "gateway")]);
        assert_eq!(fees(), (OPEN_FEE, 0), "its signature removes the session, not the submitter");
    });
}

#[test]
fn fee_of_a_session_whose_closing_period_is_over_rewards_the_submitter() {
    build_and_execute(|| {
        let watch = opened(60);
        leave("viewer", &[watch.id]);
        advance(CLOSE_PERIOD);
        close(vec![watch.unsigned_close()]);
        assert_eq!(fees(), (OPEN_FEE - REWARD, REWARD));
    });
}

#[test]
fn fee_of_a_closing_session_that_the_gateway_removes_in_time_is_its_own() {
    build_and_execute(|| {
        let watch = opened(60);
        leave("viewer", &[watch.id]);
        advance(CLOSE_PERIOD - 1);
        close(vec![watch.close(Closer::Gateway, "gateway")]);
        assert_eq!(fees(), (OPEN_FEE, 0));
    });
}

#[test]
fn fee_of_a_session_without_ticks_left_goes_to_its_active_gateway() {
    build_and_execute(|| {
        let mut watch = opened(60);
        watch.settle(60);
        let shares = earned("gateway");
        advance(SILENCE - 1);
        close(vec![watch.unsigned_close()]);
        assert_eq!(fees(), (shares + OPEN_FEE, 0), "the gateway has claimed a few blocks ago");
    });
}

#[test]
fn fee_of_a_session_without_ticks_left_rewards_the_submitter_if_the_gateway_is_silent() {
    build_and_execute(|| {
        let mut watch = opened(60);
        watch.settle(60);
        let shares = earned("gateway");
        advance(SILENCE);
        close(vec![watch.unsigned_close()]);
        assert_eq!(fees(), (shares + OPEN_FEE - REWARD, REWARD));
    });
}

#[test]
fn gateway_that_removes_what_it_has_neglected_earns_both_parts() {
    build_and_execute(|| {
        let watch = opened(60);
        leave("viewer", &[watch.id]);
        advance(CLOSE_PERIOD);
        assert_ok!(TickStream::process_batch(signed("gateway"), batch_of_closes(vec![watch.unsigned_close()])));
        assert_eq!(fees(), (OPEN_FEE, 0));
    });
}

#[test]
fn session_without_a_fee_rewards_no_account() {
    build_and_execute(|| {
        let watch = opened(60);
        // As a session of version 1, whose fee was paid when it was opened.
        crate::Sessions::<Test>::mutate_extant(watch.id, |session| session.fee = 0);
        leave("viewer", &[watch.id]);
        advance(CLOSE_PERIOD);
        close(vec![watch.unsigned_close()]);
        assert_eq!(fees(), (0, 0));
    });
}

#[test]
fn fee_is_that_of_the_opening() {
    build_and_execute(|| {
        let watch = opened(60);
        // As after an upgrade that changes the fee: the session pays what was taken.
        crate::Sessions::<Test>::mutate_extant(watch.id, |session| session.fee -= 2);
        close(vec![watch.close(Closer::Gateway, "gateway")]);
        assert_eq!(earned("gateway"), OPEN_FEE - 2);
    });
}
