//! Sessions that the chain has open for the gateway and that it does not serve.

use super::env::*;
use crate::*;
use tick_stream_primitives::{Session as ChainSession, SessionId};

/// The closes that are due, with their reasons.
fn closes(env: &TestEnvironment, now_ms: u64) -> Vec<(SessionId, DueReason)> {
    let due = env.paywall.claims_due(now_ms, 10);
    due.into_iter().filter(|due| due.close).map(|due| (due.session, due.reason)).collect()
}

/// The session of a ticket with the same nonce and another tick chain.
fn of_another_ticket(viewer: &Viewer) -> ChainSession {
    ChainSession { head: [9; 32], ..viewer.on_chain() }
}

#[tokio::test]
async fn session_opened_in_place_of_a_ticket_is_closed() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    viewer.pay(&env, 2, 1, 1).await.unwrap();
    env.paywall.opened(viewer.id, &of_another_ticket(&viewer), Seen::Best);
    assert_eq!(env.status(&viewer).rejection, Some(Rejection::OtherChain));
    assert!(closes(&env, NOW).is_empty(), "the ticket's own session may take its place, and must stay open");

    env.paywall.opened(viewer.id, &of_another_ticket(&viewer), Seen::Finalized);
    let due = env.paywall.claims_due(NOW, 10).remove(0);
    assert_eq!((due.session, due.close, due.reason), (viewer.id, true, DueReason::NotServed));
    assert_eq!(due.claim, None, "the revealed ticks are of another tick chain");
    env.paywall.close_submitted(&viewer.id, NOW);
    assert!(closes(&env, NOW + 29_999).is_empty());
    env.paywall.closed(viewer.id, 0, Seen::Finalized);
    assert!(closes(&env, NOW + 1_000_000).is_empty());
}

#[tokio::test]
async fn close_outlives_the_rejected_ticket() {
    let env = TestEnvironment::new();
    let viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    env.paywall.opened(viewer.id, &of_another_ticket(&viewer), Seen::Finalized);
    env.paywall.block(viewer.signed.ticket.expires_at + 1, NOW, Seen::Finalized);
    assert_eq!(closes(&env, NOW), [(viewer.id, DueReason::NotServed)]);
    assert_eq!(env.paywall.status(&viewer.id), None, "the ticket has expired");
    env.paywall.opened(viewer.id, &of_another_ticket(&viewer), Seen::Finalized);
    assert_eq!(env.paywall.status(&viewer.id), None, "it is not served as a wallet's session either");
}

#[tokio::test]
async fn close_that_is_in_no_block_is_submitted_directly_a_few_times() {
    let env = TestEnvironment::new();
    let viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    env.paywall.opened(viewer.id, &of_another_ticket(&viewer), Seen::Finalized);
    let reasons: Vec<_> = (0..6)
        .map(|turn| {
            let now_ms = NOW + turn * 30_000;
            let due = closes(&env, now_ms);
            env.paywall.close_submitted(&viewer.id, now_ms);
            due[0].1
        })
        .collect();
    let (pool, direct) = (DueReason::NotServed, DueReason::NotIncluded);
    assert_eq!(reasons, [pool, direct, direct, direct, pool, pool], "a close that always fails costs no more fees");
}

#[tokio::test]
async fn close_that_a_busy_node_does_not_take_is_submitted_directly() {
    let env = TestEnvironment::new();
    let viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    env.paywall.opened(viewer.id, &of_another_ticket(&viewer), Seen::Finalized);
    env.paywall.refused_as_busy(&viewer.id, NOW);
    assert_eq!(closes(&env, NOW + 9_999), [(viewer.id, DueReason::NotServed)]);
    env.paywall.refused_as_busy(&viewer.id, NOW + 9_999);
    assert_eq!(closes(&env, NOW + 10_000), [(viewer.id, DueReason::NotIncluded)]);
}

#[tokio::test]
async fn session_without_a_place_is_closed() {
    let env = TestEnvironment::with_config(|config| config.max_sessions = 1);
    env.open_session(1).await;
    let viewer = Viewer::new(2);
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    assert!(closes(&env, NOW).is_empty());
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    assert_eq!(closes(&env, NOW), [(viewer.id, DueReason::NotServed)]);
}

#[tokio::test]
async fn session_of_another_gateway_is_left_to_it() {
    let env = TestEnvironment::with_config(|config| config.max_sessions = 1);
    let viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    let elsewhere = |viewer: &Viewer| ChainSession { gateway: [9; 32].into(), ..viewer.on_chain() };
    env.paywall.opened(viewer.id, &elsewhere(&viewer), Seen::Finalized);
    assert_eq!(env.status(&viewer).rejection, Some(Rejection::OtherGateway));
    let other = Viewer::new(2);
    env.paywall.opened(other.id, &elsewhere(&other), Seen::Finalized);
    assert!(closes(&env, LATER).is_empty());
}
