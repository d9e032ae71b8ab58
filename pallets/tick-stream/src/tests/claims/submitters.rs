//! Tests of who earns the submitter's part of a claim.

use super::*;

/// Settles ten ticks as `submitter` and returns all earnings.
fn shares_of(submitter: &str, watch: &mut Watch) -> Vec<(AccountId, Balance)> {
    assert_ok!(record(submitter, &watch.claim(10)));
    all_earnings()
}

/// Returns the earnings if the gateway earns the submitter's part.
fn to_gateway() -> Vec<(AccountId, Balance)> {
    let gateway = TEN.gateway + TEN.submitter;
    earnings_of(&[("treasury", TEN.protocol), ("gateway", gateway), ("creator", TEN.creator)])
}

/// Returns the earnings if `name` earns the submitter's part and nothing else.
fn to(name: &str) -> Vec<(AccountId, Balance)> {
    let others = [("treasury", TEN.protocol), ("gateway", TEN.gateway), ("creator", TEN.creator)];
    earnings_of(&[&others[..], &[(name, TEN.submitter)]].concat())
}

#[test]
fn submitter_share_goes_to_an_active_gateway() {
    for submitter in ["gateway", "operator", "stranger", "creator"] {
        build_and_execute(|| {
            let mut watch = opened(60);
            advance(4);
            assert_eq!(shares_of(submitter, &mut watch), to_gateway(), "submitted by {submitter}");
        });
    }
}

#[test]
fn submitter_share_of_a_silent_gateway_goes_to_the_submitter() {
    for submitter in ["operator", "stranger"] {
        build_and_execute(|| {
            let mut watch = opened(60);
            advance(5);
            assert_eq!(shares_of(submitter, &mut watch), to(submitter));
        });
    }
    build_and_execute(|| {
        let mut watch = opened(60);
        advance(5);
        assert_eq!(shares_of("gateway", &mut watch), to_gateway(), "the gateway is the submitter itself");
    });
}

#[test]
fn submitter_share_of_a_closing_session_goes_to_the_submitter_after_silence_only() {
    for submitter in ["operator", "stranger"] {
        for blocks in [4, 5] {
            build_and_execute(|| {
                let mut watch = opened(60);
                leave("viewer", &[watch.id]);
                advance(blocks);
                let expected = if blocks == 5 { to(submitter) } else { to_gateway() };
                assert_eq!(shares_of(submitter, &mut watch), expected, "{submitter} after {blocks} blocks");
            });
        }
    }
}

#[test]
fn submitter_share_goes_to_the_gateway_again_after_a_claim() {
    build_and_execute(|| {
        let mut watch = opened(60);
        advance(5);
        assert_eq!(shares_of("stranger", &mut watch), to("stranger"));
        advance(4);
        assert_ok!(record("stranger", &watch.claim(20)));
        assert_eq!(earned("stranger"), TEN.submitter, "the claim in time earned it nothing");
        assert_eq!(earned("gateway"), 2 * TEN.gateway + TEN.submitter);
        advance(5);
        assert_ok!(record("stranger", &watch.claim(30)));
        assert_eq!(earned("stranger"), 2 * TEN.submitter, "the gateway has been silent again");
    });
}

#[test]
fn submitter_share_is_decided_for_each_session_of_a_group() {
    build_and_execute(|| {
        let mut silent = opened(60);
        advance(5);
        let mut running = Watch::opened("viewer", 60);
        let batch = batch_of_claims(vec![silent.claim(10), running.claim(10)]);
        let happened = events_of(|| {
            assert_ok!(TickStream::process_batch(signed("stranger"), batch));
        });
        let submitter = 2 * TEN.submitter;
        assert!(matches!(&happened[2], Event::IncomeShared { submitter: sum, .. } if *sum == submitter));
        assert_eq!((earned("stranger"), earned("gateway")), (TEN.submitter, 2 * TEN.gateway + TEN.submitter));
    });
}

#[test]
fn submitter_share_goes_to_the_gateway_of_the_session() {
    build_and_execute(|| {
        register_gateway("second-gateway");
        fund("viewer");
        let mut watch = Watch::of_wallet("viewer", 60);
        watch.ticket.gateway = account("second-gateway");
        assert_ok!(TickStream::join_stream(signed("viewer"), watch.ticket.clone()));
        assert_ok!(record("gateway", &watch.claim(10)));
        assert_eq!((earned("gateway"), earned("second-gateway")), (0, TEN.gateway + TEN.submitter));
    });
}
